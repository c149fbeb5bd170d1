import { malformed, unsupported } from '../errors.ts'
import { isPng, unbakePng, unbakeSvg } from './bake.ts'
import type { OwnDocuments } from './documents.ts'
import type { GuardedFetch } from './fetch.ts'
import { Unreachable } from './suite.ts'

/**
 * The credential that a file holds: JSON as it is, or baked into a PNG or an SVG. Told by its bytes, not by its name.
 * Errors: `unsupported`, `json_malformed`, and those of the images.
 */
export function readBadgeFile(bytes: Buffer): unknown {
  if (isPng(bytes)) return parseCredential(unbakePng(bytes))
  const text = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim()
  if (/^<(!doctype\s+html|html)\b/i.test(text)) {
    throw unsupported(
      'C’est une page web, pas un badge.',
      'Sur cette page, téléchargez le fichier du badge (JSON, PNG ou SVG) et envoyez-le.',
    )
  }
  if (text.startsWith('<')) return parseCredential(unbakeSvg(text))
  if (text.startsWith('{') || text.startsWith('[') || isToken(text)) return parseCredential(text)
  throw unsupported(
    'Ce fichier n’est pas un badge que ce service sait lire.',
    'Envoyez un badge au format JSON, PNG ou SVG, ou collez le lien de sa page.',
  )
}

/** A compact JWS: how a badge with an external proof travels (OB 3.0 §8.2.2). */
const isToken = (text: string): boolean => /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(text)

function parseCredential(text: string): unknown {
  if (isToken(text)) {
    throw unsupported(
      'Ce badge est signé sous forme de jeton (JWT), que ce service ne sait pas encore vérifier.',
      'Demandez à l’émetteur le même badge avec une signature intégrée (JSON).',
    )
  }
  try {
    return JSON.parse(text)
  } catch {
    throw malformed(
      'json_malformed',
      'Le badge n’est pas un JSON lisible : il est incomplet ou abîmé.',
      'Téléchargez de nouveau le fichier d’origine.',
    )
  }
}

/** The credential found at an address: our own, or through the guarded fetcher. Errors: `url_unreachable`, as above. */
export async function readBadgeUrl(url: string, fetch: GuardedFetch, own: OwnDocuments): Promise<unknown> {
  const mine = URL.canParse(url) ? await own(new URL(url)) : undefined
  if (mine !== undefined) return parseCredential(mine)
  try {
    const { body } = await fetch(
      url,
      'application/vc+ld+json, application/vc, application/json, image/png, image/svg+xml',
    )
    return readBadgeFile(body)
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    throw malformed(
      'url_unreachable',
      'Cette adresse n’a pas donné de badge : elle ne répond pas, n’est pas publique ou n’est pas en https.',
      'Vérifiez le lien dans un navigateur, ou envoyez le fichier du badge.',
    )
  }
}
