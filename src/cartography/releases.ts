import { zipSync, strToU8, type Zippable } from 'fflate'
import { and, asc, desc, eq } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { brokenConstraint, conflict, DomainError, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import type { Crossings } from './crossings.ts'
import { changeLines, type Changes, changesBetween, type Kept } from './release-changes.ts'
import { type Publishing, releaseFiles } from './release-files.ts'
import { readContent } from './release-table.ts'
import { contentJson, fillTables, keptOf, sha256 } from './release-tables.ts'
import { cartographyReleaseFiles as files, cartographyReleases as releases } from './releases.sql.ts'

const CONTENT = 'cartographie.json'
const { number, publishedAt, note, digest, summary } = releases
const ABOUT = { number, publishedAt, note, digest, summary }
const { name, title, mediaType, licences, bytes, sha256: sum } = files
const FILE = { name, title, mediaType, licences, bytes, sha256: sum }

/** A release of the map: its number, its day, why it was made, what it holds and changes in numbers. */
export type Release = Awaited<ReturnType<typeof listReleases>>[number]

/** Every release with its files, the newest first. */
export async function listReleases(db: Db) {
  const found = await db.select(ABOUT).from(releases).orderBy(desc(releases.number))
  const all = await db
    .select({ number: files.number, file: FILE })
    .from(files)
    .orderBy(asc(files.number), asc(files.position))
  const byNumber = Map.groupBy(all, (one) => one.number)
  return found.map((one) => ({ ...one, files: (byNumber.get(one.number) ?? []).map((row) => row.file) }))
}

/** One release, the newest for `latest`; `not_found` when there is none of that number. */
export async function getRelease(db: Db, asked: number | 'latest'): Promise<Release> {
  const [found] = await db
    .select(ABOUT)
    .from(releases)
    .where(asked === 'latest' ? undefined : eq(releases.number, asked))
    .orderBy(desc(releases.number))
    .limit(1)
  if (!found) throw notFound('L’édition de la cartographie', asked === 'latest' ? 'la dernière' : String(asked))
  const held = await db.select(FILE).from(files).where(eq(files.number, found.number)).orderBy(asc(files.position))
  return { ...found, files: held }
}

/** A file of a release, as it was published; `not_found` otherwise. */
export async function readReleaseFile(db: Db, asked: number, named: string) {
  const [found] = await db
    .select({ mediaType, content: files.content, sha256: sum })
    .from(files)
    .where(and(eq(files.number, asked), eq(files.name, named)))
  if (!found) throw notFound('Le fichier de l’édition', `${asked}, ${named}`)
  return found
}

/** Every file of a release in a ZIP, the same bytes each time; `not_found` when there is no such release. */
export async function releaseArchive(db: Db, asked: number): Promise<Uint8Array> {
  const { publishedAt: at } = await getRelease(db, asked)
  const held = await db
    .select({ name, content: files.content })
    .from(files)
    .where(eq(files.number, asked))
    .orderBy(asc(files.position))
  // ZIP keeps the hour of a place, not the moment: the day's noon here, whatever the place.
  const mtime = new Date(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), 12)
  const entries = held.map((one): [string, Zippable[string]] => [one.name, [strToU8(one.content), { mtime }]])
  return zipSync(Object.fromEntries(entries))
}

/** What the map in force would change of the newest release: the number to publish, and each change as a sentence. */
export async function nextRelease(
  db: Db,
  crossings: Crossings,
): Promise<{ number: number; isFirst: boolean; lines: string[] }> {
  const last = await lastRelease(db)
  if (!last) return { number: 1, isFirst: true, lines: [] }
  const kept = keptOf(fillTables(await readContent(db, crossings)))
  return { number: last.number + 1, isFirst: false, lines: linesBetween(await keptBy(db, last.number), kept) }
}

type Asked = { number: number; note: string; author: string }

/**
 * Publishes the map in force under the number that follows the newest; asked again with the same content, answers the same
 * release. Errors: `release_differs` when that number stands with other content, `release_skips` when another number comes
 * first, `release_unchanged` when nothing changed since the newest, `release_incoherent` when the map contradicts itself.
 */
