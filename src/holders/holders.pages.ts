import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom, dropSession, holderOf, jetonOf } from '../auth/access.ts'
import { endOtherSessions } from '../auth/web-sessions.ts'
import { showName } from '../credentials/consents.ts'
import type { Issuing } from '../credentials/sign-orders.ts'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import { askAddress, confirmAddress, listAddresses, readProof, removeAddress } from '../people/addresses.ts'
import type { Vault } from '../vault.ts'
import { listWallet } from '../wallet/read-imports.ts'
import { answerForm } from '../web/form-answer.ts'
import { formBody } from '../web/form-schema.ts'
import { asPrivate, sendPrivate } from '../web/reply.ts'
import { addressesPage, ERASE_WORD, erasedPage, erasurePage, proofPage } from './account-view.ts'
import { dataPage } from './data-view.ts'
import { erasePerson } from './erasure.ts'
import { exportPerson } from './export.ts'
import { heldBadges } from './holders.ts'
import { homePage } from './holder-view.ts'
import { mergePeople } from './merge.ts'
import { comingSessions, standings, uncheckedProofs } from './situation.ts'

const config = { access: ['titulaire'] } as const
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Token = Type.Object({ token: Type.String({ maxLength: 100 }) })
const Shown = Type.Object({
  after: Type.Optional(Type.String({ format: 'uuid', maxLength: 36 })),
  fait: Type.Optional(Type.String({ maxLength: 20 })),
})
const hide = true

const DONE = new Map([
  ['nom-affiche', 'Votre nom est affiché sur la page publique de ce badge.'],
  ['nom-masque', 'Votre nom n’est plus affiché sur la page publique de ce badge.'],
])

/** `follow`: what two addresses of one person bring about together (a training under the one, a Pix test under the other). */
type Deps = { db: Db; vault: Vault; baseUrl: string; follow: Issuing['follow'] }

/** The space of whoever signed in: badges, addresses, what is shown, what is held, erasure. */
export const holdersPages =
  ({ db, vault, baseUrl, follow }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/mon-espace', { config, schema: { hide, querystring: Shown } }, async (request, reply) => {
      const { personId } = holderOf(request)
      const { after, fait = '' } = request.query
      const now = new Date()
      const home = {
        badges: await heldBadges(db, personId),
        standings: await standings(db, personId),
        sessions: await comingSessions(db, personId, now),
        unchecked: await uncheckedProofs(db, personId),
        elsewhere: await listWallet(db, vault, personId),
      }
      const hasRoles = actorFrom(request).grants.some((one) => one.role !== 'titulaire')
      const done = DONE.get(fait)
      return sendPrivate(reply, homePage({ ...home, now, after, done, hasRoles, jeton: jetonOf(request, vault) }))
    })

    app.post(
      '/mon-espace/badges/:id/nom',
      { config, schema: { hide, params: Id, body: formBody({ visible: Type.Enum(['oui', 'non']) }) } },
      async (request, reply) => {
        const { personId, author } = holderOf(request)
        const isShown = request.body.visible === 'oui'
        await showName(db, { personId, author, credentialId: request.params.id, isShown })
        return reply.redirect(`/mon-espace?fait=${isShown ? 'nom-affiche' : 'nom-masque'}`, 303)
      },
    )

    app.get(
      '/mon-espace/adresses',
      { config, schema: { hide, querystring: Type.Object({ envoye: Type.Optional(Type.String({ maxLength: 1 })) }) } },
      async (request, reply) => {
        const holder = holderOf(request)
        const addresses = await listAddresses(db, vault, holder.personId)
        return sendPrivate(
          reply,
          addressesPage(addresses, { jeton: jetonOf(request, vault), isSent: request.query.envoye === '1' }),
        )
      },
    )

    app.post(
      '/mon-espace/adresses',
      {
        config,
        attachValidation: true,
        schema: { hide, body: formBody({ email: Type.String({ minLength: 1, maxLength: 254 }) }) },
      },
      (request, reply) => {
        const holder = holderOf(request)
        const ask = async () => {
          await askAddress(db, vault, baseUrl, { ...holder, email: request.body.email })
          return '/mon-espace/adresses?envoye=1'
        }
        return answerForm(request, reply, ask, async (refusal) => {
          const addresses = await listAddresses(db, vault, holder.personId)
          return addressesPage(addresses, { jeton: jetonOf(request, vault), given: request.body, refusal })
        })
      },
    )

    app.post(
      '/mon-espace/adresses/:id/retrait',
      { config, schema: { hide, params: Id, body: formBody({}) } },
      async (request, reply) => {
        const { personId, author, secret } = holderOf(request)
        await removeAddress(db, { personId, author, addressId: request.params.id })
        // Whoever entered by the address that is gone has no more business here.
        await endOtherSessions(db, personId, secret)
        return reply.redirect('/mon-espace/adresses', 303)
      },
    )

    app.get(
      '/mon-espace/adresses/confirmation/:token',
      { config, schema: { hide, params: Token } },
      async (request, reply) => {
        const holder = holderOf(request)
        const { token } = request.params
        const { email, other } = await readProof(db, vault, token, holder.personId)
        return sendPrivate(reply, proofPage(email, token, other !== null, jetonOf(request, vault)))
      },
    )

    for (const [path, add] of [
      ['confirmation', confirmAddress],
      ['reunion', mergePeople],
    ] as const) {
      app.post(
        `/mon-espace/adresses/${path}/:token`,
        { config, schema: { hide, params: Token, body: formBody({}) } },
        async (request, reply) => {
          const holder = holderOf(request)
          await add(db, vault, { ...holder, token: request.params.token })
          await db.transaction((tx) => follow(tx, [holder.personId]))
          return reply.redirect('/mon-espace/adresses', 303)
        },
      )
    }

    app.get('/mon-espace/donnees', { config, schema: { hide } }, async (request, reply) =>
      sendPrivate(reply, dataPage(await exportPerson(db, vault, holderOf(request)))),
    )

    app.get('/mon-espace/donnees.json', { config, schema: { hide } }, async (request, reply) => {
      const parts = await exportPerson(db, vault, holderOf(request))
      const data = Object.fromEntries(parts.map(({ title, lines }) => [title, lines]))
      return asPrivate(reply)
        .header('content-disposition', 'attachment; filename="mes-donnees.json"')
        .type('application/json; charset=utf-8')
        .send(JSON.stringify(data, null, 2))
    })

    app.get('/mon-espace/effacement', { config, schema: { hide } }, async (request, reply) => {
      holderOf(request)
      return sendPrivate(reply, erasurePage({ jeton: jetonOf(request, vault) }))
    })

    app.post(
      '/mon-espace/effacement',
      {
        config,
        attachValidation: true,
        schema: { hide, body: formBody({ confirmation: Type.String({ maxLength: 20 }) }) },
      },
      (request, reply) => {
        const holder = holderOf(request)
        const erase = async () => {
          if (request.body.confirmation.trim().toUpperCase() !== ERASE_WORD) throw notConfirmed()
          await erasePerson(db, vault, holder)
          dropSession(reply, baseUrl)
          return erasedPage()
        }
        return answerForm(request, reply, erase, (refusal) =>
          erasurePage({ jeton: jetonOf(request, vault), given: request.body, refusal }),
        )
      },
    )
  }

const notConfirmed = () =>
  invalid(
    'not_confirmed',
    'Rien n’est effacé : le mot de confirmation n’est pas celui demandé.',
    `Écrivez ${ERASE_WORD}.`,
    { field: 'confirmation' },
  )
