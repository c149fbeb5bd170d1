import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendPage } from '../web/reply.ts'
import type { Periods } from './periods.ts'
import { registerPage } from './register-view.ts'

type Deps = { config: { retention: Periods; operator: { name: string | null; contact: string | null } } }

/** The register of processing, open to all. */
export const registerPages =
  ({ config }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/donnees-personnelles',
      { config: { access: 'public' }, schema: { hide: true } },
      async (_request, reply) => sendPage(reply, registerPage(config.operator, config.retention)),
    )
  }
