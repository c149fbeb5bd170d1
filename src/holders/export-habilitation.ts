import { asc, eq, or } from '../drizzle.ts'
import { awards } from '../credentials/awards.sql.ts'
import { isAnyOf } from '../db.ts'
import { habilitationEvents, habilitations } from '../habilitation/habilitations.sql.ts'
import {
  habilitationRequests,
  organisationRequestAidants,
  organisationRequests,
  requestEvents,
} from '../habilitation/requests.sql.ts'
import { HABILITATION_REQUEST_STATUSES, ORGANISATION_REQUEST_STATUSES } from '../habilitation/statuses.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { openIdentity } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import type { Source } from './export-source.ts'

const declared = (vault: Vault, identity: string | null) =>
  identity === null ? {} : { 'identité déclarée': openIdentity(vault, identity) }

/** What someone asked of Aidants Connect, or others asked for them, and what came of it. */
export const HABILITATION: Source[] = [
  {
    title: 'Demandes de structures que vous avez remplies, ou dont vous êtes responsable',
    tables: ['organisation_requests'],
    read: async ({ db, vault, ids }) => {
      const isMine = or(isAnyOf(organisationRequests.issuerId, ids), isAnyOf(organisationRequests.managerId, ids))
      return (await db.select().from(organisationRequests).where(isMine)).map((one) => ({
        demande: one.id,
        structure: one.name,
        état: ORGANISATION_REQUEST_STATUSES[one.status],
        depuis: one.since,
        'créée le': one.createdAt,
        ...(ids.includes(one.managerId ?? '') && {
          ...declared(vault, one.managerIdentity),
          fonction: one.managerProfession,
        }),
      }))
    },
  },
  {
    title: 'Demandes de structures qui vous nomment comme aidante ou aidant',
    tables: ['organisation_request_aidants'],
    read: async ({ db, vault, ids }) => {
      const found = await db
        .select({ aidant: organisationRequestAidants, structure: organisationRequests.name })
        .from(organisationRequestAidants)
        .innerJoin(organisationRequests, eq(organisationRequests.id, organisationRequestAidants.requestId))
        .where(isAnyOf(organisationRequestAidants.personId, ids))
      return found.map(({ structure, aidant: { requestId, identity, ...aidant } }) => ({
        demande: requestId,
        structure,
        ...declared(vault, identity),
        fonction: aidant.profession,
        statut: aidant.standing,
        formation: aidant.courseType,
      }))
    },
  },
  {
    title: 'Demandes d’habilitation Aidants Connect à votre nom',
    tables: ['habilitation_requests'],
    read: async ({ db, vault, ids }) => {
      const found = await db
        .select({ request: habilitationRequests, structure: organisations.name })
        .from(habilitationRequests)
        .innerJoin(organisations, eq(organisations.id, habilitationRequests.organisationId))
        .where(isAnyOf(habilitationRequests.personId, ids))
      return found.map(({ structure, request }) => ({
        demande: request.id,
        structure,
        état: HABILITATION_REQUEST_STATUSES[request.status],
        depuis: request.since,
        ...declared(vault, request.identity),
        fonction: request.profession,
        statut: request.standing,
        formation: request.courseType,
        'formation suivie le': request.formationDoneOn,
        'test Pix passé le': request.pixDoneOn,
        'score Pix sur 100': request.pixScore,
        'créée le': request.createdAt,
      }))
    },
  },
  {
    title: 'Décisions sur vos demandes d’habilitation',
    tables: ['request_events'],
    read: ({ db, ids }) =>
      db
        .select({
          demande: requestEvents.habilitationRequestId,
          de: requestEvents.from,
          vers: requestEvents.to,
          quand: requestEvents.at,
          raison: requestEvents.reason,
        })
        .from(requestEvents)
        .innerJoin(habilitationRequests, eq(habilitationRequests.id, requestEvents.habilitationRequestId))
        .where(isAnyOf(habilitationRequests.personId, ids))
        .orderBy(asc(requestEvents.id)),
  },
  {
    title: 'Habilitations Aidants Connect',
    tables: ['habilitations'],
    read: ({ db, ids }) =>
      db
        .select({
          habilitation: habilitations.id,
          structure: organisations.name,
          'donnée le': habilitations.grantedAt,
          'suspendue parce que': habilitations.lapses,
          'retirée le': habilitations.endedAt,
          'vue ou vu sur Aidants Connect le': habilitations.lastSeenOn,
          'prévenue ou prévenu le': habilitations.warnedAt,
        })
        .from(habilitations)
        .innerJoin(organisations, eq(organisations.id, habilitations.organisationId))
        .where(isAnyOf(habilitations.personId, ids)),
  },
  {
    title: 'Ce qui est arrivé à vos habilitations',
    tables: ['habilitation_events'],
    read: ({ db, ids }) =>
      db
        .select({
          habilitation: habilitationEvents.habilitationId,
          quoi: habilitationEvents.kind,
          cause: habilitationEvents.lapse,
          quand: habilitationEvents.at,
          raison: habilitationEvents.reason,
        })
        .from(habilitationEvents)
        .innerJoin(habilitations, eq(habilitations.id, habilitationEvents.habilitationId))
        .where(isAnyOf(habilitations.personId, ids))
        .orderBy(asc(habilitationEvents.id)),
  },
  {
    title: 'Badges donnés sans session de formation',
    tables: ['awards'],
    read: async ({ db, vault, ids }) =>
      (await db.select().from(awards).where(isAnyOf(awards.personId, ids))).map((one) => ({
        badge: one.achievementSlug,
        'donné le': one.awardedOn,
        ...declared(vault, one.identity),
        commentaire: one.narrative,
        preuve: one.evidenceUrl,
        'délivré le': one.settledAt,
      })),
  },
]
