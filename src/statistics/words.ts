import { achievements } from '../badges/badges.sql.ts'
import { listModules } from '../curricula/curricula.ts'
import type { Db } from '../db.ts'
import { bothForms } from '../referential/metier-view.ts'
import { listCompetences, listMetiers } from '../referential/referential.ts'
import { keyOf } from '../referential/schema.ts'
import { CODES, type Dimension } from './tables.ts'

/** What a code of a dimension is called; the code itself when nothing has it any more. */
export type Words = (dimension: Dimension, code: string) => string

/** The names of everything that figures are told by, as they are today. */
export async function readWords(db: Db): Promise<Words> {
  const metiers = new Map((await listMetiers(db)).map((one) => [one.slug, bothForms(one)]))
  const competences = (await listCompetences(db)).map(
    ({ about, ...ref }) =>
      [keyOf({ ...ref, code: about.code }), `${about.code} ${about.label.fr ?? about.label.en ?? ''}`] as const,
  )
  const classes = await db.select({ about: achievements.about }).from(achievements)
  const names: Partial<Record<Dimension, ReadonlyMap<string, string>>> = {
    badge: new Map(classes.map(({ about: { slug, version, name } }) => [`${slug}/${version}`, `${name}, version ${version}`])), // prettier-ignore
    competence: new Map(competences),
    module: new Map((await listModules(db)).map((one) => [one.slug, one.title])),
    public: metiers,
    metier: metiers,
    ...Object.fromEntries(Object.entries(CODES).map(([name, codes]) => [name, new Map(Object.entries(codes))])),
  }
  return (dimension, code) => names[dimension]?.get(code) ?? code
}
