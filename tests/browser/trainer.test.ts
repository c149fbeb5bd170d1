import { randomUUID } from 'node:crypto'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { expect } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { openWebSession } from '../../src/auth/web-sessions.ts'
import { parisDate } from '../../src/days.ts'
import { signedIn, type SignedIn } from '../support/actors.ts'
import { config, type TestService } from '../support/app.ts'
import { examine, flaws, test } from '../support/browser.ts'
import { aWaiting, idOf, issueLines } from '../support/campaigns.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from '../support/factories.ts'
import { HOSTILE } from '../support/hostile.ts'
import { freePort } from '../support/processes.ts'

const today = parisDate(new Date())
const now = { startsOn: today, endsOn: today, capacity: 14, place: 'Médiathèque, salle 2' }
const french = { locale: 'fr-FR', timezoneId: 'Europe/Paris' } as const

/** The service at an address that a browser reaches, with someone signed in. */
async function openFor(whole: TestService, browser: Browser, person: SignedIn, options: BrowserContextOptions = {}) {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const app = await buildApp({ ...whole, config: { ...config, baseUrl: origin } })
  await app.listen({ host: '127.0.0.1', port })
  const context = await browser.newContext({ ...french, ...options })
  const value = await openWebSession(whole.db, person.personId, 'lien')
  await context.addCookies([{ name: 'insigne', value, url: origin }])
  const close = async () => {
    await context.close()
    await app.close()
  }
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  return { origin, page, close }
}

const formateur = (service: TestService, { slug }: Trainer): Promise<SignedIn> =>
  signedIn(service, { grants: [{ role: 'formateur', organisation: slug }] })

const rowOf = (number: number, given: Record<string, string> = {}) => aRow(number, { completed_on: today, ...given })

