import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect } from 'vitest'
import { findGaps, type Gaps, gapsOf } from '../src/cartography/gaps.ts'
import { keyOf } from '../src/referential/schema.ts'
import { type CartographyMap, readMap } from '../src/cartography/map.ts'
import { addDays, parisDate } from '../src/days.ts'
import { DEPARTEMENTS_OF_REGIONS } from '../src/organisations/departements.ts'
import type { Taught } from '../src/training/session-coverage.ts'
import { actor, type Json } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aSession, aTrainer, type Trainer } from './support/factories.ts'
import { hearStatements } from './support/statements.ts'

const API = '/api/v1/cartography/gaps'
const now = new Date()
const inDays = (days: number): string => addDays(parisDate(now), days)
const CODES = DEPARTEMENTS_OF_REGIONS.map((one) => one.code)

const plan = (trainer: Trainer, given: Json = {}): Promise<string> =>
  aSession(trainer, { startsOn: inDays(20), endsOn: inDays(20), hours: 7, ...given })
const call = async (trainer: Trainer, session: string): Promise<void> => {
  const { status } = await trainer.post(`/api/v1/sessions/${session}/cancellation`, { reason: 'Salle indisponible' })
  expect(status).toBe(200)
}
const missing = ({ departements }: Gaps): Set<string> =>
  new Set(
    departements.map(({ scope, target, axis, departement, covered }) =>
      [scope, target, axis, departement, scope === 'metier' ? covered : ''].join(' '),
    ),
  )
/** The départements but one, in few words: thousands are compared. */
const elsewhere = ({ cells }: Gaps, departement: string): string =>
  JSON.stringify(cells.filter((one) => one.departement !== departement))
const cellOf = (gaps: Gaps, scope: string, target: string, departement: string) =>
  gaps.cells.find((one) => one.scope === scope && one.target === target && one.departement === departement)!
const AIDANTS = 'aidants-connect'
const gapsNow = ({ db }: TestService, days = 180) => findGaps(db, { now, days })

test('planning a session removes the gaps of its département, calling it off brings them back, and nothing else moves', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...CODES),
      fc.constantFrom('presentiel', 'hybride'),
      async (departement, modality) => {
        const before = await gapsNow(service)
        const session = await plan(trainer, { departement, modality })
        const after = await gapsNow(service)
        const gone = [...missing(before).difference(missing(after))]
        expect(gone.every((one) => one.includes(` ${departement} `))).toBe(true)
        expect(gone).toContain(`module ${AIDANTS}  ${departement} `)
        expect(gone).toContain(`all   ${departement} `)
        expect(cellOf(after, 'module', AIDANTS, departement)).toMatchObject({
          covered: 1,
          sessions: 1,
          next: inDays(20),
        })
        expect(elsewhere(after, departement) === elsewhere(before, departement)).toBe(true)
        await call(trainer, session)
        expect(JSON.stringify(await gapsNow(service)) === JSON.stringify(before)).toBe(true)
      },
    ),
    { numRuns: 4 },
  )
})

test('a session at a distance serves everywhere and covers no département; past, later, foreign and unapproved ones cover none', async ({
  service,
}) => {
  const [trainer, suspended] = [await aTrainer(service), await aTrainer(service)]
  const before = await gapsNow(service)
  const far = await plan(trainer, { modality: 'distance', departement: undefined })
  const distant = await gapsNow(service)
  expect(missing(distant)).toEqual(missing(before))
  expect(cellOf(distant, 'module', AIDANTS, '69').distance).toBe(1)
  expect(distant.sessions.distance).toBe(before.sessions.distance + 1)

  await plan(trainer, { departement: '07', startsOn: '2020-03-02', endsOn: '2020-03-02' })
  await plan(trainer, { departement: '07', startsOn: inDays(0), endsOn: inDays(0) })
  await plan(trainer, { departement: '07', startsOn: inDays(181), endsOn: inDays(181) })
  await plan(trainer, { departement: '975' })
  await plan(suspended, { departement: '07' })
  const path = `/api/v1/organisations/${suspended.slug}/suspension`
  expect((await actor(service, 'exploitant').post(path, { reason: 'Contrôle en cours' })).status).toBe(200)
  const found = await gapsNow(service)
  expect(missing(found)).toEqual(missing(before))
  expect(cellOf(found, 'module', AIDANTS, '07')).toMatchObject({
    covered: 0,
    sessions: 0,
    last: inDays(0),
    next: inDays(181),
  })
  expect(found.sessions.elsewhere).toBe(1)
  expect(cellOf(await gapsNow(service, 181), 'module', AIDANTS, '07')).toMatchObject({ covered: 1, sessions: 1 })
  await call(trainer, far)
})

