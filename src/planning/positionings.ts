import { createHash, randomUUIDv7 } from 'node:crypto'
import { and, eq, type SQL, sql } from '../drizzle.ts'
import { anyId, type Db, rows } from '../db.ts'
import { conflict, DomainError, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { lockPerson } from '../people/addresses.ts'
import { rememberPeople, sealPerson } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { type Positioning, targetKey } from './positioning.ts'
import { positionings } from './positionings.sql.ts'

const SEAL = 'planning/positioning'
/** Of one person, by one maker. */
const MAX_POSITIONINGS = 200

type Holder = { personId: string; author: string }

/** Keeps what a person found of herself or himself; answers its id. Errors: `too_many_positionings`. */
export const keepOwn = (db: Db, vault: Vault, { personId, author }: Holder, content: Positioning): Promise<string> =>
  db.transaction(async (tx) => {
    await lockPerson(tx, personId)
    return insert(tx, vault, { personId, author, organisationId: null, content })
  })

/** Keeps what an organisation found of the learner that it names, known here or not; answers its id. Errors: the same. */
export const keepOfLearner = (
  db: Db,
  vault: Vault,
  { id: organisationId }: Organisation,
  { author, content }: { author: string; content: Positioning },
): Promise<string> =>
  db.transaction(async (tx) => {
    const known = await rememberPeople(tx, [sealPerson(vault, content.learner!)])
    const personId = known.values().next().value!
    return insert(tx, vault, { personId, author, organisationId, content })
  })

type New = Holder & { organisationId: string | null; content: Positioning }

async function insert(tx: Db, vault: Vault, { personId, author, organisationId, content }: New): Promise<string> {
  const isMine = sql`${positionings.personId} = ${personId} and ${positionings.organisationId} is not distinct from ${organisationId}`
  if ((await tx.$count(positionings, isMine)) >= MAX_POSITIONINGS) throw tooMany()
  const text = JSON.stringify(content)
  const id = randomUUIDv7()
  const target = targetKey(content.target.asked)
  await tx
    .insert(positionings)
    .values({ id, personId, organisationId, author, target, content: vault.seal(SEAL, text) })
  // The journal is chained and sealed: it proves later that the content is the one of that day.
  const details = { digest: digestOf(text) }
  await record(tx, {
    author,
    action: 'positioning.made',
    subject: `positioning:${id}`,
    personId,
    organisationId,
    details,
  })
  return id
}

const digestOf = (content: string): string => createHash('sha256').update(content).digest('hex')

/** Deletes a positioning that its own person made. Errors: `not_found`, `positioning_of_organisation`. */
export async function deleteOwn(db: Db, { personId, author }: Holder, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [gone] = await tx
      .delete(positionings)
      .where(and(eq(positionings.id, id), eq(positionings.personId, personId)))
      .returning({ organisationId: positionings.organisationId })
    if (!gone) throw notFound('Le positionnement', id)
    if (gone.organisationId !== null) throw notYours()
    await record(tx, { author, action: 'positioning.deleted', subject: `positioning:${id}`, personId })
  })
}

type Page = { limit: number; after?: string | undefined }

/** The positionings of a person, whoever made them, the newest first; `after` is the last of the page before. */
export const listOfPerson = (db: Db, vault: Vault, personId: string, { limit, after }: Page) =>
  page(
    db,
    vault,
    sql`p.person_id = ${personId} and ${after === undefined ? sql`true` : sql`p.id < ${after}`} order by p.id desc`,
    limit,
  )

/** One of them; `not_found` for someone else's. */
export async function getOfPerson(db: Db, vault: Vault, personId: string, id: string): Promise<KeptPositioning> {
  const [found] = await read(db, vault, sql`p.id = ${id} and p.person_id = ${personId} limit 1`)
  if (!found) throw notFound('Le positionnement', id)
  return found
}

/** Those that an organisation made, the oldest first, with the names that it gave: the reading is journalled. */
export async function listOfOrganisation(
  db: Db,
  vault: Vault,
  { id: organisationId }: Organisation,
  { author, limit, after }: Page & { author: string },
) {
  const isNext = after === undefined ? sql`true` : sql`p.id > ${after}`
  const found = await page(db, vault, sql`p.organisation_id = ${organisationId} and ${isNext} order by p.id`, limit)
  const concerned = { subject: `organisation:${organisationId}`, organisationId }
  await record(db, { author, action: 'positionings.listed', ...concerned, details: { rows: found.items.length } })
  return found
}

/** One that an organisation made; `not_found` for another's. */
export async function getOfOrganisation(db: Db, vault: Vault, { id: organisationId }: Organisation, id: string) {
  const [found] = await read(db, vault, sql`p.id = ${id} and p.organisation_id = ${organisationId} limit 1`)
  if (!found) throw notFound('Le positionnement', id)
  return found
}

async function page(db: Db, vault: Vault, where: SQL, limit: number) {
  const found = await read(db, vault, sql`${where} limit ${limit + 1}`)
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? items.at(-1)!.id : null }
}

/** All the positionings of these rows of a person, for her or his export: each with its content whole. */
export async function exportPositionings(db: Db, vault: Vault, personIds: string[]) {
  const found = await read(db, vault, sql`p.person_id = ${anyId(personIds)} order by p.id`)
  return found.map(({ id, organisationName, createdAt, supersededBy, digest, content }) => ({
    positionnement: id,
    'fait le': createdAt,
    'fait par': organisationName ?? 'vous',
    but: content.target.label,
    'remplacé par': supersededBy,
    contenu: content,
    'empreinte SHA-256 du contenu': digest,
  }))
}

type Row = {
  id: string
  organisation: string | null
  organisationName: string | null
  createdAt: string
  supersededBy: string | null
  content: string
}

/** A positioning as it was kept; `digest` is the SHA-256 that the journal noted when it was made. */
export type KeptPositioning = Omit<Row, 'content'> & { digest: string; content: Positioning }

async function read(db: Db, vault: Vault, where: SQL): Promise<KeptPositioning[]> {
  const found = await rows<Row>(
    db,
    sql`select p.id, o.slug as organisation, o.name as "organisationName",
          to_char(p.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", p.content,
          (select n.id from positionings n where n.person_id = p.person_id and n.target = p.target
             and n.organisation_id is not distinct from p.organisation_id and n.id > p.id
           order by n.id limit 1) as "supersededBy"
        from positionings p left join organisations o on o.id = p.organisation_id where ${where}`,
  )
  return found.map(({ content: sealed, ...row }) => {
    const content = vault.open(SEAL, sealed)
    return { ...row, digest: digestOf(content), content: JSON.parse(content) as Positioning }
  })
}

const tooMany = () =>
  new DomainError(
    'too_many',
    'too_many_positionings',
    `${MAX_POSITIONINGS} positionnements de cette personne sont déjà gardés.`,
    'Supprimez ceux qui ne servent plus, dans l’espace de la personne.',
  )
const notYours = () =>
  conflict(
    'positioning_of_organisation',
    'Ce positionnement est celui d’un organisme, qui en répond : il n’est pas supprimé.',
    'Écrivez à cet organisme, ou effacez vos données depuis votre espace.',
  )
