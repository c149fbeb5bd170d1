import { and, asc, eq, exists, isNull, type SQL, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { organisationFacts, organisations } from '../organisations/organisations.sql.ts'
import { folded } from '../web/search.ts'
import { sessions } from './training.sql.ts'

/** What is asked of the list of organisations; an empty text asks for nothing. `badge`: the slug of a badge class. */
export type ProvidersAsked = {
  q?: string | undefined
  departement?: string | undefined
  qualiopi?: string | undefined
  badge?: string | undefined
}

/**
 * The approved organisations that answer, by name, from after the one of that slug; `total` counts all of them. The
 * départements and the badges are those of their sessions that were not called off.
 */
export async function listProviders(
  db: Db,
  asked: ProvidersAsked,
  { after, limit }: { after?: string; limit: number },
) {
  const answers = and(eq(organisations.state, 'approved'), ...conditions(db, asked))
  const found = await db
    .select({
      slug: organisations.slug,
      name: organisations.name,
      qualiopi: organisations.qualiopi,
      checkedOn: organisationFacts.checkedOn,
      source: organisationFacts.source,
      departements: sql<string[]>`array(select distinct ${sessions.departement} from ${sessions}
        where ${isHeld} and ${sessions.departement} is not null order by 1)`,
      badges: sql<number>`(select count(distinct ${sessions.achievementSlug})::int from ${sessions} where ${isHeld})`,
    })
    .from(organisations)
    .leftJoin(organisationFacts, isQualiopiFact)
    .where(and(answers, after ? isAfter(after) : undefined))
    .orderBy(asc(organisations.name), asc(organisations.slug))
    .limit(limit + 1)
  const items = found.slice(0, limit)
  return {
    items,
    total: await db.$count(organisations, answers),
    next: found.length > limit ? items.at(-1)!.slug : null,
  }
}

export type Provider = Awaited<ReturnType<typeof listProviders>>['items'][number]

const isHeld = and(eq(sessions.organisationId, organisations.id), isNull(sessions.cancelledAt))
const isQualiopiFact = and(
  eq(organisationFacts.organisationId, organisations.id),
  eq(organisationFacts.kind, 'qualiopi'),
  isNull(organisationFacts.supersededAt),
)

const isAfter = (slug: string): SQL =>
  sql`(${organisations.name}, ${organisations.slug}) > (select o.name, o.slug from ${organisations} o where o.slug = ${slug})`

function conditions(db: Db, { q = '', departement, qualiopi, badge }: ProvidersAsked): (SQL | undefined)[] {
  const holds = (also: SQL) =>
    exists(
      db
        .select({ one: sql`1` })
        .from(sessions)
        .where(and(isHeld, also)),
    )
  const checked = db
    .select({ one: sql`1` })
    .from(organisationFacts)
    .where(isQualiopiFact)
  return [
    ...folded(q)
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => sql`strpos(${plainName}, ${word}) > 0`),
    departement ? holds(eq(sessions.departement, departement)) : undefined,
    badge ? holds(eq(sessions.achievementSlug, badge)) : undefined,
    qualiopi ? eq(organisations.qualiopi, true) : undefined,
    qualiopi === 'controle' ? exists(checked) : undefined,
  ]
}

// What `folded` does, for the letters that French names have: databases here have no common way to take accents away.
const ACCENTED = 'ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŸàáâãäåçèéêëìíîïñòóôõöùúûüýÿ’'
const PLAIN = `${'aaaaaaceeeeiiiinooooouuuuyy'.repeat(2)}'`
const plainName = sql`lower(replace(replace(translate(${organisations.name}, ${ACCENTED}, ${PLAIN}), 'œ', 'oe'), 'Œ', 'oe'))`
