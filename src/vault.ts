import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

export type Vault = {
  /** AES-256-GCM of a text, bound to `purpose`: a value sealed for one purpose does not open for another. */
  seal(purpose: string, text: string): string
  /** The text; throws when the value was altered, or sealed under another key or purpose. */
  open(purpose: string, sealed: string): string
  /** A keyed fingerprint: lets a sealed value be found by equality without being readable. */
  fingerprint(purpose: string, text: string): string
  /** A 32-byte key of its own for each purpose (HKDF-SHA256). */
  derive(purpose: string): Buffer
}

/** Everything secret at rest hangs on this: one master key, a key derived for each purpose. */
export function createVault(masterKey: Buffer): Vault {
  const keys = new Map<string, Buffer>()
  const derive = (purpose: string): Buffer => {
    const known = keys.get(purpose)
    if (known) return known
    const key = Buffer.from(hkdfSync('sha256', masterKey, '', `insigne/${purpose}`, 32))
    keys.set(purpose, key)
    return key
  }
  return {
    derive,
    seal(purpose, text) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', derive(purpose), iv)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', derive(purpose), bytes.subarray(0, 12), { authTagLength: 16 })
      decipher.setAuthTag(bytes.subarray(12, 28))
      return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8')
    },
    fingerprint: (purpose, text) => createHmac('sha256', derive(purpose)).update(text).digest('base64url'),
  }
}
