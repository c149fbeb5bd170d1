import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { signedIn } from '../support/actors.ts'
import { examine, openFor, test } from '../support/browser.ts'
import { PDF } from '../support/evidence.ts'
import { aBadge } from '../support/factories.ts'
import { config } from '../support/app.ts'

test('without JavaScript a holder deposits a file, is told what is wrong with another, shows it, and anyone sees it', async ({
  service,
  site,
}) => {
  const holder = await signedIn(service)
  const { id } = await aBadge(service, { email: holder.email })
  const narrow = { javaScriptEnabled: false, viewport: { width: 320, height: 700 } }
  const { origin, page, close } = await openFor(service, site.browser, holder, narrow)
  const folder = config.dataDir
  const [good, bad] = [join(folder, `${id}.pdf`), join(folder, `${id}.png`)]
  writeFileSync(good, PDF)
  writeFileSync(bad, '<!doctype html>')

  await page.goto(`${origin}/mon-espace`)
  await page.getByRole('link', { name: /^Fichiers de preuve/ }).click()
  await page.getByLabel('Fichier', { exact: true }).setInputFiles(bad)
  await page.getByLabel('Ce que c’est').fill('Affiche d’atelier')
  await page.getByRole('button', { name: 'Déposer' }).click()
  expect(await page.getByRole('alert').innerText()).toContain('ni un PDF, ni une image PNG ou JPEG')
  expect(await page.getByLabel('Ce que c’est').inputValue()).toBe('Affiche d’atelier')

  await page.getByLabel('Fichier', { exact: true }).setInputFiles(good)
  await page.getByRole('button', { name: 'Déposer' }).click()
  expect(await page.getByRole('status').innerText()).toContain('Le fichier est déposé')
  await page.getByRole('button', { name: 'Montrer : Affiche d’atelier' }).click()
  expect(await page.getByRole('status').innerText()).toContain('montré sur la page publique')

  await page.context().clearCookies()
  await page.goto(`${origin}/credentials/${id}`)
  const files = page.getByRole('region', { name: 'Fichiers de preuve' })
  expect(await files.innerText()).toContain('La personne l’a ajouté elle-même')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    files.getByRole('link', { name: 'Affiche d’atelier' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('preuve.pdf')
  await close()
})

test('the pages of the files of a badge are right at 320 and 1200 pixels', async ({ service, site }) => {
  const holder = await signedIn(service)
  const { id, trainer } = await aBadge(service, { email: holder.email })
  const asHolder = await openFor(service, site.browser, holder)
  const file = join(config.dataDir, `${id}.pdf`)
  writeFileSync(file, PDF)
  const { page, origin } = asHolder
  await page.goto(`${origin}/mon-espace/badges/${id}/preuves`)
  await page.getByLabel('Fichier', { exact: true }).setInputFiles(file)
  await page.getByLabel('Ce que c’est').fill('Une-affiche-d-atelier-au-nom-qui-ne-se-coupe-pas-du-tout-vraiment-long')
  await page.getByLabel('Ce que le fichier montre').fill('Une affiche faite avec le groupe du mardi.')
  await page.getByRole('button', { name: 'Déposer' }).click()
  await page.getByRole('button', { name: /^Montrer/ }).click()
  expect(await examine(page, 'preuves-titulaire')).toEqual([])
  await page.goto(`${origin}/credentials/${id}`)
  expect(await examine(page, 'preuves-publiques')).toEqual([])
  await asHolder.close()

  const formateur = await signedIn(service, { grants: [{ role: 'formateur', organisation: trainer.slug }] })
  const asTrainer = await openFor(service, site.browser, formateur)
  await asTrainer.page.goto(`${asTrainer.origin}/organisme/${trainer.slug}/badges/${id}/preuves`)
  expect(await examine(asTrainer.page, 'preuves-organisme')).toEqual([])
  await asTrainer.close()
})
