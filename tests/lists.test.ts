import fc from 'fast-check'
import { expect } from 'vitest'
import { keyOf } from '../src/referential/schema.ts'
import { readMap } from '../src/cartography/map.ts'
import type { Db } from '../src/db.ts'
import type { ListEntry, ListFile, ListKind } from '../src/referential/list-schema.ts'
import { inForce, listLists } from '../src/referential/lists.ts'
import { citations } from '../src/web/components.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { test } from './support/app.ts'

const listed = async <K extends ListKind>(db: Db, kind: K): Promise<ListEntry<K>[]> =>
  (await listLists(db)).flatMap((one) => (one.kind === kind ? (one.entries as ListEntry<K>[]) : []))
const M = (code: string) => `mediation/1.0/${code}`

test('every entry names métiers, duties, competences and blocks that exist, says something once, and has a source', async ({
  service: { db },
}) => {
  const { metiers, duties, competences, certifications } = await readMap(db)
  const [slugs, done, asked] = [metiers.map((one) => one.slug), duties, competences].map(
    (all) => new Set(all.map((one) => (typeof one === 'string' ? one : one.key))),
  )
  const blocks = new Set(certifications.flatMap(({ slug, blocks }) => blocks.map((one) => `${slug} ${one.ref}`)))
  const seen = new Set<string>()
  for (const { list, source, entries } of await listLists(db)) {
    for (const entry of entries) {
      const { source: own, note: _note, level: _level, importance: _importance, ...said } = entry as Json
      const what = JSON.stringify(said)
      const { metier, from, to, duty, activity, competence, certification, block } = said
      for (const one of [metier, from, to].filter(Boolean)) expect(slugs, what).toContain(one)
      for (const one of [duty, activity].filter(Boolean)) expect(done, what).toContain(keyOf(one))
      for (const one of [competence, said['competences']].flat().filter(Boolean))
        expect(asked, what).toContain(keyOf(one))
      if (certification) expect(blocks, what).toContain(`${certification} ${block}`)
      const cited = citations(own ?? source)
      expect(cited, `${list} ${what}`).not.toEqual([])
      for (const one of cited) expect(one, what).toMatch(/, l\. \d+(-\d+)?|https:\/\//)
      expect(seen, what).not.toContain(what)
      seen.add(what)
    }
  }
})

test('no list passes for official, no level is invented, and a weight rests on words that are quoted', async ({
  service: { db },
}) => {
  for (const { list, status, licence, note } of await listLists(db)) {
    expect({ list, status, licence }).toEqual({ list, status: 'illustrative', licence: 'Licence Ouverte 2.0' })
    expect(note, list).toMatch(/^Illustratif : .{60}/)
  }
  const requirements = await listed(db, 'requirements')
  expect(new Set(requirements.map((one) => one.level))).toEqual(new Set([null]))
  const weighed = requirements.filter((one) => one.importance !== null)
  expect(weighed.length).toBeGreaterThan(25)
  for (const { metier, competence, source } of weighed)
    expect(citations(source).join('\n'), `${metier} ${competence.code}`).toMatch(/l\. \d.* : .*«.+»/)
})

test('a médiatrice or a médiateur numérique needs knowledge, know-how and soft skills, on two axes, and does four missions', async ({
  service: { db },
}) => {
  const { competences, requirements, dutiesOf, activities } = await readMap(db)
  const byKey = new Map(competences.map((one) => [one.key, one]))
  const mine = requirements.filter((one) => one.metier === 'mediateur-numerique')
  const kinds = Map.groupBy(mine, (one) => `${byKey.get(one.competence)!.axis} ${byKey.get(one.competence)!.kind}`)
  expect(Object.fromEntries([...kinds].map(([kind, all]) => [kind, all.length]))).toEqual({
    'professional savoir': 5,
    'professional savoir-faire': 6,
    'professional savoir-etre': 5,
    'professional domaine': 8,
    'digital competence': 9,
  })
  const done = dutiesOf.filter((one) => one.metier === 'mediateur-numerique').map((one) => one.duty)
  expect(done.filter((one) => !one.includes('.', one.length - 2))).toEqual(['M1', 'M2', 'M3', 'M4'].map(M))
  expect(done).toHaveLength(15)

  // Every activity takes something, and all that the job sheet asks serves an activity.
  const used = new Set(activities.filter((one) => done.includes(one.activity)).map((one) => one.competence))
  for (const one of done.filter((code) => /\.\d$/.test(code)))
    expect(activities.map(({ activity }) => activity)).toContain(one)
  const sheet = mine.filter((one) => one.list === 'competences-fiche-de-poste-2022').map((one) => one.competence)
  expect(sheet.filter((one) => !used.has(one))).toEqual([])
})

test('a digital competence is asked only where one of the trade leads to it, or the module made for the métier', async ({
  service: { db },
}) => {
  const { requirements, crosswalks, modules, competences } = await readMap(db)
  const areaOf = new Map(competences.map((one) => [one.key, one.parent]))
  const digital = requirements.filter((one) => one.framework === 'digcomp')
  expect(new Set(digital.map((one) => one.metier))).toEqual(
    new Set(['mediateur-numerique', 'aidant-numerique', 'travailleur-social', 'agent-accueil']),
  )
  for (const { metier, competence } of digital) {
    const asked = requirements.filter((one) => one.metier === metier).map((one) => one.competence)
    const led = crosswalks.some(
      ({ from, to }) => asked.includes(keyOf(from)) && [competence, areaOf.get(competence)].includes(keyOf(to)),
    )
    const taught = modules.some(
      ({ publics, competences: all }) => publics.includes(metier) && all.some((one) => keyOf(one) === competence),
    )
    expect({ metier, competence, rests: led || taught }).toEqual({ metier, competence, rests: true })
  }
})

test('a scheme does and asks nothing of its own, and no way leads to it', async ({ service: { db } }) => {
  const { metiers, requirements, dutiesOf, bridges } = await readMap(db)
  const schemes = metiers.filter((one) => one.kind === 'scheme').map((one) => one.slug)
  expect(schemes).toContain('conseiller-numerique')
  const named = [...requirements, ...dutiesOf]
    .map((one) => one.metier)
    .concat(bridges.flatMap(({ from, to }) => [from, to]))
  expect(named.filter((one) => schemes.includes(one))).toEqual([])
})

test('ways that sources only wish for are not said to exist, in both directions where they say so', async ({
  service: { db },
}) => {
  const { bridges } = await readMap(db)
  const named = bridges.map(({ from, to, direction, existing }) => [from, to, direction, existing].join(' '))
  expect(named).toEqual(
    expect.arrayContaining([
      'mediateur-numerique mediateur-social horizontal false',
      'mediateur-social mediateur-numerique horizontal false',
      'mediateur-numerique travailleur-social horizontal false',
      'travailleur-social mediateur-numerique horizontal false',
      'mediateur-numerique fabmanager horizontal false',
      'mediateur-numerique encadrant-mediation-numerique vertical false',
      'mediateur-numerique responsable-espace-mediation-numerique vertical true',
    ]),
  )
  for (const { from, to } of bridges) expect(from).not.toBe(to)
})

test('what the field misses in the first block of the REMN title is there, with its lines and what would answer', async ({
  service: { db },
}) => {
  const { fieldNeeds } = await readMap(db)
  const critique = fieldNeeds.filter((one) => citations(one.source).some((cited) => cited.includes('l. 3690-3696')))
  expect(critique.map(({ certification, block, need }) => [certification, block, need])).toEqual([
    ['rncp34137', 'CCP1', 'La posture de la médiation sociale'],
    ['rncp34137', 'CCP1', 'La découverte de l’administration en France'],
    ['rncp34137', 'CCP1', 'Les démarches en ligne'],
  ])
  expect(critique.map((one) => one.competences.map(({ code }) => code))).toEqual([
    ['D4', 'SE1'],
    ['D6', 'S5'],
    ['D6', 'S5'],
  ])
})

test('a title that is only proposed is said so, has no block and no validity, and nobody can hold it', async ({
  service,
}) => {
  const { items } = (await actor(service).get('/api/v1/certifications')).body
  const proposed = (items as Json[]).filter((one) => one['status'] === 'proposed')
  expect(proposed.map((one) => one['slug'])).toEqual([
    'titre-accompagnateur-numerique',
    'titre-mediateur-numerique-niveau-4',
  ])
  for (const one of proposed) {
    expect(one).toMatchObject({ code: null, valid_from: null, valid_to: null, blocks: [] })
    expect(one['note']).toMatch(/n’existe pas/)
  }
  const holder = await signedIn(service)
  const given = { kind: 'certification', certification: 'titre-accompagnateur-numerique' }
  const { status, body } = await holder.post('/api/v1/proofs', given)
  expect([status, body['code']]).toEqual([422, 'certification_proposed'])
  const page = (await holder.get('/mon-espace/preuves', { accept: 'text/html' })).response.body
  expect(page).toContain('Titre professionnel Médiateur numérique')
  expect(page).not.toContain('Accompagnateur numérique')
})

const code = fc.constantFrom('S1', 'D4', '1.1', '4.2')
const ref = code.map((one) => ({ framework: /^\d/.test(one) ? 'digcomp' : 'mediation', version: '1.0', code: one }))
const metier = fc.constantFrom('a', 'b', 'c')
const ENTRIES = {
  requirements: fc.record({ metier, competence: ref, level: fc.constant(null), importance: fc.constant(null) }),
  duties: fc.record({ metier, duty: ref }),
  activities: fc.record({ activity: ref, competence: ref }),
  bridges: fc.record({
    from: metier,
    to: metier,
    direction: fc.constant('horizontal' as const),
    existing: fc.boolean(),
  }),
  'field-needs': fc.record({ certification: metier, block: code, need: fc.string(), competences: fc.constant([]) }),
}
const status = fc.constantFrom('official' as const, 'illustrative' as const)
const aList = (kind: ListKind) =>
  fc
    .record({ list: fc.string(), status, entries: fc.array(ENTRIES[kind] as fc.Arbitrary<Json>, { maxLength: 5 }) })
    .map((one) => ({ ...one, kind, source: { document: one.list, lines: '1' } }) as unknown as ListFile)
const KINDS = Object.keys(ENTRIES) as ListKind[]
const anyKind = fc.constantFrom(...KINDS)
/** A kind, and lists most of which are of that kind. */
const someLists = anyKind.chain((kind) => {
  const one = fc.oneof({ weight: 4, arbitrary: aList(kind) }, { weight: 1, arbitrary: anyKind.chain(aList) })
  return fc.record({ kind: fc.constant(kind), lists: fc.array(one, { maxLength: 6 }) })
})
const MANY = { numRuns: 500 }
const axisOf = ({ framework }: { framework: string }) => (framework === 'digcomp' ? 'digital' : 'professional')
/** What an entry speaks of, told apart from the code under test. */
const SUBJECTS: Record<ListKind, (entry: Json) => unknown> = {
  requirements: ({ metier, competence }) => [metier, axisOf(competence)],
  duties: ({ metier }) => metier,
  activities: ({ activity }) => activity,
  bridges: ({ from, to }) => [from, to],
  'field-needs': ({ certification, block }) => [certification, block],
}
const subjectOf = (kind: ListKind, entry: unknown) => JSON.stringify(SUBJECTS[kind](entry as Json))
const entriesOf = (lists: ListFile[], kind: ListKind, of?: ListFile['status']) =>
  lists.filter((one) => one.kind === kind && (!of || one.status === of)).flatMap((one) => one.entries as Json[])
const said = (entries: readonly unknown[]) => entries.map((one) => JSON.stringify(one)).toSorted()
const without = (found: readonly object[]) => found.map((one) => ({ ...one, list: 0, status: 0, source: 0 }))

test('an official list sets aside what illustrative ones say of the same thing, and nothing else', () => {
  fc.assert(
    fc.property(someLists, ({ kind, lists }) => {
      const official = entriesOf(lists, kind, 'official')
      const told = new Set(official.map((one) => subjectOf(kind, one)))
      const left = entriesOf(lists, kind, 'illustrative').filter((one) => !told.has(subjectOf(kind, one)))
      expect(said(without(inForce(lists, kind, axisOf)))).toEqual(said(without([...official, ...left])))
    }),
    MANY,
  )
})

test('without an official list everything is in force; the order of lists changes nothing; each entry says its list', () => {
  const shuffled = someLists.chain(({ kind, lists }) =>
    fc.record({
      kind: fc.constant(kind),
      lists: fc.constant(lists),
      other: fc.shuffledSubarray(lists, { minLength: lists.length }),
    }),
  )
  fc.assert(
    fc.property(shuffled, ({ kind, lists, other }) => {
      expect(said(inForce(other, kind, axisOf))).toEqual(said(inForce(lists, kind, axisOf)))
      const illustrative = lists.filter((one) => one.status === 'illustrative')
      expect(said(without(inForce(illustrative, kind, axisOf)))).toEqual(said(without(entriesOf(illustrative, kind))))
      for (const { list, status, source } of inForce(lists, kind, axisOf)) {
        expect(lists.some((one) => one.list === list && one.status === status && one.kind === kind)).toBe(true)
        expect(source).toEqual({ document: list, lines: '1' })
      }
    }),
    MANY,
  )
})
