import { count, counted, emptyList, nextPage } from '../web/components.ts'
import { errorSummary, formJeton, type Given, type Refusal, selectField, textField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import type { takeDecisions } from './decisions.ts'
import { legalMoves } from './moves.ts'
import { ALL, type Filters, QUEUES } from './page-forms.ts'
import type { queueHabilitations, queueOrganisations } from './queue.ts'
import { type Cell, nameOf, reasonField, SPACE, spacePage, table } from './space-view.ts'
import { age, STATUS_WORDS, statusTag } from './status-view.ts'
import { HABILITATION_REQUEST_MOVES, ORGANISATION_REQUEST_MOVES, type Transition } from './statuses.ts'
import type { NextSession } from './summaries.ts'

export type Kind = 'organisation' | 'habilitation'
type OrganisationItem = Awaited<ReturnType<typeof queueOrganisations>>['items'][number]
type HabilitationItem = Awaited<ReturnType<typeof queueHabilitations>>['items'][number]

const QUEUE_WORDS = {
  organisation: { path: '/structures', title: 'Demandes de structures', csv: 'organisation-requests.csv' },
  habilitation: { path: '/aidants', title: 'Demandes d’aidantes et d’aidants', csv: 'habilitation-requests.csv' },
} as const
const MOVES: Record<Kind, Record<string, Transition<string, unknown>>> = {
  organisation: ORGANISATION_REQUEST_MOVES,
  habilitation: HABILITATION_REQUEST_MOVES,
}

type Queue = {
  filters: Filters
  next: string | null
  jeton: string
  refusal?: Refusal | null
  given?: Given
}

/** The queue of requests for structures. */
export const organisationsQueuePage = (items: OrganisationItem[], queue: Queue): Page =>
  queuePage('organisation', items, queue, {
    columns: ['Structure', 'Nº', 'SIRET', 'Dép.', 'Statut', 'Depuis'],
    row: (one, box) => [
      box(one, one.name),
      { markup: html`<a href="${SPACE}/demandes/${one.id}">${one.name}</a>` },
      one.number === null ? '—' : String(one.number),
      one.siret,
      one.departement ?? '—',
      { markup: statusTag(one.status) },
      { markup: age(one.ageInDays, one.status) },
    ],
  })

/** The queue of requests for people. */
export const habilitationsQueuePage = (items: HabilitationItem[], queue: Queue): Page =>
  queuePage('habilitation', items, queue, {
    columns: ['Personne', 'Structure', 'Statut', 'Depuis', 'Il manque'],
    row: (one, box) => [
      box(one, nameOf(one)),
      {
        markup: html`<a href="${SPACE}/aidants/${one.id}">${nameOf(one)}</a>
          <small class="block">${one.profession}</small>`,
      },
      { markup: html`<a href="${SPACE}/structures/${one.organisation}">${one.structureName}</a>` },
      { markup: statusTag(one.status) },
      { markup: age(one.ageInDays, one.status) },
      missing(one),
    ],
  })

type Missing = Pick<HabilitationItem, 'status' | 'formationDoneOn' | 'pixDoneOn' | 'courseType'>

/** What a request still waits for, in words. */
export function missing({ status, formationDoneOn, pixDoneOn }: Missing, next?: NextSession): string {
  if (!STATUS_WORDS[status].isOpen) return '—'
  const learnt = status === 'processing_p2p' ? [] : formationDoneOn === null ? [formationWords(next)] : []
  const parts = [
    ...(status === 'waitling_list' || status === 'new' ? ['la décision d’éligibilité'] : []),
    ...learnt,
    ...(pixDoneOn === null ? ['le test Pix'] : []),
  ]
  return parts.length === 0 ? 'rien' : parts.join(', ')
}

const formationWords = (next?: NextSession): string =>
  next
    ? `la formation (${next.isWaiting ? 'liste d’attente' : 'session'} du ${next.startsOn.split('-').toReversed().join('/')})`
    : 'la formation'

type Item = { id: string; status: OrganisationItem['status'] | HabilitationItem['status']; ageInDays: number }
type Box = (one: Item, name: string) => Cell
type Shape<T> = { columns: string[]; row: (one: T, box: Box) => Cell[] }

function queuePage<T extends Item>(
  kind: Kind,
  items: T[],
  { filters, next, jeton, refusal, given = {} }: Queue,
  { columns, row }: Shape<T>,
): Page {
  const { path, title } = QUEUE_WORDS[kind]
  const ticked = new Set([given['requests']].flat())
  const moves = legalFor(kind, items)
  const box: Box = ({ id, status }, name) => ({
    markup: html`<input
      type="checkbox"
      name="requests"
      value="${id} ${status}"
      aria-label="Choisir ${name}"
      !${ticked.has(`${id} ${status}`) ? 'checked' : ''}
    />`,
  })
  const list = table(
    title,
    moves.length === 0 ? columns : ['Choix', ...columns],
    items.map((one) => (moves.length === 0 ? row(one, box).slice(1) : row(one, box))),
  )
  const body = html`!${errorSummary(refusal)}
    <h1>${title}</h1>
    <p>Celles qui attendent depuis le plus longtemps d’abord.</p>
    !${filterForm(kind, filters)}
    !${
      items.length === 0
        ? emptyList(
            'Aucune demande ne correspond à ces filtres.',
            html`<p><a href="${SPACE}${path}?status=${ALL}">Voir toutes les demandes</a></p>`,
          )
        : moves.length === 0
          ? list
          : html`<form method="post" action="${SPACE}${path}?${searchOf(filters)}" class="many">
              !${formJeton(jeton)}
              <div id="requests">!${list}</div>
              !${bulkFields(moves, given, refusal)}
            </form>`
    }
    !${nextPage(`${SPACE}${path}`, { ...filters, after: undefined }, next)} !${exportLink(kind, filters)}`
  return spacePage({ isOfficer: true, section: path }, { title, body })
}

/** The filters that are set, as an address writes them. */
const searchOf = (filters: Filters): string =>
  new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== undefined && value !== '')).toString()

