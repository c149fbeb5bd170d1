import { html, type Lang, longDate } from '../web/html.ts'
import { list, type OpenBadge } from './open-badge.ts'
import type { Check, Dialect, Verification } from './verify.ts'

const WORDS = {
  fr: {
    valid: 'Badge valable',
    invalid: 'Badge refusé',
    indeterminate: 'Vérification incomplète',
    checks: 'Ce qui a été vérifié',
    success: 'Oui',
    failure: 'Non',
    skipped: 'Sans objet ou non vérifié',
    unnamed: 'Badge',
    issuer: 'Délivré par',
    proven: 'adresse prouvée par la signature',
    hosting: 'site qui publie le badge',
    standard: 'Norme',
    hosted: 'publié par le site de l’émetteur',
    signed: 'signé par l’émetteur',
    claimed: 'nom donné par l’émetteur lui-même',
    ended: 'Formation achevée le',
    granted: 'Habilitation donnée le',
    issued: 'Badge délivré le',
    until: 'Valable jusqu’au',
    forever: 'sans date de fin',
    levels: 'Compétences et niveaux montrés',
    aligned: 'Compétences visées',
    level: 'niveau',
    outOf: 'sur',
    acquired: 'acquis',
    evidence: 'Preuves jointes',
    criteria: 'Ce qu’il a fallu faire',
    address: 'Page du badge',
  },
  en: {
    valid: 'Valid badge',
    invalid: 'Badge refused',
    indeterminate: 'Incomplete verification',
    checks: 'What was checked',
    success: 'Yes',
    failure: 'No',
    skipped: 'Not applicable or not checked',
    unnamed: 'Badge',
    issuer: 'Issued by',
    proven: 'address proven by the signature',
    hosting: 'site that publishes the badge',
    standard: 'Standard',
    hosted: 'published by the issuer’s site',
    signed: 'signed by the issuer',
    claimed: 'name given by the issuer itself',
    ended: 'Training completed on',
    granted: 'Authorised on',
    issued: 'Badge issued on',
    until: 'Valid until',
    forever: 'no end date',
    levels: 'Skills and levels shown',
    aligned: 'Skills aimed at',
    level: 'level',
    outOf: 'of',
    acquired: 'acquired',
    evidence: 'Attached evidence',
    criteria: 'What it took',
    address: 'Page of the badge',
  },
} as const

/** The verdict in one sentence, then each check with its reason. Heading level 2: the page has its own title. */
export const verdictView = (verification: Verification, lang: Lang): string =>
  html`!${verdictBox(verification, lang, html`<p>${verification.summary}</p>`)} !${checksView(verification, lang)}`

/** The verdict in its colour and its word, over what is said of it (markup). */
export const verdictBox = ({ verdict }: Pick<Verification, 'verdict'>, lang: Lang, said: string): string =>
  html`<section class="verdict" data-verdict="${verdict}" aria-labelledby="verdict">
    <h2 id="verdict">${verdictWord(verdict, lang)}</h2>
    !${said}
  </section>`

export const verdictWord = (verdict: Verification['verdict'], lang: Lang): string => WORDS[lang][verdict]

/** Each check that was made, with its reason, folded when all is well. */
export const checksView = ({ verdict, checks }: Pick<Verification, 'verdict' | 'checks'>, lang: Lang): string =>
  html`<details ${verdict === 'valid' ? '' : 'open'}>
    <summary>${WORDS[lang].checks}</summary>
    <ol class="checks">
      !${checks.filter(({ code }) => code !== 'not_checked').map((check) => checkView(check, WORDS[lang][check.outcome]))}
    </ol>
  </details>`

const checkView = ({ outcome, message }: Check, word: string): string =>
  html`<li data-outcome="${outcome}"><strong>${word}</strong> ${message}</li>`

/** `before`: facts that come first (markup); `heading`: the level of the titles below; `dialect`: what it was proven by. */
type Layout = { before?: string; heading?: 'h2' | 'h3'; dialect?: Dialect | null }

