import highsModule, { type Highs, type Model as Solver } from 'highs'

/** A figure of a table: how many, and where it stands. The same figure of two tables is one cell. */
export type Cell = {
  id: string
  count: number
  /** Never published: a reader only knows that it exists, and is no less than nothing. */
  latent?: boolean
}

/** What every reader can work out: a total is the sum of its parts. */
type Sum = { total: string; parts: string[] }

export type Publication = { cells: Cell[]; sums: Sum[] }

// Its types are those of its CommonJS build, where the loader is the `default` of the module.
const loadHighs = highsModule as unknown as typeof highsModule.default
let loading: Promise<Highs> | undefined

const EPSILON = 1e-6

/**
 * The cells to withhold so that none under the threshold (0 is no one) can be worked out: for a reader who adds and
 * subtracts all that is published, each could still be none as well as its count plus the threshold. What is withheld
 * besides is chosen as the cheapest other table that agrees with what is published, cell after cell (the heuristic of
 * Kelly, Golden and Assad).
 */
export async function withheld({ cells, sums }: Publication, threshold: number): Promise<Set<string>> {
  const highs = await (loading ??= loadHighs())
  const small = cells.flatMap(({ count, latent }, index) => (!latent && count > 0 && count < threshold ? [index] : []))
  const hidden = new Set([...small, ...cells.flatMap(({ latent }, index) => (latent ? [index] : []))])
  if (small.length === 0) return new Set()
  // What each small cell has been shown able to do, up and down, in some table that agrees with what is published.
  const safe = { up: new Set<number>(), down: new Set<number>() }
  return highs.withModel(modelOf(highs, { cells, sums }), (solver: Solver) => {
    solver.options.set({ output_flag: false })
    const reset = (index: number): void => {
      const { count } = cells[index]!
      // What readers lose with a cell, and slowly more with its count; for one that moves as far as is asked, once.
      const loss = hidden.has(index) ? 0 : 1 + Math.log1p(count)
      solver.changeColCost(2 * index, loss / threshold)
      solver.changeColCost(2 * index + 1, loss / Math.max(1, Math.min(count, threshold)))
      solver.changeColBounds(2 * index, 0, Infinity)
      solver.changeColBounds(2 * index + 1, 0, count)
    }
    const move = (): void => {
      const { modelStatus } = solver.run()
      // All at nothing, or all larger in proportion, agrees with what is withheld in full: there is always such a table.
      if (modelStatus !== highs.constants.modelStatus.optimal)
        throw new Error(`suppression: solver status ${modelStatus}`)
      const values = solver.getSolution().colValue
      cells.forEach(({ count }, index) => {
        const by = values[2 * index]! - values[2 * index + 1]!
        if (Math.abs(by) < EPSILON) return
        if (by > threshold - EPSILON) safe.up.add(index)
        if (by < EPSILON - count) safe.down.add(index)
        if (hidden.has(index)) return
        hidden.add(index)
        reset(index)
      })
    }
    cells.forEach((_, index) => reset(index))
    for (const index of small.toSorted((a, b) => cells[b]!.count - cells[a]!.count)) {
      for (const [way, column, by] of [
        ['up', 2 * index, threshold],
        ['down', 2 * index + 1, cells[index]!.count],
      ] as const) {
        if (safe[way].has(index)) continue
        solver.changeColBounds(2 * index, 0, 0)
        solver.changeColBounds(2 * index + 1, 0, 0)
        solver.changeColBounds(column, by, by)
        move()
        reset(index)
      }
    }
    return new Set(Array.from(hidden, (index) => cells[index]!.id))
  })
}

/** Two columns a cell, up and down, and a row a sum: what one side gains, the other gains. */
function modelOf(highs: Highs, { cells, sums }: Publication) {
  const at = new Map(cells.map(({ id }, index) => [id, index]))
  const indices: number[] = []
  const values: number[] = []
  const starts = [0]
  const put = (id: string, sign: number): void => {
    indices.push(2 * at.get(id)!, 2 * at.get(id)! + 1)
    values.push(sign, -sign)
  }
  for (const { total, parts } of sums) {
    put(total, -1)
    for (const part of parts) put(part, 1)
    starts.push(indices.length)
  }
  const costs = cells.flatMap(() => [0, 0])
  return {
    numCols: costs.length,
    numRows: sums.length,
    colCost: costs,
    colLower: costs.map(() => 0),
    colUpper: cells.flatMap(({ count }) => [highs.infinity, count]),
    rowLower: sums.map(() => 0),
    rowUpper: sums.map(() => 0),
    matrix: { format: 'csr' as const, numRows: sums.length, numCols: costs.length, starts, indices, values },
  }
}
