import { expect } from 'vitest'
import { writeEdition, fullRows } from '../support/editions.ts'
import { examine, picture, test } from '../support/browser.ts'

test('the pages of figures are read without script, wide and light, narrow and dark, by eye and by ear', async ({
  service,
  site,
}) => {
  await writeEdition(service.db, 'annee-2019', await fullRows(service.db))
  const context = await site.browser.newContext({ locale: 'fr-FR' })
  const page = await context.newPage()
  await page.goto(`${site.origin}/statistiques`)
  expect(await examine(page, 'statistiques')).toEqual([])

  await page.getByRole('link', { name: 'De janvier 2019 à décembre 2019' }).click()
  await page.getByRole('img', { name: 'Badges délivrés, par département' }).waitFor()
  expect(await examine(page, 'statistiques-edition')).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await picture(page, 'statistiques-edition-sombre')

  await page.getByLabel('Territoire', { exact: true }).selectOption('REG-84')
  await page.getByRole('button', { name: 'Voir ses chiffres' }).click()
  await page.waitForURL(/territoires\/REG-84$/)
  expect(await examine(page, 'statistiques-territoire')).toEqual([])

  await page.goto(`${site.origin}/statistiques/annee-2019/croisements`)
  expect(await examine(page, 'statistiques-croisements')).toEqual([])
  await page.goto(`${site.origin}/statistiques/observatoire_2022`)
  expect(await examine(page, 'statistiques-observatoire')).toEqual([])
  await context.close()
}, 240_000)
