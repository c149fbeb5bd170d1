import { html, type Lang, longDate } from '../web/html.ts'
import { list, type OpenBadge } from './open-badge.ts'
import type { Check, Verification } from './verify.ts'

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
export function verdictView({ verdict, summary, checks }: Verification, lang: Lang): string {
  const words = WORDS[lang]
  return html`<section class="verdict" data-verdict="${verdict}" aria-labelledby="verdict">
      <h2 id="verdict">${words[verdict]}</h2>
      <p>${summary}</p>
    </section>
    <details ${verdict === 'valid' ? '' : 'open'}>
      <summary>${words.checks}</summary>
      <ol class="checks">
        !${checks.map((check) => checkView(check, words[check.outcome]))}
      </ol>
    </details>`
}

const checkView = ({ outcome, message }: Check, word: string): string =>
  html`<li data-outcome="${outcome}"><strong>${word}</strong> ${message}</li>`

/** What the signed badge says, and nothing that it does not. `badge` must have passed the shape and proof checks. */
export function badgeFacts(badge: OpenBadge, lang: Lang): string {
  const words = WORDS[lang]
  const { activityEndDate, achievement } = badge.credentialSubject
  const issuer = typeof badge.issuer === 'string' ? { id: badge.issuer, name: undefined } : badge.issuer
  return html`<dl class="facts">
      <dt>${words.issuer}</dt>
      <dd>
        ${issuer.name ?? issuer.id}!${issuer.name ? html` <small>(${words.claimed})</small>` : ''}<br /><small
          >${didHost(issuer.id)} (${words.proven})</small
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
    </dl>
    !${levelsView(badge, lang)} !${evidenceView(badge, lang)}`
}

/** The site that the issuer's identifier names: what the signature proves, where a name is only claimed. */
function didHost(id: string): string {
  const [, , host = '', ...path] = id.startsWith('did:web:') ? id.split(':') : []
  return host === '' ? id : [decodeURIComponent(host), ...path].join('/')
}

function levelsView(badge: OpenBadge, lang: Lang): string {
  const words = WORDS[lang]
  const { achievement, result } = badge.credentialSubject
  const scales = new Map(list(achievement.resultDescription).map((one) => [one.id, one]))
  const frameworks = new Map(
    list(achievement.alignment).map((one) => [competenceOf(one.targetUrl), one.targetFramework]),
  )
  const shown = list(result).map(({ resultDescription = '', value, status }) => {
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
  if (shown.length > 0) {
    return html`<h2>${words.levels}</h2>
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
  const aimed = list(achievement.alignment)
  if (aimed.length === 0) return ''
  return html`<h2>${words.aligned}</h2>
    <ul class="levels">
      !${aimed.map((one) => html`<li>${one.targetName} <small>${[one.targetFramework, one.targetCode].filter(Boolean).join(', ')}</small></li>`)}
    </ul>`
}

/** The competence that an address of the referential names, as result descriptions do: `digcomp:4.2`. */
function competenceOf(url: string): string | undefined {
  const [, framework, code] = /\/referentiels\/([^/]+)\/[^/]+\/([^/]+)$/.exec(url) ?? []
  return framework && `${framework}:${code}`
}

function evidenceView(badge: OpenBadge, lang: Lang): string {
  const evidence = list(badge.evidence)
  if (evidence.length === 0) return ''
  const items = evidence.map(({ id, narrative }) => {
    const link = id && /^https?:/.test(id) ? html`<a href="${id}" rel="nofollow noopener">${id}</a>` : ''
    return html`<li>${narrative ?? ''} !${link}</li>`
  })
  return html`<h2>${WORDS[lang].evidence}</h2>
    <ul>
      !${items}
    </ul>`
}
