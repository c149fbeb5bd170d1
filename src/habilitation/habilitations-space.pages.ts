import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { actorFrom, jetonOf, OFFICERS } from '../auth/access.ts'
import { organisationsOf } from '../auth/staff.ts'
import type { Db } from '../db.ts'
import { personOfEmail } from '../people/people.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Given, Refusal } from '../web/forms.ts'
import type { Page } from '../web/html.ts'
import { sendPrivate } from '../web/reply.ts'
import { isOfficer } from './access.ts'
import { countHabilitations } from './counts.ts'
import { takeDecisions } from './decisions.ts'
import { entryPage } from './entry-view.ts'
import { habilitationRequestsPages } from './habilitation-requests.pages.ts'
import { habilitationsPages } from './habilitations.pages.ts'
import { organisationRequestsPages } from './organisation-requests.pages.ts'
import {
  chosen,
  type Filters,
  ManyHabilitations,
  ManyOrganisations,
  QueueQuery,
  QUEUES,
  soughtBy,
} from './page-forms.ts'
import { pixPages } from './pix.pages.ts'
import { decisionReceiptsPage, habilitationsQueuePage, type Kind, organisationsQueuePage } from './queue-view.ts'
import { queueHabilitations, queueOrganisations, recordReading } from './queue.ts'
import { listOwnOrganisationRequests } from './read-organisation-requests.ts'
import type { OneDecision } from './schema.ts'
import { SPACE } from './space-view.ts'
import { structuresPages } from './structures.pages.ts'
import { countRequests, nameRequests } from './summaries.ts'
import type { Authority } from './validation.ts'

export type SpaceDeps = { db: Db; vault: Vault; queue: Queue; authority: Authority }

const PAGE = 50
const hide = true

/** `/habilitations`: the queues of the officers, and the pages of structures and of those who ask. */
export const habilitationsSpacePages =
  (deps: SpaceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db } = deps
    const officers = { access: OFFICERS }
    await app.register(organisationRequestsPages(deps))
    await app.register(habilitationRequestsPages(deps))
    await app.register(structuresPages(deps))
    await app.register(habilitationsPages(deps))
    await app.register(pixPages(deps))

    app.get(SPACE, { config: { access: ['titulaire', ...OFFICERS] }, schema: { hide } }, async (request, reply) => {
      const actor = actorFrom(request)
      const slugs = actor.grants.flatMap((one) => (one.role === 'referent' ? (one.organisation ?? []) : []))
      const structures = await organisationsOf(db, slugs)
      const mine = await listOwnOrganisationRequests(db, actor.personId)
      const counts = isOfficer(actor)
        ? { requests: await countRequests(db), habilitations: await countHabilitations(db, {}) }
        : null
      return sendPrivate(reply, entryPage({ counts, structures, mine }))
    })

    const queueRoutes = (kind: Kind, path: string, body: typeof ManyOrganisations | typeof ManyHabilitations): void => {
      app.get(
        `${SPACE}${path}`,
        { config: officers, schema: { hide, querystring: QueueQuery } },
        async (request, reply) => sendPrivate(reply, await queuePage(deps, request, kind, request.query)),
      )
      app.post(
        `${SPACE}${path}`,
        { config: officers, attachValidation: true, schema: { hide, body, querystring: QueueQuery } },
        async (request, reply) => decideMany(deps, request, reply, kind),
      )
    }
    queueRoutes('organisation', '/structures', ManyOrganisations)
    queueRoutes('habilitation', '/aidants', ManyHabilitations)
  }

type Again = { refusal?: Refusal; given?: Given }

/** A page of one of the two queues, and a line in the journal: it names people. */
async function queuePage(
  { db, vault }: SpaceDeps,
  request: FastifyRequest,
  kind: Kind,
  filters: Filters,
  again: Again = {},
): Promise<Page> {
  const author = actorFrom(request).sub
  const jeton = jetonOf(request, vault)
  if (kind === 'organisation') {
    const { statuses, usual } = QUEUES.organisation
    const { items, next } = await queueOrganisations(db, soughtBy(filters, statuses, usual), PAGE)
    await recordReading(db, kind, { author, action: 'listed', rows: items.length })
    return organisationsQueuePage(items, { filters, next, jeton, ...again })
  }
  const { statuses, usual } = QUEUES.habilitation
  const email = filters.email?.trim()
  const personId = email ? ((await personOfEmail(db, vault, email)) ?? NOBODY) : undefined
  const sought = { ...soughtBy(filters, statuses, usual), personId }
  const { items, next } = await queueHabilitations(db, vault, sought, PAGE)
  await recordReading(db, kind, { author, action: 'listed', rows: items.length })
  return habilitationsQueuePage(items, { filters, next, jeton, ...again })
}

/** Found by no request. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Takes the decision that was asked for each ticked request, and shows what came of each. */
async function decideMany(deps: SpaceDeps, request: FastifyRequest, reply: FastifyReply, kind: Kind) {
  const { db, vault, queue, authority } = deps
  const given = (request.body ?? {}) as { requests: string[]; move: string; reason: string }
  const isReadable = request.validationError?.validationContext !== 'querystring'
  const filters = isReadable ? (request.query as Filters) : {}
  return answerForm(
    request,
    reply,
    async () => {
      const { requests, move, reason } = given
      const decisions = chosen(requests).map((one) => ({ ...one, kind, move, reason }) as OneDecision)
      const receipts = await takeDecisions(db, vault, authority, actorFrom(request), decisions)
      await queue.enqueue('awards.issue', {})
      const ids = receipts.map((one) => one.request)
      const names = await nameRequests(db, vault, kind, ids)
      await recordReading(db, kind, { author: actorFrom(request).sub, action: 'listed', rows: ids.length })
      return decisionReceiptsPage(kind, receipts, names)
    },
    (refusal) => queuePage(deps, request, kind, filters, { refusal, given }),
  )
}
