import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { requireOrganisation } from '../auth/access.ts'
import { formToken } from '../auth/web-sessions.ts'
import type { Db } from '../db.ts'
import { getOrganisation, type Organisation } from '../organisations/organisations.ts'
import { SlugParams, Why } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { scrollTable } from '../web/components.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { sendPage } from '../web/reply.ts'
import { listKeys, rotateKey } from './keys.ts'

const config = { access: ['exploitant', 'administrateur'] } as const
const Rotation = Type.Object(
  { reason: Why, confirmed: Type.Literal('oui'), _jeton: Type.Optional(Type.String()) },
  { additionalProperties: false },
)

/** The keys of an organisation, and their rotation. */
export const keysPages =
  ({ db, vault }: { db: Db; vault: Vault }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const path = '/organisme/:slug/cles'

    app.get(path, { config, schema: { hide: true, params: SlugParams } }, async (request, reply) => {
      const { secret } = requireOrganisation(request, request.params.slug)
      const organisation = await getOrganisation(db, request.params.slug)
      const jeton = secret === null ? '' : formToken(vault, secret)
      void reply.header('cache-control', 'no-store')
      return sendPage(reply, keysPage(organisation, await listKeys(db, organisation.id), jeton))
    })
    app.post(path, { config, schema: { hide: true, params: SlugParams, body: Rotation } }, async (request, reply) => {
      const { slug } = request.params
      const author = requireOrganisation(request, slug).sub
      await rotateKey(db, vault, await getOrganisation(db, slug), { author, reason: request.body.reason })
      return reply.redirect(`/organisme/${slug}/cles`, 303)
    })
  }

type Keys = Awaited<ReturnType<typeof listKeys>>

const keysPage = ({ slug, name }: Organisation, keys: Keys, jeton: string): Page => ({
  title: `Clés de signature de ${name}`,
  body: html`<p class="up"><a href="/organisme">Mes organismes</a></p>
    <h1>Clés de signature de ${name}</h1>
    <p>
      Chaque badge est signé par la clé du moment. Une clé remplacée ne signe plus rien, et reste publiée : les badges
      qu’elle a signés se vérifient toujours.
    </p>
    !${
      keys.length === 0 ? html`<p>Aucune clé encore : la première se crée avec le premier badge.</p>` : keysTable(keys)
    }
    <h2>Remplacer la clé</h2>
    <p>
      À faire si une personne qui avait accès au serveur s’en va, si une copie a pu fuir, ou une fois l’an. Personne n’a
      rien à refaire ensuite.
    </p>
    <form method="post" action="/organisme/${slug}/cles">
      <input type="hidden" name="_jeton" value="${jeton}" />
      <label for="motif">Motif</label>
      <input id="motif" name="reason" required minlength="3" maxlength="1000" />
      <label><input type="checkbox" name="confirmed" value="oui" required /> Je remplace la clé de signature</label>
      <button type="submit">Remplacer la clé</button>
    </form>`,
})

const keysTable = (keys: Keys): string =>
  scrollTable(
    'Clés de signature',
    html`<table>
      <thead>
        <tr>
          <th scope="col">Clé publique</th>
          <th scope="col">Créée</th>
          <th scope="col">État</th>
        </tr>
      </thead>
      <tbody>
        !${keys.map(
          ({ publicKeyMultibase, createdAt, retiredAt }) =>
            html`<tr>
              <th scope="row"><code>${publicKeyMultibase}</code></th>
              <td>${longDate(createdAt.toISOString())}</td>
              <td>${retiredAt === null ? 'signe les badges' : `remplacée le ${longDate(retiredAt.toISOString())}`}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )
