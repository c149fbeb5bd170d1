import { createHash } from 'node:crypto'
import { refreshUrl } from '../credentials/badge-content.ts'
import { OPEN_BADGES_EXTENSIONS } from '../credentials/contexts.ts'
import { getCredential } from '../credentials/credentials.ts'
import { activeKey } from '../credentials/keys.ts'
import { list } from '../credentials/open-badge.ts'
import { REFRESH_TYPE } from '../credentials/slots.ts'
import { type JsonObject, signCredential } from '../credentials/suite.ts'
import type { Db } from '../db.ts'
import { endorsementsOf, withEndorsements } from '../endorsements/endorsed.ts'
import { getOrganisation, issuerDid } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import type { Lang } from '../web/html.ts'
import { keepLast } from '../web/keep.ts'
import { addedSection } from './public-view.ts'
import { type EvidenceFile, shownEvidence } from './read-evidence.ts'

type Deps = { db: Db; vault: Vault; baseUrl: string }
export type Refreshed = {
  /** The badge as it stands; `isAdded` when something was added since it was first signed. Errors: `not_found`, `erased`. */
  (credentialId: string): Promise<{ document: string; isAdded: boolean }>
}

/** Documents kept signed in this process: a badge that is asked for again is not signed again until what it holds changes. */
const KEPT = 500

/**
 * A badge as its `refreshService` answers it (OB 3.0 §8.3): the document as first signed, or, once endorsements were accepted
 * or evidence is shown, the same with them, signed now by its issuer. Its id, its `validFrom` and its status entries stay:
 * it is the same badge, which began when it did; `proof.created` tells when this version was signed.
 */
export function createRefreshed({ db, vault, baseUrl }: Deps): Refreshed {
  const keep = keepLast(KEPT)
  return async (credentialId) => {
    const { document, organisation } = await getCredential(db, credentialId)
    const first = JSON.parse(document) as JsonObject
    delete first['proof']
    const files = await shownEvidence(db, vault, credentialId)
    const endorsed = withEndorsements(first, await endorsementsOf(db, vault, { credentialId }))
    const whole = withEvidence(endorsed, files, baseUrl)
    const text = JSON.stringify(whole)
    if (text === JSON.stringify(first)) return { document, isAdded: false }
    const digest = createHash('sha256').update(text).digest('base64url')
    const signed = await keep(`${credentialId}/${digest}`, async () => {
      const { id } = await getOrganisation(db, organisation)
      const key = await activeKey(db, vault, id)
      const ready = withRefresh(whole, `${baseUrl}/credentials/${credentialId}`)
      return JSON.stringify(await signCredential(ready, issuerDid(baseUrl, organisation), key, new Date()))
    })
    return { document: signed, isAdded: true }
  }
}

/** What the page of a badge tells of what was added to it; nothing when nothing was. */
export const createAddedSection =
  ({
    db,
    vault,
    refreshed,
  }: Omit<Deps, 'baseUrl'> & { refreshed: Refreshed }): ((credentialId: string, lang: Lang) => Promise<string>) =>
  async (credentialId, lang) => {
    const { isAdded } = await refreshed(credentialId)
    return isAdded ? addedSection(credentialId, await shownEvidence(db, vault, credentialId), lang) : ''
  }

/** The address of a file, which is the id of its evidence. */
const evidenceUrl = (baseUrl: string, id: string): string => `${baseUrl}/evidence/${id}`

const WHOSE = {
  holder: 'Fichier ajouté par la personne elle-même ; l’organisme qui a délivré le badge ne l’a pas examiné.',
  issuer: 'Fichier déposé par l’organisme qui a délivré le badge.',
}

/** Evidence (OB 3.0 §B.1) for each file, and its digest (VC Data Model 2.0 §5.3), so that the signature covers the bytes. */
function withEvidence(badge: JsonObject, files: EvidenceFile[], baseUrl: string): JsonObject {
  if (files.length === 0) return badge
  const added = files.map(({ id, name, description, depositor }) => ({
    id: evidenceUrl(baseUrl, id),
    type: ['Evidence'],
    name,
    ...(description !== '' && { description }),
    narrative: WHOSE[depositor],
  }))
  const relatedResource = files.map(({ id, sha256, mediaType }) => ({
    id: evidenceUrl(baseUrl, id),
    digestSRI: `sha256-${Buffer.from(sha256, 'hex').toString('base64')}`,
    mediaType,
  }))
  return { ...badge, evidence: [...list(badge['evidence'] as object[] | undefined), ...added], relatedResource }
}

/** Badges signed before there was a refresh service learn of it here. */
function withRefresh(badge: JsonObject, id: string): JsonObject {
  if (badge['refreshService'] !== undefined) return badge
  const contexts = [badge['@context']].flat()
  return {
    ...badge,
    '@context': [...contexts, OPEN_BADGES_EXTENSIONS],
    refreshService: { id: refreshUrl(id), type: REFRESH_TYPE },
  }
}
