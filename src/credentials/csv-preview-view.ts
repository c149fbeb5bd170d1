import type { RowProblem } from '../training/completion-rows.ts'
import { count, counted, scrollTable } from '../web/components.ts'
import { areaField, errorSummary, formJeton, type Given, type Refusal } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import type { Sheet } from './session-results.ts'

/** Rows that are corrected on the page itself; beyond, the file is corrected and sent again. */
const EDITABLE = 50
const PROBLEMS_SHOWN = 200

type Place = { path: string; name: string; days: string; jeton: string }

const COLUMNS: Record<string, string> = {
  email: 'Adresse électronique',
  given_name: 'Prénom',
  family_name: 'Nom',
  completed_on: 'Date',
  result: 'Résultat',
  evidence_url: 'Preuve',
  narrative: 'Commentaire',
}
const wordsOf = (column: string): string => COLUMNS[column] ?? column

/** The form that takes a file of results, or cells pasted from a spreadsheet. */
export const filePage = (
  { path, name, days, jeton, optional }: Place & { optional: string[] },
  { given = {}, refusal = null }: { given?: Given; refusal?: Refusal | null } = {},
): Page => ({
  title: `Envoyer un fichier de résultats, ${name}`,
  body: html`<p class="up"><a href="${path}/resultats">Résultats, ${name}, ${days}</a></p>
    !${errorSummary(refusal)}
    <h1>Envoyer un fichier de résultats</h1>
    <p>
      Rien n’est enregistré à l’envoi : la page suivante montre chaque ligne, avec ce qui est à corriger, et attend
      votre accord.
    </p>
    <p><a href="${path}/resultats/modele.csv">Télécharger le modèle, avec les personnes inscrites</a></p>
    <form method="post" action="${path}/resultats/fichier" enctype="multipart/form-data">
      !${formJeton(jeton)}
      <label for="fichier">Fichier CSV</label>
      <input
        id="fichier"
        name="fichier"
        type="file"
        accept=".csv,.txt,text/csv,text/plain"
        aria-describedby="fichier-hint"
      />
      <small id="fichier-hint">1 Mo au plus. Dans le tableur : « Enregistrer sous », puis CSV.</small>
      !${areaField({ name: 'csv', label: 'Ou collez ici les cellules du tableur, titres compris', value: given['csv'], refusal, rules: 'rows="6"' })}
      <button type="submit">Voir l’aperçu</button>
    </form>
    <section aria-labelledby="colonnes">
      <h2 id="colonnes">Les colonnes</h2>
      <p>
        Obligatoires : <code>courriel</code>, <code>prenom</code>, <code>nom</code>, <code>date</code>,
        <code>resultat</code> (« acquis » ou « non acquis »). Facultatives : <code>preuve</code>,
        <code>commentaire</code
        >!${optional.length === 0 ? '' : html`, et un niveau par compétence : !${optional.map((one) => html`<code>${one}</code> `)}`}.
      </p>
    </section>`,
})

type Preview = Place & { sheet: Sheet; csv: string; refusal?: Refusal | null }
type Row = Sheet['rows'][number]

const isNotAcquired = ({ problem }: Row): boolean => problem?.code === 'not_acquired'
/** The field of a cell: its column, its row. */
const cellId = (index: number, { line }: Row): string => `v${index}-${line}`

/** What a file would give, row by row, with each problem in its place, before anything is written. */
export function previewPage(shown: Preview): Page {
  const { path, name, days, sheet } = shown
  const wrong = sheet.rows.filter((one) => one.problem && !isNotAcquired(one))
  const isEditable = sheet.rows.length <= EDITABLE
  return {
    title: `${wrong.length > 0 ? 'À corriger : a' : 'A'}perçu des résultats, ${name}`,
    body: html`<p class="up"><a href="${path}/resultats/fichier">Envoyer un autre fichier</a></p>
      !${isEditable && wrong.length > 0 ? errorSummary(toMend(sheet, wrong)) : ''}
      <h1>Aperçu des résultats</h1>
      <p class="kind">${name}, ${days}</p>
      !${totals(sheet, wrong.length)} !${isEditable ? grid(shown) : problemsTable(shown, wrong)}`,
  }
}

function toMend({ columns }: Sheet, wrong: Row[]): Refusal {
  return {
    message: `${counted(wrong.length, 'ligne est', 'lignes sont')} à corriger.`,
    mend: 'Corrigez dans le tableau ci-dessous, puis vérifiez à nouveau. Sans correction, ces lignes seront refusées, et les autres badges délivrés.',
    fields: wrong.slice(0, 20).map((row) => {
      const { column, message } = row.problem!
      const at = Math.max(columns.indexOf(column ?? ''), 0)
      return { name: cellId(at, row), message: `Ligne ${row.line} : ${message}` }
    }),
  }
}

