import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { actorFrom, requireOrganisation, TRAINERS } from '../auth/access.ts'
import type { Issuing } from '../credentials/sign-orders.ts'
import type { Db } from '../db.ts'
import { forTheLog } from '../errors.ts'
import { getOrganisation, requireApproved } from '../organisations/organisations.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { listInitialTrainings, openInitialTraining, receiveInitialTrainings } from './initial-trainings.ts'
import { ListQuery, NewInitialTrainings } from './schema.ts'

const tags = ['Conseillers numériques']
const config = { access: TRAINERS, scope: 'completions' }

type Deps = { db: Db; vault: Vault; queue: Queue; follow: Issuing['follow'] }

/** The initial trainings that a training organisation records. */
export const initialTrainingsRoutes =
  ({ db, vault, queue, follow }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/conseillers/initial-trainings',
      {
        config,
        schema: {
          summary: 'Enregistrer des formations initiales, ou les corriger ; un reçu par ligne',
          tags,
          body: NewInitialTrainings,
        },
      },
      async (request, reply) => {
        const { organisation: slug, rows } = request.body
        requireOrganisation(request, slug)
        const organisation = await getOrganisation(db, slug)
        requireApproved(organisation)
        const intake = { rows, author: actorFrom(request).sub, follow }
        const receipts = await receiveInitialTrainings(db, vault, organisation, intake)
        // What these rows brought about waits as rows too: a queue that does not answer loses nothing.
        await queue.enqueue('awards.issue', {}).catch((error: unknown) => {
          request.log.error({ err: forTheLog(error) }, 'awards.not_enqueued')
        })
        return reply.code(201).send({ receipts })
      },
    )
    app.get(
      '/conseillers/initial-trainings',
      { config, schema: { summary: 'Les formations initiales d’un organisme', tags, querystring: ListQuery } },
      async (request) => {
        const { organisation: slug, limit = 100, after } = request.query
        requireOrganisation(request, slug)
        const organisation = await getOrganisation(db, slug)
        const asked = { limit, after, author: actorFrom(request).sub }
        const { items, next } = await listInitialTrainings(db, organisation, asked)
        return { items: items.map((one) => openInitialTraining(vault, one)), next }
      },
    )
  }
