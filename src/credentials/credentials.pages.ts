import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox'
import { getAchievement } from '../badges/achievements.ts'
import { badgeImagePng, badgeImageSvg } from '../badges/render.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import type { Vault } from '../vault.ts'
import type { Lang } from '../web/html.ts'
import { JSON_LD, languageOf, sendDocument, sendPage, splitSuffix, wants } from '../web/reply.ts'
import { badgePdf } from './badge-pdf.ts'
import { bakePng, bakeSvg } from './bake.ts'
import { credentialPage } from './credential-page.ts'
import { shownName } from './consents.ts'
import { getCredential, lastReason } from './credentials.ts'
import { identityLink } from './identity-links.ts'
import { didDocument } from './keys.ts'
import { credentialToken } from './sign-jwt.ts'
import { CACHE_SECONDS, PURPOSES, signedStatusList } from './status.ts'
import type { Verifier } from './verifier.ts'
import { isUuid } from '../uuid.ts'

const Segment = Type.String({ maxLength: 120 })
const DAY = 86_400
const open = { access: 'public' } as const

/** A part of the page of a badge that another feature writes (markup, empty when there is nothing to say). */
export type CredentialSection = (credentialId: string, lang: Lang) => Promise<string>
type Deps = { db: Db; vault: Vault; baseUrl: string; verifier: Verifier; sections: CredentialSection[] }

/** The public documents of credentials: badge pages and files, status lists, DID documents. */
export const credentialsPages =
  ({ db, vault, baseUrl, verifier, sections }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const hidden = (name: string) => ({ hide: true, params: Type.Object({ [name]: Segment }) })

    const querystring = Type.Object({ alg: Type.Optional(Type.Union([Type.Literal('RS256'), Type.Literal('ES256')])) })
    app.get<{ Params: { file: string }; Querystring: Static<typeof querystring> }>(
      '/credentials/:file',
      { config: open, schema: { ...hidden('file'), querystring } },
      async (request, reply) => {
        const [id, suffix] = splitSuffix(request.params.file)
        if (!isUuid(id)) throw notFound('Le badge', id)
        const found = await getCredential(db, id)
        void reply.header('vary', 'accept, accept-language')
        const format = suffix ?? wants(request)
        if (format === 'json') return sendDocument(reply, JSON_LD, found.document, DAY)
        if (format === 'jwt') {
          const token = await credentialToken(db, vault, baseUrl, found, request.query.alg)
          return sendDocument(reply, 'application/vc+jwt', token, DAY)
        }
        const achievement = await getAchievement(db, found.achievement, found.achievementVersion)
        if (format === 'html') {
          const lang = languageOf(request)
          const verification = await verifier.credential(JSON.parse(found.document), { lang })
          const reason = found.revokedAt || found.suspendedAt ? await lastReason(db, id) : null
          const holder = await shownName(db, vault, id)
          const { validUntil } = found
          const expiredOn = validUntil && validUntil <= new Date() ? validUntil : null
          const added = await Promise.all(sections.map((section) => section(id, lang)))
          const shown = { id, achievement, verification, holder, reason, expiredOn, lang, baseUrl, sections: added }
          return sendPage(reply, credentialPage(shown))
        }
        if (format === 'png') {
          return sendDocument(reply, 'image/png', bakePng(badgeImagePng(achievement), found.document), DAY)
        }
        if (format === 'svg') {
          return sendDocument(reply, 'image/svg+xml', bakeSvg(badgeImageSvg(achievement), found.document), DAY)
        }
        if (format === 'pdf') {
          const holder = await shownName(db, vault, id)
          const lang = languageOf(request)
          const pdf = await badgePdf({ ...found, achievement, holder, lang, baseUrl, now: new Date() })
          return sendDocument(reply, 'application/pdf', pdf, 0) // the name may be hidden again
        }
        throw notFound('Le format', format)
      },
    )

    app.get<{ Params: { id: string } }>(
      '/credentials/:id/identites',
      { config: open, schema: hidden('id') },
      async (request, reply) => {
        const { id } = request.params
        if (!isUuid(id)) throw notFound('Le badge', id)
        return sendDocument(reply, JSON_LD, await identityLink(db, vault, baseUrl, id), CACHE_SECONDS)
      },
    )

    app.get<{ Params: { list: string } }>(
      '/status-lists/:list',
      { config: open, schema: hidden('list') },
      async (request, reply) => {
        const { list } = request.params
        const listId = list.slice(0, 36)
        const purpose = PURPOSES.find((one) => list === `${listId}-${one}`)
        if (!purpose || !isUuid(listId)) throw notFound('La liste d’états', list)
        const { document, etag } = await signedStatusList(db, vault, baseUrl, listId, purpose)
        void reply.header('etag', etag)
        if (request.headers['if-none-match'] === etag) return reply.code(304).send()
        return sendDocument(reply, JSON_LD, document, CACHE_SECONDS)
      },
    )

    app.get<{ Params: { slug: string } }>(
      '/organisations/:slug/did.json',
      { config: open, schema: hidden('slug') },
      async (request, reply) => {
        const document = await didDocument(db, baseUrl, request.params.slug)
        return sendDocument(reply, 'application/did+json', JSON.stringify(document), CACHE_SECONDS)
      },
    )
  }
