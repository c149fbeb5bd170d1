import { checkForm } from './form.ts'
import { list, type OpenBadge } from './open-badge.ts'
import { checkRecipient } from './recipient.ts'
import { issuerOf, type JsonObject, Unreachable } from './suite.ts'
import { isInDate } from './validity.ts'
import type { Context } from './verify-status.ts'
import { UUID } from '../uuid.ts'

/** Where the link of a badge is. */
export const identityLinkUrl = (badge: string): string => `${badge}/identites`

const OF_INSIGNE = new RegExp(`^/credentials/${UUID}$`)

/**
 * Whether an address that is not the badge's is one that the same person has proved since, by the link that the issuer of
 * the badge signs beside it. Asked only of badges of an Insigne, on the very host that their issuer is named after.
 */
export async function isLinkedAddress(badge: OpenBadge, typed: string, context: Context): Promise<boolean> {
  const url = linkOf(badge)
  if (url === null || !typed.includes('@')) return false
  let link: JsonObject
  try {
    link = await context.documents.json(url)
  } catch (error) {
    if (error instanceof Unreachable) return false
    throw error
  }
  const subject = (link['credentialSubject'] ?? {}) as JsonObject
  const isTheirs =
    checkForm(link) === null &&
    link['id'] === url &&
    issuerOf(link) === issuerOf(badge) &&
    subject['id'] === badge.id &&
    isInDate(link, context.now)
  if (!isTheirs || checkRecipient(list(subject['identifier']), typed) !== 'recipient_ok') return false
  return (await context.checkProof(link, context.documents.did, context)).outcome === 'success'
}

function linkOf(badge: OpenBadge): string | null {
  const url = URL.canParse(badge.id) ? new URL(badge.id) : null
  const [, method, host] = issuerOf(badge)?.split(':') ?? []
  if (!url || method !== 'web' || host === undefined) return null
  const isHere = url.host === decodeURIComponent(host) && url.origin + url.pathname === badge.id
  return isHere && OF_INSIGNE.test(url.pathname) ? identityLinkUrl(badge.id) : null
}
