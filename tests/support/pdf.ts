import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'

const PDFJS = new URL('../../node_modules/unpdf/dist/pdfjs.mjs', import.meta.url)
const ORIGIN = 'http://pdf.invalid'

/** A page of a real browser that draws PDFs, with no network at all. */
async function reader(browser: Browser): Promise<Page> {
  const page = await browser.newPage()
  await page.route('**/*', async (route) => {
    const isScript = route.request().url().endsWith('/pdfjs.mjs')
    return route.fulfill(
      isScript
        ? { contentType: 'text/javascript', body: readFileSync(PDFJS) }
        : { contentType: 'text/html', body: '<!doctype html><title>PDF</title>' },
    )
  })
  await page.goto(`${ORIGIN}/`)
  await page.addScriptTag({ type: 'module', content: `import * as lib from '/pdfjs.mjs'; window.pdfjs = lib` })
  await page.waitForFunction('window.pdfjs !== undefined')
  return page
}

/** Draws PDFs by PDF.js in Chromium: each page as a PNG. */
export async function pdfReader(browser: Browser) {
  const page = await reader(browser)
  return { draw: (pdf: Buffer) => drawnPages(page, pdf), close: () => page.close() }
}

async function drawnPages(page: Page, pdf: Buffer): Promise<Buffer[]> {
  const urls: string[] = await page.evaluate(`(async () => {
    const data = Uint8Array.from(atob('${pdf.toString('base64')}'), (sign) => sign.charCodeAt(0))
    const file = await window.pdfjs.getDocument({ data }).promise
    const drawn = []
    for (let n = 1; n <= file.numPages; n++) {
      const sheet = await file.getPage(n)
      const viewport = sheet.getViewport({ scale: 2 })
      const canvas = document.createElement('canvas')
      canvas.width = viewport.width
      canvas.height = viewport.height
      await sheet.render({ canvas, canvasContext: canvas.getContext('2d'), viewport }).promise
      drawn.push(canvas.toDataURL('image/png'))
    }
    return drawn
  })()`)
  return urls.map((url) => Buffer.from(url.split(',')[1]!, 'base64'))
}
