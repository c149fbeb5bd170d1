import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect } from 'vitest'
import { addDays, parisDate } from '../../src/days.ts'
import { type Db, rows } from '../../src/db.ts'
import { changeHabilitation } from '../../src/habilitation/habilitations.ts'
import { closeStructure, reopenStructure } from '../../src/habilitation/structures.ts'
import { erasePerson } from '../../src/holders/erasure.ts'
import { findPeople, sealPerson } from '../../src/people/people.ts'
import { rebuildCounts, refreshCounts } from '../../src/statistics/counts.ts'
import { actor, signedIn } from './actors.ts'
import { proofLink } from './addresses.ts'
import type { TestService } from './app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './factories.ts'
import { aRequest, aStructure, authority, type Structure } from './habilitation.ts'

const DAY_MS = 24 * 3600_000
const decision = { author: 'test', reason: 'Histoire au hasard' }
const nth = <T>(all: T[], which: number): T | undefined => all[which % all.length]

/** What may happen. A badge, a habilitation or a decision is then of some days before, so that months differ. */
const which = fc.nat({ max: 11 })
const days = fc.integer({ min: 0, max: 400 })
const who = fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 })
const plan = fc.record({
  kind: fc.constant('plan' as const),
  departement: fc.constantFrom('69', '2A', null),
  modality: fc.constantFrom('presentiel', 'hybride'),
  module: fc.constantFrom('aidants-connect', null),
  endedAgo: fc.constantFrom(240, 85, 49, 3, -70),
  capacity: fc.integer({ min: 2, max: 9 }),
})
export const histories = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: plan },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('results' as const), which, who, days }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('enrolment' as const), which, who }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constantFrom('withdrawal' as const, 'absence' as const), which, who }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom('calling-off' as const, 'revocation' as const), which }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('erasure' as const, 'merge' as const), which }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('request' as const, 'grant' as const), which, days }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constantFrom('lapsed' as const, 'restored' as const),
        lapse: fc.constantFrom('referent' as const, 'inactivity' as const),
        which,
        days,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('closure' as const, 'reopening' as const, 'ended' as const, 'refusal' as const, 'place' as const), // prettier-ignore
        which,
        days,
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constantFrom('refresh' as const, 'rebuild' as const, 'both' as const) }),
    },
  ),
  { minLength: 8, maxLength: 16 },
)
export type Step = typeof histories extends fc.Arbitrary<(infer T)[]> ? T : never
/** One of everything, whatever chance brings besides. */
export const EVERYTHING: Step[] = [
  {
    kind: 'plan',
    departement: '69',
    modality: 'presentiel',
    module: 'aidants-connect',
    endedAgo: 240,
    capacity: 3,
  },
  { kind: 'plan', departement: null, modality: 'hybride', module: null, endedAgo: 49, capacity: 2 },
  { kind: 'enrolment', which: 0, who: [0, 1, 2, 3] },
  { kind: 'withdrawal', which: 0, who: [2] },
  { kind: 'absence', which: 0, who: [1] },
  { kind: 'results', which: 0, who: [0, 4], days: 0 },
  { kind: 'results', which: 1, who: [0, 4], days: 20 },
  {
    kind: 'plan',
    departement: '2A',
    modality: 'hybride',
    module: 'aidants-connect',
    endedAgo: 85,
    capacity: 5,
  },
  {
    kind: 'plan',
    departement: '69',
    modality: 'presentiel',
    module: 'aidants-connect',
    endedAgo: 85,
    capacity: 5,
  },
  { kind: 'enrolment', which: 3, who: [1] },
  { kind: 'refresh' },
  { kind: 'calling-off', which: 3 },
  { kind: 'enrolment', which: 2, who: [4] },
  { kind: 'withdrawal', which: 0, who: [3] },
  // Signed before, counted after: what was a first delivery no longer is.
  { kind: 'results', which: 2, who: [0, 5], days: 80 },
  { kind: 'revocation', which: 2 },
  { kind: 'grant', which: 0, days: 90 },
  { kind: 'request', which: 1, days: 60 },
  { kind: 'place', which: 0, days: 0 },
  { kind: 'refresh' },
  { kind: 'lapsed', lapse: 'referent', which: 0, days: 70 },
  { kind: 'lapsed', lapse: 'inactivity', which: 0, days: 50 },
  { kind: 'restored', lapse: 'referent', which: 0, days: 30 },
  { kind: 'refusal', which: 1, days: 120 },
  { kind: 'request', which: 0, days: 20 },
  { kind: 'refresh' },
  // Both had a first delivery of one badge: of one person, one renews the other.
  { kind: 'merge', which: 4 },
  { kind: 'erasure', which: 0 },
]
type History = {
  trainer: Trainer
  structures: Structure[]
  sessions: { id: string; endsOn: string }[]
  badges: string[]
  habilitations: string[]
  requests: string[]
  name: string
}

