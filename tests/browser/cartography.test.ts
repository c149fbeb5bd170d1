import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { examine, test } from '../support/browser.ts'

/** Pages of the map and states of them, by the names of their pictures. */
const PATHS: Record<string, string> = {
  carte: '/cartographie',
  'carte-filtree': '/cartographie?q=numerique&nature=metier&axe=digital',
  'carte-metier': '/cartographie/metiers/mediateur-numerique',
  'carte-propose': '/cartographie/metiers/charge-ingenierie-projet',
  'carte-fonction-sans-demande': '/cartographie/metiers/elu',
  'carte-dispositif': '/cartographie/metiers/conseiller-numerique',
  'carte-competence': '/cartographie/competences/mediation/1.0/D4',
}
/** Bytes that a page may take to arrive the first time, images aside. */
const WEIGHT_MAX = 100_000

test('the map is light, and readable by all, narrow and wide', { timeout: 300_000 }, async ({ site }) => {
  const found: string[] = []
  for (const [name, path] of Object.entries(PATHS)) {
    const page = await (await site.browser.newContext({ locale: 'fr-FR' })).newPage()
    const bytes = await weigh(page, site.origin + path)
    if (bytes > WEIGHT_MAX) found.push(`${path} weighs ${bytes} bytes`)
    expect(await page.locator('h1').count(), path).toBe(1)
    found.push(...(await examine(page, name)))
    await page.context().close()
  }
  expect(found).toEqual([])
})

async function weigh(page: Page, url: string): Promise<number> {
  const sizes: Promise<number>[] = []
  page.on('requestfinished', (request) => {
    if (request.resourceType() !== 'image') sizes.push(request.sizes().then((one) => one.responseBodySize))
  })
  await page.goto(url, { waitUntil: 'networkidle' })
  return (await Promise.all(sizes)).reduce((sum, one) => sum + one, 0)
}

test('from the keyboard, a box of the drawing lights what leads to it and what it leads to, and opens its page', async ({
  site,
}) => {
  const page = await (await site.browser.newContext()).newPage()
  await page.goto(`${site.origin}/cartographie/metiers/mediateur-numerique`)
  await page.getByRole('link', { name: 'Passer le dessin' }).focus()
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Dessin de la carte')
  const box = page.locator('[data-box="mediation/1.0/D4"]')
  await box.focus()
  const lit = page.locator('path[data-on]')
  const ends = await lit.evaluateAll((all) => all.map((one) => [one.dataset.from, one.dataset.to]))
  const leading = await page.locator('[data-to="mediation/1.0/D4"]').count()
  const led = await page.locator('[data-from="mediation/1.0/D4"]').count()
  expect([leading > 0, led > 0]).toEqual([true, true])
  expect(ends.filter((one) => one.includes('mediation/1.0/D4'))).toHaveLength(leading + led)
  expect(await lit.count()).toBeLessThan(await page.locator('path[data-from]').count())
  await page.keyboard.press('Enter')
  await page.waitForURL('**/cartographie/competences/mediation/1.0/D4')
  await page.goBack()
  await page.getByRole('link', { name: 'Passer le dessin' }).click()
  expect(await page.evaluate('location.hash')).toBe('#fait')
})

test('without scripts, a filter narrows the table, a métier opens and is compared with another', async ({ site }) => {
  const page = await (await site.browser.newContext({ javaScriptEnabled: false })).newPage()
  await page.goto(`${site.origin}/cartographie`)
  const columns = page.locator('table.map th[data-column]')
  const before = await columns.count()
  await page.getByLabel('Nature').selectOption({ label: 'Fonction' })
  await page.getByRole('button', { name: 'Chercher' }).click()
  expect(await columns.count()).toBeLessThan(before)
  expect(await columns.count()).toBeGreaterThan(0)
  await page.locator('#metiers ~ ul').getByRole('link', { name: 'Aidante numérique, aidant numérique' }).click()
  expect(await page.locator('h1').textContent()).toBe('Aidante numérique, aidant numérique')
  await page
    .getByText(/^\d+ modules$/)
    .first()
    .click()
  expect(await page.locator('.map-asked details[open] a').first().isVisible()).toBe(true)
  await page.getByLabel('Comparer avec').selectOption('travailleur-social')
  await page.getByRole('button', { name: 'Comparer' }).click()
  expect(new URL(page.url()).pathname).toBe('/cartographie/passerelles/aidant-numerique/travailleur-social')
})
