import { capital, counted, scrollTable, UNKNOWN } from '../web/components.ts'
import { html } from '../web/html.ts'
import { demand } from './demand-view.ts'
import { competenceLink, standing } from './map-words.ts'
import type { AskedCompetence, DoneDuty, MetierReading } from './metier-reading.ts'
import { badgeItem, blockItem, teacherItem } from './supply-view.ts'

/** Missions and their activities, each with the competences that it takes. */
export const dutyList = (duties: DoneDuty[]): string =>
  html`<ul class="plain map-duties">
    !${duties.map(
      ({ duty, said, takes }) =>
        html`<li data-kind="${duty.kind}">
          <a href="/referentiels/${duty.framework}/${duty.version}/${duty.code}"
            ><span class="code">${duty.code}</span> ${duty.label}</a
          >
          !${standing(said.status)}
          !${
            takes.length === 0
              ? ''
              : html`<details>
                  <summary>${counted(takes.length, 'compétence')}</summary>
                  <ul>
                    !${takes.map((one) => html`<li>!${competenceLink(one.competence)}</li>`)}
                  </ul>
                </details>`
          }
        </li>`,
    )}
  </ul>`

/** What is asked on one axis, and what answers to it, by kind of competence. */
export function axisTable(title: string, asked: AskedCompetence[], lists: MetierReading['lists']): string {
  if (asked.length === 0)
    return html`<h3>${title}</h3>
      <p>${capital(UNKNOWN)}.</p>`
  const kinds = Map.groupBy(asked, ({ competence }) => competence.kind)
  const unsaid = asked.every((one) => one.requirement.level === null)
  return html`<h3>${title}</h3>
    !${unsaid ? html`<p class="remark">Niveau ${UNKNOWN}.</p>` : ''}
    !${scrollTable(
      `${title}, demandes et réponses`,
      html`<table class="map-asked">
        <thead>
          <tr>
            <th scope="col">Compétence</th>
            <th scope="col">Demande</th>
            <th scope="col">Modules qui l’enseignent</th>
            <th scope="col">Badges et blocs qui la montrent</th>
          </tr>
        </thead>
        !${[...kinds.values()].map(
          (some) =>
            html`<tbody>
              !${some.map((one) => askedRow(one, lists))}
            </tbody>`,
        )}
      </table>`,
    )}`
}

function askedRow(
  { competence, requirement, teachers, badges, blocks }: AskedCompetence,
  lists: MetierReading['lists'],
): string {
  const shown = [...blocks.map(blockItem), ...badges.map(badgeItem)]
  return html`<tr>
    <th scope="row">!${competenceLink(competence)}</th>
    <td>!${demand(requirement, lists)}</td>
    <td>!${folded(teachers.map(teacherItem), 'module', 'aucun module')}</td>
    <td>!${folded(shown, 'badge ou bloc', 'aucun hors modules', 'badges et blocs')}</td>
  </tr>`
}

function folded(items: string[], one: string, none: string, many?: string): string {
  if (items.length === 0) return html`<strong>${none}</strong>`
  return html`<details>
    <summary>${counted(items.length, one, many)}</summary>
    <ul class="plain">
      !${items}
    </ul>
  </details>`
}
