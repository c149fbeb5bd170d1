import { and, asc, desc, eq } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { CSV_MARK, csvLine } from '../web/csv.ts'
import type { Figure } from './cube.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { FileInfo } from './edition-head.ts'
import { statisticsFiles } from './editions.sql.ts'
import { statisticsEditions, statisticsFigures } from './statistics.sql.ts'

export type Edition = typeof statisticsEditions.$inferSelect

/** An edition that is published; undefined otherwise. */
export const findEdition = async (db: Db, edition: string): Promise<Edition | undefined> =>
  (await db.select().from(statisticsEditions).where(eq(statisticsEditions.edition, edition)))[0]

/** An edition; `not_found` otherwise. */
export async function getEdition(db: Db, edition: string): Promise<Edition> {
  const found = await findEdition(db, edition)
  if (!found) throw notFound('L’édition', edition)
  return found
}

/** Who signed editions: the identifiers of organisations, by their keys. */
export async function signersOf(db: Db): Promise<Map<string, string>> {
  const found = await db
    .selectDistinct({ id: organisations.id, slug: organisations.slug })
    .from(statisticsEditions)
    .innerJoin(organisations, eq(organisations.id, statisticsEditions.organisationId))
  return new Map(found.map((one) => [one.id, one.slug]))
}

/** Every edition, the latest period first. */
export const listEditions = (db: Db): Promise<Edition[]> =>
  db.select().from(statisticsEditions).orderBy(desc(statisticsEditions.fromMonth))

/** Every figure of an edition, or those of a kind or of a territory, in order. */
export function readFigures(db: Db, edition: string, asked: { kind?: Figure['kind']; territory?: string }) {
  const { kind, of, territory, month, count } = statisticsFigures
  return db
    .select({ kind, of, territory, month, count })
    .from(statisticsFigures)
    .where(
      and(
        eq(statisticsFigures.edition, edition),
        asked.kind && eq(kind, asked.kind),
        asked.territory === undefined ? undefined : eq(territory, asked.territory),
      ),
    )
    .orderBy(asc(kind), asc(of), asc(territory), asc(month))
}

const { name, title, mediaType, bytes, sha256 } = statisticsFiles
const FILE = { name, title, mediaType, bytes, sha256 }

/** The files of every edition, in the order in which they are shown; an edition of a time without files has none. */
export async function listFiles(db: Db): Promise<Map<string, FileInfo[]>> {
  const { edition, position } = statisticsFiles
  const found = await db.select({ edition, file: FILE }).from(statisticsFiles).orderBy(asc(edition), asc(position))
  const byEdition = Map.groupBy(found, (one) => one.edition)
  return new Map(Array.from(byEdition, ([key, files]) => [key, files.map((one) => one.file)]))
}

/** The files of one edition. */
export const filesOf = (db: Db, edition: string): Promise<FileInfo[]> =>
  db
    .select(FILE)
    .from(statisticsFiles)
    .where(eq(statisticsFiles.edition, edition))
    .orderBy(asc(statisticsFiles.position))

const isFile = (edition: string, named: string) => and(eq(statisticsFiles.edition, edition), eq(name, named))

/** What is known of a file of an edition; `not_found` otherwise. */
export async function findEditionFile(db: Db, edition: string, named: string): Promise<FileInfo> {
  const [found] = await db.select(FILE).from(statisticsFiles).where(isFile(edition, named))
  if (!found) throw notFound('Le fichier de l’édition', `${edition}, ${named}`)
  return found
}

/** Its bytes, as they were published; `not_found` otherwise. */
export async function readEditionFile(db: Db, edition: string, named: string): Promise<Buffer> {
  const [found] = await db
    .select({ content: statisticsFiles.content })
    .from(statisticsFiles)
    .where(isFile(edition, named))
  if (!found) throw notFound('Le fichier de l’édition', `${edition}, ${named}`)
  return found.content
}

/** Every figure of an edition as a CSV: the file as published, or made now for an edition of a time without files. */
export async function figuresCsv(db: Db, { edition, organisationId }: Edition): Promise<string | Buffer> {
  if (organisationId !== null) return readEditionFile(db, edition, 'chiffres.csv')
  const lines = await readFigures(db, edition, {})
  const head = csvLine(['edition', 'compte', 'de', 'territoire', 'mois', 'badges'])
  return (
    CSV_MARK +
    head +
    lines.map((one) => csvLine([edition, one.kind, one.of, one.territory, one.month, one.count ?? 'secret'])).join('')
  )
}
