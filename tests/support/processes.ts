import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chownSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'

/** How a process ended, and its last words on both outputs. */
type Ended = { code: number | null; signal: NodeJS.Signals | null; out: string; err: string }

/** A real process of this machine, which a test ends and starts again. */
export type Program = {
  name: string
  /** Starts it, and starts it again whenever it ends; resolves when it is ready. */
  start(): Promise<void>
  /** Resolves when it is ready; throws its last words when it is not within a minute. */
  ready(): Promise<void>
  /** Its process id; undefined while it is not ready. */
  pid(): number | undefined
  /** Sends a signal that ends it; it starts again after the pause. */
  kill(signal?: NodeJS.Signals): void
  /** Ends it and leaves it down; answers how it ended. */
  stop(signal?: NodeJS.Signals): Promise<Ended>
  /** The last words of each time that it ended by itself after it had been ready. */
  deaths: string[]
}

type Command = {
  name: string
  file: string
  args: string[]
  env?: Record<string, string>
  /** Whom it runs as; this user when absent. */
  user?: { uid: number; gid: number } | undefined
  /** What it prints once it is ready. */
  readyWords: string
}
type Run = { child: ChildProcess; saidReady: boolean; wasKilled: boolean; ended: Promise<Ended> }

const LAST_WORDS = 20_000
const PATIENCE_MS = 60_000
const running = new Set<ChildProcess>()

/** A program that is down; `pause` answers how many milliseconds it stays down after each end. */
export function aProgram(command: Command, pause = () => 300): Program {
  let run: Run | null = null
  let isWanted = false
  const deaths: string[] = []
  const keepUp = async (): Promise<void> => {
    run = launch(command)
    const { code, signal, out, err } = await run.ended
    if (run.saidReady && !run.wasKilled) deaths.push(`${command.name} ended (${code ?? signal}): ${out}${err}`)
    if (isWanted) await wait(pause())
    if (isWanted) await keepUp()
  }
  const pid = (): number | undefined => {
    const isUp = run?.saidReady && !run.wasKilled && run.child.exitCode === null && run.child.signalCode === null
    return isUp ? run?.child.pid : undefined
  }
  const kill = (signal: NodeJS.Signals = 'SIGKILL'): void => {
    if (!run) return
    run.wasKilled = true
    run.child.kill(signal)
  }
  const stop = async (signal?: NodeJS.Signals): Promise<Ended> => {
    isWanted = false
    kill(signal)
    return run?.ended ?? { code: null, signal: null, out: '', err: '' }
  }
  const ready = async (): Promise<void> => {
    for (const start = Date.now(); pid() === undefined; await wait(20)) {
      if (Date.now() - start < PATIENCE_MS) continue
      throw new Error(`${command.name} is not ready: ${JSON.stringify(await stop())}`)
    }
  }
  const start = (): Promise<void> => {
    isWanted = true
    void keepUp()
    return ready()
  }
  return { name: command.name, deaths, start, ready, pid, kill, stop }
}

/** Runs a command that is expected to end by itself. */
export const runToItsEnd = (command: Command): Promise<Ended> => launch(command).ended

/** What a process takes from this one: nothing else of this machine reaches it. */
export function inherited(): Record<string, string | undefined> {
  return { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] }
}

function launch({ file, args, env, user, readyWords }: Command): Run {
  const child = spawn(file, args, { env: { ...inherited(), ...env }, ...user })
  const heard = { out: '', err: '' }
  const hear = (output: 'out' | 'err') => (text: string) => {
    heard[output] = (heard[output] + text).slice(-LAST_WORDS)
    run.saidReady ||= heard[output].includes(readyWords)
  }
  child.stdout.setEncoding('utf8').on('data', hear('out'))
  child.stderr.setEncoding('utf8').on('data', hear('err'))
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve({ code, signal, ...heard })
    })
  })
  running.add(child)
  const run: Run = { child, saidReady: false, wasKilled: false, ended }
  return run
}

/** A folder of one's own, removed by `clearProcesses`. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'insigne-faults-'))
  folders.push(folder)
  return folder
}
const folders: string[] = []

/** A folder that holds an embedded database, migrated and filled: what a service left there. */
export function aDataFolder(): string {
  const folder = aFolder()
  mkdirSync(join(folder, 'pglite'))
  execFileSync('tar', ['-xf', inject('dump'), '-C', join(folder, 'pglite')], { stdio: 'pipe' })
  return folder
}

/** Leaves nothing behind, even after a test that failed. */
export async function clearProcesses(programs: Program[]): Promise<void> {
  await Promise.all(programs.map((one) => one.stop('SIGKILL')))
  for (const child of running) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** A port that nobody listens to. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

const POSTGRES_BIN = globSync('/usr/lib/postgresql/*/bin').toSorted((a, b) =>
  a.localeCompare(b, 'en', { numeric: true }),
)
const postgresBin = POSTGRES_BIN.at(-1)

/** False where PostgreSQL or Redis is not installed: the tests that start their own are then skipped, and said so. */
export const serversAreInstalled = postgresBin !== undefined && spawnSync('redis-server', ['--version']).status === 0
if (!serversAreInstalled && process.env['CI'] === 'true') throw new Error('PostgreSQL or redis-server is not installed')

/** PostgreSQL refuses to run as root: the user that its package made then holds it. */
function postgresUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (what: string): number => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** A PostgreSQL server of one's own, empty, trusting this machine. */
export async function aPostgres(pause?: () => number): Promise<Program & { url(database: string): string }> {
  const folder = aFolder()
  const user = postgresUser()
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale', 'C.UTF-8', '--no-sync']
  execFileSync(join(postgresBin!, 'initdb'), init, { cwd: '/', stdio: 'pipe', ...user })
  const port = await freePort()
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off']
  const args = ['-D', data, ...settings.flatMap((one) => ['-c', one])]
  const readyWords = 'database system is ready to accept connections'
  const program = aProgram({ name: 'postgres', file: join(postgresBin!, 'postgres'), args, user, readyWords }, pause)
  return { ...program, url: (database) => `postgres://postgres@127.0.0.1:${port}/${database}` }
}

/** A Redis of one's own, which keeps nothing when it is killed. */
export async function aRedis(pause?: () => number): Promise<Program & { url: string }> {
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', aFolder()]
  const program = aProgram(
    { name: 'redis', file: 'redis-server', args, readyWords: 'Ready to accept connections' },
    pause,
  )
  return { ...program, url: `redis://127.0.0.1:${port}` }
}

/** An entry of the project with an environment of its own. */
export function anEntry(entry: 'server' | 'worker', env: Record<string, string>): Command {
  const file = fileURLToPath(new URL(`../../src/${entry}.ts`, import.meta.url))
  const readyWords = entry === 'server' ? 'Server listening' : 'worker.started'
  return { name: entry, file: process.execPath, args: [file], env: { LOG_LEVEL: 'info', ...env }, readyWords }
}
