import { csvLine } from '../web/csv.ts'
import type { FileInfo, Publishing, ReleaseHead } from './release-files.ts'
import { licenceOf } from './release-licences.ts'
import type { Cell, Column } from './release-table.ts'
import type { FilledTable } from './release-tables.ts'

/** A table as RFC 4180 has it, in UTF-8: what is not known is empty, yes and no are « oui » and « non ». */
export const csvOf = ({ columns, filled }: FilledTable): string =>
  csvLine(columns.map((one) => one.name)) +
  filled.map((row) => csvLine(columns.map((one) => plain(row[one.name] ?? null)))).join('')

const plain = (cell: Cell): string | number | null => (typeof cell === 'boolean' ? (cell ? 'oui' : 'non') : cell)

/** The licences of a file, as a Data Package has them; none when a source names none. */
const licences = (named: readonly (string | null)[]) => {
  const known = named.flatMap((one) => licenceOf(one) ?? [])
  return known.length === 0 ? {} : { licenses: known.map(({ name, title, path }) => ({ name, title, path })) }
}

/**
 * `datapackage.json`, as Data Package 2.0 (datapackage.org) has it: each table with its schema, its keys, its size and its
 * hash; the other files of data with theirs.
 */
export function dataPackage(
  { number, publishedAt, note }: ReleaseHead,
  tables: readonly FilledTable[],
  files: readonly FileInfo[],
  { baseUrl, publisher }: Publishing,
): string {
  const byName = new Map(tables.map((one) => [`${one.name}.csv`, one]))
  const cited = tables.find((one) => one.name === 'sources')?.filled ?? []
  const described = {
    $schema: 'https://datapackage.org/profiles/2.0/datapackage.json',
    name: 'cartographie-de-la-mediation-numerique',
    id: `${baseUrl}/cartographie/editions/${number}`,
    title: `Cartographie des métiers et des compétences de la médiation numérique, édition ${number}`,
    description: note,
    homepage: `${baseUrl}/cartographie/editions/${number}`,
    version: String(number),
    created: publishedAt.toISOString(),
    contributors: [{ title: publisher, roles: ['publisher'] }],
    keywords: ['médiation numérique', 'inclusion numérique', 'métiers', 'compétences', 'formation'],
    ...licences([...new Set(tables.map((one) => one.licence))]),
    sources: cited.map(({ document }) => sourceOf(String(document))),
    resources: files.map((file) => resourceOf(file, byName.get(file.name), tables)),
  }
  return `${JSON.stringify(described, null, 2)}\n`
}

const sourceOf = (document: string) =>
  /^https?:/.test(document) ? { title: document, path: document } : { title: document }

function resourceOf(file: FileInfo, table: FilledTable | undefined, tables: readonly FilledTable[]) {
  const { name, title, mediaType, licences: named, bytes, sha256 } = file
  const common = {
    path: name,
    title,
    mediatype: mediaType.split(';')[0],
    encoding: 'utf-8',
    bytes,
    hash: `sha256:${sha256}`,
    ...licences(named),
  }
  if (!table) return { name: name.replace('.', '-'), format: name.split('.').at(-1), ...common }
  const foreignKeys = table.columns.flatMap(({ name: field, to }) => {
    const target = tables.find((one) => one.name === to)
    return target ? [{ fields: [field], reference: referenceTo(target, table) }] : []
  })
  return {
    name: table.name,
    type: 'table',
    format: 'csv',
    ...common,
    dialect: { delimiter: ',', lineTerminator: '\r\n', quoteChar: '"', doubleQuote: true, header: true },
    schema: {
      fields: table.columns.map(fieldOf),
      primaryKey: table.key,
      ...(foreignKeys.length > 0 && { foreignKeys }),
    },
  }
}

// Table Schema 2.0: a key that names a row of its own table does not name the table.
const referenceTo = (target: FilledTable, from: FilledTable) => ({
  ...(target.name !== from.name && { resource: target.name }),
  fields: target.key,
})

const fieldOf = ({ name, title, type, required, values }: Column) => ({
  name,
  title,
  type: type ?? 'string',
  ...(type === 'boolean' && { trueValues: ['oui'], falseValues: ['non'] }),
  ...((required || values) && { constraints: { ...(required && { required }), ...(values && { enum: values }) } }),
})
