import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { openIdentity } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { initialTrainingsOf, runningContracts, type Training, trainingsOf } from './trainings.ts'

/** Late: something owed is past its day. Not yet due: the next day is to come. On time: nothing is left to do for now. */
type Standing = 'late' | 'notYetDue' | 'onTime' | 'unknown'

/** Where someone stands in one word; unknown without the day of entering initial training. */
function standingOf({ enteredOn, dues }: Training): Standing {
  if (enteredOn === null) return 'unknown'
  const open = dues.filter((one) => one.doneOn === null)
  if (open.some((one) => one.late)) return 'late'
  return open.length > 0 ? 'notYetDue' : 'onTime'
}

type Question = { day: string; limit: number; after?: string | undefined; author: string }

/**
 * The people late on a day among those who then have a contract with an employer, after a cursor (a person's id), and how
 * many there are of each standing in all. The journal keeps that they were listed.
 */
export async function listLateness(
  db: Db,
  vault: Vault,
  employer: Organisation,
  { day, limit, after, author }: Question,
) {
  const running = await runningContracts(db, employer, day)
  const people = new Map(running.toReversed().map((one) => [one.personId, one.identity]))
  const trainings = await trainingsOf(db, [...people.keys()], day)
  const counts: Record<Standing, number> = { late: 0, onTime: 0, notYetDue: 0, unknown: 0 }
  for (const training of trainings.values()) counts[standingOf(training)]++
  const late = [...trainings]
    .filter(([id, training]) => standingOf(training) === 'late' && (after === undefined || id > after))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const items = late.slice(0, limit).map(([id, { enteredOn, dues }]) => ({
    person: { id, ...identityOf(vault, people.get(id)) },
    enteredOn,
    dues: dues.filter((one) => one.doneOn === null && one.late),
  }))
  const concerned = { subject: `organisation:${employer.id}`, organisationId: employer.id }
  await record(db, { author, action: 'conseillers.lateness_listed', ...concerned, details: { rows: items.length } })
  return { day, counts, items, next: late.length > limit ? items.at(-1)!.person.id : null }
}

const identityOf = (vault: Vault, identity: string | null | undefined) =>
  identity ? openIdentity(vault, identity) : {}

/**
 * Where someone stands, as an employer with whom she or he has a contract today reads it; the journal keeps that it was
 * read. Errors: `not_found`.
 */
export async function readTraining(
  db: Db,
  employer: Organisation,
  personId: string,
  { day, today, author }: { day: string; today: string; author: string },
) {
  const [running] = await runningContracts(db, employer, today, personId)
  if (!running) throw notFound('La personne', personId)
  const training = (await trainingsOf(db, [personId], day)).get(personId)!
  const concerned = { subject: `person:${personId}`, personId, organisationId: employer.id }
  await record(db, { author, action: 'conseillers.training_read', ...concerned })
  return { ...training, initialTrainings: await initialTrainingsOf(db, personId) }
}
