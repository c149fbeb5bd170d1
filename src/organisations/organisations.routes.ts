import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { getOrganisation, registerOrganisation, serializeOrganisation } from './organisations.ts'

const Slug = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 60 })

const NewOrganisation = Type.Object(
  {
    slug: Slug,
    name: Type.String({ minLength: 2, maxLength: 200 }),
    siret: Type.Optional(Type.String({ maxLength: 20, description: 'SIRET (14 chiffres) ou RIDET (7 à 10)' })),
    nda: Type.Optional(Type.String({ pattern: '^\\d{11}$', description: 'Numéro de déclaration d’activité' })),
    qualiopi: Type.Optional(Type.Boolean()),
    url: Type.Optional(Type.String({ pattern: '^https?://', maxLength: 500 })),
  },
  { additionalProperties: false },
)

/** Registering and reading organisations. */
export const organisationsRoutes =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/organisations',
      {
        config: { access: ['exploitant'] },
        schema: { summary: 'Inscrire un organisme', tags: ['Organismes'], body: NewOrganisation },
      },
      async ({ body }, reply) => {
        const organisation = await registerOrganisation(db, body)
        return reply
          .code(201)
          .header('location', `${baseUrl}/organisations/${organisation.slug}`)
          .send(serializeOrganisation(organisation, baseUrl))
      },
    )
    app.get(
      '/organisations/:slug',
      {
        config: { access: 'public' },
        schema: { summary: 'Un organisme', tags: ['Organismes'], params: Type.Object({ slug: Slug }) },
      },
      async ({ params }) => serializeOrganisation(await getOrganisation(db, params.slug), baseUrl),
    )
  }
