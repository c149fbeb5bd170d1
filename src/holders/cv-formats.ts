import { competenceKey } from '../badges/achievements.ts'
import { parisDate } from '../days.ts'
import { html, longDate } from '../web/html.ts'
import { nameOf, provenIssuer } from '../wallet/marks.ts'
import type { ImportedBadge } from '../wallet/read-imports.ts'
import { type Cv, type CvBadge, fullName } from './cv.ts'
import { ELSEWHERE_TITLE, lineOfElsewhere } from './elsewhere-words.ts'

const dayOf = ({ validFrom }: CvBadge): string => longDate(validFrom)

/** What a badge says in one line, without its address. */
export const lineOf = (badge: CvBadge): string =>
  `${badge.about.name}, ${badge.organisation}, délivré le ${dayOf(badge)}` +
  (badge.validUntil ? `, valable jusqu’au ${longDate(badge.validUntil)}` : '')

/** The block as a text to paste in any document. */
export function cvText({ badges, elsewhere, name, link }: Cv, now: Date): string {
  const title = name === null ? 'Compétences vérifiables' : `Compétences vérifiables de ${fullName(name)}`
  const lines = badges.map((badge) => `• ${lineOf(badge)}\n  ${badge.page}`)
  const apart = elsewhere.map((badge) => `• ${lineOfElsewhere(badge, now)}`)
  const theirs = apart.length === 0 ? [] : ['', ELSEWHERE_TITLE, '', ...apart]
  return [title, '', ...lines, ...theirs, ...(link === null ? [] : ['', `Tout vérifier : ${link}`])].join('\n')
}

/** The block as HTML for someone's own site: links and images alone, no script, nothing that follows who reads it. */
export function cvHtml({ badges, elsewhere, name, link }: Cv, now: Date): string {
  const title = name === null ? 'Compétences vérifiables' : `Compétences vérifiables de ${fullName(name)}`
  const items = badges.map((badge) => {
    const image = html`<img src="${badge.page}.png" alt="" width="96" height="96" />`
    return html`<li><a href="${badge.page}">!${image} ${lineOf(badge)}</a></li>`
  })
  const all = link === null ? '' : html`<p><a href="${link}">Tout vérifier</a></p>`
  const ours = badges.length === 0 ? [] : ['<ul>', ...items, '</ul>']
  const apart = elsewhere.map((badge) => html`<li>${lineOfElsewhere(badge, now)}</li>`)
  const theirs = apart.length === 0 ? [] : [html`<p>${ELSEWHERE_TITLE}</p>`, '<ul>', ...apart, '</ul>']
  const lines = [html`<p>${title}</p>`, ...ours, ...theirs, all]
  return lines
    .filter(Boolean)
    .map((line) => line.replaceAll(/\s+/g, ' '))
    .join('\n')
}

const shownLevel = (level: number | null, levels: number[]): string =>
  level === null ? 'acquis' : `niveau ${level} sur ${levels.at(-1) ?? level}`

/** The competences that badges attest, each once with its best level; those aimed at but not assessed have none. */
function skillsOf(badges: CvBadge[]) {
  const skills = new Map<string, { name: string; level: number | null | undefined; levels: number[]; code: string }>()
  for (const { about, levels } of badges) {
    const reached = new Map(levels.map((one) => [competenceKey(one), one.level]))
    for (const one of about.competences) {
      const key = competenceKey(one)
      const level = reached.get(key)
      const known = skills.get(key)
      if (known && (known.level ?? -1) >= (level ?? -1)) continue
      const code = `${one.frameworkTitle} ${one.version}, ${one.code}`
      skills.set(key, { name: one.label, level, levels: one.levels, code })
    }
  }
  return [...skills.values()]
}

/** The block in the format of JSON Resume 1.0.0: `basics`, `certificates`, `skills`; of badges of elsewhere no skill is told. */
export const cvJsonResume = ({ badges, elsewhere, name, link }: Cv, now: Date) => ({
  $schema: 'https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json',
  basics: { ...(name && { name: fullName(name) }), ...(link !== null && { url: link }) },
  certificates: [
    ...badges.map(({ about, validFrom, organisation, page }) => ({
      name: about.name,
      date: parisDate(validFrom),
      issuer: organisation,
      url: page,
    })),
    ...elsewhere.map((one) => ({ name: apartName(one), date: parisDate(one.validFrom!), issuer: provenIssuer(one) })),
  ],
  skills: skillsOf(badges).map(({ name, level, levels, code }) => ({
    name,
    ...(level !== undefined && { level: shownLevel(level, levels) }),
    keywords: [code, ...(level === undefined ? ['visée par la formation, non évaluée'] : [])],
  })),
  meta: { version: 'v1.0.0', lastModified: now.toISOString() },
})

const apartName = (badge: ImportedBadge): string => `${nameOf(badge)} (badge délivré ailleurs)`

/**
 * The block in the model of the Europass CV 3.3 (Cedefop's JSON): a training each badge, its address among the achievements.
 * The European Commission has published no other JSON for a CV; its present editor was not tried.
 */
export const cvEuropass = ({ badges, elsewhere, name }: Cv, now: Date) => ({
  SkillsPassport: {
    Locale: 'fr',
    DocumentInfo: {
      DocumentType: 'ECV',
      CreationDate: now.toISOString(),
      LastUpdateDate: now.toISOString(),
      XSDVersion: 'V3.3',
      Generator: 'Insigne',
    },
    LearnerInfo: {
      ...(name && { Identification: { PersonName: { FirstName: name.givenName, Surname: name.familyName } } }),
      Education: badges.map((badge) => ({
        Period: { To: dateParts(badge.validFrom) },
        Current: false,
        Title: badge.about.name,
        Activities: skillsOf([badge])
          .map((one) => one.name)
          .join(' ; '),
        Organisation: { Name: badge.organisation },
      })),
      Achievement: [
        ...badges.map((badge) => ({
          Title: { Label: badge.about.name },
          Description: `${lineOf(badge)}. Badge vérifiable : ${badge.page}`,
        })),
        ...elsewhere.map((badge) => ({
          Title: { Label: apartName(badge) },
          Description: lineOfElsewhere(badge, now),
        })),
      ],
    },
  },
})

function dateParts(date: Date) {
  const [Year, Month, Day] = parisDate(date).split('-').map(Number)
  return { Year, Month, Day }
}

/** Where LinkedIn proposes to add a badge to a profile, its form filled in; the holder's name is not sent. */
export function linkedInUrl({ id, about, organisation, validFrom, validUntil, page }: CvBadge): string {
  const [issueYear, issueMonth] = parisDate(validFrom).split('-').map(Number)
  const [expirationYear, expirationMonth] = validUntil ? parisDate(validUntil).split('-').map(Number) : []
  const given = {
    startTask: 'CERTIFICATION_NAME',
    name: about.name,
    organizationName: organisation,
    issueYear,
    issueMonth,
    expirationYear,
    expirationMonth,
    certUrl: page,
    certId: id,
  }
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(given)) if (value !== undefined) query.set(key, String(value))
  return `https://www.linkedin.com/profile/add?${query.toString()}`
}
