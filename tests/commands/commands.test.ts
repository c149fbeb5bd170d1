import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { freePort, inherited } from '../support/processes.ts'

const folder = mkdtempSync(join(tmpdir(), 'insigne-commands-'))
const dataDir = join(folder, 'data')
const children = new Set<ChildProcess>()

afterAll(async () => {
  await Promise.all(Array.from(children, (child) => stop(child, 'SIGKILL')))
  rmSync(folder, { recursive: true, force: true })
})

type Ended = { code: number | null; out: string; err: string }
type Started = { child: ChildProcess; ended: Promise<Ended>; said: (words: string) => Promise<void> }

/** A command of the project in a process of its own, with an environment of its own, in a temporary folder. */
function start(entry: string, args: string[] = [], env: Record<string, string> = {}): Started {
  const file = fileURLToPath(new URL(`../../src/${entry}`, import.meta.url))
  const child = spawn(process.execPath, [file, ...args], {
    cwd: folder,
    env: { ...inherited(), DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'info', ...env },
  })
  children.add(child)
  const heard = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (heard.out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (heard.err += text))
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      children.delete(child)
      resolve({ code, ...heard })
    })
  })
  const said = (words: string) =>
    new Promise<void>((resolve, reject) => {
      const look = (): void => void (heard.out.includes(words) && resolve())
      child.stdout.on('data', look)
      look()
      void ended.then(() => reject(new Error(`${entry} ended: ${heard.out}${heard.err}`)))
    })
  return { child, ended, said }
}
const run = (entry: string, args?: string[], env?: Record<string, string>): Promise<Ended> =>
  start(entry, args, env).ended

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = new Promise((resolve) => child.once('close', resolve))
  child.kill(signal)
  await closed
}

const port = await freePort()
const origin = `http://127.0.0.1:${port}`
const ready = async (): Promise<void> => {
  for (;;) {
    const answer = await fetch(`${origin}/health/ready`).catch(() => null)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
const badges = (out: string) =>
  out
    .split('\n')
    .filter((line) => /^\d+ /.test(line))
    .map((line) => line.split(/ {2,}/))
    .filter((cells) => cells.length === 4)

let serving: Started

test(
  'the demonstration gives twelve badges, eleven of them valid; run again it finds the same',
  { timeout: 120_000 },
  async () => {
    const first = await run('demo.ts', ['--once'])
    expect(first).toMatchObject({ code: 0, err: '' })
    const given = badges(first.out)
    expect(given.map(([line, receipt, verdict]) => [line, receipt, verdict])).toEqual(
      Array.from({ length: 12 }, (_, index) => [String(index + 2), 'délivré', index < 11 ? 'valable' : 'refusé']),
    )
    expect(new Set(given.map((cells) => cells[3])).size).toBe(12)
    expect(first.out).toContain('Un autre organisme a tenté de révoquer : réponse 403.')

    const second = await run('demo.ts', ['--once'])
    expect(second.code).toBe(0)
    expect(badges(second.out)).toEqual(given.map(([line, , verdict, url]) => [line, 'déjà délivré', verdict, url]))
  },
)

test('left open, it serves the same twelve to a token of the command line', { timeout: 120_000 }, async () => {
  serving = start('demo.ts')
  await serving.said('Le service reste ouvert')
  const token = await run('token.ts', ['--role', 'formateur', '--organisation', 'organisme-exemple'])
  expect(token).toMatchObject({ code: 0, err: '' })
  const headers = { authorization: `Bearer ${token.out.trim()}` }
  const list = await fetch(`${origin}/api/v1/credentials`, { headers })
  const { items } = (await list.json()) as { items: { state: string }[] }
  expect(items.map((one) => one.state).toSorted()).toEqual(['revoked', ...Array(11).fill('valid')])
  const other = await fetch(`${origin}/api/v1/credentials?organisation=autre-organisme-exemple`, { headers })
  expect(other.status).toBe(403)
})

test('a token is not made for an unknown role, a wrong time or a misspelt option: the usage says how', async () => {
  for (const args of [
    ['--role', 'chef'],
    [],
    ['--role', 'comite', '--hours', '0'],
    ['--role', 'comite', '--hours', 'Infinity'],
    ['--rol', 'comite'],
  ]) {
    const { code, out, err } = await run('token.ts', args)
    expect({ code, out }, args.join(' ')).toEqual({ code: 1, out: '' })
    expect(err).toContain('Usage : npm run token -- --role <rôle>')
    expect(err).toContain(
      'Rôles : exploitant, instructeur, administrateur, formateur, referent, employeur, comite, titulaire',
    )
  }
})

test(
  'the command line verifies a file: valid, revoked, not a badge, or not known when the issuer is out of reach',
  { timeout: 120_000 },
  async () => {
    writeFileSync(join(folder, 'photo.png'), 'pas une image')
    const [valid, revoked, foreign, absent, guarded] = await Promise.all([
      run('verify.ts', ['out/badge-02.png', '--allow-loopback']),
      run('verify.ts', ['out/badge-13.svg', '--allow-loopback', '--json']),
      run('verify.ts', ['photo.png']),
      run('verify.ts', ['absent.png']),
      run('verify.ts', ['out/badge-02.png']),
    ])
    expect(valid.code).toBe(0)
    expect(valid.out).toContain('✔')
    expect(valid.out).not.toContain('✘')
    expect(revoked.code).toBe(1)
    expect(JSON.parse(revoked.out)).toMatchObject({
      verdict: 'invalid',
      checks: expect.arrayContaining([expect.objectContaining({ code: 'revoked' })]),
    })
    expect(foreign).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringContaining('n’est pas un badge que ce service sait lire'),
    })
    expect(absent).toMatchObject({ code: 3, out: '' })
    expect(guarded.code).toBe(2)
  },
)

