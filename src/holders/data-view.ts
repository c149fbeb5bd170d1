import { facts } from '../web/components.ts'
import { espacePage } from '../web/espace.ts'
import { html, type Page } from '../web/html.ts'
import type { Part } from './export.ts'

/** Everything that is held about a person, readable. */
export const dataPage = (parts: Part[]): Page =>
  espacePage('/donnees', {
    title: 'Mes données',
    body: html`<h1>Tout ce que le service garde sur moi</h1>
      <p>
        <a href="/mon-espace/donnees.json" download="mes-donnees.json">Télécharger ces données (JSON)</a>, pour les
        garder ou les porter ailleurs.
      </p>
      !${parts.map(partView)}`,
  })

const partView = ({ title, lines }: Part): string =>
  html`<section>
    <h2>${title}</h2>
    !${lines.length === 0 ? html`<p class="unknown">Rien.</p>` : lines.map((line) => facts(Object.entries(line).map(factOf)))}
  </section>`

function factOf([term, value]: [string, unknown]): [string, string | { markup: string }] {
  if (value === null || value === undefined || value === '')
    return [term, { markup: html`<span class="unknown">rien</span>` }]
  if (value instanceof Date) return [term, FORMAT.format(value)]
  if (typeof value === 'string' || typeof value === 'number') return [term, String(value)]
  const text = JSON.stringify(value, null, 2)
  return [
    term,
    {
      markup: html`<details>
        <summary>Voir</summary>
        <pre tabindex="0">${text}</pre>
      </details>`,
    },
  ]
}

const FORMAT = new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeStyle: 'short', timeZone: 'Europe/Paris' })
