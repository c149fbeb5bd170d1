import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect } from 'vitest'
import { parisDate } from '../src/days.ts'
import { rows } from '../src/db.ts'
import { erasePerson } from '../src/holders/erasure.ts'
import { type NeedCount, needCounts } from '../src/needs/need-counts.ts'
import { declareForTeam, declareOwn, type OwnRespondent, withdrawForTeam, withdrawOwn } from '../src/needs/needs.ts'
import {
  type Answer,
  type Answers,
  ANSWERS,
  OWN_RESPONDENTS,
  RESPONDENTS,
  THEME_CODES,
  THEME_LIST,
} from '../src/needs/themes.ts'
import { getOrganisation, type Organisation } from '../src/organisations/organisations.ts'
import { PERIODS } from '../src/privacy/periods.ts'
import { applyRetention } from '../src/privacy/retention.ts'
import { readWords } from '../src/statistics/words.ts'
import { actor, type Json, type SignedIn, signedIn } from './support/actors.ts'
import { addAddress, anAddress, proofLink } from './support/addresses.ts'
import { config, test, type TestService } from './support/app.ts'
import { aTrainer } from './support/factories.ts'

const HTML = { accept: 'text/html' }
const PATH = '/mon-espace/besoins'
/** Its unbreakable spaces made plain. */
const pageOf = async (who: SignedIn, path: string) =>
  (await who.get(path, HTML)).response.body.replaceAll('\u00A0', ' ')
const allNsp = Object.fromEntries(THEME_CODES.map((code) => [code, 'nsp']))

/** Someone who administers an approved organisation. */
async function anEmployer(service: TestService) {
  const { slug } = await aTrainer(service)
  const employer = await signedIn(service, { grants: [{ role: 'administrateur', organisation: slug }] })
  return { slug, employer, api: `/api/v1/organisations/${slug}/needs` }
}
const keptOf = ({ db }: TestService, where: string) =>
  rows<Json>(db, sql`select * from need_declarations where ${sql.raw(where)} order by id`)