test(
  'from a plan to twelve badges, two lines mended in place, without JavaScript',
  { timeout: 120_000 },
  async ({ service, site }) => {
    const trainer = await aTrainer(service)
    const { origin, page, close } = await openFor(service, site.browser, await formateur(service, trainer), {
      javaScriptEnabled: false,
    })
    await page.goto(`${origin}/organisme/${trainer.slug}/sessions`)
    await page.getByText('Vous n’avez encore planifié aucune session').waitFor()
    await page.getByRole('link', { name: 'Planifier une session' }).click()

    await page.getByLabel('Module, bloc de certification ou badge').selectOption('module:aidants-connect')
    await page.getByLabel('Premier jour').fill(today)
    await page.getByLabel('Dernier jour').fill('2020-01-01')
    await page.getByLabel('Nombre de places').fill('14')
    await page.getByLabel('Durée').fill('7')
    await page.getByLabel('Département').fill('69')
    await page.getByRole('button', { name: 'Planifier la session' }).click()
    await page.getByRole('alert').getByText('La session finit avant de commencer.').waitFor()
    expect(await page.getByLabel('Nombre de places').inputValue()).toBe('14')
    await page.getByLabel('Dernier jour').fill(today)
    await page.getByRole('button', { name: 'Planifier la session' }).click()
    await page.getByText('La session est planifiée.').waitFor()

    await page.getByText('Coller plusieurs personnes').click()
    const lines = [1, 2, 3].map((number) => `personne${number}@exemple.invalid\tZoé\tExemple-${number}`)
    await page.getByLabel('Une personne par ligne').fill([...lines, 'sans adresse\tZoé\tExemple'].join('\n'))
    await page.getByRole('button', { name: 'Inscrire ces personnes' }).click()
    await page.getByRole('alert').getByText('ligne 4 : l’adresse manque').first().waitFor()
    await page.getByLabel('Une personne par ligne').fill(lines.join('\n'))
    await page.getByRole('button', { name: 'Inscrire ces personnes' }).click()
    await page.getByText('3 sur 14 places sont prises.').waitFor()

    await page.getByRole('link', { name: 'Noter les présences' }).click()
    await page.getByRole('group', { name: 'Exemple-1 Zoé' }).getByLabel('présence').check()
    await page.getByRole('group', { name: 'Exemple-2 Zoé' }).getByLabel('absence').check()
    await page.getByRole('button', { name: 'Enregistrer les présences' }).click()
    await page.getByText('2 sur 3 notées').waitFor()

    await page.getByRole('link', { name: 'Saisir les résultats' }).click()
    await page.getByText('1 personne absente : Exemple-2 Zoé.').waitFor()
    await page.getByRole('link', { name: 'Envoyer plutôt un fichier' }).click()
    const rows = Array.from({ length: 12 }, (_, index) => rowOf(index + 1))
    rows[4] = { ...rows[4]!, email: 'personne5.exemple.invalid' }
    rows[8] = { ...rows[8]!, completed_on: '31/02/2026' }
    const buffer = Buffer.from(csvOf(rows))
    await page.getByLabel('Fichier CSV').setInputFiles({ name: 'resultats.csv', mimeType: 'text/csv', buffer })
    await page.getByRole('button', { name: 'Voir l’aperçu' }).click()
    await page.getByText('10 badges prêts').first().waitFor()
    await page.getByText('7 personnes ne sont pas encore inscrites').waitFor()
    const wrong = page.locator('[aria-invalid=true]')
    expect(await wrong.count()).toBe(2)
    await page.getByRole('textbox', { name: 'Adresse électronique 6', exact: true }).fill('personne5@exemple.invalid')
    await page.getByRole('textbox', { name: 'Date 10', exact: true }).fill(today)
    await page.getByRole('button', { name: 'Vérifier à nouveau' }).click()
    expect(await wrong.count()).toBe(0)
    await page.getByRole('button', { name: 'Délivrer les 12 badges prêts' }).click()
    await page.waitForURL(/\/lots\//)
    await service.queue.idle()
    await page.reload()
    await page.getByText('Le lot est terminé : 12 lignes traitées sur 12.').waitFor()
    expect(await page.getByRole('link', { name: /^Voir le badge de/ }).count()).toBe(12)
    await page.getByRole('link', { name: 'Voir le badge de Exemple-5 Zoé' }).click()
    expect(await page.title()).toMatch(/Aidants Connect/)
    await close()
  },
)

test('someone asks for a place with the address of the QR code, on a small phone; the trainer confirms', async ({
  service,
  site,
}) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer, now)
  const me = await formateur(service, trainer)
  const { origin, page, close } = await openFor(service, site.browser, me, { javaScriptEnabled: false })
  await page.goto(`${origin}/organisme/${trainer.slug}/sessions/${session}/lien`)
  await page.getByRole('button', { name: 'Ouvrir les inscriptions par lien' }).click()
  await page.getByRole('img', { name: 'Code QR' }).waitFor()
  const address = new URL((await page.locator('.address a').getAttribute('href'))!).pathname

  const phone = await site.browser.newContext({
    ...french,
    viewport: { width: 320, height: 640 },
    javaScriptEnabled: false,
  })
  const small = await phone.newPage()
  for (const [givenName, familyName] of [
    ['Zoé', 'Exemple-1'],
    [HOSTILE.script.slice(0, 100), HOSTILE.rightToLeft],
  ] as const) {
    await small.goto(origin + address)
    await small.getByLabel('Prénom').fill(givenName)
    await small.getByLabel('Nom', { exact: true }).fill(familyName)
    await small.getByLabel('Adresse électronique').fill(`demande-${randomUUID()}@exemple.invalid`)
    await small.getByRole('button', { name: 'Demander une place' }).click()
    await small.getByText('Votre demande est en attente de confirmation').waitFor()
  }
  await page.goto(`${origin}/organisme/${trainer.slug}/sessions/${session}`)
  await page.getByText('2 demandes d’inscription à décider').waitFor()
  await page.getByText('<script>document.title').first().waitFor()
  await page.getByRole('button', { name: 'Confirmer les personnes cochées' }).click()
  await page.getByText('2 sur 14 places sont prises.').waitFor()
  expect(await page.title()).not.toContain('pris ')
  await page.goto(`${origin}/organisme/${trainer.slug}/sessions/${session}/lien`)
  await page.getByRole('button', { name: 'Fermer les inscriptions' }).click()
  await small.goto(origin + address)
  await small.getByText('Les inscriptions par ce lien sont fermées.').waitFor()
  await phone.close()
  await close()
})

