import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { signedIn } from '../support/actors.ts'
import { examine, openFor, test } from '../support/browser.ts'
import { aBadge } from '../support/factories.ts'

const wasm = readFileSync(new URL('../../node_modules/zxing-wasm/dist/reader/zxing_reader.wasm', import.meta.url))
prepareZXingModule({ overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.length) } })

test('a holder prepares a badge for a wallet: the code is read from the screen, the page holds at 320 pixels', async ({
  service,
  site,
}) => {
  const holder = await signedIn(service)
  const { id } = await aBadge(service, { email: holder.email })
  const { origin, page, close } = await openFor(service, site.browser, holder)
  await page.goto(`${origin}/mon-espace`)
  await page.getByRole('link', { name: /^Mettre dans mon portefeuille numérique/ }).click()
  expect(new URL(page.url()).pathname).toBe(`/mon-espace/badges/${id}/portefeuille`)
  expect(await examine(page, 'portefeuille')).toEqual([])
  await page.getByRole('button', { name: 'Préparer la mise en portefeuille' }).click()
  const link = await page.getByRole('link', { name: 'ouvrir le portefeuille' }).getAttribute('href')
  expect(await examine(page, 'portefeuille-offre')).toEqual([])
  expect(await page.locator('strong.nowrap').textContent()).toMatch(/^\d{3}\s\d{3}$/)

  // At 320 pixels, as on a telephone beside the one that reads.
  for (const width of [1200, 320]) {
    await page.setViewportSize({ width, height: 800 })
    const picture = await page.getByRole('img', { name: /^Code QR/ }).screenshot()
    const [code] = await readBarcodes(picture, { formats: ['QRCode'], tryHarder: true })
    expect(code?.text, String(width)).toBe(link)
  }
  const uri = new URL(link!).searchParams.get('credential_offer_uri')!
  expect(uri).toMatch(new RegExp(`^${origin}/oid4vci/offers/[\\w-]{43}$`))
  const offer = (await (await fetch(uri)).json()) as { credential_issuer: string }
  expect(offer.credential_issuer).toBe(origin)
  await close()
})
