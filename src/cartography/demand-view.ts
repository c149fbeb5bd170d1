import { citations } from '../web/components.ts'
import { html } from '../web/html.ts'
import type { CartographyMap } from './map.ts'
import { sign } from './map-matrix.ts'
import { WEIGHT_WORDS, standing } from './map-words.ts'
import type { Requirement } from './metier-reading.ts'

/** What is asked of a competence: its weight, its level when one is said, and, unfolded, who says it. */
export function demand(
  { importance, level, status, source, lists }: Requirement,
  all: CartographyMap['lists'],
): string {
  const saying = all.filter((one) => lists.includes(one.list)).map((one) => one.title)
  return html`!${sign(importance, null)}
    ${WEIGHT_WORDS[importance ?? 'unsaid']}${level === null ? '' : `, niveau ${level}`}
    <details>
      <summary>!${standing(status)} <small>d’après</small></summary>
      <small>${saying.join(' ; ')}. Sources : ${citations(source).join(' ; ')}.</small>
    </details>`
}
