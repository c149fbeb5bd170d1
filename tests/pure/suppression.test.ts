import fc from 'fast-check'
import highsModule, { type Highs, type Model } from 'highs'
import { expect, test } from 'vitest'
import { type BadgeClass, type Counts, cubeOf } from '../../src/statistics/cube.ts'
import { type Publication, withheld } from '../../src/statistics/suppression.ts'

const loadHighs = highsModule as unknown as typeof highsModule.default
const highs: Highs = await loadHighs()

type Range = { id: string; count: number; least: number; most: number }

/** All that a reader can work out of each withheld figure: the least and the most that agree with every figure published. */
function attack({ cells, sums }: Publication, hidden: Set<string>): Range[] {
  const known = new Map(cells.map(({ id, count }) => [id, count]))
  const unknown = [...hidden]
  const at = new Map(unknown.map((id, index) => [id, index]))
  const rows = sums.flatMap(({ total, parts }) => {
    const all: [string, number][] = [[total, -1], ...parts.map((one): [string, number] => [one, 1])]
    const open = all.filter(([id]) => hidden.has(id))
    const told = all.filter(([id]) => !hidden.has(id)).reduce((sum, [id, sign]) => sum + sign * known.get(id)!, 0)
    return open.length === 0 ? [] : [{ open, rest: -told }]
  })
  const starts = [0]
  for (const { open } of rows) starts.push(starts.at(-1)! + open.length)
  const entries = rows.flatMap(({ open }) => open)
  const model = {
    numCols: unknown.length,
    numRows: rows.length,
    colCost: unknown.map(() => 0),
    colLower: unknown.map(() => 0),
    colUpper: unknown.map(() => highs.infinity),
    rowLower: rows.map(({ rest }) => rest),
    rowUpper: rows.map(({ rest }) => rest),
    matrix: {
      format: 'csr' as const,
      numRows: rows.length,
      numCols: unknown.length,
      starts,
      indices: entries.map(([id]) => at.get(id)!),
      values: entries.map(([, sign]) => sign),
    },
  }
  return highs.withModel(model, (solver: Model) => {
    solver.options.set({ output_flag: false })
    const extreme = (index: number, cost: number): number => {
      solver.changeColCost(index, cost)
      const { modelStatus } = solver.run()
      const found =
        modelStatus === highs.constants.modelStatus.optimal ? solver.getSolution().colValue[index]! : Infinity
      solver.changeColCost(index, 0)
      return found
    }
    return unknown.map((id, index) => ({
      id,
      count: known.get(id)!,
      least: extreme(index, 1),
      most: extreme(index, -1),
    }))
  })
}

const CLASSES: BadgeClass[] = [
  { badge: 'a', competences: ['x', 'y'], publics: ['aidant'] },
  { badge: 'b', competences: ['y', 'z'], publics: ['aidant', 'mediateur'] },
  { badge: 'c', competences: ['z'], publics: ['mediateur'] },
]
const REGIONS: Record<string, string> = { '01': '84', '69': '84', '75': '11', '77': '11', '2A': '94' }

const counts = fc
  .array(
    fc.record({
      month: fc.constantFrom('2026-01', '2026-02'),
      badge: fc.constantFrom('a', 'b', 'c'),
      departement: fc.constantFrom('', ...Object.keys(REGIONS)),
      issued: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 300 })),
      stated: fc.nat({ max: 100 }),
    }),
    { maxLength: 30 },
  )
  .map((drawn): Counts => {
    const badges = [...new Map(drawn.map((one) => [`${one.month} ${one.badge} ${one.departement}`, one])).values()]
    return {
      others: [],
      badges,
      levels: badges.flatMap(({ month, badge, departement, issued, stated }) => {
        const some = Math.floor((issued * stated) / 100)
        const competence = CLASSES.find((one) => one.badge === badge)!.competences[0]!
        return some === 0 ? [] : [{ month, competence, level: '3', departement, issued: some }]
      }),
    }
  })

test('every total of the figures is the sum of its parts, at each place and over time', () => {
  fc.assert(
    fc.property(counts, (drawn) => {
      const { publication } = cubeOf(drawn, CLASSES)
      const known = new Map(publication.cells.map(({ id, count }) => [id, count]))
      for (const { total, parts } of publication.sums) {
        expect(
          parts.reduce((sum, id) => sum + known.get(id)!, 0),
          total,
        ).toBe(known.get(total))
      }
      const all = drawn.badges.reduce((sum, one) => sum + one.issued, 0)
      expect(known.get('FR||all|') ?? 0).toBe(all)
    }),
    { numRuns: 100 },
  )
})

test('no small figure can be worked out: each could be none, or above the threshold, for all that is published', async () => {
  await fc.assert(
    fc.asyncProperty(counts, fc.integer({ min: 2, max: 11 }), async (drawn, threshold) => {
      const { publication } = cubeOf(drawn, CLASSES)
      const hidden = await withheld(publication, threshold)
      const ranges = attack(publication, hidden)
      const latent = new Set(publication.cells.filter((one) => one.latent).map((one) => one.id))
      for (const { id, count, least, most } of ranges) {
        if (count >= threshold || latent.has(id)) continue
        expect(least, id).toBeLessThan(1e-6)
        expect(most, id).toBeGreaterThanOrEqual(count + threshold - 1e-6)
      }
      const small = publication.cells.filter((one) => one.count < threshold && !one.latent)
      for (const { id } of small) expect(hidden).toContain(id)
      if (small.length === 0) expect(hidden).toEqual(new Set())
    }),
    { numRuns: 120 },
  )
})

test('a single small figure beside large ones hides one other at least, not the whole table', async () => {
  const cells = [3, 40, 50, 60, 153].map((count, index) => ({ id: String(index), count }))
  const sums = [{ total: '4', parts: ['0', '1', '2', '3'] }]
  expect(await withheld({ cells, sums }, 5)).toEqual(new Set(['0', '1']))
  expect(await withheld({ cells: cells.map((one) => ({ ...one, count: one.count + 10 })), sums }, 5)).toEqual(new Set())
})
