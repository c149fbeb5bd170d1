import { expect } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { signedIn } from '../support/actors.ts'
import { config } from '../support/app.ts'
import { examine, test } from '../support/browser.ts'
import { freePort } from '../support/processes.ts'

const FILE = {
  name: 'essai.yaml',
  mimeType: 'application/yaml',
  buffer: Buffer.from('list: essai\nkind: requirements\nedition: 2026\nentries: []\n'),
}

test('the lists are for every reader, their import for who operates the service, with each fault on the page', async ({
  service,
  site: { browser, origin },
}) => {
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(`${origin}/cartographie/listes`)
  expect(await examine(page, 'cartographie-listes')).toEqual([])

  const port = await freePort()
  const baseUrl = `http://localhost:${port}`
  const app = await buildApp({ ...service, config: { ...config, baseUrl } })
  await app.listen({ host: '127.0.0.1', port })
  const { secret } = await signedIn(service, { grants: [{ role: 'exploitant' }] })
  await context.addCookies([{ name: 'insigne', value: secret, url: baseUrl }])
  await page.goto(`${baseUrl}/cartographie/listes`)
  await page.setInputFiles('#fichier', FILE)
  await page.getByRole('button', { name: 'Importer' }).click()
  await page.getByRole('heading', { name: /fautes à corriger/ }).waitFor()
  expect(await page.locator('[aria-labelledby="fautes"] li').allTextContents()).toContainEqual(
    expect.stringMatching(/lists\/essai\.yaml, ligne 3, colonne 1.*edition.*n’a pas une valeur admise/),
  )
  expect(await examine(page, 'cartographie-listes-refus')).toEqual([])
  await context.close()
  await app.close()
})
