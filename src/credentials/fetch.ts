import { lookup, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, request } from 'undici'
import { Unreachable } from './suite.ts'

const MAX_REDIRECTS = 3

type Fetched = { body: Buffer; contentType: string; url: string }
export type GuardedFetch = (url: string, accept: string) => Promise<Fetched>

/** Why a document is not there: its owner withdrew it (HTTP 410), and may say so in JSON. The cause of an `Unreachable`. */
export class Gone extends Error {
  override name = 'Gone'
}

type Options = { allowLoopback: boolean; maxBytes?: number; timeoutMs?: number }

/**
 * The only way out to the network: https, public addresses only (checked at the moment of connecting, so a name that
 * changes its mind gains nothing), 2 MB, 8 seconds in all, three redirects, each held to the same rules.
 * `allowLoopback`, for development, also lets this machine be reached, over http too. Throws `Unreachable`.
 */
export function createGuardedFetch({
  allowLoopback,
  maxBytes = 2 * 1024 * 1024,
  timeoutMs = 8000,
}: Options): GuardedFetch {
  const { isAllowed, agent } = guarded({ allowLoopback, timeoutMs })

  const follow = async (address: string, accept: string): Promise<Fetched> => {
    const signal = AbortSignal.timeout(timeoutMs)
    const headers = { accept, 'accept-encoding': 'identity', 'user-agent': 'Insigne (verification de badges)' }
    let url = checkedUrl(address, isAllowed, allowLoopback)
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const answer = await request(url, { dispatcher: agent, headers, signal })
      const location = answer.headers['location']
      if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string') {
        await answer.body.dump()
        url = checkedUrl(new URL(location, url).href, isAllowed, allowLoopback)
        continue
      }
      if (answer.statusCode === 410) {
        const body = await readBody(answer.body, maxBytes)
        throw new Unreachable(`${url.host} answered 410`, { cause: new Gone(body.toString('utf8')) })
      }
      if (answer.statusCode !== 200) {
        await answer.body.dump()
        throw new Unreachable(`${url.host} answered ${answer.statusCode}`)
      }
      const contentType = String(answer.headers['content-type'] ?? '')
        .split(';')[0]!
        .trim()
      return { body: await readBody(answer.body, maxBytes), contentType, url: url.href }
    }
    throw new Unreachable('Too many redirects')
  }
  // Whatever the network or the other side does wrong is one thing here: no document.
  return (address, accept) =>
    follow(address, accept).catch((error: unknown) => {
      throw error instanceof Unreachable ? error : new Unreachable('No readable answer', { cause: error })
    })
}

const allowing =
  (allowLoopback: boolean) =>
  (address: string): boolean => {
    if (!ipaddr.isValid(address)) return false
    const range = ipaddr.process(address).range()
    return range === 'unicast' || (allowLoopback && range === 'loopback')
  }

function guarded({ allowLoopback, timeoutMs }: { allowLoopback: boolean; timeoutMs: number }) {
  const isAllowed = allowing(allowLoopback)
  return { isAllowed, agent: new Agent({ connect: { lookup: guardedLookup(isAllowed), timeout: timeoutMs } }) }
}

/** Why nothing was answered. */
export type PostFailure = 'address' | 'not_public' | 'unresolved' | 'refused' | 'timeout' | 'tls' | 'closed'
/** Sends a body; answers the status, or why there is none. Aborted by `signal`, it throws. */
export type GuardedPost = (
  url: string,
  sent: { headers: Record<string, string>; body: string; signal?: AbortSignal },
) => Promise<number | PostFailure>

/** What is read of an answer at most, so that its connection may serve again: nobody reads what it says. */
const ANSWER = { bytes: 16 * 1024, ms: 500 }