test('as many statements whatever the number of sessions', async ({ service }) => {
  const trainer = await aTrainer(service)
  const count = async (): Promise<number> => {
    let statements = 0
    const stop = hearStatements(service, () => statements++)
    await actor(service).get('/cartographie/manques')
    stop()
    return statements
  }
  const few = await count()
  for (const departement of CODES.slice(0, 12)) await plan(trainer, { departement })
  expect(await count()).toBe(few)
  expect(few).toBe(9)
})

type Random = {
  asked: [number, number, number | null][]
  taught: [number, number, number | null][]
  certifying: boolean[]
}
const levels = fc.option(fc.integer({ min: 1, max: 8 }), { nil: null })
const random: fc.Arbitrary<Random> = fc.record({
  asked: fc.uniqueArray(fc.tuple(fc.nat(2), fc.nat(5), levels), { maxLength: 12, selector: ([a, b]) => `${a} ${b}` }),
  taught: fc.uniqueArray(fc.tuple(fc.nat(3), fc.nat(5), levels), { maxLength: 10, selector: ([a, b]) => `${a} ${b}` }),
  certifying: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
})
const offers = fc.uniqueArray(fc.tuple(fc.nat(3), fc.constantFrom('01', '69', '971', null)), {
  maxLength: 6,
  selector: String,
})

/** The real map, where three métiers ask six competences of both axes that four modules teach. */
function mapOf(real: CartographyMap, { asked, taught, certifying }: Random): CartographyMap {
  const metiers = real.metiers.filter((one) => one.scheme_of === null).slice(0, 3)
  const on = (axis: string) => real.competences.filter((one) => one.axis === axis).slice(0, 3)
  const competences = [...on('professional'), ...on('digital')]
  const modules = real.modules.slice(0, 4).map((one, index) => ({ ...one, certifying: certifying[index]! }))
  const source = { document: 'cnr-2023' }
  return {
    ...real,
    metiers,
    modules,
    activities: [],
    requirements: asked.map(([metier, one, level]) => {
      const { key: competence, framework, version, code } = competences[one]!
      const said = { list: 'essai', status: 'illustrative', importance: null, source, note: null } as const
      return { ...said, metier: metiers[metier]!.slug, competence, framework, version, code, level }
    }),
    teaching: taught.map(([module, one, level]) => ({
      module: modules[module]!.slug,
      competence: competences[one]!.key,
      level,
      status: 'proposed' as const,
    })),
  }
}
const offered = (map: CartographyMap, some: [number, string | null][]): Taught[] =>
  some.map(([module, departement]) => ({
    module: map.modules[module]!.slug,
    departement,
    coming: 1,
    last: null,
    next: inDays(3),
  }))
const horizon = { today: inDays(0), until: inDays(180) }

test('what lacks and what answers make up what is asked, as a plain count says', async ({ service }) => {
  const real = await readMap(service.db)
  const shown = new Set(real.badges.flatMap((one) => one.competences.map(keyOf)))
  fc.assert(
    fc.property(random, offers, (given, open) => {
      const map = mapOf(real, given)
      const sessions = offered(map, open)
      const gaps = gapsOf(map, sessions, horizon)
      for (const need of map.requirements) {
        const enough = map.teaching.filter(
          (one) => one.competence === need.competence && (one.level ?? 0) >= (need.level ?? 0),
        )
        const some = map.teaching.some((one) => one.competence === need.competence)
        const has = (slugs: string[]) => enough.some((one) => slugs.includes(one.module))
        const lacks = [
          ...(some ? [] : ['untaught']),
          ...(some && enough.length === 0 ? ['below_level'] : []),
          ...(enough.length > 0 && !has(sessions.map((one) => one.module)) ? ['not_offered'] : []),
          ...(shown.has(need.competence) ? [] : ['no_badge']),
          ...(enough.length > 0 && !has(map.modules.filter((one) => one.certifying === true).map((one) => one.slug))
            ? ['not_certifying']
            : []),
        ]
        const said = gaps.competences.filter((one) => one.asker === need.metier && one.competence === need.competence)
        expect(said.map((one) => one.lack)).toEqual(lacks)
      }
      expect(gaps.competences.every((one) => map.requirements.some((need) => need.competence === one.competence))).toBe(
        true,
      )
      for (const share of gaps.shares) {
        const lost = (...lacks: string[]) =>
          gaps.competences.filter(
            (one) => one.asker === share.asker && one.axis === share.axis && lacks.includes(one.lack),
          ).length
        const axisOf = new Map(map.competences.map((one) => [one.key, one.axis]))
        const own = map.requirements.filter(
          (one) => one.metier === share.asker && axisOf.get(one.competence) === share.axis,
        )
        expect(share.asked).toBe(own.length)
        expect(share.taught + lost('untaught', 'below_level')).toBe(share.asked)
        expect(share.offered + lost('untaught', 'below_level', 'not_offered')).toBe(share.asked)
        expect(share.shown + lost('no_badge')).toBe(share.asked)
        expect(share.certified + lost('untaught', 'below_level', 'not_certifying')).toBe(share.asked)
      }
    }),
    { numRuns: 150 },
  )
})

