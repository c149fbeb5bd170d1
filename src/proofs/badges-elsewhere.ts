import { createHash } from 'node:crypto'
import { type ElsewhereDeps, refusedOf, verifyElsewhere } from '../credentials/elsewhere.ts'
import type { OpenBadge } from '../credentials/open-badge.ts'
import { brokenConstraint, conflict } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { parisDate, lastDayAnywhere } from '../days.ts'
import type { Kind } from './kinds.ts'
import { type Holder, keepProof, SEEN, type Seen } from './proofs.ts'
import { proofChecks } from './proofs.sql.ts'

/**
 * Keeps a badge of elsewhere as a checked proof of who signed in; answers its id. It must verify today and be addressed to
 * her or him. It says who signed it, never that it is a certification of ours or its block. Errors: `badge_not_valid`,
 * `badge_not_yours`, `badge_is_ours`, `badge_known`, `too_many_proofs`.
 */
export async function addBadge(
  deps: ElsewhereDeps,
  { personId, author }: Holder,
  { kind, credential }: { kind: Kind; credential: unknown },
): Promise<string> {
  const { db, vault } = deps
  const verification = await verifyElsewhere(deps, personId, credential)
  const { verdict, badge } = verification
  if (verdict !== 'valid' || badge === null) throw refusedOf(verification)
  const badgeDigest = createHash('sha256').update(JSON.stringify(credential)).digest('base64url')
  try {
    return await db.transaction(async (tx) => {
      const proofId = await keepProof(tx, vault, personId, { kind, ...saidBy(badge), badgeDigest })
      const seen: Seen = { reference: badge.id, reason: null }
      await tx.insert(proofChecks).values({
        proofId,
        how: 'badge',
        outcome: 'confirmed',
        author: 'service',
        checkedOn: parisDate(new Date()),
        seen: vault.seal(SEEN, JSON.stringify(seen)),
      })
      const details = { kind, how: 'badge' }
      await record(tx, { author, action: 'proof.declared', subject: `proof:${proofId}`, personId, details })
      return proofId
    })
  } catch (error) {
    throw brokenConstraint(error) === 'proof_badge_once' ? known() : error
  }
}

/** What the badge says of itself, cut to what a proof holds; its day, unless its clock runs ahead. */
function saidBy({ id, issuer, validFrom, credentialSubject }: OpenBadge) {
  const issuedBy = typeof issuer === 'string' ? issuer : (issuer.name ?? issuer.id)
  const day = (credentialSubject.activityEndDate ?? validFrom).slice(0, 10)
  return {
    title: credentialSubject.achievement.name.slice(0, 300),
    issuedBy: issuedBy.slice(0, 300),
    ...(/^(19|20)\d\d-/.test(day) && day <= lastDayAnywhere() && { obtainedOn: day }),
    ...(/^https?:\/\//.test(id) && id.length <= 500 && URL.canParse(id) && { evidenceUrl: id }),
  }
}

const known = () => conflict('badge_known', 'Ce badge est déjà parmi vos preuves.', 'Il n’y a rien d’autre à faire.')
