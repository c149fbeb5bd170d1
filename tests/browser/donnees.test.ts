import { expect } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { signedIn } from '../support/actors.ts'
import { config } from '../support/app.ts'
import { examine, test } from '../support/browser.ts'
import { aTrainer } from '../support/factories.ts'
import { freePort } from '../support/processes.ts'
import { publishNow } from '../support/publishing.ts'

test('the operator orders an edition from a page without script, and anyone takes its files', async ({
  service,
  site,
}) => {
  const operator = await signedIn(service, { grants: [{ role: 'exploitant' }] })
  const { slug } = await aTrainer(service)
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const app = await buildApp({ config: { ...config, baseUrl: origin }, ...service })
  await app.listen({ host: '127.0.0.1', port })
  const open = async (javaScriptEnabled: boolean) => {
    const context = await site.browser.newContext({ locale: 'fr-FR', javaScriptEnabled })
    await context.addCookies([{ name: 'insigne', value: operator.secret, url: origin }])
    return context.newPage()
  }
  const page = await open(false)
  await page.goto(`${origin}/statistiques/publier`)
  await page.getByLabel('Nom de l’édition').fill('2008')
  await page.getByLabel('Premier mois').fill('2008-12')
  await page.getByLabel('Dernier mois').fill('2008-01')
  await page.getByLabel('Qui signe').selectOption(slug)
  await page.getByRole('button', { name: 'Demander la publication' }).click()
  await page.getByRole('alert').getByText('La période n’est pas finie').first().waitFor()
  await page.getByLabel('Premier mois').fill('2008-01')
  await page.getByLabel('Dernier mois').fill('2008-12')
  await page.getByRole('button', { name: 'Demander la publication' }).click()
  await page.getByRole('cell', { name: 'En préparation' }).waitFor()
  await publishNow(service)
  await page.getByRole('link', { name: 'Recharger' }).click()
  await page.getByRole('cell', { name: 'Publiée' }).waitFor()

  const read = await open(true)
  await read.goto(`${origin}/statistiques/publier`)
  expect(await examine(read, 'statistiques-publier')).toEqual([])
  await read.goto(`${origin}/donnees`)
  expect(await examine(read, 'donnees')).toEqual([])
  const [download] = await Promise.all([
    read.waitForEvent('download'),
    read.getByRole('link', { name: 'SHA256SUMS' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('SHA256SUMS')
  await app.close()
}, 180_000)
