/** The chunks of a PNG that decide how it looks (PNG 3rd edition §4.8); the others are texts, dates, EXIF. */
const LOOKS = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'cHRM', 'gAMA', 'iCCP', 'sBIT', 'sRGB', 'bKGD', 'pHYs'])
const SIGNATURE_BYTES = 8

/** A PNG with nothing but its picture; null when it is cut or out of order. */
export function cleanPng(bytes: Buffer): Buffer | null {
  const kept = [bytes.subarray(0, SIGNATURE_BYTES)]
  for (let at = SIGNATURE_BYTES; at + 12 <= bytes.length;) {
    const type = bytes.toString('latin1', at + 4, at + 8)
    const end = at + 12 + bytes.readUInt32BE(at)
    if (end > bytes.length || (at === SIGNATURE_BYTES) !== (type === 'IHDR')) return null
    if (LOOKS.has(type)) kept.push(bytes.subarray(at, end))
    if (type === 'IEND') return Buffer.concat(kept)
    at = end
  }
  return null
}

const APP = { jfif: 0xe0, exif: 0xe1, colours: 0xe2, adobe: 0xee, last: 0xef } as const
const [START_OF_SCAN, END, COMMENT] = [0xda, 0xd9, 0xfe]

/**
 * A JPEG with nothing but its picture and the way it is turned (ITU-T T.81 §B): no place, device, date nor comment, nothing
 * after its end; null when it is cut.
 */
export function cleanJpeg(bytes: Buffer): Buffer | null {
  const kept = [bytes.subarray(0, 2)]
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = bytes[at + 1]!
    if (bytes[at] !== 0xff) return null
    if (marker === END) return Buffer.concat([...kept, bytes.subarray(at, at + 2)])
    if (marker === 0xff) {
      at++ // filling
      continue
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    const next = marker === START_OF_SCAN ? endOfScan(bytes, end) : end
    if (next > bytes.length) return null
    const segment = bytes.subarray(at, next)
    if (marker === APP.exif) kept.push(turnedOnly(segment))
    else if (!isUnseen(marker, segment)) kept.push(segment)
    at = next
  }
  // Some cameras leave the end out after the last scan: a picture all the same, but not one that is known to be whole.
  return null
}

/** What a viewer does not need: of the application segments, all but those that say how to read colours. */
function isUnseen(marker: number, segment: Buffer): boolean {
  if (marker === COMMENT) return true
  if (marker < APP.jfif || marker > APP.last) return false
  if (marker === APP.colours) return segment.toString('latin1', 4, 15) !== 'ICC_PROFILE'
  return marker !== APP.jfif && marker !== APP.adobe
}

/** Where the coded data of a scan ends: at a marker that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = from; ; at++) {
    at = bytes.indexOf(0xff, at)
    if (at < 0 || at + 1 >= bytes.length) return bytes.length + 1
    const marker = bytes[at + 1]!
    if (marker !== 0 && marker !== 0xff && (marker < 0xd0 || marker > 0xd7)) return at
  }
}

/** An EXIF segment that only says how the picture is turned, as that one says it; empty when it does not. */
function turnedOnly(segment: Buffer): Buffer {
  const turn = orientationOf(segment.subarray(10))
  if (segment.toString('latin1', 4, 8) !== 'Exif' || turn === null) return Buffer.alloc(0)
  // Marker and length, «Exif», a big-endian header, one entry: tag 0x0112, one short.
  const exif = Buffer.from('ffe100224578696600004d4d002a00000008000101120003000000010000000000000000', 'hex')
  exif.writeUInt16BE(turn, 28)
  return exif
}

/** The orientation (tag 0x0112, 1 to 8) of the first directory of a TIFF header (EXIF §4.6.4); null without one. */
function orientationOf(tiff: Buffer): number | null {
  if (tiff.length < 14) return null
  const isLittle = tiff.toString('latin1', 0, 2) === 'II'
  const short = (at: number): number =>
    at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at)
  const start = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  const count = Math.min(short(start), 100)
  for (let at = start + 2; at < start + 2 + count * 12; at += 12) {
    if (short(at) === 0x0112) return short(at + 8) >= 1 && short(at + 8) <= 8 ? short(at + 8) : null
  }
  return null
}
