import { crc32, inflateSync } from 'node:zlib'
import { SaxesParser } from 'saxes'
import { malformed } from '../errors.ts'

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** How each version of the standard bakes (OB 3.0 §5.3; Open Badges Baking 2.0): keyword in a PNG, vocabulary and element in an SVG. */
const BAKING = {
  '3.0': { keyword: 'openbadgecredential', namespace: 'https://purl.imsglobal.org/ob/v3p0', element: 'credential' },
  '2.0': { keyword: 'openbadges', namespace: 'http://openbadges.org', element: 'assertion' },
} as const
type BakingVersion = keyof typeof BAKING
const BAKINGS = Object.values(BAKING)
const KEYWORDS: readonly string[] = BAKINGS.map(({ keyword }) => keyword)

/** What a compressed badge may unpack to. */
const MAX_TEXT = 2 * 1024 * 1024

export const isPng = (bytes: Buffer): boolean => bytes.subarray(0, 8).equals(PNG_SIGNATURE)

/** Puts a badge into a PNG: one uncompressed iTXt chunk before the end (OB 3.0 §5.3.1; Baking 2.0 §2). */
export function bakePng(png: Buffer, credential: string, version: BakingVersion = '3.0'): Buffer {
  const text = Buffer.concat([
    Buffer.from(`${BAKING[version].keyword}\0\0\0\0\0`, 'latin1'),
    Buffer.from(credential, 'utf8'),
  ])
  const chunks = readChunks(png)
  const end = chunks.findIndex((chunk) => chunk.type === 'IEND')
  const baked = chunks.toSpliced(end, 0, { type: 'iTXt', data: text })
  return Buffer.concat([PNG_SIGNATURE, ...baked.map(writeChunk)])
}

/**
 * The badge that a PNG carries, of any version: JSON, a compact token, or for older ones the address where it is published.
 * Two of them, be they the same one in two versions, are refused. Errors: `png_damaged`, `no_badge`, `two_badges`.
 */
export function unbakePng(png: Buffer): string {
  const found = readChunks(png)
    .filter(({ type, data }) => (type === 'iTXt' || type === 'tEXt') && KEYWORDS.includes(keywordOf(data)))
    // tEXt is how the first versions (0.5, 1.0) were baked.
    .map(({ type, data }) => (type === 'iTXt' ? readText(data) : plainText(data)))
  return onlyBadge(found)
}

const keywordOf = (data: Buffer): string => data.toString('latin1', 0, Math.max(data.indexOf(0), 0))
const plainText = (data: Buffer): string => data.toString('latin1', data.indexOf(0) + 1)

type Chunk = { type: string; data: Buffer }

function readChunks(png: Buffer): Chunk[] {
  if (!isPng(png)) throw damagedPng()
  const chunks: Chunk[] = []
  for (let at = 8; ;) {
    if (at + 12 > png.length) throw damagedPng()
    const end = at + 12 + png.readUInt32BE(at)
    if (end > png.length || crc32(png.subarray(at + 4, end - 4)) !== png.readUInt32BE(end - 4)) throw damagedPng()
    const type = png.toString('latin1', at + 4, at + 8)
    chunks.push({ type, data: png.subarray(at + 8, end - 4) })
    if (type === 'IEND') return chunks
    at = end
  }
}

function writeChunk({ type, data }: Chunk): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(data.length, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return chunk
}

/** After the keyword: compression flag and method, then language and translated keyword, each ended by a zero. */
function readText(data: Buffer): string {
  const flag = data.indexOf(0) + 1
  const language = data.indexOf(0, flag + 2)
  const keyword = data.indexOf(0, language + 1)
  if (language < 0 || keyword < 0) throw damagedPng()
  if (data[flag] === 0) return data.toString('utf8', keyword + 1)
  // OB 3.0 asks for an uncompressed one; those before it did not.
  if (data[flag] !== 1 || keywordOf(data) !== BAKING['2.0'].keyword) throw damagedPng()
  try {
    return inflateSync(data.subarray(keyword + 1), { maxOutputLength: MAX_TEXT }).toString('utf8')
  } catch {
    throw damagedPng()
  }
}

/** Puts a badge, in JSON, into an SVG, right after its opening tag (OB 3.0 §5.3.2; Baking 2.0 §3, `verify` being `address`). */
export function bakeSvg(svg: string, credential: string, version: BakingVersion = '3.0', address?: string): string {
  const { namespace, element: name } = BAKING[version]
  const opening = /<svg\b[^>]*?(?=>)/.exec(svg)
  if (!opening) throw damagedSvg()
  const at = opening.index + opening[0].length
  // «]]>» would end the CDATA section, and XML knows neither U+FFFE nor U+FFFF; escaped, the JSON says the same.
  const text = credential.replaceAll(']]>', ']]\\u003e').replaceAll('\ufffe', '\\ufffe').replaceAll('\uffff', '\\uffff')
  const verify = address === undefined ? '' : ` verify="${address}"`
  const element = `<openbadges:${name}${verify}><![CDATA[${text}]]></openbadges:${name}>`
  return `${svg.slice(0, at)} xmlns:openbadges="${namespace}">${element}${svg.slice(at + 1)}`
}

const MAX_DEPTH = 256

/** The badge that an SVG carries, as `unbakePng` answers it. Errors: `svg_damaged`, `no_badge`, `two_badges`. */
export function unbakeSvg(svg: string): string {
  /** Each badge: the token or the address of its attribute, and the JSON inside it. */
  const found: { verify: string; text: string }[] = []
  let inside = false
  let depth = 0
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', () => {
    throw damagedSvg()
  })
  // A document type could declare entities: no badge needs one.
  parser.on('doctype', () => {
    throw damagedSvg()
  })
  // The parser looks a prefix up through every open element: a depth without bound would cost its square.
  parser.on('opentagstart', () => {
    if (++depth > MAX_DEPTH) throw damagedSvg()
  })
  parser.on('opentag', ({ uri, local, attributes }) => {
    inside = BAKINGS.some(({ namespace, element }) => uri === namespace && local === element)
    if (inside) found.push({ verify: attributes['verify']?.value ?? '', text: '' })
  })
  const append = (text: string) => {
    if (inside) found[found.length - 1]!.text += text
  }
  parser.on('text', append)
  parser.on('cdata', append)
  parser.on('closetag', () => {
    depth--
    inside = false
  })
  parser.write(svg).close()
  return onlyBadge(found.map(({ verify, text }) => text.trim() || verify.trim()))
}

function onlyBadge(found: string[]): string {
  const [badge] = found
  if (badge === undefined) {
    throw malformed(
      'no_badge',
      'Cette image ne contient pas de badge.',
      'Envoyez le fichier d’origine : une capture d’écran ou une image recompressée a perdu le badge.',
    )
  }
  if (found.length > 1) {
    throw malformed(
      'two_badges',
      'Cette image contient plusieurs badges : on ne peut pas dire lequel elle montre.',
      'Demandez à la personne le fichier délivré par son organisme.',
    )
  }
  return badge
}

const REFETCH = 'Téléchargez de nouveau le fichier d’origine et renvoyez-le sans le modifier.'
const damagedPng = () => malformed('png_damaged', 'Ce fichier PNG est abîmé ou n’en est pas un.', REFETCH)
const damagedSvg = () =>
  malformed('svg_damaged', 'Ce fichier SVG est abîmé ou contient des éléments interdits.', REFETCH)
