import type { DomainError } from '../errors.ts'
import { html, type Lang, type Page } from '../web/html.ts'
import { REFUSALS_EN, WORDS } from './verifier-words.ts'

/** What was typed, shown again beside what is to be corrected. */
export type Typed = { url?: string; recipient?: string; at?: string }

/** The page `/verifier` with this content and, below it, the form. */
export const verifierPage = (lang: Lang, title: string, body: string): Page => ({
  title,
  lang,
  description: WORDS[lang].intro,
  alternate: `/verifier?lang=${lang === 'fr' ? 'en' : 'fr'}`,
  body,
  scripts: ['/static/verifier.js'],
})

/** The page as it is first seen. */
export const emptyPage = (lang: Lang): Page =>
  verifierPage(
    lang,
    WORDS[lang].title,
    html`<h1>${WORDS[lang].title}</h1>
      <p class="lead">${WORDS[lang].intro}</p>
      !${verifierForm(lang)}`,
  )

/** The form was not filled in as it should: what to correct, and what was typed. */
export function correctPage(error: DomainError, lang: Lang, typed: Typed): Page {
  const words = WORDS[lang]
  const field = FIELDS[error.code] ?? 'file'
  const body = html`<h1>${words.title}</h1>
    <div class="refusal" role="alert" tabindex="-1" autofocus>
      <h2>${words.correct}</h2>
      !${refusalView(error, lang, field)}
    </div>
    !${verifierForm(lang, typed)}`
  return verifierPage(lang, `${words.correct} : ${words.title}`, body)
}

const FIELDS: Record<string, string> = { date_invalid: 'at', too_many_names: 'recipient' }

/** Why something could not be read and what to do; in English where it is said in English. */
export function refusalView({ code, message, mend }: DomainError, lang: Lang, field?: string): string {
  const [said, todo] = (lang === 'en' && REFUSALS_EN[code]) || [message, mend]
  const spoken = lang === 'en' && !REFUSALS_EN[code] ? 'fr' : lang
  return html`<p lang="${spoken}">!${field ? html`<a href="#${field}">${said}</a>` : html`${said}`}</p>
    <p><strong>${WORDS[lang].mend}</strong> <span lang="${spoken}">${todo}</span></p>`
}

/** The same in one line, for a table or a CSV. */
export const refusalWords = ({ code, message, mend }: DomainError, lang: Lang): [string, string] =>
  (lang === 'en' && REFUSALS_EN[code]) || [message, mend]

const ACCEPTED = '.pdf,.png,.jpg,.jpeg,.svg,.json,application/pdf,image/png,image/jpeg,image/svg+xml,application/json'

export function verifierForm(lang: Lang, { url = '', recipient = '', at = '' }: Typed = {}): string {
  const words = WORDS[lang]
  return html`<form
      class="verify"
      method="post"
      action="/verifier?lang=${lang}"
      enctype="multipart/form-data"
      data-waiting="${words.waiting}"
    >
      <div class="drop">
        <label for="file">${words.file}</label>
        <input id="file" name="file" type="file" multiple accept="${ACCEPTED}" aria-describedby="file-hint" />
        <small id="file-hint">${words.hint}</small>
        <output class="chosen" for="file" data-label="${words.chosen}"></output>
      </div>
      <p class="or">${words.or}</p>
      <label for="url">${words.url}</label>
      <input
        id="url"
        name="url"
        type="url"
        inputmode="url"
        maxlength="4096"
        autocomplete="off"
        value="${url}"
        aria-describedby="url-hint"
      />
      <small id="url-hint">${words.urlHint}</small>
      <label for="recipient">${words.recipient}</label>
      <textarea id="recipient" name="recipient" rows="2" autocomplete="off" aria-describedby="recipient-hint">
${recipient}</textarea>
      <small id="recipient-hint">${words.recipientHint}</small>
      <label for="at">${words.at}</label><input id="at" name="at" type="date" value="${at}" />
      <button type="submit">${words.submit}</button>
    </form>
    <p class="remark">${words.phone}</p>`
}
