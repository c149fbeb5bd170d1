import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { latestModule, listPaths } from '../curricula/curricula.ts'
import type { Db } from '../db.ts'
import { labelCompetences } from '../referential/competence-labels.ts'
import { listCertifications } from '../referential/referential.ts'
import { HOUR } from '../web/components.ts'
import { previewPng } from '../web/preview.ts'
import { askedForm, sendDocument, sendPage } from '../web/reply.ts'
import { getAchievement, listAchievements, serializeAchievement } from './achievements.ts'
import { badgePage, KIND_WORDS, ownSubject, type Subject } from './badge-view.ts'
import { findBadges } from './find-badges.ts'
import { galleryPage } from './gallery-view.ts'
import { FAMILIES, KINDS } from './image.ts'
import { badgeImagePng, badgeImageSvg } from './render.ts'
import type { Achievement } from './schema.ts'

const config = { access: 'public' } as const
const Slug = Type.String({ minLength: 1, maxLength: 90 })
const Version = Type.String({ minLength: 1, maxLength: 25 })
const bySlug = { hide: true, params: Type.Object({ slug: Slug }) }
const byVersion = { hide: true, params: Type.Object({ slug: Slug, version: Version }) }

const orNone = <const One extends string>(values: readonly One[]) => Type.Optional(Type.Enum(['', ...values]))
const Asked = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 100 })),
  sorte: orNone(KINDS),
  famille: orNone(FAMILIES),
  niveau: orNone(['1', '2', '3', '4', '5', '6', '7', '8']),
  competence: Type.Optional(Type.String({ maxLength: 100 })),
})

const OPEN_BADGES = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'
const DAY = 24 * HOUR

/** `endorsed`: what others say of a class (markup), which another feature writes. */
type Deps = { db: Db; baseUrl: string; endorsed: (badge: { slug: string; version: string }) => Promise<string> }

/** The gallery, the page of each badge class, its Open Badges document and its images. */
export const badgesPages =
  ({ db, baseUrl, endorsed }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const documentOf = (achievement: Achievement): string =>
      JSON.stringify({ '@context': OPEN_BADGES, ...serializeAchievement(achievement, baseUrl) })

    const pageOf = async (achievement: Achievement) => {
      const [subject, newest] = [await readSubject(db, achievement), await getAchievement(db, achievement.slug)]
      const competences = await labelCompetences(db, achievement.competences)
      const said = await endorsed(achievement)
      return badgePage({ achievement, newest: newest.version, subject, competences, baseUrl, endorsed: said })
    }

    app.get('/badges', { config, schema: { hide: true, querystring: Asked } }, async ({ query: asked }, reply) => {
      const all = await listAchievements(db)
      return sendPage(reply, galleryPage({ all, found: findBadges(all, asked), asked, baseUrl }))
    })

    app.get('/achievements/:slug', { config, schema: bySlug }, async (request, reply) => {
      const [slug, form] = askedForm(request, reply, request.params.slug)
      const achievement = await getAchievement(db, slug)
      if (form === 'json') return sendDocument(reply, 'application/ld+json', documentOf(achievement), HOUR)
      return sendPage(reply, await pageOf(achievement))
    })

    app.get('/achievements/:slug/:version', { config, schema: byVersion }, async (request, reply) => {
      const [version, form] = askedForm(request, reply, request.params.version)
      const achievement = await getAchievement(db, request.params.slug, version)
      if (form === 'json') return sendDocument(reply, 'application/ld+json', documentOf(achievement), DAY)
      return sendPage(reply, await pageOf(achievement))
    })

    app.get('/achievements/:slug/:version/image.svg', { config, schema: byVersion }, async ({ params }, reply) => {
      const achievement = await getAchievement(db, params.slug, params.version)
      return sendDocument(reply, 'image/svg+xml', badgeImageSvg(achievement), DAY)
    })

    app.get('/achievements/:slug/:version/image.png', { config, schema: byVersion }, async ({ params }, reply) => {
      const achievement = await getAchievement(db, params.slug, params.version)
      return sendDocument(reply, 'image/png', badgeImagePng(achievement), DAY)
    })

    app.get('/achievements/:slug/:version/apercu.png', { config, schema: byVersion }, async ({ params }, reply) => {
      const achievement = await getAchievement(db, params.slug, params.version)
      const { kind, name: title, description: about } = achievement
      const figure = badgeImageSvg(achievement)
      return sendDocument(reply, 'image/png', await previewPng({ kind: KIND_WORDS[kind], title, about, figure }), DAY)
    })
  }

/** What earns the badge, and where that is described. A habilitation is described by the path that leads to it. */
async function readSubject(db: Db, achievement: Achievement): Promise<Subject> {
  const { module, block, blocks, path, habilitation, continuing, own } = achievement
  if (own) return ownSubject(own)
  if (module) {
    const { title, source, competences_status } = await latestModule(db, module)
    return { term: 'Module', title, href: `/modules/${module}`, source, proposed: competences_status === 'proposed' }
  }
  if (block) {
    const found = (await listCertifications(db)).find((one) => one.slug === block.certification)
    const whole = found?.title ?? block.certification
    const code = found?.code ? ` (${found.code})` : ''
    return {
      term: 'Bloc',
      title: `${block.ref} de « ${whole} »${code}`,
      href: null,
      source: found?.sources,
      proposed: true,
    }
  }
  if (blocks) {
    const found = (await listCertifications(db)).find((one) => one.slug === blocks)
    const title = `${found?.blocks.map(({ ref }) => ref).join(', ')} de « ${found?.title ?? blocks} »`
    return { term: 'Blocs', title, href: null, source: found?.sources, proposed: true }
  }
  const known = path ?? continuing
  const leads = (await listPaths(db)).find(({ slug, target }) =>
    known ? slug === known : (target as { habilitation?: string }).habilitation === habilitation,
  )
  if (!leads) return { term: 'Objet', title: known ?? habilitation ?? '', href: null, source: null, proposed: true }
  return {
    term: known ? 'Parcours' : 'Parcours qui y mène',
    title: leads.title,
    href: `/parcours/${leads.slug}`,
    source: leads.source,
    proposed: true,
  }
}
