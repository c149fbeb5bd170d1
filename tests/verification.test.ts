import { deflateSync } from 'node:zlib'
import { describe, expect } from 'vitest'
import { bakePng, bakeSvg, unbakeSvg } from '../src/credentials/bake.ts'
import { actor, type Json } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aBadge } from './support/factories.ts'
import { codeOf } from './support/foreign-issuer.ts'

const ASK = '/api/v1/verifications'
const post = (service: TestService, body: unknown, type = 'application/json', query = '') =>
  actor(service).post(`${ASK}${query}`, body, { 'content-type': type })

/** Sent, and answered by a verification; what it holds is in plain words, in French unless asked otherwise. */
async function verdictOf(service: TestService, body: unknown, type?: string, query?: string): Promise<Json> {
  const { status, body: answer } = await post(service, body, type, query)
  expect(status, JSON.stringify(answer)).toBe(200)
  expect(answer['checks'].map((check: Json) => check['id'])).toEqual([
    'shape',
    'proof',
    'refresh',
    'revocation',
    'suspension',
    'dates',
    'recipient',
    'endorsements',
  ])
  for (const { message, code } of answer['checks']) {
    expect(message).toMatch(/\.$/)
    expect(message).not.toBe(code)
  }
  return answer
}

const file = async (service: TestService, path: string): Promise<Buffer> =>
  (await actor(service).get(path)).response.rawPayload

describe('a badge is verified in each form that it travels in', () => {
  test('JSON, envelope, PNG, SVG, address: the same verdict and the same signed content', async ({ service }) => {
    const { path, credential } = await aBadge(service, { narrative: 'Été ]]> « fin »' })
    const json = JSON.stringify(credential)
    const forms: [unknown, string?][] = [
      [credential],
      [{ credential }],
      [{ credential: json }],
      [{ url: credential['id'] }],
      [{ url: `${String(credential['id'])}.json` }],
      [json, 'application/vc+ld+json'],
      [json, 'application/vc'],
      [`\uFEFF ${json}\n`, 'application/octet-stream'],
      [await file(service, `${path}.png`), 'image/png'],
      [await file(service, `${path}.png`), 'application/octet-stream'],
      [await file(service, `${path}.svg`), 'image/svg+xml'],
    ]
    for (const [body, type] of forms) {
      expect(await verdictOf(service, body, type)).toMatchObject({ verdict: 'valid', credential })
    }
  })

  test('the answer is in English for who asks for it', async ({ service }) => {
    const { credential } = await aBadge(service)
    expect((await verdictOf(service, credential))['summary']).toMatch(/^Badge authentique et valable au /)
    expect((await verdictOf(service, credential, undefined, '?lang=en'))['summary']).toMatch(
      /^Genuine badge, valid on /,
    )
  })
})

describe('who the badge belongs to', () => {
  test.for([
    ['Anne-Zoé Lefèvre', 'recipient_ok', 'valid'],
    ['LEFEVRE anne zoe', 'recipient_ok', 'valid'],
    ['anne-zoe.lefevre@exemple.invalid', 'recipient_ok', 'valid'],
    ['Anne Lefèvre', 'recipient_mismatch', 'invalid'],
    ['autre@exemple.invalid', 'recipient_mismatch', 'invalid'],
    ['', 'recipient_not_asked', 'valid'],
  ])('%s: %s', async ([recipient, code, verdict], { service }) => {
    const given = { email: 'Anne-Zoe.Lefevre@exemple.invalid', given_name: 'Anne-Zoé', family_name: 'Lefèvre' }
    const { credential } = await aBadge(service, given)
    for (const answer of [
      await verdictOf(service, { credential, recipient }),
      await verdictOf(service, credential, undefined, `?recipient=${encodeURIComponent(recipient!)}`),
    ]) {
      expect(answer['verdict']).toBe(verdict)
      expect(codeOf(answer as never, 'recipient')).toBe(code)
    }
  })
})

