import { csvLine } from '../web/csv.ts'
import type { Lang } from '../web/html.ts'
import type { Results } from './evidence-view.ts'
import { kindWords, RESULTS } from './results-words.ts'
import { claimedIssuer, didHost, verdictWord } from './verification-view.ts'
import { refusalWords } from './verifier-view.ts'
import { advice } from './verify-messages.ts'
import { type Row, verdictOf } from './verify-many.ts'
import { decisiveCheck } from './verify.ts'

/** What the verdict of a row rests on, in a sentence; nothing when all is well. */
export function reasonOf(row: Row, lang: Lang): string {
  if ('error' in row) return refusalWords(row.error, lang)[0]
  return decisiveCheck(row.verification.checks)?.message ?? ''
}

/** What to do about it. */
export function adviceOf(row: Row, lang: Lang): string {
  if ('error' in row) return refusalWords(row.error, lang)[1]
  const reason = decisiveCheck(row.verification.checks)
  return reason ? advice(reason.code, lang) : ''
}

/** Where the badge was found, within what was given. */
export const nameOf = ({ source, within }: Row): string => (within === null ? source : `${source} › ${within}`)

/** Whose it is, among the names typed. */
export function personOf(row: Row, { names, lang }: Results): string {
  if (names.length === 0) return RESULTS[lang].notAsked
  return ('verification' in row && row.verification.matched?.join(', ')) || '–'
}

/** The results as a table that a spreadsheet opens; days are written as it reads them. */
export function resultsCsv(results: Results): string {
  const { rows, lang } = results
  const words = RESULTS[lang]
  const [verdict, person, badge, issuer, issued, until, reason, file] = words.columns
  const heads = [verdict, person, badge, words.kind, issuer, words.proven, words.ended, issued, until]
  const header = csvLine([...heads, reason, words.mend, file, words.url])
  return header + rows.map((row) => line(row, results)).join('')
}

function line(row: Row, results: Results): string {
  const { lang } = results
  const badge = 'badge' in row ? row.badge : null
  const day = (date: string | undefined) => date?.slice(0, 10) ?? ''
  const shown = badge
    ? [
        badge.credentialSubject.achievement.name,
        kindWords(badge.credentialSubject.achievement.achievementType, results.register.has(badge.id), lang),
        claimedIssuer(badge).name ?? '',
        didHost(claimedIssuer(badge).id),
        day(badge.credentialSubject.activityEndDate),
        day(badge.validFrom),
        badge.validUntil ? day(badge.validUntil) : RESULTS[lang].noEnd,
      ]
    : ['', '', '', '', '', '', '']
  const said = [reasonOf(row, lang), adviceOf(row, lang), nameOf(row), badge?.id]
  return csvLine([verdictWord(verdictOf(row), lang), personOf(row, results), ...shown, ...said])
}
