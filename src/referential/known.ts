import { type Doc, type Fault, faultAt, type ValuePath } from '../content.ts'
import { type CompetenceRef, keyOf } from './schema.ts'

/** What the files name and may be referred to; null where a file of that sort could not be read, and nothing can be said. */
export type Known = {
  /** By `framework/version/code`: what each entry is, and the levels of its framework. */
  competences: Map<string, { kind: string; levels: readonly number[] }> | null
  metiers: Set<string> | null
  modules: Set<string> | null
  /** The references of the blocks of each certification. */
  certifications: Map<string, Set<string>> | null
}

type Ref = Omit<CompetenceRef, 'level'> & { level?: number | null | undefined }

/** Missions and activities are what one does; all else of a framework is what one knows, can do, or is. */
export const DUTIES: readonly string[] = ['mission', 'activite']

type Due = 'competence' | 'duty' | 'any'

/**
 * Whether what a file refers to is there, and is of the kind that is due there, at a level of its scale; `levelPath` is where
 * the level stands, when it is not in the reference.
 */
export function refFaults(
  doc: Doc,
  path: ValuePath,
  ref: Ref,
  { competences }: Known,
  due: Due,
  levelPath: ValuePath = [...path, 'level'],
): Fault[] {
  if (!competences) return []
  const found = competences.get(keyOf(ref))
  const [problem, mend] = wrongRef(ref, found, due)
  if (problem) return [faultAt(doc, path, problem, mend!)]
  const { level, framework, version } = ref
  const { levels } = found!
  if (typeof level !== 'number' || levels.includes(level)) return []
  const scale = levels.length === 0 ? 'n’a pas d’échelle' : `va de ${levels[0]} à ${levels.at(-1)}`
  const told = `le niveau ${level} n’existe pas : ${framework} ${version} ${scale}`
  return [faultAt(doc, levelPath, told, 'Corrigez le niveau, ou écrivez null.')]
}

function wrongRef(ref: Ref, found: { kind: string } | undefined, due: Due): [problem?: string, mend?: string] {
  const name = `${ref.framework} ${ref.version} ${ref.code}`
  if (!found) return [`« ${name} » n’existe dans aucun référentiel`, 'Corrigez le référentiel, sa version ou le code.']
  const isDuty = DUTIES.includes(found.kind)
  if (due === 'competence' && isDuty) {
    return [`« ${name} » est une mission ou une activité, non une compétence`, 'Donnez le code d’une compétence.']
  }
  if (due === 'competence' && found.kind === 'area') {
    return [`« ${name} » est un domaine qui range des compétences`, 'Donnez le code de l’une de ses compétences.']
  }
  return due !== 'duty' || isDuty
    ? []
    : [`« ${name} » n’est ni une mission ni une activité`, 'Donnez le code d’une mission ou d’une activité.']
}

/** Whether a name is among those known. */
export function nameFaults(
  doc: Doc,
  path: ValuePath,
  name: string | null | undefined,
  known: { has(name: string): boolean } | null,
  what: string,
): Fault[] {
  if (typeof name !== 'string' || !known || known.has(name)) return []
  return [
    faultAt(doc, path, `${what} « ${name} » n’existe pas`, 'Corrigez ce nom, ou ajoutez d’abord ce qu’il désigne.'),
  ]
}

/** What is written twice in a list, the second time. */
export function twiceFaults<T>(
  doc: Doc,
  items: readonly T[],
  keyOf: (item: T) => string | null,
  pathOf: (rank: number) => ValuePath,
): Fault[] {
  const first = new Map<string, number>()
  return items.flatMap((item, rank) => {
    const key = keyOf(item)
    if (key === null) return []
    const before = first.get(key)
    if (before === undefined) first.set(key, rank)
    if (before === undefined) return []
    const { line } = doc.at(pathOf(before))
    return [faultAt(doc, pathOf(rank), `« ${key} » est déjà écrit ligne ${line}`, 'Gardez-en un seul.')]
  })
}

/** Whether a file is named after what it holds. */
export function identityFaults(doc: Doc, path: ValuePath, folder: string, identity: string): Fault[] {
  const due = `${folder}/${identity}.yaml`
  if (doc.name === due) return []
  return [
    faultAt(doc, path, `ce fichier parle de « ${identity} »`, `Nommez-le « ${due} », ou corrigez ce qu’il dit être.`),
  ]
}

/** Ways that come back where they began, each at the place where its first member is written. */
export function cycleFaults(
  cycles: readonly string[][],
  what: string,
  placeOf: (name: string) => readonly [Doc, ValuePath],
): Fault[] {
  return cycles.map((cycle) => {
    const [doc, path] = placeOf(cycle[0]!)
    return faultAt(doc, path, `${what} tourne en rond : ${cycle.join(' → ')}`, 'Retirez l’un de ces liens.')
  })
}
