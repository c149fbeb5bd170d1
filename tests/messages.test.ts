import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, onTestFinished } from 'vitest'
import { buildApp } from '../src/app.ts'
import { rows } from '../src/db.ts'
import { letterHtml, letterText } from '../src/messages/letter.ts'
import { workMessages } from '../src/messages/messages.jobs.ts'
import { postMessage } from '../src/messages/messages.ts'
import { LEASE_MS, sweepMessages } from '../src/messages/outbox.ts'
import { type Mailing, sendMessage } from '../src/messages/send.ts'
import { readSmtpUrl } from '../src/messages/smtp.ts'
import { createRedisQueue } from '../src/queue-redis.ts'
import { createLocalQueue, type Queue } from '../src/queue.ts'
import { BASE_URL, config, test, type TestService } from './support/app.ts'
import { aMailServer, refusal } from './support/mail.ts'
import { aPrefix, redisIsThere, redisUrl } from './support/redis.ts'

const anAddress = (): string => `zoe-${randomUUID()}@exemple.invalid`
const url = `${BASE_URL}/connexion/essai`
type Attempt = Parameters<Mailing['report']>[0]

/** A mail server of one's own, and what sends to it. */
async function aMailing({ db, vault }: TestService, handlers: Parameters<typeof aMailServer>[0] = {}, account = '') {
  const server = await aMailServer(handlers)
  onTestFinished(() => server.close())
  const attempts: Attempt[] = []
  const smtp = readSmtpUrl(server.url.replace('//', `//${account}`))!
  const report = (one: Attempt) => void attempts.push(one)
  const mailing: Mailing = { db, vault, baseUrl: BASE_URL, smtp, from: 'ne-pas-repondre@exemple.invalid', report }
  return { server, mailing, attempts }
}

const aMessage = ({ db, vault }: TestService, to = anAddress()): Promise<string> =>
  postMessage(db, vault, { to, kind: 'sign-in', values: { url } })

async function stateOf({ db }: TestService, id: string) {
  const [found] = await rows<{ state: string; attempts: number; kept: boolean; pause: number }>(
    db,
    sql`select state, attempts, content is not null as kept, extract(epoch from due_at - now())::int as pause from messages where id = ${id}`,
  )
  return found!
}
const makeDue = ({ db }: TestService, id: string) =>
  db.execute(sql`update messages set due_at = now() - interval '1 second' where id = ${id}`)

test('a message leaves in plain French, as text and as HTML, and its content is then forgotten', async ({
  service,
}) => {
  const { server, mailing, attempts } = await aMailing(service)
  const to = anAddress()
  const id = await aMessage(service, to)
  await sendMessage(mailing, id)
  expect(server.received).toHaveLength(1)
  const { headers, text, html, ...envelope } = server.received[0]!
  expect(envelope).toMatchObject({ from: 'ne-pas-repondre@exemple.invalid', to: [to] })
  expect(headers).toMatchObject({
    from: 'Insigne <ne-pas-repondre@exemple.invalid>',
    to,
    subject: 'Votre lien de connexion à Insigne',
    'message-id': `<${id}@insigne.test>`,
    'auto-submitted': 'auto-generated',
  })
  expect(text).toContain('Si vous n’avez rien demandé, ignorez ce message : personne n’est entré.')
  expect(text).toContain(url)
  expect(html).toContain('<html lang="fr">')
  expect(html).toContain('Si vous n’avez rien demandé, ignorez ce message\u00A0: personne n’est entré.')
  expect(html).toContain(`<a href="${url}"`)
  expect(await stateOf(service, id)).toMatchObject({ state: 'sent', attempts: 1, kept: false })

  await makeDue(service, id)
  await sendMessage(mailing, id)
  expect(server.received).toHaveLength(1)
  expect(attempts).toEqual([])
})

