import fc from 'fast-check'
import type { BadgeClass, Counted, Counts } from '../../src/statistics/cube.ts'

/** Three badges that share competences, publics and métiers. */
export const CLASSES: BadgeClass[] = [
  { badge: 'a', competences: ['x', 'y'], publics: ['aidant'], metiers: ['m', 'n'] },
  { badge: 'b', competences: ['y', 'z'], publics: ['aidant', 'mediateur'], metiers: ['n'] },
  { badge: 'c', competences: ['z'], publics: ['mediateur'], metiers: [] },
]
/** Two of one région, two hubs of several régions, one département alone in its région, a territory of no région, and none. */
const DEPARTEMENTS = ['01', '69', '971', '972', '974', '976', '11', '988', '']

const departement = fc.constantFrom(...DEPARTEMENTS)
const number = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 300 }))

const badges = (months: string[], most: number) =>
  fc.uniqueArray(
    fc.record({
      month: fc.constantFrom(...months),
      badge: fc.constantFrom('a', 'b', 'c'),
      departement,
      issued: number,
      stated: fc.nat({ max: 100 }),
      renewed: fc.nat({ max: 100 }),
      soon: fc.nat({ max: 100 }),
      other: fc.nat({ max: 4 }),
    }),
    { maxLength: most, selector: (one) => `${one.month} ${one.badge} ${one.departement}` },
  )

const needs = fc.uniqueArray(
  fc.record({
    respondent: fc.constantFrom('personne', 'structure'),
    departement,
    answers: fc.array(fc.constantFrom('oui', 'non', 'nsp'), { minLength: 2, maxLength: 24 }),
  }),
  { maxLength: 3, selector: (one) => `${one.respondent} ${one.departement}` },
)

const stocks = fc.uniqueArray(fc.record({ departement, of: fc.constantFrom('habilites', 'en-cours'), count: number }), {
  maxLength: 6,
  selector: (one) => `${one.departement} ${one.of}`,
})

const checks = fc.uniqueArray(
  fc.record({
    month: fc.constantFrom('2026-01', '2026-02'),
    of: fc.constantFrom('valid|own', 'invalid|own'),
    count: number,
  }),
  { maxLength: 4, selector: (one) => `${one.month} ${one.of}` },
)

/** Counts that hold together: levels, renewals and delays are all the badges; each theme of needs has every respondent. */
export const someCounts = (most = 12, months = ['2026-01', '2026-02']): fc.Arbitrary<Counts> =>
  fc.record({ badges: badges(months, most), needs, stocks, checks }).map((drawn) => ({
    badges: drawn.badges.map(({ month, badge, departement, issued }) => ({ month, badge, departement, issued })),
    levels: drawn.badges.flatMap(({ month, badge, departement, issued, stated }) => {
      const some = Math.floor((issued * stated) / 100)
      const competence = CLASSES.find((one) => one.badge === badge)!.competences[0]!
      return some === 0 ? [] : [{ month, competence, level: '3', departement, issued: some }]
    }),
    others: [
      ...drawn.badges.flatMap(({ month, departement, issued, renewed, soon, other }) => {
        const again = Math.floor((issued * renewed) / 100)
        const quick = Math.floor((issued * soon) / 100)
        const own = { departement, month }
        return [
          { ...own, kind: 'renewal', of: 'renewed', count: again },
          { ...own, kind: 'renewal', of: 'first', count: issued - again },
          { ...own, kind: 'delay', of: 'week', count: quick },
          { ...own, kind: 'delay', of: 'later', count: issued - quick },
          { ...own, kind: 'outcome', of: 'completed', count: Math.max(0, issued - other) },
          { ...own, kind: 'outcome', of: 'other', count: other },
          { ...own, kind: 'ending', of: '', count: Math.floor(issued / 2) },
          { ...own, kind: 'sessions', of: 'distance', count: 1 },
        ] satisfies Counted[]
      }),
      ...drawn.needs.flatMap(({ respondent, departement, answers }) =>
        ['t1', 't2'].flatMap((theme, turn) =>
          ['oui', 'non', 'nsp'].map((answer): Counted => {
            const half = Math.floor(answers.length / 2)
            const own = turn === 0 ? answers.slice(0, half) : answers.slice(answers.length - half)
            const count = own.filter((one) => one === answer).length
            return { kind: 'need', of: `${respondent}|${theme}|${answer}`, departement, month: '', count }
          }),
        ),
      ),
      ...drawn.stocks.map((one): Counted => ({ ...one, kind: 'habilitation', month: '' })),
      ...drawn.checks.map((one): Counted => ({ ...one, kind: 'verification', departement: '' })),
    ].filter((one) => one.count > 0),
  }))
