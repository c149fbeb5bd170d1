import { duration } from '../curricula/module-view.ts'
import { bothForms } from '../referential/metier-view.ts'
import { counted } from '../web/components.ts'
import { type Box, drawLayers, type Edge, type Layer } from './map-drawing.ts'
import { AXIS_WORDS, competencePath } from './map-words.ts'
import type { AskedCompetence, DoneDuty, MetierReading } from './metier-reading.ts'

/** A métier as three columns: what one does, what that asks, what teaches and certifies it; the first only where a list says it. */
export function drawMetier({ metier, duties, asked }: MetierReading): string {
  const offers = offersOf(asked)
  const layers: Layer[] = [
    { groups: [{ title: 'Ce qu’on y fait', boxes: duties.map(dutyBox) }] },
    { groups: competenceGroups(asked) },
    { groups: offers.groups },
  ].map(({ groups }) => ({ groups: groups.filter((one) => one.boxes.length > 0) }))
  const takes = duties.flatMap(({ duty, takes: taken }) =>
    taken.map((one): Edge => ({ from: duty.key, to: one.competence.key })),
  )
  return drawLayers({
    id: 'dessin',
    title: `${bothForms(metier)} : de ce qu’on fait à ce qui l’enseigne`,
    about: `${counted(duties.length, 'mission ou activité', 'missions et activités')}, ${counted(asked.length, 'compétence')}, ${counted(offers.count, 'module ou bloc', 'modules et blocs')}. Les listes sous le dessin disent la même chose.`,
    layers: layers.filter((one) => one.groups.length > 0),
    edges: [...takes, ...offers.edges],
  })
}

const dutyBox = ({ duty }: DoneDuty): Box => ({
  id: duty.key,
  words: duty.label,
  href: `/referentiels/${duty.framework}/${duty.version}/${encodeURIComponent(duty.code)}`,
  isInside: duty.kind === 'activite',
})

const competenceGroups = (asked: AskedCompetence[]): Layer['groups'] =>
  Object.entries(AXIS_WORDS).map(([axis, title]) => ({
    title,
    boxes: asked.filter((one) => one.competence.axis === axis).map(competenceBox),
  }))

function competenceBox({ competence, requirement, teachers }: AskedCompetence): Box {
  const { key, code, label } = competence
  const level = typeof requirement.level === 'number' ? `niveau ${requirement.level}` : null
  const missing = teachers.length === 0 ? 'aucun module ne l’enseigne' : null
  return {
    id: key,
    words: `${code} ${label}`,
    href: competencePath(competence),
    under: [level, missing].filter(Boolean).join(', ') || undefined,
    tone: requirement.importance ?? 'unsaid',
    isMissing: teachers.length === 0,
  }
}

type Offer = { box: Box; to: number[]; isBlock: boolean }

/** What answers to what is asked, each near the competences that it answers to, so that fewer curves cross. */
function offersOf(asked: AskedCompetence[]): { groups: Layer['groups']; edges: Edge[]; count: number } {
  const offers = new Map<string, Offer>()
  const add = (box: Box, isBlock: boolean, at: number): void => {
    const known = offers.get(box.id) ?? { box, to: [], isBlock }
    offers.set(box.id, { ...known, to: [...known.to, at] })
  }
  for (const [at, { teachers, blocks }] of asked.entries()) {
    for (const { module, badge } of teachers) {
      const box = { id: `module:${module.slug}`, words: module.title, href: `/modules/${module.slug}` }
      add({ ...box, under: duration(module) ?? undefined, hasBadge: badge !== null }, false, at)
    }
    for (const { certification, ref, title, badge } of blocks) {
      const box = { id: `block:${certification.slug}/${ref}`, href: `/achievements/${badge.slug}` }
      add({ ...box, words: `${ref} ${title ?? ''}`.trim(), under: certification.title, hasBadge: true }, true, at)
    }
  }
  const sorted = [...offers.values()].toSorted((a, b) => mean(a.to) - mean(b.to) || a.box.id.localeCompare(b.box.id))
  const boxes = (isBlock: boolean): Box[] => sorted.filter((one) => one.isBlock === isBlock).map((one) => one.box)
  return {
    groups: [
      { title: 'Modules qui l’enseignent', boxes: boxes(false) },
      { title: 'Blocs qui le certifient', boxes: boxes(true) },
    ],
    edges: sorted.flatMap(({ box, to }) => to.map((at): Edge => ({ from: asked[at]!.competence.key, to: box.id }))),
    count: offers.size,
  }
}

const mean = (values: number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length
