import type { Published } from './publish-worker.ts'
import { codesOf, type Dimension, type Kind, ofCodes, TABLES } from './tables.ts'

/** Which figures make a whole: those that differ by one dimension only, or some codes of it, of which those codes are told. */
type Share = { among: Dimension; whole?: readonly string[]; told?: readonly string[] }

const SHARES: Partial<Record<Kind, Share>> = {
  level: { among: 'level' },
  renewal: { among: 'renewal' },
  delay: { among: 'delay' },
  outcome: { among: 'outcome' },
  sessions: { among: 'modality' },
  need: { among: 'answer', whole: ['oui', 'non'], told: ['oui', 'non'] },
  verification: { among: 'verdict' },
  coverage: { among: 'coverage', whole: ['asked'] },
}

/** What the figures of a table are shares of, in words; null where a share makes no sense. */
export function shareWords(kind: Kind): string | null {
  if (kind === 'need') return 'Les « oui » et les « non » ensemble'
  if (kind === 'coverage') return 'Les compétences demandées'
  return SHARES[kind] ? 'Tous les nombres du tableau qui ne diffèrent que par cette dimension' : null
}

/**
 * Each figure with what it is a share of: null where a share makes no sense, and where a part of the whole is withheld, which
 * nobody could then add up either.
 */
export function withDenominators<F extends Published>(figures: readonly F[]): (F & { denominator: number | null })[] {
  const wholes = new Map<string, number | null>()
  for (const one of figures) {
    const place = placeOf(one)
    if (!place || place.share.whole?.includes(place.code) === false) continue
    const known = wholes.get(place.key)
    wholes.set(place.key, known === null || one.count === null ? null : (known ?? 0) + one.count)
  }
  return figures.map((one) => {
    const place = placeOf(one)
    const isTold = place !== null && place.share.told?.includes(place.code) !== false
    return { ...one, denominator: isTold ? (wholes.get(place.key) ?? null) : null }
  })
}

function placeOf({ kind, of, territory, month }: Published) {
  const share = SHARES[kind]
  if (!share) return null
  const codes = codesOf(of)
  const at = (TABLES[kind].dimensions as readonly Dimension[]).indexOf(share.among)
  const key = [kind, territory, month, ofCodes(...codes.toSpliced(at, 1))].join('\n')
  return { share, code: codes[at] ?? '', key }
}
