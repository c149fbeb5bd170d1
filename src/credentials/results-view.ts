import { scrollTable, tag } from '../web/components.ts'
import { CSV_MARK } from '../web/csv.ts'
import { html, type Lang, longDate, type Page } from '../web/html.ts'
import { badgeEvidence, type Results, verdictSentence } from './evidence-view.ts'
import type { OpenBadge } from './open-badge.ts'
import { adviceOf, nameOf, personOf, reasonOf, resultsCsv } from './results-csv.ts'
import { countedIn, fill, RESULTS } from './results-words.ts'
import { claimedIssuer, verdictBox, verdictWord } from './verification-view.ts'
import { refusalView, verifierForm, verifierPage } from './verifier-view.ts'
import { WORDS } from './verifier-words.ts'
import { type Row, verdictOf } from './verify-many.ts'

/** The answer of `/verifier`: one badge in full, or a table of several with the detail of each. */
export function resultsPage(results: Results): Page {
  const { rows, lang } = results
  const words = WORDS[lang]
  const [only] = rows
  const isUnreadable = rows.length === 1 && only && 'error' in only
  const title = isUnreadable
    ? words.unreadable
    : rows.length === 1
      ? verdictWord(verdictOf(only!), lang)
      : RESULTS[lang].table
  const body = html`<h1>${isUnreadable ? words.unreadable : words.title}</h1>
    !${rows.length === 1 ? oneResult(only!, results) : severalResults(results)}
    <h2 id="again">${words.again}</h2>
    !${verifierForm(lang)}`
  return verifierPage(lang, title, body)
}

function oneResult(row: Row, results: Results): string {
  const { lang } = results
  if ('error' in row) {
    return html`<div role="alert" class="verdict" data-verdict="indeterminate">!${refusalView(row.error, lang)}</div>`
  }
  const todo = adviceOf(row, lang)
  const said = html`<p class="said">${verdictSentence(row, results)}</p>
    !${todo && html`<p><strong>${WORDS[lang].mend}</strong> ${todo}</p>`}`
  return html`!${verdictBox(row.verification, lang, said)} !${badgeEvidence(row, results, 'h2')}`
}

function severalResults(results: Results): string {
  const { rows, names, lang, day } = results
  const words = RESULTS[lang]
  const total = (verdict: string) => rows.filter((row) => verdictOf(row) === verdict).length
  const found = new Set(
    rows.flatMap((row) =>
      verdictOf(row) === 'valid' && 'verification' in row ? (row.verification.matched ?? []) : [],
    ),
  )
  const missing = names.filter((name) => !found.has(name))
  return html`<section aria-labelledby="results">
      <h2 id="results">${words.table}</h2>
      <p class="lead" role="status">
        ${fill(words.total, {
          all: countedIn(lang, 'all', rows.length),
          valid: countedIn(lang, 'valid', total('valid')),
          invalid: countedIn(lang, 'invalid', total('invalid')),
          undecided: countedIn(lang, 'undecided', total('indeterminate')),
        })}
      </p>
      !${missing.length > 0 ? html`<p class="note">${words.missing} !${missing.map((name) => html`<bdi>${name}</bdi>`).join(', ')}</p>` : ''}
      <p>
        <a
          class="action"
          download="${words.file}-${day.toISOString().slice(0, 10)}.csv"
          href="data:text/csv;charset=utf-8,${encodeURIComponent(CSV_MARK + resultsCsv(results))}"
          >${words.download}</a
        >
      </p>
      !${scrollTable(words.region, table(results))}
    </section>
    <section aria-labelledby="details">
      <h2 id="details">${words.details}</h2>
      !${rows.map((row, index) => detail(row, index, results))}
    </section>`
}

const TONES = { valid: 'valid', invalid: 'invalid', indeterminate: 'waiting' } as const

const rowTag = (row: Row, lang: Lang): string => tag(verdictWord(verdictOf(row), lang), TONES[verdictOf(row)])

function table(results: Results): string {
  const { rows, lang } = results
  const lines = rows.map((row, index) => {
    const badge = 'badge' in row ? row.badge : null
    return html`<tr>
      <td>!${rowTag(row, lang)}<br /><a href="#badge-${index + 1}">${RESULTS[lang].detail} ${index + 1}</a></td>
      <td><bdi>${personOf(row, results)}</bdi></td>
      !${
        badge
          ? badgeCells(badge, lang)
          : html`<td>–</td>
              <td>–</td>
              <td>–</td>
              <td>–</td>`
      }
      <td>${reasonOf(row, lang) || '–'}</td>
      <td><bdi>${nameOf(row)}</bdi></td>
    </tr>`
  })
  const heads = RESULTS[lang].columns.map((one) => html`<th scope="col">${one}</th>`)
  return html`<table class="results">
    <thead>
      <tr>
        !${heads}
      </tr>
    </thead>
    <tbody>
      !${lines}
    </tbody>
  </table>`
}

function badgeCells(badge: OpenBadge, lang: Lang): string {
  const issuer = claimedIssuer(badge)
  return html`<td><bdi>${badge.credentialSubject.achievement.name}</bdi></td>
    <td><bdi>${issuer.name ?? issuer.id}</bdi></td>
    <td>${longDate(badge.validFrom, lang)}</td>
    <td>${badge.validUntil ? longDate(badge.validUntil, lang) : RESULTS[lang].noEnd}</td>`
}

function detail(row: Row, index: number, results: Results): string {
  const { lang } = results
  const inside =
    'error' in row
      ? refusalView(row.error, lang)
      : html`<p class="said">${verdictSentence(row, results)}</p>
          !${adviceOf(row, lang) && html`<p><strong>${WORDS[lang].mend}</strong> ${adviceOf(row, lang)}</p>`}
          !${badgeEvidence(row, results, 'h3')}`
  return html`<details class="result">
    <summary>${index + 1}. !${rowTag(row, lang)} <bdi>${nameOf(row)}</bdi></summary>
    <div id="badge-${index + 1}">!${inside}</div>
  </details>`
}
