import { expect } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { config } from '../support/app.ts'
import { flaws, test } from '../support/browser.ts'
import { anIdentityProvider, CLIENT } from '../support/identity-provider.ts'
import { freePort } from '../support/processes.ts'

const VIEWS = [
  { viewport: { width: 1200, height: 900 }, colorScheme: 'light' },
  { viewport: { width: 320, height: 700 }, colorScheme: 'dark' },
] as const

test('without JavaScript, an agent signs in by ProConnect, leaves here and there, and is told when it is down', async ({
  service,
  site,
}) => {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const provider = await anIdentityProvider(`${origin}/connexion/proconnect/retour`)
  const proconnect = { ...CLIENT, issuer: provider.issuer }
  const settings = { ...config, baseUrl: origin, allowLoopback: true, proconnect }
  const app = await buildApp({ ...service, config: settings })
  await app.listen({ host: 'localhost', port })
  for (const view of VIEWS) {
    provider.isDown = false
    const context = await site.browser.newContext({ ...view, javaScriptEnabled: false, locale: 'fr-FR' })
    const page = await context.newPage()
    await page.goto(`${origin}/connexion?suite=/connexion`)
    await page.getByRole('link', { name: 'S’identifier avec ProConnect' }).click()
    await page.getByRole('heading', { name: 'Votre connexion est ouverte' }).waitFor()
    await page.getByRole('button', { name: 'Se déconnecter' }).click()
    await page.waitForURL(`${provider.issuer}/session/end?**`)
    await page.goto(`${origin}/connexion`)
    await page.getByRole('heading', { name: 'Avec votre compte professionnel' }).waitFor()
    provider.isDown = true
    await page.goto(`${origin}/connexion/proconnect/retour?code=a&state=b`)
    await page.getByRole('alert').getByText('La réponse de ProConnect n’a pas pu être vérifiée').waitFor()
    await context.close()

    const scripted = await site.browser.newContext(view)
    const checked = await scripted.newPage()
    for (const path of ['/connexion', '/connexion/proconnect/retour']) {
      await checked.goto(origin + path)
      expect(await flaws(checked), path).toEqual([])
    }
    await scripted.close()
  }
  await app.close()
  await provider.close()
})
