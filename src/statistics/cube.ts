import type { Cell, Publication } from './suppression.ts'
import { codesOf, type Kind, ofCodes, type Table, TABLES, UNSTATED } from './tables.ts'
import { HUBS, NOWHERE, regionOf, widthOf } from './territories.ts'

/** A count of a table that is not told by the class of a badge. `month` is '' where the table has the whole period only. */
export type Counted = { kind: Kind; of: string; departement: string; month: string; count: number }

/** Badges delivered, by month, class and département ('' where none is known); by month, competence and level; and the rest. */
export type Counts = {
  others: Counted[]
  badges: { month: string; badge: string; departement: string; issued: number }[]
  levels: { month: string; competence: string; level: string; departement: string; issued: number }[]
}
/** What a badge class is about: the competences it shows, whom its training is for, and the métiers that ask what it shows. */
export type BadgeClass = { badge: string; competences: string[]; publics: string[]; metiers: string[] }

/** `territory`: `FR`, `HUB-hinaura`, `REG-84`, `DEP-69`, `DEP-` where no département is known; `month`: '' for the whole period. */
export type Figure = { territory: string; month: string; kind: Kind; of: string }
type FigureCell = Cell & Figure

const WHOLE = ''

/** What a badge of a class counts for, in each table that is told by class alone. */
const BY_CLASS: Partial<Record<Kind, (about: BadgeClass) => string[]>> = {
  all: () => [''],
  competence: ({ competences }) => competences,
  public: ({ publics }) => publics,
  metier: ({ metiers }) => metiers,
  'competence-public': ({ competences, publics }) =>
    competences.flatMap((one) => publics.map((aimed) => ofCodes(one, aimed))),
}

/**
 * The figures of a period with every sum that ties them, so that what is withheld is judged on all of them together.
 *
 * Badges by class are the ground: in each département, and each month in each région, published or not (`latent`). A
 * table told by class is then a sum of classes at one place and time, and its own totals follow from those of the classes. A
 * figure of zero is not written.
 */
export function cubeOf({ badges, levels, others }: Counts, classes: BadgeClass[]) {
  const sheet: Sheet = { cells: new Map(), sums: new Map() }
  const about = new Map(classes.map((one) => [one.badge, one]))
  for (const { badge, departement, month, issued } of badges) addBadges(sheet, { badge, departement, month, issued })
  addByClass(sheet, about)
  for (const { competence, level, departement, issued } of [...levels, ...unstated({ badges, levels }, about)]) {
    const of = ofCodes(competence, level || UNSTATED)
    addCounted(sheet, { kind: 'level', of, departement, month: WHOLE, count: issued })
  }
  for (const one of others) addCounted(sheet, one)
  return closeSheet(sheet)
}

type Sheet = { cells: Map<string, FigureCell>; sums: Map<string, { total: string; parts: Set<string>; near: boolean }> }

/** In an order that does not depend on that of the counts: the same figures are always withheld alike. */
function closeSheet({ cells, sums }: Sheet) {
  const all = [...cells.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const publication: Publication = {
    cells: all.filter((one) => TABLES[one.kind].programme !== null),
    sums: Array.from(sums)
      .filter(([, { total }]) => cells.has(total))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, sum]) => ({ ...sum, parts: [...sum.parts].toSorted() })),
  }
  return { figures: all.filter((one) => !one.latent), publication }
}

const idOf = ({ territory, month, kind, of }: Figure): string => `${territory}|${month}|${kind}|${of}`

function add({ cells }: Sheet, figure: Figure, count: number, latent = false): string {
  const id = idOf(figure)
  const known = cells.get(id)
  if (known) known.count += count
  else cells.set(id, { ...figure, id, count, latent, worth: worthOf(figure) })
  return id
}

/** The wider it tells of, the more readers want it: the country, then régions, then départements; a month less than the whole. */
function worthOf({ territory, month }: Figure): number {
  const { width } = placeOf(territory)
  return WORTHS[width] / (month === WHOLE ? 1 : 2)
}
const WORTHS = { FR: 20, REG: 4, DEP: 1 }

/** `part` is one of the parts of the total, for that reason. */
function tie({ sums }: Sheet, reason: string, total: Figure, part: string, near = false): void {
  const id = idOf(total)
  const key = `${id}\n${reason}`
  const known = sums.get(key)
  if (known) known.parts.add(part)
  else sums.set(key, { total: id, parts: new Set([part]), near })
}

/** The ground: a class in each place, over the period and, from the région up, each month. */
function addBadges(sheet: Sheet, { badge, departement, month, issued }: Counts['badges'][number]): void {
  const places = placesOf(departement)
  for (const place of places) {
    for (const when of place.isMonthly ? [WHOLE, month] : [WHOLE]) {
      const own: Figure = { territory: place.territory, month: when, kind: 'badge', of: badge }
      const id = add(sheet, own, issued, !isGiven('badge', place, when))
      for (const above of place.above)
        if (when === WHOLE || above === 'FR') tie(sheet, 'territory', { ...own, territory: above }, id)
      if (when !== WHOLE && place.territory !== 'FR') tie(sheet, 'month', { ...own, month: WHOLE }, id)
    }
  }
}

function addByClass(sheet: Sheet, about: Map<string, BadgeClass>): void {
  const tables = Object.entries(BY_CLASS) as [Kind, (about: BadgeClass) => string[]][]
  const ground = [...sheet.cells.values()]
  for (const { territory, month, of: badge, id, count } of ground) {
    const place = placeOf(territory)
    const what = about.get(badge) ?? { badge, competences: [], publics: [], metiers: [] }
    for (const [kind, whats] of tables.filter(([kind]) => isGiven(kind, place, month))) {
      for (const of of new Set(whats(what))) {
        add(sheet, { territory, month, kind, of }, count)
        tie(sheet, 'class', { territory, month, kind, of }, id)
      }
    }
  }
}

