import type { LabelledCompetence } from '../referential/competence-labels.ts'
import { capital, competenceList, counted, facts, levelMeter, sources } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import { competenceLinks, linkTo, schemaOrg, shownAs } from '../web/linked.ts'
import type { Achievement } from './schema.ts'
import { FAMILY_WORDS } from './render.ts'

/** What each kind of badge is called. */
export const KIND_WORDS = {
  module: 'Badge de module',
  block: 'Badge de bloc de certification',
  habilitation: 'Badge d’habilitation',
  milestone: 'Badge de parcours',
} as const

/** What earns a badge: how it is called, its page when it has one, its sources, and whether its levels are proposed. */
export type Subject = { term: string; title: string; href: string | null; source: unknown; proposed: boolean }

/** What earns a badge that an organisation wrote: what that organisation asks. */
export const ownSubject = ({ organisation, name }: NonNullable<Achievement['own']>): Subject => ({
  term: 'Écrit par',
  title: name,
  href: `/organisations/${organisation}`,
  source: { document: `${name}, qui a écrit ce badge et le délivre` },
  proposed: true,
})

type Shown = {
  achievement: Achievement
  newest: string
  subject: Subject
  competences: LabelledCompetence[]
  baseUrl: string
  /** What others say of it (markup). */
  endorsed?: string
  /** Where its image is, for one that is not published yet. */
  image?: string
}

/** A badge class: what it says, what it does not say, what it takes, and where that comes from. */
export function badgePage({ achievement, newest, subject, competences, baseUrl, image, endorsed = '' }: Shown): Page {
  const { slug, version, kind, name, description, criteria, does_not_mean, note, own } = achievement
  const path = `/achievements/${slug}/${version}`
  return {
    title: name,
    description,
    ...shownAs(baseUrl, path),
    linked: linkedBadge(achievement, baseUrl),
    body: html`<p class="up"><a href="/badges">Tous les badges</a></p>
      <div class="badge-hero">
        <img src="${image ?? `${path}/image.svg`}" alt="" width="260" height="260" />
        <div>
          <p class="kind">${KIND_WORDS[kind]}</p>
          <h1>${name}</h1>
          <p class="lead">${description}</p>
        </div>
      </div>
      !${newest === version ? '' : html`<p class="remark">Vous lisez la version ${version}. <a href="/achievements/${slug}">Une version ${newest} existe</a> ; les badges délivrés gardent la leur.</p>`}
      !${own ? html`<p class="note">Ce badge est écrit par <a href="/organisations/${own.organisation}">${own.name}</a>, qui seul le délivre. Il n’est pas du référentiel commun de la médiation numérique.</p>` : ''}
      <section class="note" aria-labelledby="meaning">
        <h2 id="meaning">Ce que ce badge ne veut pas dire</h2>
        <p>${does_not_mean}</p>
      </section>
      <h2>Ce qu’il faut faire pour l’obtenir</h2>
      <p id="criteria">${criteria}</p>
      !${facts(badgeFacts(achievement, subject))} !${note ? html`<p class="remark">${note}</p>` : ''}
      <h2>Compétences</h2>
      !${subject.proposed ? html`<p class="remark">La correspondance avec les référentiels et les niveaux sont proposés par Insigne.</p>` : ''}
      !${competenceList(competences, subject.proposed)} !${endorsed}
      <p><a href="/organisations?badge=${slug}">Les organismes qui proposent ce badge</a></p>
      !${sources(subject.source)}
      <p class="formats">
        <a href="${path}.json">Ce badge en JSON-LD (Open Badges 3.0)</a> <a href="${path}/image.svg">Image SVG</a>
        <a href="${path}/image.png">Image PNG</a>
      </p>`,
  }
}

function linkedBadge(achievement: Achievement, baseUrl: string): object {
  const { slug, version, kind, name, description, level, validity, competences } = achievement
  const id = `${baseUrl}/achievements/${slug}/${version}`
  return schemaOrg('EducationalOccupationalCredential', id, {
    name,
    description,
    credentialCategory: KIND_WORDS[kind],
    competencyRequired: competenceLinks(baseUrl, competences),
    educationalLevel: level === null ? null : `niveau ${level} sur 8, proposé`,
    validFor: validity,
    image: linkTo(`${id}/image.png`),
    inLanguage: 'fr',
    version,
  })
}

function badgeFacts({ family, level, validity, version, own }: Achievement, { term, title, href, proposed }: Subject) {
  const standing = proposed ? ' (proposé)' : ''
  return [
    [term, href === null ? capital(title) : { markup: html`<a href="${href}">${title}</a>` }],
    ['Famille', capital(FAMILY_WORDS[family])],
    ['Niveau', level === null ? null : { markup: html`!${levelMeter(level)} niveau ${level} sur 8${standing}` }],
    ['Validité', validity === null ? 'sans date de fin' : durationWords(validity)],
    ...(own?.hours ? [['Durée', counted(own.hours, 'heure')] as const] : []),
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
