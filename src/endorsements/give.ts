import { and, eq } from '../drizzle.ts'
import { checkEndorsement } from '../credentials/check-endorsement.ts'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from '../credentials/contexts.ts'
import { isToken } from '../credentials/envelope.ts'
import { checkForm } from '../credentials/form.ts'
import { activeKey, issuerProfile } from '../credentials/keys.ts'
import { statusEntry } from '../credentials/slots.ts'
import { PURPOSES, reserveSlots, statusSlots } from '../credentials/status.ts'
import { canonise, issuerOf, type JsonObject, signCredential } from '../credentials/suite.ts'
import { sentence } from '../credentials/verify-messages.ts'
import type { Context } from '../credentials/verify-status.ts'
import type { Db } from '../db.ts'
import { conflict, DomainError, invalid, malformed, notFound } from '../errors.ts'
import { issuerDid, type Organisation, requireApproved } from '../organisations/organisations.ts'
import { hashSecret } from '../secret.ts'
import type { Vault } from '../vault.ts'
import { selfEndorsement } from './ask.ts'
import { endorsements } from './endorsements.sql.ts'
import { moveEndorsement } from './move.ts'
import { DOCUMENT_SEAL, type Endorsement, readEndorsements, subjectId, subjectWords } from './read.ts'

type Service = { db: Db; vault: Vault; baseUrl: string }

/** The request that a link opens. Errors: `not_found`; `endorsement_link_ended` once it is 60 days old. Answered or withdrawn, it opens nothing. */
export async function readLink(db: Db, vault: Vault, token: string, now = new Date()): Promise<Endorsement> {
  const [found] = await readEndorsements(db, vault, eq(endorsements.secretHash, hashSecret(token)))
  if (!found) throw notFound('Le lien de recommandation', `${token.slice(0, 6)}…`)
  if (found.expiresAt > now) return found
  throw new DomainError(
    'gone',
    'endorsement_link_ended',
    'Ce lien n’est plus valable : la demande a plus de 60 jours.',
    'Demandez un nouveau lien à la personne ou à l’organisme qui vous l’avait donné.',
  )
}

/** A request made to an organisation, still open, or an endorsement that it gave. Errors: `not_found`. */
export async function readAskedOf(
  db: Db,
  vault: Vault,
  { id }: Organisation,
  endorsementId: string,
): Promise<Endorsement> {
  const isMine = and(eq(endorsements.id, endorsementId), eq(endorsements.endorserId, id))
  const [found] = await readEndorsements(db, vault, isMine)
  if (!found) throw notFound('La recommandation', endorsementId)
  return found
}

type Giving = { asked: Endorsement; organisation: Organisation; comment: string; author: string }

/**
 * Signs, as an EndorsementCredential of that organisation (OB 3.0 B.1.7) which it may withdraw, what it says in answer to a
 * request. Errors: `organisation_not_approved`, `endorsement_self`, `endorsement_ended`, `endorsement_moved`.
 */
export async function giveEndorsement(
  { db, vault, baseUrl }: Service,
  giving: Giving,
  now = new Date(),
): Promise<void> {
  const { asked, organisation, comment, author } = giving
  requireApproved(organisation)
  if (asked.owner.id === organisation.id) throw selfEndorsement()
  if (asked.state === 'asked' && asked.expiresAt <= now) throw ended()
  const [place] = await reserveSlots(db, vault, organisation.id, 1)
  const slots = statusSlots(baseUrl, place!)
  const unsigned = {
    '@context': [CREDENTIALS_V2, OPEN_BADGES_V3],
    id: `${baseUrl}/endorsements/${asked.id}`,
    type: ['VerifiableCredential', 'EndorsementCredential'],
    name: `Recommandation : ${subjectWords(asked)}`,
    issuer: issuerProfile(organisation, baseUrl),
    validFrom: now.toISOString(),
    credentialStatus: PURPOSES.map((purpose, n) => statusEntry(purpose, slots[n]!)),
    credentialSubject: {
      id: subjectId(asked, baseUrl),
      type: ['EndorsementSubject'],
      endorsementComment: comment.trim(),
    },
  }
  const signed = await signCredential(unsigned, unsigned.issuer.id, await activeKey(db, vault, organisation.id), now)
  const { listId, index } = place!
  const kept = { endorserId: organisation.id, statusListId: listId, statusIndex: index }
  await keep(db, vault, { asked, author, organisationId: organisation.id, document: JSON.stringify(signed), kept })
}

