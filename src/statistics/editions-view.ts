import { count, emptyList, facts, scrollTable } from '../web/components.ts'
import { html, longDate, monthWords, type Page } from '../web/html.ts'
import type { ImportedEdition } from './edition-schema.ts'
import type { Edition, Figured } from './editions.ts'

type Listed = { imported: readonly ImportedEdition[]; own: Edition[]; baseUrl: string }

/** The editions that there are: ours, and those that others published. */
export const statisticsPage = ({ imported, own, baseUrl }: Listed): Page => ({
  title: 'Statistiques',
  description: 'Les chiffres de la médiation numérique, chacun avec sa source, sa population et ses réserves.',
  canonical: `${baseUrl}/statistiques`,
  image: `${baseUrl}/apercu.png`,
  body: html`<h1>Statistiques</h1>
    <p class="lead">
      Chaque chiffre dit d’où il vient, de qui il parle, sur combien de réponses, et ce qu’il ne faut pas lui faire
      dire.
    </p>
    <h2>Badges délivrés avec Insigne</h2>
    !${
      own.length === 0
        ? emptyList('Aucune édition n’est encore publiée : une période paraît une fois finie, et ne change plus.')
        : html`<ul>
            !${own.map((one) => html`<li><a href="/statistiques/${one.edition}">${periodWords(one)}</a></li>`)}
          </ul>`
    }
    <h2>Éditions publiées ailleurs</h2>
    <p>Reprises telles qu’imprimées : leurs chiffres ne se mêlent jamais à ceux d’Insigne.</p>
    <ul>
      !${imported.map(
        ({ edition, title, publisher, indicators }) =>
          html`<li><a href="/statistiques/${edition}">${title}</a>, ${publisher} : ${indicators.length} tableaux</li>`,
      )}
    </ul>`,
})

const periodWords = ({ fromMonth, toMonth }: Edition): string =>
  fromMonth === toMonth ? `De ${monthWords(fromMonth)}` : `De ${monthWords(fromMonth)} à ${monthWords(toMonth)}`

/** The kinds of figures, in the order of the page, and what a line of each is. */
const KINDS = [
  ['all', 'Par territoire', 'Territoire'],
  ['month', 'Par mois', 'Mois'],
  ['badge', 'Par badge', 'Badge'],
  ['competence', 'Par compétence', 'Compétence'],
  ['public', 'Par public de la formation', 'Public'],
] as const
type Table = (typeof KINDS)[number][0]

type Shown = { edition: Edition; tables: Record<Table, Figured[]>; baseUrl: string }

/** A period as it was published: what is withheld says so, and why. */
export const ownEditionPage = ({ edition, tables, baseUrl }: Shown): Page => ({
  title: `Badges délivrés : ${periodWords(edition).toLowerCase()}`,
  canonical: `${baseUrl}/statistiques/${edition.edition}`,
  image: `${baseUrl}/apercu.png`,
  body: html`<p class="up"><a href="/statistiques">Statistiques</a></p>
    <h1>Badges délivrés ${periodWords(edition).replace(/^De/, 'de')}</h1>
    !${facts([
      [
        'Ce qui est compté',
        'Badges signés pendant la période, révoqués depuis compris ; une personne peut en avoir plusieurs',
      ],
      ['Source', 'Insigne, ses propres badges'],
      ['Publiée le', longDate(edition.publishedAt)],
      ['Empreinte (SHA-256)', { markup: html`<code>${edition.digest}</code>` }],
    ])}
    <p class="remark">
      Un nombre plus petit que ${edition.threshold} pourrait désigner quelqu’un : il est « secret », et d’autres avec
      lui, pour qu’aucune soustraction ne le rende. Ce qui n’est pas écrit vaut zéro. Une compétence compte tous les
      badges qui la portent : ces lignes ne s’additionnent pas.
    </p>
    <p>
      <a href="/statistiques/${edition.edition}.csv" download>Télécharger tous les nombres (CSV)</a>,
      <a href="/api/v1/statistics/editions/${edition.edition}/figures">les mêmes en JSON</a>
    </p>
    !${KINDS.map(([kind, title, head]) => tablePart(title, head, tables[kind]))}`,
})

const tablePart = (title: string, head: string, lines: Figured[]): string =>
  lines.length === 0
    ? ''
    : html`<h2>${title}</h2>
        !${scrollTable(
          title,
          html`<table>
            <thead>
              <tr>
                <th scope="col">${head}</th>
                <th scope="col">Badges délivrés</th>
              </tr>
            </thead>
            <tbody>
              !${lines.map(
                (one) =>
                  html`<tr>
                    <th scope="row">${one.label}</th>
                    <td>${one.count === null ? 'secret' : count(one.count)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`,
        )}`
