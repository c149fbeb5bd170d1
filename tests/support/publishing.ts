import { sql } from 'drizzle-orm'
import { rebuildCounts } from '../../src/statistics/counts.ts'
import { publishOrders } from '../../src/statistics/publish-orders.ts'
import { actor, type Json } from './actors.ts'
import { BASE_URL, type TestService } from './app.ts'
import { aRow, aSession, csvOf, sendCsv, type Trainer } from './factories.ts'

/** Publishes what is ordered, as the work of the service does. */
export const publishNow = ({ db, vault }: Pick<TestService, 'db' | 'vault'>): Promise<number> =>
  publishOrders({ db, vault, site: { baseUrl: BASE_URL, publisher: 'Insigne' } })

/** Orders an edition and waits for it; answers what the API then tells of it. */
export async function publishEdition(service: TestService, edition: string, asked: Json): Promise<Json> {
  const path = `/api/v1/statistics/editions/${edition}`
  const ordered = await actor(service, 'exploitant').put(path, asked)
  if (ordered.status !== 202) throw new Error(JSON.stringify(ordered.body))
  await publishNow(service)
  return (await actor(service).get(path)).body
}

/** Badges delivered in a month of the past, so many in each département; no month is used twice in a file. */
export async function deliver(service: TestService, trainer: Trainer, month: string, places: Record<string, number>) {
  for (const [departement, people] of Object.entries(places)) {
    const session = await aSession(trainer, { departement })
    const lines = Array.from({ length: people }, (_, index) =>
      aRow(index + 1, { email: `${month}-${departement}-${index}@exemple.invalid`, 'digcomp:4.2': '3' }),
    )
    await sendCsv(service, trainer, session, csvOf(lines))
  }
  await service.db.execute(sql`update credentials set valid_from = ${`${month}-10T10:00:00Z`}::timestamptz
    where valid_from > '2026-01-01' and organisation_id = (select id from organisations where slug = ${trainer.slug})`)
  await rebuildCounts(service.db)
}
