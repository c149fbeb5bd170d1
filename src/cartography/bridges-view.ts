import { bothForms } from '../referential/metier-view.ts'
import type { Metier } from '../referential/schema.ts'
import { citations, count, counted, emptyList, scrollTable, tag, UNKNOWN } from '../web/components.ts'
import { errorSummary, type Refusal, selectField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import type { BridgeFrom } from './crossings.ts'
import type { CartographyMap } from './map.ts'
import { standing } from './map-words.ts'

const PATH = '/cartographie/passerelles'
const TITLE = 'Passerelles entre métiers'
const KINDS = { metier: '', role: ' (fonction)', scheme: ' (dispositif)' } as const
type Declared = CartographyMap['bridges'][number]

/** What each direction is called. */
export const DIRECTION_WORDS = {
  horizontal: 'passerelle horizontale : vers un métier voisin',
  vertical: 'passerelle verticale : vers plus de responsabilités',
} as const

const SAME: Refusal = {
  message: 'Le métier de départ et celui d’arrivée sont le même.',
  mend: 'Choisissez deux métiers différents, ou laissez l’arrivée vide pour voir toutes les passerelles.',
  fields: [{ name: 'vers', message: 'Choisissez une autre arrivée.' }],
}

type Shown = { map: CartographyMap; de: string; found: BridgeFrom[] | null; isSame: boolean; baseUrl: string }

/** The choice of two métiers; every way from one when it is chosen, else the ways that sources name. */
export function bridgesPage({ map, de, found, isSame, baseUrl }: Shown): Page {
  const from = map.metiers.find((one) => one.slug === de)
  return {
    title: from && found ? `${TITLE} : depuis ${bothForms(from)}` : TITLE,
    description: 'D’un métier à l’autre : ce qui est commun, ce qui reste à acquérir, et les heures que cela demande.',
    canonical: `${baseUrl}${PATH}`,
    image: `${baseUrl}/apercu.png`,
    body: html`<p class="up"><a href="/cartographie">Cartographie</a></p>
      <h1>${TITLE}</h1>
      !${errorSummary(isSame ? SAME : null)}
      <p class="lead">
        D’un métier à l’autre : les compétences communes, celles qui restent à acquérir, et le plus court parcours du
        catalogue pour y arriver.
      </p>
      !${choiceForm(map.metiers, de, isSame)}
      !${from && found ? waysFrom(map, from, found) : html`!${named(map)} !${towardsSocial(map)}`}
      <section class="sources">
        <h2>Comment lire</h2>
        <p>
          Les deux axes, métier et numérique, ne s’additionnent jamais. Une compétence n’est comptée commune que si les
          deux métiers la demandent, ou si une correspondance officielle dit que c’est la même. Ce que les métiers
          demandent vient de listes <strong>illustratives</strong> tant qu’aucune liste officielle n’existe. Avoir
          exercé un métier ne prouve pas que l’on tient chacune de ses compétences.
        </p>
      </section>`,
  }
}

function choiceForm(metiers: Metier[], de: string, isSame: boolean): string {
  const options = metiers
    .map((one) => [one.slug, bothForms(one) + KINDS[one.kind]] as const)
    .toSorted((a, b) => a[1].localeCompare(b[1], 'fr'))
  return html`<form method="get" action="${PATH}" class="filters" aria-label="Choisir deux métiers">
    <div>!${selectField({ name: 'de', label: 'Départ', value: de, options: [['', 'Choisir…'], ...options] })}</div>
    <div>
      !${selectField({
        name: 'vers',
        label: 'Arrivée (facultatif)',
        value: isSame ? de : '',
        options: [['', 'Toutes'], ...options],
        refusal: isSame ? SAME : null,
      })}
    </div>
    <div class="filters-do">
      <button type="submit">Comparer</button>
      !${de === '' ? '' : html`<a href="${PATH}">Tout effacer</a>`}
    </div>
  </form>`
}

/** The address of a way. */
export const bridgePath = (from: Metier, to: Metier): string => `${PATH}/${from.slug}/${to.slug}`

function named({ metiers, bridges }: CartographyMap): string {
  const known = new Map(metiers.map((one) => [one.slug, one]))
  const ends = bridges.flatMap((one) => {
    const [from, to] = [known.get(one.from), known.get(one.to)]
    return from && to ? [{ one, from, to }] : []
  })
  const listOf = (title: string, existing: boolean): string => {
    const own = ends.filter(({ one }) => one.existing === existing)
    if (own.length === 0) return ''
    return html`<h3>${title}</h3>
      <ul class="results">
        !${own.map(
          ({ one, from, to }) =>
            html`<li>
              <a href="${bridgePath(from, to)}">${bothForms(from)} vers ${bothForms(to)}</a>
              !${declaredWords(one)}
            </li>`,
        )}
      </ul>`
  }
  return html`<h2>Celles que les sources nomment</h2>
    !${ends.length === 0 ? emptyList('Aucune source versée ici ne nomme de passerelle.') : ''}
    !${listOf('Elles existent', true)} !${listOf('Elles sont souhaitées, et n’existent pas', false)}`
}

/** What a source says of a way: its direction, whether it exists, and where that is written. */
export const declaredWords = ({ direction, existing, status, note, source }: Declared): string =>
  html`<p>
    !${tag(direction === 'vertical' ? 'verticale' : 'horizontale')}
    !${existing ? '' : tag('souhaitée, n’existe pas', 'waiting')} !${standing(status)} ${note ?? ''}
    <small>Source : ${citations(source).join(' ; ') || UNKNOWN}.</small>
  </p>`

/** Both ways between digital mediation and the two trades beside it. */
function towardsSocial({ metiers }: CartographyMap): string {
  const known = new Map(metiers.map((one) => [one.slug, one]))
  const own = known.get('mediateur-numerique')
  const pairs = ['mediateur-social', 'travailleur-social'].flatMap((slug) => {
    const other = known.get(slug)
    return own && other ? [[own, other] as const, [other, own] as const] : []
  })
  if (pairs.length === 0) return ''
  return html`<h2>Avec la médiation sociale et le travail social</h2>
    <ul>
      !${pairs.map(([from, to]) => html`<li><a href="${bridgePath(from, to)}">${bothForms(from)} vers ${bothForms(to)}</a></li>`)}
    </ul>`
}

function waysFrom(map: CartographyMap, from: Metier, found: BridgeFrom[]): string {
  const [told, untold] = [found.filter((one) => one.comparison.known), found.filter((one) => !one.comparison.known)]
  const declared = found.filter((one) => one.comparison.declared.length > 0)
  const isComputing = told.some((one) => one.crossing === null)
  return html`<h2>Depuis ${bothForms(from)}</h2>
    !${from.kind === 'scheme' ? html`<p class="remark">Ce dispositif finance un métier : les compétences comparées sont les siennes.</p>` : ''}
    !${
      declared.length === 0
        ? ''
        : html`<h3>Celles que les sources nomment</h3>
            <ul class="results">
              !${declared.map(
                ({ comparison: { to, declared } }) =>
                  html`<li>
                    <a href="${bridgePath(from, to.metier)}">${bothForms(to.metier)}</a>
                    !${declared.map(declaredWords)}
                  </li>`,
              )}
            </ul>`
    }
    !${
      told.length === 0
        ? emptyList('On ne sait pas : aucune source ne dit quelles compétences ce métier demande.')
        : html`<h3>Toutes, des plus proches aux plus lointaines</h3>
            !${isComputing ? html`<p class="remark" role="status">Des heures sont en cours de calcul : rechargez la page dans un instant.</p>` : ''}
            !${scrollTable(`Passerelles depuis ${bothForms(from)}`, table(from, told))}`
    }
    !${told.length === 0 || untold.length === 0 ? '' : untoldList(from, untold)}`
}

const table = (from: Metier, told: BridgeFrom[]): string =>
  html`<table>
    <thead>
      <tr>
        <th scope="col">Vers</th>
        <th scope="col">Communes, axe métier</th>
        <th scope="col">Communes, axe numérique</th>
        <th scope="col">Pour franchir</th>
      </tr>
    </thead>
    <tbody>
      !${told.toSorted(nearestFirst).map(
        ({ comparison: { to }, crossing, row }) =>
          html`<tr>
            <th scope="row">
              <a href="${bridgePath(from, to.metier)}">${bothForms(to.metier)}</a>
              !${to.metier.status === 'proposed' ? tag('appellation proposée') : ''}
            </th>
            <td>${sharedWords(row.professionalAsked, row.professionalShared, row.professionalUnknown)}</td>
            <td>${sharedWords(row.digitalAsked, row.digitalShared, row.digitalUnknown)}</td>
            <td>${crossing ? hoursWords(crossing) : 'en cours de calcul'}</td>
          </tr>`,
      )}
    </tbody>
  </table>`

/** How many are shared, of how many asked; never a figure where nothing is known. */
const sharedWords = (asked: number | null, shared: number | null, unknown: number | null): string => {
  if (asked === null) return 'aucune demandée'
  if (shared === null) return `on ne sait pas (${counted(asked, 'demandée')})`
  return `${count(shared)} sur ${count(asked)}${unknown ? `, ${counted(unknown, 'inconnue')}` : ''}`
}

const hoursWords = ({ hours, untaught }: NonNullable<BridgeFrom['crossing']>): string =>
  `${counted(hours, 'heure')}${untaught.length > 0 ? `, et ${counted(untaught.length, 'compétence')} sans module` : ''}`

/** By what is shared on the axis of the trade, then on the other, then by hours: the axes are never added up. */
function nearestFirst({ row: a, comparison: one }: BridgeFrom, { row: b, comparison: other }: BridgeFrom): number {
  const share = (asked: number | null, shared: number | null): number =>
    asked && shared !== null ? shared / asked : -1
  return (
    share(b.professionalAsked, b.professionalShared) - share(a.professionalAsked, a.professionalShared) ||
    share(b.digitalAsked, b.digitalShared) - share(a.digitalAsked, a.digitalShared) ||
    (a.hours ?? Infinity) - (b.hours ?? Infinity) ||
    bothForms(one.to.metier).localeCompare(bothForms(other.to.metier), 'fr')
  )
}

const untoldList = (from: Metier, untold: BridgeFrom[]): string =>
  html`<details>
    <summary>
      ${counted(untold.length, 'autre métier', 'autres métiers')}, dont aucune source ne dit les compétences
    </summary>
    <ul class="columns">
      !${untold.map(({ comparison: { to } }) => html`<li><a href="${bridgePath(from, to.metier)}">${bothForms(to.metier)}</a></li>`)}
    </ul>
  </details>`
