import { asc, eq, type InferSelectModel, or } from 'drizzle-orm'
import { grants, webSessions } from '../auth/auth.sql.ts'
import { invitationsTo } from '../auth/invitations.ts'
import { proconnectAccounts } from '../auth/proconnect.sql.ts'
import { signInLinks } from '../auth/sign-in.sql.ts'
import { getCredential } from '../credentials/credentials.ts'
import { displayConsents, identityLinks } from '../credentials/consents.sql.ts'
import { credentialEvents, credentials } from '../credentials/credentials.sql.ts'
import { type Db, isAnyOf } from '../db.ts'
import { journal } from '../journal/journal.sql.ts'
import { record } from '../journal/journal.ts'
import { listMessages } from '../messages/messages.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { addressProofs, people } from '../people/people.sql.ts'
import { openIdentity } from '../people/people.ts'
import { completions, enrolments, receipts, sessions } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'

/** A part of what is held about someone: what it is called, the tables it comes from, and its lines. */
export type Part = { title: string; tables: string[]; lines: Line[] }
type Line = Record<string, unknown>

type Asked = { db: Db; vault: Vault; ids: string[]; emails: string[] }
type Source = { title: string; tables: string[]; read(asked: Asked): Promise<Line[]> }

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

const session = {
  session: sessions.id,
  organisme: organisations.name,
  module: sessions.moduleSlug,
  début: sessions.startsOn,
  fin: sessions.endsOn,
}

const SOURCES: Source[] = [
  {
    title: 'Adresses que vous avez demandé à ajouter',
    tables: ['address_proofs'],
    read: async ({ db, vault, ids }) =>
      (await db.select().from(addressProofs).where(isAnyOf(addressProofs.personId, ids))).map((one) => ({
        adresse: vault.open('people/address-proof', one.email),
        'demandé le': one.createdAt,
        'prouvé le': one.usedAt,
      })),
  },
  {
    title: 'Liens de connexion demandés',
    tables: ['sign_in_links'],
    read: async ({ db, vault, emails }) => {
      const fingerprints = emails.flatMap((one) => vault.fingerprints('sign-in/email', one))
      const links = await db.select().from(signInLinks).where(isAnyOf(signInLinks.emailFingerprint, fingerprints))
      return links.map((one) => ({
        'demandé le': one.createdAt,
        'utilisé le': one.usedAt,
        page: vault.open('sign-in/suite', one.suite),
      }))
    },
  },
  {
    title: 'Connexions',
    tables: ['web_sessions'],
    read: ({ db, ids }) =>
      db
        .select({
          'ouverte le': webSessions.createdAt,
          moyen: webSessions.method,
          'expire le': webSessions.expiresAt,
          'fermée le': webSessions.endedAt,
        })
        .from(webSessions)
        .where(isAnyOf(webSessions.personId, ids)),
  },
  {
    title: 'Comptes ProConnect',
    tables: ['proconnect_accounts'],
    read: ({ db, ids }) =>
      db
        .select({
          fournisseur: proconnectAccounts.issuer,
          identifiant: proconnectAccounts.sub,
          'SIRET de l’employeur': proconnectAccounts.siret,
          'vu le': proconnectAccounts.lastSeen,
        })
        .from(proconnectAccounts)
        .where(isAnyOf(proconnectAccounts.personId, ids)),
  },
  {
    title: 'Rôles',
    tables: ['grants'],
    read: ({ db, ids }) =>
      db
        .select({
          rôle: grants.role,
          organisme: organisations.name,
          'donné le': grants.grantedAt,
          'retiré le': grants.endedAt,
        })
        .from(grants)
        .leftJoin(organisations, eq(organisations.id, grants.organisationId))
        .where(isAnyOf(grants.personId, ids)),
  },
  {
    title: 'Invitations reçues',
    tables: ['invitations'],
    read: async ({ db, vault, emails }) =>
      (await invitationsTo(db, vault, emails)).map((one) => ({
        organisme: one.organisation,
        rôle: one.role,
        'envoyée le': one.invitedAt,
        'terminée le': one.endedAt,
      })),
  },
  {
    title: 'Inscriptions à des sessions de formation',
    tables: ['enrolments'],
    read: ({ db, ids }) =>
      db
        .select({ ...session, 'inscription le': enrolments.createdAt })
        .from(enrolments)
        .innerJoin(sessions, eq(sessions.id, enrolments.sessionId))
        .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
        .where(isAnyOf(enrolments.personId, ids)),
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
  {
    title: 'Messages envoyés à vos adresses',
    tables: ['messages'],
    read: async ({ db, vault, emails }) =>
      (await listMessages(db, vault, emails)).map((one) => ({
        sujet: one.kind,
        état: one.state,
        'demandé le': one.createdAt,
        'parti le': one.sentAt,
      })),
  },
  {
    title: 'Lignes du journal qui vous concernent',
    tables: ['journal'],
    read: async ({ db, ids }) => {
      const mine = ids.map((id) => `person:${id}`)
      const found = await db
        .select()
        .from(journal)
        .where(or(isAnyOf(journal.personId, ids), isAnyOf(journal.author, mine), isAnyOf(journal.subject, mine)))
        .orderBy(asc(journal.position))
      return found.map(({ at, author, action, subject, reason, details }) => ({
        quand: at,
        qui: mine.includes(author) ? 'vous' : author === 'service' ? 'le service' : 'une autre personne ou un outil',
        quoi: action,
        sur: subject,
        raison: reason,
        précisions: details === null ? null : (JSON.parse(details) as unknown),
      }))
    },
  },
]

/** The tables that the export reads: a test holds them against those of the database. */
export const EXPORTED_TABLES = ['people', ...SOURCES.flatMap((one) => one.tables)]