const constraintOf = (sent: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(sent).then(
    () => null,
    (error: { cause?: { constraint?: string } }) => error.cause?.constraint,
  )

test('someone says what she or he needs: the last word as each respondent is shown, a theme unanswered is not known', async ({
  service,
}) => {
  const person = await signedIn(service)
  expect((await person.get('/api/v1/needs')).body).toEqual({ items: [] })
  const first = { respondent: 'cadre', departement: '2A', answers: { projet: 'oui', outils: 'non', reseaux: 'nsp' } }
  const { status, body } = await person.post('/api/v1/needs', first)
  expect(status).toBe(201)
  const answers = { ...allNsp, projet: 'oui', outils: 'non' }
  expect(body['items']).toEqual([
    { respondent: 'cadre', departement: '2A', declaredAt: expect.any(String), themes: '1', answers },
  ])
  await person.post('/api/v1/needs', { respondent: 'mediateur', answers: { relation: 'oui' } })
  await person.post('/api/v1/needs', { respondent: 'cadre', answers: { projet: 'non' } })
  expect((await person.get('/api/v1/needs')).body['items']).toMatchObject([
    { respondent: 'cadre', departement: null, answers: { ...allNsp, projet: 'non' } },
    { respondent: 'mediateur', answers: { relation: 'oui' } },
  ])
  // The former word is kept as it was: it may be the last one of its own period.
  expect(await keptOf(service, `person_id = '${person.personId}'`)).toMatchObject([
    { departement: '2A', needed: ['projet'], not_needed: ['outils'] },
    { needed: ['relation'], not_needed: [] },
    { needed: [], not_needed: ['projet'] },
  ])

  expect((await person.post('/api/v1/needs/withdrawal', { respondent: 'cadre' })).status).toBe(204)
  expect((await person.get('/api/v1/needs')).body['items']).toMatchObject([{ respondent: 'mediateur' }])
  expect(await person.post('/api/v1/needs/withdrawal', { respondent: 'cadre' })).toMatchObject({
    status: 404,
    body: { code: 'not_found', mend: expect.any(String) },
  })
  const lines = await rows<Json>(
    service.db,
    sql`select action, details from journal where person_id = ${person.personId} and action like 'need.%' order by position`,
  )
  const declared = { action: 'need.declared', details: null }
  expect(lines).toEqual([declared, declared, declared, { action: 'need.withdrawn', details: null }])
})

test('an organisation says what its team needs, apart from what people say of themselves', async ({ service }) => {
  const { slug, employer, api } = await anEmployer(service)
  expect((await employer.get(api)).body).toEqual({ declaration: null })
  const { status, body } = await employer.post(api, { departement: '69', answers: { management: 'oui' } })
  expect([status, body['declaration']]).toMatchObject([
    201,
    { respondent: 'employeur', answers: { management: 'oui' } },
  ])
  expect((await employer.get('/api/v1/needs')).body).toEqual({ items: [] })
  const byRole = actor(service, 'employeur', slug)
  expect((await byRole.post(api, { answers: { projet: 'non' } })).body['declaration']).toMatchObject({
    departement: null,
    answers: { ...allNsp, projet: 'non' },
  })
  expect((await byRole.post(`${api}/withdrawal`)).status).toBe(204)
  expect((await employer.get(api)).body).toEqual({ declaration: null })
})

test('what is not right is refused with its reason and how to mend it, and nothing is kept', async ({ service }) => {
  const { slug, employer, api } = await anEmployer(service)
  const person = await signedIn(service)
  const other = await anEmployer(service)
  const pending = `en-attente-${slug.slice(-8)}`
  const asked = { slug: pending, name: 'Organisme inventé', siret: '' }
  await person.form('/organisme/inscription', asked)
  const refused = async (sent: ReturnType<SignedIn['post']>, status: number, code: string) => {
    const { body, ...rest } = await sent
    expect([rest.status, body['code']]).toEqual([status, code])
    expect(body['mend']).toMatch(/\S{3}/)
  }
  const say = (given: Json) => person.post('/api/v1/needs', { respondent: 'cadre', answers: {}, ...given })
  await refused(say({ respondent: 'employeur' }), 422, 'invalid_fields')
  await refused(say({ respondent: 'ministre' }), 422, 'invalid_fields')
  await refused(say({ answers: { astrologie: 'oui' } }), 422, 'invalid_fields')
  await refused(say({ answers: { projet: 'peut-être' } }), 422, 'invalid_fields')
  await refused(say({ answers: { projet: ['oui', 'non'] } }), 422, 'invalid_fields')
  await refused(say({ departement: '20' }), 422, 'departement_unknown')
  await refused(say({ departement: '6 9' }), 422, 'departement_unknown')
  await refused(say({ commentaire: 'Je m’appelle Zoé' }), 422, 'invalid_fields')
  await refused(employer.post(api, { respondent: 'cadre', answers: {} }), 422, 'invalid_fields')
  await refused(employer.post(other.api, { answers: {} }), 403, 'forbidden')
  await refused(person.post(api, { answers: {} }), 403, 'forbidden')
  await refused(
    actor(service, 'titulaire').post('/api/v1/needs', { respondent: 'cadre', answers: {} }),
    403,
    'forbidden',
  )
  expect((await getOrganisation(service.db, pending)).state).toBe('pending')
  await refused(
    person.post(`/api/v1/organisations/${pending}/needs`, { answers: {} }),
    409,
    'organisation_not_approved',
  )
  expect(await pageOf(person, `/organisme/${pending}/besoins`)).toContain('Un organisme répond une fois approuvé')
  const ids = `select id from organisations where slug in ('${slug}', '${other.slug}', '${pending}')`
  expect(await keptOf(service, `person_id = '${person.personId}' or organisation_id in (${ids})`)).toEqual([])
})

test('nobody keeps more than a hundred, even by two requests at once, and withdrawing makes room', async ({
  service,
}) => {
  const person = await signedIn(service)
  await service.db.execute(
    sql`insert into need_declarations (person_id, respondent, themes, needed, not_needed, declared_at)
        select ${person.personId}, 'aidant', '1', '{}', '{}', now() from generate_series(1, 99)`,
  )
  const body = { respondent: 'aidant', answers: { outils: 'oui' } }
  const both = await Promise.all([person.post('/api/v1/needs', body), person.post('/api/v1/needs', body)])
  expect(both.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([201, 429])
  expect(both.find((one) => one.status === 429)!.body).toMatchObject({ code: 'too_many_needs' })
  expect((await person.post('/api/v1/needs', { ...body, respondent: 'cadre' })).status).toBe(201)
  await person.post('/api/v1/needs/withdrawal', { respondent: 'aidant' })
  expect((await person.post('/api/v1/needs', body)).status).toBe(201)
})

test('by their forms: said, shown, changed, withdrawn; what is refused comes back as it was typed', async ({
  service,
}) => {
  const { slug, employer } = await anEmployer(service)
  const wrong = await employer.form(PATH, { respondent: '', departement: '38', relation: 'oui' }, HTML)
  expect(wrong.status).toBe(422)
  expect(wrong.response.body).toMatch(/<a href="#respondent">Choisissez l’une des valeurs proposées/)
  expect(wrong.response.body).toMatch(/name="relation" value="oui" checked/)
  expect(wrong.response.body).toMatch(/<option value="38" selected/)

  const { response } = await employer.form(PATH, { respondent: 'aidant', departement: '', relation: 'oui' })
  expect([response.statusCode, response.headers['location']]).toEqual([303, `${PATH}?fait=dit`])
  const page = await pageOf(employer, `${PATH}?fait=dit`)
  expect(page).toContain('Vos réponses sont enregistrées.')
  expect(page).toMatch(/<h3>Aidante ou aidant numérique<\/h3>[\s\S]*Utile<\/dt>\s*<dd>Relation et psychologie/)
  expect(await pageOf(employer, `${PATH}?respondent=aidant`)).toMatch(/name="relation" value="oui" checked/)
  expect(await pageOf(employer, `${PATH}?respondent=cadre`)).toMatch(/name="relation" value="nsp" checked/)
  await employer.form(`${PATH}/retrait`, { respondent: 'aidant' })
  expect(await pageOf(employer, PATH)).not.toContain('Ce que vous avez dit')

  const team = `/organisme/${slug}/besoins`
  await employer.form(team, { departement: '971', financement: 'oui', projet: 'non' })
  const said = await pageOf(employer, team)
  expect(said).toMatch(/Département<\/dt>\s*<dd>971 Guadeloupe/)
  expect(said).toMatch(/name="projet" value="non" checked/)
  await employer.form(`${team}/retrait`)
  expect(await pageOf(employer, team)).not.toContain('Ce que l’organisme a dit')
})

test('the database itself refuses what a declaration cannot be, and that it be changed', async ({ service }) => {
  const { db } = service
  const { personId } = await signedIn(service)
  const { id } = await getOrganisation(db, (await anEmployer(service)).slug)
  const insert = (given: Json) => {
    const row: Json = {
      person_id: null,
      organisation_id: null,
      departement: null,
      needed: '{}',
      not_needed: '{}',
      ...given,
    }
    return db.execute(
      sql`insert into need_declarations (person_id, organisation_id, respondent, departement, themes, needed, not_needed, declared_at)
          values (${row['person_id']}, ${row['organisation_id']}, ${row['respondent']}, ${row['departement']}, '1', ${row['needed']}, ${row['not_needed']}, now())`,
    )
  }
  const [mine, theirs] = [
    { person_id: personId, respondent: 'cadre' },
    { organisation_id: id, respondent: 'employeur' },
  ]
  for (const [given, constraint] of [
    [{ ...mine, respondent: 'ministre' }, 'need_respondent_known'],
    [{ ...theirs, ...mine, respondent: 'employeur' }, 'need_of_one'],
    [{ respondent: 'cadre' }, 'need_of_one'],
    [{ ...mine, respondent: 'employeur' }, 'need_of_team_by_organisation'],
    [{ ...theirs, respondent: 'cadre' }, 'need_of_team_by_organisation'],
    [{ ...mine, needed: '{projet}', not_needed: '{projet}' }, 'need_answered_once'],
    [{ ...mine, needed: '{a|b}' }, 'need_themes_form'],
    [{ ...mine, not_needed: '{NULL}' }, 'need_themes_form'],
    [{ ...mine, departement: '6' }, 'need_departement_form'],
  ] as const) {
    expect(await constraintOf(insert(given)), JSON.stringify(given)).toBe(constraint)
  }
  await insert({ ...mine, needed: '{projet}' })
  for (const change of [`needed = '{}'`, `declared_at = now() - interval '1 year'`, `departement = '69'`]) {
    const update = db.execute(sql`update need_declarations set ${sql.raw(change)} where person_id = ${personId}`)
    expect(await constraintOf(update), change).toBe('need_unchanged')
  }
})

test('their export shows them; erasure takes a person’s away and leaves those of organisations', async ({
  service,
}) => {
  const { slug, employer, api } = await anEmployer(service)
  await employer.post(api, { answers: { outils: 'oui' } })
  const person = await signedIn(service)
  await person.post('/api/v1/needs', { respondent: 'independant', departement: '974', answers: { projet: 'oui', outils: 'non' } }) // prettier-ignore
  const all = (await person.get('/mon-espace/donnees.json')).body
  expect(JSON.stringify(all)).toContain(
    JSON.stringify({
      département: '974',
      'besoin d’une formation': 'Gestion de projet',
      'pas de besoin': 'Maîtrise des outils de l’environnement numérique',
    }).slice(1, -1),
  )
  expect((await person.form('/mon-espace/effacement', { confirmation: 'effacer' })).status).toBeLessThan(400)
  expect(await keptOf(service, `person_id = '${person.personId}'`)).toEqual([])
  const { id } = await getOrganisation(service.db, slug)
  expect(await keptOf(service, `organisation_id = '${id}'`)).toMatchObject([{ needed: ['outils'] }])
})

test('they are forgotten at the end of their period, not before', async ({ service }) => {
  const { db, vault } = service
  const { slug, employer } = await anEmployer(service)
  const organisation = await getOrganisation(db, slug)
  await declareForTeam(db, { organisation, author: employer.personId }, { answers: {} })
  const later = (days: number) => applyRetention(db, vault, config.retention, new Date(Date.now() + days * 86_400_000))
  await later(PERIODS.NEEDS.days - 1)
  expect(await keptOf(service, `organisation_id = '${organisation.id}'`)).toHaveLength(1)
  await later(PERIODS.NEEDS.days + 1)
  expect(await keptOf(service, `organisation_id = '${organisation.id}'`)).toEqual([])
})

test('every code of the figures has its words, and every theme its lines', async ({ service }) => {
  const words = await readWords(service.db)
  for (const { code, label, lines } of THEME_LIST) {
    expect(words('theme', code)).toBe(label)
    expect(lines).toMatch(/^46\d\d(-46\d\d)?$/)
  }
  for (const [code, label] of Object.entries(RESPONDENTS)) expect(words('respondent', code)).toBe(label)
  for (const code of [...THEME_CODES, ...Object.keys(RESPONDENTS)]) expect(code).toMatch(/^[a-z]+$/)
})

// Around the ends of months, which are those of Paris.
const MOMENTS = [
  '2025-12-31T22:59:59.999Z',
  '2025-12-31T23:00:00.000Z',
  '2026-01-31T22:59:59.999Z',
  '2026-01-31T23:00:00.000Z',
  '2026-02-14T12:00:00.000Z',
  '2026-03-31T21:59:59.999Z',
  '2026-03-31T22:00:00.000Z',
]
const MONTHS = ['2025-12', '2026-01', '2026-02', '2026-03', '2026-04']
const PEOPLE = 4
const STRUCTURES = 2

const at = fc.constantFrom(...MOMENTS)
const who = fc.nat({ max: PEOPLE - 1 })
const respondent = fc.constantFrom(...(OWN_RESPONDENTS as OwnRespondent[]).slice(0, 2))
const departement = fc.constantFrom('69', '2A', '976', null)
const answers = fc
  .dictionary(fc.constantFrom(...THEME_CODES), fc.constantFrom(...(Object.keys(ANSWERS) as Answer[])), { maxKeys: 8 })
  .map((one): Answers => one)
const said = { at, departement, answers }
const Step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('own' as const), who, respondent, ...said }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('team' as const), of: fc.nat({ max: STRUCTURES - 1 }), ...said }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), who, respondent }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdrawTeam' as const), of: fc.nat({ max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase' as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('merge' as const), who, other: who }) },
)
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never
type Line = { owner: string; respondent: string; departement: string; answers: Answers; at: string }

