import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { Value } from 'typebox/value'
import { invalid } from '../errors.ts'
import { languageOf } from '../web/reply.ts'
import type { Verifier } from './verifier.ts'
import type { Verification } from './verify.ts'

const Asked = Type.Object({
  recipient: Type.Optional(Type.String({ maxLength: 300, description: 'Nom ou adresse à comparer' })),
  at: Type.Optional(Type.String({ maxLength: 40, description: 'Jour dont on parle, AAAA-MM-JJ ou date et heure' })),
  lang: Type.Optional(Type.String({ maxLength: 5 })),
})
const Envelope = Type.Object(
  {
    url: Type.Optional(Type.String({ maxLength: 4096 })),
    credential: Type.Optional(Type.Unknown()),
    recipient: Type.Optional(Type.String({ maxLength: 300 })),
    at: Type.Optional(Type.String({ maxLength: 40 })),
  },
  { additionalProperties: false, minProperties: 1 },
)
const FILE_TYPES = ['image/png', 'image/svg+xml', 'image/jpeg', 'application/pdf', 'application/octet-stream']
const TOKEN_TYPES = ['application/vc+jwt', 'application/jwt', 'text/plain']
const MAX_BODY = 8 * 1024 * 1024

/** `POST /verifications`: a badge in any form that it travels in; answers the checks and the verdict. */
export const verificationsRoutes =
  ({ verifier }: { verifier: Verifier }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.addContentTypeParser(FILE_TYPES, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    app.removeContentTypeParser('text/plain')
    app.addContentTypeParser(
      ['application/vc+ld+json', 'application/vc', 'application/ld+json', ...TOKEN_TYPES],
      { parseAs: 'buffer' },
      (_request, body, done) => done(null, body),
    )
    app.post(
      '/verifications',
      {
        config: { access: 'public' },
        bodyLimit: MAX_BODY,
        schema: {
          summary:
            'Vérifier un badge : JSON, jeton (JWT), PNG, SVG, PDF, photo de QR code ou {"url"} ; « recipient » et « at » au choix',
          tags: ['Vérification'],
          consumes: ['application/json', 'application/vc+ld+json', ...TOKEN_TYPES, ...FILE_TYPES],
          querystring: Asked,
        },
      },
      async (request) => {
        const { body } = request
        const lang = languageOf(request)
        const { recipient, at } = request.query
        if (Buffer.isBuffer(body))
          return serializeVerification(await verifier.file(body, { recipient, at: readDay(at), lang }))
        if (typeof body === 'object' && body !== null && '@context' in body) {
          return serializeVerification(await verifier.credential(body, { recipient, at: readDay(at), lang }))
        }
        if (!Value.Check(Envelope, body) || (body.url === undefined) === (body.credential === undefined)) {
          throw invalid(
            'verification_subject',
            'La demande ne contient pas de badge à vérifier.',
            'Envoyez le badge lui-même, son image, ou {"url": "…"} ; au choix avec "recipient" et "at".',
          )
        }
        const question = { recipient: body.recipient ?? recipient, at: readDay(body.at ?? at), lang }
        const { url, credential } = body
        return serializeVerification(
          url !== undefined
            ? await verifier.url(url, question)
            : typeof credential === 'string'
              ? await verifier.file(Buffer.from(credential), question)
              : await verifier.credential(credential, question),
        )
      },
    )
  }

/** The wire form: what was signed as it is, without the form that pages display. */
export const serializeVerification = (verification: Verification) => ({ ...verification, badge: undefined })

const DAY = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/

/** A day means its end: a badge of that very day counts. Errors: `date_invalid`. */
export function readDay(at: string | undefined): Date | undefined {
  if (at === undefined || at === '') return undefined
  const [, day = '', time] = DAY.exec(at) ?? []
  const date = new Date(time ? at : `${day}T23:59:59.999Z`)
  // The 30th of February would be read as the 2nd of March.
  const exists = day !== '' && !Number.isNaN(date.getTime()) && new Date(day).toISOString().startsWith(day)
  if (!exists) throw invalid('date_invalid', `La date « ${at} » n’est pas lisible.`, 'Écrivez-la 2026-03-12.')
  return date
}
