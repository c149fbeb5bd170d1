import { gunzipSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DomainError } from '../errors.ts'
import { type Lang, layout, type Page } from './html.ts'

export const JSON_LD = 'application/vc+ld+json'

/** Sends a page. */
export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-language', page.lang ?? 'fr')
    .send(layout(page, reply.request.url.split('?')[0]))
}

/** Sends a page that is somebody's own: no cache and no search engine keeps it. */
export const sendPrivate = (reply: FastifyReply, page: Page): FastifyReply => sendPage(asPrivate(reply), page)

/** Says that an answer is somebody's own. */
export const asPrivate = (reply: FastifyReply): FastifyReply =>
  reply.headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })

/** Sends a public document that any site's script may read. */
export function sendDocument(
  reply: FastifyReply,
  type: string,
  document: string | Buffer,
  maxAge: number,
): FastifyReply {
  return reply
    .type(type)
    .header('access-control-allow-origin', '*')
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('cache-control', `public, max-age=${maxAge}`)
    .send(document)
}

/** Sends one that was compressed (gzip) beforehand, and not at each request; opened again for who does not take that. */
export function sendCompressed(
  [request, reply]: [FastifyRequest, FastifyReply],
  type: string,
  compressed: Buffer,
  maxAge: number,
): FastifyReply {
  const isTaken = request.encoding(['gzip']) === 'gzip'
  if (isTaken) void reply.header('content-encoding', 'gzip')
  return sendDocument(
    reply.header('vary', 'accept-encoding'),
    type,
    isTaken ? compressed : gunzipSync(compressed),
    maxAge,
  )
}

/** Whether a page or a document is asked for; `not_acceptable` when neither would do. */
export function wants(request: FastifyRequest): 'html' | 'json' {
  const accepted = request
    .accepts()
    .type(['text/html', JSON_LD, 'application/vc', 'application/ld+json', 'application/json'])
  if (accepted === 'text/html') return 'html'
  if (accepted) return 'json'
  throw new DomainError(
    'not_acceptable',
    'not_acceptable',
    'Ce document existe en HTML et en JSON.',
    'Envoyez l’en-tête « Accept: text/html » ou « Accept: application/json ».',
  )
}

/** The name and the suffix of a file-like path segment: `abc.json` → `['abc', 'json']`. */
export function splitSuffix(segment: string): [name: string, suffix: string | null] {
  const dot = segment.lastIndexOf('.')
  return dot > 0 ? [segment.slice(0, dot), segment.slice(dot + 1)] : [segment, null]
}

/** The name in the last segment of an address, and the form asked for: by a `.json` suffix, else by `Accept`. */
export function askedForm(
  request: FastifyRequest,
  reply: FastifyReply,
  segment: string,
): [name: string, form: 'html' | 'json'] {
  void reply.header('vary', 'accept')
  const [name, suffix] = splitSuffix(segment)
  return suffix === 'json' ? [name, 'json'] : [segment, wants(request)]
}

/** The language of a page: asked for by `?lang=`, else the reader's own when it is English, else French. */
export function languageOf(request: FastifyRequest): Lang {
  const { lang } = request.query as { lang?: unknown }
  if (lang === 'fr' || lang === 'en') return lang
  return request.accepts().language(['fr', 'en']) === 'en' ? 'en' : 'fr'
}
