import { counted, scrollTable } from '../web/components.ts'
import { boxesField, errorSummary, type Refusal, selectField, textField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import type { Need } from './needs.ts'
import { needsField, targetField } from './plan-form.ts'
import { type Found, hoursWords, methodView, outcomeView, type Plan, sessionWords } from './plan-view.ts'
import type { PlanTarget } from './targets.ts'

export const TEAM_PATH = '/parcours/equipe'
const TITLE = 'Calculer le parcours d’une équipe'

/** As many people as the page plans for. */
export const MOST_PEOPLE = 8

/** Someone of the team: a name of one's choice, and the boxes ticked. */
type Member = { name: string; boxes: string[] }

/** What was typed of a team. */
export type TeamAsked = {
  target: PlanTarget
  needs: Need[]
  members: Member[]
  coverage: string
  dated: boolean
  departement: string
  refusal?: Refusal | null
}

const numbersTo = (most: number, noun: string) =>
  Array.from({ length: most }, (_, index) => [String(index + 1), counted(index + 1, noun)] as const)

/** Where the team is to arrive, and how many it is. */
export const teamStartPage = (targets: PlanTarget[]): Page => ({
  title: TITLE,
  description: 'Qui doit suivre quoi pour qu’une équipe tienne ensemble toutes les compétences d’un métier.',
  body: html`<p class="up"><a href="/parcours">Tous les parcours</a></p>
    <h1>${TITLE}</h1>
    <p class="lead">
      Une structure n’a pas besoin que chacune et chacun sache tout : le calcul répartit les modules entre les personnes
      pour que l’équipe tienne toutes les compétences, avec le moins d’heures de formation.
    </p>
    <form method="get" action="${TEAM_PATH}">
      !${targetField(targets)}
      !${selectField({ name: 'personnes', label: 'Combien êtes-vous ?', value: '3', options: numbersTo(MOST_PEOPLE, 'personne').slice(1) })}
      <button type="submit">Continuer</button>
    </form>
    <p class="remark">Rien de ce que vous indiquez n’est gardé.</p>`,
})

/** Who is in the team, and what each can already do. */
export const teamChoicePage = (asked: TeamAsked): Page => ({
  title: `${TITLE} : ${asked.target.label}`,
  body: html`<p class="up"><a href="${TEAM_PATH}">Changer de but</a></p>
    !${errorSummary(asked.refusal)}
    <p class="kind">Parcours d’une équipe</p>
    <h1>${asked.target.label}</h1>
    !${teamForm(asked)}`,
})

const teamForm = ({ target, needs, members, coverage, dated, departement, refusal }: TeamAsked): string =>
  html`<form method="post" action="${TEAM_PATH}">
    <input type="hidden" name="but" value="${target.value}" />
    !${members.map(({ name, boxes }, index) => {
      const number = index + 1
      return html`<section aria-labelledby="personne-${number}">
        <h2 id="personne-${number}">Personne ${number}</h2>
        !${textField({ name: 'nom', id: `nom-${number}`, label: 'Un nom de votre choix', hint: 'Un prénom, une initiale ou un poste : il n’est pas gardé.', value: name, refusal, rules: 'required maxlength="60" autocomplete="off"' })}
        <details !${boxes.length > 0 ? 'open' : ''}>
          <summary>Ce que cette personne sait déjà faire</summary>
          !${needsField(`acquis${number}`, `Personne ${number} sait déjà faire`, needs, boxes)}
        </details>
      </section>`
    })}
    <h2>Pour toute l’équipe</h2>
    !${selectField({ name: 'tenue', label: 'Combien de personnes doivent tenir chaque compétence ?', hint: 'Deux ou plus : une absence ne laisse rien sans personne.', value: coverage, refusal, options: numbersTo(members.length, 'personne') })}
    !${boxesField({ name: 'sessions', label: 'Dates', value: dated ? '1' : '', options: [['1', 'Choisir aussi des sessions ouvertes, dans la limite de leurs places']] })}
    !${textField({ name: 'departement', label: 'Département des sessions (facultatif)', hint: 'Par exemple 69, 2A ou 974.', value: departement, refusal, rules: 'maxlength="3" size="3" pattern="[0-9][0-9AB][0-9]?"' })}
    <button type="submit">Calculer le parcours de l’équipe</button>
  </form>`

/** Who follows what, as a table to print; or what stands in the way. */
export const teamPlanPage = (asked: TeamAsked, plan: Plan): Page => ({
  title: `${TITLE} : ${asked.target.label}`,
  body: html`<p class="up"><a href="${TEAM_PATH}">Changer de but</a></p>
    <p class="kind">Parcours d’une équipe</p>
    <h1>${asked.target.label}</h1>
    !${outcomeView(plan, (found) => teamTable(found, asked.members))}
    <details class="screen-only">
      <summary>Changer l’équipe ou les souhaits</summary>
      !${teamForm(asked)}
    </details>
    !${methodView(plan)}`,
})

type Step = Found['steps'][number]

function teamTable({ steps }: Found, members: Member[]): string {
  const modules = [...new Map(steps.map(({ module }) => [module.slug, module])).values()]
  const stepOf = new Map(steps.map((step) => [`${step.module.slug} ${step.who}`, step]))
  const hoursOf = (name: string): number =>
    steps.filter((one) => one.who === name).reduce((sum, one) => sum + one.hours, 0)
  return scrollTable(
    'Qui suit quel module',
    html`<table class="team">
      <thead>
        <tr>
          <th scope="col">Module</th>
          !${members.map(({ name }) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        !${modules.map(
          ({ slug, title }) =>
            html`<tr>
              <th scope="row"><a href="/modules/${slug}">${title}</a></th>
              !${members.map(({ name }) => html`<td>!${cell(stepOf.get(`${slug} ${name}`))}</td>`)}
            </tr>`,
        )}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">En tout</th>
          !${members.map(({ name }) => html`<td>${counted(hoursOf(name), 'heure')}</td>`)}
        </tr>
      </tfoot>
    </table>`,
  )
}

const cell = (step: Step | undefined): string =>
  step === undefined
    ? html`<span class="unknown" aria-label="ne le suit pas">–</span>`
    : html`<strong>${hoursWords(step)}</strong>
        !${step.session ? html`<br /><small>${sessionWords(step.session)}</small>` : ''}
        !${step.answers.length > 0 ? html`<br /><small>${step.answers.join(' ; ')}</small>` : ''}`
