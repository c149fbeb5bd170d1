import Document from 'pdfkit'
import { printable } from './lettering.ts'
import { createTypesetter, type Style } from './pdf-text.ts'

type Element = PDFKit.PDFStructureElement
export type PdfOptions = { title: string; lang: 'fr' | 'en'; author?: string; subject?: string }

const PAGE = { width: 595.28, height: 841.89, margin: 56 } // A4, in points
const BOTTOM = PAGE.height - PAGE.margin - 12

/** Pages filled from top to bottom, where each thing has its role for whoever hears the document read. */
export function createCanvas({ title, lang, author, subject }: PdfOptions) {
  const info = {
    Title: printable(title),
    Creator: 'Insigne',
    ...(author && { Author: printable(author) }),
    ...(subject && { Subject: printable(subject) }),
  }
  const tagged = { tagged: true, pdfVersion: '1.7', subset: 'PDF/A-3a', displayTitle: true, bufferPages: true } as const
  const doc = new Document({ ...tagged, lang: lang === 'fr' ? 'fr-FR' : 'en-GB', size: 'A4', margin: 0, info })
  const chunks: Buffer[] = []
  doc.on('data', (chunk: Buffer) => chunks.push(chunk))
  const type = createTypesetter(doc)
  const root: Element = doc.struct('Document')
  doc.addStructure(root)
  let parent = root
  /** Where the next thing goes: the column, and how far down. */
  const at = { x: PAGE.margin, y: PAGE.margin, width: PAGE.width - 2 * PAGE.margin }

  const room = (height: number): void => {
    if (at.y + height <= BOTTOM) return
    doc.continueOnNewPage()
    at.y = PAGE.margin
  }

  const within = (role: string, write: () => void, options: object = {}): void => {
    const element = doc.struct(role, options)
    const above = parent
    above.add(element)
    parent = element
    write()
    parent = above
    element.end()
  }
  const leaf = (role: string, write: (element: Element) => void, options: object = {}): void =>
    within(role, () => parent.add(() => write(parent)), options)

  /** What is for the eye only. */
  const ornament = (kind: 'Layout' | 'Pagination', write: () => void): void => {
    doc.markContent('Artifact', { type: kind })
    write()
    doc.endMarkedContent()
  }

  const lines = (text: string, style: Style, each?: (width: number, height: number) => void): void => {
    const height = style.size * (style.leading ?? 1.4)
    for (const line of type.breakLines(text, style, at.width)) {
      room(height)
      type.draw(line, at.x, at.y + style.size, style)
      each?.(type.widthOf(line, style), height)
      at.y += height
    }
  }

  const end = async (): Promise<Buffer> => {
    root.end()
    const { count } = doc.bufferedPageRange()
    const style = { size: 9, colour: '#545c61' }
    for (let page = 0; page < count; page++) {
      doc.switchToPage(page)
      const words = lang === 'fr' ? `Page ${page + 1} sur ${count}` : `Page ${page + 1} of ${count}`
      const right = PAGE.width - PAGE.margin - type.widthOf(words, style)
      ornament('Pagination', () => {
        type.draw('Insigne', PAGE.margin, PAGE.height - 36, style)
        type.draw(words, right, PAGE.height - 36, style)
      })
    }
    const finished = new Promise((resolve) => doc.on('end', resolve))
    doc.end()
    await finished
    return Buffer.concat(chunks)
  }

  return { doc, at, room, within, leaf, ornament, lines, draw: type.draw, end }
}
