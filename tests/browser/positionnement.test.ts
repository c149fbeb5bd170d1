import { expect } from 'vitest'
import { signedIn, type SignedIn } from '../support/actors.ts'
import type { TestService } from '../support/app.ts'
import { examine, openFor, test } from '../support/browser.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from '../support/factories.ts'
import { HOSTILE } from '../support/hostile.ts'

/** Someone with a badge in force, another revoked, and a positioning that an organisation made. */
async function aLearner(service: TestService): Promise<SignedIn> {
  const person = await signedIn(service)
  const trainer = await aTrainer(service)
  const give = async (module: string) => {
    const session = await aSession(trainer, { module })
    const { receipts } = await sendCsv(service, trainer, session, csvOf([aRow(1, { email: person.email })]))
    return String(receipts[0]!['credential']).split('/').at(-1)!
  }
  await give('aidants-connect')
  await trainer.post(`/api/v1/credentials/${await give('numerique-sante')}/revocation`, { reason: 'Erreur de saisie' })
  await trainer.post('/api/v1/positionings', {
    organisation: trainer.slug,
    learner: { email: person.email, givenName: 'Zoé', familyName: HOSTILE.accents },
    target: { certification: 'rncp34137' },
    rationale: `${HOSTILE.quotes}\nSeconde ligne.`,
  })
  return person
}

test(
  'without JavaScript, on a narrow screen, someone finds a path, keeps it with reasons, and deletes it',
  { timeout: 120_000 },
  async ({ service, site }) => {
    const person = await aLearner(service)
    const still = { javaScriptEnabled: false, viewport: { width: 320, height: 700 } } as const
    const { origin, page, close } = await openFor(service, site.browser, person, still)
    await page.goto(`${origin}/mon-espace/parcours`)
    await page.getByRole('link', { name: 'Me positionner vers un but' }).click()
    await page.getByLabel('Où voulez-vous arriver ?').selectOption('metier:aidant-numerique')
    await page.getByRole('button', { name: 'Continuer' }).click()
    expect(await page.getByRole('region', { name: 'Ce que vos badges montrent déjà' }).innerText()).toMatch(
      /: révoqué le/,
    )
    await page.getByRole('checkbox', { name: /^D1 / }).check()
    await page.getByRole('button', { name: 'Calculer le parcours' }).click()
    expect(await page.locator('main').innerText()).toMatch(/Ce qui est déjà tenu évite \d+ heures/)
    await page.getByLabel('Vos raisons').fill(HOSTILE.script)
    await page.getByRole('button', { name: 'Garder ce positionnement' }).click()
    expect(await page.getByRole('status').innerText()).toBe('Ce positionnement est gardé.')
    expect(await page.locator('main').innerText()).toContain(HOSTILE.script)
    await page.getByRole('button', { name: 'Supprimer ce positionnement' }).click()
    expect(await page.getByRole('status').innerText()).toBe('Ce positionnement est supprimé.')
    expect(await page.getByRole('link', { name: /Responsable/ }).count()).toBe(1)
    await close()
  },
)

test(
  'the pages of positionings are readable by all, narrow and wide',
  { timeout: 180_000 },
  async ({ service, site }) => {
    const person = await aLearner(service)
    const { origin, page, close } = await openFor(service, site.browser, person)
    const found: string[] = []
    const see = async (path: string, name: string) => {
      await page.goto(`${origin}${path}`)
      found.push(...(await examine(page, `positionnement-${name}`)))
    }
    await see('/mon-espace/positionnement', 'but')
    await see('/mon-espace/positionnement?but=metier:mediateur-numerique', 'acquis')
    await page.getByText('Mes niveaux Pix').click()
    found.push(...(await examine(page, 'positionnement-pix')))
    await page.getByLabel('2.2 Partager et publier').selectOption('Niveau 4')
    await page.getByRole('button', { name: 'Calculer le parcours' }).click()
    found.push(...(await examine(page, 'positionnement-parcours')))
    await page.getByLabel('Vos raisons').fill('Je vise un poste dans une médiathèque.')
    await page.getByRole('button', { name: 'Garder ce positionnement' }).click()
    found.push(...(await examine(page, 'positionnement-garde')))
    await see('/mon-espace/positionnements', 'liste')
    await page.getByRole('link', { name: /Responsable/ }).click()
    found.push(...(await examine(page, 'positionnement-organisme')))
    expect(found).toEqual([])
    await close()
  },
)
