import { asc, eq } from '../drizzle.ts'
import { displayConsents, identityLinks } from '../credentials/consents.sql.ts'
import { getCredential } from '../credentials/credentials.ts'
import { credentialEvents, credentials } from '../credentials/credentials.sql.ts'
import { isAnyOf } from '../db.ts'
import { listEvidence } from '../evidence/read-evidence.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { openIdentity } from '../people/people.ts'
import { asksOf } from '../training/enrolment-links.ts'
import { completions, enrolments, receipts, sessions } from '../training/training.sql.ts'
import type { Line, Source } from './export-source.ts'

const session = {
  session: sessions.id,
  organisme: organisations.name,
  module: sessions.moduleSlug,
  début: sessions.startsOn,
  fin: sessions.endsOn,
}

/** What someone learnt, and the badges that attest it. */
export const TRAINING: Source[] = [
  {
    title: 'Inscriptions à des sessions de formation',
    tables: ['enrolments'],
    read: ({ db, ids }) =>
      db
        .select({
          ...session,
          'inscription le': enrolments.createdAt,
          état: enrolments.state,
          présence: enrolments.attendance,
        })
        .from(enrolments)
        .innerJoin(sessions, eq(sessions.id, enrolments.sessionId))
        .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
        .where(isAnyOf(enrolments.personId, ids)),
  },
  {
    title: 'Demandes d’inscription en attente',
    tables: ['enrolment_asks'],
    read: ({ db, vault, emails }) => asksOf(db, vault, emails),
  },
  {
    title: 'Résultats reçus des organismes',
    tables: ['completions', 'receipts'],
    read: async ({ db, vault, ids }) => {
      const found = await db
        .select({
          session,
          completion: completions,
          line: { lot: receipts.campaignId, ligne: receipts.line, suite: receipts.outcome },
        })
        .from(completions)
        .innerJoin(sessions, eq(sessions.id, completions.sessionId))
        .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
        .leftJoin(receipts, eq(receipts.completionId, completions.id))
        .where(isAnyOf(completions.personId, ids))
      return found.map(({ session, completion, line }) => ({
        ...session,
        ...(completion.identity !== null && { 'identité reçue': openIdentity(vault, completion.identity) }),
        'acquis le': completion.completedOn,
        niveaux: completion.levels,
        commentaire: completion.narrative,
        preuve: completion.evidenceUrl,
        'reçu le': completion.createdAt,
        ...line,
      }))
    },
  },
  {
    title: 'Badges',
    tables: ['credentials'],
    read: async ({ db, ids }) => {
      const found = await db
        .select({ id: credentials.id })
        .from(credentials)
        .where(isAnyOf(credentials.personId, ids))
        .orderBy(asc(credentials.id))
      const badges: Line[] = []
      for (const { id } of found) {
        const { document, organisation, achievement, validFrom, revokedAt, suspendedAt } = await getCredential(db, id)
        badges.push({
          badge: id,
          nom: achievement,
          organisme: organisation,
          'délivré le': validFrom,
          'révoqué le': revokedAt,
          'suspendu le': suspendedAt,
          document: JSON.parse(document) as unknown,
        })
      }
      return badges
    },
  },
  {
    title: 'Fichiers de preuve de vos badges, dont votre archive contient le contenu',
    tables: ['evidence_files', 'evidence_contents'],
    read: async ({ db, vault, ids }) => {
      const mine = await db.select({ id: credentials.id }).from(credentials).where(isAnyOf(credentials.personId, ids))
      const files = await listEvidence(
        db,
        vault,
        mine.map((one) => one.id),
      )
      return files.map((one) => ({
        badge: one.credentialId,
        nom: one.name,
        description: one.description,
        'déposé par': one.depositor === 'holder' ? 'vous' : 'l’organisme',
        'déposé le': one.createdAt,
        montré: one.shown,
        type: one.mediaType,
        octets: one.size,
        'empreinte SHA-256': one.sha256,
      }))
    },
  },
  {
    title: 'Ce qui est arrivé à vos badges',
    tables: ['credential_events'],
    read: ({ db, ids }) =>
      db
        .select({
          badge: credentialEvents.credentialId,
          quoi: credentialEvents.kind,
          quand: credentialEvents.at,
          raison: credentialEvents.reason,
        })
        .from(credentialEvents)
        .innerJoin(credentials, eq(credentials.id, credentialEvents.credentialId))
        .where(isAnyOf(credentials.personId, ids))
        .orderBy(asc(credentialEvents.id)),
  },
  {
    title: 'Ce que vous avez accepté d’afficher',
    tables: ['display_consents'],
    read: ({ db, ids }) =>
      db
        .select({
          affichage: displayConsents.display,
          badge: displayConsents.credentialId,
          'accepté le': displayConsents.givenAt,
          'retiré le': displayConsents.withdrawnAt,
        })
        .from(displayConsents)
        .where(isAnyOf(displayConsents.personId, ids)),
  },
  {
    title: 'Liens signés entre vos adresses',
    tables: ['identity_links'],
    read: async ({ db, ids }) => {
      const found = await db
        .select({ badge: identityLinks.credentialId, le: identityLinks.signedAt, document: identityLinks.document })
        .from(identityLinks)
        .innerJoin(credentials, eq(credentials.id, identityLinks.credentialId))
        .where(isAnyOf(credentials.personId, ids))
      return found.map(({ document, badge, le }) => ({
        badge,
        'signé le': le,
        document: JSON.parse(document) as unknown,
      }))
    },
  },
]
