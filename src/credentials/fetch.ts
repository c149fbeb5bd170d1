import { lookup, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, request } from 'undici'
import { Unreachable } from './suite.ts'

const MAX_REDIRECTS = 3

type Fetched = { body: Buffer; contentType: string; url: string }
export type GuardedFetch = (url: string, accept: string) => Promise<Fetched>

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
  const isAllowed = (address: string): boolean => {
    if (!ipaddr.isValid(address)) return false
    const range = ipaddr.process(address).range()
    return range === 'unicast' || (allowLoopback && range === 'loopback')
  }
  const agent = new Agent({ connect: { lookup: guardedLookup(isAllowed), timeout: timeoutMs } })

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

function checkedUrl(address: string, isAllowed: (ip: string) => boolean, allowLoopback: boolean): URL {
  const url = URL.canParse(address) ? new URL(address) : null
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? ''
  const local =
    allowLoopback && (host === 'localhost' || (isIP(host) > 0 && ipaddr.process(host).range() === 'loopback'))
  if (!url || url.username || url.password || (url.protocol !== 'https:' && !(local && url.protocol === 'http:'))) {
    throw new Unreachable('Only https addresses are followed')
  }
  // A literal address is never looked up: it is judged here.
  if (isIP(host) > 0 && !isAllowed(host)) throw new Unreachable('Not a public address')
  return url
}

function guardedLookup(isAllowed: (ip: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const [first] = addresses ?? []
      if (error || !first) return callback(error ?? new Error('No address'), '', 0)
      if (!addresses.every(({ address }) => isAllowed(address)))
        return callback(new Error('Not a public address'), '', 0)
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
