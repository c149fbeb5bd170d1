import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Vault } from '../vault.ts'

export const KEY_SEAL = 'evidence/key'
const [IV, TAG] = [12, 16]

/**
 * Encrypts a file under a key of its own (AES-256-GCM), which the vault seals: what is large is never written anew when the
 * master key changes, and is unreadable once its row is gone.
 */
export function sealContent(vault: Vault, bytes: Buffer): { contentKey: string; content: Buffer } {
  const [key, iv] = [randomBytes(32), randomBytes(IV)]
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const body = Buffer.concat([cipher.update(bytes), cipher.final()])
  return {
    contentKey: vault.seal(KEY_SEAL, key.toString('base64url')),
    content: Buffer.concat([iv, cipher.getAuthTag(), body]),
  }
}

/** The file; throws when a byte of it was altered, or its key. */
export function openContent(vault: Vault, contentKey: string, content: Buffer): Buffer {
  const key = Buffer.from(vault.open(KEY_SEAL, contentKey), 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, content.subarray(0, IV), { authTagLength: TAG })
  decipher.setAuthTag(content.subarray(IV, IV + TAG))
  return Buffer.concat([decipher.update(content.subarray(IV + TAG)), decipher.final()])
}
