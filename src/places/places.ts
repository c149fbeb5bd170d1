import { and, asc, desc, eq, type InferSelectModel, isNull, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { conflict, DomainError, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { STATE_WORDS } from '../organisations/transitions.ts'
import { organisationPlaces as ties } from './places.sql.ts'
import type { Tells } from './telling.ts'

/** A place and its structure: the act without which nothing of it is public. */
export type Tie = InferSelectModel<typeof ties>
export type GivenPlace = { id: string; nom: string; tells?: Tells | undefined; agreed?: boolean | undefined }

/** The states of an organisation whose places may be tied, and whose evidence is told. */
const IN_PLACE = ['known', 'approved'] as const
const isInPlace = ({ state }: Pick<Organisation, 'state'>): boolean => IN_PLACE.some((one) => one === state)

/**
 * Ties a place to a structure, or changes its name and what it tells; the same again changes nothing, except that an agreement
 * stated again counts from now. Errors: `organisation_not_approved`, `agreement_missing`, `place_taken`.
 */
export async function tiePlace(
  db: Db,
  organisation: Organisation,
  given: GivenPlace,
  author: string,
  now = new Date(),
): Promise<{ tie: Tie; isNew: boolean }> {
  requireInPlace(organisation)
  const { placeId, ...said } = saidOf(given, now)
  const { id: organisationId, slug } = organisation
  const about = { author, subject: `place:${placeId}`, organisationId, details: { structure: slug, tells: said.tells } }
  return db.transaction(async (tx) => {
    const values = { placeId, organisationId, ...said, since: now, changedAt: now }
    const [tied] = await tx.insert(ties).values(values).onConflictDoNothing().returning()
    if (tied) {
      await record(tx, { ...about, action: 'place.tied' })
      return { tie: tied, isNew: true }
    }
    const [held] = await tx.select().from(ties).where(isCurrent(placeId)).for('update')
    if (held?.organisationId !== organisationId) throw taken(placeId)
    if (held.nom === said.nom && held.tells === said.tells && said.tells !== 'all') return { tie: held, isNew: false }
    const change = { ...said, changedAt: now }
    const [changed] = await tx.update(ties).set(change).where(eq(ties.id, held.id)).returning()
    await record(tx, { ...about, action: 'place.changed' })
    return { tie: changed!, isNew: false }
  })
}

function requireInPlace({ name, state }: Organisation): void {
  if (isInPlace({ state })) return
  throw conflict(
    'organisation_not_approved',
    `L’organisme « ${name} » est ${STATE_WORDS[state]} : il ne peut rien rendre public de ses lieux.`,
    'Attendez la décision de l’exploitant du service, ou écrivez-lui.',
  )
}

/** One writing for one identifier, and one agreement for small numbers. */
function saidOf({ id, nom, tells = 'presence', agreed = false }: GivenPlace, now: Date) {
  if (tells === 'all' && !agreed) {
    throw invalid(
      'agreement_missing',
      'Un petit nombre désigne quelqu’un : il n’est public que si chaque personne comptée l’a accepté.',
      'Demandez leur accord, puis dites-le ici ; ou choisissez la présence seule.',
      { field: 'agreed' },
    )
  }
  return {
    placeId: id.normalize('NFC'),
    nom: nom.trim().replaceAll(/\s+/g, ' '),
    tells,
    agreedAt: tells === 'all' ? now : null,
  }
}

const taken = (placeId: string) =>
  conflict(
    'place_taken',
    `Le lieu « ${placeId} » est rattaché à une autre structure.`,
    'Vérifiez l’identifiant. Si ce lieu est bien le vôtre, demandez à l’autre structure d’y mettre fin, ou à l’exploitant du service.',
  )

/** Ends what a structure made public of a place; both its days are kept. Errors: `not_found`. */
export async function endPlace(
  db: Db,
  organisation: Organisation,
  placeId: string,
  author: string,
  now = new Date(),
): Promise<Tie> {
  const { id: organisationId, slug } = organisation
  return db.transaction(async (tx) => {
    const [ended] = await tx
      .update(ties)
      .set({ endedAt: sql`greatest(${ties.since}, ${now.toISOString()}::timestamptz)` })
      .where(and(isCurrent(placeId), eq(ties.organisationId, organisationId)))
      .returning()
    if (!ended) throw notFound('Le lieu', placeId)
    const about = { author, subject: `place:${placeId}`, organisationId, details: { structure: slug } }
    await record(tx, { ...about, action: 'place.ended' })
    return ended
  })
}

const isCurrent = (placeId: string) => and(eq(ties.placeId, placeId.normalize('NFC')), isNull(ties.endedAt))

/** The places of a structure: those that are tied, then those that were, the newest first. */
export const listPlaces = (db: Db, { id }: Organisation): Promise<Tie[]> =>
  db
    .select()
    .from(ties)
    .where(eq(ties.organisationId, id))
    .orderBy(sql`${ties.endedAt} desc nulls first`, asc(ties.placeId))

const structure = { slug: organisations.slug, name: organisations.name, siret: organisations.siret }

/** A place that tells its evidence, and its structure. Errors: `not_found`, `place_ended`. */
export async function getPlace(db: Db, placeId: string) {
  const [found] = await db
    .select({ tie: ties, structure, state: organisations.state })
    .from(ties)
    .innerJoin(organisations, eq(organisations.id, ties.organisationId))
    .where(eq(ties.placeId, placeId.normalize('NFC')))
    .orderBy(sql`${ties.endedAt} desc nulls first`, desc(ties.since))
    .limit(1)
  if (!found) throw notFound('Le lieu', placeId)
  if (found.tie.endedAt !== null || !isInPlace(found)) throw ended(placeId)
  return found
}

const ended = (placeId: string) =>
  new DomainError(
    'gone',
    'place_ended',
    `Plus aucune structure ne rend publiques les preuves du lieu « ${placeId} ».`,
    'Ne les montrez plus : relisez cette adresse un autre jour, ou demandez à la structure.',
  )

/** The wire form, for the structure. */
export const serializeTie = ({ placeId, nom, tells, agreedAt, since, endedAt }: Tie, baseUrl: string) => ({
  id: placeId,
  nom,
  tells,
  agreedAt,
  since,
  endedAt,
  evidence: evidenceUrl(baseUrl, placeId),
})

/** Where the evidence of a place is read. */
export const evidenceUrl = (baseUrl: string, placeId: string): string =>
  `${baseUrl}/api/v1/places/${encodeURIComponent(placeId)}/evidence`
