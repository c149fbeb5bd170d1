import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import pg from 'pg'
import { describe, expect } from 'vitest'
import { giveAwards, issueAwards } from '../src/credentials/awards.ts'
import { validUntilOf } from '../src/credentials/badge-content.ts'
import { workExpiries } from '../src/credentials/expiry.jobs.ts'
import { remindExpiries } from '../src/credentials/expiry.ts'
import type { Achievement } from '../src/badges/schema.ts'
import { insertRows, rows } from '../src/db.ts'
import { letterHtml, letterText } from '../src/messages/letter.ts'
import { type Opened, openMessage } from '../src/messages/messages.ts'
import { getOrganisation } from '../src/organisations/organisations.ts'
import { sealPerson } from '../src/people/people.ts'
import { people } from '../src/people/people.sql.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { anAddress } from './support/addresses.ts'
import { BASE_URL, issuingFor, test, type TestService } from './support/app.ts'
import { onPostgres } from './support/db.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './support/factories.ts'
import { postgresUrl } from './support/postgres.ts'
import { hearStatements } from './support/statements.ts'

const DAY_MS = 24 * 3600_000
const MODULE = 'gestion-de-projet'
const HTML = { accept: 'text/html' }

const before = (end: string, days: number): Date => new Date(Date.parse(end) - days * DAY_MS)
const remind = ({ db, vault }: TestService, now: Date) => remindExpiries({ db, vault, baseUrl: BASE_URL }, now)

/** The reminders that wait for someone, opened, the first one first. */
async function lettersTo({ db, vault }: TestService, email: string): Promise<Opened[]> {
  const kept = await rows<{ content: string }>(
    db,
    sql`select content from messages where kind = 'expiry' order by created_at, id`,
  )
  return kept.map(({ content }) => openMessage(vault, 'expiry', content)).filter((one) => one.to === email)
}
const decisionsOf = ({ db }: TestService, id: string) =>
  rows<{ days: number; posted: boolean }>(
    db,
    sql`select days, posted_at is not null as posted from expiry_reminders where credential_id = ${id} order by days`,
  )

type Given = { email?: string; trainer?: Trainer; session?: Json; from?: string }

/** A badge, delivered by the front door, that ends at that moment: each test has a year of its own. */
async function aBadgeUntil(service: TestService, end: string | null, given: Given = {}) {
  const { email = anAddress(), trainer = await aTrainer(service), session = {}, from } = given
  const planned = await aSession(trainer, { module: MODULE, ...session })
  const { receipts } = await sendCsv(service, trainer, planned, csvOf([aRow(1, { email })]))
  const id = String(receipts[0]!['credential']).split('/').at(-1)!
  await service.db.execute(
    sql`update credentials set valid_until = ${end}, valid_from = coalesce(${from ?? null}::timestamptz, valid_from) where id = ${id}`,
  )
  return { id, email, trainer, path: `/credentials/${id}` }
}

describe('the end of a badge', () => {
  const end = (validity: string, from: string) =>
    validUntilOf({ validity } as Achievement, new Date(from))!.toISOString()

  test.for([
    ['P1Y', '2028-02-29T10:00:00.000Z', '2029-02-28T10:00:00.000Z'],
    ['P4Y', '2028-02-29T10:00:00.000Z', '2032-02-29T10:00:00.000Z'],
    ['P1M', '2027-01-31T23:59:59.999Z', '2027-02-28T23:59:59.999Z'],
    ['P1Y1M', '2027-01-30T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
    ['P6M', '2027-08-31T12:00:00.000Z', '2028-02-29T12:00:00.000Z'],
    ['P3Y', '2027-03-28T01:30:00.000Z', '2030-03-28T01:30:00.000Z'],
  ] as const)('%s after %s is %s', ([validity, from, until]) => {
    expect(end(validity, from)).toBe(until)
  })

  test('is in the month that is meant, on the same day or the last', () => {
    const start = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(start, fc.nat(10), fc.nat(30), (from, years, months) => {
        const until = new Date(end(`P${years}Y${months}M`, from.toISOString()))
        const month = from.getUTCFullYear() * 12 + from.getUTCMonth() + years * 12 + months
        expect(until.getUTCFullYear() * 12 + until.getUTCMonth()).toBe(month)
        const last = new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate()
        expect(until.getUTCDate()).toBe(Math.min(from.getUTCDate(), last))
        expect(until.toISOString().slice(10)).toBe(from.toISOString().slice(10))
      }),
    )
  })
})

