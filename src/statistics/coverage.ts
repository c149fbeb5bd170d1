import { sql } from '../drizzle.ts'
import { competenceGaps, needsOf } from '../cartography/competence-gaps.ts'
import { readMap } from '../cartography/map.ts'
import { addMonths, parisDate } from '../days.ts'
import { type Db, rows } from '../db.ts'
import type { Counted } from './cube.ts'
import { ofCodes } from './tables.ts'

/**
 * For each métier, how many of the competences that the lists in force ask are taught at the level asked, by a module at all
 * and by one of which a session was held in those months, are shown by a badge of the catalogue, and by one delivered then.
 */
export async function coverageCounts(db: Db, from: string, to: string): Promise<Counted[]> {
  const map = await readMap(db)
  const needs = needsOf(map).filter((one) => one.kind === 'metier')
  const held = await heldModules(db, from, to)
  const { shares } = competenceGaps(map, needs, held.map(taughtIn))
  const delivered = new Set(await deliveredCompetences(db, from, to))
  return [...Map.groupBy(shares, (one) => one.asker)].flatMap(([metier, axes]) => {
    const sum = (of: (one: (typeof axes)[number]) => number): number => axes.reduce((total, one) => total + of(one), 0)
    const counts = {
      asked: sum((one) => one.asked),
      taught: sum((one) => one.taught),
      held: sum((one) => one.offered),
      shown: sum((one) => one.shown),
      delivered: sum((one) => one.competences.filter((code) => delivered.has(code)).length),
    }
    return Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([what, count]): Counted => ({
        kind: 'coverage',
        of: ofCodes(metier, what),
        departement: '',
        month: '',
        count,
      }))
  })
}

/** What was held is, for this reading of the gaps, what is offered. */
const taughtIn = ({ module }: { module: string }) => ({ module, departement: null, coming: 1, last: null, next: null })

const heldModules = (db: Db, from: string, to: string): Promise<{ module: string }[]> =>
  rows(
    db,
    sql`select distinct module_slug as module from session_counts where module_slug is not null
          and ends_on >= ${`${from}-01`} and ends_on < least(${addMonths(`${to}-01`, 1)}::date, ${parisDate(new Date())}::date)
        order by 1`,
  )

async function deliveredCompetences(db: Db, from: string, to: string): Promise<string[]> {
  const found = await rows<{ key: string }>(
    db,
    sql`select distinct concat_ws('/', c->>'framework', c->>'version', c->>'code') as key
        from badge_counts b join achievements a on a.slug = b.achievement_slug and a.version = b.achievement_version,
          jsonb_array_elements(a.about->'competences') c
        where b.month between ${from} and ${to} and b.issued > 0`,
  )
  return found.map((one) => one.key)
}