test('a module that comes to teach a competence removes what was said of it, and of nothing else', async ({
  service,
}) => {
  const real = await readMap(service.db)
  fc.assert(
    fc.property(random, offers, fc.nat(3), fc.nat(5), (given, open, module, competence) => {
      fc.pre(!given.taught.some(([, one]) => one === competence))
      const before = mapOf(real, given)
      const after = mapOf(real, { ...given, taught: [...given.taught, [module, competence, 8]] })
      const key = after.teaching.at(-1)!.competence
      const untaught = (map: CartographyMap) =>
        gapsOf(map, offered(map, open), horizon)
          .competences.filter((one) => one.lack === 'untaught')
          .map((one) => `${one.asker} ${one.competence}`)
      const [old, young] = [untaught(before), untaught(after)]
      expect(young).toEqual(old.filter((one) => !one.endsWith(` ${key}`)))
    }),
    { numRuns: 100 },
  )
})

test('of a métier, a département covers what a plain count says, each axis apart', async ({ service }) => {
  const real = await readMap(service.db)
  fc.assert(
    fc.property(random, offers, fc.constantFrom('01', '69', '971', '75'), (given, open, departement) => {
      const map = mapOf(real, given)
      const { cells, departements } = gapsOf(map, offered(map, open), horizon)
      const axisOf = new Map(map.competences.map((one) => [one.key, one.axis]))
      const here = open.filter(([, one]) => one === departement).map(([module]) => map.modules[module]!.slug)
      for (const { slug } of map.metiers) {
        for (const axis of ['professional', 'digital'] as const) {
          const teachers = map.requirements
            .filter((one) => one.metier === slug && axisOf.get(one.competence) === axis)
            .map((need) =>
              map.teaching.filter((one) => one.competence === need.competence && (one.level ?? 0) >= (need.level ?? 0)),
            )
            .filter((some) => some.length > 0)
          const cell = cells.find((one) => one.target === slug && one.axis === axis && one.departement === departement)
          if (teachers.length === 0) expect(cell).toBeUndefined()
          else {
            const covered = teachers.filter((some) => some.some((one) => here.includes(one.module))).length
            expect(cell).toMatchObject({ covered, of: teachers.length })
            expect(departements.includes(cell!)).toBe(covered < teachers.length)
          }
        }
      }
    }),
    { numRuns: 100 },
  )
})

test('the critique of the first block says the lines of its source, what teaches it today, and that nothing certifies it', async ({
  service,
}) => {
  const { body } = await actor(service).get(API)
  const field = (body['blocks'] as Json[]).filter((one) => one['basis'] === 'field')
  const posture = field.filter((one) => /posture de la médiation sociale/i.test(one['need']))
  expect(posture.length).toBeGreaterThan(0)
  for (const one of posture) {
    expect(one).toMatchObject({ certification: 'rncp34137', block: 'CCP1', status: 'illustrative', certifiedBy: [] })
    expect(JSON.stringify(one['source'])).toContain('3690')
    expect(one['modules']).toContain('posture-mediation-sociale')
  }
  const computed = (body['blocks'] as Json[]).filter((one) => one['basis'] === 'metier')
  const { modules } = await readMap(service.db)
  const preparing = modules
    .filter((one) => one.prepares?.certification === 'rncp40695')
    .flatMap((one) => one.competences)
  const lost = computed.filter((one) => one['certification'] === 'rncp40695').map((one) => one['competence'])
  expect(lost).toContain('mediation/1.0/D5')
  expect(lost.filter((key) => preparing.some((one) => keyOf(one) === key && (one.level ?? null) === null))).toEqual([])
})

