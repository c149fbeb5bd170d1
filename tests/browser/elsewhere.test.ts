import { sql } from 'drizzle-orm'
import { expect, onTestFinished } from 'vitest'
import { signedIn } from '../support/actors.ts'
import { examine, openFor, test } from '../support/browser.ts'
import { aBadge } from '../support/factories.ts'
import { keyIssuer } from '../support/key-issuer.ts'

test('a badge of elsewhere is put in a link and in the block of a CV, apart from ours, then found refused', async ({
  service,
  site,
}) => {
  const holder = await signedIn(service)
  await aBadge(service, { email: holder.email, given_name: 'Zoé', family_name: 'Exemple-1' })
  const { badgeFor, did } = await keyIssuer()
  const kept = await holder.post('/api/v1/wallet', { credential: await badgeFor(holder.email) })
  const flaws: string[] = []

  const { origin, page, close } = await openFor(service, site.browser, holder)
  onTestFinished(close)

  await page.goto(`${origin}/mon-espace/partages`)
  await page.getByRole('checkbox', { name: /Formation Aidants Connect/ }).check()
  await page.getByRole('checkbox', { name: /Soudure/ }).check()
  await page.getByRole('button', { name: 'Créer le lien' }).click()
  expect(await page.locator('#ouverts + ul').innerText()).toContain('Il montre 1 badge et 1 badge d’ailleurs')
  flaws.push(...(await examine(page, 'partages-ailleurs')))
  const address = new URL((await page.locator('a.address').getAttribute('href'))!)
  await page.goto(`${origin}${address.pathname}`)
  const apart = page.locator('section[aria-labelledby="ailleurs"]')
  expect(await apart.innerText()).toContain(`${did} (clé prouvée)`)
  expect(await page.locator('section[aria-labelledby="badges"]').innerText()).not.toContain('Soudure')
  flaws.push(...(await examine(page, 'partage-ailleurs')))

  await page.goto(`${origin}/mon-espace/cv`)
  await page.getByRole('checkbox', { name: /Soudure/ }).check()
  await page.getByRole('button', { name: 'Mettre à jour l’encadré' }).click()
  expect(await page.locator('.cv-block').innerText()).toMatch(/Badges délivrés ailleurs[^]*Soudure/)
  flaws.push(...(await examine(page, 'cv-ailleurs')))
  const picture = await page.getByRole('link', { name: 'Image PNG' }).getAttribute('href')
  const drawn = await page.request.get(`${origin}${picture}`)
  expect(drawn.headers()['content-type']).toBe('image/png')

  const summary = 'Ce badge ne peut pas être accepté au 1er juin 2026. Le badge a été révoqué par son émetteur.'
  const about = service.vault.seal(
    'wallet/about',
    JSON.stringify({
      name: 'Soudure',
      issuer: kept.body['issuer'],
      achievement: null,
      badge: null,
      from: null,
      summary,
    }),
  )
  await service.db.execute(sql`update imported_badges
    set verdict = 'invalid', code = 'revoked', about = ${about}, unanswered_at = now() where id = ${kept.body['id']}`)
  await page.goto(`${origin}/mon-espace/badges-d-ailleurs`)
  expect(await page.locator('main').innerText()).toContain('Le badge a été révoqué par son émetteur')
  flaws.push(...(await examine(page, 'badges-d-ailleurs-refuse')))
  await page.goto(`${origin}${address.pathname}`)
  expect(await apart.innerText()).toContain('Refusé à la dernière vérification')
  flaws.push(...(await examine(page, 'partage-ailleurs-refuse')))
  expect(flaws).toEqual([])
}, 180_000)
