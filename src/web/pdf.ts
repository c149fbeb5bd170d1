import { createCanvas, type PdfOptions } from './pdf-canvas.ts'
import type { Style } from './pdf-text.ts'
import { qrPath } from './qr.ts'

type Attached = { name: string; type: string; description: string; content: string; date: Date }
type Figure = { alt: string; size: number }
type Sides = { left?: Figure & { png: Buffer }; right?: Figure & { address: string } }

const STYLES = {
  1: { size: 22, weight: 'bold', leading: 1.2 },
  2: { size: 14, weight: 'bold', colour: '#0f5a56', leading: 1.25 },
  text: { size: 11 },
  small: { size: 9, colour: '#545c61' },
  term: { size: 11, weight: 'bold', colour: '#545c61' },
  link: { size: 10, colour: '#0f5a56' },
} as const satisfies Record<string, Style>
/** The column of the terms. */
const TERM = 150

/**
 * A document written from top to bottom, on as many A4 pages as it takes: tagged (it can be read aloud, in order), PDF/A-3, in
 * typefaces that it carries. All that it is given is text, in any script. `end` gives its bytes.
 */
export function createPdf(options: PdfOptions) {
  const { doc, at, room, within, leaf, ornament, lines, draw, end } = createCanvas(options)

  const heading = (level: 1 | 2, words: string): void => {
    if (level === 2) at.y += 10
    room(72) // a title does not stay alone at the foot of a page
    leaf(`H${level}`, () => lines(words, STYLES[level]))
    at.y += 3
  }

  const paragraph = (words: string, style: 'text' | 'small' = 'text'): void => {
    leaf('P', () => lines(words, STYLES[style]))
    at.y += 5
  }

  const link = (address: string): void => {
    const { size, colour } = STYLES.link
    leaf('Link', (element) =>
      lines(address, STYLES.link, (width, height) => {
        doc.link(at.x, at.y, width, height, address, { structParent: element } as never)
        const under = at.y + size + 2
        doc
          .moveTo(at.x, under)
          .lineTo(at.x + width, under)
          .lineWidth(0.5)
          .stroke(colour)
      }),
    )
    at.y += 4
  }

  /** Terms and what they are worth, side by side: a list whose labels are the terms. */
  const facts = (rows: readonly (readonly [term: string, value: string])[]): void => {
    const row = (term: string, value: string): void => {
      const [page, top] = [doc.page, at.y]
      narrowed(0, at.width - TERM + 12, () => leaf('Lbl', () => lines(term, STYLES.term)))
      const bottom = at.y
      if (doc.page === page) at.y = top
      narrowed(TERM, 0, () => leaf('LBody', () => lines(value, STYLES.text)))
      if (doc.page === page) at.y = Math.max(at.y, bottom)
      at.y += 3
    }
    within('L', () => {
      for (const [term, value] of rows) {
        room(40)
        within('LI', () => row(term, value))
      }
    })
  }

  const list = (items: readonly string[]): void => {
    const item = (words: string): void => {
      room(20)
      leaf('Lbl', () => draw('•', at.x, at.y + STYLES.text.size, STYLES.text))
      narrowed(14, 0, () => leaf('LBody', () => lines(words, STYLES.text)))
      at.y += 2
    }
    within('L', () => items.forEach((words) => within('LI', () => item(words))))
    at.y += 3
  }

  const narrowed = (left: number, right: number, write: () => void): void => {
    const { x, width } = at
    Object.assign(at, { x: x + left, width: width - left - right })
    write()
    Object.assign(at, { x, width })
  }

  const opened = new Map<Buffer, unknown>()
  const image = (png: Buffer, { alt, size }: Figure): void => {
    if (!opened.has(png)) opened.set(png, (doc as unknown as { openImage(png: Buffer): unknown }).openImage(png))
    leaf('Figure', () => doc.image(opened.get(png) as never, at.x, at.y, { width: size }), { alt })
  }
  const qr = (address: string, { alt, size }: Figure): void => {
    const place = { x: at.x + at.width - size, y: at.y, size }
    leaf('Figure', () => doc.path(qrPath(address, place)).fill('#000'), { alt })
  }

  /** An image on the left, a QR code on the right, and what is written between them. */
  const beside = ({ left, right }: Sides, write: () => void): void => {
    const height = Math.max(left?.size ?? 0, right?.size ?? 0)
    room(height)
    const [page, bottom] = [doc.page, at.y + height]
    if (left) image(left.png, left)
    if (right) qr(right.address, right)
    narrowed(left ? left.size + 18 : 0, right ? right.size + 12 : 0, write)
    if (doc.page === page) at.y = Math.max(at.y, bottom)
    at.y += 6
  }

  const rule = (): void => {
    ornament('Layout', () =>
      doc
        .moveTo(at.x, at.y + 4)
        .lineTo(at.x + at.width, at.y + 4)
        .lineWidth(0.5)
        .stroke('#c9c2b2'),
    )
    at.y += 14
  }

  const attach = ({ name, type, description, content, date }: Attached): void => {
    const file = { name, type, description, relationship: 'Data', creationDate: date, modifiedDate: date }
    doc.file(Buffer.from(content), file)
  }

  return { heading, paragraph, link, facts, list, beside, rule, attach, end }
}
