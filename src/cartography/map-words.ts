import { IMPORTANCE_WORDS } from '../referential/metier-view.ts'
import { tag } from '../web/components.ts'
import { html } from '../web/html.ts'
import type { CartographyMap } from './map.ts'

/** The two axes, that are never added up. */
export const AXIS_WORDS = {
  professional: 'Compétences du métier',
  digital: 'Compétences numériques',
} as const

/** How much a competence is asked. */
export const WEIGHT_WORDS = { ...IMPORTANCE_WORDS, unsaid: 'importance non précisée' } as const

/** What no official list says carries the word everywhere. */
export const standing = (status: 'official' | 'illustrative'): string =>
  status === 'official' ? tag('officiel', 'valid') : tag('illustratif', 'waiting')

type Competence = Pick<CartographyMap['competences'][number], 'framework' | 'version' | 'code' | 'label'>

/** The page of the map about a competence. */
export const competencePath = ({ framework, version, code }: Omit<Competence, 'label'>): string =>
  `/cartographie/competences/${framework}/${version}/${encodeURIComponent(code)}`

/** A competence by its code and its words, leading to its page of the map. */
export const competenceLink = (one: Competence): string =>
  html`<a href="${competencePath(one)}"><span class="code">${one.code}</span> ${one.label}</a>`

/** The framework of a competence as one names it: its title and its version. */
export function frameworkName(
  { frameworks }: CartographyMap,
  { framework, version }: Omit<Competence, 'label'>,
): string {
  const title = frameworks.find((one) => one.framework === framework && one.version === version)?.title
  return title?.fr?.includes(version) ? title.fr : `${title?.fr ?? framework}, version ${version}`
}
