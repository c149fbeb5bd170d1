import { createHash } from 'node:crypto'
import { and, eq, isNotNull } from '../drizzle.ts'
import { formFault } from '../credentials/any-credential.ts'
import { CREDENTIALS_V2 } from '../credentials/contexts.ts'
import { activeKey } from '../credentials/keys.ts'
import { signAsJwt } from '../credentials/sign-jwt.ts'
import { statusEntry } from '../credentials/slots.ts'
import { setStatusEntry } from '../credentials/other-statuses.ts'
import { type Place, PURPOSES, type Purpose, reserveSlots, statusSlots } from '../credentials/status.ts'
import { canonise, issuerOf, type JsonObject, signCredential } from '../credentials/suite.ts'
import { sentence } from '../credentials/verify-messages.ts'
import type { Db } from '../db.ts'
import { malformed, notFound } from '../errors.ts'
import { record, recordAll } from '../journal/journal.ts'
import { issuerDid, type Organisation, requireApproved } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import { vcApiCredentials } from './vc-api.sql.ts'

type Service = { db: Db; vault: Vault; baseUrl: string }
export type IssueOptions = {
  /** How it is secured: `eddsa-rdfc-2022` inside it, or a token around it. */
  form: 'eddsa-rdfc-2022' | 'RS256' | 'ES256'
  /** False adds no status entry. */
  hasStatus: boolean
  /** What its coordinator will call it by, where the credential has no identifier. */
  credentialId?: string | undefined
  author: string
}

/**
 * Signs a credential of any kind as that organisation (VC-API, W3C CCG, « Issue Credential »), adds a place in its status lists
 * unless the credential says its own, and keeps what is needed to revoke it. Errors: `organisation_not_approved`,
 * `credential_refused` with the reason, `issuer_mismatch`, `credential_signed`, `credential_unsignable`.
 */
export async function issueByApi(
  { db, vault, baseUrl }: Service,
  organisation: Organisation,
  given: JsonObject,
  options: IssueOptions,
  now = new Date(),
): Promise<JsonObject> {
  requireApproved(organisation)
  const { form, author } = options
  const credential = withIssuer(given, issuerDid(baseUrl, organisation.slug))
  await assertSignable(credential)
  const isListed = options.hasStatus && credential['credentialStatus'] === undefined
  const [place = null] = isListed ? await reserveSlots(db, vault, organisation.id, 1) : []
  const unsigned = place ? { ...credential, credentialStatus: entriesOf(baseUrl, place) } : credential
  const signed = await sign({ db, vault, baseUrl }, organisation, unsigned, form, now)
  const name = credential['id'] ?? options.credentialId
  await db.transaction(async (tx) => {
    const [kept] = await tx
      .insert(vcApiCredentials)
      .values({
        organisationId: organisation.id,
        nameDigest: typeof name === 'string' ? digestOf(name) : null,
        digest: digestOf(JSON.stringify(signed)),
        statusListId: place?.listId ?? null,
        statusIndex: place?.index ?? null,
        issuedAt: now,
      })
      .returning({ id: vcApiCredentials.id })
    const subject = `vc-api:${kept!.id}`
    await record(tx, { author, action: 'vc_api.issued', subject, organisationId: organisation.id })
  })
  return signed
}

/** The credential with its issuer, which is the organisation: filled in where it is left out. */
function withIssuer(credential: JsonObject, did: string): JsonObject {
  if (credential['issuer'] === undefined) return { ...credential, issuer: did }
  const named = issuerOf(credential)
  if (named === null || named === did) return credential
  throw malformed(
    'issuer_mismatch',
    'L’émetteur de l’attestation n’est pas cet organisme.',
    `Retirez « issuer », ou donnez-lui « ${did} ».`,
  )
}

