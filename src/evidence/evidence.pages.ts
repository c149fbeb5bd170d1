import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { holderOf, jetonOf, spaceOf, TRAINERS } from '../auth/access.ts'
import { getAchievement } from '../badges/achievements.ts'
import { learnerName, readDelivered } from '../credentials/delivered.ts'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import { Slug } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import { acceptFiles } from '../web/form-files.ts'
import { formBody } from '../web/form-schema.ts'
import type { Page } from '../web/html.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { deleteEvidence, depositEvidence, evidencedBadge, showEvidence, type Side } from './evidence.ts'
import { DONE, type Done, holderEvidencePage, issuerEvidencePage } from './evidence-view.ts'
import { filePages } from './file.pages.ts'
import { listEvidence } from './read-evidence.ts'

/** What a form with its file may weigh: a file that is too large is refused in words, in its form. */
const MAX_FORM = 8 * 1024 * 1024
const PERSON = { access: ['titulaire'], rateLimit: { max: 60, timeWindow: 60_000 } } as const
const TRAINER = { access: TRAINERS, rateLimit: { max: 60, timeWindow: 60_000 } } as const
const hide = true
const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
const Fait = Type.Object({ fait: Type.Optional(Type.Enum(Object.keys(DONE) as Done[])) })
const Deposit = formBody({
  fichier: Type.Optional(Type.Unknown()),
  name: Type.String({ minLength: 1, maxLength: 120, pattern: '\\S' }),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
})
const Visible = formBody({ visible: Type.Enum(['oui', 'non']) })

type Deps = { db: Db; vault: Vault; baseUrl: string }
type SentFile = { name: string; bytes: Buffer }

/** Files that show what a badge attests, and who may see them. */
export const evidencePages =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    acceptFiles(app, MAX_FORM, async (file): Promise<SentFile> => ({
      name: file.name,
      bytes: Buffer.from(await file.arrayBuffer()),
    }))
    await app.register(holderPages(deps))
    await app.register(issuerPages(deps))
    await app.register(filePages(deps))
  }

/** `/mon-espace/badges/{id}/preuves`: the files of a badge, for its holder. */
const holderPages =
  ({ db, vault }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const params = Type.Object({ id: Uuid })
    const path = '/mon-espace/badges/:id/preuves'
    type Told = { done?: Done | undefined; given?: Given; refusal?: Refusal }
    const pageFor = async (request: FastifyRequest<{ Params: { id: string } }>, told: Told = {}): Promise<Page> => {
      const { id } = request.params
      const badge = await evidencedBadge(db, holderOf(request), id)
      const { name } = await getAchievement(db, badge.class, badge.version)
      const shown = {
        path: `/mon-espace/badges/${id}/preuves`,
        files: await listEvidence(db, vault, [id]),
        jeton: jetonOf(request, vault),
      }
      return holderEvidencePage({ id, name, organisation: badge.organisation }, { ...shown, ...told })
    }

    app.get(path, { config: PERSON, schema: { hide, params, querystring: Fait } }, async (request, reply) =>
      sendPrivate(reply, await pageFor(request, { done: request.query.fait })),
    )

    app.post(
      path,
      { config: PERSON, attachValidation: true, bodyLimit: MAX_FORM, schema: { hide, params, body: Deposit } },
      (request, reply) =>
        answerForm(
          request,
          reply,
          async () => {
            const { id } = request.params
            await depositEvidence(db, vault, holderOf(request), depositOf(id, request.body))
            return `/mon-espace/badges/${id}/preuves?fait=depose`
          },
          (refusal) => pageFor(request, { refusal, given: typedIn(request.body) }),
        ),
    )

    const fileParams = Type.Object({ id: Uuid, file: Uuid })
    app.post(
      `${path}/:file/affichage`,
      { config: PERSON, schema: { hide, params: fileParams, body: Visible } },
      async (request, reply) => {
        const { id: credentialId, file: id } = request.params
        const isShown = request.body.visible === 'oui'
        await showEvidence(db, holderOf(request), { id, credentialId, isShown })
        return reply.redirect(`/mon-espace/badges/${credentialId}/preuves?fait=${isShown ? 'montre' : 'masque'}`, 303)
      },
    )
    app.post(
      `${path}/:file/suppression`,
      { config: PERSON, schema: { hide, params: fileParams, body: formBody({}) } },
      async (request, reply) => {
        const { id: credentialId, file: id } = request.params
        await deleteEvidence(db, holderOf(request), { id, credentialId })
        return reply.redirect(`/mon-espace/badges/${credentialId}/preuves?fait=supprime`, 303)
      },
    )
  }

