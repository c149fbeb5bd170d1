import type { Dated, Unit } from '../curricula/plan-model.ts'
import { listModules } from '../curricula/curricula.ts'
import type { Module } from '../curricula/schema.ts'
import { addDays, parisDate } from '../days.ts'
import type { Db } from '../db.ts'
import { listCertifications } from '../referential/referential.ts'
import { openSessions } from '../training/open-sessions.ts'
import { taughtBy } from './needs.ts'
import type { PlanRequest } from './schema.ts'

type Wishes = NonNullable<PlanRequest['wishes']>
export type OpenSession = Awaited<ReturnType<typeof openSessions>>[number]

/** Days worked before that day since a Monday long past: Friday and the Monday after follow each other. */
export function workingDay(day: string): number {
  const days = Math.floor((Date.parse(day) - Date.parse('2001-01-01')) / 86_400_000)
  return Math.floor(days / 7) * 5 + Math.min(days % 7, 5)
}

/** The working days from a day to another, both included; the last one before when there is none between. */
const workingDays = (from: string, to: string): number[] => {
  const [first, last] = [workingDay(from), Math.max(workingDay(from), workingDay(addDays(to, 1)) - 1)]
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

/** Someone to plan for, and the modules already followed. */
export type Learner = { who: string; followed: string[] }

/** What may be chosen from: every module, the units of each person, and, with dates, the open sessions. */
export type Offer = {
  modules: Map<string, Module>
  units: Unit[]
  sessions: Dated[] | null
  open: Map<string, OpenSession>
}

type Choice = { wishes: Wishes; supposed: number; dated: boolean; now: Date }

/** The modules that each may follow, with their hours (published, else supposed) and the wishes that they go against. */
export async function offerOf(db: Db, learners: Learner[], { wishes, supposed, dated, now }: Choice): Promise<Offer> {
  const all = await listModules(db)
  const cpf = new Set((await listCertifications(db)).filter((one) => one.cpf === true).map((one) => one.slug))
  const units = learners.flatMap(({ who, followed }) =>
    all
      .filter((one) => !followed.includes(one.slug))
      .map((one): Unit => ({
        who,
        module: one.slug,
        hours: one.hours?.min ?? one.hours?.max ?? supposed,
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
  const sessions = open.flatMap((one) => learners.map(({ who }) => datedOf(who, one, wishes, supposed)))
  return { modules, units, sessions, open: new Map(open.map((one) => [one.id, one])) }
}

function datedOf(who: string, session: OpenSession, wishes: Wishes, supposed: number): Dated {
  const { id, module, startsOn, endsOn, departement, modality, hours, places } = session
  return {
    who,
    id,
    module,
    places,
    hours: hours ?? supposed,
    days: workingDays(startsOn, endsOn),
    breaks: named({
      departements: wishes.departements && modality !== 'distance' && !wishes.departements.includes(departement ?? ''),
      modality: wishes.modality && !wishes.modality.some((way) => way === modality) && modality !== 'hybride',
      dates: (wishes.from && startsOn < wishes.from) || (wishes.until && endsOn > wishes.until),
    }),
  }
}

/** The names of the wishes that are gone against. */
const named = (against: Record<string, unknown>): string[] => Object.keys(against).filter((name) => against[name])
