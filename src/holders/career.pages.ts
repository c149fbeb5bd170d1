import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { holderOf } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { Slug } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { worthOf } from '../wallet/worth.ts'
import { sendPrivate } from '../web/reply.ts'
import { competencesPage, pathsPage } from './career-view.ts'
import { competencesHeld, shownBy, shownElsewhere } from './competences.ts'
import { chooseMetierPage, gapPage } from './gap-view.ts'
import { gapOf, metiersWithCompetences } from './gap.ts'
import { heldBadges } from './holders.ts'
import { pathsHeld } from './paths.ts'

const config = { access: ['titulaire'] } as const
const hide = true
const METIERS = '/mon-espace/metiers'

/** What someone's badges show: by competence, by path, and against what a métier asks. */
export const careerPages =
  ({ db, vault }: { db: Db; vault: Vault }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/mon-espace/competences', { config, schema: { hide } }, async (request, reply) => {
      const { personId } = holderOf(request)
      const now = new Date()
      const { recognised } = await worthOf(db, vault, personId, now)
      const shown = [...shownBy(await heldBadges(db, personId), now), ...shownElsewhere(recognised)]
      return sendPrivate(reply, competencesPage(await competencesHeld(db, shown)))
    })

    app.get('/mon-espace/parcours', { config, schema: { hide } }, async (request, reply) => {
      const badges = await heldBadges(db, holderOf(request).personId)
      return sendPrivate(reply, pathsPage(await pathsHeld(db, badges, new Date())))
    })

    app.get(
      METIERS,
      { config, schema: { hide, querystring: Type.Object({ metier: Type.Optional(Type.String({ maxLength: 80 })) }) } },
      async (request, reply) => {
        holderOf(request)
        const { metier } = request.query
        if (metier) return reply.redirect(`${METIERS}/${encodeURIComponent(metier)}`, 303)
        return sendPrivate(reply, chooseMetierPage(await metiersWithCompetences(db)))
      },
    )

    app.get(
      `${METIERS}/:slug`,
      { config, schema: { hide, params: Type.Object({ slug: Slug }) } },
      async (request, reply) => {
        const { personId } = holderOf(request)
        const { recognised } = await worthOf(db, vault, personId, new Date())
        const gap = await gapOf(db, personId, request.params.slug, recognised)
        return sendPrivate(reply, gapPage(gap, await metiersWithCompetences(db)))
      },
    )
  }
