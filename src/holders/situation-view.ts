import { renewalState } from '../credentials/renewals.ts'
import {
  AUTOMATIC,
  HABILITATION_REQUEST_STATUSES,
  type HabilitationRequestStatus,
  LAPSES,
} from '../habilitation/statuses.ts'
import { counted, tag } from '../web/components.ts'
import { html, longDate } from '../web/html.ts'
import type { HeldBadge } from './holders.ts'
import type { ComingSession, Standing } from './situation.ts'

type Known = { badges: HeldBadge[]; standings: Standing[]; sessions: ComingSession[]; unchecked: number; now: Date }

/** What someone should do first, most pressing first; that nothing is to be done is said too. */
export function remindersSection(known: Known): string {
  const reminders = [
    ...known.badges.flatMap((one) => badgeReminder(one, known.now)),
    ...known.standings.flatMap(standingReminder),
    ...known.sessions
      .filter((one) => one.cancelledAt === null && one.state !== 'waiting')
      .slice(0, 1)
      .map(sessionReminder),
    ...proofsReminder(known.unchecked),
  ]
  const [first, rest] = [reminders.slice(0, SHOWN), reminders.slice(SHOWN)]
  return html`<section aria-labelledby="a-faire">
    <h2 id="a-faire">À faire</h2>
    !${
      reminders.length === 0
        ? html`<p>Rien ne vous attend pour l’instant.</p>`
        : html`<ul class="plain todo">
            !${first}
          </ul>`
    }
    !${rest.length === 0 ? '' : html`<p>Et ${counted(rest.length, 'autre rappel', 'autres rappels')}, que vos badges disent plus bas.</p>`}
  </section>`
}

const SHOWN = 6

const reminder = (what: string, tone: 'invalid' | 'waiting' | 'none', sentence: string): string =>
  html`<li>!${tag(what, tone)} <span>!${sentence}</span></li>`

function badgeReminder(held: HeldBadge, now: Date): string[] {
  const { about, validUntil, suspendedAt, revokedAt, id, organisation } = held
  if (suspendedAt && !revokedAt) {
    return [
      reminder(
        'Suspendu',
        'waiting',
        html`<a href="/credentials/${id}">${about.name}</a> ne vaut pas pour l’instant : sa page dit pourquoi.
          Adressez-vous à ${organisation}.`,
      ),
    ]
  }
  const state = renewalState(held, now)
  if (state !== 'expired' && state !== 'to_renew') return []
  const end = `${state === 'expired' ? 'a expiré' : 'expire'} le ${longDate(validUntil!)}`
  const how = about.module
    ? html`<a href="/modules/${about.module}">Voir la formation</a>.`
    : 'Adressez-vous à un organisme qui le délivre.'
  return [
    reminder(
      state === 'expired' ? 'Expiré' : 'À renouveler',
      state === 'expired' ? 'invalid' : 'waiting',
      html`Le badge « ${about.name} » ${end}. !${how}`,
    ),
  ]
}

function standingReminder(standing: Standing): string[] {
  const { structure, status, endedAt, lapses } = standing
  if (endedAt) return []
  if (lapses && lapses.length > 0) {
    const why = lapses.map((one) => LAPSES[one]).join(' ; ')
    return [
      reminder('Suspendue', 'waiting', html`Votre habilitation chez ${structure} ne vaut pas pour l’instant : ${why}.`),
    ]
  }
  if (!AUTOMATIC.includes(status)) return []
  const left = stepsOf(standing).filter((one) => !one.isDone && one.todo !== null)
  return left.map(({ todo }) => reminder('Habilitation', 'waiting', html`Pour ${structure} : !${todo!}`))
}

const sessionReminder = ({ title, startsOn, organisation }: ComingSession): string =>
  reminder('Formation', 'none', html`${title ?? 'Une évaluation'}, le ${longDate(startsOn)}, avec ${organisation}.`)

const proofsReminder = (unchecked: number): string[] =>
  unchecked === 0
    ? []
    : [
        reminder(
          'Preuves',
          'none',
          html`${counted(unchecked, 'preuve déclarée', 'preuves déclarées')} à faire vérifier :
            <a href="/mon-espace/preuves">voir comment</a>.`,
        ),
      ]

type Step = { words: string; isDone: boolean; todo: string | null }

const ELIGIBLE: readonly HabilitationRequestStatus[] = ['processing', 'processing_p2p', 'validated']

