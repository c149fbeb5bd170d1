import { badgeCard, capital } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import { FAMILIES } from './image.ts'
import { FAMILY_WORDS } from './render.ts'
import type { Achievement } from './schema.ts'

const SECTIONS = [
  ['habilitation', 'Habilitations', 'Un écu. Une habilitation lie une personne à une structure ; ce n’est pas une certification.'],
  ['block', 'Blocs de certification', 'Un hexagone. Un bloc n’est pas le titre : il en est une partie.'],
  ['milestone', 'Parcours', 'Une étoile à seize branches. Elle marque l’arrivée d’un parcours de plusieurs modules.'],
  ['module', 'Modules', 'Une médaille ronde, dont la couleur dit la famille de compétences.'],
] as const

/** Every badge class, by kind, then by family. */
export function galleryPage(achievements: Achievement[]): Page {
  const sections = SECTIONS.map(([kind, title, meaning]) => {
    const ones = achievements.filter((one) => one.kind === kind)
    const body = kind === 'module' ? families(ones) : grid(ones)
    return html`<section aria-labelledby="${kind}"><h2 id="${kind}">${title}</h2><p>${meaning}</p>!${body}</section>`
  })
  return {
    title: 'Badges',
    description: 'Les badges de compétences de la médiation numérique : ce qu’ils disent et ce qu’ils ne disent pas.',
    body: html`<h1>Badges</h1>
<p class="lead">La forme dit ce qui a été obtenu, la couleur dit la famille de compétences, l’anneau dit le niveau, de 1 à 8 comme dans DigComp. Ces niveaux sont proposés par Insigne.</p>
!${sections}`,
  }
}

function families(achievements: Achievement[]): string {
  const sections = FAMILIES.map((family) => {
    const ones = achievements.filter((one) => one.family === family)
    return ones.length === 0 ? '' : html`<h3>${capital(FAMILY_WORDS[family])}</h3>!${grid(ones)}`
  })
  return html`!${sections}`
}

const grid = (achievements: Achievement[]): string => html`<ul class="badges">!${achievements.map(badgeCard)}</ul>`
