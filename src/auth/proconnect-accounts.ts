import { and, eq, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import { rememberPeople, sealPerson } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { proconnectAccounts } from './proconnect.sql.ts'
import type { ProConnectIdentity } from './proconnect.ts'
import { endWebSession, openWebSession } from './web-sessions.ts'

/**
 * Opens a session for whom the provider vouches for, and ends the one that the browser had: known by the provider's
 * subject, else by an e-mail that the State has verified, else new. Answers the secret of the cookie.
 */
export async function signInByProConnect(
  { db, vault }: { db: Db; vault: Vault },
  { identity, former }: { identity: ProConnectIdentity; former: string | null },
  now = new Date(),
): Promise<string> {
  return db.transaction(async (tx) => {
    // One at a time for an account: the person and the account would be locked in both orders.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${identity.issuer} ${identity.sub}`}, 0))`)
    const personId = (await knownPerson(tx, identity, now)) ?? (await linkPerson(tx, vault, identity, now))
    if (former) await endWebSession(tx, former)
    const secret = await openWebSession(tx, personId, 'proconnect', now)
    await record(tx, {
      author: `person:${personId}`,
      action: 'auth.signed_in',
      subject: `person:${personId}`,
      personId,
      details: { method: 'proconnect' },
    })
    return secret
  })
}

async function knownPerson(tx: Db, { issuer, sub, siret }: ProConnectIdentity, now: Date): Promise<string | null> {
  const [known] = await tx
    .update(proconnectAccounts)
    .set({ siret, lastSeen: now })
    .where(and(eq(proconnectAccounts.issuer, issuer), eq(proconnectAccounts.sub, sub)))
    .returning({ personId: proconnectAccounts.personId })
  return known?.personId ?? null
}

async function linkPerson(tx: Db, vault: Vault, identity: ProConnectIdentity, now: Date): Promise<string> {
  const { issuer, sub, siret, email, givenName, familyName } = identity
  const found = await rememberPeople(tx, [sealPerson(vault, { email, givenName, familyName })])
  const personId = found.values().next().value!
  await tx.insert(proconnectAccounts).values({ issuer, sub, siret, personId, lastSeen: now })
  return personId
}
