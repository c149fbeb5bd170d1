import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { type OrganisationSpace, spaceOf } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { listInForce } from '../organisations/organisation-badges.ts'
import { Slug, SlugParams } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import { formBody } from '../web/form-schema.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { askEndorsement, decideEndorsement, listAsked, listForEndorser } from './ask.ts'
import { answerEndorsement, giveEndorsement, readAskedOf } from './give.ts'
import { answerPage, organisationEndorsementsPage } from './organisation-view.ts'
import { Asking, Comment, Decision, Done, DONE } from './schema.ts'

// Whose signature it is: those who operate the service do not speak for an organisation.
const config = { access: ['administrateur'] } as const
const hide = true
const PATH = '/organisme/:slug/recommandations'
const One = Type.Object({ slug: Slug, id: Type.String({ format: 'uuid', maxLength: 36 }) })

type Deps = { db: Db; vault: Vault; baseUrl: string }
type Told = { given?: Given; refusal?: Refusal; done?: string | undefined }

/** The endorsements of an organisation: asked of it, given by it, asked for by it. */
export const organisationEndorsementsPages =
  ({ db, vault, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const spaceHere = (request: FastifyRequest, slug: string) => spaceOf(request, slug, { db, vault })
    const pageOf = async (space: OrganisationSpace, told: Told) => {
      const { organisation } = space
      return organisationEndorsementsPage({
        ...space,
        ...told,
        received: await listForEndorser(db, vault, organisation.id),
        asked: await listAsked(db, vault, { organisation }),
        classes: await listInForce(db, organisation.id),
        baseUrl,
        now: new Date(),
      })
    }
    const back = ({ organisation: { slug } }: OrganisationSpace, done: string): string =>
      `/organisme/${slug}/recommandations?fait=${done}`

    app.get(PATH, { config, schema: { hide, params: SlugParams, querystring: Done } }, async (request, reply) => {
      const space = await spaceHere(request, request.params.slug)
      return sendPrivate(reply, await pageOf(space, { done: DONE.get(request.query.fait ?? '') }))
    })

    const body = formBody({ ...Asking, subject: Type.Optional(Type.String({ maxLength: 90 })) })
    const schema = { hide, params: SlugParams, body }
    app.post(PATH, { config, attachValidation: true, schema }, async (request, reply) => {
      const space = await spaceHere(request, request.params.slug)
      const { organisation, author } = space
      const ask = async () => {
        const { endorser = '', note = '', subject: achievement } = request.body
        await askEndorsement(db, vault, {
          asker: { organisation },
          achievement,
          endorser: endorser.trim(),
          note,
          author,
        })
        return back(space, endorser.trim() ? 'demandee' : 'lien')
      }
      return answerForm(request, reply, ask, (refusal) => pageOf(space, { given: request.body, refusal }))
    })

    app.get(`${PATH}/:id`, { config, schema: { hide, params: One } }, async (request, reply) => {
      const space = await spaceHere(request, request.params.slug)
      const one = await readAskedOf(db, vault, space.organisation, request.params.id)
      return sendPrivate(reply, answerPage({ ...space, one, baseUrl }))
    })

    app.post(
      `${PATH}/:id`,
      { config, attachValidation: true, schema: { hide, params: One, body: formBody(Comment) } },
      async (request, reply) => {
        const space = await spaceHere(request, request.params.slug)
        const { organisation, author } = space
        const { id } = request.params
        const give = async () => {
          const asked = await readAskedOf(db, vault, organisation, id)
          const { comment } = request.body
          await giveEndorsement({ db, vault, baseUrl }, { asked, organisation, comment, author })
          return back(space, 'donnee')
        }
        const given: Given = request.body
        return answerForm(request, reply, give, async (refusal) =>
          answerPage({ ...space, one: await readAskedOf(db, vault, organisation, id), baseUrl, given, refusal }),
        )
      },
    )

    for (const [path, move, done] of [
      ['refus', 'refusal', 'refusee'],
      ['retrait', 'withdrawal', 'retiree'],
    ] as const) {
      app.post(
        `${PATH}/:id/${path}`,
        { config, attachValidation: true, schema: { hide, params: One, body: formBody({}) } },
        async (request, reply) => {
          const space = await spaceHere(request, request.params.slug)
          const { organisation, author } = space
          const act = async () => {
            await answerEndorsement(db, organisation, { id: request.params.id, move, author })
            return back(space, done)
          }
          return answerForm(request, reply, act, (refusal) => pageOf(space, { refusal }))
        },
      )
    }

    app.post(
      `${PATH}/:id/decision`,
      { config, attachValidation: true, schema: { hide, params: One, body: formBody(Decision) } },
      async (request, reply) => {
        const space = await spaceHere(request, request.params.slug)
        const { organisation, author } = space
        const decide = async () => {
          const { decision: move } = request.body
          await decideEndorsement(db, { organisation }, { id: request.params.id, move, author })
          return back(space, move)
        }
        return answerForm(request, reply, decide, (refusal) => pageOf(space, { refusal }))
      },
    )
  }
