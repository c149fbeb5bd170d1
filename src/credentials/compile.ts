import { createHash } from 'node:crypto'
import jsonld from 'jsonld'
import { pinnedContext } from './contexts.ts'
import {
  before,
  type Block,
  bytesOf,
  fill,
  firstDegreeHash,
  type Group,
  type Head,
  isNode,
  isSlot,
  type Line,
  MARKER,
  MAX_NODES,
  type Node,
  type Part,
  type Piece,
  render,
  type Slot,
  type Values,
} from './fill.ts'
import { canonicalIri, canonicalLiteral } from './n-quads.ts'
import type { JsonObject } from './suite.ts'

/**
 * A document whose varying texts are slots, expanded to RDF once. Filled, it gives byte for byte the canonical N-Quads
 * (RDFC-1.0) that the library computes from the whole document; null when these values need the library itself: an IRI
 * that it might change, a broken text, or blank nodes that only its full algorithm tells apart.
 */
export type Compiled = (values: Values) => ReturnType<typeof fill>

const MARKED = new RegExp(`^${MARKER}$`)
const RDF_TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type'

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
  const marked = new Set(JSON.stringify(document).match(new RegExp(`"${MARKER}"`, 'g')))
  if (marked.size !== slots.size) throw new Error('A slot was lost, or sits where it cannot be filled.')

  const all = [...nodes.values()]
  if (all.length > MAX_NODES) throw new Error('Too many blank nodes.')
  for (const node of all) {
    node.lines = lines.filter((line) => line.subject === node || line.object === node)
    node.slots = node.lines.flatMap((line) => [line.subject, line.object].filter(isSlot))
    node.optional = node.slots.find((slot) => slot.isOptional) ?? null
    node.firstDegree = firstDegreeOf(node)
  }
  for (const node of all) {
    const others = node.lines.flatMap((line) => [line.subject, line.object].filter(isNode))
    node.neighbours = others.filter((one) => one !== node && one.optional !== null)
    node.isFixed = node.slots.length === 0 && node.optional === null && node.neighbours.length === 0
    if (node.isFixed) node.digest = firstDegreeHash(node)
  }
  const varying = all.filter((node) => !node.isFixed)
  const fixed = all.filter((node) => node.isFixed).toSorted((a, b) => before(a.digest, b.digest))
  if (new Set(fixed.map((node) => node.digest)).size !== fixed.length)
    throw new Error('Blank nodes are alike: only the full algorithm orders them.')
  const subjects = blocksOf(lines)
  const blocks = subjects.filter((block) => !isSlot(block.subject))
  const slotted = subjects.filter((block) => isSlot(block.subject))
  const form = { slots: [...slots.values()], nodes: all, fixed, varying, blocks, slotted, head: headOf(blocks) }
  return (values) => fill(form, values)
}

async function documentLoader(url: string) {
  const document = pinnedContext(url)
  if (!document) throw new Error(`Not a known context: ${url}`)
  return { contextUrl: null, documentUrl: url, document, tag: 'static' }
}

type Term = { termType: string; value: string; datatype?: { value: string }; language?: string }
type Quad = { subject: Term; predicate: Term; object: Term; graph: Term }

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
        digest: '',
        isFixed: false,
        firstDegree: [],
        neighbours: [],
        memo: new Map(),
        label: -1,
        block: null,
      }
      nodes.set(term.value, node)
      return node
    }
    const write = term.termType === 'NamedNode' ? canonicalIri : canonicalLiteral(term.datatype?.value, term.language)
    const mark = MARKED.exec(term.value)?.[1]
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
      bytes: '',
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

/** The blocks that come first and never vary. */
function headOf(blocks: Block[]): Head {
  const end = blocks.findIndex((block) => !block.rendered || block.node)
  const head = end < 0 ? blocks : blocks.slice(0, end)
  const bytes = head.map(render).join('')
  const last = head.at(-1)
  return {
    blocks: head.length,
    bytes,
    hashed: createHash('sha256').update(bytes, 'latin1'),
    last: last ? fixedText(last.subject) : '',
  }
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
        else if (typeof first === 'string' && typeof end === 'string') into.parts.splice(-1, 1, end + first, ...rest)
        else into.parts.push(...parts)
      }
    } else kept.push(group)
  }
  return kept
}

function partsOf({ subject, predicate, object }: Line): Part[] {
  const joined: Part[] = []
  for (const part of [subject, ` ${predicate} `, object, ' .\n']) {
    const last = joined.at(-1)
    if (typeof part !== 'string') joined.push(part)
    else if (typeof last === 'string') joined[joined.length - 1] = last + bytesOf(part)
    else joined.push(bytesOf(part))
  }
  return joined
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
