import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import postgres from 'postgres'
import { afterEach, describe, expect, vi } from 'vitest'
import { endContract, recordContract } from '../src/conseillers/contracts.ts'
import { addDays, parisDate, parisDay } from '../src/days.ts'
import { rows } from '../src/db.ts'
import { changeHabilitation } from '../src/habilitation/habilitations.ts'
import { closeStructure, reopenStructure } from '../src/habilitation/structures.ts'
import { getOrganisation } from '../src/organisations/organisations.ts'
import { endPlace, tiePlace } from '../src/places/places.ts'
import { readTeam } from '../src/places/team.ts'
import { told, toldOfBadge } from '../src/places/telling.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { proofLink } from './support/addresses.ts'
import { test, type TestService } from './support/app.ts'
import { csvOf, aRow, aSession, aTrainer, sendCsv } from './support/factories.ts'
import {
  anAuthority,
  anEmail,
  aRequest,
  aStructure,
  authority,
  habilitated,
  type Structure,
  trained,
} from './support/habilitation.ts'
import { onPostgres } from './support/db.ts'
import { postgresUrl } from './support/postgres.ts'
import { hearStatements } from './support/statements.ts'

const HOUR_MS = 3600_000
const DAY_MS = 24 * HOUR_MS
const aPlaceId = (): string => `Coop-numérique_${randomUUID()}`
const by = { author: 'test', reason: 'Essai' }
const done = { formationDoneOn: '2026-02-01', formationSource: 'officer', pixDoneOn: '2026-02-02' } as const
const refusal = (status: number, code: string) => ({ status, body: { code, mend: expect.any(String) } })

const pathOf = (slug: string, id: string): string => `/api/v1/organisations/${slug}/places/${encodeURIComponent(id)}`
const evidencePath = (id: string, at?: string): string =>
  `/api/v1/places/${encodeURIComponent(id)}/evidence${at ? `?at=${at}` : ''}`