describe('on a given day', () => {
  test('not yet valid before it was issued, valid that very day, whatever came after', async ({ service }) => {
    const { credential } = await aBadge(service)
    const day = String(credential['validFrom']).slice(0, 10)
    const before = await verdictOf(service, { credential, at: '2020-01-01' })
    expect([before['verdict'], codeOf(before as never, 'dates')]).toEqual(['invalid', 'not_yet_valid'])
    expect(before['summary']).toContain('1er janvier 2020')
    expect(await verdictOf(service, { credential, at: day })).toMatchObject({ verdict: 'valid' })
    expect(await verdictOf(service, { credential, at: '2099-12-31' })).toMatchObject({ verdict: 'valid' })
  })

  test.for(['2026-02-30', '31/03/2026', '2026-3-1', 'hier', '2026-03-12T10:00', '12026-01-01', '2026-03-12T25:00:00Z'])(
    '«%s» is not a day, and is not taken for another',
    async (at, { service }) => {
      const { credential } = await aBadge(service)
      expect(await post(service, { credential, at })).toMatchObject({ status: 422, body: { code: 'date_invalid' } })
    },
  )
})

/** `{"alg":"EdDSA"}`, `{"id":1}` and no signature of anything. */
const TOKEN = 'eyJhbGciOiJFZERTQSJ9.eyJpZCI6MX0.c2ln'
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

