import { isAddress } from '../credentials/badge-version.ts'
import { checkedWords, markOf, nameOf, provenIssuer } from '../wallet/marks.ts'
import type { ImportedBadge } from '../wallet/read-imports.ts'
import { longDate } from '../web/html.ts'

/** The title over badges of elsewhere in the block of a CV: they are never among those delivered here. */
export const ELSEWHERE_TITLE = 'Badges délivrés ailleurs, vérifiés par Insigne'

/** A badge of elsewhere in one line of a choice: its name, what is proven of its issuer, its date. */
export const choiceOf = (badge: ImportedBadge): string =>
  `${nameOf(badge)}, ${provenIssuer(badge)}${badge.validFrom ? `, délivré le ${longDate(badge.validFrom)}` : ''}`

/** The same to be read by others: how it was checked here, and when. */
export function lineOfElsewhere(badge: ImportedBadge, now: Date): string {
  const until = badge.validUntil ? `, valable jusqu’au ${longDate(badge.validUntil)}` : ''
  return `${choiceOf(badge)}${until}. ${markOf(badge, now)}. ${checkedWords(badge)}`
}

/** How its file is called: a credential, the address where it is published, or a compact token. */
export function extensionOf(given: unknown): 'json' | 'txt' | 'jwt' {
  if (typeof given !== 'string') return 'json'
  return isAddress(given) ? 'txt' : 'jwt'
}
