import { sql } from 'drizzle-orm'
import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { openWebSession } from '../../src/auth/web-sessions.ts'
import { signedIn, type SignedIn } from '../support/actors.ts'
import { addAddress, anAddress, proofLink } from '../support/addresses.ts'
import type { TestService } from '../support/app.ts'
import { examine, flaws, test } from '../support/browser.ts'
import { aBadge, aRow, aSession, aTrainer, csvOf, sendCsv } from '../support/factories.ts'
import { aRequest, aStructure } from '../support/habilitation.ts'
import { HOSTILE } from '../support/hostile.ts'
import { aSite } from '../support/site.ts'

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** An aidante with badges of which one is about to end, a request that waits for Pix, a session to come and a proof. */
async function anAidante(service: TestService) {
  const person = await signedIn(service)
  const named = { email: person.email, given_name: 'Zoé', family_name: HOSTILE.accents }
  const trainer = await aTrainer(service)
  const give = async (module: string, cells: Record<string, string> = {}) => {
    const session = await aSession(trainer, { module })
    const { receipts } = await sendCsv(service, trainer, session, csvOf([aRow(1, { ...named, ...cells })]))
    return String(receipts[0]!['credential']).split('/').at(-1)!
  }
  await give('aidants-connect', { 'digcomp:4.2': '5' })
  await give('numerique-sante')
  const ending = await give('gestion-de-projet')
  await service.db.execute(sql`update credentials set valid_until = ${inDays(30)} where id = ${ending}`)
  await aRequest(service, await aStructure(service), { email: person.email })
  const coming = await aSession(trainer, { module: 'gestion-des-conflits', startsOn: inDays(9), endsOn: inDays(10) })
  await trainer.post(`/api/v1/sessions/${coming}/enrolments`, [
    { email: person.email, givenName: 'Zoé', familyName: 'Exemple-1' },
  ])
  return person
}

async function asHolder(context: BrowserContext, origin: string, service: TestService, { personId }: SignedIn) {
  const value = await openWebSession(service.db, personId, 'lien')
  await context.addCookies([{ name: 'insigne', value, url: origin }])
  return context.newPage()
}
/** Colours are looked at once they are there: none of them fades in. */
const STEADY = { locale: 'fr-FR', reducedMotion: 'reduce' } as const
const headings = (page: Page) => page.locator('h1').innerText()

test('without JavaScript an aidante sees where she stands, shares badges, and takes the link back', async ({
  service: whole,
  site,
}) => {
  const { service, origin, close } = await aSite(whole)
  const person = await anAidante(service)
  const still = { javaScriptEnabled: false, viewport: { width: 320, height: 700 } } as const
  const context = await site.browser.newContext({ ...still, locale: 'fr-FR' })
  const page = await asHolder(context, origin, service, person)

  await page.goto(`${origin}/mon-espace`)
  const todo = page.getByRole('region', { name: 'À faire' })
  expect(await todo.innerText()).toMatch(/Gestion de projet.*expire le[\s\S]*passez le test Pix/)
  expect(await todo.innerText()).not.toContain('la formation Aidants Connect')
  await page.getByRole('button', { name: /^Afficher mon nom sur le badge .*Numérique et santé/i }).click()
  await page.getByRole('status').waitFor()

  await page.getByRole('link', { name: 'par compétence' }).click()
  expect(await page.locator('main').innerText()).toMatch(/niveau 5 sur 8\s+[^]*Aidants Connect/)
  await page.getByRole('link', { name: 'Parcours', exact: true }).click()
  await page.getByRole('heading', { name: /conseiller numérique/ }).waitFor()

  await page.getByRole('link', { name: 'Métiers', exact: true }).nth(1).click()
  await page.getByLabel('Métier, fonction ou dispositif').selectOption('mediateur-numerique')
  await page.getByRole('button', { name: 'Voir ce qu’il me manque' }).click()
  expect(await page.locator('main').innerText()).toMatch(
    /Vos badges montrent \d+ des \d+ compétences du métier et \d+ des \d+ compétences numériques/,
  )

  await page.getByRole('link', { name: 'Partages' }).click()
  await page.getByRole('button', { name: 'Créer le lien' }).click()
  expect(await page.getByRole('alert').innerText()).toContain('Aucun badge n’est choisi')
  await page.getByLabel(/Aidants Connect.*délivré le/).check()
  await page.getByLabel('Pour qui').fill(HOSTILE.script)
  await page.getByLabel('Mon nom, tel qu’il est sur les badges').check()
  await page.getByRole('button', { name: 'Créer le lien' }).click()
  expect(await page.getByRole('status').innerText()).toContain('Votre lien est créé')
  expect(await page.getByRole('heading', { name: HOSTILE.script }).count()).toBe(1)
  const link = await page.locator('a.address').innerText()

  const reader = await site.browser.newContext({ ...still, locale: 'en-GB' })
  const employer = await reader.newPage()
  await employer.goto(link)
  expect(await headings(employer)).toBe(`Badges of Zoé ${HOSTILE.accents}`)
  expect(await employer.locator('main').innerText()).toContain('Genuine badge, valid on')
  await employer.getByRole('link', { name: 'Français' }).click()
  expect(await headings(employer)).toContain('Badges de Zoé')

  await page.getByRole('button', { name: /^Retirer ce lien/ }).click()
  expect(await page.getByRole('status').innerText()).toContain('il n’ouvre plus rien')
  const again = await employer.goto(link)
  expect([again!.status(), await headings(employer)]).toEqual([410, 'This link no longer shows anything'])
  expect(await employer.locator('body').innerText()).not.toContain('Zoé')
  for (const one of [context, reader]) await one.close()
  await close()
})

