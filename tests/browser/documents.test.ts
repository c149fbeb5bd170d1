import { readFileSync } from 'node:fs'
import { getDocumentProxy } from 'unpdf'
import { expect } from 'vitest'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { type Json, signedIn, actor } from '../support/actors.ts'
import type { TestService } from '../support/app.ts'
import { examine, flaws, picture, test } from '../support/browser.ts'
import { aBadge } from '../support/factories.ts'
import { HOSTILE } from '../support/hostile.ts'
import { pdfReader } from '../support/pdf.ts'

const wasm = readFileSync(new URL('../../node_modules/zxing-wasm/dist/reader/zxing_reader.wasm', import.meta.url))
prepareZXingModule({ overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.length) } })

/** The addresses of the QR codes of an image. */
const codesIn = async (png: Buffer): Promise<string[]> =>
  (await readBarcodes(png, { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 8 })).map((one) => one.text)

/** What a reader of PDF finds: its title, its text, the roles of its parts, what is attached. */
async function readPdf(bytes: Buffer) {
  const pdf = await getDocumentProxy(new Uint8Array(bytes))
  const marks = await pdf.getMarkInfo()
  const { info } = (await pdf.getMetadata()) as { info: Json }
  const pages = await Promise.all(Array.from({ length: pdf.numPages }, (_, n) => pdf.getPage(n + 1)))
  const texts = await Promise.all(
    pages.map(async (page) => (await page.getTextContent()).items.map((one) => ('str' in one ? one.str : '')).join('')),
  )
  const trees = await Promise.all(pages.map((page) => page.getStructTree()))
  const ids = [...((await pdf.getAttachments()) as Map<string, object>).keys()]
  const attached = await Promise.all(ids.map((id) => pdf.getAttachmentContent(id) as Promise<Uint8Array>))
  const badges = attached.map((one) => JSON.parse(Buffer.from(one).toString()) as Json)
  return { title: info['Title'], lang: info['Language'], marks, text: texts.join('\n'), roles: rolesOf(trees), badges }
}

const rolesOf = (node: any): string[] =>
  [node].flat().flatMap((one) => [one.role, ...(one.children ? rolesOf(one.children) : [])].filter(Boolean))

async function verdictOf(service: TestService, badge: Json): Promise<string> {
  const { body } = await actor(service).post('/api/v1/verifications', badge)
  return String(body['verdict'])
}

test('a PDF is read back: selectable text, tagged, its codes lead to the badge, the badge attached verifies', async ({
  service,
  site,
}) => {
  const holder = await signedIn(service)
  const given = { email: holder.email, given_name: 'Zoé', family_name: HOSTILE.accents }
  const { path, id, credential } = await aBadge(service, given)
  const files: [string, string][] = [
    [`${path}.pdf`, 'Formation Aidants Connect'],
    ['/mon-espace/cv.pdf?nom=oui', `Compétences vérifiables de Zoé ${HOSTILE.accents}`],
    [`/mon-espace/badges/${id}/attestation.pdf`, `Attestation de fin de formation, Zoé ${HOSTILE.accents}`],
  ]
  const paper = await pdfReader(site.browser)
  for (const [url, title] of files) {
    const { response } = await holder.get(url, { 'accept-language': 'fr' })
    expect(response.headers['content-type'], url).toBe('application/pdf')
    const pdf = await readPdf(response.rawPayload)
    expect(pdf, url).toMatchObject({ title, lang: 'fr-FR', marks: { Marked: true }, badges: [credential] })
    expect(pdf.text.replaceAll(/\s+/g, ' ')).toContain('Formation Aidants Connect')
    expect(new Set(pdf.roles)).toEqual(new Set([...pdf.roles, 'Root', 'Document', 'H1', 'H2', 'P', 'Figure', 'Link']))
    expect(await verdictOf(service, pdf.badges[0]!)).toBe('valid')
    const drawn = await paper.draw(response.rawPayload)
    const codes = await Promise.all(drawn.map(codesIn))
    expect(codes.flat(), url).toContain(credential['id'])
  }
  await paper.close()
})

