import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { rows } from '../src/db.ts'
import { brokenConstraint } from '../src/errors.ts'
import { collectEvents } from '../src/feed/collect.ts'
import { forgetEvents, readHead } from '../src/feed/events.ts'
import { applyRetention } from '../src/privacy/retention.ts'
import { actor, type Json } from './support/actors.ts'
import { BASE_URL, config, test, type TestService } from './support/app.ts'
import { aBadge, aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './support/factories.ts'
import { habilitated } from './support/habilitation.ts'

const reason = { reason: 'Essai' }
const DAY_MS = 24 * 3600_000

/** The whole feed of an organisation, page after page, as a tool reads it. */
async function follow({ get }: Pick<Trainer, 'get'>, slug: string, query = '', first = ''): Promise<Json[]> {
  const items: Json[] = []
  for (let after = first; ;) {
    const { status, body } = await get(`/api/v1/events?organisation=${slug}${query}${after && `&after=${after}`}`)
    if (status !== 200) throw new Error(JSON.stringify(body))
    if (body['items'].length === 0) return items
    items.push(...body['items'])
    after = String(body['next'])
  }
}

const typesOf = (items: Json[]) => items.map((one) => one['type'])

describe('what happens in an organisation is told once, in order', () => {
  test('its sessions and its badges, by ids, classes and days', async ({ service }) => {
    const trainer = await aTrainer(service)
    const session = await aSession(trainer)
    const cancelled = await aSession(trainer)
    await trainer.post(`/api/v1/sessions/${cancelled}/cancellation`, reason)
    const { receipts } = await sendCsv(service, trainer, session, csvOf([aRow(1)]))
    const url = String(receipts[0]!['credential'])
    const path = `/api/v1${new URL(url).pathname}`
    for (const change of ['suspension', 'restoration', 'revocation']) await trainer.post(`${path}/${change}`, reason)
    await collectEvents(service.db)

    const items = await follow(trainer, trainer.slug)
    expect(typesOf(items)).toEqual([
      'session.planned',
      'session.planned',
      'session.cancelled',
      'badge.issued',
      'badge.suspended',
      'badge.restored',
      'badge.revoked',
    ])
    const { body: badge } = await actor(service).get(`${new URL(url).pathname}.json`)
    expect(items[3]).toEqual({
      id: expect.stringMatching(/^badge-\d+$/),
      type: 'badge.issued',
      timestamp: badge['validFrom'],
      organisation: trainer.slug,
      data: {
        credential: url,
        session,
        achievement: {
          slug: 'aidants-connect',
          version: expect.any(String),
          name: badge['credentialSubject']['achievement']['name'],
        },
        validFrom: badge['validFrom'],
        validUntil: badge['validUntil'] ?? null,
      },
    })
    expect(items[2]).toMatchObject({
      organisation: trainer.slug,
      data: {
        session: cancelled,
        module: 'aidants-connect',
        startsOn: '2026-03-31',
        endsOn: '2026-03-31',
        modality: 'presentiel',
        departement: '69',
      },
    })
    expect(JSON.stringify(items)).not.toMatch(/Exemple|Zoé|personne1|Essai/)
  })

  test('the habilitations of a structure, and not those of others', async ({ service }) => {
    const { structure, officer, habilitation } = await habilitated(service)
    await officer.post(`/api/v1/habilitations/structures/${structure.slug}/closure`, reason)
    await officer.post(`/api/v1/habilitations/structures/${structure.slug}/reopening`, reason)
    await collectEvents(service.db)
    const items = await follow(actor(service, 'administrateur', structure.slug), structure.slug)
    expect(items.map(({ type, data }) => ({ type, data }))).toEqual([
      { type: 'habilitation.granted', data: { habilitation, lapse: null } },
      { type: 'habilitation.lapsed', data: { habilitation, lapse: 'structure' } },
      { type: 'habilitation.restored', data: { habilitation, lapse: 'structure' } },
    ])
  })

  test('the same event has the same id however it is read', async ({ service }) => {
    const { trainer } = await aBadge(service)
    await collectEvents(service.db)
    const whole = await follow(trainer, trainer.slug)
    expect(typesOf(whole)).toEqual(['session.planned', 'badge.issued'])
    expect(await follow(trainer, trainer.slug, '&limit=1')).toEqual(whole)
    expect(await follow(trainer, trainer.slug, '&type=badge.issued')).toEqual(whole.slice(1))
    await collectEvents(service.db)
    expect(await follow(trainer, trainer.slug)).toEqual(whole)
  })
})

/** Changes of one badge, and how long their transaction stays open after them; some are given up. */
const writer = fc.record({
  badge: fc.nat({ max: 3 }),
  events: fc.integer({ min: 1, max: 3 }),
  holdMs: fc.integer({ min: 0, max: 30 }),
  isGivenUp: fc.boolean(),
})
const step = fc.oneof(
  { weight: 4, arbitrary: writer.map((one) => ({ kind: 'write' as const, ...one })) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('plan' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('collect' as const), holdMs: fc.integer({ min: 0, max: 30 }) }),
  },
)

