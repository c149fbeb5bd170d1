import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { signToken } from '../../src/auth/access.ts'
import { examine, test } from '../support/browser.ts'

test('provisional figures are read by who steers, wide and narrow', { timeout: 180_000 }, async ({ service, site }) => {
  const { db, app } = service
  await db.execute(sql`insert into badge_counts (month, achievement_slug, achievement_version, departement, issued, revoked)
    select to_char(now() - n * interval '1 month', 'YYYY-MM'), slug, version, (array['69', '75', '35', '971', ''])[1 + n % 5], 40 + n * 7, 0
    from (select slug, version, row_number() over (order by slug)::int as n from achievements limit 18) classes`)
  await db.execute(sql`insert into session_counts (session_id, ends_on, departement, modality, capacity, held, completed)
    select gen_random_uuid(), current_date - 20 - n, '69', 'presentiel', 12, 12, 10 from generate_series(1, 30) n`)
  const authorization = `Bearer ${signToken(app, { sub: 'essai', role: 'comite' }, 1)}`
  const context = await site.browser.newContext({ locale: 'fr-FR', extraHTTPHeaders: { authorization } })
  const page = await context.newPage()
  await page.goto(`${site.origin}/statistiques/provisoire`)
  expect(await page.locator('h1').innerText()).toBe('Chiffres provisoires')
  const country = page.locator('tr', { has: page.getByRole('rowheader', { name: 'France entière' }) })
  expect(await country.locator('td').first().innerText()).toMatch(/0$/)
  expect(await examine(page, 'provisoire')).toEqual([])
  await context.close()
})
