import { crc32, deflateSync } from 'node:zlib'
import QRCode from 'qrcode'
import { describe, expect } from 'vitest'
import { createFileReader } from '../src/credentials/file-reader.ts'
import { contentOfPdf } from '../src/credentials/pdf-badges.ts'
import { isDecodable } from '../src/credentials/picture-size.ts'
import { createVerifier } from '../src/credentials/verifier.ts'
import { verifyAll } from '../src/credentials/verify-many.ts'
import { registerSays } from '../src/credentials/verify-register.ts'
import { createShare, listShares, withdrawShare } from '../src/holders/shares.ts'
import { actor, signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aPdf } from './support/candidate-pdf.ts'
import { aBadge } from './support/factories.ts'
import { codeOf, foreignIssuer } from './support/foreign-issuer.ts'
import { HOSTILE } from './support/hostile.ts'

const send = async (service: TestService, body: Buffer, type = 'application/pdf', query = '') =>
  actor(service).post(`/api/v1/verifications${query}`, body, { 'content-type': type })

/** A few hundred kilobytes that inflate to more than anything may ask for. */
const BOMB = deflateSync(Buffer.alloc(6e8), { level: 1 })

/** A PDF written by hand: its catalogue holds what is given, its attachments are all this deflated stream. */
function rawPdf(deflated: Buffer, catalogue = '', attachments = 1): Buffer {
  const names = Array.from({ length: attachments }, (_, index) => `(${index}) 4 0 R`).join(' ')
  const head = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[${names}]>>>>${catalogue}>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
4 0 obj<</Type/Filespec/F(b.json)/EF<</F 5 0 R>>>>endobj
5 0 obj<</Length ${deflated.length}/Filter/FlateDecode>>stream
`
  return Buffer.concat([Buffer.from(head), deflated, Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF')])
}

describe('a PDF', () => {
  test('gives the badge attached to it, or the one its links lead to; with two, each apart', async ({ service }) => {
    const { path, credential } = await aBadge(service)
    const [json, other] = [JSON.stringify(credential), JSON.stringify((await aBadge(service)).credential)]
    const png = (await service.app.inject(`${path}.png`)).rawPayload
    const cv = { name: 'cv.json', content: '{"basics":{"name":"Zoé"}}' }
    const forms = [
      await aPdf({ attached: [{ name: 'badge.json', content: json }, cv] }),
      await aPdf({ attached: [{ name: 'badge.png', content: png }] }),
      await aPdf({ link: `https://insigne.test${path}`, text: 'https://www.linkedin.com/in/zoe mailto:a@b.fr' }),
      await aPdf({ text: `Mon badge : https://insigne.test${path}.` }),
    ]
    for (const pdf of forms) {
      const { status, body } = await send(service, pdf, 'application/pdf', '?recipient=zoe%20exemple%201')
      expect(status, JSON.stringify(body)).toBe(200)
      expect(body).toMatchObject({ verdict: 'valid', credential })
    }
    const attached = [json, other.replace('Formation', 'Deformation')].map((content, index) => ({
      name: `b${index}.json`,
      content,
    }))
    const two = await aPdf({ attached })
    expect(await send(service, two)).toMatchObject({ status: 400, body: { code: 'several_badges', count: 2 } })
  })

  test.for<[string, () => Promise<Buffer> | Buffer, string]>([
    ['with nothing in it', () => aPdf({}), 'pdf_without_badge'],
    ['with a password', () => aPdf({ password: 'secret' }), 'pdf_encrypted'],
    ['cut short', async () => (await aPdf({})).subarray(0, 700), 'pdf_damaged'],
    ['of nothing but its name', () => Buffer.from('%PDF-1.7'), 'pdf_damaged'],
    ['that inflates to half a gigabyte', () => rawPdf(BOMB), 'pdf_(damaged|too_heavy)'],
    ['nested a million times', () => rawPdf(deflateSync('{}'), `/X ${'['.repeat(1e6)}`), 'pdf_damaged'],
    [
      'with a script that never ends',
      () => rawPdf(deflateSync('{}'), '/OpenAction<</S/JavaScript/JS(while(true){})>>'),
      'pdf_without_badge',
    ],
    ['with ten thousand attachments', () => rawPdf(deflateSync('{}'), '', 10_000), 'too_large'],
    [
      'with a badge that is not JSON',
      () => aPdf({ attached: [{ name: 'badge.json', content: '{"@context":' }] }),
      'json_malformed',
    ],
    ['that links to an internal address', () => aPdf({ link: 'https://169.254.169.254/badges/1' }), 'url_unreachable'],
  ])('%s is refused with what to do, and the service goes on', async ([, make, code], { service }) => {
    const { body } = await send(service, await make())
    expect(body['code']).toMatch(new RegExp(`^${code}$`))
    expect(body).toMatchObject({ detail: expect.stringMatching(/\.$/), mend: expect.stringMatching(/\.$/) })
  })

  test('that takes too long loses its thread, not the service', async () => {
    const never = { pdf: async () => null, qr: async () => null }
    await expect(contentOfPdf(Buffer.from('%PDF-'), never)).rejects.toMatchObject({ code: 'pdf_too_heavy' })
  })
})

