import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareMetiers, compareSides, sideOf } from '../../src/cartography/bridges.ts'
import { allBridges, createCrossings, crossingProblem, unitsOf } from '../../src/cartography/crossings.ts'
import type { CartographyMap } from '../../src/cartography/map.ts'
import { answers } from '../../src/curricula/plan-model.ts'
import { solvePlan } from '../../src/curricula/plan-solve.ts'
import type { Planner } from '../../src/planning/planner.ts'

const FRAMEWORKS = ['mediation', 'digcomp']
const CODES = ['c0', 'c1', 'c2', 'c3']
const KINDS = ['savoir', 'domaine']
const ref = (framework: string, code: string) => ({ framework, version: '1', code })
const entries = FRAMEWORKS.flatMap((framework) =>
  CODES.map((code, index) => ({
    ...ref(framework, code),
    key: `${framework}/1/${code}`,
    kind: KINDS[index % 2]!,
    axis: framework === 'digcomp' ? 'digital' : 'professional',
    label: code,
  })),
)
const KEYS = entries.map((one) => one.key)
const metier = (slug: string, more: object = {}) => ({
  slug,
  kind: 'metier',
  family: 'mediation',
  status: 'existing',
  label: { feminine: slug, masculine: slug },
  scheme_of: null,
  source: null,
  ...more,
})

const level = fc.option(fc.integer({ min: 1, max: 3 }), { nil: null })
const aRequirement = (slugs: string[]) =>
  fc.record({
    metier: fc.constantFrom(...slugs),
    competence: fc.constantFrom(...KEYS),
    level,
    importance: fc.constantFrom('essential', 'useful', null),
    list: fc.constantFrom('one', 'other'),
    status: fc.constant('illustrative'),
    source: fc.constantFrom({ document: 'a' }, { document: 'b' }),
  })
const aCrosswalk = fc.record({
  from: fc.constantFrom(...CODES).map((code) => ref('mediation', code)),
  to: fc.constantFrom(...CODES).map((code) => ref('digcomp', code)),
  relation: fc.constantFrom('exactMatch', 'closeMatch', 'relatedMatch'),
  status: fc.constantFrom('official', 'proposed'),
  source: fc.constant('here'),
})
const MODULES = ['m0', 'm1', 'm2', 'm3', 'm4']
// What a module asks for first may be missing, or be itself in the end: it cannot be followed then.
const aModule = (slug: string) =>
  fc.record({
    slug: fc.constant(slug),
    title: fc.constant(slug),
    hours: fc.option(
      fc.integer({ min: 1, max: 6 }).map((halves) => ({ min: halves * 3.5, max: null })),
      { nil: null },
    ),
    prerequisites: fc.subarray([...MODULES, 'gone'], { maxLength: 1 }),
    prepares: fc.constant(null),
  })
const aMap = fc
  .record({
    requirements: fc.array(aRequirement(['a', 'b']), { maxLength: 14 }),
    crosswalks: fc.array(aCrosswalk, { maxLength: 3 }),
    modules: fc.tuple(...MODULES.map(aModule)),
    teaching: fc.array(
      fc.record({ module: fc.constantFrom(...MODULES), competence: fc.constantFrom(...KEYS), level }),
      { maxLength: 12 },
    ),
  })
  .map(
    (drawn) =>
      ({
        metiers: [metier('a'), metier('b')],
        competences: entries,
        areas: [],
        duties: [],
        bridges: [],
        certifications: [],
        badges: [],
        lists: [],
        ...drawn,
      }) as unknown as CartographyMap,
  )

const inThread: Planner = { solve: (...asked) => solvePlan(...asked), close: async () => {} }
const lackedBy = (map: CartographyMap) =>
  compareMetiers(map, 'a', 'b')
    .competences.filter((one) => one.state !== 'shared')
    .map((one) => one.competence)

test('what is shared and what is not make exactly what is asked, once, and each axis is counted apart', () => {
  fc.assert(
    fc.property(aMap, (map) => {
      const { known, competences, brought, axes } = compareMetiers(map, 'a', 'b')
      const askedBy = (slug: string) =>
        new Set(map.requirements.filter((one) => one.metier === slug).map((one) => one.competence))
      const [here, there] = [askedBy('a'), askedBy('b')]
      expect(known).toBe(here.size > 0 && there.size > 0)
      if (!known) {
        expect(axes).toEqual([])
        return
      }
      expect(competences.map((one) => one.competence).toSorted()).toEqual([...there].toSorted())
      expect(brought.map((one) => one.competence).toSorted()).toEqual(
        [...here].filter((one) => !there.has(one)).toSorted(),
      )
      for (const { axis, asked, shared, unknown } of axes) {
        const own = competences.filter((one) => one.axis === axis)
        expect(asked).toBe(own.length)
        expect(unknown).toBe(own.filter((one) => one.state === 'unknown').length)
        expect(shared).toBe(unknown === asked ? null : own.filter((one) => one.state === 'shared').length)
      }
      // Nothing is called unknown where the métier of departure is told of on that axis and of that kind, nor missing elsewhere.
      const told = new Set(
        [...here].map((key) => entries.find((one) => one.key === key)!).map((one) => one.axis + one.kind),
      )
      for (const { state, axis, kind } of competences) {
        if (state === 'unknown') expect(told.has(axis + kind)).toBe(false)
        if (state === 'missing') expect(told.has(axis + kind)).toBe(true)
      }
    }),
  )
})

