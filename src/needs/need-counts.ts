import { sql } from '../drizzle.ts'
import { addMonths, parisDay } from '../days.ts'
import { type Db, rows } from '../db.ts'
import { THEME_CODES } from './themes.ts'

/** How many answered so; `of` is who answers, the theme and the answer: `cadre|projet|oui`. `departement` is '' where none is known. */
export type NeedCount = { kind: 'need'; of: string; departement: string; month: ''; count: number }

/**
 * The training needs declared in the months `from` to `to` (`2026-03`, both included, as lived in Paris): of each person as
 * each respondent, and of each organisation, the last declaration of the period alone. Everyone counts once a theme, so the
 * three answers of every theme add up to the same number.
 */
export const needCounts = (db: Db, from: string, to: string): Promise<NeedCount[]> => {
  const { from: start } = parisDay(`${from}-01`)
  const { from: end } = parisDay(addMonths(`${to}-01`, 1))
  return rows(
    db,
    sql`with last as (
          select distinct on (person_id, organisation_id, respondent)
            respondent, coalesce(departement, '') as departement, needed, not_needed
          from need_declarations
          where declared_at >= ${start.toISOString()}::timestamptz and declared_at < ${end.toISOString()}::timestamptz
          order by person_id, organisation_id, respondent, declared_at desc, id desc
        )
        select 'need' as kind,
          concat_ws('|', respondent, theme,
            case when theme = any(needed) then 'oui' when theme = any(not_needed) then 'non' else 'nsp' end) as of,
          departement, '' as month, count(*)::int as count
        from last cross join unnest(${sql.param(THEME_CODES)}::text[]) as theme
        group by 2, 3 order by 2, 3`,
  )
}