/** The first bytes of a picture that says to be that large. */
function pngOf(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(40)
  Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').copy(bytes)
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}

const header = Buffer.from('000009c4000007d00806000000', 'hex') // 2500 × 2000, eight bits, with transparency

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  size.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([size, body, sum])
}

describe('a photo of a QR code', () => {
  test('leads to its badge, and nowhere else than to a public address', async ({ service }) => {
    const { path } = await aBadge(service)
    const good = await QRCode.toBuffer(`https://insigne.test${path}`, { width: 300 })
    expect((await send(service, good, 'image/png')).body).toMatchObject({ verdict: 'valid' })
    const refused: [string, string][] = [
      ['https://127.0.0.1/credentials/1', 'url_unreachable'],
      ['http://169.254.169.254/latest/meta-data', 'url_unreachable'],
      ['https://insigne.test/partages/inconnu', 'share_ended'],
      ['javascript:alert(1)', 'qr_not_a_link'],
      ['file:///etc/passwd', 'qr_not_a_link'],
      [HOSTILE.script, 'qr_not_a_link'],
    ]
    for (const [text, code] of refused) {
      const { body } = await send(service, await QRCode.toBuffer(text, { width: 400 }), 'image/png')
      expect(body['code'], text).toBe(code)
    }
    const blank = await QRCode.toBuffer('x', { color: { dark: '#ffffff' } })
    expect((await send(service, blank, 'image/png')).body['code']).toBe('no_badge')
    const webp = Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1')
    expect((await send(service, webp, 'application/octet-stream')).body['code']).toBe('unsupported')
  })

  test('is not decoded when its header says more than forty megapixels, or lies about what follows', async () => {
    expect([isDecodable(pngOf(8000, 5000)), isDecodable(pngOf(8001, 5000)), isDecodable(pngOf(0, 9))]).toEqual([
      true,
      false,
      false,
    ])
    const jpeg = Buffer.from('ffd8ffe000040000ffc0001108ffffffff03', 'hex')
    expect([isDecodable(jpeg), isDecodable(Buffer.from('ffd8ffe0ffff', 'hex'))]).toEqual([false, false])
    // A picture of five megapixels that inflates to half a gigabyte: whatever it costs, it holds nothing.
    const picture = Buffer.concat([pngOf(2500, 2000).subarray(0, 8), chunk('IHDR', header), chunk('IDAT', BOMB)])
    expect((await createFileReader().qr(picture)) ?? []).toEqual([])
  })
})

describe('several badges at once', () => {
  test('are each told which name they match; the worst first; what cannot be read, or comes too late, is a line', async ({
    service,
  }) => {
    const issuer = await foreignIssuer()
    const person = { id: undefined, identifier: aHolder('Ana Exemple') }
    const own = await issuer.badge()
    const subject = { ...(own['credentialSubject'] as object), ...person }
    const badge = await issuer.badge({ credentialSubject: JSON.parse(JSON.stringify(subject)) })
    const files = [
      { name: 'bon.json', content: Buffer.from(JSON.stringify(badge)) },
      { name: 'abime.json', content: Buffer.from('{') },
      { name: 'faux.json', content: Buffer.from(JSON.stringify({ ...badge, name: 'Autre' })) },
    ]
    const soon = new Date(Date.now() + 60_000)
    const question = { recipient: ['Zoé Autre', 'EXEMPLE ana'] }
    const rows = await verifyAll(issuer.verifier, files, question, soon)
    expect(rows.map(({ source }) => source)).toEqual(['faux.json', 'abime.json', 'bon.json'])
    expect(rows[2]).toMatchObject({ verification: { verdict: 'valid', matched: ['EXEMPLE ana'] } })
    expect(rows[0]).toMatchObject({ badge: null, verification: { verdict: 'invalid' } })

    const none = await verifyAll(issuer.verifier, files.slice(0, 1), { recipient: ['Zoé', 'Léo'] }, soon)
    expect(codeOf((none[0] as never as { verification: never }).verification, 'recipient')).toBe('recipient_none')
    const late = await verifyAll(issuer.verifier, files, question, new Date(0))
    expect(late.map((row) => 'error' in row && row.error.code)).toEqual(Array(3).fill('not_in_time'))

    issuer.network.delete(issuer.didUrl)
    const offline = await verifyAll(issuer.verifier, files.slice(0, 1), question, soon)
    expect(offline[0]).toMatchObject({ badge: null, verification: { verdict: 'indeterminate' } })
    expect(service.failures).toEqual([])
  })
})

const aHolder = (name: string) => [{ type: 'IdentityObject', hashed: false, identityHash: name, identityType: 'name' }]

