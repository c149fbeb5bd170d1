import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { getCredentialRow } from '../credentials/credentials.ts'
import { signAsJwt } from '../credentials/sign-jwt.ts'
import { getAchievement } from '../badges/achievements.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import { html, type Page } from '../web/html.ts'
import { JSON_LD, sendDocument, sendPage, splitSuffix, wants } from '../web/reply.ts'
import { type Accepted, acceptedOf, getAccepted } from './endorsed.ts'
import { endorsedItem } from './endorsed-view.ts'
import { subjectId, subjectWords } from './read.ts'
import { isUuid } from '../uuid.ts'

const config = { access: 'public' } as const
const segment = Type.String({ minLength: 1, maxLength: 120 })
const JWT = 'application/vc+jwt'
/** What is withdrawn is to be gone soon from the caches of others. */
const KEPT = 300

type Deps = { db: Db; vault: Vault; baseUrl: string }

/** The public documents of accepted endorsements: each one, and those of a badge, a class or an organisation. */
export const endorsementsPages =
  ({ db, vault, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const tokenOf = async ({ said, endorser, id }: Accepted): Promise<string> => {
      if (said.isToken) return said.text
      if (!endorser) throw notFound('Le jeton de la recommandation', id)
      return signAsJwt(db, vault, baseUrl, endorser, said.credential)
    }

    app.get(
      '/endorsements/:file',
      { config, schema: { hide: true, params: Type.Object({ file: segment }) } },
      async (request, reply) => {
        const [id, suffix] = splitSuffix(request.params.file)
        if (!isUuid(id)) throw notFound('La recommandation', id)
        const found = await getAccepted(db, vault, id)
        void reply.header('vary', 'accept')
        const form = suffix ?? wants(request)
        if (form === 'html') return sendPage(reply, endorsementPage(found, baseUrl))
        if (form === 'jwt' || (form === 'json' && found.said.isToken)) {
          return sendDocument(reply, JWT, await tokenOf(found), KEPT)
        }
        if (form === 'json') return sendDocument(reply, JSON_LD, found.said.text, KEPT)
        throw notFound('Le format', form)
      },
    )

    app.get(
      '/credentials/:id/endorsements.json',
      { config, schema: { hide: true, params: Type.Object({ id: segment }) } },
      async ({ params: { id } }, reply) => {
        if (!isUuid(id)) throw notFound('Le badge', id)
        await getCredentialRow(db, id)
        return sendDocument(reply, 'application/json', listed(await acceptedOf(db, vault, { credentialId: id })), KEPT)
      },
    )

    app.get(
      '/achievements/:slug/:version/endorsements.json',
      { config, schema: { hide: true, params: Type.Object({ slug: segment, version: segment }) } },
      async ({ params }, reply) => {
        const { slug, version } = await getAchievement(db, params.slug, params.version)
        return sendDocument(reply, 'application/json', listed(await acceptedOf(db, vault, { slug, version })), KEPT)
      },
    )

    app.get(
      '/organisations/:slug/endorsements.json',
      { config, schema: { hide: true, params: Type.Object({ slug: segment }) } },
      async ({ params: { slug } }, reply) => {
        const { id } = await getOrganisation(db, slug)
        const accepted = await acceptedOf(db, vault, { organisationId: id })
        return sendDocument(reply, 'application/json', listed(accepted), KEPT)
      },
    )
  }

/** As a badge would carry them: documents, and compact tokens. */
const listed = (accepted: Accepted[]): string =>
  JSON.stringify({
    endorsement: accepted.filter(({ said }) => !said.isToken).map(({ said }) => said.credential),
    endorsementJwt: accepted.filter(({ said }) => said.isToken).map(({ said }) => said.text),
  })

const endorsementPage = (one: Accepted, baseUrl: string): Page => ({
  title: `Recommandation : ${subjectWords(one)}`,
  body: html`<h1>Recommandation : ${subjectWords(one)}</h1>
    !${endorsedItem(one, 'fr')}
    <p>
      <a href="${one.credentialId || one.achievementSlug ? subjectId(one, '') : `/organisations/${one.owner.slug}`}"
        >Ce qui est recommandé</a
      >
    </p>
    <p class="formats"><a href="${baseUrl}/endorsements/${one.id}.jwt">En jeton (JWT)</a></p>`,
})
