import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { HOUR } from '../web/components.ts'
import { sendDocument } from '../web/reply.ts'
import { importedEdition } from './imported.ts'
import { importedFile } from './imported-files.ts'
import { FileName } from './statistics-schema.ts'

const config = { access: 'public' } as const
const tags = ['Statistiques']
const Imported = Type.Object({ edition: Type.String({ maxLength: 60 }) })

/** The editions that others published, as data. */
export const importedRoutes = (): FastifyPluginAsyncTypebox => async (app) => {
  app.get(
    '/statistics/imported/:edition',
    {
      config,
      schema: {
        summary: 'Une édition publiée ailleurs : ses tableaux, leurs réserves et leurs contradictions',
        tags,
        params: Imported,
      },
    },
    async ({ params }) => importedEdition(params.edition),
  )
  app.get(
    '/statistics/imported/:edition/files/:name',
    {
      config,
      schema: {
        summary: 'Un fichier d’une édition publiée ailleurs',
        tags,
        params: Type.Object({ ...Imported.properties, name: FileName }),
      },
    },
    async ({ params }, reply) => {
      const { mediaType, content, sha256 } = importedFile(importedEdition(params.edition), params.name)
      return sendDocument(reply.header('etag', `"${sha256}"`), mediaType, content, HOUR)
    },
  )
}
