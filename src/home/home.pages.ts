import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getAchievement, listAchievements } from '../badges/achievements.ts'
import { badgeImageSvg } from '../badges/render.ts'
import type { Db } from '../db.ts'
import { HOUR } from '../web/components.ts'
import { previewPng } from '../web/preview.ts'
import { sendDocument, sendPage } from '../web/reply.ts'
import { apiPage } from './api-view.ts'
import { homePage, ORNAMENT } from './home-view.ts'
import { accessibilityPage, legalPage } from './legal-view.ts'

const open = { config: { access: 'public' }, schema: { hide: true } } as const
const PREVIEW = { kind: 'Badges de compétences', title: 'La médiation numérique, reconnue et vérifiable' }

type Deps = { db: Db; config: { baseUrl: string; operator: Parameters<typeof legalPage>[0] } }

/** The home page, the readable reference of the API, and the pages that the law asks for. */
export const homePages =
  ({ db, config: { baseUrl, operator } }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/', open, async (_request, reply) => sendPage(reply, homePage(await listAchievements(db), baseUrl)))
    app.get('/api', open, async (_request, reply) => sendPage(reply, apiPage(app.swagger())))
    app.get('/mentions-legales', open, async (_request, reply) => sendPage(reply, legalPage(operator, baseUrl)))
    app.get('/accessibilite', open, async (_request, reply) => sendPage(reply, accessibilityPage(operator, baseUrl)))
    app.get('/apercu.png', open, async (_request, reply) => {
      const figure = badgeImageSvg(await getAchievement(db, ORNAMENT))
      return sendDocument(reply, 'image/png', await previewPng({ ...PREVIEW, figure }), 24 * HOUR)
    })
  }
