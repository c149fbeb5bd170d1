import { expect } from 'vitest'
import { flaws, test } from '../support/browser.ts'
import { aBadge } from '../support/factories.ts'

const PATHS = [
  '/',
  '/badges',
  '/achievements/aidants-connect',
  '/modules',
  '/modules/aidants-connect',
  '/parcours',
  '/metiers',
  '/metiers/mediateur-numerique',
  '/referentiels',
  '/referentiels/digcomp/3.0',
  '/referentiels/digcomp/3.0/2.1',
  '/verifier',
  '/verifier?lang=en',
  '/api',
  '/donnees-personnelles',
  '/nulle-part',
]
const VIEWS = [
  { viewport: { width: 1200, height: 900 }, colorScheme: 'light' },
  { viewport: { width: 320, height: 700 }, colorScheme: 'dark' },
] as const

test(
  'every page is free of axe violations and of sideways scrolling, wide and light, narrow and dark',
  {
    timeout: 240_000, // some thirty pages, twice
  },
  async ({ service, site }) => {
    const good = await aBadge(service)
    const bad = await aBadge(service)
    await bad.trainer.post(`/api/v1${bad.path}/revocation`, { reason: 'Délivré par erreur' })
    const paths = [...PATHS, good.path, `${good.path}?lang=en`, bad.path, `/organisations/${good.trainer.slug}`]
    const found: string[] = []
    for (const view of VIEWS) {
      const context = await site.browser.newContext(view)
      const page = await context.newPage()
      for (const path of paths) {
        await page.goto(site.origin + path)
        expect(await page.title(), path).toMatch(/.+ — Insigne$/)
        found.push(...(await flaws(page)).map((flaw) => `${path} ${flaw}`))
      }
      await context.close()
    }
    expect(found).toEqual([])
  },
)

test('without JavaScript, an employer drops a baked PNG, types a name, and reads the verdict', async ({
  service,
  site,
}) => {
  const { path } = await aBadge(service, { given_name: 'Hélène', family_name: 'Exemple-Deux', 'digcomp:4.2': '5' })
  const png = (await service.app.inject(`${path}.png`)).rawPayload
  const context = await site.browser.newContext({ javaScriptEnabled: false, locale: 'fr-FR' })
  const page = await context.newPage()
  await page.goto(`${site.origin}/verifier`)
  await page.getByLabel('Fichier du badge').setInputFiles({ name: 'badge.png', mimeType: 'image/png', buffer: png })
  await page.getByLabel('Nom ou adresse de la personne').fill('EXEMPLE DEUX Helene')
  await page.getByRole('button', { name: 'Vérifier' }).click()

  await page.getByRole('heading', { name: 'Badge valable' }).waitFor()
  expect(await page.getByText('Le badge a bien été délivré à la personne indiquée.').count()).toBe(1)
  expect(await page.getByText('niveau 5 sur 8').count()).toBe(1)
  await context.close()
})

test('a damaged file, a missing one and a wrong name each get their sentence', async ({ service, site }) => {
  const { path } = await aBadge(service)
  const json = (await service.app.inject(`${path}.json`)).rawPayload
  const page = await (await site.browser.newContext({ locale: 'fr-FR' })).newPage()
  const verify = async (file: Buffer | null, name: string) => {
    await page.goto(`${site.origin}/verifier`)
    if (file)
      await page
        .getByLabel('Fichier du badge')
        .setInputFiles({ name: 'badge.json', mimeType: 'application/json', buffer: file })
    await page.getByLabel('Nom ou adresse de la personne').fill(name)
    await page.getByRole('button', { name: 'Vérifier' }).click()
    expect(await flaws(page)).toEqual([])
    return page.locator('main').innerText()
  }
  expect(await verify(json, 'Zoé Exemple-1')).toContain('Badge valable')
  expect(await verify(null, '')).toContain('Aucun fichier ni lien')
  expect(await verify(json.subarray(0, 100), '')).toContain('n’est pas un JSON lisible')
  expect(await verify(Buffer.from(json.toString().replace('Formation', 'Deformation')), '')).toContain(
    'La signature ne correspond pas',
  )
  expect(await verify(json, 'Une autre personne')).toContain('n’a pas été délivré à la personne indiquée')
  await page.close()
})

test('with JavaScript, a file dropped on the zone is the one verified', async ({ service, site }) => {
  const { path } = await aBadge(service)
  const svg = (await service.app.inject(`${path}.svg`)).body
  const page = await site.browser.newPage({ locale: 'fr-FR' })
  await page.goto(`${site.origin}/verifier`)
  await page.evaluate(`{
    const data = new DataTransfer()
    data.items.add(new File([${JSON.stringify(svg)}], 'badge.svg', { type: 'image/svg+xml' }))
    document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
  }`)
  await page.getByRole('button', { name: 'Vérifier' }).click()
  await page.getByRole('heading', { name: 'Badge valable' }).waitFor()
  await page.close()
})
