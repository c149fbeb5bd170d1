import type { OwnDocuments } from '../credentials/documents.ts'
import {
  badgeClass,
  hostedAssertion,
  issuerDocument,
  keyDocument,
  type Publishing,
  revocationList,
  signedAssertion,
} from './open-badges-2.ts'
import { UUID } from '../uuid.ts'

const ASSERTION = new RegExp(`^assertions/(${UUID})(?:\\.(jws|json|png|svg))?$`)

/** This service's own documents of Open Badges 2.0, read where they are: the service never calls itself. */
export const createOpenBadges2Documents =
  (publishing: Publishing): OwnDocuments =>
  async ({ host, pathname }) => {
    if (host !== new URL(publishing.baseUrl).host || !pathname.startsWith('/ob2/')) return undefined
    const path = pathname.slice('/ob2/'.length)
    const [, id, form] = ASSERTION.exec(path) ?? []
    if (id && form === 'jws') return signedAssertion(publishing, id)
    const found = id ? (await hostedAssertion(publishing, id)).document : await another(publishing, path.split('/'))
    return found && JSON.stringify(found)
  }

async function another(publishing: Publishing, [kind, slug = '', name = '', version = '']: string[]) {
  if (kind === 'badges') return badgeClass(publishing, slug, name, version)
  if (kind === 'issuers') return issuerDocument(publishing, slug)
  if (kind === 'keys') return keyDocument(publishing, slug, name)
  return kind === 'revocations' ? revocationList(publishing, slug) : undefined
}
