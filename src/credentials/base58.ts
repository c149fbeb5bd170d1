const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const PAIRS = Array.from({ length: 58 * 58 }, (_, n) => ALPHABET[Math.floor(n / 58)]! + ALPHABET[n % 58]!)
const CUBE = 58 ** 3 // a remainder of it, times 2³², stays below 2⁵³

/** Base58btc of bytes whose number is a multiple of four, as signatures are: three digits at a time, in plain numbers. */
export function base58(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const words: number[] = []
  for (let at = 0; at < bytes.length; at += 4) words.push(view.getUint32(at))
  let text = ''
  for (let first = 0; first < words.length;) {
    let remainder = 0
    for (let n = first; n < words.length; n++) {
      const value = remainder * 2 ** 32 + words[n]!
      const quotient = Math.floor(value / CUBE)
      words[n] = quotient
      remainder = value - quotient * CUBE
    }
    while (words[first] === 0) first++
    text = ALPHABET[Math.floor(remainder / 3364)]! + PAIRS[remainder % 3364]! + text
  }
  const zeros = bytes.findIndex((byte) => byte !== 0)
  return '1'.repeat(zeros < 0 ? bytes.length : zeros) + text.replace(/^1+/, '')
}
