import { count, counted, emptyList, facts } from '../web/components.ts'
import { boxesField, selectField, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import type { Need } from './needs.ts'
import type { planPath } from './plan.ts'
import type { PlanQuery } from './schema.ts'
import type { PlanTarget } from './targets.ts'

type Plan = Awaited<ReturnType<typeof planPath>>
type Found = Extract<Plan, { outcome: 'found' }>['plan']

const PATH = '/parcours/calculer'
const TITLE = 'Calculer mon parcours'
const up = html`<p class="up"><a href="/parcours">Tous les parcours</a></p>`

/** The choice of where to arrive. */
export const startPage = (targets: PlanTarget[]): Page => ({
  title: TITLE,
  description: 'Le plus court parcours de formation vers un métier, une habilitation ou un bloc, avec sa preuve.',
  body: html`!${up}
    <h1>${TITLE}</h1>
    <p class="lead">
      Dites où vous voulez arriver et ce que vous savez déjà faire. Le calcul donne le parcours qui demande le moins
      d’heures, dit pourquoi chaque module y est, et prouve qu’il n’y en a pas de plus court au catalogue.
    </p>
    <form method="get" action="${PATH}">
      <label for="but">Où voulez-vous arriver ?</label>
      <select id="but" name="but" required>
        !${[...Map.groupBy(targets, (one) => one.group)].map(
          ([group, some]) =>
            html`<optgroup label="${group}">
              !${some.map(({ value, label }) => html`<option value="${value}">${label}</option>`)}
            </optgroup>`,
        )}
      </select>
      <button type="submit">Continuer</button>
    </form>
    <p class="remark">Rien de ce que vous indiquez n’est gardé.</p>`,
})

/** What one can already do, and what one wishes. */
export const choicePage = (target: PlanTarget, needs: Need[], query: PlanQuery): Page => ({
  title: `${TITLE} : ${target.label}`,
  body: html`<p class="up"><a href="${PATH}">Changer de but</a></p>
    <h1>${target.label}</h1>
    !${choiceForm(target, needs, query)}`,
})

const choiceForm = ({ value }: PlanTarget, needs: Need[], query: PlanQuery): string =>
  html`<form method="get" action="${PATH}">
    <input type="hidden" name="but" value="${value}" />
    <input type="hidden" name="calculer" value="1" />
    !${boxesField({
      name: 'acquis',
      label: 'Ce que vous savez déjà faire',
      hint: 'Laissez vide ce dont vous doutez. Un niveau demandé est écrit à côté.',
      value: query.acquis,
      options: needs.map(({ competence, level, label }) => [
        level === null ? competence : `${competence}@${level}`,
        level === null ? label : `${label}, niveau ${level}`,
      ]),
    })}
    !${boxesField({
      name: 'modalite',
      label: 'Comment vous former (au choix)',
      value: query.modalite,
      options: [
        ['presentiel', 'En présence'],
        ['distance', 'À distance'],
        ['alternance', 'En alternance'],
      ],
    })}
    !${boxesField({ name: 'certifiant', label: 'Reconnaissance', value: query.certifiant, options: [['1', 'Des formations certifiantes seulement']] })}
    !${boxesField({ name: 'cpf', label: 'Financement', value: query.cpf, options: [['1', 'Finançables par le compte personnel de formation seulement']] })}
    !${boxesField({ name: 'sessions', label: 'Dates', value: query.sessions, options: [['1', 'Choisir aussi des sessions ouvertes, à leurs dates']] })}
    !${textField({ name: 'departement', label: 'Département (facultatif)', hint: 'Par exemple 69, 2A ou 974. Il compte quand des sessions sont choisies.', value: query.departement, rules: 'maxlength="3" pattern="[0-9][0-9AB][0-9]?"' })}
    !${selectField({
      name: 'jours',
      label: 'Jours d’absence de suite, au plus',
      value: query.jours,
      options: [
        ['', 'Sans limite'],
        ...Array.from({ length: 10 }, (_, index) => [String(index + 1), counted(index + 1, 'jour')] as const),
      ],
    })}
    <button type="submit">Calculer le parcours</button>
  </form>`

/** The plan, with its proof and its reasons; or what stands in its way. */
export const planPage = (target: PlanTarget, needs: Need[], query: PlanQuery, plan: Plan): Page => ({
  title: `${TITLE} : ${target.label}`,
  body: html`<p class="up"><a href="${PATH}">Changer de but</a></p>
    <h1>${target.label}</h1>
    !${outcomeView(plan)}
    <details>
      <summary>Changer ce que je sais faire ou ce que je souhaite</summary>
      !${choiceForm(target, needs, query)}
    </details>
    <section class="sources">
      <h2>Comment ce parcours est calculé</h2>
      <p>
        Par un programme linéaire en nombres entiers sur tous les modules du catalogue : compétences demandées,
        prérequis, et vos souhaits. Les liens entre modules et compétences sont proposés par Insigne, sauf mention
        contraire. Une durée non publiée est supposée de ${counted(plan.supposedHours, 'heure')}, et le dit.
      </p>
    </section>`,
})

function outcomeView(plan: Plan): string {
  if (plan.outcome === 'unknown') {
    return emptyList(
      'Le calcul n’a pas abouti dans le temps imparti.',
      html`<p>Recommencez, ou réduisez les souhaits.</p>`,
    )
  }
  if (plan.outcome === 'impossible') return impossibleView(plan)
  const { alternatives, hoursSaved, alreadyMet } = plan
  if (plan.plan.steps.length === 0) {
    return html`<p class="done" role="status">
      Vous savez déjà faire tout ce que ce but demande : il n’y a rien à suivre.
    </p>`
  }
  return html`<section aria-labelledby="plan">
      <h2 id="plan">${hoursWords(plan.plan)}</h2>
      <p>${proofWords(plan.plan, plan.objective)}</p>
      !${hoursSaved === null || alreadyMet.length === 0 ? '' : html`<p>Ce que vous savez déjà faire évite <strong>${counted(hoursSaved, 'heure')}</strong> de formation.</p>`}
      !${stepsView(plan.plan)}
    </section>
    !${
      alternatives.length === 0
        ? ''
        : html`<section aria-labelledby="autres">
            <h2 id="autres">Les parcours suivants</h2>
            !${alternatives.map(
              (one) =>
                html`<details>
                  <summary>${hoursWords(one)} : ${one.steps.map(({ module }) => module.title).join(', ')}</summary>
                  !${stepsView(one)}
                </details>`,
            )}
          </section>`
    }`
}

const hoursWords = ({ hours, steps }: Found): string => `${counted(steps.length, 'module')}, ${counted(hours, 'heure')}`

const proofWords = ({ proven, bound, value }: Found, objective: string): string => {
  if (objective === 'end')
    return proven
      ? 'Aucun autre choix de sessions ne finit plus tôt : c’est prouvé.'
      : 'Un autre choix pourrait finir plus tôt.'
  return proven
    ? 'Aucun autre choix ne demande moins d’heures : c’est prouvé.'
    : `Le calcul s’est arrêté avant la preuve : ce parcours demande ${count(value)} heures, aucun n’en demande moins de ${count(bound)}.`
}

const stepsView = ({ steps }: Found): string =>
  html`<ol class="stages">
    !${steps.map(
      ({ module, session, hours, hoursSupposed, answers, before }) =>
        html`<li>
          <h3><a href="/modules/${module.slug}">${module.title}</a></h3>
          !${facts([
            ['Durée', `${counted(hours, 'heure')}${hoursSupposed ? ' (supposée : aucune source ne la donne)' : ''}`],
            ...(session
              ? [
                  [
                    'Session',
                    `${session.startsOn === session.endsOn ? `le ${longDate(session.startsOn)}` : `du ${longDate(session.startsOn)} au ${longDate(session.endsOn)}`}, ${session.organisation}${session.departement ? `, département ${session.departement}` : ''}`,
                  ] as const,
                ]
              : []),
            [
              'Pourquoi',
              answers.length > 0
                ? answers.join(' ; ')
                : `Demandé avant un autre module du parcours${before.length > 0 ? '' : '.'}`,
            ],
          ])}
        </li>`,
    )}
  </ol>`

function impossibleView({ toGiveUp: { wishes, needs } }: Extract<Plan, { outcome: 'impossible' }>): string {
  return html`<div class="note" role="status">
    <h2>Aucun parcours du catalogue ne respecte tout</h2>
    !${wishes.length === 0 ? '' : html`<p>Il suffirait de renoncer à : <strong>${wishes.join(', ')}</strong>.</p>`}
    !${
      needs.length === 0
        ? ''
        : html`<p>Rien au catalogue ne permet d’atteindre :</p>
            <ul>
              !${needs.map((one) => html`<li>${one}</li>`)}
            </ul>
            <p>Si vous les tenez d’ailleurs, cochez-les dans ce que vous savez déjà faire : le reste se calcule.</p>`
    }
  </div>`
}
