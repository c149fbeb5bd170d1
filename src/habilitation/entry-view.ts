import { count, emptyList, facts } from '../web/components.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { DEFINITIONS, type countHabilitations } from './counts.ts'
import { ALL } from './page-forms.ts'
import type { listOwnOrganisationRequests } from './read-organisation-requests.ts'
import { SPACE, spacePage, table } from './space-view.ts'
import { STATUS_WORDS, statusTag } from './status-view.ts'
import { type countRequests, LATE_DAYS } from './summaries.ts'

type Mine = Awaited<ReturnType<typeof listOwnOrganisationRequests>>
type Entry = {
  /** What officers see; null for the others. */
  counts: {
    requests: Awaited<ReturnType<typeof countRequests>>
    habilitations: Awaited<ReturnType<typeof countHabilitations>>
  } | null
  structures: { slug: string; name: string }[]
  mine: Mine
}

/** The entry of the space: the queue of an officer, the structures of a référent, the requests that anyone filled. */
export const entryPage = ({ counts, structures, mine }: Entry): Page =>
  spacePage(
    { isOfficer: counts !== null, section: '' },
    {
      title: 'Vue d’ensemble',
      body: html`<h1>Habilitations Aidants Connect</h1>
        <p class="lead">
          Une habilitation est un mandat : elle lie une personne à une structure. Ce n’est ni un diplôme ni une
          certification.
        </p>
        !${counts ? officerPart(counts) : ''} !${structures.length > 0 ? structuresPart(structures) : ''}
        !${minePart(mine, counts !== null)}`,
    },
  )

function officerPart({ requests, habilitations: { habilites, enCours } }: NonNullable<Entry['counts']>): string {
  return html`<section>
      <h2>Structures</h2>
      !${statusTable('Demandes de structures par statut', '/structures', requests.organisation)}
    </section>
    <section>
      <h2>Aidantes et aidants</h2>
      !${statusTable('Demandes d’aidantes et d’aidants par statut', '/aidants', requests.habilitation)}
    </section>
    <section>
      <h2>Personnes</h2>
      !${facts([
        ['Habilitées', `${count(habilites.people)} (${count(habilites.habilitations)} en comptant chaque structure)`],
        ['En cours', `${count(enCours.people)} (${count(enCours.requests)} en comptant chaque structure)`],
      ])}
      <details>
        <summary>Ce que comptent ces nombres</summary>
        <ul>
          <li>${DEFINITIONS.habilites}</li>
          <li>${DEFINITIONS.enCours}</li>
          <li>${DEFINITIONS.ensemble}</li>
        </ul>
      </details>
    </section>`
}

type StatusCounts = Awaited<ReturnType<typeof countRequests>>['organisation' | 'habilitation']

const statusTable = (label: string, path: string, counts: StatusCounts): string =>
  html`!${table(
      label,
      ['Statut', 'Demandes', `Depuis plus de ${LATE_DAYS} jours`, 'Ce que cela veut dire'],
      counts.map(({ status, requests, late }) => [
        { markup: html`<a href="${SPACE}${path}?status=${status}">${STATUS_WORDS[status].words}</a>` },
        count(requests),
        STATUS_WORDS[status].isOpen ? count(late) : '—',
        STATUS_WORDS[status].means,
      ]),
    )}
    <p><a href="${SPACE}${path}?status=${ALL}">Toutes ces demandes</a></p>`

const structuresPart = (structures: Entry['structures']): string =>
  html`<section>
    <h2>${structures.length > 1 ? 'Vos structures' : 'Votre structure'}</h2>
    <ul>
      !${structures.map(({ slug, name }) => html`<li><a href="${SPACE}/structures/${slug}">${name}</a></li>`)}
    </ul>
  </section>`

const minePart = (mine: Mine, isOfficer: boolean): string =>
  html`<section>
    <h2>${isOfficer ? 'Les demandes que vous avez remplies' : 'Demander pour une structure'}</h2>
    <p>
      Qui travaille dans une structure peut demander qu’elle devienne éligible, et nommer les personnes à habiliter.
      L’équipe Aidants Connect en décide.
    </p>
    !${
      mine.length === 0
        ? emptyList(
            'Vous n’avez rempli aucune demande.',
            html`<p><a class="action" href="${SPACE}/demandes/nouvelle">Remplir une demande</a></p>`,
          )
        : html`!${table(
              'Vos demandes',
              ['Structure', 'Nº', 'Statut', 'Depuis le'],
              mine.map(({ id, number, name, status, since }) => [
                { markup: html`<a href="${SPACE}/demandes/${id}">${name}</a>` },
                number === null ? '—' : String(number),
                { markup: statusTag(status) },
                longDate(since),
              ]),
            )}
            <p><a href="${SPACE}/demandes/nouvelle">Remplir une autre demande</a></p>`
    }
  </section>`