/** By hand: of each owner as each respondent, the last line of the period; then one answer a theme. */
function countByHand(lines: Line[], from: string, to: string): NeedCount[] {
  const last = new Map<string, Line>()
  for (const line of lines) {
    const month = parisDate(new Date(line.at)).slice(0, 7)
    if (month < from || month > to) continue
    const key = `${line.owner} ${line.respondent}`
    const known = last.get(key)
    if (!known || known.at <= line.at) last.set(key, line)
  }
  const counts = new Map<string, NeedCount>()
  for (const { respondent, departement, answers } of last.values()) {
    for (const theme of THEME_CODES) {
      const of = `${respondent}|${theme}|${answers[theme] ?? 'nsp'}`
      const known = counts.get(`${of} ${departement}`)
      if (known) known.count++
      else counts.set(`${of} ${departement}`, { kind: 'need', of, departement, month: '', count: 1 })
    }
  }
  return [...counts.values()]
}
/** Of each respondent and département, how many answers each theme has. */
function sumsOf(counts: NeedCount[]): number[][] {
  const told = Map.groupBy(counts, ({ of, departement }) => `${of.split('|')[0]} ${departement}`)
  return [...told.values()].map((ones) => {
    const themes = Map.groupBy(ones, ({ of }) => of.split('|')[1])
    return [...themes.values()].map((all) => all.reduce((sum, one) => sum + one.count, 0))
  })
}
const sorted = (counts: NeedCount[]): string[] => counts.map((one) => JSON.stringify(one)).toSorted()

