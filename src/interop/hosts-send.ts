import { and, desc, eq, gt, isNull, or, sql } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import { signedBadges } from '../credentials/credentials.ts'
import { credentials, IN_FORCE, ofClass } from '../credentials/credentials.sql.ts'
import type { Exchanged } from '../credentials/fetch.ts'
import { Unreachable } from '../credentials/suite.ts'
import type { Db } from '../db.ts'
import { conflict, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { type HostDeps, LINK_SEAL, openHost, openLink, openTokens, sealTokens } from './hosts.ts'
import type { Registration } from './hosts-discovery.ts'
import { renewTokens, type Tokens } from './hosts-oauth.ts'
import { hostDeliveries, hostLinks } from './oauth.sql.ts'

/** What came of a sending: kept there, refused there, no answer, or an access that has ended. */
export type Outcome = { outcome: 'accepted' | 'refused' | 'unreachable' | 'closed'; said: string | null }
type Asked = { personId: string; author: string; linkId: string; credentialId: string }

const MARGIN_MS = 30_000
const MAX_SAID = 500
const MAX_BADGES = 200

/**
 * Sends a badge, as it was signed, to another host (OB 3.0, upsertCredential), and keeps what came of it: sent again, the
 * last answer is the one kept. No transaction holds the network. Errors: `not_found`,
 * `badge_not_in_force`.
 */
export async function sendToHost(deps: HostDeps, { personId, author, linkId, credentialId }: Asked): Promise<Outcome> {
  const { db, vault } = deps
  const { hostId, tokens } = await openLink(deps, personId, linkId)
  const document = await ownBadge(deps, personId, credentialId)
  const { address, registration } = await openHost(deps, hostId)
  const found = await delivered(deps, { linkId, address, registration, tokens, document })
  const said = found.said === null ? null : vault.seal(LINK_SEAL, found.said)
  const kept = { outcome: found.outcome, said, at: new Date() }
  await db.transaction(async (tx) => {
    await tx
      .insert(hostDeliveries)
      .values({ linkId, credentialId, ...kept })
      .onConflictDoUpdate({ target: [hostDeliveries.linkId, hostDeliveries.credentialId], set: kept })
    const details = { outcome: found.outcome }
    await record(tx, { author, action: 'host.sent', subject: `credential:${credentialId}`, personId, details })
  })
  return found
}

async function ownBadge({ db }: HostDeps, personId: string, id: string): Promise<string> {
  const mine = and(eq(credentials.id, id), eq(credentials.personId, personId), isNull(credentials.erasedAt))
  const [found] = await db
    .select({ holds: sql<boolean>`${maySend()}` })
    .from(credentials)
    .where(mine)
  if (!found) throw notFound('Le badge', id)
  if (!found.holds) throw notInForce()
  return (await signedBadges(db, [id])).get(id)!
}

/** A copy elsewhere is for what holds now. */
const maySend = () => and(IN_FORCE, or(isNull(credentials.validUntil), gt(credentials.validUntil, sql`now()`)))

const notInForce = () =>
  conflict(
    'badge_not_in_force',
    'Ce badge ne vaut pas en ce moment : il est révoqué, suspendu ou expiré.',
    'Voyez la page du badge, ou adressez-vous à l’organisme qui l’a délivré.',
  )

type Sending = { linkId: string; address: string; registration: Registration; tokens: Tokens; document: string }

async function delivered(deps: HostDeps, sending: Sending): Promise<Outcome> {
  const { linkId, registration, tokens } = sending
  try {
    const present =
      tokens.expiresAt > Date.now() + MARGIN_MS ? tokens : await renewed(deps, linkId, registration, tokens)
    if (!present) return CLOSED
    const answer = await posted(deps, sending, present)
    if (answer.status !== 401) return outcomeOf(answer)
    const fresh = await renewed(deps, linkId, registration, present)
    return fresh ? outcomeOf(await posted(deps, sending, fresh)) : CLOSED
  } catch (error) {
    if (isUnreachable(error)) return { outcome: 'unreachable', said: null }
    throw error
  }
}

const CLOSED: Outcome = { outcome: 'closed', said: null }

/** The client library wraps what the way out throws. */
const isUnreachable = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof Error && isUnreachable(error.cause))

const posted = ({ exchange }: HostDeps, { address, document }: Sending, { access }: Tokens): Promise<Exchanged> =>
  exchange(`${address}/credentials`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${access}`,
      'content-type': 'application/vc+ld+json',
      accept: 'application/json, */*',
    },
    body: document,
  })

/** New tokens, kept; when another process renewed them meanwhile, those that it kept. */
async function renewed({ db, vault, ...way }: HostDeps, linkId: string, host: Registration, tokens: Tokens) {
  const fresh = await renewTokens(way, host, tokens)
  if (fresh) {
    await db
      .update(hostLinks)
      .set({ tokens: sealTokens(vault, fresh) })
      .where(eq(hostLinks.id, linkId))
    return fresh
  }
  const [row] = await db.select({ tokens: hostLinks.tokens }).from(hostLinks).where(eq(hostLinks.id, linkId))
  const kept = row?.tokens ? openTokens(vault, row.tokens) : null
  return kept && kept.access !== tokens.access ? kept : null
}

function outcomeOf({ status, body }: Exchanged): Outcome {
  if (status === 200 || status === 201) return { outcome: 'accepted', said: null }
  if (status === 401 || status === 403) return CLOSED
  if (status >= 500 || status === 429 || status < 400) return { outcome: 'unreachable', said: null }
  return { outcome: 'refused', said: wordsOf(body) }
}

/** Why the host refused, in its own words. */
function wordsOf(body: Buffer): string | null {
  try {
    const { imsx_description: words } = JSON.parse(body.toString('utf8')) as { imsx_description?: unknown }
    return typeof words === 'string' && words.trim() ? words.trim().slice(0, MAX_SAID) : null
  } catch {
    return null
  }
}

/** Someone's badges that may be sent: those that hold now, the newest first. */
export function badgesToSend(db: Db, personId: string) {
  return db
    .select({ id: credentials.id, name: sql<string>`${achievements.about}->>'name'`, validFrom: credentials.validFrom })
    .from(credentials)
    .innerJoin(achievements, ofClass)
    .where(and(eq(credentials.personId, personId), maySend()))
    .orderBy(desc(credentials.id))
    .limit(MAX_BADGES)
}
