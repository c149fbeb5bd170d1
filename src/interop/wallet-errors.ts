import { DomainError } from '../errors.ts'

/** The refusals of the credential endpoint (OpenID4VCI 1.0 §8.3.1.2), and of the token that it asks (RFC 6750 §3.1). */
export type WalletError =
  | 'invalid_token'
  | 'insufficient_scope'
  | 'invalid_credential_request'
  | 'unknown_credential_configuration'
  | 'unknown_credential_identifier'
  | 'invalid_proof'
  | 'invalid_nonce'
  | 'credential_request_denied'
  | 'invalid_notification_id'
  | 'invalid_notification_request'

const KINDS: Partial<Record<WalletError, 'unauthenticated' | 'forbidden'>> = {
  invalid_token: 'unauthenticated',
  insufficient_scope: 'forbidden',
}

/** A refusal in the standard's shape: its code, and a sentence. */
export const walletRefusal = (code: WalletError, sentence: string): DomainError =>
  new DomainError(KINDS[code] ?? 'malformed', code, sentence, 'Voyez la norme OpenID4VCI 1.0.')

/** A sentence as the standard lets it be sent: printable ASCII without `"` nor `\`, so without accents (RFC 6749 §5.2). */
export const asciiWords = (french: string): string =>
  french
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('’', "'")
    .replace(/\s+/g, ' ')
    .replace(/[^\x20\x21\x23-\x5B\x5D-\x7E]/g, '?')
