import { capital, citations, count, facts, scrollTable, UNKNOWN } from '../web/components.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { pageDrawing } from './chart-ink.ts'
import { chartWords, drawChart } from './charts.ts'
import { indicatorChart } from './imported-charts.ts'
import type { Contradiction, ImportedEdition, Indicator } from './edition-schema.ts'

/** An edition as it was printed: each table with its cautions and what contradicts it. */
export const importedPage = async (edition: ImportedEdition, baseUrl: string): Promise<Page> => ({
  title: edition.title,
  description: `${edition.title}, ${edition.publisher} : les chiffres imprimés, leurs réserves et leurs contradictions.`,
  canonical: `${baseUrl}/statistiques/${edition.edition}`,
  image: `${baseUrl}/apercu.png`,
  body: html`<p class="up"><a href="/statistiques">Statistiques</a></p>
    <h1>${edition.title}</h1>
    !${facts([
      ['Publié par', edition.publisher],
      ['Réponses recueillies', `du ${longDate(edition.collected.from)} au ${longDate(edition.collected.to)}`],
      ['Licence', edition.attribution],
      ['Source', citations(edition.source).join(' ; ')],
    ])}
    <p>${edition.method}</p>
    !${notes(edition.cautions, edition.contradictions)}
    <p>
      <a href="/statistiques/${edition.edition}.csv" download>Télécharger (CSV)</a>,
      <a href="/api/v1/statistics/imported/${edition.edition}">les mêmes en JSON</a>
    </p>
    <nav aria-label="Sommaire">
      <details>
        <summary>Les ${count(edition.indicators.length)} tableaux</summary>
        <ul>
          !${edition.indicators.map(({ id, title }) => html`<li><a href="#${id}">${title}</a> <small>${id}</small></li>`)}
        </ul>
      </details>
    </nav>
    !${await Promise.all(edition.indicators.map((one) => indicatorPart(one, edition)))}`,
})

async function indicatorPart(indicator: Indicator, { edition, labels }: ImportedEdition): Promise<string> {
  const { id, title, unit, population, n, denominator, values, cautions = [], contradictions = [] } = indicator
  const chart = indicatorChart(indicator, labels)
  const path = `/statistiques/${edition}`
  return html`<section class="indicator figured">
    <h2 id="${id}">${title} <small>${id}</small></h2>
    !${facts([
      ['De qui', population],
      ['Unité', unit],
      ['Réponses', n === undefined ? null : count(n)],
      ['Sur', denominator === undefined ? null : count(denominator)],
    ])}
    !${
      values.length === 0
        ? html`<p>Aucun nombre n’est repris.</p>`
        : html`<div class="${chart ? 'two' : 'one'}">
            !${chart ? html`<figure>!${pageDrawing(await drawChart(chart, unit), { id: `g-${id}`, title, about: chartWords(chart, unit) })}</figure>` : ''}
            !${valuesTable(indicator, labels)}
          </div>`
    }
    !${notes(cautions, contradictions)}
    !${
      values.length === 0
        ? ''
        : html`<p class="formats">
            !${chart ? html`<a href="${path}/graphiques/${id}.svg" download>Graphique (SVG)</a> <a href="${path}/graphiques/${id}.png" download>(PNG)</a>` : ''}
            <a href="${path}/tableaux/${id}.csv" download>Tableau (CSV)</a>
            <a href="${path}/tableaux/${id}.json">(JSON)</a>
          </p>`
    }
  </section>`
}

function valuesTable({ title, unit, values, dimensions }: Indicator, labels: ImportedEdition['labels']): string {
  const words = (name: string): string => labels[name] ?? name
  const rows = values.map(
    ({ of, value, lines, words: said, derived }) =>
      html`<tr>
        <th scope="row">${capital(dimensions.map((one) => words(of[one]!)).join(', ') || 'ensemble')}</th>
        <td>
          <strong>${value === null ? (said ?? UNKNOWN) : `${count(value)}${unit === 'pour cent' ? ' %' : ''}`}</strong>
        </td>
        <td>
          ${[`l. ${lines}`, value === null ? undefined : said, derived && `déduit : ${derived}`].filter(Boolean).join(' ; ')}
        </td>
      </tr>`,
  )
  return scrollTable(
    `Tableau : ${title}`,
    html`<table class="counts cited">
      <thead>
        <tr>
          <th scope="col">${dimensions.map((one) => capital(words(one))).join(', ') || 'Population'}</th>
          <th scope="col">${capital(unit)}</th>
          <th scope="col">Source</th>
        </tr>
      </thead>
      <tbody>
        !${rows}
      </tbody>
    </table>`,
  )
}

function notes(cautions: readonly string[], contradictions: readonly Contradiction[]): string {
  const said = [
    ...cautions,
    ...contradictions.map(
      ({ what, values }) =>
        `${what}, la source se contredit : ${values
          .map(
            ({ value, lines, words, derived }) =>
              `${count(value)} (${[`l. ${lines}`, words, derived].filter(Boolean).join(', ')})`,
          )
          .join(' ; ')}. Rien n’est corrigé.`,
    ),
  ]
  if (said.length === 0) return ''
  return html`<ul class="remark">
    !${said.map((one) => html`<li>${one}</li>`)}
  </ul>`
}
