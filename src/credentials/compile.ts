import { hash } from 'node:crypto'
import jsonld from 'jsonld'
import { pinnedContext } from './contexts.ts'
import { canonicalIri, canonicalLiteral } from './n-quads.ts'
import type { JsonObject } from './suite.ts'

/** A value for each slot, by its number; null takes away the blank node that the slot is on, where it was said optional. */
export type Values = (string | null)[]

/**
 * A document whose varying texts are slots, expanded to RDF once. Filled, it gives byte for byte the canonical N-Quads
 * (RDFC-1.0) that the library computes from the whole document; null when these values need the library itself: an IRI
 * that it might change, a broken text, or blank nodes that only its full algorithm tells apart.
 * The bytes are good until the next filling.
 */
export type Compiled = (values: Values) => Uint8Array | null

type Slot = {
  position: number
  write: (value: string) => string | null
  isOptional: boolean
  value: string | null | undefined
  text: string
  bytes: Buffer
}
type Node = {
  lines: Line[]
  slots: Slot[]
  /** The slot whose absence takes the node away. */
  optional: Slot | null
  /** Known at once when nothing that the node touches varies. */
  fixedHash: string | null
  /** What the first-degree hash is made of, in order, each line with the other node that it touches. */
  firstDegree: { parts: Part[]; other: Piece }[]
  memo: Map<string, string>
  label: number
  block: Block | null
}
type Piece = string | Slot | Node
type Line = { subject: Piece; predicate: string; object: Piece }
type Part = Buffer | Slot | Node
/** The lines of a subject and a predicate; only where the objects vary is there an order to find at each filling. */
type Group = { lines: { object: Piece; parts: Part[] }[]; varies: boolean }
type Block = { subject: Piece; groups: Group[]; rendered: Buffer[] | null; node: Node | null }

const MARK = /^urn:slot:(\d+):$/
const RDF_TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type'
const MEMO_LIMIT = 1000
const EMPTY = Buffer.alloc(0)
const LABELS = Array.from({ length: 1000 }, (_, position) => `_:c14n${position}`)
const LABEL_BYTES = LABELS.map((text) => Buffer.from(text))

/** What to write where a slot goes in the document to compile: valid as an IRI and as a text. */
export const marker = (position: number): string => `urn:slot:${position}:`

/** Compiles a document that holds markers; throws when a slot could change the shape, or when fixed nodes are alike. */
export async function compile(
  document: JsonObject,
  isOptional: (position: number) => boolean = () => false,
): Promise<Compiled> {
  const dataset: Quad[] = await jsonld.toRDF(document, {
    documentLoader,
    safe: true,
    rdfDirection: 'i18n-datatype',
    base: null,
  })
  const nodes = new Map<string, Node>()
  const slots = new Map<number, Slot>()
  const lines = dataset.map((quad) => lineOf(quad, nodes, slots, isOptional))
  const marked = new Set(JSON.stringify(document).match(/"urn:slot:\d+:"/g))
  if (marked.size !== slots.size) throw new Error('A slot was lost, or sits where it cannot be filled.')

  const all = [...nodes.values()]
  if (all.length > LABELS.length) throw new Error('Too many blank nodes.')
  for (const node of all) {
    node.lines = lines.filter((line) => line.subject === node || line.object === node)
    node.slots = node.lines.flatMap((line) => [line.subject, line.object].filter(isSlot))
    node.optional = node.slots.find((slot) => slot.isOptional) ?? null
    node.firstDegree = firstDegreeOf(node)
  }
  for (const node of all) {
    const neighbours = node.lines.flatMap((line) => [line.subject, line.object].filter(isNode))
    const isFixed = node.slots.length === 0 && neighbours.every((one) => one.optional === null)
    if (isFixed) node.fixedHash = firstDegreeHash(node)
  }
  const varying = all.filter((node) => node.fixedHash === null)
  const fixed = all.filter((node) => node.fixedHash !== null).toSorted((a, b) => before(a.fixedHash!, b.fixedHash!))
  if (new Set(fixed.map((node) => node.fixedHash)).size !== fixed.length)
    throw new Error('Blank nodes are alike: only the full algorithm orders them.')
  const blocks = blocksOf(lines)
  const taken = [...slots.values()]
  return (values) => {
    if (!take(taken, values)) return null
    const count = label(fixed, varying)
    return count < 0 ? null : write(blocks, all, count)
  }
}

async function documentLoader(url: string) {
  const document = pinnedContext(url)
  if (!document) throw new Error(`Not a known context: ${url}`)
  return { contextUrl: null, documentUrl: url, document, tag: 'static' }
}

type Term = { termType: string; value: string; datatype?: { value: string }; language?: string }
type Quad = { subject: Term; predicate: Term; object: Term; graph: Term }

const isNode = (piece: Piece | Part): piece is Node => typeof piece === 'object' && 'lines' in piece
const isSlot = (piece: Piece | Part): piece is Slot =>
  typeof piece === 'object' && 'write' in piece && 'position' in piece