type World = { service: TestService; people: SignedIn[]; gone: Set<number>; structures: Organisation[]; lines: Line[] }

/** Does a step to the service and, by hand, to the lines. */
async function take(world: World, step: Step): Promise<void> {
  const { service, people, gone, structures } = world
  const { db, vault } = service
  if ('who' in step && gone.has(step.who)) return
  const holder = 'who' in step ? { personId: people[step.who]!.personId, author: 'test' } : null
  switch (step.kind) {
    case 'own': {
      const { respondent, departement, answers, at } = step
      await declareOwn(db, holder!, { respondent, departement, answers }, new Date(at))
      world.lines.push({ owner: holder!.personId, respondent, departement: departement ?? '', answers, at })
      return
    }
    case 'team': {
      const { departement, answers, at } = step
      const organisation = structures[step.of]!
      await declareForTeam(db, { organisation, author: 'test' }, { departement, answers }, new Date(at))
      const line = { owner: organisation.id, respondent: 'employeur', departement: departement ?? '', answers, at }
      world.lines.push(line)
      return
    }
    case 'withdraw': {
      const isGone = (one: Line) => one.owner === holder!.personId && one.respondent === step.respondent
      const withdrawn = withdrawOwn(db, holder!, { respondent: step.respondent })
      if (world.lines.some(isGone)) await withdrawn
      else await expect(withdrawn).rejects.toMatchObject({ code: 'not_found' })
      world.lines = world.lines.filter((one) => !isGone(one))
      return
    }
    case 'withdrawTeam': {
      const organisation = structures[step.of]!
      const withdrawn = withdrawForTeam(db, { organisation, author: 'test' })
      if (world.lines.some((one) => one.owner === organisation.id)) await withdrawn
      else await expect(withdrawn).rejects.toMatchObject({ code: 'not_found' })
      world.lines = world.lines.filter((one) => one.owner !== organisation.id)
      return
    }
    case 'erase': {
      await erasePerson(db, vault, holder!)
      gone.add(step.who)
      world.lines = world.lines.filter((one) => one.owner !== holder!.personId)
      return
    }
    case 'merge': {
      if (step.who === step.other || gone.has(step.other)) return
      const [to, from] = [people[step.who]!, people[step.other]!]
      const link = await proofLink(service, to, from.email)
      expect((await to.form(link.replace('confirmation', 'reunion'))).status).toBe(303)
      gone.add(step.other)
      world.lines = world.lines.map((one) => (one.owner === from.personId ? { ...one, owner: to.personId } : one))
    }
  }
}

