import { isUtf8 } from 'node:buffer'
import { CsvError, parse } from 'csv-parse'
import { malformed } from '../errors.ts'
import { fold, problem, type ReadRow, readRow, type RowContext, targetOf } from './completion-rows.ts'

const REQUIRED = ['email', 'given_name', 'family_name', 'completed_on', 'result']
const OPTIONAL = ['evidence_url', 'narrative']
const FRENCH: Record<string, string> = {
  courriel: 'email',
  'e-mail': 'email',
  prenom: 'given_name',
  nom: 'family_name',
  date: 'completed_on',
  resultat: 'result',
  preuve: 'evidence_url',
  commentaire: 'narrative',
}
/**
 * Reads a CSV of completions (UTF-8, comma or semicolon, header required) row by row.
 * A wrong file throws (`csv_encoding`, `csv_header`, `csv_malformed`, `csv_empty`); a wrong row is a row with its problem.
 */
export async function* readCsv(bytes: Buffer, context: RowContext): AsyncGenerator<ReadRow> {
  if (!isUtf8(bytes)) {
    throw malformed(
      'csv_encoding',
      'Le fichier n’est pas en UTF-8 : les lettres accentuées seraient abîmées.',
      'Dans le tableur, enregistrez sous « CSV UTF-8 (délimité par des virgules) », puis renvoyez le fichier.',
    )
  }
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  const delimiter = delimiterOf(text)
  const parser = parse(text, { delimiter, trim: true, skip_empty_lines: true, relax_column_count: true, info: true })
  let header: string[] | null = null
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (header) yield readCells(header, record, info.lines, context)
      else header = readHeader(record, context)
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw malformed(
      'csv_malformed',
      `Le fichier n’est plus lisible à partir de la ligne ${Number(error['lines'] ?? 0)} : un guillemet n’y est pas fermé ou pas doublé.`,
      'Ouvrez le fichier dans un tableur, corrigez cette ligne et enregistrez-le de nouveau en CSV UTF-8.',
    )
  }
  if (!header) throw malformed('csv_empty', 'Le fichier est vide.', 'Envoyez une ligne d’en-tête puis une ligne par personne.')
}

/** Reads rows sent as JSON: each one an object with the column names of the CSV. */
export function* readJson(rows: unknown[], context: RowContext): Generator<ReadRow> {
  for (const [index, given] of rows.entries()) {
    const line = index + 1
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      yield { line, problem: problem(null, 'row_shape', 'La ligne n’est pas un objet.', 'Envoyez un objet par personne.') }
      continue
    }
    const cells = new Map<string, string>()
    for (const [name, value] of Object.entries(given)) {
      if (value !== null && value !== undefined) cells.set(columnOf(name), typeof value === 'string' ? value.trim() : JSON.stringify(value))
    }
    yield readNamed(cells, line, context)
  }
}

const delimiterOf = (text: string): string => {
  const header = text.slice(0, text.search(/[\r\n]|$/))
  return header.split(';').length > header.split(',').length ? ';' : ','
}

function columnOf(name: string): string {
  const folded = fold(name).replace(/=(level|niveau)$/, '')
  return FRENCH[folded] ?? folded
}

const isColumn = (name: string, context: RowContext): boolean =>
  REQUIRED.includes(name) || OPTIONAL.includes(name) || targetOf(name, context) !== undefined

const COLUMN_MEND = 'Retirez cette colonne ou corrigez son nom.'

function columnUnknown(name: string, { targets }: RowContext): string {
  const admitted = targets.map((one) => `${one.framework}:${one.code}`).join(', ')
  return name.includes(':')
    ? `La compétence « ${name} » n’est pas de celles que ce badge atteste (${admitted}).`
    : `La colonne « ${name} » est inconnue.`
}

function readHeader(cells: string[], context: RowContext): string[] {
  const header = cells.map(columnOf)
  const missing = REQUIRED.filter((name) => !header.includes(name))
  const unknown = header.find((name) => !isColumn(name, context))
  const twice = header.find((name, index) => header.indexOf(name) !== index)
  const reason =
    (missing.length > 0 && `Il manque dans l’en-tête : ${missing.join(', ')}.`) ||
    (unknown !== undefined && columnUnknown(unknown, context)) ||
    (twice !== undefined && `La colonne « ${twice} » figure deux fois.`)
  if (reason) {
    const expected = `${REQUIRED.join(',')}[,${OPTIONAL.join(',')}][,referentiel:code]`
    throw malformed('csv_header', reason, `La première ligne doit être : ${expected}.`, { line: 1 })
  }
  return header
}

/** Cells beyond the header may name their own competence, as in `digcomp:2.1=5`. */
function readCells(header: string[], record: string[], line: number, context: RowContext): ReadRow {
  const cells = new Map(header.map((name, index) => [name, record[index] ?? '']))
  const named = record.slice(header.length).map((cell) => /^([^=]+)=([^=]*)$/.exec(cell))
  for (const one of named) if (one) cells.set(columnOf(one[1]!), one[2]!.trim())
  if (record.length < header.length || named.includes(null)) {
    const message = `La ligne compte ${record.length} cases, l’en-tête ${header.length}.`
    const mend = 'Mettez entre guillemets les textes qui contiennent le séparateur, ou complétez les cases vides.'
    return { line, problem: problem(null, 'cell_count', message, mend) }
  }
  return readNamed(cells, line, context)
}

function readNamed(cells: Map<string, string>, line: number, context: RowContext): ReadRow {
  const unknown = [...cells.keys()].find((name) => !isColumn(name, context))
  if (unknown === undefined) return readRow(cells, line, context)
  return { line, problem: problem(unknown, 'column_unknown', columnUnknown(unknown, context), COLUMN_MEND) }
}
