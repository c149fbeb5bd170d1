import { createHash } from 'node:crypto'
import { and, asc, eq, isNull } from '../drizzle.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { type Db, isAnyOf } from '../db.ts'
import { DomainError, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Vault } from '../vault.ts'
import { openContent } from './contents.ts'
import { evidenceContents, evidenceFiles } from './evidence.sql.ts'
import type { MediaType } from './media.ts'

export const DETAILS_SEAL = 'evidence/details'

export type Details = { name: string; description: string; sha256: string }
export type EvidenceFile = Details & {
  id: string
  credentialId: string
  depositor: 'holder' | 'issuer'
  mediaType: MediaType
  size: number
  shown: boolean
  createdAt: Date
}

const listed = {
  id: evidenceFiles.id,
  credentialId: evidenceFiles.credentialId,
  depositor: evidenceFiles.depositor,
  details: evidenceFiles.details,
  mediaType: evidenceFiles.mediaType,
  size: evidenceFiles.size,
  shown: evidenceFiles.shown,
  createdAt: evidenceFiles.createdAt,
}

/** The files of badges, the oldest first, those that nobody can open any more left out. */
export async function listEvidence(db: Db, vault: Vault, credentialIds: string[]): Promise<EvidenceFile[]> {
  const found = await db
    .select(listed)
    .from(evidenceFiles)
    .where(isAnyOf(evidenceFiles.credentialId, credentialIds))
    .orderBy(asc(evidenceFiles.createdAt), asc(evidenceFiles.id))
  return found.flatMap(({ details, ...row }) => {
    const opened = openDetails(vault, details)
    return opened ? [{ ...row, ...opened }] : []
  })
}

/** Null when they were altered: what they say of the file would be believed. */
function openDetails(vault: Vault, sealed: string): Details | null {
  try {
    return JSON.parse(vault.open(DETAILS_SEAL, sealed)) as Details
  } catch {
    return null
  }
}

/** Those of one badge that its holder shows. */
export const shownEvidence = async (db: Db, vault: Vault, credentialId: string): Promise<EvidenceFile[]> =>
  (await listEvidence(db, vault, [credentialId])).filter((one) => one.shown)

/** A file with its content. Errors: `not_found`; `evidence_damaged` when it is no longer what was deposited. */
export async function openEvidence(db: Db, vault: Vault, id: string) {
  const [found] = await db
    .select({
      ...listed,
      contentKey: evidenceFiles.contentKey,
      content: evidenceContents.content,
      personId: credentials.personId,
      organisationId: credentials.organisationId,
      organisation: organisations.slug,
    })
    .from(evidenceFiles)
    .innerJoin(evidenceContents, eq(evidenceContents.fileId, evidenceFiles.id))
    .innerJoin(credentials, eq(credentials.id, evidenceFiles.credentialId))
    .innerJoin(organisations, eq(organisations.id, credentials.organisationId))
    .where(and(eq(evidenceFiles.id, id), isNull(credentials.erasedAt)))
  if (!found) throw notFound('Le fichier', id)
  const { details, contentKey, content, ...row } = found
  const opened = openDetails(vault, details)
  const bytes = opened && openedContent(vault, contentKey, content)
  if (!bytes || digestOf(bytes) !== opened.sha256) throw damaged()
  return { ...row, ...opened, bytes }
}

function openedContent(vault: Vault, contentKey: string, content: Buffer): Buffer | null {
  try {
    return openContent(vault, contentKey, content)
  } catch {
    return null
  }
}

const damaged = () =>
  new DomainError(
    'unavailable',
    'evidence_damaged',
    'Ce fichier n’est plus celui qui a été déposé : il n’est pas montré.',
    'Demandez-le à la personne, ou à l’organisme qui a délivré le badge ; l’exploitant du service est prévenu.',
  )

/** The SHA-256 of a file, in hexadecimal. */
export const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** The content of each file of these badges, those that were altered left out. */
export async function evidenceContentsOf(db: Db, vault: Vault, credentialIds: string[]) {
  const found: { file: EvidenceFile; bytes: Buffer }[] = []
  for (const file of await listEvidence(db, vault, credentialIds)) {
    const bytes = await openEvidence(db, vault, file.id).then((one) => one.bytes, unlessDamaged)
    if (bytes) found.push({ file, bytes })
  }
  return found
}

function unlessDamaged(error: unknown): null {
  if (isDamaged(error)) return null
  throw error
}

/** Whether a file was not given because it is no longer what was deposited. */
export const isDamaged = (error: unknown): boolean => error instanceof DomainError && error.code === 'evidence_damaged'

/** Keeps in the journal that an organisation read a file that its holder does not show. */
export const noteReading = (db: Db, author: string, file: { id: string; personId: string; organisationId: string }) =>
  record(db, {
    author,
    action: 'evidence.read',
    subject: `evidence:${file.id}`,
    personId: file.personId,
    organisationId: file.organisationId,
  })
