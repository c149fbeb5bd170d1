import { and, desc, eq, gt, isNull, sql } from '../drizzle.ts'
import { signedBadges } from '../credentials/credentials.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { type ElsewhereDeps, refusedOf, verifyFor } from '../credentials/elsewhere.ts'
import { type Db, rows } from '../db.ts'
import { DomainError } from '../errors.ts'
import type { Holder } from '../wallet/imported-row.ts'
import { keepImported } from '../wallet/imports.ts'
import { listImported } from '../wallet/read-imports.ts'

export const MAX_PAGE = 100
const WRITES_A_DAY = 1000

export type Page = { limit: number; offset: number; since?: Date | undefined }
/** A page of badges: `credential` as JSON, `compactJwsString` as tokens (OB 3.0, GetOpenBadgeCredentialsResponse). */
export type Credentials = { total: number; credential: unknown[]; compactJwsString: string[] }

/**
 * The badges of a holder: those delivered here first, as they were signed, then those of elsewhere in Open Badges 3.0, each
 * kind the newest first. Six statements, however many badges.
 */
export async function listCredentials(
  { db, vault }: ElsewhereDeps,
  personId: string,
  page: Page,
): Promise<Credentials> {
  const { limit, offset, since } = page
  const mine = and(
    eq(credentials.personId, personId),
    isNull(credentials.erasedAt),
    since && gt(credentials.validFrom, since),
  )
  const delivered = await db.$count(credentials, mine)
  const found = await db
    .select({ id: credentials.id })
    .from(credentials)
    .where(mine)
    .orderBy(desc(credentials.id))
    .limit(limit)
    .offset(offset)
  const documents = await signedBadges(
    db,
    found.map((one) => one.id),
  )
  const own = found.flatMap(({ id }) => (documents.has(id) ? [JSON.parse(documents.get(id)!) as unknown] : []))
  const left = limit - found.length
  const rest = { limit: left, offset: Math.max(offset - delivered, 0), since, version: '3.0' as const }
  const imported = await listImported(db, vault, personId, rest)
  const given = imported.items.map((one) => one.given)
  return {
    total: delivered + imported.total,
    credential: [...own, ...given.filter((one) => typeof one !== 'string')],
    compactJwsString: given.filter((one) => typeof one === 'string'),
  }
}

/**
 * Keeps a badge that an application hands over, once verified. Answers whether it is new; one that was delivered here to
 * this holder is recognised, and nothing is kept twice. Errors: those of `keepImported`, `too_many_writes`.
 */
export async function upsertCredential(
  deps: ElsewhereDeps,
  holder: Holder,
  given: unknown,
): Promise<'created' | 'replaced'> {
  await refuseTooMany(deps.db, holder.personId)
  try {
    const { outcome } = await keepImported(deps, holder, { given, source: 'api' })
    return outcome === 'created' ? 'created' : 'replaced'
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'badge_is_ours') throw error
    await recogniseOwn(deps, holder.personId, given)
    return 'replaced'
  }
}

/** A badge delivered here, in whatever envelope: it must hold, and be this holder's. Errors: `badge_not_valid`, `badge_not_yours`. */
async function recogniseOwn(deps: ElsewhereDeps, personId: string, given: unknown): Promise<void> {
  const verification = await verifyFor(deps, personId, given)
  const { verdict, badge } = verification
  if (verdict !== 'valid' || !badge) throw refusedOf(verification)
  const id = badge.id.split('/').at(-1)!
  const isOwn = and(eq(credentials.personId, personId), eq(sql`${credentials.id}::text`, id))
  if ((await deps.db.$count(credentials, isOwn)) === 0) throw refusedOf(verification)
}

/** A thousand writes a day for one person, counted in the journal. */
async function refuseTooMany(db: Db, personId: string): Promise<void> {
  const [done] = await rows<{ count: number }>(
    db,
    sql`select count(*)::int as count from journal
        where person_id = ${personId} and at > now() - interval '1 day' and author like 'application:%'`,
  )
  if (done!.count < WRITES_A_DAY) return
  throw new DomainError(
    'too_many',
    'too_many_writes',
    `Ce portefeuille a reçu ${WRITES_A_DAY} écritures d’applications en une journée.`,
    'Recommencez demain.',
  )
}
