import type { Browser, BrowserContextOptions } from 'playwright-core'
import { expect } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { actor, signedIn } from '../support/actors.ts'
import { config, type TestService } from '../support/app.ts'
import { examine, test } from '../support/browser.ts'
import { aRequest, aStructure } from '../support/habilitation.ts'
import { freePort } from '../support/processes.ts'

const done = { formationDoneOn: '2026-02-01', formationSource: 'officer', pixDoneOn: '2026-02-02' } as const

/** The service at an address that a browser reaches without a certificate, and a structure with its référente. */
async function aHouse(service: TestService, number: number) {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const app = await buildApp({ config: { ...config, baseUrl: origin }, ...service })
  await app.listen({ host: '127.0.0.1', port })
  const structure = await aStructure(service)
  for (let one = 0; one < number; one++) await aRequest(service, structure, done)
  const referent = await signedIn(service, { grants: [{ role: 'referent', organisation: structure.slug }] })
  const open = async (browser: Browser, options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({ locale: 'fr-FR', reducedMotion: 'reduce', ...options })
    await context.addCookies([{ name: 'insigne', value: referent.secret, url: origin }])
    return context.newPage()
  }
  return { origin, structure, open, home: `${origin}/organisme/${structure.slug}/lieux`, close: () => app.close() }
}

test(
  'a référente ties a place, is told what becomes public, states the agreement and ends it, without a script',
  { timeout: 120_000 },
  async ({ service, site }) => {
    const { structure, home, open, close } = await aHouse(service, 2)
    const page = await open(site.browser, { javaScriptEnabled: false })
    await page.goto(home)
    expect(await page.getByText('rien n’est public').count()).toBeGreaterThan(0)
    const row = () => page.getByRole('row', { name: /Aidants Connect/ }).innerText()
    expect((await row()).split('\t').slice(1)).toEqual(['oui', 'oui', '2'])

    const id = `Coop-numérique_${structure.slug}`
    await page.getByLabel('Identifiant du lieu').fill(id)
    await page.getByLabel('Nom du lieu').fill('La Quincaillerie')
    await page.getByRole('button', { name: 'Rendre ces preuves publiques' }).click()
    expect(await page.getByRole('status').innerText()).toContain('ce qui suit est public')
    const evidence = String(await page.getByRole('link', { name: 'Preuves publiques de' }).getAttribute('href'))
    const read = async () => (await actor(service).get(new URL(evidence).pathname)).body['facts']?.[0]
    expect(await read()).toMatchObject({ present: true, count: null })

    await page.getByRole('link', { name: /^Modifier/ }).click()
    expect(await page.getByLabel('Nom du lieu').inputValue()).toBe('La Quincaillerie')
    await page.getByLabel('Ce qui est dit').selectOption('all')
    await page.getByRole('button', { name: 'Rendre ces preuves publiques' }).click()
    expect(await page.title()).toContain('À corriger')
    expect(await page.getByRole('alert').innerText()).toContain('Un petit nombre désigne quelqu’un')
    expect(await read()).toMatchObject({ count: null })
    await page.getByLabel(/Chaque personne comptée/).check()
    await page.getByRole('button', { name: 'Rendre ces preuves publiques' }).click()
    expect(await read()).toMatchObject({ present: true, count: 2 })

    await page.getByRole('button', { name: 'Ne plus rendre public « La Quincaillerie »' }).click()
    expect(await page.getByRole('status').innerText()).toContain('plus rien de ce lieu n’est public')
    expect((await actor(service).get(new URL(evidence).pathname)).status).toBe(410)
    expect(await page.getByRole('heading', { name: 'Rattachements finis' }).count()).toBe(1)
    await page.context().close()
    await close()
  },
)

test(
  'the page of places is readable by all, empty, full and refused',
  { timeout: 180_000 },
  async ({ service, site }) => {
    const { home, open, close } = await aHouse(service, 6)
    const page = await open(site.browser)
    await page.goto(home)
    const flaws = await examine(page, 'lieux-vide')
    for (const nom of ['La Quincaillerie', 'Médiathèque de Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson']) {
      await page
        .getByLabel('Identifiant du lieu')
        .fill(`Coop-numérique_${nom.length}-0812cbc6-49ab-48a8-b331-bc58a8351f25`)
      await page.getByLabel('Nom du lieu').fill(nom)
      await page.getByLabel('Ce qui est dit').selectOption('numbers')
      await page.getByRole('button', { name: 'Rendre ces preuves publiques' }).click()
    }
    await page.getByRole('button', { name: 'Ne plus rendre public « La Quincaillerie »' }).click()
    flaws.push(...(await examine(page, 'lieux-plein')))
    await page.getByLabel('Identifiant du lieu').fill('deux mots')
    await page.getByLabel('Nom du lieu').fill('Le Lieu')
    await page.getByRole('button', { name: 'Rendre ces preuves publiques' }).click()
    expect(await page.title()).toContain('À corriger')
    flaws.push(...(await examine(page, 'lieux-refus')))
    expect(flaws).toEqual([])
    await page.context().close()
    await close()
  },
)
