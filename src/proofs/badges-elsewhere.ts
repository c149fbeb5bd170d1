import { createHash } from 'node:crypto'
import { checkShape, list, type OpenBadge } from '../credentials/open-badge.ts'
import { checkRecipient } from '../credentials/recipient.ts'
import type { Verifier } from '../credentials/verifier.ts'
import type { Db } from '../db.ts'
import { brokenConstraint, conflict, invalid } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { listAddresses } from '../people/addresses.ts'
import { parisDate, lastDayAnywhere } from '../days.ts'
import type { Vault } from '../vault.ts'
import type { Kind } from './kinds.ts'
import { type Holder, keepProof, SEEN, type Seen } from './proofs.ts'
import { proofChecks } from './proofs.sql.ts'

type Deps = { db: Db; vault: Vault; verifier: Verifier; baseUrl: string }

/**
 * Keeps a badge of elsewhere as a checked proof of who signed in; answers its id. It must verify today and be addressed to
 * her or him. It says who signed it, never that it is a certification of ours or its block. Errors: `badge_not_valid`,
 * `badge_not_yours`, `badge_is_ours`, `badge_known`, `too_many_proofs`.
 */
export async function addBadge(
  { db, vault, verifier, baseUrl }: Deps,
  { personId, author }: Holder,
  { kind, credential }: { kind: Kind; credential: unknown },
): Promise<string> {
  const { verdict, summary } = await verifier.credential(credential, {})
  const shape = checkShape(credential)
  if (verdict !== 'valid' || shape.outcome !== 'success') throw notValid(summary)
  const { badge } = shape
  if (badge.id.startsWith(`${baseUrl}/`)) throw ours()
  const identifiers = list(badge.credentialSubject.identifier)
  const addresses = await listAddresses(db, vault, personId)
  if (!addresses.some(({ email }) => checkRecipient(identifiers, email) === 'recipient_ok')) throw notYours()
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

const notValid = (summary: string) =>
  invalid('badge_not_valid', `Ce badge n’est pas gardé. ${summary}`, 'Demandez à qui l’a délivré un badge à jour.')
const notYours = () =>
  invalid(
    'badge_not_yours',
    'Ce badge n’est adressé à aucune de vos adresses.',
    'S’il vous a été délivré à une autre adresse, ajoutez-la d’abord à votre espace.',
  )
const ours = () =>
  conflict('badge_is_ours', 'Ce badge a été délivré ici.', 'Il est déjà parmi vos badges : il n’y a rien à déclarer.')
const known = () => conflict('badge_known', 'Ce badge est déjà parmi vos preuves.', 'Il n’y a rien d’autre à faire.')
