/** A competence with the level shown, taught or asked; null where no level is stated. */
export type Reached = { competence: string; level: number | null }

/** A competence to reach, and by how many more people of a team than those who have it (`had`). */
export type Aim = Reached & { people: number; had: string[] }

/** A module that someone may follow. `breaks` names the wishes that following it would go against. */
export type Unit = {
  who: string
  module: string
  hours: number
  teaches: Reached[]
  prerequisites: string[]
  breaks: string[]
}

/** A dated session that someone may follow a module in; it takes its days whole. */
export type Dated = {
  who: string
  id: string
  module: string
  hours: number
  /** In whole cents, for one person. */
  cost: number
  /** Its days, by their numbers in the calendar. */
  days: number[]
  /** Its days at work, by their numbers among working days: Friday and the Monday after follow each other. */
  away: number[]
  /** How many of the people planned for may take it. */
  places: number
  breaks: string[]
}

/** The fewest hours, the lowest cost in cents, or the earliest last day; the last two ask for sessions. */
export type Objective = 'hours' | 'cost' | 'end'

/** The wish that days away are few in a row, where others are named in `breaks`. */
export const DAYS_IN_A_ROW = 'daysInARow'

/** What a plan must do, and with what. With `sessions`, each module is followed in one of its own. */
export type PlanProblem = {
  needs: Aim[]
  units: Unit[]
  sessions: Dated[] | null
  objective: Objective
  /** The most working days in a row that someone may be away; null for no limit. */
  daysInARow: number | null
}

/** The columns of the model, in order, and what each stands for. */
export type Column =
  | { kind: 'unit'; who: string; module: string }
  | { kind: 'session'; who: string; id: string }
  | { kind: 'reach'; who: string; competence: string }
  | { kind: 'end' }
  | { kind: 'wish'; name: string }
  | { kind: 'need'; competence: string }

type Row = { lower: number; upper: number; entries: [column: number, value: number][] }
/** `ties`: the hours, that tell plans of one cost or of one last day apart; null where hours are the objective itself. */
export type Model = { columns: Column[]; costs: number[]; ties: number[] | null; rows: Row[] }

/** Whether what is taught or held answers what is asked: where a level is asked, one must be stated. */
export const answers = (asked: Reached, had: Reached): boolean =>
  asked.competence === had.competence && (asked.level === null || (had.level ?? 0) >= asked.level)

/** The same problem without those wishes and needs. */
export function withoutThese(problem: PlanProblem, wishes: string[], needs: string[]): PlanProblem {
  const freed = <T extends { breaks: string[] }>(all: T[]): T[] =>
    all.map((one) => ({ ...one, breaks: one.breaks.filter((wish) => !wishes.includes(wish)) }))
  return {
    ...problem,
    needs: problem.needs.filter((one) => !needs.includes(one.competence)),
    units: freed(problem.units),
    sessions: problem.sessions && freed(problem.sessions),
    daysInARow: wishes.includes(DAYS_IN_A_ROW) ? null : problem.daysInARow,
  }
}

const isOpen = ({ breaks }: { breaks: string[] }): boolean => breaks.length === 0

/**
 * The plan as a mixed-integer program (0/1 for each module and session). `relaxed`: wishes and needs may be given up, and as
 * few as possible are; otherwise what goes against a wish is left out.
 */