test('whoever writes and collects at once, every event is in the feed once, in order, and a reader misses none', async ({
  service,
}) => {
  const { db } = service
  const trainer = await aTrainer(service)
  const { receipts } = await sendCsv(service, trainer, await aSession(trainer), csvOf([0, 1, 2, 3].map((n) => aRow(n))))
  const badges = receipts.map((one) => String(one['credential']).split('/').at(-1)!)
  await collectEvents(db)

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const start = (await readHead(db)).position
      const last = (await rows<{ id: number }>(db, sql`select max(id)::int as id from credential_events`))[0]!.id
      const written: string[] = []
      const planned: string[] = []
      const act = async (one: (typeof steps)[number]): Promise<void> => {
        if (one.kind === 'plan') planned.push(await aSession(trainer))
        else if (one.kind === 'collect') {
          await wait(one.holdMs)
          await collectEvents(db)
        } else await write(service, badges[one.badge]!, one).then((ids) => written.push(...ids))
      }
      let isOver = false
      const seen: Json[] = []
      const reading = (async () => {
        for (let after = String(start); ;) {
          const stop = isOver
          const { body } = await trainer.get(`/api/v1/events?organisation=${trainer.slug}&after=${after}&limit=3`)
          seen.push(...body['items'])
          if (stop && body['items'].length === 0) return
          await wait(5)
          after = String(body['next'])
        }
      })()
      await Promise.all(steps.map(act))
      await collectEvents(db)
      isOver = true
      await reading

      const ids = seen.map((one) => String(one['id']))
      expect(ids.filter((one) => one.startsWith('badge-')).toSorted()).toEqual(written.toSorted())
      const sessions = seen
        .filter((one) => one['type'] === 'session.planned')
        .map((one) => String(one['data']['session']))
      expect(sessions.toSorted()).toEqual(planned.toSorted())
      expect(ids.length).toBe(written.length + planned.length)
      for (const badge of badges) {
        const own = seen.filter((one) => String(one['data']['credential']).endsWith(badge)).map(numberOf)
        expect(own).toEqual(own.toSorted((a, b) => a - b))
        expect(own.every((one) => one > last)).toBe(true)
      }
      const kept = await rows<{ position: number }>(
        db,
        sql`select position::int as position from feed_events where position > ${start} order by position`,
      )
      expect(kept.map((one) => one.position)).toEqual(kept.map((_, index) => start + index + 1))
    }),
    { numRuns: 25 },
  )
})

const numberOf = (one: Json): number => Number(String(one['id']).split('-').at(-1))

/** A transaction that writes events of a badge and stays open for a while; answers what it kept. */
async function write(
  { db }: TestService,
  badge: string,
  { events, holdMs, isGivenUp }: { events: number; holdMs: number; isGivenUp: boolean },
): Promise<string[]> {
  const given = new Error('given up')
  try {
    return await db.transaction(async (tx) => {
      // As the verbs do: changes of one badge follow one another.
      await tx.execute(sql`select 1 from credentials where id = ${badge} for update`)
      const told = await rows<{ id: string }>(
        tx,
        sql`insert into credential_events (credential_id, kind, at, author, reason)
            select ${badge}, 'suspended', now(), 'test', 'Essai' from generate_series(1, ${events}) returning id::text`,
      )
      await wait(holdMs)
      if (isGivenUp) throw given
      return told.map((one) => `badge-${one.id}`)
    })
  } catch (error) {
    if (error !== given) throw error
    return []
  }
}