test(
  'the pages of the trainer’s day are free of axe violations, wide and narrow, and the batch follows itself',
  { timeout: 240_000 },
  async ({ service, site }) => {
    const trainer = await aTrainer(service)
    const { origin, page, close } = await openFor(service, site.browser, await formateur(service, trainer))
    const found: string[] = []
    const home = `${origin}/organisme/${trainer.slug}`
    const see = async (path: string, name: string): Promise<void> => {
      await page.goto(home + path)
      found.push(...(await examine(page, `trainer-${name}`)))
    }
    await see('/sessions', 'sessions-empty')
    await see('/lots', 'lots-empty')
    await see('/sessions/planifier', 'plan')
    await page.evaluate('document.querySelector("main form").noValidate = true')
    await page.getByRole('button', { name: 'Planifier la session' }).click()
    found.push(...(await examine(page, 'trainer-plan-refused')))

    const session = `/sessions/${await aSession(trainer, { ...now, capacity: 6 })}`
    await see(session, 'session-empty')
    await see(`${session}/presences`, 'attendance-empty')
    const id = session.split('/')[2]!
    const people = Array.from({ length: 7 }, (_, index) => ({
      email: `personne${index}@exemple.invalid`,
      givenName: 'Zoé',
      familyName: `Exemple-${index}`,
    }))
    people.push({ email: 'hostile@exemple.invalid', givenName: HOSTILE.quotes, familyName: HOSTILE.long.slice(0, 100) })
    await trainer.post(`/api/v1/sessions/${id}/enrolments?waiting=true`, people)
    const marks = [0, 1, 2].map((index) => ({
      email: people[index]!.email,
      attendance: index === 2 ? 'absent' : 'present',
    }))
    await trainer.post(`/api/v1/sessions/${id}/attendance`, marks)
    await see(`${session}/lien`, 'link-none')
    await page.getByRole('button', { name: 'Ouvrir' }).click()
    found.push(...(await examine(page, 'trainer-link')))
    const address = new URL((await page.locator('.address a').getAttribute('href'))!).pathname
    await page.goto(origin + address)
    found.push(...(await examine(page, 'trainer-invited')))
    await page.getByLabel('Prénom').fill('Zoé')
    await page.getByLabel('Nom', { exact: true }).fill('Exemple-9')
    await page.getByLabel('Adresse électronique').fill('personne9@exemple.invalid')
    await page.getByRole('button', { name: 'Demander une place' }).click()
    found.push(...(await examine(page, 'trainer-asked')))
    await see(session, 'session')
    await see(`${session}/presences`, 'attendance')
    await see(`${session}/resultats?tous=oui`, 'results')
    await page.getByText('Niveaux, commentaire et preuve').first().click()
    await page.getByLabel('Adresse d’une preuve').first().fill('https://[mal')
    await page.evaluate('document.querySelector("form.wide").noValidate = true')
    await page.getByRole('button', { name: 'Délivrer les badges' }).click()
    await page.getByRole('alert').waitFor()
    found.push(...(await examine(page, 'trainer-results-refused')))

    await see(`${session}/resultats/fichier`, 'file')
    const sheet = [
      rowOf(0),
      rowOf(1, { result: 'non acquis' }),
      rowOf(2, { email: 'mal' }),
      rowOf(3, { given_name: HOSTILE.script, 'digcomp:4.2': '9' }),
    ]
    await page.getByLabel('Ou collez ici').fill(csvOf([{ ...sheet[3]! }, ...sheet]))
    await page.getByRole('button', { name: 'Voir l’aperçu' }).click()
    found.push(...(await examine(page, 'trainer-preview')))
    await page.goto(`${home}${session}/resultats/fichier`)
    const many = Array.from({ length: 130 }, (_, index) => rowOf(index, index % 9 === 0 ? { email: 'mal' } : {}))
    await page.getByLabel('Ou collez ici').fill(csvOf(many))
    await page.getByRole('button', { name: 'Voir l’aperçu' }).click()
    found.push(...(await examine(page, 'trainer-preview-large')))

    const twelve = await aSession(trainer, now)
    const csv = csvOf([...Array.from({ length: 12 }, (_, index) => rowOf(index)), rowOf(13, { result: 'peut-être' })])
    const campaign = await aWaiting(service, trainer, twelve, csv)
    await page.goto(`${home}/lots/${idOf(campaign)}`)
    await issueLines(service, campaign, 1, 7)
    await page.getByText('7 lignes traitées sur 13').waitFor()
    found.push(...(await examine(page, 'trainer-lot-live')))
    await page.getByRole('button', { name: 'Mettre en pause' }).click()
    await page.getByText('Le lot est en pause').waitFor()
    await page.getByRole('button', { name: 'Reprendre' }).click()
    await page.getByText('Le lot est terminé').waitFor()
    await page
      .getByRole('link', { name: /^Voir le badge de/ })
      .nth(11)
      .waitFor()
    found.push(...(await examine(page, 'trainer-lot')))
    await see('/lots', 'lots')
    await see(`/sessions/${twelve}`, 'session-done')
    await aSession(trainer)
    const past = await aSession(trainer, { startsOn: '2026-02-02', endsOn: '2026-02-03' })
    await sendCsv(service, trainer, past, csvOf([aRow(50, { completed_on: '2026-02-03' })]))
    await see('/sessions', 'sessions')
    await see('/sessions?etat=cancelled', 'sessions-none')
    expect(found).toEqual([])
    expect(await flaws(page)).toEqual([])
    await close()
  },
)
