import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { facts, HOUR } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import { askedForm, sendDocument, sendPage } from '../web/reply.ts'
import { getOrganisation, serializeOrganisation } from './organisations.ts'

const config = { access: 'public' } as const
const schema = { hide: true, params: Type.Object({ slug: Type.String({ minLength: 1, maxLength: 70 }) }) }

/** The public page of an organisation. */
export const organisationsPages =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/organisations/:slug', { config, schema }, async (request, reply) => {
      const [slug, form] = askedForm(request, reply, request.params.slug)
      const about = serializeOrganisation(await getOrganisation(db, slug), baseUrl)
      if (form === 'json') return sendDocument(reply, 'application/json', JSON.stringify(about), HOUR)
      return sendPage(reply, organisationPage(about))
    })
  }

const NOT_GIVEN = 'non renseigné'

function organisationPage({
  slug,
  name,
  siret,
  nda,
  qualiopi,
  url,
  did,
}: ReturnType<typeof serializeOrganisation>): Page {
  return {
    title: name,
    description: `${name} signe ses badges de compétences avec Insigne.`,
    body: html`<h1>${name}</h1>
      <p class="lead">
        Cet organisme signe ses badges avec ses propres clés. L’identité de signature ci-dessous est celle que la
        vérification compare à celle du badge.
      </p>
      !${facts([
        ['SIRET', siret ?? NOT_GIVEN],
        ['Déclaration d’activité', nda ?? NOT_GIVEN],
        ['Qualiopi', qualiopi ? 'déclaré' : 'non déclaré'],
        ['Site', url === null ? NOT_GIVEN : { markup: html`<a href="${url}" rel="nofollow noopener">${url}</a>` }],
        ['Identité de signature', { markup: html`<code>${did}</code>` }],
      ])}
      <section class="sources">
        <h2>Sources</h2>
        <p>
          Renseignements donnés lors de l’inscription de l’organisme. Insigne ne les a pas contrôlés auprès d’un
          registre public.
        </p>
      </section>
      <p class="formats">
        <a href="/organisations/${slug}/did.json">Clés publiques (did.json)</a>
        <a href="/organisations/${slug}.json">Cette page en JSON</a>
      </p>`,
  }
}