test('a holder makes the block of a CV and takes it away, without JavaScript', async ({ service, site }) => {
  const holder = await signedIn(service)
  const given = { email: holder.email, given_name: HOSTILE.script, family_name: HOSTILE.rightToLeft }
  const first = await aBadge(service, given)
  const second = await aBadge(service, given)
  const browsing = {
    viewport: { width: 320, height: 700 },
    locale: 'fr-FR',
    extraHTTPHeaders: { cookie: holder.cookie },
  }
  const context = await site.browser.newContext({ ...browsing, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(`${site.origin}/mon-espace/cv`)
  await expect.poll(() => page.locator('.cv-block li').count()).toBe(2)
  expect(await page.locator('.cv-block').innerText()).not.toContain('onerror')
  await page.locator(`input[value="${second.id}"]`).uncheck()
  await page.getByLabel('Écrire mon nom dans l’encadré').check()
  await page.getByRole('button', { name: 'Mettre à jour l’encadré' }).click()
  expect(await page.locator('.cv-block li').count()).toBe(1)
  expect(await page.locator('.cv-block').innerText()).toContain(HOSTILE.script)
  expect(await page.locator('#texte-brut').inputValue()).toContain(String(first.credential['id']))
  // What is pasted is markup itself: in it, too, the name is text.
  const pasted = await page.locator('#texte-html').inputValue()
  expect(pasted).toContain('&#60;img src')
  const other = await context.newPage()
  await other.setContent(pasted)
  expect(await other.locator('img').count()).toBe(1)
  expect(await other.locator('p').innerText()).toContain(HOSTILE.script)
  expect(await other.locator('a').getAttribute('href')).toBe(first.credential['id'])

  for (const name of ['Image PNG', 'PDF', 'JSON Resume']) {
    const href = await page.getByRole('link', { name, exact: name === 'PDF' }).getAttribute('href')
    const { response } = await holder.get(href!)
    expect(response.statusCode, name).toBe(200)
    if (name === 'Image PNG') expect(await codesIn(response.rawPayload)).toEqual([first.credential['id']])
    if (name === 'PDF') expect((await readPdf(response.rawPayload)).badges).toEqual([first.credential])
    if (name === 'JSON Resume') {
      expect(response.json().certificates).toEqual([expect.objectContaining({ url: first.credential['id'] })])
    }
  }
  await page.locator(`input[value="${first.id}"]`).uncheck()
  await page.getByRole('button', { name: 'Mettre à jour l’encadré' }).click()
  expect(await page.locator('.refusal').innerText()).toContain('Aucun badge n’est choisi')
  await context.close()
})

test('the pages of documents are readable by all, on screen and on paper', async ({ service, site }) => {
  const holder = await signedIn(service)
  const given = { email: holder.email, given_name: 'Zoé', family_name: 'Exemple-1' }
  const { path } = await aBadge(service, given)
  await aBadge(service, given)
  const someone = await signedIn(service)
  const found: string[] = []
  for (const [name, url, { cookie }] of [
    ['cv', '/mon-espace/cv?nom=oui', holder],
    ['cv-a-corriger', '/mon-espace/cv?choix=1', holder],
    ['cv-sans-badge', '/mon-espace/cv', someone],
  ] as const) {
    const context = await site.browser.newContext({ locale: 'fr-FR', extraHTTPHeaders: { cookie } })
    const page = await context.newPage()
    await page.goto(`${site.origin}${url}`)
    found.push(...(await examine(page, name)))
    await context.close()
  }
  const context = await site.browser.newContext({ locale: 'fr-FR', extraHTTPHeaders: { cookie: holder.cookie } })
  const page = await context.newPage()
  for (const [name, url] of [
    ['cv', '/mon-espace/cv?nom=oui'],
    ['badge', path],
  ]) {
    await page.goto(`${site.origin}${url}`)
    await page.emulateMedia({ media: 'print', colorScheme: 'light' })
    await page.setViewportSize({ width: 794, height: 1123 })
    found.push(...(await flaws(page)).map((flaw) => `${name} printed: ${flaw}`))
    await picture(page, `${name}-imprime`)
  }
  await context.close()
  expect(found).toEqual([])
})
