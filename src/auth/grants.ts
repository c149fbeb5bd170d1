import { and, asc, eq, isNull } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { brokenConstraint, conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { rememberPeople, sealPerson } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { grants } from './auth.sql.ts'
import type { Role } from './tokens.ts'

/** The roles that are given; everyone who signs in holds their own badges. */
export type GivenRole = Exclude<Role, 'titulaire'>

type NewGrant = { personId: string; role: GivenRole; organisationId: string | null; grantedBy: string }

/** Gives a role to a person; answers the id of the grant. Errors: `grant_held`, `grant_scope`. */
export async function giveGrant(db: Db, { personId, role, organisationId, grantedBy }: NewGrant): Promise<string> {
  try {
    return await db.transaction(async (tx) => {
      const [given] = await tx
        .insert(grants)
        .values({ personId, role, organisationId, grantedBy })
        .returning({ id: grants.id })
      const { id } = given!
      await record(tx, {
        author: grantedBy,
        action: 'auth.grant_given',
        subject: `grant:${id}`,
        organisationId,
        personId,
        details: { role },
      })
      return id
    })
  } catch (error) {
    throw namedRefusal(error) ?? error
  }
}

type Given = { email: string; role: GivenRole; organisation: string | undefined; grantedBy: string }

/** The same to whoever has that e-mail, known or not, in an organisation by its slug. Errors: `not_found` too. */
export const giveGrantTo = (db: Db, vault: Vault, { email, role, organisation, grantedBy }: Given): Promise<string> =>
  db.transaction(async (tx) => {
    const organisationId = organisation === undefined ? null : (await getOrganisation(tx, organisation)).id
    const known = await rememberPeople(tx, [sealPerson(vault, { email, givenName: '', familyName: '' })])
    const personId = known.values().next().value!
    return giveGrant(tx, { personId, role, organisationId, grantedBy })
  })

function namedRefusal(error: unknown) {
  switch (brokenConstraint(error)) {
    case 'grant_once':
      return conflict('grant_held', 'Cette personne tient déjà ce rôle.', 'Il n’y a rien d’autre à faire.')
    case 'grant_scope_fits_role':
      return invalid(
        'grant_scope',
        'Les rôles « exploitant », « instructeur » et « comite » portent sur tout le service ; les autres, sur un organisme.',
        'Ajoutez l’organisme, ou retirez-le.',
      )
    default:
      return null
  }
}

/** Takes a role back. Errors: `not_found` when it is not held, or no longer. */
export async function endGrant(
  db: Db,
  { id, endedBy, reason }: { id: string; endedBy: string; reason: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [ended] = await tx
      .update(grants)
      .set({ endedAt: new Date() })
      .where(and(eq(grants.id, id), isNull(grants.endedAt)))
      .returning({ personId: grants.personId, role: grants.role, organisationId: grants.organisationId })
    if (!ended) throw notFound('Le rôle', id)
    const { role, ...concerned } = ended
    await record(tx, {
      author: endedBy,
      action: 'auth.grant_ended',
      subject: `grant:${id}`,
      ...concerned,
      reason,
      details: { role },
    })
  })
}

/** The roles that are held, of a person or in an organisation (its id), the oldest first. */
export const listGrants = (db: Db, of: { personId: string } | { organisationId: string }) =>
  db
    .select({
      id: grants.id,
      personId: grants.personId,
      role: grants.role,
      organisation: organisations.slug,
      grantedAt: grants.grantedAt,
    })
    .from(grants)
    .leftJoin(organisations, eq(organisations.id, grants.organisationId))
    .where(
      and(
        isNull(grants.endedAt),
        'personId' in of ? eq(grants.personId, of.personId) : eq(grants.organisationId, of.organisationId),
      ),
    )
    .orderBy(asc(grants.grantedAt), asc(grants.id))