test('a métier has all that it asks', () => {
  fc.assert(
    fc.property(aMap, (map) => {
      const side = sideOf(map, 'a')
      const { competences, brought } = compareSides(map, side, side)
      expect(competences.every((one) => one.state === 'shared')).toBe(true)
      expect(brought).toEqual([])
    }),
  )
})

test('asking more at the start never leaves more to learn', () => {
  fc.assert(
    fc.property(aMap, aRequirement(['a']), (map, more) => {
      fc.pre(map.requirements.some((one) => one.metier === 'a'))
      const after = { ...map, requirements: [...map.requirements, more] } as CartographyMap
      expect(lackedBy(map)).toEqual(expect.arrayContaining(lackedBy(after)))
    }),
  )
})

test('the order in which lists and correspondences are read changes nothing', () => {
  fc.assert(
    fc.property(aMap, (map) => {
      const turned = {
        ...map,
        requirements: map.requirements.toReversed(),
        crosswalks: map.crosswalks.toReversed(),
      }
      expect(compareMetiers(turned, 'a', 'b').competences).toEqual(compareMetiers(map, 'a', 'b').competences)
    }),
  )
})

/** The fewest hours by trying every set of modules; what no set at all teaches. */
function byHand(map: CartographyMap, needs: { competence: string; level: number | null }[]) {
  const sets = map.modules
    .reduce<CartographyMap['modules'][]>((known, one) => known.concat(known.map((some) => [...some, one])), [[]])
    .filter((some) => isOrdered(some))
  const teach = (some: CartographyMap['modules'], need: (typeof needs)[number]) =>
    map.teaching.some((one) => some.some(({ slug }) => slug === one.module) && answers(need, one))
  const taught = needs.filter((need) => sets.some((some) => teach(some, need)))
  const hours = sets
    .filter((some) => taught.every((need) => teach(some, need)))
    .map((some) => some.reduce((sum, { hours }) => sum + (hours?.min ?? 7), 0))
  return {
    hours: Math.min(...hours),
    untaught: needs.filter((one) => !taught.includes(one)).map((one) => one.competence),
  }
}

/** Whether these can be followed one after the other, each after what it asks for first. */
function isOrdered(some: CartographyMap['modules']): boolean {
  const done = new Set<string>()
  for (let before = -1; done.size > before;) {
    before = done.size
    for (const { slug, prerequisites } of some) if (prerequisites.every((one) => done.has(one))) done.add(slug)
  }
  return done.size === some.length
}

test('the hours are the fewest that trying everything finds, never more than from nothing, and what nothing teaches is named', async () => {
  await fc.assert(
    fc.asyncProperty(aMap, async (map) => {
      const comparison = compareMetiers(map, 'a', 'b')
      let solved = 0
      const crossings = createCrossings({ ...inThread, solve: (...asked) => (solved++, solvePlan(...asked)) })
      const crossing = await crossings.cross(map, comparison)
      expect(solved).toBeLessThanOrEqual(1)
      if (!comparison.known) {
        expect(crossing).toBeNull()
        return
      }
      const lacked = comparison.competences.filter((one) => one.state !== 'shared')
      const expected = byHand(map, lacked)
      expect(crossing!.hours).toBeCloseTo(expected.hours)
      expect(crossing!.proven).toBe(true)
      expect(crossing!.untaught.map((one) => one.competence).toSorted()).toEqual(expected.untaught.toSorted())
      expect(crossing!.complete).toBe(expected.untaught.length === 0)
      expect(crossing!.steps.reduce((sum, one) => sum + one.hours, 0)).toBeCloseTo(crossing!.hours)
      const slugs = crossing!.steps.map((one) => one.module.slug)
      for (const [index, slug] of slugs.entries()) {
        const { prerequisites } = map.modules.find((one) => one.slug === slug)!
        expect(slugs.slice(0, index)).toEqual(expect.arrayContaining(prerequisites))
      }
      const whole = crossingProblem(
        unitsOf(map),
        comparison.competences.map((one) => ({ ...one, state: 'missing' })),
      )
      const fromNothing = await solvePlan(whole.problem, 10_000)
      if (fromNothing.outcome !== 'found') throw new Error('what is taught has no plan')
      expect(crossing!.hours).toBeLessThanOrEqual(fromNothing.best.value + 1e-6)
      // What is kept of a computation is told again, alike.
      const before = solved
      expect(await crossings.cross(map, comparison)).toEqual(crossing)
      expect(solved).toBe(before)
    }),
    { numRuns: 150 },
  )
})

