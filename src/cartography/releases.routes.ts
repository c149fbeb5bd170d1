import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { sendDocument } from '../web/reply.ts'
import { readMap } from './map.ts'
import { fileUrl } from './release-dcat.ts'
import { archiveUrl } from './release-readme.ts'
import type { Crossings } from './crossings.ts'
import type { Publishing } from './release-files.ts'
import { getRelease, listReleases, publishRelease, readReleaseFile, type Release, releaseArchive } from './releases.ts'
import { ReleaseNote, ReleaseNumber } from './releases-schema.ts'

const open = { access: 'public' } as const
const tags = ['Cartographie']
const YEAR = 365 * 24 * 3600

const One = Type.Object({ number: ReleaseNumber })
const Any = Type.Object({
  number: Type.String({ pattern: '^([1-9][0-9]{0,6}|latest)$', description: 'Un numéro, ou « latest »' }),
})
const OneFile = Type.Object({ number: ReleaseNumber, name: Type.String({ pattern: '^[A-Za-z0-9.-]{1,100}$' }) })

/** The map as data, and its releases. */
export const releasesRoutes =
  ({ db, crossings, ...site }: { db: Db; crossings: Crossings } & Publishing): FastifyPluginAsyncTypebox =>
  async (app) => {
    const path = '/cartography/releases'

    app.get(
      '/cartography',
      { config: open, schema: { summary: 'La cartographie en vigueur, avec la source de chaque entrée', tags } },
      async () => readMap(db),
    )
    app.get(path, { config: open, schema: { summary: 'Éditions, la plus récente d’abord', tags } }, async () => ({
      items: (await listReleases(db)).map((one) => serialize(one, site)),
    }))
    app.get(
      `${path}/:number`,
      {
        config: open,
        schema: {
          summary:
            'Une édition : ce qu’elle contient et change, ses fichiers ; en JSON-LD avec « Accept: application/ld+json »',
          tags,
          params: Any,
        },
      },
      async (request, reply) => {
        const { number } = request.params
        const release = await getRelease(db, number === 'latest' ? number : Number(number))
        void reply.header('vary', 'accept')
        if (request.accepts().type(['application/json', 'application/ld+json']) !== 'application/ld+json') {
          return serialize(release, site)
        }
        const { content } = await readReleaseFile(db, release.number, 'cartographie.jsonld')
        return reply.type('application/ld+json').send(content)
      },
    )
    app.get(
      `${path}/:number/files/:name`,
      { config: open, schema: { summary: 'Un fichier d’une édition, tel qu’il a été publié', tags, params: OneFile } },
      async (request, reply) => {
        const { number, name } = request.params
        const { mediaType, content, sha256 } = await readReleaseFile(db, number, name)
        void reply.header('etag', `"${sha256}"`)
        if (request.headers['if-none-match'] === `"${sha256}"`) return reply.code(304).send()
        sendDocument(reply, mediaType, content, YEAR).header('cache-control', `public, max-age=${YEAR}, immutable`)
        return reply
      },
    )
    app.get(
      `${path}/:number/archive`,
      { config: open, schema: { summary: 'Tous les fichiers d’une édition (ZIP)', tags, params: One } },
      async (request, reply) => {
        const { number } = request.params
        const archive = Buffer.from(await releaseArchive(db, number))
        void reply.header('content-disposition', `attachment; filename="cartographie-${number}.zip"`)
        return sendDocument(reply, 'application/zip', archive, YEAR)
      },
    )
    app.put(
      `${path}/:number`,
      {
        config: { access: ['exploitant'] as const },
        schema: {
          summary: 'Publier la cartographie en vigueur sous ce numéro ; redemander la même édition répond la même',
          tags,
          params: One,
          body: Type.Object({ note: ReleaseNote }, { additionalProperties: false }),
        },
      },
      async (request, reply) => {
        const asked = { number: request.params.number, note: request.body.note, author: actorFrom(request).sub }
        const { release, isNew } = await publishRelease(db, { ...site, crossings }, asked)
        return reply.code(isNew ? 201 : 200).send(serialize(release, site))
      },
    )
  }

const serialize = ({ files, summary, ...release }: Release, { baseUrl }: Publishing) => ({
  ...release,
  ...summary,
  page: `${baseUrl}/cartographie/editions/${release.number}`,
  archive: archiveUrl(baseUrl, release.number),
  files: files.map((one) => ({ ...one, url: fileUrl(baseUrl, release.number, one.name) })),
})
