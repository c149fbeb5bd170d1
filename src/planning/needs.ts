import { Value } from 'typebox/value'
import type { Reached } from '../curricula/plan-model.ts'
import { listPaths } from '../curricula/curricula.ts'
import type { Module } from '../curricula/schema.ts'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import { labelCompetences } from '../referential/competence-labels.ts'
import { getMetier, listCertifications } from '../referential/referential.ts'
import { type CompetenceRef, keyOf } from '../referential/schema.ts'
import { type PlanRequest, Target } from './schema.ts'

/** What is to be reached, in words too. A block of a certification is reached by the module that prepares it. */
export type Need = Reached & { label: string }

export const blockKey = (certification: string, ref: string): string => `bloc/${certification}/${ref}`

const wrongTarget = (message: string, mend: string) => invalid('plan_target', message, mend, { field: 'target' })

/** Competences that an Aidants Connect training must teach (decision 011); the Pix test is no training. */
const HABILITATION: CompetenceRef[] = ['D4', 'D5'].map((code) => ({ framework: 'mediation', version: '1.0', code }))

/** What a target asks for. Errors: `plan_target` when it is none, several, unknown, or asks for nothing known. */
export async function needsOf(db: Db, { blocks, ...target }: PlanRequest['target']): Promise<Need[]> {
  const given = Object.values(target).filter((one) => one !== undefined)
  if (given.length !== 1) {
    throw wrongTarget(
      'Un parcours mène à un seul but.',
      'Donnez un métier, un parcours, une certification, une habilitation ou des compétences.',
    )
  }
  if (target.path !== undefined) return needsOf(db, await targetOfPath(db, target.path))
  const needs = target.certification
    ? await blocksOf(db, target.certification, blocks)
    : await competenceNeeds(db, await competencesOf(db, target))
  if (needs.length > 0) return needs
  throw wrongTarget(
    'Aucune source ne dit ce que demande ce but : rien ne peut être calculé.',
    'Choisissez un autre but, ou nommez les compétences voulues.',
  )
}

async function targetOfPath(db: Db, slug: string): Promise<PlanRequest['target']> {
  const found = (await listPaths(db)).find((one) => one.slug === slug)
  if (!found) throw wrongTarget(`Le parcours « ${slug} » est inconnu.`, 'Les parcours sont sur /parcours.')
  if (!Value.Check(Target, found.target) || found.target.path) {
    throw wrongTarget('Le but de ce parcours ne se calcule pas.', 'Choisissez un métier ou des compétences.')
  }
  return found.target
}

async function competencesOf(
  db: Db,
  { metier, habilitation, competences }: PlanRequest['target'],
): Promise<CompetenceRef[]> {
  if (competences !== undefined) return competences
  if (habilitation === 'aidants-connect') return HABILITATION
  if (habilitation !== undefined) {
    throw wrongTarget(`L’habilitation « ${habilitation} » est inconnue.`, 'La seule connue est « aidants-connect ».')
  }
  const found = await getMetier(db, metier!)
  return found.scheme_of === null ? found.competences : (await getMetier(db, found.scheme_of)).competences
}

/** The highest level asked of each competence. Errors: `plan_target` for one that no framework knows. */
async function competenceNeeds(db: Db, refs: CompetenceRef[]): Promise<Need[]> {
  const labelled = await labelCompetences(db, refs)
  const unknown = labelled.find(({ label, code }) => label.text === code)
  if (unknown)
    throw wrongTarget(`La compétence « ${keyOf(unknown)} » est inconnue.`, 'Les compétences sont sur /referentiels.')
  const byKey = Map.groupBy(labelled, keyOf)
  return [...byKey].map(([competence, asked]) => ({
    competence,
    level: asked.reduce<number | null>((most, { level }) => Math.max(most ?? 0, level ?? 0) || null, null),
    label: `${asked[0]!.code} ${asked[0]!.label.text}`,
  }))
}

async function blocksOf(db: Db, slug: string, blocks: string[] | undefined): Promise<Need[]> {
  const found = (await listCertifications(db)).find((one) => one.slug === slug)
  if (!found)
    throw wrongTarget(`La certification « ${slug} » est inconnue.`, 'Prenez-la dans GET /api/v1/certifications.')
  const known = found.blocks.flatMap(({ ref, title }) => (ref === null ? [] : [{ ref, title }]))
  const unknown = (blocks ?? []).find((ref) => !known.some((one) => one.ref === ref))
  if (unknown)
    throw wrongTarget(
      `Le bloc « ${unknown} » n’est pas de cette certification.`,
      `Ses blocs connus : ${known.map((one) => one.ref).join(', ') || 'aucun'}.`,
    )
  return known
    .filter(({ ref }) => !blocks || blocks.includes(ref))
    .map(({ ref, title }) => ({
      competence: blockKey(slug, ref),
      level: null,
      label: [ref, title].filter(Boolean).join(' : '),
    }))
}

/** What a module brings: its competences, and the block that it prepares. */
export function taughtBy({ competences, prepares }: Module): Reached[] {
  const taught = competences.map((one) => ({ competence: keyOf(one), level: one.level ?? null }))
  return prepares?.block
    ? [...taught, { competence: blockKey(prepares.certification, prepares.block), level: null }]
    : taught
}
