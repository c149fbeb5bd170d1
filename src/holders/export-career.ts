import { asc, eq, or } from '../drizzle.ts'
import { conseillerContracts, initialTrainings, trainingCommitments } from '../conseillers/conseillers.sql.ts'
import { awards } from '../credentials/awards.sql.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { expiryReminders } from '../credentials/expiry.sql.ts'
import { isAnyOf } from '../db.ts'
import { exportEndorsements } from '../endorsements/endorsed.ts'
import { pixCertifications, pixResults } from '../habilitation/pix.sql.ts'
import { exportNeeds } from '../needs/needs.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { emailFingerprints, openIdentity } from '../people/people.ts'
import { exportPositionings } from '../planning/positionings.ts'
import { milestoneParts, proofChecks, proofs } from '../proofs/proofs.sql.ts'
import type { Vault } from '../vault.ts'
import { exportImported } from '../wallet/read-imports.ts'
import type { Source } from './export-source.ts'

const opened = (vault: Vault, purpose: string, sealed: string | null): string | null =>
  sealed && vault.open(purpose, sealed)
const identityOf = (vault: Vault, sealed: string | null) => sealed && openIdentity(vault, sealed)
/** Sealed JSON, as the lines of an export. */
const said = (vault: Vault, purpose: string, sealed: string | null): object =>
  sealed === null ? {} : (JSON.parse(vault.open(purpose, sealed)) as object)