test('what a letter says is text, whatever it holds', () => {
  const letter = {
    subject: '<b>Objet</b>',
    paragraphs: ['<script>alert(1)</script>'],
    action: { label: '"><img>', url: 'https://insigne.test/?a="><img>' },
  }
  expect(letterHtml(letter)).not.toMatch(/<(script|img|b)>/)
  expect(letterHtml(letter)).toContain('<p>&#60;script&#62;alert(1)&#60;/script&#62;</p>')
  expect(letterText(letter)).toContain('<script>alert(1)</script>')
})

test.for([
  'zoe@exemple.invalid, autre@exemple.invalid',
  'zoe@exemple.invalid\r\nBcc: autre@exemple.invalid',
  'zoe@exemple.invalid\nSubject: autre',
  'Zoé <zoe@exemple.invalid>',
  '<zoe@exemple.invalid> NOTIFY=NEVER',
  'zoe',
  '@exemple.invalid',
  '',
])('an address that is not one plain address gets no message: %j', async (to, { service }) => {
  const count = async () => (await rows<{ n: number }>(service.db, sql`select count(*)::int as n from messages`))[0]!.n
  const before = await count()
  await expect(aMessage(service, to)).rejects.toMatchObject({ kind: 'invalid', code: 'message_refused' })
  expect(await count()).toBe(before)
})

test('a name that holds a line break does not begin another header: the message is refused', async ({ service }) => {
  const { db, vault } = service
  const values = { url, organisation: 'Organisme\r\nBcc: autre@exemple.invalid', role: 'formatrice ou formateur' }
  const posted = postMessage(db, vault, { to: anAddress(), kind: 'invitation', values })
  await expect(posted).rejects.toMatchObject({ kind: 'invalid', code: 'message_refused' })
})

test('what the transaction takes back does not leave', async ({ service }) => {
  const { server, mailing } = await aMailing(service)
  let id = ''
  await service.db
    .transaction(async (tx) => {
      id = await aMessage({ ...service, db: tx })
      throw new Error('taken back')
    })
    .catch(() => {})
  await sendMessage(mailing, id)
  expect(server.received).toEqual([])
})

test('asked for many times at once, a message leaves once', async ({ service }) => {
  const { server, mailing } = await aMailing(service, { onMessage: () => wait(100) })
  const id = await aMessage(service)
  await Promise.all(Array.from({ length: 8 }, () => sendMessage(mailing, id)))
  expect(server.received).toHaveLength(1)
  expect(await stateOf(service, id)).toMatchObject({ state: 'sent', attempts: 1 })
})

test.for([
  ['busy when greeting', { onConnect: (_: unknown, done: (error: Error) => void) => done(refusal(421)) }, '421'],
  [
    'busy for the address',
    { onRcptTo: (_: unknown, __: unknown, done: (error: Error) => void) => done(refusal(450)) },
    '450',
  ],
  ['full once it has read all', { onMessage: () => Promise.reject(refusal(452)) }, '452'],
] as const)(
  'a server that is %s is asked again later, and the message then leaves once',
  async ([, handlers, code], { service }) => {
    const { mailing, attempts } = await aMailing(service, handlers)
    const id = await aMessage(service)
    await sendMessage(mailing, id)
    expect(attempts).toMatchObject([{ id, kind: 'sign-in', outcome: 'temporary', code, attempt: 1 }])
    const first = await stateOf(service, id)
    expect(first).toMatchObject({ state: 'queued', attempts: 1, kept: true })
    expect(first.pause).toBeGreaterThan(7)
    expect(await sweepMessages(service.db)).not.toContain(id)

    await makeDue(service, id)
    await sendMessage(mailing, id)
    expect((await stateOf(service, id)).pause).toBeGreaterThan(35)
    await makeDue(service, id)
    const { server, mailing: good } = await aMailing(service)
    await sendMessage(good, id)
    expect(server.received).toHaveLength(1)
    expect(await stateOf(service, id)).toMatchObject({ state: 'sent', attempts: 3, kept: false })
  },
)

