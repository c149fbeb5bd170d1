import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DomainError } from './errors.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A file of the content as it came: its name is `lists/<slug>.yaml`, `badges/<slug>.yaml`, `metiers.yaml`… */
export type ContentFile = { name: string; bytes: Uint8Array }

export type Place = { line: number; column: number }
export type ValuePath = readonly (string | number)[]

/** A file that was read: what it says, and where it says it (a path of fields and ranks, from the whole file: `[]`). */
export type Doc<T = unknown> = { name: string; value: T; at(path: ValuePath): Place }

/** What is wrong with the content, where, and how to mend it; lines and columns begin at 1. */
export type Fault = Place & { file: string; problem: string; mend: string }

/** A fault at a place of a document. */
export const faultAt = (doc: Doc, path: ValuePath, problem: string, mend: string): Fault => ({
  file: doc.name,
  ...doc.at(path),
  problem,
  mend,
})

const MAX_TOLD = 50

/** The refusal of a content: `content_invalid`, each fault in a sentence, 50 at most, in the order of files and lines. */
export function contentInvalid(faults: readonly Fault[]): DomainError {
  const sorted = faults.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column)
  const told = sorted.slice(0, MAX_TOLD).map(faultSentence)
  const more = faults.length > MAX_TOLD ? ` Les ${MAX_TOLD} premières fautes sont dites, sur ${faults.length}.` : ''
  return new DomainError(
    'invalid',
    'content_invalid',
    `Rien n’a été enregistré, le contenu d’avant reste en vigueur. ${told[0] ?? ''}${more}`,
    'Corrigez chaque faute dite, à sa ligne, puis envoyez le fichier à nouveau.',
    { faults: told },
  )
}

const faultSentence = ({ file, line, column, problem, mend }: Fault): string =>
  `${file}, ligne ${line}, colonne ${column} : ${problem}. ${mend}`

/** Where the files of the project lie, by the first part of their names. */
const FOLDERS = {
  referential: 'curricula/referential',
  lists: 'curricula/lists',
  modules: 'curricula/modules',
  paths: 'curricula/paths',
  badges: 'badges',
} as const
const ALONE = ['metiers.yaml', 'certifications.yaml']

/** The YAML files of a folder of the project, named as in `folder`. */
export const filesIn = (path: string, folder: string): ContentFile[] =>
  readdirSync(root + path)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ name: `${folder}/${name}`, bytes: readFileSync(`${root}${path}/${name}`) }))

/** The files of the project, by name. */
export function projectFiles(): ContentFile[] {
  const inFolders = Object.entries(FOLDERS).flatMap(([folder, path]) => filesIn(path, folder))
  const alone = ALONE.map((name) => ({ name, bytes: readFileSync(`${root}curricula/${name}`) }))
  return [...inFolders, ...alone].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
