import { DomainError, malformed, tooLarge } from '../errors.ts'
import { parseCredential, type Piece, readText } from './badge-text.ts'
import { isAddress, olderVersion } from './badge-version.ts'
import { unbakePng } from './bake.ts'
import { openEnvelope } from './envelope.ts'
import type { FileReader } from './file-reader.ts'
import { pictureKind } from './picture-size.ts'
import type { PdfContent } from './read-pdf.ts'

const MAX_LINKS = 10

/**
 * What a PDF carries: the badges attached to it, and the addresses in it that look like a badge's.
 * Errors: `pdf_encrypted`, `pdf_damaged`, `pdf_too_heavy`, `too_large`.
 */
export async function contentOfPdf(bytes: Buffer, files: FileReader): Promise<{ attached: Piece[]; links: string[] }> {
  const content = await files.pdf(bytes)
  if (content?.outcome !== 'read') throw unreadable(content)
  if (content.isCut)
    throw tooLarge('Ce PDF contient plus de trente fichiers de badge.', 'Envoyez les badges un par un.')
  return {
    attached: content.attachments.flatMap(badgeAttached),
    links: content.links.filter(mayBeABadge).slice(0, MAX_LINKS),
  }
}

/** What is attached and is a badge, or ought to be one; other data beside a CV is not. */
function badgeAttached({ name, bytes }: PdfContent['attachments'][number]): Piece[] {
  const file = Buffer.from(bytes)
  try {
    const given = pictureKind(file) === 'png' ? parseCredential(unbakePng(file)) : readText(file)
    return isAddress(given) || isBadge(given) ? [{ within: name, given }] : []
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return error.code === 'no_badge' ? [] : [{ within: name, error }]
  }
}

function isBadge(given: unknown): boolean {
  const { credential } = openEnvelope(given)
  const isLinkedData =
    typeof credential === 'object' &&
    credential !== null &&
    '@context' in credential &&
    'credentialSubject' in credential
  return isLinkedData || olderVersion(given) !== null
}

/** A CV links to much else: only addresses that look like a badge's are asked for. */
const mayBeABadge = (link: string): boolean =>
  /^https?:\/\/[^/]+\/(.*\/)?(credentials?|badges?|assertions?|partages)\/[^/]|^https?:\/\/[^?#]+\.json$/i.test(link)

function unreadable(content: PdfContent | null): DomainError {
  if (content === null) {
    return malformed(
      'pdf_too_heavy',
      'Ce PDF est trop long à lire, ou demande trop de mémoire : il n’a pas été examiné.',
      'Réessayez, ou envoyez le badge lui-même (PNG, SVG ou JSON), ou le lien de sa page.',
    )
  }
  return content.outcome === 'encrypted'
    ? malformed(
        'pdf_encrypted',
        'Ce PDF est protégé par un mot de passe.',
        'Ouvrez-le, enregistrez-le sans mot de passe, ou demandez le badge lui-même.',
      )
    : malformed('pdf_damaged', 'Ce PDF est abîmé.', 'Téléchargez de nouveau le fichier d’origine.')
}
