import { randomUUID } from 'node:crypto'
import { Writable } from 'node:stream'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import pino from 'pino'
import { Webhook } from 'standardwebhooks'
import { describe, expect, onTestFinished } from 'vitest'
import { buildApp } from '../src/app.ts'
import { createGuardedPost } from '../src/credentials/fetch.ts'
import { rows } from '../src/db.ts'
import { forTheLog } from '../src/errors.ts'
import { collectEvents } from '../src/feed/collect.ts'
import { deliver } from '../src/feed/deliver.ts'
import { workFeed } from '../src/feed/feed.jobs.ts'
import { dueWebhooks, holdWebhook, LEASE_MS } from '../src/feed/holds.ts'
import { lastMessages } from '../src/messages/messages.ts'
import { applyRetention } from '../src/privacy/retention.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { BASE_URL, config, test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'
import { aReceiver, withoutRepeats } from './support/receiver.ts'

const TIMEOUT_MS = 300
const HOUR_MS = 3600_000
const post = createGuardedPost({ allowLoopback: true, timeoutMs: TIMEOUT_MS })
const TYPES = ['badge.issued', 'badge.revoked', 'session.planned']

/** The same service, allowed to send to this machine. */
async function onThisMachine(service: TestService, logger?: pino.Logger): Promise<TestService> {
  const app = await buildApp({ ...service, config: { ...config, allowLoopback: true }, ...(logger && { logger }) })
  onTestFinished(() => app.close())
  return { ...service, app }
}

/** An organisation, who administers it, and its subscription to a tool. */
async function subscribed(service: TestService, url: string, types = TYPES) {
  const local = await onThisMachine(service)
  const trainer = await aTrainer(local)
  const administrator = actor(local, 'administrateur', trainer.slug)
  const { status, body } = await administrator.post('/api/v1/webhooks', { organisation: trainer.slug, url, types })
  if (status !== 201) throw new Error(JSON.stringify(body))
  const [id, secret] = [String(body['id']), String(body['secret'])]
  const view = async (): Promise<Json> => (await administrator.get('/api/v1/webhooks')).body['items'][0]
  return { local, trainer, administrator, id, secret, view }
}

/** A turn of a subscription at some moment. */
const turn = ({ db, vault }: TestService, id: string, now = new Date(), stop?: AbortSignal) =>
  deliver({ db, vault, baseUrl: BASE_URL, post }, id, stop, () => now)

const plan = async (service: TestService, trainer: Awaited<ReturnType<typeof aTrainer>>, count: number) => {
  for (let one = 0; one < count; one++) await aSession(trainer)
  await collectEvents(service.db)
  const { body } = await trainer.get(`/api/v1/events?organisation=${trainer.slug}&limit=1000`)
  return body['items'] as Json[]
}

