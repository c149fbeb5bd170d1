import type { Dated, Unit } from '../curricula/plan-model.ts'
import { listModules } from '../curricula/curricula.ts'
import type { Module } from '../curricula/schema.ts'
import { addDays, parisDate } from '../days.ts'
import type { Db } from '../db.ts'
import { listCertifications } from '../referential/referential.ts'
import { openSessions } from '../training/open-sessions.ts'
import { kilometresBetween } from './distances.ts'
import { taughtBy } from './needs.ts'
import type { PlanRequest } from './schema.ts'

type Wishes = NonNullable<PlanRequest['wishes']>
export type OpenSession = Awaited<ReturnType<typeof openSessions>>[number]

/** The number of a day (`2026-03-12`) in the calendar. */
const dayNumber = (day: string): number => Math.floor(Date.parse(day) / 86_400_000)

/** Days worked before that day since a Monday long past: Friday and the Monday after follow each other. */
export function workingDay(day: string): number {
  const days = dayNumber(day) - dayNumber('2001-01-01')
  return Math.floor(days / 7) * 5 + Math.min(days % 7, 5)
}

const numbers = (first: number, end: number): number[] =>
  Array.from({ length: end - first }, (_, index) => first + index)

/** The days of a session, counted from a day, and those at work among them: none for a week-end. */
export const daysOf = (startsOn: string, endsOn: string, today: string): Pick<Dated, 'days' | 'away'> => ({
  days: numbers(dayNumber(startsOn) - dayNumber(today), dayNumber(endsOn) - dayNumber(today) + 1),
  away: numbers(workingDay(startsOn), workingDay(addDays(endsOn, 1))),
})

/** Someone to plan for, and the modules already followed. */
export type Learner = { who: string; followed: string[] }

/** What may be chosen from: every module, the units of each person, and, with dates, the open sessions. */
export type Offer = {
  modules: Map<string, Module>
  units: Unit[]
  sessions: Dated[] | null
  open: Map<string, OpenSession>
}

/** What is wished and supposed: `hours` of a module, `cost` in cents of a session, where none is published. */
export type Choice = {
  wishes: Wishes
  hours: number
  cost: number | null
  objective: 'hours' | 'cost' | 'end'
  dated: boolean
  now: Date
}

/** The modules that each may follow, with their hours (published, else supposed) and the wishes that they go against. */
export async function offerOf(db: Db, learners: Learner[], choice: Choice): Promise<Offer> {
  const all = await listModules(db)
  const cpf = new Set((await listCertifications(db)).filter((one) => one.cpf === true).map((one) => one.slug))
  const { wishes, dated, now } = choice
  const units = learners.flatMap(({ who, followed }) =>
    all
      .filter((one) => !followed.includes(one.slug))
      .map((one): Unit => ({
        who,
        module: one.slug,
        hours: one.hours?.min ?? one.hours?.max ?? choice.hours,
        teaches: taughtBy(one),
        prerequisites: one.prerequisites.filter((slug) => !followed.includes(slug)),
        breaks: named({
          modality: wishes.modality && !one.modality?.some((way) => wishes.modality!.includes(way)),
          certifying: wishes.certifying && one.certifying !== true,
          cpf: wishes.cpf && !(one.prepares && cpf.has(one.prepares.certification)),
        }),
      })),
  )
  const modules = new Map(all.map((one) => [one.slug, one]))
  if (!dated) return { modules, units, sessions: null, open: new Map() }
  const open = await openSessions(db, [...modules.keys()], parisDate(now))
  const sessions = open.flatMap((one) => learners.map(({ who }) => datedOf(who, one, choice)))
  return { modules, units, sessions, open: new Map(open.map((one) => [one.id, one])) }
}

/** How far a session is from a département; 0 at a distance, null where that is not known. */
export const kilometresTo = (departure: string, { modality, departement }: OpenSession): number | null =>
  modality === 'distance' ? 0 : kilometresBetween(departure, departement ?? '')

function datedOf(who: string, session: OpenSession, { wishes, objective, now, ...supposed }: Choice): Dated {
  const { id, module, startsOn, endsOn, departement, modality, hours, priceCents, places } = session
  const cost = priceCents ?? supposed.cost
  const { departements, departure, kilometres, from, until } = wishes
  const isTooFar = (): boolean => (kilometresTo(departure!, session) ?? Infinity) > kilometres!
  return {
    who,
    id,
    module,
    places,
    hours: hours ?? supposed.hours,
    cost: cost ?? 0,
    ...daysOf(startsOn, endsOn, parisDate(now)),
    breaks: named({
      departements: departements && modality !== 'distance' && !departements.includes(departement ?? ''),
      distance: kilometres !== undefined && isTooFar(),
      modality: wishes.modality && !wishes.modality.some((way) => way === modality) && modality !== 'hybride',
      dates: (from && startsOn < from) || (until && endsOn > until),
      price: objective === 'cost' && cost === null,
    }),
  }
}

/** The names of the wishes that are gone against. */
const named = (against: Record<string, unknown>): string[] => Object.keys(against).filter((name) => against[name])
