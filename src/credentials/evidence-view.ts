import { facts, levelMeter } from '../web/components.ts'
import { html, type Lang, longDate } from '../web/html.ts'
import { endorsementsView } from './endorsements-view.ts'
import type { OpenBadge } from './open-badge.ts'
import { fill, kindWords, RESULTS } from './results-words.ts'
import { badgeFacts, checksView } from './verification-view.ts'
import type { Row } from './verify-many.ts'
import type { Standing } from './verify-register.ts'

/**
 * What an answer is made of: a row a badge, the names typed, what the register says of the badges of this service, the day
 * asked about, and that of the answer.
 */
export type Results = { rows: Row[]; names: string[]; register: Map<string, Standing>; lang: Lang; at: Date; day: Date }

export type Verified = Extract<Row, { verification: object }>

/** The verdict in one sentence, with the person when one was asked about. */
export function verdictSentence({ verification }: Verified, { names, lang, at }: Results): string {
  const { verdict, summary, matched = [] } = verification
  if (verdict !== 'valid') return summary
  const date = longDate(at, lang)
  const words = RESULTS[lang]
  return names.length === 0
    ? fill(words.validUnasked, { date })
    : fill(words.validFor, { date, name: matched.join(', ') })
}

/** What the signed badge says, then what it does not mean, what the register says apart, and the checks. */
export function badgeEvidence(row: Verified, results: Results, heading: 'h2' | 'h3'): string {
  const { badge, verification } = row
  const { lang, register } = results
  const words = RESULTS[lang]
  const checks = checksView(verification, lang)
  if (badge === null)
    return html`<p class="remark">${words.nothing}</p>
      !${checks}`
  const standing = register.get(badge.id)
  return html`<${heading}>${words.says}</${heading}>
    !${badgeFacts(badge, lang, { before: whoAndWhat(row, badge, results), heading, dialect: verification.dialect })}
    !${standing?.achievement ? notMeaning(standing.achievement, lang, heading) : ''}
    !${standing ? registerView(standing, lang, heading) : html`<p class="remark">${words.unknown}</p>`}
    !${endorsementsView(verification.endorsements, lang, heading)} !${checks}`
}

function whoAndWhat({ verification }: Verified, badge: OpenBadge, { names, register, lang }: Results): string {
  const words = RESULTS[lang]
  const { name, description, achievementType } = badge.credentialSubject.achievement
  return html`<dt>${words.person}</dt>
    <dd>${identityWords(verification, names, lang)}</dd>
    <dt>${words.obtained}</dt>
    <dd>
      <strong>${name}</strong><br />${kindWords(achievementType, register.has(badge.id), lang)}<br /><small
        >${description.slice(0, 2000)}</small
      >
    </dd>`
}

/** Whether the name typed is the badge's, in words. */
function identityWords({ checks, matched = [] }: Verified['verification'], names: string[], lang: Lang): string {
  const words = RESULTS[lang]
  if (names.length === 0) return words.unasked
  if (matched.length > 0) return fill(words.yes, { name: matched.join(', ') })
  const check = checks.find(({ id }) => id === 'recipient')
  if (check?.outcome !== 'failure') return check?.message ?? ''
  return names.length === 1 ? fill(words.no, { name: names[0]! }) : fill(words.none, { count: String(names.length) })
}

type Known = NonNullable<Standing['achievement']>

const notMeaning = ({ does_not_mean, does_not_mean_en }: Known, lang: Lang, heading: 'h2' | 'h3'): string =>
  html`<div class="note">
    <${heading}>${RESULTS[lang].notMeaning}</${heading}>
    <p>${lang === 'fr' ? does_not_mean : does_not_mean_en}</p>
  </div>`

/** What this service knows of the issuer and of the class, which the badge does not say. */
function registerView({ issuer, achievement, hours }: Standing, lang: Lang, heading: 'h2' | 'h3'): string {
  const words = RESULTS[lang]
  const state = issuer.state === 'approved' || issuer.state === 'suspended' ? words[issuer.state] : words.other
  const level = achievement?.level ?? null
  return html`<div class="register">
    <${heading}>${words.register}</${heading}>
    <p>${words.registerNote}</p>
    !${facts([
      [
        words.issuer,
        { markup: html`${issuer.name} (<a href="/organisations/${issuer.slug}">${words.page}</a>) : ${state}.` },
      ],
      ['SIRET', stated(issuer, 'siret', issuer.siret, lang)],
      ['Qualiopi', stated(issuer, 'qualiopi', issuer.qualiopi ? (lang === 'fr' ? 'oui' : 'yes') : null, lang)],
      ...(achievement ? [classFact(achievement, lang)] : []),
      ...(hours ? [[words.hours, hoursWords(hours, lang)] as const] : []),
      ...(level === null
        ? []
        : [
            [
              words.level,
              { markup: html`!${levelMeter(level)} ${fill(words.levelOf, { level: String(level) })}` },
            ] as const,
          ]),
    ])}
  </div>`
}

function classFact({ slug, version, name, name_en }: Known, lang: Lang) {
  const shown = lang === 'fr' ? name : name_en
  return [RESULTS[lang].class, { markup: html`<a href="/achievements/${slug}/${version}">${shown}</a>` }] as const
}

/** A value with its source and its day when it was checked; else who says it. */
function stated({ facts }: Standing['issuer'], kind: 'siret' | 'qualiopi', value: string | null, lang: Lang) {
  const words = RESULTS[lang]
  const checked = facts.find((one) => one.kind === kind)
  if (checked) {
    const { source, checkedOn } = checked
    return { markup: html`${checked.value} <small>(${source}, ${words.read} ${longDate(checkedOn, lang)})</small>` }
  }
  return value === null ? words.unstated : { markup: html`${value} <small>(${words.declared})</small>` }
}

function hoursWords({ min, max }: NonNullable<Standing['hours']>, lang: Lang): string {
  const shown = [...new Set([min, max])].filter((one) => one !== null)
  const numbers = shown.map((one) => one.toLocaleString(lang === 'fr' ? 'fr-FR' : 'en-GB'))
  return `${numbers.join(lang === 'fr' ? ' à ' : ' to ')} ${lang === 'fr' ? 'heures' : 'hours'}`
}
