import type { Organisation } from '../organisations/organisations.ts'
import { count, emptyList, scrollTable } from '../web/components.ts'
import { html, monthWords, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import type { Figures, MonthFigures, Totals } from './figures.ts'

const SHOWN_MONTHS = 24

type Shown = { organisation: Organisation; roles: readonly string[]; figures: Figures }

/** The figures of an organisation, each with its definition and its table. */
export function figuresPage({ organisation, roles, figures: { totals, months, classes } }: Shown): Page {
  const { slug, name } = organisation
  return organismePage(
    { slug, name, section: '/chiffres', roles },
    {
      title: 'Chiffres',
      body: html`<h1>Chiffres</h1>
        <p class="lead">Ce que votre organisme a fait, compté à l’instant sur ses propres données, sans aucun nom.</p>
        !${totalsTable(totals)}
        <h2>Badges délivrés par mois</h2>
        !${months.length === 0 ? emptyList('Aucun badge n’est encore délivré.') : monthsPart(months)}
        <h2>Par badge</h2>
        !${classes.length === 0 ? emptyList('Aucun badge n’est encore délivré.') : classesTable(classes)}
        <p><a href="/organisme/${slug}/chiffres.csv" download>Télécharger ces chiffres (CSV)</a></p>`,
    },
  )
}

const totalsTable = (totals: Totals): string => {
  const { issued, learners, revoked, sessions, cancelled, trained, completed } = totals
  const rate = trained === 0 ? 'sans objet' : `${count(Math.round((1000 * completed) / trained) / 10)} %`
  const lines = [
    ['Badges délivrés', count(issued), 'Tous les badges signés par votre organisme, révoqués compris.'],
    ['Personnes', count(learners), 'Personnes distinctes qui en ont au moins un ; une personne compte une fois.'],
    ['Badges révoqués', count(revoked), 'Parmi les badges délivrés, ceux qui sont révoqués aujourd’hui.'],
    ['Sessions terminées', count(sessions), 'Sessions dont le dernier jour est passé, sans les annulées.'],
    ['Sessions annulées', count(cancelled), 'Sessions annulées, passées ou à venir.'],
    [
      'Taux de réussite',
      rate,
      `Places tenues avec des acquis constatés (${count(completed)}) sur places tenues dans les sessions terminées (${count(trained)}).`,
    ],
  ] as const
  return scrollTable(
    'Vue d’ensemble',
    html`<table>
      <thead>
        <tr>
          <th scope="col">Mesure</th>
          <th scope="col">Valeur</th>
          <th scope="col">Ce qui est compté</th>
        </tr>
      </thead>
      <tbody>
        !${lines.map(
          ([measure, value, definition]) =>
            html`<tr>
              <th scope="row">${measure}</th>
              <td><strong>${value}</strong></td>
              <td>${definition}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )
}

function monthsPart(months: MonthFigures[]): string {
  const shown = months.slice(0, SHOWN_MONTHS)
  return html`<p class="remark">
      Le mois est celui de la délivrance, à l’heure de Paris.
      ${months.length > SHOWN_MONTHS ? `Les ${SHOWN_MONTHS} derniers mois ; le fichier les donne tous.` : ''}
    </p>
    !${barsOf(shown.toReversed())}
    !${scrollTable(
      'Badges délivrés par mois',
      html`<table>
        <thead>
          <tr>
            <th scope="col">Mois</th>
            <th scope="col">Badges délivrés</th>
            <th scope="col">Dont révoqués depuis</th>
          </tr>
        </thead>
        <tbody>
          !${shown.map(
            ({ month, issued, revoked }) =>
              html`<tr>
                <th scope="row">${monthWords(month)}</th>
                <td>${count(issued)}</td>
                <td>${count(revoked)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    )}`
}

const [STEP, HEIGHT] = [28, 120]

/** A bar a month; the table beside says the same. */
function barsOf(months: MonthFigures[]): string {
  const most = Math.max(1, ...months.map((one) => one.issued))
  const width = Math.max(8, months.length) * STEP
  const bars = months.map(({ issued }, index) => {
    const height = issued === 0 ? 0 : Math.max(2, Math.round((HEIGHT * issued) / most))
    return html`<rect x="${index * STEP + 4}" y="${HEIGHT - height}" width="${STEP - 8}" height="${height}" rx="2" />`
  })
  return html`<svg class="bars" viewBox="0 0 ${width} ${HEIGHT + 2}" aria-hidden="true" focusable="false">
    !${bars}
    <rect x="0" y="${HEIGHT}" width="${width}" height="1" />
  </svg>`
}

const classesTable = (classes: Figures['classes']): string =>
  scrollTable(
    'Par badge',
    html`<table>
      <thead>
        <tr>
          <th scope="col">Badge</th>
          <th scope="col">Délivrés</th>
          <th scope="col">Suspendus aujourd’hui</th>
          <th scope="col">Révoqués</th>
        </tr>
      </thead>
      <tbody>
        !${classes.map(
          ({ slug, name, issued, suspended, revoked }) =>
            html`<tr>
              <th scope="row"><a href="/achievements/${slug}">${name}</a></th>
              <td>${count(issued)}</td>
              <td>${count(suspended)}</td>
              <td>${count(revoked)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )
