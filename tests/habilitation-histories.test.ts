import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterEach, expect, vi } from 'vitest'
import { rows } from '../src/db.ts'
import { type Change, changeHabilitation, listEvents } from '../src/habilitation/habilitations.ts'
import { parisDate } from '../src/days.ts'
import { stateFrom } from '../src/habilitation/history.ts'
import { closeStructure, reopenStructure } from '../src/habilitation/structures.ts'
import { actor, type Json } from './support/actors.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { anAuthority, aRequest, aStructure, authority, type Structure } from './support/habilitation.ts'

const HOUR_MS = 3600_000
const decision = { author: 'test', reason: 'Histoire au hasard' }
const lapse = (kind: 'lapsed' | 'restored', cause: 'referent' | 'inactivity'): Change => ({ kind, lapse: cause })
const CHANGES = [
  lapse('lapsed', 'referent'),
  lapse('restored', 'referent'),
  lapse('lapsed', 'inactivity'),
  lapse('restored', 'inactivity'),
]
type Step = Change | 'closure' | 'reopening' | 'issuance' | { hours: number }

/** What may happen, time passing or jumping back most often; a withdrawal ends the rest, so it is rare. */
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom<Step>(...CHANGES) },
    { weight: 5, arbitrary: fc.constantFrom<Step>('closure', 'reopening') },
    { weight: 3, arbitrary: fc.constant<Step>('issuance') },
    { weight: 6, arbitrary: fc.record({ hours: fc.integer({ min: -30, max: 40 }) }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'ended', lapse: null }) },
  ),
  { minLength: 4, maxLength: 10 },
)

afterEach(() => void vi.useRealTimers())

type Place = { structure: Structure; habilitation: string }

test('whatever happens to a habilitation, and whatever the clock does, its badge says what its events say', async ({
  service,
}) => {
  await anAuthority(service)
  const moments = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 })
  await fc.assert(
    fc.asyncProperty(steps, moments, async (taken, asked) => {
      vi.useFakeTimers({ toFake: ['Date'] }) // from now on: what waits on the real clock is not upset
      const place = await aPlace(service)
      let issuedAfter: Date | null = null
      for (const step of [...taken, 'issuance' as const]) {
        if (step === 'issuance' && (await credentialOf(service, place)) === null) {
          issuedAfter = (await listEvents(service.db, place.habilitation)).at(-1)!.at
        }
        await take(service, place, step)
        await requireAgreement(service, place)
      }
      if (!(await credentialOf(service, place))) return // withdrawn before its badge was ordered
      await requireAgreementOnThePast(service, place, issuedAfter!, asked)
    }),
    { numRuns: 8, endOnFailure: true },
  )
})

async function aPlace(service: TestService): Promise<Place> {
  const structure = await aStructure(service)
  const done = { formationDoneOn: '2026-02-01', formationSource: 'officer', pixDoneOn: '2026-02-02' } as const
  const { id } = await aRequest(service, structure, done)
  const [found] = await rows<{ id: string }>(service.db, sql`select id from habilitations where request_id = ${id}`)
  return { structure, habilitation: found!.id }
}

async function take({ db, queue }: TestService, { structure, habilitation }: Place, step: Step): Promise<void> {
  if (step === 'closure') return closeStructure(db, structure.slug, decision)
  if (step === 'reopening') return reopenStructure(db, authority, structure.slug, decision)
  if (step === 'issuance') {
    await queue.enqueue('awards.issue', {})
    return queue.idle()
  }
  if ('hours' in step) return void vi.setSystemTime(Date.now() + step.hours * HOUR_MS)
  await changeHabilitation(db, habilitation, step, decision).catch((error: { code?: string }) => {
    if (error.code !== 'habilitation_ended') throw error
  })
}

type Kept = { lapses: string[]; ended: boolean; isClosed: boolean }
type Credential = { id: string; revoked: boolean; suspended: boolean; validFrom: Date }

async function credentialOf({ db }: TestService, { habilitation }: Place): Promise<Credential | null> {
  const [found] = await rows<Credential>(
    db,
    sql`select c.id, c.revoked_at is not null as revoked, c.suspended_at is not null as suspended, c.valid_from as "validFrom"
        from habilitations h join credentials c on c.award_id = h.award_id where h.id = ${habilitation}`,
  )
  return found ? { ...found, validFrom: new Date(found.validFrom) } : null
}

const latest = (...moments: Date[]): Date => new Date(Math.max(...moments.map(Number)))
const verdictAt = async (service: TestService, { id }: Credential, at: Date): Promise<string> => {
  const asked = { url: `${BASE_URL}/credentials/${id}`, at: at.toISOString() }
  return (await actor(service).post('/api/v1/verifications', asked)).body['verdict']
}
const stateAt = async (service: TestService, { habilitation }: Place, at: string): Promise<Json> =>
  (await actor(service).get(`/api/v1/habilitations/${habilitation}/state?at=${at}`)).body

/** Now: the events, the columns, the credential and its verification are of one mind. */
async function requireAgreement(service: TestService, place: Place): Promise<void> {
  const events = await listEvents(service.db, place.habilitation)
  const times = events.map(({ at }) => at.getTime())
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  const { state, lapses } = stateFrom(events)
  const [kept] = await rows<Kept>(
    service.db,
    sql`select to_json(h.lapses) as lapses, h.ended_at is not null as ended, s.closed_at is not null as "isClosed"
        from habilitations h join structures s using (organisation_id) where h.id = ${place.habilitation}`,
  )
  expect([kept!.lapses, kept!.ended]).toEqual([lapses, state === 'ended'])
  if (state !== 'ended') expect(lapses.includes('structure')).toBe(kept!.isClosed)
  const { body } = await actor(service).get(`/api/v1/habilitations/${place.habilitation}/state`)
  expect(body['state']).toBe(state)
  const credential = await credentialOf(service, place)
  if (!credential) return
  expect([credential.revoked, credential.suspended]).toEqual([state === 'ended', state === 'suspended'])
  const at = latest(new Date(), events.at(-1)!.at, credential.validFrom)
  expect(await verdictAt(service, credential, at)).toBe(state === 'active' ? 'valid' : 'invalid')
}

/** Any moment since the badge was issued, once the clock is past all of them: the events, the answer, the verification. */
async function requireAgreementOnThePast(service: TestService, place: Place, issuedAfter: Date, asked: number[]) {
  const events = await listEvents(service.db, place.habilitation)
  const credential = (await credentialOf(service, place))!
  const from = latest(credential.validFrom, issuedAfter)
  const until = new Date(latest(from, events.at(-1)!.at).getTime() + HOUR_MS)
  vi.setSystemTime(until.getTime() + 48 * HOUR_MS)
  const edges = events
    .slice(-2)
    .flatMap(({ at }) => [at, new Date(at.getTime() - 1)])
    .filter((at) => at >= from)
  const random = asked.map((part) => new Date(Math.trunc(from.getTime() + part * (until.getTime() - from.getTime()))))
  for (const at of [...random, ...edges]) {
    const { state } = stateFrom(events, at)
    expect(await verdictAt(service, credential, at), at.toISOString()).toBe(state === 'active' ? 'valid' : 'invalid')
    const answer = await stateAt(service, place, at.toISOString())
    expect(answer['state']).toBe(state)
    const { validity } = await stateAt(service, place, parisDate(at))
    expect(answer['validity']).toBe(validity)
    if (validity !== 'part_of_day') expect(validity).toBe(state === 'active' ? 'whole_day' : 'none')
  }
}