describe('reminders', () => {
  test('of a badge with a validity leave 60, 30 and 7 days before its end, once each', async ({ service }) => {
    await service.db.execute(
      sql`update achievements set about = jsonb_set(about, '{validity}', '"P1Y"') where slug = 'gestion-des-conflits'`,
    )
    const trainer = await aTrainer(service)
    const email = anAddress()
    const session = await aSession(trainer, { module: 'gestion-des-conflits' })
    const { receipts } = await sendCsv(service, trainer, session, csvOf([aRow(1, { email })]))
    const { body } = await actor(service).get(`${new URL(String(receipts[0]!['credential'])).pathname}.json`)
    const until = String(body['validUntil'])
    const left: number[] = []
    for (const days of [63, 61, 60, 59, 45, 31, 30, 29, 15, 8, 7, 6, 1, 0, -1]) {
      const count = (await lettersTo(service, email)).length
      await remind(service, before(until, days))
      await remind(service, before(until, days - 0.02))
      const posted = (await lettersTo(service, email)).length - count
      if (posted > 0) left.push(...Array.from({ length: posted }, () => days))
    }
    expect(left).toEqual([60, 30, 7])
  })

  test.for([
    ['across the change to summer time', '2030-04-15T10:00:00Z', '2030-02-13T22:59:59Z', '2030-02-13T23:00:00Z'],
    ['across the change to winter time', '2030-12-01T23:30:00Z', '2030-10-02T21:59:59Z', '2030-10-02T22:00:00Z'],
    ['across the end of a leap February', '2032-03-31T10:00:00Z', '2032-01-30T22:59:59Z', '2032-01-30T23:00:00Z'],
    ['across the end of a February', '2031-03-31T10:00:00Z', '2031-01-29T22:59:59Z', '2031-01-29T23:00:00Z'],
  ] as const)('count the days of Paris %s', async ([, end, too, soon], { service }) => {
    const { email } = await aBadgeUntil(service, end)
    await remind(service, new Date(too))
    expect(await lettersTo(service, email)).toEqual([])
    await remind(service, new Date(soon))
    expect(await lettersTo(service, email)).toHaveLength(1)
  })

  test('after weeks without a process only the nearest leaves, and a clock that goes back sends nothing again', async ({
    service,
  }) => {
    const end = '2033-09-01T10:00:00Z'
    const { id, email } = await aBadgeUntil(service, end)
    await remind(service, before(end, 20))
    expect(await lettersTo(service, email)).toHaveLength(1)
    expect(await decisionsOf(service, id)).toEqual([
      { days: 30, posted: true },
      { days: 60, posted: false },
    ])
    for (const days of [59, 60, 31, 29, 8]) await remind(service, before(end, days))
    expect(await lettersTo(service, email)).toHaveLength(1)
    await remind(service, before(end, -40))
    await remind(service, before(end, 3))
    expect(await lettersTo(service, email)).toHaveLength(2)
    expect(await decisionsOf(service, id)).toHaveLength(3)
  })

  test('whatever the clock does, each leaves once and the nearest one first', async ({ service }) => {
    const end = '2034-09-01T10:00:00Z'
    const { id, email } = await aBadgeUntil(service, end)
    const moments = fc.array(fc.integer({ min: -10, max: 80 }), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(moments, async (days) => {
        await service.db.execute(sql`delete from expiry_reminders where credential_id = ${id}`)
        const known = (await lettersTo(service, email)).length
        const decided = new Set<number>()
        let sent = 0
        for (const left of days) {
          await remind(service, before(end, left))
          const nearest = [7, 30, 60].find((one) => left > 0 && left <= one)
          if (nearest === undefined || decided.has(nearest)) continue
          sent++
          for (const one of [7, 30, 60]) if (one >= nearest) decided.add(one)
        }
        expect((await lettersTo(service, email)).length - known).toBe(sent)
        expect((await decisionsOf(service, id)).map((one) => one.days)).toEqual([...decided].toSorted((a, b) => a - b))
      }),
      { numRuns: 25 },
    )
  })

  test('do not leave for a moment that was past when the badge was delivered', async ({ service }) => {
    const end = '2035-03-10T10:00:00Z'
    const { id, email } = await aBadgeUntil(service, end, { from: '2035-02-10T10:00:00Z' })
    for (const days of [27.9, 20, 8]) await remind(service, before(end, days))
    expect(await lettersTo(service, email)).toEqual([])
    await remind(service, before(end, 7))
    expect(await decisionsOf(service, id)).toMatchObject([
      { days: 7, posted: true },
      { posted: false },
      { posted: false },
    ])
  })

  test('of a person leave together, at her or his first address', async ({ service }) => {
    const end = '2036-09-01T10:00:00Z'
    const { email, trainer } = await aBadgeUntil(service, end)
    await aBadgeUntil(service, '2036-08-20T10:00:00Z', { email, trainer, session: { module: 'aidants-connect' } })
    const other = await aBadgeUntil(service, end, { trainer })
    const holder = await signedIn(service, { email })
    await service.db.execute(
      sql`insert into people (email_fingerprint, identity, alias_of)
          select 'autre-' || id, identity, id from people where id = ${holder.personId}`,
    )
    await remind(service, before(end, 40))
    const [letter, ...more] = await lettersTo(service, email)
    expect(more).toEqual([])
    expect(letter!.letter.subject).toBe('2 de vos badges expirent bientôt, à partir du 20 août 2036')
    expect(letter!.letter.paragraphs.filter((one) => one.startsWith('Votre badge'))).toEqual([
      expect.stringMatching(/^Votre badge « Formation Aidants Connect » expire le 20 août 2036\.$/),
      expect.stringMatching(/^Votre badge « Gestion de projet » expire le 1er septembre 2036\.$/),
    ])
    expect(await lettersTo(service, other.email)).toHaveLength(1)
  })
  test('beyond ten badges say how many more', async ({ service }) => {
    const end = '2037-09-01T10:00:00Z'
    const [email] = await fillEnding(service, { end, people: 1, each: 13 })
    await remind(service, before(end, 40))
    const [one, ...more] = await lettersTo(service, email!)
    expect(more).toEqual([])
    expect(one!.letter.subject).toBe('13 de vos badges expirent bientôt, à partir du 1er septembre 2037')
    expect(one!.letter.paragraphs.filter((text) => text.startsWith('Votre badge'))).toHaveLength(10)
    expect(one!.letter.paragraphs).toContain('Et 3 autres, que votre espace montre avec ceux-ci.')
  })

  test('do not leave for a badge that does not hold any more, and leave once it holds again', async ({ service }) => {
    const end = '2038-09-01T10:00:00Z'
    const trainer = await aTrainer(service)
    const [revoked, suspended, erased, alone] = [
      await aBadgeUntil(service, end, { trainer }),
      await aBadgeUntil(service, end, { trainer }),
      await aBadgeUntil(service, end, { trainer }),
      await aBadgeUntil(service, end, { trainer }),
    ]
    const reason = { reason: 'Essai de fin de validité' }
    await trainer.post(`/api/v1${revoked.path}/revocation`, reason)
    await trainer.post(`/api/v1${suspended.path}/suspension`, reason)
    const holder = await signedIn(service, { email: erased.email })
    expect((await holder.form('/mon-espace/effacement', { confirmation: 'effacer' })).status).toBe(200)
    await remind(service, before(end, 45))
    const countOf = async ({ email }: { email: string }) => (await lettersTo(service, email)).length
    expect(await Promise.all([revoked, suspended, erased, alone].map(countOf))).toEqual([0, 0, 0, 1])
    await trainer.post(`/api/v1${suspended.path}/restoration`, reason)
    await remind(service, before(end, 44))
    expect(await Promise.all([revoked, suspended, erased, alone].map(countOf))).toEqual([0, 1, 0, 1])
    expect(await decisionsOf(service, erased.id)).toEqual([])
  })

  test.for([
    ['a later end', '2039-12-01T10:00:00Z', 0],
    ['no end', null, 0],
    ['an end that is no later', '2039-09-01T10:00:00Z', 1],
  ] as const)('of a badge renewed by one with %s', async ([, renewedUntil, expected], { service }) => {
    const end = '2039-09-01T10:00:00Z'
    const { email, trainer, id } = await aBadgeUntil(service, end, { from: '2025-09-01T10:00:00Z' })
    const renewal = await aBadgeUntil(service, renewedUntil, { email, trainer })
    await remind(service, before(end, 35))
    const toldOf = (await decisionsOf(service, id)).filter((one) => one.posted).length
    expect(toldOf).toBe(expected)
    // A renewal that is withdrawn renews nothing any more.
    await trainer.post(`/api/v1${renewal.path}/revocation`, { reason: 'Délivré par erreur' })
    await remind(service, before(end, 34))
    expect((await decisionsOf(service, id)).map((one) => one.days)).toEqual([60])
  })

  test('an older badge without an end, or a badge of another class, renews nothing', async ({ service }) => {
    const end = '2040-09-01T10:00:00Z'
    const { email, trainer } = await aBadgeUntil(service, null, { from: '2020-09-01T10:00:00Z' })
    const { id } = await aBadgeUntil(service, end, { email, trainer })
    await aBadgeUntil(service, null, { email, trainer, session: { module: 'aidants-connect' } })
    await remind(service, before(end, 35))
    expect(await decisionsOf(service, id)).toMatchObject([{ days: 60, posted: true }])
  })

  test('an address that nothing can be sent to, or an identity that does not open, does not hold up the others', async ({
    service,
  }) => {
    const end = '2041-09-01T10:00:00Z'
    const trainer = await aTrainer(service)
    const [listed, lost, whole] = [
      await aBadgeUntil(service, end, { trainer }),
      await aBadgeUntil(service, end, { trainer }),
      await aBadgeUntil(service, end, { trainer }),
    ]
    const { identity } = sealPerson(service.vault, {
      email: 'a@exemple.invalid, b@exemple.invalid',
      givenName: 'Zoé',
      familyName: 'Exemple',
    })
    const setIdentity = (id: string, sealed: string) =>
      service.db.execute(
        sql`update people set identity = ${sealed} where id = (select person_id from credentials where id = ${id})`,
      )
    await setIdentity(listed.id, identity)
    await setIdentity(lost.id, 'illisible')
    for (const days of [50, 49]) await remind(service, before(end, days))
    expect(await lettersTo(service, whole.email)).toHaveLength(1)
    for (const { id } of [listed, lost]) expect(await decisionsOf(service, id)).toEqual([{ days: 60, posted: false }])
  })

  test('say what ends, when, what that changes, and how to renew it', async ({ service }) => {
    const end = '2042-09-02T10:00:00Z'
    const { email, trainer, id } = await aBadgeUntil(service, end)
    const { name } = await getOrganisation(service.db, trainer.slug)
    const planned = { module: MODULE, startsOn: '2042-09-10', endsOn: '2042-09-10' }
    const full = await aSession(trainer, { ...planned, capacity: 1 })
    await trainer.post(`/api/v1/sessions/${full}/enrolments`, [
      { email: anAddress(), givenName: 'Zoé', familyName: 'Exemple' },
    ])
    const called = await aSession(trainer, planned)
    await service.db.execute(
      sql`update sessions set cancelled_at = now(), cancelled_reason = 'Essai' where id = ${called}`,
    )
    const elsewhere = await aTrainer(service)
    await aSession(elsewhere, planned)
    await actor(service, 'exploitant').post(`/api/v1/organisations/${elsewhere.slug}/suspension`, {
      reason: 'Essai de session',
    })
    await aSession(trainer, { ...planned, startsOn: '2042-07-04', endsOn: '2042-07-04' })
    await aSession(trainer, {
      ...planned,
      startsOn: '2042-10-03',
      endsOn: '2042-10-05',
      place: 'Médiathèque',
      departement: '2A',
    })
    await aSession(trainer, {
      ...planned,
      startsOn: '2042-10-02',
      endsOn: '2042-10-02',
      modality: 'distance',
      departement: null,
    })
    await aSession(trainer, { ...planned, startsOn: '2042-12-02', endsOn: '2042-12-02' })
    await aSession(trainer, { ...planned, startsOn: '2043-01-02', endsOn: '2043-01-02' })
    await remind(service, before(end, 60))
    const [{ letter }] = (await lettersTo(service, email)) as [Opened]
    expect(letter).toEqual({
      subject: 'Votre badge « Gestion de projet » expire le 2 septembre 2042',
      paragraphs: [
        'Bonjour,',
        'Votre badge « Gestion de projet » expire le 2 septembre 2042.',
        `Pour le renouveler, suivez de nouveau la formation « Gestion de projet » : ${BASE_URL}/modules/${MODULE}`,
        `Prochaines sessions : le 2 octobre 2042, à distance, par ${name} ; du 3 octobre 2042 au 5 octobre 2042, Médiathèque (2A), par ${name} ; le 2 décembre 2042, (69), par ${name}.`,
        'Ce que cela change : passé ce jour, un badge est dit expiré. Il reste vérifiable : toute personne peut s’assurer qu’il était valable à n’importe quelle date de sa période.',
        'Renouveler donne un nouveau badge, valable à partir du jour où il est délivré : le temps qui restait à l’ancien ne s’y ajoute pas. L’ancien reste tel quel.',
        'Si vous n’êtes plus concernée ou concerné, vous n’avez rien à faire.',
      ],
      action: { label: 'Voir mes badges', url: `${BASE_URL}/mon-espace` },
    })
    expect(letterHtml(letter)).toContain(`<a href="${BASE_URL}/mon-espace"`)
    for (const text of [id, email, 'Zoé']) expect(letterText(letter)).not.toContain(text)
    const page = (await actor(service).get(`/modules/${MODULE}`, HTML)).status
    expect(page).toBe(200)
  })

  test('of a class without a module send to those who deliver it', async ({ service }) => {
    const end = '2043-09-02T10:00:00Z'
    const { email } = await aBadgeUntil(service, end, { session: { module: undefined, block: 'rncp40695/CCP1' } })
    await remind(service, before(end, 60))
    expect((await lettersTo(service, email))[0]!.letter.paragraphs).toEqual(
      expect.arrayContaining([
        'Pour le renouveler, adressez-vous à un organisme qui le délivre.',
        'Aucune session n’est annoncée pour le moment.',
      ]),
    )
  })

  test('leave when a process starts, and are journalled without naming anybody', async ({ service }) => {
    const { id, email } = await aBadgeUntil(service, new Date(Date.now() + 6.5 * DAY_MS).toISOString(), {
      from: '2025-01-01T00:00:00Z',
    })
    const failures: unknown[] = []
    const { db, vault } = service
    const stop = workExpiries({ db, vault, baseUrl: BASE_URL }, (error) => failures.push(error))
    await expect.poll(() => decisionsOf(service, id)).toHaveLength(3)
    await stop()
    expect(failures).toEqual([])
    expect(await lettersTo(service, email)).toHaveLength(1)
    const [line] = await rows<Json>(
      db,
      sql`select author, subject, person_id, details from journal where action = 'expiry.reminded' order by position desc limit 1`,
    )
    expect(line).toEqual({
      author: 'service',
      subject: 'content:badges',
      person_id: null,
      details: JSON.stringify({ badges: 1, people: 1 }),
    })
  })

  test('asked of several processes at once, leave once a person', async ({ service }) => {
    const end = '2044-09-01T10:00:00Z'
    const emails = await fillEnding(service, { end, people: 600, each: 3 })
    const failures: unknown[] = []
    const now = before(end, 25)
    const runs = [1, 2, 3].map(() => remind(service, now).catch((error: unknown) => failures.push(error)))
    await Promise.all(runs)
    await remind(service, now) // what one process held when the other passed
    expect(failures).toEqual([])
    const counts = await countLetters(service, new Set(emails))
    expect([counts.size, new Set(counts.values())]).toEqual([600, new Set([1])])
    expect(await decided(service, end)).toEqual({ posted: 1800, skipped: 1800 })
  })

  // A tenth of them embedded, where each takes as long as ten.
  const many = onPostgres ? 20_000 : 2_000

  test(`of ${many} badges leave in batches, found along an index`, { timeout: 120_000 }, async ({ service }) => {
    const end = '2045-09-01T10:00:00Z'
    await fillEnding(service, { end, people: many, each: 1 })
    if (onPostgres) await fillEnding(service, { end: null, people: 1, each: 20_000 })
    const heard = listen(service)
    const [start] = await rows<{ at: number }>(service.db, sql`select max(position)::int as at from journal`)
    await remind(service, before(end, 60))
    expect(await decided(service, end)).toEqual({ posted: many, skipped: 0 })
    const batches = (
      await rows<{ details: string }>(
        service.db,
        sql`select details from journal where action = 'expiry.reminded' and position > ${start!.at} order by position`,
      )
    ).map(({ details }) => JSON.parse(details) as { badges: number; people: number })
    expect(batches).toHaveLength(many / 500)
    expect(Math.max(...batches.map((one) => one.people))).toBeLessThanOrEqual(500)
    heard.stop()
    await remind(service, before(end, 59))
    expect(await decided(service, end)).toEqual({ posted: many, skipped: 0 })
    if (onPostgres) expect(await wholeReads(service, heard.statements)).toEqual([])
  })
})

