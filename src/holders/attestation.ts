import { and, eq, type SQL } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import { erased } from '../credentials/credentials.ts'
import { credentials, ofClass } from '../credentials/credentials.sql.ts'
import { modules } from '../curricula/curricula.sql.ts'
import type { Db } from '../db.ts'
import { conflict, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { listFacts } from '../organisations/facts.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { openIdentity } from '../people/people.ts'
import { completions, sessions } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'

/** What the certificate of end of training says, all of it from what the training organisation sent. */
export type Attestation = Awaited<ReturnType<typeof readAttestation>>

/**
 * The certificate of the training that a badge of that person comes from. Errors: `not_found` (of someone else, too),
 * `erased`, `not_from_training`, `badge_withdrawn` when it is revoked or suspended.
 */
export const holderAttestation = (db: Db, vault: Vault, id: string, personId: string) =>
  readAttestation(db, vault, id, eq(credentials.personId, personId))

/** The same for the training organisation that issued it, which the journal keeps. */
export async function issuerAttestation(db: Db, vault: Vault, id: string, by: { slug: string; author: string }) {
  const found = await readAttestation(db, vault, id, eq(organisations.slug, by.slug))
  const { organisation, personId } = found
  await record(db, {
    author: by.author,
    action: 'attestation.read',
    subject: `credential:${id}`,
    organisationId: organisation.id,
    personId,
  })
  return found
}

async function readAttestation(db: Db, vault: Vault, id: string, whose: SQL) {
  const [found] = await db
    .select({
      personId: credentials.personId,
      validFrom: credentials.validFrom,
      revokedAt: credentials.revokedAt,
      suspendedAt: credentials.suspendedAt,
      erasedAt: credentials.erasedAt,
      organisation: organisations,
      achievement: achievements.about,
      completion: completions,
      session: sessions,
      module: modules.about,
    })
    .from(credentials)
    .innerJoin(organisations, eq(organisations.id, credentials.organisationId))
    .innerJoin(achievements, ofClass)
    .leftJoin(completions, eq(completions.id, credentials.completionId))
    .leftJoin(sessions, eq(sessions.id, completions.sessionId))
    .leftJoin(modules, and(eq(modules.slug, sessions.moduleSlug), eq(modules.version, sessions.moduleVersion)))
    .where(and(eq(credentials.id, id), whose))
  if (!found) throw notFound('Le badge', id)
  const { completion, session, erasedAt, revokedAt, suspendedAt, ...rest } = found
  if (!completion || !session) throw notFromTraining()
  if (erasedAt || completion.identity === null) throw erased()
  if (revokedAt || suspendedAt) throw withdrawn(revokedAt === null)
  const { givenName, familyName } = openIdentity(vault, completion.identity)
  const { completedOn, levels } = completion
  const facts = await listFacts(db, rest.organisation.id)
  return { ...rest, id, session, completedOn, levels, facts, person: { givenName, familyName } }
}

const notFromTraining = () =>
  conflict(
    'not_from_training',
    'Ce badge ne vient pas d’une formation : il n’y a pas d’attestation de fin de formation.',
    'Prenez le PDF du badge, sur sa page.',
  )
const withdrawn = (isSuspended: boolean) =>
  conflict(
    'badge_withdrawn',
    `Ce badge est ${isSuspended ? 'suspendu' : 'révoqué'} : l’organisme ne confirme pas ce qu’il attestait.`,
    'Adressez-vous à l’organisme de formation.',
  )
