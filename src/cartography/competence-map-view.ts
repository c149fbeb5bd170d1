import { RELATION_WORDS } from '../referential/competence-view.ts'
import { bothForms, KIND_WORDS } from '../referential/metier-view.ts'
import { capital, facts, scrollTable, sources } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import type { CompetenceReading } from './competence-reading.ts'
import type { CartographyMap } from './map.ts'
import { demand } from './demand-view.ts'
import { SORT_WORDS } from './map-view.ts'
import { AXIS_WORDS, competenceLink, competencePath, frameworkName, standing } from './map-words.ts'
import { badgeItem, blockItem, teacherItem } from './supply-view.ts'

type Shown = { map: CartographyMap; reading: CompetenceReading; linked: object; baseUrl: string }

/** A competence on the map: who asks it, what one does with it, what teaches, shows and certifies it, what it is close to. */
export function competenceMapPage({ map, reading, linked, baseUrl }: Shown): Page {
  const { competence, area, teachers, badges, blocks } = reading
  const { framework, version, code, label, description, axis, kind, source } = competence
  const page = `/referentiels/${framework}/${version}/${encodeURIComponent(code)}`
  return {
    title: `${code} ${label} : cartographie`,
    description: description ?? `La place de la compétence ${code} dans la cartographie de la médiation numérique.`,
    canonical: baseUrl + competencePath(competence),
    image: `${baseUrl}${page}/apercu.png`,
    linked,
    body: html`<p class="up"><a href="/cartographie">Cartographie</a></p>
      <h1><span class="code">${code}</span> ${label}</h1>
      !${description === null ? '' : html`<p class="lead">${description}</p>`}
      !${facts([
        ['Axe', AXIS_WORDS[axis]],
        ['Sorte', capital(SORT_WORDS[kind] ?? kind)],
        ['Référentiel', { markup: html`<a href="${page}">${frameworkName(map, competence)}</a>` }],
        ...(area === null ? [] : [['Dans', `${area.code} ${area.label}`] as const]),
      ])}
      !${askingSection(map, reading)} !${activitySection(reading)}
      !${listSection('Modules qui l’enseignent', 'Aucun module du catalogue ne l’enseigne.', teachers.map(teacherItem))}
      !${listSection('Blocs qui la certifient', 'Aucun bloc de certification connu ne la certifie.', blocks.map(blockItem))}
      !${listSection('Autres badges qui la montrent', 'Aucun autre badge ne la montre que ceux des modules.', badges.map(badgeItem))}
      !${relatedSection(map, reading)} !${sources(source ?? sourceOf(map, competence))}`,
  }
}

const sourceOf = ({ frameworks }: CartographyMap, { framework, version }: CompetenceReading['competence']): unknown =>
  frameworks.find((one) => one.framework === framework && one.version === version)?.source

function askingSection({ lists }: CartographyMap, { asking }: CompetenceReading): string {
  const rows = asking.map(
    ({ metier, requirement }) =>
      html`<tr>
        <th scope="row"><a href="/cartographie/metiers/${metier.slug}">${bothForms(metier)}</a></th>
        <td>${KIND_WORDS[metier.kind]}</td>
        <td>!${demand(requirement, lists)}</td>
      </tr>`,
  )
  return html`<section aria-labelledby="demandee">
    <h2 id="demandee">Qui la demande</h2>
    !${
      asking.length === 0
        ? html`<p>Aucune liste ne la demande.</p>`
        : scrollTable(
            'Métiers et fonctions qui la demandent',
            html`<table class="map-asked">
              <thead>
                <tr>
                  <th scope="col">Métier ou fonction</th>
                  <th scope="col">Nature</th>
                  <th scope="col">Demande</th>
                </tr>
              </thead>
              <tbody>
                !${rows}
              </tbody>
            </table>`,
          )
    }
  </section>`
}

const activitySection = ({ activities }: CompetenceReading): string =>
  activities.length === 0
    ? ''
    : html`<section aria-labelledby="activites">
        <h2 id="activites">Activités qui s’en servent</h2>
        <ul>
          !${activities.map(
            ({ duty, said }) =>
              html`<li>
                <a href="/referentiels/${duty.framework}/${duty.version}/${duty.code}"
                  ><span class="code">${duty.code}</span> ${duty.label}</a
                >
                !${standing(said.status)}
              </li>`,
          )}
        </ul>
      </section>`

const listSection = (title: string, none: string, items: string[]): string =>
  html`<section>
    <h2>${title}</h2>
    !${
      items.length === 0
        ? html`<p>${none}</p>`
        : html`<ul class="relations">
            !${items}
          </ul>`
    }
  </section>`

const relatedSection = (map: CartographyMap, { related }: CompetenceReading): string =>
  related.length === 0
    ? ''
    : html`<section aria-labelledby="proches">
        <h2 id="proches">Dans les autres référentiels</h2>
        <p class="remark">
          Une correspondance dit une parenté. Elle ne fait pas passer un acquis d’un référentiel à l’autre.
        </p>
        <ul class="relations">
          !${related.map(
            ({ relation, other, status }) =>
              html`<li>
                ${capital(RELATION_WORDS[relation])} !${competenceLink(other)}
                <small
                  >${frameworkName(map, other)}. Correspondance
                  ${status === 'official' ? 'officielle' : 'proposée'}.</small
                >
              </li>`,
          )}
        </ul>
      </section>`
