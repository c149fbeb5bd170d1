import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { holderOf, jetonOf } from '../auth/access.ts'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import { formBody } from '../web/form-schema.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { createOffer, type MadeOffer, ownBadge, whyNot } from './offers.ts'
import { listDeposits } from './wallet-deposits.ts'
import { offerPage } from './offers-view.ts'

const config = { access: ['titulaire'] } as const
const hide = true
const PATH = '/mon-espace/badges/:id/portefeuille'
const Id = Type.Object({ id: Type.String({ format: 'uuid', maxLength: 36 }) })
const Wish = formBody({
  flow: Type.Enum(['pre-authorized_code', 'authorization_code']),
  code: Type.Optional(Type.Array(Type.Literal('oui'), { maxItems: 1 })),
})

type Deps = { db: Db; vault: Vault; baseUrl: string }
type Told = { made?: MadeOffer; given?: Given; refusal?: Refusal }

/** The page by which a holder puts a badge in a wallet: the offer as a QR code and a link, and where the badge is already. */
export const offersPages =
  ({ db, vault, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const pageOf = async (request: FastifyRequest, told: Told = {}) => {
      const { id } = request.params as { id: string }
      const { personId } = holderOf(request)
      const badge = await ownBadge(db, personId, id)
      const deposits = await listDeposits(db, personId, id)
      const refused = whyNot(badge, new Date())
      return offerPage({ badge, deposits, refused, baseUrl, jeton: jetonOf(request, vault), ...told })
    }

    app.get(PATH, { config, schema: { hide, params: Id } }, async (request, reply) =>
      sendPrivate(reply, await pageOf(request)),
    )

    app.post(
      PATH,
      { config, attachValidation: true, schema: { hide, params: Id, body: Wish } },
      async (request, reply) => {
        const make = async () => {
          const { flow, code } = request.body
          const wish = { credentialId: request.params.id, flow, withTxCode: code !== undefined, now: new Date() }
          return pageOf(request, { made: await createOffer(db, vault, holderOf(request), wish) })
        }
        return answerForm(request, reply, make, (refusal) => pageOf(request, { given: request.body, refusal }))
      },
    )
  }
