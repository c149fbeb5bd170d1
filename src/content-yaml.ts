import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml'
import type { ContentFile, Doc, Fault, ValuePath } from './content.ts'
import { readText } from './content-text.ts'

/** The library takes some 5 µs a token: beyond, a file made to be long to read would stop everyone. */
const MAX_TOKENS = 300_000
const MAX_DEPTH = 20
const MAX_STRING = 10_000

/** What the library says is wrong, in French; `mend` follows. */
const YAML_WORDS: Record<string, string> = {
  BAD_INDENT: 'le retrait de cette ligne n’est pas celui des lignes voisines, ou un crochet n’est pas fermé',
  TAB_AS_INDENT: 'une tabulation sert de retrait',
  MISSING_CHAR: 'il manque un guillemet, une virgule ou un crochet fermant',
  UNEXPECTED_TOKEN: 'ce signe n’est pas attendu ici',
  MULTIPLE_DOCS: 'le fichier contient plusieurs documents, séparés par « --- »',
  BAD_SCALAR_START: 'un texte ne peut pas commencer par ce signe sans guillemets',
  BLOCK_AS_IMPLICIT_KEY: 'deux champs sont écrits sur la même ligne',
  MULTILINE_IMPLICIT_KEY: 'un nom de champ est écrit sur plusieurs lignes, ou son « : » manque',
  RESOURCE_EXHAUSTION: 'les crochets ou les retraits s’emboîtent trop profondément',
}
const MEND_YAML = 'Corrigez cette ligne : retraits faits d’espaces, un champ par ligne, « champ: valeur ».'

/**
 * Reads a YAML file (JSON is one): what it says and where, or every fault of its writing. Refused: another encoding, a
 * key written twice, aliases (one line of them can stand for millions), what is too deep or too long to read.
 */
export function readYaml(file: ContentFile): { doc: Doc } | { faults: Fault[] } {
  const read = readText(file)
  if ('fault' in read) return { faults: [read.fault] }
  const { text } = read
  const lines = new LineCounter()
  const faultOf = (offset: number, problem: string, mend: string): Fault => {
    const { line, col } = lines.linePos(offset)
    return { file: file.name, line: Math.max(line, 1), column: Math.max(col, 1), problem, mend }
  }
  if (text.length > MAX_TOKENS / 2 && hasTooManyTokens(text)) {
    return { faults: [faultOf(0, 'le fichier est trop long à lire', 'Découpez-le en plusieurs fichiers.')] }
  }
  // Keys are told apart below: the library compares each with all others. Its own words for a place would copy the text.
  const parsed = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false })
  const wrong = [...parsed.errors, ...parsed.warnings].slice(0, MAX_FAULTS)
  if (wrong.length > 0) {
    const words = ({ code }: (typeof wrong)[number]) => YAML_WORDS[code] ?? 'ce n’est pas du YAML lisible'
    return { faults: wrong.map((one) => faultOf(one.pos[0], words(one), MEND_YAML)) }
  }
  const faults = nodeFaults(parsed, faultOf)
  if (faults.length > 0) return { faults }
  const at = (path: ValuePath) => {
    const { line, col } = lines.linePos(offsetOf(parsed, path))
    return { line, column: col }
  }
  return { doc: { name: file.name, value: parsed.toJS() as unknown, at } }
}

const MAX_FAULTS = 50

function hasTooManyTokens(text: string): boolean {
  let count = 0
  for (const _ of new Lexer().lex(text)) if (++count > MAX_TOKENS) return true
  return false
}

type FaultOf = (offset: number, problem: string, mend: string) => Fault

/** What YAML lets through and content may not hold. */
function nodeFaults({ contents }: Document.Parsed, faultOf: FaultOf): Fault[] {
  const faults: Fault[] = []
  const walk = (node: unknown, depth: number): void => {
    if (!isNode(node) || faults.length >= MAX_FAULTS) return
    const start = node.range?.[0] ?? 0
    if (isAlias(node)) {
      faults.push(faultOf(start, `le renvoi « *${node.source} » n’est pas admis`, 'Écrivez la valeur elle-même.'))
    } else if (depth > MAX_DEPTH) {
      faults.push(faultOf(start, YAML_WORDS['RESOURCE_EXHAUSTION']!, 'Écrivez-le plus simplement.'))
    } else if (isMap(node)) {
      const seen = new Set<string>()
      for (const { key, value } of node.items) {
        const name = keyOf(key)
        const at = isNode(key) ? (key.range?.[0] ?? start) : start
        if (seen.has(name)) faults.push(faultOf(at, `le champ « ${name} » est écrit deux fois`, 'Gardez-en un seul.'))
        seen.add(name)
        walk(value, depth + 1)
      }
    } else if (isSeq(node)) for (const item of node.items) walk(item, depth + 1)
    else if (isScalar(node)) faults.push(...scalarFaults(node.value, start, faultOf))
  }
  walk(contents, 1)
  return faults
}

function scalarFaults(value: unknown, start: number, faultOf: FaultOf): Fault[] {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return [faultOf(start, 'ce nombre n’en est pas un', 'Écrivez un nombre, ou null.')]
  }
  if (typeof value !== 'string') return []
  if (value.length > MAX_STRING)
    return [faultOf(start, 'ce texte est trop long', `Gardez ${MAX_STRING} signes au plus.`)]
  const isWhole = !value.includes('\0') && value.isWellFormed()
  return isWhole ? [] : [faultOf(start, 'ce texte contient un caractère invisible', 'Retapez-le.')]
}

const keyOf = (key: unknown): string => String(isScalar(key) ? key.value : key)

/** Where a value stands, by the name of its field when it has one; the nearest that holds it when it is missing. */
function offsetOf({ contents }: Document.Parsed, path: ValuePath): number {
  let node: unknown = contents
  let offset = startOf(contents)
  for (const step of path) {
    if (!isCollection(node)) break
    const found: unknown = isMap(node)
      ? node.items.find(({ key }) => keyOf(key) === String(step))
      : node.items[Number(step)]
    if (found === undefined) break
    node = isPair(found) ? found.value : found
    offset = startOf(isPair(found) ? found.key : found)
  }
  return offset
}

const startOf = (node: unknown): number => (isNode(node) ? ((node as Node).range?.[0] ?? 0) : 0)