describe('an event that is sent', () => {
  test('is the one of the feed, signed: the library of Standard Webhooks takes it, and nothing that was altered', async ({
    service,
  }) => {
    const receiver = await aReceiver()
    const { trainer, id, secret } = await subscribed(service, receiver.url)
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const session = await aSession(trainer)
    await sendCsv(service, trainer, session, csvOf([aRow(1)]))
    const items = await plan(service, trainer, 0)
    await turn(service, id)

    expect(receiver.received.map((one) => JSON.parse(one.body))).toEqual(items)
    expect(items.map((one) => one['type'])).toEqual(['session.planned', 'badge.issued'])
    const { body, headers } = receiver.received[1]!
    expect(headers['webhook-id']).toBe(items[1]!['id'])
    const library = new Webhook(secret)
    expect(library.verify(body, headers)).toEqual(items[1])
    const altered: [string, Record<string, string>][] = [
      [body.replace('badge.issued', 'badge.revoked'), headers],
      [`${body} `, headers],
      [body, { ...headers, 'webhook-id': receiver.received[0]!.id }],
      [body, { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) }],
    ]
    for (const [sent, under] of altered) expect(() => library.verify(sent, under)).toThrow('No matching signature')
    expect(() => new Webhook(`whsec_${Buffer.alloc(32, 1).toString('base64')}`).verify(body, headers)).toThrow()
    const old = { ...headers, 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 3600) }
    expect(() => library.verify(body, old)).toThrow('too old')
  })

  test('says nothing of a person, nor does the log', async ({ service }) => {
    const lines: string[] = []
    const sink = new Writable({ write: (line, _, done) => (lines.push(String(line)), done()) })
    const logger = pino({ level: 'trace' }, sink)
    const receiver = await aReceiver()
    const { trainer, id } = await subscribed(service, receiver.url)
    const logged = await onThisMachine(service, logger)
    const known = {
      email: 'brunehilde.introuvable@exemple.invalid',
      given_name: 'Brunehilde',
      family_name: 'Introuvable',
    }
    const own = { ...actor(logged, 'formateur', trainer.slug), slug: trainer.slug }
    const { receipts } = await sendCsv(logged, own, await aSession(own), csvOf([aRow(1, known)]))
    const path = new URL(String(receipts[0]!['credential'])).pathname
    await own.post(`/api/v1${path}/revocation`, { reason: 'Erreur sur Brunehilde Introuvable' })
    await collectEvents(service.db)
    await turn(service, id)
    receiver.answer = (_, response) => response.destroy()
    await aSession(own)
    await collectEvents(service.db)
    await turn(service, id).catch((error: unknown) => logger.error({ err: forTheLog(error) }, 'feed.failed'))
    expect(receiver.received.map((one) => JSON.parse(one.body)['type'])).toEqual([
      'session.planned',
      'badge.issued',
      'badge.revoked',
      'session.planned',
    ])
    const sent = receiver.received.map((one) => JSON.stringify(one)).join('\n')
    expect(lines.length).toBeGreaterThan(3)
    for (const text of [sent, lines.join('\n')]) expect(text).not.toMatch(/brunehilde|introuvable/i)
    const kept = await rows<{ body: string }>(service.db, sql`select body::text as body from feed_events`)
    expect(kept.map((one) => one.body).join('\n')).not.toMatch(/brunehilde|introuvable/i)
  })

  test('of a type that was not asked for is passed over, as is what happens elsewhere or came before', async ({
    service,
  }) => {
    const receiver = await aReceiver()
    const { trainer, id, view } = await subscribed(service, receiver.url, ['badge.issued'])
    await plan(service, await aTrainer(service), 2)
    const session = await aSession(trainer)
    await sendCsv(service, trainer, session, csvOf([aRow(1)]))
    const items = await plan(service, trainer, 1)
    await turn(service, id)
    expect(receiver.ids()).toEqual([items.find((one) => one['type'] === 'badge.issued')!['id']])
    // Nothing is left to look through.
    expect(await dueWebhooks(service.db, 100, [], new Date())).not.toContain(id)
    expect(await view()).toMatchObject({ state: 'active', failures: 0, lastAnswer: '204' })
  })
})

/** How a receiver answers: it takes, or fails in one of the ways that there are. */
const manner = fc.constantFrom<number | string>('take', 'take', 'take', 500, 503, 404, 'cut', 'silent')

test('however its receiver fails, events come in order, each at least once; what comes again has the same id', async ({
  service,
}) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(manner, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 5 }),
      async (script, count) => {
        const manners = script.slice()
        const receiver = await aReceiver((_, response) => {
          const how = manners.shift() ?? 'take'
          if (typeof how === 'number') response.writeHead(how).end('Non')
          else if (how === 'take') response.writeHead(200).end('ok')
          else if (how === 'cut') response.destroy()
        })
        const { trainer, id, view } = await subscribed(service, receiver.url)
        const items = await plan(service, trainer, count)
        let now = Date.now()
        for (let tries = 0; tries <= script.length; tries++) {
          await turn(service, id, new Date(now))
          now += 5 * HOUR_MS
        }
        expect(withoutRepeats(receiver.ids())).toEqual(items.map((one) => one['id']))
        const failed = script.slice(0, script.length - manners.length).filter((how) => how !== 'take').length
        expect(receiver.received.length).toBe(items.length + failed)
        expect(await view()).toMatchObject({ state: 'active', failures: 0 })
      },
    ),
    { numRuns: 15 },
  )
})

