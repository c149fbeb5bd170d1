import { type Graph, graphOf, islandsOf } from './suppression-graph.ts'
import { loadSolver, type Moves, otherTable, type Target } from './suppression-solver.ts'

const EPSILON = 1e-6

/** A figure of a table: how many, and where it stands. The same figure of two tables is one cell. */
export type Cell = {
  id: string
  count: number
  /** Never published: a reader only knows that it exists, and is no less than nothing. */
  latent?: boolean
  /** How much readers want it, beside the others; 1 unless said. */
  worth?: number
}

/** What every reader can work out: a total is the sum of its parts; or nearly, where both count nearly the same people. */
type Sum = { total: string; parts: string[]; near?: boolean }

export type Publication = { cells: Cell[]; sums: Sum[] }

/** The most figures that one other table is asked to move: more take less time, and a little more is withheld. */
const BATCH = 32

/**
 * The figures to withhold so that none under the threshold can be worked out. For a reader who adds and subtracts all that is
 * told, and knows that a figure written is one at least, each could still be its count plus the threshold, and as little as if
 * everything were withheld. What is withheld besides is chosen as the cheapest other table that agrees with what is told, a few
 * figures at a time (after the heuristic of Kelly, Golden and Assad). The same publication is always withheld alike.
 */
export async function withheld(publication: Publication, threshold: number): Promise<Set<string>> {
  const highs = await loadSolver()
  const graph = graphOf(publication)
  const { nodes } = graph
  const islands = islandsOf(graph)
  const small = nodes.flatMap((one, node) => (one.isPublished && one.count > 0 && one.count < threshold ? [node] : []))
  const hidden = new Set([...small, ...nodes.flatMap(({ isPublished }, node) => (isPublished ? [] : [node]))])
  const roomOf = (node: number): number => nodes[node]!.count - nodes[node]!.floor
  // What each has been shown able to do, in some table that agrees with what is told.
  const shown = { up: new Set<number>(), down: new Set<number>() }
  const move = (targets: Target[]): Target[] => {
    const among = [...new Set(targets.map(({ node }) => islands[node]!))].flat()
    const moves: Moves = otherTable(highs, graph, { among, targets, isHidden: (node) => hidden.has(node), threshold })
    for (const [node, by] of moves) {
      if (by > threshold - EPSILON) shown.up.add(node)
      if (by < EPSILON - roomOf(node)) shown.down.add(node)
      hidden.add(node)
    }
    return targets.filter(({ node, way }) => !shown[way].has(node))
  }
  let left = small
    .toSorted((a, b) => nodes[b]!.count - nodes[a]!.count)
    .flatMap((node): Target[] => [
      { node, way: 'up', by: threshold },
      ...(roomOf(node) > 0 ? [{ node, way: 'down' as const, by: roomOf(node) }] : []),
    ])
  const alone: Target[] = []
  for (let size = 1; left.length > 0; size = Math.min(size + 1, BATCH)) {
    const batch = apart(graph, left, size)
    alone.push(...move(batch))
    left = left.filter((one) => !batch.includes(one) && !shown[one.way].has(one.node))
  }
  for (const one of alone) if (!shown[one.way].has(one.node)) move([one])
  return new Set([...hidden].flatMap((node) => nodes[node]!.ids))
}

/** The first targets that no sum ties together: what one needs seldom stands in the way of another. */
function apart({ rowsOf }: Graph, targets: Target[], most: number): Target[] {
  const taken = new Set<number>()
  const found: Target[] = []
  for (const target of targets) {
    const rows = rowsOf[target.node]!
    if (found.length === most) break
    if (rows.some((row) => taken.has(row)) || found.some(({ node }) => node === target.node)) continue
    rows.forEach((row) => taken.add(row))
    found.push(target)
  }
  return found
}
