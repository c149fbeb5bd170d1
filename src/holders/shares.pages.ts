import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { holderOf, jetonOf } from '../auth/access.ts'
import type { Verifier } from '../credentials/verifier.ts'
import { addDays, parisDate } from '../days.ts'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Given, Refusal } from '../web/forms.ts'
import type { Page } from '../web/html.ts'
import { languageOf, sendPrivate } from '../web/reply.ts'
import { isGood, listWallet } from '../wallet/read-imports.ts'
import { heldBadges } from './holders.ts'
import { openShare } from './open-share.ts'
import { shareGonePage, sharePage } from './share-page.ts'
import { sharesPage } from './shares-view.ts'
import { createShare, listShares, withdrawShare } from './shares.ts'

const config = { access: ['titulaire'] } as const
const hide = true
const PATH = '/mon-espace/partages'
const Id = Type.Object({ id: Type.String({ format: 'uuid', maxLength: 36 }) })
const jeton = Type.Optional(Type.String())
const Wish = Type.Object(
  {
    _jeton: jeton,
    badges: Type.Optional(Type.Array(Type.String({ format: 'uuid', maxLength: 36 }), { maxItems: 1000 })),
    ailleurs: Type.Optional(Type.Array(Type.String({ format: 'uuid', maxLength: 36 }), { maxItems: 400 })),
    label: Type.Optional(Type.String({ maxLength: 200 })),
    days: Type.Enum(['7', '30', '90', '365']),
    until: Type.Optional(Type.String({ pattern: '^(20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]))?$' })),
    show: Type.Optional(Type.Array(Type.Enum(['name', 'habilitations']), { maxItems: 2 })),
  },
  { additionalProperties: false },
)
const Shown = Type.Object({
  badge: Type.Optional(Type.String({ format: 'uuid', maxLength: 36 })),
  fait: Type.Optional(Type.String({ maxLength: 20 })),
})
const DONE = new Map([
  ['cree', 'Votre lien est créé : copiez-le plus bas, et donnez-le à qui vous voulez.'],
  ['retire', 'Ce lien est retiré : il n’ouvre plus rien.'],
])
/** Each reading verifies up to thirty badges: a reader opens a few, a robot would open thousands. */
const FEW = { max: 60, timeWindow: 60_000 }

type Deps = { db: Db; vault: Vault; baseUrl: string; verifier: Verifier }
type Told = { given?: Given; refusal?: Refusal; done?: string | undefined }

/** The links by which someone shows badges: her or his list of them, and the page that each one opens. */
export const sharesPages =
  ({ db, vault, baseUrl, verifier }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const listPage = async (request: FastifyRequest, told: Told): Promise<Page> => {
      const { personId } = holderOf(request)
      const badges = (await heldBadges(db, personId)).filter((one) => one.revokedAt === null && one.renewedBy === null)
      const now = new Date()
      const elsewhere = (await listWallet(db, vault, personId)).filter((one) => isGood(one, now))
      const today = parisDate(now)
      const days = { today, latest: addDays(today, 365) }
      const links = await listShares(db, vault, personId)
      return sharesPage({ ...links, ...days, ...told, badges, elsewhere, baseUrl, jeton: jetonOf(request, vault) })
    }

    app.get(PATH, { config, schema: { hide, querystring: Shown } }, async (request, reply) => {
      const { badge, fait = '' } = request.query
      return sendPrivate(reply, await listPage(request, { given: { badges: badge }, done: DONE.get(fait) }))
    })

    app.post(PATH, { config, attachValidation: true, schema: { hide, body: Wish } }, async (request, reply) =>
      answerForm(
        request,
        reply,
        async () => {
          const { badges = [], ailleurs = [], label = '', days, until, show = [] } = request.body
          await createShare(db, vault, holderOf(request), {
            badges,
            elsewhere: ailleurs,
            label,
            days: Number(days),
            until: until || undefined,
            showName: show.includes('name'),
            showHabilitations: show.includes('habilitations'),
          })
          return `${PATH}?fait=cree`
        },
        (refusal) => listPage(request, { given: request.body, refusal }),
      ),
    )

    app.post(
      `${PATH}/:id/retrait`,
      { config, schema: { hide, params: Id, body: Type.Object({ _jeton: jeton }, { additionalProperties: false }) } },
      async (request, reply) => {
        await withdrawShare(db, holderOf(request), request.params.id)
        return reply.redirect(`${PATH}?fait=retire`, 303)
      },
    )

    app.get(
      '/partages/:token',
      {
        config: { access: 'public', rateLimit: FEW },
        schema: { hide, params: Type.Object({ token: Type.String({ maxLength: 100 }) }) },
      },
      async (request, reply) => {
        const { token } = request.params
        const [lang, path] = [languageOf(request), `/partages/${encodeURIComponent(token)}`]
        void reply.header('vary', 'accept-language')
        const share = await openShare({ db, vault, verifier }, token, lang)
        if (typeof share === 'string') {
          return sendPrivate(reply.code(share === 'ended' ? 410 : 404), shareGonePage(share, path, lang))
        }
        return sendPrivate(reply, sharePage({ ...share, path, lang }))
      },
    )
  }
