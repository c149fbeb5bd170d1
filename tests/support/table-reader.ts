import highsModule, { type Highs, type Model } from 'highs'
import type { Publication } from '../../src/statistics/suppression.ts'

const loadHighs = highsModule as unknown as typeof highsModule.default
const highs: Highs = await loadHighs()

/** More than any figure here: what reaches it has no bound. */
const BOUNDLESS = 1e5

type Range = { id: string; count: number; least: number; most: number }

/**
 * All that a reader can work out of each withheld figure that is asked: the least and the most that agree with every figure
 * told, what is withheld being one at least (a figure of nobody is not written). Two totals that are nearly equal may be so no more,
 * or twice as far from one another, on the same side.
 */
export function workOut(
  { cells, sums }: Publication,
  hidden: Set<string>,
  { asked = [...hidden], whole = false }: { asked?: string[]; whole?: boolean } = {},
): Range[] {
  const known = new Map(cells.map((one) => [one.id, one]))
  const unknown = [...hidden]
  const at = new Map(unknown.map((id, index) => [id, index]))
  const rows = sums.flatMap(({ total, parts }) => {
    const all: [string, number][] = [[total, -1], ...parts.map((one): [string, number] => [one, 1])]
    const open = all.filter(([id]) => hidden.has(id))
    const sumOf = (some: [string, number][]): number =>
      some.reduce((sum, [id, sign]) => sum + sign * known.get(id)!.count, 0)
    const slack = Math.abs(sumOf(all))
    return open.length === 0 ? [] : [{ open, lower: sumOf(open) - slack, upper: sumOf(open) + slack }]
  })
  const starts = [0]
  for (const { open } of rows) starts.push(starts.at(-1)! + open.length)
  const entries = rows.flatMap(({ open }) => open)
  const model = {
    numCols: unknown.length,
    numRows: rows.length,
    colCost: unknown.map(() => 0),
    colLower: unknown.map((id) => (known.get(id)!.latent ? 0 : 1)),
    colUpper: unknown.map(() => BOUNDLESS),
    rowLower: rows.map(({ lower }) => lower),
    rowUpper: rows.map(({ upper }) => upper),
    ...(whole ? { integrality: unknown.map(() => 1 as const) } : {}),
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
      const { optimal } = highs.constants.modelStatus
      // A warm start sometimes loses its way: once more, from nothing.
      if (solver.run().modelStatus !== optimal) {
        solver.clearSolver()
        const { modelStatus } = solver.run()
        if (modelStatus !== optimal) throw new Error(`reader: solver status ${modelStatus}`)
      }
      const found = solver.getSolution().colValue[index]!
      solver.changeColCost(index, 0)
      return found
    }
    return asked.map((id) => {
      const index = at.get(id)!
      return { id, count: known.get(id)!.count, least: extreme(index, 1), most: extreme(index, -1) }
    })
  })
}
