import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { listAchievements } from '../badges/achievements.ts'
import type { Db } from '../db.ts'
import { HOUR } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import { askedForm, sendDocument, sendPage } from '../web/reply.ts'
import { NETWORK_WORDS } from './network-kinds.ts'
import { listNetworks, type NetworkView, readNetwork } from './networks.ts'

const config = { access: 'public' } as const
const schema = { hide: true, params: Type.Object({ slug: Type.String({ minLength: 1, maxLength: 70 }) }) }

/** The networks that share badges, and the page of each. */
export const networksPages =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/reseaux', { config, schema: { hide: true } }, async (_, reply) =>
      sendPage(reply, networksPage(await listNetworks(db))),
    )
    app.get('/reseaux/:slug', { config, schema }, async (request, reply) => {
      const [slug, form] = askedForm(request, reply, request.params.slug)
      const network = await readNetwork(db, slug)
      if (form === 'json') return sendDocument(reply, 'application/json', JSON.stringify(network), HOUR)
      const names = new Map((await listAchievements(db)).map((one) => [one.slug, one.name]))
      return sendPage(reply, networkPage(network, names))
    })
  }

const networksPage = (networks: NetworkView[]): Page => ({
  title: 'Réseaux',
  body: html`<h1>Réseaux</h1>
    <p class="lead">Branches, hubs et réseaux qui partagent des badges : leurs membres les délivrent.</p>
    !${
      networks.length === 0
        ? html`<p>Aucun réseau n’est encore inscrit.</p>`
        : html`<ul>
            !${networks.map(
              ({ slug, name, kind }) =>
                html`<li><a href="/reseaux/${slug}">${name}</a> <small>(${NETWORK_WORDS[kind]})</small></li>`,
            )}
          </ul>`
    }`,
})

const networkPage = ({ name, kind, source, members, achievements }: NetworkView, names: Map<string, string>): Page => ({
  title: name,
  body: html`<p class="up"><a href="/reseaux">Réseaux</a></p>
    <h1>${name}</h1>
    <p class="kind">${NETWORK_WORDS[kind]}</p>
    <h2>Badges partagés</h2>
    !${
      achievements.length === 0
        ? html`<p>Ce réseau ne partage encore aucun badge.</p>`
        : html`<p>Seuls les membres d’un réseau qui partage un badge peuvent le délivrer.</p>
            <ul>
              !${achievements.map((slug) => html`<li><a href="/achievements/${slug}">${names.get(slug) ?? slug}</a></li>`)}
            </ul>`
    }
    <h2>Membres</h2>
    !${
      members.length === 0
        ? html`<p>Aucun organisme inscrit ici n’est encore membre.</p>`
        : html`<ul>
            !${members.map(({ slug, name }) => html`<li><a href="/organisations/${slug}">${name}</a></li>`)}
          </ul>`
    }
    <section class="sources">
      <h2>Source</h2>
      <p>${source}</p>
    </section>`,
})
