import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { signedIn } from '../support/actors.ts'
import { examine, test } from '../support/browser.ts'

test('the operator publishes an edition, and anyone finds what it changes, its files and how to check them', async ({
  service,
  site,
}) => {
  const operator = await signedIn(service, { grants: [{ role: 'exploitant' }] })
  const publish = async (number: number, note: string) =>
    operator.form('/cartographie/editions/publier', { number: String(number), note })
  const context = await site.browser.newContext({ locale: 'fr-FR' })
  const page = await context.newPage()
  await page.goto(`${site.origin}/cartographie/editions`)
  await page.getByText('Aucune édition n’est publiée.').waitFor()
  expect(await examine(page, 'editions-aucune')).toEqual([])

  expect((await publish(1, 'Première édition, pour relecture par la filière.')).status).toBe(303)
  await service.db.execute(
    sql`update metiers set about = jsonb_set(about, '{description}', '"Une description revue."') where slug = 'mediateur-numerique'`,
  )
  await service.db.execute(sql`delete from crosswalks where relation = 'relatedMatch'`)
  const form = await operator.get('/cartographie/editions/publier', { accept: 'text/html' })
  expect(form.response.body).toContain('Publier l’édition 2')
  expect((await publish(2, 'Correspondances retirées et description revue.')).status).toBe(303)

  await page.goto(`${site.origin}/cartographie/editions`)
  expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual(['Édition 2', 'Édition 1'])
  expect(await examine(page, 'editions')).toEqual([])
  await page.getByRole('link', { name: 'Édition 2' }).click()
  await page.getByText('Ligne par ligne').click()
  await page.getByText('« Une description revue. »').waitFor()
  expect(await examine(page, 'edition-2')).toEqual([])
  await page.goto(`${site.origin}/cartographie/editions/1`)
  await page.getByText('Une édition plus récente existe').waitFor()
  await context.close()
}, 180_000)