test('the API narrows to a métier, an axis, a place; every row says where it comes from', async ({ service }) => {
  const get = async (query: string) => (await actor(service).get(`${API}?${query}`)).body
  const one = await get('metier=mediateur-numerique&axis=digital&departement=69&days=30')
  expect(one['horizon']).toEqual({ today: parisDate(new Date()), until: inDays(30), days: 30 })
  expect(new Set((one['competences'] as Json[]).map((row) => `${row['asker']} ${row['axis']}`))).toEqual(
    new Set(['mediateur-numerique digital']),
  )
  expect((one['departements'] as Json[]).map((row) => [row['scope'], row['axis'], row['departement']])).toEqual([
    ['metier', 'digital', '69'],
  ])
  const region = await get('region=01')
  expect(new Set((region['departements'] as Json[]).map((row) => row['departement']))).toEqual(new Set(['971']))
  const whole = await get('')
  for (const row of [...(whole['competences'] as Json[]), ...(whole['blocks'] as Json[])]) {
    expect(row['status']).toMatch(/^(official|illustrative|computed)$/)
    expect([row['source']].flat().length).toBeGreaterThan(0)
    expect(String(row['lists'] ?? row['list'])).not.toBe('')
  }
  for (const region of whole['regions'] as Json[]) {
    const rows = (whole['departements'] as Json[]).filter((row) =>
      ['scope', 'target', 'axis', 'region'].every((name) => row[name] === region[name]),
    )
    expect(rows.length).toBe(region['lacking'])
  }
})

test('what cannot be answered is refused with how to mend it', async ({ service }) => {
  const refused = async (path: string) => {
    const { status, body } = await actor(service).get(path)
    return [status, body['code'], body['detail']]
  }
  expect((await refused(`${API}?days=0`))[0]).toBe(422)
  expect((await refused(`${API}?days=731`))[0]).toBe(422)
  expect(await refused(`${API}?metier=inconnu`)).toEqual([404, 'not_found', expect.stringContaining('« inconnu »')])
  expect((await refused(`${API}?departement=99`))[1]).toBe('departement_unknown')
  expect(await refused(`${API}?departement=975`)).toEqual([
    422,
    'departement_elsewhere',
    expect.stringContaining('101'),
  ])
  expect(await refused(`${API}?departement=69&region=11`)).toEqual([
    422,
    'departement_elsewhere',
    'Le département 69 (Rhône) n’est pas dans la région demandée.',
  ])
  expect((await refused(`${API}?region=99`))[0]).toBe(404)
  expect((await refused('/cartographie/manques?jours=731'))[0]).toBe(422)
  expect((await refused('/cartographie/manques/personnes.csv'))[0]).toBe(404)
})

test('the files hold the rows of the API, and the page its figures with what they are counted of', async ({
  service,
}) => {
  const { body } = await actor(service).get(`${API}?days=90&region=84`)
  const csvOf = async (name: string) => {
    const { response } = await actor(service).get(`/cartographie/manques/${name}.csv?jours=90&region=84`)
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8')
    return parse(response.body, { bom: true, columns: true }) as Record<string, string>[]
  }
  const competences = await csvOf('competences')
  expect(competences.map((row) => `${row['qui']} ${row['competence']}`)).toEqual(
    (body['competences'] as Json[]).map((row) => `${row['asker']} ${row['competence']}`),
  )
  expect(competences.every((row) => row['source'] !== '' && row['statut'] !== '')).toBe(true)
  const departements = await csvOf('departements')
  expect(departements.map((row) => `${row['cible']} ${row['departement']} ${row['couvert']} ${row['sur']}`)).toEqual(
    (body['departements'] as Json[]).map(
      (row) => `${row['target']} ${row['departement']} ${row['covered']} ${row['of']}`,
    ),
  )
  expect((await csvOf('blocs')).length).toBe((body['blocks'] as Json[]).length)

  const { response } = await actor(service).get('/cartographie/manques?jours=90&region=84', { accept: 'text/html' })
  const lacking = (body['departements'] as Json[]).filter((row) => row['scope'] === 'all').length
  expect(response.body.replaceAll('\u00A0', ' ')).toContain(`<strong>${lacking} sur 12</strong>`)
  expect(response.body).toContain('Seules les sessions planifiées dans ce service sont connues.')
  expect(response.body.replaceAll('&#61;', '=').replaceAll('&#38;', '&')).toContain(
    '/manques/departements.csv?jours=90&region=84',
  )
})
