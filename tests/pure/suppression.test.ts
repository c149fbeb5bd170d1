import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Counts, cubeOf } from '../../src/statistics/cube.ts'
import { type Publication, withheld } from '../../src/statistics/suppression.ts'
import { regionOf } from '../../src/statistics/territories.ts'
import { CLASSES, someCounts } from '../support/counts.ts'
import { workOut } from '../support/table-reader.ts'

const EPSILON = 1e-6
const threshold = fc.integer({ min: 2, max: 11 })

/** The figures that tell of fewer people than the threshold. */
const smallOf = ({ cells }: Publication, under: number): string[] =>
  cells.filter(({ latent, count }) => !latent && count < under).map((one) => one.id)

test(
  'no small figure can be worked out: each could be the threshold more, and as few as if all were withheld',
  { timeout: 180_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(someCounts(8), threshold, async (drawn, under) => {
        const { publication } = cubeOf(drawn, CLASSES)
        const hidden = await withheld(publication, under)
        const small = smallOf(publication, under)
        for (const id of small) expect(hidden).toContain(id)
        if (small.length === 0) expect(hidden).toEqual(new Set())
        if (small.length === 0) return
        const blind = new Set(publication.cells.map((one) => one.id))
        const atWorst = new Map(workOut(publication, blind, { asked: small }).map((one) => [one.id, one.least]))
        for (const { id, count, least, most } of workOut(publication, hidden, { asked: small })) {
          expect(most, id).toBeGreaterThanOrEqual(count + under - EPSILON)
          expect(least, id).toBeLessThan(atWorst.get(id)! + EPSILON)
        }
      }),
      { numRuns: 100 },
    )
  },
)

/** Badges of each class by département and month together: what nobody publishes, and a reader may still reason on. */
function withJoint(publication: Publication, { badges }: Counts): Publication {
  const cells = new Map(publication.cells.map((one) => [one.id, one]))
  const sums = new Map<string, { total: string; parts: string[] }>()
  const joint: Publication['cells'] = []
  for (const badge of new Set(badges.map((one) => one.badge))) {
    for (const departement of new Set(badges.filter((one) => one.badge === badge).map((one) => one.departement))) {
      if (departement === '') continue
      const region = regionOf(departement)
      for (const month of new Set(badges.map((one) => one.month))) {
        const totals = [`DEP-${departement}||badge|${badge}`, `${region}|${month}|badge|${badge}`]
        if (!totals.every((total) => cells.has(total))) continue
        const id = `${badge} ${departement} ${month}`
        const own = badges.find((one) => one.badge === badge && one.departement === departement && one.month === month)
        joint.push({ id, count: own?.issued ?? 0, latent: true })
        for (const total of totals) {
          const sum = sums.get(total) ?? sums.set(total, { total, parts: [] }).get(total)!
          sum.parts.push(id)
        }
      }
    }
  }
  return { cells: [...publication.cells, ...joint], sums: [...publication.sums, ...sums.values()] }
}

test('who reasons on badges by class, département and month together learns nothing more', async () => {
  await fc.assert(
    fc.asyncProperty(someCounts(9), threshold, async (drawn, under) => {
      const { publication } = cubeOf(drawn, CLASSES)
      const joint = withJoint(publication, drawn)
      const hidden = await withheld(publication, under)
      const asked = smallOf(publication, under)
      const more = new Set([...hidden, ...joint.cells.slice(publication.cells.length).map((one) => one.id)])
      if (asked.length === 0) return
      const apart = workOut(publication, hidden, { asked })
      workOut(joint, more, { asked }).forEach((range, index) => {
        const { least, most } = apart[index]!
        expect(range.least, range.id).toBeCloseTo(least, 5)
        expect(range.most, range.id).toBeCloseTo(most, 5)
      })
    }),
    { numRuns: 25 },
  )
})

test('two editions in a row say no more of a small figure than each does, with the stocks of both', async () => {
  await fc.assert(
    fc.asyncProperty(someCounts(5), someCounts(5, ['2026-03', '2026-04']), threshold, async (first, second, under) => {
      const editions = [first, second].map((drawn) => cubeOf(drawn, CLASSES).publication)
      const [before, after] = await Promise.all(editions.map((one) => withheld(one, under)))
      const [early, late] = editions as [Publication, Publication]
      const named = (turn: number) => (id: string) => `${turn} ${id}`
      const both: Publication = { cells: [], sums: [] }
      editions.forEach(({ cells, sums }, turn) => {
        both.cells.push(...cells.map((one) => ({ ...one, id: named(turn)(one.id) })))
        both.sums.push(
          ...sums.map((one) => ({ ...one, total: named(turn)(one.total), parts: one.parts.map(named(turn)) })),
        )
      })
      const flows = stockFlows(early, late, named)
      both.cells.push(...flows.cells)
      both.sums.push(...flows.sums)
      const hidden = new Set([
        ...[...before!].map(named(0)),
        ...[...after!].map(named(1)),
        ...flows.cells.map((one) => one.id),
      ])
      const small = editions.map((one) => smallOf(one, under))
      const apart = [workOut(early, before!, { asked: small[0]! }), workOut(late, after!, { asked: small[1]! })].flat()
      const together = workOut(both, hidden, { asked: small.flatMap((ids, turn) => ids.map(named(turn))) })
      together.forEach(({ id, least, most }, index) => {
        expect(least, id).toBeCloseTo(apart[index]!.least, 5)
        expect(most, id).toBeCloseTo(apart[index]!.most, 5)
      })
    }),
    { numRuns: 20 },
  )
})

