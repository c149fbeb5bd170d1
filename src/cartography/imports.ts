import { createHash } from 'node:crypto'
import { eq } from '../drizzle.ts'
import { type ContentFile, contentInvalid, type Doc } from '../content.ts'
import { readYaml } from '../content-yaml.ts'
import { readText } from '../content-text.ts'
import type { Db } from '../db.ts'
import { invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { axisOf, listLists } from '../referential/lists.ts'
import { listFrameworks } from '../referential/referential.ts'
import { NAMES, type Shelf, shelfOf } from './content-set.ts'
import { readCsvList, type TableHead } from './csv-list.ts'
import { type Aside, type Counts, countChanges, onlyIn, setAside } from './import-changes.ts'
import { contentImports } from './imports.sql.ts'
import { filesInForce, lockContent, writeContent } from './load.ts'

/** What came of an import: what changed of the file, and the illustrative entries that are set aside or back in force. */
export type ContentChange = Counts & {
  name: string
  outcome: 'unchanged' | 'imported' | 'restored' | 'withdrawn'
  sha256: string | null
  setAside: Aside[]
  backInForce: Aside[]
}

type Given = ContentFile & { author: string; table?: TableHead | undefined }

/**
 * Puts a file in force in place of the one of its name, or beside the others, once the whole content with it was checked;
 * the content is loaded in the same transaction. The same text as the one in force changes nothing. `table` says that it
 * is a CSV. Errors: `content_name`, `content_invalid`; the content of before stays.
 */
export async function importContent(db: Db, given: Given): Promise<ContentChange> {
  const { name, author } = given
  const shelf = importable(name)
  const { doc, text } = readGiven(given, shelf)
  const sha256 = sha256Of(text)
  return db.transaction(async (tx) => {
    await lockContent(tx)
    const files = await filesInForce(tx)
    const former = files.get(name) ?? null
    if (former && sha256Of(textOf(former)) === sha256) {
      return { name, outcome: 'unchanged', sha256, added: 0, removed: 0, changed: 0, setAside: [], backInForce: [] }
    }
    files.set(name, { name, bytes: Buffer.from(text) })
    const change = await applied(tx, { name, shelf, files, former, after: doc })
    const kept = { text, sha256, importedAt: new Date() }
    await tx
      .insert(contentImports)
      .values({ name, ...kept })
      .onConflictDoUpdate({ target: contentImports.name, set: kept })
    await note(tx, 'content.imported', name, author, { ...change, sha256 })
    return { name, outcome: 'imported', sha256, ...change }
  })
}

/**
 * Goes back to the file of the project, or to none where the project has none. Errors: `not_found` when nothing was
 * imported under that name, `content_invalid` when what is left does not hold together.
 */
export async function withdrawImport(
  db: Db,
  { name, author }: { name: string; author: string },
): Promise<ContentChange> {
  const shelf = importable(name)
  return db.transaction(async (tx) => {
    await lockContent(tx)
    const former = (await filesInForce(tx)).get(name) ?? null
    const removed = await tx.delete(contentImports).where(eq(contentImports.name, name)).returning()
    if (removed.length === 0) throw notFound('Un fichier importé sous le nom', name)
    const files = await filesInForce(tx)
    const restored = files.get(name) ?? null
    const change = await applied(tx, { name, shelf, files, former, after: restored && docOf(restored) })
    await note(tx, 'content.withdrawn', name, author, change)
    const sha256 = restored && sha256Of(textOf(restored))
    return { name, outcome: restored ? 'restored' : 'withdrawn', sha256, ...change }
  })
}

/** When each file that is in force by import was imported, by its name. */
export async function listImports(db: Db): Promise<Map<string, Date>> {
  const { name, importedAt } = contentImports
  return new Map((await db.select({ name, importedAt }).from(contentImports)).map((row) => [row.name, row.importedAt]))
}

/** The files in force, by name: the project's, or imported (and when), each with the hash of its text. */
export async function listContent(db: Db) {
  const imported = await listImports(db)
  const files = [...(await filesInForce(db)).values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return files.map((file) => {
    const at = imported.get(file.name)
    return {
      name: file.name,
      origin: at ? ('imported' as const) : ('project' as const),
      sha256: sha256Of(textOf(file)),
      importedAt: at?.toISOString() ?? null,
    }
  })
}

type Applied = {
  name: string
  shelf: Shelf
  files: Map<string, ContentFile>
  former: ContentFile | null
  after: Doc | null
}

/** Loads the files and tells what that changes; `after` stands for its file, so that faults name the places of what was sent. */
async function applied(db: Db, { name, shelf, files, former, after }: Applied) {
  const before = setAside(await listLists(db), axisOf(await listFrameworks(db)))
  const content = await writeContent(db, after ? new Map<string, ContentFile | Doc>(files).set(name, after) : files)
  const now = setAside(content.lists, axisOf(content.frameworks))
  return {
    ...countChanges(shelf, former && docOf(former).value, after && after.value),
    setAside: onlyIn(now, before),
    backInForce: onlyIn(before, now),
  }
}

function importable(name: string): Shelf {
  const shelf = shelfOf(name)
  if (shelf && shelf !== 'badges') return shelf
  throw invalid('content_name', `« ${name} » n’est pas le nom d’un fichier que l’on importe.`, `Nommez-le ${NAMES}.`, {
    field: 'name',
  })
}

function readGiven({ name, bytes, table }: Given, shelf: Shelf): { doc: Doc; text: string } {
  if (table && shelf !== 'lists') {
    throw invalid('content_name', 'Un tableau ne peut devenir qu’une liste.', 'Nommez-le lists/….yaml.', {
      field: 'name',
    })
  }
  if (table) {
    const read = readCsvList({ name, bytes }, table)
    if ('faults' in read) throw contentInvalid(read.faults)
    return read
  }
  return { doc: docOf({ name, bytes }), text: textOf({ name, bytes }) }
}

function docOf(file: ContentFile): Doc {
  const read = readYaml(file)
  if ('faults' in read) throw contentInvalid(read.faults)
  return read.doc
}

function textOf(file: ContentFile): string {
  const read = readText(file)
  if ('fault' in read) throw contentInvalid([read.fault])
  return read.text
}

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex')

type Told = Counts & { setAside: Aside[]; backInForce: Aside[]; sha256?: string }

function note(db: Db, action: string, name: string, author: string, told: Told): Promise<void> {
  const { setAside: aside, backInForce: back, ...rest } = told
  const details = { ...rest, setAside: aside.length, backInForce: back.length }
  return record(db, { author, action, subject: `content:${name}`, details })
}