export function planModel(problem: PlanProblem, relaxed: boolean): Model {
  const { needs, objective } = problem
  const units = usefulUnits(relaxed ? problem.units : problem.units.filter(isOpen), needs)
  const useful = new Set(units.map(unitName))
  const sessions =
    problem.sessions && problem.sessions.filter((one) => useful.has(unitName(one)) && (relaxed || isOpen(one)))
  const wishes = relaxed ? wishesOf(problem, [...units, ...(sessions ?? [])]) : []
  const columns: Column[] = [
    ...units.map(({ who, module }): Column => ({ kind: 'unit', who, module })),
    ...(sessions ?? []).map(({ who, id }): Column => ({ kind: 'session', who, id })),
    ...needs.flatMap((need) => learnersOf(need, units).map((who): Column => ({ kind: 'reach', who, ...named(need) }))),
    ...(objective === 'end' && sessions ? [{ kind: 'end' } as const] : []),
    ...wishes.map((name): Column => ({ kind: 'wish', name })),
    ...(relaxed ? needs.map(({ competence }): Column => ({ kind: 'need', competence })) : []),
  ]
  const at = new Map(columns.map((column, index) => [nameOf(column), index]))
  const column = (name: string): number => at.get(name)!
  const rows: Row[] = []
  const atLeast = (lower: number, entries: Row['entries']) => rows.push({ lower, upper: Infinity, entries })
  const atMost = (upper: number, entries: Row['entries']) => rows.push({ lower: -Infinity, upper, entries })

  for (const need of needs) {
    const { competence, people } = need
    // Someone who learns it twice is one person: each counts once, and only with a module that teaches it.
    const reached = learnersOf(need, units).map((who): [number, number] => {
      const own = column(`reach ${who} ${competence}`)
      const taught = units.filter((one) => one.who === who && teachesIt(one, need))
      atMost(0, [[own, 1], ...taught.map((one): [number, number] => [column(unitName(one)), -1])])
      return [own, 1]
    })
    atLeast(people, relaxed ? [...reached, [column(`need ${competence}`), people]] : reached)
  }
  for (const one of [...units, ...(sessions ?? [])]) {
    const own = column('id' in one ? sessionName(one) : unitName(one))
    for (const name of relaxed ? one.breaks : [])
      atMost(0, [
        [own, 1],
        [column(`wish ${name}`), -1],
      ])
  }
  for (const unit of units) {
    for (const module of unit.prerequisites) {
      const before = at.get(unitName({ who: unit.who, module }))
      const own: [number, number] = [column(unitName(unit)), 1]
      atMost(0, before === undefined ? [own] : [own, [before, -1]])
    }
  }
  if (sessions) addDates({ problem, units, sessions, column, rows, relaxed })
  const weighed = new Map<string, { hours: number; cost?: number }>(
    sessions ? sessions.map((one) => [sessionName(one), one]) : units.map((one) => [unitName(one), one]),
  )
  const hours = columns.map((one) => weighed.get(nameOf(one))?.hours ?? 0)
  if (relaxed)
    return { columns, costs: columns.map(({ kind }) => (kind === 'wish' || kind === 'need' ? 1 : 0)), ties: null, rows }
  if (objective === 'hours') return { columns, costs: hours, ties: null, rows }
  const costs = columns.map((one) => (objective === 'end' ? Number(one.kind === 'end') : costIn(weighed, one)))
  return { columns, costs, ties: hours, rows }
}

const costIn = (weighed: Map<string, { cost?: number }>, column: Column): number =>
  weighed.get(nameOf(column))?.cost ?? 0

/** The wishes that may be given up: those that something goes against, by name. */
const wishesOf = ({ daysInARow, sessions }: PlanProblem, all: (Unit | Dated)[]): string[] =>
  [
    ...new Set([...all.flatMap((one) => one.breaks), ...(daysInARow !== null && sessions ? [DAYS_IN_A_ROW] : [])]),
  ].toSorted()

/** The modules that teach something asked, and those that they ask for first: no shortest plan holds another. */
function usefulUnits(units: Unit[], needs: Aim[]): Unit[] {
  const known = new Map(units.map((one) => [unitName(one), one]))
  const useful = new Set<Unit>()
  const keep = (unit: Unit | undefined): void => {
    if (!unit || useful.has(unit)) return
    useful.add(unit)
    for (const module of unit.prerequisites) keep(known.get(unitName({ who: unit.who, module })))
  }
  for (const unit of units) {
    if (needs.some((need) => !need.had.includes(unit.who) && teachesIt(unit, need))) keep(unit)
  }
  return units.filter((one) => useful.has(one))
}

const teachesIt = ({ teaches }: Unit, need: Reached): boolean => teaches.some((one) => answers(need, one))

/** Those who have not the competence yet, and may learn it. */
const learnersOf = (need: Aim, units: Unit[]): string[] => [
  ...new Set(units.filter((one) => !need.had.includes(one.who) && teachesIt(one, need)).map((one) => one.who)),
]

