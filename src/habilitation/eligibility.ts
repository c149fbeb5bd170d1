import { eq, sql } from '../drizzle.ts'
import { type Db, insertRows, isAnyOf } from '../db.ts'
import { conflict } from '../errors.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { organisationEvents, organisations } from '../organisations/organisations.sql.ts'
import { structures } from './habilitations.sql.ts'

export type NewStructure = { siret: string; name: string; url?: string | null }
export type Structure = { id: string; slug: string; siret: string; closedAt: Date | null }

const REASON = 'Structure éligible à Aidants Connect'

/** Makes structures eligible, those of a SIRET that is not known yet being registered; answers them all, closed ones too. */
export async function makeEligible(tx: Db, given: NewStructure[], author: string): Promise<Structure[]> {
  const fresh = given.map(({ siret, name, url = null }) => ({
    siret,
    name: name.trim(),
    url,
    slug: slugOf(name, siret),
    state: 'known',
  }))
  const then = sql`on conflict (siret) do nothing returning id`
  const created = await insertRows<{ id: string }>(tx, organisations, fresh, then)
  const events = created.map(({ id }) => ({ organisationId: id, state: 'known', author, reason: REASON }))
  await insertRows(tx, organisationEvents, events)
  const sirets = given.map((one) => one.siret)
  await tx.execute(sql`
    insert into structures (organisation_id) select id from organisations where ${isAnyOf(organisations.siret, sirets)}
    on conflict do nothing`)
  return findStructures(tx, sirets)
}

/** The structures of these SIRET among those that are eligible; they cannot be closed before the transaction ends. */
export async function findStructures(tx: Db, sirets: string[]): Promise<Structure[]> {
  const found = await tx
    .select({
      id: organisations.id,
      slug: organisations.slug,
      siret: organisations.siret,
      closedAt: structures.closedAt,
    })
    .from(structures)
    .innerJoin(organisations, eq(organisations.id, structures.organisationId))
    .where(isAnyOf(organisations.siret, sirets))
    .for('share', { of: structures })
  return found.map((one) => ({ ...one, siret: one.siret! }))
}

/** The id of a structure that is eligible and open. Errors: `not_found`, `structure_not_eligible`, `structure_closed`. */
export async function requireOpenStructure(tx: Db, slug: string): Promise<string> {
  const { id, name } = await getOrganisation(tx, slug)
  const [found] = await tx.select().from(structures).where(eq(structures.organisationId, id)).for('share')
  if (!found) {
    throw conflict(
      'structure_not_eligible',
      `L’organisme « ${name} » n’est pas une structure éligible à Aidants Connect.`,
      'Déposez d’abord une demande pour la structure.',
    )
  }
  if (found.closedAt) throw structureClosed()
  return id
}

export const structureClosed = () =>
  conflict(
    'structure_closed',
    'Cette structure est fermée : personne ne peut y être habilité.',
    'Rouvrez d’abord la structure, ou faites la demande dans une autre.',
  )

/** A name as an address writes it; its SIRET makes it unique (60 characters at most). */
function slugOf(name: string, siret: string): string {
  const words = name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 44)
    .replaceAll(/^-+|-+$/g, '')
  return `${words || 'structure'}-${siret}`
}
