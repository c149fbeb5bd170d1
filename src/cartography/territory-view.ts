import { counted, emptyList, scrollTable } from '../web/components.ts'
import { html, longDate } from '../web/html.ts'
import type { Gaps, GapsAsked } from './gaps.ts'
import { AXIS_WORDS } from './map-words.ts'
import { byRegion, type Cell, isLacking } from './territory-gaps.ts'

/** Where sessions lack: the départements drawn by région, each saying in words what its pattern shows, then targets in a table. */
export function territorySection(gaps: Gaps, asked: GapsAsked): string {
  const { cells, sessions, horizon } = gaps
  const drawn = cells.filter((one) => one.scope === (asked.metier ? 'metier' : 'all'))
  const others =
    sessions.elsewhere === 0
      ? ''
      : ` ${counted(sessions.elsewhere, 'session')} dans d’autres collectivités d’outre-mer.`
  return html`<section aria-labelledby="departements">
    <h2 id="departements">Départements sans session</h2>
    <p>
      Du ${longDate(horizon.today)} (exclu) au ${longDate(horizon.until)} : ${counted(sessions.departements, 'session')}
      dans les 101 départements. ${counted(sessions.distance, 'session')} à distance, qui servent partout et ne couvrent
      ici aucun département.${others} Une session complète compte ; une session annulée ne compte pas.
    </p>
    <p class="note">
      Seules les sessions planifiées dans ce service sont connues. Un département sans session ici peut en avoir
      ailleurs : c’est à vérifier avant de conclure.
    </p>
    !${
      drawn.length === 0
        ? emptyList('Aucun module n’enseigne ce que ce métier demande sur cet axe : aucune session ne peut manquer.')
        : territoryMap(drawn)
    }
    !${asked.metier ? '' : targetTables(cells, asked)}
  </section>`
}

/** The régions and their départements as tiles: hatched where something lacks, and saying so. */
function territoryMap(cells: readonly Cell[]): string {
  const lacking = new Map(byRegion(cells).map((one) => [`${one.region} ${one.axis}`, one]))
  const regions = [...Map.groupBy(cells, (one) => one.regionName)].toSorted(([a], [b]) => a.localeCompare(b, 'fr'))
  return html`<ul class="territory">
    !${regions.map(([name, some]) => {
      const axes = [...new Set(some.map((one) => one.axis))]
      const counts = axes.map((axis) => {
        const { lacking: n, departements: of } = lacking.get(`${some[0]!.region} ${axis}`)!
        return axis === null
          ? `${counted(n, 'département')} sur ${of} sans session`
          : `${AXIS_WORDS[axis].toLowerCase()} : incomplet dans ${counted(n, 'département')} sur ${of}`
      })
      return html`<li>
        <h3>${name} <small>${counts.join(' ; ')}</small></h3>
        <ul>
          !${[...Map.groupBy(some, (one) => one.departement).values()].map(tile)}
        </ul>
      </li>`
    })}
  </ul>`
}

function tile(cells: Cell[]): string {
  const { departement, departementName } = cells[0]!
  const state = cells.every((one) => !isLacking(one))
    ? 'full'
    : cells.every((one) => one.covered === 0)
      ? 'none'
      : 'part'
  return html`<li data-state="${state}">
    <span class="code">${departement}</span> ${departementName}
    !${cells.map((one) => html`<small>${tileWords(one)}</small>`)}
  </li>`
}

const SHORT = { professional: 'métier', digital: 'numérique' } as const
const tileWords = ({ scope, axis, covered, of, sessions }: Cell): string =>
  scope === 'metier'
    ? `${SHORT[axis!]} : ${covered} sur ${of}`
    : sessions === 0
      ? 'aucune session'
      : counted(sessions, 'session')

type Grouped = readonly [Cell, Cell[]]

/** Each métier by axis, then each module: in how many départements it lacks sessions, or when the last was in the only one asked. */
function targetTables(cells: readonly Cell[], { departement }: GapsAsked): string {
  const groups = [...Map.groupBy(cells, ({ scope, target, axis }) => `${scope} ${target} ${axis}`).values()]
  const of = (scope: Cell['scope']): Grouped[] =>
    groups.filter(([one]) => one!.scope === scope).map((all) => [all[0]!, all])
  const [metiers, modules] = [of('metier'), of('module')]
  return html`<details>
      <summary>Par métier : ${counted(metiers.length, 'ligne')}</summary>
      !${metiersTable(metiers, departement)}
    </details>
    <details>
      <summary>Par module : ${counted(modules.length, 'module')}</summary>
      !${modulesTable(modules, departement)}
    </details>`
}

const metiersTable = (groups: Grouped[], departement: string | undefined): string =>
  scrollTable(
    'Départements où il manque des sessions, par métier',
    html`<table>
      <thead>
        <tr>
          <th scope="col">Métier ou fonction</th>
          <th scope="col">Axe</th>
          <th scope="col">${departement ? 'Compétences couvertes ici' : 'Départements où il en manque'}</th>
          <th scope="col">Sessions à distance</th>
        </tr>
      </thead>
      <tbody>
        !${groups.map(
          ([{ target, label, axis, covered, of, distance }, all]) =>
            html`<tr>
              <th scope="row"><a href="/cartographie/metiers/${target}">${label}</a></th>
              <td>${AXIS_WORDS[axis!]}</td>
              <td>${departement ? `${covered} sur ${of}` : `${all.filter(isLacking).length} sur ${all.length}`}</td>
              <td>${distance}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )

const day = (value: string | null): string => (value === null ? 'aucune' : longDate(value))
const later = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b > a) ? b : a)
const sooner = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b < a) ? b : a)

const modulesTable = (groups: Grouped[], departement: string | undefined): string =>
  scrollTable(
    'Départements sans session, par module',
    html`<table>
      <thead>
        <tr>
          <th scope="col">Module</th>
          <th scope="col">${departement ? 'Sessions ici' : 'Départements sans session'}</th>
          <th scope="col">Sessions à distance</th>
          <th scope="col">Dernière en présence</th>
          <th scope="col">Prochaine en présence</th>
        </tr>
      </thead>
      <tbody>
        !${groups.map(
          ([{ target, label, sessions, distance }, all]) =>
            html`<tr>
              <th scope="row"><a href="/modules/${target}">${label}</a></th>
              <td>${departement ? sessions : `${all.filter(isLacking).length} sur ${all.length}`}</td>
              <td>${distance}</td>
              <td>${day(all.map((one) => one.last).reduce(later))}</td>
              <td>${day(all.map((one) => one.next).reduce(sooner))}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )
