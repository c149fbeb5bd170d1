import { competenceKey } from '../badges/achievements.ts'
import { normaliseEmail } from '../email.ts'

/** A competence shown, at a level of its framework; `null` where the framework has no scale. */
export type Level = { framework: string; version: string; code: string; level: number | null }

export type CompletionRow = {
  email: string
  givenName: string
  familyName: string
  completedOn: string
  levels: Level[]
  evidenceUrl: string | null
  narrative: string | null
}
export type RowProblem = { column: string | null; code: string; message: string; mend: string }
export type ReadRow = { line: number; row: CompletionRow } | { line: number; problem: RowProblem }

/** What the rows are read against: the competences that the badge attests, the session's first day, today. */
export type RowContext = {
  targets: { framework: string; version: string; code: string; levels: number[] }[]
  startsOn: string
  today: string
}

const ACQUIRED = new Set(['acquis', 'acquise', 'reussi', 'reussie', 'valide', 'validee', 'obtenu', 'passed', 'oui'])
const NOT_ACQUIRED = new Set([
  'non acquis',
  'non acquise',
  'echoue',
  'ajourne',
  'ajournee',
  'absent',
  'absente',
  'failed',
  'non',
])

/** Without accents, case or outer spaces: how headers and words are compared. */
export const fold = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trim()

/** The start of a text as a message may show it: what PostgreSQL or a screen would not take is left out. */
export const quote = (text: string): string =>
  Array.from(
    text
      .slice(0, 100)
      .toWellFormed()
      .replaceAll(/\p{Cc}/gu, ' '),
  )
    .slice(0, 40)
    .join('')

/**
 * A cell as its receipt repeats it. Receipts are kept in clear, and in a row whose cells are one column off a name or an
 * address stands where it is not expected: what looks like one is not repeated.
 */
const quoteCell = (text: string): string => (text.includes('@') || /^\s*\p{Lu}/u.test(text) ? '…' : quote(text))

export const problem = (column: string | null, code: string, message: string, mend: string): RowProblem => ({
  column,
  code,
  message,
  mend,
})

class Refusal extends Error {
  readonly problem: RowProblem
  constructor(column: string, code: string, message: string, mend: string) {
    super(message)
    this.problem = problem(column, code, message, mend)
  }
}

/** Reads the cells of a row, by column name; the first thing wrong is its problem. */
export function readRow(cells: Map<string, string>, line: number, context: RowContext): ReadRow {
  const cell = (name: string): string => (cells.get(name) ?? '').normalize('NFC')
  try {
    for (const [name, value] of cells) refuseUnwritable(name, value)
    const row = {
      email: readEmail(cell('email')),
      givenName: readName('given_name', cell('given_name')),
      familyName: readName('family_name', cell('family_name')),
      completedOn: readDate(cell('completed_on'), context),
      evidenceUrl: readUrl(cell('evidence_url')),
      narrative: readText(cell('narrative')),
      levels: context.targets.flatMap((target) => readLevel(target, cell(competenceKey(target)))),
    }
    readResult(cell('result'))
    return { line, row }
  } catch (error) {
    if (error instanceof Refusal) return { line, problem: error.problem }
    throw error
  }
}

/** PostgreSQL takes neither NUL nor half a surrogate pair, and no reader of a badge needs the other control characters. */
function refuseUnwritable(name: string, value: string): void {
  if (value.isWellFormed() && !/[^\t\n\r\P{Cc}]/u.test(value)) return
  throw new Refusal(
    name,
    'character_invalid',
    'La case contient un caractère invisible qui ne peut pas être gardé.',
    'Videz la case et tapez-la de nouveau.',
  )
}

