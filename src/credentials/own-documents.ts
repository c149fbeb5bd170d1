import type { Db } from '../db.ts'
import { issuerDid } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import { getCredential, stateAt } from './credentials.ts'
import type { OwnDocuments } from './documents.ts'
import { identityLink } from './identity-links.ts'
import { getJwk, jwkSet } from './jwks.ts'
import { didDocument } from './keys.ts'
import { PURPOSES, signedStatusList } from './status.ts'
import { issuerOf } from './suite.ts'
import type { KnownState } from './verify-status.ts'
import { UUID } from '../uuid.ts'

const DID = /^\/organisations\/([a-z0-9-]+)\/did\.json$/
const JWKS = /^\/organisations\/([a-z0-9-]+)\/jwks(?:\.json|\/([\w-]{43}))$/
const LIST = new RegExp(`^/status-lists/(${UUID})-(${PURPOSES.join('|')})$`)
const REFRESH = new RegExp(`^/credentials/(${UUID})/refresh$`)
const LINK = new RegExp(`^/credentials/(${UUID})/identites$`)
const CREDENTIAL = new RegExp(`^/credentials/(${UUID})(?:\\.(?:json|jwt|png|svg|pdf))?$`)

type Deps = { db: Db; vault: Vault; baseUrl: string }
/** `refreshed`: a badge as it stands, as its `refreshService` answers it. */
type Sources = Deps & { refreshed: (credentialId: string) => Promise<string> }

/** This service's own documents, read where they are: the service never calls itself. */
export const createOwnDocuments =
  ({ db, vault, baseUrl, refreshed }: Sources): OwnDocuments =>
  async (url) => {
    if (url.host !== new URL(baseUrl).host) return undefined
    const [, slug] = DID.exec(url.pathname) ?? []
    if (slug) return JSON.stringify(await didDocument(db, baseUrl, slug))
    const [, owner, kid] = JWKS.exec(url.pathname) ?? []
    if (owner) return JSON.stringify(kid ? await getJwk(db, owner, kid) : await jwkSet(db, owner))
    const [, listId, purpose] = LIST.exec(url.pathname) ?? []
    const known = PURPOSES.find((one) => one === purpose)
    if (listId && known) return (await signedStatusList(db, vault, baseUrl, listId, known)).document
    const [, current] = REFRESH.exec(url.pathname) ?? []
    if (current) return refreshed(current)
    const [, linked] = LINK.exec(url.pathname) ?? []
    if (linked) return identityLink(db, vault, baseUrl, linked)
    const [, id] = CREDENTIAL.exec(url.pathname) ?? []
    return id ? (await getCredential(db, id)).document : undefined
  }

/** The state of this service's own badges on a day, from their events; null for badges of others. */
export const createKnownState =
  ({ db, baseUrl }: Deps): KnownState =>
  async (badge, at) => {
    const name = String(badge['id'])
    if (!name.startsWith(`${baseUrl}/`) || !issuerOf(badge)?.startsWith(issuerDid(baseUrl, ''))) return null
    const [, id] = CREDENTIAL.exec(new URL(name).pathname) ?? []
    return id ? stateAt(db, id, at) : null
  }
