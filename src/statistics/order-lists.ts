import { desc, eq } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { ordersView, type OrderView } from './edition-orders.ts'
import { statisticsOrders } from './editions.sql.ts'

/** The last order of that name, refused or not; `not_found` otherwise. */
export async function lastOrder(db: Db, edition: string): Promise<OrderView> {
  const [found] = await ordersView(db)
    .where(eq(statisticsOrders.edition, edition))
    .orderBy(desc(statisticsOrders.askedAt))
    .limit(1)
  if (!found) throw notFound('L’édition', edition)
  return found
}

/** The last orders, the newest first. */
export const listOrders = (db: Db): Promise<OrderView[]> =>
  ordersView(db).orderBy(desc(statisticsOrders.askedAt)).limit(100)

/** Who may sign an edition: approved organisations, by name. */
export const listSigners = (db: Db): Promise<{ slug: string; name: string }[]> =>
  db
    .select({ slug: organisations.slug, name: organisations.name })
    .from(organisations)
    .where(eq(organisations.state, 'approved'))
    .orderBy(organisations.name)
    .limit(500)
