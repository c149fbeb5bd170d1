import type { Actor } from '../auth/actor.ts'
import type { Db } from '../db.ts'
import { DomainError } from '../errors.ts'
import type { Vault } from '../vault.ts'
import { decideHabilitationRequest } from './habilitation-decisions.ts'
import { decideOrganisationRequest } from './organisation-decisions.ts'
import type { OneDecision } from './schema.ts'
import type { Authority } from './validation.ts'

type Receipt = {
  request: string
  outcome: 'done' | 'already' | 'refused'
  status?: string
  problem?: { code: string; message: string; mend: string }
}

/** Takes decisions one after the other, each in its own transaction; a receipt for each, in their order. */
export async function takeDecisions(
  db: Db,
  vault: Vault,
  authority: Authority,
  actor: Actor,
  decisions: OneDecision[],
): Promise<Receipt[]> {
  const receipts: Receipt[] = []
  for (const { request, ...given } of decisions) {
    try {
      const decided =
        given.kind === 'organisation'
          ? await decideOrganisationRequest(db, authority, actor, request, given)
          : await decideHabilitationRequest(db, vault, authority, actor, request, given)
      receipts.push({ request, ...decided })
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      const { code, message, mend, details } = error
      const present = details['present']
      const status = typeof present === 'string' ? { status: present } : {}
      receipts.push({ request, outcome: 'refused', ...status, problem: { code, message, mend } })
    }
  }
  return receipts
}
