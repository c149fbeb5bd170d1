import { type Static, type TSchema, Type } from 'typebox'
import { type BadgeDocs, checkBadges, lostFaults, type Published } from '../badges/check.ts'
import { AchievementFile } from '../badges/schema.ts'
import { type ContentFile, contentInvalid, type Doc, type Fault, faultAt } from '../content.ts'
import { shapeFaults } from '../content-shape.ts'
import { readYaml } from '../content-yaml.ts'
import { checkCurricula, type CurriculaDocs } from '../curricula/check.ts'
import { Module, Path } from '../curricula/schema.ts'
import { checkReferential, type ReferentialDocs } from '../referential/check.ts'
import type { Known } from '../referential/known.ts'
import { ListFile } from '../referential/list-schema.ts'
import { Certification, Crosswalk, Framework, keyOf, MetierFile } from '../referential/schema.ts'

const inFolder = (folder: string): RegExp => new RegExp(`^${folder}/[a-z0-9]+([.-][a-z0-9]+)*\\.yaml$`)

/** What each sort of file is called, and what it holds. `crosswalks` first: it lies among the frameworks. */
const SHELVES = {
  crosswalks: [/^referential\/crosswalks\.yaml$/, Type.Array(Crosswalk)],
  frameworks: [inFolder('referential'), Framework],
  lists: [inFolder('lists'), ListFile],
  metiers: [/^metiers\.yaml$/, Type.Array(MetierFile, { minItems: 1 })],
  certifications: [/^certifications\.yaml$/, Type.Array(Certification, { minItems: 1 })],
  modules: [inFolder('modules'), Module],
  paths: [inFolder('paths'), Path],
  badges: [inFolder('badges'), AchievementFile],
} as const satisfies Record<string, readonly [RegExp, TSchema]>
export type Shelf = keyof typeof SHELVES

/** The whole content as documents, by sort of file. */
type ContentDocs = ReferentialDocs & CurriculaDocs & BadgeDocs
/** The whole content, by sort of file. */
export type Content = {
  [S in Shelf]: Static<(typeof SHELVES)[S][1]> extends (infer One)[] ? One[] : Static<(typeof SHELVES)[S][1]>[]
}

/** On which shelf a file goes, by its name; null for a name that the content does not have. */
export const shelfOf = (name: string): Shelf | null =>
  (Object.keys(SHELVES) as Shelf[]).find((shelf) => SHELVES[shelf][0].test(name)) ?? null

/** Names of files, for a person. */
export const NAMES =
  'lists/….yaml, modules/….yaml, paths/….yaml, referential/….yaml, metiers.yaml ou certifications.yaml'

/**
 * Reads and checks a whole content, files and documents already read, against what was published. Throws `content_invalid`
 * with every fault: those of writing and of shape first; of what is whole, what refers to what. Pure.
 */
export function checkContent(files: readonly (ContentFile | Doc)[], published: readonly Published[]): Content {
  const docs = Object.fromEntries(Object.keys(SHELVES).map((shelf) => [shelf, []])) as unknown as Record<Shelf, Doc[]>
  const faults: Fault[] = []
  const broken = new Set<Shelf>()
  for (const file of files) {
    const shelf = shelfOf(file.name)
    const read = shelf ? readShelved(file, shelf) : { faults: [wrongName(file.name)] }
    if ('faults' in read) {
      faults.push(...read.faults)
      if (shelf) broken.add(shelf)
    } else docs[shelf!].push(read.doc)
  }
  const shaped = docs as unknown as ContentDocs
  const known = knownOf(shaped, broken)
  const all = [
    ...faults,
    ...checkReferential(shaped, known),
    ...checkCurricula(shaped, known),
    ...checkBadges(shaped, known, broken.has('modules') ? [] : published),
    ...lostFaults(published, known),
  ]
  if (all.length > 0) throw contentInvalid(all)
  const values = Object.entries(docs).map(([shelf, list]) => [shelf, list.map((one) => one.value)])
  const content = Object.fromEntries(values) as Record<Shelf, unknown[]>
  return {
    ...content,
    crosswalks: content.crosswalks.flat(),
    metiers: content.metiers.flat(),
    certifications: content.certifications.flat(),
  } as unknown as Content
}

function readShelved(file: ContentFile | Doc, shelf: Shelf): { doc: Doc } | { faults: Fault[] } {
  const read = 'bytes' in file ? readYaml(file) : { doc: file }
  if ('faults' in read) return read
  const faults = shelf === 'lists' ? listFaults(read.doc) : shapeFaults(SHELVES[shelf][1], read.doc)
  return faults.length > 0 ? { faults } : read
}

/** A list is judged as the kind that it says it is, so that its faults are not those of the four others. */
function listFaults(doc: Doc): Fault[] {
  const { kind } = (doc.value ?? {}) as { kind?: unknown }
  const kinds = ListFile.anyOf.map((one) => one.properties.kind.const)
  const schema = ListFile.anyOf.find((one) => one.properties.kind.const === kind)
  if (schema) return shapeFaults(schema, doc)
  return [
    faultAt(
      doc,
      ['kind'],
      'ce fichier ne dit pas de quelle sorte de liste il s’agit',
      `Écrivez « kind: » puis ${kinds.join(', ')}.`,
    ),
  ]
}

const wrongName = (name: string): Fault => ({
  file: name,
  line: 1,
  column: 1,
  problem: 'ce nom de fichier n’est pas l’un de ceux du contenu',
  mend: `Nommez-le ${NAMES}, en minuscules sans accent.`,
})

function knownOf(docs: ContentDocs, broken: ReadonlySet<Shelf>): Known {
  const whole = <T>(shelf: Shelf, value: T): T | null => (broken.has(shelf) ? null : value)
  const entries = docs.frameworks.flatMap(({ value: { framework, version, levels, competences } }) => {
    const scale = levels.map((one) => one.level)
    return competences.map(({ code, kind }) => [keyOf({ framework, version, code }), { kind, levels: scale }] as const)
  })
  const blocks = docs.certifications
    .flatMap((doc) => doc.value)
    .map(({ slug, blocks }) => [slug, new Set(blocks.flatMap(({ ref }) => ref ?? []))] as const)
  return {
    competences: whole('frameworks', new Map(entries)),
    metiers: whole('metiers', new Set(docs.metiers.flatMap((doc) => doc.value.map((one) => one.slug)))),
    modules: whole('modules', new Set(docs.modules.map((doc) => doc.value.slug))),
    certifications: whole('certifications', new Map(blocks)),
  }
}
