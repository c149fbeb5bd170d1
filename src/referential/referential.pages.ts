import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { HOUR } from '../web/components.ts'
import { askedForm, sendDocument, sendPage } from '../web/reply.ts'
import { labelCompetences } from './competence-labels.ts'
import { competencePage } from './competence-view.ts'
import { frameworkListPage, frameworkPage } from './framework-view.ts'
import { metierListPage, metierPage } from './metier-view.ts'
import { getCompetence, getFramework, getMetier, listFrameworks, listMetiers } from './referential.ts'
import { competenceDocument, seenFrom } from './skos.ts'

const config = { access: 'public' } as const
const Segment = (maxLength: number) => Type.String({ minLength: 1, maxLength })
const Framework = { framework: Segment(40), version: Segment(20) }

/** Frameworks, competences and métiers, as pages and as documents. */
export const referentialPages =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/referentiels', { config, schema: { hide: true } }, async (_request, reply) =>
      sendPage(reply, frameworkListPage(await listFrameworks(db))),
    )

    app.get(
      '/referentiels/:framework/:version',
      { config, schema: { hide: true, params: Type.Object(Framework) } },
      async ({ params }, reply) =>
        sendPage(reply, frameworkPage(await getFramework(db, params.framework, params.version))),
    )

    app.get(
      '/referentiels/:framework/:version/:code',
      { config, schema: { hide: true, params: Type.Object({ ...Framework, code: Segment(40) }) } },
      async (request, reply) => {
        const { framework, version } = request.params
        const [code, form] = askedForm(request, reply, request.params.code)
        const found = await getCompetence(db, framework, version, code)
        if (form === 'json') {
          const document = JSON.stringify(competenceDocument(found, baseUrl))
          return sendDocument(reply, 'application/ld+json', document, HOUR)
        }
        const relations = found.relations.map((one) => seenFrom({ framework, version, code }, one))
        const related = await labelCompetences(
          db,
          relations.map((one) => one.other),
        )
        const { competences } = await getFramework(db, framework, version)
        return sendPage(
          reply,
          competencePage({ ...found, relations, related, entries: competences, metiers: await listMetiers(db) }),
        )
      },
    )

    app.get('/metiers', { config, schema: { hide: true } }, async (_request, reply) =>
      sendPage(reply, metierListPage(await listMetiers(db))),
    )

    app.get(
      '/metiers/:slug',
      { config, schema: { hide: true, params: Type.Object({ slug: Segment(80) }) } },
      async (request, reply) => {
        const [slug, form] = askedForm(request, reply, request.params.slug)
        const metier = await getMetier(db, slug)
        if (form === 'json') {
          const document = JSON.stringify({ id: `${baseUrl}/metiers/${slug}`, ...metier })
          return sendDocument(reply, 'application/json', document, HOUR)
        }
        const funded = metier.scheme_of === null ? null : await getMetier(db, metier.scheme_of)
        return sendPage(reply, metierPage(metier, funded, await labelCompetences(db, metier.competences)))
      },
    )
  }