const readEvidence = async (service: TestService, id: string, at?: string): Promise<Json> => {
  const { status, body } = await actor(service).get(evidencePath(id, at))
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
const shortOf = ({ facts, badges }: Json) => ({
  aidants: [facts[0].present, facts[0].count],
  conseillers: [facts[1].present, facts[1].count],
  badges: (badges as Json[]).map((one) => [String(one['achievement']).split('/').at(-1), one['count']]),
})

/** Ties a new place to a structure; answers its identifier. */
async function tied(service: TestService, { slug }: { slug: string }, given: Json = {}): Promise<string> {
  const id = aPlaceId()
  const { status, body } = await actor(service, 'referent', slug).put(pathOf(slug, id), { nom: 'Le Lieu', ...given })
  expect(status, JSON.stringify(body)).toBe(201)
  return id
}
const ALL = { nom: 'Le Lieu', tells: 'all', agreed: true } as const

/** People habilitated in a structure, without their badge. */
async function aidants(service: TestService, structure: Structure, number: number) {
  const found = []
  for (let one = 0; one < number; one++) found.push(await aRequest(service, structure, done))
  const ids = found.map((one) => one.id)
  return rows<{ id: string; personId: string }>(
    service.db,
    sql`select id, person_id as "personId" from habilitations where request_id = any(${sql.param(ids)}::uuid[]) order by granted_at, id`,
  )
}

async function aContract({ db, vault }: TestService, { slug }: Structure, given: Json = {}) {
  const identity = { email: anEmail(), givenName: 'Zoé', familyName: 'Exemple' }
  const terms = { type: 'CDI', typologie: 'conum', startsOn: '2026-01-05', ...identity, ...given } as const
  return recordContract(db, vault, await getOrganisation(db, slug), terms, 'test')
}

afterEach(() => void vi.useRealTimers())

describe('what is told of a number', () => {
  const numbers = fc.record({ people: fc.nat(30), part: fc.double({ min: 0, max: 1, noNaN: true }) })

  test('a number under five is told only of people who agreed, and presence always', () => {
    fc.assert(
      fc.property(numbers, fc.constantFrom('presence', 'numbers', 'all'), ({ people, part }, tells) => {
        const newcomers = Math.round(people * part)
        const { present, count } = told(tells, { people, newcomers })
        expect(present).toBe(people > 0)
        if (count !== null) expect(count).toBe(people)
        if (tells === 'presence') expect(count).toBe(null)
        if (people > 0 && people < 5 && !(tells === 'all' && newcomers === 0)) {
          expect(count).toBe(null)
          expect(toldOfBadge(tells, { people, newcomers })).toBe(null)
        }
        if (people >= 5) expect(toldOfBadge(tells, { people, newcomers })).toEqual({ present, count })
      }),
    )
  })
})

describe('a place and its structure', () => {
  test('nothing is public before the act, and everything it says is after it', async ({ service }) => {
    const structure = await aStructure(service)
    await aidants(service, structure, 1)
    const id = aPlaceId()
    expect(await actor(service).get(evidencePath(id))).toMatchObject(refusal(404, 'not_found'))
    const put = await actor(service, 'referent', structure.slug).put(pathOf(structure.slug, id), { nom: ' Le  Lieu ' })
    expect(put).toMatchObject({
      status: 201,
      body: { id, nom: 'Le Lieu', tells: 'presence', agreedAt: null, endedAt: null },
    })
    expect(put.body['evidence']).toBe(`https://insigne.test${evidencePath(id)}`)
    const today = parisDate(new Date())
    const evidence = await readEvidence(service, id)
    expect(evidence).toMatchObject({
      place: { id, nom: 'Le Lieu' },
      structure: {
        nom: structure.name,
        pivot: structure.siret,
        page: `https://insigne.test/organisations/${structure.slug}`,
      },
      asOf: today,
      since: today,
      tells: 'presence',
      facts: [
        { fact: 'aidants-connect', present: true, count: null, unit: 'personnes' },
        { fact: 'conseillers-numeriques', present: false, count: null },
      ],
      badges: [],
    })
    expect(evidence['facts'][0].definition).toMatch(/ni suspendue, ni retirée/)
  })

  test('the same again changes nothing; another choice does, and the journal keeps each act', async ({ service }) => {
    const structure = await aStructure(service)
    const id = await tied(service, structure)
    const me = actor(service, 'administrateur', structure.slug)
    const path = pathOf(structure.slug, id)
    expect((await me.put(path, { nom: 'Le Lieu' })).status).toBe(200)
    expect((await me.put(path, { nom: 'Le Lieu', tells: 'numbers' })).body['tells']).toBe('numbers')
    expect((await me.delete(path)).body['endedAt']).toEqual(expect.any(String))
    expect(await me.delete(path)).toMatchObject(refusal(404, 'not_found'))
    const lines = await rows<Json>(
      service.db,
      sql`select action, details::jsonb->>'tells' as tells from journal where subject = ${`place:${id}`} order by position`,
    )
    expect(lines).toEqual([
      { action: 'place.tied', tells: 'presence' },
      { action: 'place.changed', tells: 'numbers' },
      { action: 'place.ended', tells: null },
    ])
    const kept = await rows<Json>(
      service.db,
      sql`select count(*)::int as kept, bool_and(since <= ended_at) as "inOrder" from organisation_places where place_id = ${id}`,
    )
    expect(kept).toEqual([{ kept: 1, inOrder: true }])
  })

  test('one place has one structure at a time, and another may come after', async ({ service }) => {
    const [first, second] = [await aStructure(service), await aStructure(service)]
    await aidants(service, second, 1)
    const id = await tied(service, first)
    const other = actor(service, 'referent', second.slug)
    expect(await other.put(pathOf(second.slug, id), { nom: 'Le Lieu' })).toMatchObject(refusal(409, 'place_taken'))
    expect(await other.delete(pathOf(second.slug, id))).toMatchObject(refusal(404, 'not_found'))
    // Two writings of one accent are one identifier.
    const decomposed = pathOf(second.slug, id.normalize('NFD'))
    expect(await other.put(decomposed, { nom: 'Le Lieu' })).toMatchObject(refusal(409, 'place_taken'))
    await endPlace(service.db, await getOrganisation(service.db, first.slug), id, 'test')
    expect(await actor(service).get(evidencePath(id))).toMatchObject(refusal(410, 'place_ended'))
    expect((await other.put(pathOf(second.slug, id), { nom: 'Le Lieu' })).status).toBe(201)
    const evidence = await readEvidence(service, id)
    expect([evidence['structure'].nom, shortOf(evidence).aidants]).toEqual([second.name, [true, null]])
    const refused = service.db.execute(sql`
      insert into organisation_places (place_id, organisation_id, nom, since, changed_at) values (${id}, ${first.id}, 'X', now(), now())`)
    await expect(refused).rejects.toMatchObject({ cause: { constraint: 'place_one_structure' } })
  })

  test.for(['', 'avec espace', 'a?b', '///', 'x'.repeat(151), 'a\u0000b', "a'b", '<b>'])(
    'the identifier %j is refused, by the API and by the form',
    async (id, { service }) => {
      const structure = await aStructure(service)
      const { status } = await actor(service, 'referent', structure.slug).put(pathOf(structure.slug, id), {
        nom: 'Lieu',
      })
      expect([404, 422]).toContain(status)
      const form = await structure.referent.form(`/organisme/${structure.slug}/lieux`, {
        id,
        nom: 'Lieu',
        tells: 'presence',
      })
      expect(form.status).toBe(422)
      const kept = await rows(
        service.db,
        sql`select id from organisation_places where organisation_id = ${structure.id}`,
      )
      expect(kept).toEqual([])
    },
  )

  test.for(['structure-1', 'Coop-numérique_1__Hinaura_Fablab', 'dora/1~2.3', '123'])(
    'the identifier %j is taken as it is',
    async (id, { service }) => {
      const structure = await aStructure(service)
      const own = `${id}-${randomUUID().slice(0, 8)}`
      const me = actor(service, 'employeur', structure.slug)
      expect((await me.put(pathOf(structure.slug, own), { nom: 'Lieu' })).body['id']).toBe(own)
      expect((await readEvidence(service, own))['place'].id).toBe(own)
    },
  )

  test('the form takes what a browser copies: the address of the national page, its accents written out', async ({
    service,
  }) => {
    const { referent, slug } = await aStructure(service)
    const id = aPlaceId()
    const address = `https://cartographie.societenumerique.gouv.fr/cartographie/${encodeURIComponent(id)}/details#contact`
    const { response } = await referent.form(`/organisme/${slug}/lieux`, {
      id: address,
      nom: 'Lieu',
      tells: 'presence',
    })
    expect([response.statusCode, response.headers['location']]).toEqual([303, `/organisme/${slug}/lieux?fait=rattache`])
    expect((await readEvidence(service, id))['place']).toEqual({ id, nom: 'Lieu' })
    expect((await referent.get(`/organisme/${slug}/lieux`)).response.body).toContain(
      `/${encodeURIComponent(id)}/details`,
    )
  })

  test('an organisation that is suspended tells nothing, and ties nothing', async ({ service }) => {
    const { slug } = await aTrainer(service)
    const id = await tied(service, { slug })
    const operator = actor(service, 'exploitant')
    await operator.post(`/api/v1/organisations/${slug}/suspension`, { reason: 'Essai' })
    expect(await actor(service).get(evidencePath(id))).toMatchObject(refusal(410, 'place_ended'))
    expect(await harvestOne(service, id)).toBeUndefined()
    const again = await actor(service, 'administrateur', slug).put(pathOf(slug, aPlaceId()), { nom: 'Lieu' })
    expect(again).toMatchObject(refusal(409, 'organisation_not_approved'))
  })
})

describe('the agreement of the people counted', () => {
  test('small numbers are told only with it, and no longer once someone came who has not agreed', async ({
    service,
  }) => {
    const structure = await aStructure(service)
    await aidants(service, structure, 2)
    await aContract(service, structure)
    const me = actor(service, 'referent', structure.slug)
    const id = await tied(service, structure)
    const path = pathOf(structure.slug, id)
    expect(await me.put(path, { nom: 'Le Lieu', tells: 'all' })).toMatchObject(refusal(422, 'agreement_missing'))
    await me.put(path, { nom: 'Le Lieu', tells: 'numbers' })
    expect(shortOf(await readEvidence(service, id))).toMatchObject({ aidants: [true, null], conseillers: [true, null] })
    await me.put(path, ALL)
    expect(shortOf(await readEvidence(service, id))).toMatchObject({ aidants: [true, 2], conseillers: [true, 1] })
    await aidants(service, structure, 1)
    expect(shortOf(await readEvidence(service, id))).toMatchObject({ aidants: [true, null], conseillers: [true, 1] })
    await me.put(path, ALL)
    expect(shortOf(await readEvidence(service, id))).toMatchObject({ aidants: [true, 3] })
    await aidants(service, structure, 2)
    expect(shortOf(await readEvidence(service, id))).toMatchObject({ aidants: [true, 5] })
    // Declared now of a contract that began before: nobody agreed for that person.
    await aContract(service, structure)
    expect(shortOf(await readEvidence(service, id))).toMatchObject({ conseillers: [true, null] })
  })

  test('an agreement says nothing for who had left before it', async ({ service }) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const start = Date.now()
    const dayOf = (days: number): string => parisDate(new Date(start + days * DAY_MS))
    const structure = await aStructure(service)
    const [leaver] = await aidants(service, structure, 2)
    const id = await tied(service, structure)
    vi.setSystemTime(start + 3 * DAY_MS)
    await changeHabilitation(service.db, leaver!.id, { kind: 'ended', lapse: null }, by)
    vi.setSystemTime(start + 5 * DAY_MS)
    const organisation = await getOrganisation(service.db, structure.slug)
    await tiePlace(service.db, organisation, { id, ...ALL }, 'test')
    vi.setSystemTime(start + 7 * DAY_MS)
    const told = async (days: number) => shortOf(await readEvidence(service, id, dayOf(days))).aidants
    expect([await told(2), await told(4), await told(5), await told(7)]).toEqual([
      [true, null],
      [true, null],
      [true, 1],
      [true, 1],
    ])
  })

  test('a badge that four people hold is not told of; that five hold, it is', async ({ service }) => {
    await anAuthority(service)
    const structure = await aStructure(service)
    const emails = Array.from({ length: 5 }, anEmail)
    for (const email of emails) await aRequest(service, structure, { email, pixDoneOn: '2026-04-02', pixScore: 62 })
    const trainer = await aTrainer(service)
    const lines = emails.slice(0, 4).map((email, index) => aRow(index, { email }))
    await sendCsv(service, trainer, await aSession(trainer), csvOf(lines))
    const id = await tied(service, structure, { tells: 'numbers' })
    expect(shortOf(await readEvidence(service, id))).toMatchObject({ aidants: [true, null], badges: [] })
    await trained(service, emails[4]!)
    await service.queue.idle()
    const evidence = await readEvidence(service, id)
    expect(shortOf(evidence)).toMatchObject({ aidants: [true, 5] })
    const badge = evidence['badges'].find((one: Json) =>
      String(one['achievement']).endsWith('/achievements/aidants-connect'),
    )
    expect(badge).toMatchObject({ name: expect.stringMatching(/Aidants Connect/), present: true, count: 5 })
    await actor(service, 'referent', structure.slug).put(pathOf(structure.slug, id), { nom: 'Le Lieu' })
    const shown = shortOf(await readEvidence(service, id))
    expect(shown.badges).toContainEqual(['aidants-connect', null])
    // One of them revoked: four are left, and the badge is no longer told of, from the next day in the past too.
    const [credential] = await rows<{ id: string }>(
      service.db,
      sql`select id from credentials where achievement_slug = 'aidants-connect' and organisation_id = (select id from organisations where slug = ${trainer.slug}) limit 1`,
    )
    await trainer.post(`/api/v1/credentials/${credential!.id}/revocation`, { reason: 'Essai' })
    expect(shortOf(await readEvidence(service, id)).badges.map(([slug]) => slug)).not.toContain('aidants-connect')
  })
})

