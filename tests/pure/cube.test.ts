import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Counts, cubeOf } from '../../src/statistics/cube.ts'
import { withheld } from '../../src/statistics/suppression.ts'
import { type Kind, KINDS, type Table, TABLES } from '../../src/statistics/tables.ts'
import { HUBS, regionOf } from '../../src/statistics/territories.ts'
import { CLASSES, someCounts } from '../support/counts.ts'

test('every total of the figures is the sum of its parts, at each place and over time', () => {
  fc.assert(
    fc.property(someCounts(30), (drawn) => {
      const { publication } = cubeOf(drawn, CLASSES)
      const known = new Map(publication.cells.map(({ id, count }) => [id, count]))
      for (const { total, parts, near } of publication.sums) {
        const sum = parts.reduce((all, id) => all + known.get(id)!, 0)
        if (!near) expect(sum, total).toBe(known.get(total))
      }
    }),
    { numRuns: 100 },
  )
})

const AT: Record<string, (departement: string) => boolean> = {
  FR: () => true,
  'DEP-': (departement) => departement === '',
  'DEP-69': (departement) => departement === '69',
  'REG-84': (departement) => departement !== '' && regionOf(departement) === 'REG-84',
  'HUB-antilles-guyane': (departement) => ['971', '972'].includes(departement),
}
const WHATS: [kind: Kind, of: string, badges: string[]][] = [
  ['all', '', ['a', 'b', 'c']],
  ['badge', 'b', ['b']],
  ['competence', 'y', ['a', 'b']],
  ['public', 'mediateur', ['b', 'c']],
  ['metier', 'n', ['a', 'b']],
  ['competence-public', 'z|mediateur', ['b', 'c']],
]

test('a badge counts for each thing that it shows, in each place above its own, and each month where months are told', () => {
  fc.assert(
    fc.property(someCounts(30), (drawn) => {
      const { figures } = cubeOf(drawn, CLASSES)
      const told = new Map(figures.map((one) => [one.id, one.count]))
      for (const [kind, of, shown] of WHATS) {
        for (const [territory, isThere] of Object.entries(AT)) {
          for (const month of ['', '2026-01']) {
            const counted = drawn.badges
              .filter((one) => shown.includes(one.badge) && isThere(one.departement) && one.month.startsWith(month))
              .reduce((sum, one) => sum + one.issued, 0)
            const given = isTold(kind, territory, month) && counted > 0 ? counted : undefined
            expect(told.get(`${territory}|${month}|${kind}|${of}`), `${territory} ${month} ${kind}`).toBe(given)
          }
        }
      }
    }),
    { numRuns: 60 },
  )
})

function isTold(kind: Kind, territory: string, month: string): boolean {
  const { depth, months = [] }: Table = TABLES[kind]
  if (territory === 'FR') return month === '' || months.includes('FR')
  if (territory === 'DEP-69') return month === '' && depth === 'DEP'
  if (territory.startsWith('HUB')) return month === '' && depth !== 'FR'
  return month === '' ? depth !== 'FR' : months.includes('REG')
}

test('the tables that are not told by class are counted alike; those that count nobody are never withheld', () => {
  const some = (kind: Kind, of: string, departement: string, month: string, count: number) => ({ kind, of, departement, month, count }) // prettier-ignore
  const counts: Counts = {
    badges: [],
    levels: [],
    others: [
      some('sessions', 'distance', '69', '2026-01', 1),
      some('sessions', 'distance', '01', '2026-02', 2),
      some('habilitation', 'habilites', '971', '', 7),
      some('habilitation', 'habilites', '973', '', 8),
      some('verification', 'valid|own', '', '2026-01', 9),
      some('coverage', 'm|asked', '', '', 3),
    ],
  }
  const { figures, publication } = cubeOf(counts, [])
  expect(figures.map((one) => `${one.id} ${one.count}`)).toEqual([
    'DEP-01||sessions|distance 2',
    'DEP-69||sessions|distance 1',
    'DEP-971||habilitation|habilites 7',
    'DEP-973||habilitation|habilites 8',
    'FR|2026-01|sessions|distance 1',
    'FR|2026-01|verification|valid|own 9',
    'FR|2026-02|sessions|distance 2',
    'FR||coverage|m|asked 3',
    'FR||habilitation|habilites 15',
    'FR||sessions|distance 3',
    'FR||verification|valid|own 9',
    'HUB-antilles-guyane||habilitation|habilites 15',
    'HUB-hinaura||sessions|distance 3',
    'REG-01||habilitation|habilites 7',
    'REG-03||habilitation|habilites 8',
    'REG-84|2026-01|sessions|distance 1',
    'REG-84|2026-02|sessions|distance 2',
    'REG-84||sessions|distance 3',
  ])
  expect(new Set(publication.cells.map((one) => one.id.split('|')[2]))).toEqual(
    new Set(['habilitation', 'verification']),
  )
})