test(
  'the pages of a holder are readable by all, narrow and wide, full and empty',
  { timeout: 180_000 },
  async ({ service: whole, site }) => {
    const { service, origin, close } = await aSite(whole)
    const person = await anAidante(service)
    const { id, trainer } = await aBadge(service, { email: person.email, given_name: 'Zoé', family_name: 'Exemple-1' })
    await trainer.post(`/api/v1/credentials/${id}/suspension`, { reason: 'Contrôle en cours' })
    const badge = (await service.db.execute(sql`select id from credentials where person_id = ${person.personId}`)) as {
      rows: { id: string }[]
    }
    const shown = new URLSearchParams([
      ...badge.rows.map((one): [string, string] => ['badges', one.id]),
      ['days', '30'],
      ['label', HOSTILE.quotes],
      ['show', 'name'],
      ['show', 'habilitations'],
      ['_jeton', person.jeton],
    ])
    const form = { 'content-type': 'application/x-www-form-urlencoded', cookie: `insigne=${person.secret}` }
    await service.app.inject({ method: 'POST', url: '/mon-espace/partages', headers: form, payload: shown.toString() })
    const context = await site.browser.newContext(STEADY)
    const page = await asHolder(context, origin, service, person)
    const found: string[] = []
    const see = async (path: string, name: string) => {
      await page.goto(path.startsWith('http') ? path : `${origin}${path}`)
      found.push(...(await examine(page, `espace-${name}`)))
    }
    for (const one of ['', '/competences', '/parcours', '/metiers', '/metiers/mediateur-numerique', '/partages'])
      await see(`/mon-espace${one}`, one.replaceAll('/', '-').slice(1) || 'accueil')
    await page.setViewportSize({ width: 320, height: 800 })
    for (const one of ['adresses', 'donnees', 'effacement']) {
      await page.goto(`${origin}/mon-espace/${one}`)
      found.push(...(await flaws(page)))
    }
    await page.goto(`${origin}/mon-espace/partages`)
    const link = await page.locator('a.address').innerText()
    await page.getByLabel('Ou jusqu’au').fill(inDays(400))
    await page.locator('form').evaluateAll((forms) => forms.forEach((one) => one.setAttribute('novalidate', '')))
    await page.getByRole('button', { name: 'Créer le lien' }).click()
    await page.getByRole('alert').waitFor()
    found.push(...(await examine(page, 'espace-partages-refus')))
    await see(link, 'partage')
    await see(`${origin}/partages/inconnu`, 'partage-inconnu')
    await context.close()

    const fresh = await signedIn(service)
    const empty = await site.browser.newContext(STEADY)
    const other = await asHolder(empty, origin, service, fresh)
    for (const one of ['', '/parcours', '/partages', '/metiers/benevole']) {
      await other.goto(`${origin}/mon-espace${one}`)
      found.push(...(await examine(other, `espace-vide${one.replaceAll('/', '-')}`)))
    }
    await empty.close()
    await close()
    expect(found).toEqual([])
  },
)

test('the link that adds an address, and the page of a badge whose holder is gone, are readable by all', async ({
  service,
  site,
}) => {
  const holder = await signedIn(service)
  const { path } = await aBadge(service, { email: holder.email, given_name: 'Anaïs', family_name: 'Modèle' })
  await addAddress(service, holder, anAddress())
  const link = await proofLink(service, holder, anAddress())
  const value = await openWebSession(service.db, holder.personId, 'lien')
  const context = await site.browser.newContext(STEADY)
  await context.setExtraHTTPHeaders({ cookie: `__Host-insigne=${value}` })
  const page = await context.newPage()
  await page.goto(`${site.origin}${link}`)
  const found = await examine(page, 'espace-adresse-ajout')
  await holder.form('/mon-espace/effacement', { confirmation: 'EFFACER' })
  await page.goto(`${site.origin}${path}`)
  expect(await page.locator('main').innerText()).toContain('a demandé l’effacement')
  expect([...found, ...(await examine(page, 'badge-efface'))]).toEqual([])
  await context.close()
})
