/**
 * Keeps in memory what was made under the last `most` keys that were asked for, for `ms` at most: it is made once while it is
 * asked for, and what failed is not kept.
 */
export function keepLast(most: number, ms = Number.POSITIVE_INFINITY) {
  const kept = new Map<string, { until: number; made: Promise<unknown> }>()
  return <T>(key: string, make: () => Promise<T>): Promise<T> => {
    const known = kept.get(key)
    const found = known && known.until > Date.now() ? known : { until: Date.now() + ms, made: make() }
    kept.delete(key)
    kept.set(key, found)
    found.made.catch(() => {
      if (kept.get(key) === found) kept.delete(key)
    })
    if (kept.size > most) kept.delete(kept.keys().next().value!)
    return found.made as Promise<T>
  }
}
