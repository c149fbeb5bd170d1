import { count, counted, emptyList, nextPage, tag } from '../web/components.ts'
import { doneNote, errorSummary, formJeton, type Given, type Refusal, selectField, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { SESSION_PHASES, type SessionLine, type SessionPhase } from './session-list.ts'

export const PHASE_WORDS: Record<SessionPhase, string> = {
  coming: 'à venir',
  ongoing: 'en cours',
  due: 'à clôturer',
  closed: 'terminée',
  cancelled: 'annulée',
}
const TONES = { coming: 'none', ongoing: 'valid', due: 'waiting', closed: 'none', cancelled: 'invalid' } as const

/** Where a session is, in one word. */
export const phaseTag = (phase: SessionPhase): string => tag(PHASE_WORDS[phase], TONES[phase])

const MODALITIES = { presentiel: 'en présence', distance: 'à distance', hybride: 'en présence et à distance' } as const

type Placed = Pick<SessionLine, 'startsOn' | 'endsOn' | 'place' | 'departement' | 'modality'>

/** The days of a session, as one says them. */
export const daysOf = ({ startsOn, endsOn }: Pick<Placed, 'startsOn' | 'endsOn'>): string =>
  startsOn === endsOn ? `le ${longDate(startsOn)}` : `du ${longDate(startsOn)} au ${longDate(endsOn)}`

/** Where a session takes place, and how. */
export const whereOf = ({ place, departement, modality }: Omit<Placed, 'startsOn' | 'endsOn'>): string =>
  [place, departement && `département ${departement}`, MODALITIES[modality]].filter(Boolean).join(', ')

/** Something to choose: its code, its words. */
export type Option = readonly [value: string, words: string]

type Listing = {
  slug: string
  items: SessionLine[]
  next: string | null
  due: number
  etat?: string | undefined
  badge?: string | undefined
  /** The badges to filter by. */
  badges: Option[]
}

/** An organisation's sessions, some at a time, by state and by badge. */
export function sessionsPage({ slug, items, next, due, etat, badge, badges }: Listing): Page {
  const path = `/organisme/${slug}/sessions`
  const isFiltered = Boolean(etat ?? badge)
  const isDueShown = etat === 'due'
  return {
    title: 'Sessions',
    body: html`<h1>Sessions</h1>
      <p class="actions">
        <a class="action" href="${path}/planifier">Planifier une session</a>
        <a href="/organisme/${slug}/lots">Lots de badges</a>
      </p>
      !${
        due > 0 && !isDueShown
          ? html`<p class="note">
              ${counted(due, 'session est finie', 'sessions sont finies')} sans résultat enregistré :
              <a href="${path}?etat=due">à clôturer</a>.
            </p>`
          : ''
      }
      <form method="get" action="${path}" class="filters">
        <div>
          !${selectField({ name: 'etat', label: 'État', value: etat, options: [['', 'Tous'], ...SESSION_PHASES.map((one): Option => [one, PHASE_WORDS[one]])] })}
        </div>
        <div>
          !${selectField({ name: 'badge', label: 'Module ou bloc', value: badge, options: [['', 'Tous'], ...badges] })}
        </div>
        <button type="submit" class="secondary">Filtrer</button>
      </form>
      !${
        items.length === 0
          ? nothing(path, isFiltered)
          : html`<ul class="plain sessions-list">
              !${items.map((one) => sessionItem(path, one))}
            </ul>`
      }
      !${nextPage(path, { etat, badge }, next)}`,
  }
}

const nothing = (path: string, isFiltered: boolean): string =>
  isFiltered
    ? emptyList('Aucune session ne répond à ces critères.', html`<p><a href="${path}">Voir toutes les sessions</a></p>`)
    : emptyList(
        'Vous n’avez encore planifié aucune session. Une session réunit des personnes, note leur présence, puis délivre leurs badges.',
        html`<p><a href="${path}/planifier">Planifier la première session</a></p>`,
      )

const sessionItem = (path: string, one: SessionLine): string =>
  html`<li>
    <p>
      <a href="${path}/${one.id}"><strong>${one.name}</strong></a> !${phaseTag(one.phase)}
    </p>
    <p>
      ${daysOf(one)}<br />
      ${whereOf(one)}<br />
      ${counted(one.taken, 'personne inscrite', 'personnes inscrites')} pour ${counted(one.capacity, 'place')}
    </p>
  </li>`

type Plan = { slug: string; subjects: Option[]; jeton: string; given?: Given; refusal?: Refusal | null }

/** The form that plans a session. */
export function planPage({ slug, subjects, jeton, given = {}, refusal = null }: Plan): Page {
  const path = `/organisme/${slug}/sessions`
  const field = (name: string, label: string, more: { hint?: string; type?: string; rules?: string } = {}) =>
    textField({ name, label, value: given[name], refusal, ...more })
  return {
    title: 'Planifier une session',
    body: html`<p class="up"><a href="${path}">Sessions</a></p>
      !${errorSummary(refusal)}
      <h1>Planifier une session</h1>
      <form method="post" action="${path}">
        !${formJeton(jeton)}
        !${selectField({ name: 'subject', label: 'Module, bloc de certification ou badge de l’organisme', hint: 'Le badge que les personnes recevront en dépend.', value: given['subject'], refusal, rules: 'required', options: [['', 'Choisissez…'], ...subjects] })}
        <div class="pairs">
          <div>!${field('startsOn', 'Premier jour', { type: 'date', rules: 'required' })}</div>
          <div>!${field('endsOn', 'Dernier jour', { type: 'date', rules: 'required' })}</div>
        </div>
        !${selectField({ name: 'modality', label: 'Comment elle se tient', value: given['modality'], refusal, rules: 'required', options: Object.entries(MODALITIES) })}
        <div class="pairs">
          <div>
            !${field('departement', 'Département', { hint: 'Code officiel : 01, 2A, 69, 971. Facultatif à distance.', rules: 'maxlength="3" size="3"' })}
          </div>
          <div>
            !${field('place', 'Lieu (facultatif)', { hint: 'Par exemple : médiathèque, salle 2.', rules: 'maxlength="200"' })}
          </div>
        </div>
        <div class="pairs">
          <div>
            !${field('capacity', 'Nombre de places', { type: 'number', rules: `required min="1" max="100000" inputmode="numeric"` })}
          </div>
          <div>
            !${field('hours', 'Durée en heures (facultatif)', { type: 'number', rules: `min="1" max="2000" inputmode="numeric"` })}
          </div>
        </div>
        !${field('price', 'Prix public par personne, en euros (facultatif)', { hint: 'Toutes taxes comprises : 450 ou 450,50. Écrivez 0 si elle est gratuite ; laissez vide si le prix n’est pas publié.', rules: 'maxlength="12" inputmode="decimal"' })}
        <button type="submit">Planifier la session</button>
      </form>`,
  }
}

const SENTENCES: Record<string, string> = {
  planifiee: 'La session est planifiée. Vous pouvez maintenant inscrire des personnes.',
  inscrites: 'Les inscriptions sont enregistrées. Qui dépasse le nombre de places est sur la liste d’attente.',
  retirees: 'Les inscriptions sont annulées. Les places libérées vont à qui attend depuis le plus longtemps.',
  confirmees: 'Les demandes sont confirmées : ces personnes sont inscrites, ou sur la liste d’attente.',
  refusees: 'Les demandes sont refusées, et ce que ces personnes avaient écrit est effacé.',
  presences: 'Les présences sont notées.',
  annulee: 'La session est annulée. Les personnes inscrites sont prévenues par message.',
  nouveau: 'Un nouveau lien remplace l’ancien, qui ne mène plus nulle part.',
}

/** What was just done to a session, from a code. */
export const sessionDone = (code: string | undefined): string => doneNote(code === undefined ? '' : SENTENCES[code])

/** A number of places or of people, beside what it counts. */
export const ratio = (some: number, all: number): string => `${count(some)} sur ${count(all)}`
