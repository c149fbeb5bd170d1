import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { requireOrganisation, TRAINERS } from '../auth/access.ts'
import { getOrganisation, requireApproved } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import { verifyBadges } from './badge-evidence.ts'
import type { PlanDeps } from './plan.ts'
import { composePositioning } from './positioning.ts'
import { getOfOrganisation, keepOfLearner, listOfOrganisation } from './positionings.ts'
import { PlanRequest } from './schema.ts'

const Slug = Type.String({ minLength: 1, maxLength: 60, description: 'Identifiant de l’organisme' })
const name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
// Whose the badges are is said by `learner`.
const { recipient: _, ...evidence } = PlanRequest.properties.evidence.properties
const closed = { additionalProperties: false }

const NewPositioning = Type.Object(
  {
    organisation: Slug,
    learner: Type.Object(
      { email: Type.String({ format: 'email', maxLength: 254 }), givenName: name, familyName: name },
      closed,
    ),
    target: PlanRequest.properties.target,
    evidence: Type.Optional(Type.Object(evidence, closed)),
    rationale: Type.Optional(
      Type.String({ maxLength: 2000, description: 'Ce que vous avez vu et pourquoi ; la personne le lira' }),
    ),
  },
  closed,
)
const Listed = Type.Object({
  organisation: Slug,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  after: Type.Optional(Type.String({ format: 'uuid', maxLength: 36 })),
})

const config = { access: TRAINERS, scope: 'sessions' }
const tags = ['Formation']

/** The positionings that a training organisation makes of its learners: kept as they were, never computed again. */
export const positioningsRoutes =
  ({ vault, ...deps }: PlanDeps & { vault: Vault }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db } = deps

    app.post(
      '/positionings',
      {
        config,
        schema: {
          summary: 'Positionner une personne : son parcours, ses heures, et pourquoi',
          tags,
          body: NewPositioning,
        },
      },
      async (request, reply) => {
        const { organisation: slug, learner, target, evidence = {}, rationale = null } = request.body
        const { sub: author } = requireOrganisation(request, slug)
        const organisation = await getOrganisation(db, slug)
        requireApproved(organisation)
        const { badges: given, ...rest } = evidence
        const badges = await verifyBadges(deps, { ...(given && { badges: given }), recipient: learner.email })
        const about = { target, evidence: rest, badges, left: [], rationale, learner }
        const content = await composePositioning(deps, about)
        const id = await keepOfLearner(db, vault, organisation, { author, content })
        return reply.code(201).send(await getOfOrganisation(db, vault, organisation, id))
      },
    )

    app.get(
      '/positionings',
      { config, schema: { summary: 'Les positionnements faits par un organisme', tags, querystring: Listed } },
      async (request) => {
        const { organisation: slug, limit = 50, after } = request.query
        const { sub: author } = requireOrganisation(request, slug)
        return listOfOrganisation(db, vault, await getOrganisation(db, slug), { author, limit, after })
      },
    )
  }
