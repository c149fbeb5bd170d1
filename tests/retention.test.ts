import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { readConfig } from '../src/config.ts'
import { type Db, rows } from '../src/db.ts'
import { PERIOD_NAMES, type PeriodName, PERIODS, periodVariable } from '../src/privacy/periods.ts'
import { applyRetention } from '../src/privacy/retention.ts'
import { workRetention } from '../src/privacy/retention.jobs.ts'
import { actor, signedIn } from './support/actors.ts'
import { config, test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'

const DAY_MS = 24 * 3600_000
const count = async ({ db }: TestService, from: string) =>
  (await rows<{ n: number }>(db, sql`select count(*)::int as n from ${sql.raw(from)}`))[0]!.n
const journalled = async (db: Db, name: PeriodName) =>
  (
    await rows<{ details: string }>(
      db,
      sql`select details from journal where action = 'retention.applied' and subject = ${`retention:${name}`} order by position`,
    )
  ).map((one) => JSON.parse(one.details) as { count: number })
/** The sweep as it will run in so many days; what waits one day more is still there. */
const later = ({ db, vault }: TestService, days: number) =>
  applyRetention(db, vault, config.retention, new Date(Date.now() + days * DAY_MS))

/** Something of each kind that ends by itself, and where it is. */
const ENDED: [PeriodName, (service: TestService) => Promise<{ from: string; ends: number }>][] = [
  [
    'SIGN_IN_LINKS',
    async (service) => {
      const form = { 'content-type': 'application/x-www-form-urlencoded' }
      await actor(service).post('/connexion', `email=${randomUUID()}%40exemple.invalid`, form)
      return { from: 'sign_in_links', ends: 0 }
    },
  ],
  [
    'WEB_SESSIONS',
    async (service) => {
      const { personId } = await signedIn(service)
      return { from: `web_sessions where person_id = '${personId}'`, ends: 0.5 }
    },
  ],
  [
    'INVITATIONS',
    async (service) => {
      const { slug } = await aTrainer(service)
      const [own] = await rows<{ id: string }>(service.db, sql`select id from organisations where slug = ${slug}`)
      await service.db.execute(
        sql`insert into invitations (token_hash, organisation_id, role, email, invited_by, expires_at)
            values (${randomUUID()}, ${own!.id}, 'formateur', 'scellé', 'test', now() + interval '7 days')`,
      )
      return { from: `invitations where organisation_id = '${own!.id}'`, ends: 7 }
    },
  ],
  [
    'MESSAGES',
    async (service) => {
      await service.db.execute(sql`insert into messages (kind, state) values ('sign-in', 'sent')`)
      return { from: `messages where state = 'sent'`, ends: 0 }
    },
  ],
  [
    'ANSWERS',
    async (service) => {
      const trainer = await aTrainer(service)
      const body = {
        organisation: trainer.slug,
        module: 'aidants-connect',
        startsOn: '2026-03-31',
        endsOn: '2026-03-31',
      }
      const place = { departement: '69', capacity: 2, modality: 'presentiel' }
      await trainer.post('/api/v1/sessions', { ...body, ...place }, { 'idempotency-key': randomUUID() })
      return { from: `idempotent_answers where caller like '%${trainer.slug}'`, ends: 0 }
    },
  ],
  [
    'TOKENS',
    async (service) => {
      const jti = randomUUID()
      await service.db.execute(
        sql`insert into revoked_tokens (jti, expires_at) values (${jti}, now() + interval '1 day')`,
      )
      return { from: `revoked_tokens where jti = '${jti}'`, ends: 1 }
    },
  ],
]

test.for(ENDED)(
  '%s are kept for their period, then forgotten, and the journal says how many',
  async ([name, make], { service }) => {
    const { from, ends } = await make(service)
    expect(await count(service, from)).toBe(1)
    const days = PERIODS[name].days + ends
    await later(service, days - 0.1)
    expect(await count(service, from)).toBe(1)
    await later(service, days + 0.1)
    expect(await count(service, from)).toBe(0)
    expect((await journalled(service.db, name)).at(-1)!.count).toBeGreaterThan(0)
  },
)

test('someone who got nothing and did nothing is erased after three years; the others stay', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const learner = (email: string) => ({ email, givenName: 'Zoé', familyName: 'Exemple' })
  await trainer.post(`/api/v1/sessions/${session}/enrolments`, [learner('absente@exemple.invalid')])
  await sendCsv(service, trainer, session, csvOf([aRow(1)]))
  const staff = await signedIn(service, { grants: [{ role: 'administrateur', organisation: trainer.slug }] })
  await later(service, 3 * 365 - 1)
  expect(await count(service, 'people where erased_at is not null')).toBe(0)
  const enrolled = await count(service, 'enrolments')

  await later(service, 3 * 365 + 1)
  const left = await rows<{ id: string; erased: boolean; badges: number }>(
    service.db,
    sql`select p.id, p.identity is null and p.email_fingerprint is null as erased,
        (select count(*)::int from credentials c where c.person_id = p.id) as badges
        from people p join enrolments e on e.person_id = p.id
        join sessions s on s.id = e.session_id where s.id = ${session} order by 2`,
  )
  expect(left).toMatchObject([
    { erased: false, badges: 1 },
    { erased: true, badges: 0 },
  ])
  expect(await count(service, `people where id = '${staff.personId}' and erased_at is null`)).toBe(1)
  expect(await count(service, 'enrolments')).toBe(enrolled)
  expect((await journalled(service.db, 'PEOPLE')).at(-1)!.count).toBeGreaterThan(0)
})

