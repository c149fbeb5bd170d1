import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, jetonOf } from '../auth/access.ts'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { HOUR } from '../web/components.ts'
import { answerForm } from '../web/form-answer.ts'
import { formBody } from '../web/form-schema.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendDocument, sendPage, sendPrivate } from '../web/reply.ts'
import type { Crossings } from './crossings.ts'
import { publishPage } from './publish-view.ts'
import { wholeCatalogue } from './release-dcat.ts'
import type { Publishing } from './release-files.ts'
import { ReleaseNote, ReleaseNumber } from './releases-schema.ts'
import { getRelease, listReleases, nextRelease, publishRelease, releaseChanges } from './releases.ts'
import { PATH, releasePage, releasesPage } from './releases-view.ts'

const open = { access: 'public' } as const
const config = { access: ['exploitant'] } as const

const One = Type.Object({ number: ReleaseNumber })
const Done = Type.Object({ fait: Type.Optional(Type.Literal('publiee')) })
const Publication = formBody({ number: ReleaseNumber, note: ReleaseNote })

/** The releases of the map, their catalogue, and where the operator publishes the next one. */
export const releasesPages =
  ({
    db,
    vault,
    crossings,
    ...site
  }: { db: Db; vault: Vault; crossings: Crossings } & Publishing): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(PATH, { config: open, schema: { hide: true } }, async (_request, reply) =>
      sendPage(reply, releasesPage(await listReleases(db), site)),
    )
    app.get('/cartographie/catalogue.jsonld', { config: open, schema: { hide: true } }, async (_request, reply) => {
      const document = `${JSON.stringify(wholeCatalogue(await listReleases(db), site), null, 2)}\n`
      return sendDocument(reply, 'application/ld+json', document, HOUR)
    })
    app.get(
      `${PATH}/:number`,
      { config: open, schema: { hide: true, params: One, querystring: Done } },
      async ({ params: { number }, query }, reply) => {
        const [release, newest] = await Promise.all([getRelease(db, number), getRelease(db, 'latest')])
        const lines = await releaseChanges(db, number)
        const shown = { release, lines, newest: newest.number, done: query.fait !== undefined }
        return sendPage(reply, releasePage(shown, site))
      },
    )

    const pageOf = async (request: FastifyRequest, more: { given?: Given; refusal?: Refusal } = {}) =>
      publishPage({ next: await nextRelease(db, crossings), jeton: jetonOf(request, vault), ...more })
    app.get(`${PATH}/publier`, { config, schema: { hide: true } }, async (request, reply) =>
      sendPrivate(reply, await pageOf(request)),
    )
    app.post(
      `${PATH}/publier`,
      { config, attachValidation: true, schema: { hide: true, body: Publication } },
      async (request, reply) => {
        const act = async () => {
          const { number, note } = request.body
          await publishRelease(db, { ...site, crossings }, { number, note, author: actorFrom(request).sub })
          return `${PATH}/${number}?fait=publiee`
        }
        return answerForm(request, reply, act, (refusal) => pageOf(request, { given: request.body, refusal }))
      },
    )
  }
