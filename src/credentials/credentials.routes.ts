import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom, requireOrganisation, TRAINERS } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { notAllowed } from '../errors.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import { changeFreely } from './credential-changes.ts'
import { type CredentialView, getCredentialRow, listCredentials } from './credentials.ts'
import type { Change } from './states.ts'
import { rotateKey } from './keys.ts'

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 }))
const Reason = Type.Object(
  {
    reason: Type.String({
      minLength: 3,
      maxLength: 1000,
      description: 'Pourquoi, sans nom de personne ; gardé au journal',
    }),
  },
  { additionalProperties: false },
)
const CHANGES: Record<string, [Change, string]> = {
  revocation: ['revoked', 'Révoquer un badge, définitivement'],
  suspension: ['suspended', 'Suspendre un badge'],
  restoration: ['restored', 'Lever la suspension d’un badge'],
}

type Deps = {
  db: Db
  vault: Vault
  baseUrl: string
  /** What follows from the change of a badge, once it is made. */
  changed: (credentialId: string) => Promise<void>
}

/** Credentials and keys of an issuer. */
export const credentialsRoutes =
  ({ db, vault, baseUrl, changed }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: TRAINERS }

    app.get(
      '/credentials',
      {
        config: { ...config, scope: 'credentials' },
        schema: {
          summary: 'Les badges délivrés par un organisme',
          tags: ['Badges'],
          querystring: Type.Object({
            organisation: Type.Optional(Type.String({ maxLength: 60 })),
            limit: Limit,
            after: Type.Optional(Type.String({ format: 'uuid' })),
          }),
        },
      },
      async (request) => {
        const { organisation = actorFrom(request).grants[0]?.organisation, limit = 100, after } = request.query
        if (!organisation) throw notAllowed('Précisez l’organisme : « ?organisation=… ».')
        requireOrganisation(request, organisation)
        const { items, next } = await listCredentials(db, organisation, actorFrom(request).sub, limit, after)
        return { items: items.map((one) => serializeCredential(one, baseUrl)), next }
      },
    )

    for (const [path, [change, summary]] of Object.entries(CHANGES)) {
      app.post(
        `/credentials/:id/${path}`,
        {
          config: { ...config, scope: 'credentials:write' },
          schema: { summary, tags: ['Badges'], params: Id, body: Reason },
        },
        async (request) => {
          const { id } = request.params
          requireOrganisation(request, (await getCredentialRow(db, id)).organisation)
          await changeFreely(db, id, change, { author: actorFrom(request).sub, reason: request.body.reason })
          await changed(id)
          return serializeCredential(await getCredentialRow(db, id), baseUrl)
        },
      )
    }

    app.post(
      '/organisations/:slug/keys',
      {
        config: { access: ['exploitant', 'administrateur'] },
        schema: {
          summary: 'Remplacer la clé de signature ; l’ancienne vérifie toujours ce qu’elle a signé',
          tags: ['Organismes'],
          params: Type.Object({ slug: Type.String({ maxLength: 60 }) }),
        },
      },
      async (request, reply) => {
        requireOrganisation(request, request.params.slug)
        const organisation = await getOrganisation(db, request.params.slug)
        const author = actorFrom(request).sub
        return reply.code(201).send({ publicKeyMultibase: await rotateKey(db, vault, organisation, { author }) })
      },
    )
  }

function serializeCredential(
  { id, organisation, achievement, achievementVersion, ...dates }: CredentialView,
  baseUrl: string,
) {
  const { validFrom, validUntil, revokedAt, suspendedAt } = dates
  return {
    id,
    url: `${baseUrl}/credentials/${id}`,
    organisation,
    achievement: { slug: achievement, version: achievementVersion },
    state: revokedAt ? 'revoked' : suspendedAt ? 'suspended' : 'valid',
    validFrom,
    validUntil,
    revokedAt,
    suspendedAt,
  }
}
