import { type FastifyPluginAsyncTypebox, Type, type Static } from '@fastify/type-provider-typebox'
import { type OrganisationSpace, spaceOf, TRAINERS } from '../auth/access.ts'
import { badgePage, ownSubject } from '../badges/badge-view.ts'
import type { Db } from '../db.ts'
import { labelCompetences } from '../referential/competence-labels.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { searched } from '../web/search.ts'
import { alignCompetences, chosenBy, refsOf, searchCompetences } from './badge-competences.ts'
import { BadgeDraft, missingOf, VALIDITIES } from './badge-draft.ts'
import { editorPage, inlineImage, previewPage } from './badge-editor-view.ts'
import { cataloguePage } from './catalogue-view.ts'
import {
  beginBadge,
  draftAchievement,
  getOwnBadge,
  listCommon,
  listOwnBadges,
  publishBadge,
  saveDraft,
  withdrawBadge,
} from './organisation-badges.ts'
import { Slug, SlugParams, Why } from './schema.ts'

const _jeton = Type.Optional(Type.String())
const said = BadgeDraft.properties
const Draft = Type.Object(
  {
    name: said.name,
    name_en: said.name_en,
    description: said.description,
    description_en: said.description_en,
    criteria: said.criteria,
    does_not_mean: said.does_not_mean,
    does_not_mean_en: said.does_not_mean_en,
    family: said.family,
    pictogram: said.pictogram,
    level: Type.String({ pattern: '^[1-8]?$' }),
    validity: Type.Enum(['', ...VALIDITIES]),
    hours: Type.String({ pattern: '^([1-9]\\d{0,2}|1\\d{3}|2000)?$' }),
    competence: Type.Optional(Type.Array(Type.String({ maxLength: 120 }), { maxItems: 31 })),
    niveau: Type.Optional(Type.Array(Type.String({ pattern: '^\\d{0,2}$' }), { maxItems: 31 })),
    recherche: Type.Optional(Type.String({ maxLength: 100 })),
    faire: Type.Optional(Type.String({ maxLength: 140 })),
    _jeton,
  },
  { additionalProperties: false },
)
const OneBadge = Type.Object({ slug: Slug, badge: Type.String({ pattern: '^[a-z0-9-]+$', maxLength: 90 }) })
const Done = Type.Optional(Type.String({ maxLength: 20 }))
const DONE: Record<string, string> = {
  enregistre: 'Le brouillon est enregistré.',
  commence: 'Le brouillon est commencé : complétez-le, puis regardez l’aperçu.',
  publie: 'Le badge est publié : vos sessions peuvent le donner.',
  retire: 'Le badge est retiré du catalogue.',
}

type Deps = { db: Db; vault: Vault }

