/** What a structure lets its evidence tell: presence, numbers from five people on, or every number with their agreement. */
export const TELLS = ['presence', 'numbers', 'all'] as const
export type Tells = (typeof TELLS)[number]

/** Under this number, a count points at people. */
export const FEW = 5

export const TELLS_WORDS: Record<Tells, string> = {
  presence: 'Présence seule : oui ou non',
  numbers: `Nombres, à partir de ${FEW} personnes`,
  all: 'Tous les nombres, avec l’accord des personnes comptées',
}

/** How many people, and how many of them came after the agreement was stated (all of them when there is none). */
export type Counted = { people: number; newcomers: number }
export type Told = { present: boolean; count: number | null }

/**
 * What is told of a number. Under five, and not zero, it is only told when everyone counted was there when the structure
 * stated that they agree: who comes later has agreed to nothing.
 */
export function told(tells: Tells, { people, newcomers }: Counted): Told {
  const isSafe = people === 0 || people >= FEW || (tells === 'all' && newcomers === 0)
  return { present: people > 0, count: tells !== 'presence' && isSafe ? people : null }
}

/** The same of a badge class, or null: of few people, even that one of them holds it says something of someone. */
export function toldOfBadge(tells: Tells, counted: Counted): Told | null {
  const { present, count } = told(tells, counted)
  return present && (count !== null || counted.people >= FEW) ? { present, count } : null
}
