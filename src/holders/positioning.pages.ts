import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { holderOf, jetonOf } from '../auth/access.ts'
import { malformed } from '../errors.ts'
import { needsOf } from '../planning/needs.ts'
import type { PlanDeps } from '../planning/plan.ts'
import { composePositioning } from '../planning/positioning.ts'
import { deleteOwn, getOfPerson, keepOwn, listOfPerson } from '../planning/positionings.ts'
import { listTargets, type PlanTarget } from '../planning/targets.ts'
import { getFramework } from '../referential/referential.ts'
import type { Vault } from '../vault.ts'
import { worthOf } from '../wallet/worth.ts'
import { formBody } from '../web/form-schema.ts'
import { sendPrivate } from '../web/reply.ts'
import { heldBadges } from './holders.ts'
import { saidBy, sinceThen, walletOf } from './positioning.ts'
import { evidencePage, previewPage, targetPage } from './positioning-form-view.ts'
import { FORM_PATH, LIST_PATH, positioningPage, positioningsPage } from './positioning-view.ts'

const config = { access: ['titulaire'] } as const
const hide = true
const SHOWN = 24

const but = Type.String({ maxLength: 120 })
const acquis = Type.Optional(Type.Array(Type.String({ maxLength: 120 }), { maxItems: 80 }))
const pix = Type.Optional(
  Type.Array(Type.String({ maxLength: 30, pattern: '^([^/@]+/[^/@]+@[1-8])?$' }), { maxItems: 40 }),
)
const mark = Type.Optional(Type.String({ maxLength: 1 }))
const Asked = Type.Object(
  { but: Type.Optional(but), calculer: mark, acquis, pix, tables: mark },
  { additionalProperties: false },
)
const Kept = formBody({ but, acquis, pix, tables: mark, rationale: Type.Optional(Type.String({ maxLength: 2000 })) })
const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
const Id = Type.Object({ id: Uuid })
const fait = Type.Optional(Type.String({ maxLength: 20 }))
const Listed = Type.Object({ after: Type.Optional(Uuid), fait })

type Said = Parameters<typeof saidBy>[2] & { rationale?: string }

/** A person finds her or his path from what badges show and what she or he says, and keeps it with its reasons. */
export const positioningPages =
  ({ vault, ...deps }: PlanDeps & { vault: Vault }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, baseUrl } = deps
    const walletFor = async (personId: string) => {
      const now = new Date()
      return walletOf(await heldBadges(db, personId), await worthOf(db, vault, personId, now), baseUrl, now)
    }
    const compose = async (personId: string, { target }: PlanTarget, { rationale, ...said }: Said) =>
      composePositioning(deps, {
        target,
        ...(await walletFor(personId)),
        evidence: saidBy(target, await needsOf(db, target), said),
        rationale: rationale ?? null,
        learner: null,
      })

    app.get(FORM_PATH, { config, schema: { hide, querystring: Asked } }, async (request, reply) => {
      const { personId } = holderOf(request)
      const { but, calculer, ...said } = request.query
      const targets = await listTargets(db)
      const target = targets.find((one) => one.value === but)
      if (!target) return sendPrivate(reply, targetPage(targets))
      if (calculer === undefined) {
        const needs = await needsOf(db, target.target)
        return sendPrivate(
          reply,
          evidencePage({ target, needs, wallet: await walletFor(personId), pix: await getFramework(db, 'pix') }),
        )
      }
      const content = await compose(personId, target, said)
      return sendPrivate(reply, previewPage({ target, content, said, jeton: jetonOf(request, vault) }))
    })

    app.post(FORM_PATH, { config, schema: { hide, body: Kept } }, async (request, reply) => {
      const holder = holderOf(request)
      const target = (await listTargets(db)).find((one) => one.value === request.body.but)
      if (!target) throw unknownTarget()
      const content = await compose(holder.personId, target, request.body)
      const id = await keepOwn(db, vault, holder, content)
      return reply.redirect(`${LIST_PATH}/${id}?fait=garde`, 303)
    })

    app.get(LIST_PATH, { config, schema: { hide, querystring: Listed } }, async (request, reply) => {
      const { after, fait } = request.query
      const found = await listOfPerson(db, vault, holderOf(request).personId, { limit: SHOWN, after })
      const done = fait === 'supprime' ? 'Ce positionnement est supprimé.' : undefined
      return sendPrivate(reply, positioningsPage({ ...found, done }))
    })

    app.get(
      `${LIST_PATH}/:id`,
      { config, schema: { hide, params: Id, querystring: Type.Object({ fait }) } },
      async (request, reply) => {
        const { personId } = holderOf(request)
        const kept = await getOfPerson(db, vault, personId, request.params.id)
        const now = new Date()
        const elsewhere = await worthOf(db, vault, personId, now)
        const since = sinceThen(await heldBadges(db, personId), elsewhere, baseUrl, now)
        const done = request.query.fait === 'garde' ? 'Ce positionnement est gardé.' : undefined
        return sendPrivate(reply, positioningPage({ kept, since, jeton: jetonOf(request, vault), done }))
      },
    )

    app.post(
      `${LIST_PATH}/:id/suppression`,
      { config, schema: { hide, params: Id, body: formBody({}) } },
      async (request, reply) => {
        await deleteOwn(db, holderOf(request), request.params.id)
        return reply.redirect(`${LIST_PATH}?fait=supprime`, 303)
      },
    )
  }

const unknownTarget = () =>
  malformed(
    'plan_target',
    'Ce but ne se calcule pas, ou plus.',
    'Choisissez-en un dans la liste de « Me positionner ».',
  )
