import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** What a tool was sent. */
type Hook = { id: string; body: string; headers: Record<string, string>; path: string }
type Answer = (hook: Hook, response: ServerResponse, request: IncomingMessage) => void

/** A tool on this machine that is told of events, and answers as it is told to; by default it takes them all. */
export async function aReceiver(answer: Answer = (_, response) => response.writeHead(204).end()) {
  const received: Hook[] = []
  const own = { answer }
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('error', () => {}) // who sends may give up
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const headers = request.headers as Record<string, string>
      const hook = { id: headers['webhook-id']!, body: Buffer.concat(parts).toString(), headers, path: request.url! }
      received.push(hook)
      own.answer(hook, response, request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/insigne`
  return Object.assign(own, { url, received, ids: () => received.map((one) => one.id) })
}

/** The ids without those that come again right after themselves. */
export const withoutRepeats = (ids: string[]): string[] => ids.filter((id, index) => id !== ids[index - 1])
