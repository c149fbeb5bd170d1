import { randomUUID } from 'node:crypto'
import { and, eq, sql } from '../drizzle.ts'
import { erased } from '../credentials/credentials.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { type Db, isAnyOf } from '../db.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'
import type { Vault } from '../vault.ts'
import { sealContent } from './contents.ts'
import { evidenceContents, evidenceFiles } from './evidence.sql.ts'
import { isNamedAs, MEDIA, readMedia } from './media.ts'
import { DETAILS_SEAL, type Details, digestOf } from './read-evidence.ts'

const MAX_FILE = 5 * 1024 * 1024
export const MAX_FILES = 10
const MAX_TOTAL = 25 * 1024 * 1024

/** Who deposits or reads: the holder, whose badge it must be, or an organisation, which must have delivered it. */
export type Side = { author: string } & ({ personId: string } | { organisationId: string })
const isTheirs = (side: Side) =>
  'personId' in side ? eq(credentials.personId, side.personId) : eq(credentials.organisationId, side.organisationId)
const depositorOf = (side: Side) => ('personId' in side ? 'holder' : 'issuer')

/** The badge of one side, in force or not; `not_found` for any other, `erased` once its holder is. */
export async function evidencedBadge(db: Db, side: Side, credentialId: string) {
  const [found] = await db
    .select({
      personId: credentials.personId,
      organisationId: credentials.organisationId,
      organisation: organisations.name,
      erasedAt: credentials.erasedAt,
      class: credentials.achievementSlug,
      version: credentials.achievementVersion,
    })
    .from(credentials)
    .innerJoin(organisations, eq(organisations.id, credentials.organisationId))
    .where(and(eq(credentials.id, credentialId), isTheirs(side)))
  if (!found) throw notFound('Le badge', credentialId)
  if (found.erasedAt !== null) throw erased()
  return found
}

type Deposit = { credentialId: string; file: { name: string; bytes: Buffer }; name: string; description: string }

/**
 * Keeps a file with a badge, hidden until its holder shows it. Errors: `not_found`, `evidence_unreadable` (of another kind
 * than PDF, PNG, JPEG or text, or damaged), `evidence_misnamed`, `evidence_too_large`, `evidence_full`.
 */
export async function depositEvidence(db: Db, vault: Vault, side: Side, given: Deposit): Promise<string> {
  const { credentialId, file, name, description } = given
  const { mediaType, bytes } = accepted(file)
  const id = randomUUID()
  const { contentKey, content } = sealContent(vault, bytes)
  const details: Details = { name: name.trim(), description: description.trim(), sha256: digestOf(bytes) }
  await db.transaction(async (tx) => {
    const { personId, organisationId } = await heldBadge(tx, side, credentialId)
    await refuseFull(tx, personId, credentialId, bytes.length)
    await tx.insert(evidenceFiles).values({
      id,
      credentialId,
      depositor: depositorOf(side),
      details: vault.seal(DETAILS_SEAL, JSON.stringify(details)),
      mediaType,
      size: bytes.length,
      contentKey,
    })
    await tx.insert(evidenceContents).values({ fileId: id, content })
    const about = { subject: `evidence:${id}`, personId, organisationId, details: { bytes: bytes.length } }
    await record(tx, { author: side.author, action: 'evidence.deposited', ...about })
  })
  return id
}

function accepted({ name, bytes }: Deposit['file']) {
  if (bytes.length > MAX_FILE) {
    const mend = 'Réduisez-le (une photo moins grande, un PDF allégé), ou donnez l’adresse où il se trouve.'
    throw invalid('evidence_too_large', 'Ce fichier dépasse 5 Mo.', mend, { field: 'fichier' })
  }
  const read = readMedia(bytes)
  if (!read) {
    throw invalid(
      'evidence_unreadable',
      'Ce fichier n’est ni un PDF, ni une image PNG ou JPEG, ni un texte simple, ou il est abîmé.',
      'Enregistrez-le dans l’un de ces formats, puis déposez-le à nouveau.',
      { field: 'fichier' },
    )
  }
  if (!isNamedAs(name, read.mediaType)) {
    throw invalid(
      'evidence_misnamed',
      `Le nom de ce fichier ne dit pas ce qu’il est : son contenu est de type ${MEDIA[read.mediaType].words}.`,
      `Redonnez-lui son nom d’origine, qui finit par ${MEDIA[read.mediaType].extensions.join(' ou ')}.`,
      { field: 'fichier' },
    )
  }
  return read
}