const emailOf = ({ name }: History, number: number): string => `${name}-${number}@exemple.invalid`

/** Makes one thing happen, by its route or its verb; what is refused changes nothing. */
export async function take(service: TestService, at: History, step: Step): Promise<void> {
  const { db } = service
  const session = 'which' in step ? nth(at.sessions, step.which) : undefined
  const path = `/api/v1/sessions/${session?.id}`
  switch (step.kind) {
    case 'plan':
      return void at.sessions.push(await planned(at, step))
    case 'results':
      return session ? results(service, at, session, step) : undefined
    case 'enrolment': {
      const learners = step.who.map((one) => ({ email: emailOf(at, one), givenName: 'Zoé', familyName: 'Exemple' }))
      return void (await at.trainer.post(`${path}/enrolments`, learners))
    }
    case 'withdrawal': {
      const off = step.who.map((one) => ({ email: emailOf(at, one), reason: 'Essai' }))
      return void (await at.trainer.post(`${path}/enrolments/cancellation`, off))
    }
    case 'absence': {
      const absent = step.who.map((one) => ({ email: emailOf(at, one), attendance: 'absent' }))
      return void (await at.trainer.post(`${path}/attendance`, absent))
    }
    case 'calling-off':
      return void (await at.trainer.post(`${path}/cancellation`, { reason: 'Essai' }))
    case 'revocation': {
      const badge = nth(at.badges, step.which)
      return void (badge && (await at.trainer.post(`/api/v1${badge}/revocation`, { reason: 'Essai' })))
    }
    case 'erasure':
      return erase(service, emailOf(at, step.which))
    case 'merge':
      return merge(service, at, step.which)
    case 'refresh':
      return void (await refreshCounts(db))
    case 'rebuild':
      return rebuildCounts(db)
    case 'both':
      return void (await Promise.all([refreshCounts(db), rebuildCounts(db), refreshCounts(db)]))
    default:
      return inStructure(service, at, step)
  }
}

async function planned({ trainer }: History, step: Step & { kind: 'plan' }): Promise<History['sessions'][number]> {
  const { departement, module, modality, endedAgo, capacity } = step
  const endsOn = addDays(parisDate(new Date()), -endedAgo)
  const where = departement === null ? { modality: 'distance', departement: undefined } : { departement, modality }
  const what = module ? { hours: 7 } : { module: undefined, block: 'rncp40695/CCP1' }
  return { id: await aSession(trainer, { ...where, ...what, startsOn: endsOn, endsOn, capacity }), endsOn }
}

/** Results of people of whom some already have this badge; delivered some days ago and with an end or not, as far as figures know. */
async function results(
  service: TestService,
  at: History,
  { id, endsOn }: History['sessions'][number],
  { who: some, days: ago }: Step & { kind: 'results' },
): Promise<void> {
  const lines = some.map((one) => aRow(one, { email: emailOf(at, one), completed_on: endsOn }))
  const { receipts } = await sendCsv(service, at.trainer, id, csvOf(lines))
  const issued = receipts.filter((one) => one['outcome'] === 'issued')
  at.badges.push(...issued.map((one) => new URL(String(one['credential'])).pathname))
  const moved = sql`valid_from - ${ago} * interval '1 day'`
  const lasting = ago % 2 === 0 ? '400 days' : null
  await service.db
    .execute(sql`update credentials set valid_from = ${moved}, valid_until = ${moved} + ${lasting}::interval
    where id in (select credential_id from credential_events where not counted and kind = 'issued')`)
}

