import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { listOrganisations, moveOrganisation } from './approval.ts'
import { checkRegister, listFacts, recordFacts } from './facts.ts'
import { getOrganisation, registerOrganisation, serializeOrganisation } from './organisations.ts'
import type { Register } from './register.ts'
import { NewFact, NewOrganisation, Reason, SlugParams, StateQuery } from './schema.ts'
import type { OrganisationMove } from './transitions.ts'

const MOVES: Partial<Record<OrganisationMove, string>> = {
  approval: 'Approuver un organisme : il peut délivrer',
  refusal: 'Refuser un organisme',
  suspension: 'Suspendre un organisme : ses lots attendent',
  reinstatement: 'Rétablir un organisme suspendu',
}
const tags = ['Organismes']
const LIST_MAX = 500

type Deps = { db: Db; baseUrl: string; register: Register | null }

/** Registering, approving and reading organisations. */
export const organisationsRoutes =
  ({ db, baseUrl, register }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: ['exploitant'] as const }

    app.post(
      '/organisations',
      { config, schema: { summary: 'Inscrire un organisme et l’approuver', tags, body: NewOrganisation } },
      async (request, reply) => {
        const registration = { author: actorFrom(request).sub, state: 'approved' } as const
        const organisation = await registerOrganisation(db, request.body, registration)
        return reply
          .code(201)
          .header('location', `${baseUrl}/organisations/${organisation.slug}`)
          .send(serializeOrganisation(organisation, baseUrl))
      },
    )
    app.get(
      '/organisations',
      { config, schema: { summary: 'Les organismes dans un état donné', tags, querystring: StateQuery } },
      async ({ query }) => {
        const found = await listOrganisations(db, query.state, LIST_MAX)
        return { items: found.map((one) => serializeOrganisation(one, baseUrl)) }
      },
    )
    app.get(
      '/organisations/:slug',
      { config: { access: 'public' }, schema: { summary: 'Un organisme', tags, params: SlugParams } },
      async ({ params }) => {
        const organisation = await getOrganisation(db, params.slug)
        return { ...serializeOrganisation(organisation, baseUrl), facts: await listFacts(db, organisation.id) }
      },
    )
    for (const [move, summary] of Object.entries(MOVES) as [OrganisationMove, string][]) {
      app.post(
        `/organisations/:slug/${move}`,
        { config, schema: { summary, tags, params: SlugParams, body: Reason } },
        async (request) => {
          const decision = { author: actorFrom(request).sub, reason: request.body.reason }
          return serializeOrganisation(await moveOrganisation(db, request.params.slug, move, decision), baseUrl)
        },
      )
    }
    app.post(
      '/organisations/:slug/facts',
      {
        config,
        schema: {
          summary: 'Enregistrer ce qui a été contrôlé d’un organisme, avec sa source',
          tags,
          params: SlugParams,
          body: Type.Array(NewFact, { minItems: 1, maxItems: 20 }),
        },
      },
      async (request, reply) => {
        const facts = await recordFacts(db, request.params.slug, request.body, actorFrom(request).sub)
        return reply.code(201).send({ items: facts })
      },
    )
    app.post(
      '/organisations/:slug/register-check',
      { config, schema: { summary: 'Contrôler un organisme auprès du registre public', tags, params: SlugParams } },
      async (request) => ({
        items: await checkRegister(db, register, request.params.slug, actorFrom(request).sub),
      }),
    )
  }
