import { scrollTable } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'

type Schema = {
  type?: string | string[]
  format?: string
  pattern?: string
  description?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
}
type Parameter = { name: string; in: string; required?: boolean; description?: string; schema?: Schema }
type Operation = {
  summary?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema?: Schema }> }
  /** The rule of the route, when the document states it. */
  'x-access'?: 'public' | string[]
  /** What a machine must have been allowed, when the call is open to machines. */
  'x-scope'?: string
}
type Document = { servers?: { url: string }[]; paths?: Record<string, Record<string, Operation>> }
type Call = { method: string; path: string; operation: Operation }

/** A readable reference of the API, made from its OpenAPI document. */
export function apiPage(document: unknown): Page {
  const { servers, paths } = document as Document
  const base = servers?.[0]?.url ?? ''
  const calls = Object.entries(paths ?? {}).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  const themes = [...Map.groupBy(calls, ({ operation }) => operation.tags?.[0] ?? 'Autres')]
  return {
    title: 'API',
    description: 'La référence de l’API d’Insigne : appels, champs et exemples.',
    body: html`<h1>API</h1>
      <p class="lead">
        Tout ce que fait Insigne s’appelle aussi depuis un autre outil, en JSON, sous <code>/api/v1</code>. Le document
        complet est en <a href="/api/v1/openapi.json">OpenAPI 3.1</a>.
      </p>
      !${conventions} !${examples(base)}
      <nav aria-label="Thèmes de l’API">
        <ul class="plain">
          !${themes.map(([theme]) => html`<li><a href="#${anchor(theme)}">${theme}</a></li>`)}
        </ul>
      </nav>
      !${themes.map(
        ([theme, ones]) =>
          html`<section aria-labelledby="${anchor(theme)}">
            <h2 id="${anchor(theme)}">${theme}</h2>
            !${ones.map(callView)}
          </section>`,
      )}`,
  }
}

const anchor = (theme: string): string =>
  theme
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')

const conventions = html`<h2>Avant de commencer</h2>
  <ul>
    <li>
      Lire le référentiel et l’offre, vérifier un badge : ouvert à tout le monde. Écrire au nom d’un organisme demande
      un jeton.
    </li>
    <li>
      Les rôles d’un jeton : <code>exploitant</code>, <code>administrateur</code>, <code>formateur</code>,
      <code>referent</code>, <code>employeur</code>, <code>comite</code>, <code>titulaire</code>. Un jeton qui nomme un
      organisme n’agit que pour lui.
    </li>
    <li>
      Un refus est un objet <code>application/problem+json</code> (RFC 9457) : <code>code</code> ne change pas,
      <code>detail</code> dit ce qui s’est passé, <code>mend</code> comment y remédier.
    </li>
    <li>
      L’en-tête <code>Idempotency-Key</code> rend un envoi sans risque à répéter : la même clé reçoit la même réponse
      pendant un jour.
    </li>
  </ul>`

const examples = (base: string): string =>
  html`<h2>Trois exemples</h2>
    <h3>Demander un jeton</h3>
    <p>Sur la machine du service, avec l’identifiant de l’organisme :</p>
    <pre><code>npm run token -- --role formateur --organisation organisme-exemple</code></pre>
    <p>
      Depuis un logiciel, avec l’accès de machine que son organisme lui a ouvert (OAuth 2.0,
      <code>client_credentials</code>) ; le jeton dure quinze minutes :
    </p>
    <pre><code>${command(`${base}/oauth/token`, ASK_TOKEN)}</code></pre>
    <h3>Envoyer les acquis d’une session</h3>
    <p>Le fichier <code>acquis.csv</code>, en UTF-8, avec une colonne par compétence évaluée si vous le souhaitez :</p>
    <pre><code>email,given_name,family_name,completed_on,result,digcomp:4.2
camille@exemple.fr,Camille,Exemple,2026-03-31,acquis,5</code></pre>
    <pre><code>${command(`${base}/api/v1/sessions/IDENTIFIANT/completions`, SEND)}</code></pre>
    <p>
      La réponse, <code>202</code>, donne l’adresse du lot ; chaque ligne y a son reçu. Une ligne fautive est refusée
      seule, avec la raison et le remède.
    </p>
    <h3>Vérifier un badge</h3>
    <p>
      Par son adresse, ou par son fichier ; <code>recipient</code> demande si le badge est bien celui de cette personne.
    </p>
    <pre><code>${command(`${base}/api/v1/verifications`, verify(base))}</code></pre>
    <pre><code>${command(`${base}/api/v1/verifications`, VERIFY_FILE)}</code></pre>
    <p>
      La réponse est <code>200</code> quel que soit le verdict : <code>valid</code>, <code>invalid</code> ou
      <code>indeterminate</code>, avec la liste des contrôles.
    </p>`

