import { and, eq, exists, inArray, isNull, or, sql } from '../drizzle.ts'
import { alias } from '../drizzle-pg.ts'
import { grants, webSessions } from '../auth/auth.sql.ts'
import { proconnectAccounts } from '../auth/proconnect.sql.ts'
import { awards } from '../credentials/awards.sql.ts'
import { displayConsents } from '../credentials/consents.sql.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import type { Db } from '../db.ts'
import { conflict } from '../errors.ts'
import { credentialOffers, walletDeposits } from '../interop/offers.sql.ts'
import { moveApplications } from '../interop/authorization-duties.ts'
import { record } from '../journal/journal.ts'
import { lockPerson, readProof, useProof } from '../people/addresses.ts'
import { people } from '../people/people.sql.ts'
import { completions, enrolments } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'
import { moveCareer, refuseSameStructure } from './merge-career.ts'
import { shares } from './shares.sql.ts'

/**
 * Brings all that another person record owns to this one, whose holder proved the addresses of both: signed in to this
 * one, and by the link sent to the other. Errors: `address_link_ended`, `same_session`, `same_structure`.
 */
export async function mergePeople(db: Db, vault: Vault, given: { token: string; personId: string; author: string }) {
  const { token, personId, author } = given
  const { other } = await readProof(db, vault, token, personId)
  await db.transaction(async (tx) => {
    // In one order, whoever merges whom.
    for (const id of [personId, ...(other ? [other] : [])].toSorted()) await lockPerson(tx, id)
    await useProof(tx, vault, token, personId)
    if (other === null) return
    await refuseSameSession(tx, personId, other)
    await refuseSameStructure(tx, personId, other)
    await moveTraining(tx, other, personId)
    await moveCareer(tx, other, personId)
    await moveAccess(tx, other, personId)
    await moveApplications(tx, other, personId)
    await tx
      .update(people)
      .set({ aliasOf: personId })
      .where(or(eq(people.id, other), eq(people.aliasOf, other)))
    await record(tx, { author, action: 'person.merged', subject: `person:${other}`, personId })
  })
}

async function refuseSameSession(tx: Db, personId: string, other: string): Promise<void> {
  const theirs = tx.select({ id: completions.sessionId }).from(completions).where(eq(completions.personId, other))
  const both = and(eq(completions.personId, personId), inArray(completions.sessionId, theirs))
  if ((await tx.$count(completions, both)) === 0) return
  throw conflict(
    'same_session',
    'Les deux espaces ont un résultat pour la même session de formation : les réunir en ferait perdre un.',
    'Demandez à l’organisme de révoquer l’un des deux badges, et à l’exploitant du service de réunir les espaces.',
  )
}

async function moveTraining(tx: Db, from: string, to: string): Promise<void> {
  // Of two enrolments in one session, the one that says more stays: who came, who has a place.
  await tx.execute(sql`
    delete from enrolments less using enrolments more
    where less.session_id = more.session_id
      and ((less.person_id, more.person_id) = (${from}::uuid, ${to}::uuid) or (less.person_id, more.person_id) = (${to}::uuid, ${from}::uuid))
      and (less.attendance is not null, less.state = 'registered', less.person_id = ${to}::uuid)
        < (more.attendance is not null, more.state = 'registered', more.person_id = ${to}::uuid)`)
  for (const table of [
    enrolments,
    completions,
    awards,
    credentials,
    displayConsents,
    shares,
    credentialOffers,
    walletDeposits,
  ] as const) {
    await tx.update(table).set({ personId: to }).where(eq(table.personId, from))
  }
}

/** Roles and provider accounts go on; sessions opened as the other person end. */
async function moveAccess(tx: Db, from: string, to: string): Promise<void> {
  const same = alias(grants, 'same')
  const isHeld = and(eq(same.personId, to), isNull(same.endedAt), eq(same.role, grants.role))
  const isThere = or(
    eq(same.organisationId, grants.organisationId),
    and(isNull(same.organisationId), isNull(grants.organisationId)),
  )
  const live = and(eq(grants.personId, from), isNull(grants.endedAt))
  const twice = exists(tx.select({ id: same.id }).from(same).where(and(isHeld, isThere)))
  await tx.update(grants).set({ endedAt: new Date() }).where(and(live, twice))
  await tx.update(grants).set({ personId: to }).where(live)
  await tx.update(proconnectAccounts).set({ personId: to }).where(eq(proconnectAccounts.personId, from))
  await tx
    .update(webSessions)
    .set({ endedAt: new Date() })
    .where(and(eq(webSessions.personId, from), isNull(webSessions.endedAt)))
}
