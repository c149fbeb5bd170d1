import { searched } from '../web/search.ts'
import type { MetiersAsked } from './metier-view.ts'
import type { Metier } from './schema.ts'

/** The métiers, roles and schemes that answer everything that is asked, by both their names and what they are. */
export function findMetiers(all: readonly Metier[], { q, nature, famille }: MetiersAsked): Metier[] {
  const isNamed = searched(q)
  return all.filter(
    (one) =>
      (!nature || one.kind === nature) &&
      (!famille || one.family === famille) &&
      isNamed(one.label.feminine, one.label.masculine, one.description, one.rome),
  )
}
