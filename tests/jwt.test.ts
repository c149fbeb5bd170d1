import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { compactVerify, createLocalJWKSet, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import { describe, expect } from 'vitest'
import { bakeSvg } from '../src/credentials/bake.ts'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from '../src/credentials/contexts.ts'
import { signAsJwt } from '../src/credentials/sign-jwt.ts'
import { getOrganisation } from '../src/organisations/organisations.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { aBadge, aTrainer } from './support/factories.ts'
import { codeOf } from './support/foreign-issuer.ts'

const textOf = async (service: TestService, path: string): Promise<string> =>
  (await actor(service).get(path)).response.body
const verify = async (service: TestService, body: unknown, type = 'application/json'): Promise<Json> =>
  (await actor(service).post('/api/v1/verifications', body, { 'content-type': type })).body
const decoded = (token: string, part: 0 | 1): Json =>
  JSON.parse(Buffer.from(token.split('.')[part]!, 'base64url').toString()) as Json
const pathOf = (url: string): string => new URL(url).pathname
const REASON = { reason: 'Délivré par erreur' }

describe('a badge as a token', () => {
  test.for(['RS256', 'ES256'] as const)(
    '%s: the same badge, its claims around it, under a key that its header leads to',
    async (alg, { service }) => {
      const { path, credential, trainer } = await aBadge(service, { narrative: 'Été « fin »' })
      const { response } = await actor(service).get(`${path}.jwt?alg=${alg}`, { accept: 'application/json' })
      expect(response.headers['content-type']).toBe('application/vc+jwt')
      const { kid, ...header } = decoded(response.body, 0)
      expect(header).toEqual({ alg, typ: 'JWT' })
      expect(kid).toMatch(new RegExp(`^${BASE_URL}/organisations/${trainer.slug}/jwks/[\\w-]{43}$`))
      const { proof: _, ...unsigned } = credential
      expect(decoded(response.body, 1)).toEqual({
        ...unsigned,
        iss: credential['issuer']['id'],
        jti: credential['id'],
        nbf: Math.floor(Date.parse(credential['validFrom']) / 1000),
      })
      // As any reader would: the address in the header, then a library of one's own choice.
      const { body: jwk, response: served } = await actor(service).get(pathOf(kid))
      expect(served.headers['content-type']).toMatch(/^application\/jwk\+json/)
      await compactVerify(response.body, await importJWK(jwk as JWK, alg))
    },
  )

  test('in each form that it travels in, it has the verdict of the badge', async ({ service }) => {
    const { path, credential } = await aBadge(service)
    const token = await textOf(service, `${path}.jwt`)
    const { proof: _, ...unsigned } = credential
    const enveloped = {
      '@context': CREDENTIALS_V2,
      type: 'EnvelopedVerifiableCredential',
      id: `data:application/vc+jwt,${token}`,
    }
    const picture = '<svg xmlns="http://www.w3.org/2000/svg"><circle r="1"/></svg>'
    const forms: [unknown, string?][] = [
      [token, 'application/vc+jwt'],
      [token, 'application/jwt'],
      [`${token}\n`, 'text/plain'],
      [token, 'application/octet-stream'],
      [{ credential: token }],
      [{ credential: enveloped }],
      [enveloped, 'application/vc'],
      [bakeSvg(picture, JSON.stringify(enveloped)), 'image/svg+xml'],
      [
        picture
          .replace('<svg', '<svg xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"')
          .replace('<circle', `<openbadges:credential verify="${token}"></openbadges:credential><circle`),
        'image/svg+xml',
      ],
    ]
    for (const [body, type] of forms) {
      const answer = await verify(service, body, type)
      expect(answer, `${type} ${JSON.stringify(answer)}`).toMatchObject({
        verdict: 'valid',
        credential: unsigned,
        dialect: { version: '3.0', proof: 'jwt' },
      })
    }
  })

  test('the same badge gives the same bytes in RS256, and another algorithm is refused', async ({ service }) => {
    const { path } = await aBadge(service)
    expect(await textOf(service, `${path}.jwt`)).toBe(await textOf(service, `${path}.jwt?alg=RS256`))
    for (const alg of ['none', 'HS256']) {
      const { status, body } = await actor(service).get(`${path}.jwt?alg=${alg}`, { accept: 'application/json' })
      expect({ status, code: body['code'] }).toEqual({ status: 422, code: 'invalid_fields' })
    }
  })

  test('revoked, suspended, erased: the token follows the badge', async ({ service }) => {
    const { path, id, trainer } = await aBadge(service)
    const admin = actor(service, 'administrateur', trainer.slug)
    const token = await textOf(service, `${path}.jwt?alg=ES256`)
    const decided = async () => {
      const { verdict, checks } = await verify(service, token, 'application/vc+jwt')
      return [verdict, codeOf({ checks }, 'suspension'), codeOf({ checks }, 'revocation')]
    }
    await admin.post(`/api/v1/credentials/${id}/suspension`, REASON)
    expect(await decided()).toEqual(['invalid', 'suspended', 'not_revoked'])
    await admin.post(`/api/v1/credentials/${id}/restoration`, REASON)
    expect(await decided()).toEqual(['valid', 'not_suspended', 'not_revoked'])
    await admin.post(`/api/v1/credentials/${id}/revocation`, REASON)
    expect(await decided()).toEqual(['invalid', 'not_suspended', 'revoked'])

    const email = 'effacee-jeton@exemple.invalid'
    const other = await aBadge(service, { email })
    const holder = await signedIn(service, { email })
    await holder.form('/mon-espace/effacement', { confirmation: 'effacer' })
    const { status, body } = await actor(service).get(`${other.path}.jwt`, { accept: 'application/json' })
    expect({ status, code: body['code'] }).toEqual({ status: 410, code: 'erased' })
  })

  test('its page tells of it', async ({ service }) => {
    const { path, id } = await aBadge(service)
    const page = (await actor(service).get(path, { accept: 'text/html' })).response.body
    expect(page).toContain(`<a href="/credentials/${id}.jwt" download>Badge signé (JWT)</a>`)
  })

  test('a badge of one organisation is not another’s, even under a key of this service', async ({ service }) => {
    const { db, vault } = service
    const { credential } = await aBadge(service)
    const thief = await getOrganisation(db, (await aTrainer(service)).slug)
    const token = await signAsJwt(db, vault, BASE_URL, thief, credential)
    const answer = await verify(service, token, 'application/vc+jwt')
    expect([answer['verdict'], codeOf(answer as never, 'proof')]).toEqual(['invalid', 'issuer_mismatch'])
  })

  test('whatever the badge says, the token says exactly that', async ({ service }) => {
    const { db, vault } = service
    const organisation = await getOrganisation(db, (await aTrainer(service)).slug)
    const date = fc
      .date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
      .map((day) => day.toISOString())
    const anyBadge = fc.record(
      {
        id: fc.uuid().map((id) => `urn:uuid:${id}`),
        name: fc.string({ unit: 'grapheme' }),
        validFrom: date,
        validUntil: date,
        credentialSubject: fc.record({ id: fc.webUrl(), note: fc.jsonValue() }, { requiredKeys: ['note'] }),
        proof: fc.constant({ type: 'DataIntegrityProof' }),
      },
      { requiredKeys: ['id', 'name', 'validFrom', 'credentialSubject'] },
    )
    await fc.assert(
      fc.asyncProperty(anyBadge, fc.constantFrom('RS256' as const, 'ES256' as const), async (given, alg) => {
        const issuer = `did:web:insigne.test:organisations:${organisation.slug}`
        const badge: Json = JSON.parse(
          JSON.stringify({ '@context': [CREDENTIALS_V2, OPEN_BADGES_V3], ...given, issuer }),
        )
        const { iss, jti, nbf, exp, sub, ...said } = decoded(
          await signAsJwt(db, vault, BASE_URL, organisation, badge, { alg }),
          1,
        )
        const { proof: _, ...unsigned } = badge
        expect(said).toEqual(unsigned)
        expect({ iss, jti, sub }).toEqual({ iss: issuer, jti: badge['id'], sub: badge['credentialSubject']['id'] })
        const seconds = (day?: string) => (day === undefined ? undefined : Math.floor(Date.parse(day) / 1000))
        expect({ nbf, exp }).toEqual({ nbf: seconds(badge['validFrom']), exp: seconds(badge['validUntil']) })
      }),
      { numRuns: 40 },
    )
  })
})

describe('the keys of tokens', () => {
  test('a set and each of them, without any secret, in the DID document too', async ({ service }) => {
    const { path, trainer } = await aBadge(service)
    const organisation = `/organisations/${trainer.slug}`
    const before = (await actor(service).get(`${organisation}/did.json`)).body
    expect((await actor(service).get(`${organisation}/jwks.json`)).body).toEqual({ keys: [] })
    const tokens = [await textOf(service, `${path}.jwt`), await textOf(service, `${path}.jwt?alg=ES256`)]

    const { body: set, response } = await actor(service).get(`${organisation}/jwks.json`)
    expect(response.headers).toMatchObject({
      'content-type': 'application/jwk-set+json; charset=utf-8',
      'access-control-allow-origin': '*',
    })
    expect(set['keys'].map((key: Json) => Object.keys(key).toSorted().join(' '))).toEqual([
      'alg e kid kty n use',
      'alg crv kid kty use x y',
    ])
    const after = (await actor(service).get(`${organisation}/did.json`)).body
    // What embedded proofs are verified with is as it was.
    expect(after['verificationMethod'].slice(0, 1)).toEqual(before['verificationMethod'])
    for (const [n, token] of tokens.entries()) {
      const kid = decodeProtectedHeader(token).kid!.split('/').at(-1)!
      const { alg: _alg, use: _use, kid: named, ...publicKeyJwk } = set['keys'][n]
      expect(named).toBe(kid)
      const method = { id: `${after['id']}#${kid}`, type: 'JsonWebKey', controller: after['id'], publicKeyJwk }
      expect(after['verificationMethod']).toContainEqual(method)
      expect(after['assertionMethod']).toContain(method.id)
      await compactVerify(token, await importJWK((await actor(service).get(`${organisation}/jwks/${kid}`)).body as JWK))
    }
    const elsewhere = (await aTrainer(service)).slug
    const kid = set['keys'][0].kid
    expect((await actor(service).get(`/organisations/${elsewhere}/jwks/${kid}`)).status).toBe(404)
    expect((await actor(service).get(`/organisations/personne/jwks.json`)).status).toBe(404)
  })

  test('first tokens asked for all at once have one key; once replaced, it still verifies what it signed', async ({
    service,
  }) => {
    const { path, trainer } = await aBadge(service)
    const tokens = await Promise.all(Array.from({ length: 6 }, () => textOf(service, `${path}.jwt`)))
    expect(new Set(tokens).size).toBe(1)

    const admin = await signedIn(service, { grants: [{ role: 'administrateur', organisation: trainer.slug }] })
    await admin.form(`/organisme/${trainer.slug}/cles`, { reason: 'Une fois l’an', confirmed: 'oui' })
    const fresh = await textOf(service, `${path}.jwt`)
    expect(decodeProtectedHeader(fresh).kid).not.toBe(decodeProtectedHeader(tokens[0]!).kid)
    const { body: set } = await actor(service).get(`/organisations/${trainer.slug}/jwks.json`)
    expect(set['keys']).toHaveLength(2)
    expect(createLocalJWKSet(set as never)).toBeTypeOf('function')
    for (const token of [tokens[0], fresh]) {
      expect((await verify(service, token, 'application/vc+jwt'))['verdict']).toBe('valid')
    }
  })

  test('no private key is kept in clear, nor a public one that tells a secret', async ({ service }) => {
    const { path } = await aBadge(service)
    await textOf(service, `${path}.jwt`)
    const { db } = service
    const kept = JSON.stringify(await db.execute(sql`select public_jwk, sealed_private_jwk from issuer_jwks`))
    expect(kept).not.toMatch(/\\?"(d|p|q|dp|dq|qi)\\?":/)
    const told = db.execute(sql`update issuer_jwks set public_jwk = public_jwk || '{"d":"secret"}'`)
    await expect(told).rejects.toThrow()
  })
})