test(
  'the counts of any period are those made by hand, whatever was said again, withdrawn, erased or brought together',
  { timeout: 180_000 },
  async ({ service }) => {
    const structures = await Promise.all(
      Array.from({ length: STRUCTURES }, async () => getOrganisation(service.db, (await anEmployer(service)).slug)),
    )
    const seen = { merged: 0, replaced: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(Step, { minLength: 4, maxLength: 24 }), async (steps) => {
        await service.db.execute(sql`delete from need_declarations`)
        const people = await Promise.all(Array.from({ length: PEOPLE }, () => signedIn(service)))
        const world: World = { service, people, gone: new Set(), structures, lines: [] }
        for (const step of steps) await take(world, step)
        for (const [index, from] of MONTHS.entries()) {
          for (const to of MONTHS.slice(index)) {
            const counts = await needCounts(service.db, from, to)
            expect(sorted(counts), `${from} to ${to}`).toEqual(sorted(countByHand(world.lines, from, to)))
            for (const sums of sumsOf(counts)) {
              expect(sums).toEqual(THEME_CODES.map(() => sums[0]))
            }
          }
        }
        seen.merged += steps.filter((one) => one.kind === 'merge' && one.who !== one.other).length
        seen.replaced += world.lines.length
      }),
      { numRuns: 40 },
    )
    expect(seen.merged).toBeGreaterThan(5)
    expect(seen.replaced).toBeGreaterThan(40)
  },
)

