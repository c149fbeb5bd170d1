import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import * as vc from '@digitalbazaar/vc'
import { sql } from 'drizzle-orm'
import { unzipSync } from 'fflate'
import { getDocumentProxy } from 'unpdf'
import { expect } from 'vitest'
import { unbakePng } from '../src/credentials/bake.ts'
import { rows } from '../src/db.ts'
import { createPdf } from '../src/web/pdf.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { test } from './support/app.ts'
import { aBadge, aTrainer } from './support/factories.ts'
import { HOSTILE } from './support/hostile.ts'

const NAMED = { given_name: 'Zoé', family_name: 'Exemple-1' }
const JSON_ASKED = { accept: 'application/json' }
const reason = { reason: 'Essai' }

/** The text of a PDF, all pages together. */
async function textOf(bytes: Buffer): Promise<string> {
  const pdf = await getDocumentProxy(new Uint8Array(bytes))
  const pages = Array.from({ length: pdf.numPages }, async (_, n) => (await pdf.getPage(n + 1)).getTextContent())
  const items = (await Promise.all(pages)).flatMap((one) => one.items)
  return items.map((one) => ('str' in one ? one.str : '')).join(' ')
}

test('the archive alone verifies each badge, its state included, with another library', async ({ service }) => {
  const holder = await signedIn(service)
  const [kept, revoked] = [
    await aBadge(service, { email: holder.email, ...NAMED }),
    await aBadge(service, { email: holder.email, ...NAMED }),
  ]
  await revoked.trainer.post(`/api/v1/credentials/${revoked.id}/revocation`, reason)
  const { response } = await holder.get('/mon-espace/archive.zip')
  const files = unzipSync(new Uint8Array(response.rawPayload))
  const bytesOf = (path: string) => Buffer.from(files[path]!)
  const jsonOf = (path: string): Json => JSON.parse(bytesOf(path).toString())
  const index = jsonOf('index.json')
  for (const [path, digest] of Object.entries(index['sha256'])) {
    expect(createHash('sha256').update(bytesOf(path)).digest('hex'), path).toBe(digest)
  }
  expect(Object.keys(files).sort()).toEqual([...Object.keys(index['sha256']), 'index.json'].sort())

  // Reads the archive and nothing else, as someone would in twenty years.
  const documentLoader = async (url: string) => {
    const [did, key] = url.split('#')
    const path = index['contexts'][url] ?? index['issuers'][did!]?.document ?? index['statusLists'][url]
    if (!path) throw new Error(`Not in the archive: ${url}`)
    const document = jsonOf(path)
    const found = key && (document['verificationMethod'] as Json[]).find((one) => one['id'] === url)
    const multikey = { '@context': 'https://w3id.org/security/multikey/v1', ...(found as Json) }
    return { documentUrl: url, document: found ? multikey : document }
  }
  const suite = new DataIntegrityProof({ cryptosuite })
  const now = new Date(index['generatedAt'])
  const verified = async (credential: Json) =>
    vc.verifyCredential({ credential, suite, documentLoader, now, checkStatus: async () => ({ verified: true }) })
  const states = new Map<string, boolean[]>()
  for (const { id, files: paths } of index['badges']) {
    const path = paths.find((one: string) => one.endsWith('.json'))
    const badge = jsonOf(path)
    expect(await verified(badge), id).toMatchObject({ verified: true })
    expect(JSON.parse(unbakePng(bytesOf(path.replace('.json', '.png'))))).toEqual(badge)
    const bits: boolean[] = []
    for (const { statusListCredential, statusListIndex } of badge['credentialStatus']) {
      const list = jsonOf(index['statusLists'][statusListCredential])
      expect(await verified(list)).toMatchObject({ verified: true })
      const raw = gunzipSync(Buffer.from(list['credentialSubject'].encodedList.slice(1), 'base64url'))
      bits.push((raw[statusListIndex >> 3]! & (0x80 >> (statusListIndex & 7))) !== 0)
    }
    states.set(id, bits)
  }
  expect(Object.fromEntries(states)).toEqual({ [kept.id]: [false, false], [revoked.id]: [true, false] })
  const keys = jsonOf(`emetteurs/${kept.trainer.slug}-cles.json`)
  expect(keys['keys']).toEqual([expect.objectContaining({ createdAt: expect.any(String), retiredAt: null })])
  expect(bytesOf('LISEZ-MOI.html').toString()).toContain('@digitalbazaar/vc')
})