/** Only what a verifier can accept is signed, and only what means the same for every reader (JSON-LD safe mode). */
async function assertSignable(credential: JsonObject): Promise<void> {
  const mend = 'Corrigez l’attestation selon le modèle de données des Verifiable Credentials (W3C), puis recommencez.'
  if (credential['proof'] !== undefined) {
    throw malformed('credential_signed', 'Cette attestation porte déjà une signature.', 'Retirez « proof ».')
  }
  const fault = formFault(credential)
  if (fault)
    throw malformed('credential_refused', sentence(fault.code, 'fr', fault.values), mend, { fault: fault.code })
  const refused = (where: string) => malformed('credential_refused', sentence('credential_form', 'fr', { where }), mend)
  if ([credential['@context']].flat()[0] !== CREDENTIALS_V2) throw refused('/@context')
  const entries = [credential['credentialStatus'] ?? []].flat() as JsonObject[]
  const wrong = entries.findIndex(isMalformedEntry)
  if (wrong >= 0) throw refused(`/credentialStatus/${wrong}`)
  // No network is behind this: whatever is thrown is about the credential.
  const quads = await canonise(credential).catch(() => '')
  if (quads === '') throw unsignable()
}

/** Whether a status of its own has not the form that a reader needs (Bitstring Status List 1.0 §2.1); other types are not judged. */
function isMalformedEntry({ type, statusPurpose, statusListIndex, statusListCredential }: JsonObject): boolean {
  if (![type].flat().includes('BitstringStatusListEntry')) return false
  const isIndex = typeof statusListIndex === 'string' && /^\d{1,12}$/.test(statusListIndex)
  const isAddress = typeof statusListCredential === 'string' && URL.canParse(statusListCredential)
  return typeof statusPurpose !== 'string' || !isIndex || !isAddress
}

const unsignable = () =>
  malformed(
    'credential_unsignable',
    'Un nom employé dans l’attestation n’a pas de sens dans ses vocabulaires (@context) : le signer ne protégerait pas ce qu’il dit.',
    'Retirez ce nom, ou ajoutez un vocabulaire connu qui le définit.',
  )

const entriesOf = (baseUrl: string, place: Place) => {
  const slots = statusSlots(baseUrl, place)
  return PURPOSES.map((purpose, n) => statusEntry(purpose, slots[n]!))
}

async function sign(
  { db, vault, baseUrl }: Service,
  organisation: Organisation,
  unsigned: JsonObject,
  form: IssueOptions['form'],
  now: Date,
): Promise<JsonObject> {
  if (form !== 'eddsa-rdfc-2022') {
    // A token repeats when the credential begins: it begins now, unless it says otherwise.
    const begun = { ...unsigned, validFrom: unsigned['validFrom'] ?? now.toISOString() }
    const token = await signAsJwt(db, vault, baseUrl, organisation, begun, { alg: form })
    const id = `data:application/vc+jwt,${token}`
    return { '@context': [CREDENTIALS_V2], type: 'EnvelopedVerifiableCredential', id }
  }
  const key = await activeKey(db, vault, organisation.id)
  return signCredential(unsigned, issuerDid(baseUrl, organisation.slug), key, now).catch(() => {
    throw unsignable()
  })
}

type StatusChange = { credentialId: string; purpose: Purpose; isSet: boolean; author: string }

/**
 * Sets or clears the status of what an organisation signed under that identifier (VC-API, « Update Status »); a revocation is
 * final. Errors: `not_found`, also when it was signed without status; `revocation_final`.
 */
export async function setApiStatus(
  db: Db,
  { id: organisationId }: Organisation,
  { credentialId, purpose, isSet, author }: StatusChange,
): Promise<void> {
  if (purpose === 'revocation' && !isSet) {
    throw malformed(
      'revocation_final',
      'Une révocation est définitive.',
      'Signez une nouvelle attestation ; pour un retrait provisoire, suspendez.',
    )
  }
  await db.transaction(async (tx) => {
    const found = await tx
      .select({
        id: vcApiCredentials.id,
        listId: vcApiCredentials.statusListId,
        index: vcApiCredentials.statusIndex,
      })
      .from(vcApiCredentials)
      .where(
        and(
          eq(vcApiCredentials.organisationId, organisationId),
          eq(vcApiCredentials.nameDigest, digestOf(credentialId)),
          isNotNull(vcApiCredentials.statusListId),
        ),
      )
      .orderBy(vcApiCredentials.id)
    if (found.length === 0) throw notFound('L’attestation', credentialId)
    for (const { listId, index } of found) {
      await setStatusEntry(tx, { listId: listId!, index: index! }, purpose, isSet)
    }
    const told = { author, action: 'vc_api.status_changed', organisationId, details: { purpose, set: isSet } }
    await recordAll(
      tx,
      found.map(({ id }) => ({ ...told, subject: `vc-api:${id}` })),
    )
  })
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url')
