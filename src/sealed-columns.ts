import type { PgColumn, PgTable } from './drizzle-pg.ts'
import { signInLinks } from './auth/sign-in.sql.ts'
import { invitations } from './auth/staff.sql.ts'
import { conseillerContracts, initialTrainings, trainingCommitments } from './conseillers/conseillers.sql.ts'
import { awards } from './credentials/awards.sql.ts'
import { issuerJwks, issuerKeys, statusLists } from './credentials/credentials.sql.ts'
import { jwkSeal } from './credentials/jwks.ts'
import { endorsements } from './endorsements/endorsements.sql.ts'
import { DOCUMENT_SEAL, NOTE_SEAL, SECRET_SEAL as ENDORSEMENT_SECRET } from './endorsements/read.ts'
import { KEY_SEAL } from './evidence/contents.ts'
import { evidenceFiles } from './evidence/evidence.sql.ts'
import { DETAILS_SEAL } from './evidence/read-evidence.ts'
import { webhooks } from './feed/feed.sql.ts'
import { SECRET_SEAL, URL_SEAL } from './feed/webhooks.ts'
import { pixCertifications, pixResults } from './habilitation/pix.sql.ts'
import { habilitationRequests, organisationRequestAidants, organisationRequests } from './habilitation/requests.sql.ts'
import { shares } from './holders/shares.sql.ts'
import { STATE_SEAL } from './interop/authorization-store.ts'
import { PROFILE_SEAL } from './interop/badge-connect-profile.ts'
import { HOST_SEAL, LINK_SEAL } from './interop/hosts.ts'
import { badgeHosts, hostDeliveries, hostLinks, oauthStates, walletProfiles } from './interop/oauth.sql.ts'
import { journalSeals } from './journal/journal.sql.ts'
import { sealMacs } from './journal/seals.ts'
import { messages } from './messages/messages.sql.ts'
import { emailFingerprints, openIdentity } from './people/people.ts'
import { addressProofs, people } from './people/people.sql.ts'
import { positionings } from './planning/positionings.sql.ts'
import { proofChecks, proofs } from './proofs/proofs.sql.ts'
import { rowFingerprints } from './training/admission.ts'
import { enrolmentAsks, enrolmentLinks } from './training/enrolment-links.sql.ts'
import { completions } from './training/training.sql.ts'
import type { Vault } from './vault.ts'
import { identityKeys, openAbout, openContent, textKeys, WALLET_ABOUT, WALLET_CONTENT } from './wallet/imported-row.ts'
import { importedBadges } from './wallet/wallet.sql.ts'
import { idempotentAnswers } from './web/idempotency.sql.ts'

/** A row as read for a rotation: its columns by their names in the code. */
export type Row = Record<string, unknown>

/** A table that holds what a master key sealed. */
export type Keeper = {
  table: PgTable
  key: PgColumn[]
  /** Sealed columns, and the purpose of each. */
  seals: { column: PgColumn; purpose: (row: Row) => string }[]
  /** Columns of keyed fingerprints, and what they are under each key, the present one first. */
  fingerprints?: { column: PgColumn; of: (vault: Vault, row: Row) => string[] }[]
}

const always = (purpose: string) => () => purpose

