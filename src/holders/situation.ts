import { and, asc, desc, eq, gte, ne, notExists, sql } from '../drizzle.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { modules } from '../curricula/curricula.sql.ts'
import { parisDate } from '../days.ts'
import type { Db } from '../db.ts'
import { habilitations } from '../habilitation/habilitations.sql.ts'
import { habilitationRequests } from '../habilitation/requests.sql.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { proofChecks, proofs } from '../proofs/proofs.sql.ts'
import { enrolments, sessions } from '../training/training.sql.ts'

const SHOWN = 20

/** Where someone stands with each structure that asked for her or his habilitation, the latest first. */
export const standings = (db: Db, personId: string) =>
  db
    .select({
      structure: organisations.name,
      status: habilitationRequests.status,
      since: habilitationRequests.since,
      courseType: habilitationRequests.courseType,
      formationDoneOn: habilitationRequests.formationDoneOn,
      pixDoneOn: habilitationRequests.pixDoneOn,
      grantedAt: habilitations.grantedAt,
      lapses: habilitations.lapses,
      endedAt: habilitations.endedAt,
      credentialId: credentials.id,
    })
    .from(habilitationRequests)
    .innerJoin(organisations, eq(organisations.id, habilitationRequests.organisationId))
    .leftJoin(habilitations, eq(habilitations.requestId, habilitationRequests.id))
    .leftJoin(credentials, eq(credentials.awardId, habilitations.awardId))
    .where(eq(habilitationRequests.personId, personId))
    .orderBy(desc(habilitationRequests.since), desc(habilitationRequests.id))
    .limit(SHOWN)
export type Standing = Awaited<ReturnType<typeof standings>>[number]

/** The sessions to come where someone has a place or waits for one, the first first. */
export const comingSessions = (db: Db, personId: string, now: Date) =>
  db
    .select({
      id: sessions.id,
      title: modules.title,
      organisation: organisations.name,
      startsOn: sessions.startsOn,
      endsOn: sessions.endsOn,
      modality: sessions.modality,
      place: sessions.place,
      departement: sessions.departement,
      cancelledAt: sessions.cancelledAt,
      state: enrolments.state,
    })
    .from(enrolments)
    .innerJoin(sessions, eq(sessions.id, enrolments.sessionId))
    .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
    .leftJoin(modules, and(eq(modules.slug, sessions.moduleSlug), eq(modules.version, sessions.moduleVersion)))
    .where(
      and(eq(enrolments.personId, personId), ne(enrolments.state, 'cancelled'), gte(sessions.endsOn, parisDate(now))),
    )
    .orderBy(asc(sessions.startsOn), asc(sessions.id))
    .limit(SHOWN)
export type ComingSession = Awaited<ReturnType<typeof comingSessions>>[number]

/** How many of the proofs that someone declared nobody looked at yet. */
export const uncheckedProofs = (db: Db, personId: string): Promise<number> =>
  db.$count(
    proofs,
    and(
      eq(proofs.personId, personId),
      sql`${proofs.withdrawnAt} is null`,
      notExists(db.select({ id: proofChecks.id }).from(proofChecks).where(eq(proofChecks.proofId, proofs.id))),
    ),
  )
