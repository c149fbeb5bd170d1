const ALPHABET = Buffer.from('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz')
const [BYTES, WORDS, LIMBS] = [64, 32, 18]
const LIMB = 58 ** 5

/** 2¹⁶ to each power, in limbs of 58⁵: a word times a limb stays below 2⁴⁶, and 32 of them together below 2⁵³. */
const POWERS = Float64Array.from({ length: WORDS * LIMBS }, (_, n) => {
  const [word, limb] = [Math.floor(n / LIMBS), n % LIMBS]
  return Number((2n ** BigInt(16 * (WORDS - 1 - word)) / BigInt(LIMB) ** BigInt(LIMBS - 1 - limb)) % BigInt(LIMB))
})
const limbs = new Float64Array(LIMBS)
const digits = Buffer.alloc(LIMBS * 5)

/** Base58btc of a signature of 64 bytes: a product by a matrix, without the long divisions of the usual way. */
export function base58(bytes: Buffer): string {
  limbs.fill(0)
  for (let word = 0; word < WORDS; word++) {
    const value = bytes.readUInt16BE(2 * word)
    for (let limb = 0; limb < LIMBS; limb++) limbs[limb]! += value * POWERS[word * LIMBS + limb]!
  }
  for (let limb = LIMBS - 1; limb >= 0; limb--) {
    const carried = Math.floor(limbs[limb]! / LIMB)
    let rest = limbs[limb]! - carried * LIMB
    if (limb > 0) limbs[limb - 1]! += carried
    for (let digit = 4; digit >= 0; digit--) {
      const next = Math.floor(rest / 58)
      digits[limb * 5 + digit] = ALPHABET[rest - next * 58]!
      rest = next
    }
  }
  // A zero at the front is said by byte, not by digit (`1` is the zero of the alphabet).
  const start = digits.findIndex((digit) => digit !== ALPHABET[0])
  const zeros = bytes.findIndex((byte) => byte !== 0)
  return '1'.repeat(zeros < 0 ? BYTES : zeros) + (start < 0 ? '' : digits.toString('latin1', start))
}
