import { create } from 'qrcode'

/** Empty squares that a reader needs around a code (ISO/IEC 18004). */
const QUIET = 4

type Place = { x: number; y: number; size: number }

/** A QR code that leads to an address, as the data of an SVG path; its quiet zone is within `size`. */
export function qrPath(address: string, { x, y, size }: Place): string {
  const { modules } = create(address, { errorCorrectionLevel: 'M' })
  const unit = size / (modules.size + 2 * QUIET)
  const at = (start: number, rank: number): string => (start + (rank + QUIET) * unit).toFixed(3)
  const strokes: string[] = []
  for (let row = 0; row < modules.size; row++) {
    for (let from = 0; from < modules.size; from++) {
      if (!modules.get(row, from)) continue
      let to = from
      while (to < modules.size && modules.get(row, to)) to++
      strokes.push(`M${at(x, from)} ${at(y, row)}H${at(x, to)}V${at(y, row + 1)}H${at(x, from)}Z`)
      from = to
    }
  }
  return strokes.join('')
}