/** What the signed badge says, and nothing that it does not. `badge` must have passed the shape and proof checks. */
export function badgeFacts(
  badge: OpenBadge,
  lang: Lang,
  { before = '', heading = 'h2', dialect = null }: Layout = {},
): string {
  const words = WORDS[lang]
  const { activityEndDate, achievement } = badge.credentialSubject
  const issuer = claimedIssuer(badge)
  return html`<dl class="facts">
      !${before}
      <dt>${words.issuer}</dt>
      <dd>
        ${issuer.name ?? issuer.id}!${issuer.name ? html` <small>(${words.claimed})</small>` : ''}<br /><small
          >${didHost(issuer.id)} (${dialect?.proof === 'hosted' ? words.hosting : words.proven})</small
        >
      </dd>
      !${
        activityEndDate
          ? html`<dt>${achievement.achievementType === 'License' ? words.granted : words.ended}</dt>
              <dd>${longDate(activityEndDate, lang)}</dd>`
          : ''
      }
      <dt>${words.issued}</dt>
      <dd>${longDate(badge.validFrom, lang)}</dd>
      <dt>${words.until}</dt>
      <dd>${badge.validUntil ? longDate(badge.validUntil, lang) : words.forever}</dd>
      !${dialectFact(dialect, lang)}
    </dl>
    !${levelsView(badge, lang, heading)} !${evidenceView(badge, lang, heading)}`
}

/** The version of the standard, where it is an older one, and what proves such a badge. */
function dialectFact(dialect: Dialect | null, lang: Lang): string {
  if (dialect === null || dialect.version === '3.0') return ''
  const { standard, hosted, signed } = WORDS[lang]
  return html`<dt>${standard}</dt>
    <dd>Open Badges ${dialect.version}, ${dialect.proof === 'hosted' ? hosted : signed}</dd>`
}

/** The issuer as the badge names it: an identifier, which the signature proves, and a name, which it claims. */
export const claimedIssuer = ({ issuer }: OpenBadge): { id: string; name?: string | undefined } =>
  typeof issuer === 'string' ? { id: issuer } : issuer

/** The site that the issuer's identifier names: what the signature proves, where a name is only claimed. */
export function didHost(id: string): string {
  const [, , host = '', ...path] = id.startsWith('did:web:') ? id.split(':') : []
  return host === '' ? id : [decodeURIComponent(host), ...path].join('/')
}

type ShownLevel = { framework: string; name: string; level: string }

/** The levels that a signed badge gives, each with its competence and its framework; none when nothing was assessed. */
export function shownLevels(badge: OpenBadge, lang: Lang): ShownLevel[] {
  const words = WORDS[lang]
  const { achievement, result } = badge.credentialSubject
  const scales = new Map(list(achievement.resultDescription).map((one) => [one.id, one]))
  const frameworks = new Map(
    list(achievement.alignment).map((one) => [competenceOf(one.targetUrl), one.targetFramework]),
  )
  return list(result).map(({ resultDescription = '', value, status }) => {
    const scale = scales.get(resultDescription)
    const top = scale?.valueMax ? ` ${words.outOf} ${scale.valueMax}` : ''
    const level = value === undefined ? '' : /^\d+$/.test(value) ? `${words.level} ${value}${top}` : value
    const framework = frameworks.get(resultDescription.split('#')[1]) ?? ''
    return {
      framework,
      name: scale?.name ?? '',
      level: level || (status === 'Completed' ? words.acquired : (status ?? '')),
    }
  })
}

function levelsView(badge: OpenBadge, lang: Lang, heading: 'h2' | 'h3'): string {
  const words = WORDS[lang]
  const shown = shownLevels(badge, lang)
  if (shown.length > 0) {
    return html`<${heading}>${words.levels}</${heading}>
      <ul class="levels">
        !${shown.map(
          ({ framework, name, level }) =>
            html`<li>
              <span lang="fr">${name} <br /><small>${framework}</small></span
              ><strong>${level}</strong>
            </li>`,
        )}
      </ul>`
  }
  const aimed = list(badge.credentialSubject.achievement.alignment)
  if (aimed.length === 0) return ''
  return html`<${heading}>${words.aligned}</${heading}>
    <ul class="levels">
      !${aimed.map((one) => html`<li>${one.targetName} <small>${[one.targetFramework, one.targetCode].filter(Boolean).join(', ')}</small></li>`)}
    </ul>`
}

/** The competence that an address of the referential names, as result descriptions do: `digcomp:4.2`. */
function competenceOf(url: string): string | undefined {
  const [, framework, code] = /\/referentiels\/([^/]+)\/[^/]+\/([^/]+)$/.exec(url) ?? []
  return framework && `${framework}:${code}`
}

function evidenceView(badge: OpenBadge, lang: Lang, heading: 'h2' | 'h3'): string {
  const evidence = list(badge.evidence)
  if (evidence.length === 0) return ''
  const items = evidence.map(({ id, narrative }) => {
    const link = id && /^https?:/.test(id) ? html`<a href="${id}" rel="nofollow noopener">${id}</a>` : ''
    return html`<li>${narrative ?? ''} !${link}</li>`
  })
  return html`<${heading}>${WORDS[lang].evidence}</${heading}>
    <ul>
      !${items}
    </ul>`
}
