import type { Reached } from '../curricula/plan-model.ts'
import { listModules } from '../curricula/curricula.ts'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import { listCertifications, listCrosswalks } from '../referential/referential.ts'
import type { CompetenceRef } from '../referential/schema.ts'
import { blockKey, keyOf, taughtBy } from './needs.ts'
import type { PlanRequest } from './schema.ts'

/**
 * What someone already has, in the words of the needs, with what badges attest: a competence counts as itself, and as its
 * official equals. Error: `plan_evidence` for what no catalogue knows.
 */
export async function heldOf(db: Db, evidence: NonNullable<PlanRequest['evidence']>, attested: CompetenceRef[]) {
  const { competences = [], modules = [], blocks = [], certifications = [] } = evidence
  const equals = (await listCrosswalks(db)).filter((one) => one.relation === 'exactMatch' && one.status === 'official')
  const all = await listModules(db)
  const unknown = modules.find((slug) => !all.some((one) => one.slug === slug))
  if (unknown) throw unknownEvidence('Le module', unknown, 'GET /api/v1/modules')
  const titles = await blocksHeld(db, certifications)
  const said = [...competences, ...attested].map((one) => ({ competence: keyOf(one), level: one.level ?? null }))
  const taught = all.filter((one) => modules.includes(one.slug)).flatMap(taughtBy)
  const own: Reached[] = [
    ...said,
    ...taught,
    ...titles,
    ...blocks.map((one) => ({ competence: `bloc/${one}`, level: null })),
  ]
  return own.concat(
    own.flatMap(({ competence, level }) =>
      equals.flatMap(({ from, to }) => {
        if (keyOf(from) === competence) return [{ competence: keyOf(to), level }]
        return keyOf(to) === competence ? [{ competence: keyOf(from), level }] : []
      }),
    ),
  )
}

/** Whoever holds a title holds its blocks; a block is not its title. */
async function blocksHeld(db: Db, slugs: string[]): Promise<Reached[]> {
  const known = new Map((await listCertifications(db)).map((one) => [one.slug, one]))
  return slugs.flatMap((slug) => {
    const found = known.get(slug)
    if (!found) throw unknownEvidence('La certification', slug, 'GET /api/v1/certifications')
    return found.blocks.flatMap(({ ref }) => (ref === null ? [] : [{ competence: blockKey(slug, ref), level: null }]))
  })
}

const unknownEvidence = (what: string, name: string, where: string) =>
  invalid('plan_evidence', `${what} « ${name} » n’existe pas au catalogue.`, `Ceux qui existent : ${where}.`, {
    field: 'evidence',
  })
