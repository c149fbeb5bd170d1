import { once } from 'node:events'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { isLoopback } from './loopback.ts'

export type Smtp = { host: string; port: number; secure: boolean; auth: { user: string; pass: string } | null }

/** How an attempt ended: `unknown` when the connection broke after the first byte of the message. */
export type Outcome = 'sent' | 'temporary' | 'permanent' | 'unknown' | 'abandoned'
export type Delivery = {
  outcome: Outcome
  /** The code of the server's answer, or of the fault. */
  code: string
  begun: boolean
}

type Mail = { from: string; to: string; raw: Buffer }

const ANSWER_MS = 30_000
const SILENCE_MS = 2 * 60_000
const WHOLE_MS = 4 * 60_000

/** The settings that an address such as `smtps://user:password@host:465` says; null when it says none. */
export function readSmtpUrl(value: string): Smtp | null {
  const url = URL.parse(value)
  if (!url || !/^smtps?:$/.test(url.protocol) || !url.hostname) return null
  const secure = url.protocol === 'smtps:'
  const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  return {
    host: url.hostname,
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    auth: user ? { user, pass } : null,
  }
}

/**
 * Hands a message to the server. `begin` is awaited once the server is ready to read it, before the first byte; when it
 * answers false nothing is sent.
 */
export async function deliver(smtp: Smtp, mail: Mail, begin: () => Promise<boolean>): Promise<Delivery> {
  const connection = openConnection(smtp)
  const seen = { begun: false, abandoned: false }
  // Read from only once the server has taken the envelope.
  async function* body() {
    seen.begun = await begin()
    seen.abandoned = !seen.begun
    if (seen.abandoned) throw new Error('abandoned')
    yield mail.raw
  }
  const tooLong = setTimeout(() => connection.close(), WHOLE_MS)
  try {
    await converse(connection, smtp, mail, Readable.from(body()))
    return { outcome: 'sent', code: '250', begun: true }
  } catch (error) {
    const {
      responseCode,
      command,
      code = 'unknown',
    } = error as { responseCode?: number; command?: string; code?: string }
    const end = (outcome: Outcome): Delivery => ({ outcome, code: String(responseCode ?? code), begun: seen.begun })
    if (seen.abandoned) return end('abandoned')
    if (responseCode) return end(isRefusal(responseCode, command) ? 'permanent' : 'temporary')
    return end(seen.begun ? 'unknown' : 'temporary')
  } finally {
    clearTimeout(tooLong)
    connection.close()
  }
}

function openConnection({ host, port, secure, auth }: Smtp): SMTPConnection {
  return new SMTPConnection({
    host,
    port,
    secure,
    // A password never travels in clear, except to this machine.
    requireTLS: auth !== null && !secure && !isLoopback(host),
    ignoreTLS: isLoopback(host),
    connectionTimeout: ANSWER_MS,
    greetingTimeout: ANSWER_MS,
    socketTimeout: SILENCE_MS,
    dnsTimeout: ANSWER_MS,
  })
}

async function converse(connection: SMTPConnection, { auth }: Smtp, { from, to }: Mail, body: Readable): Promise<void> {
  const broken = once(connection, 'error').then(([error]) => {
    throw error
  })
  const ended = once(connection, 'end').then(() => {
    throw Object.assign(new Error('The connection ended'), { code: 'ECONNECTION' })
  })
  broken.catch(() => {})
  ended.catch(() => {})
  const said = async (): Promise<void> => {
    await promisify(connection.connect.bind(connection))()
    if (auth) await promisify(connection.login.bind(connection))({ ...auth, credentials: auth })
    await promisify(connection.send.bind(connection))({ from, to: [to] }, body)
  }
  await Promise.race([said(), broken, ended])
}

/** A refusal of this message; one of ourselves (greeting, password) is for the operator to mend, and passes. */
const isRefusal = (responseCode: number, command = ''): boolean =>
  responseCode >= 500 && ['MAIL FROM', 'RCPT TO', 'DATA'].includes(command)
