import { and, asc, eq, gt, type InferSelectModel, sql } from '../drizzle.ts'
import { type Db, insertRows, isAnyOf } from '../db.ts'
import { record } from '../journal/journal.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { openIdentity, rememberPeople, type Sealed, sealPerson } from '../people/people.ts'
import { problem, type RowProblem } from '../training/completion-rows.ts'
import type { Vault } from '../vault.ts'
import { initialTrainings } from './conseillers.sql.ts'
import { isUnusual, shownOf } from './initial-training.ts'
import { type InitialTrainingRow, readInitialTraining } from './initial-training-rows.ts'

export type InitialTraining = InferSelectModel<typeof initialTrainings>
type Outcome = 'kept' | 'corrected' | 'alreadyKept'
type Kept = { line: number; outcome: Outcome; id: string; unusual: boolean | null }
export type InitialTrainingReceipt = Kept | { line: number; outcome: 'refused'; problem: RowProblem }
type Read = { line: number; row: InitialTrainingRow; person: Sealed }
type Intake = {
  rows: unknown[]
  author: string
  /** What it brings about for these people, in the same transaction. */
  follow: (tx: Db, personIds: string[]) => Promise<void>
}

const SEAL = 'conseillers/observations'

/**
 * Keeps the rows of a training organisation that can be read, and answers a receipt for each, in order. A training is one
 * person, one organisation and one first day: sent again as it is, it changes nothing; otherwise it is corrected.
 */
export async function receiveInitialTrainings(
  db: Db,
  vault: Vault,
  { id: organisationId }: Organisation,
  { rows, author, follow }: Intake,
): Promise<InitialTrainingReceipt[]> {
  const { readable, receipts } = readRows(vault, rows)
  return db.transaction(async (tx) => {
    // Two files of one organisation are kept one after the other, or a row could be both new and known.
    await tx.select().from(organisations).where(eq(organisations.id, organisationId)).for('no key update')
    const people = await rememberPeople(tx, distinct(readable.map((one) => one.person)))
    const given = new Map<string, Given>()
    for (const one of readable) {
      const personId = people.get(one.person.emailFingerprint)!
      const key = `${personId} ${one.row.date_debut}`
      const first = given.get(key)
      if (first) receipts.push({ line: one.line, outcome: 'refused', problem: duplicateOf(first.line) })
      else given.set(key, { ...one, personId })
    }
    const kept = await keepRows(tx, vault, organisationId, [...given.values()])
    await follow(
      tx,
      kept.filter((one) => one.outcome !== 'alreadyKept').map((one) => one.personId),
    )
    receipts.push(...kept.map(({ line, outcome, id, unusual }) => ({ line, outcome, id, unusual })))
    const details = { received: rows.length, refused: receipts.filter((one) => one.outcome === 'refused').length }
    const subject = `organisation:${organisationId}`
    await record(tx, { author, action: 'initial_trainings.received', subject, organisationId, details })
    return receipts.toSorted((a, b) => a.line - b.line)
  })
}

function readRows(vault: Vault, rows: unknown[]) {
  const receipts: InitialTrainingReceipt[] = []
  const readable = rows.flatMap((given, index): Read[] => {
    const line = index + 1
    const row = readInitialTraining(given)
    if ('problem' in row) {
      receipts.push({ line, outcome: 'refused', problem: row.problem })
      return []
    }
    const { email, given_name: givenName, family_name: familyName } = row
    return [{ line, row, person: sealPerson(vault, { email, givenName, familyName }) }]
  })
  return { readable, receipts }
}

const distinct = (people: Sealed[]): Sealed[] => [...new Map(people.map((one) => [one.emailFingerprint, one])).values()]

const duplicateOf = (line: number): RowProblem =>
  problem(
    'email',
    'duplicate_row',
    `Cette personne figure déjà à la ligne ${line}, avec la même date de début.`,
    'Gardez une seule ligne par personne et par formation.',
  )

type Given = Read & { personId: string }

