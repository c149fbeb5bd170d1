import { and, eq, ne, sql } from '../drizzle.ts'
import { activeKey } from '../credentials/keys.ts'
import type { KeyPair } from '../credentials/suite.ts'
import { parisDate } from '../days.ts'
import type { Db } from '../db.ts'
import { conflict, DomainError, invalid } from '../errors.ts'
import { record } from '../journal/journal.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Vault } from '../vault.ts'
import { findEdition } from './editions.ts'
import { statisticsOrders } from './editions.sql.ts'
import { statisticsEditions } from './statistics.sql.ts'

/** Orders are taken, and editions kept, one after the other: two at once could overlap. */
export const LOCK = 1516021
/** Pages of the statistics whose address an edition would take. */
const RESERVED = new Set(['donnees', 'graphiques', 'provisoire', 'publier', 'tableaux', 'territoires'])

export type Order = typeof statisticsOrders.$inferSelect
/** An order with who signs. */
export type OrderView = { order: Order; organisation: string; signer: string }
export type Asked = {
  edition: string
  fromMonth: string
  toMonth: string
  threshold: number
  organisation: string
  author: string
}

/**
 * Orders the publication of a period that is over; what takes minutes is done after. Asked again for the same, it answers the
 * order as it stands; one that was refused can be asked anew. Errors: `edition_name_reserved`, `edition_period`,
 * `signer_unknown`, `signer_not_approved`, `signer_key_unusable`, `edition_differs`, `edition_overlaps`.
 */
export async function orderEdition(
  db: Db,
  vault: Vault,
  asked: Asked,
  now = new Date(),
): Promise<{ view: OrderView; isNew: boolean }> {
  const { edition, fromMonth, toMonth, threshold, author } = asked
  refuseName(edition)
  refusePeriod(asked, now)
  const signer = await signerOf(db, vault, eq(organisations.slug, asked.organisation), asked.organisation)
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
    const known = await standingOrder(tx, edition)
    if (known) {
      refuseOther(edition, asked, { ...known.order, organisation: known.organisation })
      return { view: known, isNew: false }
    }
    await refuseUnsigned(tx, edition)
    await refuseOverlap(tx, asked)
    const organisationId = signer.organisation.id
    await tx.insert(statisticsOrders).values({ edition, fromMonth, toMonth, threshold, organisationId, author })
    await record(tx, {
      author,
      action: 'statistics.ordered',
      subject: `edition:${edition}`,
      organisationId,
      details: { fromMonth, toMonth, threshold },
    })
    return { view: (await standingOrder(tx, edition))!, isNew: true }
  })
}

function refuseName(edition: string): void {
  if (RESERVED.has(edition))
    throw invalid(
      'edition_name_reserved',
      `« ${edition} » est l’adresse d’une page des statistiques.`,
      'Choisissez un autre nom.',
      { field: 'edition' },
    )
}

function refusePeriod({ fromMonth, toMonth }: Asked, now: Date): void {
  if (toMonth < fromMonth || toMonth >= parisDate(now).slice(0, 7))
    throw invalid(
      'edition_period',
      'La période n’est pas finie, ou finit avant de commencer.',
      'Choisissez des mois passés, dans l’ordre.',
      { field: 'toMonth' },
    )
}

/** Who signs, with the key that signs today; `which` says how it is found, `named` how it is called in a refusal. */
export async function signerOf(
  db: Db,
  vault: Vault,
  which: ReturnType<typeof eq>,
  named: string,
): Promise<{ organisation: Organisation; key: KeyPair }> {
  const [organisation] = await db.select().from(organisations).where(which)
  const about = { field: 'organisation' }
  if (!organisation)
    throw invalid(
      'signer_unknown',
      `L’organisme « ${named} » n’est pas inscrit.`,
      'Vérifiez son identifiant, celui de sa page.',
      about,
    )
  if (organisation.state !== 'approved')
    throw new DomainError(
      'conflict',
      'signer_not_approved',
      `L’organisme « ${organisation.name} » n’est pas approuvé : il ne peut rien signer.`,
      'Choisissez un organisme approuvé, ou approuvez celui-ci.',
      about,
    )
  const key = await activeKey(db, vault, organisation.id).catch(() => null)
  if (!key)
    throw new DomainError(
      'conflict',
      'signer_key_unusable',
      `La clé de signature de « ${organisation.name} » ne s’ouvre pas.`,
      'Remplacez la clé de l’organisme, ou choisissez un autre signataire.',
      about,
    )
  return { organisation, key }
}

const WORDS = { fromMonth: 'premier mois', toMonth: 'dernier mois', threshold: 'seuil', organisation: 'signataire' }
type Same = Pick<Asked, keyof typeof WORDS>

/** The order of that name stands: it answers the same question, or it is said what differs. */
function refuseOther(edition: string, asked: Same, known: Same): void {
  const keys = Object.keys(WORDS) as (keyof Same)[]
  const differences = keys
    .filter((key) => known[key] !== asked[key])
    .map((key) => `${WORDS[key]} : ${known[key]} → ${asked[key]}`)
  if (differences.length > 0) throw differs(edition, differences)
}

/** An edition of a time without orders nor signature stands as it is. */
async function refuseUnsigned(db: Db, edition: string): Promise<void> {
  if (await findEdition(db, edition)) throw differs(edition, ['signataire : aucun'])
}

const differs = (edition: string, differences: string[]) =>
  new DomainError(
    'conflict',
    'edition_differs',
    `L’édition « ${edition} » est déjà demandée ou publiée, et autrement (${differences.join(' ; ')}).`,
    'Une édition ne change pas : demandez une nouvelle période sous un nouveau nom.',
    { differences },
  )

/** Refuses months that an edition, or an order that stands, already covers. Error: `edition_overlaps`. */
export async function refuseOverlap(
  db: Db,
  { edition, fromMonth, toMonth }: Pick<Asked, 'edition' | 'fromMonth' | 'toMonth'>,
): Promise<void> {
  const overlaps = (t: typeof statisticsEditions | typeof statisticsOrders) =>
    and(sql`${t.fromMonth} <= ${toMonth} and ${t.toMonth} >= ${fromMonth}`, ne(t.edition, edition))
  const [published] = await db
    .select({ edition: statisticsEditions.edition })
    .from(statisticsEditions)
    .where(overlaps(statisticsEditions))
    .limit(1)
  const [ordered] = await db
    .select({ edition: statisticsOrders.edition })
    .from(statisticsOrders)
    .where(and(overlaps(statisticsOrders), ne(statisticsOrders.state, 'refused')))
    .limit(1)
  const other = published ?? ordered
  if (!other) return
  throw conflict(
    'edition_overlaps',
    `Des mois de cette période sont déjà dans l’édition « ${other.edition} »${published ? '' : ', qui se prépare'}.`,
    'Deux éditions des mêmes mois se soustrairaient : choisissez des mois qui ne sont dans aucune.',
  )
}

/** Orders with who signs. */
export const ordersView = (db: Db) =>
  db
    .select({ order: statisticsOrders, organisation: organisations.slug, signer: organisations.name })
    .from(statisticsOrders)
    .innerJoin(organisations, eq(organisations.id, statisticsOrders.organisationId))

async function standingOrder(db: Db, edition: string): Promise<OrderView | undefined> {
  const [found] = await ordersView(db).where(
    and(eq(statisticsOrders.edition, edition), ne(statisticsOrders.state, 'refused')),
  )
  return found
}
