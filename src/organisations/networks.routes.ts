import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom } from '../auth/access.ts'
import type { Db } from '../db.ts'
import {
  addMember,
  createNetwork,
  listNetworks,
  readNetwork,
  removeMember,
  shareAchievement,
  unshareAchievement,
} from './networks.ts'
import { NETWORK_KINDS } from './network-kinds.ts'
import { Slug, Why } from './schema.ts'

const NewNetwork = Type.Object(
  {
    slug: Slug,
    name: Type.String({ minLength: 2, maxLength: 200 }),
    kind: Type.Enum(NETWORK_KINDS),
    source: Type.String({ minLength: 3, maxLength: 500, description: 'Où son existence et son nom se vérifient' }),
  },
  { additionalProperties: false },
)
const closed = { additionalProperties: false }
const Params = Type.Object({ network: Slug })
const tags = ['Réseaux']

/** Each change of a network: its address, what it names, and its verb. */
const CHANGES = [
  { path: 'members', names: 'organisation', summary: 'Inscrire un organisme dans un réseau', change: addMember },
  { path: 'members/removal', names: 'organisation', summary: 'Retirer un organisme d’un réseau', change: removeMember },
  { path: 'achievements', names: 'achievement', summary: 'Réserver un badge aux membres', change: shareAchievement },
  {
    path: 'achievements/removal',
    names: 'achievement',
    summary: 'Ne plus réserver un badge',
    change: unshareAchievement,
  },
] as const

/** Hubs, branches and networks that share badges. */
export const networksRoutes =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: ['exploitant'] as const }

    app.get(
      '/networks',
      { config: { access: 'public' }, schema: { summary: 'Les réseaux et ce qu’ils partagent', tags } },
      async () => ({ items: await listNetworks(db) }),
    )
    app.post(
      '/networks',
      { config, schema: { summary: 'Créer un réseau', tags, body: NewNetwork } },
      async (request, reply) => {
        const { slug } = await createNetwork(db, request.body, actorFrom(request).sub)
        return reply.code(201).send(await readNetwork(db, slug))
      },
    )
    for (const { path, names, summary, change } of CHANGES) {
      const isRemoval = path.endsWith('removal')
      const body = Type.Object({ [names]: Slug, ...(isRemoval && { reason: Why }) }, closed)
      app.post(
        `/networks/:network/${path}`,
        { config, schema: { summary, tags, params: Params, body } },
        async (request) => {
          const { network } = request.params
          const { reason, ...named } = request.body as Record<string, string>
          const decision = { author: actorFrom(request).sub, ...(reason !== undefined && { reason }) }
          await change(db, network, named[names]!, decision)
          return readNetwork(db, network)
        },
      )
    }
  }