/** Writes what is new or different in one statement. */
async function keepRows(tx: Db, vault: Vault, organisationId: string, given: Given[]) {
  const known = await knownTrainings(tx, organisationId, given)
  const outcomes = given.map(({ line, row, person, personId }) => {
    const former = known.get(`${personId} ${row.date_debut}`)
    const columns = columnsOf(row)
    const outcome: Outcome = !former ? 'kept' : isSame(vault, former, columns, row) ? 'alreadyKept' : 'corrected'
    return { line, outcome, personId, row, person, columns }
  })
  const values = outcomes
    .filter((one) => one.outcome !== 'alreadyKept')
    .map(({ personId, person, columns: { observations, ...columns } }) => ({
      organisationId,
      personId,
      identity: person.identity,
      ...columns,
      observations: observations && vault.seal(SEAL, observations),
    }))
  type Written = { id: string; key: string }
  const written = await insertRows<Written>(tx, initialTrainings, values, UPSERT)
  const ids = new Map([...known].map(([key, { id }]) => [key, id]))
  for (const { key, id } of written) ids.set(key, id)
  return outcomes.map(({ line, outcome, personId, columns: { startsOn, parcours } }) => {
    const id = ids.get(`${personId} ${startsOn}`)!
    return { line, outcome, id, personId, unusual: isUnusual(parcours, startsOn) }
  })
}

const UPSERT = sql`on conflict (organisation_id, person_id, starts_on) do update
  set identity = excluded.identity, label = excluded.label, parcours = excluded.parcours, lot = excluded.lot,
    marche_formation = excluded.marche_formation, lieu = excluded.lieu, ends_on = excluded.ends_on, pix = excluded.pix,
    remn = excluded.remn, observations = excluded.observations
  returning id, person_id || ' ' || starts_on as key`

async function knownTrainings(tx: Db, organisationId: string, given: Given[]): Promise<Map<string, InitialTraining>> {
  const people = given.map((one) => one.personId)
  const found = await tx
    .select()
    .from(initialTrainings)
    .where(and(eq(initialTrainings.organisationId, organisationId), isAnyOf(initialTrainings.personId, people)))
  return new Map(found.map((one) => [`${one.personId} ${one.startsOn}`, one]))
}

/** A row by the names of the columns here; what is empty is unknown. */
const columnsOf = (row: InitialTrainingRow) => ({
  label: row.label ?? null,
  parcours: row.parcours ?? null,
  lot: row.lot || null,
  marcheFormation: row.marche_formation || null,
  lieu: row.lieu || null,
  startsOn: row.date_debut,
  endsOn: row.date_fin || null,
  pix: row.pix ?? null,
  remn: row.remn ?? null,
  observations: row.observations || null,
})

function isSame(vault: Vault, former: InitialTraining, columns: ReturnType<typeof columnsOf>, row: InitialTrainingRow) {
  const { givenName, familyName } = former.identity ? openIdentity(vault, former.identity) : {}
  const open = { ...former, observations: former.observations && vault.open(SEAL, former.observations) }
  const isName = givenName === row.given_name && familyName === row.family_name
  return isName && Object.entries(columns).every(([name, value]) => open[name as keyof typeof columns] === value)
}

/** What a training organisation recorded, after a cursor, by id, which the journal keeps. */
export async function listInitialTrainings(
  db: Db,
  { id: organisationId }: Organisation,
  { limit, after, author }: { limit: number; after?: string | undefined; author: string },
) {
  const mine = eq(initialTrainings.organisationId, organisationId)
  const found = await db
    .select()
    .from(initialTrainings)
    .where(and(mine, after === undefined ? undefined : gt(initialTrainings.id, after)))
    .orderBy(asc(initialTrainings.organisationId), asc(initialTrainings.id))
    .limit(limit + 1)
  const items = found.slice(0, limit)
  const concerned = { subject: `organisation:${organisationId}`, organisationId }
  await record(db, { author, action: 'initial_trainings.listed', ...concerned, details: { rows: items.length } })
  return { items, next: found.length > limit ? items.at(-1)!.id : null }
}

/** What an employer reads of an initial training: neither the observations nor who is who. */
export function serializeInitialTraining(training: InitialTraining) {
  const { id, label, parcours, lot, marcheFormation, lieu, startsOn, endsOn, pix, remn } = training
  const unusual = isUnusual(parcours, startsOn)
  const facts = { label, parcours, lot, marcheFormation, lieu, startsOn, endsOn, pix, remn }
  return { id, ...facts, unusual, shown: shownOf(training) }
}

/** What whoever recorded it, the person and the operator read. */
export function openInitialTraining(vault: Vault, training: InitialTraining) {
  const { personId, identity, observations } = training
  return {
    ...serializeInitialTraining(training),
    person: { id: personId, ...(identity && openIdentity(vault, identity)) },
    observations: observations && vault.open(SEAL, observations),
  }
}