describe('a receiver that fails', () => {
  test('is tried after 10 s, then four times longer each time up to 4 hours, for three days; then nothing is lost', async ({
    service,
  }) => {
    const receiver = await aReceiver((_, response) => response.writeHead(500).end())
    const { local, trainer, administrator, id, view } = await subscribed(service, receiver.url)
    const grants = [{ role: 'administrateur' as const, organisation: trainer.slug }]
    const person = await signedIn(local, { grants })
    const items = await plan(service, trainer, 3)
    const start = new Date()
    const pauses: number[] = []
    let now = start
    for (;;) {
      await turn(service, id, now)
      const { state, nextAttemptAt, failures } = await view()
      if (state !== 'active') break
      expect(failures).toBe(pauses.length + 1)
      const next = new Date(String(nextAttemptAt))
      pauses.push((next.getTime() - now.getTime()) / 1000)
      const early = receiver.received.length
      await turn(service, id, new Date(next.getTime() - 1000))
      expect(receiver.received.length).toBe(early)
      now = next
    }
    expect(pauses.slice(0, 7)).toEqual([10, 40, 160, 640, 2560, 10240, 14400])
    expect(new Set(pauses.slice(6))).toEqual(new Set([14400]))
    const days = (now.getTime() - start.getTime()) / (24 * HOUR_MS)
    expect(days).toBeGreaterThanOrEqual(3)
    expect(days).toBeLessThan(3.2)
    expect(new Set(receiver.ids())).toEqual(new Set([items[0]!['id']]))

    const letters = (await lastMessages(service.db, service.vault)).filter((one) => one.to === person.email)
    expect(letters).toHaveLength(1)
    expect(letters[0]!.letter.subject).toContain(new URL(receiver.url).host)
    expect(JSON.stringify(letters[0]!.letter)).toContain('une erreur (500)')
    expect(letters[0]!.letter.action!.url).toBe(`${BASE_URL}/organisme/${trainer.slug}/webhooks`)
    const page = (await person.get(`/organisme/${trainer.slug}/webhooks`, { accept: 'text/html' })).response.body
    expect(page).toContain('en pause')
    expect(page).toContain('Le serveur a répondu par une erreur (500).')
    const journal = await administrator.get(`/api/v1/organisations/${trainer.slug}/journal`)
    expect(journal.body['items'].map((one: Json) => one['action'])).toContain('webhook.paused')

    receiver.answer = (_, response) => response.writeHead(204).end()
    await turn(service, id, now)
    expect(new Set(receiver.ids()).size).toBe(1)
    const resumed = await administrator.post(`/api/v1/webhooks/${id}/resumption`)
    expect(resumed.body).toMatchObject({ state: 'active', failures: 0 })
    await turn(service, id)
    expect(withoutRepeats(receiver.ids())).toEqual(items.map((one) => one['id']))
  })

  test('or asks for nothing more (410) ends its subscription, for good', async ({ service }) => {
    const receiver = await aReceiver((_, response) => response.writeHead(410).end())
    const { trainer, administrator, id, view } = await subscribed(service, receiver.url)
    const person = await signedIn(service, { grants: [{ role: 'administrateur', organisation: trainer.slug }] })
    await plan(service, trainer, 2)
    await turn(service, id)
    await turn(service, id, new Date(Date.now() + 5 * HOUR_MS))
    expect(receiver.received).toHaveLength(1)
    expect(await view()).toMatchObject({ state: 'ended', lastAnswer: '410' })
    const letters = (await lastMessages(service.db, service.vault)).filter((one) => one.to === person.email)
    expect(letters.map((one) => one.letter.paragraphs.at(-1))).toEqual([expect.stringContaining('demandé lui-même')])
    for (const path of ['resumption', 'trial']) {
      const { status, body } = await administrator.post(`/api/v1/webhooks/${id}/${path}`)
      expect([status, body['code']]).toEqual([409, 'webhook_ended'])
    }
    expect((await administrator.delete(`/api/v1/webhooks/${id}`)).status).toBe(204)
    expect((await administrator.get('/api/v1/webhooks')).body['items']).toEqual([])
  })

  test('for longer than events are kept is told that some are lost, and how to begin again', async ({ service }) => {
    const receiver = await aReceiver((_, response) => response.writeHead(500).end())
    const { trainer, administrator, id, view } = await subscribed(service, receiver.url)
    const idle = await subscribed(service, receiver.url)
    await plan(service, trainer, 1)
    await service.db.execute(sql`update webhooks set state = 'paused' where id = ${id}`)
    await applyRetention(service.db, service.vault, config.retention, new Date(Date.now() + 401 * 24 * HOUR_MS))
    const refused = await administrator.post(`/api/v1/webhooks/${id}/resumption`)
    expect([refused.status, refused.body['code']]).toEqual([409, 'cursor_too_old'])
    expect(await view()).toMatchObject({ state: 'paused' })
    // One that waited for nothing lost nothing.
    const items = await plan(service, idle.trainer, 1)
    receiver.answer = (_, response) => response.writeHead(204).end()
    await turn(service, idle.id)
    expect(receiver.ids()).toEqual(items.map((one) => one['id']))
  })
})

