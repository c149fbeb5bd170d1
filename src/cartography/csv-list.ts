import { CsvError, parse } from 'csv-parse/sync'
import { type Static, Type } from 'typebox'
import { stringify } from 'yaml'
import type { ContentFile, Doc, Fault, ValuePath } from '../content.ts'
import { readText } from '../content-text.ts'
import { invalid } from '../errors.ts'
import { LIST_STATUSES } from '../referential/list-schema.ts'

const Words = (maxLength: number) => Type.String({ minLength: 1, maxLength })

/** What a table cannot say of itself: the head of the list that it becomes. `source` is an address or a document. */
export const TableHead = Type.Object(
  {
    title: Words(200),
    publisher: Words(200),
    edition: Words(40),
    status: Type.Enum([...LIST_STATUSES]),
    licence: Type.Optional(Type.String({ maxLength: 200 })),
    source: Words(500),
  },
  { additionalProperties: false },
)
export type TableHead = Static<typeof TableHead>

type GivenHead = { [K in keyof TableHead]?: TableHead[K] | undefined }

/** The head of a table, whole. Errors: `table_head`. */
export function wholeHead({ title, publisher, edition, status, source, licence }: GivenHead): TableHead {
  const due = { title, publisher, edition, status, source }
  const [missing] = Object.entries(due).find(([, value]) => !value) ?? []
  if (missing !== undefined) {
    throw invalid(
      'table_head',
      'Un tableau ne dit pas d’où il vient.',
      'Donnez title, publisher, edition, status et source.',
      {
        field: missing,
      },
    )
  }
  return { ...(due as TableHead), ...(licence && { licence }) }
}

const REQUIRED = ['metier', 'framework', 'version', 'code']
const COLUMNS = [...REQUIRED, 'level', 'importance', 'source', 'note']
const MAX_ROWS = 5000

/**
 * Reads a table of what métiers ask (CSV in UTF-8; comma, semicolon or tab; `metier,framework,version,code` and, when
 * there are, `level,importance,source,note`) as the list of that name. Columns of faults are counted in cells.
 */
export function readCsvList(file: ContentFile, head: TableHead): { doc: Doc; text: string } | { faults: Fault[] } {
  const fault = (line: number, column: number, problem: string, mend: string): Fault => ({
    file: file.name,
    line,
    column,
    problem,
    mend,
  })
  const read = readText(file)
  if ('fault' in read) return { faults: [read.fault] }
  const table = readTable(read.text)
  if ('wrongLine' in table) {
    return {
      faults: [fault(table.wrongLine, 1, 'un guillemet n’est pas fermé ou pas doublé', 'Corrigez cette ligne.')],
    }
  }
  const [header, ...rows] = table.rows
  const columns = (header?.cells ?? []).map((one) => one.toLowerCase())
  const missing = REQUIRED.filter((one) => !columns.includes(one))
  const wrong = columns.flatMap((one, rank) => {
    if (!COLUMNS.includes(one))
      return fault(1, rank + 1, `la colonne « ${one.slice(0, 40)} » est inconnue`, MEND_COLUMNS)
    return columns.indexOf(one) < rank ? fault(1, rank + 1, `la colonne « ${one} » est là deux fois`, MEND_COLUMNS) : []
  })
  if (missing.length > 0) wrong.push(fault(1, 1, `il manque la colonne « ${missing.join(' », « ')} »`, MEND_COLUMNS))
  if (rows.length > MAX_ROWS)
    wrong.push(fault(MAX_ROWS + 2, 1, `il y a plus de ${MAX_ROWS} lignes`, 'Découpez le tableau.'))
  if (wrong.length > 0) return { faults: wrong }
  const value = listOf(
    file.name,
    head,
    rows.map(({ cells }) => entryOf((name) => cells[columns.indexOf(name)] ?? '')),
  )
  const at = (path: ValuePath) => {
    const row = path[0] === 'entries' ? rows[Number(path[1])] : undefined
    const field = path[2] === 'competence' ? 'code' : path[2]
    return { line: row?.line ?? 1, column: Math.max(columns.indexOf(String(field)), 0) + 1 }
  }
  return { doc: { name: file.name, value, at }, text: stringify(value, { lineWidth: 0 }) }
}

const MEND_COLUMNS = `Les colonnes admises sont ${COLUMNS.join(', ')} ; les quatre premières sont nécessaires.`

type Row = { cells: string[]; line: number }

function readTable(text: string): { rows: Row[] } | { wrongLine: number } {
  const [first = ''] = text.split('\n', 1)
  const delimiter = [';', '\t', ','].find((one) => first.includes(one)) ?? ','
  try {
    const found = parse(text, {
      delimiter,
      trim: true,
      skip_records_with_empty_values: true,
      relax_column_count: true,
      info: true,
    })
    const records = found as unknown as { record: string[]; info: { lines: number } }[]
    return {
      rows: records.map(({ record, info }) => ({
        cells: record,
        line: info.lines - record.join('').split('\n').length + 1,
      })),
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return { wrongLine: Number(error['lines'] ?? 1) }
  }
}

/** An empty cell says nothing; what is no level stays as it was written, for the schema to refuse it. */
function entryOf(cell: (name: string) => string): object {
  const [level, source, note] = [cell('level'), cell('source'), cell('note')]
  return {
    metier: cell('metier'),
    competence: { framework: cell('framework'), version: cell('version'), code: cell('code') },
    level: level === '' ? null : /^\d{1,3}$/.test(level) ? Number(level) : level,
    importance: cell('importance') || null,
    ...(source && { source: sourceOf(source) }),
    ...(note && { note }),
  }
}

const sourceOf = (text: string): object => (/^https?:\/\//.test(text) ? { url: text } : { document: text })

function listOf(name: string, { licence, source, ...head }: TableHead, entries: object[]): object {
  const list = name.replace(/^lists\/|\.yaml$/g, '')
  return {
    list,
    kind: 'requirements',
    ...head,
    licence: licence || null,
    source: sourceOf(source),
    note: null,
    entries,
  }
}
