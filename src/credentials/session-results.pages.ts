import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { jetonOf, requireOrganisation, rolesIn, TRAINERS } from '../auth/access.ts'
import { competenceKey, getAchievement } from '../badges/achievements.ts'
import { lastDayAnywhere, parisDate } from '../days.ts'
import type { Db } from '../db.ts'
import { forTheLog, invalid, notFound } from '../errors.ts'
import { requireApproved } from '../organisations/organisations.ts'
import { Slug } from '../organisations/schema.ts'
import type { Queue } from '../queue.ts'
import { OPTIONAL, REQUIRED } from '../training/completion-columns.ts'
import type { CsvRow } from '../training/completion-csv.ts'
import type { ReadRow } from '../training/completion-rows.ts'
import { receiveCompletions } from '../training/completions.ts'
import { identitiesOf, readLearners } from '../training/learners.ts'
import { getSession } from '../training/sessions.ts'
import { daysOf } from '../training/sessions-view.ts'
import type { Vault } from '../vault.ts'
import { CSV_MARK, csvLine } from '../web/csv.ts'
import { answerForm } from '../web/form-answer.ts'
import { acceptFiles } from '../web/form-files.ts'
import type { Refusal } from '../web/forms.ts'
import type { Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import { asPrivate, sendPrivate } from '../web/reply.ts'
import { checkRows } from '../training/admission.ts'
import { filePage, previewPage } from './csv-preview-view.ts'
import { contextOf, MAX_TEXT, previewRows, readGrid, readText, textOf, tickedRows } from './session-results.ts'
import { fieldOf, resultsPage } from './session-results-view.ts'
import { enqueueCampaign } from './slices.ts'

type Deps = { db: Db; vault: Vault; queue: Queue }

const OneOf = Type.Object({ slug: Slug, id: Type.String({ format: 'uuid', maxLength: 36 }) })
const Asked = Type.Object({
  after: Type.Optional(Type.String({ format: 'uuid', maxLength: 36 })),
  tous: Type.Optional(Type.Literal('oui')),
})
const _jeton = Type.Optional(Type.String())
const Ticks = Type.Object({ _jeton }, { additionalProperties: Type.String({ maxLength: 6000 }) })
const File = Type.Object(
  { _jeton, csv: Type.Optional(Type.String()), fichier: Type.Optional(Type.String()) },
  { additionalProperties: false },
)
const Csv = Type.Object({ _jeton, csv: Type.String() }, { additionalProperties: false })
const Grid = Type.Object(
  {
    _jeton,
    etape: Type.Enum(['verifier', 'delivrer']),
    c: Type.Array(Type.String({ maxLength: 80 }), { maxItems: 100 }),
    l: Type.Array(Type.Integer({ minimum: 1, maximum: 1_000_000 }), { maxItems: 100 }),
  },
  { additionalProperties: Type.Array(Type.String(), { maxItems: 100 }) },
)

/** What a form of 1 MB weighs once it is encoded, accents included. */
const LARGE = 4 * MAX_TEXT
const LEARNERS_A_PAGE = 30

/** `/organisme/{slug}/sessions/{id}/resultats`: who acquired, typed in a form or read from a file after a preview. */
export const sessionResultsPages =
  ({ db, vault, queue }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: TRAINERS }
    // What is large goes by the API.
    acceptFiles(app, LARGE, async (file) => textOf(Buffer.from(await file.arrayBuffer())))

    const placeOf = async (request: FastifyRequest) => {
      const { slug, id } = request.params as { slug: string; id: string }
      const author = requireOrganisation(request, slug).sub
      if (request.validationError?.validationContext === 'params') throw request.validationError
      const { session, organisation } = await getSession(db, id)
      if (organisation.slug !== slug) throw notFound('La session', id)
      const { name, competences } = await getAchievement(db, session.achievementSlug, session.achievementVersion)
      const view = {
        path: `/organisme/${slug}/sessions/${id}`,
        name,
        days: daysOf(session),
        jeton: jetonOf(request, vault),
      }
      return { session, organisation, author, competences, context: contextOf(session, competences), view }
    }
    type Place = Awaited<ReturnType<typeof placeOf>>
    const framed = (request: FastifyRequest, { organisation: { slug, name } }: Place, page: Page): Page =>
      organismePage({ slug, name, section: '/sessions', roles: rolesIn(request, slug) }, page)

    /** Keeps the rows and has their badges issued; answers the page of the batch. */
    const deliver = async (request: FastifyRequest, place: Place, rows: ReadRow[]): Promise<string> => {
      const { session, organisation, author } = place
      requireApproved(organisation)
      const campaignId = await receiveCompletions(db, vault, session, eachOf(rows), author)
      await enqueueCampaign(db, queue, campaignId).catch((error: unknown) => {
        // The rows are kept, and the sweep will find them.
        request.log.error({ err: forTheLog(error), campaign: campaignId }, 'campaign.not_enqueued')
      })
      return `/organisme/${organisation.slug}/lots/${campaignId}`
    }

    type More = { after?: string | undefined; isAllTicked?: boolean; given?: Record<string, string>; refusal?: Refusal }
    const results = async (request: FastifyRequest, place: Place, { after, ...more }: More): Promise<Page> => {
      const { session, author, competences, view } = place
      const { learners, next } = await readLearners(db, vault, session, { author, limit: LEARNERS_A_PAGE, after })
      const today = parisDate(new Date())
      const day = session.endsOn < today ? session.endsOn : today
      const hasBegun = session.startsOn <= lastDayAnywhere()
      const about = { ...view, learners, next, competences, day, hasBegun, isAllTicked: false, ...more }
      return framed(request, place, resultsPage(about))
    }
    app.get(
      '/organisme/:slug/sessions/:id/resultats',
      { config, schema: { hide: true, params: OneOf, querystring: Asked } },
      async (request, reply) => {
        const { after, tous } = request.query
        return sendPrivate(
          reply,
          await results(request, await placeOf(request), { after, isAllTicked: tous === 'oui' }),
        )
      },
    )
    app.post(
      '/organisme/:slug/sessions/:id/resultats',
      { config, attachValidation: true, bodyLimit: MAX_TEXT, schema: { hide: true, params: OneOf, body: Ticks } },
      async (request, reply) => {
        const place = await placeOf(request)
        const given = request.body as Record<string, string>
        const wrong: Refusal['fields'] = []
        const act = async (): Promise<string> => {
          const { rows, problems } = await readTicks(place, given)
          wrong.push(...problems)
          if (wrong.length > 0) throw invalid('results_wrong', 'Rien n’est enregistré.', 'Corrigez.')
          return deliver(request, place, rows)
        }
        return answerForm(request, reply, act, (refusal) => {
          const mend = 'Corrigez-les, puis envoyez à nouveau : aucun badge n’a été délivré.'
          const said = { message: 'Certains résultats sont à corriger.', mend, fields: wrong }
          return results(request, place, { given, refusal: wrong.length > 0 ? said : refusal })
        })
      },
    )

    /** The rows of those who are ticked, and the fields that are wrong; nothing is written. */
    const readTicks = async ({ session, context, competences }: Place, given: Record<string, string>) => {
      const ids = Object.keys(given).flatMap((name) => /^acquis\.([0-9a-f-]{36})$/.exec(name)?.[1] ?? [])
      const ticked = ids.map((personId) => ({
        personId,
        cells: new Map([
          ['completed_on', given[fieldOf('date', personId)] ?? ''],
          ['narrative', given[fieldOf('narrative', personId)]?.trim() ?? ''],
          ['evidence_url', given[fieldOf('evidence', personId)]?.trim() ?? ''],
          ...competences.map((one): [string, string] => {
            const key = competenceKey(one)
            return [key, given[`${fieldOf('niveau', personId)}.${key}`] ?? '']
          }),
        ]),
      }))
      const found = tickedRows(ticked, await identitiesOf(db, vault, session.id, ids), context)
      if (found.length === 0) throw NOBODY()
      const rows = found.map((one) => one.read)
      const { problems } = await checkRows(db, vault, session, rows)
      return {
        rows,
        problems: [...problems].map(([line, { column, message }]) => {
          const { personId } = found.find((one) => one.read.line === line)!
          return { name: fieldOf(FIELDS[column ?? ''] ?? 'acquis', personId), message }
        }),
      }
    }

    const fileForm = (request: FastifyRequest, place: Place, refusal: Refusal | null): Page => {
      const optional = place.competences.map(competenceKey)
      const given = { csv: (request.body as { csv?: string } | undefined)?.csv }
      return framed(request, place, filePage({ ...place.view, optional }, { given, refusal }))
    }
    app.get(
      '/organisme/:slug/sessions/:id/resultats/fichier',
      { config, schema: { hide: true, params: OneOf } },
      async (request, reply) => sendPrivate(reply, fileForm(request, await placeOf(request), null)),
    )
    app.get(
      '/organisme/:slug/sessions/:id/resultats/modele.csv',
      { config, schema: { hide: true, params: OneOf } },
      async (request, reply) => {
        const { session, author, competences } = await placeOf(request)
        const { learners } = await readLearners(db, vault, session, { author, limit: 1000 })
        const head = [...REQUIRED, ...OPTIONAL, ...competences.map(competenceKey)]
        const lines = learners
          .filter((one) => one.who !== null && !one.hasResult && one.attendance !== 'absent')
          .map(({ who }) => csvLine([who!.email, who!.givenName, who!.familyName, session.endsOn, '']))
        return asPrivate(reply)
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="resultats-${session.startsOn}.csv"`)
          .send([CSV_MARK, csvLine(head), ...lines].join(''))
      },
    )

    const preview = async (request: FastifyRequest, place: Place, rows: CsvRow[], csv: string): Promise<Page> => {
      const sheet = await previewRows({ db, vault }, place.session, rows)
      return framed(request, place, previewPage({ ...place.view, sheet, csv }))
    }
    app.post(
      '/organisme/:slug/sessions/:id/resultats/fichier',
      { config, bodyLimit: LARGE, schema: { hide: true, params: OneOf, body: File } },
      async (request, reply) => {
        const place = await placeOf(request)
        const csv = request.body.fichier || request.body.csv || ''
        const name = request.body.fichier ? 'fichier' : 'csv'
        return answerForm(
          request,
          reply,
          async () => preview(request, place, await readText(csv, place.context), csv),
          (refusal) => fileForm(request, place, { ...refusal, fields: [{ name, message: refusal.message }] }),
        )
      },
    )
    app.post(
      '/organisme/:slug/sessions/:id/resultats/fichier/envoi',
      { config, bodyLimit: LARGE, schema: { hide: true, params: OneOf, body: Csv } },
      async (request, reply) => {
        const place = await placeOf(request)
        const rows = await readText(request.body.csv, place.context)
        return reply.redirect(await deliver(request, place, rows), 303)
      },
    )
    app.post(
      '/organisme/:slug/sessions/:id/resultats/lignes',
      { config, bodyLimit: LARGE, schema: { hide: true, params: OneOf, body: Grid } },
      async (request, reply) => {
        const place = await placeOf(request)
        const { etape, c: columns, l: lines, ...rest } = request.body
        const given = rest as Record<string, string[]>
        const cells = columns.map((_, index) => given[`v${index}`] ?? [])
        const rows = readGrid(columns, lines, cells, place.context)
        if (etape === 'verifier') return sendPrivate(reply, await preview(request, place, rows, ''))
        return reply.redirect(await deliver(request, place, rows), 303)
      },
    )
  }

async function* eachOf(rows: ReadRow[]): AsyncGenerator<ReadRow> {
  yield* rows
}

const FIELDS: Record<string, string> = {
  completed_on: 'date',
  narrative: 'narrative',
  evidence_url: 'evidence',
}

const NOBODY = () =>
  invalid('nobody_chosen', 'Personne n’est coché.', 'Cochez au moins une personne, puis recommencez.')
