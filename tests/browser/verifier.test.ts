import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import QRCode from 'qrcode'
import { describe, expect } from 'vitest'

import type { Json } from '../support/actors.ts'
import { examine, flaws, test } from '../support/browser.ts'
import { aBadge, aRow, aSession, aTrainer, csvOf, sendCsv } from '../support/factories.ts'
import { HOSTILE } from '../support/hostile.ts'
import { aPdf } from '../support/candidate-pdf.ts'
import type { TestService } from '../support/app.ts'

const FILE = 'Fichier du badge'
const NAME = 'Nom ou adresse de la personne'

type Upload = { name: string; mimeType: string; buffer: Buffer }
const asJson = (name: string, given: unknown): Upload => ({
  name,
  mimeType: 'application/json',
  buffer: Buffer.from(typeof given === 'string' ? given : JSON.stringify(given)),
})

/** What the page says, with plain spaces. */
const said = async (page: Page): Promise<string> => (await page.locator('main').innerText()).replaceAll('\u00A0', ' ')

const give = async (page: Page, files: Upload[], names = '') => {
  await page.getByLabel(FILE).setInputFiles(files)
  await page.getByLabel(NAME).fill(names)
  await page.getByRole('button', { name: 'Vérifier' }).click()
  await page.waitForURL('**/verifier?lang=*')
}

test('without JavaScript, at 320 px, an employer goes from the home page to the evidence, in French then in English', async ({
  service,
  site,
}) => {
  const { path, trainer } = await aBadge(service, {
    given_name: 'Hélène',
    family_name: 'Exemple-Deux',
    'digcomp:4.2': '5',
  })
  const png = (await service.app.inject(`${path}.png`)).rawPayload
  const viewport = { width: 320, height: 700 }
  const context = await site.browser.newContext({ javaScriptEnabled: false, locale: 'fr-FR', viewport })
  const page = await context.newPage()
  await page.goto(site.origin)
  await page.getByRole('navigation').getByRole('link', { name: 'Vérifier un badge' }).first().click()
  await give(page, [{ name: 'badge.png', mimeType: 'image/png', buffer: png }], 'EXEMPLE DEUX Helene')

  const french = await said(page)
  expect(french).toMatch(/authentique, valable le .* et c’est bien celui de « EXEMPLE DEUX Helene »/)
  expect(french).toContain('Ce n’est ni un titre ni un diplôme.')
  expect(french).toContain('niveau 5 sur 8')
  expect(french).toContain('approuvé pour délivrer des badges')
  expect(french).toContain('Ce que ce badge ne veut pas dire')
  await page.getByRole('link', { name: 'sa page' }).click()
  expect(await page.locator('h1').innerText()).toBe(`Organisme ${trainer.slug}`)

  await page.goto(`${site.origin}/verifier`)
  await page.getByRole('link', { name: 'English' }).click()
  await page.getByLabel('Badge link').fill(`https://insigne.test${path}`)
  await page.getByLabel('Name or e-mail of the person').fill('Somebody Else')
  await page.getByLabel('Valid on this date').fill('2030-03-12')
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.getByRole('heading', { name: 'Badge refused' }).waitFor()
  const english = await said(page)
  expect(english).toContain(
    'This badge cannot be accepted on 12 March 2030. The badge was not issued to the person named.',
  )
  expect(english).toContain('Check the spelling')
  expect(english).toContain('What this badge does not mean')
  await context.close()
})

/** Ten candidates of one session, their badges in every form that they travel in, and what is wrong with some. */
async function candidates(service: TestService): Promise<Upload[]> {
  const trainer = await aTrainer(service)
  const rows = Array.from({ length: 8 }, (_, index) => aRow(index + 1, { email: `candidate${index}@exemple.invalid` }))
  const { receipts } = await sendCsv(service, trainer, await aSession(trainer), csvOf(rows))
  const paths = receipts.map((one: Json) => new URL(String(one['credential'])).pathname)
  const get = async (index: number, suffix: string) => (await service.app.inject(paths[index]! + suffix)).rawPayload
  const address = (index: number) => `https://insigne.test${paths[index]!}`
  await trainer.post(`/api/v1${paths[7]!}/revocation`, { reason: 'Délivré par erreur' })
  const pdf = (name: string, buffer: Buffer): Upload => ({ name, mimeType: 'application/pdf', buffer })
  const tampered = (await get(5, '.json')).toString().replace('Formation', 'Deformation')
  const attached = [
    { name: 'badge-a.json', content: await get(1, '.json') },
    { name: 'badge-b.json', content: tampered },
  ]
  const qr = await QRCode.toBuffer(address(3), { width: 400 })
  return [
    { name: 'candidate-0.png', mimeType: 'image/png', buffer: await get(0, '.png') },
    pdf('deux-badges.pdf', await aPdf({ attached })),
    pdf('lien.pdf', await aPdf({ text: `Mon badge : ${address(2)}`, link: 'https://www.linkedin.com/in/exemple' })),
    { name: 'photo-du-qr.png', mimeType: 'image/png', buffer: qr },
    { name: 'candidate-4.svg', mimeType: 'image/svg+xml', buffer: await get(4, '.svg') },
    asJson('=HYPERLINK("x").json', (await get(6, '.json')).toString()),
    asJson('revoque.json', (await get(7, '.json')).toString()),
    asJson('<img src=x onerror=alert(1)>.json', '{"@context":'),
    pdf('sans-badge.pdf', await aPdf({ text: 'Rien ici' })),
    { name: 'vide.json', mimeType: 'application/json', buffer: Buffer.alloc(0) },
  ]
}

