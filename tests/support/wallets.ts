import { OpenID4VCIClientV1_0_15 } from '@sphereon/oid4vci-client'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { actor, type Json, signedIn, type SignedIn } from './actors.ts'
import { BASE_URL, type TestService } from './app.ts'
import { aBadge } from './factories.ts'
import type { Site } from './site.ts'

/** The service as it is, asked without a network. */
export const noSite = (service: TestService): Site => ({ service, origin: BASE_URL, close: async () => {} })

/** Someone with a badge, in a browser of that site. */
export async function aHolderOf({ service, origin }: Site, given: Record<string, string> = {}) {
  const person = await signedIn(service)
  const name = origin.startsWith('https:') ? '__Host-insigne' : 'insigne'
  const cookie = `${name}=${person.secret}`
  const badge = await aBadge(service, { email: person.email, ...given })
  const send = async (method: 'GET' | 'POST', url: string, fields?: Record<string, string | string[]>) => {
    const form = new URLSearchParams({ _jeton: person.jeton })
    for (const [key, value] of Object.entries(fields ?? {})) for (const one of [value].flat()) form.append(key, one)
    const response = await service.app.inject({
      method,
      url,
      headers: { cookie, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
      ...(method === 'POST' && { payload: form.toString() }),
    })
    return { status: response.statusCode, html: response.body, headers: response.headers }
  }
  /** Makes an offer on the page of a badge; answers what the page shows. */
  const offer = async (fields: Record<string, string> = { flow: 'pre-authorized_code' }, id = badge.id) => {
    const { status, html } = await send('POST', `/mon-espace/badges/${id}/portefeuille`, fields)
    const href = /href="(openid-credential-offer:[^"]+)"/.exec(html)?.[1] ?? ''
    const uri = href.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    const txCode = /<strong class="nowrap"\s*>([\d ]+)</.exec(html)?.[1]?.replaceAll(/\D/g, '')
    return { status, html, uri, txCode, path: new URL(decodeURIComponent(uri.split('=')[1] ?? origin)).pathname }
  }
  return { ...person, ...badge, send, offer }
}

const encoded = (jwk: JWK): string => Buffer.from(JSON.stringify(jwk)).toString('base64url')

/** A key of a wallet, and how its proofs name it. */
export async function aKey(alg: 'ES256' | 'EdDSA' | 'RS256' = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  const did = `did:jwk:${encoded(jwk)}`
  const sign = (payload: Json, header: Json): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg, ...header }).sign(privateKey)
  return { alg, jwk, privateJwk: await exportJWK(privateKey), did, kid: `${did}#0`, sign, privateKey }
}
export type Key = Awaited<ReturnType<typeof aKey>>

type Received = { credential: Json | string; notificationId: string; answer: Json }

/** The untouched client of Sphereon as a wallet: takes an offer, gives the code asked for, and asks for a form of the badge. */
export async function receive(uri: string, form: string, key: Key, pin?: string): Promise<Received> {
  const client = await OpenID4VCIClientV1_0_15.fromURI({ uri })
  await client.acquireAccessToken(pin === undefined ? {} : { pin })
  return ask(client, form, key)
}

/** Asks for the first badge that the token opens, in one form. */
export async function ask(client: OpenID4VCIClientV1_0_15, form: string, key: Key): Promise<Received> {
  const details = client.accessTokenResponse.authorization_details as Json[]
  const detail = details.find((one) => one['credential_configuration_id'] === `OpenBadgeCredential_${form}`)!
  const answer = (await client.acquireCredentials({
    credentialIdentifier: String(detail['credential_identifiers'][0]),
    credentialTypes: ['VerifiableCredential', 'OpenBadgeCredential'],
    format: form,
    kid: key.kid,
    alg: key.alg,
    proofCallbacks: {
      signCallback: async ({ header, payload }) => key.sign(payload, header),
    },
  })) as Json
  const [{ credential }] = answer['credentials'] as [{ credential: Json | string }]
  return { credential, notificationId: String(answer['notification_id']), answer }
}

type Step = { status: number; body: Json }

/** A wallet that does each step by hand, and may do it wrong. */
export function byHand({ service: { app }, origin }: Site) {
  const post = async (url: string, payload: unknown, headers: Record<string, string> = {}): Promise<Step> => {
    const response = await app.inject({
      method: 'POST',
      url,
      headers,
      ...(payload !== undefined && { payload: payload as never }),
    })
    const isJson = /json/.test(String(response.headers['content-type']))
    return { status: response.statusCode, body: isJson ? (response.json() as Json) : {} }
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const token = (fields: Record<string, string>) => post('/oauth2/token', new URLSearchParams(fields).toString(), form)
  return {
    post,
    token,
    readOffer: async (path: string) => {
      const response = await app.inject({ url: path })
      return { status: response.statusCode, body: response.json() as Json }
    },
    takeCode: (code: string, txCode?: string) =>
      token({
        grant_type: 'urn:ietf:params:oauth:grant-type:pre-authorized_code',
        'pre-authorized_code': code,
        ...(txCode !== undefined && { tx_code: txCode }),
      }),
    nonce: async () => String((await post('/oid4vci/nonce', undefined)).body['c_nonce']),
    prove: (key: Key, nonce: string, payload: Json = {}, header: Json = {}) =>
      key.sign(
        { aud: origin, iat: Math.floor(Date.now() / 1000), nonce, ...payload },
        { typ: 'openid4vci-proof+jwt', kid: key.kid, ...header },
      ),
    credential: (accessToken: string, asked: Json) =>
      post('/oid4vci/credential', asked, { authorization: `Bearer ${accessToken}` }),
  }
}

/** What the verifier of the site says of a badge. */
export async function verified({ service }: Site, badge: Json | string): Promise<Json> {
  const isToken = typeof badge === 'string'
  const { body } = await actor(service).post('/api/v1/verifications', badge, {
    'content-type': isToken ? 'text/plain' : 'application/json',
  })
  return body
}

/** Puts a badge of someone in a wallet, by hand; answers what must stay secret of it. */
export async function deposit(service: TestService, holder: SignedIn, badgeId: string): Promise<string[]> {
  const wallet = byHand(noSite(service))
  const { response } = await holder.form(`/mon-espace/badges/${badgeId}/portefeuille`, { flow: 'pre-authorized_code' })
  const [, secret = ''] = /%2Foid4vci%2Foffers%2F([\w-]+)"/.exec(response.body) ?? []
  const { body: offer } = await wallet.readOffer(`/oid4vci/offers/${secret}`)
  const [grant] = Object.values(offer['grants'] as Json) as [Json]
  const { body } = await wallet.takeCode(String(grant['pre-authorized_code']))
  const token = String(body['access_token'])
  const proof = await wallet.prove(await aKey(), await wallet.nonce())
  const { status } = await wallet.credential(token, {
    credential_identifier: `ldp_vc.${badgeId}`,
    proofs: { jwt: [proof] },
  })
  if (status !== 200) throw new Error(`The badge was not put in the wallet: ${status}.`)
  return [secret, String(grant['pre-authorized_code']), token]
}
