import { createHash } from 'node:crypto'
import { CSV_MARK, csvLine } from '../web/csv.ts'
import type { EditionFile, Made } from './edition-head.ts'
import { dataPackage, tableSchema } from './edition-package.ts'
import { readme } from './edition-readme.ts'
import { COLUMNS, figureLine } from './figure-lines.ts'
import { type Cell, parquetOf } from './parquet.ts'

/**
 * The files of an edition but its signature, in the order in which they are shown. A pure function: the same figures, day
 * and names give the same bytes.
 */
export function editionFiles(made: Made): EditionFile[] {
  const { head, figures, labels, site } = made
  const lines = figures.map((one) => figureLine(head, one, labels))
  const data = [
    fileOf('chiffres.csv', 'Tous les nombres (CSV, UTF-8)', 'text/csv; charset=utf-8', csvOf(lines)),
    fileOf('chiffres.jsonl', 'Tous les nombres (JSON Lines)', 'application/jsonl', jsonLines(lines)),
    fileOf(
      'chiffres.parquet',
      'Tous les nombres (Apache Parquet)',
      'application/vnd.apache.parquet',
      parquetOf(COLUMNS, lines, { edition: head.edition, licence: 'etalab-2.0', source: site.baseUrl }),
    ),
  ]
  const schema = fileOf(
    'schema.json',
    'Ce que contient chaque colonne (Table Schema)',
    JSON_TYPE,
    asJson(tableSchema()),
  )
  const described = [
    fileOf('LISEZMOI.md', 'Ce que contient l’édition, secret, licence, vérification', MARKDOWN, readme(made)),
    ...data,
    schema,
    fileOf(
      'datapackage.json',
      'Description des fichiers (Frictionless Data Package)',
      JSON_TYPE,
      asJson(dataPackage(made, data)),
    ),
  ]
  const sums = described.map(({ sha256, name }) => `${sha256}  ${name}\n`).join('')
  return [...described, fileOf('SHA256SUMS', 'Sommes de contrôle', 'text/plain; charset=utf-8', sums)]
}

const JSON_TYPE = 'application/json'
const MARKDOWN = 'text/markdown; charset=utf-8'

/** A file with its size and its checksum. */
export function fileOf(name: string, title: string, mediaType: string, given: string | Buffer): EditionFile {
  const content = Buffer.from(given)
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { name, title, mediaType, content, bytes: content.length, sha256 }
}

/** A document as JSON for people too. */
export const asJson = (document: object): string => `${JSON.stringify(document, null, 2)}\n`

type Line = Record<string, Cell>

const csvOf = (lines: readonly Line[]): string =>
  CSV_MARK +
  csvLine(COLUMNS.map((one) => one.name)) +
  lines.map((line) => csvLine(COLUMNS.map((one) => plain(line[one.name] ?? null)))).join('')

const plain = (cell: Cell): string | number | null => (typeof cell === 'boolean' ? (cell ? 'oui' : 'non') : cell)

/** A line an object, its columns in their order, without the dimensions of other tables: half the bytes. */
const jsonLines = (lines: readonly Line[]): string =>
  lines
    .map((line) => {
      const names = COLUMNS.map((one) => one.name).filter((name) => name in line)
      return `${JSON.stringify(Object.fromEntries(names.map((name) => [name, line[name]])))}\n`
    })
    .join('')
