import { capital, emptyList, facts, nextPage } from '../web/components.ts'
import { doneNote, errorSummary, formJeton, type Refusal, selectField, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import type { tellHabilitation } from './habilitation-reading.ts'
import type { listHabilitations } from './habilitations.ts'
import { reasonField, SPACE, spacePage, table, toneTag } from './space-view.ts'
import type { StateAnswer } from './state-answer.ts'
import { type Lapse, LAPSES } from './statuses.ts'
import { heldTag } from './structures-view.ts'

const PATH = `${SPACE}/accordees`
const STATES = { active: 'En vigueur', suspended: 'Suspendues', ended: 'Retirées' } as const

type Listed = {
  items: Awaited<ReturnType<typeof listHabilitations>>['items']
  next: string | null
  names: Map<string, string>
  filters: { organisation?: string | undefined; state?: string | undefined }
}

/** The habilitations, of a structure or of all, in a state or in any. */
export function habilitationsPage({ items, next, names, filters }: Listed): Page {
  const { organisation, state } = filters
  const title = 'Habilitations accordées'
  const body = html`<h1>${title}</h1>
    <search>
      <form method="get" action="${PATH}" class="filters">
        <div>
          !${selectField({ name: 'state', label: 'État', value: state, options: [['', 'Tous'], ...Object.entries(STATES)] })}
        </div>
        <div>
          !${textField({ name: 'organisation', label: 'Structure (son identifiant dans l’adresse de sa page)', value: organisation, rules: 'maxlength="60" autocomplete="off"' })}
        </div>
        <div><button type="submit">Filtrer</button></div>
      </form>
    </search>
    !${
      items.length === 0
        ? emptyList(
            'Aucune habilitation ne correspond à ces filtres.',
            html`<p><a href="${PATH}">Les voir toutes</a></p>`,
          )
        : table(
            title,
            ['Personne', 'Structure', 'État', 'Accordée le'],
            items.map((one) => [
              { markup: html`<a href="${PATH}/${one.id}">${names.get(one.requestId) ?? 'Personne'}</a>` },
              { markup: html`<a href="${SPACE}/structures/${one.structure}">${one.structureName}</a>` },
              { markup: heldTag(one) },
              longDate(one.grantedAt),
            ]),
          )
    }
    !${nextPage(PATH, filters, next)}`
  return spacePage({ isOfficer: true, section: '/accordees' }, { title, body })
}

const CHANGE_DONE: Record<string, string> = {
  suspendue: 'L’habilitation est suspendue. Son badge le dit déjà.',
  retablie: 'Cette cause de suspension est levée.',
  retiree: 'L’habilitation est retirée, pour de bon.',
}

type Shown = {
  held: Awaited<ReturnType<typeof tellHabilitation>>
  name: string
  jeton: string
  isOfficer: boolean
  /** Whether the reader decides of it: its holder only reads. */
  mayDecide: boolean
  answer: StateAnswer | null
  asked?: string | undefined
  done?: string | undefined
  refusal?: Refusal | null
}

/** One habilitation: where it stands, its events, what suspends or restores it, and what it was on a day. */
export function habilitationPage(shown: Shown): Page {
  const { held, name, isOfficer, mayDecide, done, refusal } = shown
  const title = `Habilitation de ${name}`
  const { structure, lapses, grantedAt, endedAt, credential, request } = held
  const lines = lapses.map((one) => one.label)
  const body = html`!${errorSummary(refusal)} !${doneNote(done && CHANGE_DONE[done])}
    <p class="kind">Habilitation Aidants Connect</p>
    <h1>${name}</h1>
    <p>!${heldTag({ endedAt, lapses: lines })} ${lines.length > 0 ? `Parce que ${lines.join(' ; ')}.` : ''}</p>
    !${facts([
      [
        'Structure',
        {
          markup: mayDecide
            ? html`<a href="${SPACE}/structures/${structure.slug}">${structure.name}</a>`
            : html`${structure.name}`,
        },
      ],
      ['Accordée le', longDate(grantedAt)],
      ['Retirée le', endedAt ? longDate(endedAt) : 'jamais'],
      [
        'Demande',
        { markup: mayDecide ? html`<a href="${SPACE}/aidants/${request}">La demande et son histoire</a>` : 'validée' },
      ],
      [
        'Badge',
        credential
          ? { markup: html`<a href="${new URL(credential).pathname}">La page du badge</a>` }
          : 'bientôt délivré',
      ],
    ])}
    !${mayDecide && !endedAt ? changes(shown) : ''} !${statePart(shown)} !${eventsPart(held)}`
  return spacePage(
    isOfficer
      ? { isOfficer, section: '/accordees', up: ['/accordees', 'Habilitations accordées'] }
      : { isOfficer, up: mayDecide ? [`/structures/${structure.slug}`, structure.name] : ['', 'Habilitations'] },
    { title, body },
  )
}

/** What officers decide of; a structure's closing is decided of the structure. */
const DECIDED: Lapse[] = ['referent', 'inactivity']

function changes({ held, jeton, isOfficer }: Shown): string {
  const path = `${PATH}/${held.id}`
  const present = held.lapses.map((one) => one.lapse)
  const may = DECIDED.filter((one) => isOfficer || one === 'referent')
  const one = (label: string, action: string, lapses: Lapse[]): string =>
    html`<details class="decision" name="decision">
      <summary>${label}</summary>
      <form method="post" action="${path}/${action}">
        !${formJeton(jeton)} !${lapses.length > 1 ? lapseField(action, lapses) : onlyLapse(lapses)}
        !${reasonField(`reason-${action}`)}
        <button type="submit">${label}</button>
      </form>
    </details>`
  const suspending = may.filter((lapse) => !present.includes(lapse))
  const restoring = may.filter((lapse) => present.includes(lapse))
  return html`<section aria-labelledby="decider">
    <h2 id="decider">Décider</h2>
    !${suspending.length > 0 ? one('Suspendre', 'suspension', suspending) : ''}
    !${restoring.length > 0 ? one('Rétablir', 'retablissement', restoring) : ''}
    !${isOfficer ? one('Retirer, pour de bon', 'retrait', []) : ''}
    !${
      present.includes('structure')
        ? html`<p>La structure est fermée : c’est en la rouvrant que cette cause est levée.</p>`
        : ''
    }
  </section>`
}

const onlyLapse = ([lapse]: Lapse[]): string =>
  lapse ? html`<input type="hidden" name="lapse" value="${lapse}" />` : ''

const lapseField = (action: string, lapses: Lapse[]): string =>
  selectField({
    name: 'lapse',
    id: `lapse-${action}`,
    label: 'Cause',
    options: lapses.map((one) => [one, capital(LAPSES[one])] as const),
  })

const VALIDITY = {
  whole_day: ['Oui, toute la journée', 'valid'],
  part_of_day: ['Une partie de la journée', 'waiting'],
  none: ['Non, à aucun moment', 'invalid'],
} as const
const STATE_WORDS = { none: 'pas encore accordée', active: 'en vigueur', suspended: 'suspendue', ended: 'retirée' }

function statePart({ held, answer, asked }: Shown): string {
  return html`<section aria-labelledby="valable">
    <h2 id="valable">Était-elle valable ce jour-là ?</h2>
    <form method="get" action="${PATH}/${held.id}#valable">
      !${textField({ name: 'le', label: 'Jour', type: 'date', value: asked, rules: 'required min="2000-01-01"' })}
      <button type="submit">Demander</button>
    </form>
    !${answer ? answerPart(held, answer) : ''}
  </section>`
}

const answerPart = ({ id }: Shown['held'], { at, validity, state, credential }: StateAnswer): string =>
  html`<p role="status">
      Le ${longDate(at)} : !${toneTag(VALIDITY[validity])} À la fin de ce jour, elle était ${STATE_WORDS[state]}.
    </p>
    !${
      credential
        ? html`<p>
            <a href="/api/v1/habilitations/${id}/state?at=${at}&signed=1" download="habilitation-${at}.json"
              >Télécharger cette réponse signée</a
            >, sans nom ni motif
          </p>`
        : html`<p>La réponse signée viendra avec le badge.</p>`
    }`

const EVENTS = { granted: 'Accordée', lapsed: 'Suspendue', restored: 'Cause de suspension levée', ended: 'Retirée' }

const eventsPart = ({ events }: Shown['held']): string =>
  html`<section aria-labelledby="histoire">
    <h2 id="histoire">Histoire</h2>
    <ol class="history">
      !${events.toReversed().map(
        ({ kind, lapse, at, reason, by }) =>
          html`<li>
            <strong>${EVENTS[kind]}</strong>${lapse ? ` : ${LAPSES[lapse]}` : ''}
            <small>${longDate(at)}, par ${BY[by] ?? by}</small>
            <p>${reason}</p>
          </li>`,
      )}
    </ol>
  </section>`

// Here, « habilitée » would be read as the mandate.
const BY: Record<string, string> = { 'une personne habilitée': 'la structure ou l’équipe Aidants Connect' }
