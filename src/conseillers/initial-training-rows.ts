import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { problem, type RowProblem } from '../training/completion-rows.ts'
import { isFuture } from './days.ts'
import { LABELS, PARCOURS } from './initial-training.ts'

const ONE_LINE = '[^\\u0000-\\u001f\\u007f-\\u009f]*'
const LINES = '[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*'
const text = (maxLength: number, form = ONE_LINE) => Type.String({ maxLength, pattern: `^${form}$` })
const maybe = <T extends Parameters<typeof Type.Optional>[0]>(schema: T) =>
  Type.Optional(Type.Union([schema, Type.Null()]))
const Name = Type.String({ maxLength: 100, pattern: `^${ONE_LINE}\\S${ONE_LINE}$` })
const Day = Type.String({ pattern: '^20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' })

/** A row, in the columns of the dispositif. */
export const InitialTrainingRow = Type.Object(
  {
    email: Type.String({
      maxLength: 254,
      pattern: '^[^\\s@<>"(),;:\\\\]+@[^\\s@<>"(),;:\\\\.]+(\\.[^\\s@<>"(),;:\\\\.]+)+$',
    }),
    given_name: Name,
    family_name: Name,
    label: maybe(Type.Enum([...LABELS])),
    parcours: maybe(Type.Enum([...PARCOURS])),
    lot: maybe(text(100)),
    marche_formation: maybe(text(100)),
    lieu: maybe(text(200)),
    date_debut: Day,
    date_fin: maybe(Day),
    pix: maybe(Type.Boolean()),
    remn: maybe(Type.Boolean()),
    observations: maybe(text(2000, LINES)),
  },
  { additionalProperties: false },
)
export type InitialTrainingRow = Static<typeof InitialTrainingRow>

/** What each column takes, as told to whoever sent another thing. */
const TAKES: Record<keyof InitialTrainingRow, string> = {
  email: 'une adresse électronique : prenom.nom@exemple.fr',
  given_name: 'le prénom, sur une ligne de 100 caractères au plus',
  family_name: 'le nom, sur une ligne de 100 caractères au plus',
  label: LABELS.map((one) => `« ${one} »`).join(', '),
  parcours: PARCOURS.map((one) => `« ${one} »`).join(', '),
  lot: '100 caractères au plus',
  marche_formation: '100 caractères au plus',
  lieu: '200 caractères au plus',
  date_debut: 'un jour écrit 2025-09-01',
  date_fin: 'un jour écrit 2025-12-19, ou rien',
  pix: 'true, false ou null',
  remn: 'true, false ou null',
  observations: '2000 caractères au plus',
}

/** Reads a row; the first thing wrong is its problem, which repeats nothing of what was sent. */
export function readInitialTraining(given: unknown): InitialTrainingRow | { problem: RowProblem } {
  if (!Value.Check(InitialTrainingRow, given)) return { problem: shapeProblem(given) }
  for (const [column, value] of Object.entries(given)) {
    if (typeof value === 'string' && !value.isWellFormed()) return { problem: columnProblem(column) }
  }
  const { date_debut: from, date_fin: to } = given
  for (const [column, day] of Object.entries({ date_debut: from, date_fin: to })) {
    if (day && !isDay(day)) return { problem: columnProblem(column) }
  }
  if (isFuture(from)) {
    const mend = 'Envoyez la ligne quand la formation a commencé.'
    return { problem: problem('date_debut', 'date_future', `Le ${from} est à venir.`, mend) }
  }
  if (to && to < from) {
    const message = 'La formation finit avant de commencer.'
    return { problem: problem('date_fin', 'dates_in_order', message, 'Corrigez les dates.') }
  }
  return given
}

/** Whether that day exists: there is no 30 February. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === day
}

function shapeProblem(given: unknown): RowProblem {
  const [first] = Value.Errors(InitialTrainingRow, given)
  if (first?.keyword === 'required') return columnProblem(String(first.params.requiredProperties[0]))
  return columnProblem(first?.instancePath.split('/')[1] ?? '')
}

function columnProblem(column: string): RowProblem {
  if (column in TAKES) {
    const mend = `Cette colonne prend ${TAKES[column as keyof typeof TAKES]}.`
    return problem(column, `${column}_invalid`, `La colonne « ${column} » manque ou n’est pas lisible.`, mend)
  }
  const mend = `Les colonnes sont : ${Object.keys(TAKES).join(', ')}.`
  return problem(null, 'row_invalid', 'La ligne n’a pas la forme attendue.', mend)
}