export async function publishRelease(
  db: Db,
  { crossings, ...site }: Publishing & { crossings: Crossings },
  asked: Asked,
  now = new Date(),
): Promise<{ release: Release; isNew: boolean }> {
  const last = await lastRelease(db)
  const next = (last?.number ?? 0) + 1
  if (asked.number > next) {
    throw conflict(
      'release_skips',
      `L’édition ${asked.number} sauterait un numéro : la prochaine est la ${next}.`,
      `Demandez l’édition ${next}.`,
    )
  }
  const content = await readContent(db, crossings)
  const tables = fillTables(content)
  const made = { digest: sha256(contentJson(tables)), kept: keptOf(tables), note: asked.note }
  if (asked.number < next) return sameRelease(db, asked.number, made)
  if (last?.digest === made.digest) {
    throw conflict(
      'release_unchanged',
      `Rien n’a changé depuis l’édition ${last.number} : une édition de plus n’apprendrait rien.`,
      `Prenez l’édition ${last.number}, ou publiez quand la cartographie aura changé.`,
    )
  }
  const previous = last && { number: last.number, kept: await keptBy(db, last.number) }
  const head = { number: asked.number, publishedAt: now, note: asked.note }
  const { files: written, summary } = await releaseFiles({ ...head, content, tables, previous }, site)
  try {
    await db.transaction(async (tx) => {
      await tx.insert(releases).values({ ...head, previous: last?.number ?? null, digest: made.digest, summary })
      await tx.insert(files).values(written.map((one, position) => ({ ...one, number: asked.number, position })))
      await record(tx, {
        author: asked.author,
        action: 'cartography.released',
        subject: `release:${asked.number}`,
        details: { number: asked.number, files: written.length },
      })
    })
  } catch (error) {
    if (brokenConstraint(error) !== 'cartography_releases_pkey') throw error
    return sameRelease(db, asked.number, made) // another process published it in the meantime
  }
  return { release: await getRelease(db, asked.number), isNew: true }
}

type Made = { digest: string; kept: Kept[]; note: string }

/** The release of that number, when it is the same as what was asked for; `release_differs` otherwise, with where. */
async function sameRelease(db: Db, asked: number, made: Made): Promise<{ release: Release; isNew: false }> {
  const release = await getRelease(db, asked)
  if (release.digest === made.digest && release.note === made.note) return { release, isNew: false }
  const differences = [
    ...(release.note === made.note ? [] : [`note : « ${release.note} » → « ${made.note} »`]),
    ...linesBetween(await keptBy(db, asked), made.kept),
  ]
  const { number: last } = await getRelease(db, 'latest')
  throw new DomainError(
    'conflict',
    'release_differs',
    `L’édition ${asked} est publiée avec un autre contenu, et une édition ne change plus. Première différence : ${differences[0]}.`,
    `Reprenez l’édition ${asked} telle qu’elle est, ou publiez la cartographie d’aujourd’hui sous le numéro ${last + 1}.`,
    { differences: differences.slice(0, SHOWN), count: differences.length, next: last + 1 },
  )
}
const SHOWN = 50

async function lastRelease(db: Db) {
  const [last] = await db.select({ number, digest }).from(releases).orderBy(desc(releases.number)).limit(1)
  return last ?? null
}

/** The rows that a release keeps. */
async function keptBy(db: Db, asked: number): Promise<Kept[]> {
  const { content } = await readReleaseFile(db, asked, CONTENT)
  return (JSON.parse(content) as { tables: Kept[] }).tables
}

const linesBetween = (before: Kept[], after: Kept[]): string[] => changesBetween(before, after).flatMap(changeLines)

/** What changed entry by entry in a release, as it was published: each change as a sentence. */
export async function releaseChanges(db: Db, asked: number): Promise<string[]> {
  const { content } = await readReleaseFile(db, asked, 'changements.json')
  return (JSON.parse(content) as Changes).tables.flatMap(changeLines)
}
