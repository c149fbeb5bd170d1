import { asc, sql } from '../drizzle.ts'
import { listPublished, loadBadges } from '../badges/load.ts'
import { type ContentFile, contentInvalid, type Doc, projectFiles } from '../content.ts'
import { loadCurricula } from '../curricula/load.ts'
import { brokenConstraint } from '../errors.ts'
import type { Db } from '../db.ts'
import { dropUnsaid, loadReferential } from '../referential/load.ts'
import { checkContent, type Content } from './content-set.ts'
import { contentImports } from './imports.sql.ts'

/** Checks the content in force and loads it, all or nothing. Errors: `content_invalid`, with every fault. */
export const loadContent = (db: Db): Promise<void> =>
  db.transaction(async (tx) => {
    await lockContent(tx)
    await writeContent(tx, await filesInForce(tx))
  })

/** Two processes may start at once, or two files be imported: one after the other. */
export const lockContent = (db: Db): Promise<unknown> => db.execute(sql`select pg_advisory_xact_lock(1516015)`)

/** The files in force by name: those of the project, those imported in their place, and those imported beside them. */
export async function filesInForce(db: Db): Promise<Map<string, ContentFile>> {
  const imported = await db.select().from(contentImports).orderBy(asc(contentImports.name))
  const files = projectFiles()
  return new Map([
    ...files.map((one) => [one.name, one] as const),
    ...imported.map(({ name, text }) => [name, { name, bytes: Buffer.from(text) }] as const),
  ])
}

/** Checks files and writes what they say, in the transaction of the caller, who holds `lockContent`. Errors: `content_invalid`. */
export async function writeContent(db: Db, files: ReadonlyMap<string, ContentFile | Doc>): Promise<Content> {
  const published = await listPublished(db)
  const content = checkContent([...files.values()], published)
  try {
    await loadReferential(db, content)
    await loadCurricula(db, content)
    await loadBadges(db, content.badges, content.modules, published)
    await dropUnsaid(db, content)
  } catch (error) {
    const held = HELD[brokenConstraint(error) ?? '']
    throw held ? contentInvalid([{ line: 1, column: 1, ...held }]) : error
  }
  return content
}

/** What people's files hold of the content, by the constraint that keeps it. */
const HELD: Record<string, { file: string; problem: string; mend: string }> = {
  session_module_exists: {
    file: 'modules',
    problem: 'un module, ou sa version la plus récente, disparaît alors que des sessions le suivent',
    mend: 'Gardez-le, ou donnez à son nouveau texte un numéro de version plus grand.',
  },
  proofs_certification_slug_certifications_slug_fk: {
    file: 'certifications.yaml',
    problem: 'une certification disparaît alors que des personnes l’ont déclarée',
    mend: 'Gardez-la, avec sa date de fin.',
  },
}