/** An organisation will not endorse what it was asked to, or takes back what it gave. Errors: `not_found`, `endorsement_moved`. */
export async function answerEndorsement(
  db: Db,
  { id: organisationId }: Organisation,
  { id, move, author }: { id: string; move: 'refusal' | 'withdrawal'; author: string },
): Promise<void> {
  const by = eq(endorsements.endorserId, organisationId)
  await db.transaction((tx) => moveEndorsement(tx, { id, by, move, author, organisationId }))
}

/** What an endorsement is verified with. */
export type Checking = Pick<Context, 'documents' | 'checkProof' | 'knownState'>

/**
 * Keeps an endorsement that someone signed elsewhere, as it is, in answer to a link: a document or a compact token. Errors:
 * `not_found`, `endorsement_link_ended`, `endorsement_unreadable`, `endorsement_refused` with the reason, `endorsement_self`,
 * `endorsement_unembeddable`.
 */
export async function depositEndorsement(
  { db, vault, baseUrl }: Service,
  checking: Checking,
  { token, text }: { token: string; text: string },
  now = new Date(),
): Promise<void> {
  const asked = await readLink(db, vault, token, now)
  const given = parseEndorsement(text.trim())
  const subject = subjectId(asked, baseUrl)
  const { verdict, code, endorsement } = await checkEndorsement(given, subject, now, { ...checking, now })
  if (verdict !== 'valid' || !endorsement) throw refused(code, subject)
  if (issuerOf(endorsement) === issuerDid(baseUrl, asked.owner.slug)) throw selfEndorsement()
  if (typeof given !== 'string') await assertEmbeddable(given, subject)
  const document = typeof given === 'string' ? given : JSON.stringify(given)
  await keep(db, vault, { asked, author: 'link', document, kept: {} })
}

type Kept = {
  asked: Endorsement
  author: string
  organisationId?: string
  document: string
  kept: { endorserId?: string; statusListId?: string; statusIndex?: number }
}

/** Whoever answers first gives it. */
const keep = (db: Db, vault: Vault, { asked, author, organisationId, document, kept }: Kept): Promise<void> => {
  const signed = { ...kept, document: vault.seal(DOCUMENT_SEAL, document) }
  const giving = { id: asked.id, move: 'giving' as const, author, signed, ...(organisationId && { organisationId }) }
  return db.transaction((tx) => moveEndorsement(tx, giving))
}

const MAX_TEXT = 64 * 1024

function parseEndorsement(text: string): string | JsonObject {
  if (text.length > MAX_TEXT) throw unreadable()
  if (isToken(text)) return text
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  } catch {
    // said below, with the other texts that are no endorsement
  }
  throw unreadable()
}

/** Inside a badge it is signed with it: its words must keep their meaning there, and describe nothing of the badge itself. */
async function assertEmbeddable(endorsement: JsonObject, subject: string): Promise<void> {
  const bearer = {
    '@context': [CREDENTIALS_V2, OPEN_BADGES_V3],
    id: subject,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    endorsement: [endorsement],
  }
  const isSafe = await canonise(bearer).then(
    () => true,
    () => false,
  )
  if (isSafe && checkForm(bearer) === null) return
  throw invalid(
    'endorsement_unembeddable',
    'Cette recommandation ne peut pas être jointe à un badge : son vocabulaire (JSON-LD) y changerait de sens.',
    'Demandez à qui l’a signée une recommandation Open Badges 3.0 (VC 2.0), ou le même document sous forme de jeton (JWT).',
    { field: 'file' },
  )
}

const unreadable = () =>
  malformed(
    'endorsement_unreadable',
    'Ce texte n’est pas une recommandation signée : ni un document JSON, ni un jeton, ou il dépasse 64 Ko.',
    'Déposez le fichier .json tel que l’outil qui l’a signé l’a donné, ou collez le jeton entier, en trois parties séparées par des points.',
    { field: 'text' },
  )
const refused = (code: string, subject: string) =>
  invalid(
    'endorsement_refused',
    `La recommandation n’est pas acceptée. ${sentence(code, 'fr')}`,
    `Elle doit être un EndorsementCredential signé, en cours de validité, dont le sujet est exactement ${subject}.`,
    { field: 'text', reason: code },
  )
const ended = () =>
  conflict(
    'endorsement_ended',
    'Cette demande a plus de 60 jours : elle ne peut plus recevoir de réponse.',
    'Proposez à qui l’a faite de la renouveler.',
  )