/** The moves of an officer that one at least of these requests admits. */
const legalFor = (kind: Kind, items: Item[]): [string, string][] => {
  const moves = MOVES[kind]
  const statuses = [...new Set(items.map((one) => one.status))]
  const legal = new Set(statuses.flatMap((status) => legalMoves(moves, status, ['officer'])))
  return Object.keys(moves).flatMap((move): [string, string][] => (legal.has(move) ? [[move, moves[move]!.label]] : []))
}

const bulkFields = (moves: [string, string][], given: Given, refusal?: Refusal | null): string =>
  html`<fieldset class="bulk">
    <legend><h2>Décider pour les demandes cochées</h2></legend>
    !${selectField({
      name: 'move',
      label: 'Décision',
      options: [['', 'Choisissez'], ...moves],
      value: given['move'],
      rules: 'required',
      refusal: refusal ?? null,
    })}
    !${reasonField('reason', { value: given['reason'], refusal: refusal ?? null })}
    <button type="submit">Décider</button>
  </fieldset>`

const AGES = [
  ['', 'Peu importe'],
  ['15', '15 jours ou plus'],
  ['30', '30 jours ou plus'],
  ['60', '60 jours ou plus'],
] as const

function filterForm(kind: Kind, { status, departement, olderThan, number, organisation, email }: Filters): string {
  const { path } = QUEUE_WORDS[kind]
  const { statuses, usual } = QUEUES[kind]
  const options = Object.keys(statuses).map((one) => [one, STATUS_WORDS[one as Item['status']].words] as const)
  return html`<search>
    <form method="get" action="${SPACE}${path}" class="filters">
      <div>
        !${selectField({ name: 'status', label: 'Statut', options: [...options, [ALL, 'Tous']], value: status ?? (number || email || organisation ? ALL : usual) })}
      </div>
      <div>!${selectField({ name: 'olderThan', label: 'Depuis', options: AGES, value: olderThan ?? '' })}</div>
      <div>
        !${textField({ name: 'departement', label: 'Département (01, 2A, 971…)', value: departement, rules: 'maxlength="3" autocomplete="off"' })}
      </div>
      <div>
        !${textField({ name: 'number', label: 'Numéro de demande', value: number, rules: 'inputmode="numeric" maxlength="9" autocomplete="off"' })}
      </div>
      !${
        kind === 'habilitation'
          ? html`<div>
              !${textField({ name: 'email', label: 'Adresse de la personne', value: email, type: 'email', rules: 'autocomplete="off"' })}
            </div>`
          : ''
      }
      !${organisation ? html`<input type="hidden" name="organisation" value="${organisation}" />` : ''}
      <div><button type="submit">Filtrer</button></div>
    </form>
  </search>`
}

/** The same list as a file; one sought by number or address is on the page already. */
function exportLink(kind: Kind, { status, departement, olderThan, organisation, number, email }: Filters): string {
  if (number?.trim() || email?.trim()) return ''
  const { statuses, usual } = QUEUES[kind]
  const kept = {
    status: status && Object.hasOwn(statuses, status) ? status : status === ALL || organisation ? '' : usual,
    departement: departement?.trim().toUpperCase() ?? '',
    olderThan: olderThan ?? '',
    organisation: organisation ?? '',
  }
  return html`<p>
    <a href="/api/v1/habilitations/${QUEUE_WORDS[kind].csv}?${searchOf(kept)}" download
      >Télécharger ces demandes (CSV)</a
    >
  </p>`
}

type Receipts = Awaited<ReturnType<typeof takeDecisions>>

const OUTCOMES = { done: 'Décidée', already: 'Déjà décidée ainsi', refused: 'Refusée' }
const OUTCOME_TONES = { done: 'valid', already: 'none', refused: 'invalid' } as const

/** What came of a decision about many: a line each. */
export function decisionReceiptsPage(kind: Kind, receipts: Receipts, names: Map<string, string>): Page {
  const { path } = QUEUE_WORDS[kind]
  const of = (outcome: string): number => receipts.filter((one) => one.outcome === outcome).length
  const title = 'Reçus de vos décisions'
  const base = kind === 'organisation' ? `${SPACE}/demandes` : `${SPACE}/aidants`
  const list = table(
    title,
    ['Demande', 'Résultat', 'Statut présent', 'Que faire ?'],
    receipts.map(({ request, outcome, status, problem }) => [
      { markup: html`<a href="${base}/${request}">${names.get(request) ?? request}</a>` },
      { markup: html`<span class="tag" data-tone="${OUTCOME_TONES[outcome]}">${OUTCOMES[outcome]}</span>` },
      status ? { markup: statusTag(status as Item['status']) } : '—',
      problem ? `${problem.message} ${problem.mend}` : '—',
    ]),
  )
  return spacePage(
    { isOfficer: true, section: path },
    {
      title,
      body: html`<h1>${title}</h1>
        <p role="status">
          ${counted(of('done'), 'demande décidée', 'demandes décidées')},
          ${counted(of('already'), 'l’était déjà', 'l’étaient déjà')}, ${count(of('refused'))} sans changement.
        </p>
        !${list}
        <p><a href="${SPACE}${path}">Revenir à la file</a></p>`,
    },
  )
}
