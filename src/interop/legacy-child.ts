import dgram from 'node:dgram'
import dns from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import net from 'node:net'
import type { FromChild, LegacyAnswer, ToChild } from './legacy-process.ts'

/**
 * A process that judges one badge of Open Badges 0.5 to 1.1 with `openbadges-validator` 1.1.1, then ends. That library may
 * crash or run wild for what a badge says, and fetches whatever it reads: here it can open no connection, and asks the
 * service, which decides. Whatever it does wrong is seen from outside (`legacy-process.ts`).
 */
const none = (): never => {
  throw new Error('No network here.')
}
// Node's permissions cover files, threads and processes, not the network: every way to a socket is closed by hand.
net.Socket.prototype.connect = none
for (const [module, names] of [
  [net, ['connect', 'createConnection']],
  [http, ['request', 'get']],
  [https, ['request', 'get']],
  [dns, ['lookup', 'resolve']],
  [dgram, ['createSocket']],
] as const) {
  for (const name of names) Object.defineProperty(module, name, { value: none })
}

const waiting = new Map<number, (answer: LegacyAnswer) => void>()
let asked = 0

function ask(url: string): Promise<LegacyAnswer> {
  const id = ++asked
  return new Promise((resolve) => {
    waiting.set(id, resolve)
    send({ ask: id, url })
  })
}

const send = (message: FromChild): void => void process.send!(message)

type Requested = { url: unknown; encoding?: null }
/** How these libraries are answered: what went wrong, else what they asked for. */
type Answered = (error: Error | null, ...found: unknown[]) => void

/** What the validator takes for the `request` library. */
async function request({ url, encoding }: Requested, done: Answered): Promise<void> {
  const answer = await ask(typeof url === 'string' ? url : '')
  if (answer === null) return done(new Error('unreachable'))
  const body = Buffer.from(answer.body, 'base64')
  const response = { statusCode: 200, headers: { 'content-type': answer.contentType } }
  done(null, response, encoding === null ? body : body.toString('utf8'))
}

const validatorRequire = createRequire(createRequire(import.meta.url).resolve('openbadges-validator'))
const jsonldPath = validatorRequire.resolve('jsonld')
for (const path of [validatorRequire.resolve('request'), createRequire(jsonldPath).resolve('request')]) {
  validatorRequire.cache[path] = { id: path, filename: path, loaded: true, exports: request } as unknown as NodeModule
}

type Validate = (
  input: unknown,
  callback: (error: { code?: unknown } | null) => void,
  version: string,
  type: string,
) => void
type Constants = { VERSIONS: { '1.1.0': { context_iri: string; context_doc: object } } }

const validate = validatorRequire('openbadges-validator') as Validate
const { context_iri: iri, context_doc: document } = (validatorRequire('./lib/constants') as Constants).VERSIONS['1.1.0']
const jsonld = validatorRequire('jsonld') as { documentLoader: (url: string, done: Answered) => void }
const load = jsonld.documentLoader
// The context of 1.1 is in the library; the one that it names in turn is of no use to what is checked here.
jsonld.documentLoader = (url, done) => {
  const known = url === iri ? document : url === 'https://w3id.org/openbadges/legacy-v1' ? { '@context': {} } : null
  if (known === null) return load(url, done)
  done(null, { contextUrl: null, documentUrl: url, document: known })
}

process.on('message', (message: ToChild) => {
  if ('answer' in message) return waiting.get(message.answer)?.(message.given)
  validate(
    message.input,
    (error) => {
      const done: FromChild = error
        ? { done: 'refused', code: typeof error.code === 'string' ? error.code.slice(0, 100) : '' }
        : { done: 'accepted' }
      process.send!(done, () => process.disconnect())
    },
    message.version,
    message.method,
  )
})
