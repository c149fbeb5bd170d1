import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { addDays, parisDate } from '../../src/days.ts'
import { openWebSession } from '../../src/auth/web-sessions.ts'
import { signedIn, type SignedIn } from '../support/actors.ts'
import { config, type TestService } from '../support/app.ts'
import { examine, test } from '../support/browser.ts'
import { aSession, aTrainer } from '../support/factories.ts'
import {
  anAuthority,
  anEmail,
  anOfficer,
  aRequest,
  aSiret,
  aStructure,
  habilitated,
  pixRow,
} from '../support/habilitation.ts'
import { HOSTILE } from '../support/hostile.ts'
import { freePort } from '../support/processes.ts'

const today = parisDate(new Date())
const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000)

/** The service at an address that a browser reaches, and pages for whoever is signed in. */
async function aSite(service: TestService, browser: Browser) {
  const port = await freePort()
  const baseUrl = `http://localhost:${port}`
  const app = await buildApp({ ...service, config: { ...config, baseUrl } })
  await app.listen({ host: '127.0.0.1', port })
  const as = async ({ personId }: SignedIn, { javaScriptEnabled = false } = {}): Promise<Page> => {
    const value = await openWebSession(service.db, personId, 'lien')
    const context = await browser.newContext({ javaScriptEnabled, locale: 'fr-FR', baseURL: baseUrl })
    await context.addCookies([{ name: 'insigne', value, url: baseUrl }])
    return context.newPage()
  }
  return { as, close: () => app.close() }
}

const click = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const follow = (page: Page, name: string | RegExp) => page.getByRole('link', { name }).first().click()
const title = (page: Page) => page.locator('h1').innerText()

/** Opens the form of a decision, says why, and sends it. */
async function decide(page: Page, move: string, reason: string): Promise<void> {
  const form = page.locator('details', { hasText: move }).last()
  if ((await form.getAttribute('open')) === null) await form.locator('summary').click()
  await form.getByLabel('Motif').fill(reason)
  await form.getByRole('button', { name: move }).click()
}

async function fillPerson(page: Page, line: number, values: Record<string, string>): Promise<void> {
  const person = page.getByRole('group', { name: `Personne ${line}`, exact: true })
  for (const [label, value] of Object.entries(values)) await person.getByLabel(label, { exact: true }).fill(value)
}

const pixFile = (rows: object[]) => ({
  name: 'pix.json',
  mimeType: 'application/json',
  buffer: Buffer.from(JSON.stringify(rows)),
})