const harvest = async (service: TestService, query = ''): Promise<Json[]> => {
  const found: Json[] = []
  for (let after: string | null = ''; after !== null;) {
    const cursor: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`
    const { body } = await actor(service).get(`/api/v1/places?limit=1000${query}${cursor}`)
    found.push(...(body['items'] as Json[]))
    after = body['next'] as string | null
  }
  return found
}
const harvestOne = async (service: TestService, id: string, query = '') =>
  (await harvest(service, query)).find((one) => one['id'] === id)

/** What the national schema asks of a field, written from its schema.json (version 0.2.0) and from the enumerations of the package @gouvfr-anct/lieux-de-mediation-numerique 2.3.0. */
const PROGRAMMES = [
  'Aidants Connect',
  'Bibliothèques numérique de référence',
  'Certification PIX',
  'Conseillers numériques',
  'Emmaüs Connect',
  'France Services',
  'Grande école du numérique',
  'La Croix Rouge',
  "Point d'accès numérique CAF",
  'Promeneurs du net',
  'Relais numérique (Emmaüs Connect)',
]
const RULES: Record<string, (value: any) => boolean> = {
  id: (value) => typeof value === 'string' && value !== '',
  pivot: (value) => /^(\d{14}|W[a-zA-Z0-9]{9}|\d{7,10})$/.test(value),
  nom: (value) => typeof value === 'string' && value !== '',
  structure_parente: (value) => typeof value === 'string' && value !== '',
  source: (value) => typeof value === 'string' && value !== '',
  date_maj: (value) => /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(value),
  dispositif_programmes_nationaux: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((one) => PROGRAMMES.includes(one)),
}
const COLUMNS =
  'id,pivot,nom,commune,code_postal,code_insee,adresse,complement_adresse,latitude,longitude,typologie,telephone,courriels,site_web,horaires,presentation_resume,presentation_detail,source,itinerance,structure_parente,date_maj,services,publics_specifiquement_adresses,prise_en_charge_specifique,frais_a_charge,dispositif_programmes_nationaux,formations_labels,autres_formations_labels,modalites_acces,modalites_accompagnement,fiche_acces_libre,prise_rdv'

describe('the harvest', () => {
  test('each line is of the national schema, with what is known and nothing else', async ({ service }) => {
    const [both, none] = [await aStructure(service), await aStructure(service)]
    await aidants(service, both, 1)
    await aContract(service, both)
    const [one, other] = [await tied(service, both, { nom: 'Le Lieu, et « le » reste' }), await tied(service, none)]
    const today = parisDate(new Date())
    expect(await harvestOne(service, one)).toEqual({
      id: one,
      pivot: both.siret,
      nom: 'Le Lieu, et « le » reste',
      source: 'Insigne',
      structure_parente: both.name,
      date_maj: today,
      dispositif_programmes_nationaux: ['Aidants Connect', 'Conseillers numériques'],
    })
    expect(await harvestOne(service, other)).not.toHaveProperty('dispositif_programmes_nationaux')
    const items = await harvest(service)
    for (const item of items) {
      for (const [field, value] of Object.entries(item)) expect(RULES[field]?.(value), `${field}: ${value}`).toBe(true)
      for (const field of ['id', 'nom', 'date_maj']) expect(item).toHaveProperty(field)
    }
    expect(new Set(items.map((item) => item['id'])).size).toBe(items.length)

    const { response } = await actor(service).get('/api/v1/places.csv')
    const lines = response.body.split('\r\n')
    expect(lines[0]).toBe(COLUMNS)
    expect(lines.length).toBe(items.length + 2)
    expect(lines).toContain(
      `${one},${both.siret},"Le Lieu, et « le » reste",${','.repeat(14)}Insigne,,${both.name},${today},,,,,Aidants Connect|Conseillers numériques,,,,,,`,
    )
  })

  test('pages follow one another, each place once, and a cursor says where', async ({ service }) => {
    const structure = await aStructure(service)
    const ids = []
    for (let one = 0; one < 5; one++) ids.push(await tied(service, structure))
    const whole = (await harvest(service)).map((one) => one['id'])
    const found: string[] = []
    let after: string | null = null
    do {
      const cursor: string = after === null ? '' : `&after=${encodeURIComponent(after)}`
      const { body } = await actor(service).get(`/api/v1/places?limit=2${cursor}`)
      expect(body['items'].length).toBeLessThanOrEqual(2)
      found.push(...(body['items'] as Json[]).map((one) => String(one['id'])))
      after = body['next'] as string | null
    } while (after !== null)
    expect(found).toEqual(whole)
    expect(ids.filter((id) => !found.includes(id))).toEqual([])
  })

  test('date_maj is the last day a programme came or went, not a day when the team only changed', async ({
    service,
  }) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const start = Date.now()
    const dayOf = (days: number): string => parisDate(new Date(start + days * DAY_MS))
    const structure = await aStructure(service)
    const id = await tied(service, structure)
    vi.setSystemTime(start + 3 * DAY_MS)
    const [first, second] = await aidants(service, structure, 2)
    const lapse = (habilitation: string, kind: 'lapsed' | 'restored') =>
      changeHabilitation(service.db, habilitation, { kind, lapse: 'referent' }, by)
    expect(await harvestOne(service, id)).toMatchObject({ date_maj: dayOf(3) })
    vi.setSystemTime(start + 5 * DAY_MS)
    await lapse(first!.id, 'lapsed')
    expect(await harvestOne(service, id)).toMatchObject({
      date_maj: dayOf(3),
      dispositif_programmes_nationaux: ['Aidants Connect'],
    })
    vi.setSystemTime(start + 8 * DAY_MS)
    await lapse(second!.id, 'lapsed')
    const gone = await harvestOne(service, id)
    expect(gone).toMatchObject({ date_maj: dayOf(8) })
    expect(gone).not.toHaveProperty('dispositif_programmes_nationaux')
    expect(await harvestOne(service, id, `&depuis=${dayOf(8)}`)).toBeDefined()
    expect(await harvestOne(service, id, `&depuis=${dayOf(9)}`)).toBeUndefined()
    vi.setSystemTime(start + 10 * DAY_MS)
    await lapse(first!.id, 'restored')
    expect(await harvestOne(service, id)).toMatchObject({ date_maj: dayOf(10) })
    // A contract that ends tomorrow changes the line the day after, by itself.
    vi.setSystemTime(start + 12 * DAY_MS)
    await aContract(service, structure, { type: 'CDD', startsOn: dayOf(12), endsOn: dayOf(13) })
    expect(await harvestOne(service, id)).toMatchObject({ date_maj: dayOf(12) })
    vi.setSystemTime(start + 13 * DAY_MS)
    expect((await harvestOne(service, id))!['dispositif_programmes_nationaux']).toContain('Conseillers numériques')
    vi.setSystemTime(start + 14 * DAY_MS)
    expect(await harvestOne(service, id)).toMatchObject({
      date_maj: dayOf(14),
      dispositif_programmes_nationaux: ['Aidants Connect'],
    })
  })
})

describe('reading', () => {
  test('who has the answer already is told so, until something told changes', async ({ service }) => {
    const structure = await aStructure(service)
    const [only] = await aidants(service, structure, 1)
    const id = await tied(service, structure)
    const first = await actor(service).get(evidencePath(id))
    const etag = String(first.response.headers['etag'])
    expect(first.response.headers).toMatchObject({
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
    })
    const again = await actor(service).get(evidencePath(id), { 'if-none-match': etag })
    expect([again.status, again.response.body]).toEqual([304, ''])
    // Suspended, it drops at once.
    await closeStructure(service.db, structure.slug, by)
    const closed = await actor(service).get(evidencePath(id), { 'if-none-match': etag })
    expect([closed.status, shortOf(closed.body).aidants]).toEqual([200, [false, null]])
    await reopenStructure(service.db, authority, structure.slug, by)
    expect((await actor(service).get(evidencePath(id))).response.headers['etag']).toBe(etag)
    await changeHabilitation(service.db, only!.id, { kind: 'ended', lapse: null }, by)
    expect(shortOf(await readEvidence(service, id)).aidants).toEqual([false, null])
  })

  test('days to come, and those before the structure opened its evidence, are refused', async ({ service }) => {
    const structure = await aStructure(service)
    await aidants(service, structure, 1)
    const id = await tied(service, structure)
    const today = parisDate(new Date())
    expect(await actor(service).get(evidencePath(id, addDays(today, 1)))).toMatchObject(refusal(422, 'date_future'))
    expect(await actor(service).get(evidencePath(id, addDays(today, -1)))).toMatchObject(
      refusal(422, 'evidence_before'),
    )
    expect(await actor(service).get(evidencePath(id, '2026-02-30'))).toMatchObject({ status: 422 })
    expect((await readEvidence(service, id, today))['asOf']).toBe(today)
  })

  test('the people erased, or whose two records are made one, still count as they should', async ({ service }) => {
    const found = await habilitated(service)
    const { structure, request } = found
    const holder = await signedIn(service, { personId: request.personId, email: request.email })
    const id = await tied(service, structure, ALL)
    const before = shortOf(await readEvidence(service, id))
    expect(before.aidants).toEqual([true, 1])
    expect(before.badges.map(([slug]) => slug)).toContain('aidants-connect')
    // Another record of the same person holds a badge: once the two are one, it counts here.
    const other = await signedIn(service)
    await trained(service, other.email, {}, { module: 'gestion-de-projet' })
    expect(shortOf(await readEvidence(service, id))).toEqual(before)
    const merge = (await proofLink(service, holder, other.email)).replace('confirmation', 'reunion')
    expect((await holder.form(merge)).status).toBe(303)
    const merged = shortOf(await readEvidence(service, id))
    expect(merged).toEqual({ ...before, badges: expect.arrayContaining([...before.badges, ['gestion-de-projet', 1]]) })
    await holder.form('/mon-espace/effacement', { confirmation: 'EFFACER' })
    // Her structure answers for the habilitation, which stays; nothing is told of the badges of who asked to be forgotten.
    expect(shortOf(await readEvidence(service, id))).toEqual({
      aidants: [true, 1],
      conseillers: [false, 0],
      badges: [],
    })
  })

  test('of a past day, badges are told as they were: not yet issued, suspended, in force again, revoked', async ({
    service,
  }) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const dayOf = (days: number): string => parisDate(new Date(start + days * DAY_MS))
    const structure = await aStructure(service)
    const email = anEmail()
    await aContract(service, structure, { email })
    vi.setSystemTime(Date.now() + HOUR_MS) // the database may have a clock of its own
    const start = Date.now()
    const id = await tied(service, structure, ALL)
    const { db } = service
    const at = async (days: number, act: () => Promise<unknown>) => {
      vi.setSystemTime(start + days * DAY_MS)
      await act()
    }
    let credential = ''
    const change = (path: string) => async () => {
      const url = `/api/v1/credentials/${credential}/${path}`
      expect((await actor(service, 'exploitant').post(url, { reason: 'Essai' })).status).toBe(200)
    }
    await at(2, () => trained(service, email, { completed_on: '2026-03-31' }))
    const [found] = await rows<{ id: string }>(
      db,
      sql`select c.id from credentials c join conseiller_contracts k using (person_id) where k.organisation_id = ${structure.id}`,
    )
    credential = found!.id
    await at(4, change('suspension'))
    await at(6, change('restoration'))
    await at(8, change('revocation'))
    vi.setSystemTime(start + 10 * DAY_MS)
    const told: boolean[] = []
    for (let day = 0; day <= 10; day++) {
      const { badges, conseillers } = shortOf(await readEvidence(service, id, dayOf(day)))
      expect(conseillers).toEqual([true, 1])
      told.push(badges.some(([slug]) => slug === 'aidants-connect'))
    }
    expect(told.map(Number).join('')).toBe('00110011000')
  })

  test('few statements, whatever the number of people', async ({ service }) => {
    const count = async (number: number) => {
      const structure = await aStructure(service)
      await aidants(service, structure, number)
      const id = await tied(service, structure)
      let [evidence, harvested] = [0, 0]
      const stop = hearStatements(service, () => void evidence++)
      await actor(service).get(evidencePath(id))
      stop()
      const stopAgain = hearStatements(service, () => void harvested++)
      await actor(service).get('/api/v1/places?limit=1000')
      stopAgain()
      return [evidence, harvested]
    }
    expect(await count(1)).toEqual([2, 1])
    expect(await count(7)).toEqual([2, 1])
  })
})

type Step = {
  days: number
  who: number
  what: 'grant' | 'lapse' | 'restore' | 'end' | 'contract' | 'stop' | 'close' | 'reopen'
}
type Habilitation = { id: string; history: { at: number; state: 'on' | 'off' | 'over' }[]; lapses: Set<string> }
type Contract = { id: string; from: string; to: string | null }

/** What a structure lived, kept apart from the service: who was habilitated, suspended and under contract, and when. */
type Model = { habilitations: Habilitation[]; contracts: Contract[]; isClosed: boolean }

const note = (one: Habilitation): void => {
  const state = one.history.at(-1)?.state === 'over' ? 'over' : one.lapses.size > 0 ? 'off' : 'on'
  one.history.push({ at: Date.now(), state })
}
const byHand = ({ habilitations, contracts }: Model, day: string): [number, number] => {
  const end = parisDay(day).until.getTime()
  return [
    habilitations.filter(({ history }) => history.findLast((one) => one.at < end)?.state === 'on').length,
    contracts.filter(({ from, to }) => from <= day && (to === null || day <= to)).length,
  ]
}

async function take(service: TestService, structure: Structure, model: Model, { days, who, what }: Step) {
  vi.setSystemTime(Date.now() + days * DAY_MS * 0.37)
  const { db, vault } = service
  const live = model.habilitations.filter((one) => one.history.at(-1)!.state !== 'over')
  const one = live[who % Math.max(live.length, 1)]
  const organisation = await getOrganisation(db, structure.slug)
  const today = parisDate(new Date())
  switch (what) {
    case 'grant': {
      if (model.isClosed) return
      const [granted] = await aidants(service, structure, 1)
      const habilitation: Habilitation = { id: granted!.id, history: [], lapses: new Set() }
      model.habilitations.push(habilitation)
      return note(habilitation)
    }
    case 'contract': {
      const { id } = await aContract(service, structure, { startsOn: today })
      return void model.contracts.push({ id, from: today, to: null })
    }
    case 'stop': {
      const open = model.contracts.filter((each) => each.to === null)
      const ending = open[who % Math.max(open.length, 1)]
      if (!ending) return
      await endContract(db, vault, organisation, ending.id, { endedOn: today, reason: 'Essai', author: 'test' })
      ending.to = today
      return
    }
    case 'close':
    case 'reopen': {
      model.isClosed = what === 'close'
      await (what === 'close'
        ? closeStructure(db, structure.slug, by)
        : reopenStructure(db, authority, structure.slug, by))
      return live.forEach((each) => {
        if (what === 'close') each.lapses.add('structure')
        else each.lapses.delete('structure')
        note(each)
      })
    }
    default: {
      if (!one) return
      const lapse = who % 2 === 0 ? 'referent' : 'inactivity'
      if (what === 'end') {
        await changeHabilitation(db, one.id, { kind: 'ended', lapse: null }, by)
        return void one.history.push({ at: Date.now(), state: 'over' })
      }
      await changeHabilitation(db, one.id, { kind: what === 'lapse' ? 'lapsed' : 'restored', lapse }, by)
      if (what === 'lapse') one.lapses.add(lapse)
      else one.lapses.delete(lapse)
      note(one)
    }
  }
}

test(
  'whatever happens in a structure, its evidence is what a count by hand says, today and on any past day',
  { timeout: 120_000 },
  async ({ service }) => {
    const what = fc.oneof(
      { weight: 5, arbitrary: fc.constant('grant' as const) },
      { weight: 6, arbitrary: fc.constantFrom('lapse' as const, 'restore' as const) },
      { weight: 3, arbitrary: fc.constantFrom('contract' as const, 'stop' as const) },
      { weight: 2, arbitrary: fc.constantFrom('end' as const, 'close' as const, 'reopen' as const) },
    )
    const steps = fc.array(fc.record({ days: fc.nat(9), who: fc.nat(50), what }), { minLength: 6, maxLength: 18 })
    let isInteresting = 0
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        vi.useFakeTimers({ toFake: ['Date'] })
        const first = parisDate(new Date())
        const structure = await aStructure(service)
        const id = await tied(service, structure)
        const model: Model = { habilitations: [], contracts: [], isClosed: false }
        for (const step of taken) await take(service, structure, model, step)
        vi.setSystemTime(Date.now() + HOUR_MS) // the database may have a clock of its own
        const last = parisDate(new Date())
        const organisation = await getOrganisation(service.db, structure.slug)
        await tiePlace(service.db, organisation, { id, nom: 'Le Lieu', tells: 'all', agreed: true }, 'test')
        const present = shortOf(await readEvidence(service, id))
        const hand = byHand(model, last)
        expect([present.aidants[1], present.conseillers[1]]).toEqual(hand)
        await tiePlace(service.db, organisation, { id, nom: 'Le Lieu', tells: 'numbers' }, 'test')
        vi.setSystemTime(Date.now() + 2 * DAY_MS)
        for (let day = first; day <= last; day = addDays(day, 1)) {
          const counted = byHand(model, day)
          const at = new Date(parisDay(day).until.getTime() - 1)
          const team = await readTeam(service.db, {
            organisationId: structure.id,
            agreedAt: null,
            at,
            day,
            isNow: false,
          })
          expect([team.aidants.people, team.conseillers.people], day).toEqual(counted)
          const { aidants, conseillers } = shortOf(await readEvidence(service, id, day))
          const shown = (people: number) => [people > 0, people === 0 || people >= 5 ? people : null]
          expect([aidants, conseillers], day).toEqual(counted.map(shown))
        }
        const line = await harvestOne(service, id)
        const now = byHand(model, parisDate(new Date()))
        const programmes = ['Aidants Connect', 'Conseillers numériques'].filter((_, index) => now[index]! > 0)
        expect(line!['dispositif_programmes_nationaux'] ?? []).toEqual(programmes)
        if (hand[0] > 0) isInteresting++
        await endPlace(service.db, organisation, id, 'test')
        vi.useRealTimers()
      }),
      { numRuns: 12, endOnFailure: true },
    )
    expect(isInteresting).toBeGreaterThan(2)
  },
)

/** Two thousand structures with their place, ten habilitations each with its badge, suspended a day, and contracts. */
const FILL = `
  with owners as (
    insert into organisations (slug, name, state) select 'plan-' || n, 'Plan ' || n, 'known' from generate_series(1, 2000) n returning id, slug
  ), everyone as (
    insert into people (email_fingerprint, identity) select 'plan-' || n, 'x' from generate_series(1, 20000) n returning id, substr(email_fingerprint, 6)::int as n
  ), who as (
    select e.id as person, o.id as organisation, n from everyone e join owners o on o.slug = 'plan-' || (1 + n % 2000)
  ), places as (
    insert into organisation_places (place_id, organisation_id, nom, since, changed_at) select 'plan/' || slug, id, slug, now(), now() from owners
  ), asked as (
    insert into habilitation_requests (organisation_id, person_id, profession, standing, origin, status)
    select organisation, person, 'Essai', 'agent', 'habilitation', 'validated' from who returning id, person_id, organisation_id
  ), contracts as (
    insert into conseiller_contracts (organisation_id, person_id, type, typologie, starts_on)
    select organisation, person, 'CDI', 'conum', '2026-01-05' from who where n % 4 = 0
  ), given as (
    insert into awards (key, organisation_id, person_id, achievement_slug, achievement_version, awarded_on, settled_at)
    select 'plan:' || n, organisation, person, 'aidants-connect', '1', '2026-01-05', now() from who returning id, organisation_id, person_id, key
  ), list as (
    insert into status_lists (organisation_id, sequence) select id, 1 from owners limit 1 returning id
  ), badges as (
    insert into credentials (id, award_id, organisation_id, person_id, achievement_slug, achievement_version, status_list_id, status_index, document, valid_from)
    select gen_random_uuid(), g.id, g.organisation_id, g.person_id, 'aidants-connect', '1', list.id, substr(key, 6)::int, '{}', '2026-01-05'
    from given g, list returning id
  ), issued as (
    insert into credential_events (credential_id, kind, at, author, counted) select id, 'issued', '2026-01-05', 'essai', true from badges
  ), held as (
    insert into habilitations (request_id, person_id, organisation_id, granted_at)
    select id, person_id, organisation_id, now() - interval '9 days' from asked returning id, granted_at
  )
  insert into habilitation_events (habilitation_id, kind, lapse, at, author, reason)
  select id, kind, lapse, granted_at + after, 'essai', 'Essai' from held,
    (values ('granted', null, interval '0'), ('lapsed', 'referent', interval '1 day'), ('restored', 'referent', interval '3 days')) e (kind, lapse, after)`

test.skipIf(!onPostgres)(
  'among 20,000 habilitations, no reading reads a whole table',
  { timeout: 60_000 },
  async ({ service }) => {
    const [here] = await rows<{ name: string }>(service.db, sql`select current_database() as name`)
    const asWritten = { to: 114, from: [114], serialize: String, parse: (text: string) => JSON.parse(text) as unknown }
    const client = postgres(postgresUrl(here!.name), { max: 1, onnotice: () => {}, types: { json: asWritten } })
    await client.unsafe(FILL)
    await client.unsafe('vacuum analyze')
    await service.db.execute(
      sql`update organisation_places set since = now() - interval '8 days', tells = 'numbers' where place_id like 'plan/%'`,
    )
    const heard: { text: string; params: unknown[] }[] = []
    const stop = hearStatements(service, (text, params) => heard.push({ text, params }))
    const id = 'plan/plan-1234'
    expect(shortOf(await readEvidence(service, id))).toMatchObject({
      aidants: [true, 10],
      badges: [['aidants-connect', 10]],
    })
    const lapsed = parisDate(new Date(Date.now() - 7 * DAY_MS))
    expect(shortOf(await readEvidence(service, id, lapsed))).toMatchObject({ aidants: [false, 0] })
    const { body } = await actor(service).get('/api/v1/places?limit=100&after=plan/plan-1&depuis=2026-01-01')
    expect(body['items']).toHaveLength(100)
    stop()
    const plans = heard.filter(({ text }) => /^\s*(select|with)/i.test(text))
    expect(plans).toHaveLength(5)
    const read: string[] = []
    for (const { text, params } of plans) {
      const [answer] = await client.unsafe(`explain (format json) ${text}`, params)
      read.push(
        ...JSON.stringify(answer)
          .matchAll(/"Node Type":"Seq Scan"[^}]*?"Relation Name":"(\w+)"/g)
          .map(([, table]) => table!),
      )
    }
    await client.end()
    const BIG = [
      'habilitations',
      'habilitation_events',
      'credentials',
      'credential_events',
      'people',
      'conseiller_contracts',
      'organisation_places',
    ]
    expect(read.filter((table) => BIG.includes(table))).toEqual([])
  },
)
