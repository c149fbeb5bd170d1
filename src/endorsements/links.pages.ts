import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, jetonOf, refuseForeignForm, requireOrganisation } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { Slug } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import { acceptFiles } from '../web/form-files.ts'
import { formBody } from '../web/form-schema.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { type Checking, depositEndorsement, giveEndorsement, readLink } from './give.ts'
import { givenPage, linkAsPage, linkPage } from './give-view.ts'
import type { Endorsement } from './read.ts'
import { Comment } from './schema.ts'

const hide = true
const Token = Type.Object({ token: Type.String({ minLength: 20, maxLength: 100 }) })
const Deposit = Type.Object(
  { file: Type.Optional(Type.String()), text: Type.Optional(Type.String()) },
  { additionalProperties: false },
)
const MAX_BODY = 256 * 1024
/** Each deposit verifies a signature, and may ask another site for its key. */
const FEW = { max: 20, timeWindow: 60_000 }

type Deps = { db: Db; vault: Vault; baseUrl: string; checking: Checking }

/** What a link to endorse opens, for anyone who has it, and for who administers an organisation. */
export const endorsementLinksPages =
  ({ db, vault, baseUrl, checking }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const service = { db, vault, baseUrl }
    acceptFiles(app, MAX_BODY, (file) => file.text())

    app.get(
      '/recommandations/:token',
      { config: { access: 'public', rateLimit: FEW }, schema: { hide, params: Token } },
      async ({ params: { token } }, reply) =>
        sendPrivate(reply, linkPage({ asked: await readLink(db, vault, token), token, baseUrl })),
    )

    app.post(
      '/recommandations/:token',
      {
        config: { access: 'public', rateLimit: FEW },
        bodyLimit: MAX_BODY,
        attachValidation: true,
        schema: { hide, params: Token, body: Deposit },
      },
      async (request, reply) => {
        refuseForeignForm(request, baseUrl)
        const { token } = request.params
        const { file = '', text = '' } = request.body ?? {}
        const deposit = async () => {
          await depositEndorsement(service, checking, { token, text: file.trim() === '' ? text : file })
          return givenPage()
        }
        return answerForm(request, reply, deposit, async (refusal) =>
          linkPage({ asked: await readLink(db, vault, token), token, baseUrl, given: { text }, refusal }),
        )
      },
    )

    const config = { access: ['administrateur'] } as const
    const path = '/recommandations/:token/organisme'
    const pageOf = async (request: FastifyRequest, token: string, told: Told) => {
      const asked = await readLink(db, vault, token)
      const organisations = await mayAnswer(db, request, asked)
      return linkAsPage({ asked, token, baseUrl, organisations, jeton: jetonOf(request, vault), ...told })
    }
    app.get(path, { config, schema: { hide, params: Token } }, async (request, reply) => {
      const { token } = request.params
      return sendPrivate(reply, await pageOf(request, token, {}))
    })
    const body = formBody({ ...Comment, organisme: Slug })
    app.post(
      path,
      { config, attachValidation: true, schema: { hide, params: Token, body } },
      async (request, reply) => {
        const { token } = request.params
        const give = async () => {
          const asked = await readLink(db, vault, token)
          const { sub: author } = requireOrganisation(request, request.body.organisme)
          const organisation = await getOrganisation(db, request.body.organisme)
          await giveEndorsement(service, { asked, organisation, comment: request.body.comment, author })
          return `/organisme/${organisation.slug}/recommandations?fait=donnee`
        }
        return answerForm(request, reply, give, (refusal) => pageOf(request, token, { given: request.body, refusal }))
      },
    )
  }

type Told = { given?: Given; refusal?: Refusal }

/** The approved organisations that someone administers, but that which it would be its own word of. */
async function mayAnswer(
  db: Db,
  request: FastifyRequest,
  { owner }: Endorsement,
): Promise<[slug: string, name: string][]> {
  const slugs = actorFrom(request).grants.flatMap(({ role, organisation }) =>
    role === 'administrateur' && organisation !== null && organisation !== owner.slug ? [organisation] : [],
  )
  const found = await Promise.all([...new Set(slugs)].map((slug) => getOrganisation(db, slug)))
  return found.filter(({ state }) => state === 'approved').map(({ slug, name }) => [slug, name])
}
