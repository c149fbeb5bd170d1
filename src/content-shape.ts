import type { TSchema } from 'typebox'
import { Settings } from 'typebox/system'
import { Value } from 'typebox/value'
import { type Doc, type Fault, faultAt } from './content.ts'

// Every fault of a file is told in one answer; the library stops at eight.
Settings.Set({ maxErrors: 400 })

type Violation = { keyword: string; instancePath: string; params: Record<string, string | string[]> }
type Found = Violation & { path: string[] }

/** What of a document is not as its schema says, one fault a place. */
export function shapeFaults(schema: TSchema, doc: Doc): Fault[] {
  if (Value.Check(schema, doc.value)) return []
  const found = (Value.Errors(schema, doc.value) as unknown as Violation[]).flatMap(placed)
  const byPlace = Map.groupBy(found, (one) => one.path.join('\0'))
  const places = [...byPlace.keys()]
  // Of a choice between shapes, the faults inside the one that was meant say more than the choice itself.
  const isInside = (place: string) => places.some((other) => other !== place && other.startsWith(`${place}\0`))
  return [...byPlace]
    .filter(([place]) => !(place === '' ? places.length > 1 : isInside(place)))
    .map(([, errors]) => faultOf(doc, errors))
}

function placed(error: Violation): Found[] {
  const { keyword, instancePath, params } = error
  if (keyword === 'boolean') return [] // said again by additionalProperties
  const path = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const names = [params['requiredProperties'] ?? params['additionalProperties'] ?? []].flat()
  if (names.length === 0) return [{ ...error, path }]
  return names.map((name) => ({ ...error, path: [...path, name] }))
}

const TYPES: Record<string, string> = {
  string: 'un texte',
  integer: 'un nombre entier',
  number: 'un nombre',
  boolean: 'true ou false',
  null: 'null',
  array: 'une liste',
  object: 'un groupe de champs',
}

function faultOf(doc: Doc, errors: Found[]): Fault {
  const path = errors[0]!.path
  const name = nameOf(path)
  const tell = (problem: string, mend: string) => faultAt(doc, path, problem, mend)
  const has = (keyword: string) => errors.find((one) => one.keyword === keyword)
  if (has('required')) return tell(`il manque ${name}`, 'Ajoutez ce champ ; écrivez null là où la source ne dit rien.')
  if (has('additionalProperties')) return tell(`${name} est un champ inconnu`, 'Corrigez son nom ou retirez-le.')
  if (has('pattern')) {
    return tell(
      `${name} n’a pas la forme d’un identifiant`,
      'Écrivez des minuscules sans accent, chiffres et traits d’union.',
    )
  }
  const values = errors.flatMap(({ params }) => [params['allowedValues'] ?? params['allowedValue'] ?? []].flat())
  const types = errors.flatMap(({ keyword, params }) => (keyword === 'type' ? [params['type'] ?? []].flat() : []))
  const admitted = [...values.map((one) => `« ${one} »`), ...types.map((one) => TYPES[one] ?? one)]
  const words = [...new Set(admitted)].join(', ou ')
  return tell(`${name} n’a pas une valeur admise`, words ? `Écrivez ${words}.` : 'Raccourcissez-la ou corrigez-la.')
}

/** The last field named, and the rank of an item in it: « competences », « levels, élément 3 ». */
function nameOf(path: string[]): string {
  const last = path.findLastIndex((step) => !/^\d+$/.test(step))
  if (last === -1) return path.length === 0 ? 'le fichier' : `l’élément ${Number(path[0]) + 1}`
  const rank = path[last + 1]
  return rank === undefined ? `« ${path[last]} »` : `« ${path[last]} », élément ${Number(rank) + 1},`
}
