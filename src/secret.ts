import { createHash, randomBytes } from 'node:crypto'

/** What a link, a cookie or a machine proves itself with: 32 random bytes, kept nowhere. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** What is kept of it: the secret is as long and as random as its hash, there is nothing to slow a guess of. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
