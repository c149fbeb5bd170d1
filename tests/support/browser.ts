import { existsSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { buildApp } from '../../src/app.ts'
import { openWebSession } from '../../src/auth/web-sessions.ts'
import type { SignedIn } from './actors.ts'
import { config, test as withService, type TestService } from './app.ts'
import { freePort } from './processes.ts'

// Without a window of its own, its pages alone: three quarters of the time of the whole browser.
const INSTALLED = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find((path) => existsSync(path))
const CHROMIUM = process.env['CHROMIUM'] ?? INSTALLED
if (!CHROMIUM && process.env['CI'] === 'true') throw new Error('Chromium is missing')

const withBrowser = withService.extend<{ site: { browser: Browser; origin: string } }>({
  site: [
    async ({ service }, use) => {
      const origin = await service.app.listen({ host: '127.0.0.1', port: 0 })
      const browser = await chromium.launch({
        executablePath: CHROMIUM!,
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
      })
      await use({ browser, origin })
      await browser.close()
    },
    { scope: 'file' },
  ],
})

/** A test with the service listening and a real browser. Skipped, and said so, where there is no Chromium. */
export const test = CHROMIUM ? withBrowser : (withBrowser.skip as unknown as typeof withBrowser)

/** The last element that sticks out, where the page as a whole scrolls sideways. */
const TOO_WIDE = `document.documentElement.scrollWidth <= window.innerWidth ? [] : [...document.body.querySelectorAll('*')]
  .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1 && !one.parentElement.closest('.scroll'))
  .slice(-1).map((one) => one.outerHTML.slice(0, 200))`

/** What another width or colour scheme of the same page may change. */
const OF_THE_VIEW = ['color-contrast', 'target-size', 'link-in-text-block', 'scrollable-region-focusable']

/** What axe finds wrong on a page (WCAG 2.2 AA and best practices), and whether it scrolls sideways. */
export async function flaws(page: Page, rules?: string[]): Promise<string[]> {
  // Pages have no frames: nothing is to be gathered in a page apart, which takes as long as the rules.
  const axe = new AxeBuilder({ page }).setLegacyMode()
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze()
  const tooWide = await page.evaluate<string[]>(TOO_WIDE)
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
  return [...found, ...tooWide.map((element) => `${page.url()} scrolls sideways: ${element}`)]
}

/** Where pictures of pages go, when asked for with `SCREENS=1`: they take a fifth of the time. */
const SCREENS = 'out/screens'
const isPictured = process.env['SCREENS'] === '1'
const WIDTHS = [
  { width: 1200, colorScheme: 'light' },
  { width: 320, colorScheme: 'dark' }, // as narrow as 1280 pixels at 400 % zoom
] as const

/**
 * What is wrong with the page as it stands, wide and light, then what narrow and dark change of it; for contexts
 * where scripts run: axe is one.
 */
export async function examine(page: Page, name: string): Promise<string[]> {
  const found: string[] = []
  for (const [index, { width, colorScheme }] of WIDTHS.entries()) {
    await page.setViewportSize({ width, height: 800 })
    // Without movement: a colour on its way to another has neither's contrast.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const seen = await flaws(page, index === 0 ? undefined : OF_THE_VIEW)
    found.push(...seen.map((flaw) => `${name} ${width}: ${flaw}`))
    await picture(page, `${name}-${width}`)
  }
  await page.setViewportSize({ width: 1200, height: 800 })
  return found
}

/** A picture of the whole page, for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  if (isPictured) await page.screenshot({ path: `${SCREENS}/${name}.png`, fullPage: true })
}

/** The service at an address that a browser reaches, and a page of it for someone signed in. */
export async function openFor(
  whole: TestService,
  browser: Browser,
  person: SignedIn,
  options: BrowserContextOptions = {},
) {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const app = await buildApp({ ...whole, config: { ...config, baseUrl: origin } })
  await app.listen({ host: '127.0.0.1', port })
  const context = await browser.newContext({ locale: 'fr-FR', ...options })
  const value = await openWebSession(whole.db, person.personId, 'lien')
  await context.addCookies([{ name: 'insigne', value, url: origin }])
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const close = async () => {
    await context.close()
    await app.close()
  }
  return { origin, page, close }
}
