import { and, eq, isNull, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { openIdentity } from '../people/people.ts'
import { completions } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'
import { awards } from './awards.sql.ts'
import { displayConsents } from './consents.sql.ts'
import { credentials } from './credentials.sql.ts'

const NAME = 'name-on-badge'
/** The consent in force to show the name on the page of a credential of the statement. */
export const nameInForce = and(
  eq(displayConsents.credentialId, credentials.id),
  eq(displayConsents.display, NAME),
  isNull(displayConsents.withdrawnAt),
)

type Wish = { personId: string; credentialId: string; isShown: boolean; author: string }

/** Shows the holder's name on the page of a badge, or hides it again at once; `not_found` for a badge of someone else. */
export async function showName(db: Db, { personId, credentialId, isShown, author }: Wish): Promise<void> {
  await db.transaction(async (tx) => {
    const mine = and(eq(credentials.id, credentialId), eq(credentials.personId, personId), isNull(credentials.erasedAt))
    const [badge] = await tx.select({ id: credentials.id }).from(credentials).where(mine).for('update')
    if (!badge) throw notFound('Le badge', credentialId)
    const changed = isShown
      ? await tx
          .insert(displayConsents)
          .values({ personId, credentialId, display: NAME })
          .onConflictDoNothing()
          .returning({ id: displayConsents.id })
      : await tx
          .update(displayConsents)
          .set({ withdrawnAt: new Date() })
          .where(and(eq(displayConsents.credentialId, credentialId), isNull(displayConsents.withdrawnAt)))
          .returning({ id: displayConsents.id })
    if (changed.length === 0) return
    await record(tx, {
      author,
      action: isShown ? 'consent.given' : 'consent.withdrawn',
      subject: `credential:${credentialId}`,
      personId,
      details: { display: NAME },
    })
  })
}

/** The name that the holder of a badge lets its page show; null by default. */
export async function shownName(db: Db, vault: Vault, credentialId: string): Promise<string | null> {
  const [found] = await db
    .select({ identity: sql<string | null>`coalesce(${completions.identity}, ${awards.identity})` })
    .from(credentials)
    .innerJoin(displayConsents, nameInForce)
    .leftJoin(completions, eq(completions.id, credentials.completionId))
    .leftJoin(awards, eq(awards.id, credentials.awardId))
    .where(eq(credentials.id, credentialId))
  if (!found?.identity) return null
  const { givenName, familyName } = openIdentity(vault, found.identity)
  return `${givenName} ${familyName}`
}
