import { answers, type Reached } from '../curricula/plan-model.ts'
import { listModules } from '../curricula/curricula.ts'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import { labelCompetences } from '../referential/competence-labels.ts'
import { listCertifications, listCrosswalks } from '../referential/referential.ts'
import { type CompetenceRef, keyOf } from '../referential/schema.ts'
import { parseSource } from '../referential/skos.ts'
import { blockKey, type Need, taughtBy } from './needs.ts'
import type { PlanRequest } from './schema.ts'

type Crosswalk = Awaited<ReturnType<typeof listCrosswalks>>[number]

/** The link of a table by which something held counts for another: its two ends, its standing and its source. */
type Through = {
  from: CompetenceRef
  to: CompetenceRef
  relation: Crosswalk['relation']
  status: Crosswalk['status']
  source: unknown
}
export type Held = Reached & { through: Through | null }

/** What evidence is read against: the tables between frameworks, the modules, the certifications. Three queries. */
type Known = Awaited<ReturnType<typeof readKnown>>
export const readKnown = async (db: Db) => ({
  tables: await listCrosswalks(db),
  modules: await listModules(db),
  certifications: await listCertifications(db),
})

/**
 * What someone already has, in the words of the needs, with what badges attest: a competence counts as itself, and as its
 * official equals; as what proposed tables say too when that is asked for (`crosswalks`). Error: `plan_evidence` for what no
 * catalogue knows.
 */
export function heldOf(
  known: Known,
  evidence: NonNullable<PlanRequest['evidence']>,
  attested: CompetenceRef[],
): Held[] {
  const { competences = [], modules = [], blocks = [], certifications = [], crosswalks = 'official' } = evidence
  const tables = known.tables.filter(
    ({ relation, status }) => crosswalks === 'proposed' || (status === 'official' && relation === 'exactMatch'),
  )
  const unknown = modules.find((slug) => !known.modules.some((one) => one.slug === slug))
  if (unknown) throw unknownEvidence('Le module', unknown, 'GET /api/v1/modules')
  const titles = blocksHeld(known, certifications)
  const said = [...competences, ...attested].map((one) => ({ competence: keyOf(one), level: one.level ?? null }))
  const taught = known.modules.filter((one) => modules.includes(one.slug)).flatMap(taughtBy)
  const prepared = blocks.map((one) => ({ competence: `bloc/${one}`, level: null }))
  const own = [...said, ...taught, ...titles, ...prepared].map((one): Held => ({ ...one, through: null }))
  const links = tables.flatMap(linksOf)
  return own.concat(
    own.flatMap(({ competence, level }) =>
      links
        .filter((one) => keyOf(one.through.from) === competence)
        .map(({ through, keepsLevel }) => ({
          competence: keyOf(through.to),
          level: keepsLevel ? level : null,
          through,
        })),
    ),
  )
}

/**
 * What holding one end of a link says of the other. An exact match goes both ways (SKOS Reference §10.1). A close match, « sufficiently
 * similar that they can be used interchangeably in some applications » (§10.1), does too, and is not transitive: links are never
 * chained. Whoever shows the broader competence whole shows the narrower one in it, not the reverse: « from narrowMatch to »
 * reads « to is narrower ». A related match says nothing. Levels pass between versions of one framework only: the scales of two frameworks
 * (Pix 0 to 8, DigComp 1 to 8) are not the same, and no table tells how they compare.
 */
function linksOf({ from, relation, to, status, source }: Crosswalk): { through: Through; keepsLevel: boolean }[] {
  const link = (a: CompetenceRef, b: CompetenceRef) => ({
    through: { from: a, to: b, relation, status, source: parseSource(source) },
    keepsLevel: a.framework === b.framework && relation === 'exactMatch',
  })
  switch (relation) {
    case 'exactMatch':
    case 'closeMatch':
      return [link(from, to), link(to, from)]
    case 'narrowMatch':
      return [link(from, to)]
    case 'broadMatch':
      return [link(to, from)]
    case 'relatedMatch':
      return []
  }
}

/**
 * The needs that people meet by a table alone, each with the link that counted (an official one where there is one) and the words of
 * what is held.
 */
export async function metThrough<Who>(db: Db, needs: Need[], people: { who: Who; held: Held[] }[]) {
  const met = people.flatMap(({ who, held }) =>
    needs.flatMap((need) => {
      const enough = held.filter((one) => answers(need, one))
      if (enough.some((one) => one.through === null)) return []
      const through = enough
        .flatMap((one) => one.through ?? [])
        .toSorted((a, b) => a.status.localeCompare(b.status) || keyOf(a.from).localeCompare(keyOf(b.from)))[0]
      return through ? [{ who, need: need.label, ...through }] : []
    }),
  )
  const labelled = await labelCompetences(
    db,
    met.map((one) => one.from),
  )
  return met.map((one, index) => {
    const { frameworkTitle, code, label } = labelled[index]!
    return { ...one, held: `${code} ${label.text} (${frameworkTitle})` }
  })
}

/** Whoever holds a title holds its blocks; a block is not its title. */
function blocksHeld({ certifications }: Known, slugs: string[]): Reached[] {
  return slugs.flatMap((slug) => {
    const found = certifications.find((one) => one.slug === slug)
    if (!found) throw unknownEvidence('La certification', slug, 'GET /api/v1/certifications')
    return found.blocks.flatMap(({ ref }) => (ref === null ? [] : [{ competence: blockKey(slug, ref), level: null }]))
  })
}

const unknownEvidence = (what: string, name: string, where: string) =>
  invalid('plan_evidence', `${what} « ${name} » n’existe pas au catalogue.`, `Ceux qui existent : ${where}.`, {
    field: 'evidence',
  })
