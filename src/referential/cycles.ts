/**
 * The ways that come back where they began (`['a', 'b', 'a']`), each told once from its first member in the order given.
 * An edge may lead to a node that is not there.
 */
export function findCycles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>()
  const cycles: string[][] = []
  for (const start of edges.keys()) {
    // By hand and not by calls: a chain may be longer than the stack.
    const way: { node: string; left: string[] }[] = []
    const enter = (node: string): void => void way.push({ node, left: [...(edges.get(node) ?? [])] })
    if (!done.has(start)) enter(start)
    while (way.length > 0) {
      const { node, left } = way.at(-1)!
      const next = left.shift()
      if (next === undefined) {
        done.add(node)
        way.pop()
        continue
      }
      const rank = way.findIndex((one) => one.node === next)
      if (rank !== -1) cycles.push([...way.slice(rank).map((one) => one.node), next])
      else if (!done.has(next)) enter(next)
    }
  }
  return cycles
}
