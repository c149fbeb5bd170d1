import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { type OrganisationSpace, spaceOf } from '../auth/access.ts'
import type { Db } from '../db.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { SlugParams, Why } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { formBody } from '../web/form-schema.ts'
import { emptyList, scrollTable } from '../web/components.ts'
import { answerForm } from '../web/form-answer.ts'
import { doneNote, errorSummary, formJeton, type Given, type Refusal, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import { sendPrivate } from '../web/reply.ts'
import { listKeys, rotateKey } from './keys.ts'

const config = { access: ['exploitant', 'administrateur'] } as const
const Rotation = formBody({ reason: Why, confirmed: Type.Literal('oui') })

/** The keys of an organisation, and their rotation. */
export const keysPages =
  ({ db, vault }: { db: Db; vault: Vault }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const path = '/organisme/:slug/cles'
    const deps = { db, vault }

    type More = { given?: Given; refusal?: Refusal; done?: string | undefined }
    const pageOf = async (space: OrganisationSpace, more: More) =>
      keysPage({ ...space, keys: await listKeys(db, space.organisation.id), ...more })

    const querystring = Type.Object({ fait: Type.Optional(Type.Literal('remplacee')) })
    app.get(path, { config, schema: { hide: true, params: SlugParams, querystring } }, async (request, reply) => {
      const space = await spaceOf(request, request.params.slug, deps)
      const done = request.query.fait && 'La clé est remplacée : la nouvelle signe désormais les badges.'
      return sendPrivate(reply, await pageOf(space, { done }))
    })
    const schema = { hide: true, params: SlugParams, body: Rotation }
    app.post(path, { config, attachValidation: true, schema }, async (request, reply) => {
      const space = await spaceOf(request, request.params.slug, deps)
      const { author, organisation } = space
      const act = async () => {
        await rotateKey(db, vault, organisation, { author, reason: request.body.reason })
        return `/organisme/${organisation.slug}/cles?fait=remplacee`
      }
      const given: Given = request.body
      return answerForm(request, reply, act, (refusal) => pageOf(space, { given, refusal }))
    })
  }

type Keys = Awaited<ReturnType<typeof listKeys>>

type Content = {
  organisation: Organisation
  roles: readonly string[]
  jeton: string
  keys: Keys
  given?: Given
  refusal?: Refusal
  done?: string | undefined
}

const keysPage = ({ organisation: { slug, name }, roles, jeton, keys, given = {}, refusal, done }: Content): Page =>
  organismePage(
    { slug, name, section: '/cles', roles },
    {
      title: 'Clés de signature',
      body: html`!${errorSummary(refusal)} !${doneNote(done)}
        <h1>Clés de signature</h1>
        <p class="lead">
          Chaque badge est signé par la clé du moment. Une clé remplacée ne signe plus rien, et reste publiée : les
          badges qu’elle a signés se vérifient toujours. Les badges en jeton (JWT) ont leurs propres clés, publiées à
          l’<a href="/organisations/${slug}/jwks.json">adresse des clés de jeton</a>, et remplacées en même temps.
        </p>
        !${keys.length === 0 ? emptyList('Aucune clé encore : la première se crée avec le premier badge.') : keysTable(keys)}
        <h2>Remplacer la clé</h2>
        <p>
          À faire si une personne qui avait accès au serveur s’en va, si une copie a pu fuir, ou une fois l’an. Personne
          n’a rien à refaire ensuite.
        </p>
        <form method="post" action="/organisme/${slug}/cles">
          !${formJeton(jeton)}
          !${textField({ name: 'reason', label: 'Motif', value: given['reason'], rules: 'required minlength="3" maxlength="1000"', refusal })}
          <label><input type="checkbox" name="confirmed" value="oui" required /> Je remplace la clé de signature</label>
          <button type="submit">Remplacer la clé</button>
        </form>`,
    },
  )

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
              <td>${longDate(createdAt)}</td>
              <td>${retiredAt === null ? 'signe les badges' : `remplacée le ${longDate(retiredAt)}`}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )
