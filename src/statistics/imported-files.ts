import { notFound } from '../errors.ts'
import { fileOf } from './edition-files.ts'
import type { EditionFile } from './edition-head.ts'
import type { ImportedEdition } from './edition-schema.ts'
import { editionCsv, IMPORTED_COLUMNS, importedEditions, importedLines } from './imported.ts'
import { parquetOf } from './parquet.ts'

/** Where a file of an edition of others is. */
export const importedFileUrl = (baseUrl: string, edition: string, name: string): string =>
  `${baseUrl}/api/v1/statistics/imported/${edition}/files/${name}`

// They change with the files of the project only: made once, when first asked for.
const made = new Map<string, EditionFile[]>()

/** The files of an edition that others published: every value, with its lines in the source. */
export function importedFiles(edition: ImportedEdition): EditionFile[] {
  const known = made.get(edition.edition)
  if (known) return known
  const lines = importedLines(edition)
  const files = [
    fileOf('chiffres.csv', 'Tous les nombres (CSV, UTF-8)', 'text/csv; charset=utf-8', editionCsv(edition)),
    fileOf(
      'chiffres.jsonl',
      'Tous les nombres (JSON Lines)',
      'application/jsonl',
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    ),
    fileOf(
      'chiffres.parquet',
      'Tous les nombres (Apache Parquet)',
      'application/vnd.apache.parquet',
      parquetOf(IMPORTED_COLUMNS, lines, { edition: edition.edition, licence: edition.licence }),
    ),
    fileOf('edition.json', 'Tableaux, réserves et contradictions (JSON)', 'application/json', JSON.stringify(edition)),
  ]
  if (importedEditions.includes(edition)) made.set(edition.edition, files)
  return files
}

/** One of them; `not_found` otherwise. */
export function importedFile(edition: ImportedEdition, name: string): EditionFile {
  const found = importedFiles(edition).find((one) => one.name === name)
  if (!found) throw notFound('Le fichier de l’édition', `${edition.edition}, ${name}`)
  return found
}
