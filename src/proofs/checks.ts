import { and, desc, eq, isNull } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { conflict, invalid, notAllowed, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { lastDayAnywhere } from '../days.ts'
import type { Vault } from '../vault.ts'
import type { Method, Outcome } from './kinds.ts'
import { awardMilestones } from './milestones.ts'
import { SEEN, type Seen } from './proofs.ts'
import { proofChecks, proofs } from './proofs.sql.ts'

export type NewCheck = {
  proof: string
  how: Exclude<Method, 'badge'>
  outcome: Outcome
  /** What was seen: the number of a diploma, the address of a register. */
  reference: string
  reason?: string
  checkedOn: string
}
/** Who looked, and for which organisation; a person does not check what is hers or his. */
type Checker = { author: string; personId: string | null; organisation: Organisation }

/**
 * Keeps that an organisation looked at a proof, and gives the milestones that it completes. The same check as the last
 * one is kept once. Errors: `not_found`, `own_proof`, `organisation_cannot_check`, `check_reason`, `check_in_future`,
 * `check_before_proof`.
 */
export async function checkProof(db: Db, vault: Vault, checker: Checker, given: NewCheck): Promise<void> {
  const { organisation, author } = checker
  const { proof: proofId, how, outcome, checkedOn } = given
  if (!['approved', 'known'].includes(organisation.state)) throw cannotCheck(organisation.name)
  const reason = given.reason?.trim() || null
  if (outcome === 'refused' && reason === null) throw reasonMissing()
  if (checkedOn > lastDayAnywhere()) throw inFuture()
  await db.transaction(async (tx) => {
    const [proof] = await tx
      .select({ personId: proofs.personId, kind: proofs.kind, obtainedOn: proofs.obtainedOn })
      .from(proofs)
      .where(and(eq(proofs.id, proofId), isNull(proofs.withdrawnAt)))
      .for('update')
    if (!proof) throw notFound('La preuve', proofId)
    const { personId, kind, obtainedOn } = proof
    if (personId === checker.personId) throw own()
    if (obtainedOn !== null && checkedOn < obtainedOn) throw tooEarly()
    const seen: Seen = { reference: given.reference.trim(), reason }
    const check = { proofId, how, outcome, organisationId: organisation.id, checkedOn }
    if (await isLast(tx, vault, check, seen)) return
    await tx.insert(proofChecks).values({ ...check, author, seen: vault.seal(SEEN, JSON.stringify(seen)) })
    if (kind === 'bloc') await awardMilestones(tx, [personId])
    const concerned = { subject: `proof:${proofId}`, personId, organisationId: organisation.id }
    await record(tx, { author, action: 'proof.checked', ...concerned, details: { how, outcome, checkedOn } })
  })
}

type Check = Pick<typeof proofChecks.$inferInsert, 'proofId' | 'how' | 'outcome' | 'organisationId' | 'checkedOn'>

async function isLast(tx: Db, vault: Vault, check: Check, seen: Seen): Promise<boolean> {
  const [last] = await tx
    .select()
    .from(proofChecks)
    .where(eq(proofChecks.proofId, check.proofId))
    .orderBy(desc(proofChecks.id))
    .limit(1)
  if (!last?.seen || vault.open(SEEN, last.seen) !== JSON.stringify(seen)) return false
  return (['how', 'outcome', 'organisationId', 'checkedOn'] as const).every((name) => last[name] === check[name])
}

const cannotCheck = (name: string) =>
  conflict(
    'organisation_cannot_check',
    `L’organisme « ${name} » n’est ni approuvé ni connu ici : il ne peut pas vérifier une preuve.`,
    'Attendez la décision de l’exploitant du service, ou écrivez-lui.',
  )
const own = () =>
  notAllowed('On ne vérifie pas sa propre preuve.', 'Demandez à une autre personne de votre organisme de la vérifier.')
const reasonMissing = () =>
  invalid(
    'check_reason',
    'Une preuve qui n’est pas confirmée l’est pour un motif.',
    'Donnez « reason » : la personne le lira.',
  )
const inFuture = () =>
  invalid('check_in_future', 'Le jour de la vérification est dans le futur.', 'Donnez le jour où la pièce a été vue.')
const tooEarly = () =>
  invalid(
    'check_before_proof',
    'La vérification est datée d’avant le jour d’obtention.',
    'Donnez le jour où la pièce a été vue, ou demandez à la personne de corriger sa déclaration.',
  )
