import { and, eq, sql } from '../drizzle.ts'
import { type Db, insertRows, rows } from '../db.ts'
import { DomainError } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { issuerDid } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Vault } from '../vault.ts'
import { refreshCounts } from './counts.ts'
import { signedEdition } from './edition-credential.ts'
import { digestOf, figuresOf, makeFiles, namesOf } from './edition-figures.ts'
import type { EditionFile, EditionHead, Site } from './edition-head.ts'
import { LOCK, type Order, refuseOverlap, signerOf } from './edition-orders.ts'
import { statisticsFiles, statisticsOrders } from './editions.sql.ts'
import type { PublishedFigure } from './figure-lines.ts'
import { statisticsEditions, statisticsFigures } from './statistics.sql.ts'

export type Publishing = { db: Db; vault: Vault; site: Site }
const NEVER = new AbortController().signal
/** A process says that often that it is at work on an order; another takes it when it was not said for some time. */
const SAID_MS = 10_000
const SLICE = 20_000

/**
 * Publishes every edition that is ordered and that no other process is at work on. Cut anywhere, it leaves an order that the
 * next one finishes; run twice at once, it makes one edition. What only a person can mend refuses the order; the rest is
 * thrown once the others are done, and tried again later. Answers how many were settled.
 */
export async function publishOrders(publishing: Publishing, stop: AbortSignal = NEVER): Promise<number> {
  let settled = 0
  const failures: unknown[] = []
  for (;;) {
    const order = stop.aborted ? null : await takeOrder(publishing.db)
    if (!order) break
    try {
      await settle(publishing, order, stop)
      settled += 1
    } catch (error) {
      if (!stop.aborted) failures.push(error)
    }
  }
  if (failures.length > 0) throw new Error('An edition was not published.', { cause: failures[0] })
  return settled
}

async function takeOrder(db: Db): Promise<Order | null> {
  const [taken] = await rows<{ id: string }>(
    db,
    sql`update statistics_orders set taken_until = clock_timestamp() + interval '30 seconds'
        where id = (
          select id from statistics_orders
          where state = 'preparing' and (taken_until is null or taken_until < clock_timestamp())
          order by asked_at limit 1 for update skip locked
        ) returning id`,
  )
  if (!taken) return null
  const [order] = await db.select().from(statisticsOrders).where(eq(statisticsOrders.id, taken.id))
  return order ?? null
}

/** Publishes or refuses; given up by `stop`, the order is left for the next start at once. */
async function settle(publishing: Publishing, order: Order, stop: AbortSignal): Promise<void> {
  const { db } = publishing
  const isMine = and(eq(statisticsOrders.id, order.id), eq(statisticsOrders.state, 'preparing'))
  const say = (until: string) =>
    db
      .update(statisticsOrders)
      .set({ takenUntil: sql.raw(until) })
      .where(isMine)
  const saying = setInterval(
    () => void say(`clock_timestamp() + interval '30 seconds'`).then(undefined, () => undefined),
    SAID_MS,
  )
  try {
    await publish(publishing, order, stop)
  } catch (error) {
    if (stop.aborted) await say('null')
    // What passes by itself is tried again.
    if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error
    await refuse(db, order, error)
  } finally {
    clearInterval(saying)
  }
}

async function publish({ db, vault, site }: Publishing, order: Order, stop: AbortSignal): Promise<void> {
  const { edition, fromMonth, toMonth, threshold } = order
  const signer = await signerOf(db, vault, eq(organisations.id, order.organisationId), order.organisationId)
  await refreshCounts(db, stop)
  const figures = await figuresOf(db, order, stop)
  const { name, slug } = signer.organisation
  const publishedAt = new Date()
  const head = {
    edition,
    fromMonth,
    toMonth,
    threshold,
    publishedAt,
    signer: { name, did: issuerDid(site.baseUrl, slug) },
  }
  const files = await makeFiles({ head, figures, site, ...(await namesOf(db, figures)) }, stop)
  const signed = await signedEdition(head, files, { site, key: signer.key })
  await keep(db, order, { head, figures, files: [...files, signed] })
}

type Ready = { head: EditionHead; figures: PublishedFigure[]; files: EditionFile[] }

/** Keeps the whole edition, or nothing when another process was first. */
const keep = (db: Db, order: Order, { head, figures, files }: Ready): Promise<void> =>
  db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
    const settled = await tx
      .update(statisticsOrders)
      .set({ state: 'published', settledAt: head.publishedAt, takenUntil: null })
      .where(and(eq(statisticsOrders.id, order.id), eq(statisticsOrders.state, 'preparing')))
      .returning({ id: statisticsOrders.id })
    if (settled.length === 0) return
    await refuseOverlap(tx, order)
    const { edition, fromMonth, toMonth, threshold, author, organisationId } = order
    const digest = digestOf(figures)
    const { publishedAt } = head
    await tx
      .insert(statisticsEditions)
      .values({ edition, fromMonth, toMonth, threshold, author, organisationId, digest, publishedAt })
    for (let from = 0; from < figures.length; from += SLICE) {
      const slice = figures.slice(from, from + SLICE).map((one) => ({ ...one, edition }))
      await insertRows(tx, statisticsFigures, slice)
    }
    for (const [position, file] of files.entries())
      await tx.insert(statisticsFiles).values({ ...file, edition, position })
    await record(tx, {
      author,
      action: 'statistics.published',
      subject: `edition:${edition}`,
      organisationId,
      details: { digest, threshold, files: files.length },
    })
  })

const refuse = (db: Db, order: Order, { code, message, mend }: DomainError): Promise<void> =>
  db.transaction(async (tx) => {
    const refused = await tx
      .update(statisticsOrders)
      .set({ state: 'refused', refusal: { code, message, mend }, settledAt: new Date(), takenUntil: null })
      .where(and(eq(statisticsOrders.id, order.id), eq(statisticsOrders.state, 'preparing')))
      .returning({ id: statisticsOrders.id })
    if (refused.length === 0) return
    await record(tx, {
      author: 'service',
      action: 'statistics.refused',
      subject: `edition:${order.edition}`,
      organisationId: order.organisationId,
      details: { code },
    })
  })
