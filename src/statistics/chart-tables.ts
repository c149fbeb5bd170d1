import { CSV_MARK, csvLine } from '../web/csv.ts'
import type { Edition } from './editions.ts'
import { figureOnWire, tableOnWire } from './edition-wire.ts'
import { COLUMNS, figureLine, type Labels, type PublishedFigure } from './figure-lines.ts'
import { type Asked, askedWords } from './heat-map.ts'
import { type Kind, TABLES } from './tables.ts'

type Given = { edition: Edition; kind: Kind; figures: readonly PublishedFigure[]; labels: Labels }

/** A table of an edition, every territory and month of it, with the columns of its dimensions only. */
export function tableCsv({ edition, figures, labels }: Given): string {
  const told = figures.map((one) => figureLine(edition, one, labels))
  const columns = COLUMNS.map((one) => one.name).filter((name) => told.length === 0 || name in told[0]!)
  const cell = (value: string | number | boolean | null | undefined): string | number =>
    typeof value === 'boolean' ? (value ? 'oui' : 'non') : (value ?? '')
  return CSV_MARK + csvLine(columns) + told.map((line) => csvLine(columns.map((name) => cell(line[name])))).join('')
}

/** The same with what it counts, of whom, over what, and what it does not say. */
export function tableJson({ edition, kind, figures, labels }: Given, baseUrl: string) {
  return {
    ...aboutEdition(edition, baseUrl),
    ...tableOnWire(kind),
    items: figures.map((one) => figureOnWire(one, labels)),
  }
}

const aboutEdition = ({ edition, fromMonth, toMonth, threshold, publishedAt, digest }: Edition, baseUrl: string) => ({
  edition,
  fromMonth,
  toMonth,
  threshold,
  publishedAt: publishedAt.toISOString(),
  digest,
  source: `${baseUrl}/statistiques/${edition}`,
  licence: 'Licence Ouverte 2.0',
  secret: '« count » est null quand le nombre est secret ; ce qui n’a pas de ligne vaut zéro.',
})

/** What each métier asks and the badges that show it, a line for each. */
export const askedCsv = (edition: Edition, asked: readonly Asked[]): string =>
  CSV_MARK +
  csvLine([
    'edition',
    'metier',
    'metier_nom',
    'competence',
    'competence_nom',
    'importance',
    'niveau',
    'statut',
    'liste',
    'badges',
    'secret',
  ]) + // prettier-ignore
  asked
    .map((one) =>
      csvLine([
        edition.edition,
        one.metier,
        one.metierLabel,
        one.competence,
        one.competenceLabel,
        askedWords(one.importance),
        one.level,
        one.status === 'official' ? 'officielle' : 'illustrative',
        one.list,
        one.count,
        one.count === null ? 'oui' : 'non',
      ]),
    )
    .join('')

export const askedJson = (edition: Edition, asked: readonly Asked[], baseUrl: string) => ({
  ...aboutEdition(edition, baseUrl),
  title: 'Ce que chaque métier demande, et les badges qui le montrent',
  unit: TABLES.competence.unit,
  population: TABLES.competence.population,
  denominator: null,
  caution: TABLES.metier.caution,
  items: asked.map((one) => ({ ...one, secret: one.count === null })),
})
