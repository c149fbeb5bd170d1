import { and, asc, eq, gt, type InferSelectModel } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { brokenConstraint, conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { STATE_WORDS } from '../organisations/transitions.ts'
import { type Identity, rememberPeople, sealPerson } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { conseillerContracts as contracts } from './conseillers.sql.ts'
import type { CONTRACT_TYPES, TYPOLOGIES } from './contract-terms.ts'
import { refuseFuture } from './days.ts'

export type Contract = InferSelectModel<typeof contracts>
export type NewContract = Identity & {
  type: (typeof CONTRACT_TYPES)[number]
  typologie: (typeof TYPOLOGIES)[number]
  signedOn?: string | null
  startsOn: string
  endsOn?: string | null
}

export const SEAL_REASON = 'conseillers/contract-end'

/** Lets an employer through that is known or approved here; `organisation_not_approved` otherwise. */
export function requireEmployer({ name, state }: Organisation): void {
  if (state === 'approved' || state === 'known') return
  throw conflict(
    'organisation_not_approved',
    `L’organisme « ${name} » est ${STATE_WORDS[state]} : il ne peut ni déclarer de contrat ni lire de formations.`,
    'Attendez la décision de l’exploitant du service, ou écrivez-lui.',
  )
}

/**
 * Keeps a contract that an employer declares. Errors: `contract_known` when it has one of that person from that day,
 * `date_in_future`, `contract_days`, `contract_term`.
 */
export async function recordContract(
  db: Db,
  vault: Vault,
  { id: organisationId }: Organisation,
  given: NewContract,
  author: string,
): Promise<Contract> {
  const { email, givenName, familyName, ...terms } = given
  refuseFuture(given.signedOn)
  const sealed = sealPerson(vault, { email, givenName, familyName })
  try {
    return await db.transaction(async (tx) => {
      const [personId] = (await rememberPeople(tx, [sealed])).values()
      const values = { ...terms, organisationId, personId: personId!, identity: sealed.identity }
      const [kept] = await tx.insert(contracts).values(values).returning()
      const { id, type, typologie } = kept!
      await record(tx, {
        author,
        action: 'contract.recorded',
        subject: `contract:${id}`,
        organisationId,
        personId: personId!,
        details: { type, typologie },
      })
      return kept!
    })
  } catch (error) {
    throw namedRefusal(error) ?? error
  }
}

function namedRefusal(error: unknown) {
  switch (brokenConstraint(error)) {
    case 'contract_once':
      return conflict(
        'contract_known',
        'Un contrat de cette personne qui commence ce jour-là est déjà enregistré pour cet employeur.',
        'Relisez-le dans la liste des contrats ; un autre contrat commence un autre jour.',
      )
    case 'contract_days_in_order':
    case 'contract_ended_once_started':
      return invalid('contract_days', 'Le contrat finit avant de commencer.', 'Corrigez les dates.')
    case 'contract_cdi_has_no_term':
      return invalid('contract_term', 'Un CDI n’a pas de terme.', 'Retirez « endsOn », ou choisissez un autre type.')
    case 'contract_ended_by_its_term':
      return invalid(
        'contract_term',
        'Le contrat se terminait déjà avant ce jour.',
        'Enregistrez la suite comme un autre contrat.',
      )
    default:
      return null
  }
}

const contractOf = (db: Db, { id: organisationId }: Organisation, id: string) =>
  db
    .select()
    .from(contracts)
    .where(and(eq(contracts.id, id), eq(contracts.organisationId, organisationId)))

/** A contract of that employer; `not_found` otherwise. */
export async function getContract(db: Db, employer: Organisation, id: string): Promise<Contract> {
  const [found] = await contractOf(db, employer, id)
  if (!found) throw notFound('Le contrat', id)
  return found
}

/** The same, that nobody else changes until the transaction ends. */
export async function holdContract(tx: Db, employer: Organisation, id: string): Promise<Contract> {
  const [held] = await contractOf(tx, employer, id).for('no key update')
  if (!held) throw notFound('Le contrat', id)
  return held
}

/**
 * Ends a contract before its term, or corrects the day it ended; the same day again changes nothing. Why is kept sealed, and
 * not in the journal. Errors: `not_found`, `contract_days`, `contract_term`.
 */
export async function endContract(
  db: Db,
  vault: Vault,
  employer: Organisation,
  id: string,
  { endedOn, reason, author }: { endedOn: string; reason: string; author: string },
): Promise<Contract> {
  try {
    return await db.transaction(async (tx) => {
      const contract = await holdContract(tx, employer, id)
      if (contract.endedOn === endedOn) return contract
      const [ended] = await tx
        .update(contracts)
        .set({ endedOn, endedReason: vault.seal(SEAL_REASON, reason) })
        .where(eq(contracts.id, id))
        .returning()
      const { organisationId, personId } = contract
      const concerned = { subject: `contract:${id}`, organisationId, personId }
      const details = { endedOn, ...(contract.endedOn && { before: contract.endedOn }) }
      await record(tx, { author, action: 'contract.ended', ...concerned, details })
      return ended!
    })
  } catch (error) {
    throw namedRefusal(error) ?? error
  }
}

/** An employer's contracts after a cursor, by id, which the journal keeps. */
export async function listContracts(
  db: Db,
  { id: organisationId }: Organisation,
  { limit, after, author }: { limit: number; after?: string | undefined; author: string },
) {
  const found = await db
    .select()
    .from(contracts)
    .where(and(eq(contracts.organisationId, organisationId), after === undefined ? undefined : gt(contracts.id, after)))
    .orderBy(asc(contracts.organisationId), asc(contracts.id))
    .limit(limit + 1)
  const items = found.slice(0, limit)
  const details = { rows: items.length }
  await record(db, {
    author,
    action: 'contracts.listed',
    subject: `organisation:${organisationId}`,
    organisationId,
    details,
  })
  return { items, next: found.length > limit ? items.at(-1)!.id : null }
}
