import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom } from '../auth/access.ts'
import { formToken } from '../auth/web-sessions.ts'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { facts } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import { sendPage } from '../web/reply.ts'
import { listOrganisations, moveOrganisation } from './approval.ts'
import type { Organisation } from './organisations.ts'
import { SlugParams, Why } from './schema.ts'

const config = { access: ['exploitant'] } as const
const PATH = '/organisme/a-approuver'
const SHOWN = 100
const Decision = Type.Object(
  { move: Type.Enum(['approval', 'refusal']), reason: Why, _jeton: Type.Optional(Type.String()) },
  { additionalProperties: false },
)

/** The organisations that wait for the operator's decision. */
export const reviewPages =
  ({ db, vault }: { db: Db; vault: Vault }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(PATH, { config, schema: { hide: true } }, async (request, reply) => {
      const { secret } = actorFrom(request)
      const waiting = await listOrganisations(db, 'pending', SHOWN)
      void reply.header('cache-control', 'no-store')
      return sendPage(reply, reviewPage(waiting, secret === null ? '' : formToken(vault, secret)))
    })
    app.post(
      '/organisme/:slug/decision',
      { config, schema: { hide: true, params: SlugParams, body: Decision } },
      async (request, reply) => {
        const { move, reason } = request.body
        await moveOrganisation(db, request.params.slug, move, { author: actorFrom(request).sub, reason })
        return reply.redirect(PATH, 303)
      },
    )
  }

const reviewPage = (waiting: Organisation[], jeton: string): Page => ({
  title: 'Organismes à approuver',
  body: html`<p class="up"><a href="/organisme">Mes organismes</a></p>
    <h1>Organismes à approuver</h1>
    !${waiting.length === 0 ? html`<p>Aucun organisme n’attend de décision.</p>` : ''}
    !${waiting.map((one) => reviewSection(one, jeton))}`,
})

const reviewSection = ({ slug, name, siret, nda, qualiopi, url }: Organisation, jeton: string): string =>
  html`<section class="tile">
    <h2><a href="/organisations/${slug}">${name}</a></h2>
    !${facts([
      ['SIRET', siret ?? 'non renseigné'],
      ['Déclaration d’activité', nda ?? 'non renseigné'],
      ['Qualiopi', qualiopi ? 'déclaré' : 'non déclaré'],
      ['Site', url ?? 'non renseigné'],
    ])}
    <form method="post" action="/organisme/${slug}/decision">
      <input type="hidden" name="_jeton" value="${jeton}" />
      <label for="motif-${slug}">Motif, que l’organisme lira</label>
      <textarea id="motif-${slug}" name="reason" required minlength="3" maxlength="1000"></textarea>
      <button type="submit" name="move" value="approval">Approuver ${name}</button>
      <button type="submit" name="move" value="refusal" class="secondary">Refuser ${name}</button>
    </form>
  </section>`
