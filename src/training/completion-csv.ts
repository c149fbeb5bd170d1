import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { malformed } from '../errors.ts'
import {
  columnOf,
  columnTwice,
  columnUnknown,
  OPTIONAL,
  type Reading,
  readingOf,
  readNamed,
  REQUIRED,
} from './completion-columns.ts'
import { problem, type ReadRow, type RowContext } from './completion-rows.ts'
import type { Spool } from './spool.ts'

/** A row as it was read, beside its cells as they were written, by column. */
export type CsvRow = ReadRow & { cells: Map<string, string> }

/**
 * Reads a CSV of completions (UTF-8; comma, semicolon or tab; header required) row by row, in constant memory.
 * A wrong file throws (`csv_encoding`, `csv_header`, `csv_malformed`, `csv_empty`); a wrong row is a row with its problem.
 */
export async function* readCsv(file: Spool, context: RowContext): AsyncGenerator<CsvRow> {
  if (!file.isText) {
    throw malformed(
      'csv_encoding',
      'Le fichier n’est pas un texte en UTF-8 : les lettres accentuées seraient abîmées.',
      'Dans le tableur, enregistrez sous « CSV UTF-8 (délimité par des virgules) », puis renvoyez le fichier.',
    )
  }
  const reading = readingOf(context)
  const read = { bytes: 0 }
  const lines = lineCounter(file.hasLineFeed ? '\n' : '\r')
  let header: string[] | null = null
  let count = 0
  try {
    for await (const { record, info } of csvRecords(file, lines.follow, read)) {
      const line = lines.at(info.bytes - 1) // its line end excluded
      if (header) {
        count++
        yield readCells(header, record, line, reading)
      } else header = readHeader(record, line, reading)
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = read.bytes === 0 ? 1 : lines.at(read.bytes - 1) + 1
    throw malformed(
      'csv_malformed',
      `Le fichier n’est plus lisible à partir de la ligne ${line} : un guillemet n’y est pas fermé ou pas doublé.`,
      'Ouvrez le fichier dans un tableur, corrigez cette ligne et enregistrez-le de nouveau en CSV UTF-8.',
      { line },
    )
  }
  if (count === 0) {
    const reason = header ? 'Le fichier n’a qu’une ligne d’en-tête.' : 'Le fichier est vide.'
    throw malformed('csv_empty', reason, 'Envoyez une ligne d’en-tête puis une ligne par personne.')
  }
}

type CsvRecord = { record: string[]; info: { bytes: number } }
type Follow = (chunks: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>

/** A quote never closed would keep the rest of the file in memory; the longest row admitted is far shorter. */
const MAX_RECORD = 1024 * 1024

/** The records of the file, each with where it ends; `read` follows the parser, which meets an error before we do. */
function csvRecords(file: Spool, follow: Follow, read: { bytes: number }): AsyncIterable<CsvRecord> {
  const parser = parse({
    delimiter: delimiterOf(file.head),
    record_delimiter: file.hasLineFeed ? ['\r\n', '\n'] : '\r',
    trim: true, // the byte order mark too
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    relax_column_count: true,
    max_record_size: MAX_RECORD,
    info: true,
    on_record: (record, info) => {
      read.bytes = info.bytes
      return record
    },
  })
  // Who iterates is told of any failure; the callback only has both ends destroyed together.
  return pipeline(Readable.from(follow(file.read())), parser, () => {})
}

/** Tells the line of positions asked for in order, in the chunks it follows; the parser takes a quoted CRLF for two. */
function lineCounter(newline: string): { follow: Follow; at(position: number): number } {
  let ends: number[] = []
  let next = 0
  let passed = 0
  return {
    async *follow(chunks) {
      let start = 0
      for await (const chunk of chunks) {
        ends = ends.slice(next)
        next = 0
        for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, end + 1)) ends.push(start + end)
        start += chunk.length
        yield chunk
      }
    },
    at(position) {
      for (; next < ends.length && ends[next]! < position; next++) passed++
      return passed + 1
    },
  }
}

const delimiterOf = (bytes: Buffer): string => {
  const [header = ''] = bytes
    .toString('utf8')
    .trimStart()
    .split(/[\r\n]/, 1)
  const found = [',', ';', '\t'].map((one) => ({ one, cells: header.split(one).length }))
  return found.reduce((best, other) => (other.cells > best.cells ? other : best)).one
}

/** The columns of the header, in order; a spreadsheet may leave empty ones at the end. */
function readHeader(record: string[], line: number, reading: Reading): string[] {
  const given = record.slice(0, record.findLastIndex((cell) => cell !== '') + 1)
  const header = given.map((cell) => columnOf(cell, reading))
  const reason = headerProblem(given, header, reading)
  if (reason) throw malformed('csv_header', reason, `La première ligne doit être : ${EXPECTED}.`, { line })
  return header as string[]
}

function headerProblem(given: string[], header: (string | undefined)[], reading: Reading): string | null {
  const missing = REQUIRED.filter((name) => !header.includes(name))
  if (missing.length > 0) return `Il manque dans l’en-tête : ${missing.join(', ')}.`
  const unknown = header.indexOf(undefined)
  if (unknown !== -1) return columnUnknown(given[unknown]!, reading)
  const twice = header.find((name, index) => header.indexOf(name) !== index)
  return twice === undefined ? null : columnTwice(twice)
}

const EXPECTED = `${REQUIRED.join(',')}[,${OPTIONAL.join(',')}][,referentiel:code]`

/** Cells beyond the header may name their own competence, as in `digcomp:2.1=5`. */
function readCells(header: string[], record: string[], line: number, reading: Reading): CsvRow {
  const cells = new Map(header.map((name, index) => [name, record[index] ?? '']))
  const beyond = record.slice(header.length).filter((cell) => cell !== '')
  const named = beyond.map((cell) => /^([^=]+)=([^=]*)$/.exec(cell))
  if (record.length < header.length || named.includes(null)) {
    const message = `La ligne compte ${record.length} cases, l’en-tête ${header.length}.`
    const mend = 'Mettez entre guillemets les textes qui contiennent le séparateur, ou complétez les cases vides.'
    return { line, cells, problem: problem(null, 'cell_count', message, mend) }
  }
  const said = named.map((one): [string, string] => [one![1]!, one![2]!.trim()])
  return { ...readNamed(cells, said, line, reading), cells }
}
