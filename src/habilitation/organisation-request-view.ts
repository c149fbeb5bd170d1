import { counted, emptyList, facts } from '../web/components.ts'
import { doneNote, errorSummary, type Refusal } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { checkOrganisation, checkPerson } from './checks.ts'
import type { readOrganisationRequest } from './read-organisation-requests.ts'
import { checkList, decisionForms, historyList, nameOf, SPACE, spacePage, table } from './space-view.ts'
import { age, STATUS_WORDS, statusTag } from './status-view.ts'
import { COURSE_TYPES, ORGANISATION_REQUEST_MOVES, STANDINGS } from './statuses.ts'
import type { otherRequestsFor } from './summaries.ts'

const ORGANISATION_DONE: Record<string, string> = {
  ouverte: 'La demande est enregistrée. Relisez-la, puis soumettez-la.',
  modifiee: 'La demande est modifiée.',
  decidee: 'Votre décision est prise.',
  deja: 'Vous aviez déjà pris cette décision : rien n’a changé.',
}

type Shown = {
  request: Awaited<ReturnType<typeof readOrganisationRequest>>
  others: Awaited<ReturnType<typeof otherRequestsFor>>
  jeton: string
  isOfficer: boolean
  reader: string
  done?: string | undefined
  refusal?: Refusal | null
  given?: { move?: unknown; reason?: unknown }
}

/** One request for a structure: what it declares, what the rules say of it, what may be done with it, what was. */
export function organisationRequestPage(shown: Shown): Page {
  const { request, others, isOfficer, done, refusal, reader } = shown
  const { structure, number, status, ageInDays, history, isEditable, id } = request
  const title = number === null ? structure.name : `Demande nº ${number} : ${structure.name}`
  const body = html`!${errorSummary(refusal)} !${doneNote(done && ORGANISATION_DONE[done])}
    <p class="kind">${number === null ? 'Demande en brouillon' : `Demande de structure nº ${number}`}</p>
    <h1>${structure.name}</h1>
    <p>!${statusTag(status)} depuis !${age(ageInDays, status)}. ${STATUS_WORDS[status].means}</p>
    <section aria-labelledby="decider">
      <h2 id="decider">${isOfficer ? 'Décider' : 'Et maintenant ?'}</h2>
      !${decisions(shown)}
      !${isEditable ? html`<p><a href="${SPACE}/demandes/${id}/modification">Corriger ce qui est déclaré</a></p>` : ''}
    </section>
    <section aria-labelledby="regles">
      <h2 id="regles">Ce que demandent les règles</h2>
      !${checkList(checkOrganisation(request))}
    </section>
    !${declared(request)} !${otherRequests(structure.organisation, others, isOfficer)}
    <section aria-labelledby="histoire">
      <h2 id="histoire">Histoire</h2>
      !${historyList(history, ORGANISATION_REQUEST_MOVES, reader)}
    </section>`
  return spacePage(
    isOfficer
      ? { isOfficer, section: '/structures', up: ['/structures', 'Demandes de structures'] }
      : { isOfficer, up: ['', 'Habilitations'] },
    { title, body },
  )
}

const SUBMISSION = 'La demande est complète.'

const decisions = ({ request, jeton, refusal, given }: Shown): string =>
  decisionForms({
    action: `${SPACE}/demandes/${request.id}/decisions`,
    jeton,
    status: request.status,
    moves: request.moves,
    refusal: refusal ?? null,
    // Its reason is nearly always that; it stays theirs to change.
    given: given ?? (request.moves.length === 1 && request.moves[0]!.move === 'submission' ? OFFERED : {}),
    extra: (move) =>
      move === 'acceptance'
        ? html`<label
            ><input type="checkbox" name="managerHasTotp" value="oui" /> La référente ou le référent a déjà sa carte :
            la demande est aussitôt clôturée</label
          >`
        : '',
  })

const OFFERED = { move: 'submission', reason: SUBMISSION }

function declared({ structure, manager, aidants, createdAt }: Shown['request']): string {
  return html`<section aria-labelledby="structure">
      <h2 id="structure">La structure</h2>
      !${facts([
        ['Nom', structure.name],
        ['SIRET', structure.siret],
        ['Département', structure.departement],
        ['Site', structure.url],
        ['Référente ou référent', manager ? managerWords(manager) : null],
        ['Demande ouverte le', longDate(createdAt)],
      ])}
    </section>
    <section aria-labelledby="personnes">
      <h2 id="personnes">${counted(aidants.length, 'personne à habiliter', 'personnes à habiliter')}</h2>
      !${
        aidants.length === 0
          ? emptyList('Personne n’est encore nommé dans cette demande.')
          : table(
              'Personnes à habiliter',
              ['Personne', 'Profession', 'Qualité', 'Formation', 'Règles'],
              aidants.map((one) => {
                const { outcome, why } = checkPerson(one)
                const name = html`${nameOf(one)} <small class="block">${one.email ?? ''}</small>`
                const other = one.conseillerNumerique ? ' (conseillère ou conseiller numérique)' : ''
                return [
                  { markup: name },
                  `${one.profession}${other}`,
                  STANDINGS[one.standing],
                  COURSE_TYPES[one.courseType],
                  outcome === 'success' ? 'Admise' : (why ?? ''),
                ]
              }),
            )
      }
    </section>`
}

type Manager = NonNullable<Exclude<Shown['request']['manager'], ''>>
const managerWords = (manager: Manager): string =>
  [nameOf(manager), manager.profession, manager.email, manager.isAidant ? 'sera aussi aidante ou aidant' : null]
    .filter((one) => one !== null)
    .join(', ')

const otherRequests = (slug: string | null, others: Shown['others'], isOfficer: boolean): string =>
  !isOfficer
    ? ''
    : html`<section aria-labelledby="autres">
        <h2 id="autres">Cette structure par ailleurs</h2>
        !${slug === null ? '' : html`<p><a href="${SPACE}/structures/${slug}">Ses aidantes et aidants, et ses nombres</a></p>`}
        !${
          others.length === 0
            ? html`<p>Aucune autre demande ne porte ce SIRET.</p>`
            : table(
                'Autres demandes de la structure',
                ['Nº', 'Statut', 'Depuis le'],
                others.map(({ id, number, status, since }) => [
                  {
                    markup: html`<a href="${SPACE}/demandes/${id}"
                      >${number === null ? 'Brouillon' : `nº ${number}`}</a
                    >`,
                  },
                  { markup: statusTag(status) },
                  longDate(since),
                ]),
              )
        }
      </section>`
