import type { KeptPositioning } from '../planning/positionings.ts'
import { emptyList, facts, nextPage, sources, tag } from '../web/components.ts'
import { espacePage } from '../web/espace.ts'
import { buttonForm, doneNote } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { contentView, hoursWords } from './positioning-content-view.ts'

export const FORM_PATH = '/mon-espace/positionnement'
export const LIST_PATH = '/mon-espace/positionnements'

/** Why people are positioned, as the sector says it. */
const SOURCES = sources([
  {
    document: 'observatoire-2022',
    lines: '3495-3497',
    note: 'un test, à partir duquel les personnes sont orientées vers le parcours de formation adapté',
  },
  { document: 'cnr-2023', lines: '1990-1992', note: 'outils de positionnement' },
])

type Listed = { items: KeptPositioning[]; next: string | null; done: string | undefined }

/** The positionings of a person, whoever made them. */
export const positioningsPage = ({ items, next, done }: Listed): Page =>
  espacePage('/parcours', {
    title: 'Mes positionnements',
    body: html`<h1>Mes positionnements</h1>
      !${doneNote(done)}
      <p class="lead">
        Ce que vous saviez faire un jour, le parcours trouvé ce jour-là et ses raisons. Un positionnement gardé ne
        change plus, même si le catalogue change.
      </p>
      <p><a href="${FORM_PATH}">Faire un positionnement</a></p>
      !${
        items.length === 0
          ? emptyList('Aucun positionnement n’est gardé.')
          : html`<ul class="results">
              !${items.map(listItem)}
            </ul>`
      }
      !${nextPage(LIST_PATH, {}, next)}`,
  })

const listItem = ({ id, content, createdAt, organisationName, supersededBy }: KeptPositioning): string =>
  html`<li>
    <a href="${LIST_PATH}/${id}">${content.target.label}</a>
    <p>
      ${longDate(createdAt)}, par ${organisationName ?? 'vous'} : ${hoursWords(content)}
      !${supersededBy === null ? '' : tag('Remplacé depuis')}
    </p>
  </li>`

type Shown = { kept: KeptPositioning; since: Map<string, string>; jeton: string; done: string | undefined }

/** A positioning as it was kept, to be read, printed or argued; `since`: what became of its badges. */
export function positioningPage({ kept, since, jeton, done }: Shown): Page {
  const { id, content, createdAt, organisationName, supersededBy, digest } = kept
  const { under } = content
  return espacePage('/parcours', {
    title: `Positionnement : ${content.target.label}`,
    body: html`<p class="up"><a href="${LIST_PATH}">Tous mes positionnements</a></p>
      <h1>Positionnement : ${content.target.label}</h1>
      !${doneNote(done)}
      !${facts([
        ['Fait le', longDate(createdAt)],
        ['Fait par', organisationName ?? 'vous'],
        ['Pour', content.learner === null ? 'vous' : `${content.learner.givenName} ${content.learner.familyName}`],
      ])}
      !${
        supersededBy === null
          ? ''
          : html`<p class="note">
              Remplacé depuis par <a href="${LIST_PATH}/${supersededBy}">un positionnement plus récent</a> vers le même
              but. Celui-ci reste tel qu’il était.
            </p>`
      }
      !${contentView(content, since)}
      <section class="sources">
        <h2>Sur quoi il repose</h2>
        !${facts([
          ['Référentiels', under.frameworks.join(', ') || 'aucun : le but est fait de blocs'],
          [
            'Versions des modules',
            under.modules.map((one) => `${one.slug} ${one.version}`).join(', ') || 'aucun module',
          ],
          ['Empreinte du catalogue', { markup: html`<code>${under.catalogue}</code>` }],
          ['Empreinte de ce positionnement', { markup: html`<code>${digest}</code>` }],
        ])}
        <p>
          Le journal du service a noté cette empreinte le jour même : elle montre que rien n’a été changé depuis. Les
          liens entre modules et compétences sont proposés par Insigne, sauf mention contraire.
        </p>
      </section>
      !${SOURCES}
      !${
        organisationName === null
          ? buttonForm({ action: `${LIST_PATH}/${id}/suppression`, jeton, label: 'Supprimer ce positionnement' })
          : html`<p class="remark">Cet organisme en répond : lui seul peut en faire un nouveau.</p>`
      }`,
  })
}
