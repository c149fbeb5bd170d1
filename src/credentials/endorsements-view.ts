import { tag } from '../web/components.ts'
import { html, type Lang, longDate } from '../web/html.ts'
import { didHost } from './verification-view.ts'
import type { ShownEndorsement } from './verify-endorsements.ts'

const WORDS = {
  fr: {
    title: 'Recommandé par',
    of: { badge: 'ce badge', achievement: 'cette sorte de badge', issuer: 'son émetteur', endorser: 'qui recommande' },
    about: 'Ce qui est recommandé :',
    valid: 'vérifiée',
    invalid: 'à ne pas croire',
    indeterminate: 'non vérifiée',
    proven: 'adresse prouvée par la signature',
    claimed: 'adresse annoncée, non prouvée',
    on: 'le',
  },
  en: {
    title: 'Endorsed by',
    of: { badge: 'this badge', achievement: 'this kind of badge', issuer: 'its issuer', endorser: 'who endorses' },
    about: 'What is endorsed:',
    valid: 'verified',
    invalid: 'not to be trusted',
    indeterminate: 'not verified',
    proven: 'address proven by the signature',
    claimed: 'address as claimed, not proven',
    on: 'on',
  },
} as const
const TONES = { valid: 'valid', invalid: 'invalid', indeterminate: 'waiting' } as const

/** What others say of a badge, of its class and of its issuer, each with what verifying it gave; nothing when nobody does. */
export function endorsementsView(endorsements: ShownEndorsement[], lang: Lang, heading: 'h2' | 'h3'): string {
  if (endorsements.length === 0) return ''
  return html`<${heading}>${WORDS[lang].title}</${heading}> !${items(endorsements, lang)}`
}

const items = (endorsements: ShownEndorsement[], lang: Lang): string =>
  html`<ul class="plain">
    !${endorsements.map((one) => html`<li>!${item(one, lang)}</li>`)}
  </ul>`

/** Words that nothing proves are not shown: whoever made the file could have written them. */
function item(
  { of, issuer, comment, validFrom, verdict, message, endorsements }: ShownEndorsement,
  lang: Lang,
): string {
  const words = WORDS[lang]
  const isProven = validFrom !== ''
  const host = didHost(issuer.id)
  const proof = isProven ? `${words.proven}), ${words.on} ${longDate(validFrom, lang)}` : `${words.claimed})`
  return html`<p>
      <strong>${issuer.name ?? host}</strong> !${tag(words[verdict], TONES[verdict])}<br />
      <small>${host} (${proof}</small><br />
      <small>${words.about} ${words.of[of]}. ${message}</small>
    </p>
    !${comment === null ? '' : html`<blockquote class="said-of">${comment}</blockquote>`}
    !${endorsements.length === 0 ? '' : items(endorsements, lang)}`
}
