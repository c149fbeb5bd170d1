import { pipeline } from 'node:stream'
import { streamArray } from 'stream-json/streamers/stream-array.js'
import { invalid, malformed } from '../errors.ts'
import { type Reading, readingOf, readNamed } from './completion-columns.ts'
import { problem, type ReadRow, type RowContext } from './completion-rows.ts'
import type { Spool } from './spool.ts'

/**
 * Reads rows sent as a JSON array, in constant memory: each one an object with the column names of the CSV.
 * A wrong file throws (`malformed`, `rows_expected`, `invalid_fields` when empty); a wrong row is a row with its problem.
 */
export async function* readJson(file: Spool, context: RowContext): AsyncGenerator<ReadRow> {
  const reading = readingOf(context)
  let line = 0
  for await (const given of jsonElements(file)) yield readElement(given, ++line, reading)
  if (line > 0) return
  throw invalid('invalid_fields', 'Corps : le tableau est vide (minItems 1).', 'Envoyez un objet par personne.')
}

async function* jsonElements(file: Spool): AsyncGenerator {
  if (!file.isText) throw JSON_UNREADABLE()
  const mark = file.head.indexOf('\uFEFF') === 0 ? 3 : 0
  const first = file.head.toString('utf8', mark).trimStart()[0]
  if (first !== undefined && '{"-0123456789ntf'.includes(first)) throw rowsExpected()
  const parser: AsyncIterable<{ value: unknown }> = pipeline(
    file.read(mark),
    streamArray.withParserAsStream(),
    () => {},
  )
  try {
    for await (const { value } of parser) yield value
  } catch (error) {
    // A failure of the disk has a code, the parser's have none.
    throw (error as NodeJS.ErrnoException).code?.startsWith('E') ? error : JSON_UNREADABLE()
  }
}

const JSON_UNREADABLE = () =>
  malformed(
    'malformed',
    'La demande n’est pas lisible : le JSON envoyé est incomplet ou mal formé.',
    'Corrigez-le, en UTF-8, puis renvoyez-le.',
  )

/** What is neither CSV nor a JSON array. */
export const rowsExpected = () =>
  malformed(
    'rows_expected',
    'Les acquis s’envoient en CSV ou en tableau JSON.',
    'Envoyez le fichier avec « Content-Type: text/csv », ou un tableau avec « Content-Type: application/json ».',
  )

function readElement(given: unknown, line: number, reading: Reading): ReadRow {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return {
      line,
      problem: problem(null, 'row_shape', 'La ligne n’est pas un objet.', 'Envoyez un objet par personne.'),
    }
  }
  const named: [string, string][] = Object.entries(given)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, asText(value)])
  return readNamed(new Map(), named, line, reading)
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  try {
    return JSON.stringify(value)
  } catch {
    return '[…]' // nested deeper than the stack
  }
}