/** The same way out, to hand something over: a redirection is an answer as another, and is not followed. */
export function createGuardedPost({ allowLoopback, timeoutMs = 8000 }: Options): GuardedPost {
  const { isAllowed, agent } = guarded({ allowLoopback, timeoutMs })
  return async (address, { headers, body, signal }) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const answer = await request(checkedUrl(address, isAllowed, allowLoopback), {
        dispatcher: agent,
        method: 'POST',
        headers: { 'user-agent': 'Insigne (webhooks)', ...headers },
        body,
        signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
      })
      answer.body.on('error', () => {}) // the receiver may cut what nobody reads
      await answer.body.dump({ limit: ANSWER.bytes, signal: AbortSignal.timeout(ANSWER.ms) }).catch(() => {})
      return answer.statusCode
    } catch (error) {
      if (signal?.aborted) throw error
      return timeout.aborted ? 'timeout' : failureOf(error)
    }
  }
}

/** What was asked of another service, and its whole answer. */
export type Exchanged = { status: number; headers: Record<string, string>; body: Buffer }
export type GuardedExchange = (
  url: string,
  sent: { method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string | undefined },
) => Promise<Exchanged>

/**
 * The same way out, to talk with another service: any status is an answer, a redirection too, and none is followed; 64 KB
 * are read at most. Throws `Unreachable`.
 */
export function createGuardedExchange({
  allowLoopback,
  maxBytes = 64 * 1024,
  timeoutMs = 8000,
}: Options): GuardedExchange {
  const { isAllowed, agent } = guarded({ allowLoopback, timeoutMs })
  return async (address, { method, headers = {}, body }) => {
    try {
      const answer = await request(checkedUrl(address, isAllowed, allowLoopback), {
        dispatcher: agent,
        method,
        headers: { 'user-agent': 'Insigne (Open Badges)', 'accept-encoding': 'identity', ...headers },
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(timeoutMs),
      })
      const given = Object.entries(answer.headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)]],
      )
      return {
        status: answer.statusCode,
        headers: Object.fromEntries(given) as Record<string, string>,
        body: await readBody(answer.body, maxBytes),
      }
    } catch (error) {
      throw error instanceof Unreachable ? error : new Unreachable('No readable answer', { cause: error })
    }
  }
}

/** Whether an address could be followed, as far as it can be known before its name is looked up. */
export function isFollowable(address: string, allowLoopback: boolean): boolean {
  try {
    checkedUrl(address, allowing(allowLoopback), allowLoopback)
    return true
  } catch {
    return false
  }
}

function failureOf(error: unknown): PostFailure {
  for (let e = error; e instanceof Error; e = e.cause) {
    if (e instanceof Unreachable) return e.cause === NOT_PUBLIC ? 'not_public' : 'address'
    const code = 'code' in e ? String(e.code) : ''
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unresolved'
    if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'refused'
    if (/TIMEOUT|ETIMEDOUT/.test(code)) return 'timeout'
    if (/CERT|TLS|SSL|EPROTO|UNABLE_TO/.test(code)) return 'tls'
  }
  return 'closed'
}

const NOT_PUBLIC = 'not public'
const notPublic = (): Unreachable => new Unreachable('Not a public address', { cause: NOT_PUBLIC })

function checkedUrl(address: string, isAllowed: (ip: string) => boolean, allowLoopback: boolean): URL {
  const url = URL.canParse(address) ? new URL(address) : null
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? ''
  const local =
    allowLoopback && (host === 'localhost' || (isIP(host) > 0 && ipaddr.process(host).range() === 'loopback'))
  if (!url || url.username || url.password || (url.protocol !== 'https:' && !(local && url.protocol === 'http:'))) {
    throw new Unreachable('Only https addresses are followed')
  }
  // A literal address is never looked up: it is judged here.
  if (isIP(host) > 0 && !isAllowed(host)) throw notPublic()
  return url
}

function guardedLookup(isAllowed: (ip: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const [first] = addresses ?? []
      if (error || !first) return callback(error ?? new Error('No address'), '', 0)
      if (!addresses.every(({ address }) => isAllowed(address))) return callback(notPublic(), '', 0)
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

async function readBody(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  // Leaving the loop early destroys the body: the rest is never received.
  for await (const part of body) {
    size += part.length
    if (size > maxBytes) throw new Unreachable('The document is too large')
    parts.push(part)
  }
  return Buffer.concat(parts)
}
