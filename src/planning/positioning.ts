import { createHash, randomBytes } from 'node:crypto'
import { answers } from '../curricula/plan-model.ts'
import { listModules, listPaths } from '../curricula/curricula.ts'
import type { Db } from '../db.ts'
import { DomainError, invalid } from '../errors.ts'
import type { Identity } from '../people/people.ts'
import { listCertifications, listCompetences, listCrosswalks, listFrameworks } from '../referential/referential.ts'
import { type CompetenceRef, keyOf } from '../referential/schema.ts'
import type { VerifiedBadge } from './badge-evidence.ts'
import { type Need, needsOf } from './needs.ts'
import { type PlanDeps, planPath } from './plan.ts'
import type { BASES, PlanRequest } from './schema.ts'
import { listTargets } from './targets.ts'

type Target = PlanRequest['target']
type Basis = keyof typeof BASES
type Evidence = Omit<NonNullable<PlanRequest['evidence']>, 'badges' | 'recipient'>

/** A badge that does not count that day, and why, in French. */
export type LeftBadge = { id: string; name: string; why: string }
type Given = {
  target: Target
  evidence: Evidence
  /** Badges that were found to hold for that person, and those that do not. */
  badges: VerifiedBadge[]
  left: LeftBadge[]
  rationale: string | null
  /** As an organisation names her or him; null when the person makes it alone. */
  learner: Identity | null
}

/** What a positioning says, whole: nothing of it is to be looked up again, whatever becomes of the content. */
export type Positioning = Awaited<ReturnType<typeof composePositioning>>

/**
 * What someone can do, from what shows it, and the shortest path from there to a target (hours), with each reason: the test
 * from which people « sont orientés vers le parcours de formation adapté » (Observatoire 2022, l. 3495-3497). Nothing is
 * written. Errors: those of `planPath`, `plan_evidence` too for a competence or a level that no framework knows, `plan_unknown`.
 */
export async function composePositioning(deps: PlanDeps, given: Given, now = new Date()) {
  const { db } = deps
  const { target, evidence, badges, left, rationale, learner } = given
  const words = await wordsOf(db)
  const said = (evidence.competences ?? []).map((one) => ({ ...wordedRef(words, one), basis: one.basis }))
  const shown = badges.flatMap((one) => one.competences)
  const competences = [...(evidence.competences ?? []), ...shown.map((one) => ({ ...one, basis: 'badge' as const }))]
  const needs = await needsOf(db, target)
  const plan = await planPath(deps, { target, evidence: { ...evidence, competences } }, now)
  if (plan.outcome === 'unknown') throw unknown()
  const answer = answerOf(plan)
  return {
    format: 1,
    /** So that nobody finds the content again from the digest that the journal keeps. */
    salt: randomBytes(16).toString('base64url'),
    learner,
    target: { asked: target, label: await labelOf(db, target) },
    evidence: {
      badges: badges.map(({ id, name, competences, recognisedBy }) => ({
        id,
        name: name.slice(0, MAX_NAME),
        competences: competences.map((one) => wordedRef(words, one)),
        ...(recognisedBy !== undefined && { recognisedBy }),
      })),
      left,
      competences: said,
      modules: evidence.modules ?? [],
      certifications: evidence.certifications ?? [],
      blocks: evidence.blocks ?? [],
      crosswalks: evidence.crosswalks ?? 'official',
    },
    needs: needs.map((need) => ({
      label: need.label,
      level: need.level,
      isMet: plan.alreadyMet.includes(need.label),
      by: shownBy(need, said, badges),
      through: plan.heldThrough
        .filter((one) => one.need === need.label)
        .map(({ held, relation, status, source }) => ({ held, relation, status, source })),
    })),
    answer,
    rationale: rationale?.trim() || null,
    under: await versionsOf(db, needs, answer.steps),
  }
}

type Words = Map<string, { label: string; levels: number[] }>

/** The label of each competence and the levels of its framework, by key. */
async function wordsOf(db: Db): Promise<Words> {
  const levels = new Map(
    (await listFrameworks(db)).map((one) => [`${one.framework}/${one.version}`, one.levels.map(({ level }) => level)]),
  )
  return new Map(
    (await listCompetences(db)).map(({ framework, version, about: { code, label } }) => [
      keyOf({ framework, version, code }),
      { label: label.fr ?? label.en ?? code, levels: levels.get(`${framework}/${version}`) ?? [] },
    ]),
  )
}

function wordedRef(words: Words, { framework, version, code, level = null }: CompetenceRef) {
  const found = words.get(keyOf({ framework, version, code }))
  if (!found) {
    throw wrongEvidence(
      `La compétence « ${code} » du référentiel « ${framework} ${version} » est inconnue.`,
      'Les compétences sont sur /referentiels.',
    )
  }
  if (level !== null && !found.levels.includes(level)) {
    const scale = found.levels.length === 0 ? 'n’a pas de niveaux' : `va de ${found.levels[0]} à ${found.levels.at(-1)}`
    throw wrongEvidence(
      `Le niveau ${level} de la compétence « ${code} » n’existe pas : l’échelle de son référentiel ${scale}.`,
      'Corrigez le niveau, ou laissez-le vide.',
    )
  }
  return { framework, version, code, level, label: found.label }
}

