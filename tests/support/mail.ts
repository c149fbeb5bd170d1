import type { Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** What a mail server received: the envelope, the headers unfolded, and the two forms of the text, decoded. */
export type Received = {
  from: string
  to: string[]
  raw: string
  headers: Record<string, string>
  text: string
  html: string
}

type Handlers = Pick<SMTPServerOptions, 'onAuth' | 'onConnect' | 'onRcptTo'> & {
  /** What is answered once a message has been read; nothing is answered while it waits. */
  onMessage?: (received: Received) => unknown
}

/** A refusal, as a mail server says it. */
export const refusal = (responseCode: number): Error => Object.assign(new Error('Refused'), { responseCode })

/** A real mail server on this machine, which keeps what it receives. */
export async function aMailServer({ onMessage, ...handlers }: Handlers = {}) {
  const received: Received[] = []
  const sockets = new Set<Socket>()
  const server = new SMTPServer({
    authOptional: !handlers.onAuth,
    allowInsecureAuth: true,
    logger: false,
    ...handlers,
    onData(stream, session, answer) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      const end = async (): Promise<void> => {
        const { mailFrom, rcptTo } = session.envelope
        const message = readMessage(Buffer.concat(chunks).toString('latin1'))
        const one = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), ...message }
        try {
          await onMessage?.(one)
          received.push(one)
          answer(null)
        } catch (error) {
          answer(error as Error)
        }
      }
      stream.on('end', () => void end())
    },
  })
  server.on('error', () => {}) // a client that is killed cuts its connection
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as { port: number }
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    received,
    /** Breaks every connection, without a word. */
    cut: () => sockets.forEach((socket) => socket.destroy()),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

function readMessage(raw: string): Omit<Received, 'from' | 'to'> {
  const { headers, body } = readPart(raw)
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1]
  const parts = boundary
    ? body
        .split(`--${boundary}`)
        .slice(1, -1)
        .map((part) => readPart(part.trimStart()))
    : []
  const decoded = (type: string): string => {
    const part = parts.find((one) => one.headers['content-type']?.startsWith(type))
    return part ? decode(part.body, part.headers['content-transfer-encoding'] ?? '') : ''
  }
  return { raw, headers, text: decoded('text/plain'), html: decoded('text/html') }
}

function readPart(part: string) {
  const end = part.indexOf('\r\n\r\n')
  const lines = part
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = lines
    .map((line) => /^([^:]+): ?(.*)$/.exec(line)!)
    .map(([, name, value]) => [name!.toLowerCase(), words(value!)])
  return { headers: Object.fromEntries(headers) as Record<string, string>, body: part.slice(end + 4) }
}

function decode(text: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString()
  if (encoding !== 'quoted-printable') return Buffer.from(text, 'latin1').toString()
  const bytes = text
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

/** Encoded words of a header (RFC 2047). */
const words = (value: string): string =>
  value
    .replaceAll(/\?= =\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString()
        : decode(text.replaceAll('_', ' '), 'quoted-printable'),
    )
