import { createHash, randomInt } from 'node:crypto'
import { and, desc, eq, gt, isNull, sql } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import { credentials, ofClass } from '../credentials/credentials.sql.ts'
import type { Db } from '../db.ts'
import { conflict, DomainError, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { hashSecret, newSecret } from '../secret.ts'
import type { Vault } from '../vault.ts'
import { credentialOffers } from './offers.sql.ts'

type Flow = (typeof credentialOffers.$inferSelect)['flow']
export const OFFER_MINUTES = 10
const MAX_TRIES = 5
/** Offers that one person may have open at once. */
const MAX_OPEN = 10
export const TX_CODE_LENGTH = 6

const offered = {
  id: credentials.id,
  personId: credentials.personId,
  about: achievements.about,
  organisation: organisations.name,
  organisationId: organisations.id,
  slug: organisations.slug,
  organisationState: organisations.state,
  validFrom: credentials.validFrom,
  validUntil: credentials.validUntil,
  revokedAt: credentials.revokedAt,
  suspendedAt: credentials.suspendedAt,
  erasedAt: credentials.erasedAt,
}
export type OwnBadge = Awaited<ReturnType<typeof ownBadges>>[number]

/** The badges of a person that could go in a wallet, the newest first: as many as one reads on a page. */
export const ownBadges = (db: Db, personId: string, id?: string) =>
  db
    .select(offered)
    .from(credentials)
    .innerJoin(organisations, eq(organisations.id, credentials.organisationId))
    .innerJoin(achievements, ofClass)
    .where(and(eq(credentials.personId, personId), id === undefined ? undefined : eq(credentials.id, id)))
    .orderBy(desc(credentials.id))
    .limit(1000)

/** One badge of that person. Errors: `not_found`, be it somebody else's. */
export async function ownBadge(db: Db, personId: string, id: string): Promise<OwnBadge> {
  const [found] = await ownBadges(db, personId, id)
  if (!found) throw notFound('Le badge', id)
  return found
}

/** Why a badge may not be put in a wallet now, in words; null when it may. */
export function whyNot({ revokedAt, suspendedAt, erasedAt, validUntil, organisationState }: OwnBadge, now: Date) {
  if (erasedAt) return 'Ce badge est effacé à la demande de la personne qui le tenait.'
  if (revokedAt) return 'Ce badge est révoqué par l’organisme qui l’a délivré.'
  if (suspendedAt) return 'Ce badge est suspendu par l’organisme qui l’a délivré.'
  if (validUntil && validUntil <= now) return 'Ce badge n’est plus valable : sa date de fin est passée.'
  if (organisationState !== 'approved') return 'L’organisme qui a délivré ce badge ne signe plus ici.'
  return null
}

type Asking = { personId: string; author: string }
type Wish = { credentialId: string; flow: Flow; withTxCode: boolean; now: Date }
/** What the page shows, once: nothing of it can be read again. */
export type MadeOffer = { secret: string; txCode: string | null; expiresAt: Date; flow: Flow }

/**
 * Makes the offer of a badge to a wallet, good for ten minutes and once. Only hashes are kept of its secret and its code.
 * Errors: `not_found`, `not_offered` (the state of the badge), `too_many_offers`.
 */
export async function createOffer(db: Db, vault: Vault, { personId, author }: Asking, wish: Wish): Promise<MadeOffer> {
  const { credentialId, flow, now } = wish
  const badge = await ownBadge(db, personId, credentialId)
  const refused = whyNot(badge, now)
  if (refused) {
    throw conflict('not_offered', refused, 'Voyez la page du badge, ou adressez-vous à l’organisme qui l’a délivré.')
  }
  const secret = newSecret()
  const txCode = wish.withTxCode && flow === 'pre-authorized_code' ? newTxCode() : null
  const codeHash = hashSecret(codeOf(secret))
  const expiresAt = new Date(now.getTime() + OFFER_MINUTES * 60_000)
  await db.transaction(async (tx) => {
    const open = and(
      eq(credentialOffers.personId, personId),
      isNull(credentialOffers.usedAt),
      gt(credentialOffers.expiresAt, now),
    )
    if ((await tx.$count(credentialOffers, open)) >= MAX_OPEN) throw tooManyOffers()
    await tx.insert(credentialOffers).values({
      personId,
      credentialId,
      flow,
      secretHash: hashSecret(secret),
      codeHash,
      txCode: txCode && vault.fingerprint(TX_CODE, `${codeHash}/${txCode}`),
      createdAt: now,
      expiresAt,
    })
    await record(tx, {
      author,
      action: 'wallet.offered',
      subject: `credential:${credentialId}`,
      personId,
      details: { flow },
    })
  })
  return { secret, txCode, expiresAt, flow }
}

const TX_CODE = 'oid4vci/tx-code'
const newTxCode = (): string => String(randomInt(10 ** TX_CODE_LENGTH)).padStart(TX_CODE_LENGTH, '0')

/** The code of an offer (pre-authorised code, or `issuer_state`): made from its secret, so that it need not be kept. */
const codeOf = (secret: string): string => createHash('sha256').update(`code/${secret}`).digest('base64url')

const tooManyOffers = () =>
  conflict(
    'too_many_offers',
    `Vous avez déjà ${MAX_OPEN} demandes de mise en portefeuille ouvertes.`,
    `Attendez qu’elles finissent (${OFFER_MINUTES} minutes au plus), puis recommencez.`,
  )

/** The offer of an address, while it is good. Errors: `not_found`; `gone` once used or over. */
export async function readOffer(db: Db, secret: string, now: Date) {
  const [offer] = await db
    .select()
    .from(credentialOffers)
    .where(eq(credentialOffers.secretHash, hashSecret(secret)))
  if (!offer) throw notFound('La proposition de badge', `${secret.slice(0, 6)}…`)
  if (isOver(offer, now)) {
    throw new DomainError(
      'gone',
      'offer_ended',
      'Cette proposition de badge a servi, ou elle a plus de dix minutes.',
      'Recommencez depuis la page du badge, dans votre espace.',
    )
  }
  return { flow: offer.flow, code: codeOf(secret), asksTxCode: offer.txCode !== null }
}

type Offer = typeof credentialOffers.$inferSelect
const isOver = ({ usedAt, expiresAt, tries }: Offer, now: Date): boolean =>
  usedAt !== null || expiresAt <= now || tries >= MAX_TRIES

/** The badge that an `issuer_state` was made for, when it is that person's and still good; null otherwise. */
export async function offeredBadge(
  db: Db,
  { personId, issuerState, now }: { personId: string; issuerState: string; now: Date },
) {
  const [offer] = await db
    .select()
    .from(credentialOffers)
    .where(eq(credentialOffers.codeHash, hashSecret(issuerState)))
  const isHers = offer?.flow === 'authorization_code' && offer.personId === personId && !isOver(offer, now)
  return isHers ? offer.credentialId : null
}

/** Closes the offer that an `issuer_state` came from: the holder answered it. */
export const closeOffer = (db: Db, issuerState: string) =>
  db
    .update(credentialOffers)
    .set({ usedAt: sql`now()` })
    .where(and(eq(credentialOffers.codeHash, hashSecret(issuerState)), isNull(credentialOffers.usedAt)))

export type Redeemed = { personId: string; credentialId: string }
type Refusal = { error: 'invalid_grant' | 'invalid_request'; why: string }

/**
 * Takes a pre-authorised code, once (OpenID4VCI 1.0 §6.1 and §6.3); of two that give it at once, one has it. A wrong transaction code
 * counts as a try, and the fifth ends the offer. Answers whose badge it opens, or why not, in words for a token error.
 */
export async function redeemOffer(
  db: Db,
  vault: Vault,
  { code, txCode, now }: { code: string; txCode: string | undefined; now: Date },
): Promise<Redeemed | Refusal> {
  const codeHash = hashSecret(code)
  return db.transaction(async (tx) => {
    const [offer] = await tx
      .select()
      .from(credentialOffers)
      .where(eq(credentialOffers.codeHash, codeHash))
      .for('update')
    if (!offer || offer.flow !== 'pre-authorized_code' || isOver(offer, now)) {
      return { error: 'invalid_grant', why: 'Code pré-autorisé inconnu, déjà utilisé ou expiré.' }
    }
    const isAsked = offer.txCode !== null
    if (isAsked !== (txCode !== undefined)) {
      const why = isAsked ? 'Il manque tx_code : le code à six chiffres.' : 'Aucun tx_code n’est attendu.'
      return { error: 'invalid_request', why }
    }
    const isRight = !isAsked || vault.fingerprints(TX_CODE, `${codeHash}/${txCode}`).includes(offer.txCode!)
    await tx
      .update(credentialOffers)
      .set(isRight ? { usedAt: now } : { tries: offer.tries + 1 })
      .where(eq(credentialOffers.id, offer.id))
    if (!isRight) return { error: 'invalid_grant', why: 'tx_code faux : cinq essais au plus.' }
    return { personId: offer.personId, credentialId: offer.credentialId }
  })
}