type Worded = ReturnType<typeof wordedRef> & { basis: Basis }
/** `recognisedBy`: of a badge of elsewhere, the organisation that says so. */
export type ShownBy = { basis: Basis; what: string | null; level: number | null; recognisedBy?: string }

/** What shows a need directly; nothing when an equivalence, a module or a title does. */
export function shownBy(need: Need, said: Omit<Worded, 'label'>[], badges: VerifiedBadge[]): ShownBy[] {
  const isIt = (one: CompetenceRef) => answers(need, { competence: keyOf(one), level: one.level ?? null })
  return [
    ...badges.flatMap(({ name, competences, recognisedBy }) =>
      competences.filter(isIt).map(({ level = null }) => ({
        basis: 'badge' as const,
        what: name,
        level,
        ...(recognisedBy !== undefined && { recognisedBy }),
      })),
    ),
    ...said.filter(isIt).map(({ basis, level }) => ({ basis, what: null, level })),
  ]
}

type Answered = Exclude<Awaited<ReturnType<typeof planPath>>, { outcome: 'unknown' }>

/** What the planner answered, in the words that are kept: modules by their titles of that day, the next paths in short. */
function answerOf(plan: Answered) {
  const { supposedHours } = plan
  if (plan.outcome === 'impossible') {
    const { planIfGivenUp: rest, toGiveUp, proven } = plan
    const path = rest === null ? { ...NOTHING, proven } : pathOf(rest)
    return { ...path, supposedHours, hoursSaved: null, alternatives: [], unreachable: toGiveUp.needs }
  }
  const alternatives = plan.alternatives.map(({ hours, steps }) => ({
    hours,
    modules: steps.map((one) => one.module.title),
  }))
  return { ...pathOf(plan.plan), supposedHours, hoursSaved: plan.hoursSaved, alternatives, unreachable: [] as string[] }
}

type Path = Extract<Answered, { outcome: 'found' }>['plan']
const NOTHING: ReturnType<typeof pathOf> = { hours: 0, bound: 0, proven: true, steps: [] }

const pathOf = ({ hours, bound, proven, steps }: Path) => ({
  hours,
  bound,
  proven,
  steps: steps.map(({ module: { slug, title }, hours, hoursSupposed, answers, before }) => ({
    slug,
    title,
    hours,
    hoursSupposed,
    answers,
    before,
  })),
})

async function labelOf(db: Db, target: Target): Promise<string> {
  if (target.competences) return `Compétences choisies (${target.competences.length})`
  if (target.path) return `Parcours « ${(await listPaths(db)).find((one) => one.slug === target.path)!.title} »`
  const { blocks, ...whole } = target
  const known = (await listTargets(db)).find((one) => JSON.stringify(one.target) === JSON.stringify(whole))!
  return blocks ? `${known.label}, ${blocks.join(', ')}` : known.label
}

/** The versions of the content that it was computed under, and a digest of all that the planner chooses from. */
async function versionsOf(db: Db, needs: Need[], steps: { slug: string }[]) {
  const modules = await listModules(db)
  const crosswalks = (await listCrosswalks(db)).map((one) => JSON.stringify(one)).toSorted()
  const catalogue = JSON.stringify([modules, crosswalks, await listCertifications(db)])
  const frameworks = needs.flatMap(({ competence }) =>
    competence.startsWith('bloc/') ? [] : competence.split('/').slice(0, 2).join(' '),
  )
  return {
    frameworks: [...new Set(frameworks)].toSorted(),
    modules: modules
      .filter((one) => steps.some(({ slug }) => slug === one.slug))
      .map(({ slug, version }) => ({ slug, version })),
    catalogue: createHash('sha256').update(catalogue).digest('hex'),
  }
}

/** The name by which a later positioning of the same person finds the one that it supersedes. */
export function targetKey({ competences, blocks, ...named }: Target): string {
  const [[kind, slug] = ['competences', '']] = Object.entries(named)
  const rest = competences ? competences.map((one) => `${keyOf(one)}@${one.level ?? ''}`) : (blocks ?? [])
  const digest = createHash('sha256').update(JSON.stringify(rest.toSorted())).digest('hex').slice(0, 32)
  return [kind, slug, rest.length > 0 ? digest : ''].filter(Boolean).join(':')
}

/** A badge of elsewhere may bear any name. */
const MAX_NAME = 300

const wrongEvidence = (message: string, mend: string) => invalid('plan_evidence', message, mend, { field: 'evidence' })
const unknown = () =>
  new DomainError(
    'unavailable',
    'plan_unknown',
    'Le calcul du parcours n’a pas abouti : rien n’est gardé.',
    'Recommencez dans une minute.',
  )
