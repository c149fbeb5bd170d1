import type { Positioning, ShownBy } from '../planning/positioning.ts'
import { BASES } from '../planning/schema.ts'
import { capital, count, counted, facts, tag } from '../web/components.ts'
import { html } from '../web/html.ts'
import { elsewhereWords } from './career-view.ts'

/** The path in a few words: modules and hours, or that there is none. */
export const hoursWords = ({ answer: { hours, steps, unreachable } }: Positioning): string => {
  const path = steps.length === 0 ? 'rien à suivre' : `${counted(steps.length, 'module')}, ${counted(hours, 'heure')}`
  if (unreachable.length === 0) return path
  return steps.length === 0 ? 'aucun parcours au catalogue' : `${path}, pour une partie du but`
}

/** What a positioning says: the path and its hours, what was asked and what shows it, the evidence, and what was written. */
export const contentView = (content: Positioning, since = new Map<string, string>()): string =>
  html`<section aria-labelledby="parcours">
      <h2 id="parcours">${capital(hoursWords(content))}</h2>
      !${pathView(content)}
    </section>
    !${
      content.rationale === null
        ? ''
        : html`<section aria-labelledby="raison">
            <h2 id="raison">Ce qui a été écrit</h2>
            <p class="said">${content.rationale}</p>
          </section>`
    }
    <section aria-labelledby="demande">
      <h2 id="demande">Ce que ce but demande</h2>
      <ul class="checks">
        !${content.needs.map(needItem)}
      </ul>
    </section>
    !${evidenceView(content, since)}`

function pathView({ answer }: Positioning): string {
  const { steps, proven, bound, hours, hoursSaved, supposedHours, alternatives, unreachable } = answer
  const missing =
    unreachable.length === 0
      ? ''
      : html`<p>Rien au catalogue ne permet d’atteindre :</p>
          <ul>
            !${unreachable.map((one) => html`<li>${one}</li>`)}
          </ul>`
  if (steps.length === 0) {
    return missing || html`<p>Tout ce que ce but demande est déjà tenu : il n’y a rien à suivre.</p>`
  }
  const supposed = steps.filter((one) => one.hoursSupposed).length
  return html`!${missing}
    <p>
      ${proven ? 'Aucun autre choix au catalogue ne demandait moins d’heures : c’est prouvé.' : `Le calcul s’est arrêté avant la preuve : aucun choix ne demandait moins de ${count(bound)} heures.`}
      !${supposed === 0 ? '' : html`Aucune source ne donne la durée de ${supposed === 1 ? 'l’un de ces modules' : `${count(supposed)} de ces modules`} : elle est supposée de ${counted(supposedHours, 'heure')} par module.`}
      !${!hoursSaved ? '' : html`Ce qui est déjà tenu évite <strong>${counted(hoursSaved, 'heure')}</strong>, sur ${counted(hours + hoursSaved, 'heure')}.`}
    </p>
    <ol class="stages">
      !${steps.map(
        (one) =>
          html`<li>
            <h3><a href="/modules/${one.slug}">${one.title}</a></h3>
            !${facts([
              ['Durée', `${counted(one.hours, 'heure')}${one.hoursSupposed ? ' (supposée)' : ''}`],
              ['Pourquoi', one.answers.join(' ; ') || 'Demandé avant un autre module du parcours'],
            ])}
          </li>`,
      )}
    </ol>
    !${
      alternatives.length === 0
        ? ''
        : html`<details>
            <summary>Les parcours suivants, ce jour-là</summary>
            <ul>
              !${alternatives.map((one) => html`<li>${counted(one.hours, 'heure')} : ${one.modules.join(', ')}</li>`)}
            </ul>
          </details>`
    }`
}

const needItem = ({ label, level, isMet, by, through }: Positioning['needs'][number]): string =>
  html`<li data-outcome="${isMet ? 'success' : 'skipped'}">
    <strong>${isMet ? 'Tenu' : 'À apprendre'}</strong> ${label}${level === null ? '' : `, niveau ${level}`}
    !${isMet ? html`<br /><small>${byWords(by, through)}</small>` : ''}
  </li>`

/** The name of a badge that counted, with who recognises it when it is of elsewhere. */
export const badgeWords = ({ what, recognisedBy }: Pick<ShownBy, 'what' | 'recognisedBy'>): string =>
  recognisedBy === undefined ? `« ${what} »` : `« ${what} » (${elsewhereWords(recognisedBy)})`

function byWords(by: ShownBy[], through: Positioning['needs'][number]['through']): string {
  const shown = by.map((one) => (one.what === null ? BASES[one.basis] : `badge ${badgeWords(one)}`))
  const linked = through.map(
    ({ held, status }) =>
      `par ${held}, correspondance ${status === 'official' ? 'officielle' : 'proposée par Insigne'}`,
  )
  const words = [...new Set([...shown, ...linked])]
  return words.length === 0 ? 'Par un module, un bloc ou un titre déjà obtenu' : words.join(' ; ')
}

function evidenceView({ evidence }: Positioning, since: Map<string, string>): string {
  const { badges, left, competences, modules, certifications, blocks } = evidence
  const lines = [
    ...badges.map(
      (one) =>
        html`Badge !${badgeLink(one)}${one.recognisedBy === undefined ? '' : `, ${elsewhereWords(one.recognisedBy)}`}
        !${since.has(one.id) ? tag(`Depuis : ${since.get(one.id)!}`, 'invalid') : ''}`,
    ),
    ...competences.map(
      ({ label, code, level, basis }) =>
        html`${code} ${label}${level === null ? '' : `, niveau ${level}`} : ${BASES[basis]}`,
    ),
    ...[...modules, ...certifications, ...blocks].map((one) => html`Déjà obtenu : ${one}`),
  ]
  return html`<section aria-labelledby="acquis">
    <h2 id="acquis">Ce qui a compté</h2>
    !${
      lines.length === 0
        ? html`<p>Rien : ni badge, ni déclaration.</p>`
        : html`<ul>
            !${lines.map((one) => html`<li>!${one}</li>`)}
          </ul>`
    }
    !${leftView(left)}
  </section>`
}

/** The badges that did not count, each with why. */
export const leftView = (left: Positioning['evidence']['left']): string =>
  left.length === 0
    ? ''
    : html`<h3>Badges qui ne comptent pas</h3>
        <ul>
          !${left.map(({ id, name, why }) => html`<li>!${badgeLink({ id, name })} : ${why}</li>`)}
        </ul>`

/** A badge of elsewhere may be named by what is no page. */
const badgeLink = ({ id, name }: { id: string; name: string }): string =>
  /^https?:/.test(id) ? html`<a href="${id}" rel="noopener noreferrer nofollow">${name}</a>` : html`${name}`
