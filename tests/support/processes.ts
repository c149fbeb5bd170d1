import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** How a process ended, and its last words on both outputs. */
export type Ended = { code: number | null; signal: NodeJS.Signals | null; said: string; err: string }

/** A real process of this machine, which a test ends and starts again. */
export type Program = {
  name: string
  /** Starts it, and starts it again whenever it ends; resolves when it is ready. */
  start(): Promise<void>
  /** Resolves when it is ready; throws its last words when it is not within half a minute. */
  ready(): Promise<void>
  isReady(): boolean
  /** Undefined while it is down. */
  pid(): number | undefined
  /** Sends a signal; it starts again after the pause. */
  kill(signal?: NodeJS.Signals): void
  /** Ends it and leaves it down; answers how it ended. */
  stop(signal?: NodeJS.Signals): Promise<Ended>
  /** Resolves when it ends: for one that is not expected to be ready. */
  ended(): Promise<Ended>
  /** The last words of each time that it ended by itself after it had been ready. */
  deaths: string[]
}

type Command = {
  name: string
  file: string
  args: string[]
  env?: Record<string, string>
  cwd?: string
  user?: { uid: number; gid: number } | undefined
  /** What it prints once it is ready. */
  readyWords: string
}
type Run = { child: ChildProcess; isReady: boolean; wasKilled: boolean; ended: Promise<Ended> }

const LAST_WORDS = 20_000
const PATIENCE_MS = 30_000

/** A program that is down; `pause` answers how many milliseconds it stays down after each end. */
export function aProgram(command: Command, pause = () => 300): Program {
  let run: Run | null = null
  let isWanted = false
  const deaths: string[] = []
  const keepUp = async (): Promise<void> => {
    while (isWanted) {
      const current = launch(command)
      run = current
      const { code, signal, said, err } = await current.ended
      if (current.isReady && !current.wasKilled) deaths.push(`${command.name} ended (${code ?? signal}): ${said}${err}`)
      await wait(pause())
    }
  }
  const kill = (signal: NodeJS.Signals = 'SIGKILL'): void => {
    if (!run) return
    run.wasKilled = true
    run.child.kill(signal)
  }
  const ready = async (): Promise<void> => {
    for (const start = Date.now(); !run?.isReady; await wait(20)) {
      if (Date.now() - start < PATIENCE_MS) continue
      throw new Error(`${command.name} is not ready: ${JSON.stringify(await stop())}`)
    }
  }
  const stop = async (signal?: NodeJS.Signals): Promise<Ended> => {
    isWanted = false
    kill(signal)
    return run!.ended
  }
  return {
    name: command.name,
    deaths,
    kill,
    ready,
    stop,
    start() {
      isWanted = true
      void keepUp()
      return ready()
    },
    ended: () => (run ?? launch(command)).ended,
    isReady: () => run?.isReady ?? false,
    pid: () => (run?.isReady ? run.child.pid : undefined),
  }
}

function launch({ file, args, env, cwd, user, readyWords }: Command): Run {
  const child = spawn(file, args, { env: { PATH: process.env['PATH'], ...env }, cwd, ...user })
  children.add(child)
  const heard = { said: '', err: '' }
  const hear = (output: 'said' | 'err') => (text: string) => {
    heard[output] = (heard[output] + text).slice(-LAST_WORDS)
    if (child.exitCode === null && heard[output].includes(readyWords)) run.isReady = true
  }
  child.stdout.setEncoding('utf8').on('data', hear('said'))
  child.stderr.setEncoding('utf8').on('data', hear('err'))
  const ended = new Promise<Ended>((resolve) => {
    child.on('exit', () => (down.isReady = run.isReady))
    child.on('close', (code, signal) => {
      children.delete(child)
      resolve({ code, signal, ...heard })
    })
  })
  const run: Run = { child, isReady: false, wasKilled: false, ended }
  return run
}
