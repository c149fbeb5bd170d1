import { UNKNOWN } from '../web/components.ts'
import { html } from '../web/html.ts'
import type { Asked, Compared, Comparison } from './bridges.ts'
import { AXIS_WORDS } from './map-words.ts'

const KIND_WORDS: Record<string, string> = {
  domaine: 'Domaines professionnels',
  savoir: 'Savoirs',
  'savoir-faire': 'Savoir-faire',
  'savoir-etre': 'Savoir-être',
}

/** What some competences are, by their kind on the axis of the trade, by their axis otherwise. */
export const sortOf = ({ axis, kind }: Pick<Asked, 'axis' | 'kind'>): string =>
  (axis === 'professional' && KIND_WORDS[kind]) || AXIS_WORDS[axis]

/** What both ask, what is to be learnt and what is brought besides, side by side. */
export const listsView = ({ competences, brought }: Comparison): string =>
  html`<div class="tiles bridge-lists">
    <section class="tile">
      <h2>Communes</h2>
      !${listed(
        competences.filter((one) => one.state === 'shared'),
        'Aucune compétence commune.',
      )}
    </section>
    <section class="tile">
      <h2>À acquérir</h2>
      !${listed(
        competences.filter((one) => one.state !== 'shared'),
        'Rien : tout est déjà demandé au départ.',
      )}
    </section>
    <section class="tile">
      <h2>Apportées en plus</h2>
      !${listed(brought, 'Rien que l’arrivée ne demande déjà.')}
    </section>
  </div>`

function listed(some: (Asked | Compared)[], none: string): string {
  if (some.length === 0) return html`<p>${none}</p>`
  const groups = Map.groupBy(some, sortOf)
  return html`!${[...groups].map(
    ([title, own]) =>
      html`<h3>${title}</h3>
        <ul class="levels">
          !${own.map(
            (one) =>
              html`<li>
                <span class="code">${one.code}</span>
                <a href="/cartographie/competences/${one.competence.split('/').map(encodeURIComponent).join('/')}"
                  >${one.label}</a
                >
                !${besides(one)}
              </li>`,
          )}
        </ul>`,
  )}`
}

/** What is said beside a competence: its weight, the level asked and held, and its neighbours held. */
function besides(one: Asked | Compared): string {
  const words = [
    one.importance === 'essential' && 'essentielle',
    one.importance === 'useful' && 'utile',
    one.level !== null && `niveau ${one.level}`,
    'state' in one && one.state === 'raise' && `niveau à monter, ${one.held ?? UNKNOWN} au départ`,
    'state' in one && one.state === 'unknown' && 'inconnue au départ',
  ].filter((each) => typeof each === 'string')
  const near = 'state' in one ? one.near : []
  return html`!${words.length === 0 ? '' : html`<strong>${words.join(' ; ')}</strong>`}
  !${near.map((each) => html`<small>proche de « ${each.label} », correspondance ${each.status === 'official' ? 'officielle' : 'proposée'} : ne compte pas comme acquise</small>`)}`
}
