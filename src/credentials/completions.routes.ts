import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, requireOrganisation, TRAINERS } from '../auth/access.ts'
import { getAchievement } from '../badges/achievements.ts'
import type { Db } from '../db.ts'
import { forTheLog, tooLarge } from '../errors.ts'
import type { Queue } from '../queue.ts'
import { requireApproved } from '../organisations/organisations.ts'
import { readCsv } from '../training/completion-csv.ts'
import { readJson, rowsExpected } from '../training/completion-json.ts'
import { receiveCompletions } from '../training/completions.ts'
import { lastDayAnywhere } from '../days.ts'
import { getSession } from '../training/sessions.ts'
import { type Spool, spoolBody } from '../training/spool.ts'
import type { Vault } from '../vault.ts'
import { enqueueCampaign } from './slices.ts'

declare module 'fastify' {
  interface FastifyRequest {
    spool: Spool | null
  }
}

const MAX_BODY = 64 * 1024 * 1024
const READERS = { 'text/csv': readCsv, 'application/json': readJson }
const CompletionRow = Type.Unknown({
  description:
    'Un objet par personne, avec les colonnes du CSV : email, given_name, family_name, completed_on, result ' +
    '(« acquis » ou « non acquis »), et au besoin evidence_url, narrative et une colonne par compétence (« digcomp:2.1 »).',
})
const SCHEMA = {
  summary: 'Envoyer les acquis d’une session (JSON ou CSV) ; les badges sont délivrés ensuite',
  tags: ['Formation'],
  consumes: Object.keys(READERS),
  params: Type.Object({ id: Type.String({ format: 'uuid', maxLength: 36 }) }),
  body: {
    content: {
      'application/json': { schema: Type.Array(CompletionRow, { minItems: 1 }) },
      'text/csv': { schema: Type.Any({ description: 'UTF-8, virgule ou point-virgule, en-tête obligatoire' }) },
    },
  },
}

type Deps = { db: Db; vault: Vault; queue: Queue; baseUrl: string }

/** The intake of completions: received whole into a temporary file, then kept in one transaction, then issued. */
export const completionsRoute =
  ({ db, vault, queue, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.decorateRequest('spool', null)
    app.removeContentTypeParser('application/json')
    app.addContentTypeParser(Object.keys(READERS), async (request: FastifyRequest, payload: FastifyRequest['raw']) => {
      if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) throw BODY_TOO_LARGE()
      request.spool = await spoolBody(payload, MAX_BODY)
      // What the hooks see of it: one element as the schema wants, the same for the same file as idempotency wants.
      return [request.spool.sha256]
    })
    app.addHook('onSend', async (request) => request.spool?.close())

    app.post(
      '/sessions/:id/completions',
      { config: { access: TRAINERS, scope: 'completions' }, preValidation: requireRows, schema: SCHEMA },
      async (request, reply) => {
        const { session, organisation } = await getSession(db, request.params.id)
        requireOrganisation(request, organisation.slug)
        requireApproved(organisation)
        const { competences } = await getAchievement(db, session.achievementSlug, session.achievementVersion)
        const context = { targets: competences, startsOn: session.startsOn, today: lastDayAnywhere() }
        const read = READERS[request.mediaType as keyof typeof READERS]
        const rows = read(request.spool!, context)
        const campaignId = await receiveCompletions(db, vault, session, rows, actorFrom(request).sub)
        await enqueueCampaign(db, queue, campaignId).catch((error: unknown) => {
          // The rows are kept, and the sweep will find them: the sender has nothing to do again.
          request.log.error({ err: forTheLog(error), campaign: campaignId }, 'campaign.not_enqueued')
        })
        const location = `${baseUrl}/api/v1/campaigns/${campaignId}`
        const page = `${baseUrl}/lots/${campaignId}`
        return reply.code(202).header('location', location).send({ campaign: campaignId, location, page })
      },
    )
  }

/** Before the schema, which would leave other formats unchecked. */
async function requireRows(request: FastifyRequest): Promise<void> {
  if (!request.spool) throw rowsExpected()
}

const BODY_TOO_LARGE = () => tooLarge('L’envoi dépasse la taille admise.', 'Découpez-le en plusieurs envois.')