async function erase({ db, vault }: TestService, email: string): Promise<void> {
  const sought = sealPerson(vault, { email, givenName: '', familyName: '' })
  const personId = [...(await findPeople(db, [sought])).values()][0]
  if (personId) await erasePerson(db, vault, { personId, author: 'test' })
}

/** Two of those people are one, who says so by the links that prove both addresses; two results of a session forbid it. */
async function merge(service: TestService, at: History, number: number): Promise<void> {
  const holder = await signedIn(service, { email: emailOf(at, number % 6) })
  const other = await signedIn(service, { email: emailOf(at, (number + 1) % 6) })
  if (holder.personId === other.personId) return
  const link = await proofLink(service, holder, other.email)
  const { status } = await holder.form(link.replace('confirmation', 'reunion'), {}, { accept: 'application/json' })
  expect([303, 409]).toContain(status)
}

type Structural = Extract<Step, { days: number }>
async function inStructure(service: TestService, at: History, step: Structural): Promise<void> {
  const { db } = service
  const structure = nth(at.structures, step.which)!
  const habilitation = nth(at.habilitations, step.which)
  const now = new Date(Date.now() - step.days * DAY_MS)
  if (step.kind === 'request' || step.kind === 'grant') return request(service, at, structure, step)
  if (step.kind === 'refusal') return refuse(service, nth(at.requests, step.which), step.days)
  if (step.kind === 'place') return place(db, structure, step.which)
  if (step.kind === 'closure') return closeStructure(db, structure.slug, { ...decision, now })
  if (step.kind === 'reopening') return reopenStructure(db, authority, structure.slug, { ...decision, now })
  if (!habilitation) return
  const change = 'lapse' in step ? { kind: step.kind, lapse: step.lapse } : ({ kind: 'ended', lapse: null } as const)
  await changeHabilitation(db, habilitation, change, { ...decision, now }).catch((error: { code?: string }) => {
    if (error.code !== 'habilitation_ended') throw error
  })
}

/** Someone asks, and is habilitated at once when all is done; what was written is then of some days before. */
async function request(service: TestService, at: History, structure: Structure, step: Structural): Promise<void> {
  const { db } = service
  const done = { formationDoneOn: '2026-02-01', formationSource: 'officer', pixDoneOn: '2026-02-02' } as const
  const { id } = await aRequest(service, structure, step.kind === 'grant' ? done : {})
  at.requests.push(id)
  const moved = sql`${step.days} * interval '1 day'`
  await db.execute(sql`update request_events set at = at - ${moved} where habilitation_request_id = ${id}`)
  const found = await rows<{ id: string }>(db, sql`select id from habilitations where request_id = ${id}`)
  at.habilitations.push(...found.map((one) => one.id))
  for (const one of found) {
    await db.execute(sql`update habilitation_events set at = at - ${moved} where habilitation_id = ${one.id}`)
  }
}

/** Refused by a clock that may be late: perhaps before it was asked. */
async function refuse(service: TestService, id: string | undefined, ago: number): Promise<void> {
  if (!id) return
  const officer = actor(service, 'instructeur')
  const path = `/api/v1/habilitations/habilitation-requests/${id}/decisions`
  const { body } = await officer.post(path, { move: 'refusal', reason: 'Essai' })
  if (body['outcome'] !== 'done') return
  await service.db.execute(sql`update request_events set at = at - ${ago} * interval '1 day'
    where id = (select max(id) from request_events where habilitation_request_id = ${id})`)
}

/** The structure says where it is, or says it anew: its figures are there from then on. */
const place = async (db: Db, { id, siret, name }: Structure, number: number): Promise<void> =>
  void (await db.execute(sql`insert into organisation_requests (name, siret, departement, organisation_id, number)
    values (${name}, ${siret}, ${nth(['69', '2A', '971'], number)!}, ${id},
      (select coalesce(max(number), 0) + 1 from organisation_requests))`))

/** Two structures and an organisation, to which nothing happened yet. */
export async function aHistory(service: TestService): Promise<History> {
  const structures = [await aStructure(service), await aStructure(service)]
  const trainer = await aTrainer(service)
  return { trainer, structures, sessions: [], badges: [], habilitations: [], requests: [], name: trainer.slug }
}
