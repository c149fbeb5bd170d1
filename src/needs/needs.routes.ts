import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { actorFrom, requireOrganisation } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { SlugParams } from '../organisations/schema.ts'
import { declareForTeam, declareOwn, listOwn, ownerOf, readForTeam, withdrawForTeam, withdrawOwn } from './needs.ts'
import { EMPLOYERS, NewNeed, NewTeamNeed, Withdrawal } from './schema.ts'

const tags = ['Besoins de formation']

/** What people and organisations need in training: said by them, counted without them. */
export const needsRoutes =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const mine = { access: ['titulaire'] } as const
    const team = { access: EMPLOYERS }

    app.get(
      '/needs',
      { config: mine, schema: { summary: 'Mes besoins de formation : mes dernières déclarations', tags } },
      async (request) => ({ items: await listOwn(db, ownerOf(actorFrom(request)).personId) }),
    )

    app.post(
      '/needs',
      { config: mine, schema: { summary: 'Déclarer mes besoins de formation', tags, body: NewNeed } },
      async (request, reply) => {
        const holder = ownerOf(actorFrom(request))
        await declareOwn(db, holder, request.body)
        return reply.code(201).send({ items: await listOwn(db, holder.personId) })
      },
    )

    app.post(
      '/needs/withdrawal',
      {
        config: mine,
        schema: { summary: 'Retirer ce que j’ai déclaré : rien n’en est gardé', tags, body: Withdrawal },
      },
      async (request, reply) => {
        await withdrawOwn(db, ownerOf(actorFrom(request)), request.body)
        return reply.code(204).send()
      },
    )

    app.get(
      '/organisations/:slug/needs',
      {
        config: team,
        schema: { summary: 'Les besoins d’une équipe : sa dernière déclaration', tags, params: SlugParams },
      },
      async (request) => {
        requireOrganisation(request, request.params.slug)
        const { id } = await getOrganisation(db, request.params.slug)
        return { declaration: await readForTeam(db, id) }
      },
    )

    app.post(
      '/organisations/:slug/needs',
      {
        config: team,
        schema: {
          summary: 'Déclarer, en tant qu’employeur, les besoins de son équipe',
          tags,
          params: SlugParams,
          body: NewTeamNeed,
        },
      },
      async (request, reply) => {
        const { sub: author } = requireOrganisation(request, request.params.slug)
        const organisation = await getOrganisation(db, request.params.slug)
        await declareForTeam(db, { organisation, author }, request.body)
        return reply.code(201).send({ declaration: await readForTeam(db, organisation.id) })
      },
    )

    app.post(
      '/organisations/:slug/needs/withdrawal',
      {
        config: team,
        schema: { summary: 'Retirer ce qui a été déclaré pour une équipe', tags, params: SlugParams },
      },
      async (request, reply) => {
        const { sub: author } = requireOrganisation(request, request.params.slug)
        await withdrawForTeam(db, { organisation: await getOrganisation(db, request.params.slug), author })
        return reply.code(204).send()
      },
    )
  }
