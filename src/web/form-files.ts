import type { FastifyInstance, FastifyRequest } from 'fastify'
import { malformed } from '../errors.ts'

/**
 * Has the routes of this part of the application read forms that carry a file, whole and in memory, up to `bodyLimit` bytes:
 * the token that ties a form to its browser is one of its fields, and is looked at before the route. `read` makes a value of
 * each file. Errors: `malformed`.
 */
export function acceptFiles(
  app: Pick<FastifyInstance, 'removeContentTypeParser' | 'addContentTypeParser'>,
  bodyLimit: number,
  read: (file: File) => Promise<unknown>,
): void {
  app.removeContentTypeParser('multipart/form-data')
  app.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit },
    async (request: FastifyRequest, body: Buffer) => {
      const headers = { 'content-type': request.headers['content-type'] ?? '' }
      const form = await new Response(new Uint8Array(body), { headers }).formData().catch(() => null)
      if (!form) throw malformed('malformed', 'Le formulaire n’est pas arrivé entier.', 'Envoyez-le à nouveau.')
      const fields = [...form].map(async ([name, value]) => [
        name,
        typeof value === 'string' ? value : await read(value),
      ])
      return Object.fromEntries(await Promise.all(fields)) as Record<string, unknown>
    },
  )
}