test(
  'a second service on the same folder says who holds it; one on the same port says that it is taken',
  { timeout: 60_000 },
  async () => {
    const [folderHeld, portTaken] = await Promise.all([
      run('server.ts', [], { PORT: String(await freePort()) }),
      run('server.ts', [], { DATA_DIR: join(folder, 'autre') }),
    ])
    expect(folderHeld.code).toBe(1)
    expect(folderHeld.err).toContain(`sert déjà à un autre Insigne (processus ${serving.child.pid})`)
    expect(folderHeld.err).not.toMatch(/\n\s+at /)
    expect(portTaken.code).toBe(1)
    expect(portTaken.err).toBe(
      'Insigne n’a pas pu démarrer. Le port est déjà pris. Choisissez-en un autre : PORT=3001 npm start.\n',
    )
    expect(existsSync(join(folder, 'autre', 'pglite.pid'))).toBe(false)
    expect((await fetch(`${origin}/health/ready`)).status).toBe(200)
  },
)

const badge = async (): Promise<unknown> => {
  const svg = readFileSync(join(folder, 'out/badge-02.svg'), 'utf8')
  const { pathname } = new URL(/"id":"([^"]+\/credentials\/[^"]+)"/.exec(svg)![1]!)
  return (await fetch(`${origin}${pathname}.json`)).json()
}

test(
  'told to stop, the service ends in order; verified meanwhile, a badge is neither valid nor refused; started again, all is there',
  { timeout: 120_000 },
  async () => {
    const before = await badge()
    expect(before).toMatchObject({ type: ['VerifiableCredential', 'OpenBadgeCredential'] })
    serving.child.kill('SIGTERM')
    expect((await serving.ended).code).toBe(0)
    expect(existsSync(join(dataDir, 'pglite.pid'))).toBe(false)
    expect((await run('verify.ts', ['out/badge-02.png', '--allow-loopback'])).code).toBe(2)

    serving = start('server.ts')
    await ready()
    expect(await badge()).toEqual(before)
    expect((await run('verify.ts', ['out/badge-02.png', '--allow-loopback'])).code).toBe(0)
  },
)

test('killed without warning, the service starts again on what it had', { timeout: 120_000 }, async () => {
  const before = await badge()
  await stop(serving.child, 'SIGKILL')
  expect(existsSync(join(dataDir, 'pglite.pid'))).toBe(true)
  serving = start('server.ts')
  await ready()
  expect(await badge()).toEqual(before)
  await stop(serving.child, 'SIGTERM')
})
