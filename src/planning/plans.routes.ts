import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type PlanDeps, planPath } from './plan.ts'
import { PlanRequest } from './schema.ts'

/** `POST /paths/plan`: the shortest path for someone, with its proof. Nothing of what is sent is kept. */
export const plansRoutes =
  (deps: PlanDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/paths/plan',
      {
        config: { access: 'public' },
        schema: {
          summary: 'Le plus court parcours d’une personne vers un but, avec sa preuve',
          tags: ['Offre'],
          body: PlanRequest,
        },
      },
      async ({ body }) => planPath(deps, body),
    )
  }
