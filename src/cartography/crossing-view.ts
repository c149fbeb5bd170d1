import { counted } from '../web/components.ts'
import { html } from '../web/html.ts'
import type { Comparison } from './bridges.ts'
import { sortOf } from './compared-view.ts'
import { type Crossing, SUPPOSED_HOURS } from './crossings.ts'

/** The hours of the shortest way, their proof, its modules and why each, and what none of them teaches. */
export function hoursView({ to, competences }: Comparison, crossing: Crossing | null): string {
  if (!crossing) {
    return html`<h2>Pour franchir</h2>
      <p>Le calcul n’a pas abouti dans le temps imparti. Rechargez la page dans un instant.</p>`
  }
  const { hours, hoursSupposed, proven, bound, steps, untaught } = crossing
  const unknown = competences.filter((one) => one.state === 'unknown')
  const words = new Map(competences.map((one) => [one.competence, `${one.code} ${one.label}`]))
  return html`<section aria-labelledby="franchir">
    <h2 id="franchir">
      Pour franchir :
      ${steps.length > 0 ? `${unknown.length > 0 ? 'au plus ' : ''}${counted(hours, 'heure')}` : untaught.length > 0 ? 'rien au catalogue ne l’enseigne' : 'les listes ne demandent rien de plus'}
    </h2>
    !${
      to.metier.core === true
        ? ''
        : html`<p class="remark">
            La médiation numérique n’est pas le cœur de l’arrivée : les listes n’en disent que cette part. Elle demande
            aussi autre chose, souvent un diplôme, que rien ici ne compte.
          </p>`
    }
    !${
      steps.length === 0
        ? ''
        : html`<p>
            ${counted(steps.length, 'module')}.
            ${proven ? 'Aucun autre choix du catalogue ne demande moins d’heures : c’est prouvé.' : `Le calcul s’est arrêté avant la preuve : aucun choix ne demande moins de ${counted(bound, 'heure')}.`}
            ${hoursSupposed > 0 ? `${counted(hoursSupposed, 'heure est supposée', 'heures sont supposées')}, à ${SUPPOSED_HOURS} par module dont aucune source ne donne la durée.` : ''}
          </p>`
    }
    !${unknown.length === 0 ? '' : html`<p class="remark">${counted(unknown.length, 'compétence est comptée', 'compétences sont comptées')} comme à acquérir, sans qu’aucune source ne dise si le métier de départ les demande déjà : ${[...new Set(unknown.map(sortOf))].join(', ').toLowerCase()}.</p>`}
    !${
      untaught.length === 0
        ? ''
        : html`<div class="note">
            <h3>Incomplet : ${counted(untaught.length, 'compétence')} sans module</h3>
            <p>Les heures sont celles du reste. Rien au catalogue n’enseigne, au niveau demandé :</p>
            <ul>
              !${untaught.map(({ code, label, level }) => html`<li>${code} ${label}${level === null ? '' : `, niveau ${level}`}</li>`)}
            </ul>
          </div>`
    }
    <ol class="stages">
      !${steps.map(
        ({ module, hours, hoursSupposed, answers }) =>
          html`<li>
            <h3><a href="/modules/${module.slug}">${module.title}</a></h3>
            <p>
              ${counted(hours, 'heure')}${hoursSupposed ? ' (supposées : aucune source ne donne sa durée)' : ''}.
              ${answers.length === 0 ? 'Demandé avant un autre module.' : `Pour : ${answers.map((key) => words.get(key)).join(' ; ')}.`}
            </p>
          </li>`,
      )}
    </ol>
  </section>`
}