describe('a hostile receiver', () => {
  test.for<[string, string, Parameters<typeof aReceiver>[0]]>([
    ['never answers', 'timeout', () => {}],
    ['hangs up', 'closed', (_, response) => response.destroy()],
    ['answers what is no HTTP', 'closed', (_, response) => response.socket!.end('bonjour\r\n\r\n')],
    ['sends elsewhere', '302', (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end()],
    ['fails', '500', (_, response) => response.writeHead(500).end()],
  ])('that %s: %s', async ([, answer, how], { service }) => {
    const receiver = await aReceiver(how)
    const { trainer, id, view } = await subscribed(service, receiver.url)
    await plan(service, trainer, 2)
    await turn(service, id)
    expect(receiver.received).toHaveLength(1)
    expect(await view()).toMatchObject({ state: 'active', failures: 1, lastAnswer: answer })
  })

  test('that answers without end, or drop by drop, took the event; what it says is not read', async ({ service }) => {
    let written = 0
    const receiver = await aReceiver((_, response) => {
      response.writeHead(200)
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) written += 65_536
        if (!response.destroyed) response.once('drain', pour)
      }
      pour()
    })
    const { trainer, id, view } = await subscribed(service, receiver.url)
    const items = await plan(service, trainer, 2)
    await turn(service, id)
    expect(receiver.ids()).toEqual(items.map((one) => one['id']))
    expect(written).toBeLessThan(64 * 1024 * 1024)
    receiver.answer = (_, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    }
    await plan(service, trainer, 1)
    await turn(service, id)
    expect(await view()).toMatchObject({ state: 'active', failures: 0, lastAnswer: '200' })
  })

  test('that redirects to this machine is not followed there', async ({ service }) => {
    const inside = await aReceiver()
    const receiver = await aReceiver((_, response) => response.writeHead(307, { location: inside.url }).end())
    const { trainer, id, view } = await subscribed(service, receiver.url)
    await plan(service, trainer, 1)
    await turn(service, id)
    expect(inside.received).toEqual([])
    expect(await view()).toMatchObject({ lastAnswer: '307', failures: 1 })
  })
})

describe('only public addresses are sent to', () => {
  test.for([
    'http://outil.exemple.fr/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::ffff:10.0.0.1]/',
    'https://nom:secret@outil.exemple.fr/',
  ])('%s is refused at once', async (url, { service }) => {
    const { slug } = await aTrainer(service)
    const administrator = actor(service, 'administrateur', slug)
    const { status, body } = await administrator.post('/api/v1/webhooks', { organisation: slug, url, types: TYPES })
    expect([status, body['code']]).toEqual([422, 'webhook_url_refused'])
    expect((await administrator.get('/api/v1/webhooks')).body['items']).toEqual([])
  })

  test('a name that leads inside is refused when it is looked up, and said so', async ({ service }) => {
    const { db, vault } = service
    const { slug } = await aTrainer(service)
    const administrator = actor(service, 'administrateur', slug)
    const given = { organisation: slug, url: 'https://localhost:1/', types: TYPES }
    const { body } = await administrator.post('/api/v1/webhooks', given)
    const { body: trial } = await administrator.post(`/api/v1/webhooks/${body['id']}/trial`)
    expect(trial).toEqual({ taken: false, answer: 'not_public', detail: expect.stringContaining('réseau privé') })
    const trainer = { ...actor(service, 'formateur', slug), slug }
    await plan(service, trainer, 1)
    const strict = createGuardedPost({ allowLoopback: false })
    await deliver({ db, vault, baseUrl: BASE_URL, post: strict }, String(body['id']))
    const { body: list } = await administrator.get('/api/v1/webhooks')
    expect(list['items'][0]).toMatchObject({ failures: 1, lastAnswer: 'not_public' })
  })
})