test('two who are brought together and both said something: the last word of either is the one that counts', async ({
  service,
}) => {
  await service.db.execute(sql`delete from need_declarations`)
  const [kept, other] = [await signedIn(service), await signedIn(service)]
  await addAddress(service, kept, anAddress())
  const say = ({ personId }: SignedIn, answers: Answers, at: string) =>
    declareOwn(
      service.db,
      { personId, author: 'test' },
      { respondent: 'cadre', departement: '69', answers },
      new Date(at),
    )
  await say(kept, { projet: 'non' }, '2026-02-01T10:00:00Z')
  await say(other, { projet: 'oui' }, '2026-02-02T10:00:00Z')
  const projet = async () =>
    (await needCounts(service.db, '2026-02', '2026-02')).filter((one) => one.of.startsWith('cadre|projet'))
  expect((await projet()).map((one) => [one.of, one.count])).toEqual([
    ['cadre|projet|non', 1],
    ['cadre|projet|oui', 1],
  ])
  const link = await proofLink(service, kept, other.email)
  expect((await kept.form(link.replace('confirmation', 'reunion'))).status).toBe(303)
  expect((await projet()).map((one) => [one.of, one.count])).toEqual([['cadre|projet|oui', 1]])
  expect((await kept.get('/api/v1/needs')).body['items']).toMatchObject([{ answers: { projet: 'oui' } }])
})
