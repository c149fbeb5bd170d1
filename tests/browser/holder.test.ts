import { expect } from 'vitest'
import { openWebSession } from '../../src/auth/web-sessions.ts'
import { signedIn } from '../support/actors.ts'
import { addAddress, anAddress, proofLink } from '../support/addresses.ts'
import { flaws, test } from '../support/browser.ts'
import { aBadge } from '../support/factories.ts'

test('the pages of a holder are readable by all, narrow and wide', async ({ service, site }) => {
  const holder = await signedIn(service)
  const { path } = await aBadge(service, { email: holder.email, given_name: 'Anaïs', family_name: 'Modèle' })
  await addAddress(service, holder, anAddress())
  const link = await proofLink(service, holder, anAddress())
  const value = await openWebSession(service.db, holder.personId, 'lien')
  for (const width of [320, 1200]) {
    const context = await site.browser.newContext({ viewport: { width, height: 800 }, locale: 'fr-FR' })
    await context.setExtraHTTPHeaders({ cookie: `__Host-insigne=${value}` })
    const page = await context.newPage()
    for (const one of ['', '/adresses', link.replace('/mon-espace', ''), '/donnees', '/effacement']) {
      await page.goto(`${site.origin}/mon-espace${one}`)
      expect(await page.locator('h1').innerText()).not.toBe('Accès refusé')
      expect(await flaws(page), `${one} ${width}`).toEqual([])
    }
    await context.close()
  }
  await holder.form('/mon-espace/effacement', { confirmation: 'EFFACER' })
  const context = await site.browser.newContext({ locale: 'fr-FR' })
  const page = await context.newPage()
  await page.goto(`${site.origin}${path}`)
  expect(await page.locator('main').innerText()).toContain('a demandé l’effacement')
  expect(await flaws(page)).toEqual([])
  await context.close()
})
