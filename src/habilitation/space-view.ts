import { capital, scrollTable, tag } from '../web/components.ts'
import { areaField, formJeton, type Refusal } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import type { Check } from './checks.ts'
import { type By, type Transition } from './statuses.ts'
import { type Status, STATUS_WORDS } from './status-view.ts'

export const SPACE = '/habilitations'

const SECTIONS = [
  ['', 'Vue d’ensemble'],
  ['/structures', 'Structures'],
  ['/aidants', 'Aidantes et aidants'],
  ['/accordees', 'Habilitations'],
  ['/pix', 'Résultats Pix'],
] as const

type Place = { isOfficer: boolean; section?: (typeof SECTIONS)[number][0]; up?: readonly [path: string, words: string] }

/** A page of the space of habilitations: the sections of the officers, or the way back for the others, then the page. */
export const spacePage = ({ isOfficer, section, up }: Place, page: Page): Page => ({
  ...page,
  title: `${page.title} — Habilitations`,
  body: html`!${isOfficer ? sections(section) : ''}
  !${
    up
      ? html`<p class="up"><a href="${SPACE}${up[0]}">${up[1]}</a></p>`
      : isOfficer || section === ''
        ? ''
        : html`<p class="up"><a href="${SPACE}">Habilitations</a></p>`
  }
  !${page.body}`,
})

const sections = (section: Place['section']): string =>
  html`<p class="kind">Habilitations Aidants Connect</p>
    <nav aria-label="Habilitations" class="sections">
      <ul>
        !${SECTIONS.map(
          ([path, words]) =>
            html`<li>
              <a href="${SPACE}${path}" !${path === section ? 'aria-current="page"' : ''}>${words}</a>
            </li>`,
        )}
      </ul>
    </nav>`

const moment = (date: Date): string =>
  `${longDate(date)} à ${date.toLocaleTimeString('fr-FR', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' })}`

const SIGNS = { success: 'Oui', failure: 'Non', skipped: 'Pas encore' }

/** Rules, each passed or not, in words first. */
export const checkList = (checks: Check[]): string =>
  html`<ul class="checks">
    !${checks.map(
      ({ rule, outcome, why }) =>
        html`<li data-outcome="${outcome}">
          ${rule} : <strong>${SIGNS[outcome].toLowerCase()}</strong>${why ? `. ${why}` : ''}
        </li>`,
    )}
  </ul>`

const BY_WORDS: Record<By, string> = {
  issuer: 'la personne qui a rempli la demande',
  officer: 'l’équipe Aidants Connect',
  referent: 'la structure',
  service: 'le service',
}
const BESIDES: Record<string, string> = { creation: 'demande ouverte', amendment: 'demande modifiée' }

type Event = { move: string; to: string; at: Date; author: string; reason: string }
type Moves = Record<string, Transition<string, unknown>>

/** What happened to a request, the latest first: what, who (by role, never a name), when and why. */
export const historyList = (events: Event[], moves: Moves, reader: string): string =>
  html`<ol class="history">
    !${events.toReversed().map(
      ({ move, at, author, reason, to }) =>
        html`<li>
          <strong>${capital(moves[move]?.label ?? BESIDES[move] ?? move)}</strong>
          → ${STATUS_WORDS[to as Status]?.words ?? to}
          <small>${moment(at)}, par ${whoWords(move, author, moves, reader)}</small>
          <p>${reason}</p>
        </li>`,
    )}
  </ol>`

function whoWords(move: string, author: string, moves: Moves, reader: string): string {
  if (author === reader) return 'vous'
  if (author === 'service') return BY_WORDS.service
  const by = moves[move]?.by.filter((one) => one !== 'service') ?? []
  return by.length === 0 ? 'une personne de la structure ou de l’équipe' : by.map((one) => BY_WORDS[one]).join(' ou ')
}

type DecisionForms = {
  action: string
  jeton: string
  status: string
  moves: { move: string; label: string }[]
  refusal?: Refusal | null
  /** What was tried. */
  given?: { move?: unknown; reason?: unknown }
  extra?: (move: string) => string
}

/** One form a legal move, with its reason; the status that was seen goes with it. */
export const decisionForms = ({ action, jeton, status, moves, refusal, given = {}, extra }: DecisionForms): string =>
  moves.length === 0
    ? html`<p>Dans l’état présent, rien ne reste à décider ici.</p>`
    : html`!${moves.map(
        ({ move, label }) =>
          html`<details class="decision" name="decision" !${given.move === move ? 'open' : ''}>
            <summary>${capital(label)}</summary>
            <form method="post" action="${action}">
              !${formJeton(jeton)}
              <input type="hidden" name="move" value="${move}" />
              <input type="hidden" name="status" value="${status}" />
              !${extra?.(move) ?? ''}
              !${reasonField(`reason-${move}`, given.move === move ? { value: given.reason, refusal: refusal ?? null } : {})}
              <button type="submit">${capital(label)}</button>
            </form>
          </details>`,
      )}`

/** Why, as every decision asks. */
export const reasonField = (id: string, typed: { value?: unknown; refusal?: Refusal | null } = {}): string =>
  areaField({
    name: 'reason',
    id,
    label: 'Motif',
    hint: 'Gardé dans l’historique ; il ne paraît jamais sur le badge.',
    rules: 'required minlength="3" maxlength="1000" rows="2"',
    ...typed,
  })

/** A person as declared. */
export const nameOf = ({ givenName, familyName }: { givenName: string | null; familyName: string | null }): string =>
  givenName === null ? 'Personne effacée' : `${givenName} ${familyName}`

export type Cell = string | { markup: string }

export type Tone = Parameters<typeof tag>[1]

/** A tag by its words and tone. */
export const toneTag = ([words, tone]: readonly [string, Tone?]): string => tag(words, tone)

/** A table of its rows; markup where text would not do. */
export const table = (label: string, columns: string[], body: Cell[][]): string =>
  scrollTable(
    label,
    html`<table class="rows">
      <thead>
        <tr>
          !${columns.map((one) => html`<th scope="col">${one}</th>`)}
        </tr>
      </thead>
      <tbody>
        !${body.map(
          (cells) =>
            html`<tr>
              !${cells.map((cell) => html`<td>!${typeof cell === 'string' ? html`${cell}` : cell.markup}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`,
  )
