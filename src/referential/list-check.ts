import type { Doc, Fault } from '../content.ts'
import { identityFaults, type Known, nameFaults, refFaults, twiceFaults } from './known.ts'
import { entryKey } from './list-entries.ts'
import type { ListEntry, ListFile, ListKind } from './list-schema.ts'

type Checks = { [K in ListKind]: (doc: Doc, rank: number, entry: ListEntry<K>, known: Known) => Fault[] }

/** What each entry refers to. */
const CHECKS: Checks = {
  requirements: (doc, rank, { metier, competence, level }, known) => [
    ...nameFaults(doc, ['entries', rank, 'metier'], metier, known.metiers, 'le métier'),
    ...refFaults(doc, ['entries', rank, 'competence'], { ...competence, level }, known, 'competence', [
      'entries',
      rank,
      'level',
    ]),
  ],
  duties: (doc, rank, { metier, duty }, known) => [
    ...nameFaults(doc, ['entries', rank, 'metier'], metier, known.metiers, 'le métier'),
    ...refFaults(doc, ['entries', rank, 'duty'], duty, known, 'duty'),
  ],
  activities: (doc, rank, { activity, competence }, known) => [
    ...refFaults(doc, ['entries', rank, 'activity'], activity, known, 'duty'),
    ...refFaults(doc, ['entries', rank, 'competence'], competence, known, 'competence'),
  ],
  bridges: (doc, rank, { from, to }, known) => [
    ...nameFaults(doc, ['entries', rank, 'from'], from, known.metiers, 'le métier'),
    ...nameFaults(doc, ['entries', rank, 'to'], to, known.metiers, 'le métier'),
  ],
  'field-needs': (doc, rank, { certification, block, competences }, known) => {
    const blocks = known.certifications?.get(certification) ?? null
    return [
      ...nameFaults(doc, ['entries', rank, 'certification'], certification, known.certifications, 'la certification'),
      ...nameFaults(doc, ['entries', rank, 'block'], block, blocks, 'le bloc'),
      ...competences.flatMap((one, i) => refFaults(doc, ['entries', rank, 'competences', i], one, known, 'competence')),
    ]
  },
}

/** What is wrong with a list of the right shape: what it refers to, and what it says twice. */
export function checkList(doc: Doc<ListFile>, known: Known): Fault[] {
  const { list, kind, entries } = doc.value
  const all = entries as ListEntry[]
  const check = CHECKS[kind] as (doc: Doc, rank: number, entry: ListEntry, known: Known) => Fault[]
  return [
    ...identityFaults(doc, ['list'], 'lists', list),
    ...twiceFaults(
      doc,
      all,
      (one) => entryKey(kind, one as never),
      (rank) => ['entries', rank],
    ),
    ...all.flatMap((one, rank) => check(doc, rank, one, known)),
  ]
}
