import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom, jetonOf, spaceOf } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { SlugParams } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import { formBody } from '../web/form-schema.ts'
import type { Given } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import {
  declareForTeam,
  declareOwn,
  type Declaration,
  listOwn,
  ownerOf,
  readForTeam,
  withdrawForTeam,
  withdrawOwn,
} from './needs.ts'
import { OWN_PATH, ownNeedsPage, teamNeedsPage, teamPath } from './needs-view.ts'
import { Departement, EMPLOYERS, Own, themeFields } from './schema.ts'

const hide = true
const fait = Type.Optional(Type.String({ maxLength: 20 }))
const Told = Type.Object({ fait })
const OwnTold = Type.Object({ fait, respondent: Type.Optional(Type.String({ maxLength: 20 })) })
const OwnForm = formBody({ respondent: Own, departement: Departement, ...themeFields })
const TeamForm = formBody({ departement: Departement, ...themeFields })

const DONE: Record<string, string> = {
  dit: 'Vos réponses sont enregistrées.',
  retire: 'Ces réponses sont retirées : elles sont effacées.',
}

/** What the form shows at first: the answers of a declaration, to be changed. */
const givenOf = (declared: Declaration | null | undefined): Given =>
  declared ? { respondent: declared.respondent, departement: declared.departement, ...declared.answers } : {}

/** The pages where someone, or an organisation for its team, says what training would be of use. */
export const needsPages =
  ({ db, vault }: { db: Db; vault: Vault }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const mine = { access: ['titulaire'] } as const
    const team = { access: EMPLOYERS }
    const deps = { db, vault }

    app.get(OWN_PATH, { config: mine, schema: { hide, querystring: OwnTold } }, async (request, reply) => {
      const { fait = '', respondent } = request.query
      const declared = await listOwn(db, ownerOf(actorFrom(request)).personId)
      const given = givenOf(declared.find((one) => one.respondent === respondent))
      const shown = { declared, given, refusal: null, done: DONE[fait] }
      return sendPrivate(reply, ownNeedsPage({ ...shown, jeton: jetonOf(request, vault) }))
    })

    app.post(
      OWN_PATH,
      { config: mine, schema: { hide, body: OwnForm }, attachValidation: true },
      async (request, reply) => {
        const holder = ownerOf(actorFrom(request))
        const act = async () => {
          const { respondent, departement, _jeton, ...answers } = request.body
          await declareOwn(db, holder, { respondent, departement, answers })
          return `${OWN_PATH}?fait=dit`
        }
        return answerForm(request, reply, act, async (refusal) =>
          ownNeedsPage({
            declared: await listOwn(db, holder.personId),
            given: request.body,
            refusal,
            jeton: jetonOf(request, vault),
            done: undefined,
          }),
        )
      },
    )

    app.post(
      `${OWN_PATH}/retrait`,
      { config: mine, schema: { hide, body: formBody({ respondent: Own }) } },
      async (request, reply) => {
        await withdrawOwn(db, ownerOf(actorFrom(request)), request.body)
        return reply.redirect(`${OWN_PATH}?fait=retire`, 303)
      },
    )

    app.get(
      '/organisme/:slug/besoins',
      { config: team, schema: { hide, params: SlugParams, querystring: Told } },
      async (request, reply) => {
        const space = await spaceOf(request, request.params.slug, deps)
        const declared = await readForTeam(db, space.organisation.id)
        const done = DONE[request.query.fait ?? '']
        return sendPrivate(reply, teamNeedsPage({ ...space, declared, given: givenOf(declared), refusal: null, done }))
      },
    )

    app.post(
      '/organisme/:slug/besoins',
      { config: team, schema: { hide, params: SlugParams, body: TeamForm }, attachValidation: true },
      async (request, reply) => {
        const space = await spaceOf(request, request.params.slug, deps)
        const act = async () => {
          const { departement, _jeton, ...answers } = request.body
          await declareForTeam(db, space, { departement, answers })
          return `${teamPath(space.organisation.slug)}?fait=dit`
        }
        return answerForm(request, reply, act, async (refusal) => {
          const declared = await readForTeam(db, space.organisation.id)
          return teamNeedsPage({ ...space, declared, given: request.body, refusal, done: undefined })
        })
      },
    )

    app.post(
      '/organisme/:slug/besoins/retrait',
      { config: team, schema: { hide, params: SlugParams, body: formBody({}) } },
      async (request, reply) => {
        await withdrawForTeam(db, await spaceOf(request, request.params.slug, deps))
        return reply.redirect(`${teamPath(request.params.slug)}?fait=retire`, 303)
      },
    )
  }
