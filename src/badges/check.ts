import { createHash } from 'node:crypto'
import type { Static } from 'typebox'
import { type Doc, type Fault, faultAt } from '../content.ts'
import type { Module } from '../curricula/schema.ts'
import { identityFaults, type Known, nameFaults, refFaults, twiceFaults } from '../referential/known.ts'
import { type CompetenceRef, keyOf } from '../referential/schema.ts'
import type { AchievementFile } from './schema.ts'

export type BadgeFile = Static<typeof AchievementFile>
export type BadgeDocs = { badges: Doc<BadgeFile>[]; modules: Doc<Module>[] }

/** A badge class that was published: it never changes, and what it attests stays in the referential. */
export type Published = { slug: string; version: string; digest: string; competences: CompetenceRef[] }

/** What a badge attests: its own competences, or those of its module; null for a module that is not there. */
export function attestedBy(file: BadgeFile, modules: readonly Module[]): CompetenceRef[] | null {
  return file.competences ?? modules.find((one) => one.slug === file.module)?.competences ?? null
}

/** What tells a text of a badge from another. */
export const digestOf = (file: BadgeFile, attested: readonly CompetenceRef[]): string =>
  createHash('sha256')
    .update(JSON.stringify([file, attested]))
    .digest('base64url')

/** What earns a badge, as `achievements.subject` keeps it; null unless there is one thing, and one only. */
export function subjectOf(file: BadgeFile): string | null {
  const { module, block, habilitation, path, blocks, continuing } = file
  const subjects = [
    module && `module:${module}`,
    block && `block:${block.certification}/${block.ref}`,
    habilitation && `habilitation:${habilitation}`,
    path && `path:${path}`,
    blocks && `blocks:${blocks}`,
    continuing && `continuing:${continuing}`,
  ].filter((one) => typeof one === 'string')
  return subjects.length === 1 ? subjects[0]! : null
}

/** What is wrong with badges of the right shape, `published` ones that would change among it. Pure. */
export function checkBadges({ badges, modules }: BadgeDocs, known: Known, published: readonly Published[]): Fault[] {
  const texts = modules.map((one) => one.value)
  const versions = new Map(published.map((one) => [`${one.slug} ${one.version}`, one]))
  return badges.flatMap((doc) => {
    const { slug, version, module, block, blocks, competences } = doc.value
    const inBlock = block && (known.certifications?.get(block.certification) ?? null)
    const faults = [
      ...identityFaults(doc, ['slug'], 'badges', slug),
      ...nameFaults(doc, ['module'], module, known.modules, 'le module'),
      ...nameFaults(doc, ['block'], block?.certification, known.certifications, 'la certification'),
      ...nameFaults(doc, ['block'], block?.ref, inBlock ?? null, 'le bloc'),
      ...nameFaults(doc, ['blocks'], blocks, known.certifications, 'la certification'),
      ...(competences ?? []).flatMap((one, rank) => refFaults(doc, ['competences', rank], one, known, 'any')),
      ...twiceFaults(doc, competences ?? [], keyOf, (rank) => ['competences', rank]),
    ]
    if (!subjectOf(doc.value)) faults.push(faultAt(doc, ['slug'], 'un badge a un objet, et un seul', 'Gardez-en un.'))
    const attested = attestedBy(doc.value, texts)
    const before = versions.get(`${slug} ${version}`)
    if (!attested || !before || before.digest === digestOf(doc.value, attested)) return faults
    const changed = !doc.value.competences && !isSame(before.competences, attested)
    const source = changed ? modules.find((one) => one.value.slug === module) : undefined
    return [...faults, ...(source ? changedModule(source, doc) : changedBadge(doc))]
  })
}

const isSame = (one: readonly CompetenceRef[], other: readonly CompetenceRef[]): boolean =>
  JSON.stringify(one.map(saidOf)) === JSON.stringify(other.map(saidOf))
const saidOf = (one: CompetenceRef) => [keyOf(one), one.level ?? null]

const changedBadge = (doc: Doc<BadgeFile>): Fault[] => [
  faultAt(
    doc,
    ['version'],
    `la version ${doc.value.version} est publiée et a changé`,
    'Donnez à ce nouveau texte un nouveau numéro de version.',
  ),
]

const changedModule = (module: Doc<Module>, { name, value: { version } }: Doc<BadgeFile>): Fault[] => [
  faultAt(
    module,
    ['competences'],
    `ces compétences sont celles du badge ${name}, dont la version ${version} est publiée et a changé`,
    'Reprenez-les telles quelles, ou donnez à ce badge un nouveau numéro de version.',
  ),
]

/** What published badges attest and the referential would no longer hold, once for each competence. */
export function lostFaults(published: readonly Published[], { competences }: Known): Fault[] {
  if (!competences) return []
  const lost = published.flatMap((one) => one.competences.map((ref) => ({ ref, badge: one.slug })))
  const byRef = Map.groupBy(
    lost.filter(({ ref }) => !competences.has(keyOf(ref))),
    ({ ref }) => keyOf(ref),
  )
  return [...byRef.values()].map((found) => {
    const { ref, badge } = found[0]!
    return {
      file: `referential/${ref.framework}-${ref.version}.yaml`,
      line: 1,
      column: 1,
      problem: `« ${ref.framework} ${ref.version} ${ref.code} » en est absent, alors que le badge publié « ${badge} » l’atteste`,
      mend: 'Remettez cette entrée : ce qui est attesté doit rester décrit.',
    }
  })
}
