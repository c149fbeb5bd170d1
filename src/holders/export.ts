import { asc, eq, type InferSelectModel, or } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import { people } from '../people/people.sql.ts'
import { openIdentity } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { ACCESS } from './export-access.ts'
import { CAREER } from './export-career.ts'
import { HABILITATION } from './export-habilitation.ts'
import type { Line, Source } from './export-source.ts'
import { TRAINING } from './export-training.ts'

/** A part of what is held about someone: what it is called, the tables it comes from, and its lines. */
export type Part = { title: string; tables: string[]; lines: Line[] }

const SOURCES: Source[] = [...TRAINING, ...HABILITATION, ...CAREER, ...ACCESS]

/** Everything that the service holds about a person, from every table; the asking is journalled. */
export async function exportPerson(db: Db, vault: Vault, { personId, author }: { personId: string; author: string }) {
  const rows = await db
    .select()
    .from(people)
    .where(or(eq(people.id, personId), eq(people.aliasOf, personId)))
    .orderBy(asc(people.createdAt))
  const identities = rows.map((row) => addressOf(vault, row))
  const emails = identities.flatMap(({ adresse }) => adresse ?? [])
  const asked = { db, vault, ids: rows.map((one) => one.id), emails }
  const parts: Part[] = [{ title: 'Identité et adresses', tables: ['people'], lines: identities }]
  for (const { title, tables, read } of SOURCES) parts.push({ title, tables, lines: await read(asked) })
  await record(db, { author, action: 'data.exported', subject: `person:${personId}`, personId })
  return parts
}

function addressOf(vault: Vault, row: InferSelectModel<typeof people>) {
  const { identity, id, createdAt, erasedAt } = row
  const { email, givenName, familyName } = identity === null ? {} : openIdentity(vault, identity)
  return {
    identifiant: id,
    adresse: email,
    prénom: givenName,
    nom: familyName,
    'connue depuis': createdAt,
    'retirée le': erasedAt,
  }
}

/** The tables that the export reads: a test holds them against those of the database. */
export const EXPORTED_TABLES = ['people', ...SOURCES.flatMap((one) => one.tables)]
