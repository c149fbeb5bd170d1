import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { workCredentials } from '../../src/credentials/credentials.jobs.ts'
import { createLocalQueue } from '../../src/queue.ts'
import { type SignedIn, signedIn } from '../support/actors.ts'
import { config, issuingFor, type TestService } from '../support/app.ts'
import { examine, test } from '../support/browser.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from '../support/factories.ts'
import { HOSTILE } from '../support/hostile.ts'
import { freePort } from '../support/processes.ts'

/** The service at an address of its own, that a browser reaches and that its badges bear; a new organisation in it. */
async function aHouse({ db, vault, failures }: TestService) {
  const port = await freePort()
  const baseUrl = `http://localhost:${port}`
  const queue = createLocalQueue((_, error) => failures.push(error))
  const app = await buildApp({ config: { ...config, baseUrl }, db, vault, queue })
  const stop = await workCredentials(queue, { ...issuingFor(db, vault), baseUrl })
  await app.listen({ host: '127.0.0.1', port })
  const close = async () => {
    stop()
    await app.close()
    await queue.close()
  }
  const service = { app, db, vault, queue, failures }
  return { service, origin: baseUrl, trainer: await aTrainer(service), close }
}

async function pageOf(browser: Browser, origin: string, { secret }: SignedIn, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ locale: 'fr-FR', reducedMotion: 'reduce', ...options })
  await context.addCookies([{ name: 'insigne', value: secret, url: origin }])
  return context.newPage()
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click()
const link = (page: Page, name: string | RegExp) => page.getByRole('link', { name }).first().click()
const saying = (page: Page, words: string | RegExp) => page.getByText(words).first().waitFor({ timeout: 10_000 })

/** Writes a badge from the catalogue to its publication, by its buttons alone. */
async function writeBadge(page: Page, name: string): Promise<void> {
  await link(page, 'Catalogue')
  await page.getByLabel('Écrire un nouveau badge').fill(name)
  await button(page, 'Commencer le brouillon')
  await saying(page, 'Le brouillon est commencé')
  await page.getByLabel('Description', { exact: true }).fill('La personne sait animer un atelier de quartier.')
  await page.getByLabel('Chercher une compétence').fill('securite')
  await button(page, /^Chercher$/)
  await button(page, /^Ajouter/)
  await page.getByLabel(/^Niveau de «/).selectOption('4')
  await button(page, 'Enregistrer et voir l’aperçu')
  await saying(page, 'Il manque encore')
  await link(page, 'ce qu’il faut faire pour l’obtenir')
  expect(await page.getByLabel(/^Niveau de «/).inputValue()).toBe('4')
  await page.getByLabel('Ce qu’il faut faire pour l’obtenir').fill('Avoir animé un atelier devant une formatrice.')
  await page.getByLabel('Ce que ce badge ne veut pas dire', { exact: true }).fill(HOSTILE.quotes)
  await page.getByLabel('Nom en anglais').fill('Run a neighbourhood workshop')
  await page.getByLabel('Description en anglais').fill('The holder can run a workshop.')
  await page.getByLabel('Ce que ce badge ne veut pas dire, en anglais').fill('This is not a certification.')
  await page.getByLabel('Dessin').selectOption('megaphone')
  await page.getByLabel('Niveau', { exact: true }).selectOption('4')
  await button(page, 'Enregistrer et voir l’aperçu')
}

