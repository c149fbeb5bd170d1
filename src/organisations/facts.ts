import { and, asc, eq, isNull } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { DomainError, invalid } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { FACT_FORMS, type FactKind } from './fact-kinds.ts'
import { getOrganisation, namedConflict, type Organisation } from './organisations.ts'
import { organisationFacts, organisations } from './organisations.sql.ts'
import type { Register } from './register.ts'

export type NewFact = { kind: FactKind; value: string; source: string; checkedOn: string }
export type Fact = NewFact

/**
 * Keeps facts that were checked, each with its source and its day; they supersede those of before, and what the
 * organisation declared. Errors: `not_found`, `fact_invalid`, `fact_in_future`, `siret_taken`.
 */
export async function recordFacts(db: Db, slug: string, given: NewFact[], author: string): Promise<Fact[]> {
  const facts = given.map(checkedFact)
  const organisation = await getOrganisation(db, slug)
  try {
    await db.transaction(async (tx) => {
      // Facts of one organisation are kept one after the other, or two could both be the current one.
      await tx.select().from(organisations).where(eq(organisations.id, organisation.id)).for('update')
      for (const fact of facts) await supersede(tx, organisation, fact, author)
      await record(tx, {
        author,
        action: 'organisation.fact_recorded',
        subject: `organisation:${slug}`,
        organisationId: organisation.id,
        details: { facts: facts.map(({ kind, value, checkedOn }) => ({ kind, value, checkedOn })) },
      })
    })
  } catch (error) {
    throw namedConflict(error, { slug, siret: facts.find((one) => one.kind === 'siret')?.value ?? null }) ?? error
  }
  return listFacts(db, organisation.id)
}

function checkedFact({ kind, source, checkedOn, ...given }: NewFact): NewFact {
  const value = given.value.replaceAll(/\s/g, '')
  const { label, isRight, mend } = FACT_FORMS[kind]
  if (!isRight(value)) throw invalid('fact_invalid', `${label} : la valeur « ${value} » n’est pas valable.`, mend)
  if (checkedOn > new Date(Date.now() + 14 * 3600_000).toISOString().slice(0, 10)) {
    throw invalid('fact_in_future', 'Le jour du contrôle est dans le futur.', 'Donnez le jour où la source a été lue.')
  }
  return { kind, value, source, checkedOn }
}

async function supersede(tx: Db, { id }: Organisation, fact: NewFact, author: string): Promise<void> {
  const { kind, value } = fact
  await tx
    .update(organisationFacts)
    .set({ supersededAt: new Date() })
    .where(
      and(
        eq(organisationFacts.organisationId, id),
        eq(organisationFacts.kind, kind),
        kind === 'certificateur' ? eq(organisationFacts.value, value) : undefined,
        isNull(organisationFacts.supersededAt),
      ),
    )
  await tx.insert(organisationFacts).values({ ...fact, organisationId: id, recordedBy: author })
  if (kind === 'certificateur') return
  await tx
    .update(organisations)
    .set({ [kind]: kind === 'qualiopi' ? value === 'oui' : value })
    .where(eq(organisations.id, id))
}

/** The facts in force of an organisation. */
export const listFacts = (db: Db, organisationId: string): Promise<Fact[]> =>
  db
    .select({
      kind: organisationFacts.kind,
      value: organisationFacts.value,
      source: organisationFacts.source,
      checkedOn: organisationFacts.checkedOn,
    })
    .from(organisationFacts)
    .where(and(eq(organisationFacts.organisationId, organisationId), isNull(organisationFacts.supersededAt)))
    .orderBy(asc(organisationFacts.kind), asc(organisationFacts.value))

/**
 * Asks the public register about an organisation and keeps what it says. Errors: `siret_missing`, `register_offline`,
 * `register_unreachable`, `register_unknown`, `register_closed`; manual review remains in each case.
 */
export async function checkRegister(db: Db, register: Register | null, slug: string, author: string): Promise<Fact[]> {
  const { siret } = await getOrganisation(db, slug)
  if (!register) throw unavailable('register_offline', 'La consultation du registre public n’est pas activée ici.')
  if (!siret) throw invalid('siret_missing', 'Cet organisme n’a pas donné de SIRET.', MANUAL)
  const answer = await register(siret)
  if (answer === 'unreachable') throw unavailable('register_unreachable', 'Le registre public ne répond pas.')
  if (answer === 'unknown') throw invalid('register_unknown', `Le registre ne connaît pas le SIRET ${siret}.`, MANUAL)
  if (!answer.isOpen) throw invalid('register_closed', `L’établissement ${siret} est fermé au registre.`, MANUAL)
  const checkedOn = new Date().toISOString().slice(0, 10)
  const facts = [
    { kind: 'siret' as const, value: siret },
    { kind: 'qualiopi' as const, value: answer.isQualiopi ? 'oui' : 'non' },
    // Several numbers are for a person to choose from.
    ...(answer.nda.length === 1 ? [{ kind: 'nda' as const, value: answer.nda[0]! }] : []),
  ]
  return recordFacts(
    db,
    slug,
    facts.map((one) => ({ ...one, source: answer.source, checkedOn })),
    author,
  )
}

const MANUAL = 'Contrôlez les pièces vous-même, puis enregistrez chaque fait avec sa source : POST …/facts.'
const unavailable = (code: string, message: string) => new DomainError('unavailable', code, message, MANUAL)