test('without JavaScript, a structure asks, officers decide, an aidante is trained, habilitated, suspended, restored', async ({
  service,
  site,
}) => {
  await anAuthority(service)
  const { as, close } = await aSite(service, site.browser)
  const email = anEmail()
  const [manager, officer] = [await signedIn(service, { email }), await anOfficer(service)]
  const [here, team] = [await as(manager), await as(officer)]
  const name = `Médiathèque ${HOSTILE.script} ${aSiret().slice(0, 6)}`
  const aidant = anEmail()

  // What is wrong comes back with what was typed.
  await here.goto('/habilitations')
  await follow(here, 'Remplir une demande')
  await here.getByLabel('Nom', { exact: true }).first().fill(name)
  await here.getByLabel('SIRET').fill('12345678901234')
  await here.getByLabel('Département').fill('69')
  await fillPerson(here, 1, { Prénom: HOSTILE.accents, Nom: HOSTILE.quotes, Profession: 'Bibliothécaire' })
  await click(here, 'Enregistrer la demande')
  expect(await here.getByRole('alert').innerText()).toContain('La personne 1')
  await fillPerson(here, 1, { 'Adresse électronique professionnelle': aidant })
  await click(here, 'Enregistrer la demande')
  expect(await here.getByRole('alert').innerText()).toContain('SIRET')
  await click(here, 'Ajouter des lignes')
  expect(await here.getByLabel('Nom', { exact: true }).first().inputValue()).toBe(name)
  await here.getByLabel('SIRET').fill(aSiret())
  const head = here.getByRole('group', { name: /référente ou le référent/ })
  await head.getByLabel('Prénom').fill('Zoé')
  await head.getByLabel('Nom', { exact: true }).fill('Exemple-1')
  await head.getByLabel('Adresse').fill(email)
  await head.getByLabel('Profession', { exact: true }).fill('Directrice')
  for (const box of await here.getByRole('checkbox').all()) await box.check()
  await click(here, 'Enregistrer la demande')
  expect(await title(here)).toBe(name)
  await decide(here, 'Soumettre la demande', 'La demande est complète.')
  expect(await here.getByRole('status').innerText()).toContain('prise')

  await team.goto('/habilitations')
  await follow(team, 'En attente de validation')
  await follow(team, name)
  await decide(team, 'Valider l’éligibilité', 'Tout est en règle.')
  expect(await team.getByText('Éligibilité validée').first().isVisible()).toBe(true)

  // She who filled it is its référente now.
  const session = await aSession(await aTrainer(service), {
    startsOn: addDays(today, 60),
    endsOn: addDays(today, 60),
  })
  await here.goto('/habilitations')
  await follow(here, name)
  await follow(here, /Zoë/)
  await follow(here, 'Inscrire à une session')
  await here.locator(`form:has(input[value="${session}"]) button`).click()
  expect(await here.getByRole('status').innerText()).toBe('L’inscription est faite.')
  const request = here.url()

  await team.goto(request)
  await team.getByText('Noter la formation comme finie').click()
  await team.getByLabel('Finie le').fill(addDays(today, -1))
  await team.locator('#reason-formation').fill('Attestation reçue.')
  await click(team, 'Noter la formation')
  await follow(team, 'Résultats Pix')
  const typed = anEmail()
  await team.getByLabel('Fichier de résultats').setInputFiles(pixFile([{ nom: 'autre' }]))
  await click(team, 'Importer')
  expect(await team.getByRole('alert').innerText()).toContain('date d')
  await team.getByLabel('Fichier de résultats').setInputFiles(pixFile([pixRow(typed)]))
  await click(team, 'Importer')
  expect(await team.getByRole('status').innerText()).toContain('1 à rattacher')
  await follow(team, 'Revenir aux résultats Pix')
  const result = team.getByRole('listitem').filter({ hasText: typed })
  await result.getByText('Rattacher à une personne').click()
  await result.getByLabel('Adresse de sa demande').fill(aidant)
  await result.getByLabel('Motif').first().fill('La personne a confirmé son adresse.')
  await result.getByRole('button', { name: 'Rattacher' }).click()
  expect(await team.getByRole('status').innerText()).toContain('rattaché')

  await here.goto(request)
  await follow(here, 'Voir l’habilitation')
  await decide(here, 'Suspendre', 'Congé long.')
  expect(await here.getByText('Suspendue', { exact: true }).first().isVisible()).toBe(true)
  await here.locator('#le').fill(today)
  await click(here, 'Demander')
  expect(await here.getByRole('status').innerText()).toContain('Une partie de la journée')
  await decide(here, 'Rétablir', 'De retour.')
  expect(await here.getByText('Habilitée ou habilité').first().isVisible()).toBe(true)
  await here.locator('#le').fill(addDays(today, 2))
  await click(here, 'Demander')
  expect(await here.getByRole('alert').innerText()).toContain('pas encore passé')
  expect(await here.title()).not.toBe('pris')
  await close()
}, 180_000)

test('without JavaScript, twelve are decided at once, and the second of two officers is told', async ({
  service,
  site,
}) => {
  const { as, close } = await aSite(service, site.browser)
  const structure = await aStructure(service)
  for (let index = 0; index < 12; index++) await aRequest(service, structure, { status: 'waitling_list' })
  const [one, other] = [await as(await anOfficer(service)), await as(await anOfficer(service))]
  const queue = `/habilitations/aidants?organisation=${structure.slug}`
  await one.goto(queue)
  const boxes = await one.getByRole('checkbox').all()
  expect(boxes).toHaveLength(12)
  for (const box of boxes) await box.check()
  await one.getByLabel('Décision').selectOption('admission')

  await other.goto(queue)
  await other.locator('td a[href*="/aidants/"]').first().click()
  const late = await as(await anOfficer(service))
  await late.goto(other.url())
  await decide(other, 'Refuser', 'Hors du périmètre.')

  await one.locator('#reason').fill('Dossiers complets.')
  await click(one, 'Décider')
  expect(await one.getByRole('status').innerText()).toBe('11 demandes décidées, 0 l’était déjà, 1 sans changement.')
  expect(await one.getByRole('row').filter({ hasText: 'a changé entre-temps' }).count()).toBe(1)

  await decide(late, 'Valider l’éligibilité', 'Dossier complet.')
  const told = await late.getByRole('alert').innerText()
  expect(told).toContain('Votre décision n’a pas été prise')
  expect(await late.getByText('La personne ne sera pas habilitée.').isVisible()).toBe(true)
  expect(await late.getByText('Hors du périmètre.').isVisible()).toBe(true)
  await close()
}, 120_000)

