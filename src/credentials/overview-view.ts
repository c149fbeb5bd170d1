import type { Organisation } from '../organisations/organisations.ts'
import { STATE_WORDS } from '../organisations/transitions.ts'
import { count, counted, emptyList, scrollTable } from '../web/components.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import type { Overview } from './overview.ts'

type Shown = { organisation: Organisation; roles: readonly string[]; overview: Overview }

/** An organisation at a glance: what waits for someone, the latest batches, and where to begin. */
export function overviewPage({ organisation, roles, overview }: Shown): Page {
  const { slug, name, state } = organisation
  const path = `/organisme/${slug}`
  const todo = todoOf(path, overview)
  return organismePage(
    { slug, name, section: '', roles },
    {
      title: 'Vue d’ensemble',
      body: html`<h1>Vue d’ensemble</h1>
        !${state === 'approved' ? '' : stateNote(organisation, path)}
        <p class="actions">
          <a class="action" href="${path}/sessions/planifier">Planifier une session</a>
        </p>
        <section aria-labelledby="faire">
          <h2 id="faire">À faire</h2>
          !${
            todo.length === 0
              ? emptyList(
                  'Rien ne vous attend.',
                  html`<p>
                    ${overview.coming === 0 ? 'Aucune session n’est planifiée.' : `${counted(overview.coming, 'session')} à venir ou en cours.`}
                  </p>`,
                )
              : html`<ul class="todo">
                  !${todo}
                </ul>`
          }
        </section>
        <section aria-labelledby="lots">
          <h2 id="lots">Derniers lots</h2>
          !${
            overview.lots.length === 0
              ? emptyList(
                  'Aucun résultat n’a encore été envoyé.',
                  html`<p><a href="${path}/sessions">Voir les sessions</a></p>`,
                )
              : lotsTable(overview, path)
          }
        </section>`,
    },
  )
}

const stateNote = ({ state }: Organisation, path: string): string =>
  html`<p class="note">
    <strong>Cet organisme est ${STATE_WORDS[state]} :</strong> il ne délivre pas de badge.
    !${
      state === 'refused'
        ? html`<a href="${path}/demande">Corriger et demander à nouveau</a>`
        : 'Vous pouvez préparer ses sessions ; les badges attendent la décision de l’exploitant du service.'
    }
  </p>`

/** What waits for someone, one line each. */
function todoOf(path: string, { toClose, closing, asks, lots }: Overview): string[] {
  const refused = lots.filter((one) => one.refused > 0)
  return [
    ...(asks > 0
      ? [
          html`<li>
            <a href="${path}/sessions"
              >${counted(asks, 'demande d’inscription', 'demandes d’inscription')} à confirmer</a
            >
          </li>`,
        ]
      : []),
    ...toClose.map(
      (one) =>
        html`<li>
          <a href="${path}/sessions/${one.id}">Saisir les résultats de « ${one.name} »</a>
          <small>session finie le ${longDate(one.endsOn)}</small>
        </li>`,
    ),
    ...(closing > toClose.length
      ? [
          html`<li>
            <a href="${path}/sessions?etat=due"
              >${counted(closing - toClose.length, 'autre session', 'autres sessions')} sans résultats</a
            >
          </li>`,
        ]
      : []),
    ...refused.map(
      (one) =>
        html`<li>
          <a href="${path}/lots/${one.id}"
            >Corriger ${counted(one.refused, 'ligne refusée', 'lignes refusées')} de « ${one.name} »</a
          >
          <small>lot reçu le ${longDate(one.receivedAt)}</small>
        </li>`,
    ),
  ]
}

const lotsTable = ({ lots }: Overview, path: string): string =>
  scrollTable(
    'Avancement des derniers lots',
    html`<table>
      <thead>
        <tr>
          <th scope="col">Lot</th>
          <th scope="col">Reçu le</th>
          <th scope="col">Délivrés</th>
          <th scope="col">Refusés</th>
          <th scope="col">En attente</th>
        </tr>
      </thead>
      <tbody>
        !${lots.map(
          ({ id, name, receivedAt, issued, refused, pending }) =>
            html`<tr>
              <th scope="row"><a href="${path}/lots/${id}">${name}</a></th>
              <td>${longDate(receivedAt)}</td>
              <td>${count(issued)}</td>
              <td>${count(refused)}</td>
              <td>${count(pending)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )
