import { facts, scrollTable } from '../web/components.ts'
import { html, longDate, type Page } from '../web/html.ts'
import type { Edition } from './editions.ts'
import { periodWords, territoryForm } from './editions-view.ts'
import { percent, said } from './parts.ts'
import { SECTIONS } from './sections.ts'
import type { Sheet } from './sheets.ts'
import { codesOf, type Kind, type Table, TABLES } from './tables.ts'
import { territoryWords, widthOf } from './territories.ts'
import type { Words } from './words.ts'

type Opened = { edition: Edition; territory: string; here: Sheet; country: Sheet; words: Words; baseUrl: string }

/** All that is published of a territory, beside the country's. */
export function territoryPage({ edition, territory, here, country, words, baseUrl }: Opened): Page {
  const path = `/statistiques/${edition.edition}`
  const name = territoryWords(territory)
  const sections = SECTIONS.map(({ id, title, kinds }) => {
    const tables = kinds.filter((kind) => isTold(kind, territory) && country.has(kind))
    return tables.length === 0
      ? ''
      : html`<section class="theme" aria-labelledby="${id}">
          <h2 id="${id}">${title}</h2>
          !${tables.map((kind) => table(kind, { here, country, words }))}
        </section>`
  })
  return {
    title: `${name} : chiffres ${periodWords(edition)}`,
    canonical: `${baseUrl}${path}/territoires/${territory}`,
    image: `${baseUrl}/apercu.png`,
    body: html`<p class="up"><a href="${path}">Chiffres ${periodWords(edition)}</a></p>
      <h1>${name}</h1>
      <p class="lead">Chiffres ${periodWords(edition)}, à côté de ceux de la France entière.</p>
      !${territoryForm(edition.edition, territory)}
      !${facts([
        ['Source', `Insigne, édition ${edition.edition} publiée le ${longDate(edition.publishedAt)}`],
        ['Secret', `Un nombre plus petit que ${edition.threshold}, et ceux qui le rendraient par soustraction`],
      ])}
      !${sections.every((one) => one === '') ? html`<p>L’édition ne donne aucun nombre de ce territoire.</p>` : sections}`,
  }
}

const WIDE: Record<Table['depth'], readonly string[]> = {
  FR: ['FR'],
  REG: ['FR', 'HUB', 'REG'],
  DEP: ['FR', 'HUB', 'REG', 'DEP'],
}

/** Whether a table is given for a territory as wide. */
const isTold = (kind: Kind, territory: string): boolean => {
  const { depth }: Table = TABLES[kind]
  // Where no département is known is told as a région is.
  return WIDE[depth].includes(territory === 'DEP-' ? 'REG' : widthOf(territory))
}

type Told = Pick<Opened, 'here' | 'country' | 'words'>

function table(kind: Kind, { here, country, words }: Told): string {
  const { title, unit, population, caution, dimensions }: Table = TABLES[kind]
  const whole = (sheet: Sheet) => (sheet.get(kind) ?? []).filter((one) => one.month === '')
  const known = new Map(whole(here).map((one) => [one.of, one]))
  const label = (of: string): string =>
    dimensions.length === 0 ? title : codesOf(of).map((code, at) => words(dimensions[at]!, code)).join(' : ') // prettier-ignore
  const lines = whole(country).map((one) => ({ of: one.of, label: label(one.of), all: one, own: known.get(one.of) }))
  const rank = ({ own }: (typeof lines)[number]): number => (own === undefined ? -1 : (own.count ?? 0))
  // Short lists keep the order of the edition, as on its page.
  const sorted = lines.length > 12 ? lines.toSorted((a, b) => rank(b) - rank(a)) : lines
  const shown = sorted.filter(({ own }) => own !== undefined)
  const absent = sorted.length - shown.length
  const rows = (some: typeof lines, named: string = title): string =>
    scrollTable(
      `Tableau : ${named}`,
      html`<table class="counts">
        <thead>
          <tr>
            <th scope="col">${dimensions.length === 0 ? 'Total' : title}</th>
            <th scope="col">Ici (${unit})</th>
            <th scope="col">France entière</th>
            <th scope="col">Part de la France</th>
          </tr>
        </thead>
        <tbody>
          !${some.map(
            ({ label, own, all }) =>
              html`<tr>
                <th scope="row">${label}</th>
                <td>${said(own?.count ?? (own ? null : 0))}</td>
                <td>${said(all.count)}</td>
                <td>
                  ${own?.count && all.count ? percent(own.count, all.count) : own?.count === null || all.count === null ? 'non calculable' : percent(0, 1)}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    )
  return html`<section class="figured">
    <h3 id="t-${kind}">${title}</h3>
    <p class="told">
      <strong>Unité</strong> : ${unit}. <strong>Population</strong> :
      ${population}.!${caution ? html` <strong>Réserve</strong> : ${caution}` : ''}
    </p>
    !${shown.length === 0 ? html`<p>Rien ici : toutes les lignes de la France entière y sont à zéro.</p>` : rows(shown.slice(0, 15))}
    !${
      shown.length > 15
        ? html`<details>
            <summary>Les ${shown.length - 15} lignes suivantes</summary>
            !${rows(shown.slice(15), `${title}, suite`)}
          </details>`
        : ''
    }
    !${shown.length > 0 && absent > 0 ? html`<p class="remark">Les autres lignes de la France entière (${absent}) sont ici à zéro.</p>` : ''}
  </section>`
}