test('without JavaScript, a folder of ten candidates becomes a table, the worst first, that is downloaded and read back', async ({
  service,
  site,
}) => {
  const context = await site.browser.newContext({ javaScriptEnabled: false, locale: 'fr-FR', acceptDownloads: true })
  const page = await context.newPage()
  await page.goto(`${site.origin}/verifier`)
  const names = ['Zoé Exemple-1', 'EXEMPLE 2 zoe', 'Zoé Exemple-3', 'candidate3@exemple.invalid', 'Zoé Exemple-5']
  await give(page, await candidates(service), [...names, 'Personne Absente', HOSTILE.script].join('\n'))

  const lead = await page.getByRole('status').innerText()
  expect(lead).toBe(
    '11 résultats : 5 badges valables, 3 badges refusés, 3 sans conclusion.'.replaceAll(' :', '\u00A0:'),
  )
  expect(await page.locator('.note').first().innerText()).toContain('Personne Absente, <script>')
  const verdicts = await page.locator('table.results tbody .tag').allInnerTexts()
  expect(verdicts).toEqual([
    ...Array<string>(3).fill('Badge refusé'),
    ...Array<string>(3).fill('Vérification incomplète'),
    ...Array<string>(5).fill('Badge valable'),
  ])
  const told = await page.locator('table.results').innerText()
  expect(told).toContain('deux-badges.pdf › badge-b.json')
  expect(told).toContain('a été délivré à aucune des personnes indiquées')
  expect(await page.locator('table.results img').count()).toBe(0)

  const waiting = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Télécharger le tableau (CSV)' }).click()
  const download = await waiting
  expect(download.suggestedFilename()).toMatch(/^verification-\d{4}-\d{2}-\d{2}\.csv$/)
  const csv = readFileSync(await download.path(), 'utf8')
  expect(csv.startsWith('\uFEFFVerdict,Personne,Badge,Nature,')).toBe(true)
  const lines = csv.trim().split('\r\n')
  expect(lines).toHaveLength(12)
  expect(csv).toMatch(/Badge valable,EXEMPLE 2 zoe,.*deux-badges\.pdf › badge-a\.json/)
  expect(csv).toContain(`"'=HYPERLINK(%22x%22).json"`)
  await context.close()
})

test('with JavaScript, several files dropped on the zone are listed, then verified', async ({ service, site }) => {
  const { path } = await aBadge(service)
  const svg = (await service.app.inject(`${path}.svg`)).body
  const page = await site.browser.newPage({ locale: 'fr-FR' })
  await page.goto(`${site.origin}/verifier`)
  await page.evaluate(`{
    const data = new DataTransfer()
    for (const name of ['un.svg', 'deux.svg']) data.items.add(new File([${JSON.stringify(svg)}], name, { type: 'image/svg+xml' }))
    document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
  }`)
  expect(await page.locator('.chosen').innerText()).toBe('Fichiers choisis (2) : un.svg, deux.svg')
  await page.getByRole('button', { name: 'Vérifier' }).click()
  await page.getByRole('link', { name: 'Détail 2' }).click()
  expect(await page.locator('#badge-2').isVisible()).toBe(true)
  await page.close()
})

describe('every state is readable by all, wide and narrow', () => {
  test(
    'empty, valid, refused, incomplete, unreadable, to be corrected, several',
    { timeout: 180_000 },
    async ({ service, site }) => {
      const { path, trainer } = await aBadge(service, { 'digcomp:4.2': '5' })
      const json = (await service.app.inject(`${path}.json`)).body
      const found: string[] = []
      const context = await site.browser.newContext({ locale: 'fr-FR', reducedMotion: 'reduce' })
      const page = await context.newPage()
      const see = async (name: string, files: Upload[], names = '') => {
        await page.goto(`${site.origin}/verifier`)
        await give(page, files, names)
        found.push(...(await examine(page, `verifier-${name}`)))
        return said(page)
      }
      await page.goto(`${site.origin}/verifier`)
      found.push(...(await examine(page, 'verifier')))
      expect(await see('valable', [asJson('badge.json', json)], 'Zoé Exemple-1')).toContain('c’est bien celui de')
      await trainer.post(`/api/v1${path}/suspension`, { reason: 'Contrôle en cours' })
      expect(await see('refuse', [asJson('badge.json', json)])).toContain('est suspendu par son émetteur')
      const elsewhere = json.replaceAll('did:web:insigne.test', 'did:web:injoignable.invalid')
      const amber = await see('incomplet', [asJson('badge.json', elsewhere)])
      expect(amber).toContain('Vérification incomplète')
      expect(amber).toContain('Ce n’est pas un refus. Réessayez')
      expect(amber).toContain('aucune signature vérifiée')
      expect(await see('illisible', [asJson('badge.json', json.slice(0, 100))])).toContain('n’est pas un JSON lisible')
      expect(await see('a-corriger', [])).toContain('Aucun fichier ni lien')
      await see('plusieurs', await candidates(service), `Zoé Exemple-1\n${HOSTILE.rightToLeft}\n${HOSTILE.quotes}`)
      expect(await page.title()).toBe('Résultats — Insigne')
      for (const detail of await page.locator('.result > summary').all()) await detail.click()
      found.push(...(await flaws(page)))
      await page.goto(`${site.origin}/verifier?lang=en`)
      found.push(...(await examine(page, 'verifier-en')))
      expect(found).toEqual([])
      await context.close()
    },
  )
})
