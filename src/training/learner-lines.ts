import { CsvError, parse } from 'csv-parse/sync'
import { invalid } from '../errors.ts'
import { isPlainAddress } from '../messages/address.ts'
import type { Identity } from '../people/people.ts'
import { fold } from './completion-rows.ts'

const MOST_LINES = 500
const NAMES: Record<string, keyof Identity> = {
  email: 'email',
  'e-mail': 'email',
  courriel: 'email',
  adresse: 'email',
  prenom: 'givenName',
  given_name: 'givenName',
  nom: 'familyName',
  family_name: 'familyName',
}

/**
 * Reads people pasted from a spreadsheet: a line each, cells apart by tabs, semicolons or commas. A first line of titles
 * gives the order; without it, the cell with an @ is the address, then come the given name and the family name. Errors:
 * `lines_unreadable`, which names each wrong line (on `field`): all are read, or none.
 */
export function readLearnerLines(text: string, field: string): Identity[] {
  const lines = cellsOf(text, field)
  const titles = lines[0]?.cells.map((cell) => NAMES[fold(cell)])
  const header = titles?.every(Boolean) && titles.includes('email') ? (titles as (keyof Identity)[]) : null
  const wrong: string[] = []
  const learners = lines.slice(header ? 1 : 0).flatMap(({ cells, line }): Identity[] => {
    const learner = header ? byTitle(cells, header) : byPlace(cells)
    const reason = reasonOf(learner)
    if (reason) wrong.push(`ligne ${line} : ${reason}`)
    return [learner]
  })
  if (wrong.length === 0 && learners.length > 0 && learners.length <= MOST_LINES) return learners
  const said =
    learners.length === 0
      ? 'Aucune personne n’est écrite.'
      : learners.length > MOST_LINES
        ? `Il y a ${learners.length} lignes ; ${MOST_LINES} au plus se collent à la fois.`
        : `À corriger, ${wrong.slice(0, 10).join(' ; ')}${wrong.length > 10 ? ` ; et ${wrong.length - 10} autres` : ''}.`
  throw invalid(
    'lines_unreadable',
    said,
    'Écrivez une personne par ligne : adresse ; prénom ; nom. Personne n’a été inscrit : corrigez, puis envoyez à nouveau.',
    { field },
  )
}

type Read = { record: string[]; info: { lines: number } }

function cellsOf(text: string, field: string): { cells: string[]; line: number }[] {
  const first = text.trimStart().split(/[\r\n]/, 1)[0]!
  const delimiter = ['\t', ';', ','].find((one) => first.includes(one)) ?? ','
  try {
    const read = parse(text, {
      delimiter,
      trim: true,
      bom: true,
      info: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      relax_column_count: true,
    })
    return (read as unknown as Read[]).map(({ record, info }) => ({ cells: record, line: info.lines }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw invalid(
      'lines_unreadable',
      'Un guillemet n’est pas fermé : les lignes ne sont pas lisibles.',
      'Fermez-le ou retirez-le, puis envoyez à nouveau.',
      { field },
    )
  }
}

const byTitle = (cells: string[], header: (keyof Identity)[]): Identity => ({
  email: '',
  givenName: '',
  familyName: '',
  ...Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])),
})

function byPlace(cells: string[]): Identity {
  const at = cells.findIndex((cell) => cell.includes('@'))
  const [givenName = '', familyName = ''] = cells.filter((_, index) => index !== at)
  return { email: cells[at] ?? '', givenName, familyName }
}

function reasonOf({ email, givenName, familyName }: Identity): string | null {
  if (!isPlainAddress(email)) return 'l’adresse manque ou n’est pas complète'
  const isName = (name: string) => name !== '' && name.length <= 100 && name.isWellFormed() && !/\p{Cc}/u.test(name)
  return isName(givenName) && isName(familyName) ? null : 'le prénom ou le nom manque, ou dépasse 100 caractères'
}
