import { asc, eq, or } from '../drizzle.ts'
import { grants, webSessions } from '../auth/auth.sql.ts'
import { invitationsTo } from '../auth/invitations.ts'
import { proconnectAccounts } from '../auth/proconnect.sql.ts'
import { signInLinks } from '../auth/sign-in.sql.ts'
import { isAnyOf } from '../db.ts'
import { exportGrants, exportHosts, exportProfiles } from '../interop/authorization-duties.ts'
import { credentialOffers, walletDeposits } from '../interop/offers.sql.ts'
import { journal } from '../journal/journal.sql.ts'
import { listMessages } from '../messages/messages.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { addressProofs } from '../people/people.sql.ts'
import type { Source } from './export-source.ts'
import { sharedCredentials, sharedImports, shares } from './shares.sql.ts'
import { SHARE_LABEL } from './shares.ts'

/** How someone came in, what they may do, what was written to them, what the journal says of them. */
export const ACCESS: Source[] = [
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
    title: 'Liens par lesquels vous montrez vos badges',
    tables: ['shares', 'shared_credentials', 'shared_imports'],
    read: async ({ db, vault, ids }) => {
      const found = await db
        .select({ share: shares, badge: sharedCredentials.credentialId })
        .from(shares)
        .leftJoin(sharedCredentials, eq(sharedCredentials.shareId, shares.id))
        .where(isAnyOf(shares.personId, ids))
        .orderBy(asc(shares.createdAt))
      const shown = await db
        .select()
        .from(sharedImports)
        .where(
          isAnyOf(
            sharedImports.shareId,
            found.map((one) => one.share.id),
          ),
        )
      const elsewhere = Map.groupBy(shown, (one) => one.shareId)
      return [...Map.groupBy(found, (one) => one.share.id)].map(([id, lines]) => {
        const { label, showName, showHabilitations, createdAt, expiresAt, withdrawnAt } = lines[0]!.share
        return {
          'pour qui': label && vault.open(SHARE_LABEL, label),
          badges: lines.flatMap((one) => one.badge ?? []),
          'badges d’ailleurs': (elsewhere.get(id) ?? []).map((one) => one.importedId),
          'nom montré': showName ? 'oui' : 'non',
          'habilitations montrées': showHabilitations ? 'oui' : 'non',
          'créé le': createdAt,
          'finit le': expiresAt,
          'retiré le': withdrawnAt,
        }
      })
    },
  },
  {
    title: 'Badges proposés à un portefeuille numérique',
    tables: ['credential_offers'],
    read: ({ db, ids }) =>
      db
        .select({
          badge: credentialOffers.credentialId,
          manière: credentialOffers.flow,
          'proposé le': credentialOffers.createdAt,
          'finit le': credentialOffers.expiresAt,
          'pris le': credentialOffers.usedAt,
        })
        .from(credentialOffers)
        .where(isAnyOf(credentialOffers.personId, ids)),
  },
  {
    title: 'Mises en portefeuille',
    tables: ['wallet_deposits'],
    read: ({ db, ids }) =>
      db
        .select({
          badge: walletDeposits.credentialId,
          forme: walletDeposits.format,
          'nom que le portefeuille se donne': walletDeposits.wallet,
          'mis le': walletDeposits.depositedAt,
          'ce que le portefeuille en a dit': walletDeposits.event,
          'dit le': walletDeposits.notifiedAt,
        })
        .from(walletDeposits)
        .where(isAnyOf(walletDeposits.personId, ids)),
  },
  {
    title: 'Applications qui lisent vos badges',
    tables: ['oauth_states'],
    read: ({ db, ids }) => exportGrants(db, ids),
  },
  {
    title: 'Ce que ces applications lisent de vous',
    tables: ['wallet_profiles'],
    read: ({ db, vault, ids }) => exportProfiles(db, vault, ids),
  },
  {
    title: 'Autres hôtes où vous envoyez des badges',
    tables: ['host_links', 'badge_hosts', 'host_deliveries'],
    read: ({ db, vault, ids }) => exportHosts(db, vault, ids),
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
