import { capital, count } from '../web/components.ts'
import { monthWords } from '../web/html.ts'
import type { Bar } from './bar-charts.ts'
import type { Areas } from './choropleth.ts'
import type { Grid } from './grid.ts'
import { shareWords } from './shares.ts'
import type { Sheet, SheetLine } from './sheets.ts'
import { CODES, codesOf, type Dimension, DIMENSIONS, type Kind, type Table, TABLES } from './tables.ts'
import type { Words } from './words.ts'

/**
 * What a chart draws: bars (`whole` is as long as can be: a hundred per cent), columns from left to right, a map of départements,
 * or a table whose cells are as dark as they are large.
 */
export type Chart =
  | { form: 'bars' | 'columns'; bars: Bar[]; whole?: number }
  | { form: 'map'; areas: Areas }
  | { form: 'grid'; grid: Grid }
/** A table, and the chart beside it that draws its first lines. */
export type Part = {
  /** Its name in addresses, and in the page. */
  name: string
  kind: Kind
  title: string
  unit: string
  heads: string[]
  /** The first cell of a row is its head. */
  rows: string[][]
  chart: Chart | null
}

/** As many bars as can be taken in at once; the table has the others. */
export const MOST_BARS = 15

export const said = (value: number | null): string => (value === null ? 'secret' : count(value))
export const percent = (part: number, whole: number): string =>
  (part / whole).toLocaleString('fr-FR', { style: 'percent', maximumFractionDigits: 1 })

/** Made once: comparing by a name of a language would make one for each comparison. */
const byName = new Intl.Collator('fr', { numeric: true })

/** A line of a table with the names of what it counts, in order: codes of a short list in its order, the others from the most. */
type Named = SheetLine & { codes: string[]; labels: string[] }

function named(lines: readonly SheetLine[], kind: Kind, words: Words): Named[] {
  const { dimensions }: Table = TABLES[kind]
  const orders = dimensions.map((one) => Object.keys(CODES[one] ?? {}))
  return lines
    .map((one) => {
      const codes = codesOf(one.of)
      const labels = dimensions.map((dimension, at) => words(dimension, codes[at] ?? ''))
      return {
        ...one,
        codes,
        labels,
        name: labels.join(' '),
        ranks: orders.map((order, at) => order.indexOf(codes[at]!)),
      }
    })
    .toSorted(
      (a, b) =>
        a.ranks.map((rank, at) => rank - b.ranks[at]!).find((one) => one !== 0) ||
        (b.count ?? 0) - (a.count ?? 0) ||
        byName.compare(a.name, b.name),
    )
}

/** The parts of a page that a table makes, none when the edition has no line of it. */
export function partsOf(kind: Kind, sheet: Sheet, words: Words): Part[] {
  const lines = named(sheet.get(kind) ?? [], kind, words)
  const whole = lines.filter((one) => one.month === '')
  const { dimensions }: Table = TABLES[kind]
  if (whole.length === 0) return []
  const parts = kind === 'need' ? needParts(whole) : dimensions.length > 1 ? [crossed(kind, whole)] : told(kind, whole)
  return [...parts, ...monthParts(kind, lines, words)]
}

/** The title of a table where it stands alone, as in a file: « Par badge » says of what. */
const titleOf = (kind: Kind): string => TABLES[kind].title.replace(/^Par /, `${TABLES.all.title}, par `)

/** A part with the title and the unit of its table. */
const partOf = (kind: Kind, more: Partial<Part> & Pick<Part, 'rows' | 'heads' | 'chart'>): Part => {
  const { unit } = TABLES[kind]
  return { name: kind, kind, title: titleOf(kind), unit, ...more }
}

function told(kind: Kind, lines: Named[]): Part[] {
  const { dimensions, unit }: Table = TABLES[kind]
  const [dimension] = dimensions
  // One number alone needs no table: the page gives it with those that sum it up.
  if (!dimension) return []
  const isShared = shareWords(kind) !== null
  const share = ({ count: value, denominator }: Named): string =>
    value === null || denominator === null
      ? 'non calculable'
      : `${percent(value, denominator)} de ${count(denominator)}`
  return [
    partOf(kind, {
      heads: [DIMENSIONS[dimension], capital(unit), ...(isShared ? ['Part'] : [])],
      rows: lines.map((one) => [one.labels[0]!, said(one.count), ...(isShared ? [share(one)] : [])]),
      chart: { form: 'bars', bars: lines.map(({ labels, count: value }) => ({ label: labels[0]!, value })) },
    }),
  ]
}

/** A table of two dimensions: the first down, the second across. */
function crossed(kind: Kind, lines: Named[]): Part {
  const [down, across] = TABLES[kind].dimensions as readonly [Dimension, Dimension]
  const columns = [...new Map(lines.map(({ codes, labels }) => [codes[1]!, labels[1]!]))].toSorted(([a], [b]) =>
    CODES[across]
      ? Object.keys(CODES[across]).indexOf(a) - Object.keys(CODES[across]).indexOf(b)
      : byName.compare(a, b),
  )
  const rows = Array.from(Map.groupBy(lines, ({ codes }) => codes[0]!).values(), (some) => {
    const at = new Map(some.map((one) => [one.codes[1]!, one.count]))
    return { label: some[0]!.labels[0]!, values: columns.map(([code]) => (at.has(code) ? at.get(code)! : 0)) }
  }).toSorted((a, b) => (CODES[down] ? 0 : sum(b.values) - sum(a.values)))
  return gridPart(kind, {
    corner: DIMENSIONS[down],
    columns: columns.map(([, label]) => (across === 'level' && /^\d/.test(label) ? `niveau ${label}` : label)),
    rows: rows.map(({ label, values }) => ({ label, cells: values.map((value) => ({ value })) })),
  })
}

