import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { labelCompetences } from '../referential/competence-labels.ts'
import { listCertifications, listMetiers } from '../referential/referential.ts'
import { HOUR } from '../web/components.ts'
import { askedForm, sendDocument, sendPage } from '../web/reply.ts'
import { latestModule, listModules, listPaths } from './curricula.ts'
import { moduleListPage, modulePage } from './module-view.ts'
import { pathListPage, pathPage, type Target } from './path-view.ts'
import type { CompetenceRef } from '../referential/schema.ts'
import type { Path } from './schema.ts'

const config = { access: 'public' } as const
const bySlug = { hide: true, params: Type.Object({ slug: Type.String({ minLength: 1, maxLength: 90 }) }) }

/** Modules and paths, as pages and as documents. */
export const curriculaPages =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/modules', { config, schema: { hide: true } }, async (_request, reply) =>
      sendPage(reply, moduleListPage(await listModules(db))),
    )

    app.get('/modules/:slug', { config, schema: bySlug }, async (request, reply) => {
      const [slug, form] = askedForm(request, reply, request.params.slug)
      const module = await latestModule(db, slug)
      if (form === 'json') {
        const document = JSON.stringify({ id: `${baseUrl}/modules/${slug}`, ...module })
        return sendDocument(reply, 'application/json', document, HOUR)
      }
      const modules = await listModules(db)
      const named = new Set(module.publics)
      const metiers = await listMetiers(db)
      const paths = (await listPaths(db)).filter((path) => path.stages.some((stage) => stage.modules.includes(slug)))
      const prepared = (await listCertifications(db)).find((one) => one.slug === module.prepares?.certification)
      return sendPage(
        reply,
        modulePage({
          module,
          publics: metiers.filter((one) => named.has(one.slug)),
          prerequisites: modules.filter((one) => module.prerequisites.includes(one.slug)),
          paths,
          prepared: prepared ?? null,
          competences: await labelCompetences(db, module.competences),
        }),
      )
    })

    app.get('/parcours', { config, schema: { hide: true } }, async (_request, reply) =>
      sendPage(reply, pathListPage(await listPaths(db))),
    )

    app.get('/parcours/:slug', { config, schema: bySlug }, async (request, reply) => {
      const [slug, form] = askedForm(request, reply, request.params.slug)
      const path = (await listPaths(db)).find((one) => one.slug === slug)
      if (!path) throw notFound('Le parcours', slug)
      if (form === 'json') {
        const document = JSON.stringify({ id: `${baseUrl}/parcours/${slug}`, ...path })
        return sendDocument(reply, 'application/json', document, HOUR)
      }
      const metiers = await listMetiers(db)
      const publics = metiers.filter((one) => path.publics.includes(one.slug))
      return sendPage(reply, pathPage({ path, publics, modules: await listModules(db), target: await readTarget(db, path) }))
    })
  }

/** What the path leads to, with the names it goes by. */
async function readTarget(db: Db, { target }: Path): Promise<Target> {
  const { certification, metier, habilitation, competences } = target as {
    certification?: string
    metier?: string
    habilitation?: string
    competences?: CompetenceRef[]
  }
  return {
    certification: (await listCertifications(db)).find((one) => one.slug === certification) ?? null,
    metier: (await listMetiers(db)).find((one) => one.slug === metier) ?? null,
    habilitation: habilitation ?? null,
    competences: await labelCompetences(db, competences ?? []),
  }
}
