import { metierFields } from '../referential/metier-view.ts'
import { filterForm, foundNote, isAsked } from '../web/catalogue.ts'
import { capital, citations, count, counted } from '../web/components.ts'
import { selectField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import { schemaOrg } from '../web/linked.ts'
import type { CartographyMap } from './map.ts'
import { competenceLists, metierLists } from './map-lists-view.ts'
import { matrix, sign } from './map-matrix.ts'
import type { Found, MapAsked } from './map-search.ts'
import { AXIS_WORDS, standing, WEIGHT_WORDS } from './map-words.ts'

const PATH = '/cartographie'
const TITLE = 'Cartographie des métiers et des compétences'
const ABOUT =
  'Qui fait quoi dans la médiation numérique, ce que chaque métier demande, et ce qui l’enseigne, le montre et le certifie.'

/** What a competence may be. */
export const SORT_WORDS: Record<string, string> = {
  savoir: 'savoir',
  'savoir-faire': 'savoir-faire',
  'savoir-etre': 'savoir-être',
  domaine: 'domaine professionnel',
  competence: 'compétence numérique',
}

type Shown = { map: CartographyMap; found: Found; asked: MapAsked; baseUrl: string }

/** The whole map: what it holds, who asks what, and the ways to each of its entries. */
export function mapPage({ map, found, asked, baseUrl }: Shown): Page {
  return {
    title: TITLE,
    description: ABOUT,
    canonical: `${baseUrl}${PATH}`,
    image: `${baseUrl}/apercu.png`,
    linked: linkedMap(map, baseUrl),
    scripts: ['/static/cartographie.js'],
    body: html`<h1>${TITLE}</h1>
      <p class="lead">
        ${ABOUT} Chaque entrée nomme sa source ; ce qu’aucun organisme officiel n’a publié est dit « illustratif ».
      </p>
      !${figures(map)} !${doors} !${filterForm(PATH, asked, fields(asked))} !${results(map, found, asked)}
      !${listNotes(map)}`,
  }
}

const doors = html`<nav class="sections" aria-label="Cartographie">
  <ul>
    <li><a href="/cartographie/passerelles">Passerelles entre métiers</a></li>
    <li><a href="/cartographie/manques">Manques de l’offre</a></li>
    <li><a href="/cartographie/listes">Listes et sources</a></li>
    <li><a href="/cartographie/editions">Éditions à télécharger</a></li>
  </ul>
</nav>`

/** What the map holds. Métiers, roles and schemes apart, and the two axes too: their sums would mean nothing. */
function figures({ metiers, competences, duties, modules, badges, certifications, ...map }: CartographyMap): string {
  const of = (kind: string): number => metiers.filter((one) => one.kind === kind).length
  const proposed = metiers.filter((one) => one.status === 'proposed').length
  const on = (axis: string): number => competences.filter((one) => one.axis === axis).length
  const blocks = certifications.flatMap((one) => one.blocks).filter((one) => one.ref !== null).length
  const said = [...map.requirements, ...map.dutiesOf, ...map.activities, ...map.bridges, ...map.fieldNeeds]
  const official = said.filter((one) => one.status === 'official').length
  const all: [number, string, string][] = [
    [of('metier'), 'métiers', proposed === 0 ? '' : `dont ${counted(proposed, 'titre proposé', 'titres proposés')}`],
    [of('role'), 'fonctions', 'à côté d’un autre métier, ou bénévoles'],
    [of('scheme'), 'dispositifs', 'financent des postes : comptés une fois'],
    [duties.length, 'missions et activités', ''],
    [on('professional'), 'compétences du métier', 'savoirs, savoir-faire, savoir-être, domaines'],
    [on('digital'), 'compétences numériques', 'DigComp et Pix'],
    [modules.length, 'modules', ''],
    [badges.length, 'badges', ''],
    [blocks, 'blocs de certification', ''],
    [
      said.length,
      'affirmations des listes',
      `${count(official)} officielles, ${count(said.length - official)} illustratives`,
    ],
  ]
  return html`<ul class="map-figures">
    !${all.map(
      ([value, words, more]) =>
        html`<li><strong>${count(value)}</strong> ${words} !${more === '' ? '' : html`<small>${more}</small>`}</li>`,
    )}
  </ul>`
}

const fields = ({ q, nature, famille, statut, axe, sorte }: MapAsked): string[] => [
  ...metierFields({ q, nature, famille }),
  selectField({
    name: 'statut',
    label: 'Appellation',
    value: statut,
    options: [
      ['', 'Toutes'],
      ['existing', 'En usage'],
      ['proposed', 'Proposée'],
      ['historic', 'Historique'],
    ],
  }),
  selectField({
    name: 'axe',
    label: 'Axe',
    value: axe,
    options: [['', 'Les deux'], ...Object.entries(AXIS_WORDS)],
  }),
  selectField({
    name: 'sorte',
    label: 'Sorte de compétence',
    value: sorte,
    options: [['', 'Toutes'], ...Object.entries(SORT_WORDS).map(([kind, words]) => [kind, capital(words)] as const)],
  }),
]

function results(map: CartographyMap, { metiers, competences, requirements }: Found, asked: MapAsked): string {
  if (metiers.length + competences.length + requirements.length === 0) return foundNote(PATH, 0, 'métier ou compétence')
  return html`!${isAsked(asked) ? html`<p role="status" class="found">${counted(metiers.length, 'métier, fonction ou dispositif', 'métiers, fonctions et dispositifs')}, ${counted(competences.length, 'compétence')}, ${counted(requirements.length, 'demande')}</p>` : ''}
    <section class="map-section" aria-labelledby="carte">
      <h2 id="carte">La carte : qui demande quoi</h2>
      !${requirements.length === 0 ? html`<p>Aucune liste ne dit ce que ces métiers demandent.</p>` : html`!${legend} !${matrix(map, requirements)} !${beside(map, requirements, metiers)}`}
    </section>
    !${metierLists(map, metiers)} !${competenceLists(map, competences)}`
}

const legend = html`<ul class="map-legend">
  !${(['essential', 'useful', null] as const).map((one) => html`<li>!${sign(one, null)} ${WEIGHT_WORDS[one ?? 'unsaid']}</li>`)}
  <li><span class="map-official">souligné</span> liste officielle ; sinon illustratif</li>
  <li><span class="map-proposed">pointillé</span> titre proposé</li>
</ul>`

/** What is not drawn, and why. */
function beside(map: CartographyMap, requirements: Found['requirements'], metiers: Found['metiers']): string {
  const asking = new Set(requirements.map((one) => one.metier))
  const silent = metiers.filter((one) => !asking.has(one.slug) && one.kind !== 'scheme').length
  return silent === 0
    ? ''
    : html`<p class="remark">
        Pour ${counted(silent, 'autre métier ou fonction', 'autres métiers et fonctions')}, aucune liste ne dit ce qui
        est demandé : <a href="#metiers">voir plus bas</a>. Les dispositifs ne demandent rien par eux-mêmes.
      </p>`
}

/** The lists that the map is made of, each with who says it. */
const listNotes = ({ lists }: CartographyMap): string =>
  html`<section class="sources">
    <h2>Sources</h2>
    <ul>
      !${lists.map(
        ({ title, publisher, edition, status, source }) =>
          html`<li>!${standing(status)} ${title}, ${publisher}, ${edition}. ${citations(source).join(' ; ')}</li>`,
      )}
    </ul>
    <p><a href="/cartographie/listes">Tout sur ces listes, et comment les remplacer</a></p>
  </section>`

const linkedMap = ({ metiers }: CartographyMap, baseUrl: string): object =>
  schemaOrg('CollectionPage', `${baseUrl}${PATH}`, {
    name: TITLE,
    description: ABOUT,
    inLanguage: 'fr',
    hasPart: metiers.map((one) => ({ '@id': `${baseUrl}/metiers/${one.slug}` })),
  })
