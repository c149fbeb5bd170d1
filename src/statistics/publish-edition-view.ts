import { emptyList, scrollTable, tag } from '../web/components.ts'
import { doneNote, errorSummary, formJeton, type Given, type Refusal, selectField, textField } from '../web/forms.ts'
import { html, longDate, monthWords, type Page } from '../web/html.ts'
import type { OrderView } from './edition-orders.ts'
import { THRESHOLD } from './statistics-schema.ts'

/** Where the operator orders an edition. */
export const PUBLISH = '/statistiques/publier'

type Shown = {
  orders: readonly OrderView[]
  signers: readonly { slug: string; name: string }[]
  jeton: string
  done?: boolean
  given?: Given
  refusal?: Refusal
}

/** The form that orders an edition, and the orders with where each stands. */
export const publishEditionPage = ({ orders, signers, jeton, done, given = {}, refusal }: Shown): Page => ({
  title: 'Publier une édition des statistiques',
  body: html`<p class="up"><a href="/statistiques">Statistiques</a></p>
    !${doneNote(done ? 'La publication est demandée. Elle se prépare : rechargez cette page pour en voir la suite.' : undefined)}
    !${errorSummary(refusal)}
    <h1>Publier une édition</h1>
    <p class="lead">Une édition fige les nombres de mois finis, les signe, et ne change plus.</p>
    <form method="post" action="${PUBLISH}">
      !${formJeton(jeton)} !${periodFields(given, refusal)}
      !${selectField({
        name: 'organisation',
        label: 'Qui signe',
        hint: 'Un organisme approuvé, avec sa clé.',
        value: given['organisation'],
        options: [['', 'Choisissez'], ...signers.map(({ slug, name }) => [slug, name] as const)],
        rules: 'required',
        refusal,
      })}
      <p class="remark">
        La préparation peut durer quelques minutes : il faut choisir ce qui est retenu pour que personne ne soit
        reconnu. Une édition publiée ne se retire pas et ne se corrige pas.
      </p>
      <button type="submit">Demander la publication</button>
    </form>
    <h2>Demandes</h2>
    !${orders.length === 0 ? emptyList('Aucune édition n’a été demandée.') : ordersTable(orders)}
    <p class="formats"><a href="${PUBLISH}">Recharger</a></p>`,
})

const periodFields = (given: Given, refusal: Refusal | undefined): string =>
  [
    textField({
      name: 'edition',
      label: 'Nom de l’édition',
      hint: 'Minuscules, chiffres et tirets, 4 à 40 caractères : « 2025 », « 2025-s1 ».',
      value: given['edition'],
      rules: 'required minlength="4" maxlength="40" pattern="[a-z0-9][a-z0-9\\-]{3,39}" autocomplete="off"',
      refusal,
    }),
    textField({
      name: 'fromMonth',
      label: 'Premier mois',
      hint: 'Année et mois : 2025-01.',
      type: 'month',
      value: given['fromMonth'],
      rules: 'required placeholder="2025-01"',
      refusal,
    }),
    textField({
      name: 'toMonth',
      label: 'Dernier mois',
      hint: 'Compris ; il doit être fini.',
      type: 'month',
      value: given['toMonth'],
      rules: 'required placeholder="2025-12"',
      refusal,
    }),
    textField({
      name: 'threshold',
      label: 'Seuil du secret',
      hint: 'Un nombre plus petit est retenu, et d’autres avec lui.',
      type: 'number',
      value: given['threshold'] ?? THRESHOLD,
      rules: 'required min="2" max="1000" inputmode="numeric"',
      refusal,
    }),
  ].join('')

const STATES = {
  preparing: ['En préparation', 'waiting'],
  published: ['Publiée', 'valid'],
  refused: ['Refusée', 'invalid'],
} as const

const ordersTable = (orders: readonly OrderView[]): string =>
  scrollTable(
    'Éditions demandées',
    html`<table>
      <thead>
        <tr>
          <th scope="col">Édition</th>
          <th scope="col">État</th>
          <th scope="col">Période</th>
          <th scope="col">Seuil</th>
          <th scope="col">Qui signe</th>
          <th scope="col">Demandée le</th>
        </tr>
      </thead>
      <tbody>
        !${orders.map(orderRow)}
      </tbody>
    </table>`,
  )

function orderRow({ order, signer }: OrderView): string {
  const { edition, fromMonth, toMonth, threshold, askedAt, state, refusal } = order
  const [words, tone] = STATES[state]
  return html`<tr>
    <th scope="row">
      !${state === 'published' ? html`<a href="/statistiques/${edition}">${edition}</a>` : html`${edition}`}
    </th>
    <td>!${tag(words, tone)} ${refusal ? `${refusal.message} ${refusal.mend}` : ''}</td>
    <td>${fromMonth === toMonth ? monthWords(toMonth) : `${monthWords(fromMonth)} à ${monthWords(toMonth)}`}</td>
    <td>${threshold}</td>
    <td>${signer}</td>
    <td>${longDate(askedAt)}</td>
  </tr>`
}
