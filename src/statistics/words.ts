import { achievements } from '../badges/badges.sql.ts'
import { listModules } from '../curricula/curricula.ts'
import type { Db } from '../db.ts'
import { bothForms } from '../referential/metier-view.ts'
import { listCompetences, listMetiers } from '../referential/referential.ts'
import { keyOf } from '../referential/schema.ts'
import { lately } from './lately.ts'
import { CODES, type Dimension } from './tables.ts'

/** What a code of a dimension is called; the code itself when nothing has it any more. */
export type Words = (dimension: Dimension, code: string) => string

/** What figures are told by, as it was a minute ago at most. */
export const readContent = (db: Db) => lately(db, 'content', () => readLists(db))

/** The same as of now: four lists, whose length is that of the content. */
export async function readLists(db: Db) {
  const classes = await db.select({ about: achievements.about }).from(achievements)
  return {
    metiers: await listMetiers(db),
    competences: await listCompetences(db),
    modules: await listModules(db),
    badges: classes.map(({ about }) => about),
  }
}

/** The names of everything that figures are told by. */
export const readWords = (db: Db): Promise<Words> => lately(db, 'words', async () => wordsOf(await readContent(db)))

/** The same, of content that is read already. */
export function wordsOf(content: Awaited<ReturnType<typeof readContent>>): Words {
  const metiers = new Map(content.metiers.map((one) => [one.slug, bothForms(one)]))
  const competences = content.competences.map(
    ({ about, ...ref }) =>
      [keyOf({ ...ref, code: about.code }), `${about.code} ${about.label.fr ?? about.label.en ?? ''}`] as const,
  )
  const names: Partial<Record<Dimension, ReadonlyMap<string, string>>> = {
    badge: new Map(content.badges.map(({ slug, version, name }) => [`${slug}/${version}`, `${name}, version ${version}`])), // prettier-ignore
    competence: new Map(competences),
    module: new Map(content.modules.map((one) => [one.slug, one.title])),
    public: metiers,
    metier: metiers,
    ...Object.fromEntries(Object.entries(CODES).map(([name, codes]) => [name, new Map(Object.entries(codes))])),
  }
  return (dimension, code) => names[dimension]?.get(code) ?? code
}
