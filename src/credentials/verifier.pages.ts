import type { Multipart } from '@fastify/multipart'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { DomainError, invalid } from '../errors.ts'
import { html, type Lang, type Page } from '../web/html.ts'
import { languageOf, sendPage } from '../web/reply.ts'
import { checkShape } from './open-badge.ts'
import { badgeFacts, verdictView } from './verification-view.ts'
import { readDay } from './verifications.routes.ts'
import type { Verifier } from './verifier.ts'
import type { Verification } from './verify.ts'

const WORDS = {
  fr: {
    title: 'Vérifier un badge',
    intro:
      'Déposez le fichier reçu (image PNG ou SVG, ou fichier JSON), ou collez le lien de la page du badge. La réponse vient en quelques secondes ; rien n’est conservé.',
    file: 'Fichier du badge',
    hint: 'Glissez le fichier ici, ou choisissez-le.',
    or: 'ou collez un lien',
    url: 'Lien du badge',
    recipient: 'Nom ou adresse de la personne (facultatif)',
    recipientHint: 'Pour savoir si le badge est bien le sien. Les accents et les majuscules ne comptent pas.',
    at: 'Valable à cette date (facultatif)',
    submit: 'Vérifier',
    again: 'Vérifier un autre badge',
    nothing: 'Aucun fichier ni lien n’a été donné.',
    nothingMend: 'Choisissez un fichier ou collez un lien, puis recommencez.',
    error: 'Ce badge n’a pas pu être lu',
    says: 'Ce que dit le badge',
    mend: 'Que faire ?',
  },
  en: {
    title: 'Verify a badge',
    intro:
      'Drop the file you received (PNG or SVG image, or JSON file), or paste the link of the badge’s page. The answer takes seconds; nothing is kept.',
    file: 'Badge file',
    hint: 'Drag the file here, or choose it.',
    or: 'or paste a link',
    url: 'Badge link',
    recipient: 'Name or e-mail of the person (optional)',
    recipientHint: 'To know whether the badge is theirs. Accents and capitals do not matter.',
    at: 'Valid on this date (optional)',
    submit: 'Verify',
    again: 'Verify another badge',
    nothing: 'No file and no link was given.',
    nothingMend: 'Choose a file or paste a link, then try again.',
    error: 'This badge could not be read',
    says: 'What the badge says',
    mend: 'What to do?',
  },
} as const

const open = { access: 'public' } as const
const schema = { hide: true, querystring: Type.Object({ lang: Type.Optional(Type.String({ maxLength: 5 })) }) }

/** `/verifier`: a file or a link in, a verdict and its reasons out; works without script. */
export const verifierPages =
  ({ verifier }: { verifier: Verifier }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/verifier', { config: open, schema }, async (request, reply) => {
      const lang = languageOf(request)
      return sendPage(reply, {
        ...page(lang),
        body: html`<h1>${WORDS[lang].title}</h1>
          !${form(lang)}`,
      })
    })

    app.post('/verifier', { config: open, schema }, async (request, reply) => {
      const lang = languageOf(request)
      const given = await readForm(request.parts())
      try {
        const question = { recipient: given.fields['recipient'], at: readDay(given.fields['at']), lang }
        const url = given.fields['url']?.trim()
        if (!given.file && !url) throw invalid('nothing_given', WORDS[lang].nothing, WORDS[lang].nothingMend)
        const verification = given.file ? await verifier.file(given.file, question) : await verifier.url(url!, question)
        return sendResult(reply, verification, lang)
      } catch (error) {
        if (!(error instanceof DomainError)) throw error
        return sendPage(reply.code(422), { ...page(lang), title: WORDS[lang].error, body: refusal(error, lang) })
      }
    })
  }

type Given = { file: Buffer | null; fields: Record<string, string> }

async function readForm(parts: AsyncIterable<Multipart>): Promise<Given> {
  const given: Given = { file: null, fields: {} }
  for await (const part of parts) {
    if (part.type === 'field') given.fields[part.fieldname] = String(part.value)
    else {
      const bytes = await part.toBuffer()
      if (bytes.length > 0) given.file = bytes
    }
  }
  return given
}

const page = (lang: Lang): Page => ({
  title: WORDS[lang].title,
  lang,
  alternate: `/verifier?lang=${lang === 'fr' ? 'en' : 'fr'}`,
  body: '',
  scripts: ['/static/verifier.js'],
})

function sendResult(reply: FastifyReply, verification: Verification, lang: Lang): FastifyReply {
  const words = WORDS[lang]
  const proof = verification.checks.find((check) => check.id === 'proof')
  const shape = checkShape(verification.credential)
  // Only what a verified signature covers is shown as a fact.
  const badge = proof?.outcome === 'success' && shape.outcome === 'success' ? shape.badge : null
  const facts = badge
    ? html`<h2>${words.says}</h2>
        <p>
          <strong>${badge.credentialSubject.achievement.name}</strong> —
          ${badge.credentialSubject.achievement.description}
        </p>
        !${badgeFacts(badge, lang)}`
    : ''
  const body = html`<h1>${words.title}</h1>
    !${verdictView(verification, lang)}!${facts}
    <h2>${words.again}</h2>
    !${form(lang)}`
  return sendPage(reply, { ...page(lang), body })
}

const refusal = ({ message, mend }: DomainError, lang: Lang): string =>
  html`<h1>${WORDS[lang].error}</h1>
    <div role="alert" class="verdict" data-verdict="indeterminate">
      <p lang="fr">${message}</p>
      <p lang="fr"><strong>${WORDS[lang].mend}</strong> ${mend}</p>
    </div>
    !${form(lang)}`

function form(lang: Lang): string {
  const words = WORDS[lang]
  return html`<p>${words.intro}</p>
    <form method="post" action="/verifier?lang=${lang}" enctype="multipart/form-data">
      <div class="drop">
        <label for="file">${words.file}</label>
        <input
          id="file"
          name="file"
          type="file"
          accept=".png,.svg,.json,image/png,image/svg+xml,application/json"
          aria-describedby="file-hint"
        />
        <small id="file-hint">${words.hint}</small>
      </div>
      <p>${words.or}</p>
      <label for="url">${words.url}</label
      ><input id="url" name="url" type="url" inputmode="url" maxlength="4096" autocomplete="off" />
      <label for="recipient">${words.recipient}</label>
      <input id="recipient" name="recipient" maxlength="300" autocomplete="off" aria-describedby="recipient-hint" />
      <small id="recipient-hint">${words.recipientHint}</small>
      <label for="at">${words.at}</label><input id="at" name="at" type="date" />
      <button type="submit">${words.submit}</button>
    </form>`
}