test('nobody listening, or a password refused, is for later; the log holds neither address nor secret', async ({
  service,
}) => {
  const { server, mailing, attempts } = await aMailing(
    service,
    { onAuth: (_auth, _session, done) => done(refusal(535)) },
    'compte:secret@',
  )
  const to = anAddress()
  const id = await aMessage(service, to)
  await sendMessage(mailing, id)
  await makeDue(service, id)
  await sendMessage({ ...mailing, smtp: { ...mailing.smtp, port: 1 } }, id)
  expect(attempts).toMatchObject([
    { outcome: 'temporary', code: '535' },
    { outcome: 'temporary', code: 'ESOCKET' },
  ])
  expect(JSON.stringify(attempts)).not.toMatch(/exemple\.invalid|secret/)
  expect(server.received).toEqual([])
  expect(await stateOf(service, id)).toMatchObject({ state: 'queued', attempts: 2, kept: true })
})

test('a password is not given to a server that does not encrypt, unless it is this machine', async ({ service }) => {
  const given: unknown[] = []
  const { mailing, attempts, server } = await aMailing(
    service,
    { onAuth: ({ username, password }, _session, done) => (given.push([username, password]), done(null, { user: 1 })) },
    'compte:se%40cret@',
  )
  // Another name of this machine, which is not one of those that are trusted.
  await sendMessage({ ...mailing, smtp: { ...mailing.smtp, host: '0.0.0.0' } }, await aMessage(service))
  expect(attempts.splice(0)).toMatchObject([{ outcome: 'temporary' }])
  expect(given).toEqual([])
  await sendMessage(mailing, await aMessage(service))
  expect(given).toEqual([['compte', 'se@cret']])
  expect(server.received).toHaveLength(1)
  expect(attempts).toEqual([])
})

test.for([
  [
    'for its address',
    { onRcptTo: (_: unknown, __: unknown, done: (error: Error) => void) => done(refusal(550)) },
    '550',
  ],
  ['for its content', { onMessage: () => Promise.reject(refusal(554)) }, '554'],
] as const)('a message refused for good %s is not sent again', async ([, handlers, code], { service }) => {
  const { mailing, attempts } = await aMailing(service, handlers)
  const id = await aMessage(service)
  await sendMessage(mailing, id)
  expect(attempts).toMatchObject([{ outcome: 'permanent', code }])
  expect(await stateOf(service, id)).toMatchObject({ state: 'failed', kept: false })
})

test('a connection that breaks once the message has begun leaves a doubt: it is never sent again', async ({
  service,
}) => {
  const broken = await aMailing(service, { onMessage: () => broken.server.cut() })
  const id = await aMessage(service)
  await sendMessage(broken.mailing, id)
  expect(broken.attempts).toMatchObject([{ outcome: 'unknown' }])
  expect(await stateOf(service, id)).toMatchObject({ state: 'uncertain', kept: false })

  const { server, mailing } = await aMailing(service)
  await makeDue(service, id)
  await sendMessage(mailing, id)
  expect(server.received).toEqual([])
})

test('a process that is gone: what had begun is uncertain after five minutes, what had not leaves once', async ({
  service,
}) => {
  const { server, mailing } = await aMailing(service)
  const [begun, held, old] = await Promise.all([aMessage(service), aMessage(service), aMessage(service)])
  await service.db.execute(
    sql`update messages set state = 'sending', attempts = 1, due_at = now() + interval '5 minutes' where id = ${begun}`,
  )
  await service.db.execute(
    sql`update messages set attempts = 1, due_at = now() + interval '5 minutes' where id = ${held}`,
  )
  await service.db.execute(sql`update messages set created_at = now() - interval '25 hours' where id = ${old}`)
  const dueIn = async (ms: number) => {
    const due = await sweepMessages(service.db, new Date(Date.now() + ms))
    return due.filter((id) => [begun, held, old].includes(id))
  }
  expect(await dueIn(LEASE_MS - 5_000)).toEqual([])
  expect(await stateOf(service, old)).toMatchObject({ state: 'failed', kept: false })
  expect(await stateOf(service, begun)).toMatchObject({ state: 'sending', kept: true })
  expect(await dueIn(LEASE_MS + 5_000)).toEqual([held])
  expect(await stateOf(service, begun)).toMatchObject({ state: 'uncertain', kept: false })

  for (const id of [begun, held, old]) {
    await makeDue(service, id)
    await sendMessage(mailing, id)
  }
  expect(server.received.map(({ headers }) => headers['message-id'])).toEqual([`<${held}@insigne.test>`])
})