test('every page and state is accessible, wide and narrow', async ({ service, site }) => {
  const { as, close } = await aSite(service, site.browser)
  const { structure, habilitation, officer } = await habilitated(service)
  await aRequest(service, structure, { status: 'waitling_list', since: daysAgo(20) })
  const slow = await aRequest(service, structure, { status: 'waitling_list', since: daysAgo(45) })
  const open = await aRequest(service, structure)
  const trainer = await aTrainer(service)
  const coming = { startsOn: addDays(today, 60), endsOn: addDays(today, 61), capacity: 12, place: 'Salle d’essai' }
  await aSession(trainer, coming)
  await aSession(trainer, { ...coming, startsOn: addDays(today, 3), endsOn: addDays(today, 3) })
  const asked = await officer.post('/api/v1/habilitations/organisation-requests', {
    structure: { name: 'Centre social d’essai', siret: aSiret(), departement: '69' },
    manager: { email: anEmail(), givenName: 'Zoé', familyName: 'Exemple-1', profession: 'Directrice' },
    aidants: [
      {
        email: anEmail(),
        givenName: HOSTILE.rightToLeft,
        familyName: 'É'.repeat(100),
        profession: 'Agente d’accueil',
        standing: 'salarie',
      },
    ],
    declarations: { cgu: true, notFree: true, dpo: true, professionalsOnly: true, withoutElected: true },
  })
  const path = `/api/v1/habilitations/organisation-requests/${String(asked.body['id'])}/decisions`
  await officer.post(path, { move: 'submission', reason: 'La demande est complète.' })

  const found: string[] = []
  const team = await as(officer, { javaScriptEnabled: true })
  const hers = await as(structure.referent, { javaScriptEnabled: true })
  const look = async (page: Page, name: string, path?: string): Promise<void> => {
    if (path !== undefined) await page.goto(`/habilitations${path}`)
    found.push(...(await examine(page, `habilitations-${name}`)))
  }
  await look(team, 'officer', '')
  await look(team, 'structures', '/structures')
  await look(team, 'structures-empty', '/structures?departement=976')
  await look(team, 'aidants', '/aidants')
  await look(team, 'structure-request', `/demandes/${String(asked.body['id'])}`)
  await look(team, 'request', `/aidants/${slow.id}`)
  await look(team, 'one', `/accordees/${habilitation}?le=${today}`)
  await team.goto('/habilitations/pix')
  await team.getByLabel('Fichier de résultats').setInputFiles(pixFile([pixRow(anEmail()), pixRow('à', {})]))
  await click(team, 'Importer')
  await look(team, 'pix-receipts')
  await look(team, 'pix-waiting', '/pix')
  await team.goto('/habilitations/aidants')
  for (const box of await team.getByRole('checkbox').all()) await box.check()
  await team.getByLabel('Décision').selectOption('refusal')
  await team.locator('#reason').fill('   ')
  await click(team, 'Décider')
  await look(team, 'many-refused')
  await team.locator('#reason').fill('Hors du périmètre.')
  await click(team, 'Décider')
  await look(team, 'many-receipts')

  await look(hers, 'referent', '')
  await look(hers, 'structure', `/structures/${structure.slug}`)
  await look(hers, 'registration', `/aidants/${open.id}/inscriptions`)
  await hers.goto(`/habilitations/structures/${structure.slug}/ajout`)
  await hers.getByLabel('Prénom').fill('Zoé')
  await hers.getByLabel('Nom', { exact: true }).fill('Exemple-9')
  await hers.locator('#email').fill('accueil@exemple.invalid')
  await hers.getByLabel('Profession', { exact: true }).fill('Agente d’accueil')
  await click(hers, 'Envoyer la demande')
  await look(hers, 'add-refused')
  await hers.goto('/habilitations/demandes/nouvelle')
  await hers.getByLabel('Nom', { exact: true }).first().fill('Structure d’essai')
  await hers.getByLabel('SIRET').fill('12345678901234')
  await click(hers, 'Enregistrer la demande')
  await look(hers, 'new-refused')
  expect(found).toEqual([])
  await close()
}, 240_000)
