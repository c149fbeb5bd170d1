import { duration } from '../curricula/module-view.ts'
import type { Module } from '../curricula/schema.ts'
import { bothForms } from '../referential/metier-view.ts'
import type { CompetenceRef, Metier } from '../referential/schema.ts'
import { count, counted, emptyList, scrollTable, sources, tag } from '../web/components.ts'
import { espacePage } from '../web/espace.ts'
import { selectField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import { badgeLink, COUNTED, COUNTED_ELSEWHERE } from './career-view.ts'
import type { Gap, GapLine, GapState, Tie } from './gap.ts'

/** The choice of a métier, a role or a scheme. */
export const chooseMetierPage = (metiers: Metier[]): Page =>
  espacePage('/metiers', {
    title: 'Ce qu’il me manque pour un métier',
    body: html`<h1>Ce qu’il me manque pour un métier</h1>
      <p class="lead">
        Choisissez un métier, une fonction ou un dispositif : vous verrez ce que vos badges en montrent déjà.
      </p>
      !${chooseForm(metiers)}
      <p class="remark">
        Sont proposés ceux dont une source dit les compétences.
        <a href="/metiers">Voir tous les métiers du catalogue</a>.
      </p>`,
  })

const chooseForm = (metiers: Metier[], slug = ''): string =>
  html`<form method="get" action="/mon-espace/metiers">
    !${selectField({
      name: 'metier',
      label: 'Métier, fonction ou dispositif',
      value: slug,
      options: [['', 'Choisissez dans la liste'], ...metiers.map((one) => [one.slug, bothForms(one)] as const)],
      rules: 'required',
    })}
    <button type="submit">Voir ce qu’il me manque</button>
  </form>`

const STATES: Record<GapState, { words: string; tone: 'valid' | 'waiting' | 'none' }> = {
  reached: { words: 'Montrée', tone: 'valid' },
  below: { words: 'Niveau à monter', tone: 'waiting' },
  near: { words: 'Proche', tone: 'waiting' },
  missing: { words: 'Manque', tone: 'none' },
}

const AXES = [
  ['professional', 'compétence du métier', 'compétences du métier'],
  ['digital', 'compétence numérique', 'compétences numériques'],
] as const

/** Each axis for itself: their figures are never added up. */
function shareOf([axis, one, many]: (typeof AXES)[number], all: GapLine[]): string[] {
  const lines = all.filter((line) => line.axis === axis)
  const reached = lines.filter((line) => line.state === 'reached').length
  return lines.length === 0 ? [] : [`${count(reached)} des ${counted(lines.length, one, many)}`]
}

/** What a métier asks, against what someone's badges show; each line with where it comes from. */
export function gapPage({ metier, funded, lines, left }: Gap, metiers: Metier[]): Page {
  const name = bothForms(metier)
  return espacePage('/metiers', {
    title: `Ce qu’il me manque : ${name}`,
    body: html`<p class="up"><a href="/mon-espace/metiers">Choisir un autre métier</a></p>
      <h1>${name} : ce qu’il me manque</h1>
      !${
        funded === null
          ? ''
          : html`<p>
              C’est un dispositif : les compétences sont celles du métier qu’il finance,
              <a href="/metiers/${funded.slug}">${bothForms(funded)}</a>.
            </p>`
      }
      !${
        lines.length === 0
          ? emptyList(
              'Aucune source ne dit quelles compétences sont attendues : il n’y a rien à comparer.',
              html`<p><a href="/metiers/${metier.slug}">Ce que l’on sait de ce métier</a></p>`,
            )
          : html`<p class="lead">Vos badges montrent ${AXES.flatMap((axis) => shareOf(axis, lines)).join(' et ')}.</p>
              !${COUNTED} !${COUNTED_ELSEWHERE} !${leftWords(left)} !${planLink(metier, lines)} !${gapTable(lines)}
              !${legend}`
      }
      <h2>Un autre métier</h2>
      !${chooseForm(metiers, metier.slug)} !${sources((funded ?? metier).source)}`,
  })
}

/** The planner, told what the badges already show. */
function planLink({ slug }: Metier, lines: GapLine[]): string {
  const shown = lines.filter((one) => one.state === 'reached')
  if (shown.length === lines.length) return ''
  const query = new URLSearchParams([
    ['but', `metier:${slug}`],
    ...shown.map(({ asked: { framework, version, code, level } }): [string, string] => [
      'acquis',
      `${framework}/${version}/${code}${typeof level === 'number' ? `@${level}` : ''}`,
    ]),
  ])
  return html`<p>
    <a href="/parcours/calculer?${query.toString()}">Calculer le plus court parcours pour ce qui manque</a>, ou
    <a href="/mon-espace/positionnement?but=${encodeURIComponent(`metier:${slug}`)}">me positionner et le garder</a>.
  </p>`
}

const leftWords = (left: number): string =>
  left === 0
    ? ''
    : html`<p class="note">
        ${left === 1 ? 'Un de vos badges ne vaut plus' : `${count(left)} de vos badges ne valent plus`} aujourd’hui : ce
        ${left === 1 ? 'qu’il montrait' : 'qu’ils montraient'} n’est pas compté ici.
        <a href="/mon-espace">Voir mes badges</a>.
      </p>`

const legend = html`<p class="remark">
  « Proche » : un badge montre une compétence voisine d’un autre référentiel, qu’une table de correspondance relie à
  celle-ci ; elle ne la remplace pas. « Lien proposé » : c’est Insigne qui relie ce module ou cette compétence, aucune
  source officielle ne le fait.
</p>`

function gapTable(lines: GapLine[]): string {
  const table = html`<table class="gap">
    <thead>
      <tr>
        <th scope="col">Compétence attendue</th>
        <th scope="col">Où j’en suis</th>
        <th scope="col">Ce qui la montre, ou l’enseigne</th>
      </tr>
    </thead>
    <tbody>
      !${lines.map(gapRow)}
    </tbody>
  </table>`
  return scrollTable('Compétences attendues et ce que mes badges montrent', table)
}

function gapRow(line: GapLine): string {
  const { asked, state } = line
  const { words, tone } = STATES[state]
  return html`<tr>
    <th scope="row">
      <a href="${pathOf(asked)}" lang="${asked.label.lang}">${asked.label.text}</a>
      <br /><small>${asked.frameworkTitle}, ${asked.code}</small>
    </th>
    <td>!${tag(words, tone)} !${levelsOf(line)}</td>
    <td>!${shownCell(line)} !${line.state === 'reached' ? '' : modulesCell(line.modules)}</td>
  </tr>`
}

const pathOf = ({ framework, version, code }: CompetenceRef): string => `/referentiels/${framework}/${version}/${code}`

function levelsOf({ asked, best, isAimed, badges }: GapLine): string {
  const mine = best !== null ? `Niveau ${best} montré` : badges.length > 0 && isAimed ? 'Visée par le badge' : ''
  const wanted = typeof asked.level === 'number' ? `niveau ${asked.level} demandé` : ''
  const both = [mine, wanted].filter(Boolean).join(', ')
  return both === '' ? '' : html`<br /><small>${both}.</small>`
}

function shownCell({ badges, ties }: GapLine): string {
  const direct = badges.map((one) => html`<li>!${badgeLink(one)}</li>`)
  const others = ties.map(tieItem)
  if (direct.length + others.length === 0) return ''
  return html`<ul class="plain">
    !${direct} !${others}
  </ul>`
}

const tieItem = ({ mine, status, badges }: Tie): string =>
  html`<li>
    !${badges.map(badgeLink).join(', ')}, pour
    <a href="${pathOf(mine)}">${mine.framework} ${mine.version}, ${mine.code}</a>
    <small>(${status === 'official' ? 'lien officiel' : 'lien proposé'})</small>
  </li>`

/** Modules shown before the others are folded. */
const FIRST = 3

function modulesCell(modules: Module[]): string {
  if (modules.length === 0) return html`<p class="unknown">Aucun module du catalogue ne l’enseigne.</p>`
  const rest = modules.slice(FIRST)
  return html`<ul class="plain">
      !${modules.slice(0, FIRST).map(moduleItem)}
    </ul>
    !${
      rest.length === 0
        ? ''
        : html`<details>
            <summary>${counted(rest.length, 'autre module', 'autres modules')}</summary>
            <ul class="plain">
              !${rest.map(moduleItem)}
            </ul>
          </details>`
    }`
}

const moduleItem = (module: Module): string => {
  const length = duration(module) ?? 'durée non précisée'
  const words = module.competences_status === 'proposed' ? `${length}, lien proposé` : length
  return html`<li><a href="/modules/${module.slug}">${module.title}</a> <small>(${words})</small></li>`
}