/** Every column that a master key sealed or fingerprinted: what a rotation renews. */
export const KEEPERS: Keeper[] = [
  {
    table: issuerKeys,
    key: [issuerKeys.publicKeyMultibase],
    seals: [
      { column: issuerKeys.sealedSecretKey, purpose: (row) => `issuer-key/${String(row['publicKeyMultibase'])}` },
    ],
  },
  {
    table: issuerJwks,
    key: [issuerJwks.kid],
    seals: [{ column: issuerJwks.sealedPrivateJwk, purpose: (row) => jwkSeal(String(row['kid'])) }],
  },
  {
    table: statusLists,
    key: [statusLists.id],
    seals: [{ column: statusLists.seed, purpose: always('status-list/seed') }],
  },
  {
    table: people,
    key: [people.id],
    seals: [{ column: people.identity, purpose: always('people/identity') }],
    fingerprints: [
      {
        column: people.emailFingerprint,
        of: (vault, row) => emailFingerprints(vault, openIdentity(vault, String(row['identity'])).email),
      },
    ],
  },
  {
    table: completions,
    key: [completions.id],
    seals: [{ column: completions.identity, purpose: always('people/identity') }],
    fingerprints: [
      {
        column: completions.fingerprint,
        of: (vault, row) =>
          rowFingerprints(vault, {
            ...(row as typeof completions.$inferSelect),
            ...openIdentity(vault, String(row['identity'])),
          }),
      },
    ],
  },
  ...[awards, habilitationRequests].map((table) => ({
    table,
    key: [table.id],
    seals: [{ column: table.identity, purpose: always('people/identity') }],
  })),
  {
    table: pixResults,
    key: [pixResults.id],
    seals: [{ column: pixResults.email, purpose: always('habilitation/pix-email') }],
    fingerprints: [
      {
        column: pixResults.emailFingerprint,
        of: (vault, row) => emailFingerprints(vault, vault.open('habilitation/pix-email', String(row['email']))),
      },
    ],
  },
  {
    table: pixCertifications,
    key: [pixCertifications.id],
    seals: [{ column: pixCertifications.verificationCode, purpose: always('habilitation/pix-code') }],
    fingerprints: [
      {
        column: pixCertifications.codeFingerprint,
        of: (vault, row) =>
          vault.fingerprints(
            'habilitation/pix-code',
            vault.open('habilitation/pix-code', String(row['verificationCode'])),
          ),
      },
    ],
  },
  {
    table: enrolmentLinks,
    key: [enrolmentLinks.sessionId],
    seals: [{ column: enrolmentLinks.secret, purpose: always('training/enrolment-link') }],
  },
  {
    table: enrolmentAsks,
    key: [enrolmentAsks.id],
    seals: [{ column: enrolmentAsks.identity, purpose: always('people/identity') }],
    fingerprints: [
      {
        column: enrolmentAsks.emailFingerprint,
        of: (vault, row) => emailFingerprints(vault, openIdentity(vault, String(row['identity'])).email),
      },
    ],
  },
  {
    table: conseillerContracts,
    key: [conseillerContracts.id],
    seals: [
      { column: conseillerContracts.identity, purpose: always('people/identity') },
      { column: conseillerContracts.endedReason, purpose: always('conseillers/contract-end') },
    ],
  },
  {
    table: initialTrainings,
    key: [initialTrainings.id],
    seals: [
      { column: initialTrainings.identity, purpose: always('people/identity') },
      { column: initialTrainings.observations, purpose: always('conseillers/observations') },
    ],
  },
  {
    table: trainingCommitments,
    key: [trainingCommitments.id],
    seals: [trainingCommitments.content, trainingCommitments.documentReference].map((column) => ({
      column,
      purpose: always('conseillers/commitment'),
    })),
  },
  {
    table: positionings,
    key: [positionings.id],
    seals: [{ column: positionings.content, purpose: always('planning/positioning') }],
  },
  {
    table: proofs,
    key: [proofs.id],
    seals: [{ column: proofs.content, purpose: always('proofs/content') }],
  },
  {
    table: importedBadges,
    key: [importedBadges.id],
    seals: [
      { column: importedBadges.content, purpose: always(WALLET_CONTENT) },
      { column: importedBadges.about, purpose: always(WALLET_ABOUT) },
    ],
    fingerprints: [
      {
        column: importedBadges.textKey,
        of: (vault, row) => textKeys(vault, openContent(vault, String(row['content'])).given),
      },
      {
        column: importedBadges.identityKey,
        of: (vault, row) => identityKeys(vault, openAbout(vault, String(row['about']))),
      },
    ],
  },
  {
    table: proofChecks,
    key: [proofChecks.id],
    seals: [{ column: proofChecks.seen, purpose: always('proofs/seen') }],
  },
  {
    table: shares,
    key: [shares.id],
    seals: [
      { column: shares.secret, purpose: always('share/secret') },
      { column: shares.label, purpose: always('share/label') },
    ],
  },
  {
    table: evidenceFiles,
    key: [evidenceFiles.id],
    seals: [
      { column: evidenceFiles.details, purpose: always(DETAILS_SEAL) },
      { column: evidenceFiles.contentKey, purpose: always(KEY_SEAL) },
    ],
  },
  {
    table: endorsements,
    key: [endorsements.id],
    seals: [
      { column: endorsements.secret, purpose: always(ENDORSEMENT_SECRET) },
      { column: endorsements.note, purpose: always(NOTE_SEAL) },
      { column: endorsements.document, purpose: always(DOCUMENT_SEAL) },
    ],
  },
  {
    table: organisationRequests,
    key: [organisationRequests.id],
    seals: [{ column: organisationRequests.managerIdentity, purpose: always('people/identity') }],
  },
  {
    table: organisationRequestAidants,
    key: [organisationRequestAidants.requestId, organisationRequestAidants.personId],
    seals: [{ column: organisationRequestAidants.identity, purpose: always('people/identity') }],
  },
  {
    table: webhooks,
    key: [webhooks.id],
    seals: [
      { column: webhooks.url, purpose: always(URL_SEAL) },
      { column: webhooks.secret, purpose: always(SECRET_SEAL) },
      { column: webhooks.previousSecret, purpose: always(SECRET_SEAL) },
    ],
  },
  {
    table: oauthStates,
    key: [oauthStates.model, oauthStates.idHash],
    seals: [{ column: oauthStates.payload, purpose: always(STATE_SEAL) }],
  },
  {
    table: walletProfiles,
    key: [walletProfiles.personId],
    seals: [{ column: walletProfiles.content, purpose: always(PROFILE_SEAL) }],
  },
  {
    table: badgeHosts,
    key: [badgeHosts.id],
    seals: [{ column: badgeHosts.registration, purpose: always(HOST_SEAL) }],
  },
  {
    table: hostLinks,
    key: [hostLinks.id],
    seals: [hostLinks.verifier, hostLinks.tokens].map((column) => ({ column, purpose: always(LINK_SEAL) })),
  },
  {
    table: hostDeliveries,
    key: [hostDeliveries.linkId, hostDeliveries.credentialId],
    seals: [{ column: hostDeliveries.said, purpose: always(LINK_SEAL) }],
  },
  {
    table: messages,
    key: [messages.id],
    seals: [{ column: messages.content, purpose: always('messages/content') }],
  },
  {
    table: signInLinks,
    key: [signInLinks.id],
    seals: [
      { column: signInLinks.email, purpose: always('sign-in/email') },
      { column: signInLinks.suite, purpose: always('sign-in/suite') },
    ],
    fingerprints: [
      {
        column: signInLinks.emailFingerprint,
        of: (vault, row) => vault.fingerprints('sign-in/email', vault.open('sign-in/email', String(row['email']))),
      },
    ],
  },
  {
    table: addressProofs,
    key: [addressProofs.tokenHash],
    seals: [{ column: addressProofs.email, purpose: always('people/address-proof') }],
  },
  {
    table: invitations,
    key: [invitations.id],
    seals: [{ column: invitations.email, purpose: always('auth/invitation') }],
  },
  {
    table: idempotentAnswers,
    key: [idempotentAnswers.caller, idempotentAnswers.key],
    seals: [{ column: idempotentAnswers.body, purpose: always('web/answer') }],
  },
  {
    table: journalSeals,
    key: [journalSeals.position],
    seals: [],
    fingerprints: [
      { column: journalSeals.mac, of: (vault, row) => sealMacs(vault, row as typeof journalSeals.$inferSelect) },
    ],
  },
]
