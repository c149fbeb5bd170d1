import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, OFFICERS } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { forTheLog } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { Reason, Why } from '../organisations/schema.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { parisDate } from '../days.ts'
import { listCertifications, recordCertification } from './pix-certifications.ts'
import { GivenMark } from './pix-marks.ts'
import { countOf, dismissResult, importResults, listResults, matchByHand } from './pix-results.ts'
import { otherShape, parsePixFile, readPixRows } from './pix-rows.ts'
import type { Authority } from './validation.ts'

const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
const ById = Type.Object({ id: Uuid })
const closed = { additionalProperties: false }
const MAX_BODY = 8 * 1024 * 1024
const Certification = Type.Object(
  {
    email: Type.String({ format: 'email', maxLength: 254 }),
    verificationCode: Type.String({ pattern: '^P-[A-Za-z0-9]{8}$', maxLength: 10 }),
    pixScore: Type.Integer({ minimum: 0, maximum: 1024 }),
    certifiedOn: Type.String({ format: 'date', pattern: '^20' }),
    marks: Type.Array(GivenMark, { maxItems: 16, description: 'Niveau de chaque compétence, -1 si non certifiée' }),
  },
  closed,
)

type Deps = { db: Db; vault: Vault; queue: Queue; authority: Authority }

/** Results of the Pix test, and Pix certifications, of people for whom a habilitation is asked. */
export const pixRoutes =
  ({ db, vault, queue, authority }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: OFFICERS }
    const tags = ['Habilitation']
    // What is no JSON is refused in words that say what is expected, whatever it calls itself.
    app.addContentTypeParser(['text/csv', 'text/plain'], { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    )

    /** Badges are issued after the commit; should the queue not answer, its sweep finds them. */
    const issueBadges = async (request: FastifyRequest): Promise<void> => {
      await queue.enqueue('awards.issue', {}).catch((error: unknown) => {
        request.log.error({ err: forTheLog(error) }, 'awards.not_enqueued')
      })
    }

    app.post(
      '/habilitations/pix-results',
      {
        config,
        bodyLimit: MAX_BODY,
        schema: {
          summary: 'Importer des résultats du test Pix : un tableau JSON, ou le fichier (champ « file »)',
          description:
            "Chaque ligne a « date d'envoi », « email saisi » et « résultat » (de 0 à 1). Une ligne déjà reçue ne change rien.",
          tags,
          consumes: ['application/json', 'multipart/form-data'],
        },
      },
      async (request) => {
        const read = readPixRows(await readBody(request), parisDate(new Date()))
        const { sub: author } = actorFrom(request)
        const receipts = await importResults(db, vault, authority, { read, author })
        const { duplicate: duplicates, ...counts } = countOf(receipts)
        if (counts.matched > 0) await issueBadges(request)
        return { ...counts, duplicates, receipts }
      },
    )

    app.get(
      '/habilitations/pix-results',
      {
        config,
        schema: {
          summary:
            'Les résultats du test Pix qui ne sont encore à personne, ou mis de côté ; les premiers reçus d’abord',
          tags,
          querystring: Type.Object({
            state: Type.Optional(
              Type.Union([Type.Literal('unmatched'), Type.Literal('dismissed')], { default: 'unmatched' }),
            ),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
            after: Type.Optional(Uuid),
          }),
        },
      },
      async (request) => {
        const { state = 'unmatched', limit = 100, after } = request.query
        const page = await listResults(db, vault, { state, limit, after })
        const { sub: author } = actorFrom(request)
        const details = { rows: page.items.length }
        await record(db, { author, action: 'pix.results_listed', subject: 'pix-results', details })
        return page
      },
    )

    app.post(
      '/habilitations/pix-results/:id/match',
      {
        config,
        schema: {
          summary: 'Rattacher un résultat à une demande, quand la personne a tapé une autre adresse',
          tags,
          params: ById,
          body: Type.Object({ request: Uuid, reason: Why }, closed),
        },
      },
      async (request) => {
        const { id } = request.params
        const { request: requestId, reason } = request.body
        await matchByHand(db, authority, { id, requestId, author: actorFrom(request).sub, reason })
        await issueBadges(request)
        return { id, state: 'matched', request: requestId }
      },
    )

    app.post(
      '/habilitations/pix-results/:id/dismissal',
      {
        config,
        schema: {
          summary: 'Mettre de côté un résultat qui n’est à personne ici',
          tags,
          params: ById,
          body: Reason,
        },
      },
      async (request) => {
        const { id } = request.params
        await dismissResult(db, { id, author: actorFrom(request).sub, reason: request.body.reason })
        return { id, state: 'dismissed' }
      },
    )

    app.post(
      '/habilitations/pix-certifications',
      { config, schema: { summary: 'Enregistrer la certification Pix d’une personne', tags, body: Certification } },
      async (request, reply) => {
        const { verificationCode: code } = request.body
        const given = { ...request.body, verificationCode: code.toUpperCase() }
        const { id, isNew } = await recordCertification(db, vault, given, actorFrom(request).sub)
        return reply.code(isNew ? 201 : 200).send({ id, outcome: isNew ? 'created' : 'known' })
      },
    )

    app.get(
      '/habilitations/pix-certifications',
      {
        config,
        schema: {
          summary: 'Les certifications Pix de la personne d’une demande',
          tags,
          querystring: Type.Object({ request: Uuid }),
        },
      },
      async (request) => ({
        items: await listCertifications(db, vault, request.query.request, actorFrom(request).sub),
      }),
    )
  }

/** What was sent, as JSON: in the body or in its file. Errors: `pix_shape`. */
async function readBody(request: FastifyRequest): Promise<unknown> {
  if (!request.isMultipart()) return request.body
  for await (const part of request.parts()) {
    if (part.type === 'file' && part.fieldname === 'file') return parsePixFile((await part.toBuffer()).toString('utf8'))
  }
  throw otherShape('L’envoi ne contient pas de fichier « file ».')
}
