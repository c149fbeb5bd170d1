import type { Publication } from './suppression.ts'

/** A figure, or several that any reader knows equal. */
type Node = {
  ids: string[]
  count: number
  /** The least that it can be for a reader: one, when it is published or withheld, since a figure of nobody is not written. */
  floor: number
  /** What readers lose when it is withheld: slowly more with its count. */
  loss: number
  isPublished: boolean
}
/** A total less its parts, in any table that agrees with what is known, stays within `slack` of what it is. */
type Row = { entries: [node: number, sign: number][]; slack: number }
export type Graph = { nodes: Node[]; rows: Row[]; rowsOf: number[][] }

type Kept = { total: number; parts: number[]; slack: number }

/** The figures and their sums, those that are always equal being one: a total with one part, totals with the same parts. */
export function graphOf({ cells, sums }: Publication): Graph {
  const at = new Map(cells.map(({ id }, index) => [id, index]))
  const same = equals(cells.length)
  let kept: Kept[] = sums.map(({ total, parts }) => {
    const known = parts.map((id) => at.get(id)!)
    const sum = known.reduce((all, index) => all + cells[index]!.count, 0)
    return { total: at.get(total)!, parts: known, slack: Math.abs(cells[at.get(total)!]!.count - sum) }
  })
  for (let before = -1; before !== kept.length;) {
    before = kept.length
    kept = joinEquals(kept, same)
  }
  const nodeOf = new Map<number, number>()
  const nodes: Node[] = []
  cells.forEach(({ id, count, latent = false, worth = 1 }, index) => {
    const root = same.find(index)
    const known = nodes[nodeOf.get(root) ?? -1]
    if (!known) nodeOf.set(root, nodes.length)
    const node = known ?? { ids: [], count, floor: 0, loss: 0, isPublished: false }
    if (!known) nodes.push(node)
    node.ids.push(id)
    if (latent) return
    node.floor = Math.min(1, count)
    node.isPublished = true
    node.loss += worth * (1 + Math.log1p(count))
  })
  const rows = kept.map(({ total, parts, slack }): Row => {
    const signs = new Map([[nodeOf.get(same.find(total))!, -1]])
    for (const part of parts) {
      const node = nodeOf.get(same.find(part))!
      signs.set(node, (signs.get(node) ?? 0) + 1)
    }
    return { entries: [...signs].filter(([, sign]) => sign !== 0), slack }
  })
  const rowsOf = nodes.map((): number[] => [])
  rows.forEach(({ entries }, row) => entries.forEach(([node]) => rowsOf[node]!.push(row)))
  return { nodes, rows, rowsOf }
}

function equals(size: number) {
  const parent = Array.from({ length: size }, (_, index) => index)
  const find = (index: number): number => {
    let root = index
    while (parent[root] !== root) root = parent[root] = parent[parent[root]!]!
    return root
  }
  return { find, join: (a: number, b: number) => void (parent[find(a)] = find(b)) }
}

/** What is left of the sums once the figures that they make equal are joined. */
function joinEquals(sums: Kept[], { find, join }: ReturnType<typeof equals>): Kept[] {
  const totals = new Map<string, number>()
  return sums.filter(({ total, parts, slack }) => {
    const roots = [...new Set(parts.map(find))].toSorted((a, b) => a - b)
    if (slack > 0) return true
    // Each part is at least one, or is not written: equal parts twice in a sum cannot be one part.
    if (roots.length === 1 && parts.length === 1) {
      join(total, roots[0]!)
      return false
    }
    const key = roots.join(' ')
    const known = parts.length === roots.length ? totals.get(key) : undefined
    if (known === undefined) {
      if (parts.length === roots.length) totals.set(key, total)
      return true
    }
    join(total, known)
    return false
  })
}

/** For each node, all that sums tie to it: what is apart is weighed apart. */
export function islandsOf({ nodes, rows }: Graph): number[][] {
  const { find, join } = equals(nodes.length)
  for (const { entries } of rows) for (const [node] of entries) join(node, entries[0]![0])
  const islands = new Map<number, number[]>()
  nodes.forEach((_, node) => {
    const root = find(node)
    const known = islands.get(root)
    if (known) known.push(node)
    else islands.set(root, [node])
  })
  return nodes.map((_, node) => islands.get(find(node))!)
}