/** `/organisme/{slug}/badges/{id}/preuves`: the files that who delivered a badge deposits with it. */
const issuerPages =
  ({ db, vault }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const params = Type.Object({ slug: Slug, id: Uuid })
    const path = '/organisme/:slug/badges/:id/preuves'
    type Asked = FastifyRequest<{ Params: { slug: string; id: string } }>
    const sideOf = async (request: Asked): Promise<Side> => {
      const { organisation, author } = await spaceOf(request, request.params.slug, { db, vault })
      return { author, organisationId: organisation.id }
    }
    type Told = { done?: Done | undefined; given?: Given; refusal?: Refusal }
    const pageFor = async (request: Asked, told: Told = {}): Promise<Page> => {
      const { slug, id } = request.params
      const { organisation, roles, author, jeton } = await spaceOf(request, slug, { db, vault })
      const { about, learner } = await readDelivered(db, vault, organisation, id, author)
      const files = (await listEvidence(db, vault, [id])).filter((one) => one.depositor === 'issuer')
      const badge = {
        slug,
        organisation: organisation.name,
        roles,
        name: about.name,
        learner: learnerName(learner),
        id,
      }
      return issuerEvidencePage(badge, { path: `/organisme/${slug}/badges/${id}/preuves`, files, jeton, ...told })
    }

    app.get(path, { config: TRAINER, schema: { hide, params, querystring: Fait } }, async (request, reply) =>
      sendPrivate(reply, await pageFor(request, { done: request.query.fait })),
    )

    app.post(
      path,
      { config: TRAINER, attachValidation: true, bodyLimit: MAX_FORM, schema: { hide, params, body: Deposit } },
      (request, reply) =>
        answerForm(
          request,
          reply,
          async () => {
            const { slug, id } = request.params
            await depositEvidence(db, vault, await sideOf(request), depositOf(id, request.body))
            return `/organisme/${slug}/badges/${id}/preuves?fait=depose`
          },
          (refusal) => pageFor(request, { refusal, given: typedIn(request.body) }),
        ),
    )

    app.post(
      `${path}/:file/suppression`,
      {
        config: TRAINER,
        schema: { hide, params: Type.Object({ slug: Slug, id: Uuid, file: Uuid }), body: formBody({}) },
      },
      async (request, reply) => {
        const { slug, id: credentialId, file: id } = request.params
        await deleteEvidence(db, await sideOf(request), { id, credentialId })
        return reply.redirect(`/organisme/${slug}/badges/${credentialId}/preuves?fait=supprime`, 303)
      },
    )
  }

type Body = { fichier?: unknown; name: string; description?: string }

function depositOf(credentialId: string, { fichier, name, description = '' }: Body) {
  const file = fichier as SentFile | undefined
  if (file?.bytes instanceof Buffer && file.bytes.length > 0) return { credentialId, file, name, description }
  throw invalid(
    'evidence_missing',
    'Aucun fichier n’est joint, ou il est vide.',
    'Choisissez un fichier, puis déposez-le.',
    {
      field: 'fichier',
    },
  )
}

/** What was typed, to be shown again: a browser never fills the file in. */
const typedIn = ({ name, description }: Partial<Body> = {}): Given => ({ name, description })