describe('several processes, or one that dies', () => {
  test('one that stops before the answer leaves the event to the next, with the same id', async ({ service }) => {
    const receiver = await aReceiver(() => {})
    const { trainer, id, view } = await subscribed(service, receiver.url)
    const items = await plan(service, trainer, 2)
    const stop = new AbortController()
    receiver.answer = () => stop.abort()
    await turn(service, id, new Date(), stop.signal)
    expect(await view()).toMatchObject({ state: 'active', failures: 0, lastAnswer: null })
    receiver.answer = (_, response) => response.writeHead(204).end()
    await turn(service, id)
    expect(receiver.ids()).toEqual([items[0]!['id'], items[0]!['id'], items[1]!['id']])
  })

  test('one that dies holds nobody up for long, and two never send to the same tool at once', async ({ service }) => {
    const receiver = await aReceiver()
    const { trainer, id } = await subscribed(service, receiver.url)
    const items = await plan(service, trainer, 3)
    await Promise.all([1, 2, 3, 4].map(() => turn(service, id)))
    expect(receiver.ids()).toEqual(items.map((one) => one['id']))

    const [last] = (await plan(service, trainer, 1)).slice(-1)
    const now = Date.now()
    expect(await holdWebhook(service.db, id, new Date(now))).not.toBeNull()
    await turn(service, id, new Date(now + LEASE_MS / 2))
    expect(receiver.received).toHaveLength(3)
    await turn(service, id, new Date(now + LEASE_MS + 1))
    expect(receiver.ids().at(-1)).toBe(last!['id'])
  })

  test('a tool that does not answer does not keep another waiting', async ({ service }) => {
    const { db, vault } = service
    const silent = await aReceiver(() => {})
    const dead = await Promise.all([1, 2, 3].map(() => subscribed(service, silent.url)))
    const receiver = await aReceiver()
    const { trainer } = await subscribed(service, receiver.url)
    for (const one of dead) await plan(service, one.trainer, 1)
    const items = await plan(service, trainer, 4)
    const failures: unknown[] = []
    const patient = createGuardedPost({ allowLoopback: true, timeoutMs: 60_000 })
    const report = (error: unknown) => void failures.push(error)
    const stop = workFeed({ db, vault, baseUrl: BASE_URL, post: patient, report }, 1)
    onTestFinished(stop)
    // The silent ones are still waited for when the other has all of its events.
    await expect.poll(() => receiver.ids(), { timeout: 30_000 }).toEqual(items.map((one) => one['id']))
    await expect.poll(() => silent.received.length, { timeout: 30_000 }).toBe(3)
    await stop()
    expect(failures).toEqual([])
    for (const one of dead) expect(await one.view()).toMatchObject({ failures: 0, lastAnswer: null })
  })
})

describe('its secret', () => {
  test('is replaced without an event lost: both sign for a while, then the new one alone', async ({ service }) => {
    const receiver = await aReceiver()
    const { trainer, administrator, id, secret, view } = await subscribed(service, receiver.url)
    const { status, body } = await administrator.post(`/api/v1/webhooks/${id}/secrets`, { graceHours: 2 })
    expect(status).toBe(201)
    const renewed = String(body['secret'])
    expect(renewed).not.toBe(secret)
    expect(new Date(String((await view())['previousSecretEndsAt'])).getTime()).toBeGreaterThan(Date.now() + HOUR_MS)
    await plan(service, trainer, 1)
    await turn(service, id)
    const { body: sent, headers } = receiver.received[0]!
    for (const one of [secret, renewed]) expect(new Webhook(one).verify(sent, headers)).toEqual(JSON.parse(sent))

    await service.db.execute(sql`update webhooks set previous_ends_at = now() - interval '1 second' where id = ${id}`)
    await plan(service, trainer, 1)
    await turn(service, id)
    const later = receiver.received[1]!
    expect(new Webhook(renewed).verify(later.body, later.headers)).toEqual(JSON.parse(later.body))
    expect(() => new Webhook(secret).verify(later.body, later.headers)).toThrow('No matching signature')
  })

  test('is shown once, and kept sealed with the address', async ({ service }) => {
    const url = `https://outil.exemple.fr/crochet?cle=${randomUUID()}`
    const { administrator, secret } = await subscribed(service, url)
    const { response } = await administrator.get('/api/v1/webhooks')
    expect(response.body).toContain(url)
    expect(response.body).not.toContain(secret)
    const kept = JSON.stringify(await rows(service.db, sql`select * from webhooks`))
    for (const one of [url, secret, secret.slice('whsec_'.length)]) expect(kept).not.toContain(one)
  })
})