describe('what is not a badge is refused with what to do about it, never with a breakdown', () => {
  const svg = (inside: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">${inside}</svg>`
  const element = '<openbadges:credential>{}</openbadges:credential>'

  test.for<[string, unknown, string, number, string]>([
    ['an array', [], 'application/json', 422, 'verification_subject'],
    ['an array of badges', [{ '@context': [] }], 'application/json', 422, 'verification_subject'],
    ['a number', '4', 'application/json', 422, 'verification_subject'],
    ['null', 'null', 'application/json', 422, 'verification_subject'],
    ['a text', '"badge"', 'application/json', 422, 'verification_subject'],
    ['nothing', '', 'application/json', 400, 'malformed'],
    ['half a JSON', '{"@context":', 'application/json', 400, 'malformed'],
    ['half a JSON in a file', '{"@context":', 'application/octet-stream', 400, 'json_malformed'],
    ['a prototype', '{"__proto__":{"a":1}}', 'application/json', 400, 'malformed'],
    [
      'both a badge and a link',
      { credential: {}, url: 'https://exemple.fr' },
      'application/json',
      422,
      'verification_subject',
    ],
    ['a link that is no text', { url: 4 }, 'application/json', 422, 'verification_subject'],
    ['a link to nothing', { url: 'pas un lien' }, 'application/json', 400, 'url_unreachable'],
    ['a link over http', { url: 'http://exemple.fr/' }, 'application/json', 400, 'url_unreachable'],
    ['a link to this machine', { url: 'https://127.0.0.1/' }, 'application/json', 400, 'url_unreachable'],
    ['a link to a file', { url: 'file:///etc/passwd' }, 'application/json', 400, 'url_unreachable'],
    [
      'a link to a badge that does not exist',
      { url: 'https://insigne.test/credentials/00000000-0000-4000-8000-000000000000' },
      'application/json',
      404,
      'not_found',
    ],
    ['an envelope with too much in it', { credential: {}, autre: 1 }, 'application/json', 422, 'verification_subject'],
    ['a token cut in two lines', 'eyJhbGciOiJFZERTQSJ9.\neyJpZCI6MX0.c2ln', 'text/plain', 415, 'unsupported'],
    ['a web page', '<!DOCTYPE html><html><body>Badge</body></html>', 'application/octet-stream', 415, 'unsupported'],
    ['a plain text', 'bonjour', 'application/octet-stream', 415, 'unsupported'],
    ['an empty file', '', 'application/octet-stream', 415, 'unsupported'],
    ['a form', 'a=b', 'application/x-www-form-urlencoded', 415, 'unsupported'],
    ['an SVG without badge', svg(''), 'image/svg+xml', 400, 'no_badge'],
    ['an SVG with two badges', svg(element + element), 'image/svg+xml', 400, 'two_badges'],
    [
      'an SVG with a document type',
      `<!DOCTYPE svg [<!ENTITY a "b">]>${svg(element)}`,
      'image/svg+xml',
      400,
      'svg_damaged',
    ],
    [
      'an SVG with an unknown entity',
      svg('<openbadges:credential>&x;</openbadges:credential>'),
      'image/svg+xml',
      400,
      'svg_damaged',
    ],
    ['an SVG nested without end', '<g>'.repeat(1_000_000), 'image/svg+xml', 400, 'svg_damaged'],
    ['more than 8 MB', 'x'.repeat(8 * 1024 * 1024 + 1), 'application/octet-stream', 413, 'too_large'],
  ])('%s', async ([, body, type, status, code], { service }) => {
    const answer = await post(service, body, type)
    expect(answer).toMatchObject({ status, body: { status, code, type: `urn:insigne:problem:${code}` } })
    expect(answer.response.headers['content-type']).toContain('application/problem+json')
    expect(answer.body['detail']).toMatch(/\.$/)
    expect(answer.body['mend']).toMatch(/\.$/)
  })

  test.for<[string, unknown, string]>([
    ['in a file', TOKEN, 'application/octet-stream'],
    ['as a token', TOKEN, 'application/vc+jwt'],
    ['as plain text', `${TOKEN}\n`, 'text/plain'],
    ['in an envelope', { credential: TOKEN }, 'application/json'],
    ['in an SVG', svg(`<openbadges:credential verify="${TOKEN}"/>`), 'image/svg+xml'],
  ])('a token that carries no badge, %s, is a verdict', async ([, body, type], { service }) => {
    const answer = await post(service, body, type)
    expect(answer).toMatchObject({ status: 200, body: { verdict: 'invalid', credential: null, dialect: null } })
    expect(answer.body['checks'][0]).toMatchObject({ id: 'shape', outcome: 'failure', code: 'shape_invalid' })
  })

  test('a PNG with two badges, a wrong sum, a compressed badge, or cut', async ({ service }) => {
    const { path, credential } = await aBadge(service)
    const png = await file(service, `${path}.png`)
    const spoilt = Buffer.from(png)
    spoilt[100]! ^= 1
    const compressed = Buffer.from(png)
    const keyword = compressed.indexOf('openbadgecredential\0')
    compressed[keyword + 20] = 1
    const cases: [Buffer, string][] = [
      [bakePng(png, JSON.stringify(credential)), 'two_badges'],
      [spoilt, 'png_damaged'],
      [compressed, 'png_damaged'],
      [png.subarray(0, -20), 'png_damaged'],
      [png.subarray(0, 8), 'png_damaged'],
      [Buffer.concat([png.subarray(0, 33), deflateSync('x')]), 'png_damaged'],
    ]
    for (const [bytes, code] of cases)
      expect(await post(service, bytes, 'image/png')).toMatchObject({ status: 400, body: { code } })
    const svg = (await file(service, `${path}.svg`)).toString()
    expect(JSON.parse(unbakeSvg(svg))).toEqual(credential)
    expect(
      await post(service, bakeSvg(svg.replace(/ xmlns:openbadges="[^"]*"/, ''), '{}'), 'image/svg+xml'),
    ).toMatchObject({ body: { code: 'two_badges' } })
  })

  test.for<[string, () => string, string]>([
    ['an object', () => '{"credential":{}}', 'shape_invalid'],
    ['an array in an envelope', () => '{"credential":[1]}', 'shape_invalid'],
    ['a null in an envelope', () => '{"credential":null}', 'shape_invalid'],
    ['100,000 levels', () => `{"@context":${nested(100_000)}}`, 'shape_too_complex'],
    ['100,000 levels in an envelope', () => `{"credential":${nested(100_000)}}`, 'shape_too_complex'],
    [
      '100,000 levels of arrays',
      () => `{"@context":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'shape_too_complex',
    ],
    [
      '50,000 properties',
      () => `{"@context":[],${Array.from({ length: 50_000 }, (_, i) => `"p${i}":${i}`).join()}}`,
      'shape_too_complex',
    ],
    ['a million elements', () => `{"@context":[${'0,'.repeat(1_000_000)}0]}`, 'shape_too_complex'],
    ['3 MB of text', () => `{"@context":[],"name":"${'é'.repeat(1_500_000)}"}`, 'shape_invalid'],
    [
      'a badge of an older version that is not whole',
      () => '{"@context":"https://w3id.org/openbadges/v2","type":"Assertion"}',
      'shape_incomplete',
    ],
  ])('%s gets a verdict that is not «valid», and nothing of it is handed on', async ([, body, code], { service }) => {
    const answer = await verdictOf(service, body())
    expect(codeOf(answer as never, 'shape')).toBe(code)
    expect(answer['verdict']).toBe('invalid')
    expect(answer['credential']).toBeNull()
    expect(answer['checks'].slice(1).every((check: Json) => check['code'] === 'not_checked')).toBe(true)
  })
})
