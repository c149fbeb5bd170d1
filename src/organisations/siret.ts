const LA_POSTE = '356000000'

/**
 * Whether a SIRET is well formed: 14 digits whose Luhn sum is a multiple of 10 (INSEE); the establishments of La Poste
 * follow a sum of digits that is a multiple of 5. Overseas, a RIDET of 7 to 10 digits stands in its place.
 */
export function isSiret(value: string): boolean {
  if (/^\d{7,10}$/.test(value)) return true
  if (!/^(?!0{9})\d{14}$/.test(value)) return false // no company is numbered zero, though its sum would do
  const digits = Array.from(value, Number)
  if (luhnSum(digits) % 10 === 0) return true
  return value.startsWith(LA_POSTE) && digits.reduce((sum, digit) => sum + digit, 0) % 5 === 0
}

function luhnSum(digits: number[]): number {
  return digits.toReversed().reduce((sum, digit, index) => {
    const doubled = index % 2 === 1 ? digit * 2 : digit
    return sum + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
}
