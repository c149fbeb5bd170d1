import { and, desc, eq, gt, sql } from '../drizzle.ts'
import type { AdapterPayload } from 'oidc-provider'
import { type Db, isAnyOf } from '../db.ts'
import { notFound } from '../errors.ts'
import type { Vault } from '../vault.ts'
import { destinationOf } from './authorization-clients.ts'
import { dropGrant, STATE_SEAL } from './authorization-store.ts'
import type { Authorization } from './authorization.ts'
import { oauthStates } from './oauth.sql.ts'

/** An application that someone gave access to her or his badges. */
export type Application = {
  /** The hash of the grant: it names it, and opens nothing. */
  id: string
  /** As it calls itself. */
  name: string
  hosts: string[]
  allowed: string[]
  since: Date
  until: Date
}

const MAX_SHOWN = 200

/** The applications that may read or write someone's badges now, the last first. Two statements. */
export async function listApplications(
  db: Db,
  vault: Vault,
  { scopes }: Authorization,
  personId: string,
): Promise<Application[]> {
  const live = gt(oauthStates.expiresAt, sql`now()`)
  const mine = and(eq(oauthStates.model, 'Grant'), eq(oauthStates.personId, personId), live)
  const grants = await db.select().from(oauthStates).where(mine).orderBy(desc(oauthStates.createdAt)).limit(MAX_SHOWN)
  const clients = await db
    .select()
    .from(oauthStates)
    .where(
      and(
        eq(oauthStates.model, 'Client'),
        isAnyOf(
          oauthStates.idHash,
          grants.flatMap((one) => one.clientHash ?? []),
        ),
      ),
    )
  const opened = (sealed: string) => JSON.parse(vault.open(STATE_SEAL, sealed)) as AdapterPayload
  const metadata = new Map(clients.map((one) => [one.idHash, opened(one.payload)]))
  return grants.map(({ idHash, clientHash, payload, createdAt, expiresAt }) => {
    const client = metadata.get(clientHash ?? '')
    const scope = (opened(payload)['openid'] as { scope?: string } | undefined)?.scope ?? ''
    return {
      id: idHash,
      name: typeof client?.['client_name'] === 'string' ? client['client_name'] : 'Portefeuille sans nom',
      hosts: [...new Set(client?.redirect_uris?.map((one) => destinationOf(one).place) ?? [])],
      allowed: [...new Set(scope.split(' ').flatMap((one) => (Object.hasOwn(scopes, one) ? scopes[one]! : [])))],
      since: createdAt,
      until: expiresAt,
    }
  })
}

/** Takes an access back: its tokens end at once. Errors: `not_found`. */
export async function endApplication(
  db: Db,
  { personId, author, id }: { personId: string; author: string; id: string },
): Promise<void> {
  const mine = and(eq(oauthStates.model, 'Grant'), eq(oauthStates.idHash, id), eq(oauthStates.personId, personId))
  if ((await db.$count(oauthStates, mine)) === 0) throw notFound('L’accès', id)
  await dropGrant(db, id, author)
}
