import { and, asc, desc, eq, gt, lte } from '../drizzle.ts'
import { type Db, isAnyOf } from '../db.ts'
import { conflict, DomainError, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { credentialEvents, credentials, documentTemplates } from './credentials.sql.ts'
import { type Change, setStates } from './states.ts'
import { renderDocument } from './templates.ts'

const view = {
  id: credentials.id,
  organisation: organisations.slug,
  achievement: credentials.achievementSlug,
  achievementVersion: credentials.achievementVersion,
  validFrom: credentials.validFrom,
  validUntil: credentials.validUntil,
  revokedAt: credentials.revokedAt,
  suspendedAt: credentials.suspendedAt,
}
export type CredentialView = Awaited<ReturnType<typeof getCredentialRow>>

/** A credential's public row, be its holder erased or not; `not_found` otherwise. */
export async function getCredentialRow(db: Db, id: string) {
  const [found] = await db
    .select(view)
    .from(credentials)
    .innerJoin(organisations, eq(organisations.id, credentials.organisationId))
    .where(eq(credentials.id, id))
  if (!found) throw notFound('Le badge', id)
  return found
}

/** A credential's public row and its signed document. Errors: `not_found`; `erased` when its holder had it removed. */
export async function getCredential(db: Db, id: string) {
  const [found] = await db
    .select({ ...view, whole: credentials.document, parts: documentTemplates.parts, values: credentials.values })
    .from(credentials)
    .innerJoin(organisations, eq(organisations.id, credentials.organisationId))
    .leftJoin(documentTemplates, eq(documentTemplates.digest, credentials.templateDigest))
    .where(eq(credentials.id, id))
  if (!found) throw notFound('Le badge', id)
  const { whole, parts, values, ...row } = found
  const document = whole ?? (parts && values && renderDocument(parts, values))
  if (document === null) throw erased()
  return { ...row, document }
}

/** The signed badges of these ids, as they were signed; an erased one is left out. */
export async function signedBadges(db: Db, ids: string[]): Promise<Map<string, string>> {
  const found = await db
    .select({
      id: credentials.id,
      whole: credentials.document,
      parts: documentTemplates.parts,
      values: credentials.values,
    })
    .from(credentials)
    .leftJoin(documentTemplates, eq(documentTemplates.digest, credentials.templateDigest))
    .where(isAnyOf(credentials.id, ids))
  return new Map(
    found.flatMap(({ id, whole, parts, values }) => {
      const document = whole ?? (parts && values && renderDocument(parts, values))
      return document === null ? [] : [[id, document] as const]
    }),
  )
}

/** Nothing is published any more of a badge whose holder asked so. */
export const erased = () =>
  new DomainError(
    'gone',
    'erased',
    'La personne à qui ce badge a été délivré a demandé l’effacement de ses données : il n’est plus publié ici.',
    'Si elle vous a remis le fichier du badge, vérifiez ce fichier : il reste valable.',
  )

/** An organisation's credentials after a cursor, by id, which the journal keeps; one more than `limit` is read to tell whether there is a next. */
export async function listCredentials(db: Db, slug: string, author: string, limit: number, after?: string) {
  // The organisation first: joined by its slug, a small one among large ones would be looked for all along the table.
  const { id } = await getOrganisation(db, slug)
  const found = await db
    .select(view)
    .from(credentials)
    .innerJoin(organisations, eq(organisations.id, credentials.organisationId))
    .where(and(eq(credentials.organisationId, id), after === undefined ? undefined : gt(credentials.id, after)))
    .orderBy(asc(credentials.organisationId), asc(credentials.id))
    .limit(limit + 1)
  const items = found.slice(0, limit)
  await record(db, {
    author,
    action: 'credentials.listed',
    subject: `organisation:${id}`,
    organisationId: id,
    details: { rows: items.length },
  })
  return { items, next: found.length > limit ? items.at(-1)!.id : null }
}

/**
 * Revokes, suspends or restores a credential, with its reason, and marks its status list as changed.
 * Asking for the state it is already in changes nothing; what is revoked stays so (`already_revoked`).
 */
export async function changeCredential(
  db: Db,
  id: string,
  kind: Change,
  { author, reason, at }: { author: string; reason: string; at: Date },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [changed] = await setStates(tx, [{ id, kind, author, reason, at }])
    if (!changed) return refuseOrKeep(tx, id, kind)
    const { organisationId, personId } = changed
    const concerned = { subject: `credential:${id}`, organisationId, personId }
    await record(tx, { author, action: `credential.${kind}`, ...concerned, reason })
  })
}

async function refuseOrKeep(db: Db, id: string, kind: Change): Promise<void> {
  const { revokedAt } = await getCredentialRow(db, id)
  if (revokedAt && kind !== 'revoked') {
    throw conflict(
      'already_revoked',
      `Ce badge est révoqué depuis le ${revokedAt.toISOString().slice(0, 10)} ; une révocation est définitive.`,
      'Délivrez un nouveau badge si la personne y a droit.',
    )
  }
}

/** The state that the events give a credential at a moment, now when none is given: the answer to «was it valid on 12 March?». */
export async function stateAt(
  db: Db,
  id: string,
  at?: Date,
): Promise<{ kind: string; at: Date; reason: string | null } | null> {
  const [last] = await db
    .select({ kind: credentialEvents.kind, at: credentialEvents.at, reason: credentialEvents.reason })
    .from(credentialEvents)
    .where(and(eq(credentialEvents.credentialId, id), at && lte(credentialEvents.at, at)))
    .orderBy(desc(credentialEvents.id))
    .limit(1)
  return last ?? null
}

/** Why the credential is in its present state, as its issuer wrote it. */
export async function lastReason(db: Db, id: string): Promise<string | null> {
  return (await stateAt(db, id))?.reason ?? null
}
