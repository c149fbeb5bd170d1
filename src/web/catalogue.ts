import { counted, emptyList } from './components.ts'
import { html } from './html.ts'

/** What was asked of a list: fields left empty arrive as empty texts. */
type Asked = Record<string, string | number | undefined>

export const isAsked = (asked: Asked): boolean =>
  Object.values(asked).some((value) => value !== undefined && value !== '')

/** The form above a list: its fields (markup), and the way back to everything. It works by its address alone. */
export const filterForm = (action: string, asked: Asked, fields: readonly string[]): string =>
  html`<search>
    <form method="get" action="${action}" class="filters" aria-label="Chercher dans la liste">
      !${fields.map((field) => html`<div>!${field}</div>`)}
      <div class="filters-do">
        <button type="submit">Chercher</button>
        !${isAsked(asked) ? html`<a href="${action}">Tout afficher</a>` : ''}
      </div>
    </form>
  </search>`

/** How many were found; with none, how to widen. */
export const foundNote = (action: string, found: number, one: string, many?: string): string =>
  found === 0
    ? emptyList(
        `Aucun ${one} ne répond à cette recherche.`,
        html`<p>Essayez un seul mot, retirez un filtre, ou <a href="${action}">affichez toute la liste</a>.</p>`,
      )
    : html`<p role="status" class="found">${counted(found, one, many)}</p>`
