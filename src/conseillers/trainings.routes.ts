import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, requireOrganisation } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { notAllowed } from '../errors.ts'
import { getOrganisation, type Organisation } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import { serializeContracts } from './contract-view.ts'
import { requireEmployer } from './contracts.ts'
import { parisDate } from '../days.ts'
import { openInitialTraining, serializeInitialTraining } from './initial-trainings.ts'
import { listLateness, readTraining } from './lateness.ts'
import { DayQuery, Id, LatenessQuery, TrainingQuery } from './schema.ts'
import { contractsOf, initialTrainingsOf, trainingsOf } from './trainings.ts'

const tags = ['Conseillers numériques']
const config = { access: ['exploitant', 'administrateur', 'employeur'] as const }

type Deps = { db: Db; vault: Vault }

/** Initial and continuing training, read by the employer or by the person. */
export const trainingsRoutes =
  ({ db, vault }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const employerOf = async (request: FastifyRequest, slug: string): Promise<Organisation> => {
      requireOrganisation(request, slug)
      const employer = await getOrganisation(db, slug)
      requireEmployer(employer)
      return employer
    }

    app.get(
      '/conseillers/training',
      {
        config: { access: ['titulaire'] },
        schema: { summary: 'Ma formation, mes échéances et mes contrats', tags, querystring: DayQuery },
      },
      async (request) => {
        const { personId } = actorFrom(request)
        if (personId === null) {
          throw notAllowed(
            'Cette adresse est celle d’une personne connectée.',
            'Connectez-vous par le lien reçu par courriel.',
          )
        }
        const { on = parisDate(new Date()) } = request.query
        const training = (await trainingsOf(db, [personId], on)).get(personId)!
        const initialTrainings = await initialTrainingsOf(db, personId)
        const held = await contractsOf(db, personId)
        const contracts = await serializeContracts(
          db,
          vault,
          held.map((one) => one.contract),
          on,
        )
        return {
          ...training,
          initialTrainings: initialTrainings.map((one) => openInitialTraining(vault, one)),
          contracts: contracts.map((one, index) => ({ ...one, employer: held[index]!.employer })),
        }
      },
    )
    app.get(
      '/conseillers/:id/training',
      {
        config,
        schema: {
          summary: 'La formation et les échéances d’une conseillère ou d’un conseiller, pour son employeur',
          tags,
          params: Id,
          querystring: TrainingQuery,
        },
      },
      async (request) => {
        const { organisation, on = parisDate(new Date()) } = request.query
        const employer = await employerOf(request, organisation)
        const question = { day: on, today: parisDate(new Date()), author: actorFrom(request).sub }
        const { initialTrainings, ...training } = await readTraining(db, employer, request.params.id, question)
        return { ...training, initialTrainings: initialTrainings.map(serializeInitialTraining) }
      },
    )
    app.get(
      '/conseillers/lateness',
      {
        config,
        schema: {
          summary: 'Qui est en retard de formation continue chez un employeur, et combien le sont',
          tags,
          querystring: LatenessQuery,
        },
      },
      async (request) => {
        const { organisation, limit = 100, after, on = parisDate(new Date()) } = request.query
        const employer = await employerOf(request, organisation)
        return listLateness(db, vault, employer, { day: on, limit, after, author: actorFrom(request).sub })
      },
    )
  }
