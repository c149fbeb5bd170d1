const MAX_PIXELS = 40_000_000

/** What a picture is, by its first bytes; null for something else. `foreign`: a picture that nothing here can read. */
export function pictureKind(bytes: Buffer): 'png' | 'jpeg' | 'foreign' | null {
  if (bytes.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n') return 'png'
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg'
  const head = bytes.toString('latin1', 0, 16)
  const isForeign = /^GIF8|^RIFF.{4}WEBP|^.{4}ftyp(hei|hev|mif|avif)|^BM|^II\*\0|^MM\0\*/s.test(head)
  return isForeign ? 'foreign' : null
}

/** Whether a PNG or a JPEG says, before anything of it is decoded, that it is of a size that can be decoded. */
export function isDecodable(bytes: Buffer): boolean {
  const [width, height] = pictureKind(bytes) === 'png' ? pngSize(bytes) : jpegSize(bytes)
  return width > 0 && height > 0 && width * height <= MAX_PIXELS
}

type Size = [width: number, height: number]
const UNKNOWN: Size = [0, 0]

const pngSize = (bytes: Buffer): Size =>
  bytes.length < 24 ? UNKNOWN : [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]

/** The size is in the first «start of frame» segment (JPEG, ITU-T T.81 §B.2.2). */
function jpegSize(bytes: Buffer): Size {
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return UNKNOWN
    const marker = bytes[at + 1]!
    if (marker === 0xff)
      at++ // filling
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)]
    } else at += 2 + bytes.readUInt16BE(at + 2)
  }
  return UNKNOWN
}
