import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { html, type Page } from '../web/html.ts'
import { sendPage } from '../web/reply.ts'
import { VOCABULARY } from './vocabulary.ts'

/** What the words of a signed answer mean, each at the address that its context gives. */
export const vocabularyPages = (): FastifyPluginAsyncTypebox => async (app) => {
  app.get('/vocabulaire', { config: { access: 'public' }, schema: { hide: true } }, async (_request, reply) =>
    sendPage(reply, vocabularyPage()),
  )
}

const vocabularyPage = (): Page => ({
  title: 'Vocabulaire des réponses signées',
  body: html`<h1>Vocabulaire des réponses signées</h1>
    <p>
      Une réponse signée dit si une habilitation Aidants Connect valait à un moment donné. Voici ce que signifie chacun
      de ses mots ; les autres sont ceux des Verifiable Credentials.
    </p>
    <dl>
      !${Object.entries(VOCABULARY).map(
        ([name, meaning]) =>
          html`<dt id="${name}"><code>${name}</code></dt>
            <dd>${meaning}</dd>`,
      )}
    </dl>`,
})
