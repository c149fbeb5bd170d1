import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AuthorizationDetail, errors, type InteractionResults } from 'oidc-provider'
import { DomainError } from '../errors.ts'
import { type Authorization, LIFETIMES, OFFLINE } from './authorization.ts'
import { type Destination, destinationOf } from './authorization-clients.ts'

export type Consent = {
  /** As the application calls itself: nobody checked it. */
  name: string
  destination: Destination
  policy: string | null
  /** What is asked, in French. */
  allowed: string[]
  until: Date
  clientId: string
  scopes: string[]
  /** What a wallet says that an offer of ours gave it (OpenID4VCI 1.0 §5.1.3); null when nothing. */
  issuerState: string | null
  /** Keeps the answer; tells where the browser goes next. */
  finish: (result: InteractionResults) => Promise<string>
}

type Browser = { request: IncomingMessage; response: ServerResponse }

/** What is asked of the holder. Errors: `gone` when this browser has no such request open. */
export async function readConsent(
  { provider, scopes }: Authorization,
  { request, response }: Browser,
  uid: string,
): Promise<Consent> {
  const interaction = await provider.interactionDetails(request, response).catch((error: unknown) => {
    if (error instanceof errors.SessionNotFound) return null
    throw error
  })
  const clientId = interaction?.params['client_id']
  const client = typeof clientId === 'string' ? await provider.Client.find(clientId) : undefined
  if (!interaction || !client || interaction.uid !== uid) throw ended()
  const { scope } = interaction.params
  const asked = typeof scope === 'string' ? scope.split(' ') : []
  const known = asked.filter((one) => Object.hasOwn(scopes, one))
  const { issuer_state: issuerState } = interaction.params
  const destination = destinationOf(String(interaction.params['redirect_uri']))
  return {
    name: client.clientName ?? destination.place,
    destination,
    policy: client.policyUri ?? null,
    allowed: [...new Set(known.map((one) => scopes[one]!))],
    until: new Date(Date.now() + (asked.includes(OFFLINE) ? LIFETIMES.Grant : LIFETIMES.AccessToken) * 1000),
    clientId: client.clientId,
    issuerState: typeof issuerState === 'string' ? issuerState : null,
    scopes: asked.filter((one) => Object.hasOwn(scopes, one) || one === OFFLINE),
    finish: (result) => provider.interactionResult(request, response, result, { mergeWithLastSubmission: false }),
  }
}

const ended = () =>
  new DomainError(
    'gone',
    'authorization_ended',
    'La demande de cette application n’est plus ouverte dans ce navigateur : elle a servi, elle a plus d’une heure, ou elle a été commencée ailleurs.',
    'Retournez dans l’application et recommencez la connexion, dans un seul navigateur.',
  )

/** Gives or refuses what is asked; answers the local path that leads back to the application. */
export async function answerConsent(
  { provider, baseUrl }: Authorization,
  { clientId, scopes, finish }: Consent,
  { personId, accepted, details = [] }: { personId: string; accepted: boolean; details?: AuthorizationDetail[] },
): Promise<string> {
  const next = accepted ? await finish(await granted()) : await finish({ error: 'access_denied' })
  return next.startsWith(baseUrl) ? next.slice(baseUrl.length) : next

  async function granted() {
    const grant = new provider.Grant({ accountId: personId, clientId })
    grant.addOIDCScope(scopes.join(' '))
    // No identity is told by tokens here: the scope of OpenID Connect is never granted.
    grant.rejectOIDCScope('openid')
    for (const detail of details) grant.addRar(detail)
    return { login: { accountId: personId, remember: false }, consent: { grantId: await grant.save() } }
  }
}