function totals({ rows }: Sheet, wrong: number): string {
  const ready = rows.filter((one) => one.problem === null).length
  const joining = rows.filter((one) => one.isJoining).length
  const failed = rows.filter(isNotAcquired).length
  return html`<ul class="totals">
    <li>${counted(rows.length, 'ligne lue', 'lignes lues')}</li>
    <li><strong>${counted(ready, 'badge prêt', 'badges prêts')}</strong></li>
    !${wrong > 0 ? html`<li>${counted(wrong, 'ligne')} à corriger</li>` : ''}
    !${failed > 0 ? html`<li>${counted(failed, 'personne')} sans badge, car le résultat n’est pas acquis</li>` : ''}
    !${
      joining > 0
        ? html`<li>
            ${joining === 1 ? 'Une personne n’est pas encore inscrite à cette session : elle le sera' : `${count(joining)} personnes ne sont pas encore inscrites à cette session : elles le seront`}
          </li>`
        : ''
    }
  </ul>`
}

const deliver = (rows: Row[]): string => {
  const ready = rows.filter((one) => one.problem === null).length
  return ready === 1 ? 'Délivrer le badge prêt' : `Délivrer les ${count(ready)} badges prêts`
}

function grid({ path, jeton, sheet }: Preview): string {
  const { columns, rows } = sheet
  const hasReady = rows.some((one) => one.problem === null)
  const table = html`<table class="sheet">
    <thead>
      <tr>
        <th scope="col" id="l">Ligne</th>
        !${columns.map((one, index) => html`<th scope="col" id="c${index}">${wordsOf(one)}</th>`)}
      </tr>
    </thead>
    <tbody>
      !${rows.map((row) => gridRow(row, columns))}
    </tbody>
  </table>`
  return html`<form method="post" action="${path}/resultats/lignes" class="wide">
    !${formJeton(jeton)} !${columns.map((one) => html`<input type="hidden" name="c" value="${one}" />`)}
    !${scrollTable('Lignes du fichier', table)}
    <p class="actions">
      <button type="submit" name="etape" value="verifier" class="secondary">Vérifier à nouveau</button>
      !${hasReady ? html`<button type="submit" name="etape" value="delivrer">${deliver(rows)}</button>` : ''}
    </p>
  </form>`
}

function gridRow(row: Row, columns: string[]): string {
  const { line, cells, problem } = row
  const at = problem ? Math.max(columns.indexOf(problem.column ?? ''), 0) : -1
  return html`<tr !${problem ? html`class="${isNotAcquired(row) ? 'aside' : 'faulty'}"` : ''}>
    <th scope="row" id="l${line}"><input type="hidden" name="l" value="${line}" />${line}</th>
    !${columns.map((column, index) => html`<td>!${cell({ row, index, value: cells.get(column) ?? '', problem: at === index ? problem : null })}</td>`)}
  </tr>`
}

type Cell = { row: Row; index: number; value: string; problem: RowProblem | null }

/** Kept short: a hundred rows of a dozen cells are one page. */
function cell({ row, index, value, problem }: Cell): string {
  const id = cellId(index, row)
  const named = html`name="v${index}" aria-labelledby="c${index} l${row.line}"
  !${problem ? html`id="${id}" aria-describedby="w${id}" !${isNotAcquired(row) ? '' : 'aria-invalid="true"'}` : ''}`
  const field = value.includes('\n')
    ? html`<textarea rows="2" !${named}>${value}</textarea>`
    : html`<input !${named} value="${value}" />`
  return problem
    ? html`!${field}<small id="w${id}" class="${isNotAcquired(row) ? '' : 'wrong'}"
          >${problem.message} ${problem.mend}</small
        >`
    : field
}

function problemsTable({ path, jeton, sheet, csv }: Preview, wrong: Row[]): string {
  const ready = sheet.rows.some((one) => one.problem === null)
  const table = html`<table>
    <thead>
      <tr>
        <th scope="col">Ligne</th>
        <th scope="col">Colonne</th>
        <th scope="col">Problème</th>
        <th scope="col">Que faire</th>
      </tr>
    </thead>
    <tbody>
      !${wrong.slice(0, PROBLEMS_SHOWN).map(
        ({ line, problem }) =>
          html`<tr>
            <th scope="row">${line}</th>
            <td>${problem!.column === null ? 'toute la ligne' : wordsOf(problem!.column)}</td>
            <td>${problem!.message}</td>
            <td>${problem!.mend}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
  return html`!${
    wrong.length === 0
      ? ''
      : html`<h2>Lignes à corriger</h2>
          !${wrong.length > PROBLEMS_SHOWN ? html`<p>Les ${count(PROBLEMS_SHOWN)} premières :</p>` : ''}
          !${scrollTable('Lignes à corriger', table)}
          <p>
            Corrigez-les dans le tableur et <a href="${path}/resultats/fichier">envoyez à nouveau le fichier</a> ; ou
            délivrez sans elles : elles seront refusées, avec leur raison dans les reçus.
          </p>`
  }
  !${
    ready
      ? html`<form method="post" action="${path}/resultats/fichier/envoi">
          !${formJeton(jeton)}<textarea name="csv" hidden aria-label="Fichier">${csv}</textarea>
          <button type="submit">${deliver(sheet.rows)}</button>
        </form>`
      : ''
  }`
}