test('each theme of needs is tied to the same respondents, what is nearly the same people is tied to badges', () => {
  fc.assert(
    fc.property(someCounts(10), (drawn) => {
      const { publication } = cubeOf(drawn, CLASSES)
      const tied = new Set(publication.sums.flatMap(({ total, parts }) => parts.map((part) => `${total} ${part}`)))
      const ids = publication.cells.map((one) => one.id)
      const regions = ids.filter((id) => id.startsWith('REG-') && id.split('|')[1] === '')
      for (const id of regions) {
        const [place, , kind, ...of] = id.split('|')
        if (id.endsWith('outcome|completed')) expect(tied).toContain(`${place}||all| ${id}`)
        if (kind === 'ending' && ids.includes(`${place}||all|`)) expect(tied).toContain(`${place}||all| ${id}`)
        if (kind === 'renewal' || kind === 'delay') expect(tied).toContain(`${place}||all| ${id}`)
        if (kind !== 'need' || of[2] === '*') continue
        const theme = `${place}||need|${of[0]}|${of[1]}|*`
        expect(tied).toContain(`${theme} ${id}`)
        expect(tied).toContain(`${place}||need|${of[0]}||* ${theme}`)
      }
    }),
    { numRuns: 60 },
  )
})

test('every hub of several régions is their sum, for each table that is told there', () => {
  const several = HUBS.filter((one) => one.regions.length > 1).map((one) => `HUB-${one.code}`)
  fc.assert(
    fc.property(someCounts(30), (drawn) => {
      const { figures, publication } = cubeOf(drawn, CLASSES)
      for (const hub of several) {
        const own = figures.filter((one) => one.territory === hub && TABLES[one.kind].programme !== null)
        for (const { id, kind } of own) {
          expect(KINDS).toContain(kind)
          expect(
            publication.sums.some((sum) => sum.total === id),
            id,
          ).toBe(true)
        }
      }
    }),
    { numRuns: 30 },
  )
})

/** A country where classes and départements are of very different sizes, by sessions of a few people. */
function aYear(sessions: number): Counts {
  const places = ['75', '69', '13', '59', '33', '44', '31', '35', '01', '38', '971', '972', '2A', '976', '11', '']
  const badges = new Map<string, Counts['badges'][number]>()
  for (let turn = 0; turn < sessions; turn++) {
    const badge = ['a', 'a', 'a', 'b', 'b', 'c'][turn % 6]!
    const departement = places[Math.floor((((turn * 7919) % 1000) ** 2 / 1e6) * places.length)]!
    const month = `2026-0${1 + (turn % 3)}`
    const key = `${month} ${badge} ${departement}`
    const known = badges.get(key) ?? { month, badge, departement, issued: 0 }
    badges.set(key, { ...known, issued: known.issued + 2 + ((turn * 31) % 9) })
  }
  return { badges: [...badges.values()], levels: [], others: [] }
}

test('of a year of sessions, what is withheld besides small figures is less than a fifth of the figures', async () => {
  const counts = aYear(1200)
  counts.badges.push({ month: '2026-02', badge: 'c', departement: '48', issued: 2 })
  const { figures, publication } = cubeOf(counts, CLASSES)
  const hidden = await withheld(publication, 5)
  const small = figures.filter((one) => one.count < 5)
  expect(small.map((one) => one.id)).toContain('DEP-48||all|')
  const besides = figures.filter((one) => hidden.has(one.id)).length - small.length
  expect(besides).toBeGreaterThan(0)
  expect(besides / figures.length).toBeLessThan(0.2)
})
