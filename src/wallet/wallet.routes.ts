import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { holderOf, requireOrganisation } from '../auth/access.ts'
import type { ElsewhereDeps } from '../credentials/elsewhere.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { Reason, SlugParams } from '../organisations/schema.ts'
import { declareEquivalence, endEquivalence, listEquivalences } from './equivalences.ts'
import type { Holder } from './imported-row.ts'
import { keepImported, withdrawImported } from './imports.ts'
import { markOf } from './marks.ts'
import { readOne } from './read-given.ts'
import { getImported, type ImportedBadge, listWallet } from './read-imports.ts'
import { recheckImported } from './recheck.ts'
import { listRequests, refuseRequest } from './requests.ts'
import { Id, Listed, NewEquivalence, RECOGNISERS, SlugId } from './schema.ts'
import { askFor, type Recognised, worthOf } from './worth.ts'

const tags = ['Badges d’ailleurs']
const PAGE = 100
const Given = Type.Union([
  Type.Object(
    {
      credential: Type.Union([
        Type.Object({}, { additionalProperties: true }),
        Type.String({ maxLength: 1024 * 1024, description: 'Un jeton signé (VC-JWT, ou JWS en 2.0)' }),
      ]),
    },
    { additionalProperties: false },
  ),
  Type.Object({ url: Type.String({ pattern: '^https?://', maxLength: 4096 }) }, { additionalProperties: false }),
])

/** The same by API, and what organisations say that badges of elsewhere are worth. */
export const walletRoutes =
  (deps: ElsewhereDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, vault, verifier } = deps
    const mine = { access: ['titulaire'] } as const
    // Each asks other sites.
    const costly = { ...mine, rateLimit: { max: 60, timeWindow: 60_000 } }
    const own = async ({ personId }: Holder, id: string) => {
      const now = new Date()
      const { proven, checks, ...badge } = await getImported(db, vault, personId, id)
      const { recognised } = await worthOf(db, vault, personId, now)
      return { ...serialize(badge, recognised, now), credential: proven, checks }
    }

    app.get('/wallet', { config: mine, schema: { summary: 'Mes badges d’ailleurs', tags } }, async (request) => {
      const { personId } = holderOf(request)
      const now = new Date()
      const { recognised } = await worthOf(db, vault, personId, now)
      return { items: (await listWallet(db, vault, personId)).map((one) => serialize(one, recognised, now)) }
    })

    app.post(
      '/wallet',
      { config: costly, schema: { summary: 'Garder un badge d’ailleurs, vérifié aussitôt', tags, body: Given } },
      async (request, reply) => {
        const { body } = request
        const holder = holderOf(request)
        const given = 'url' in body ? await readOne(verifier, body.url) : body.credential
        const from = 'url' in body ? body.url : null
        const { id, outcome } = await keepImported(deps, holder, { given, source: 'api', from })
        return reply.code(outcome === 'created' ? 201 : 200).send({ outcome, ...(await own(holder, id)) })
      },
    )

    app.get(
      '/wallet/:id',
      { config: mine, schema: { summary: 'Un de mes badges d’ailleurs', tags, params: Id } },
      async (request) => own(holderOf(request), request.params.id),
    )

    app.post(
      '/wallet/:id/verification',
      { config: costly, schema: { summary: 'Le vérifier de nouveau', tags, params: Id } },
      async (request) => {
        const holder = holderOf(request)
        return own(holder, await recheckImported(deps, holder, request.params.id))
      },
    )

    app.post(
      '/wallet/:id/withdrawal',
      { config: mine, schema: { summary: 'Le retirer : rien n’en est gardé', tags, params: Id } },
      async (request, reply) => {
        await withdrawImported(db, holderOf(request), request.params.id)
        return reply.code(204).send()
      },
    )

    app.post(
      '/wallet/:id/recognition-request',
      { config: mine, schema: { summary: 'Demander que ces badges soient reconnus', tags, params: Id } },
      async (request, reply) => {
        await askFor(db, vault, holderOf(request), request.params.id)
        return reply.code(204).send()
      },
    )

    app.get(
      '/equivalences',
      {
        config: { access: 'public' },
        schema: { summary: 'Ce que valent ici des badges d’ailleurs, et qui le dit', tags, querystring: Listed },
      },
      async (request) => listEquivalences(db, { limit: PAGE, ...request.query }),
    )

    const authorityOf = async (request: FastifyRequest, slug: string) => ({
      author: requireOrganisation(request, slug).sub,
      organisation: await getOrganisation(db, slug),
    })
    const config = { access: RECOGNISERS }

    app.post(
      '/organisations/:slug/equivalences',
      {
        config,
        schema: {
          summary: 'Reconnaître une classe de badges d’ailleurs',
          tags,
          params: SlugParams,
          body: NewEquivalence,
        },
      },
      async (request, reply) => {
        const authority = await authorityOf(request, request.params.slug)
        return reply.code(201).send({ id: await declareEquivalence(db, authority, request.body) })
      },
    )

    app.post(
      '/organisations/:slug/equivalences/:id/end',
      { config, schema: { summary: 'Mettre fin à une reconnaissance', tags, params: SlugId, body: Reason } },
      async (request, reply) => {
        const { slug, id } = request.params
        await endEquivalence(db, await authorityOf(request, slug), { id, ...request.body })
        return reply.code(204).send()
      },
    )

    app.get(
      '/organisations/:slug/equivalence-requests',
      {
        config,
        schema: {
          summary: 'Les badges d’ailleurs que des personnes demandent de reconnaître : combien, jamais qui',
          tags,
          params: SlugParams,
          querystring: Listed,
        },
      },
      async (request) => {
        requireOrganisation(request, request.params.slug)
        return listRequests(db, { limit: PAGE, ...request.query })
      },
    )

    app.post(
      '/organisations/:slug/equivalence-requests/:id/refusal',
      { config, schema: { summary: 'Ne pas reconnaître, et dire pourquoi', tags, params: SlugId, body: Reason } },
      async (request, reply) => {
        const { slug, id } = request.params
        await refuseRequest(db, await authorityOf(request, slug), { id, ...request.body })
        return reply.code(204).send()
      },
    )
  }

/** The wire form; `mark` says in French how it was checked, `recognisedBy` who says what it is worth. */
function serialize(badge: ImportedBadge, recognised: Recognised[], now: Date) {
  const { id, name, issuer, achievement, badge: credentialId, source, version, proof, ...rest } = badge
  const { verdict, code, summary, checkedAt, unansweredAt, importedAt, importedVerdict, validFrom, validUntil } = rest
  return {
    id,
    name,
    issuer,
    achievement,
    credentialId,
    source,
    dialect: version === null ? null : { version, proof },
    mark: markOf(badge, now),
    verdict,
    code,
    summary,
    checkedAt,
    unansweredAt,
    importedAt,
    importedVerdict,
    validFrom,
    validUntil,
    recognisedBy: recognised
      .filter((one) => one.id === id)
      .map(({ authority, competences }) => ({ authority, competences })),
  }
}
