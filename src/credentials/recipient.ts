import { createHash } from 'node:crypto'
import { normaliseEmail } from '../email.ts'

/** An OB 3.0 IdentityObject whose value is known only to who already knows it. */
export type IdentityObject = {
  type: 'IdentityObject'
  hashed: true
  identityHash: string
  identityType: 'emailAddress' | 'name'
  salt: string
}

/** `sha256$` and the hash of the identity followed by the salt (OB 3.0, IdentityHash). */
export const hashIdentity = (identity: string, salt: string): string =>
  `sha256$${createHash('sha256')
    .update(identity + salt)
    .digest('hex')}`

/** A name as compared: without case, accents, ligatures, hyphens, apostrophes or double spaces. */
export const foldName = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replaceAll('ß', 'ss')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** An identity that only who knows it can recognise. */
export type HashedIdentity = Pick<IdentityObject, 'identityHash' | 'salt'>

/** An e-mail, and « given name family name », as they are hashed under these salts. */
export const hashEmail = (email: string, salt: string): HashedIdentity => hashed(normaliseEmail(email), salt)
export const hashName = (givenName: string, familyName: string, salt: string): HashedIdentity =>
  hashed(foldName(`${givenName} ${familyName}`), salt)
const hashed = (identity: string, salt: string): HashedIdentity => ({
  identityHash: hashIdentity(identity, salt),
  salt,
})

export const identityObject = (
  identityType: IdentityObject['identityType'],
  { identityHash, salt }: HashedIdentity,
): IdentityObject => ({ type: 'IdentityObject', hashed: true, identityHash, identityType, salt })

export type RecipientCheck = 'recipient_ok' | 'recipient_mismatch' | 'recipient_unverifiable'

/**
 * Compares what is typed with the identifiers of a badge: a name, which may be typed family name first, an e-mail, and for
 * older badges a web address or a telephone number.
 */
export function checkRecipient(identifiers: unknown[], typed: string): RecipientCheck {
  const { wanted, candidates } = readTyped(typed)
  const relevant = identifiers.filter(
    (one): one is Record<string, unknown> =>
      typeof one === 'object' && one !== null && 'identityType' in one && wanted.includes(String(one.identityType)),
  )
  if (relevant.length === 0) return 'recipient_unverifiable'
  return relevant.some((one) => candidates.some((candidate) => candidate !== '' && isSame(one, candidate)))
    ? 'recipient_ok'
    : 'recipient_mismatch'
}

/** Which identities a text may be, by its form, and how it may have been written when it was hashed. */
function readTyped(typed: string): { wanted: string[]; candidates: string[] } {
  const text = typed.trim()
  if (/^https?:\/\//i.test(text)) return { wanted: ['url'], candidates: [text] }
  if (text.includes('@')) return { wanted: ['emailAddress', 'email'], candidates: [normaliseEmail(typed), text] }
  const digits = text.replaceAll(/[\s.()-]/g, '')
  if (/^\+?\d{6,15}$/.test(digits)) return { wanted: ['telephone', 'phoneNumber'], candidates: [digits, text] }
  return { wanted: ['name'], candidates: [text, ...nameOrders(typed)] }
}

/** « Martin Claire » and « Claire Martin » name the same person: every rotation of the words is tried. */
function nameOrders(name: string): string[] {
  const words = foldName(name).split(' ')
  return words.map((_, index) => [...words.slice(index), ...words.slice(0, index)].join(' '))
}

function isSame({ identityHash, hashed, salt, identityType }: Record<string, unknown>, candidate: string): boolean {
  if (typeof identityHash !== 'string') return false
  if (hashed !== true) {
    if (identityType === 'name') return foldName(identityHash) === foldName(candidate)
    return identityHash === candidate || normaliseEmail(identityHash) === candidate
  }
  const [algorithm = '', digest = ''] = identityHash.split('$')
  if (!['sha256', 'md5'].includes(algorithm)) return false
  const salted = candidate + (typeof salt === 'string' ? salt : '')
  return createHash(algorithm).update(salted).digest('hex') === digest.toLowerCase()
}