/** What is told otherwise than by class: the same sums over places and months, and what ties it to other tables. */
function addCounted(sheet: Sheet, { kind, of, departement, month, count }: Counted): void {
  const isWeighed = TABLES[kind].programme !== null
  for (const place of placesOf(departement)) {
    for (const when of month !== WHOLE && place.isMonthly ? [WHOLE, month] : [WHOLE]) {
      if (!isGiven(kind, place, when)) continue
      const own = { territory: place.territory, month: when, kind, of }
      const id = add(sheet, own, count)
      if (!isWeighed) continue
      for (const above of place.above)
        if (isGiven(kind, placeOf(above), when)) tie(sheet, 'territory', { ...own, territory: above }, id)
      if (when !== WHOLE) tie(sheet, 'month', { ...own, month: WHOLE }, id)
      else if (isGround(place)) tieToOthers(sheet, own, id, count)
    }
  }
}

/**
 * What a reader knows besides: the levels of a competence are all its badges, and so are renewals, and delays; places with an
 * achievement, and badges come to their end, are nearly badges delivered; each theme of needs has the same respondents. Said of
 * the régions, it follows for hubs and the country.
 */
function tieToOthers(sheet: Sheet, own: Figure, id: string, count: number): void {
  const [first = '', second = ''] = codesOf(own.of)
  if (own.kind === 'level') tie(sheet, 'level', { ...own, kind: 'competence', of: first }, id)
  if (own.kind === 'renewal' || own.kind === 'delay') tie(sheet, own.kind, { ...own, kind: 'all', of: '' }, id)
  if (own.kind === 'ending' || (own.kind === 'outcome' && own.of === 'completed'))
    tie(sheet, own.kind, { ...own, kind: 'all', of: '' }, id, true)
  if (own.kind !== 'need') return
  const answered = { ...own, of: ofCodes(first, second, ANSWERED) }
  const theme = add(sheet, answered, count, true)
  tie(sheet, 'answers', answered, id)
  const asked = { ...own, of: ofCodes(first, '', ANSWERED) }
  // The respondents of a place are the most that any theme has: there is no one else to count them by.
  const most = sheet.cells.get(theme)!.count
  const known = sheet.cells.get(idOf(asked))
  if (!known) add(sheet, asked, most, true)
  else known.count = Math.max(known.count, most)
  tie(sheet, `theme ${second}`, asked, theme, true)
}
const ANSWERED = '*'

/** A competence is those who showed it at each level, and those whose level nobody stated. */
function unstated(
  { badges, levels }: Pick<Counts, 'badges' | 'levels'>,
  about: Map<string, BadgeClass>,
): Counts['levels'] {
  const rest = new Map<string, number>()
  const count = (competence: string, departement: string, by: number): void => {
    const key = `${competence}\n${departement}`
    rest.set(key, (rest.get(key) ?? 0) + by)
  }
  for (const { badge, departement, issued } of badges)
    for (const competence of about.get(badge)?.competences ?? []) count(competence, departement, issued)
  for (const { competence, departement, issued } of levels) count(competence, departement, -issued)
  return [...rest].flatMap(([key, issued]) => {
    const [competence = '', departement = ''] = key.split('\n')
    return issued > 0 ? [{ month: WHOLE, competence, level: '', departement, issued }] : []
  })
}

/** Where something counts: what is just above, and whether each month is told apart there. */
type Place = { territory: string; width: Table['depth']; isMonthly: boolean; above: string[] }

const HUB_OF = new Map(HUBS.flatMap(({ code, regions }) => regions.map((one) => [`REG-${one}`, `HUB-${code}`])))

/** A hub, and where no département is known, are given like a région; a hub has no months. */
function placeOf(territory: string): Place {
  if (territory === 'FR') return { territory, width: 'FR', isMonthly: true, above: [] }
  if (territory === NOWHERE) return { territory, width: 'REG', isMonthly: true, above: ['FR'] }
  const width = widthOf(territory)
  if (width === 'HUB') return { territory, width: 'REG', isMonthly: false, above: [] }
  if (width === 'DEP') return { territory, width, isMonthly: false, above: [regionOf(territory.slice(4))] }
  const hub = HUB_OF.get(territory)
  return { territory, width: 'REG', isMonthly: true, above: hub === undefined ? ['FR'] : ['FR', hub] }
}

/** A région, or where no département is known: the country and the hubs are their sums. */
const isGround = ({ territory, width, isMonthly }: Place): boolean => territory !== 'FR' && width === 'REG' && isMonthly

function placesOf(departement: string): Place[] {
  if (departement === '') return ['FR', NOWHERE].map(placeOf)
  const region = regionOf(departement)
  const hub = HUB_OF.get(region)
  return ['FR', ...(hub === undefined ? [] : [hub]), region, `DEP-${departement}`].map(placeOf)
}

const WIDTHS: Table['depth'][] = ['FR', 'REG', 'DEP']

function isGiven(kind: Kind, { width, isMonthly }: Place, month: string): boolean {
  const { depth, months }: Table = TABLES[kind]
  if (month !== WHOLE) return isMonthly && (months ?? []).some((one) => one === width)
  return WIDTHS.indexOf(width) <= WIDTHS.indexOf(depth)
}
