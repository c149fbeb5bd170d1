import { OpenID4VCIClientV1_0_15 } from '@sphereon/oid4vci-client'
import { encode } from 'base58-universal'
import { sql } from 'drizzle-orm'
import { importJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import { describe, expect } from 'vitest'
import { rows } from '../src/db.ts'
import { newNonce } from '../src/interop/wallet-nonces.ts'
import { actor, type Json } from './support/actors.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { verifiedElsewhere } from './support/elsewhere.ts'
import { aSite, type Site } from './support/site.ts'
import { aHolderOf, aKey, ask, byHand, type Key, noSite, receive, verified } from './support/wallets.ts'

const PRE_AUTHORISED = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'
const codeOf = (offer: Json): string => String(offer['grants'][PRE_AUTHORISED]['pre-authorized_code'])
const subjectOf = (credential: Json): Json => credential['credentialSubject'] as Json
const revocation = (verification: Json): Json =>
  (verification['checks'] as Json[]).find((one) => one['id'] === 'revocation')!

/** Someone whose wallet has a token for a badge, and asks for it by hand. */
async function anOpenWallet(service: TestService) {
  const site = noSite(service)
  const [holder, key] = [await aHolderOf(site), await aKey()]
  const wallet = byHand(site)
  const { path } = await holder.offer()
  const { body } = await wallet.takeCode(codeOf((await wallet.readOffer(path)).body))
  const token = String(body['access_token'])
  const askWith = (proof: string, more: Json = {}) =>
    wallet.credential(token, { credential_identifier: `ldp_vc.${holder.id}`, proofs: { jwt: [proof] }, ...more })
  return { ...wallet, holder, key, token, askWith }
}
let known: ReturnType<typeof anOpenWallet> | null = null
const openWallet = (service: TestService) => (known ??= anOpenWallet(service))

describe('the credential issuer', () => {
  test('says what it gives, in both languages, and where', async ({ service }) => {
    const { status, body, response } = await actor(service).get('/.well-known/openid-credential-issuer')
    expect(status).toBe(200)
    expect(response.headers['access-control-allow-origin']).toBe('*')
    expect(body).toMatchObject({
      credential_issuer: BASE_URL,
      authorization_servers: [BASE_URL],
      credential_endpoint: `${BASE_URL}/oid4vci/credential`,
      nonce_endpoint: `${BASE_URL}/oid4vci/nonce`,
    })
    const configurations = body['credential_configurations_supported'] as Json
    expect(Object.keys(configurations)).toEqual(['OpenBadgeCredential_ldp_vc', 'OpenBadgeCredential_jwt_vc_json'])
    for (const one of Object.values(configurations)) {
      expect(one['cryptographic_binding_methods_supported']).toEqual(['did:key', 'did:jwk', 'jwk'])
      expect(one['proof_types_supported']['jwt']['proof_signing_alg_values_supported']).toContain('ES256')
      expect(one['credential_metadata']['display'].map((shown: Json) => shown['locale'])).toEqual(['fr', 'en'])
    }
    const { body: server } = await actor(service).get('/.well-known/oauth-authorization-server')
    expect(server).toMatchObject({ issuer: BASE_URL, 'pre-authorized_grant_anonymous_access_supported': true })
    expect(server['grant_types_supported']).toContain(PRE_AUTHORISED)
  })

  test('gives nonces that no cache keeps, each one new, and keeps none of them', async ({ service }) => {
    const two = await Promise.all([1, 2].map(() => actor(service).post('/oid4vci/nonce')))
    expect(two.map((one) => one.response.headers['cache-control'])).toEqual(['no-store', 'no-store'])
    expect(new Set(two.map((one) => one.body['c_nonce'])).size).toBe(2)
    for (const { body } of two) expect(Object.keys(body)).toEqual(['c_nonce'])
  })
})

describe('the wallet of another maker', () => {
  test('receives both forms with a code, bound to its key; others verify them, and a revocation reaches them', async ({
    service,
  }) => {
    const site = await aSite(service)
    const [holder, key] = [await aHolderOf(site), await aKey()]
    const { uri } = await holder.offer()
    const inside = await receive(uri, 'ldp_vc', key)
    const protectedOffer = await holder.offer({ flow: 'pre-authorized_code', code: 'oui' })
    expect(protectedOffer.txCode).toMatch(/^\d{6}$/)
    const around = await receive(protectedOffer.uri, 'jwt_vc_json', key, protectedOffer.txCode)

    const credential = inside.credential as Json
    expect(subjectOf(credential)).toMatchObject({ ...subjectOf(holder.credential), id: key.did })
    for (const same of ['id', 'validFrom', 'credentialStatus', 'issuer'])
      expect(credential[same], same).toEqual(holder.credential[same])
    expect(await verifiedElsewhere(site.service, credential, site.origin)).toEqual({
      verified: true,
      reason: undefined,
    })

    const token = around.credential as string
    const { payload } = await jwtVerify(token, async ({ kid }) => {
      expect(kid).toMatch(new RegExp(`^${site.origin}/organisations/${holder.trainer.slug}/jwks/`))
      const { body } = await actor(site.service).get(new URL(kid!).pathname)
      return importJWK(body as JWK, 'ES256')
    })
    expect(payload).toMatchObject({ iss: holder.credential['issuer'].id, sub: key.did, jti: holder.credential['id'] })
    expect(payload['vc']).toMatchObject({
      '@context': expect.arrayContaining(['https://www.w3.org/2018/credentials/v1']),
      issuanceDate: holder.credential['validFrom'],
      credentialSubject: { id: key.did },
    })

    for (const badge of [credential, token]) {
      const said = await verified(site, badge)
      expect(said).toMatchObject({ verdict: 'valid', credential: { credentialSubject: { id: key.did } } })
    }
    const revoke = { reason: 'Délivré par erreur' }
    const path = `/api/v1/credentials/${holder.id}/revocation`
    expect((await actor(site.service, 'formateur', holder.trainer.slug).post(path, revoke)).status).toBe(200)
    for (const badge of [credential, token]) {
      const said = await verified(site, badge)
      expect([said['verdict'], revocation(said)['outcome']]).toEqual(['invalid', 'failure'])
    }
    await site.close()
  })

  test.for([
    ['on the web', 'https://portefeuille.exemple.invalid/retour', 'web'],
    ['on a telephone', 'com.exemple.portefeuille:/retour', 'native'],
  ] as const)(
    '%s, receives the badge that its holder chose (authorization code, PKCE)',
    async ([, redirectUri, kind], { service }) => {
      const site = await aSite(service)
      const [holder, key] = [await aHolderOf(site), await aKey('EdDSA')]
      const { uri } = await holder.offer({ flow: 'authorization_code' })
      const { status, body } = await byHand(site).post('/oauth2/reg', {
        client_name: 'Portefeuille d’essai',
        redirect_uris: [redirectUri],
        application_type: kind,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
      })
      expect(status).toBe(201)
      const clientId = String(body['client_id'])
      const client = await OpenID4VCIClientV1_0_15.fromURI({
        uri,
        clientId,
        authorizationRequest: { redirectUri, clientId },
      })
      const { page, answer } = await consentOf(site, holder, await client.createAuthorizationRequestUrl())
      expect(page).toContain('Portefeuille d’essai')
      expect(page).toMatch(new RegExp(`value="${holder.id}" checked`))

      const none = await answer([])
      expect([none.status, none.html]).toEqual([422, expect.stringContaining('Aucun badge n’est choisi')])
      const others = await answer([(await aHolderOf(site)).id])
      expect([others.status, others.html]).toEqual([422, expect.stringContaining('il n’est pas le vôtre')])
      const back = new URL((await answer([holder.id])).next!)
      expect([back.href.split('?')[0], back.searchParams.get('iss')]).toEqual([redirectUri, site.origin])
      await client.acquireAccessToken({ code: back.searchParams.get('code')! })
      const { credential } = await ask(client, 'ldp_vc', key)
      expect(await verified(site, credential)).toMatchObject({ verdict: 'valid' })
      expect(subjectOf(credential as Json)['id']).toBe(key.did)
      const shown = await holder.send('GET', `/mon-espace/badges/${holder.id}/portefeuille`)
      expect(shown.html).toMatch(/qui se nomme «.Portefeuille d’essai.»/)
      await site.close()
    },
  )
})

/** Opens the request of a wallet in the browser of its holder; answers the page, and how to answer it. */
async function consentOf({ origin }: Site, { secret, jeton }: { secret: string; jeton: string }, url: string) {
  const jar = new Map([['insigne', secret]])
  const go = async (address: string, init: { method?: string; body?: URLSearchParams } = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(address, {
      redirect: 'manual',
      ...init,
      headers: { cookie, accept: 'text/html' },
    })
    for (const one of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(one)!
      jar.set(name!, value!)
    }
    return { status: response.status, html: await response.text(), next: response.headers.get('location') }
  }
  const asked = await go(url)
  const form = new URL(asked.next!, origin).href
  const { html: page } = await go(form)
  const answer = async (badges: string[]) => {
    const fields = new URLSearchParams({ _jeton: jeton, choix: 'accepter' })
    for (const one of badges) fields.append('badges', one)
    const told = await go(form, { method: 'POST', body: fields })
    const [, onward] = /<a href="([^"]*oauth2[^"]*)"/.exec(told.html) ?? []
    if (!onward) return told
    const path = onward.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    return go(new URL(path, origin).href)
  }
  return { page, answer }
}

describe('the proof of a key', () => {
  const base58 = (codec: number[], bytes: Uint8Array): string => `z${encode(Uint8Array.from([...codec, ...bytes]))}`
  /** A did:key of an Ed25519 key. */
  const didKey = ({ jwk }: Key): string => base58([0xed, 0x01], Buffer.from(jwk.x!, 'base64url'))

  test.for<[string, () => Promise<{ key: Key; header: Json; did: RegExp }>]>([
    ['an RS256 key as did:jwk', async () => ((key) => ({ key, header: {}, did: /^did:jwk:/ }))(await aKey('RS256'))],
    [
      'an Ed25519 key as did:key',
      async () => {
        const key = await aKey('EdDSA')
        const did = `did:key:${didKey(key)}`
        return { key, header: { kid: `${did}#${didKey(key)}` }, did: new RegExp(`^${did}$`) }
      },
    ],
    [
      'a P-256 key given as it is',
      async () => ((key) => ({ key, header: { kid: undefined, jwk: key.jwk }, did: /^did:jwk:/ }))(await aKey()),
    ],
  ])('is taken of %s', async ([, make], { service }) => {
    const { askWith, nonce, prove } = await openWallet(service)
    const { key, header, did } = await make()
    const { status, body } = await askWith(await prove(key, await nonce(), {}, header))
    expect(status).toBe(200)
    expect(subjectOf(body['credentials'][0]['credential'])['id']).toMatch(did)
    expect(await verified(noSite(service), body['credentials'][0]['credential'])).toMatchObject({ verdict: 'valid' })
  })

  type Made = {
    key: Key
    nonce: string
    prove: Awaited<ReturnType<typeof anOpenWallet>>['prove']
    service: TestService
  }
  const seconds = () => Math.floor(Date.now() / 1000)
  const raw = (header: Json, payload: Json): string =>
    `${[header, payload].map((one) => Buffer.from(JSON.stringify(one)).toString('base64url')).join('.')}.`
  const claims = (nonce: string) => ({ aud: BASE_URL, iat: seconds(), nonce })
  test.for<[string, (made: Made) => Promise<string> | string, string]>([
    [
      'for another service',
      ({ key, nonce, prove }) => prove(key, nonce, { aud: 'https://ailleurs.exemple' }),
      'invalid_proof',
    ],
    ['of an hour ago', ({ key, nonce, prove }) => prove(key, nonce, { iat: seconds() - 3600 }), 'invalid_proof'],
    ['of tomorrow', ({ key, nonce, prove }) => prove(key, nonce, { iat: seconds() + 86_400 }), 'invalid_proof'],
    ['that ended', ({ key, nonce, prove }) => prove(key, nonce, { exp: seconds() - 60 }), 'invalid_proof'],
    [
      'by another key',
      async ({ key, nonce, prove }) => prove(await aKey(), nonce, {}, { kid: key.kid }),
      'invalid_proof',
    ],
    [
      'with its private key',
      ({ key, nonce, prove }) => prove(key, nonce, {}, { kid: undefined, jwk: key.privateJwk }),
      'invalid_proof',
    ],
    ['with two keys', ({ key, nonce, prove }) => prove(key, nonce, {}, { jwk: key.jwk }), 'invalid_proof'],
    ['with no key', ({ key, nonce, prove }) => prove(key, nonce, {}, { kid: undefined }), 'invalid_proof'],
    [
      'with a key to fetch',
      ({ key, nonce, prove }) => prove(key, nonce, {}, { kid: 'did:web:ailleurs.exemple#1' }),
      'invalid_proof',
    ],
    ['of another kind', ({ key, nonce, prove }) => prove(key, nonce, {}, { typ: 'JWT' }), 'invalid_proof'],
    [
      'with an unknown critical header',
      ({ key, nonce }) =>
        raw({ alg: 'ES256', typ: 'openid4vci-proof+jwt', kid: key.kid, crit: ['x'], x: 1 }, claims(nonce)) + 'AA',
      'invalid_proof',
    ],
    [
      'without signature',
      ({ key, nonce }) => `${raw({ alg: 'none', typ: 'openid4vci-proof+jwt', kid: key.kid }, claims(nonce))}AA`,
      'invalid_proof',
    ],
    [
      'signed with the public key as a secret',
      ({ key, nonce }) =>
        new SignJWT(claims(nonce))
          .setProtectedHeader({ alg: 'HS256', typ: 'openid4vci-proof+jwt', kid: key.kid })
          .sign(Buffer.from(JSON.stringify(key.jwk))),
      'invalid_proof',
    ],
    ['without a nonce', ({ key, nonce, prove }) => prove(key, nonce, { nonce: undefined }), 'invalid_proof'],
    ['with a nonce of nobody', ({ key, prove }) => prove(key, 'inventé'), 'invalid_nonce'],
    ['with a nonce made longer', ({ key, nonce, prove }) => prove(key, nonce.replace(/^./, 'z')), 'invalid_nonce'],
    [
      'with a nonce of six minutes ago',
      ({ key, prove, service }) => prove(key, newNonce(service.vault, new Date(Date.now() - 360_000))),
      'invalid_nonce',
    ],
  ])('%s is refused', async ([, make, error], { service }) => {
    const { holder, askWith, nonce, prove, key } = await openWallet(service)
    const before = await depositsOf(service, holder.id)
    const { status, body } = await askWith(await make({ key, nonce: await nonce(), prove, service }))
    expect([status, body['error']]).toEqual([400, error])
    expect(body['error_description']).toMatch(/^[\x20\x21\x23-\x5B\x5D-\x7E]{20,}$/)
    expect(await depositsOf(service, holder.id)).toBe(before)
  })

  test('is taken once: again, be it at the same moment, its nonce is refused', async ({ service }) => {
    const { holder, askWith, nonce, prove, key } = await openWallet(service)
    const before = await depositsOf(service, holder.id)
    const proof = await prove(key, await nonce())
    const both = await Promise.all([askWith(proof), askWith(proof)])
    expect(both.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([200, 400])
    expect(both.find((one) => one.status === 400)!.body['error']).toBe('invalid_nonce')
    expect(await askWith(proof)).toMatchObject({ status: 400, body: { error: 'invalid_nonce' } })
    expect(await depositsOf(service, holder.id)).toBe(before + 1)
  })

  test('is one, where it is asked', async ({ service }) => {
    const { askWith, nonce, prove, key } = await openWallet(service)
    const proof = await prove(key, await nonce())
    const wrong = [{ jwt: [proof, proof] }, { jwt: [] }, { jwt: ['a b'] }, { ldp_vp: [{}] }, {}, null]
    for (const proofs of wrong) {
      const { status, body } = await askWith(proof, { proofs })
      expect([status, body['error']], JSON.stringify(proofs)).toEqual([
        400,
        expect.stringMatching(/^invalid_(proof|credential_request)$/),
      ])
    }
    // As drafts of the standard had it.
    expect((await askWith(proof, { proofs: undefined, proof: { proof_type: 'jwt', jwt: proof } })).status).toBe(200)
  })
})

const depositsOf = async ({ db }: TestService, credentialId: string): Promise<number> =>
  (
    await rows<{ n: number }>(
      db,
      sql`select count(*)::int as n from wallet_deposits where credential_id = ${credentialId}`,
    )
  )[0]!.n

describe('what is asked', () => {
  test('is a badge of the token, and nothing else', async ({ service }) => {
    const { holder, askWith, nonce, prove, key, token, credential, post } = await openWallet(service)
    const other = await aHolderOf(noSite(service))
    const proof = await prove(key, await nonce())
    const asked: [Json, string][] = [
      [{ credential_identifier: `ldp_vc.${other.id}` }, 'unknown_credential_identifier'],
      [{ credential_identifier: `mso_mdoc.${holder.id}` }, 'unknown_credential_identifier'],
      [{ credential_configuration_id: 'Permis' }, 'unknown_credential_configuration'],
      [
        { credential_identifier: `ldp_vc.${holder.id}`, credential_configuration_id: 'OpenBadgeCredential_ldp_vc' },
        'invalid_credential_request',
      ],
      [{}, 'invalid_credential_request'],
    ]
    for (const [what, error] of asked) {
      const { status, body } = await credential(token, { ...what, proofs: { jwt: [proof] } })
      expect([status, body['error']], JSON.stringify(what)).toEqual([400, error])
    }
    for (const text of ['{', '[]', '"x"', 'null']) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const { status, body } = await post('/oid4vci/credential', text, headers)
      expect([status, body['error']], text).toEqual([400, 'invalid_credential_request'])
    }
    expect(await credential('inconnu', {})).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
    // Wallets that read no `authorization_details` name the form alone: the token opens one badge.
    const alone = { credential_configuration_id: 'OpenBadgeCredential_jwt_vc_json', proofs: { jwt: [proof] } }
    const { status, body } = await credential(token, alone)
    expect([status, body['credentials']]).toEqual([200, [{ credential: expect.stringMatching(/^ey/) }]])
    expect((await askWith(proof)).body['error']).toBe('invalid_nonce')
  })

  test('is told afterwards by the wallet: kept or not', async ({ service }) => {
    const { holder, askWith, nonce, prove, key, token, post } = await openWallet(service)
    const { body } = await askWith(await prove(key, await nonce()))
    const tell = (said: Json, bearer = token) =>
      post('/oid4vci/notification', said, { authorization: `Bearer ${bearer}` })
    const id = String(body['notification_id'])
    const kept = { notification_id: id, event: 'credential_accepted' }
    expect([(await tell(kept)).status, (await tell(kept)).status]).toEqual([204, 204])
    const page = await holder.send('GET', `/mon-espace/badges/${holder.id}/portefeuille`)
    expect(page.html).toContain('Le portefeuille dit l’avoir rangé.')
    expect(await tell({ ...kept, event: 'perdu' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_notification_request' },
    })
    const unknown = { ...kept, notification_id: '01890000-0000-7000-8000-000000000001' }
    expect(await tell(unknown)).toMatchObject({ status: 400, body: { error: 'invalid_notification_id' } })
    const stranger = await anOpenWallet(service)
    expect(await tell(kept, stranger.token)).toMatchObject({ body: { error: 'invalid_notification_id' } })
  })
})

describe('an offer', () => {
  test('is good once: of two who give its code at once, one has the badge, and its address closes', async ({
    service,
  }) => {
    const site = noSite(service)
    const [holder, wallet] = [await aHolderOf(site), byHand(site)]
    const { path } = await holder.offer()
    const { body } = await wallet.readOffer(path)
    expect(body).toMatchObject({
      credential_issuer: BASE_URL,
      credential_configuration_ids: ['OpenBadgeCredential_ldp_vc', 'OpenBadgeCredential_jwt_vc_json'],
    })
    const both = await Promise.all([wallet.takeCode(codeOf(body)), wallet.takeCode(codeOf(body))])
    expect(both.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([200, 400])
    expect(both.find((one) => one.status === 400)!.body['error']).toBe('invalid_grant')
    expect((await wallet.takeCode(codeOf(body))).body['error']).toBe('invalid_grant')
    expect(await wallet.readOffer(path)).toMatchObject({ status: 410, body: { error: 'offer_ended' } })
    expect(await wallet.takeCode('inventé')).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test('with a code of six digits takes five tries, and ends', async ({ service }) => {
    const site = noSite(service)
    const [holder, wallet] = [await aHolderOf(site), byHand(site)]
    const { path, txCode } = await holder.offer({ flow: 'pre-authorized_code', code: 'oui' })
    expect(txCode).toMatch(/^\d{6}$/)
    const { body } = await wallet.readOffer(path)
    const code = codeOf(body)
    expect(body['grants'][PRE_AUTHORISED]['tx_code']).toMatchObject({ input_mode: 'numeric', length: 6 })
    expect((await wallet.takeCode(code)).body['error']).toBe('invalid_request')
    const wrong = String((Number(txCode) + 1) % 1_000_000).padStart(6, '0')
    for (let n = 0; n < 5; n++) expect((await wallet.takeCode(code, wrong)).body['error']).toBe('invalid_grant')
    expect((await wallet.takeCode(code, txCode)).body['error']).toBe('invalid_grant')

    const plain = codeOf((await wallet.readOffer((await holder.offer()).path)).body)
    expect((await wallet.takeCode(plain, '123456')).body['error']).toBe('invalid_request')
    expect((await wallet.takeCode(plain)).status).toBe(200)
  })

  test('ends after ten minutes, and is of its own flow', async ({ service }) => {
    const site = noSite(service)
    const [holder, wallet] = [await aHolderOf(site), byHand(site)]
    const { path } = await holder.offer()
    const { body } = await wallet.readOffer(path)
    await service.db.execute(
      sql`update credential_offers set created_at = now() - interval '11 minutes', expires_at = now() - interval '1 minute' where person_id = ${holder.personId}`,
    )
    expect((await wallet.takeCode(codeOf(body))).body['error']).toBe('invalid_grant')
    expect((await wallet.readOffer(path)).status).toBe(410)
    const signedIn = (await wallet.readOffer((await holder.offer({ flow: 'authorization_code' })).path)).body
    expect((await wallet.takeCode(signedIn['grants']['authorization_code']['issuer_state'])).body['error']).toBe(
      'invalid_grant',
    )
  })

  test('is made by the holder alone, of a badge that stands, ten at a time', async ({ service }) => {
    const site = noSite(service)
    const [holder, other] = [await aHolderOf(site), await aHolderOf(site)]
    expect((await other.offer(undefined, holder.id)).status).toBe(404)
    expect((await other.send('GET', `/mon-espace/badges/${holder.id}/portefeuille`)).status).toBe(404)
    for (let n = 0; n < 10; n++) expect((await other.offer()).status).toBe(200)
    const eleventh = await other.offer()
    expect([eleventh.status, eleventh.html]).toEqual([409, expect.stringContaining('10 demandes')])
    const bad = await holder.offer({ flow: 'autre' })
    expect([bad.status, bad.html]).toEqual([422, expect.stringContaining('Choisissez l’une des valeurs proposées')])
  })

  test('of a badge that was suspended meanwhile is refused, and holds again once restored', async ({ service }) => {
    const { holder, askWith, nonce, prove, key } = await anOpenWallet(service)
    const trainer = actor(service, 'formateur', holder.trainer.slug)
    const suspension = `/api/v1/credentials/${holder.id}/suspension`
    expect((await trainer.post(suspension, { reason: 'Vérification' })).status).toBe(200)
    const proof = await prove(key, await nonce())
    const denied = await askWith(proof)
    expect(denied).toMatchObject({ status: 400, body: { error: 'credential_request_denied' } })
    expect(denied.body['error_description']).toContain("suspendu par l'organisme")
    const page = await holder.offer()
    expect([page.status, page.html]).toEqual([409, expect.stringContaining('suspendu par l’organisme')])
    const restored = await trainer.post(`/api/v1/credentials/${holder.id}/restoration`, { reason: 'Vérifié' })
    expect(restored.status).toBe(200)
    expect((await askWith(proof)).status).toBe(200)
  })
})

test('what was put in wallets is exported, and erased with its holder', async ({ service }) => {
  const { holder, askWith, nonce, prove, key } = await anOpenWallet(service)
  expect((await askWith(await prove(key, await nonce()))).status).toBe(200)
  const { body } = await holder.get('/mon-espace/donnees.json')
  expect(body['Mises en portefeuille']).toMatchObject([{ badge: holder.id, forme: 'ldp_vc' }])
  expect(body['Badges proposés à un portefeuille numérique']).toMatchObject([{ badge: holder.id }])
  expect(JSON.stringify(body)).not.toContain(key.did)

  await holder.form('/mon-espace/effacement', { confirmation: 'effacer' })
  const [left] = await rows<{ n: number }>(
    service.db,
    sql`select (select count(*) from wallet_deposits where person_id = ${holder.personId})::int + (select count(*) from credential_offers where person_id = ${holder.personId})::int as n`,
  )
  expect(left!.n).toBe(0)
  expect(await askWith(await prove(key, await nonce()))).toMatchObject({
    status: 401,
    body: { error: 'invalid_token' },
  })
})
