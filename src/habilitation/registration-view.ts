import { counted, emptyList, nextPage, tag } from '../web/components.ts'
import { buttonForm, errorSummary, type Refusal } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import type { listFormations } from './formations.ts'
import { nameOf, SPACE, spacePage } from './space-view.ts'

type Formations = Awaited<ReturnType<typeof listFormations>>
type Shown = {
  request: { id: string; givenName: string | null; familyName: string | null; structure: { slug: string } }
  formations: Formations
  jeton: string
  isOfficer: boolean
  refusal?: Refusal | null
}
const MODALITIES = { presentiel: 'en présence', distance: 'à distance', hybride: 'en présence et à distance' }

/** The trainings to come, each with its button, to register the person of a request. */
export function registrationPage({ request, formations, jeton, isOfficer, refusal }: Shown): Page {
  const title = `Inscrire ${nameOf(request)}`
  const path = `${SPACE}/aidants/${request.id}/inscriptions`
  return spacePage(
    { isOfficer, ...(isOfficer && { section: '/aidants' }), up: [`/aidants/${request.id}`, 'La demande'] },
    {
      title,
      body: html`!${errorSummary(refusal)}
        <h1>${title}</h1>
        <p>
          On s’inscrit jusqu’à 28 jours avant une session, 14 jours quand plus de quatre personnes y sont déjà. Une
          session pleine garde une place sur sa liste d’attente.
        </p>
        !${
          formations.items.length === 0
            ? emptyList(
                'Aucune session de formation n’est annoncée pour le moment.',
                html`<p>Revenez plus tard, ou demandez à un organisme de formation d’en ouvrir une.</p>`,
              )
            : html`<ul class="held">
                !${formations.items.map((one) => formationItem(one, path, jeton))}
              </ul>`
        }
        !${nextPage(path, {}, formations.next)}`,
    },
  )
}

function formationItem(one: Formations['items'][number], path: string, jeton: string): string {
  const { id, startsOn, endsOn, hours, modality, place, departement, remaining, waiting, open, opensUntil } = one
  const when = startsOn === endsOn ? longDate(startsOn) : `${longDate(startsOn)} – ${longDate(endsOn)}`
  const isFull = remaining === 0
  return html`<li class="tile">
    <h2>${when}</h2>
    <p>
      ${[hours !== null && counted(hours, 'heure'), MODALITIES[modality], place, departement].filter(Boolean).join(', ')}
      <small class="block">${one.organisation.name}</small>
    </p>
    <p>
      !${isFull ? tag(`Complet, ${counted(waiting, 'personne attend', 'personnes attendent')}`, 'waiting') : tag(counted(remaining, 'place'), 'valid')}
    </p>
    !${
      open
        ? html`<p>Inscription jusqu’au ${longDate(opensUntil)}.</p>
            !${buttonForm({
              action: path,
              jeton,
              label: isFull ? 'Mettre sur la liste d’attente' : 'Inscrire',
              name: `${isFull ? 'Mettre sur la liste d’attente' : 'Inscrire'} : ${when}, ${one.organisation.name}`,
              fields: { session: id },
            })}`
        : html`<p>Inscriptions closes depuis le ${longDate(opensUntil)}.</p>`
    }
  </li>`
}
