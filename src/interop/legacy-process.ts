import { fork } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A document as the child is given it (its body in base64); null when it cannot be had. */
export type LegacyAnswer = { contentType: string; body: string } | null
type LegacyTask = { input: unknown; version: string; method: 'hosted' | 'signed' }
export type ToChild = LegacyTask | { answer: number; given: LegacyAnswer }
export type FromChild = { ask: number; url: string } | { done: 'accepted' } | { done: 'refused'; code: string }

/** `lost`: it crashed, ended without a word, took too long or too much, or there were too many to judge at once. */
export type LegacyOutcome = { outcome: 'accepted' } | { outcome: 'refused'; code: string } | { outcome: 'lost' }

/** Judges one badge; `answer` gives the documents that the judge asks for. Never throws for what a badge does to it. */
export type LegacyRunner = (task: LegacyTask, answer: (url: string) => Promise<LegacyAnswer>) => Promise<LegacyOutcome>

type Options = { child?: URL; timeoutMs?: number; maxMegabytes?: number; atOnce?: number; maxWaiting?: number }

const MAX_ASKS = 20
const MAX_URL = 4096

/**
 * Runs `legacy-child.ts` in a process of its own for each badge: no environment, no file but its own code, no process, no
 * thread, a bounded memory and a deadline after which it is killed. `atOnce` of them at most; the others wait their turn.
 */
export function createLegacyRunner({
  child = new URL('legacy-child.ts', import.meta.url),
  timeoutMs = 20_000,
  maxMegabytes = 128,
  atOnce = 2,
  maxWaiting = 20,
}: Options = {}): LegacyRunner {
  let running = 0
  const waiting: (() => void)[] = []
  return async (task, answer) => {
    if (running < atOnce) running++
    else if (waiting.length >= maxWaiting) return { outcome: 'lost' }
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await judge(child, { timeoutMs, maxMegabytes }, task, answer)
    } finally {
      // The next one takes this one's place, else it is free.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}

type Limits = { timeoutMs: number; maxMegabytes: number }

function judge(
  child: URL,
  { timeoutMs, maxMegabytes }: Limits,
  task: LegacyTask,
  answer: (url: string) => Promise<LegacyAnswer>,
): Promise<LegacyOutcome> {
  return new Promise((resolve) => {
    const judging = fork(fileURLToPath(child), [], {
      execArgv: ['--permission', ...readable(child), `--max-old-space-size=${maxMegabytes}`, '--no-warnings'],
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      killSignal: 'SIGKILL',
      timeout: timeoutMs,
    })
    let outcome: LegacyOutcome = { outcome: 'lost' }
    let asks = 0
    const end = (): void => void judging.kill('SIGKILL')
    const tell = (message: ToChild): void => {
      // Gone meanwhile: its end says what became of it.
      if (judging.connected) judging.send(message, () => {})
    }
    judging.on('message', (message: FromChild) => {
      if ('done' in message) {
        outcome = message.done === 'accepted' ? { outcome: 'accepted' } : { outcome: 'refused', code: message.code }
        return end()
      }
      if (++asks > MAX_ASKS || message.url.length > MAX_URL) return end()
      answer(message.url).then((given) => tell({ answer: message.ask, given }), end)
    })
    judging.on('error', end)
    judging.on('close', () => resolve(outcome))
    tell(task)
  })
}

/** The folders that the child may read: that of its code, those of the libraries, and what says how to load them. */
function readable(child: URL): string[] {
  const here = dirname(fileURLToPath(child))
  const modules = dirname(dirname(createRequire(import.meta.url).resolve('openbadges-validator')))
  const root = dirname(modules)
  const allowed = [here, modules, `${root}/package.json`, `${root}/src/package.json`, `${here}/package.json`]
  return [...new Set(allowed.flatMap((path) => [path, real(path)]))].map((path) => `--allow-fs-read=${path}`)
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
