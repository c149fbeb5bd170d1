import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { holderOf, jetonOf } from '../auth/access.ts'
import { getAchievement } from '../badges/achievements.ts'
import { getCredential } from '../credentials/credentials.ts'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import { formBody } from '../web/form-schema.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { askEndorsement, type Asker, decideEndorsement, listAsked, requireHolder } from './ask.ts'
import { badgeEndorsementsPage } from './badge-view.ts'
import { Asking, Decision, Done, DONE } from './schema.ts'

const config = { access: ['titulaire'] } as const
const hide = true
const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
const PATH = '/mon-espace/badges/:id/recommandations'

type Deps = { db: Db; vault: Vault; baseUrl: string }
type Told = { given?: Given; refusal?: Refusal; done?: string | undefined }

/** The endorsements of a badge, in the space of its holder. */
export const badgeEndorsementsPages =
  ({ db, vault, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const pageOf = async (request: FastifyRequest, asker: Holding, told: Told) => {
      const { credentialId } = asker
      await requireHolder(db, asker)
      const badge = await getCredential(db, credentialId)
      const { name } = await getAchievement(db, badge.achievement, badge.achievementVersion)
      const [asked, jeton] = [await listAsked(db, vault, asker), jetonOf(request, vault)]
      return badgeEndorsementsPage({ credentialId, name, asked, baseUrl, jeton, now: new Date(), ...told })
    }

    const params = Type.Object({ id: Uuid })
    app.get(PATH, { config, schema: { hide, params, querystring: Done } }, async (request, reply) => {
      const done = DONE.get(request.query.fait ?? '')
      return sendPrivate(reply, await pageOf(request, holdingOf(request, request.params.id), { done }))
    })

    const schema = { hide, params, body: formBody(Asking) }
    app.post(PATH, { config, attachValidation: true, schema }, async (request, reply) => {
      const asker = holdingOf(request, request.params.id)
      const ask = async () => {
        const { endorser = '', note = '' } = request.body
        await askEndorsement(db, vault, { asker, endorser: endorser.trim(), note, author: asker.author })
        return `/mon-espace/badges/${asker.credentialId}/recommandations?fait=${endorser.trim() ? 'demandee' : 'lien'}`
      }
      return answerForm(request, reply, ask, (refusal) => pageOf(request, asker, { given: request.body, refusal }))
    })

    app.post(
      `${PATH}/:endorsement/decision`,
      {
        config,
        attachValidation: true,
        schema: { hide, params: Type.Object({ id: Uuid, endorsement: Uuid }), body: formBody(Decision) },
      },
      async (request, reply) => {
        const asker = holdingOf(request, request.params.id)
        const decide = async () => {
          const { decision } = request.body
          const { author } = asker
          await decideEndorsement(db, asker, { id: request.params.endorsement, move: decision, author })
          return `/mon-espace/badges/${asker.credentialId}/recommandations?fait=${decision}`
        }
        return answerForm(request, reply, decide, (refusal) => pageOf(request, asker, { refusal }))
      },
    )
  }

type Holding = Extract<Asker, { credentialId: string }> & { author: string }

/** The badge of that id, of the person who signed in. */
function holdingOf(request: FastifyRequest, credentialId: string): Holding {
  const { personId, author } = holderOf(request)
  return { personId, author, credentialId }
}