/** Many badges that end then, copied from one that was delivered: as many people, and that many badges each. Answers their addresses. */
async function fillEnding(
  service: TestService,
  { end, people: count, each }: { end: string | null; people: number; each: number },
) {
  const { db, vault } = service
  const { id } = await aBadgeUntil(service, null)
  const emails = Array.from({ length: count }, () => anAddress())
  const sealed = emails.map((email) => sealPerson(vault, { email, givenName: 'Zoé', familyName: 'Exemple' }))
  const kept = await insertRows<{ id: string }>(
    db,
    people,
    sealed.map(({ emailFingerprint, identity }) => ({ emailFingerprint, identity })),
    sql`returning id`,
  )
  const ids = sql.param(kept.map((one) => one.id))
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`) // the copies are right: no foreign key is looked up
    await tx.execute(sql`
    with given as (
      insert into awards (key, organisation_id, person_id, achievement_slug, achievement_version, awarded_on, settled_at)
      select 'essai:' || gen_random_uuid(), k.organisation_id, p, k.achievement_slug, k.achievement_version, '2026-03-31', now()
      from credentials k, unnest(${ids}::uuid[]) p, generate_series(1, ${each}::int) where k.id = ${id}
      returning id, person_id)
    insert into credentials select copy.* from credentials k, (select *, row_number() over () as number from given) g,
      lateral jsonb_populate_record(k, jsonb_build_object('id', gen_random_uuid(), 'completion_id', null, 'award_id', g.id,
        'person_id', g.person_id, 'status_index', (k.status_index + g.number) % 131072, 'valid_from', '2026-03-31T10:00:00Z', 'valid_until', ${end}::text)) copy
    where k.id = ${id}`)
  })
  await db.execute(sql`analyze credentials`)
  return emails
}

async function countLetters({ db, vault }: TestService, wanted: Set<string>): Promise<Map<string, number>> {
  const kept = await rows<{ content: string }>(db, sql`select content from messages where kind = 'expiry'`)
  const counts = new Map<string, number>()
  for (const { content } of kept) {
    const { to } = openMessage(vault, 'expiry', content)
    if (wanted.has(to)) counts.set(to, (counts.get(to) ?? 0) + 1)
  }
  return counts
}

const decided = async ({ db }: TestService, end: string) =>
  (
    await rows<Json>(
      db,
      sql`select count(posted_at)::int as posted, count(skipped_at)::int as skipped
          from expiry_reminders r join credentials k on k.id = r.credential_id where k.valid_until = ${end}`,
    )
  )[0]

type Heard = { text: string; params: unknown[] }

/** Hears the statements that read badges, until told to stop. */
function listen(service: TestService) {
  const statements: Heard[] = []
  return { statements, stop: hearStatements(service, (text, params) => statements.push({ text, params })) }
}

/** The statements that would read the table of badges from end to end. */
async function wholeReads({ db }: TestService, statements: Heard[]): Promise<string[]> {
  const [here] = await rows<{ name: string }>(db, sql`select current_database() as name`)
  const client = new pg.Client({ connectionString: postgresUrl(here!.name) })
  await client.connect()
  const asked = statements.filter(({ text }) => text.includes('from credentials'))
  expect(asked).toHaveLength(81)
  const found: string[] = []
  for (const { text, params } of [...asked.slice(0, 2), ...asked.slice(-2)]) {
    const { rows: plan } = await client.query<Json>(`explain (analyze) ${text}`, params)
    const lines = plan.map((one) => String(one['QUERY PLAN']))
    if (lines.some((line) => line.includes('Seq Scan on credentials'))) found.push(lines.join('\n'))
  }
  await client.end()
  return found
}

describe('a renewal', () => {
  const soon = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString()
  const renewalOf = async (path: string, who = actor({} as TestService)) =>
    (await who.get(`/api/v1${path}/renewal`)).body
  const dayOf = (iso: string) => new Date(iso).toLocaleDateString('sv-SE', { timeZone: 'Europe/Paris' })

  test.for([
    ['no_expiry', null],
    ['current', 61.5],
    ['to_renew', 59],
    ['to_renew', 0.1],
    ['expired', -0.1],
  ] as const)('is told of any badge: %s, %s days from its end', async ([state, days], { service }) => {
    const end = days === null ? null : soon(days)
    const { path, trainer } = await aBadgeUntil(service, end)
    const startsOn = soon(20).slice(0, 10)
    const planned = { startsOn, endsOn: startsOn, place: 'Salle des fêtes' }
    if (end !== null) await aSession(trainer, { module: MODULE, ...planned })
    const { status, body } = await actor(service).get(`/api/v1${path}/renewal`)
    expect(status).toBe(200)
    const { sessions, ...rest } = body
    const module = { slug: MODULE, title: 'Gestion de projet', page: `${BASE_URL}/modules/${MODULE}` }
    expect(rest).toEqual({
      expiresOn: end && dayOf(end),
      state,
      renewedBy: null,
      renews: null,
      module: end === null ? null : module,
    })
    expect(sessions).toHaveLength(end === null ? 0 : Math.min(sessions.length, 3))
    if (end !== null) expect(sessions[0]).toMatchObject({ startsOn, departement: '69', modality: 'presentiel' })
  })

  test('ties two badges for their holder alone, and leaves the former as it was', async ({ service }) => {
    const holder = await signedIn(service)
    const { email } = holder
    const trainer = await aTrainer(service)
    const first = await aBadgeUntil(service, soon(-400), { email, trainer, from: soon(-800) })
    const second = await aBadgeUntil(service, soon(20), { email, trainer, from: soon(-345) })
    const document = (await actor(service).get(`${first.path}.json`)).response.body
    const third = await aBadgeUntil(service, soon(365), { email, trainer })
    expect((await actor(service).get(`${first.path}.json`)).response.body).toBe(document)

    const own = await Promise.all([first, second, third].map((one) => renewalOf(one.path, holder)))
    const url = (one: { path: string }) => `${BASE_URL}${one.path}`
    expect(own).toMatchObject([
      { state: 'renewed', renewedBy: url(third), renews: null },
      { state: 'renewed', renewedBy: url(third), renews: url(first) },
      { state: 'current', renewedBy: null, renews: url(second) },
    ])
    for (const who of [actor(service), trainer, await signedIn(service)]) {
      const told = await Promise.all([first, second, third].map((one) => renewalOf(one.path, who)))
      expect(told.map((one) => one['state'])).toEqual(['expired', 'to_renew', 'current'])
      expect(told.flatMap((one) => [one['renewedBy'], one['renews']])).toEqual([null, null, null, null, null, null])
      for (const text of [holder.email, holder.personId, 'Zoé']) expect(JSON.stringify(told)).not.toContain(text)
    }
    for (const { path } of [first, second]) {
      const page = (await actor(service).get(path, HTML)).response.body
      expect(page).not.toContain(third.id)
    }
  })

  test('is not of a badge that is revoked, erased or unknown', async ({ service }) => {
    const holder = await signedIn(service)
    const { path, trainer } = await aBadgeUntil(service, soon(20), { email: holder.email })
    await trainer.post(`/api/v1${path}/revocation`, { reason: 'Délivré par erreur' })
    expect(await renewalOf(path, trainer)).toMatchObject({ state: 'revoked', module: null, sessions: [] })
    expect((await holder.form('/mon-espace/effacement', { confirmation: 'effacer' })).status).toBe(200)
    expect(await actor(service).get(`/api/v1${path}/renewal`)).toMatchObject({ status: 410, body: { code: 'erased' } })
    const unknown = path.replace(/.{4}$/, '0000')
    expect(await actor(service).get(`/api/v1${unknown}/renewal`)).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
  })

  test('is offered in the space of the holder, with the badges that each one renews', async ({ service }) => {
    const holder = await signedIn(service)
    const { email } = holder
    const trainer = await aTrainer(service)
    const space = async () =>
      (await holder.get('/mon-espace', HTML)).response.body.replaceAll('\u00A0', ' ').replaceAll(/\s+/g, ' ')
    const former = await aBadgeUntil(service, soon(-30), { email, trainer, from: soon(-395) })
    const over = await space()
    const end = new Date(soon(-30)).toLocaleDateString('fr-FR', { dateStyle: 'long', timeZone: 'Europe/Paris' })
    expect(over).toContain(
      `<strong>Expiré le ${end}.</strong> <a href="/modules/${MODULE}">Renouveler « Gestion de projet »`,
    )
    expect(over).toContain('le temps qui restait à l’ancien ne s’y ajoute pas')
    expect(over).not.toContain('<details>')

    const present = await aBadgeUntil(service, soon(335), { email, trainer })
    const renewed = await space()
    expect(renewed).not.toContain('Renouveler «')
    expect(renewed).not.toContain('ne s’y ajoute pas')
    const [above, below] = renewed.split(/<summary>\s*Le badge que celui-ci renouvelle\s*<\/summary>/) as [
      string,
      string,
    ]
    expect([above.includes(`href="${present.path}"`), above.includes(`href="${former.path}"`)]).toEqual([true, false])
    expect(below).toContain(`href="${former.path}"`)
    expect(below).toContain(`action="/mon-espace/badges/${former.id}/nom"`)
    expect(below).toContain(`Expiré le ${end}.`)

    await service.db.execute(sql`update credentials set valid_until = ${soon(40)} where id = ${present.id}`)
    expect(await space()).toMatch(
      /<strong>Expire le [^<]*\.<\/strong> <a href="\/modules\/gestion-de-projet">Renouveler/,
    )
  })

  test('is not told by the public page of a badge, which says when it expired', async ({ service }) => {
    const end = '2026-05-31T10:00:00Z'
    const { path } = await aBadgeUntil(service, end, { from: '2025-05-31T10:00:00Z' })
    const said = async (lang: string) => (await actor(service).get(`${path}?lang=${lang}`, HTML)).response.body
    expect(await said('fr')).toContain('<strong>Expiré le 31 mai 2026.</strong>')
    expect(await said('en')).toContain('<strong>Expired on 31 May 2026.</strong>')
    await service.db.execute(sql`update credentials set valid_until = ${soon(1)} where id = ${path.split('/').at(-1)!}`)
    expect(await said('fr')).not.toContain('Expiré le')
  })

  test('is not needed of a habilitation or a milestone: they have no end', async ({ service }) => {
    const { db, vault } = service
    const ending = await rows(
      db,
      sql`select slug from achievements where kind in ('habilitation', 'milestone') and about ->> 'validity' is not null`,
    )
    expect(ending).toEqual([])
    const { slug } = await aTrainer(service)
    const { id: organisationId } = await getOrganisation(db, slug)
    const { personId, email } = await signedIn(service)
    const { identity } = sealPerson(vault, { email, givenName: 'Zoé', familyName: 'Exemple' })
    const kinds = await rows<{ slug: string; version: string }>(
      db,
      sql`select distinct on (kind) slug, version from achievements where kind in ('habilitation', 'milestone') order by kind, slug`,
    )
    expect(kinds.length).toBeGreaterThan(0)
    const given = kinds.map((one) => ({
      key: `essai:${one.slug}:${personId}`,
      organisationId,
      personId,
      achievementSlug: one.slug,
      achievementVersion: one.version,
      awardedOn: '2026-03-31',
      evidenceUrl: null,
      narrative: null,
      identity,
    }))
    await giveAwards(db, given)
    await issueAwards(issuingFor(db, vault))
    const issued = await rows<{ id: string }>(db, sql`select id from credentials where person_id = ${personId}`)
    expect(issued).toHaveLength(kinds.length)
    for (const { id } of issued) {
      const { body } = await actor(service).get(`/api/v1/credentials/${id}/renewal`)
      expect(body).toMatchObject({ state: 'no_expiry', expiresOn: null, module: null, sessions: [] })
    }
  })
})

type Badge = Awaited<ReturnType<typeof aBadgeUntil>>

describe('the badges of an organisation that end soon', () => {
  const soon = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString()

  test('are listed without a name, the first to end first, page after page', async ({ service }) => {
    const trainer = await aTrainer(service)
    const badge = (days: number, given: Given = {}) => aBadgeUntil(service, soon(days), { trainer, ...given })
    const tie = soon(20)
    const [late, ...first]: [Badge, ...Badge[]] = [
      await badge(50),
      await badge(10),
      await aBadgeUntil(service, tie, { trainer }),
      await aBadgeUntil(service, tie, { trainer }),
    ]
    const renewed = await badge(15, { from: soon(-300) })
    const renewal = await badge(300, { email: renewed.email })
    const revoked = await badge(12)
    await trainer.post(`/api/v1${revoked.path}/revocation`, { reason: 'Délivré par erreur' })
    await badge(-1)
    await aBadgeUntil(service, soon(11))
    const [one, two, three] = first as [Badge, Badge, Badge]
    const tied = [two.id, three.id].toSorted((a, b) => (a < b ? -1 : 1))
    const expected = [one.id, ...tied, late.id]

    const url = `/api/v1/credentials/expiring?organisation=${trainer.slug}`
    const { body } = await trainer.get(url)
    expect(body['items'].map((each: Json) => each['id'])).toEqual(expected)
    expect(body['next']).toBeNull()
    expect(Object.keys(body['items'][0])).toEqual(['id', 'achievement', 'validUntil', 'expiresOn', 'url'])
    expect(body['items'][0]).toMatchObject({
      achievement: { slug: MODULE, version: expect.any(String) },
      url: `${BASE_URL}${one.path}`,
    })
    for (const { email } of [late, ...first]) expect(JSON.stringify(body)).not.toContain(email)

    const seen: string[] = []
    for (let next: string | null = ''; next !== null;) {
      const page: Json = (await trainer.get(`${url}&limit=1${next && `&after=${next}`}`)).body
      seen.push(...page['items'].map((each: Json) => each['id']))
      next = page['next']
    }
    expect(seen).toEqual(expected)

    const day = new Date(tie).toLocaleDateString('sv-SE', { timeZone: 'Europe/Paris' })
    expect((await trainer.get(`${url}&before=${day}`)).body['items']).toHaveLength(1)
    const later = (await trainer.get(`${url}&before=2100-01-01`)).body['items'] as Json[]
    expect(later.map((each) => each['id'])).toEqual([...expected, renewal.id])
    expect(await trainer.get(`${url}&before=31/12/2030`)).toMatchObject({ status: 422 })
    expect(await trainer.get('/api/v1/credentials/expiring')).toMatchObject({ status: 422 })

    const stranger = await aTrainer(service)
    expect(await stranger.get(url)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const { id } = await getOrganisation(service.db, trainer.slug)
    const told = await rows<{ details: string }>(
      service.db,
      sql`select details from journal where action = 'credentials.listed' and organisation_id = ${id} order by position limit 1`,
    )
    expect(told.map(({ details }) => JSON.parse(details) as Json)).toEqual([
      { rows: 4, before: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) },
    ])
  })
})
