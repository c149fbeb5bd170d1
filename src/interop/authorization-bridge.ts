import { Readable } from 'node:stream'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authorization } from './authorization.ts'

/**
 * Hands a request to the provider: with its body read already (`body`), and with the scheme and host of the base URL,
 * whatever the request or a proxy says, since the provider writes addresses from them.
 */
export function callProvider(
  { provider, baseUrl }: Authorization,
  request: IncomingMessage,
  response: ServerResponse,
  { url, body = Buffer.alloc(0) }: { url: string; body?: Buffer },
): Promise<void> {
  const { protocol, host } = new URL(baseUrl)
  const headers = {
    ...request.headers,
    'x-forwarded-proto': protocol.slice(0, -1),
    'x-forwarded-host': host,
    ...(body.length > 0 && { 'content-length': String(body.length) }),
  }
  const { method, socket, httpVersion } = request
  const replayed = Object.assign(Readable.from(body.length > 0 ? [body] : []), {
    method,
    url,
    headers,
    socket,
    httpVersion,
  }) as unknown as IncomingMessage
  return provider.callback()(replayed, response)
}
