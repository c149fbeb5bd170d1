import type { PDFDocumentProxy } from 'unpdf/pdfjs'

const MAX_ATTACHMENTS = 30
const MAX_PAGES = 20
const MAX_BYTES = 2 * 1024 * 1024
const MAX_TEXT = 200_000
/** What the file of a badge is called; whatever else is attached to a CV is left alone. */
const BADGE_FILE = /\.(json|jsonld|jwt|png|svg)$/i

export type PdfContent = {
  outcome: 'read' | 'encrypted' | 'damaged'
  attachments: { name: string; bytes: Uint8Array }[]
  /** There were more of them than are read. */
  isCut: boolean
  /** The addresses that the pages link to or write out. */
  links: string[]
}

const NOTHING = { attachments: [], isCut: false, links: [] }

/** What a PDF carries that may be a badge: its attached files, else its links. Nothing in it is executed. */
export async function readPdf(bytes: Uint8Array): Promise<PdfContent> {
  const { getDocumentProxy } = await import('unpdf')
  try {
    const pdf = await getDocumentProxy(bytes, {
      isEvalSupported: false,
      enableXfa: false,
      useSystemFonts: false,
      disableFontFace: true,
      useWorkerFetch: false,
      useWasm: false,
      verbosity: 0,
    } as Parameters<typeof getDocumentProxy>[1])
    const attached = await attachmentsOf(pdf)
    return { outcome: 'read', ...attached, links: attached.attachments.length > 0 ? [] : await linksOf(pdf) }
  } catch (error) {
    const isLocked = error instanceof Error && error.name === 'PasswordException'
    return { outcome: isLocked ? 'encrypted' : 'damaged', ...NOTHING }
  }
}

async function attachmentsOf(pdf: PDFDocumentProxy): Promise<Pick<PdfContent, 'attachments' | 'isCut'>> {
  const found = ((await pdf.getAttachments()) ?? new Map()) as Map<string, { filename: string }>
  const named = [...found].filter(([, { filename }]) => BADGE_FILE.test(filename))
  const attachments: PdfContent['attachments'] = []
  for (const [id, { filename }] of named.slice(0, MAX_ATTACHMENTS)) {
    const content: Uint8Array | null = await pdf.getAttachmentContent(id)
    // A copy: what goes to the other thread must not take the whole file along.
    if (content && content.length <= MAX_BYTES) attachments.push({ name: filename, bytes: content.slice() })
  }
  return { attachments, isCut: named.length > MAX_ATTACHMENTS }
}

async function linksOf(pdf: PDFDocumentProxy): Promise<string[]> {
  const links = new Set<string>()
  for (let number = 1; number <= Math.min(pdf.numPages, MAX_PAGES); number++) {
    const page = await pdf.getPage(number)
    const annotations = (await page.getAnnotations()) as { url?: unknown }[]
    for (const { url } of annotations) if (typeof url === 'string') links.add(url)
    const { items } = await page.getTextContent()
    const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('')
    for (const [url] of text.slice(0, MAX_TEXT).matchAll(/https?:\/\/[^\s<>"«»()]{4,2000}/g))
      links.add(url.replace(/[.,;:!?'’\]]+$/, ''))
  }
  return [...links]
}
