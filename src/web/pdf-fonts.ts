import { readFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import { FONT_FILES, type Weight } from './lettering.ts'

const opened = new Map<string, Buffer>()

/** The bytes of a typeface by its rank in `FONT_FILES`, unpacked once: each document that carries it would do it again. */
export function fontFile(weight: Weight, rank: number): Buffer {
  const name = `${weight}-${rank}`
  const known = opened.get(name)
  if (known) return known
  const bytes = readFileSync(FONT_FILES[weight][rank]!)
  const plain = bytes.toString('latin1', 0, 4) === 'wOFF' ? unpack(bytes) : bytes
  opened.set(name, plain)
  return plain
}

type Table = { entry: Buffer; data: Buffer }

/** The font within a WOFF file: the same tables, not compressed (WOFF 1.0 §4 and §5). */
function unpack(woff: Buffer): Buffer {
  const count = woff.readUInt16BE(12)
  const tables = Array.from({ length: count }, (_, n): Table => {
    const at = 44 + n * 20
    const [offset, packed, length] = [4, 8, 12].map((field) => woff.readUInt32BE(at + field)) as [
      number,
      number,
      number,
    ]
    const stored = woff.subarray(offset, offset + packed)
    const data = packed < length ? inflateSync(stored) : stored
    const entry = Buffer.concat([woff.subarray(at, at + 4), woff.subarray(at + 16, at + 20), Buffer.alloc(8)])
    return { entry, data: Buffer.concat([data, Buffer.alloc(-data.length & 3)], data.length + (-data.length & 3)) }
  })
  const power = Math.floor(Math.log2(count))
  const header = Buffer.alloc(12)
  woff.copy(header, 0, 4, 8)
  ;[count, 16 * 2 ** power, power, 16 * (count - 2 ** power)].forEach((value, n) =>
    header.writeUInt16BE(value, 4 + 2 * n),
  )
  let offset = 12 + 16 * count
  tables.forEach(({ entry, data }, n) => {
    entry.writeUInt32BE(offset, 8)
    entry.writeUInt32BE(woff.readUInt32BE(44 + n * 20 + 12), 12)
    offset += data.length
  })
  return Buffer.concat([header, ...tables.map((one) => one.entry), ...tables.map((one) => one.data)])
}