/** For the order of lines only: what is withheld counts for nothing in it. */
const sum = (values: (number | null)[]): number => values.reduce<number>((total, one) => total + (one ?? 0), 0)

const gridPart = (kind: Kind, grid: Grid, more: Partial<Part> = {}): Part =>
  partOf(kind, {
    heads: [grid.corner, ...grid.columns],
    rows: grid.rows.map(({ label, cells }) => [label, ...cells.map(({ value }) => said(value ?? 0))]),
    chart: { form: 'grid', grid },
    ...more,
  })

/** Each month: columns for one number, else a table of all its lines across the months. */
function monthParts(kind: Kind, lines: Named[], words: Words): Part[] {
  const monthly = lines.filter((one) => one.month !== '')
  if (monthly.length === 0) return []
  const months = monthsBetween(monthly.map((one) => one.month))
  const { dimensions }: Table = TABLES[kind]
  const more = { name: `${kind}-mois`, title: `${titleOf(kind)}, par mois` }
  const at = new Map(monthly.map((one) => [`${one.of}\n${one.month}`, one.count]))
  const valueOf = (of: string, month: string): number | null =>
    at.has(`${of}\n${month}`) ? at.get(`${of}\n${month}`)! : 0
  if (dimensions.length === 0) {
    const bars = months.map((month) => ({ label: shortMonth(month), value: valueOf('', month) }))
    return [
      partOf(kind, {
        ...more,
        heads: ['Mois', capital(TABLES[kind].unit)],
        rows: months.map((month) => [monthWords(month), said(valueOf('', month))]),
        chart: { form: 'columns', bars },
      }),
    ]
  }
  const ofs = [...new Set(lines.filter((one) => one.month === '').map((one) => one.of))]
  const label = (of: string): string => codesOf(of).map((code, index) => words(dimensions[index]!, code)).join(', ') // prettier-ignore
  const rows = ofs.map((of) => ({ label: label(of), cells: months.map((month) => ({ value: valueOf(of, month) })) }))
  return [gridPart(kind, { corner: dimensions.map((one) => DIMENSIONS[one]).join(', '), columns: months.map(shortMonth), rows }, more)] // prettier-ignore
}

/** Every month from the first to the last: one without a line is zero. */
function monthsBetween(months: string[]): string[] {
  const [first, last] = [months.toSorted()[0]!, months.toSorted().at(-1)!]
  const found = [first]
  while (found.at(-1)! < last) {
    const [year, month] = found.at(-1)!.split('-').map(Number) as [number, number]
    found.push(new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7))
  }
  return found
}

const shortMonth = (month: string): string =>
  new Date(`${month}-15`).toLocaleDateString('fr-FR', { month: 'short', year: 'numeric' }).replace(' ', '\n')

/** Needs, one table for each who answers: they are never compared. A share is of « oui » and « non »; « ne sait pas » is apart. */
function needParts(lines: Named[]): Part[] {
  return Array.from(
    Map.groupBy(lines, ({ codes }) => codes[0]!),
    ([respondent, some]) => {
      const themes = Array.from(Map.groupBy(some, ({ codes }) => codes[1]!).values(), (answers) => {
        const of = (answer: string): Named | undefined => answers.find(({ codes }) => codes[2] === answer)
        const value = (answer: string): number | null => (of(answer) ? of(answer)!.count : 0)
        const [yes, no, unsure] = [value('oui'), value('non'), value('nsp')]
        const part = yes === null || no === null || yes + no === 0 ? null : yes / (yes + no)
        return { label: answers[0]!.labels[1]!, yes, no, unsure, part }
      })
      const shared = ({ yes, no, part }: (typeof themes)[number]): string =>
      yes === null || no === null ? 'non calculable' : part === null ? 'aucun avis' : `${percent(yes, yes + no)} de ${count(yes + no)}` // prettier-ignore
      return partOf('need', {
        name: `need-${respondent}`,
        title: `Besoins de formation : ${some[0]!.labels[0]!}`,
        unit: 'réponses ; sur le graphique, part de « oui »',
        heads: ['Thème', 'Oui', 'Non', 'Ne sait pas', 'Part de « oui »'],
        rows: themes.map((one) => [one.label, said(one.yes), said(one.no), said(one.unsure), shared(one)]),
        chart: {
          form: 'bars',
          bars: themes.map((one) => ({
            label: one.label,
            value: one.part === null && one.yes !== null && one.no !== null ? 0 : one.part,
            ...(one.part === null ? {} : { said: percent(one.part, 1) }),
          })),
        },
      })
    },
  )
}
