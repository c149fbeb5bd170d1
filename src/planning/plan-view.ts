import { priceWords } from '../training/prices.ts'
import { count, counted, emptyList, facts, tag } from '../web/components.ts'
import { html, longDate, type Page } from '../web/html.ts'
import type { planPath } from './plan.ts'
import { type Asked, choiceForm, PATH, TITLE } from './plan-form.ts'

export type Plan = Awaited<ReturnType<typeof planPath>>
export type Found = Extract<Plan, { outcome: 'found' }>['plan']

/** The plan, with its proof and its reasons; or what stands in its way. */
export const planPage = (asked: Asked, plan: Plan): Page => ({
  title: `${TITLE} : ${asked.target.label}`,
  body: html`<p class="up"><a href="${PATH}">Changer de but</a></p>
    <h1>${asked.target.label}</h1>
    !${outcomeView(plan, stepsView)}
    <details>
      <summary>Changer ce que je sais faire ou ce que je souhaite</summary>
      !${choiceForm(asked)}
    </details>
    !${methodView(plan)}`,
})

/** How plans are computed, and what is supposed. */
export const methodView = (plan: Plan): string =>
  html`<section class="sources">
    <h2>Comment ce parcours est calculé</h2>
    <p>
      Par un programme linéaire en nombres entiers sur tous les modules du catalogue : compétences demandées, prérequis,
      et vos souhaits. Les liens entre modules et compétences sont proposés par Insigne, sauf mention contraire. Une
      durée non publiée est supposée de ${counted(plan.supposedHours, 'heure')}, et le dit. Les distances sont
      approchées : à vol d’oiseau entre chefs-lieux de département (coordonnées : GeoNames, CC BY 4.0).
    </p>
  </section>`

/** What a computation found, its steps shown in one's own way. */
export function outcomeView(plan: Plan, show: (found: Found) => string): string {
  if (plan.outcome === 'unknown') {
    return emptyList(
      'Le calcul n’a pas abouti dans le temps imparti.',
      html`<p>Recommencez, ou réduisez les souhaits.</p>`,
    )
  }
  if (plan.outcome === 'impossible') return impossibleView(plan, show)
  if (plan.plan.steps.length === 0) {
    return html`<p class="done" role="status">
        Ce que vous savez déjà faire suffit à tout ce que ce but demande : il n’y a rien à suivre.
      </p>
      !${throughView(plan)}`
  }
  return html`<section aria-labelledby="plan">
      <h2 id="plan">${figuresWords(plan.plan)}</h2>
      <p>${proofWords(plan.plan)}</p>
      !${remarksView(plan)} !${show(plan.plan)}
    </section>
    !${throughView(plan)} !${alternativesView(plan, show)}`
}

function remarksView(plan: Extract<Plan, { outcome: 'found' }>): string {
  const { saved, sessionsWithoutPrice: left, ignored } = plan
  return html`!${saved === null || saved.value <= 0 ? '' : html`<p>Ce qui est déjà su évite <strong>${amountWords(saved)}</strong>.</p>`}
  !${left === 0 ? '' : html`<p class="remark">${withoutPriceWords(left)} : ${left < 2 ? 'elle est laissée' : 'elles sont laissées'} de côté.</p>`}
  !${ignored.length === 0 ? '' : html`<p class="remark">Sans choisir de sessions, ces souhaits ne comptent pas : ${ignored.join(', ')}.</p>`}`
}

const withoutPriceWords = (left: number): string =>
  `${counted(left, 'session ouverte', 'sessions ouvertes')} de modules utiles ne ${left < 2 ? 'publie' : 'publient'} pas de prix`

const amountWords = ({ unit, value }: { unit: Found['unit']; value: number }): string =>
  unit === 'cents'
    ? priceWords(value)
    : unit === 'hours'
      ? `${counted(value, 'heure')} de formation`
      : counted(value, 'jour')

const figuresWords = ({ hours, steps, cost, endsOn }: Found): string =>
  [
    counted(steps.length, 'module'),
    counted(hours, 'heure'),
    ...(cost === null ? [] : [priceWords(cost)]),
    ...(endsOn === null ? [] : [`jusqu’au ${longDate(endsOn)}`]),
  ].join(', ')

const PROVEN = {
  hours: 'Aucun autre choix ne demande moins d’heures',
  cents: 'Aucun autre choix n’est moins cher',
  days: 'Aucun autre choix de sessions ne finit plus tôt',
}
const LEAST = { hours: 'n’en demande moins de', cents: 'ne coûte moins de', days: 'ne finit avant' }

function proofWords({ proven, bound, unit, gapPercent }: Found): string {
  if (proven) return `${PROVEN[unit]} : c’est prouvé.`
  const least = unit === 'cents' ? priceWords(bound) : counted(bound, unit === 'days' ? 'jour' : 'heure')
  return `Le calcul s’est arrêté avant la preuve : aucun autre choix ${LEAST[unit]} ${least}, soit ${count(gapPercent)} % de mieux au plus.`
}

const RELATIONS: Record<Plan['heldThrough'][number]['relation'], string> = {
  exactMatch: 'la même compétence dans un autre référentiel',
  closeMatch: 'une compétence proche',
  narrowMatch: 'une compétence plus large, qui la contient',
  broadMatch: 'une compétence plus large, qui la contient',
  relatedMatch: 'une compétence voisine',
}

