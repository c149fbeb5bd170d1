import { and, desc, eq, gt, isNotNull, notExists, or, sql } from '../drizzle.ts'
import type { GuardedExchange } from '../credentials/fetch.ts'
import { Unreachable } from '../credentials/suite.ts'
import type { Db } from '../db.ts'
import { conflict, type DomainError, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { hashSecret, newSecret } from '../secret.ts'
import type { Vault } from '../vault.ts'
import { findHost, registerAt, type FoundHost, type Registration } from './hosts-discovery.ts'
import { authorizationAt, exchangeAnswer, isForgotten, newVerifier, revokeTokens, type Tokens } from './hosts-oauth.ts'
import { badgeHosts, hostDeliveries, hostLinks } from './oauth.sql.ts'

export type HostDeps = { db: Db; vault: Vault; baseUrl: string; exchange: GuardedExchange; allowLoopback: boolean }
type Holder = { personId: string; author: string }

export const HOST_SEAL = 'hosts/registration'
export const LINK_SEAL = 'hosts/link'
/** Where other hosts send the browser back. */
export const RETURN = '/mon-espace/applications/hotes/retour'
const ASKED_MS = 15 * 60_000
const MAX_LINKS = 20

/**
 * Starts a link with another host: found by its address, where this service registers unless it did; answers where the
 * browser is to go. Errors: those of `findHost` and `registerAt`, `too_many_hosts`.
 */
export async function askHost(
  deps: HostDeps,
  { personId }: Holder,
  typed: string,
): Promise<{ url: string; name: string }> {
  const { db, vault, baseUrl } = deps
  const found = await findHost(deps, typed)
  const elsewhere = notExists(
    db
      .select()
      .from(badgeHosts)
      .where(and(eq(badgeHosts.id, hostLinks.hostId), eq(badgeHosts.address, found.address))),
  )
  if ((await db.$count(hostLinks, and(eq(hostLinks.personId, personId), IS_LIVE, elsewhere))) >= MAX_LINKS)
    throw tooMany()
  const { hostId, registration } = (await registered(deps, found)) ?? (await register(deps, found))
  const [state, verifier] = [newSecret(), newVerifier()]
  const asked = {
    stateHash: hashSecret(state),
    verifier: vault.seal(LINK_SEAL, verifier),
    askedUntil: new Date(Date.now() + ASKED_MS),
  }
  await db
    .insert(hostLinks)
    .values({ personId, hostId, ...asked })
    .onConflictDoUpdate({ target: [hostLinks.personId, hostLinks.hostId], set: asked })
  const redirectUri = `${baseUrl}${RETURN}`
  return { url: await authorizationAt(deps, registration, { redirectUri, state, verifier }), name: found.name }
}

/** A link that is open, or is being opened: who asks has a quarter of an hour to come back. */
const IS_LIVE = or(isNotNull(hostLinks.tokens), gt(hostLinks.askedUntil, sql`now()`))

/** The client that this service has there, while someone's link holds or begins by it, its endpoints are the same and it is known there. */
async function registered(deps: HostDeps, found: FoundHost) {
  const { db, vault } = deps
  const [row] = await db.select().from(badgeHosts).where(eq(badgeHosts.address, found.address))
  if (!row) return null
  const registration = JSON.parse(vault.open(HOST_SEAL, row.registration)) as Registration
  const isHeld = and(eq(hostLinks.hostId, row.id), IS_LIVE)
  const isSame = registration.tokenUrl === found.tokenUrl && registration.authorizationUrl === found.authorizationUrl
  if (!isSame || (await db.$count(hostLinks, isHeld)) === 0) return null
  return (await isForgotten(deps, registration)) ? null : { hostId: row.id, registration }
}

async function register(deps: HostDeps, found: FoundHost) {
  const { db, vault, baseUrl } = deps
  const client = await registerAt(deps, found, { baseUrl, redirectUri: `${baseUrl}${RETURN}` })
  const { address, name, registrationUrl: _used, ...endpoints } = found
  const registration: Registration = { ...endpoints, ...client }
  const set = { name, registration: vault.seal(HOST_SEAL, JSON.stringify(registration)) }
  const [row] = await db
    .insert(badgeHosts)
    .values({ address, ...set })
    .onConflictDoUpdate({ target: badgeHosts.address, set })
    .returning({ id: badgeHosts.id })
  return { hostId: row!.id, registration }
}

/**
 * Ends what `askHost` began, with the address by which the other host sent the browser back: the state serves once, for
 * the person who asked. Errors: `host_answer_ended`, `host_refused`, `host_answer_wrong`.
 */
export async function completeHost(deps: HostDeps, { personId, author }: Holder, answer: URL): Promise<void> {
  const { db, vault } = deps
  const state = answer.searchParams.get('state') ?? ''
  const [asked] = await db
    .update(hostLinks)
    .set({ askedUntil: new Date(0) })
    .where(
      and(
        eq(hostLinks.personId, personId),
        eq(hostLinks.stateHash, hashSecret(state)),
        gt(hostLinks.askedUntil, sql`now()`),
      ),
    )
    .returning()
  if (!asked?.verifier) throw ended()
  const { registration } = await openHost(deps, asked.hostId)
  const verifier = vault.open(LINK_SEAL, asked.verifier)
  const tokens = await exchangeAnswer(deps, registration, { answer, verifier, state }).catch((error: unknown) => {
    if (answer.searchParams.get('error') === 'access_denied') throw denied()
    throw isOfAnswer(error) ? wrongAnswer() : error
  })
  await db.transaction(async (tx) => {
    await tx
      .update(hostLinks)
      .set({ tokens: sealTokens(vault, tokens), stateHash: null, verifier: null, askedUntil: null })
      .where(eq(hostLinks.id, asked.id))
    await record(tx, { author, action: 'host.linked', subject: `host:${asked.hostId}`, personId })
  })
}

/** What the client library throws of an answer that it does not take; a plain fault of ours is none. */
const isOfAnswer = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof Error && ('code' in error || error.cause !== undefined))

