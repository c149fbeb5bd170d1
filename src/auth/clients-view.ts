import type { Organisation } from '../organisations/organisations.ts'
import { emptyList, tag } from '../web/components.ts'
import {
  boxesField,
  buttonForm,
  doneNote,
  errorSummary,
  formJeton,
  type Given,
  type Refusal,
  selectField,
  textField,
} from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import { type ClientView, GRACE_HOURS, type Scope, SCOPES } from './clients.ts'

type Space = { organisation: Organisation; roles: readonly string[]; jeton: string }

const SCOPE_WORDS: Record<Scope, string> = {
  sessions: 'planifier des sessions et y inscrire des personnes',
  completions: 'envoyer les résultats d’une session, ce qui délivre les badges, et lire les reçus',
  credentials: 'lire les badges délivrés',
  'credentials:write': 'révoquer, suspendre et rétablir un badge',
  events: 'lire le fil des événements : badges, sessions, habilitations, sans nom de personne',
}

type Accesses = Space & {
  clients: ClientView[]
  given?: Given
  refusal?: Refusal
  done?: string | undefined
  baseUrl: string
}

/** The machines that an organisation lets act for it, and the form that lets in another. */
export function accessesPage({
  organisation,
  roles,
  jeton,
  clients,
  given = {},
  refusal,
  done,
  baseUrl,
}: Accesses): Page {
  const { slug, name } = organisation
  const path = `/organisme/${slug}/acces`
  const [open, closed] = [clients.filter((one) => !one.revokedAt), clients.filter((one) => one.revokedAt)]
  return organismePage(
    { slug, name, section: '/acces', roles },
    {
      title: 'Accès à l’API',
      body: html`!${errorSummary(refusal)} !${doneNote(done)}
        <h1>Accès à l’API</h1>
        <p class="lead">
          Un logiciel de formation peut planifier vos sessions et envoyer vos résultats lui-même. Chaque logiciel a son
          accès, que vous limitez et que vous pouvez couper à tout moment.
        </p>
        <h2>Accès ouverts</h2>
        !${
          open.length === 0
            ? emptyList('Aucun logiciel n’agit pour votre organisme.', html`<p>Créez un accès ci-dessous.</p>`)
            : open.map((one) => clientSection(one, path, jeton)).join('')
        }
        <h2>Créer un accès</h2>
        <form method="post" action="${path}">
          !${formJeton(jeton)}
          !${textField({ name: 'name', label: 'Nom du logiciel', hint: 'Le logiciel, pas la personne : « Logiciel de gestion des sessions ».', value: given['name'], rules: 'required minlength="2" maxlength="100"', refusal })}
          !${boxesField({ name: 'scopes', label: 'Ce qu’il pourra faire', value: given['scopes'], options: SCOPES.map((one) => [one, SCOPE_WORDS[one]] as const), refusal })}
          <button type="submit">Créer l’accès</button>
        </form>
        !${exampleOf(baseUrl, slug)}
        !${
          closed.length === 0
            ? ''
            : html`<h2>Accès révoqués</h2>
                <ul>
                  !${closed.map((one) => html`<li>${one.name}, révoqué le ${longDate(one.revokedAt!)}</li>`)}
                </ul>`
        }`,
    },
  )
}

const clientSection = ({ id, name, scopes, createdAt, secrets }: ClientView, path: string, jeton: string): string =>
  html`<section class="tile" aria-labelledby="acces-${id}">
    <h3 id="acces-${id}">${name}</h3>
    <p>
      !${tag('ouvert', 'valid')} <small>depuis le ${longDate(createdAt)}, identifiant <code>${id}</code></small>
    </p>
    <p>Il peut :</p>
    <ul>
      !${scopes.map((one) => html`<li>${SCOPE_WORDS[one as Scope] ?? one}</li>`)}
    </ul>
    !${secrets
      .filter((one) => one.expiresAt)
      .map((one) => html`<p class="remark">Son ancien secret sert encore jusqu’au ${moment(one.expiresAt!)}.</p>`)}
    <details>
      <summary>Remplacer le secret</summary>
      <form method="post" action="${path}/${id}/secret">
        !${formJeton(jeton)}
        !${selectField({
          name: 'graceHours',
          id: `delai-${id}`,
          label: 'Ancien secret',
          options: [
            [String(GRACE_HOURS), `sert encore ${GRACE_HOURS} heures, le temps de changer`],
            ['0', 'ne sert plus dès maintenant (il a fui)'],
          ],
        })}
        <button type="submit" class="secondary">Remplacer le secret de ${name}</button>
      </form>
    </details>
    !${buttonForm({ action: `${path}/${id}/revocation`, jeton, label: 'Couper cet accès', name: `Couper l’accès de ${name}` })}
  </section>`

const moment = (date: Date): string =>
  date.toLocaleString('fr-FR', { dateStyle: 'long', timeStyle: 'short', timeZone: 'Europe/Paris' })

/** From a secret to a session planned, in two calls. */
const exampleOf = (baseUrl: string, slug: string): string =>
  html`<section aria-labelledby="exemple">
    <h2 id="exemple">Comment s’en servir</h2>
    <p>Le logiciel échange son identifiant et son secret contre un jeton de courte durée :</p>
    <pre
      tabindex="0"
    ><code>curl -u "$IDENTIFIANT:$SECRET" -d grant_type=client_credentials   ${baseUrl}/oauth/token</code></pre>
    <p>Puis il appelle l’API avec ce jeton ; ici, il planifie une session :</p>
    <pre
      tabindex="0"
    ><code>curl -H "Authorization: Bearer $JETON" -H "Content-Type: application/json"   -d '{"organisation":"${slug}","module":"aidants-connect","startsOn":"2027-03-08","endsOn":"2027-03-08",
       "modality":"distance","hours":7,"capacity":12}'   ${baseUrl}/api/v1/sessions</code></pre>
    <p><a href="/api">Toute la référence de l’API</a></p>
  </section>`

type Shown = Space & { client: ClientView; secret: string; baseUrl: string }

/** The secret of an access, on the only page that will ever show it. */
export function secretPage({ organisation, roles, client, secret, baseUrl }: Shown): Page {
  const { slug, name } = organisation
  return organismePage(
    { slug, name, section: '/acces', roles },
    {
      title: `Secret de ${client.name}`,
      body: html`<p class="up"><a href="/organisme/${slug}/acces">Accès à l’API</a></p>
        <h1>Secret de ${client.name}</h1>
        <p class="note">
          <strong>Copiez-le maintenant.</strong> Il n’est gardé nulle part et ne sera plus montré ; perdu, il se
          remplace. Ne l’envoyez pas par courrier électronique.
        </p>
        <dl class="facts">
          <dt>Identifiant</dt>
          <dd><code>${client.id}</code></dd>
          <dt>Secret</dt>
          <dd><code>${secret}</code></dd>
        </dl>
        !${exampleOf(baseUrl, slug)}
        <p><a href="/organisme/${slug}/acces">C’est copié, revenir aux accès</a></p>`,
    },
  )
}
