import { hash } from 'node:crypto'

/** A value for each slot, by its number; null takes away the blank node that the slot is on, where it was said optional. */
export type Values = (string | null)[]

export type Slot = {
  position: number
  write: (value: string) => string | null
  isOptional: boolean
  value: string | null | undefined
  text: string
  bytes: Buffer
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
  memo: Map<string, string>
  label: number
  block: Block | null
}
export type Piece = string | Slot | Node
export type Line = { subject: Piece; predicate: string; object: Piece }
export type Part = Buffer | Slot | Node
/** The lines of a subject and a predicate; only where the objects vary is there an order to find at each filling. */
export type Group = { lines: { object: Piece; parts: Part[] }[]; varies: boolean }
export type Block = { subject: Piece; groups: Group[]; rendered: Buffer[] | null; node: Node | null }

/** A compiled document: its nodes, those whose hash never varies in the order of that hash; its blocks of IRIs, in order too. */
export type Form = { slots: Slot[]; nodes: Node[]; fixed: Node[]; varying: Node[]; blocks: Block[]; slotted: Block[] }

const MEMO_LIMIT = 1000
export const EMPTY = Buffer.alloc(0)
/** A document of more blank nodes is not compiled. */
export const MAX_NODES = 1000
const LABELS = Array.from({ length: MAX_NODES }, (_, position) => `_:c14n${position}`)
const LABEL_BYTES = LABELS.map((text) => Buffer.from(text))

export const isNode = (piece: Piece | Part): piece is Node => typeof piece === 'object' && 'lines' in piece
export const isSlot = (piece: Piece | Part): piece is Slot =>
  typeof piece === 'object' && 'write' in piece && 'position' in piece

/** The order of two texts, as JavaScript and the library sort them. */
export const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
/** The canonical N-Quads for these values, until the next filling; null when the library has to be asked. */
export function fill(form: Form, values: Values): Uint8Array | null {
  if (!take(form.slots, values)) return null
  const count = label(form.fixed, form.varying)
  return count < 0 ? null : write(form, count)
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

/** The hash of a node that varies; one whose only variation is a level is remembered, for levels are few. */
function memoisedHash(node: Node): string {
  if (node.slots.length !== 1 || node.optional === null) return firstDegreeHash(node)
  const known = node.memo.get(node.optional.text)
  if (known !== undefined) return known
  const digest = firstDegreeHash(node)
  if (node.memo.size < MEMO_LIMIT) node.memo.set(node.optional.text, digest)
  return digest
}

/** Hash First Degree Quads (RDFC-1.0 §4.6): the node is `_:a`, every other one `_:z`. */
export function firstDegreeHash(node: Node): string {
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
function write({ blocks, slotted, nodes }: Form, count: number): Uint8Array {
  length = 0
  slotted.sort(bySubject)
  let next = 0
  for (const block of blocks) {
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