describe('cursors', () => {
  test('a tool begins at the end, waits, and goes on from there; an empty page moves past what is of others', async ({
    service,
  }) => {
    const { trainer } = await aBadge(service)
    await collectEvents(service.db)
    const url = `/api/v1/events?organisation=${trainer.slug}`
    const { body: begun } = await trainer.get(`${url}&after=now`)
    expect(begun).toEqual({ items: [], next: String((await readHead(service.db)).position) })
    await aBadge(service)
    await collectEvents(service.db)
    const { body: waited } = await trainer.get(`${url}&after=${begun['next']}`)
    expect(waited['items']).toEqual([])
    expect(Number(waited['next'])).toBe(Number(begun['next']) + 2)
    const session = await aSession(trainer)
    await collectEvents(service.db)
    const { body: last } = await trainer.get(`${url}&after=${waited['next']}`)
    expect(last['items'].map((one: Json) => [one['type'], one['data']['session']])).toEqual([
      ['session.planned', session],
    ])
  })

  test('one that is not of this feed, or older than what is kept, is refused with how to begin again', async ({
    service,
  }) => {
    const { db } = service
    const { trainer } = await aBadge(service)
    await collectEvents(db)
    const url = `/api/v1/events?organisation=${trainer.slug}`
    const ahead = await trainer.get(`${url}&after=999999999999`)
    expect([ahead.status, ahead.body['code']]).toEqual([422, 'cursor_unknown'])
    for (const after of ['-1', 'abc', '1.5', '1'.repeat(16)])
      expect((await trainer.get(`${url}&after=${after}`)).status).toBe(422)

    const { position } = await readHead(db)
    const later = new Date(Date.now() + 401 * DAY_MS)
    await applyRetention(db, service.vault, config.retention, later)
    expect(await rows(db, sql`select 1 from feed_events`)).toEqual([])
    expect(await readHead(db)).toEqual({ position, forgotten: position })
    const old = await trainer.get(`${url}&after=${position - 1}`)
    expect([old.status, old.body['code']]).toEqual([410, 'cursor_too_old'])
    expect(JSON.stringify(old.body)).toContain('GET /api/v1/credentials')
    expect((await trainer.get(`${url}&after=${position}`)).body).toEqual({ items: [], next: String(position) })

    await aSession(trainer)
    await collectEvents(db)
    // Positions go on where they were: a cursor never comes to mean something else.
    expect((await readHead(db)).position).toBe(position + 1)
    expect(typesOf(await follow(trainer, trainer.slug))).toEqual(['session.planned'])
  })
})

test('an event is never changed, nor removed before its time', async ({ service }) => {
  const { db } = service
  await aBadge(service)
  await collectEvents(db)
  const refused = async (statement: ReturnType<typeof sql>) =>
    brokenConstraint(
      await db.execute(statement).then(
        () => null,
        (error: unknown) => error,
      ),
    )
  expect(await refused(sql`update feed_events set type = 'badge.revoked'`)).toBe('feed_immutable')
  expect(await refused(sql`delete from feed_events`)).toBe('feed_immutable')
  expect(await refused(sql`truncate feed_events`)).toBe('feed_immutable')
  expect(await refused(sql`delete from feed_head`)).toBe('feed_immutable')
  expect(await forgetEvents(db, new Date(0).toISOString(), 500)).toBe(0)
})

test('a machine reads the feed of its organisation with its scope, and no other', async ({ service }) => {
  const { trainer } = await aBadge(service)
  const other = await aTrainer(service)
  await collectEvents(service.db)
  const administrator = actor(service, 'administrateur', trainer.slug)
  const tokenFor = async (scopes: string[]) => {
    const { body } = await administrator.post(`/api/v1/organisations/${trainer.slug}/clients`, {
      name: 'Outil',
      scopes,
    })
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: String(body['clientId']),
      client_secret: String(body['clientSecret']),
    })
    const given = await actor(service).post('/oauth/token', form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    })
    return { authorization: `Bearer ${String(given.body['access_token'])}` }
  }
  const machine = await tokenFor(['events'])
  const own = await actor(service).get('/api/v1/events', machine)
  expect(typesOf(own.body['items'])).toEqual(['session.planned', 'badge.issued'])
  expect((await actor(service).get(`/api/v1/events?organisation=${other.slug}`, machine)).status).toBe(403)
  expect((await actor(service).get('/api/v1/events', await tokenFor(['sessions']))).status).toBe(403)
  expect(own.response.body).toContain(`${BASE_URL}/credentials/`)
})

test('more than a batch at once: all of it, and no badge before its session', async ({ service }) => {
  const { db } = service
  const { trainer, id } = await aBadge(service)
  await collectEvents(db)
  const start = (await readHead(db)).position
  await db.execute(
    sql`insert into credential_events (credential_id, kind, at, author, reason)
        select ${id}, 'suspended', now(), 'test', 'Essai' from generate_series(1, 12000)`,
  )
  const session = await aSession(trainer)
  await sendCsv(service, trainer, session, csvOf([aRow(7)]))
  expect(await collectEvents(db)).toBe(12002)
  const items = await follow(trainer, trainer.slug, '&limit=1000', String(start))
  expect(new Set(items.map((one) => one['id'])).size).toBe(12002)
  const at = (type: string) => items.findIndex((one) => one['type'] === type && one['data']['session'] === session)
  expect(at('session.planned')).toBeGreaterThanOrEqual(0)
  expect(at('badge.issued')).toBeGreaterThan(at('session.planned'))
  expect(await collectEvents(db)).toBe(0)
})
