import { malformed } from '../errors.ts'
import { isPlainAddress } from '../messages/address.ts'
import { normaliseEmail } from '../email.ts'
import { problem, quote, type RowProblem } from '../training/completion-rows.ts'
import { parisDate } from '../days.ts'

/** A result of the test: the address that was typed, the day, the score of 100. */
export type PixRow = { email: string; sentOn: string; score: number }
export type ReadPixRow = { line: number; row: PixRow } | { line: number; problem: RowProblem }

/** The columns of the platform's export. */
const DATE = "date d'envoi"
const EMAIL = 'email saisi'
const RESULT = 'résultat'
const COLUMNS = [DATE, EMAIL, RESULT]

const MAX_ROWS = 20_000
/** Pix opened that year. */
const FIRST_DAY = '2016-01-01'
const DAY_MS = 24 * 3600_000

/**
 * The rows of a file of results, each with what it says or why it is refused: a file of another shape is refused whole.
 * Errors: `pix_shape`, `pix_too_many`.
 */
export function readPixRows(given: unknown, today: string): ReadPixRow[] {
  if (!Array.isArray(given)) throw otherShape('Le fichier n’est pas un tableau JSON.')
  if (given.length === 0) throw otherShape('Le tableau est vide.')
  if (given.length > MAX_ROWS) {
    throw malformed(
      'pix_too_many',
      `Un envoi compte au plus ${MAX_ROWS} résultats ; celui-ci en a ${given.length}.`,
      'Découpez le fichier et envoyez les parties l’une après l’autre.',
    )
  }
  const cells = given.map((one, index) => readCells(one, index + 1))
  return cells.map((one, index) => readPixRow(one, index + 1, today))
}

/** What a file of results holds. Error: `pix_shape` when it is no JSON. */
export function parsePixFile(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw otherShape('Le fichier n’est pas du JSON.')
  }
}

/** Refuses what is no table of results, and says what one is. */
export const otherShape = (what: string) =>
  malformed(
    'pix_shape',
    what,
    `Envoyez l’export de la plateforme Pix tel quel : un tableau JSON d’objets qui ont « ${DATE} », « ${EMAIL} » et « ${RESULT} », par exemple [{"${DATE}": "2026-04-02", "${EMAIL}": "prenom.nom@exemple.fr", "${RESULT}": 0.62}].`,
  )

/** The cells of a row by the name of their column, however its accents and its apostrophe were typed. */
function readCells(given: unknown, line: number): Map<string, unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw otherShape(`La ligne ${line} n’est pas un objet.`)
  }
  const cells = new Map(
    Object.entries(given).map(([name, value]) => [name.normalize('NFC').replaceAll('’', "'").trim(), value]),
  )
  const missing = COLUMNS.filter((name) => !cells.has(name))
  if (missing.length > 0) throw otherShape(`La ligne ${line} n’a pas de colonne « ${missing.join(' », « ')} ».`)
  return cells
}

function readPixRow(cells: Map<string, unknown>, line: number, today: string): ReadPixRow {
  const [sentOn, email, score] = [readDay(cells.get(DATE)), readEmail(cells.get(EMAIL)), readScore(cells.get(RESULT))]
  if (email === null) return { line, problem: EMAIL_INVALID }
  if (sentOn === null) return { line, problem: dateInvalid(cells.get(DATE)) }
  if (!isPlausible(sentOn, today)) return { line, problem: dateImpossible(sentOn) }
  if (score === null) return { line, problem: SCORE_IMPOSSIBLE }
  return { line, row: { email, sentOn, score } }
}

/** A day (`2026-04-02`), or that of a moment in Paris; null for anything else. */
function readDay(given: unknown): string | null {
  const found =
    typeof given === 'string' &&
    /^(\d{4}-\d{2}-\d{2})(?:[T ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(
      given.trim(),
    )
  if (!found) return null
  const [moment, day, , offset] = found
  const midnight = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) return null
  if (offset === undefined) return day
  const at = new Date(moment.replace(' ', 'T').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'))
  return Number.isNaN(at.getTime()) ? null : parisDate(at)
}

/** Not before Pix was, nor later than tomorrow: clocks and time zones differ by less than a day. */
export const isPlausible = (day: string, today: string): boolean =>
  day >= FIRST_DAY && Date.parse(day) <= Date.parse(today) + DAY_MS

function readEmail(given: unknown): string | null {
  const email = typeof given === 'string' ? normaliseEmail(given) : ''
  return isPlainAddress(email) ? email : null
}

/** As the platform computes it: of 100, what follows the point left out. */
const readScore = (given: unknown): number | null =>
  typeof given === 'number' && given >= 0 && given <= 1 ? Math.trunc(given * 100) : null

const EMAIL_INVALID = problem(
  EMAIL,
  'email_invalid',
  'L’adresse électronique manque ou n’est pas valable.',
  'Corrigez-la, ou laissez cette ligne de côté.',
)
const SCORE_IMPOSSIBLE = problem(
  RESULT,
  'score_impossible',
  'Le résultat n’est pas un nombre de 0 à 1.',
  'Envoyez la part réussie du test telle que l’export la donne, par exemple 0.62.',
)
const dateInvalid = (given: unknown) =>
  problem(
    DATE,
    'date_invalid',
    `La date ${typeof given === 'string' && !given.includes('@') ? `« ${quote(given)} » ` : ''}n’existe pas ou n’est pas lisible.`,
    'Écrivez-la 2026-04-02, ou 2026-04-02T09:30:00Z.',
  )
const dateImpossible = (day: string) =>
  problem(
    DATE,
    'date_impossible',
    `Aucun test Pix ne peut dater du ${day}.`,
    'Corrigez la date : elle est à venir, ou d’avant 2016.',
  )
