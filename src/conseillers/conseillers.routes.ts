import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, requireOrganisation } from '../auth/access.ts'
import type { Issuing } from '../credentials/sign-orders.ts'
import type { Db } from '../db.ts'
import { getOrganisation, type Organisation } from '../organisations/organisations.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { attachCommitment } from './commitments.ts'
import { serializeContract, serializeContracts } from './contract-view.ts'
import { endContract, getContract, listContracts, recordContract, requireEmployer } from './contracts.ts'
import { parisDate } from '../days.ts'
import { initialTrainingsRoutes } from './initial-trainings.routes.ts'
import { ContractEnd, Id, ListQuery, NewCommitment, NewContract, OfOrganisation } from './schema.ts'
import { trainingsRoutes } from './trainings.routes.ts'

const tags = ['Conseillers numériques']
const config = { access: ['exploitant', 'administrateur', 'employeur'] as const }

type Deps = { db: Db; vault: Vault; queue: Queue; follow: Issuing['follow'] }

/** Contracts of conseillères and conseillers, and what their employers committed to in training. */
export const conseillersRoutes =
  ({ db, vault, queue, follow }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(initialTrainingsRoutes({ db, vault, queue, follow }))
    await app.register(trainingsRoutes({ db, vault }))

    const employerOf = async (request: FastifyRequest, slug: string): Promise<Organisation> => {
      requireOrganisation(request, slug)
      return getOrganisation(db, slug)
    }

    app.post(
      '/conseillers/contracts',
      { config, schema: { summary: 'Déclarer un contrat', tags, body: NewContract } },
      async (request, reply) => {
        const { organisation, ...given } = request.body
        const employer = await employerOf(request, organisation)
        requireEmployer(employer)
        const contract = await recordContract(db, vault, employer, given, actorFrom(request).sub)
        return reply.code(201).send(await serializeContract(db, vault, contract, parisDate(new Date())))
      },
    )
    app.get(
      '/conseillers/contracts',
      { config, schema: { summary: 'Les contrats d’un employeur', tags, querystring: ListQuery } },
      async (request) => {
        const { organisation, limit = 100, after } = request.query
        const employer = await employerOf(request, organisation)
        const { items, next } = await listContracts(db, employer, { limit, after, author: actorFrom(request).sub })
        return { items: await serializeContracts(db, vault, items, parisDate(new Date())), next }
      },
    )
    app.get(
      '/conseillers/contracts/:id',
      {
        config,
        schema: { summary: 'Un contrat et ses engagements', tags, params: Id, querystring: OfOrganisation },
      },
      async (request) => {
        const employer = await employerOf(request, request.query.organisation)
        return serializeContract(db, vault, await getContract(db, employer, request.params.id), parisDate(new Date()))
      },
    )
    app.post(
      '/conseillers/contracts/:id/end',
      {
        config,
        schema: {
          summary: 'Mettre fin à un contrat avant son terme, ou corriger ce jour',
          tags,
          params: Id,
          body: ContractEnd,
        },
      },
      async (request) => {
        const { organisation, ...end } = request.body
        const employer = await employerOf(request, organisation)
        const given = { ...end, author: actorFrom(request).sub }
        return serializeContract(
          db,
          vault,
          await endContract(db, vault, employer, request.params.id, given),
          parisDate(new Date()),
        )
      },
    )
    app.post(
      '/conseillers/contracts/:id/commitment',
      {
        config,
        schema: {
          summary: 'Joindre à un contrat l’engagement de formation de l’employeur, ou son avenant',
          tags,
          params: Id,
          body: NewCommitment,
        },
      },
      async (request, reply) => {
        const { organisation, ...given } = request.body
        const employer = await employerOf(request, organisation)
        requireEmployer(employer)
        const { id } = request.params
        await attachCommitment(db, vault, employer, id, { ...given, author: actorFrom(request).sub })
        return reply
          .code(201)
          .send(await serializeContract(db, vault, await getContract(db, employer, id), parisDate(new Date())))
      },
    )
  }