export const sealTokens = (vault: Vault, tokens: Tokens): string => vault.seal(LINK_SEAL, JSON.stringify(tokens))
export const openTokens = (vault: Vault, sealed: string) => JSON.parse(vault.open(LINK_SEAL, sealed)) as Tokens

/** A host, with how this service is known there. */
export async function openHost({ db, vault }: HostDeps, hostId: string) {
  const [row] = await db.select().from(badgeHosts).where(eq(badgeHosts.id, hostId))
  if (!row) throw notFound('L’hôte', hostId)
  return { address: row.address, registration: JSON.parse(vault.open(HOST_SEAL, row.registration)) as Registration }
}

/** Someone's open link. Errors: `not_found`. */
export async function openLink({ db, vault }: HostDeps, personId: string, id: string) {
  const [link] = await db
    .select()
    .from(hostLinks)
    .where(and(eq(hostLinks.id, id), eq(hostLinks.personId, personId)))
  if (!link?.tokens) throw notFound('L’hôte', id)
  return { hostId: link.hostId, tokens: openTokens(vault, link.tokens) }
}

/** Ends someone's link: the access is given back there, its tokens and what was sent are forgotten here. Errors: `not_found`. */
export async function leaveHost(deps: HostDeps, { personId, author }: Holder, id: string): Promise<void> {
  const { hostId, tokens } = await openLink(deps, personId, id)
  const { registration } = await openHost(deps, hostId)
  await deps.db.transaction(async (tx) => {
    await tx.delete(hostLinks).where(and(eq(hostLinks.id, id), eq(hostLinks.personId, personId)))
    await record(tx, { author, action: 'host.left', subject: `host:${hostId}`, personId })
  })
  await revokeTokens(deps, registration, tokens)
}

/** Someone's open links, each with what was sent there, the last first. Two statements. */
export async function listHosts({ db, vault }: Pick<HostDeps, 'db' | 'vault'>, personId: string) {
  const mine = and(eq(hostLinks.personId, personId), isNotNull(hostLinks.tokens))
  const links = await db
    .select({ id: hostLinks.id, name: badgeHosts.name, address: badgeHosts.address, since: hostLinks.createdAt })
    .from(hostLinks)
    .innerJoin(badgeHosts, eq(badgeHosts.id, hostLinks.hostId))
    .where(mine)
    .orderBy(desc(hostLinks.createdAt))
  const sent = await db
    .select({ delivery: hostDeliveries })
    .from(hostDeliveries)
    .innerJoin(hostLinks, eq(hostLinks.id, hostDeliveries.linkId))
    .where(mine)
    .orderBy(desc(hostDeliveries.at))
  return links.map((link) => ({
    ...link,
    sent: sent.flatMap(({ delivery: { linkId, credentialId, outcome, said, at } }) =>
      linkId === link.id
        ? [{ credentialId, outcome, at, said: said === null ? null : vault.open(LINK_SEAL, said) }]
        : [],
    ),
  }))
}
export type LinkedHost = Awaited<ReturnType<typeof listHosts>>[number]

const ended = (): DomainError =>
  conflict(
    'host_answer_ended',
    'Cette réponse a déjà servi, a plus d’un quart d’heure, ou n’a pas été demandée depuis votre espace.',
    'Recommencez la connexion à cet hôte depuis la page « Applications ».',
  )
const denied = (): DomainError =>
  conflict('host_refused', 'Cet hôte dit que l’accès a été refusé.', 'Recommencez si ce n’était pas votre choix.')
const wrongAnswer = (): DomainError =>
  conflict(
    'host_answer_wrong',
    'La réponse de cet hôte n’est pas celle attendue : rien n’a été relié.',
    'Recommencez ; si cela dure, prévenez cet hôte.',
  )
const tooMany = (): DomainError =>
  conflict(
    'too_many_hosts',
    `Vous êtes déjà relié ou reliée à ${MAX_LINKS} hôtes.`,
    'Retirez ceux qui ne servent plus ; une demande laissée sans suite ne compte plus après un quart d’heure.',
  )
