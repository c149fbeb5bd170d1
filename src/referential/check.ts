import { type Doc, type Fault, faultAt } from '../content.ts'
import { findCycles } from './cycles.ts'
import { cycleFaults, identityFaults, type Known, nameFaults, refFaults, twiceFaults } from './known.ts'
import { checkList } from './list-check.ts'
import type { ListFile } from './list-schema.ts'
import type { Certification, Crosswalk, Framework, MetierFile } from './schema.ts'

export type ReferentialDocs = {
  frameworks: Doc<Framework>[]
  crosswalks: Doc<Crosswalk[]>[]
  lists: Doc<ListFile>[]
  metiers: Doc<MetierFile[]>[]
  certifications: Doc<Certification[]>[]
}

/** What is wrong with frameworks, crosswalks, lists, métiers and certifications of the right shape. Pure. */
export function checkReferential(docs: ReferentialDocs, known: Known): Fault[] {
  return [
    ...docs.frameworks.flatMap((doc) => checkFramework(doc, known)),
    ...docs.crosswalks.flatMap((doc) => checkCrosswalks(doc, known)),
    ...docs.lists.flatMap((doc) => checkList(doc, known)),
    ...docs.metiers.flatMap((doc) => checkMetiers(doc, known)),
    ...docs.certifications.flatMap((doc) => checkCertifications(doc, known)),
  ]
}

/** What an address can carry. */
const SEGMENT = /^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$/
const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/

function checkFramework(doc: Doc<Framework>, known: Known): Fault[] {
  const { framework, version, competences } = doc.value
  const codes = new Map(competences.map((one, rank) => [one.code, rank]))
  const named = [
    [['framework'], framework],
    [['version'], version],
    ...competences.map(({ code }, rank) => [['competences', rank, 'code'], code] as const),
  ] as const
  const parents = competences.flatMap(({ parent }, rank) =>
    nameFaults(doc, ['competences', rank, 'parent'], parent, codes, 'l’entrée'),
  )
  const publics = competences.flatMap((one, rank) =>
    (one.publics ?? []).flatMap((slug, i) =>
      nameFaults(doc, ['competences', rank, 'publics', i], slug, known.metiers, 'le métier'),
    ),
  )
  const edges = new Map(competences.map(({ code, parent }) => [code, typeof parent === 'string' ? [parent] : []]))
  return [
    ...identityFaults(doc, ['framework'], 'referential', `${framework}-${version}`),
    ...named.flatMap(([path, name]) => wrongName(doc, path, name, SEGMENT, 20)),
    ...twiceFaults(
      doc,
      competences,
      (one) => one.code,
      (rank) => ['competences', rank, 'code'],
    ),
    ...twiceFaults(
      doc,
      doc.value.levels,
      (one) => `niveau ${one.level}`,
      (rank) => ['levels', rank],
    ),
    ...parents,
    ...publics,
    ...cycleFaults(findCycles(edges), 'l’emboîtement', (code) => [doc, ['competences', codes.get(code)!, 'parent']]),
  ]
}

function wrongName(doc: Doc, path: readonly (string | number)[], name: string, form: RegExp, most: number): Fault[] {
  if (form.test(name) && name.length <= most) return []
  const mend = `Écrivez des lettres sans accent, chiffres, points et traits d’union, ${most} signes au plus.`
  return [faultAt(doc, path, `« ${name.slice(0, 60)} » ne peut pas servir de nom`, mend)]
}

function checkCrosswalks(doc: Doc<Crosswalk[]>, known: Known): Fault[] {
  const all = doc.value.flatMap(({ from, to, relations }, table) =>
    relations.map((one, rank) => ({
      ...one,
      from: { ...from, code: one.from },
      to: { ...to, code: one.to },
      table,
      rank,
    })),
  )
  const pathOf = ({ table, rank }: (typeof all)[number]) => [table, 'relations', rank] as const
  const name = ({ framework, version, code }: (typeof all)[number]['from']) => `${framework} ${version} ${code}`
  return [
    ...all.flatMap((one) => refFaults(doc, [...pathOf(one), 'from'], one.from, known, 'any')),
    ...all.flatMap((one) => refFaults(doc, [...pathOf(one), 'to'], one.to, known, 'any')),
    ...twiceFaults(
      doc,
      all,
      (one) => `${name(one.from)} ${one.relation} ${name(one.to)}`,
      (i) => pathOf(all[i]!),
    ),
  ]
}

function checkMetiers(doc: Doc<MetierFile[]>, known: Known): Fault[] {
  const ranks = new Map(doc.value.map((one, rank) => [one.slug, rank]))
  const edges = new Map(doc.value.map(({ slug, scheme_of: of }) => [slug, of === null ? [] : [of]]))
  return [
    ...doc.value.flatMap(({ slug }, rank) => wrongName(doc, [rank, 'slug'], slug, SLUG, 80)),
    ...twiceFaults(
      doc,
      doc.value,
      (one) => one.slug,
      (rank) => [rank, 'slug'],
    ),
    ...doc.value.flatMap((one, rank) =>
      nameFaults(doc, [rank, 'scheme_of'], one.scheme_of, known.metiers, 'le métier'),
    ),
    ...cycleFaults(findCycles(edges), '« scheme_of »', (slug) => [doc, [ranks.get(slug)!, 'scheme_of']]),
  ]
}

function checkCertifications(doc: Doc<Certification[]>, known: Known): Fault[] {
  const all = doc.value
  const ranks = new Map(all.map((one, rank) => [one.slug, rank]))
  // From the newer to the older, however it is said.
  const edges = new Map(all.map(({ slug }) => [slug, [] as string[]]))
  for (const { slug, replaces, replaced_by: by } of all) {
    if (replaces !== null) edges.get(slug)!.push(replaces)
    if (by !== null) edges.get(by)?.push(slug)
  }
  const linkOf = (slug: string) => {
    const rank = ranks.get(slug)!
    return [doc, [rank, all[rank]!.replaces === null ? 'replaced_by' : 'replaces']] as const
  }
  return [
    ...all.flatMap(({ slug }, rank) => wrongName(doc, [rank, 'slug'], slug, SLUG, 80)),
    ...twiceFaults(
      doc,
      all,
      (one) => one.slug,
      (rank) => [rank, 'slug'],
    ),
    ...twiceFaults(
      doc,
      all,
      (one) => one.code,
      (rank) => [rank, 'code'],
    ),
    ...all.flatMap(({ blocks }, rank) =>
      twiceFaults(
        doc,
        blocks,
        (one) => one.ref,
        (i) => [rank, 'blocks', i, 'ref'],
      ),
    ),
    ...(['replaces', 'replaced_by'] as const).flatMap((field) =>
      all.flatMap((one, rank) => nameFaults(doc, [rank, field], one[field], known.certifications, 'la certification')),
    ),
    ...cycleFaults(findCycles(edges), 'le remplacement', linkOf),
  ]
}