test('a process that comes back after another took its message does not send it', async ({ service }) => {
  const id = await aMessage(service)
  const overtake = () => service.db.execute(sql`update messages set attempts = attempts + 1 where id = ${id}`)
  const { server, mailing, attempts } = await aMailing(service, {
    // While the first process waits for the envelope to be taken, its time ends and a second one takes the message.
    onRcptTo: (_address, _session, done) => void overtake().finally(done),
  })
  await sendMessage(mailing, id)
  expect(attempts).toMatchObject([{ outcome: 'abandoned' }])
  expect(server.received).toEqual([])
  expect(await stateOf(service, id)).toMatchObject({ state: 'queued', attempts: 2, kept: true })
})

const QUEUES: [string, () => Queue][] = [
  ['in this process', () => createLocalQueue(() => {})],
  ...(redisIsThere
    ? [
        [
          'on Redis',
          () => createRedisQueue({ url: redisUrl, report: () => {}, unreachable: () => {}, prefix: aPrefix() }),
        ] as [string, () => Queue],
      ]
    : []),
]
test.for(QUEUES)(
  'messages that nobody asked for are found and leave, each once, with jobs %s',
  async ([, open], { service }) => {
    const { server, mailing } = await aMailing(service)
    const queue = open()
    const others = new Set(await sweepMessages(service.db))
    const ids = await Promise.all(Array.from({ length: 5 }, () => aMessage(service)))
    const stop = await workMessages(queue, mailing, 1)
    const late = await aMessage(service)
    const mine = () =>
      server.received.map(({ headers }) => headers['message-id']!.slice(1, 37)).filter((id) => !others.has(id))
    await expect.poll(() => mine().length, { timeout: 10_000 }).toBe(6)
    stop()
    await queue.idle()
    await queue.close()
    expect(mine().toSorted()).toEqual([...ids, late].toSorted())
  },
)

test('the page of messages is there in development only, and shows text and HTML', async ({ service }) => {
  const id = await aMessage(service, 'apercu@exemple.invalid')
  const appOf = async (given: object) => {
    const app = await buildApp({ ...service, config: { ...config, ...given } })
    onTestFinished(() => app.close())
    return app
  }
  const local = { baseUrl: 'http://localhost:3000' }
  const accept = 'text/html'
  const app = await appOf(local)
  const page = await app.inject({ url: '/messages', headers: { accept } })
  expect(page).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } })
  expect(page.body).toContain('apercu@exemple.invalid')
  expect(page.body).toContain('Votre lien de connexion à Insigne')
  const letter = await app.inject({ url: `/messages/${id}`, headers: { accept } })
  expect(letter.body).toContain('Ouvrir mon espace</a>')
  expect(letter.headers['content-security-policy']).toContain("default-src 'none'; style-src 'unsafe-inline'")

  const mail = { smtp: readSmtpUrl('smtp://127.0.0.1:1')!, from: 'a@exemple.invalid' }
  const closed = [
    [service.app, {}],
    [await appOf({ ...local, mail }), {}],
    [app, { remoteAddress: '192.0.2.1' }],
    [app, { headers: { accept, host: 'ailleurs.example' } }],
  ] as const
  for (const [one, options] of closed) {
    for (const path of ['/messages', `/messages/${id}`]) {
      const answer = await one.inject({ url: path, headers: { accept }, ...options })
      expect(answer.statusCode).toBe(404)
      expect(answer.body).not.toContain('connexion/essai')
    }
  }
})
