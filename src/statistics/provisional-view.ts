import { counted, emptyList, facts, scrollTable } from '../web/components.ts'
import { html, longDate, monthWords, type Page } from '../web/html.ts'
import { ROUNDING } from './provisional.ts'
import { type ProvisionalTables, PROVISIONAL_WARNING } from './provisional-tables.ts'
import { CODES } from './tables.ts'
import { NOWHERE, TERRITORIES, territoryWords } from './territories.ts'

type Tables = ProvisionalTables['tables']
type Line = Tables[number]['lines'][number]

/** What the committee steers by, before any edition: every number rounded, and why. */
export const provisionalPage = ({ readAt, months, tables }: ProvisionalTables): Page => ({
  title: 'Chiffres provisoires',
  body: html`<p class="up"><a href="/statistiques">Statistiques</a></p>
    <h1>Chiffres provisoires</h1>
    <p class="lead">
      Pour ajuster au fur et à mesure : ce qui est compté à cet instant et qu’aucune édition ne couvre encore.
    </p>
    <section class="note" aria-labelledby="provisoires">
      <h2 id="provisoires">Provisoires, arrondis, pour vous seuls</h2>
      <p>${PROVISIONAL_WARNING}</p>
      <p>
        L’arrondi protège les personnes : entre deux lectures, un badge de plus ne se voit que s’il fait passer une
        dizaine. Il ne protège pas de tout : qui lirait sans cesse verrait chaque passage, et rapprocher ces nombres
        d’une édition resserre ce qu’elle retient. C’est pourquoi cette page n’est pas publique, ne descend pas au
        département, et chaque lecture est inscrite au journal.
      </p>
    </section>
    !${facts([
      [
        'Lus le',
        `${longDate(readAt)} à ${readAt.toLocaleTimeString('fr-FR', { timeZone: 'Europe/Paris', timeStyle: 'short' })}`,
      ],
      ['Mois comptés', monthsOf(months)],
      [
        'Comptage',
        'Badges délivrés, révoqués depuis compris ; sessions terminées et non annulées ; habilitations et demandes à cet instant',
      ],
    ])}
    <p><a href="/api/v1/statistics/provisional">Les mêmes en JSON</a></p>
    !${byRegion(tables)} !${byMonth(tables)}
    !${(['outcome', 'badge', 'competence', 'public', 'metier'] as const).map((kind) => byCode(tables, kind))}`,
})

const monthsOf = (months: string[]): string =>
  months.length < 2
    ? monthWords(months[0] ?? '')
    : `De ${monthWords(months[0]!)} à ${monthWords(months.at(-1)!)}, moins ceux d’une édition : ${counted(months.length, 'mois', 'mois')}`

/** At least so many; under ten, no more is said. */
const words = (line: Line | undefined): string => (line ? line.atLeast.toLocaleString('fr-FR') : `moins de ${ROUNDING}`)

const linesOf = (tables: Tables, kind: Tables[number]['kind']): Line[] =>
  tables.find((one) => one.kind === kind)?.lines ?? []

/** Every region in one table, those of which little is counted too: nobody can tell little from nothing. */
function byRegion(tables: Tables): string {
  const columns: [head: string, kind: Tables[number]['kind'], of: string][] = [
    ['Badges', 'all', ''],
    ...Object.entries(CODES.state!).map(([of, head]): [string, 'habilitation', string] => [head, 'habilitation', of]),
    ...Object.entries(CODES.modality!).map(([of, head]): [string, 'sessions', string] => [
      `Sessions : ${head.toLowerCase()}`,
      'sessions',
      of,
    ]),
  ]
  const places = [...TERRITORIES.keys()].filter((one) => one === 'FR' || one === NOWHERE || one.startsWith('REG-'))
  const rows = places.map((territory) => {
    const cells = columns.map(([, kind, of]) =>
      words(linesOf(tables, kind).find((one) => one.territory === territory && one.month === '' && one.of === of)),
    )
    return [territoryWords(territory), ...cells]
  })
  return tablePart('Par région', ['Territoire', ...columns.map(([head]) => head)], rows)
}

function byMonth(tables: Tables): string {
  const months = linesOf(tables, 'all').filter((one) => one.month !== '')
  return tablePart(
    'Badges délivrés, par mois',
    ['Mois', 'Au moins'],
    months.map((line) => [monthWords(line.month), words(line)]),
  )
}

function byCode(tables: Tables, kind: Tables[number]['kind']): string {
  const { title, unit, caution } = tables.find((one) => one.kind === kind)!
  const lines = linesOf(tables, kind).filter((one) => one.territory === 'FR')
  return tablePart(
    title,
    ['', `Au moins (${unit})`],
    lines.map((line) => [line.label, words(line)]),
    caution,
  )
}

const tablePart = (
  title: string,
  [first, ...heads]: string[],
  rows: string[][],
  caution: string | null = null,
): string =>
  html`<h2>${title}</h2>
    !${caution === null ? '' : html`<p class="remark">${caution}</p>`}
    !${
      rows.length === 0
        ? emptyList(`Rien n’atteint ${ROUNDING}.`)
        : scrollTable(
            title,
            html`<table>
              <thead>
                <tr>
                  <th scope="col">${first || 'Ce qui est compté'}</th>
                  !${heads.map((head) => html`<th scope="col">${head}</th>`)}
                </tr>
              </thead>
              <tbody>
                !${rows.map(
                  ([label, ...cells]) =>
                    html`<tr>
                      <th scope="row">${label!}</th>
                      !${cells.map((cell) => html`<td>${cell}</td>`)}
                    </tr>`,
                )}
              </tbody>
            </table>`,
          )
    }`
