import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { TableHead, wholeHead } from './csv-list.ts'
import { importContent, listContent, withdrawImport } from './imports.ts'

const MAX_BODY = 2 * 1024 * 1024
const tags = ['Cartographie']
const params = Type.Object({
  '*': Type.String({ minLength: 1, maxLength: 120, description: 'lists/<nom>.yaml, metiers.yaml…' }),
})

/** The content in force, and the files that are imported in place of the project's. */
export const importsRoutes =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: ['exploitant'] as const }
    // Whatever it calls itself, the file is read by us: what is wrong with it is told by line.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_request, body, done) =>
      done(null, body),
    )

    app.get(
      '/content',
      { config, schema: { summary: 'Les fichiers du contenu en vigueur : du projet, ou importés', tags } },
      async () => ({ items: await listContent(db) }),
    )

    app.put(
      '/content/*',
      {
        config,
        bodyLimit: MAX_BODY,
        schema: {
          summary:
            'Importer un fichier du contenu (YAML, JSON, ou une liste en CSV) : tout est vérifié, ou rien ne change',
          description:
            'Un CSV (metier,framework,version,code,level,importance,source,note) devient une liste : son titre, son éditeur… sont dans l’adresse.',
          tags,
          consumes: ['application/yaml', 'text/yaml', 'application/json', 'text/csv'],
          params,
          querystring: Type.Partial(TableHead),
        },
      },
      async (request) => {
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        const isTable = request.headers['content-type']?.startsWith('text/csv')
        const table = isTable ? wholeHead(request.query) : undefined
        const { sub: author } = actorFrom(request)
        return importContent(db, { name: request.params['*'], bytes, author, table })
      },
    )

    app.delete(
      '/content/*',
      {
        config,
        schema: { summary: 'Revenir au fichier du projet, ou retirer celui que le projet n’a pas', tags, params },
      },
      async (request) => withdrawImport(db, { name: request.params['*'], author: actorFrom(request).sub }),
    )
  }
