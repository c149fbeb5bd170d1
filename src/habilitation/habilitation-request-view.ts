import { count, emptyList, facts, tag } from '../web/components.ts'
import { doneNote, errorSummary, formJeton, type Given, type Refusal, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { checkHabilitation } from './checks.ts'
import type { readHabilitationRequest } from './habilitation-requests.ts'
import { missing } from './queue-view.ts'
import type { listRegistrations } from './registrations.ts'
import { checkList, decisionForms, historyList, nameOf, reasonField, SPACE, spacePage } from './space-view.ts'
import { age, STATUS_WORDS, statusTag } from './status-view.ts'
import {
  CONNEXION_MODES,
  COURSE_TYPES,
  HABILITATION_REQUEST_MOVES,
  ORIGINS,
  REGISTERABLE,
  STANDINGS,
} from './statuses.ts'

const HABILITATION_DONE: Record<string, string> = {
  ajoutee: 'La demande est envoyée à l’équipe Aidants Connect.',
  decidee: 'Votre décision est prise.',
  deja: 'Vous aviez déjà pris cette décision : rien n’a changé.',
  formation: 'La formation est notée comme finie.',
  inscrite: 'L’inscription est faite.',
  attente: 'La session est pleine : la personne est sur la liste d’attente.',
  desinscrite: 'L’inscription est annulée.',
}

type Request = Awaited<ReturnType<typeof readHabilitationRequest>>
type Registrations = Awaited<ReturnType<typeof listRegistrations>>
type Shown = {
  request: Request
  registrations: Registrations
  isClosed: boolean
  jeton: string
  isOfficer: boolean
  reader: string
  done?: string | undefined
  refusal?: Refusal | null
  given?: Given
}

/** One request for a person: where it stands, what it waits for, what may be done with it, and what was. */
export function habilitationRequestPage(shown: Shown): Page {
  const { request, isClosed, isOfficer, done, refusal, reader } = shown
  const { status, ageInDays, structure, habilitation, history } = request
  const title = `Demande pour ${nameOf(request)}`
  const body = html`!${errorSummary(refusal)} !${doneNote(done && HABILITATION_DONE[done])}
    <p class="kind">Demande d’habilitation</p>
    <h1>${nameOf(request)}</h1>
    <p>
      !${statusTag(status)} depuis !${age(ageInDays, status)}, dans
      <a href="${SPACE}/structures/${structure.slug}">${structure.name}</a>. ${STATUS_WORDS[status].means}
    </p>
    !${habilitation ? html`<p><a class="action" href="${SPACE}/accordees/${habilitation}">Voir l’habilitation</a></p>` : ''}
    !${STATUS_WORDS[status].isOpen ? html`<p><strong>Il manque :</strong> ${missing(request)}.</p>` : ''}
    <section aria-labelledby="decider">
      <h2 id="decider">Décider</h2>
      !${decisionForms({
        action: `${SPACE}/aidants/${request.id}/decisions`,
        jeton: shown.jeton,
        status,
        moves: request.moves,
        refusal: refusal ?? null,
        given: shown.given ?? {},
      })}
    </section>
    <section aria-labelledby="regles">
      <h2 id="regles">Ce que demandent les règles</h2>
      !${checkList(checkHabilitation(request, isClosed))}
    </section>
    !${trainingPart(shown)} !${declared(request)}
    <section aria-labelledby="histoire">
      <h2 id="histoire">Histoire</h2>
      !${historyList(history, HABILITATION_REQUEST_MOVES, reader)}
    </section>`
  return spacePage(
    isOfficer
      ? { isOfficer, section: '/aidants', up: ['/aidants', 'Demandes d’aidantes et d’aidants'] }
      : { isOfficer, up: [`/structures/${structure.slug}`, structure.name] },
    { title, body },
  )
}

const SOURCES = {
  session: 'par les acquis d’une session',
  peers: 'entre pairs, avec le test Pix',
  officer: 'par l’équipe Aidants Connect',
  import: 'par un import',
}

function trainingPart(shown: Shown): string {
  const { request, registrations, isOfficer } = shown
  const { formationDoneOn, formationSource, pixDoneOn, pixScore, courseType, status, id } = request
  const mayRegister = REGISTERABLE.includes(status) && courseType === 'classic' && status !== 'processing_p2p'
  return html`<section aria-labelledby="formation">
    <h2 id="formation">Formation et test Pix</h2>
    !${facts([
      ['Parcours', COURSE_TYPES[courseType]],
      [
        'Formation',
        formationDoneOn ? `finie le ${longDate(formationDoneOn)} (${SOURCES[formationSource!]})` : 'pas encore suivie',
      ],
      [
        'Test Pix',
        pixDoneOn
          ? `passé le ${longDate(pixDoneOn)}${pixScore === null ? '' : `, ${count(pixScore)} sur 100`}`
          : 'pas encore passé',
      ],
    ])}
    !${
      registrations.length === 0
        ? emptyList('Cette personne n’est inscrite à aucune session de formation.')
        : html`<ul class="held">
            !${registrations.map((one) => registrationItem(shown, one))}
          </ul>`
    }
    !${mayRegister ? html`<p><a href="${SPACE}/aidants/${id}/inscriptions">Inscrire à une session</a></p>` : ''}
    !${isOfficer && formationDoneOn === null ? formationForm(shown) : ''}
  </section>`
}

const STATES = {
  default: 'Inscription demandée',
  registered: 'Inscrite ou inscrit',
  waiting: 'Liste d’attente',
  cancelled: 'Annulée',
}
const ATTENDANCES = { present: 'présente ou présent', absent: 'absente ou absent', replay: 'vue en différé' }

function registrationItem({ request, jeton }: Shown, one: Registrations[number]): string {
  const { session, startsOn, endsOn, place, departement, state, attendance, position, cancelledAt, organisation } = one
  const isCalledOff = cancelledAt !== null || state === 'cancelled'
  const words = cancelledAt ? 'Session annulée' : STATES[state]
  return html`<li class="tile">
    <h3>${startsOn === endsOn ? longDate(startsOn) : `${longDate(startsOn)} – ${longDate(endsOn)}`}</h3>
    <p>
      !${tag(words, isCalledOff ? 'none' : state === 'waiting' ? 'waiting' : 'valid')}
      ${[position && `place ${position} de la liste`, attendance && ATTENDANCES[attendance], place, departement].filter(Boolean).join(', ')}
      <small class="block">${organisation}</small>
    </p>
    !${
      isCalledOff || attendance === 'present'
        ? ''
        : html`<details>
            <summary>Annuler l’inscription</summary>
            <form method="post" action="${SPACE}/aidants/${request.id}/inscriptions/annulation">
              !${formJeton(jeton)}
              <input type="hidden" name="session" value="${session}" />
              !${reasonField(`reason-${session}`)}
              <button type="submit">Annuler l’inscription du ${longDate(startsOn)}</button>
            </form>
          </details>`
    }
  </li>`
}

const formationForm = ({ request, jeton, refusal, given = {} }: Shown): string => {
  const isTried = 'doneOn' in given
  const told = isTried ? (refusal ?? null) : null
  return html`<details class="decision" !${isTried ? 'open' : ''}>
    <summary>Noter la formation comme finie</summary>
    <form method="post" action="${SPACE}/aidants/${request.id}/formation">
      !${formJeton(jeton)}
      !${textField({ name: 'doneOn', label: 'Finie le', type: 'date', rules: 'required', value: given['doneOn'], refusal: told })}
      !${reasonField('reason-formation', isTried ? { value: given['reason'], refusal: told } : {})}
      <button type="submit">Noter la formation</button>
    </form>
  </details>`
}

const declared = (request: Request): string =>
  html`<section aria-labelledby="declare">
    <h2 id="declare">Ce qui est déclaré</h2>
    !${facts([
      ['Adresse', request.email],
      ['Profession', request.profession],
      ['En qualité de', STANDINGS[request.standing]],
      ['Conseillère ou conseiller numérique', request.conseillerNumerique ? 'Oui' : 'Non'],
      ['Demande venue de', ORIGINS[request.origin]],
      ['Connexion', request.connexionMode && CONNEXION_MODES[request.connexionMode]],
      ['Demande créée le', longDate(request.createdAt)],
    ])}
  </section>`