describe('who administers', () => {
  test('another organisation sees nothing of a subscription and changes nothing of it', async ({ service }) => {
    const receiver = await aReceiver()
    const { id, view } = await subscribed(service, receiver.url)
    const before = await view()
    const local = await onThisMachine(service)
    const { slug } = await aTrainer(local)
    const stranger = actor(local, 'administrateur', slug)
    expect((await stranger.get('/api/v1/webhooks')).body).toEqual({ items: [] })
    const path = `/api/v1/webhooks/${id}`
    for (const refused of [
      await stranger.delete(path),
      await stranger.post(`${path}/secrets`),
      await stranger.post(`${path}/resumption`),
      await stranger.post(`${path}/trial`),
    ]) {
      expect(refused.status).toBe(404)
    }
    expect(await view()).toEqual(before)
    expect(receiver.received).toEqual([])
  })

  test('has ten subscriptions at most', async ({ service }) => {
    const { trainer, administrator } = await subscribed(service, 'https://outil.exemple.fr/1')
    const given = { organisation: trainer.slug, url: 'https://outil.exemple.fr/2', types: TYPES }
    const sent = await Promise.all(Array.from({ length: 12 }, () => administrator.post('/api/v1/webhooks', given)))
    expect(sent.map((one) => String(one.status)).toSorted()).toEqual([
      ...Array<string>(9).fill('201'),
      '409',
      '409',
      '409',
    ])
    expect((await administrator.get('/api/v1/webhooks')).body['items']).toHaveLength(10)
  })

  test('does it all by the forms of a page', async ({ service }) => {
    const receiver = await aReceiver()
    const local = await onThisMachine(service)
    const trainer = await aTrainer(local)
    const { slug } = trainer
    const person = await signedIn(local, { grants: [{ role: 'administrateur', organisation: slug }] })
    const path = `/organisme/${slug}/webhooks`
    const html = { accept: 'text/html' }
    const shown = async () => (await person.get(path, html)).response.body
    expect(await shown()).toContain('Aucun outil n’est prévenu.')

    const wrong = await person.form(path, { url: 'https://10.0.0.1/', types: 'badge.issued' }, html)
    expect(wrong.status).toBe(422)
    expect(wrong.response.body).toContain('value="https://10.0.0.1/"')
    expect(wrong.response.body).toContain('il faut une adresse publique en https')

    const made = await person.form(path, { url: receiver.url, types: 'session.planned' }, html)
    const [secret] = /whsec_[A-Za-z0-9+/]+=/.exec(made.response.body.replaceAll('&#61;', '='))!
    expect(made.response.headers['cache-control']).toBe('no-store')
    const [, id] = /id="envoi-([\w-]+)"/.exec(await shown())!
    const tried = await person.form(`${path}/${id}/essai`, {}, html)
    expect(tried.response.body).toContain('Reçu (réponse 204).')
    expect(new Webhook(secret).verify(receiver.received[0]!.body, receiver.received[0]!.headers)).toMatchObject({
      type: 'ping',
      organisation: slug,
    })

    receiver.answer = (_, response) => response.writeHead(401).end()
    const items = await plan(service, trainer, 1)
    await turn(service, id!)
    expect(await shown()).toContain('vérifiez le secret chez le destinataire')
    receiver.answer = (_, response) => response.writeHead(204).end()
    expect((await person.form(`${path}/${id}/reprise`)).response.headers['location']).toBe(`${path}?fait=reprise`)
    await turn(service, id!)
    expect(receiver.ids().slice(1)).toEqual([items[0]!['id'], items[0]!['id']])

    const renewed = await person.form(`${path}/${id}/secret`, { graceHours: '24' }, html)
    expect(renewed.response.body).toMatch(/whsec_/)
    expect(await shown()).toContain('Son ancien secret signe encore')
    expect((await person.form(`${path}/${id}/suppression`)).response.headers['location']).toBe(
      `${path}?fait=suppression`,
    )
    expect(await shown()).toContain('Aucun outil n’est prévenu.')
  })
})
