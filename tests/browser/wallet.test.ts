import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { openWebSession } from '../../src/auth/web-sessions.ts'
import { bakePng } from '../../src/credentials/bake.ts'
import { hashEmail, identityObject } from '../../src/credentials/recipient.ts'
import { generateKeyPair, signCredential, verificationMethodOf } from '../../src/credentials/suite.ts'
import { actor, signedIn, type SignedIn } from '../support/actors.ts'
import { config, type TestService } from '../support/app.ts'
import { examine, test } from '../support/browser.ts'
import { aTrainer } from '../support/factories.ts'
import { aForeignBadge } from '../support/foreign-issuer.ts'
import { freePort } from '../support/processes.ts'

/** An issuer of elsewhere with a site of its own on this machine, which publishes its key. */
async function anIssuerSite() {
  const key = await generateKeyPair()
  const site = createServer((_, reply) => reply.setHeader('content-type', 'application/json').end(document()))
  await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void site.close())
  const did = `did:web:localhost%3A${(site.address() as AddressInfo).port}`
  const method = verificationMethodOf(did, key.publicKeyMultibase)
  const document = () =>
    JSON.stringify({
      '@context': ['https://www.w3.org/ns/did/v1'],
      id: did,
      verificationMethod: [method],
      assertionMethod: [method.id],
    })
  const badgeFor = (email: string) => {
    const { credentialSubject, ...badge } = aForeignBadge(did)
    const identifier = [identityObject('emailAddress', hashEmail(email, 'sel'))]
    const whole = { ...badge, credentialSubject: { ...credentialSubject, identifier } }
    return signCredential(whole, did, key, new Date('2026-01-10T09:00:00Z'))
  }
  return { badgeFor }
}

/** The service where a browser reaches it, allowed to read the sites of this machine. */
async function aSite({ db, vault, queue }: TestService) {
  const port = await freePort()
  const baseUrl = `http://localhost:${port}`
  const app = await buildApp({ config: { ...config, baseUrl, allowLoopback: true }, db, vault, queue })
  await app.listen({ host: '127.0.0.1', port })
  onTestFinished(() => app.close())
  return baseUrl
}

test('without JavaScript a badge of elsewhere is kept, recognised by an organisation, and shortens a path', async ({
  service,
  site,
}) => {
  const baseUrl = await aSite(service)
  const [holder, { slug }] = [await signedIn(service), await aTrainer(service)]
  const authority = await signedIn(service, { grants: [{ role: 'administrateur', organisation: slug }] })
  const { badgeFor } = await anIssuerSite()
  const image = await actor(service).get('/achievements/aidants-connect/1/image.png')
  const baked = bakePng(image.response.rawPayload, JSON.stringify(await badgeFor(holder.email)))
  const open = async ({ personId }: SignedIn, javaScriptEnabled = false): Promise<Page> => {
    const context = await site.browser.newContext({
      locale: 'fr-FR',
      javaScriptEnabled,
      viewport: { width: 320, height: 700 },
    })
    onTestFinished(() => context.close())
    const value = await openWebSession(service.db, personId, 'lien')
    await context.addCookies([{ name: 'insigne', value, url: baseUrl }])
    return context.newPage()
  }
  const START = `${baseUrl}/mon-espace/positionnement?but=metier:aidant-numerique&calculer=1`
  const page = await open(holder)
  const hours = async () => {
    await page.goto(START)
    return Number(/, ([\d\s]+) heures?/.exec(await page.locator('#parcours').innerText())![1]!.trim())
  }
  const before = await hours()

  await page.goto(`${baseUrl}/mon-espace/badges-d-ailleurs`)
  await page.getByLabel('Fichier du badge').setInputFiles({ name: 'soudure.png', mimeType: 'image/png', buffer: baked })
  await page.getByRole('button', { name: 'Vérifier et garder' }).click()
  expect(await page.getByRole('status').innerText()).toBe('Ce badge est gardé.')
  expect(await page.locator('main').innerText()).toContain('Signé (Open Badges 3.0)')
  await page.getByRole('button', { name: 'Demander sa reconnaissance' }).click()
  expect(await page.locator('main').innerText()).toContain('attend une réponse')
  const mine = page.url()

  const office = await open(authority)
  await office.goto(`${baseUrl}/organisme/${slug}/equivalences`)
  expect(await office.locator('main').innerText()).toContain('1 personne')
  await office.getByRole('link', { name: /Dire ce que vaut/ }).click()
  await office.getByLabel('Vos raisons').fill('Le programme a été comparé, module par module')
  for (const code of ['D3', 'D4']) {
    await office.getByLabel('Chercher une compétence').fill(code)
    await office.getByRole('button', { name: 'Chercher' }).click()
    await office.getByRole('button', { name: new RegExp(`Ajouter.*${code} `) }).click()
  }
  await office.getByRole('button', { name: 'Reconnaître ces badges' }).last().click()
  expect(await office.getByRole('status').innerText()).toContain('Ces badges sont reconnus')

  expect(await hours()).toBeLessThan(before)
  expect(await page.locator('main').innerText()).toContain('badge d’ailleurs, reconnu par')
  await page.goto(mine)
  await page.getByRole('button', { name: 'Vérifier de nouveau' }).click()
  expect(await page.getByRole('status').innerText()).toContain('vérifié de nouveau')

  const [looking, deciding] = [await open(holder, true), await open(authority, true)]
  const flaws: string[] = []
  for (const [who, name, path] of [
    [looking, 'badges-d-ailleurs', '/mon-espace/badges-d-ailleurs'],
    [looking, 'badge-d-ailleurs', new URL(mine).pathname],
    [looking, 'equivalences', '/equivalences'],
    [deciding, 'equivalences-organisme', `/organisme/${slug}/equivalences`],
    [deciding, 'equivalence-nouvelle', `/organisme/${slug}/equivalences/nouvelle`],
  ] as const) {
    await who.goto(`${baseUrl}${path}`)
    flaws.push(...(await examine(who, name)))
  }
  expect(flaws).toEqual([])
  await page.goto(mine)
  await page.getByRole('button', { name: /^Retirer/ }).click()
  expect(await page.locator('main').innerText()).toContain('Vous ne gardez aucun badge d’ailleurs.')
}, 180_000)
