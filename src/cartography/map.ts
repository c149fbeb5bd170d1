import { listAchievements } from '../badges/achievements.ts'
import { listModules } from '../curricula/curricula.ts'
import type { Module } from '../curricula/schema.ts'
import type { Db } from '../db.ts'
import { DUTIES } from '../referential/known.ts'
import { axisOf, inForce, listLists } from '../referential/lists.ts'
import {
  listCertifications,
  listCompetences,
  listCrosswalks,
  listFrameworks,
  listMetiers,
} from '../referential/referential.ts'
import { type CompetenceEntry, keyOf, type Metier, type Requirement } from '../referential/schema.ts'

/** What the sector knows of itself at a moment: every entry with its source, what is not official saying so. */
export type CartographyMap = Awaited<ReturnType<typeof readMap>>

/**
 * The map in force: métiers, roles and schemes, what they do and ask, and what teaches, shows and certifies it. Eight queries,
 * whatever there is. `requirements` names each competence asked by its key.
 */
export async function readMap(db: Db) {
  // One after the other: a transaction has one connection.
  const [frameworks, all] = [await listFrameworks(db), await listCompetences(db)]
  const [files, metiers] = [await listLists(db), await listMetiers(db)]
  const [modules, certifications] = [await listModules(db), await listCertifications(db)]
  const [badges, crosswalks] = [await listAchievements(db), await listCrosswalks(db)]
  const axis = axisOf(frameworks)
  const entries = all.map((one) => entryOf(one, axis))
  const isDuty = ({ kind }: { kind: string }): boolean => DUTIES.includes(kind)
  return {
    lists: files.map(({ entries, ...header }) => ({ ...header, entries: entries.length })),
    frameworks,
    metiers,
    duties: entries.filter(isDuty),
    competences: entries.filter((one) => !isDuty(one) && one.kind !== 'area'),
    areas: entries.filter((one) => one.kind === 'area'),
    requirements: metiers.flatMap(requirementsOf),
    dutiesOf: inForce(files, 'duties', axis).map(({ duty, ...rest }) => ({ ...rest, duty: keyOf(duty) })),
    activities: inForce(files, 'activities', axis).map(({ activity, competence, ...rest }) => ({
      ...rest,
      activity: keyOf(activity),
      competence: keyOf(competence),
    })),
    bridges: inForce(files, 'bridges', axis),
    fieldNeeds: inForce(files, 'field-needs', axis),
    modules,
    teaching: modules.flatMap(taughtBy),
    certifications,
    badges,
    crosswalks,
  }
}

type Competence = Awaited<ReturnType<typeof listCompetences>>[number]
function entryOf({ framework, version, about }: Competence, axis: ReturnType<typeof axisOf>) {
  const { code, kind, parent = null, esco = null, label, description = null, source = null } = about
  const parentKey = parent === null ? null : keyOf({ framework, version, code: parent })
  return {
    key: keyOf({ framework, version, code }),
    framework,
    version,
    code,
    kind,
    axis: axis({ framework, version }),
    parent: parentKey,
    label: wordsOf(label, code),
    description: description?.fr ?? null,
    esco,
    source,
  }
}

const wordsOf = ({ fr, en }: CompetenceEntry['label'], code: string): string => fr ?? en ?? code

/** What a métier asks; a scheme, what the métier that it funds asks: it asks nothing of its own. */
const requirementsOf = ({ slug, competences }: Metier): (Requirement & { metier: string; competence: string })[] =>
  competences.map((one) => ({ ...one, metier: slug, competence: keyOf(one) }))

const taughtBy = ({ slug, competences, competences_status: status }: Module) =>
  competences.map((one) => ({ module: slug, competence: keyOf(one), level: one.level ?? null, status }))
