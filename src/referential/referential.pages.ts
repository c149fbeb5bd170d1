import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { HOUR } from '../web/components.ts'
import { previewPng } from '../web/preview.ts'
import { askedForm, sendDocument, sendPage } from '../web/reply.ts'
import { labelCompetences, showLabel } from './competence-labels.ts'
import { competencePage } from './competence-view.ts'
import { frameworkListPage, frameworkPage } from './framework-view.ts'
import { listLists } from './lists.ts'
import { bothForms, metierListPage, metierPage } from './metier-view.ts'
import { findMetiers } from './find-metiers.ts'
import { getCompetence, getFramework, getMetier, listFrameworks, listMetiers } from './referential.ts'
import { competenceDocument, seenFrom } from './skos.ts'

const config = { access: 'public' } as const
const Segment = (maxLength: number) => Type.String({ minLength: 1, maxLength })
const Framework = { framework: Segment(40), version: Segment(20) }

const Code = { ...Framework, code: Segment(40) }
const Asked = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 100 })),
  nature: Type.Optional(Type.Enum(['', 'metier', 'role', 'scheme'])),
  famille: Type.Optional(Type.Enum(['', 'mediation', 'formation', 'encadrement', 'support'])),
})
const DAY = 24 * HOUR

/** Frameworks, competences and métiers, as pages and as documents. */
export const referentialPages =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/referentiels', { config, schema: { hide: true } }, async (_request, reply) =>
      sendPage(reply, frameworkListPage(await listFrameworks(db), baseUrl)),
    )

    app.get(
      '/referentiels/:framework/:version',
      { config, schema: { hide: true, params: Type.Object(Framework) } },
      async ({ params }, reply) =>
        sendPage(reply, frameworkPage(await getFramework(db, params.framework, params.version), baseUrl)),
    )

    app.get(
      '/referentiels/:framework/:version/:code',
      { config, schema: { hide: true, params: Type.Object(Code) } },
      async (request, reply) => {
        const { framework, version } = request.params
        const [code, form] = askedForm(request, reply, request.params.code)
        const found = await getCompetence(db, framework, version, code)
        const linked = competenceDocument(found, baseUrl)
        if (form === 'json') return sendDocument(reply, 'application/ld+json', JSON.stringify(linked), HOUR)
        const relations = found.relations.map((one) => seenFrom({ framework, version, code }, one))
        const related = await labelCompetences(
          db,
          relations.map((one) => one.other),
        )
        const { competences } = await getFramework(db, framework, version)
        const metiers = await listMetiers(db)
        return sendPage(
          reply,
          competencePage({ ...found, relations, related, entries: competences, metiers, linked, baseUrl }),
        )
      },
    )

    app.get(
      '/referentiels/:framework/:version/apercu.png',
      { config, schema: { hide: true, params: Type.Object(Framework) } },
      async ({ params }, reply) => {
        const { framework, version, title, languages } = await getFramework(db, params.framework, params.version)
        const named = showLabel(title, languages, framework).text
        const preview = { kind: 'Référentiel de compétences', title: named, about: `Version ${version}` }
        return sendDocument(reply, 'image/png', await previewPng(preview), DAY)
      },
    )

    app.get(
      '/referentiels/:framework/:version/:code/apercu.png',
      { config, schema: { hide: true, params: Type.Object(Code) } },
      async ({ params: { framework, version, code } }, reply) => {
        const { framework: about, competence } = await getCompetence(db, framework, version, code)
        const title = showLabel(competence.label, about.languages, code).text
        const preview = { kind: `Compétence ${code}`, title, about: competence.description?.fr ?? null }
        return sendDocument(reply, 'image/png', await previewPng(preview), DAY)
      },
    )

    app.get('/metiers', { config, schema: { hide: true, querystring: Asked } }, async ({ query: asked }, reply) => {
      const metiers = findMetiers(await listMetiers(db), asked)
      return sendPage(reply, metierListPage({ metiers, asked, baseUrl }))
    })

    app.get(
      '/metiers/:slug/apercu.png',
      { config, schema: { hide: true, params: Type.Object({ slug: Segment(80) }) } },
      async ({ params }, reply) => {
        const metier = await getMetier(db, params.slug)
        const preview = {
          kind: 'Métier de la médiation numérique',
          title: bothForms(metier),
          about: metier.description,
        }
        return sendDocument(reply, 'image/png', await previewPng(preview), DAY)
      },
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
        const competences = await labelCompetences(db, metier.competences)
        const saying = new Set(competences.map((one) => one.list))
        const lists = (await listLists(db)).filter((one) => saying.has(one.list))
        return sendPage(reply, metierPage({ metier, funded, competences, lists, baseUrl }))
      },
    )
  }
