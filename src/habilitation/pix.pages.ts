import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, jetonOf, OFFICERS } from '../auth/access.ts'
import { parisDate } from '../days.ts'
import { record } from '../journal/journal.ts'
import { answerForm } from '../web/form-answer.ts'
import { acceptFiles } from '../web/form-files.ts'
import type { Given, Refusal } from '../web/forms.ts'
import type { Page } from '../web/html.ts'
import { sendPrivate } from '../web/reply.ts'
import type { SpaceDeps } from './habilitations-space.pages.ts'
import { MatchForm, ReasonForm } from './page-forms.ts'
import { formBody } from '../web/form-schema.ts'
import { countOf, dismissResult, importResults, listResults, matchByHand } from './pix-results.ts'
import { parsePixFile, readPixRows } from './pix-rows.ts'
import { pixPage, pixReceiptsPage } from './pix-view.ts'
import { IdParams } from './schema.ts'
import { SPACE } from './space-view.ts'
import { requestOfAddress } from './summaries.ts'

const PATH = `${SPACE}/pix`
const PAGE = 50
const MAX_FILE = 8 * 1024 * 1024
const hide = true
const params = IdParams
const FileForm = formBody({ file: Type.String() })
const Listed = Type.Object({
  state: Type.Optional(Type.Enum(['unmatched', 'dismissed'])),
  after: Type.Optional(IdParams.properties.id),
  fait: Type.Optional(Type.String({ maxLength: 20 })),
})

/** Results of the Pix test: their import, and those that wait to be somebody's. */
export const pixPages =
  (deps: SpaceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, vault, queue, authority } = deps
    const config = { access: OFFICERS }
    acceptFiles(app, MAX_FILE, (file) => file.text())

    app.get(PATH, { config, schema: { hide, querystring: Listed } }, async (request, reply) => {
      const { fait: done, ...sought } = request.query
      return sendPrivate(reply, await listPage(deps, request, { done, ...sought }))
    })
    app.post(
      PATH,
      { config, attachValidation: true, bodyLimit: MAX_FILE, schema: { hide, body: FileForm } },
      async (request, reply) =>
        answerForm(
          request,
          reply,
          async () => {
            const read = readPixRows(parsePixFile(request.body.file), parisDate(new Date()))
            const receipts = await importResults(db, vault, authority, { read, author: actorFrom(request).sub })
            await queue.enqueue('awards.issue', {})
            return pixReceiptsPage(receipts, countOf(receipts))
          },
          (refusal) => listPage(deps, request, { refusal: { ...refusal, fields: [FILE] } }),
        ),
    )
    app.post(
      `${PATH}/:id/rattachement`,
      { config, attachValidation: true, schema: { hide, params, body: MatchForm } },
      async (request, reply) => {
        const { id } = request.params
        return answerForm(
          request,
          reply,
          async () => {
            const { email, reason } = request.body
            const requestId = await requestOfAddress(db, vault, email)
            await matchByHand(db, authority, { id, requestId, author: actorFrom(request).sub, reason })
            await queue.enqueue('awards.issue', {})
            return `${PATH}?fait=rattache`
          },
          (refusal) =>
            listPage(deps, request, { refusal, tried: { id, given: Object.assign({ email: '' }, request.body) } }),
        )
      },
    )
    app.post(
      `${PATH}/:id/mise-de-cote`,
      { config, attachValidation: true, schema: { hide, params, body: ReasonForm } },
      async (request, reply) => {
        const { id } = request.params
        return answerForm(
          request,
          reply,
          async () => {
            await dismissResult(db, { id, author: actorFrom(request).sub, reason: request.body.reason })
            return `${PATH}?fait=cote`
          },
          (refusal) => listPage(deps, request, { refusal, tried: { id, given: {} } }),
        )
      },
    )
  }

const FILE = { name: 'file', message: 'Choisissez le fichier de résultats de la plateforme Pix.' }

type Told = {
  state?: 'unmatched' | 'dismissed'
  after?: string
  done?: string | undefined
  refusal?: Refusal
  tried?: { id: string; given: Given }
}

/** With the addresses that were typed: such a reading is written down. */
async function listPage({ db, vault }: SpaceDeps, request: FastifyRequest, told: Told): Promise<Page> {
  const { state = 'unmatched', after, ...rest } = told
  const results = await listResults(db, vault, { state, limit: PAGE, after })
  const { sub: author } = actorFrom(request)
  const details = { rows: results.items.length }
  await record(db, { author, action: 'pix.results_listed', subject: 'pix-results', details })
  return pixPage({ results, state, jeton: jetonOf(request, vault), ...rest })
}
