import { filterForm, foundNote, isAsked } from '../web/catalogue.ts'
import { badgeCard, capital } from '../web/components.ts'
import { selectField, textField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import { FAMILIES } from './image.ts'
import { type BadgesAsked, competencesOf } from './find-badges.ts'
import { FAMILY_WORDS } from './render.ts'
import type { Achievement } from './schema.ts'

const SECTIONS = [
  [
    'habilitation',
    'Habilitations',
    'Un écu. Une habilitation lie une personne à une structure ; ce n’est pas une certification.',
  ],
  ['block', 'Blocs de certification', 'Un hexagone. Un bloc n’est pas le titre : il en est une partie.'],
  ['milestone', 'Parcours', 'Une étoile à seize branches. Elle marque l’arrivée d’un parcours de plusieurs modules.'],
  ['module', 'Modules', 'Une médaille ronde, dont la couleur dit la famille de compétences.'],
] as const

const LEVELS = Array.from({ length: 8 }, (_, at) => [String(at + 1), `niveau ${at + 1}`] as const)

type Shown = { all: Achievement[]; found: Achievement[]; asked: BadgesAsked; baseUrl: string }

/** The badge classes that were asked for, by kind, then by family. */
export function galleryPage({ all, found, asked, baseUrl }: Shown): Page {
  const sections = SECTIONS.map(([kind, title, meaning]) => {
    const ones = found.filter((one) => one.kind === kind)
    if (ones.length === 0) return ''
    const body = kind === 'module' && !isAsked(asked) ? families(ones) : grid(ones)
    return html`<section aria-labelledby="${kind}">
      <h2 id="${kind}">${title}</h2>
      <p>${meaning}</p>
      !${body}
    </section>`
  })
  return {
    title: 'Badges',
    description: 'Les badges de compétences de la médiation numérique : ce qu’ils disent et ce qu’ils ne disent pas.',
    canonical: `${baseUrl}/badges`,
    image: `${baseUrl}/apercu.png`,
    body: html`<h1>Badges</h1>
      <p class="lead">
        La forme dit ce qui a été obtenu, la couleur dit la famille de compétences, l’anneau dit le niveau, de 1 à 8
        comme dans DigComp. Ces niveaux sont proposés par Insigne : aucune source officielle ne les donne.
      </p>
      !${filterForm('/badges', asked, fields(all, asked))} !${foundNote('/badges', found.length, 'badge')} !${sections}`,
  }
}

const fields = (all: Achievement[], { q, sorte, famille, niveau, competence }: BadgesAsked): string[] => [
  textField({ name: 'q', label: 'Mots cherchés', value: q, type: 'search', rules: 'maxlength="100"' }),
  selectField({
    name: 'sorte',
    label: 'Ce qui a été obtenu',
    value: sorte,
    options: [['', 'Tout'], ...SECTIONS.map(([kind, title]) => [kind, title] as const)],
  }),
  selectField({
    name: 'famille',
    label: 'Famille de compétences',
    value: famille,
    options: [['', 'Toutes'], ...FAMILIES.map((one) => [one, capital(FAMILY_WORDS[one])] as const)],
  }),
  selectField({ name: 'niveau', label: 'Niveau', value: niveau, options: [['', 'Tous'], ...LEVELS] }),
  selectField({
    name: 'competence',
    label: 'Compétence visée',
    value: competence,
    options: [['', 'Toutes'], ...competencesOf(all)],
  }),
]

function families(achievements: Achievement[]): string {
  const sections = FAMILIES.map((family) => {
    const ones = achievements.filter((one) => one.family === family)
    return ones.length === 0
      ? ''
      : html`<h3>${capital(FAMILY_WORDS[family])}</h3>
          !${grid(ones)}`
  })
  return html`!${sections}`
}

const grid = (achievements: Achievement[]): string =>
  html`<ul class="badges">
    !${achievements.map(badgeCard)}
  </ul>`