test('an attestation says what the law expects, and who may have it', async ({ service }) => {
  const holder = await signedIn(service)
  const { trainer, id } = await aBadge(service, { email: holder.email, ...NAMED, 'digcomp:4.2': '5' })
  const path = `/mon-espace/badges/${id}/attestation.pdf`
  const theirs = `/organisme/${trainer.slug}/badges/${id}/attestation.pdf`
  const text = await textOf((await holder.get(path)).response.rawPayload)
  for (const words of [
    'Zoé Exemple-1',
    'Action de formation',
    'non renseignée',
    'en présence, département 69',
    'niveau 5 sur 8',
    'visée, non évaluée',
    'R. 6332-26',
    'ni un titre',
  ])
    expect(text).toContain(words)
  expect((await trainer.get(theirs)).response.rawPayload.subarray(0, 5).toString()).toBe('%PDF-')
  const told = sql`select author, person_id from journal where action = 'attestation.read' and subject = ${`credential:${id}`}`
  expect(await rows(service.db, told)).toEqual([{ author: 'test-formateur', person_id: holder.personId }])

  const stranger = await aTrainer(service)
  expect(await (await signedIn(service)).get(path)).toMatchObject({ status: 404 })
  expect(await stranger.get(theirs)).toMatchObject({ status: 403 })
  expect(await stranger.get(theirs.replace(trainer.slug, stranger.slug))).toMatchObject({ status: 404 })
  await trainer.post(`/api/v1/credentials/${id}/suspension`, reason)
  expect(await holder.get(path, JSON_ASKED)).toMatchObject({ status: 409, body: { code: 'badge_withdrawn' } })
})

test('the block of a CV shows what is in force, of nobody else', async ({ service }) => {
  const holder = await signedIn(service)
  const first = await aBadge(service, { email: holder.email, ...NAMED })
  const second = await aBadge(service, { email: holder.email, ...NAMED, 'digcomp:4.2': '5' })
  const resume = async (query = '') => (await holder.get(`/mon-espace/cv-json-resume.json${query}`)).body
  const urls = async (query = ''): Promise<string[]> =>
    ((await resume(query))['certificates'] as Json[]).map((one) => String(one['url']))
  expect((await urls()).sort()).toEqual([first, second].map((one) => String(one.credential['id'])).sort())
  expect(await urls(`?choix=1&badge=${first.id}`)).toEqual([first.credential['id']])
  expect((await resume())['basics']).toEqual({})
  expect((await resume('?nom=oui'))['basics']).toEqual({ name: 'Zoé Exemple-1' })
  expect((await resume())['skills']).toContainEqual(expect.objectContaining({ level: 'niveau 5 sur 8' }))
  const stranger = await aBadge(service)
  expect(await holder.get(`/mon-espace/cv.png?badge=${stranger.id}`)).toMatchObject({ status: 404 })
  await first.trainer.post(`/api/v1/credentials/${first.id}/revocation`, reason)
  expect(await urls()).toEqual([second.credential['id']])
  const refused = await holder.get(`/mon-espace/cv.pdf?badge=${first.id}`, JSON_ASKED)
  expect(refused).toMatchObject({ status: 422, body: { code: 'cv_not_in_force' } })
  const { SkillsPassport } = (await holder.get('/mon-espace/cv-europass-3.3.json')).body
  expect(SkillsPassport.LearnerInfo.Education).toMatchObject([{ Title: 'Formation Aidants Connect' }])
})

test('the PDF of a badge names its holder only while she or he wants it', async ({ service }) => {
  const holder = await signedIn(service)
  const { path, id } = await aBadge(service, { email: holder.email, given_name: 'Zoé', family_name: HOSTILE.accents })
  const print = async (lang = 'fr') =>
    textOf((await actor(service).get(`${path}.pdf?lang=${lang}`)).response.rawPayload)
  expect(await print()).not.toContain('Zoé')
  await service.db.execute(sql`insert into display_consents (person_id, credential_id, display)
    values (${holder.personId}, ${id}, 'name-on-badge')`)
  expect((await print()).replaceAll(/\s/g, '')).toContain(HOSTILE.accents.replaceAll(/\s/g, ''))
  expect(await print('en')).toContain('Digital skills badge')
})

test('no text breaks a PDF: each is written whole, on as many pages as it takes', async () => {
  const pdf = createPdf({ title: HOSTILE.rightToLeft, lang: 'fr', author: HOSTILE.quotes })
  pdf.heading(1, HOSTILE.rightToLeft)
  pdf.paragraph(HOSTILE.long)
  pdf.facts([[HOSTILE.script, `${HOSTILE.quotes}\u0000\u0007\uD800`]])
  pdf.list([HOSTILE.long.slice(0, 3000)])
  const bytes = await pdf.end()
  const text = await textOf(bytes)
  expect(text.match(/É/g)).toHaveLength(13_000)
  for (const whole of ['سميرة', HOSTILE.script, HOSTILE.quotes]) {
    expect(text.replaceAll(/\s/g, '')).toContain(whole.replaceAll(/\s/g, ''))
  }
  const { numPages } = await getDocumentProxy(new Uint8Array(bytes))
  expect(numPages).toBeGreaterThan(3)
})