/** Who is counted at the end of the second edition was at the end of the first, or came since; the others left. */
function stockFlows(
  early: Publication,
  late: Publication,
  named: (turn: number) => (id: string) => string,
): Publication {
  const count = ({ cells }: Publication, id: string): number | undefined => cells.find((one) => one.id === id)?.count
  const shared = early.cells.filter(({ id }) => id.includes('|habilitation|') && count(late, id) !== undefined)
  const flows = shared.map(({ id, count: had }) => {
    const has = count(late, id)!
    const came = { id: `came ${id}`, count: Math.max(0, has - had) + 2, latent: true }
    const left = { id: `left ${id}`, count: Math.max(0, had - has) + 2, latent: true }
    const all = { id: `all ${id}`, count: had + came.count, latent: true }
    const sums = [
      { total: all.id, parts: [named(0)(id), came.id] },
      { total: all.id, parts: [named(1)(id), left.id] },
    ]
    return { cells: [came, left, all], sums }
  })
  return { cells: flows.flatMap((one) => one.cells), sums: flows.flatMap((one) => one.sums) }
}

test('who knows besides that people are whole is left as much room', { timeout: 180_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(someCounts(4), fc.integer({ min: 3, max: 6 }), async (drawn, under) => {
      const { publication } = cubeOf(drawn, CLASSES)
      const hidden = await withheld(publication, under)
      const asked = smallOf(publication, under).slice(0, 12)
      for (const { id, count, most } of workOut(publication, hidden, { asked, whole: true }))
        expect(most, id).toBeGreaterThanOrEqual(count + under - EPSILON)
    }),
    { numRuns: 40 },
  )
})

test('the same counts in another order are withheld alike', async () => {
  const inOtherOrder = someCounts(10).chain((drawn) =>
    fc.record({
      drawn: fc.constant(drawn),
      other: fc.record({
        badges: fc.shuffledSubarray(drawn.badges, { minLength: drawn.badges.length }),
        levels: fc.shuffledSubarray(drawn.levels, { minLength: drawn.levels.length }),
        others: fc.shuffledSubarray(drawn.others, { minLength: drawn.others.length }),
      }),
    }),
  )
  await fc.assert(
    fc.asyncProperty(inOtherOrder, threshold, async ({ drawn, other }, under) => {
      const [one, two] = [cubeOf(drawn, CLASSES), cubeOf(other, CLASSES.toReversed())]
      expect(two.publication).toEqual(one.publication)
      expect(await withheld(two.publication, under)).toEqual(await withheld(one.publication, under))
    }),
    { numRuns: 30 },
  )
})

test('a single small figure beside large ones hides one other at least, not the whole table', async () => {
  const cells = [3, 40, 50, 60, 153].map((count, index) => ({ id: String(index), count }))
  const sums = [{ total: '4', parts: ['0', '1', '2', '3'] }]
  expect(await withheld({ cells, sums }, 5)).toEqual(new Set(['0', '1']))
  expect(await withheld({ cells: cells.map((one) => ({ ...one, count: one.count + 10 })), sums }, 5)).toEqual(new Set())
})

test('a figure that is the only one of its total is withheld with it, and what nearly counts the same people too', async () => {
  const cells = [
    { id: 'all', count: 3 },
    { id: 'region', count: 3 },
    { id: 'completed', count: 4 },
    { id: 'far', count: 90 },
  ]
  const sums = [
    { total: 'all', parts: ['region'] },
    { total: 'all', parts: ['completed'], near: true },
    { total: 'all', parts: ['far'], near: true },
  ]
  expect(await withheld({ cells, sums }, 4)).toEqual(new Set(['all', 'region', 'completed']))
})

test('five of one each under a total of five are not given back by it', async () => {
  const cells = [1, 1, 1, 1, 1, 5].map((count, index) => ({ id: String(index), count }))
  const sums = [{ total: '5', parts: ['0', '1', '2', '3', '4'] }]
  expect(await withheld({ cells, sums }, 5)).toEqual(new Set(['0', '1', '2', '3', '4', '5']))
})
