import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type OrganisationSpace, spaceOf, TRAINERS } from '../auth/access.ts'
import { listGrants } from '../auth/grants.ts'
import { addMonths, parisDate } from '../days.ts'
import type { Db } from '../db.ts'
import { Slug, SlugParams, Why } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import { sendPrivate } from '../web/reply.ts'
import { changeFreely, followsHabilitation } from './credential-changes.ts'
import {
  DELIVERED_STATES,
  deliveredClasses,
  type Filters,
  findSought,
  listDelivered,
  readDelivered,
} from './delivered.ts'
import { type ChangePath, CHANGES, confirmPage, deliveredBadgePage } from './delivered-badge-view.ts'
import { deliveredPage } from './delivered-view.ts'

const LINES = 50
const MONTHS = 36
const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
const OneOf = Type.Object({ slug: Slug, id: Uuid })
// A filter left on «tous» arrives as an empty text.
const Query = Type.Object({
  classe: Type.Optional(Type.String({ maxLength: 90 })),
  etat: Type.Optional(Type.Enum(['', ...DELIVERED_STATES])),
  mois: Type.Optional(Type.String({ pattern: '^(20\\d\\d-(0[1-9]|1[0-2]))?$' })),
  after: Type.Optional(Uuid),
})
const _jeton = Type.Optional(Type.String())
const Search = Type.Object({ cherche: Type.String({ maxLength: 300 }), _jeton }, { additionalProperties: false })
const Reason = Type.Object({ reason: Why, _jeton }, { additionalProperties: false })

type Deps = {
  db: Db
  vault: Vault
  /** What follows from the change of a badge, once it is made. */
  changed: (credentialId: string) => Promise<void>
}

/** `/organisme/{slug}/badges`: what an organisation delivered, and the changes it may make to it. */
export const deliveredPages =
  ({ db, vault, changed }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: TRAINERS }
    const deps = { db, vault }
    const path = '/organisme/:slug/badges'

    app.get(
      path,
      { config, schema: { hide: true, params: SlugParams, querystring: Query } },
      async (request, reply) => {
        const { classe = '', etat = '', mois = '', after } = request.query
        const space = await spaceOf(request, request.params.slug, deps)
        const filters = {
          ...(classe !== '' && { achievement: classe }),
          ...(etat !== '' && { state: etat }),
          ...(mois !== '' && { month: mois }),
        }
        return showList(reply, space, { filters, after, asked: { classe, etat, mois }, sought: null })
      },
    )

    // By POST: the address of a page must not tell the e-mail of a person.
    app.post(
      `${path}/recherche`,
      { config, schema: { hide: true, params: SlugParams, body: Search } },
      async (request, reply) => {
        const { slug } = request.params
        const sought = request.body.cherche.trim()
        const space = await spaceOf(request, slug, deps)
        const found = await findSought(db, vault, sought)
        if (found && 'id' in found) return reply.redirect(`/organisme/${slug}/badges/${found.id}`, 303)
        const asked = { classe: '', etat: '', mois: '' }
        return showList(reply, space, { filters: found, asked, sought })
      },
    )

    type Asked = { classe: string; etat: string; mois: string }
    type Shown = { filters: Filters | null; after?: string | undefined; asked: Asked; sought: string | null }
    const showList = async (
      reply: FastifyReply,
      space: OrganisationSpace,
      { filters, after, asked, sought }: Shown,
    ) => {
      const { organisation, author } = space
      const classes = await deliveredClasses(db, organisation.id)
      const list = filters
        ? await listDelivered(db, vault, organisation, filters, { author, limit: LINES, after })
        : { items: [], next: null }
      return sendPrivate(reply, deliveredPage({ ...space, ...list, asked, classes, months: lastMonths(), sought }))
    }

    const badgeOf = async (request: FastifyRequest<{ Params: { slug: string; id: string } }>) => {
      const space = await spaceOf(request, request.params.slug, deps)
      return { space, badge: await readDelivered(db, vault, space.organisation, request.params.id, space.author) }
    }

    app.get(
      `${path}/:id`,
      {
        config,
        schema: {
          hide: true,
          params: OneOf,
          querystring: Type.Object({ fait: Type.Optional(Type.Enum(Object.keys(CHANGES))) }),
        },
      },
      async (request, reply) => {
        const { space, badge } = await badgeOf(request)
        const team = new Set(
          (await listGrants(db, { organisationId: space.organisation.id })).map((one) => one.personId),
        )
        const { fait } = request.query
        const done = fait && CHANGES[fait as ChangePath].done
        const held = await followsHabilitation(db, badge.id)
        return sendPrivate(
          reply,
          deliveredBadgePage({ ...space, badge, followsHabilitation: held, reader: space.author, team, done }),
        )
      },
    )

    for (const change of Object.keys(CHANGES) as ChangePath[]) {
      app.get(`${path}/:id/${change}`, { config, schema: { hide: true, params: OneOf } }, async (request, reply) => {
        const { space, badge } = await badgeOf(request)
        return sendPrivate(reply, confirmPage({ ...space, badge, change }))
      })
      app.post(
        `${path}/:id/${change}`,
        { config, attachValidation: true, schema: { hide: true, params: OneOf, body: Reason } },
        async (request, reply) => {
          const { slug, id } = request.params
          const act = async () => {
            const { space } = await badgeOf(request)
            await changeFreely(db, id, CHANGES[change].kind, { author: space.author, reason: request.body.reason })
            await changed(id)
            return `/organisme/${slug}/badges/${id}?fait=${change}`
          }
          return answerForm(request, reply, act, async (refusal) => {
            const { space, badge } = await badgeOf(request)
            return confirmPage({ ...space, badge, change, given: request.body, refusal })
          })
        },
      )
    }
  }

/** The months that the filter proposes, this one first. */
const lastMonths = (): string[] =>
  Array.from({ length: MONTHS }, (_, n) => addMonths(`${parisDate(new Date()).slice(0, 7)}-01`, -n).slice(0, 7))
