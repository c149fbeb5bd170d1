import highsModule, { type Highs } from 'highs'
import type { Graph } from './suppression-graph.ts'

// Its types are those of its CommonJS build, where the loader is the `default` of the module.
const loadHighs = highsModule as unknown as typeof highsModule.default
let loading: Promise<Highs> | undefined
export const loadSolver = (): Promise<Highs> => (loading ??= loadHighs())

/** What a figure should be able to do for a reader: be `by` more, or less. */
export type Target = { node: number; way: 'up' | 'down'; by: number }
export type Moves = Map<number, number>

const EPSILON = 1e-6
/** A target outweighs all that can be lost for it. */
const REWARD = 1e6

type Columns = { cost: number[]; lower: number[]; upper: number[]; of: Map<number, [column: number, sign: number][]> }

/**
 * Another table that agrees with all that is told, where each target has moved as far as it can: by how much each figure
 * moves, without those that do not. Only `among` may move; what is told as well, at its loss.
 */
export function otherTable(
  highs: Highs,
  graph: Graph,
  asked: { among: number[]; targets: Target[]; isHidden: (node: number) => boolean; threshold: number },
): Moves {
  const { among, targets, isHidden, threshold } = asked
  const columns: Columns = { cost: [], lower: [], upper: [], of: new Map() }
  const put = (node: number, sign: number, cost: number, lower: number, upper: number): void => {
    const known = columns.of.get(node) ?? columns.of.set(node, []).get(node)!
    known.push([columns.cost.length, sign])
    columns.cost.push(cost)
    columns.lower.push(lower)
    columns.upper.push(upper)
  }
  const aims = new Map(targets.map((one) => [one.node, one]))
  for (const node of among) {
    const { count, floor, loss } = graph.nodes[node]!
    const room = count - floor
    const { way, by = 0 } = aims.get(node) ?? {}
    if (way === 'up') {
      put(node, 1, -REWARD / by, -room, by)
      put(node, 1, 0, 0, highs.infinity)
    } else if (way === 'down') put(node, -1, -REWARD / by, -highs.infinity, by)
    else if (isHidden(node)) put(node, 1, 0, -room, highs.infinity)
    else {
      put(node, 1, loss / threshold, 0, highs.infinity)
      // For a figure that moves as far as is asked, its loss once, whichever way.
      if (room > 0) put(node, -1, loss / Math.min(room, threshold), 0, room)
    }
  }
  return solve(highs, graph, columns)
}

function solve(highs: Highs, { rows, rowsOf }: Graph, { cost, lower, upper, of }: Columns): Moves {
  const indices: number[] = []
  const values: number[] = []
  const starts = [0]
  const slacks: number[] = []
  for (const row of new Set(Array.from(of.keys(), (node) => rowsOf[node]!).flat())) {
    const { entries, slack } = rows[row]!
    for (const [node, sign] of entries) {
      for (const [column, way] of of.get(node) ?? []) {
        indices.push(column)
        values.push(sign * way)
      }
    }
    starts.push(indices.length)
    slacks.push(slack)
  }
  const matrix = { format: 'csr' as const, numRows: slacks.length, numCols: cost.length, starts, indices, values }
  const model = {
    numCols: cost.length,
    numRows: slacks.length,
    colCost: cost,
    colLower: lower,
    colUpper: upper,
    rowLower: slacks.map((slack) => -slack),
    rowUpper: slacks,
    matrix,
  }
  return highs.withModel(model, (solver) => {
    solver.options.set({ output_flag: false })
    const { optimal } = highs.constants.modelStatus
    // All as it is agrees with what is told: there is always such a table, and what presolving loses is found without it.
    if (solver.run().modelStatus !== optimal) {
      solver.options.set({ presolve: 'off' })
      solver.clearSolver()
      const { modelStatus } = solver.run()
      if (modelStatus !== optimal) throw new Error(`suppression: solver status ${modelStatus}`)
    }
    const found = solver.getSolution().colValue
    const moves = new Map(
      Array.from(of, ([node, all]) => [node, all.reduce((sum, [column, sign]) => sum + sign * found[column]!, 0)]),
    )
    return new Map([...moves].filter(([, by]) => Math.abs(by) > EPSILON))
  })
}
