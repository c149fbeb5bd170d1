import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
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
    const { id: organisationId } = await holdOrganisation(tx, slug)
    const held = and(eq(grants.organisationId, organisationId), isNull(grants.endedAt))
    const [one] = await tx
      .select({ role: grants.role, personId: grants.personId })
      .from(grants)
      .where(and(held, eq(grants.id, id)))
    if (!one) throw notFound('Dans cette équipe, le rôle', id)
    const administrators = await tx.$count(grants, and(held, eq(grants.role, 'administrateur')))
    if (one.role === 'administrateur' && administrators === 1) {
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

/** Locks an organisation, so that changes of its team follow one another. */
async function holdOrganisation(tx: Db, slug: string) {
  const organisation = await getOrganisation(tx, slug)
  await tx.select().from(organisations).where(eq(organisations.id, organisation.id)).for('update')
  return organisation
}
