/** As much as a session may cost one person: 100,000 euros. */
export const MOST_CENTS = 10_000_000

/** How an amount of euros is typed, or left empty: a comma or a point before at most two digits. */
export const EUROS = '^(\\d{1,6}([.,]\\d{1,2})?)?$'

/** An amount as it was typed (`EUROS`), in cents. */
export const centsOf = (typed: string): number => Math.round(Number(typed.replace(',', '.')) * 100)

/** A price in words: « gratuit », « 450 € », « 450,50 € ». */
export function priceWords(cents: number): string {
  if (cents === 0) return 'gratuit'
  const decimals = cents % 100 === 0 ? 0 : 2
  const figures = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  return (cents / 100).toLocaleString('fr-FR', { style: 'currency', currency: 'EUR', ...figures })
}
