import { emptyList, scrollTable } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import type { JournalLine } from './read-journal.ts'
import { authorWords, sentenceOf } from './sentences.ts'

type Content = {
  slug: string
  name: string
  roles: readonly string[]
  /** The day asked for; empty for all. */
  day: string
  reader: string
  team: ReadonlySet<string>
  items: JournalLine[]
  next: number | null
}

/** What concerns an organisation, the newest first, a hundred lines a page. */
export function journalPage({ slug, name, roles, day, reader, team, items, next }: Content): Page {
  const path = `/organisme/${slug}/journal`
  const row = (line: JournalLine): string =>
    html`<tr>
      <td><time datetime="${line.at.toISOString()}">${moment(line.at)}</time></td>
      <td>${authorWords(line, reader, team)}</td>
      <td>${sentenceOf(line.action, line.details)}</td>
      <td>${line.reason ?? ''}</td>
    </tr>`
  return organismePage(
    { slug, name, section: '/journal', roles },
    {
      title: 'Journal',
      body: html`<h1>Journal</h1>
        <p class="lead">
          Chaque écriture et chaque lecture sensible qui concernent l’organisme : qui, quoi, quand et pourquoi. Une
          ligne ne peut être ni modifiée ni retirée. Cette consultation y est inscrite aussi.
        </p>
        <form method="get" action="${path}" class="filters">
          <div>
            <label for="jour">Un jour</label>
            <input type="date" id="jour" name="jour" value="${day}" min="2020-01-01" max="2099-12-31" />
          </div>
          <button type="submit" class="secondary">Afficher</button>
        </form>
        !${items.length === 0 ? emptyList(`Rien n’est inscrit${day === '' ? '' : ' ce jour-là'}.`) : tableOf(items.map(row))}
        !${next === null ? '' : html`<p><a href="${path}?jour=${day}&amp;avant=${next}">Lignes plus anciennes</a></p>`}`,
    },
  )
}

const tableOf = (rows: string[]): string =>
  scrollTable(
    'Journal',
    html`<table>
      <thead>
        <tr>
          <th scope="col">Date</th>
          <th scope="col">Par</th>
          <th scope="col">Quoi</th>
          <th scope="col">Pourquoi</th>
        </tr>
      </thead>
      <tbody>
        !${rows}
      </tbody>
    </table>`,
  )

const moment = (at: Date): string =>
  at.toLocaleString('fr-FR', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Europe/Paris' })