test(
  'an administrator writes a badge, delivers it, revokes one and opens an access, without JavaScript',
  { timeout: 120_000 },
  async ({ service: whole, site }) => {
    const { service, origin, trainer, close } = await aHouse(whole)
    const admin = await signedIn(service, { grants: [{ role: 'administrateur', organisation: trainer.slug }] })
    const page = await pageOf(site.browser, origin, admin, { javaScriptEnabled: false })
    await page.goto(`${origin}/organisme`)
    await link(page, /Ouvrir l’espace/)
    await saying(page, 'Rien ne vous attend.')
    await writeBadge(page, 'Animer un atelier')
    await saying(page, 'Il n’est pas du référentiel commun')
    await button(page, 'Publier ce badge')
    await saying(page, 'Le badge est publié')

    const badge = `${trainer.slug}--animer-un-atelier`
    const session = await aSession(trainer, { module: undefined, badge })
    const { receipts } = await sendCsv(service, trainer, session, csvOf([aRow(1), aRow(2)]))
    const id = String(receipts[1]!['credential']).split('/').at(-1)!
    await link(page, 'Badges délivrés')
    await page.getByLabel('Retrouver un badge').fill('personne2@exemple.invalid')
    await button(page, /^Chercher$/)
    expect(await page.locator('tbody tr').count()).toBe(1)
    await link(page, 'Zoé Exemple-2')
    await link(page, 'Révoquer ce badge')
    await saying(page, 'Une révocation est définitive')
    await page.getByLabel('Motif').fill('Résultat saisi par erreur')
    await button(page, 'Révoquer ce badge')
    await saying(page, 'Le badge est révoqué.')
    await saying(page, 'Résultat saisi par erreur')
    await page.goto(`${origin}/credentials/${id}`)
    expect(await page.locator('.verdict').getAttribute('data-verdict')).toBe('invalid')
    await saying(page, 'Résultat saisi par erreur')

    await page.goto(`${origin}/organisme/${trainer.slug}`)
    await link(page, 'Accès à l’API')
    await page.getByLabel('Nom du logiciel').fill('Logiciel de gestion')
    await button(page, 'Créer l’accès')
    await saying(page, 'À corriger')
    await page.getByLabel(/planifier des sessions/).check()
    await button(page, 'Créer l’accès')
    await saying(page, 'Copiez-le maintenant')
    const [clientId, secret] = await page.locator('dl code').allInnerTexts()
    const sent = await service.app.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: 'grant_type=client_credentials',
    })
    expect(sent.json()).toMatchObject({ token_type: 'Bearer' })
    await link(page, 'Chiffres')
    expect(await page.getByRole('row', { name: /^Badges délivrés/ }).innerText()).toContain('2')
    await page.context().close()
    await close()
  },
)

test(
  'the pages of an organisation are readable by all, empty, full and refused',
  { timeout: 300_000 },
  async ({ service: whole, site }) => {
    const { service, origin, trainer, close } = await aHouse(whole)
    const grants = [{ role: 'administrateur', organisation: trainer.slug }, { role: 'exploitant' }] as const
    const admin = await signedIn(service, { grants: [...grants] })
    const page = await pageOf(site.browser, origin, admin)
    const flaws: string[] = []
    const home = `${origin}/organisme/${trainer.slug}`
    const look = async (path: string, name: string) => {
      await page.goto(`${home}${path}`)
      flaws.push(...(await examine(page, `organisme-${name}`)))
    }
    for (const one of ['', '/badges', '/catalogue', '/chiffres', '/acces', '/cles']) {
      await look(one, `${one.slice(1) || 'accueil'}-vide`)
    }
    await page.goto(home)
    await writeBadge(page, HOSTILE.script.slice(0, 60))
    flaws.push(...(await examine(page, 'organisme-apercu')))
    await button(page, 'Publier ce badge')
    await page.getByLabel('Chercher une compétence').fill('données')
    await button(page, /^Chercher$/)
    flaws.push(...(await examine(page, 'organisme-editeur')))
    await page.evaluate('document.querySelector(".editor").noValidate = true')
    await page.getByLabel('Nom', { exact: true }).fill('')
    await page.getByLabel('Description', { exact: true }).fill(HOSTILE.long)
    await button(page, 'Enregistrer le brouillon')
    await saying(page, 'Certains champs sont à corriger.')
    flaws.push(...(await examine(page, 'organisme-editeur-refus')))
    expect(await page.title()).toContain('À corriger')

    await aSession(trainer, { startsOn: '2026-01-05', endsOn: '2026-01-05' })
    const session = await aSession(trainer)
    const named = aRow(1, { given_name: HOSTILE.accents, family_name: HOSTILE.rightToLeft, narrative: HOSTILE.script })
    const wrong = aRow(3, { result: 'peut-être' })
    const { receipts } = await sendCsv(service, trainer, session, csvOf([named, aRow(2, { narrative: '' }), wrong]))
    const id = String(receipts[0]!['credential']).split('/').at(-1)!
    const second = String(receipts[1]!['credential']).split('/').at(-1)!
    await trainer.post(`/api/v1/credentials/${second}/suspension`, { reason: 'À vérifier' })
    const pages = [
      '',
      '/badges',
      `/badges/${id}`,
      `/badges/${second}`,
      `/badges/${id}/revocation`,
      '/catalogue',
      '/chiffres',
    ]
    for (const one of [...pages, '/acces', '/cles', '/equipe', '/journal']) {
      await look(
        one,
        one === '' ? 'accueil' : one.slice(1).replace(id, 'un').replace(second, 'suspendu').replaceAll('/', '-'),
      )
    }
    await page.goto(`${origin}/organisme/inscription`)
    flaws.push(...(await examine(page, 'organisme-inscription')))
    await page.goto(`${origin}/organisme`)
    flaws.push(...(await examine(page, 'organisme-miens')))
    expect(flaws).toEqual([])
    await page.context().close()
    await close()
  },
)