const command = (url: string, options: readonly string[]): string => [`curl ${url}`, ...options].join(' \\\n  ')

const ASK_TOKEN = ['-u "$CLIENT:$SECRET"', '-d grant_type=client_credentials', '-d scope=completions']
const SEND = [
  '-H "Authorization: Bearer $JETON"',
  '-H "Content-Type: text/csv"',
  '-H "Idempotency-Key: session-31-mars"',
  '--data-binary @acquis.csv',
]
const VERIFY_FILE = ['-H "Content-Type: image/png"', '--data-binary @badge.png']
const verify = (base: string): string[] => [
  '-H "Content-Type: application/json"',
  `-d '{"url": "${base}/credentials/IDENTIFIANT", "recipient": "Camille Exemple"}'`,
]

function callView({ method, path, operation }: Call): string {
  const rows = [...(operation.parameters ?? []).map(parameterRow), ...bodyRows(operation)]
  const table = html`<table>
    <thead>
      <tr>
        <th scope="col">Nom</th>
        <th scope="col">Où</th>
        <th scope="col">Type</th>
        <th scope="col">Précisions</th>
      </tr>
    </thead>
    <tbody>
      !${rows}
    </tbody>
  </table>`
  const formats = Object.keys(operation.requestBody?.content ?? {}).filter(
    (one, _, all) => all.length > 1 || one !== 'application/json',
  )
  return html`<section class="operation">
    <h3><code>${method} ${path}</code></h3>
    <p>${operation.summary ?? ''}</p>
    !${operation['x-access'] ? html`<p><small>Qui peut appeler : ${callers(operation['x-access'])}.</small></p>` : ''}
    !${
      operation['x-scope']
        ? html`<p>
            <small>Portée d’une machine : <code>${operation['x-scope']}</code>.</small>
          </p>`
        : ''
    }
    !${formats.length === 0 ? '' : html`<p><small>Formats envoyés : ${formats.join(', ')}.</small></p>`}
    !${rows.length === 0 ? '' : scrollTable(`Champs de ${method} ${path}`, table)}
  </section>`
}

const callers = (access: 'public' | string[]): string => (access === 'public' ? 'tout le monde' : access.join(', '))

const PLACES: Record<string, string> = { path: 'adresse', query: 'paramètre', header: 'en-tête' }

const parameterRow = ({ name, in: place, required, description, schema }: Parameter): string =>
  row(name, PLACES[place] ?? place, { ...schema, ...(description && { description }) }, required === true)

/** The fields of a JSON body; of each item of it when it is a list. */
function bodyRows({ requestBody }: Operation): string[] {
  const { content = {} } = requestBody ?? {}
  const { schema } = content['application/json'] ?? content['application/x-www-form-urlencoded'] ?? {}
  if (!schema) return []
  const { properties, required = [] } = schema.items?.properties ? schema.items : schema
  const place = schema.items ? 'chaque élément du corps' : 'corps'
  if (!properties) return schema.items?.description ? [row('(élément)', place, schema.items, true)] : []
  return Object.entries(properties).map(([name, field]) => row(name, place, field, required.includes(name)))
}

const row = (name: string, place: string, schema: Schema, required: boolean): string =>
  html`<tr>
    <th scope="row"><code>${name}</code></th>
    <td>${place}</td>
    <td>${typeWords(schema)}</td>
    <td>${[required ? 'Obligatoire' : 'Facultatif', schema.description].filter(Boolean).join('. ')}</td>
  </tr>`

const TYPES: Record<string, string> = {
  string: 'texte',
  integer: 'entier',
  number: 'nombre',
  boolean: 'oui ou non',
  array: 'liste',
  object: 'objet',
  null: 'vide',
}
const FORMATS: Record<string, string> = {
  date: 'date (AAAA-MM-JJ)',
  'date-time': 'date et heure',
  uuid: 'UUID',
  email: 'adresse électronique',
}

function typeWords({ type, format, enum: values, const: only, anyOf }: Schema): string {
  if (values) return values.join(', ')
  if (only !== undefined) return typeof only === 'string' ? only : JSON.stringify(only)
  if (anyOf) return anyOf.map(typeWords).join(', ')
  if (format && FORMATS[format]) return FORMATS[format]
  return [type ?? 'libre']
    .flat()
    .map((one) => TYPES[one] ?? one)
    .join(' ou ')
}