function lineOf(
  quad: Quad,
  nodes: Map<string, Node>,
  slots: Map<number, Slot>,
  isOptional: (position: number) => boolean,
): Line {
  const pieceOf = (term: Term): Piece => {
    if (term.termType === 'BlankNode') {
      const node = nodes.get(term.value) ?? {
        lines: [],
        slots: [],
        optional: null,
        fixedHash: null,
        firstDegree: [],
        memo: new Map(),
        label: -1,
        block: null,
      }
      nodes.set(term.value, node)
      return node
    }
    const write = term.termType === 'NamedNode' ? canonicalIri : canonicalLiteral(term.datatype?.value, term.language)
    const mark = MARK.exec(term.value)?.[1]
    const text = write(term.value)
    if (text === null) throw new Error(`Not an IRI to write as it is: ${term.value}`)
    if (mark === undefined) return text
    const position = Number(mark)
    const slot = slots.get(position) ?? {
      position,
      write,
      isOptional: isOptional(position),
      value: undefined,
      text,
      bytes: EMPTY,
    }
    if (slot.text !== text) throw new Error(`Slot ${mark} is written in two ways.`)
    slots.set(position, slot)
    return slot
  }
  const line = { subject: pieceOf(quad.subject), predicate: pieceOf(quad.predicate), object: pieceOf(quad.object) }
  const isType = quad.predicate.value === RDF_TYPE && isSlot(line.object)
  if (quad.graph.termType !== 'DefaultGraph' || typeof line.predicate !== 'string' || isType) {
    throw new Error('A slot could change the shape.')
  }
  return { ...line, predicate: line.predicate }
}

const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
/** What is written whatever the values; nothing for what they decide, which is put in order at each filling. */
const fixedText = (piece: Piece): string => (typeof piece === 'string' ? piece : '')

/** A block whose only variation is the label of one node is rendered once for each label that it takes. */
function blocksOf(lines: Line[]): Block[] {
  const blocks = [...Map.groupBy(lines, (line) => line.subject)].map(([subject, mine]) => {
    const pieces = [subject, ...mine.map((line) => line.object)]
    const nodes = [...new Set(pieces.filter(isNode))]
    const groups = merged(
      [...Map.groupBy(mine, (line) => line.predicate)]
        .toSorted(([a], [b]) => before(a, b))
        .map(([, group]) => ({
          varies: group.length > 1 && group.some((line) => typeof line.object !== 'string'),
          lines: group
            .toSorted((a, b) => before(fixedText(a.object), fixedText(b.object)))
            .map((line) => ({ object: line.object, parts: partsOf(line) })),
        })),
    )
    const isSteady = !pieces.some(isSlot) && nodes.length <= 1
    return { subject, groups, node: nodes[0] ?? null, rendered: isSteady ? [] : null }
  })
  for (const block of blocks) if (isNode(block.subject)) block.subject.block = block
  return blocks
    .filter((block) => !isNode(block.subject))
    .toSorted((a, b) => before(`${fixedText(a.subject)} `, `${fixedText(b.subject)} `))
}

/** Groups that follow one another and never vary become one: fewer pieces to copy. */
function merged(groups: Group[]): Group[] {
  const kept: Group[] = []
  for (const group of groups) {
    const last = kept.at(-1)
    if (last && !last.varies && !group.varies) {
      for (const { object, parts } of group.lines) {
        const into = last.lines.at(-1)!
        const [first, ...rest] = parts
        const end = into.parts.at(-1)
        if (isNode(object) || isNode(into.object)) last.lines.push({ object, parts })
        else if (Buffer.isBuffer(first) && Buffer.isBuffer(end))
          into.parts.splice(-1, 1, Buffer.concat([end, first]), ...rest)
        else into.parts.push(...parts)
      }
    } else kept.push(group)
  }
  return kept
}

function partsOf({ subject, predicate, object }: Line): Part[] {
  const parts: (string | Slot | Node)[] = [subject, ` ${predicate} `, object, ' .\n']
  const joined: (string | Slot | Node)[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
    else joined.push(part)
  }
  return joined.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))
}

const ABSENT = { value: null, text: '', bytes: EMPTY }

/** Takes the values in; false when one of them is not for us. */
function take(slots: Slot[], values: Values): boolean {
  for (const slot of slots) {
    const value = values[slot.position]
    if (value === slot.value && value !== undefined) continue // most slots of a batch hold what they held
    const text = typeof value === 'string' && value.isWellFormed() ? slot.write(value) : null
    if (value === null && slot.isOptional) {
      Object.assign(slot, ABSENT)
      continue
    }
    if (text === null) return false
    slot.value = value
    slot.text = text
    slot.bytes = Buffer.from(text)
  }
  return true
}

const isPresent = (piece: Piece): boolean => !isNode(piece) || piece.optional === null || piece.optional.text !== ''

/**
 * RDFC-1.0 §4.4 where every blank node has a first-degree hash of its own: the hashes alone then give the labels.
 * `fixed` is in the order of its hashes; the few others are put among them.
 */
