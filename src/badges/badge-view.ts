import type { LabelledCompetence } from '../referential/competence-labels.ts'
import { capital, competenceList, facts, levelMeter, sources } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import type { Achievement } from './schema.ts'
import { FAMILY_WORDS } from './render.ts'

const KIND_WORDS = {
  module: 'Badge de module',
  block: 'Badge de bloc de certification',
  habilitation: 'Badge d’habilitation',
  milestone: 'Badge de parcours',
} as const

/** What earns a badge: how it is called, its page when it has one, its sources, and whether its levels are proposed. */
export type Subject = { term: string; title: string; href: string | null; source: unknown; proposed: boolean }

type Shown = {
  achievement: Achievement
  newest: string
  subject: Subject
  competences: LabelledCompetence[]
  baseUrl: string
}

/** A badge class: what it says, what it does not say, what it takes, and where that comes from. */
export function badgePage({ achievement, newest, subject, competences, baseUrl }: Shown): Page {
  const { slug, version, kind, name, description, criteria, does_not_mean, note } = achievement
  const path = `/achievements/${slug}/${version}`
  return {
    title: name,
    description,
    image: `${baseUrl}${path}/image.png`,
    body: html`<p class="up"><a href="/badges">Tous les badges</a></p>
<div class="badge-hero">
<img src="${path}/image.svg" alt="" width="260" height="260">
<div><p class="kind">${KIND_WORDS[kind]}</p><h1>${name}</h1><p class="lead">${description}</p></div>
</div>
!${newest === version ? '' : html`<p class="remark">Vous lisez la version ${version}. <a href="/achievements/${slug}">Une version ${newest} existe</a> ; les badges délivrés gardent la leur.</p>`}
<section class="note" aria-labelledby="meaning"><h2 id="meaning">Ce que ce badge ne veut pas dire</h2>
<p>${does_not_mean}</p></section>
<h2>Ce qu’il faut faire pour l’obtenir</h2>
<p id="criteria">${criteria}</p>
!${facts(badgeFacts(achievement, subject))}
!${note ? html`<p class="remark">${note}</p>` : ''}
<h2>Compétences</h2>
!${subject.proposed ? html`<p class="remark">La correspondance avec les référentiels et les niveaux sont proposés par Insigne.</p>` : ''}
!${competenceList(competences, subject.proposed)}
!${sources(subject.source)}
<p class="formats"><a href="${path}.json">Ce badge en JSON-LD (Open Badges 3.0)</a> <a href="${path}/image.svg">Image SVG</a> <a href="${path}/image.png">Image PNG</a></p>`,
  }
}

function badgeFacts({ family, level, validity, version }: Achievement, { term, title, href, proposed }: Subject) {
  const standing = proposed ? ' (proposé)' : ''
  return [
    [term, href === null ? capital(title) : { markup: html`<a href="${href}">${title}</a>` }],
    ['Famille', capital(FAMILY_WORDS[family])],
    ['Niveau', level === null ? null : { markup: html`!${levelMeter(level)} niveau ${level} sur 8${standing}` }],
    ['Validité', validity === null ? 'sans date de fin' : durationWords(validity)],
    ['Version', version],
  ] as const
}

const UNITS: Record<string, string> = { Y: 'ans', M: 'mois', D: 'jours' }

/** An ISO 8601 duration in words: `P3Y` is 3 ans. */
function durationWords(duration: string): string {
  const parts = Array.from(duration.matchAll(/(\d+)([YMD])/g), ([, count, unit]) =>
    count === '1' && unit === 'Y' ? '1 an' : `${count} ${UNITS[unit!]}`,
  )
  return parts.length > 0 ? parts.join(' et ') : duration
}
