import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { ANONYMOUS, type Authorization, type ExtraGrant, LIFETIMES, PATHS, readAccess } from './authorization.ts'
import { redeemOffer } from './offers.ts'
import { configurationOf, detailsOf, type Format, FORMATS, formatOf, namedBy } from './oid4vci-metadata.ts'
import { asciiWords, walletRefusal } from './wallet-errors.ts'

/** The scope of each form of badge, which bears the name of its configuration, and what it allows. */
export const WALLET_SCOPES = Object.fromEntries(
  FORMATS.map((format) => [
    configurationOf(format),
    'copier dans votre portefeuille numérique les badges que vous choisissez',
  ]),
)

/** The grant of a pre-authorised code (OpenID4VCI 1.0 §6.1): no sign-in, no consent, the holder made the offer. */
export const preAuthorizedGrant = (db: Db, vault: Vault): ExtraGrant => ({
  name: 'urn:ietf:params:oauth:grant-type:pre-authorized_code',
  parameters: ['pre-authorized_code', 'tx_code'],
  handle: (provider, ctx) => takeCode(db, vault, provider, ctx),
})

async function takeCode(db: Db, vault: Vault, provider: Provider, ctx: KoaContextWithOIDC): Promise<void> {
  const { params, client } = ctx.oidc
  const { 'pre-authorized_code': code, tx_code: txCode } = params as Record<string, string | undefined>
  if (!code) throw new errors.InvalidRequest('Il manque pre-authorized_code.')
  const taken = await redeemOffer(db, vault, { code, txCode, now: new Date() })
  if ('error' in taken) throw new errors.CustomOIDCProviderError(taken.error, asciiWords(taken.why))
  const { personId: accountId, credentialId } = taken
  const grant = new provider.Grant({ accountId, clientId: client!.clientId })
  const scope = Object.keys(WALLET_SCOPES).join(' ')
  grant.addOIDCScope(scope)
  for (const detail of detailsOf([credentialId])) grant.addRar(detail)
  // Nothing renews this token: what was granted ends with it.
  grant.exp = Math.floor(Date.now() / 1000) + LIFETIMES.AccessToken
  const grantId = await grant.save()
  const token = new provider.AccessToken({ accountId, client: client!, grantId, gty: 'pre-authorized_code', scope })
  ctx.oidc.entity('Grant', grant)
  ctx.body = { access_token: await token.save(), token_type: 'Bearer', expires_in: token.expiration, scope }
}

/**
 * What the provider does besides, for wallets (OpenID4VCI 1.0 §5.1 and §6.2): `authorization_details` is asked for as the scopes that
 * say the same, and each answer with a token names the badges that its holder chose. The provider's own support of RFC 9396 would
 * have every request name a resource.
 */
export function speakToWallets({ provider }: Authorization): void {
  provider.use(async (ctx, next) => {
    if (ctx.path === PATHS.authorization) ctx.query = withScopes(ctx.query)
    await next()
    const { oidc, body } = ctx as unknown as KoaContextWithOIDC
    if (ctx.path !== PATHS.token || !isRecord(body) || !('access_token' in body)) return
    const granted = oidc.entities.Grant?.rar
    if (granted?.length) body['authorization_details'] = granted
  })
}

type Query = Record<string, string | string[] | undefined>

/** The scopes that the details of a request stand for; what is not about our badges is left out. */
function withScopes(query: Query): Query {
  const { authorization_details: given, scope, ...rest } = query
  if (typeof given !== 'string') return query
  const asked = new Set([scope ?? []].flat().flatMap((one) => one.split(' ').filter(Boolean)))
  for (const detail of readDetails(given)) {
    const { type, credential_configuration_id: name } = detail
    if (type === 'openid_credential' && typeof name === 'string' && formatOf(name)) asked.add(name)
  }
  return { ...rest, scope: [...asked].join(' ') }
}

function readDetails(text: string): Record<string, unknown>[] {
  try {
    return [JSON.parse(text) as unknown].flat().filter(isRecord)
  } catch {
    return []
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Buffer.isBuffer(value)

/** What the token of a wallet opens. */
export type WalletAccess = {
  personId: string
  /** Null for a wallet that did not register. */
  clientId: string | null
  /** What the wallet calls itself. */
  wallet: string | null
  granted: { format: Format; credentialId: string }[]
}

/** Reads the token of a request (RFC 6750 §2.1). Errors: `invalid_token`, `insufficient_scope`. */
export async function readWalletAccess(
  db: Db,
  authorization: Authorization,
  header: string | undefined,
): Promise<WalletAccess> {
  const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(header ?? '') ?? []
  const access = token ? await readAccess(db, authorization, token) : null
  if (!access) throw walletRefusal('invalid_token', 'Jeton absent, expiré ou retiré.')
  const grant = await authorization.provider.Grant.find(access.grantId)
  const granted = (grant?.rar ?? []).flatMap((detail) => identifiersOf(detail)).flatMap((one) => namedBy(one) ?? [])
  if (granted.length === 0) throw walletRefusal('insufficient_scope', 'Ce jeton n’ouvre aucun badge.')
  const { personId, clientId } = access
  if (clientId === ANONYMOUS) return { personId, clientId: null, wallet: null, granted }
  const client = await authorization.provider.Client.find(clientId)
  return { personId, clientId, wallet: client?.clientName ?? null, granted }
}

const identifiersOf = (detail: Record<string, unknown>): string[] =>
  Array.isArray(detail['credential_identifiers']) ? detail['credential_identifiers'].map(String) : []