test('the working copy of an evidence is emptied after six years; the badge keeps it and verifies', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const row = aRow(1, { evidence_url: 'https://exemple.fr/preuve', narrative: 'A tenu un atelier.' })
  const { receipts } = await sendCsv(service, trainer, session, csvOf([row]))
  const mine = `completions where session_id = '${session}' and narrative is not null`
  await later(service, 6 * 365 - 1)
  expect(await count(service, mine)).toBe(1)
  await later(service, 6 * 365 + 1)
  expect(await count(service, mine)).toBe(0)
  const { pathname } = new URL(String(receipts[0]!['credential']))
  const { body } = await actor(service).get(`${pathname}.json`)
  expect(JSON.stringify(body)).toContain('A tenu un atelier.')
  const verified = await actor(service).post('/api/v1/verifications', { credential: body })
  expect(verified.body).toMatchObject({ verdict: 'valid' })
})

test('more than a batch is forgotten, in several transactions, once even when two processes sweep at once', async ({
  service,
}) => {
  await service.db.execute(
    sql`insert into revoked_tokens (jti, expires_at) select 'ancien ' || n, now() - interval '3 days' from generate_series(1, 1200) n`,
  )
  const before = (await journalled(service.db, 'TOKENS')).length
  await Promise.all([later(service, 0), later(service, 0)])
  expect(await count(service, `revoked_tokens where jti like 'ancien %'`)).toBe(0)
  const counts = (await journalled(service.db, 'TOKENS')).slice(before).map((one) => one.count)
  expect(counts.reduce((sum, one) => sum + one, 0)).toBe(1200)
  expect(Math.max(...counts)).toBeLessThanOrEqual(500)
})

test('a working process sweeps at its start', async ({ service }) => {
  await service.db.execute(
    sql`insert into revoked_tokens (jti, expires_at) values ('au démarrage', now() - interval '3 days')`,
  )
  const failures: unknown[] = []
  const { db, vault } = service
  const stop = workRetention({ db, vault, periods: config.retention, report: (error) => failures.push(error) })
  await expect.poll(() => count(service, `revoked_tokens where jti = 'au démarrage'`)).toBe(0)
  await stop()
  expect(failures).toEqual([])
})

test('each period is changed by its variable, and the register shows the one in force', async ({ service }) => {
  const MASTER_KEY = config.masterKey.toString('base64url')
  for (const name of PERIOD_NAMES) {
    expect(readConfig({ MASTER_KEY }).retention[name]).toBe(PERIODS[name].days)
    expect(readConfig({ MASTER_KEY, [periodVariable(name)]: '12' }).retention[name]).toBe(12)
    expect(() => readConfig({ MASTER_KEY, [periodVariable(name)]: '0' })).toThrow(
      `${periodVariable(name)} doit être un nombre entier entre 1 et 36500.`,
    )
  }
  const page = (await actor(service).get('/donnees-personnelles')).response.body.replaceAll('\u00A0', ' ')
  expect(page).toContain('non renseigné par l’exploitant')
  expect(page).toContain('3 ans')
  for (const name of PERIOD_NAMES) expect(page).toContain(PERIODS[name].what.replaceAll('\u00A0', ' '))
  expect((await actor(service).get('/')).response.body).toContain('href="/donnees-personnelles"')
})
