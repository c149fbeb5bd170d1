import { capital, count, emptyList, levelMeter, tag } from '../web/components.ts'
import { ELSEWHERE } from '../wallet/schema.ts'
import { espacePage } from '../web/espace.ts'
import { html, longDate, type Page } from '../web/html.ts'
import type { HeldCompetence, HeldFramework, ShowingBadge } from './competences.ts'
import type { HeldBadge } from './holders.ts'
import type { HeldPath, HeldStage } from './paths.ts'

/** What counts and what does not, the same on every page that sums badges up. */
export const COUNTED = html`<p class="remark">
  Seuls comptent les badges qui valent aujourd’hui : un badge révoqué, suspendu ou expiré ne compte pas.
</p>`

/** The same of badges of elsewhere. */
export const COUNTED_ELSEWHERE = html`<p class="remark">
  Un <a href="${ELSEWHERE}">badge d’ailleurs</a> ne compte que s’il est vérifié et qu’un organisme
  <a href="/equivalences">dit ce qu’il vaut ici</a> ; il est toujours nommé comme tel.
</p>`

const badgeLinks = (badges: ShowingBadge[]): string =>
  html`!${badges.map((one) => html`!${badgeLink(one)} <small>(${longDate(one.validFrom)})</small>`).join(', ')}`

/** A badge that shows something, with who recognises it when it is of elsewhere. */
export const badgeLink = ({ href, name, recognisedBy }: ShowingBadge): string =>
  html`<a href="${href}">${name}</a>${recognisedBy === null ? '' : `, ${elsewhereWords(recognisedBy)}`}`

/** How a badge of elsewhere is told apart wherever it counts. */
export const elsewhereWords = (authority: string): string => `badge d’ailleurs, reconnu par ${authority}`

/** What someone's badges attest, by framework and area. */
export const competencesPage = (held: HeldFramework[]): Page =>
  espacePage('/competences', {
    title: 'Mes compétences',
    body: html`<h1>Mes compétences</h1>
      <p class="lead">Ce que vos badges attestent, rangé par référentiel et par domaine.</p>
      !${COUNTED} !${COUNTED_ELSEWHERE}
      !${
        held.length === 0
          ? emptyList(
              'Aucun de vos badges n’atteste de compétence aujourd’hui.',
              html`<p>
                <a href="/modules">Voir les formations</a>, ou <a href="/mon-espace">revenir à mes badges</a>.
              </p>`,
            )
          : held.map(frameworkSection).join('')
      }`,
  })

function frameworkSection({ framework, version, title, levels, areas }: HeldFramework): string {
  const id = `${framework}-${version.replaceAll('.', '-')}`
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title} <small>version ${version}</small></h2>
    !${levels.length === 0 ? html`<p class="remark">Ce référentiel n’a pas d’échelle de niveaux.</p>` : ''}
    !${areas.map(
      ({ label, competences }) =>
        html`<h3 lang="${label.lang}">${label.text}</h3>
          <ul class="levels shown">
            !${competences.map((one) => competenceItem(one, `/referentiels/${framework}/${version}`, levels))}
          </ul>`,
    )}
  </section>`
}

const competenceItem = (one: HeldCompetence, folder: string, levels: number[]): string =>
  html`<li>
    <span class="code">${one.code}</span>
    <a href="${folder}/${one.code}" lang="${one.label.lang}">${one.label.text}</a>
    !${levelWords(one, levels)}
    <p>!${badgeLinks(one.badges)}</p>
  </li>`

function levelWords({ best, isAimed }: Pick<HeldCompetence, 'best' | 'isAimed'>, levels: number[]): string {
  if (best !== null) return html`<strong>!${levelMeter(best)} niveau ${best} sur ${levels.at(-1) ?? best}</strong>`
  if (isAimed) return html`<strong>visée par le badge</strong>`
  return html`<strong>acquise</strong>`
}

/** The paths that someone is on: of each stage, what is obtained and what is missing. */
export const pathsPage = (held: HeldPath[]): Page =>
  espacePage('/parcours', {
    title: 'Mes parcours',
    body: html`<h1>Mes parcours</h1>
      <p class="lead">Les parcours du catalogue dont vous avez déjà une partie.</p>
      <p>
        <a href="/mon-espace/positionnement">Me positionner vers un but</a> : le parcours et les heures qu’il me faut, à
        partir de ce que je sais faire. <a href="/mon-espace/positionnements">Mes positionnements gardés</a>.
      </p>
      <p>
        <a href="/mon-espace/besoins">Dire mes besoins de formation</a> : ils comptent dans les statistiques, sans aucun
        nom.
      </p>
      !${COUNTED}
      !${
        held.length === 0
          ? emptyList(
              'Aucun de vos badges ne fait partie d’un parcours aujourd’hui.',
              html`<p><a href="/parcours">Voir les parcours</a></p>`,
            )
          : held.map(pathSection).join('')
      }`,
  })

function pathSection({ path, arrival, stages }: HeldPath): string {
  const id = `parcours-${path.slug}`
  const left = stages.filter((one) => one.obtained < one.asked).length
  const state = arrival
    ? html`!${tag('Arrivée', 'valid')} <a href="/credentials/${arrival.id}">Le badge d’arrivée</a>`
    : left === 0
      ? html`!${tag('Modules obtenus', 'valid')} Il ne manque aucun module.`
      : html`!${tag('En chemin', 'waiting')}
        ${capital(`${count(left)} ${left === 1 ? 'étape reste' : 'étapes restent'} sur ${count(stages.length)}`)}.`
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}"><a href="/parcours/${path.slug}">${path.title}</a></h2>
    <p>!${state}</p>
    <ol class="stages">
      !${stages.map(stageItem)}
    </ol>
  </section>`
}

function stageItem({ title, choose, steps, obtained, asked }: HeldStage): string {
  const isWhole = obtained >= asked
  const open = steps.filter((one) => one.badge === null)
  const held = steps.filter((one) => one.badge !== null)
  const rule = choose === null ? '' : `, au choix parmi ${count(steps.length)}`
  return html`<li>
    <h3>${title}</h3>
    <p class="remark">${count(obtained)} sur ${count(asked)}${rule}.</p>
    <ul class="checks">
      !${held.map(({ badge }) => html`<li data-outcome="success"><strong>Obtenu</strong> !${ownBadge(badge!)}</li>`)}
      !${isWhole || choose !== null ? '' : open.map(missingItem)}
    </ul>
    !${isWhole || choose === null ? '' : choices(open)}
  </li>`
}

const ownBadge = ({ id, about, validFrom }: HeldBadge): string =>
  badgeLinks([{ href: `/credentials/${id}`, name: about.name, validFrom, recognisedBy: null }])

const missingItem = ({ module }: HeldStage['steps'][number]): string =>
  html`<li data-outcome="skipped"><strong>Manque</strong> <a href="/modules/${module.slug}">${module.title}</a></li>`

const choices = (open: HeldStage['steps']): string =>
  html`<details>
    <summary>Ce que vous pouvez choisir</summary>
    <ul>
      !${open.map(({ module }) => html`<li><a href="/modules/${module.slug}">${module.title}</a></li>`)}
    </ul>
  </details>`
