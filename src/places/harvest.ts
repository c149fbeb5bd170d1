import { sql } from '../drizzle.ts'
import { parisDate } from '../days.ts'
import { type Db, rows } from '../db.ts'
import { csvLine } from '../web/csv.ts'
import { LIST_SEPARATOR, NATIONAL_FIELDS, type NationalPlace, type Programme } from './national-schema.ts'
import { heldPeriods } from './team.ts'

type Asked = { limit: number; after?: string | undefined; depuis?: string | undefined }
type Row = {
  placeId: string
  nom: string
  structure: string
  siret: string | null
  aidants: boolean
  conseillers: boolean
  changed: string
}

/**
 * Places by identifier after a cursor, in the words of the national schema. `limit` is how many are read: with `depuis` a page
 * may hold fewer, or none, and still have a next. `date_maj` is the last day something of the line changed, as rows tell it.
 */
export async function harvestPlaces(
  db: Db,
  source: string,
  { limit, after, depuis }: Asked,
  now = new Date(),
): Promise<{ items: NationalPlace[]; next: string | null }> {
  const found = await readPlaces(db, parisDate(now), limit + 1, after)
  const read = found.slice(0, limit)
  return {
    items: read.filter((one) => depuis === undefined || one.changed >= depuis).map((one) => serialize(one, source)),
    next: found.length > limit ? read.at(-1)!.placeId : null,
  }
}

/** Each programme, with the last day it came or went: that someone joins or leaves a team that stays changes nothing here. */
const readPlaces = (db: Db, today: string, limit: number, after = ''): Promise<Row[]> =>
  rows(
    db,
    sql`
    select p.place_id as "placeId", p.nom, p.name as structure, p.siret,
      coalesce(aidants.present, false) as aidants, coalesce(conseillers.present, false) as conseillers,
      to_char(greatest(${inParis('p.changed_at')}, ${inParis('aidants.changed')}, conseillers.changed), 'YYYY-MM-DD') as changed
    from (
      select t.place_id, t.organisation_id, t.nom, t.changed_at, o.name, o.siret
      from organisation_places t join organisations o on o.id = t.organisation_id
      where t.ended_at is null and o.state in ('known', 'approved') and t.place_id > ${after}
      order by t.place_id limit ${limit}
    ) p
    left join lateral (
      select bool_or(upper_inf(during)) as present, max(greatest(lower(during), upper(during))) as changed
      from (select unnest(range_agg(during)) as during from (
        select unnest(held) as during from (${heldPeriods(sql`p.organisation_id`)}) people) each) whole
    ) aidants on true
    left join lateral (
      select bool_or(during @> ${today}::date) as present,
        max(greatest(lower(during), case when upper(during) <= ${today}::date then upper(during) end)) as changed
      from (select unnest(range_agg(daterange(known, coalesce(ended_on, ends_on), '[]'))) as during from (${DECLARED}) declared
        where known <= least(${today}::date, ended_on, ends_on)) whole
    ) conseillers on true
    order by p.place_id`,
  )

const inParis = (moment: string) => sql`(${sql.raw(moment)} at time zone 'Europe/Paris')::date`

/** A contract changes something from the day it was declared on: harvesters have not seen it before. */
const DECLARED = sql`
  select greatest(c.starts_on, ${inParis('c.created_at')}) as known, c.ended_on, c.ends_on
  from conseiller_contracts c where c.organisation_id = p.organisation_id`

function serialize({ placeId, siret, nom, structure, aidants, conseillers, changed }: Row, source: string) {
  const programmes: Programme[] = [
    ...(aidants ? (['Aidants Connect'] as const) : []),
    ...(conseillers ? (['Conseillers numériques'] as const) : []),
  ]
  const place: NationalPlace = {
    id: placeId,
    ...(siret !== null && { pivot: siret }),
    nom,
    source,
    structure_parente: structure,
    date_maj: changed,
    ...(programmes.length > 0 && { dispositif_programmes_nationaux: programmes }),
  }
  return place
}

const BATCH = 1000

/** The same as a file of the national schema: every column in its order, those that are unknown here left empty. */
export async function* placesCsv(db: Db, source: string, depuis: string | undefined): AsyncGenerator<string> {
  yield csvLine([...NATIONAL_FIELDS])
  for (let after: string | undefined; ;) {
    const { items, next } = await harvestPlaces(db, source, { limit: BATCH, after, depuis })
    yield items.map(csvOf).join('')
    if (next === null) return
    after = next
  }
}

function csvOf(place: NationalPlace): string {
  const known: Record<string, string | readonly string[] | undefined> = place
  return csvLine(NATIONAL_FIELDS.map((field) => [known[field] ?? []].flat().join(LIST_SEPARATOR)))
}