const named = ({ competence }: Reached) => ({ competence })
const unitName = ({ who, module }: Pick<Unit, 'who' | 'module'>): string => `unit ${who} ${module}`
const sessionName = ({ who, id }: Pick<Dated, 'who' | 'id'>): string => `session ${who} ${id}`

type Dates = {
  problem: PlanProblem
  units: Unit[]
  sessions: Dated[]
  column: (name: string) => number
  rows: Row[]
  relaxed: boolean
}

/** For each person one session a module, after those of what it asks for first, one at a time, and not away too long. */
function addDates({ problem: { daysInARow, objective }, units, sessions, column, rows, relaxed }: Dates): void {
  const ofUnit = Map.groupBy(sessions, unitName)
  const atMost = (upper: number, entries: Row['entries']) => rows.push({ lower: -Infinity, upper, entries })
  const of = (some: Dated[], value = 1) => some.map((one): [number, number] => [column(sessionName(one)), value])
  for (const unit of units) {
    const own = ofUnit.get(unitName(unit)) ?? []
    rows.push({ lower: 0, upper: 0, entries: [...of(own), [column(unitName(unit)), -1]] })
    for (const module of unit.prerequisites) {
      const earlier = ofUnit.get(unitName({ who: unit.who, module })) ?? []
      for (const one of own) {
        const done = earlier.filter((other) => other.days.at(-1)! < one.days[0]!)
        atMost(0, [...of([one]), ...of(done, -1)])
      }
    }
  }
  for (const mine of Map.groupBy(sessions, (one) => one.who).values()) {
    const onDay = Map.groupBy(
      mine.flatMap((one) => one.days.map((day) => ({ day, one }))),
      ({ day }) => day,
    )
    // Two sessions meet on a day on which one of them begins: those days are enough.
    for (const day of new Set(mine.map((one) => one.days[0]!))) {
      const held = onDay.get(day)!.map(({ one }) => one)
      if (held.length > 1) atMost(1, of(held))
    }
    if (daysInARow !== null) {
      for (const run of runsOf(mine, daysInARow)) {
        rows.push({
          lower: -Infinity,
          upper: daysInARow,
          entries: [
            ...run.map(({ one, shared }): [number, number] => [column(sessionName(one)), shared]),
            // One session at a time: given up, the run has one day more than was allowed, and no other.
            ...(relaxed ? [[column(`wish ${DAYS_IN_A_ROW}`), -1] as [number, number]] : []),
          ],
        })
      }
    }
  }
  for (const shared of Map.groupBy(sessions, (one) => one.id).values()) {
    if (shared.length > shared[0]!.places) atMost(shared[0]!.places, of(shared))
  }
  if (objective !== 'end') return
  for (const one of sessions) {
    rows.push({ lower: 0, upper: Infinity, entries: [[column('end'), 1], ...of([one], -one.days.at(-1)!)] })
  }
}

/** Each run of one working day more than is allowed, with the sessions in it: one day of it at least is spent at work. */
function runsOf(mine: Dated[], most: number): { one: Dated; shared: number }[][] {
  const present = new Set(mine.flatMap((one) => one.away))
  const runs = [...present]
    .toSorted((a, b) => a - b)
    .map((first) => Array.from({ length: most + 1 }, (_, index) => first + index))
  return runs
    .filter((run) => run.every((day) => present.has(day)))
    .map((run) => {
      const [first, last] = [run[0]!, run.at(-1)!]
      return mine
        .map((one) => ({ one, shared: one.away.filter((day) => day >= first && day <= last).length }))
        .filter(({ shared }) => shared > 0)
    })
}

function nameOf(column: Column): string {
  switch (column.kind) {
    case 'unit':
      return unitName(column)
    case 'session':
      return sessionName(column)
    case 'reach':
      return `reach ${column.who} ${column.competence}`
    case 'end':
      return 'end'
    case 'wish':
      return `wish ${column.name}`
    case 'need':
      return `need ${column.competence}`
  }
}
