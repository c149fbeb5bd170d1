import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as oauth from 'openid-client'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { openWebSession } from '../../src/auth/web-sessions.ts'
import { signedIn } from '../support/actors.ts'
import { config, type TestService } from '../support/app.ts'
import { authorizationUrl, SCOPE } from '../support/badge-client.ts'
import { examine, openFor, test } from '../support/browser.ts'
import { aBadge } from '../support/factories.ts'
import { freePort } from '../support/processes.ts'

/** Nothing in it where a line may break. */
const LONG_NAME = `Portefeuille${'Exemple'.repeat(12)}`

/** An application on this machine: it registered by itself, without a secret, and waits for the browser. */
async function aLocalApplication(origin: string) {
  let leads = ''
  const server = createServer((_request, response) => {
    const page = `<a href="${leads.replaceAll('&', '&amp;')}">Relier mes badges</a>`
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const redirect = `http://127.0.0.1:${(server.address() as AddressInfo).port}/retour`
  const metadata = {
    client_name: LONG_NAME,
    application_type: 'native',
    redirect_uris: [redirect],
    token_endpoint_auth_method: 'none',
  }
  const client = await oauth.dynamicClientRegistration(new URL(origin), metadata, oauth.None(), {
    algorithm: 'oauth2',
    execute: [oauth.allowInsecureRequests],
  })
  /** The browser comes from the application, another site: cookies are held to that. */
  const start = async (page: Page, { href }: URL): Promise<void> => {
    leads = href
    await page.goto(new URL('/', redirect).href)
    await page.getByRole('link', { name: 'Relier mes badges' }).click()
  }
  return { client, redirect, start }
}

/** What is wrong with the page at that address for who holds these cookies, seen where scripts run: axe is one. */
async function examinedAs(browser: Browser, context: BrowserContext, url: string, name: string): Promise<string[]> {
  const other = await browser.newContext({ locale: 'fr-FR' })
  await other.addCookies(await context.cookies())
  const page = await other.newPage()
  await page.goto(url)
  const found = await examine(page, name)
  await other.close()
  return found
}

test('without JavaScript, a holder signs in, lets an application read, and takes the access back', async ({
  service,
  site,
}) => {
  const holder = await signedIn(service)
  const { id } = await aBadge(service, { email: holder.email })
  const { origin, page, close } = await openFor(service, site.browser, holder, { javaScriptEnabled: false })
  const context = page.context()
  await context.clearCookies()
  const { client, redirect, start } = await aLocalApplication(origin)
  const { url, verifier } = await authorizationUrl(client, { redirect, scope: `${SCOPE}/credential.readonly` })

  await start(page, url)
  expect(new URL(page.url()).pathname).toBe('/connexion')
  await page.getByLabel('Adresse électronique').fill(holder.email)
  await page.getByRole('button', { name: 'Recevoir un lien' }).click()
  await page.getByRole('link', { name: '/messages' }).click()
  await page.getByRole('link', { name: 'Ouvrir mon espace' }).first().click()
  await page.getByRole('button', { name: 'Entrer' }).click()

  await page.getByRole('heading', { name: 'Donner accès à vos badges ?' }).waitFor()
  const asked = await page.getByRole('main').innerText()
  expect(asked).toContain(LONG_NAME)
  expect(asked).toContain(new URL(redirect).host)
  expect(asked).toContain('lire vos badges')
  expect(asked).not.toContain('ajouter des badges')
  expect(await examinedAs(site.browser, context, page.url(), 'acces')).toEqual([])

  await page.getByRole('button', { name: 'Donner cet accès' }).click()
  await page.waitForURL(`${redirect}?*`)
  const back = new URL(page.url())
  expect(back.searchParams.get('iss')).toBe(origin)
  const checks = { pkceCodeVerifier: verifier, expectedState: 'etat-d-exemple' }
  const { access_token: token } = await oauth.authorizationCodeGrant(client, back, checks)
  const read = () => fetch(`${origin}/ims/ob/v3p0/credentials`, { headers: { authorization: `Bearer ${token}` } })
  const answer = await read()
  expect(answer.headers.get('x-total-count')).toBe('1')
  expect(await answer.text()).toContain(id)

  await page.goto(`${origin}/mon-espace/applications`)
  expect(await page.getByRole('heading', { name: LONG_NAME }).count()).toBe(1)
  expect(await examinedAs(site.browser, context, page.url(), 'applications')).toEqual([])
  await page.getByRole('button', { name: `Retirer l’accès de ${LONG_NAME}` }).click()
  await page.getByText('L’accès est retiré').waitFor()
  expect(await page.getByRole('heading', { name: LONG_NAME }).count()).toBe(0)
  expect((await read()).status).toBe(401)

  await page.getByRole('link', { name: 'Envoyer mes badges chez un autre hôte' }).click()
  expect(await examinedAs(site.browser, context, page.url(), 'hotes')).toEqual([])
  await close()
})

test('without JavaScript, a refusal reaches the application, without a code', async ({ service, site }) => {
  const holder = await signedIn(service)
  const { origin, page, close } = await openFor(service, site.browser, holder, { javaScriptEnabled: false })
  const { client, redirect, start } = await aLocalApplication(origin)
  const { url } = await authorizationUrl(client, { redirect })
  await start(page, url)
  await page.getByRole('button', { name: 'Refuser' }).click()
  await page.waitForURL(`${redirect}?*`)
  const { searchParams } = new URL(page.url())
  expect(Object.fromEntries(searchParams)).toMatchObject({
    error: 'access_denied',
    state: 'etat-d-exemple',
    iss: origin,
  })
  expect(searchParams.has('code')).toBe(false)
  await page.goto(`${origin}/mon-espace/applications`)
  await page.getByText('Vous n’avez donné accès à aucune application.').waitFor()
  await close()
})

test('an application of the device is shown by its scheme, and opened by a link that no rule of forms stops', async ({
  service,
  site,
}) => {
  const holder = await signedIn(service)
  const { origin, page, close } = await openFor(service, site.browser, holder)
  const redirect = 'com.exemple.portefeuille:/retour'
  const metadata = {
    client_name: LONG_NAME,
    application_type: 'native',
    redirect_uris: [redirect],
    token_endpoint_auth_method: 'none',
  }
  const client = await oauth.dynamicClientRegistration(new URL(origin), metadata, oauth.None(), {
    algorithm: 'oauth2',
    execute: [oauth.allowInsecureRequests],
  })
  const refused: string[] = []
  page.on('console', (message) => void (/Content Security Policy/.test(message.text()) && refused.push(message.text())))
  const { url, verifier } = await authorizationUrl(client, { redirect, scope: `${SCOPE}/credential.readonly` })
  await page.goto(url.href)
  const asked = await page.getByRole('main').innerText()
  expect(asked).toContain('com.exemple.portefeuille:')
  expect(asked).toContain('ce service ne peut pas savoir laquelle s’ouvrira')
  expect(await examine(page, 'acces-appareil')).toEqual([])

  await page.getByRole('button', { name: 'Donner cet accès' }).click()
  const way = page.getByRole('button', { name: 'Revenir dans l’application' })
  await way.waitFor()
  expect(await examine(page, 'acces-appareil-donne')).toEqual([])
  const left = page.waitForEvent('requestfailed', (one) => one.url().startsWith('com.exemple.portefeuille:'))
  await way.click()
  // No application answers here: the browser did try to open one.
  const back = new URL((await left).url())
  expect(refused).toEqual([])
  const checks = { pkceCodeVerifier: verifier, expectedState: 'etat-d-exemple' }
  expect((await oauth.authorizationCodeGrant(client, back, checks)).access_token).toMatch(/^[\w-]{20,}$/)
  await close()
})

test('a wallet in a page of another site reads what is open to it, and nothing by the cookies of the holder', async ({
  service,
  site,
}) => {
  const holder = await signedIn(service)
  await aBadge(service, { email: holder.email })
  const { origin, page, close } = await openFor(service, site.browser, holder)
  const { client, redirect, start } = await aLocalApplication(origin)
  const { url, verifier } = await authorizationUrl(client, { redirect, scope: `${SCOPE}/credential.readonly` })
  await start(page, url)
  await page.getByRole('button', { name: 'Donner cet accès' }).click()
  await page.waitForURL(`${redirect}?*`)
  expect(new URL(page.url()).origin).not.toBe(origin)

  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: client.clientMetadata().client_id,
    redirect_uri: redirect,
    code: new URL(page.url()).searchParams.get('code')!,
    code_verifier: verifier,
  })
  const ask = (path: string, init: object = {}) =>
    page.evaluate(
      async ([to, how]) =>
        fetch(to, how).then(
          async (one) => ({ status: one.status, total: one.headers.get('x-total-count'), text: await one.text() }),
          () => null,
        ),
      [origin + path, init] as const,
    )
  const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
  expect(await ask('/.well-known/openid-credential-issuer')).toMatchObject({ status: 200 })
  expect(await ask('/oauth2/reg', { ...json, body: JSON.stringify({ redirect_uris: [redirect] }) })).toMatchObject({
    status: 201,
  })
  const given = await ask('/oauth2/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  })
  const { access_token: token } = JSON.parse(given!.text) as { access_token: string }
  const headers = { authorization: `Bearer ${token}` }
  expect(await ask('/ims/ob/v3p0/credentials', { headers })).toMatchObject({ status: 200, total: '1' })
  expect(
    await ask('/oid4vci/credential', { ...json, headers: { ...json.headers, ...headers }, body: '{}' }),
  ).toMatchObject({
    status: 403,
    text: expect.stringContaining('insufficient_scope'),
  })

  const withCookies = { credentials: 'include' }
  expect(await ask('/ims/ob/v3p0/discovery', withCookies)).toBeNull()
  for (const path of ['/mon-espace', '/mon-espace/applications', '/verifier', '/api/v1/organisations']) {
    expect([path, await ask(path, withCookies)]).toEqual([path, null])
  }
  expect(await ask('/api/v1/organisations', { headers })).toBeNull()
  await close()
})

/** The service at an address of this machine, where it may reach others of this machine. */
async function aHostAt(service: TestService, name: string): Promise<string> {
  const port = await freePort()
  const origin = `http://${name}:${port}`
  const app = await buildApp({ ...service, config: { ...config, baseUrl: origin, allowLoopback: true } })
  await app.listen({ host: '127.0.0.1', port })
  onTestFinished(() => app.close())
  return origin
}

test('without JavaScript, a holder links another host, sends a badge there, and leaves it', async ({
  service,
  site,
}) => {
  const holder = await signedIn(service)
  await aBadge(service, { email: holder.email })
  // Two names of this machine: two sites to the browser, each with its cookies.
  const [here, there] = [await aHostAt(service, 'localhost'), await aHostAt(service, '127.0.0.1')]
  const context = await site.browser.newContext({ javaScriptEnabled: false, locale: 'fr-FR' })
  for (const url of [here, there]) {
    const value = await openWebSession(service.db, holder.personId, 'lien')
    await context.addCookies([{ name: 'insigne', value, url }])
  }
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  await page.goto(`${here}/mon-espace/applications/hotes`)
  await page.getByLabel('Adresse du site').fill('http://10.0.0.1')
  await page.getByRole('button', { name: 'Continuer' }).click()
  await page.getByRole('alert').getByRole('link', { name: 'Cette adresse ne peut pas être suivie' }).waitFor()
  await page.getByLabel('Adresse du site').fill(there)
  await page.getByRole('button', { name: 'Continuer' }).click()
  await page.waitForURL(`${there}/autorisation/*`)
  expect(await page.getByRole('main').innerText()).toContain(new URL(here).host)
  await page.getByRole('button', { name: 'Donner cet accès' }).click()
  await page.waitForURL(`${here}/mon-espace/applications/hotes?fait=relie`)

  await page.getByRole('button', { name: /^Envoyer à/ }).click()
  await page.getByText('l’hôte l’a reçu et gardé').first().waitFor()
  const hosts = `${here}/mon-espace/applications/hotes`
  expect(await examinedAs(site.browser, context, hosts, 'hotes-relies')).toEqual([])
  await page.getByRole('button', { name: /^Rompre le lien avec/ }).click()
  await page.getByText('Vous n’êtes relié ou reliée à aucun autre hôte.').waitFor()
  await page.goto(`${there}/mon-espace/applications`)
  await page.getByText('Vous n’avez donné accès à aucune application.').waitFor()
  await context.close()
})
