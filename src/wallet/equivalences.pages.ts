import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { type OrganisationSpace, spaceOf } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { alignCompetences, chosenBy, searchCompetences } from '../organisations/badge-competences.ts'
import { SlugParams, Why } from '../organisations/schema.ts'
import { labelCompetences } from '../referential/competence-labels.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import { formBody } from '../web/form-schema.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPage, sendPrivate } from '../web/reply.ts'
import { declareEquivalence, endEquivalence, type Equivalence, listEquivalences } from './equivalences.ts'
import { equivalenceForm, equivalencesPage, queuePage, spacePath, type Worded } from './equivalences-view.ts'
import { getRequest, listRequests, refuseRequest } from './requests.ts'
import { Listed, readDeclared, RECOGNISERS, SlugId } from './schema.ts'

const hide = true
const PAGE = 24
const text = (maxLength: number) => Type.String({ maxLength })
const Editor = formBody({
  name: text(300),
  issuer: text(4096),
  achievement: text(4096),
  reason: text(1000),
  startsOn: Type.String({ pattern: '^(20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]))?$' }),
  endsOn: Type.String({ pattern: '^(20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]))?$' }),
  competence: Type.Optional(Type.Array(text(120), { maxItems: 21 })),
  niveau: Type.Optional(Type.Array(Type.String({ pattern: '^\\d{0,2}$' }), { maxItems: 21 })),
  recherche: Type.Optional(text(100)),
  faire: Type.Optional(text(140)),
})
const DONE: Record<string, string> = {
  reconnu: 'Ces badges sont reconnus : ils comptent dans un parcours.',
  fini: 'L’équivalence a pris fin : ces badges ne comptent plus au nom de votre organisme.',
  refuse: 'La demande est refusée : les personnes qui ont demandé liront votre motif.',
}

type Deps = { db: Db; vault: Vault }

/** Where organisations say which competences a class of elsewhere shows, and where anyone reads it. */
export const equivalencesPages =
  ({ db, vault }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: RECOGNISERS }
    const path = '/organisme/:slug/equivalences'
    const space = (request: FastifyRequest, slug: string) => spaceOf(request, slug, { db, vault })
    const worded = async (items: Equivalence[]): Promise<Worded[]> =>
      Promise.all(items.map(async (one) => ({ ...one, competences: await labelCompetences(db, one.competences) })))

    app.get(
      '/equivalences',
      { config: { access: 'public' }, schema: { hide, querystring: Listed } },
      async (request, reply) => {
        const { items, next } = await listEquivalences(db, { limit: PAGE, ...request.query })
        return sendPage(reply, equivalencesPage({ items: await worded(items), next }))
      },
    )

    const queueOf = async (
      of: OrganisationSpace,
      { after, ...told }: { after?: string | undefined; done?: string | undefined; refusal?: Refusal },
    ) => {
      const requests = await listRequests(db, { limit: PAGE, after })
      const own = await listEquivalences(db, { limit: 200, organisationId: of.organisation.id })
      return queuePage({ ...of, requests, own: { ...own, items: await worded(own.items) }, ...told })
    }

    const Query = Type.Object({ ...Listed.properties, fait: Type.Optional(text(20)) })
    app.get(path, { config, schema: { hide, params: SlugParams, querystring: Query } }, async (request, reply) => {
      const { after, fait = '' } = request.query
      const of = await space(request, request.params.slug)
      return sendPrivate(reply, await queueOf(of, { after, done: DONE[fait] }))
    })

    const editorOf = async (of: OrganisationSpace, given: Given, more: { refusal?: Refusal } = {}) => {
      const { faire = '', recherche = '' } = given as Partial<Static<typeof Editor>>
      const competences = await alignCompetences(db, chosenBy(given, faire)).catch(() => [])
      const words = recherche.trim()
      const sought = words === '' ? null : { words, found: await searchCompetences(db, words, true) }
      return equivalenceForm({ ...of, given, competences, sought, ...more })
    }

    app.get(
      `${path}/nouvelle`,
      {
        config,
        schema: {
          hide,
          params: SlugParams,
          querystring: Type.Object({ demande: Type.Optional(SlugId.properties.id) }),
        },
      },
      async (request, reply) => {
        const of = await space(request, request.params.slug)
        const { demande } = request.query
        const asked = demande === undefined ? {} : await getRequest(db, demande)
        return sendPrivate(reply, await editorOf(of, asked))
      },
    )

    app.post(
      `${path}/nouvelle`,
      { config, attachValidation: true, schema: { hide, params: SlugParams, body: Editor } },
      async (request, reply) => {
        const of = await space(request, request.params.slug)
        const given = request.body as Given
        const act = async () => {
          if (request.body.faire !== 'enregistrer') return editorOf(of, given)
          const competences = chosenBy(given, '')
          await declareEquivalence(db, of, readDeclared({ ...request.body, competences }))
          return `${spacePath(of.organisation.slug)}?fait=reconnu`
        }
        return answerForm(request, reply, act, (refusal) => editorOf(of, given, { refusal }))
      },
    )

    const moves = [
      [`${path}/:id/fin`, 'fini', endEquivalence],
      [`${path}/demandes/:id/refus`, 'refuse', refuseRequest],
    ] as const
    for (const [url, fait, move] of moves) {
      app.post(
        url,
        { config, attachValidation: true, schema: { hide, params: SlugId, body: formBody({ reason: Why }) } },
        async (request, reply) => {
          const { slug, id } = request.params
          const of = await space(request, slug)
          const act = async () => {
            await move(db, of, { id, reason: request.body.reason })
            return `${spacePath(slug)}?fait=${fait}`
          }
          return answerForm(request, reply, act, (refusal) => queueOf(of, { refusal: { ...refusal, fields: [] } }))
        },
      )
    }
  }
