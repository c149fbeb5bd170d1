import { CREDENTIALS_V1 } from '../credentials/contexts.ts'
import { getCredential } from '../credentials/credentials.ts'
import { activeKey } from '../credentials/keys.ts'
import { signAsJwt } from '../credentials/sign-jwt.ts'
import { issuerOf, type JsonObject, signCredential } from '../credentials/suite.ts'
import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import type { Vault } from '../vault.ts'
import { type OwnBadge, ownBadges, whyNot } from './offers.ts'
import { walletDeposits } from './offers.sql.ts'
import type { Format } from './oid4vci-metadata.ts'
import { walletRefusal } from './wallet-errors.ts'
import type { HolderKey } from './wallet-keys.ts'
import { type Nonce, useNonce } from './wallet-nonces.ts'
import { usedNonce } from './wallet-proofs.ts'

type Deps = { db: Db; vault: Vault; baseUrl: string }
type Wanted = {
  personId: string
  credentialId: string
  format: Format
  key: HolderKey & { nonce: Nonce }
  /** What the wallet calls itself; null for one that did not say. */
  wallet: string | null
  now: Date
}

/** The badge that someone's wallet asks for. Errors: `credential_request_denied` when it may not be put in a wallet now. */
export async function grantedBadge(
  db: Db,
  { personId, credentialId, now }: Pick<Wanted, 'personId' | 'credentialId' | 'now'>,
) {
  const [badge] = await ownBadges(db, personId, credentialId)
  const why = badge && whyNot(badge, now)
  if (!badge || why) throw walletRefusal('credential_request_denied', why ?? 'Ce badge n’est pas celui de la personne.')
  return badge
}

/**
 * Puts a badge in a wallet: signs it anew, bound to the key of the wallet, and tells its holder. It is another document of the same
 * badge: same identifier, dates and status entries, so that revoking the badge revokes it. The nonce of the proof is used with it:
 * of two requests with one proof, one is served. Errors: `credential_request_denied`, `invalid_nonce`.
 */
export async function depositBadge(
  deps: Deps,
  wanted: Wanted,
): Promise<{ credential: JsonObject | string; notificationId: string }> {
  const { db } = deps
  const { personId, credentialId, format, wallet, now } = wanted
  const badge = await grantedBadge(db, wanted)
  const credential = await bindBadge(deps, badge, wanted)
  const notificationId = await db.transaction(async (tx) => {
    if (!(await useNonce(tx, wanted.key.nonce))) throw usedNonce()
    const [kept] = await tx
      .insert(walletDeposits)
      .values({ personId, credentialId, format, wallet: wallet?.slice(0, 200) ?? null, depositedAt: now })
      .returning({ id: walletDeposits.id })
    await record(tx, {
      author: `person:${personId}`,
      action: 'wallet.deposited',
      subject: `credential:${credentialId}`,
      personId,
      details: { format },
    })
    return kept!.id
  })
  return { credential, notificationId }
}

/** The badge as issued, about the key of a wallet besides the hashed identity: as `ldp_vc`, or as a token of VC 1.1 (`jwt_vc_json`). */
async function bindBadge(
  { db, vault, baseUrl }: Deps,
  badge: OwnBadge,
  { format, key, now }: Wanted,
): Promise<JsonObject | string> {
  const { document } = await getCredential(db, badge.id)
  // What refreshes a badge is bound to no key: a wallet that wants a newer copy asks for it here.
  const { proof: _, refreshService: __, ...issued } = JSON.parse(document) as JsonObject
  const bound = { ...issued, credentialSubject: { id: key.did, ...(issued['credentialSubject'] as JsonObject) } }
  if (format === 'ldp_vc') {
    return signCredential(bound, issuerOf(bound)!, await activeKey(db, vault, badge.organisationId), now)
  }
  const organisation = { id: badge.organisationId, slug: badge.slug }
  return signAsJwt(db, vault, baseUrl, organisation, asVersion11(bound), { alg: 'ES256', inVcClaim: true })
}

/**
 * The same in the words of VC 1.1, which wallets read in a `jwt_vc_json` (OpenID4VCI 1.0, appendix A.1.1, and its example): the first
 * context, and the names of the dates.
 */
function asVersion11({ '@context': contexts, validFrom, validUntil, ...rest }: JsonObject): JsonObject {
  return {
    '@context': [CREDENTIALS_V1, ...(contexts as unknown[]).slice(1)],
    ...rest,
    issuanceDate: validFrom,
    ...(validUntil !== undefined && { expirationDate: validUntil }),
  }
}