/** The three things that a habilitation takes, in order; `todo` says what to do of one that is the person's to do. */
function stepsOf({ status, courseType, formationDoneOn, pixDoneOn }: Standing): Step[] {
  const isPeers = courseType === 'peers' || status === 'processing_p2p'
  const training = isPeers
    ? html`suivez la formation entre pairs, puis passez le test Pix.`
    : html`suivez <a href="/modules/aidants-connect">la formation Aidants Connect</a> : votre référente ou votre
        référent vous y inscrit.`
  return [
    { words: 'Éligibilité vérifiée par l’équipe Aidants Connect', isDone: ELIGIBLE.includes(status), todo: null },
    {
      words: formationDoneOn ? `Formation suivie, le ${longDate(formationDoneOn)}` : 'Formation',
      isDone: formationDoneOn !== null,
      todo: training,
    },
    {
      words: pixDoneOn ? `Test Pix passé, le ${longDate(pixDoneOn)}` : 'Test Pix',
      isDone: pixDoneOn !== null,
      todo:
        isPeers && formationDoneOn === null
          ? null
          : 'passez le test Pix avec le lien reçu de l’équipe Aidants Connect.',
    },
  ]
}

/** Each structure that asked for the habilitation of someone, and where it stands; nothing when none did. */
export const habilitationSection = (standings: Standing[]): string =>
  standings.length === 0
    ? ''
    : html`<section aria-labelledby="habilitation">
        <h2 id="habilitation">Mon habilitation Aidants Connect</h2>
        <p>
          Une habilitation vaut dans une structure, avec le mandat de la personne aidée. Ce n’est pas une certification.
        </p>
        <ul class="held">
          !${standings.map(standingView)}
        </ul>
      </section>`

function standingView(standing: Standing): string {
  const { structure, status, since, grantedAt, lapses, endedAt, credentialId } = standing
  const page = credentialId
    ? html`<p><a href="/credentials/${credentialId}">Le badge de cette habilitation</a></p>`
    : ''
  if (endedAt) {
    return standingTile(
      structure,
      tag('Retirée', 'invalid'),
      html`<p>Habilitation retirée le ${longDate(endedAt)}.</p>`,
    )
  }
  if (grantedAt && lapses && lapses.length > 0) {
    const why = lapses.map((one) => LAPSES[one]).join(' ; ')
    const words = html`<p>Suspendue : ${why}. Elle vaudra de nouveau quand cette cause sera levée.</p>`
    return standingTile(structure, tag('Suspendue', 'waiting'), html`!${words} !${page}`)
  }
  if (grantedAt) {
    const words = html`<p>Habilitation en vigueur depuis le ${longDate(grantedAt)}.</p>`
    return standingTile(structure, tag('En vigueur', 'valid'), html`!${words} !${page}`)
  }
  const label = tag(HABILITATION_REQUEST_STATUSES[status], AUTOMATIC.includes(status) ? 'waiting' : 'none')
  if (!AUTOMATIC.includes(status)) return standingTile(structure, label, html`<p>Depuis le ${longDate(since)}.</p>`)
  return standingTile(
    structure,
    label,
    html`<ul class="checks">
      !${stepsOf(standing).map(
        ({ words, isDone }) =>
          html`<li data-outcome="${isDone ? 'success' : 'skipped'}">
            <strong>${isDone ? 'Fait' : 'À venir'}</strong> ${words}
          </li>`,
      )}
    </ul>`,
  )
}

const standingTile = (structure: string, label: string, body: string): string =>
  html`<li class="tile">
    <h3>${structure}</h3>
    <p>!${label}</p>
    !${body}
  </li>`

const MODALITY_WORDS = { presentiel: 'en présentiel', distance: 'à distance', hybride: 'en partie à distance' } as const

/** The sessions to come where someone has a place or waits for one; nothing when there is none. */
export const sessionsSection = (sessions: ComingSession[]): string =>
  sessions.length === 0
    ? ''
    : html`<section aria-labelledby="formations">
        <h2 id="formations">Mes formations à venir</h2>
        <ul class="held">
          !${sessions.map(sessionTile)}
        </ul>
      </section>`

function sessionTile(session: ComingSession): string {
  const { title, organisation, startsOn, endsOn, modality, place, departement, cancelledAt, state } = session
  const when = startsOn === endsOn ? `Le ${longDate(startsOn)}` : `Du ${longDate(startsOn)} au ${longDate(endsOn)}`
  const where = place ?? (departement === null ? null : `département ${departement}`)
  const label = cancelledAt
    ? tag('Annulée', 'invalid')
    : state === 'waiting'
      ? tag('Sur liste d’attente', 'waiting')
      : tag('Inscription faite', 'valid')
  return html`<li class="tile">
    <h3>${title ?? 'Évaluation d’un bloc'}</h3>
    <p>!${label}</p>
    <p>${when}, ${MODALITY_WORDS[modality]}${where === null ? '' : ` (${where})`}. Organisée par ${organisation}.</p>
  </li>`
}
