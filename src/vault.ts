import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'

export type Vault = {
  /**
   * AES-256-GCM of a text, bound to `purpose`: a value sealed for one purpose does not open for another. Sealed under the
   * present key, whose name it bears.
   */
  seal(purpose: string, text: string): string
  /** The text; throws when the value was altered, or sealed under a key not at hand or for another purpose. */
  open(purpose: string, sealed: string): string
  /** Whether a value was sealed under the present key. */
  isCurrent(sealed: string): boolean
  /** A keyed fingerprint: lets a sealed value be found by equality without being readable. */
  fingerprint(purpose: string, text: string): string
  /** The same under every key at hand, the present one first: what was written before a change of key is found too. */
  fingerprints(purpose: string, text: string): string[]
  /** A 32-byte key of its own for each purpose (HKDF-SHA256). */
  derive(purpose: string): Buffer
}

/** Everything secret at rest hangs on this: the present master key, and those that it replaces until all is sealed anew. */
export function createVault(masterKey: Buffer, previous: Buffer[] = []): Vault {
  const keys = [masterKey, ...previous].map(keyOf)
  const [current] = keys as [Key]
  const fingerprintUnder = (key: Key, purpose: string, text: string): string =>
    createHmac('sha256', key.secret(purpose)).update(text).digest('base64url')
  return {
    derive: (purpose) => current.secret(purpose).export(),
    isCurrent: (sealed) => sealed.startsWith(current.name),
    seal(purpose, text) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', current.secret(purpose), iv)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return current.name + Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(purpose, sealed) {
      const named = keys.find((key) => sealed.startsWith(key.name))
      if (named) return openUnder(named, purpose, sealed.slice(named.name.length))
      // Version 0.1 named no key.
      return openUnderAny(keys, purpose, sealed)
    },
    fingerprint: (purpose, text) => fingerprintUnder(current, purpose, text),
    fingerprints: (purpose, text) => keys.map((key) => fingerprintUnder(key, purpose, text)),
  }
}

/** A master key, and the key of each purpose as OpenSSL holds it: given as bytes, each use would make it anew. */
type Key = { name: string; secret: (purpose: string) => KeyObject }

function keyOf(master: Buffer): Key {
  const known = new Map<string, KeyObject>()
  const secret = (purpose: string): KeyObject => {
    const found = known.get(purpose)
    if (found) return found
    const key = createSecretKey(Buffer.from(hkdfSync('sha256', master, '', `insigne/${purpose}`, 32)))
    known.set(purpose, key)
    return key
  }
  // Six letters and a dot, which base64url never holds: the name says nothing of the key.
  return { name: `${secret('key-name').export().toString('base64url').slice(0, 6)}.`, secret }
}

function openUnder(key: Key, purpose: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key.secret(purpose), bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAuthTag(bytes.subarray(12, 28))
  return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8')
}

function openUnderAny([key, ...others]: Key[], purpose: string, sealed: string): string {
  try {
    return openUnder(key!, purpose, sealed)
  } catch (error) {
    if (others.length === 0) throw error
    return openUnderAny(others, purpose, sealed)
  }
}
