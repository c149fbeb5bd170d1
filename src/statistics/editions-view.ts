import { count, emptyList, facts, scrollTable } from '../web/components.ts'
import { selectField } from '../web/forms.ts'
import { html, longDate, monthWords, type Page } from '../web/html.ts'
import { fileUrl, type FileInfo } from './edition-head.ts'
import type { ImportedEdition } from './edition-schema.ts'
import type { Edition } from './editions.ts'
import type { Part } from './parts.ts'
import { said } from './parts.ts'
import { partView } from './part-view.ts'
import { keyFigures, kindParts, SECTIONS, type Shown } from './sections.ts'
import { type Kind, type Table, TABLES } from './tables.ts'
import { TERRITORIES, territoryWords, widthOf } from './territories.ts'

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
    <h2>Éditions d’Insigne</h2>
    <p>
      Badges, habilitations, formations, besoins et vérifications, comptés ici. Une période paraît une fois finie, et ne
      change plus.
    </p>
    !${
      own.length === 0
        ? emptyList('Aucune édition n’est encore publiée : une période paraît une fois finie, et ne change plus.')
        : html`<ul>
            !${own.map((one) => html`<li><a href="/statistiques/${one.edition}">${periodWords(one, 'De')}</a> <small>édition ${one.edition}, publiée le ${longDate(one.publishedAt)}</small></li>`)}
          </ul>`
    }
    <h2>Éditions publiées ailleurs</h2>
    <p>Reprises telles qu’imprimées : leurs chiffres ne se mêlent jamais à ceux d’Insigne.</p>
    <ul>
      !${imported.map(
        ({ edition, title, publisher, indicators }) =>
          html`<li><a href="/statistiques/${edition}">${title}</a>, ${publisher} : ${indicators.length} tableaux</li>`,
      )}
    </ul>
    <h2>Réutiliser</h2>
    <p><a href="/donnees">Données ouvertes</a> : tous les fichiers, leur licence, comment les vérifier.</p>
    <p class="formats">
      <a href="/statistiques/provisoire">Chiffres provisoires (comité)</a>
      <a href="/statistiques/publier">Publier une édition (équipe du service)</a>
    </p>`,
})

/** The months of an edition: de janvier 2025 à juin 2025. */
export const periodWords = ({ fromMonth, toMonth }: Pick<Edition, 'fromMonth' | 'toMonth'>, first = 'de'): string =>
  [fromMonth === toMonth ? [fromMonth] : [fromMonth, toMonth]]
    .flat()
    .map(monthWords)
    .map((month, at) => (at === 0 ? `${elided(first, month)}${month}` : `à ${month}`))
    .join(' ')

/** « d’avril », « de mars ». */
const elided = (first: string, month: string): string => (/^[ao]/.test(month) ? `${first[0]}’` : `${first} `)

type Opened = { edition: Edition; shown: Shown; files: readonly FileInfo[]; baseUrl: string }

/** What stands beside each chart and table of an edition. */
export const toldOf = (edition: Edition, { kind, name }: Pick<Part, 'kind' | 'name'>) => {
  const { population, caution }: Table = TABLES[kind]
  const path = `/statistiques/${edition.edition}`
  const table = name === 'metiers-competences' ? name : kind
  return {
    population,
    caution: caution ?? null,
    period: periodWords(edition),
    path,
    tables: `${path}/tableaux/${table}`,
  }
}

/** A period as it was published: each theme with its charts and tables; what is withheld says so, and why. */
export async function ownEditionPage({ edition, shown, files, baseUrl }: Opened): Promise<Page> {
  const sections = await Promise.all(SECTIONS.map((one) => section(one, edition, shown)))
  const there = SECTIONS.filter((_, at) => sections[at] !== '')
  const path = `/statistiques/${edition.edition}`
  return {
    title: `Chiffres ${periodWords(edition)}`,
    description: `Badges, habilitations, formations, besoins et vérifications ${periodWords(edition)}, comptés par Insigne.`,
    canonical: `${baseUrl}${path}`,
    image: `${baseUrl}/apercu.png`,
    body: html`<p class="up"><a href="/statistiques">Statistiques</a></p>
      <h1>Chiffres ${periodWords(edition)}</h1>
      <ul class="map-figures">
        !${keyFigures(shown).map(({ title, value }) => html`<li><strong>${said(value)}</strong> ${title}</li>`)}
      </ul>
      <nav aria-label="Sommaire">
        <ul class="plain">
          !${there.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
          <li><a href="${path}/croisements">Métiers et compétences</a></li>
          <li><a href="#territoires">Territoires</a></li>
          <li><a href="#fichiers">Fichiers</a></li>
        </ul>
      </nav>
      !${secrecyNote(edition)} !${editionFacts(edition)} !${sections} !${territoriesPart(edition, shown)}
      !${filesPart(edition, files, baseUrl)}`,
  }
}

const secrecyNote = ({ threshold }: Edition): string =>
  html`<div class="note">
    <p>
      <strong>Lire ces nombres.</strong> Un nombre plus petit que ${threshold} pourrait désigner quelqu’un : il est «
      secret », hachuré sur les graphiques, et d’autres avec lui, pour qu’aucune soustraction ne le rende. Secret ne
      veut pas dire zéro : ce qui n’a pas de ligne vaut zéro.
    </p>
  </div>`

const editionFacts = ({ edition, publishedAt, digest }: Edition): string =>
  facts([
    ['Source', 'Insigne, ses propres actes ; aucun chiffre publié ailleurs n’y entre'],
    ['Édition', `${edition}, publiée le ${longDate(publishedAt)} ; elle ne change plus`],
    ['Licence', 'Licence Ouverte 2.0'],
    ['Empreinte (SHA-256)', { markup: html`<code class="digest">${digest}</code>` }],
  ])

async function section(
  { id, title, kinds }: (typeof SECTIONS)[number],
  edition: Edition,
  shown: Shown,
): Promise<string> {
  const parts = kinds.map((kind) => [kind, kindParts(kind, shown)] as const)
  const numbers = kinds.filter((kind) => isNumber(kind, shown))
  if (parts.every(([, some]) => some.length === 0) && numbers.length === 0) return ''
  const views = await Promise.all(parts.flatMap(([, some]) => some).map((one) => partView(one, toldOf(edition, one))))
  return html`<section class="theme" aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    !${numbersTable(title, numbers, shown)} !${views}
  </section>`
}

/** A table of one number only. */
const isNumber = (kind: Kind, { sheet }: Shown): boolean => TABLES[kind].dimensions.length === 0 && sheet.has(kind)

const numbersTable = (theme: string, kinds: readonly Kind[], { sheet }: Shown): string =>
  kinds.length === 0
    ? ''
    : scrollTable(
        `${theme} : totaux`,
        html`<table class="counts cited">
          <thead>
            <tr>
              <th scope="col">Total</th>
              <th scope="col">Nombre</th>
              <th scope="col">Population</th>
            </tr>
          </thead>
          <tbody>
            !${kinds.map((kind) => {
              const { title, unit, population }: Table = TABLES[kind]
              const value = sheet.get(kind)?.find((one) => one.month === '')?.count
              return html`<tr>
                <th scope="row">${title}</th>
                <td>${value === undefined ? '0' : said(value)} ${unit}</td>
                <td>${population}</td>
              </tr>`
            })}
          </tbody>
        </table>`,
      )

/** The territories to choose from, by width. */
const TERRITORY_CHOICES = [...TERRITORIES].map(([code, name]) => [code, name] as const)

/** A form that works without script: the territory that is chosen has a page. */
export const territoryForm = (edition: string, chosen = 'FR'): string =>
  html`<form class="filters" method="get" action="/statistiques/${edition}/territoires">
    <div>!${selectField({ name: 'territoire', label: 'Territoire', options: TERRITORY_CHOICES, value: chosen })}</div>
    <div class="filters-do"><button>Voir ses chiffres</button></div>
  </form>`

function territoriesPart({ edition }: Edition, { places }: Shown): string {
  const all = places('all')
  const [valid, waiting] = [places('habilitation', 'habilites'), places('habilitation', 'en-cours')]
  const rows = [...TERRITORIES.keys()].filter(
    (one) => ['FR', 'REG', 'HUB'].includes(widthOf(one)) && [all, valid, waiting].some((some) => some.has(one)),
  )
  const cell = (some: ReadonlyMap<string, number | null>, one: string): string =>
    some.has(one) ? said(some.get(one)!) : '0'
  return html`<section class="theme" aria-labelledby="territoires">
    <h2 id="territoires">Territoires</h2>
    !${territoryForm(edition)}
    !${scrollTable(
      'Régions et hubs',
      html`<table class="counts">
        <thead>
          <tr>
            <th scope="col">Territoire</th>
            <th scope="col">Badges délivrés</th>
            <th scope="col">Habilitations qui valent</th>
            <th scope="col">Demandes en cours</th>
          </tr>
        </thead>
        <tbody>
          !${rows.map(
            (one) =>
              html`<tr>
                <th scope="row"><a href="/statistiques/${edition}/territoires/${one}">${territoryWords(one)}</a></th>
                <td>${cell(all, one)}</td>
                <td>${cell(valid, one)}</td>
                <td>${cell(waiting, one)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    )}
    <p class="remark">
      Unités : badges, habilitations, demandes. Les hubs recouvrent des régions : leurs lignes ne s’ajoutent pas à
      celles des régions.
    </p>
  </section>`
}

const filesPart = ({ edition }: Edition, files: readonly FileInfo[], baseUrl: string): string =>
  html`<section class="theme" aria-labelledby="fichiers">
    <h2 id="fichiers">Fichiers</h2>
    <p>
      <a href="/statistiques/${edition}.csv" download>Tous les nombres (CSV)</a>,
      <a href="/api/v1/statistics/editions/${edition}/figures">les mêmes par l’API (JSON)</a>.
    </p>
    !${
      files.length === 0
        ? html`<p class="remark">Cette édition date d’une version sans fichiers signés : elle n’en a pas.</p>`
        : html`<ul>
            !${files.map(({ name, title, bytes }) => html`<li><a href="${fileUrl(baseUrl, edition, name).slice(baseUrl.length)}" download>${title}</a> <small>${name}, ${count(bytes)} octets</small></li>`)}
          </ul>`
    }
  </section>`
