import type { Organisation } from '../organisations/organisations.ts'
import { emptyList, nextPage, scrollTable, tag } from '../web/components.ts'
import { formJeton, selectField, textField } from '../web/forms.ts'
import { html, longDate, monthWords, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import { type Delivered, DELIVERED_STATES, type DeliveredState, learnerName } from './delivered.ts'

export type Space = { organisation: Organisation; roles: readonly string[]; jeton: string }

const STATE_WORDS = {
  valid: ['en vigueur', 'valid'],
  suspended: ['suspendu', 'waiting'],
  revoked: ['révoqué', 'invalid'],
  expired: ['expiré', 'none'],
} as const
/** A badge's state, in one word. */
export const stateTag = (state: DeliveredState): string => tag(STATE_WORDS[state][0], STATE_WORDS[state][1])

type Asked = { classe: string; etat: string; mois: string }
type List = Space & {
  items: Delivered[]
  next: string | null
  asked: Asked
  classes: { slug: string; name: string }[]
  /** The months to choose from, the latest first: `2026-03`. */
  months: string[]
  /** What was typed in the search, when that is what is shown. */
  sought: string | null
}

/** The badges that an organisation delivered, the newest first. */
export function deliveredPage(list: List): Page {
  const { organisation, roles, items, next, asked, sought } = list
  const { slug, name } = organisation
  const path = `/organisme/${slug}/badges`
  const isFiltered = sought !== null || Object.values(asked).some((one) => one !== '')
  return organismePage(
    { slug, name, section: '/badges', roles },
    {
      title: 'Badges délivrés',
      body: html`<h1>Badges délivrés</h1>
        <p class="lead">Les noms sont ceux que votre organisme a déclarés. Les consulter s’inscrit au journal.</p>
        !${searchForms(list, path)}
        !${
          items.length === 0
            ? isFiltered
              ? emptyList(
                  sought === null
                    ? 'Aucun badge ne correspond à ces filtres.'
                    : `Aucun badge trouvé pour « ${sought} ».`,
                  html`<p><a href="${path}">Voir tous les badges délivrés</a></p>`,
                )
              : emptyList(
                  'Votre organisme n’a encore délivré aucun badge.',
                  html`<p><a href="/organisme/${slug}/sessions">Planifier une session, ou saisir des résultats</a></p>`,
                )
            : deliveredTable(items, path)
        }
        !${nextPage(path, asked, next)}`,
    },
  )
}

const searchForms = ({ jeton, asked, classes, months, sought }: List, path: string): string =>
  html`<form method="post" action="${path}/recherche" class="filters">
      !${formJeton(jeton)}
      <div>
        !${textField({ name: 'cherche', label: 'Retrouver un badge', hint: 'L’adresse électronique exacte de la personne, ou le lien du badge.', value: sought, rules: 'required maxlength="300" autocomplete="off"' })}
      </div>
      <button type="submit" class="secondary">Chercher</button>
    </form>
    <form method="get" action="${path}" class="filters">
      <div>
        !${selectField({ name: 'classe', label: 'Badge', value: asked.classe, options: [['', 'tous'], ...classes.map((one) => [one.slug, one.name] as const)] })}
      </div>
      <div>
        !${selectField({ name: 'etat', label: 'État', value: asked.etat, options: [['', 'tous'], ...DELIVERED_STATES.map((one) => [one, STATE_WORDS[one][0]] as const)] })}
      </div>
      <div>
        !${selectField({ name: 'mois', label: 'Mois', value: asked.mois, options: [['', 'tous'], ...months.map((one) => [one, monthWords(one)] as const)] })}
      </div>
      <button type="submit" class="secondary">Filtrer</button>
    </form>`

const deliveredTable = (items: Delivered[], path: string): string =>
  scrollTable(
    'Badges délivrés',
    html`<table>
      <thead>
        <tr>
          <th scope="col">Personne</th>
          <th scope="col">Badge</th>
          <th scope="col">Délivré le</th>
          <th scope="col">État</th>
        </tr>
      </thead>
      <tbody>
        !${items.map(
          ({ id, learner, name, validFrom, state }) =>
            html`<tr>
              <th scope="row">
                <a href="${path}/${id}">${learnerName(learner)}</a>
                !${learner === null ? '' : html`<br /><small>${learner.email}</small>`}
              </th>
              <td>${name}</td>
              <td>${longDate(validFrom)}</td>
              <td>!${stateTag(state)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )
