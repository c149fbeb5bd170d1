import { createHash, type Hash, hash, randomBytes } from 'node:crypto'

/** A value for each slot, by its number; null takes away the blank node that the slot is on, where it was said optional. */
export type Values = (string | null)[]

const nonce = randomBytes(8).toString('hex')
/** What to write where a slot goes in the document to compile: valid as an IRI and as a text, and nobody can guess it. */
export const marker = (position: number): string => `urn:slot:${nonce}:${position}`
/** The whole of a text that is a marker, its position as a group. */
export const MARKER = `urn:slot:${nonce}:(\\d+)`

/** Bytes as a text of one character each: V8 joins such texts several times faster than buffers are copied. */
export type Bytes = string

export type Slot = {
  position: number
  write: (value: string) => string | null
  isOptional: boolean
  value: string | null | undefined
  /** As written in N-Quads: `text` to put in order, `bytes` to write. */
  text: string
  bytes: Bytes
}
export type Node = {
  lines: Line[]
  slots: Slot[]
  /** The slot whose absence takes the node away. */
  optional: Slot | null
  /** Its first-degree hash; known once and for all when nothing that the node touches varies. */
  digest: string
  isFixed: boolean
  /** What the first-degree hash is made of, in order, each line with the other node that it touches. */
  firstDegree: { parts: Part[]; other: Piece }[]
  /** The other nodes that it touches, and that may be absent. */
  neighbours: Node[]
  memo: Map<string, string>
  label: number
  block: Block | null
}
export type Piece = string | Slot | Node
export type Line = { subject: Piece; predicate: string; object: Piece }
export type Part = Bytes | Slot | Node
/** The lines of a subject and a predicate; only where the objects vary is there an order to find at each filling. */
export type Group = { lines: { object: Piece; parts: Part[] }[]; varies: boolean }
export type Block = { subject: Piece; groups: Group[]; rendered: Bytes[] | null; node: Node | null }

/**
 * A compiled document: its nodes, those whose hash never varies in the order of that hash; its blocks of IRIs, in order too.
 * `head` is how it always begins, hashed once: the blocks that no slot and no node touches, before those that vary.
 */
export type Form = {
  slots: Slot[]
  nodes: Node[]
  fixed: Node[]
  varying: Node[]
  blocks: Block[]
  slotted: Block[]
  head: Head
}
export type Head = { blocks: number; bytes: Bytes; hashed: Hash; last: string }

const MEMO_LIMIT = 1000
const MEMO_LENGTH = 60
/** A document of more blank nodes is not compiled. */
export const MAX_NODES = 1000
const LABELS = Array.from({ length: MAX_NODES }, (_, position) => `_:c14n${position}`)

/** The UTF-8 bytes of a text. */
export const bytesOf = (text: string): Bytes =>
  // oxlint-disable-next-line no-control-regex -- ASCII, whose bytes are its characters
  /^[\0-\x7F]*$/.test(text) ? text : Buffer.from(text).toString('latin1')

export const isNode = (piece: Piece | Part): piece is Node => typeof piece === 'object' && 'lines' in piece
export const isSlot = (piece: Piece | Part): piece is Slot =>
  typeof piece === 'object' && 'write' in piece && 'position' in piece

/** The order of two texts, as JavaScript and the library sort them. */
export const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
/** The canonical N-Quads for these values, and their SHA-256 as bytes; null when the library has to be asked. */
export function fill(form: Form, values: Values): { sha256: () => Bytes; nQuads: () => Buffer } | null {
  if (!take(form.slots, values)) return null
  const count = label(form.fixed, form.varying)
  if (count < 0) return null
  const { head, slotted } = form
  slotted.sort(bySubject)
  // A value may have to be written before what usually comes first.
  const isHeaded = slotted.every((block) => head.last < orderOf(block.subject))
  const rest = write(form, isHeaded ? head.blocks : 0, count)
  return {
    sha256: () => (isHeaded ? head.hashed.copy() : createHash('sha256')).update(rest, 'latin1').digest('binary'),
    nQuads: () => Buffer.from(isHeaded ? head.bytes + rest : rest, 'latin1'),
  }
}

const ABSENT = { value: null, text: '', bytes: '' }

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
    slot.bytes = bytesOf(text)
  }
  return true
}

const isPresent = (piece: Piece): boolean => !isNode(piece) || piece.optional === null || piece.optional.text !== ''

/**
 * RDFC-1.0 §4.4 where every blank node has a first-degree hash of its own: the hashes alone then give the labels.
 * `fixed` is in the order of its hashes; the few others are put among them.
 */
function label(fixed: Node[], varying: Node[]): number {
  others.length = 0
  for (const node of varying) {
    if (!isPresent(node)) continue
    node.digest = memoisedHash(node)
    others.push(node)
  }
  others.sort(byDigest)
  let position = 0
  let next = 0
  for (const node of fixed) {
    for (; next < others.length && others[next]!.digest <= node.digest; next++) {
      if (others[next]!.digest === node.digest || others[next]!.digest === others[next + 1]?.digest) return -1
      others[next]!.label = position++
    }
    node.label = position++
  }
  for (; next < others.length; next++) {
    if (others[next]!.digest === others[next + 1]?.digest) return -1
    others[next]!.label = position++
  }
  return position
}

const others: Node[] = []
const byDigest = (a: Node, b: Node): number => before(a.digest, b.digest)

/** The hash of a node that varies; one that varies by a level or a date is remembered, for those are few. */
function memoisedHash(node: Node): string {
  if (node.slots.length !== 1 || node.slots[0]!.text.length > MEMO_LENGTH) return firstDegreeHash(node)
  let name = node.slots[0]!.text
  for (const { optional } of node.neighbours) name += optional!.text === '' ? '-' : '+'
  const known = node.memo.get(name)
  if (known !== undefined) return known
  const digest = firstDegreeHash(node)
  if (node.memo.size < MEMO_LIMIT) node.memo.set(name, digest)
  return digest
}

/** Hash First Degree Quads (RDFC-1.0 §4.6): the node is `_:a`, every other one `_:z`. */
export function firstDegreeHash(node: Node): string {
  let bytes = ''
  for (const { parts, other } of node.firstDegree) {
    if (isPresent(other)) for (const part of parts) bytes += isSlot(part) ? part.bytes : (part as Bytes)
  }
  return hash('sha256', Buffer.from(bytes, 'latin1'))
}

/** The text by which a subject or an object is put in order. */
const orderOf = (piece: Piece): string =>
  typeof piece === 'string' ? piece : isNode(piece) ? LABELS[piece.label]! : piece.text

/** The blocks of IRIs in their order, then those of the nodes: `<` comes before `_`, and c14n10 before c14n2. */
function write({ blocks, slotted, nodes }: Form, from: number, count: number): Bytes {
  let bytes = ''
  let next = 0
  for (let n = from; n < blocks.length; n++) {
    const block = blocks[n]!
    while (next < slotted.length && orderOf(slotted[next]!.subject) < (block.subject as string))
      bytes += render(slotted[next++]!)
    bytes += render(block)
  }
  while (next < slotted.length) bytes += render(slotted[next++]!)
  const byLabel: Node[] = []
  for (const node of nodes) if (isPresent(node)) byLabel[node.label] = node
  for (const position of lexical(count)) {
    const { block } = byLabel[position]!
    if (block) bytes += render(block)
  }
  return bytes
}

const bySubject = (a: Block, b: Block): number => before(orderOf(a.subject), orderOf(b.subject))
const lexicals = new Map<number, number[]>()

/** The positions below `count` in the order of their labels as texts. */
function lexical(count: number): number[] {
  const known = lexicals.get(count)
  if (known) return known
  const order = Array.from({ length: count }, (_, position) => position).toSorted((a, b) => before(`${a}`, `${b}`))
  lexicals.set(count, order)
  return order
}

export function render({ rendered, node, groups }: Block): Bytes {
  const known = rendered?.[node?.label ?? 0]
  if (known !== undefined) return known
  let bytes = ''
  for (const { lines, varies } of groups) {
    const mine = varies ? lines.filter((line) => isPresent(line.object)) : lines
    if (varies) mine.sort((a, b) => before(orderOf(a.object), orderOf(b.object)))
    for (const { parts, object } of mine) {
      if (!isPresent(object)) continue
      for (const part of parts) bytes += isNode(part) ? LABELS[part.label]! : isSlot(part) ? part.bytes : part
    }
  }
  if (rendered) rendered[node?.label ?? 0] = bytes
  return bytes
}
