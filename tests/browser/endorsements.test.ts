import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { openWebSession } from '../../src/auth/web-sessions.ts'
import { signedIn, type SignedIn } from '../support/actors.ts'
import type { TestService } from '../support/app.ts'
import { examine, test } from '../support/browser.ts'
import { aBadge, aTrainer } from '../support/factories.ts'
import { aSite, type Site } from '../support/site.ts'

const COMMENT = 'Nous avons tenu la permanence ensemble toute l’année 2025 : elle sait accueillir, et rendre autonome.'

async function openAs(context: BrowserContext, { service, origin }: Site, { personId }: SignedIn): Promise<Page> {
  await context.addCookies([
    { name: 'insigne', value: await openWebSession(service.db, personId, 'lien'), url: origin },
  ])
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  return page
}

/** A holder with a badge, and who administers another organisation. */
async function twoPeople(whole: TestService, { service }: Site) {
  const holder = await signedIn(whole)
  const { id } = await aBadge(service, { email: holder.email, given_name: 'Zoé', family_name: 'Exemple' })
  const { slug } = await aTrainer(service)
  const admin = await signedIn(whole, { grants: [{ role: 'administrateur', organisation: slug }] })
  return { holder, id, slug, admin }
}

test('without JavaScript a badge is endorsed: asked, given by link, accepted, shown, and verified with the badge', async ({
  service: whole,
  site: { browser },
}) => {
  const site = await aSite(whole)
  const { origin } = site
  const { holder, id, slug, admin } = await twoPeople(whole, site)
  const still = { javaScriptEnabled: false, locale: 'fr-FR', viewport: { width: 320, height: 700 } } as const
  const [hers, theirs, anyone] = await Promise.all([1, 2, 3].map(() => browser.newContext(still)))

  const space = await openAs(hers!, site, holder)
  await space.goto(`${origin}/mon-espace`)
  await space.getByRole('link', { name: /^Recommandations :/ }).click()
  await space.getByLabel('Votre mot (facultatif)').fill('Je suis Zoé, de la permanence du jeudi.')
  await space.getByRole('button', { name: 'Demander une recommandation' }).click()
  const link = await space.locator('a.address').innerText()

  const desk = await openAs(theirs!, site, admin)
  await desk.goto(link)
  expect(await desk.locator('blockquote').innerText()).toContain('permanence du jeudi')
  await desk.getByRole('link', { name: 'Écrire au nom de mon organisme' }).click()
  await desk.getByLabel('Votre recommandation').fill(COMMENT)
  await desk.getByLabel('Je suis en droit').check()
  await desk.getByRole('button', { name: 'Signer et envoyer' }).click()
  expect(await desk.getByRole('status').innerText()).toContain('signée et transmise')

  await space.reload()
  expect(await space.locator('blockquote').innerText()).toContain('rendre autonome')
  await space.getByRole('button', { name: /^Afficher cette recommandation/ }).click()

  const visitor = await anyone!.newPage()
  await visitor.goto(`${origin}/credentials/${id}`)
  const said = visitor.getByRole('region', { name: 'Recommandations' })
  expect(await said.innerText()).toContain(`Organisme ${slug}`)
  expect(await said.innerText()).toContain('rendre autonome')

  const refreshed = await (await fetch(`${origin}/credentials/${id}/refresh`)).text()
  await visitor.goto(`${origin}/verifier`)
  const file = { name: 'badge.json', mimeType: 'application/json', buffer: Buffer.from(refreshed) }
  await visitor.locator('input[type=file]').setInputFiles(file)
  await visitor.getByRole('button', { name: 'Vérifier', exact: true }).click()
  const answer = await visitor.locator('main').innerText()
  expect(answer).toMatch(/Recommandé par\s+Organisme organisme-[\w-]+ vérifiée/i)
  expect(answer).toContain('rendre autonome')
  for (const context of [hers, theirs, anyone]) await context!.close()
  await site.close()
}, 180_000)

test('the pages of endorsements are sound, wide and narrow', async ({ service: whole, site: { browser } }) => {
  const site = await aSite(whole)
  const { origin } = site
  const { holder, id, slug, admin } = await twoPeople(whole, site)
  const path = `/mon-espace/badges/${id}/recommandations`
  await holder.form(path, { note: 'Je suis Zoé.' })
  const [hers, theirs] = await Promise.all([1, 2].map(() => browser.newContext({ locale: 'fr-FR' })))
  const space = await openAs(hers!, site, holder)
  await space.goto(`${origin}${path}`)
  const link = await space.locator('a.address').innerText()
  const found: string[] = []

  const desk = await openAs(theirs!, site, admin)
  for (const [name, url] of [
    ['recommandation-lien', link],
    ['recommandation-ecrire', `${link}/organisme`],
  ] as const) {
    await desk.goto(url)
    found.push(...(await examine(desk, name)))
  }
  const words = { comment: COMMENT, confirmed: 'oui', organisme: slug }
  const sent = await admin.form(`${new URL(link).pathname}/organisme`, words)
  expect(sent.status).toBe(303)
  await space.reload()
  await space.getByRole('button', { name: /^Afficher cette recommandation/ }).click()
  found.push(...(await examine(space, 'recommandations-recue')))
  await desk.goto(`${origin}/organisme/${slug}/recommandations`)
  found.push(...(await examine(desk, 'recommandations-organisme')))
  await desk.goto(`${origin}/credentials/${id}`)
  found.push(...(await examine(desk, 'recommandations-badge')))
  expect(found).toEqual([])
  await Promise.all([hers!.close(), theirs!.close()])
  await site.close()
}, 180_000)
