import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { badgeImagePng, badgeImageSvg } from '../badges/render.ts'
import { bakePng, bakeSvg } from '../credentials/bake.ts'
import { CACHE_SECONDS } from '../credentials/status.ts'
import { notFound } from '../errors.ts'
import { html, type Lang } from '../web/html.ts'
import { sendDocument, splitSuffix } from '../web/reply.ts'
import {
  badgeClass,
  bakedAssertion,
  hostedAssertion,
  issuerDocument,
  keyDocument,
  type Publishing,
  revocationList,
  signedAssertion,
} from './open-badges-2.ts'
import { isUuid } from '../uuid.ts'

const Segment = Type.String({ minLength: 1, maxLength: 120 })
const config = { access: 'public' } as const
const hidden = (...names: string[]) => ({
  hide: true,
  params: Type.Object(Object.fromEntries(names.map((name) => [name, Segment]))),
})
const sendJson = (reply: FastifyReply, document: object, maxAge = CACHE_SECONDS): FastifyReply =>
  sendDocument(reply, 'application/ld+json', JSON.stringify(document), maxAge)

/** Open Badges 2.0 of the badges delivered here: assertions, classes, issuers, keys, revocations. */
export const openBadges2Pages =
  (publishing: Publishing): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get<{ Params: { file: string } }>(
      '/ob2/assertions/:file',
      { config, schema: hidden('file') },
      async (request, reply) => {
        const [id, suffix] = splitSuffix(request.params.file)
        if (!isUuid(id)) throw notFound('Le badge', id)
        if (suffix === null || suffix === 'json') {
          const { document, isRevoked } = await hostedAssertion(publishing, id)
          return sendJson(isRevoked ? reply.code(410) : reply, document)
        }
        if (suffix === 'jws') {
          return sendDocument(reply, 'application/jose', await signedAssertion(publishing, id), CACHE_SECONDS)
        }
        if (suffix !== 'png' && suffix !== 'svg') throw notFound('Le format', suffix)
        const { document, achievement } = await bakedAssertion(publishing, id)
        const text = JSON.stringify(document)
        return suffix === 'png'
          ? sendDocument(reply, 'image/png', bakePng(badgeImagePng(achievement), text, '2.0'), CACHE_SECONDS)
          : sendDocument(
              reply,
              'image/svg+xml',
              bakeSvg(badgeImageSvg(achievement), text, '2.0', String(document['id'])),
              CACHE_SECONDS,
            )
      },
    )

    app.get<{ Params: { slug: string; name: string; version: string } }>(
      '/ob2/badges/:slug/:name/:version',
      { config, schema: hidden('slug', 'name', 'version') },
      async ({ params: { slug, name, version } }, reply) =>
        sendJson(reply, await badgeClass(publishing, slug, name, version)),
    )

    app.get<{ Params: { slug: string } }>(
      '/ob2/issuers/:slug',
      { config, schema: hidden('slug') },
      // Kept by nobody: a badge signed with a new key would not be the issuer's by an older copy.
      async ({ params }, reply) => sendJson(reply, await issuerDocument(publishing, params.slug), 0),
    )

    app.get<{ Params: { slug: string; kid: string } }>(
      '/ob2/keys/:slug/:kid',
      { config, schema: hidden('slug', 'kid') },
      async ({ params }, reply) => sendJson(reply, await keyDocument(publishing, params.slug, params.kid)),
    )

    app.get<{ Params: { slug: string } }>(
      '/ob2/revocations/:slug',
      { config, schema: hidden('slug') },
      async ({ params }, reply) => sendJson(reply, await revocationList(publishing, params.slug)),
    )
  }

const WORDS = {
  fr: {
    title: 'Pour une plateforme qui ne lit qu’Open Badges 2.0',
    about:
      'C’est le même badge. Sous cette forme, il ne vaut que tant que ce site répond ; gardez aussi le badge signé.',
    address: 'Adresse à coller',
    jws: 'Badge signé (JWS)',
  },
  en: {
    title: 'For a platform that only reads Open Badges 2.0',
    about:
      'It is the same badge. In this form it only holds as long as this site answers; keep the signed badge as well.',
    address: 'Address to paste',
    jws: 'Signed badge (JWS)',
  },
} as const

/** What the page of a badge says of its form in Open Badges 2.0. */
export const openBadges2Section =
  (baseUrl: string) =>
  async (id: string, lang: Lang): Promise<string> => {
    const { title, about, address, jws } = WORDS[lang]
    const path = `/ob2/assertions/${id}`
    return html`<details>
      <summary>${title}</summary>
      <p>${about}</p>
      <ul>
        <li>${address} : <a href="${path}">${baseUrl}${path}</a></li>
        <li><a href="${path}.png" download>PNG</a></li>
        <li><a href="${path}.svg" download>SVG</a></li>
        <li><a href="${path}.jws" download>${jws}</a></li>
      </ul>
    </details>`
  }