function throughView({ heldThrough }: Plan): string {
  if (heldThrough.length === 0) return ''
  return html`<section aria-labelledby="correspondances">
    <h2 id="correspondances">Compté par une correspondance entre référentiels</h2>
    <ul>
      !${heldThrough.map(
        ({ who, need, held, relation, status }) =>
          html`<li>
            ${who === null ? '' : `${who} : `}${need}, d’après ${held}, ${RELATIONS[relation]}
            !${status === 'official' ? tag('correspondance officielle', 'valid') : tag('correspondance proposée', 'waiting')}
          </li>`,
      )}
    </ul>
  </section>`
}

function alternativesView({ plan, alternatives }: Extract<Plan, { outcome: 'found' }>, show: (found: Found) => string) {
  if (alternatives.length === 0) return ''
  const modulesOf = ({ steps }: Found): string => [...new Set(steps.map((one) => one.module.title))].join(', ')
  return html`<section aria-labelledby="autres">
    <h2 id="autres">Les parcours suivants</h2>
    !${alternatives.map(
      (one) =>
        html`<details>
          <summary>
            ${figuresWords(one)} :
            ${modulesOf(one) === modulesOf(plan) ? 'les mêmes modules, à d’autres sessions' : modulesOf(one)}
          </summary>
          !${show(one)}
        </details>`,
    )}
  </section>`
}

type Step = Found['steps'][number]

/** Each module in its order, with its session and why it is there. */
function stepsView({ steps }: Found): string {
  const titles = new Map(steps.map(({ module }) => [module.slug, module.title]))
  return html`<ol class="stages">
    !${steps.map(
      (step) =>
        html`<li>
          <h3><a href="/modules/${step.module.slug}">${step.module.title}</a></h3>
          !${facts([
            ['Durée', hoursWords(step)],
            ...(step.session
              ? ([
                  ['Session', sessionWords(step.session)],
                  ['Prix', costWords(step)],
                ] as const)
              : []),
            ['Pourquoi', whyWords(step, titles)],
          ])}
        </li>`,
    )}
  </ol>`
}

/** How long a module lasts, and whether that is supposed. */
export const hoursWords = ({ hours, hoursSupposed }: Step): string =>
  `${counted(hours, 'heure')}${hoursSupposed ? ' (durée supposée : aucune source ne la donne)' : ''}`

const costWords = ({ cost, costSupposed }: Step): string =>
  cost === null ? 'non publié' : `${priceWords(cost)}${costSupposed ? ' (supposé : aucun n’est publié)' : ''}`

/** When, by whom and where a session is given. */
export function sessionWords(session: NonNullable<Step['session']>): string {
  const { startsOn, endsOn, organisation, departement, modality, kilometres } = session
  const when = startsOn === endsOn ? `le ${longDate(startsOn)}` : `du ${longDate(startsOn)} au ${longDate(endsOn)}`
  const where = modality === 'distance' ? 'à distance' : departement && `département ${departement}`
  const far = modality !== 'distance' && kilometres ? `environ ${count(kilometres)} km` : ''
  return [when, organisation, where, far].filter(Boolean).join(', ')
}

const whyWords = ({ answers, before }: Step, titles: Map<string, string>): string =>
  [
    ...answers,
    ...(before.length > 0 ? [`demandé avant ${before.map((one) => `« ${titles.get(one) ?? one} »`).join(', ')}`] : []),
  ].join(' ; ')

function impossibleView(plan: Extract<Plan, { outcome: 'impossible' }>, show: (found: Found) => string): string {
  const { otherWays, sessionsWithoutPrice: left } = plan
  const ways = [plan, ...otherWays]
  return html`<div class="note" role="status">
      <h2>Aucun parcours ne respecte tout</h2>
      !${ways.length > 1 ? html`<p>Voici ${count(ways.length)} façons d’y renoncer le moins possible : une seule suffit.</p>` : ''}
      !${left === 0 ? '' : html`<p>${withoutPriceWords(left)}.</p>`}
    </div>
    !${ways.map((way, index) => wayView(way, index + 1, show))} !${throughView(plan)}`
}

type Way = Pick<Extract<Plan, { outcome: 'impossible' }>, 'toGiveUp' | 'planIfGivenUp'>

function wayView(
  { toGiveUp: { wishes, needs }, planIfGivenUp: freed }: Way,
  number: number,
  show: (found: Found) => string,
) {
  return html`<section aria-labelledby="sans-${number}">
    <h2 id="sans-${number}">
      ${wishes.length > 0 ? `Renoncer à : ${wishes.join(', ')}` : 'Ce que rien ne permet d’atteindre'}
    </h2>
    !${
      needs.length === 0
        ? ''
        : html`!${wishes.length === 0 ? '' : html`<p>Rien de ce qui est proposé ne permet d’atteindre :</p>`}
            <ul>
              !${needs.map((one) => html`<li>${one}</li>`)}
            </ul>
            <p>Si vous les tenez d’ailleurs, cochez-les dans ce que vous savez déjà faire : le reste se calcule.</p>`
    }
    !${
      freed === null
        ? ''
        : html`<details>
            <summary>Ce qui reste : ${figuresWords(freed)}</summary>
            !${show(freed)}
          </details>`
    }
  </section>`
}
