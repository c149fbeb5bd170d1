import type { Db } from '../../src/db.ts'
import { DEPARTEMENTS_OF_REGIONS } from '../../src/organisations/departements.ts'
import { keyOf } from '../../src/referential/schema.ts'
import { statisticsEditions, statisticsFigures } from '../../src/statistics/statistics.sql.ts'
import { CODES, type Dimension, type Kind, ofCodes } from '../../src/statistics/tables.ts'
import { HUBS } from '../../src/statistics/territories.ts'
import { readContent } from '../../src/statistics/words.ts'

export type Row = { kind: Kind; of: string; territory: string; month: string; count: number | null }

/** Writes an edition and its figures in one transaction, as the triggers ask: what a publication would have computed. */
export const writeEdition = (db: Db, edition: string, rows: readonly Row[], year = '2019'): Promise<void> =>
  db.transaction(async (tx) => {
    const period = { fromMonth: `${year}-01`, toMonth: `${year}-12`, threshold: 5 }
    await tx.insert(statisticsEditions).values({ edition, ...period, author: 'essai', digest: `essai-${edition}` })
    for (let from = 0; from < rows.length; from += 1000)
      await tx.insert(statisticsFigures).values(rows.slice(from, from + 1000).map((one) => ({ ...one, edition })))
  })

/** A count that looks like one, the same each time; about one in nine is withheld. */
const made = (seed: number, most: number): number | null => {
  const value = (seed * 7919 + 104_729) % (most * 10)
  return value % 9 === 0 ? null : 5 + (value % most)
}
const codes = (dimension: Dimension): string[] => Object.keys(CODES[dimension] ?? {})
const pairs = (some: string[], others: string[]): string[] =>
  some.flatMap((one) => others.map((other) => ofCodes(one, other)))

/** The rows of an edition where every table has lines, for the country, the régions, the hubs and the départements. */
export async function fullRows(db: Db, year = '2019'): Promise<Row[]> {
  const content = await readContent(db)
  const competences = [...new Set(content.metiers.flatMap((one) => one.competences.map((ref) => keyOf(ref))))]
  const metiers = content.metiers.filter((one) => one.competences.length > 0).map((one) => one.slug)
  const publics = [...new Set(content.modules.flatMap((one) => one.publics))]
  const whats: [kind: Kind, ofs: string[], most: number][] = [
    ['all', [''], 9000],
    ['badge', content.badges.slice(0, 40).map(({ slug, version }) => `${slug}/${version}`), 900],
    ['competence', competences.slice(0, 60), 900],
    ['level', pairs(competences.slice(0, 20), ['1', '2', '3', '4', 'non précisé']), 90],
    ['public', publics, 900],
    ['metier', metiers, 2000],
    ['competence-public', pairs(competences.slice(0, 25), publics), 90],
    ['renewal', codes('renewal'), 4000],
    ['delay', codes('delay'), 2000],
    ['outcome', codes('outcome'), 3000],
    ['ending', [''], 500],
    ['habilitation', codes('state'), 3000],
    ['sessions', codes('modality'), 300],
    ['sessions-module', content.modules.slice(0, 25).map((one) => one.slug), 50],
    ['hours', [''], 20_000],
    ['places', [''], 9000],
    ['need', pairs(pairs(codes('respondent'), codes('theme')), codes('answer')), 120],
    ['verification', pairs(codes('verdict'), codes('means')), 1500],
    ['coverage', pairs(metiers, codes('coverage')), 30],
  ]
  const months = Array.from({ length: 12 }, (_, at) => `${year}-${String(at + 1).padStart(2, '0')}`)
  const regions = [...new Set(DEPARTEMENTS_OF_REGIONS.map((one) => `REG-${one.region}`))]
  const wide = ['FR', 'DEP-', ...regions, ...HUBS.map((one) => `HUB-${one.code}`)]
  const narrow = DEPARTEMENTS_OF_REGIONS.map((one) => `DEP-${one.code}`)
  let seed = 0
  const rows: Row[] = []
  const add = (kind: Kind, of: string, territory: string, month: string, most: number): void => {
    seed += 1
    // Nothing of sessions is withheld; the country's own totals are large.
    const isWhole = ['sessions', 'sessions-module', 'hours', 'places', 'coverage'].includes(kind) || of === ''
    const count = made(seed, most)
    if (seed % 13 === 0 && territory !== 'FR') return // zero has no line
    rows.push({ kind, of, territory, month, count: isWhole && territory === 'FR' ? (count ?? 0) + most : count })
  }
  for (const [kind, ofs, most] of whats)
    for (const of of ofs) {
      for (const territory of kind === 'verification' || kind === 'coverage' ? ['FR'] : wide)
        add(kind, of, territory, '', territory === 'FR' ? most : Math.ceil(most / 12))
      if (['all', 'habilitation', 'places', 'hours'].includes(kind))
        for (const territory of narrow) add(kind, of, territory, '', Math.ceil(most / 60))
      if (['all', 'badge', 'verification', 'sessions'].includes(kind))
        for (const month of months) add(kind, of, 'FR', month, Math.ceil(most / 10))
    }
  return rows
}
