import { type DomainError, malformed, unsupported } from '../errors.ts'
import { isAddress } from './badge-version.ts'
import { unbakeSvg } from './bake.ts'
import { isToken } from './envelope.ts'

/** One badge found in what was given, or why it could not be read. `within`: the name or address that it bears there. */
export type Piece = { within: string | null } & ({ given: unknown } | { error: DomainError })

/** A badge that is text: JSON, SVG. Errors: `unsupported`, `json_malformed`, and those of SVG. */
export function readText(bytes: Buffer): unknown {
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
    'Envoyez un badge au format PDF, PNG, SVG ou JSON, une photo de son QR code, ou collez le lien de sa page.',
  )
}

/**
 * A badge as text: JSON, or else left as it is, a compact token or (baked by older versions) the address where it is
 * published. Errors: `json_malformed`.
 */
export function parseCredential(text: string): unknown {
  if (isToken(text) || isAddress(text)) return text
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
