import { expect } from 'vitest'
import { examine, test } from '../support/browser.ts'

const PATH = '/cartographie/passerelles'
const PATHS = {
  passerelles: PATH,
  'passerelles-depuis': `${PATH}?de=mediateur-numerique`,
  'passerelles-meme': `${PATH}?de=elu&vers=elu`,
  passerelle: `${PATH}/aidant-numerique/mediateur-numerique`,
  'passerelle-inconnue': `${PATH}/mediateur-numerique/elu`,
  'passerelle-dispositif': `${PATH}/conseiller-numerique/travailleur-social`,
}

test('the ways between métiers are read by all, narrow and wide', { timeout: 240_000 }, async ({ site }) => {
  const page = await (await site.browser.newContext()).newPage()
  const found: string[] = []
  for (const [name, path] of Object.entries(PATHS)) {
    await page.goto(site.origin + path)
    found.push(...(await examine(page, name)))
  }
  expect(found).toEqual([])
  await page.context().close()
})

test('without script, two métiers are chosen and compared', async ({ site }) => {
  const context = await site.browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(site.origin + PATH)
  await page.getByLabel('Départ').selectOption('aidant-numerique')
  await page.getByLabel('Arrivée (facultatif)').selectOption('mediateur-numerique')
  await page.getByRole('button', { name: 'Comparer' }).click()
  expect(new URL(page.url()).pathname).toBe(`${PATH}/aidant-numerique/mediateur-numerique`)
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/^Aidante numérique.* vers Médiatrice/)
  await page.getByRole('link', { name: /^Le chemin inverse/ }).click()
  expect(new URL(page.url()).pathname).toBe(`${PATH}/mediateur-numerique/aidant-numerique`)
  await context.close()
})
