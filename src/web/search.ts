/** A text as searched: without case or accents, typographic marks as the keyboard types them. */
export const folded = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('’', "'")
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')

/** A test of texts: every word asked for is in one of them; an empty question finds everything. */
export function searched(question = ''): (...texts: (string | null)[]) => boolean {
  const words = folded(question).split(/\s+/).filter(Boolean)
  return (...texts) => {
    const whole = folded(texts.join('\n'))
    return words.every((word) => whole.includes(word))
  }
}