/** What someone did elsewhere: Pix, contracts and their training, what they hold, and what badges made together. */
export const CAREER: Source[] = [
  {
    title: 'Résultats du test Pix',
    tables: ['pix_results'],
    read: async ({ db, vault, ids, emails }) => {
      const fingerprints = emails.flatMap((one) => emailFingerprints(vault, one))
      const isMine = or(isAnyOf(pixResults.personId, ids), isAnyOf(pixResults.emailFingerprint, fingerprints))
      return (await db.select().from(pixResults).where(isMine)).map((one) => ({
        'test passé le': one.sentOn,
        'score sur 100': one.score,
        'adresse saisie': opened(vault, 'habilitation/pix-email', one.email),
        'reçu le': one.receivedAt,
        'rapproché à la main parce que': one.decidedReason,
      }))
    },
  },
  {
    title: 'Certifications Pix',
    tables: ['pix_certifications'],
    read: async ({ db, vault, ids }) =>
      (await db.select().from(pixCertifications).where(isAnyOf(pixCertifications.personId, ids))).map((one) => ({
        'code de vérification': opened(vault, 'habilitation/pix-code', one.verificationCode),
        score: one.pixScore,
        'obtenue le': one.certifiedOn,
        compétences: one.marks,
        'enregistrée le': one.recordedAt,
      })),
  },
  {
    title: 'Contrats de conseillère ou conseiller numérique',
    tables: ['conseiller_contracts'],
    read: async ({ db, vault, ids }) => {
      const found = await db
        .select({ contract: conseillerContracts, employeur: organisations.name })
        .from(conseillerContracts)
        .innerJoin(organisations, eq(organisations.id, conseillerContracts.organisationId))
        .where(isAnyOf(conseillerContracts.personId, ids))
      return found.map(({ employeur, contract }) => ({
        contrat: contract.id,
        employeur,
        'identité déclarée': identityOf(vault, contract.identity),
        type: contract.type,
        fonction: contract.typologie,
        'signé le': contract.signedOn,
        début: contract.startsOn,
        terme: contract.endsOn,
        'fini le': contract.endedOn,
        'fini parce que': opened(vault, 'conseillers/contract-end', contract.endedReason),
      }))
    },
  },
  {
    title: 'Engagements de formation de vos employeurs',
    tables: ['training_commitments'],
    read: async ({ db, vault, ids }) => {
      const found = await db
        .select({ commitment: trainingCommitments })
        .from(trainingCommitments)
        .innerJoin(conseillerContracts, eq(conseillerContracts.id, trainingCommitments.contractId))
        .where(isAnyOf(conseillerContracts.personId, ids))
        .orderBy(asc(trainingCommitments.id))
      return found.map(({ commitment: one }) => ({
        contrat: one.contractId,
        'convenu le': one.agreedOn,
        contenu: opened(vault, 'conseillers/commitment', one.content),
        document: opened(vault, 'conseillers/commitment', one.documentReference),
        'enregistré le': one.recordedAt,
      }))
    },
  },
  {
    title: 'Formation initiale de conseillère ou conseiller numérique',
    tables: ['initial_trainings'],
    read: async ({ db, vault, ids }) =>
      (await db.select().from(initialTrainings).where(isAnyOf(initialTrainings.personId, ids))).map((one) => ({
        'identité déclarée': identityOf(vault, one.identity),
        label: one.label,
        parcours: one.parcours,
        lot: one.lot,
        marché: one.marcheFormation,
        lieu: one.lieu,
        début: one.startsOn,
        fin: one.endsOn,
        pix: one.pix,
        remn: one.remn,
        observations: opened(vault, 'conseillers/observations', one.observations),
      })),
  },
  {
    title: 'Positionnements',
    tables: ['positionings'],
    read: ({ db, vault, ids }) => exportPositionings(db, vault, ids),
  },
  {
    title: 'Besoins de formation que vous avez déclarés',
    tables: ['need_declarations'],
    read: ({ db, ids }) => exportNeeds(db, ids),
  },
  {
    title: 'Ce que vous avez déclaré tenir d’ailleurs',
    tables: ['proofs'],
    read: async ({ db, vault, ids }) =>
      (await db.select().from(proofs).where(isAnyOf(proofs.personId, ids))).map((one) => ({
        preuve: one.id,
        sorte: one.kind,
        certification: one.certificationSlug,
        bloc: one.blockRef,
        'obtenu le': one.obtainedOn,
        niveau: one.level,
        ...said(vault, 'proofs/content', one.content),
        'déclaré le': one.createdAt,
        'retiré le': one.withdrawnAt,
      })),
  },
  {
    title: 'Recommandations de vos badges',
    tables: ['endorsements'],
    read: ({ db, vault, ids }) => exportEndorsements(db, vault, ids),
  },
  {
    title: 'Badges d’ailleurs que vous gardez',
    tables: ['imported_badges'],
    read: ({ db, vault, ids }) => exportImported(db, vault, ids),
  },
  {
    title: 'Vérifications de ce que vous avez déclaré',
    tables: ['proof_checks'],
    read: async ({ db, vault, ids }) => {
      const found = await db
        .select({ check: proofChecks, par: organisations.name })
        .from(proofChecks)
        .innerJoin(proofs, eq(proofs.id, proofChecks.proofId))
        .leftJoin(organisations, eq(organisations.id, proofChecks.organisationId))
        .where(isAnyOf(proofs.personId, ids))
        .orderBy(asc(proofChecks.id))
      return found.map(({ par, check }) => ({
        preuve: check.proofId,
        comment: check.how,
        résultat: check.outcome,
        par,
        'vérifié le': check.checkedOn,
        ...said(vault, 'proofs/seen', check.seen),
      }))
    },
  },
  {
    title: 'Ce qui a fait vos étapes',
    tables: ['milestone_parts'],
    read: ({ db, ids }) =>
      db
        .select({
          étape: awards.achievementSlug,
          partie: milestoneParts.subject,
          badge: milestoneParts.credentialId,
          preuve: milestoneParts.proofId,
        })
        .from(milestoneParts)
        .innerJoin(awards, eq(awards.id, milestoneParts.awardId))
        .where(isAnyOf(awards.personId, ids)),
  },
  {
    title: 'Rappels de fin de validité',
    tables: ['expiry_reminders'],
    read: ({ db, ids }) =>
      db
        .select({
          badge: expiryReminders.credentialId,
          'jours avant la fin': expiryReminders.days,
          'écrit le': expiryReminders.postedAt,
          'passé le': expiryReminders.skippedAt,
        })
        .from(expiryReminders)
        .innerJoin(credentials, eq(credentials.id, expiryReminders.credentialId))
        .where(isAnyOf(credentials.personId, ids)),
  },
]