function readEmail(value: string): string {
  if (value.length > 254 || !/^[^\s@<>"(),;:\\]+@[^\s@<>"(),;:\\.]+(\.[^\s@<>"(),;:\\.]+)+$/.test(value)) {
    throw new Refusal(
      'email',
      'email_invalid',
      'L’adresse électronique manque ou n’est pas valable.',
      'Corrigez-la : prenom.nom@exemple.fr.',
    )
  }
  return normaliseEmail(value)
}

function readName(column: string, value: string): string {
  if (value.length === 0 || value.length > 100 || /\p{Cc}/u.test(value)) {
    throw new Refusal(
      column,
      'name_invalid',
      'Le nom ou le prénom manque, dépasse 100 caractères ou tient sur plusieurs lignes.',
      'Complétez-le.',
    )
  }
  return value
}

/** ISO (2026-03-31), or as a French spreadsheet writes it (31/03/2026). */
function readDate(value: string, { startsOn, today }: RowContext): string {
  const french = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(value)
  const iso = french ? `${french[3]}-${french[2]!.padStart(2, '0')}-${french[1]!.padStart(2, '0')}` : value
  const date = /^\d{4}-\d{2}-\d{2}$/.test(iso) ? new Date(`${iso}T00:00:00Z`) : new Date(Number.NaN)
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== iso) {
    throw new Refusal(
      'completed_on',
      'date_invalid',
      `La date « ${quoteCell(value)} » n’existe pas ou n’est pas lisible.`,
      'Écrivez-la 2026-03-31 ou 31/03/2026.',
    )
  }
  if (iso > today) {
    throw new Refusal(
      'completed_on',
      'date_future',
      `La date ${iso} est à venir.`,
      'Envoyez la ligne quand la formation est finie.',
    )
  }
  if (iso < startsOn) {
    throw new Refusal(
      'completed_on',
      'date_before_session',
      `La date ${iso} précède le début de la session (${startsOn}).`,
      'Corrigez la date, ou envoyez la ligne à la bonne session.',
    )
  }
  return iso
}

function readResult(value: string): void {
  const result = fold(value)
  if (ACQUIRED.has(result)) return
  throw NOT_ACQUIRED.has(result)
    ? new Refusal(
        'result',
        'not_acquired',
        'Résultat non acquis : aucun badge n’est délivré pour cette ligne.',
        'Rien à faire si c’est exact ; sinon écrivez « acquis ».',
      )
    : new Refusal(
        'result',
        'result_invalid',
        `Le résultat « ${quoteCell(value)} » n’est pas reconnu.`,
        'Écrivez « acquis » ou « non acquis ».',
      )
}

/** The address in its normal form, spaces and accents encoded: it becomes an identifier in the badge (RFC 3986). */
function readUrl(value: string): string | null {
  if (value === '') return null
  const url = /^https?:\/\//i.test(value) ? URL.parse(value)?.href : undefined
  if (url === undefined || url.length > 2000) {
    throw new Refusal(
      'evidence_url',
      'url_invalid',
      'L’adresse de la preuve n’est pas valable.',
      'Donnez une adresse complète qui commence par https://, ou laissez la case vide.',
    )
  }
  return url
}

function readText(value: string): string | null {
  if (value.length > 5000) {
    throw new Refusal(
      'narrative',
      'narrative_too_long',
      'Le commentaire dépasse 5 000 caractères.',
      'Raccourcissez-le.',
    )
  }
  return value === '' ? null : value
}

function readLevel(target: RowContext['targets'][number], value: string): Level[] {
  if (value === '') return []
  const { framework, version, code, levels } = target
  const competence = { framework, version, code }
  const level = Number(value)
  if (levels.length === 0 && ACQUIRED.has(fold(value))) return [{ ...competence, level: null }]
  if (levels.includes(level) && /^\d+$/.test(value)) return [{ ...competence, level }]
  const column = competenceKey(target)
  const expected = levels.length === 0 ? '« acquis »' : `un niveau de ${levels[0]} à ${levels.at(-1)}`
  throw new Refusal(
    column,
    'level_invalid',
    `Le niveau « ${quoteCell(value)} » n’existe pas pour ${column}.`,
    `Écrivez ${expected}, ou laissez la case vide.`,
  )
}
