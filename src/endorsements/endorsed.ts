import { and, eq, isNull, or, type SQL } from '../drizzle.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import type { JsonObject } from '../credentials/suite.ts'
import { type Db, isAnyOf } from '../db.ts'
import { DomainError, notFound } from '../errors.ts'
import type { Vault } from '../vault.ts'
import { endorsements } from './endorsements.sql.ts'
import { type Endorsement, readEndorsements, type Said } from './read.ts'
import { STATE_WORDS } from './transitions.ts'

/** What may be endorsed: a badge; a class; an organisation. */
export type Subject = { credentialId: string } | { slug: string; version: string } | { organisationId: string }

/** An endorsement that whom it was asked for accepted: what it says, from whom. */
export type Accepted = Endorsement & { said: Said }

/** At most this many are shown of one subject: as many as may be asked for. */
export const MAX_OF_ONE = 20

const isAccepted = eq(endorsements.state, 'accepted')

/** The accepted endorsements of a badge, of a class or of an organisation, the oldest first. */
export const acceptedOf = async (db: Db, vault: Vault, subject: Subject): Promise<Accepted[]> =>
  (await readEndorsements(db, vault, and(isAccepted, isOf(subject)), { limit: MAX_OF_ONE })).filter(hasSaid)

const hasSaid = (one: Endorsement): one is Accepted => one.said !== null

function isOf(subject: Subject): SQL | undefined {
  if ('credentialId' in subject) return eq(endorsements.credentialId, subject.credentialId)
  if ('slug' in subject) {
    return and(eq(endorsements.achievementSlug, subject.slug), eq(endorsements.achievementVersion, subject.version))
  }
  return and(eq(endorsements.organisationId, subject.organisationId), isNull(endorsements.achievementSlug))
}

/** Those of one place of a badge (OB 3.0 B.1): signed documents, and compact tokens. */
type Carried = { embedded: JsonObject[]; jwts: string[] }
/** Those of a badge, of its class and of its issuer. */
export type Endorsements = Record<'badge' | 'achievement' | 'issuer', Carried>

/** A verifier processes each embedded document's contexts anew, and counts them: twenty in a whole badge. */
const MAX_CONTEXTS = 16

/** The accepted endorsements of a badge, of its class and of its issuer, the oldest first. Two queries. */
export async function endorsementsOf(
  db: Db,
  vault: Vault,
  { credentialId }: { credentialId: string },
): Promise<Endorsements> {
  const carried: Endorsements = {
    badge: { embedded: [], jwts: [] },
    achievement: { embedded: [], jwts: [] },
    issuer: { embedded: [], jwts: [] },
  }
  const [badge] = await db
    .select({
      organisationId: credentials.organisationId,
      slug: credentials.achievementSlug,
      version: credentials.achievementVersion,
    })
    .from(credentials)
    .where(eq(credentials.id, credentialId))
  if (!badge) return carried
  const { organisationId, slug, version } = badge
  const ofAny = or(isOf({ credentialId }), isOf({ slug, version }), isOf({ organisationId }))
  let contexts = 0
  for (const one of await readEndorsements(db, vault, and(isAccepted, ofAny))) {
    if (!hasSaid(one)) continue
    const place = carried[one.credentialId ? 'badge' : one.achievementSlug ? 'achievement' : 'issuer']
    contexts += one.said.isToken ? 0 : one.said.text.split('"@context"').length - 1
    if (one.said.isToken) place.jwts.push(one.said.text)
    else if (contexts <= MAX_CONTEXTS) place.embedded.push(one.said.credential)
  }
  return carried
}

/**
 * A badge, to be signed, that carries these endorsements, each where the standard puts it. An older copy of context-3.0.3
 * does not know `endorsementJwt`: it is only there where someone deposited a token.
 */
export function withEndorsements(credential: JsonObject, said: Endorsements): JsonObject {
  const subject = credential['credentialSubject'] as JsonObject
  return {
    ...carrying(credential, said.badge),
    issuer: carrying(credential['issuer'] as JsonObject, said.issuer),
    credentialSubject: { ...subject, achievement: carrying(subject['achievement'] as JsonObject, said.achievement) },
  }
}

/** Sets are arrays, and none is left empty (OB 3.0 §9). */
const carrying = (bearer: JsonObject, { embedded, jwts }: Carried): JsonObject => ({
  ...bearer,
  ...(embedded.length > 0 && { endorsement: embedded }),
  ...(jwts.length > 0 && { endorsementJwt: jwts }),
})

/** An endorsement that is shown, by its id. Errors: `not_found` unless it was accepted; `endorsement_withdrawn` once it was given back. */
export async function getAccepted(db: Db, vault: Vault, id: string): Promise<Accepted> {
  const [found] = await readEndorsements(db, vault, eq(endorsements.id, id))
  if (found?.state === 'withdrawn') throw withdrawn()
  if (!found || found.state !== 'accepted' || !hasSaid(found)) throw notFound('La recommandation', id)
  return found
}

const withdrawn = () =>
  new DomainError(
    'gone',
    'endorsement_withdrawn',
    'Cette recommandation a été retirée par l’organisme qui l’avait donnée.',
    'N’en tenez plus compte, même si vous en avez gardé une copie.',
  )

/** Forgets all that was asked and said of these badges; the status of what was withdrawn stays in its list. */
export async function eraseEndorsements(tx: Db, credentialIds: string[]): Promise<void> {
  await tx.delete(endorsements).where(isAnyOf(endorsements.credentialId, credentialIds))
}

/** What is held of the endorsements of someone's badges, as it is shown to her or him. */
export async function exportEndorsements(db: Db, vault: Vault, personIds: string[]) {
  const found = await readEndorsements(db, vault, isAnyOf(credentials.personId, personIds), { limit: 10_000 })
  return found.map(({ id, credentialId, state, note, said, endorser, askedAt, givenAt }) => ({
    recommandation: id,
    badge: credentialId,
    'où elle en est': STATE_WORDS[state],
    'demandée à': endorser?.name ?? 'qui a le lien',
    'votre mot': note,
    'donnée par': said?.issuer.name ?? said?.issuer.id,
    'ce qui est dit': said?.comment,
    'demandée le': askedAt,
    'donnée le': givenAt,
  }))
}