describe('the page', () => {
  const post = (service: TestService, parts: [name: string, value: string, filename?: string][], lang = 'fr') => {
    const body = parts.map(
      ([name, value, filename]) =>
        `--x\r\ncontent-disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n${value}\r\n`,
    )
    return service.app.inject({
      method: 'POST',
      url: `/verifier?lang=${lang}`,
      headers: { 'content-type': 'multipart/form-data; boundary=x', accept: 'text/html' },
      payload: `${body.join('')}--x--\r\n`,
    })
  }

  test('says what to correct, in both languages, and shows again what was typed', async ({ service }) => {
    const many = Array.from({ length: 51 }, (_, index): [string, string, string] => ['file', '{}', `${index}.json`])
    const cases: [Parameters<typeof post>[1], string, string][] = [
      [[['file', '', '']], 'Aucun fichier ni lien', 'No file and no link'],
      [[...many], 'Plus de cinquante fichiers', 'More than fifty files'],
      [
        [
          ['url', 'https://insigne.test/x'],
          ['recipient', Array.from({ length: 51 }, (_, i) => `N${i}`).join('\n')],
        ],
        'Plus de cinquante noms',
        'More than fifty names',
      ],
      [
        [
          ['url', 'https://insigne.test/x'],
          ['at', '2026-02-30'],
        ],
        'n’est pas lisible',
        'The date is not readable',
      ],
    ]
    for (const [parts, french, english] of cases) {
      const page = await post(service, parts)
      expect(page.statusCode).toBe(422)
      expect(page.body).toContain(french)
      expect(page.headers['cache-control']).toBe('no-store')
      expect((await post(service, parts, 'en')).body).toContain(english)
    }
    const typed = await post(service, [
      ['recipient', HOSTILE.quotes],
      ['url', ''],
    ])
    expect(typed.body).toContain('&#60;svg/onload')
    expect(typed.body).not.toContain('<svg/onload')
  })

  test('a file of more than 8 MB is a line, and 40 MB in all are refused', async ({ service }) => {
    const big = 'a'.repeat(8 * 1024 * 1024)
    const { body } = await post(service, [
      ['file', `${big}a`, 'gros.json'],
      ['file', '{', 'petit.json'],
    ])
    expect(body).toContain('Ce fichier dépasse 8 Mo.')
    expect(body).toContain('petit.json')
    const six = Array.from({ length: 6 }, (_, index): [string, string, string] => ['file', big, `${index}.json`])
    expect((await post(service, six)).body).toContain('L’envoi dépasse 40 Mo en tout.')
  })

  test('a link to shared badges gives each of them, until it is withdrawn', async ({ service }) => {
    const holder = await signedIn(service)
    const one = await aBadge(service, { email: holder.email })
    const two = await aBadge(service, { email: holder.email })
    const { db, vault } = service
    const owner = { personId: holder.personId, author: `person:${holder.personId}` }
    const wish = { badges: [one.id, two.id], label: '', days: 7, showName: false, showHabilitations: false }
    const id = await createShare(db, vault, owner, wish)
    const { live } = await listShares(db, vault, holder.personId)
    const link = `https://insigne.test/partages/${live[0]!.secret!}`
    const shown = await post(service, [['url', link]])
    expect(shown.body).toContain('2 badges valables')
    await withdrawShare(db, owner, id)
    expect((await post(service, [['url', link]], 'en')).body).toContain('This share link has ended')
  })

  test('a class of ours named by another issuer is not spoken of as ours', async ({ service }) => {
    const issuer = await foreignIssuer()
    const { credential } = await aBadge(service)
    const { achievement } = credential['credentialSubject'] as { achievement: object }
    const own = (await issuer.badge())['credentialSubject'] as object
    const copied = await issuer.badge({ credentialSubject: { ...own, achievement } })
    const known = await registerSays(service.db, 'https://insigne.test', [copied as never, credential as never])
    expect([...known.keys()]).toEqual([credential['id']])
    expect(known.get(String(credential['id']))).toMatchObject({
      issuer: { state: 'approved' },
      achievement: { kind: 'module' },
    })
  })
})

test('a document of several badges is refused by what takes one', async () => {
  const issuer = await foreignIssuer()
  const verifier = createVerifier({
    fetch: async () => Promise.reject(new Error('none')),
    documents: { did: async () => ({}), json: async () => ({}) },
    own: async () => undefined,
    shared: async () => [JSON.stringify(await issuer.badge()), '{}'],
  })
  await expect(verifier.url('https://insigne.test/partages/x', {})).rejects.toMatchObject({ code: 'several_badges' })
})

test('a share link that no one made is a refusal, however it is written', async ({ service }) => {
  for (const secret of ['inconnu', '%E0%A4%A', '%00']) {
    const url = `https://insigne.test/partages/${secret}`
    const { body } = await actor(service).post('/api/v1/verifications', { url })
    expect(body['code'], secret).toBe('share_ended')
  }
})