function label(fixed: Node[], varying: Node[]): number {
  const others: { digest: string; node: Node }[] = []
  for (const node of varying) if (isPresent(node)) others.push({ digest: memoisedHash(node), node })
  others.sort((a, b) => before(a.digest, b.digest))
  let position = 0
  let next = 0
  for (const node of fixed) {
    for (; next < others.length && others[next]!.digest <= node.fixedHash!; next++) {
      if (others[next]!.digest === node.fixedHash || others[next]!.digest === others[next + 1]?.digest) return -1
      others[next]!.node.label = position++
    }
    node.label = position++
  }
  for (; next < others.length; next++) {
    if (others[next]!.digest === others[next + 1]?.digest) return -1
    others[next]!.node.label = position++
  }
  return position
}

/** The hash of a node that varies; one whose only variation is a level is remembered, for levels are few. */
function memoisedHash(node: Node): string {
  if (node.slots.length !== 1 || node.optional === null) return firstDegreeHash(node)
  const known = node.memo.get(node.optional.text)
  if (known !== undefined) return known
  const digest = firstDegreeHash(node)
  if (node.memo.size < MEMO_LIMIT) node.memo.set(node.optional.text, digest)
  return digest
}

/**
 * The lines of a node's first-degree hash in the order they always have: those with an IRI as subject, then by predicate.
 * Throws where that order would hang on a slot.
 */
function firstDegreeOf(node: Node): { parts: Part[]; other: Piece }[] {
  const textOf = (piece: Piece): string | Slot => (isNode(piece) ? (piece === node ? '_:a' : '_:z') : piece)
  const keyed = node.lines.map(({ subject, predicate, object }) => {
    const [from, to] = [textOf(subject), textOf(object)]
    const key = `${typeof from === 'string' ? from : '<'} ${predicate} `
    return {
      key,
      text: to,
      parts: partsOf({ subject: from, predicate, object: to }),
      other: subject === node ? object : subject,
    }
  })
  const isClear = Map.groupBy(keyed, (one) => one.key)
    .values()
    .every((same) => same.length === 1 || same.every((one) => typeof one.text === 'string'))
  if (!isClear || keyed.filter((one) => one.key.startsWith('<')).length > 1)
    throw new Error('The order of a hash would hang on a slot.')
  return keyed.toSorted((a, b) => before(a.key + fixedText(a.text), b.key + fixedText(b.text)))
}

/** Hash First Degree Quads (RDFC-1.0 §4.6): the node is `_:a`, every other one `_:z`. */
function firstDegreeHash(node: Node): string {
  length = 0
  for (const { parts, other } of node.firstDegree) {
    if (isPresent(other)) for (const part of parts) put(isSlot(part) ? part.bytes : (part as Buffer))
  }
  return hash('sha256', scratch.subarray(0, length))
}

/** The text by which a subject or an object is put in order. */
const orderOf = (piece: Piece): string =>
  typeof piece === 'string' ? piece : isNode(piece) ? LABELS[piece.label]! : piece.text

let scratch = Buffer.allocUnsafe(1 << 18)
let length = 0

/** The blocks of IRIs in their order, then those of the nodes: `<` comes before `_`, and c14n10 before c14n2. */
function write(blocks: Block[], nodes: Node[], count: number): Uint8Array {
  length = 0
  const slotted = blocks
    .filter((block) => isSlot(block.subject))
    .sort((a, b) => before(orderOf(a.subject), orderOf(b.subject)))
  let next = 0
  for (const block of blocks) {
    if (isSlot(block.subject)) continue
    while (next < slotted.length && orderOf(slotted[next]!.subject) < (block.subject as string))
      writeBlock(slotted[next++]!)
    writeBlock(block)
  }
  while (next < slotted.length) writeBlock(slotted[next++]!)
  const byLabel: Node[] = []
  for (const node of nodes) if (isPresent(node)) byLabel[node.label] = node
  for (const position of lexical(count)) {
    const { block } = byLabel[position]!
    if (block) writeBlock(block)
  }
  return scratch.subarray(0, length)
}

const lexicals = new Map<number, number[]>()

/** The positions below `count` in the order of their labels as texts. */
function lexical(count: number): number[] {
  const known = lexicals.get(count)
  if (known) return known
  const order = Array.from({ length: count }, (_, position) => position).toSorted((a, b) => before(`${a}`, `${b}`))
  lexicals.set(count, order)
  return order
}

function writeBlock({ rendered, node, groups }: Block): void {
  const known = rendered?.[node?.label ?? 0]
  if (known) return put(known)
  const from = length
  for (const { lines, varies } of groups) {
    const mine = varies ? lines.filter((line) => isPresent(line.object)) : lines
    if (varies) mine.sort((a, b) => before(orderOf(a.object), orderOf(b.object)))
    for (const { parts, object } of mine) {
      if (!isPresent(object)) continue
      for (const part of parts) put(isNode(part) ? LABEL_BYTES[part.label]! : isSlot(part) ? part.bytes : part)
    }
  }
  if (rendered) rendered[node?.label ?? 0] = Buffer.from(scratch.subarray(from, length))
}

function put(bytes: Buffer): void {
  if (length + bytes.length > scratch.length)
    scratch = Buffer.concat([scratch, Buffer.allocUnsafe(scratch.length + bytes.length)])
  scratch.set(bytes, length)
  length += bytes.length
}
