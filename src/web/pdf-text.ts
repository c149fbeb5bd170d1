import { type Piece, piecesOf, printable, type Weight } from './lettering.ts'
import { fontFile } from './pdf-fonts.ts'

/** `leading`: the height of a line, in sizes of its letters. */
export type Style = { size: number; weight?: Weight; colour?: string; leading?: number }

/** Measures, breaks and draws lines of text in any script on a PDF document. */
export function createTypesetter(doc: PDFKit.PDFDocument) {
  const registered = new Set<string>()
  const widths = new Map<string, number>()

  const use = ({ font }: Piece, { size, weight = 'regular' }: Style): PDFKit.PDFDocument => {
    const name = `${weight}-${font}`
    if (!registered.has(name)) doc.registerFont(name, fontFile(weight, font))
    registered.add(name)
    return doc.font(name).fontSize(size)
  }

  const widthOf = (text: string, style: Style): number => {
    const { size, weight = 'regular' } = style
    const key = `${weight}${size}${text}`
    const known = widths.get(key)
    if (known !== undefined) return known
    const pieces = piecesOf(text, weight)
    const width = pieces.reduce((sum, one) => sum + use(one, style).widthOfString(one.text, { features: [] }), 0)
    widths.set(key, width)
    return width
  }

  /** A word too long for any line, cut where lines end. */
  const cut = (word: string, style: Style, width: number): string[] => {
    const parts: string[] = []
    let part = ''
    let used = 0
    for (const sign of word) {
      const more = widthOf(sign, style)
      if (used + more > width && part !== '') {
        parts.push(part)
        part = ''
        used = 0
      }
      part += sign
      used += more
    }
    return [...parts, part]
  }

  const breakLines = (text: string, style: Style, width: number): string[] =>
    printable(text)
      .split('\n')
      .flatMap((paragraph) => {
        const words = paragraph
          .split(/[ \t]+/)
          .filter(Boolean)
          .flatMap((word) => (widthOf(word, style) > width ? cut(word, style, width) : [word]))
        const space = widthOf(' ', style)
        const lines: string[] = []
        let line: string[] = []
        let used = 0
        for (const word of words) {
          const more = widthOf(word, style)
          if (line.length > 0 && used + space + more > width) {
            lines.push(line.join(' '))
            line = []
          }
          used = line.length === 0 ? more : used + space + more
          line.push(word)
        }
        return [...lines, line.join(' ')]
      })

  const draw = (line: string, x: number, baseline: number, style: Style): void => {
    const { weight = 'regular', colour = '#20262b' } = style
    let at = x
    for (const piece of piecesOf(line, weight)) {
      const options: PDFKit.Mixins.TextOptions = { lineBreak: false, baseline: 'alphabetic', features: [] }
      use(piece, style).fillColor(colour).text(piece.text, at, baseline, options)
      at += doc.widthOfString(piece.text, { features: [] })
    }
  }

  return { widthOf, breakLines, draw }
}
