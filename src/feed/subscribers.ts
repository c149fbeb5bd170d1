import { and, eq, isNotNull, isNull } from '../drizzle.ts'
import { grants } from '../auth/auth.sql.ts'
import type { Db } from '../db.ts'
import { postMessages } from '../messages/messages.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { openIdentity } from '../people/people.ts'
import { people } from '../people/people.sql.ts'
import type { Vault } from '../vault.ts'
import { type Answer, answerWords } from './answers.ts'

/** The organisation that a subscription is of. */
export async function subscriberOf(db: Db, organisationId: string): Promise<{ slug: string; name: string }> {
  const [found] = await db
    .select({ slug: organisations.slug, name: organisations.name })
    .from(organisations)
    .where(eq(organisations.id, organisationId))
  return found!
}

type Stopped = { organisationId: string; url: string; answer: Answer; baseUrl: string }

/** Leaves an e-mail to each administrator of an organisation: a subscription stopped, why, and where to mend it. */
export async function tellAdministrators(tx: Db, vault: Vault, stopped: Stopped): Promise<void> {
  const { organisationId, url, answer, baseUrl } = stopped
  const { slug, name } = await subscriberOf(tx, organisationId)
  const held = await tx
    .select({ identity: people.identity })
    .from(grants)
    .innerJoin(people, eq(people.id, grants.personId))
    .where(
      and(
        eq(grants.organisationId, organisationId),
        eq(grants.role, 'administrateur'),
        isNull(grants.endedAt),
        isNotNull(people.identity),
      ),
    )
  const values = {
    organisation: name,
    // The host alone: the rest of the address may be a key.
    host: new URL(url).host,
    why: answerWords(String(answer)),
    cause: answer === 410 ? ('gone' as const) : answer === 'forgotten' ? ('lost' as const) : ('silent' as const),
    url: `${baseUrl}/organisme/${slug}/webhooks`,
  }
  const emails = new Set(held.map((one) => openIdentity(vault, one.identity!).email))
  await postMessages(
    tx,
    vault,
    Array.from(emails, (to) => ({ to, kind: 'webhook-stopped' as const, values })),
  )
}