/** `/organisme/{slug}/catalogue`: what an organisation may award, and the badges that it writes. */
export const cataloguePages =
  ({ db, vault }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const trainers = { access: TRAINERS }
    const administrators = { access: ['exploitant', 'administrateur'] } as const
    const deps = { db, vault }
    const path = '/organisme/:slug/catalogue'
    const badgePath = `${path}/:badge`

    const catalogueOf = async (
      space: OrganisationSpace,
      words = '',
      more: { given?: Given; refusal?: Refusal } = {},
    ) => {
      const { id } = space.organisation
      const [own, common] = [await listOwnBadges(db, id), await listCommon(db, id)]
      const isNamed = searched(words)
      const found = common.map((one) => one.about).filter(({ name, description }) => isNamed(name, description))
      return cataloguePage({ ...space, own, common: found, words, ...more })
    }

    app.get(
      path,
      {
        config: trainers,
        schema: {
          hide: true,
          params: SlugParams,
          querystring: Type.Object({ q: Type.Optional(Type.String({ maxLength: 100 })), fait: Done }),
        },
      },
      async (request, reply) => {
        const space = await spaceOf(request, request.params.slug, deps)
        return sendPrivate(reply, await catalogueOf(space, request.query.q))
      },
    )
    app.post(
      path,
      {
        config: administrators,
        attachValidation: true,
        schema: {
          hide: true,
          params: SlugParams,
          body: Type.Object({ name: BadgeDraft.properties.name, _jeton }, { additionalProperties: false }),
        },
      },
      async (request, reply) => {
        const space = await spaceOf(request, request.params.slug, deps)
        const act = async () => {
          const slug = await beginBadge(db, space.organisation, request.body.name, space.author)
          return `/organisme/${space.organisation.slug}/catalogue/${slug}?fait=commence`
        }
        const given = request.body as Given
        return answerForm(request, reply, act, (refusal) => catalogueOf(space, '', { given, refusal }))
      },
    )

    const editorOf = async (
      space: OrganisationSpace,
      slug: string,
      {
        words = '',
        fait = '',
        refused,
      }: { words?: string; fait?: string; refused?: { given: Given; refusal: Refusal } },
    ) => {
      const badge = await getOwnBadge(db, space.organisation, slug)
      const saved = await alignCompetences(db, badge.draft.competences)
      const typed = refused && (await alignCompetences(db, refsOf(refused.given)).catch(() => saved))
      const sought = words === '' ? null : { words, found: await searchCompetences(db, words) }
      return editorPage({
        ...space,
        badge,
        image: inlineImage(await draftAchievement(db, space.organisation, badge)),
        given: refused?.given ?? badge.draft,
        competences: typed ?? saved,
        sought,
        done: DONE[fait],
        ...(refused && { refusal: refused.refusal }),
      })
    }

    app.get(
      badgePath,
      {
        config: administrators,
        schema: {
          hide: true,
          params: OneBadge,
          querystring: Type.Object({ recherche: Type.Optional(Type.String({ maxLength: 100 })), fait: Done }),
        },
      },
      async (request, reply) => {
        const { slug, badge } = request.params
        const { recherche = '', fait = '' } = request.query
        const space = await spaceOf(request, slug, deps)
        return sendPrivate(reply, await editorOf(space, badge, { words: recherche.trim(), fait }))
      },
    )
    app.post(
      badgePath,
      { config: administrators, attachValidation: true, schema: { hide: true, params: OneBadge, body: Draft } },
      async (request, reply) => {
        const { slug, badge } = request.params
        const space = await spaceOf(request, slug, deps)
        const act = async () => {
          await saveDraft(db, space.organisation, badge, draftOf(request.body), space.author)
          return afterSaving(`/organisme/${slug}/catalogue/${badge}`, request.body)
        }
        const given = request.body as Given
        return answerForm(request, reply, act, (refusal) => editorOf(space, badge, { refused: { given, refusal } }))
      },
    )

    const previewOf = async (space: OrganisationSpace, slug: string, refusal?: Refusal) => {
      const badge = await getOwnBadge(db, space.organisation, slug)
      const achievement = await draftAchievement(db, space.organisation, badge)
      const { version, own } = achievement
      const page = badgePage({
        achievement,
        newest: version,
        subject: ownSubject(own!),
        competences: await labelCompetences(db, achievement.competences),
        baseUrl: '',
        image: inlineImage(achievement),
      })
      return previewPage({
        ...space,
        badge,
        page,
        version,
        missing: missingOf(badge.draft),
        ...(refusal && { refusal }),
      })
    }

    app.get(
      `${badgePath}/apercu`,
      { config: administrators, schema: { hide: true, params: OneBadge } },
      async (request, reply) => {
        const { slug, badge } = request.params
        return sendPrivate(reply, await previewOf(await spaceOf(request, slug, deps), badge))
      },
    )
    app.post(
      `${badgePath}/publication`,
      {
        config: administrators,
        attachValidation: true,
        schema: { hide: true, params: OneBadge, body: Type.Object({ _jeton }, { additionalProperties: false }) },
      },
      async (request, reply) => {
        const { slug, badge } = request.params
        const space = await spaceOf(request, slug, deps)
        const act = async () => {
          await publishBadge(db, space.organisation, badge, space.author)
          return `/organisme/${slug}/catalogue/${badge}?fait=publie`
        }
        return answerForm(request, reply, act, (refusal) => previewOf(space, badge, refusal))
      },
    )
    app.post(
      `${badgePath}/retrait`,
      {
        config: administrators,
        attachValidation: true,
        schema: {
          hide: true,
          params: OneBadge,
          body: Type.Object({ reason: Why, _jeton }, { additionalProperties: false }),
        },
      },
      async (request, reply) => {
        const { slug, badge } = request.params
        const space = await spaceOf(request, slug, deps)
        const act = async () => {
          await withdrawBadge(db, space.organisation, badge, { author: space.author, reason: request.body.reason })
          return `/organisme/${slug}/catalogue/${badge}?fait=retire`
        }
        return answerForm(request, reply, act, (refusal) => previewOf(space, badge, refusal))
      },
    )
  }

/** What the form says, with the competence that its button added or took away. */
function draftOf({ level, validity, hours, ...body }: Static<typeof Draft>): BadgeDraft {
  const { competence: _, niveau: __, recherche: ___, faire = '', _jeton: ____, ...texts } = body
  return {
    ...texts,
    level: level === '' ? null : Number(level),
    validity: validity === '' ? null : validity,
    hours: hours === '' ? null : Number(hours),
    competences: chosenBy(body, faire),
  }
}

/** Where each button leads once the draft is kept. */
function afterSaving(path: string, { faire = '', recherche = '' }: Static<typeof Draft>): string {
  if (faire === 'apercu') return `${path}/apercu`
  const words = recherche.trim()
  if (words === '' && faire === 'enregistrer') return `${path}?fait=enregistre`
  return `${path}?${new URLSearchParams(words === '' ? {} : { recherche: words }).toString()}#competences`
}
