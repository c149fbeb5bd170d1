import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { facts, HOUR } from '../web/components.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { linkTo, schemaOrg, shownAs } from '../web/linked.ts'
import { previewPng } from '../web/preview.ts'
import { askedForm, sendDocument, sendPage } from '../web/reply.ts'
import { listDecisions } from './approval.ts'
import { FACT_FORMS } from './fact-kinds.ts'
import { type Fact, listFacts } from './facts.ts'
import { getOrganisation, serializeOrganisation } from './organisations.ts'
import { STATE_WORDS } from './transitions.ts'

const config = { access: 'public' } as const
const schema = { hide: true, params: Type.Object({ slug: Type.String({ minLength: 1, maxLength: 70 }) }) }

/** `endorsed`: what others say of it (markup), which another feature writes. */
type Deps = { db: Db; baseUrl: string; endorsed: (of: { organisationId: string }) => Promise<string> }

/** The public page of an organisation. */
export const organisationsPages =
  ({ db, baseUrl, endorsed }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/organisations/:slug', { config, schema }, async (request, reply) => {
      const [slug, form] = askedForm(request, reply, request.params.slug)
      const organisation = await getOrganisation(db, slug)
      const about = {
        ...serializeOrganisation(organisation, baseUrl),
        facts: await listFacts(db, organisation.id),
      }
      if (form === 'json') return sendDocument(reply, 'application/json', JSON.stringify(about), HOUR)
      const [decision] = await listDecisions(db, organisation.id)
      const said = await endorsed({ organisationId: organisation.id })
      return sendPage(reply, organisationPage(about, decision?.at ?? null, baseUrl, said))
    })

    app.get('/organisations/:slug/apercu.png', { config, schema }, async ({ params }, reply) => {
      const { name, state } = await getOrganisation(db, params.slug)
      const about = state === 'approved' ? 'Délivre des badges signés de la médiation numérique' : null
      return sendDocument(reply, 'image/png', await previewPng({ kind: 'Organisme', title: name, about }), HOUR)
    })
  }

type About = ReturnType<typeof serializeOrganisation> & { facts: Fact[] }

const NOT_GIVEN = 'non renseigné'
const DECLARED = 'déclaré par l’organisme'

function organisationPage(about: About, decidedAt: Date | null, baseUrl: string, endorsed: string): Page {
  const { slug, name, url, did, siret } = about
  return {
    title: name,
    description: `${name} signe ses badges de compétences avec Insigne.`,
    ...shownAs(baseUrl, `/organisations/${slug}`),
    linked: schemaOrg('EducationalOrganization', `${baseUrl}/organisations/${slug}`, {
      name,
      identifier: siret && { '@type': 'PropertyValue', propertyID: 'SIRET', value: siret },
      sameAs: [linkTo(did), ...(url === null ? [] : [linkTo(url)])],
    }),
    body: html`<p class="up"><a href="/organisations">Tous les organismes</a></p>
      <h1>${name}</h1>
      !${stateNote(about, decidedAt)}
      <p class="lead">
        Cet organisme signe ses badges avec ses propres clés. L’identité de signature ci-dessous est celle que la
        vérification compare à celle du badge.
      </p>
      !${facts([
        ['SIRET', stated(about, 'siret', about.siret)],
        ['Déclaration d’activité', stated(about, 'nda', about.nda)],
        ['Qualiopi', stated(about, 'qualiopi', about.qualiopi ? 'oui' : 'non')],
        ...about.facts
          .filter((one) => one.kind === 'certificateur')
          .map((one) => [FACT_FORMS.certificateur.label, factMarkup(one)] as const),
        ['Site', url === null ? NOT_GIVEN : { markup: html`<a href="${url}" rel="nofollow noopener">${url}</a>` }],
        ['Identité de signature', { markup: html`<code>${did}</code>` }],
      ])}
      !${endorsed}
      <section class="sources">
        <h2>Sources</h2>
        <p>
          Chaque renseignement contrôlé porte sa source et le jour où elle a été lue. Les autres sont déclarés par
          l’organisme, et Insigne ne les a pas contrôlés.
        </p>
      </section>
      <p class="formats">
        <a href="/organisations/${slug}/did.json">Clés publiques (did.json)</a>
        <a href="/organisations/${slug}.json">Cette page en JSON</a>
      </p>`,
  }
}

/** What an organisation that does not issue says first. */
function stateNote({ state }: About, decidedAt: Date | null): string {
  if (state === 'approved') return ''
  const since = decidedAt === null ? '' : ` depuis le ${longDate(decidedAt)}`
  return html`<div class="note">
    <p><strong>Cet organisme est ${STATE_WORDS[state]}${since}.</strong> Il ne délivre pas de badge ici.</p>
    !${state === 'suspended' ? html`<p>Les badges délivrés avant cette date se vérifient toujours.</p>` : ''}
  </div>`
}

/** A value with its source and its day when it was checked, and who says it otherwise. */
function stated({ facts }: About, kind: Fact['kind'], value: string | null) {
  const checked = facts.find((one) => one.kind === kind)
  if (checked) return factMarkup(checked)
  return value === null ? NOT_GIVEN : { markup: html`${value} <small>(${DECLARED})</small>` }
}

const factMarkup = ({ value, source, checkedOn }: Fact) => ({
  markup: html`${value} <small>(${source}, lu le ${longDate(checkedOn)})</small>`,
})
