import { expect } from 'vitest'
import { flaws, test } from '../support/browser.ts'
import { aWaiting, idOf, issueLines } from '../support/campaigns.ts'
import { aRow, aSession, aTrainer, csvOf } from '../support/factories.ts'

const twelve = csvOf(Array.from({ length: 12 }, (_, index) => aRow(index)))

test('the page of a lot follows it by itself to its end, without a reload', async ({ service, site }) => {
  const trainer = await aTrainer(service)
  const campaign = await aWaiting(service, trainer, await aSession(trainer), twelve)
  const context = await site.browser.newContext({ locale: 'fr-FR', viewport: { width: 320, height: 700 } })
  const page = await context.newPage()
  await page.goto(`${site.origin}/lots/${idOf(campaign)}`)
  expect(await flaws(page)).toEqual([])
  await page.getByText('Les badges sont en cours de délivrance : 0 ligne traitée sur 12.').waitFor()
  await page.evaluate('window.mark = true')

  await issueLines(service, campaign, 1, 7)
  await page.getByText('6 lignes traitées sur 12').waitFor()
  expect(await page.getByRole('progressbar').getAttribute('value')).toBe('6')
  await trainer.post(`${campaign}/pause`)
  await page.getByText('Le lot est en pause').waitFor()
  await trainer.post(`${campaign}/resume`)
  await page.getByText('Le lot est terminé : 12 lignes traitées sur 12.').waitFor()
  expect(await page.locator('[data-count=issued]').innerText()).toBe('12')
  expect(await page.evaluate('window.mark')).toBe(true)
  expect(await flaws(page)).toEqual([])
  await context.close()
})

test('without JavaScript the page reloads by itself until the end', async ({ service, site }) => {
  const trainer = await aTrainer(service)
  const campaign = await aWaiting(service, trainer, await aSession(trainer), twelve)
  const context = await site.browser.newContext({ javaScriptEnabled: false, locale: 'fr-FR' })
  const page = await context.newPage()
  await page.goto(`${site.origin}/lots/${idOf(campaign)}`)
  await page.getByText('0 ligne traitée sur 12').waitFor()
  await issueLines(service, campaign, 1, 500)
  await page.getByText('Le lot est terminé').waitFor()
  await context.close()
})
