import { and, asc, eq, inArray, isNull, ne, sql } from '../drizzle.ts'
import { type Db, isAnyOf } from '../db.ts'
import { conflict, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { getOrganisation, type NewOrganisation, registerOrganisation } from '../organisations/organisations.ts'
import { organisationEvents, organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'
import { openIdentity } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { grants } from './auth.sql.ts'
import { endGrant, giveGrant } from './grants.ts'

/** The organisations of these slugs, by name. */
export const organisationsOf = (db: Db, slugs: string[]) =>
  db
    .select({
      slug: organisations.slug,
      name: organisations.name,
      state: organisations.state,
      /** Why it is in this state. */
      reason: sql<string | null>`(select e.reason from ${organisationEvents} e
        where e.organisation_id = organisations.id order by e.id desc limit 1)`,
    })
    .from(organisations)
    .where(inArray(organisations.slug, slugs))
    .orderBy(asc(organisations.name))

/** Registers the organisation of a person, who administers it; it waits for its approval. Errors: those of registering. */
export async function requestOrganisation(
  db: Db,
  given: NewOrganisation,
  { author, personId }: { author: string; personId: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const { id: organisationId } = await registerOrganisation(tx, given, { author, state: 'pending' })
    await giveGrant(tx, { personId, role: 'administrateur', organisationId, grantedBy: author })
  })
}

/** Who works in an organisation, with the name that each one gave. */
export async function listStaff(db: Db, vault: Vault, organisationId: string, author: string) {
  const found = await db
    .select({
      id: grants.id,
      role: grants.role,
      since: grants.grantedAt,
      personId: grants.personId,
      identity: people.identity,
    })
    .from(grants)
    .innerJoin(people, eq(people.id, grants.personId))
    .where(and(eq(grants.organisationId, organisationId), isNull(grants.endedAt)))
    .orderBy(asc(grants.grantedAt), asc(grants.id))
  const subject = `organisation:${organisationId}`
  await record(db, { author, action: 'staff.listed', subject, organisationId, details: { rows: found.length } })
  return found.map(({ identity, ...row }) => {
    const { givenName = '', familyName = '', email = '' } = identity === null ? {} : openIdentity(vault, identity)
    return { ...row, name: `${givenName} ${familyName}`.trim(), email }
  })
}

export type Member = Awaited<ReturnType<typeof listStaff>>[number]

type End = { slug: string; id: string; author: string; reason: string }

/**
 * Ends a role in an organisation, which always keeps an administrator: of two who remove each other, one stays.
 * Errors: `not_found`, `last_administrator`.
 */
export async function endStaff(db: Db, { slug, id, author, reason }: End): Promise<void> {
  await db.transaction(async (tx) => {
    const { id: organisationId } = await getOrganisation(tx, slug)
    await holdOrganisations(tx, [organisationId])
    const held = and(eq(grants.organisationId, organisationId), isNull(grants.endedAt))
    const [one] = await tx
      .select({ role: grants.role, personId: grants.personId })
      .from(grants)
      .where(and(held, eq(grants.id, id)))
    if (!one) throw notFound('Dans cette équipe, le rôle', id)
    if (one.role === 'administrateur' && (await leftAlone(tx, one.personId, [organisationId]))) {
      throw conflict(
        'last_administrator',
        'C’est la dernière personne qui administre cet organisme : son rôle ne peut pas prendre fin.',
        'Invitez d’abord une autre administratrice ou un autre administrateur.',
      )
    }
    await endGrant(tx, { id, endedBy: author, reason })
    await record(tx, {
      author,
      action: 'staff.removed',
      subject: `grant:${id}`,
      organisationId,
      personId: one.personId,
      reason,
      details: { role: one.role },
    })
  })
}

/** Locks organisations, so that changes of their teams follow one another. */
async function holdOrganisations(tx: Db, ids: string[]) {
  const isOne = isAnyOf(organisations.id, ids)
  return tx.select().from(organisations).where(isOne).orderBy(asc(organisations.id)).for('update')
}

/** One of these organisations that nobody would administer without that person; none otherwise. Locks them all. */
export async function leftAlone(tx: Db, personId: string, ids: string[]) {
  const held = await holdOrganisations(tx, ids)
  const others = await tx
    .select({ id: grants.organisationId })
    .from(grants)
    .where(
      and(
        isAnyOf(grants.organisationId, ids),
        eq(grants.role, 'administrateur'),
        isNull(grants.endedAt),
        ne(grants.personId, personId),
      ),
    )
  const kept = new Set(others.map((one) => one.id))
  return held.find((one) => !kept.has(one.id))
}

/** The ids of the organisations that a person administers. */
export async function administeredBy(tx: Db, personId: string): Promise<string[]> {
  const isMine = and(eq(grants.personId, personId), eq(grants.role, 'administrateur'), isNull(grants.endedAt))
  const found = await tx.select({ id: grants.organisationId }).from(grants).where(isMine)
  return found.map((one) => one.id!)
}
