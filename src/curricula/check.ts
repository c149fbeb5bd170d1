import { Value } from 'typebox/value'
import { Type } from 'typebox'
import { type Doc, type Fault, faultAt } from '../content.ts'
import { findCycles } from '../referential/cycles.ts'
import { cycleFaults, identityFaults, type Known, nameFaults, refFaults, twiceFaults } from '../referential/known.ts'
import { CompetenceRef, keyOf } from '../referential/schema.ts'
import type { Module, Path } from './schema.ts'

export type CurriculaDocs = { modules: Doc<Module>[]; paths: Doc<Path>[] }

/** What is wrong with modules and paths of the right shape. Pure. */
export function checkCurricula({ modules, paths }: CurriculaDocs, known: Known): Fault[] {
  const bySlug = new Map(modules.map((doc) => [doc.value.slug, doc]))
  const edges = new Map(modules.map(({ value }) => [value.slug, value.prerequisites]))
  return [
    ...modules.flatMap((doc) => checkModule(doc, known)),
    ...paths.flatMap((doc) => checkPath(doc, known)),
    ...cycleFaults(findCycles(edges), 'l’ordre des prérequis', (slug) => [bySlug.get(slug)!, ['prerequisites']]),
  ]
}

function checkModule(doc: Doc<Module>, known: Known): Fault[] {
  const { slug, competences, prerequisites, publics, prepares, hours } = doc.value
  const blocks = prepares && (known.certifications?.get(prepares.certification) ?? null)
  const isBackwards = hours && hours.min !== null && hours.max !== null && hours.min > hours.max
  return [
    ...identityFaults(doc, ['slug'], 'modules', slug),
    ...competences.flatMap((one, rank) => refFaults(doc, ['competences', rank], one, known, 'any')),
    ...twiceFaults(doc, competences, keyOf, (rank) => ['competences', rank]),
    ...twiceFaults(
      doc,
      prerequisites,
      (one) => one,
      (rank) => ['prerequisites', rank],
    ),
    ...namesFaults(doc, 'prerequisites', prerequisites, known.modules, 'le module'),
    ...namesFaults(doc, 'publics', publics, known.metiers, 'le métier'),
    ...nameFaults(doc, ['prepares'], prepares?.certification, known.certifications, 'la certification'),
    ...nameFaults(doc, ['prepares'], prepares?.block, blocks, 'le bloc'),
    ...(isBackwards
      ? [faultAt(doc, ['hours'], 'la durée la plus courte dépasse la plus longue', 'Échangez-les.')]
      : []),
  ]
}

const namesFaults = (doc: Doc, field: string, names: readonly string[], known: Set<string> | null, what: string) =>
  names.flatMap((one, rank) => nameFaults(doc, [field, rank], one, known, what))

/** What the target of a path may name. */
const Target = Type.Object({
  metier: Type.Optional(Type.String()),
  certification: Type.Optional(Type.String()),
  blocks: Type.Optional(Type.Array(Type.String())),
  competences: Type.Optional(Type.Array(CompetenceRef)),
})

function checkPath(doc: Doc<Path>, known: Known): Fault[] {
  const { slug, target, publics, stages } = doc.value
  return [
    ...identityFaults(doc, ['slug'], 'paths', slug),
    ...namesFaults(doc, 'publics', publics, known.metiers, 'le métier'),
    ...stages.flatMap(({ modules, choose }, stage) => [
      ...modules.flatMap((one, rank) =>
        nameFaults(doc, ['stages', stage, 'modules', rank], one, known.modules, 'le module'),
      ),
      ...twiceFaults(
        doc,
        modules,
        (one) => one,
        (rank) => ['stages', stage, 'modules', rank],
      ),
      ...(typeof choose === 'number' && (choose < 1 || choose > modules.length)
        ? [faultAt(doc, ['stages', stage, 'choose'], `cette étape a ${modules.length} modules`, 'Corrigez « choose ».')]
        : []),
    ]),
    ...(Value.Check(Target, target)
      ? [
          ...nameFaults(doc, ['target', 'metier'], target.metier, known.metiers, 'le métier'),
          ...nameFaults(
            doc,
            ['target', 'certification'],
            target.certification,
            known.certifications,
            'la certification',
          ),
          ...(target.competences ?? []).flatMap((one, rank) =>
            refFaults(doc, ['target', 'competences', rank], one, known, 'competence'),
          ),
        ]
      : [faultAt(doc, ['target'], 'le but ne se lit pas', 'Nommez un métier, une certification ou des compétences.')]),
  ]
}
