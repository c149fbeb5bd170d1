import { expect } from 'vitest'
import { examine, test } from '../support/browser.ts'
import { aSession, aTrainer } from '../support/factories.ts'

/** Far enough for no plan of the other suites to meet, near enough to be within two years. */
const soon = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10)

test(
  'what is missing is read by all, wide and narrow, and chosen without a script',
  { timeout: 240_000 },
  async ({ service, site }) => {
    const trainer = await aTrainer(service)
    for (const departement of ['69', '42', '971']) {
      await aSession(trainer, { startsOn: soon, endsOn: soon, departement, hours: 7 })
    }
    const page = await (await site.browser.newContext({ locale: 'fr-FR' })).newPage()
    await page.goto(`${site.origin}/cartographie/manques`)
    for (const details of await page.locator('details').all()) await details.locator('summary').first().click()
    const found = await examine(page, 'manques')
    await page.goto(`${site.origin}/cartographie/manques?metier=mediateur-numerique&region=84`)
    found.push(...(await examine(page, 'manques-metier')))
    expect(found).toEqual([])

    const plain = await (await site.browser.newContext({ javaScriptEnabled: false, locale: 'fr-FR' })).newPage()
    await plain.goto(`${site.origin}/cartographie/manques`)
    await plain.getByLabel('Région').selectOption({ label: 'Auvergne-Rhône-Alpes' })
    await plain.getByRole('button', { name: 'Chercher' }).click()
    expect(await plain.locator('.territory ul > li').count()).toBe(12)
    expect(await plain.locator('.territory [data-state=full]').allInnerTexts()).toEqual([
      expect.stringMatching(/^42\s+Loire\s+1 session$/),
      expect.stringMatching(/^69\s+Rhône\s+1 session$/),
    ])
  },
)
