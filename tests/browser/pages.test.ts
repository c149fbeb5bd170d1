import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { actor } from '../support/actors.ts'
import { examine, test } from '../support/browser.ts'
import { aBadge, aSession, aTrainer } from '../support/factories.ts'
import { HOSTILE } from '../support/hostile.ts'

/** Every public page and state of it, by the name of its picture. */
const PATHS: Record<string, string> = {
  accueil: '/',
  badges: '/badges',
  'badges-aucun': '/badges?q=introuvable',
  badge: '/achievements/aidants-connect',
  modules: '/modules',
  module: '/modules/aidants-connect',
  parcours: '/parcours',
  'parcours-but': '/parcours/calculer',
  'parcours-calcule': '/parcours/calculer?but=metier:aidant-numerique&calculer=1&acquis=mediation/1.0/D1',
  'un-parcours': '/parcours/mediateur-numerique',
  metiers: '/metiers',
  metier: '/metiers/mediateur-numerique',
  organismes: '/organisations',
  referentiel: '/referentiels/digcomp/3.0',
  competence: '/referentiels/digcomp/3.0/2.1',
  statistiques: '/statistiques',
  'statistiques-2022': '/statistiques/observatoire_2022',
  'verifier-en': '/verifier?lang=en',
  api: '/api',
  'donnees-personnelles': '/donnees-personnelles',
  'mentions-legales': '/mentions-legales',
  accessibilite: '/accessibilite',
  introuvable: '/nulle-part',
}
/** Bytes that a page may take to arrive the first time, images aside. */
const WEIGHT_MAX = 100_000

test(
  'every public page has its title and landmarks, is light, and is readable by all, narrow and wide',
  {
    timeout: 240_000, // some twenty pages, twice
  },
  async ({ service, site }) => {
    const good = await aBadge(service)
    const bad = await aBadge(service)
    await bad.trainer.post(`/api/v1${bad.path}/revocation`, { reason: 'Délivré par erreur' })
    const hostile = { slug: 'organisme-hostile', name: HOSTILE.script }
    await actor(service, 'exploitant').post('/api/v1/organisations', hostile)
    const paths = {
      ...PATHS,
      'badge-delivre': good.path,
      'badge-delivre-en': `${good.path}?lang=en`,
      'badge-revoque': bad.path,
      organisme: `/organisations/${hostile.slug}`,
    }
    const { page, weigh } = await weighingPage(site.browser)
    const found: string[] = []
    for (const [name, path] of Object.entries(paths)) {
      const bytes = await weigh(site.origin + path)
      if (bytes > WEIGHT_MAX) found.push(`${path} weighs ${bytes} bytes`)
      expect(await page.title(), path).toMatch(/.+ — Insigne$/)
      expect(await page.locator('h1').count(), path).toBe(1)
      for (const landmark of ['banner', 'main', 'contentinfo'] as const) {
        expect(await page.getByRole(landmark).count(), `${path} ${landmark}`).toBe(1)
      }
      found.push(...(await examine(page, `public-${name}`)))
    }
    expect(found).toEqual([])
  },
)

/** A page that counts what the network brings it: everything but images. */
async function weighingPage(browser: Browser): Promise<{ page: Page; weigh(url: string): Promise<number> }> {
  const page = await (await browser.newContext({ locale: 'fr-FR' })).newPage()
  const network = await page.context().newCDPSession(page)
  await network.send('Network.enable')
  await network.send('Network.setCacheDisabled', { cacheDisabled: true })
  const images = new Set<string>()
  let bytes = 0
  network.on('Network.responseReceived', ({ requestId, type }) => type === 'Image' && images.add(requestId))
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (!images.has(requestId)) bytes += encodedDataLength
  })
  return {
    page,
    async weigh(url) {
      bytes = 0
      await page.goto(url)
      return bytes
    },
  }
}

test('without JavaScript, someone looks for a training near home, from the home page to who gives it', async ({
  service,
  site,
}) => {
  const trainer = await aTrainer(service)
  await aSession(trainer, { departement: '2A', hours: 7 })
  const context = await site.browser.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 700 } })
  const page = await context.newPage()
  await page.goto(site.origin)
  await page.getByRole('link', { name: 'Chercher un module' }).click()
  await page.getByLabel('Mots cherchés').fill('AIDANTS connéct')
  await page.getByLabel('Durée, en heures au plus').fill('7')
  await page.getByRole('button', { name: 'Chercher' }).click()
  await page.getByRole('status').getByText('1 module', { exact: true }).waitFor()
  expect(await page.getByLabel('Durée, en heures au plus').inputValue()).toBe('7')

  await page.getByRole('link', { name: 'Badges', exact: true }).click()
  expect(await page.locator('header [aria-current="page"]').innerText()).toBe('Badges')
  await page.getByLabel('Mots cherchés').fill('formation aidants connect')
  await page.getByRole('button', { name: 'Chercher' }).click()
  await page.getByRole('link', { name: 'Formation Aidants Connect', exact: true }).click()
  await page.getByRole('link', { name: 'Les organismes qui proposent ce badge' }).click()
  await page.getByLabel('Département de ses sessions').selectOption('2A')
  await page.getByRole('button', { name: 'Chercher' }).click()
  await page.getByRole('status').getByText('1 organisme', { exact: true }).waitFor()
  await page.getByRole('link', { name: `Organisme ${trainer.slug}` }).click()
  await page.getByRole('heading', { level: 1, name: `Organisme ${trainer.slug}` }).waitFor()
  await context.close()
})
