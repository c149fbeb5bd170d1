import { DomainError, malformed, unsupported } from '../errors.ts'
import { parseCredential, type Piece, readText } from './badge-text.ts'
import { bearsNoAddress, isAddress } from './badge-version.ts'
import { unbakePng } from './bake.ts'
import type { OwnDocuments } from './documents.ts'
import { Gone, type GuardedFetch } from './fetch.ts'
import type { FileReader } from './file-reader.ts'
import { contentOfPdf } from './pdf-badges.ts'
import { isDecodable, pictureKind } from './picture-size.ts'
import { Unreachable } from './suite.ts'

/** Where badges may be looked for. */
export type Sources = {
  fetch: GuardedFetch
  own: OwnDocuments
  files: FileReader
  /** The badges of a page of this service that shows several; undefined for another address. */
  shared?: ((url: URL) => Promise<string[] | undefined>) | undefined
}

/**
 * The badges that a file holds: JSON as it is, baked into a PNG or an SVG, attached to a PDF, or at the end of its links or of
 * a QR code. Told by its bytes, not by its name. Errors: `unsupported`, `json_malformed`, and those of images and PDFs.
 */
export async function readFile(bytes: Buffer, sources: Sources, hops = 0): Promise<Piece[]> {
  if (bytes.subarray(0, 1024).includes('%PDF-')) return badgesOfPdf(bytes, sources, hops)
  const kind = pictureKind(bytes)
  if (kind !== null) return readPicture(bytes, kind, sources, hops)
  return published(readText(bytes), sources, hops)
}

/** A badge, or the address that older versions bake in its place: what is published there. */
async function published(given: unknown, sources: Sources, hops: number): Promise<Piece[]> {
  if (!isAddress(given)) return [{ within: null, given }]
  if (hops > MAX_HOPS) throw unreachable()
  return readUrl(given, sources, hops + 1)
}

/** From a link to a picture, and from the picture to what it says that is published. */
const MAX_HOPS = 1

/** The badges found at an address: our own, those of a page that shows several, or through the guarded fetcher. */
export async function readUrl(url: string, sources: Sources, hops = 0): Promise<Piece[]> {
  const address = URL.canParse(url) ? new URL(url) : null
  const mine = address && (await sources.own(address))
  if (mine) return [{ within: null, given: parseCredential(mine) }]
  const shared = address && (await sources.shared?.(address))
  if (shared) return shared.map((text) => ({ within: null, given: parseCredential(text) }))
  try {
    const { body } = await sources.fetch(url, ACCEPTED)
    const pieces = await readFile(body, sources, hops + 1)
    return pieces.map((one) => ('given' in one && bearsNoAddress(one.given) ? { ...one, given: url } : one))
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    throw error.cause instanceof Gone ? withdrawn() : unreachable()
  }
}

const unreachable = () =>
  malformed(
    'url_unreachable',
    'Cette adresse n’a pas donné de badge : elle ne répond pas, n’est pas publique ou n’est pas en https.',
    'Vérifiez le lien dans un navigateur, ou envoyez le fichier du badge.',
  )
const withdrawn = () =>
  malformed(
    'url_gone',
    'L’émetteur dit avoir retiré le badge de cette adresse : il a été révoqué, ou effacé.',
    'Demandez à la personne, ou à l’organisme qui l’avait délivré, ce qu’il en est.',
  )

/** The signed files attached to a PDF, else the badges that its links lead to. */
async function badgesOfPdf(bytes: Buffer, sources: Sources, hops: number): Promise<Piece[]> {
  const { attached, links } = await contentOfPdf(bytes, sources.files)
  if (attached.length > 0) return together(attached.map((piece) => follow(piece, sources, hops)))
  // A PDF that an address gave leads nowhere else.
  const followed = hops > 0 ? [] : links
  if (followed.length === 0) {
    throw malformed(
      'pdf_without_badge',
      'Ce PDF ne contient ni badge, ni lien vers la page d’un badge.',
      'Demandez à la personne le fichier ou le lien de son badge. Un QR code imprimé se vérifie en photo.',
    )
  }
  const readings = followed.map(async (link) => {
    const pieces = await readUrl(link, sources, hops + 1)
    return pieces.map((one) => ({ ...one, within: link }))
  })
  return together(readings)
}

/** What an attached picture says that is published, under the name of that picture. */
async function follow(piece: Piece, sources: Sources, hops: number): Promise<Piece[]> {
  if ('error' in piece) return [piece]
  const pieces = await published(piece.given, sources, hops)
  return pieces.map((one) => ({ ...one, within: piece.within }))
}

const ACCEPTED =
  'application/vc+ld+json, application/vc, application/ld+json, application/json, image/png, image/svg+xml, application/pdf'

/** A baked badge is read from the picture itself; a QR code on it leads to one. */
async function readPicture(
  bytes: Buffer,
  kind: 'png' | 'jpeg' | 'foreign',
  sources: Sources,
  hops: number,
): Promise<Piece[]> {
  if (kind === 'foreign') {
    throw unsupported(
      'Cette image est d’un format que ce service ne sait pas lire.',
      'Envoyez la photo en JPEG ou en PNG, ou collez le lien de la page du badge.',
    )
  }
  if (kind === 'png') {
    const baked = bakedIn(bytes)
    if (baked !== null) return published(parseCredential(baked), sources, hops)
  }
  const texts = isDecodable(bytes) ? await sources.files.qr(bytes) : null
  if (texts === null) {
    throw malformed(
      'picture_unreadable',
      'Cette photo est trop grande, abîmée, ou trop longue à lire.',
      'Reprenez-la de plus près : le QR code seul, droit et net. Ou collez le lien de la page du badge.',
    )
  }
  if (texts.length === 0) {
    throw malformed(
      'no_badge',
      'Cette image ne contient pas de badge, et aucun QR code n’y a été trouvé.',
      'Envoyez le fichier d’origine : une capture d’écran ou une image recompressée a perdu le badge. Ou photographiez le QR code de près.',
    )
  }
  return together([...new Set(texts)].map((text) => fromQr(text, sources, hops)))
}

/** Several things to read: one that fails says so in its place; alone, it is the answer. */
async function together(readings: Promise<Piece[]>[]): Promise<Piece[]> {
  const settled = await Promise.allSettled(readings)
  const pieces = settled.flatMap((one): Piece[] => {
    if (one.status === 'fulfilled') return one.value
    if (!(one.reason instanceof DomainError)) throw one.reason
    return [{ within: null, error: one.reason }]
  })
  const [only] = pieces
  if (pieces.length === 1 && only && 'error' in only) throw only.error
  return pieces
}

function bakedIn(png: Buffer): string | null {
  try {
    return unbakePng(png)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'no_badge') return null
    throw error
  }
}

async function fromQr(text: string, sources: Sources, hops: number): Promise<Piece[]> {
  if (!/^https?:\/\//i.test(text) || hops > 0) {
    throw malformed(
      'qr_not_a_link',
      'Le QR code ne mène pas à la page d’un badge.',
      'Photographiez le QR code qui est sur le badge ou à côté de lui, ou collez le lien de la page.',
    )
  }
  return readUrl(text, sources, hops + 1)
}
