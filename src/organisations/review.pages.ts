import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, jetonOf } from '../auth/access.ts'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { formBody } from '../web/form-schema.ts'
import { emptyList, facts } from '../web/components.ts'
import { answerForm } from '../web/form-answer.ts'
import { areaField, doneNote, errorSummary, formJeton, type Refusal } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import { sendPrivate } from '../web/reply.ts'
import { listOrganisations, moveOrganisation } from './approval.ts'
import type { Organisation } from './organisations.ts'
import { SlugParams, Why } from './schema.ts'

const config = { access: ['exploitant'] } as const
const PATH = '/organisme/a-approuver'
const SHOWN = 100
const Decision = formBody({ move: Type.Enum(['approval', 'refusal']), reason: Why })

const Query = Type.Object({ fait: Type.Optional(Type.Enum(['approval', 'refusal'])) })
const DONE = { approval: 'L’organisme est approuvé.', refusal: 'L’organisme est refusé ; il lira votre motif.' }

/** The organisations that wait for the operator's decision. */
export const reviewPages =
  ({ db, vault }: { db: Db; vault: Vault }): FastifyPluginAsyncTypebox =>
  async (app) => {
    type More = { refusal?: Refusal; done?: string | undefined }
    const pageOf = async (request: FastifyRequest, more: More) =>
      reviewPage({ waiting: await listOrganisations(db, 'pending', SHOWN), jeton: jetonOf(request, vault), ...more })

    app.get(PATH, { config, schema: { hide: true, querystring: Query } }, async (request, reply) => {
      const done = request.query.fait && DONE[request.query.fait]
      return sendPrivate(reply, await pageOf(request, { done }))
    })
    app.post(
      '/organisme/:slug/decision',
      { config, attachValidation: true, schema: { hide: true, params: SlugParams, body: Decision } },
      async (request, reply) => {
        const act = async () => {
          const { move, reason } = request.body
          await moveOrganisation(db, request.params.slug, move, { author: actorFrom(request).sub, reason })
          return `${PATH}?fait=${move}`
        }
        return answerForm(request, reply, act, (refusal) => pageOf(request, { refusal }))
      },
    )
  }

type Content = { waiting: Organisation[]; jeton: string; refusal?: Refusal; done?: string | undefined }

const reviewPage = ({ waiting, jeton, refusal, done }: Content): Page => ({
  title: 'Organismes à approuver',
  body: html`<p class="up"><a href="/organisme">Mes organismes</a></p>
    !${errorSummary(refusal)} !${doneNote(done)}
    <h1>Organismes à approuver</h1>
    !${waiting.length === 0 ? emptyList('Aucun organisme n’attend de décision.') : ''}
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
      !${formJeton(jeton)}
      !${areaField({ name: 'reason', id: `motif-${slug}`, label: 'Motif, que l’organisme lira', rules: 'required minlength="3" maxlength="1000"' })}
      <button type="submit" name="move" value="approval">Approuver ${name}</button>
      <button type="submit" name="move" value="refusal" class="secondary">Refuser ${name}</button>
    </form>
  </section>`
