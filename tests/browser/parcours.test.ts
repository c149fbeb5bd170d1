import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { examine, test } from '../support/browser.ts'
import { aSession, aTrainer } from '../support/factories.ts'

const ALONE = '/parcours/calculer?but=habilitation:aidants-connect&calculer=1'
const TEAM = '/parcours/equipe?but=habilitation:aidants-connect&personnes=2'
const NO_SCRIPT = { javaScriptEnabled: false, viewport: { width: 320, height: 700 } }

async function fillTeam(page: Page): Promise<void> {
  await page.getByLabel('Un nom de votre choix').first().fill('Accueil')
  await page.getByLabel('Un nom de votre choix').nth(1).fill('Médiathèque')
  await page.getByText('Ce que cette personne sait déjà faire').first().click()
  await page.getByRole('group', { name: 'Personne 1 sait déjà faire' }).getByRole('checkbox', { name: /^D4 / }).check()
  await page.getByLabel('Combien de personnes doivent tenir').selectOption('2')
  await page.getByRole('button', { name: 'Calculer le parcours de l’équipe' }).click()
  await page.getByRole('columnheader', { name: 'Médiathèque' }).waitFor()
}

test('without JavaScript, someone asks for the cheapest plan near home', async ({ service, site }) => {
  const day = { startsOn: '2035-03-05', endsOn: '2035-03-05', hours: 7 }
  await aSession(await aTrainer(service), { ...day, departement: '42', priceCents: 18_000 })
  const context = await site.browser.newContext(NO_SCRIPT)
  const page = await context.newPage()
  await page.goto(`${site.origin}/parcours`)
  await page.getByRole('link', { name: 'Calculer mon parcours' }).click()
  await page.getByLabel('Où voulez-vous arriver ?').selectOption('habilitation:aidants-connect')
  await page.getByRole('button', { name: 'Continuer' }).click()
  await page.getByLabel('Ce qui compte le plus').selectOption('cout')
  await page.getByLabel('En présence').check()
  await page.getByLabel('Ou département de départ').fill('69')
  await page.getByLabel('Kilomètres au plus').fill('60')
  await page.getByRole('button', { name: 'Calculer le parcours' }).click()
  await page.getByText('Aucun autre choix n’est moins cher').waitFor()
  await page.getByText('environ 50 km').first().waitFor()
  await context.close()
})

test('without JavaScript, a team shares the modules', async ({ site }) => {
  const context = await site.browser.newContext(NO_SCRIPT)
  const page = await context.newPage()
  await page.goto(`${site.origin}/parcours`)
  await page.getByRole('link', { name: 'Calculer celui d’une équipe' }).click()
  await page.getByLabel('Où voulez-vous arriver ?').selectOption('habilitation:aidants-connect')
  await page.getByLabel('Combien êtes-vous ?').selectOption('2')
  await page.getByRole('button', { name: 'Continuer' }).click()
  await fillTeam(page)
  await context.close()
})

test('the pages of paths are accessible, wide and narrow, whatever they answer', async ({ service, site }) => {
  const day = { startsOn: '2035-03-06', endsOn: '2035-03-06', hours: 7 }
  await aSession(await aTrainer(service), { ...day, departement: '42', priceCents: 18_050 })
  const page = await (await site.browser.newContext()).newPage()
  const found: string[] = []
  for (const [name, path] of [
    ['moins-cher', `${ALONE}&objectif=cout&depart=69&km=60`],
    ['renoncer', `${ALONE}&objectif=cout&depart=974&km=10&modalite=presentiel`],
    ['pix', '/parcours/calculer?but=domaine:digcomp/3.0/2&calculer=1&tables=1&pix=2026/2.1@4'],
    ['erreur', `${ALONE}&km=30`],
    ['equipe-choix', TEAM],
  ] as const) {
    await page.goto(`${site.origin}${path}`)
    found.push(...(await examine(page, `parcours-${name}`)))
  }
  await page.goto(`${site.origin}${TEAM}`)
  await fillTeam(page)
  found.push(...(await examine(page, 'parcours-equipe')))
  expect(found).toEqual([])
})
