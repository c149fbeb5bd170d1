import { expect } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { config } from '../support/app.ts'
import { flaws, test } from '../support/browser.ts'
import { freePort } from '../support/processes.ts'

const VIEWS = [
  { viewport: { width: 1200, height: 900 }, colorScheme: 'light' },
  { viewport: { width: 320, height: 700 }, colorScheme: 'dark' },
] as const

test('without JavaScript, someone asks for a link, follows it, enters, and leaves', async ({ service, site }) => {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const app = await buildApp({ ...service, config: { ...config, baseUrl: origin } })
  await app.listen({ host: '127.0.0.1', port })
  const found: string[] = []
  for (const view of VIEWS) {
    // axe itself is a script: pages are examined in another context, where scripts run.
    const context = await site.browser.newContext({ ...view, javaScriptEnabled: false, locale: 'fr-FR' })
    const examined = await site.browser.newContext(view)
    const examine = async (): Promise<void> => {
      const page = await examined.newPage()
      await page.goto(here.url())
      found.push(...(await flaws(page)).map((flaw) => `${here.url()} ${flaw}`))
      await page.close()
    }
    const here = await context.newPage()
    await here.goto(`${origin}/connexion?suite=/badges`)
    await examine()
    await here.getByLabel('Adresse électronique').fill('zoe@exemple')
    await here.getByRole('button', { name: 'Recevoir un lien' }).click()
    await here.getByRole('alert').waitFor()
    await here.getByLabel('Adresse électronique').fill('zoe@exemple.invalid')
    await here.getByRole('button', { name: 'Recevoir un lien' }).click()
    await here.getByRole('heading', { name: 'Regardez vos messages' }).waitFor()

    await here.getByRole('link', { name: '/messages' }).click()
    await examine()
    await here.getByRole('link', { name: 'Ouvrir mon espace' }).first().click()
    await examine()
    await here.getByRole('button', { name: 'Entrer' }).click()
    await here.waitForURL(`${origin}/badges`)

    await here.goto(`${origin}/connexion`)
    await here.getByRole('button', { name: 'Se déconnecter' }).click()
    await here.waitForURL(`${origin}/`)
    await here.goto(`${origin}/connexion`)
    expect(await here.getByRole('button', { name: 'Recevoir un lien' }).count()).toBe(1)

    await here.goto(`${origin}/connexion/deja-servi`)
    await here.getByRole('heading', { name: 'Ce lien ne sert plus' }).waitFor()
    await examine()
    await context.close()
    await examined.close()
  }
  await app.close()
  expect(found).toEqual([])
})
