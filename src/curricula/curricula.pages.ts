import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { labelCompetences } from '../referential/competence-labels.ts'
import { listCertifications, listMetiers } from '../referential/referential.ts'
import { HOUR } from '../web/components.ts'
import { previewPng } from '../web/preview.ts'
import { askedForm, sendDocument, sendPage } from '../web/reply.ts'
import { latestModule, listModules, listPaths } from './curricula.ts'
import { eligibility, findModules } from './find-modules.ts'
import { moduleListPage, modulePage } from './module-view.ts'
import { pathListPage, pathPage, type Target } from './path-view.ts'
import type { CompetenceRef } from '../referential/schema.ts'
import type { Path } from './schema.ts'

const config = { access: 'public' } as const
const bySlug = { hide: true, params: Type.Object({ slug: Type.String({ minLength: 1, maxLength: 90 }) }) }

const Asked = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 100 })),
  pour: Type.Optional(Type.String({ maxLength: 80 })),
  heures: Type.Optional(Type.String({ pattern: '^([1-9]\\d{0,3})?$' })),
  modalite: Type.Optional(Type.Enum(['', 'presentiel', 'distance', 'alternance'])),
  certification: Type.Optional(Type.Enum(['', 'oui', 'non', 'cpf'])),
  after: Type.Optional(Type.String({ maxLength: 90 })),
})
const SHOWN = 30
const DAY = 24 * HOUR

/** Modules and paths, as pages and as documents. */
export const curriculaPages =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/modules', { config, schema: { hide: true, querystring: Asked } }, async ({ query }, reply) => {
      const { after, ...asked } = query
      const [modules, metiers] = [await listModules(db), await listMetiers(db)]
      const { sure, unsaid } = findModules(modules, await listCertifications(db), asked)
      const found = [...sure, ...unsaid]
      const from = found.findIndex((one) => one.slug === after) + 1
      const page = found.slice(from, from + SHOWN)
      const named = new Set(modules.flatMap((one) => one.publics))
      return sendPage(
        reply,
        moduleListPage({
          asked,
          publics: metiers.filter((one) => named.has(one.slug)),
          total: { sure: sure.length, unsaid: unsaid.length },
          sure: page.filter((one) => sure.includes(one)),
          unsaid: page.filter((one) => unsaid.includes(one)),
          next: from + SHOWN < found.length ? page.at(-1)!.slug : null,
          baseUrl,
        }),
      )
    })

    app.get('/modules/:slug/apercu.png', { config, schema: bySlug }, async ({ params }, reply) => {
      const { title, summary } = await latestModule(db, params.slug)
      return sendDocument(
        reply,
        'image/png',
        await previewPng({ kind: 'Module de formation', title, about: summary }),
        DAY,
      )
    })

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
      const certifications = await listCertifications(db)
      const prepared = certifications.find((one) => one.slug === module.prepares?.certification)
      return sendPage(
        reply,
        modulePage({
          module,
          publics: metiers.filter((one) => named.has(one.slug)),
          prerequisites: modules.filter((one) => module.prerequisites.includes(one.slug)),
          paths,
          prepared: prepared ?? null,
          competences: await labelCompetences(db, module.competences),
          cpf: eligibility(module, new Map(certifications.map((one) => [one.slug, one.cpf]))),
          baseUrl,
        }),
      )
    })

    app.get('/parcours', { config, schema: { hide: true } }, async (_request, reply) =>
      sendPage(reply, pathListPage(await listPaths(db), baseUrl)),
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
      const [modules, target] = [await listModules(db), await readTarget(db, path)]
      return sendPage(reply, pathPage({ path, publics, modules, target, baseUrl }))
    })

    app.get('/parcours/:slug/apercu.png', { config, schema: bySlug }, async ({ params }, reply) => {
      const path = (await listPaths(db)).find((one) => one.slug === params.slug)
      if (!path) throw notFound('Le parcours', params.slug)
      const { title, summary } = path
      return sendDocument(
        reply,
        'image/png',
        await previewPng({ kind: 'Parcours de formation', title, about: summary }),
        DAY,
      )
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
