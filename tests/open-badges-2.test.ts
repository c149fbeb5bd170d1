import { createHash, randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { unbakePng, unbakeSvg } from '../src/credentials/bake.ts'
import { createDocuments } from '../src/credentials/documents.ts'
import type { GuardedFetch } from '../src/credentials/fetch.ts'
import { Gone } from '../src/credentials/fetch.ts'
import { Unreachable } from '../src/credentials/suite.ts'
import { createVerifier } from '../src/credentials/verifier.ts'
import { createOlderDialects } from '../src/interop/older.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { aBadge, aTrainer } from './support/factories.ts'

const EMAIL = 'personne1@exemple.invalid'
const LEVELS = { 'digcomp:4.2': '5', 'digcomp:2.3': '8' }

/** A verifier elsewhere: it knows nothing of this service but what its public addresses answer. */
function elsewhere(service: TestService) {
  const asked: string[] = []
  const fetch: GuardedFetch = async (url) => {
    asked.push(url)
    const { response, status } = await actor(service).get(url.slice(BASE_URL.length))
    if (status === 410) throw new Unreachable(url, { cause: new Gone(response.body) })
    if (status !== 200) throw new Unreachable(url)
    return { body: response.rawPayload, contentType: String(response.headers['content-type']), url }
  }
  const documents = createDocuments(fetch)
  const verifier = createVerifier({ fetch, documents, own: async () => undefined, older: createOlderDialects() })
  return { asked, verifier }
}

const verifyHere = async (service: TestService, body: unknown, headers = {}): Promise<Json> => {
  const { status, body: found } = await actor(service).post('/api/v1/verifications', body, headers)
  expect(status, JSON.stringify(found)).toBe(200)
  return found
}
const codes = ({ checks }: Json): string[] => (checks as Json[]).map(({ code }) => String(code))

describe('a badge delivered here, as Open Badges 2.0', () => {
  test('is a hosted assertion of the same recipient, dates and evidence, with its class and its issuer', async ({
    service,
  }) => {
    const { credential, id, trainer } = await aBadge(service, { ...LEVELS, evidence_url: 'https://exemple.fr/preuve' })
    const { status, body, response } = await actor(service).get(`/ob2/assertions/${id}`)
    const at = `${BASE_URL}/ob2`
    expect([status, response.headers['content-type']]).toEqual([200, 'application/ld+json; charset=utf-8'])
    const identifier = credential['credentialSubject'].identifier[0]
    const { version } = credential['credentialSubject'].achievement
    const slug = String(credential['credentialSubject'].achievement.id).split('/').at(-2)
    expect(body).toEqual({
      '@context': 'https://w3id.org/openbadges/v2',
      type: 'Assertion',
      id: `${at}/assertions/${id}`,
      recipient: { type: 'email', hashed: true, identity: identifier.identityHash, salt: identifier.salt },
      badge: `${at}/badges/${trainer.slug}/${slug}/${version}`,
      verification: { type: 'HostedBadge' },
      issuedOn: credential['validFrom'],
      image: `${at}/assertions/${id}.png`,
      narrative: expect.stringMatching(/^- .+ : niveau 5 sur 8\n- .+ : niveau 8 sur 8$/),
      evidence: [{ type: 'Evidence', id: 'https://exemple.fr/preuve' }],
    })
    const salted = createHash('sha256')
      .update(EMAIL + String(body['recipient'].salt))
      .digest('hex')
    expect(body['recipient'].identity).toBe(`sha256$${salted}`)

    const badge = (await actor(service).get(String(body['badge']).slice(BASE_URL.length))).body
    expect(badge).toMatchObject({
      '@context': 'https://w3id.org/openbadges/v2',
      type: 'BadgeClass',
      id: body['badge'],
      name: credential['name'],
      image: expect.stringMatching(/\/image\.png$/),
      criteria: { narrative: expect.stringMatching(/./) },
      issuer: `${at}/issuers/${trainer.slug}`,
      alignment: credential['credentialSubject'].achievement.alignment.map((one: Json) => ({
        targetName: one['targetName'],
        targetUrl: one['targetUrl'],
        targetCode: one['targetCode'],
        targetFramework: one['targetFramework'],
      })),
    })
    const picture = await actor(service).get(String(badge['image']).slice(BASE_URL.length))
    expect([picture.status, picture.response.headers['content-type']]).toEqual([200, 'image/png'])
    const issuer = (await actor(service).get(`/ob2/issuers/${trainer.slug}`)).body
    expect(issuer).toMatchObject({ type: 'Issuer', id: badge['issuer'], name: `Organisme ${trainer.slug}` })
    expect(JSON.stringify([body, badge, issuer])).not.toMatch(/null|exemple\.invalid|Exemple-1/)
  })

  test('is verified elsewhere by its addresses alone, hosted, signed and baked', async ({ service }) => {
    const { id, trainer } = await aBadge(service, LEVELS)
    const path = `/ob2/assertions/${id}`
    const token = (await actor(service).get(`${path}.jws`)).response.body
    const [png, svg] = await Promise.all(
      ['png', 'svg'].map(async (form) => (await actor(service).get(`${path}.${form}`)).response.rawPayload),
    )
    const { verifier, asked } = elsewhere(service)
    const question = { recipient: EMAIL }
    for (const reading of [
      verifier.url(`${BASE_URL}${path}`, question),
      verifier.url(`${BASE_URL}${path}.png`, question),
      verifier.url(`${BASE_URL}${path}.jws`, question),
      verifier.file(Buffer.from(token), question),
      verifier.file(png!, question),
      verifier.file(svg!, question),
    ]) {
      const found = await reading
      expect(found, found.summary).toMatchObject({ verdict: 'valid', dialect: { version: '2.0' } })
      expect(found.badge?.issuer).toMatchObject({ id: `${BASE_URL}/ob2/issuers/${trainer.slug}` })
      expect(codes(found)).toContain('recipient_ok')
    }
    expect(asked).toEqual(
      expect.arrayContaining([expect.stringMatching(/\/ob2\/keys\//), expect.stringMatching(/\/ob2\/revocations\//)]),
    )
    expect(JSON.parse(unbakePng(png!))).toEqual((await actor(service).get(path)).body)
    expect(JSON.parse(unbakeSvg(svg!.toString()))).toMatchObject({ id: `${BASE_URL}${path}` })
    // The same row gives the same token.
    expect((await actor(service).get(`${path}.jws`)).response.body).toBe(token)
    const [header] = token.split('.')
    expect(JSON.parse(Buffer.from(header!, 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT' })
  })

  test('is verified here without the network, in whatever form', async ({ service }) => {
    const { id } = await aBadge(service)
    const path = `/ob2/assertions/${id}`
    const assertion = (await actor(service).get(path)).body
    const token = (await actor(service).get(`${path}.jws`)).response.body
    const png = (await actor(service).get(`${path}.png`)).response.rawPayload
    const given = [
      await verifyHere(service, assertion),
      await verifyHere(service, { url: `${BASE_URL}${path}` }),
      await verifyHere(service, { url: `${BASE_URL}${path}.png` }),
      await verifyHere(service, { url: `${BASE_URL}${path}.jws` }),
      await verifyHere(service, { credential: token }),
      await verifyHere(service, png, { 'content-type': 'image/png' }),
    ]
    for (const found of given) expect(found, JSON.stringify(found)).toMatchObject({ verdict: 'valid' })
    const forged = { ...assertion, issuedOn: '2020-01-01T00:00:00Z' }
    expect(codes(await verifyHere(service, forged))).toContain('hosted_differs')
  })

  test('is revoked with the badge: 410 and its reason, and in the list of its issuer', async ({ service }) => {
    const { id, trainer } = await aBadge(service)
    const path = `/ob2/assertions/${id}`
    const assertion = (await actor(service).get(path)).body
    const token = (await actor(service).get(`${path}.jws`)).response.body
    await trainer.post(`/api/v1/credentials/${id}/revocation`, { reason: 'Délivré par erreur' })

    const { status, body } = await actor(service).get(path)
    expect([status, body]).toEqual([
      410,
      {
        '@context': 'https://w3id.org/openbadges/v2',
        type: 'Assertion',
        id: `${BASE_URL}${path}`,
        revoked: true,
        revocationReason: 'Délivré par erreur',
      },
    ])
    const list = (await actor(service).get(`/ob2/revocations/${trainer.slug}`)).body
    expect(list['revokedAssertions']).toEqual([{ id: `urn:uuid:${id}` }])
    const { verifier } = elsewhere(service)
    for (const found of [
      await verifier.credential(assertion, {}),
      await verifier.credential(token, {}),
      await verifyHere(service, assertion),
      await verifyHere(service, { credential: token }),
      await verifyHere(service, { url: `${BASE_URL}${path}` }),
    ]) {
      expect(found, JSON.stringify(found)).toMatchObject({ verdict: 'invalid' })
      expect(codes(found)).toContain('revoked')
    }
    await expect(verifier.url(`${BASE_URL}${path}`, {})).rejects.toMatchObject({ code: 'url_gone' })
  })

  test('is told as revoked while it is suspended, and no longer once restored', async ({ service }) => {
    const { id, trainer } = await aBadge(service)
    const path = `/ob2/assertions/${id}`
    await trainer.post(`/api/v1/credentials/${id}/suspension`, { reason: 'Vérification en cours' })
    const suspended = await actor(service).get(path)
    expect([suspended.status, suspended.body]).toEqual([
      410,
      expect.objectContaining({
        revoked: true,
        revocationReason: 'Badge suspendu ; la suspension peut être levée. Vérification en cours',
      }),
    ])
    await trainer.post(`/api/v1/credentials/${id}/restoration`, { reason: 'Vérifié' })
    expect((await actor(service).get(path)).status).toBe(200)
    expect((await actor(service).get(`/ob2/revocations/${trainer.slug}`)).body['revokedAssertions']).toEqual([])
  })

  test('still verifies after its issuer changed keys', async ({ service }) => {
    const { id, trainer } = await aBadge(service)
    const token = (await actor(service).get(`/ob2/assertions/${id}.jws`)).response.body
    const administrator = actor(service, 'administrateur', trainer.slug)
    expect((await administrator.post(`/api/v1/organisations/${trainer.slug}/keys`)).status).toBe(201)
    const { verifier } = elsewhere(service)
    expect(await verifier.credential(token, {})).toMatchObject({ verdict: 'valid' })
    const fresh = (await actor(service).get(`/ob2/assertions/${id}.jws`)).response.body
    expect(fresh).not.toBe(token)
    expect(await verifier.credential(fresh, {})).toMatchObject({ verdict: 'valid' })
    const { body } = await actor(service).get(`/ob2/issuers/${trainer.slug}`)
    expect(body['publicKey']).toHaveLength(2)
  })

  test('is nowhere once its holder asked for erasure, and names nobody', async ({ service }) => {
    const email = `efface-${randomUUID()}@exemple.invalid`
    const { id } = await aBadge(service, { email })
    const path = `/ob2/assertions/${id}`
    const { identity } = (await actor(service).get(path)).body['recipient']
    const holder = await signedIn(service, { email })
    await holder.form('/mon-espace/effacement', { confirmation: 'effacer' })
    for (const form of ['', '.jws', '.png', '.svg']) {
      const { status, body, response } = await actor(service).get(path + form, { accept: 'application/json' })
      expect([status, body['code']]).toEqual([410, 'erased'])
      expect(response.body).not.toContain(identity)
    }
  })

  test('is shown at /verifier with the version that it speaks and the site that publishes it', async ({ service }) => {
    const { id, trainer } = await aBadge(service)
    const boundary = 'x'
    const fields = { url: `${BASE_URL}/ob2/assertions/${id}`, recipient: EMAIL }
    const parts = Object.entries(fields).map(
      ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    const { status, response } = await actor(service).post('/verifier', `${parts.join('')}--${boundary}--\r\n`, {
      'content-type': `multipart/form-data; boundary=${boundary}`,
    })
    expect(status).toBe(200)
    expect(response.body).toContain('Open Badges 2.0, publié par le site de l’émetteur')
    expect(response.body).toContain('site qui publie le badge')
    // The register knows it for what it is: a badge of one of its organisations.
    expect(response.body).toContain(`Organisme ${trainer.slug}`)
  })

  test('is offered on the page of the badge, in French and in English', async ({ service }) => {
    const { id, path } = await aBadge(service)
    const page = (await actor(service).get(path, { accept: 'text/html' })).response.body
    expect(page).toContain('Pour une plateforme qui ne lit qu’Open Badges 2.0')
    expect(page).toContain(`href="/ob2/assertions/${id}.jws"`)
    const english = (await actor(service).get(`${path}?lang=en`, { accept: 'text/html' })).response.body
    expect(english).toContain('For a platform that only reads Open Badges 2.0')
  })

  test('is nowhere when there is none, or no such issuer', async ({ service }) => {
    const { slug } = await aTrainer(service)
    const unknown = '00000000-0000-4000-8000-000000000000'
    for (const path of [
      `assertions/${unknown}`,
      `assertions/${unknown}.jws`,
      'assertions/x',
      `badges/${slug}/nulle-part/1`,
      'badges/personne/aidants-connect/1',
      'issuers/personne',
      `keys/${slug}/${'a'.repeat(43)}`,
      'revocations/personne',
    ]) {
      const { status, body } = await actor(service).get(`/ob2/${path}`, { accept: 'application/json' })
      expect([path, status, body['code']]).toEqual([path, 404, 'not_found'])
    }
  })
})
