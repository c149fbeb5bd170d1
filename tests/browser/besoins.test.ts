import { expect } from 'vitest'
import { signedIn } from '../support/actors.ts'
import { examine, openFor, test } from '../support/browser.ts'
import { aTrainer } from '../support/factories.ts'

test(
  'without JavaScript, on a narrow screen, someone says what she needs, changes it and takes it back',
  { timeout: 120_000 },
  async ({ service, site }) => {
    const person = await signedIn(service)
    const still = { javaScriptEnabled: false, viewport: { width: 320, height: 700 } } as const
    const { origin, page, close } = await openFor(service, site.browser, person, still)
    await page.goto(`${origin}/mon-espace/parcours`)
    await page.getByRole('link', { name: 'Dire mes besoins de formation' }).click()
    const answer = (theme: RegExp, words: string) =>
      page.getByRole('group', { name: theme }).getByRole('radio', { name: words, exact: true })
    expect(await answer(/^Gestion de projet/, 'Ne sait pas').isChecked()).toBe(true)
    await page.getByLabel('Vous répondez en tant que').selectOption('Cadre de l’inclusion numérique')
    await page.getByLabel('Département').selectOption('974')
    await answer(/^Gestion de projet/, 'Oui').check()
    await answer(/^Maîtrise des outils/, 'Non').check()
    await page.getByRole('button', { name: 'Enregistrer les réponses' }).click()
    expect(await page.getByRole('status').innerText()).toBe('Vos réponses sont enregistrées.')
    expect(await page.getByRole('region', { name: 'Ce que vous avez dit' }).innerText()).toMatch(
      /Cadre de l’inclusion numérique[\s\S]*974 La Réunion[\s\S]*Gestion de projet[\s\S]*Maîtrise des outils/,
    )
    await page.getByRole('link', { name: 'Changer ces réponses' }).click()
    expect(await answer(/^Gestion de projet/, 'Oui').isChecked()).toBe(true)
    await answer(/^Gestion de projet/, 'Non').check()
    await page.getByRole('button', { name: 'Enregistrer les réponses' }).click()
    expect((await person.get('/api/v1/needs')).body['items']).toMatchObject([
      { respondent: 'cadre', departement: '974', answers: { projet: 'non', outils: 'non' } },
    ])
    await page.getByRole('button', { name: 'Retirer ces réponses' }).click()
    expect(await page.getByRole('status').innerText()).toMatch(/^Ces réponses sont retirées\s: elles sont effacées\.$/)
    expect((await person.get('/api/v1/needs')).body['items']).toEqual([])
    await close()
  },
)

test(
  'the pages of needs are readable by all, narrow and wide, empty, filled and refused',
  { timeout: 180_000 },
  async ({ service, site }) => {
    const { slug } = await aTrainer(service)
    const person = await signedIn(service, { grants: [{ role: 'administrateur', organisation: slug }] })
    const { origin, page, close } = await openFor(service, site.browser, person)
    const found: string[] = []
    await page.goto(`${origin}/mon-espace/besoins`)
    found.push(...(await examine(page, 'besoins-vide')))
    // The browser itself would stop it: whoever comes without that help gets the page of the service.
    await page.evaluate('document.querySelector("form.wide").noValidate = true')
    await page.getByRole('button', { name: 'Enregistrer les réponses' }).click()
    expect(await page.getByRole('alert').innerText()).toContain('Choisissez l’une des valeurs proposées.')
    found.push(...(await examine(page, 'besoins-refus')))
    for (const respondent of ['mediateur', 'aidant'])
      await person.post('/api/v1/needs', {
        respondent,
        departement: '69',
        answers: { relation: 'oui', outils: 'oui', reseaux: 'oui', management: 'non' },
      })
    await page.goto(`${origin}/mon-espace/besoins?respondent=aidant`)
    found.push(...(await examine(page, 'besoins-dits')))
    await page.goto(`${origin}/organisme/${slug}`)
    await page.getByRole('link', { name: 'Besoins' }).click()
    await page
      .getByRole('group', { name: /^Techniques de management/ })
      .getByRole('radio', { name: 'Oui' })
      .check()
    await page.getByRole('button', { name: 'Enregistrer les réponses' }).click()
    expect(await page.getByRole('region', { name: 'Ce que l’organisme a dit' }).innerText()).toContain(
      'Techniques de management',
    )
    found.push(...(await examine(page, 'besoins-equipe')))
    expect(found).toEqual([])
    await close()
  },
)