/** The same badge while its holder can be neither erased nor merged, and nobody else adds to what she or he holds. */
async function heldBadge(tx: Db, side: Side, credentialId: string) {
  const { personId } = await evidencedBadge(tx, side, credentialId)
  await tx.select({ id: people.id }).from(people).where(eq(people.id, personId)).for('no key update')
  return evidencedBadge(tx, side, credentialId)
}

/** Ten files a badge, and 25 MB for all the badges of a person. */
async function refuseFull(tx: Db, personId: string, credentialId: string, size: number): Promise<void> {
  const [held] = await tx
    .select({
      bytes: sql<number>`coalesce(sum(${evidenceFiles.size}), 0)::int`,
      here: sql<number>`count(*) filter (where ${evidenceFiles.credentialId} = ${credentialId})::int`,
    })
    .from(evidenceFiles)
    .innerJoin(credentials, eq(credentials.id, evidenceFiles.credentialId))
    .where(eq(credentials.personId, personId))
  const mend = 'Supprimez d’abord un fichier qui ne sert plus.'
  if (held!.here >= MAX_FILES) throw conflict('evidence_full', 'Ce badge a déjà dix fichiers, le plus possible.', mend)
  if (held!.bytes + size > MAX_TOTAL) {
    throw conflict('evidence_full', 'Les fichiers de tous les badges de cette personne dépasseraient 25 Mo.', mend)
  }
}

/** Shows a file with the badge to anyone, or hides it: its holder alone decides, whoever deposited it. */
export async function showEvidence(
  db: Db,
  side: Side & { personId: string },
  { id, credentialId, isShown }: { id: string; credentialId: string; isShown: boolean },
): Promise<void> {
  await db.transaction(async (tx) => {
    const { personId, organisationId } = await evidencedBadge(tx, side, credentialId)
    const changed = await tx
      .update(evidenceFiles)
      .set({ shown: isShown })
      .where(and(eq(evidenceFiles.id, id), eq(evidenceFiles.credentialId, credentialId)))
      .returning({ id: evidenceFiles.id })
    if (changed.length === 0) throw notFound('Le fichier', id)
    const action = isShown ? 'evidence.shown' : 'evidence.hidden'
    await record(tx, { author: side.author, action, subject: `evidence:${id}`, personId, organisationId })
  })
}

/** Deletes a file: its holder any of them, an organisation those that it deposited. */
export async function deleteEvidence(
  db: Db,
  side: Side,
  { id, credentialId }: { id: string; credentialId: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const { personId, organisationId } = await evidencedBadge(tx, side, credentialId)
    const mine = 'personId' in side ? undefined : eq(evidenceFiles.depositor, 'issuer')
    const gone = await tx
      .delete(evidenceFiles)
      .where(and(eq(evidenceFiles.id, id), eq(evidenceFiles.credentialId, credentialId), mine))
      .returning({ id: evidenceFiles.id })
    if (gone.length === 0) throw notFound('Le fichier', id)
    await record(tx, {
      author: side.author,
      action: 'evidence.deleted',
      subject: `evidence:${id}`,
      personId,
      organisationId,
    })
  })
}

/** Removes every file of these badges, with whom they go. */
export async function eraseEvidence(tx: Db, credentialIds: string[]): Promise<void> {
  await tx.delete(evidenceFiles).where(isAnyOf(evidenceFiles.credentialId, credentialIds))
}