test('every way is told with the hours of the way asked for alone, and follows the catalogue', async () => {
  await fc.assert(
    fc.asyncProperty(aMap, fc.tuple(...MODULES.map(aModule)), async (map, others) => {
      const crossings = createCrossings(inThread)
      for (const one of [map, { ...map, modules: others } as CartographyMap]) {
        const rows = await allBridges(crossings, one)
        const known = compareMetiers(one, 'a', 'b').known
        expect(rows.map(({ from, to }) => `${from} ${to}`)).toEqual(known ? ['a b', 'b a'] : [])
        for (const row of rows) {
          const alone = await createCrossings(inThread).cross(one, compareMetiers(one, row.from, row.to))
          expect(row.hours).toBeCloseTo(alone!.hours)
        }
      }
    }),
    { numRuns: 40 },
  )
})

const D = (code: string, level: number | null = null) => ({
  competence: `digcomp/1/${code}`,
  level,
  importance: null,
  list: 'one',
  status: 'illustrative',
  source: null,
})
const fixed = (more: object) =>
  ({
    metiers: [metier('a'), metier('b')],
    competences: entries,
    areas: [],
    duties: [],
    crosswalks: [],
    bridges: [],
    requirements: [],
    ...more,
  }) as unknown as CartographyMap

test('only an official equal counts as the same, and no level passes from a scale to another', () => {
  const stateWith = (relation: string, status: string, asked: number | null) => {
    const crosswalks = [{ from: ref('mediation', 'c0'), to: ref('digcomp', 'c0'), relation, status, source: 'here' }]
    const requirements = [
      { ...D('c0', 3), metier: 'a', competence: 'mediation/1/c0' },
      { ...D('c2'), metier: 'a' },
      { ...D('c0', asked), metier: 'b' },
    ]
    return compareMetiers(fixed({ crosswalks, requirements }), 'a', 'b').competences[0]!.state
  }
  expect(stateWith('exactMatch', 'official', null)).toBe('shared')
  expect(stateWith('exactMatch', 'official', 3)).toBe('raise')
  expect(stateWith('exactMatch', 'proposed', null)).toBe('near')
  expect(stateWith('closeMatch', 'official', null)).toBe('near')
})

test('a level that is not reached is to be raised, and says from where', () => {
  const compared = (held: number | null) => {
    const requirements = [
      { ...D('c0', held), metier: 'a' },
      { ...D('c0', 2), metier: 'b' },
    ]
    const { state, held: from } = compareMetiers(fixed({ requirements }), 'a', 'b').competences[0]!
    return [state, from]
  }
  expect([compared(1), compared(null), compared(2), compared(3)]).toEqual([
    ['raise', 1],
    ['raise', null],
    ['shared', 2],
    ['shared', 3],
  ])
})

test('a direction is what a source declares, our reading of a way to those who lead others, or nothing', () => {
  const to = (family: string | null, bridges: object[] = []) => {
    const { direction, directionBasis } = compareMetiers(
      fixed({ metiers: [metier('a'), metier('b', { family })], bridges }),
      'a',
      'b',
    )
    return [direction, directionBasis]
  }
  const bridge = { from: 'a', to: 'b', existing: true }
  expect(to('formation')).toEqual([null, null])
  expect(to('encadrement')).toEqual(['vertical', 'insigne'])
  expect(to('encadrement', [{ ...bridge, direction: 'horizontal' }])).toEqual(['horizontal', 'declared'])
  expect(to('mediation', [{ ...bridge, direction: 'vertical' }])).toEqual(['vertical', 'declared'])
  expect(
    to('encadrement', [
      { ...bridge, direction: 'vertical' },
      { ...bridge, direction: 'horizontal' },
    ]),
  ).toEqual([null, null])
  expect(to('formation', [{ from: 'b', to: 'a', existing: true, direction: 'vertical' }])).toEqual([null, null])
})

test('a scheme is compared by the métier that it funds', () => {
  const metiers = [metier('a'), metier('b'), metier('s', { kind: 'scheme', family: null, scheme_of: 'a' })]
  const requirements = [
    { ...D('c0'), metier: 'a' },
    { ...D('c0'), metier: 'b' },
  ]
  const found = compareMetiers(fixed({ metiers, requirements }), 's', 'b')
  expect(found.from).toMatchObject({ metier: { slug: 's' }, funded: { slug: 'a' } })
  expect(found.axes).toEqual([{ axis: 'digital', asked: 1, shared: 1, unknown: 0 }])
})

test('a métier and itself, or one that does not exist, is refused', () => {
  expect(() => compareMetiers(fixed({}), 'a', 'a')).toThrow(expect.objectContaining({ code: 'bridge_same' }))
  expect(() => compareMetiers(fixed({}), 'a', 'nowhere')).toThrow(expect.objectContaining({ code: 'not_found' }))
})
