import { count, counted, emptyList, facts, scrollTable } from '../web/components.ts'
import { doneNote } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { linkTo, schemaOrg } from '../web/linked.ts'
import { fileUrl, rightsWords } from './release-dcat.ts'
import type { Publishing } from './release-files.ts'
import { archiveUrl, citationOf } from './release-readme.ts'
import { licenceOf } from './release-licences.ts'
import type { Release } from './releases.ts'

/** Where releases are shown. */
export const PATH = '/cartographie/editions'
const ABOUT =
  'Chaque édition fige la cartographie à un jour donné : métiers, missions, compétences, modules, badges et blocs. Elle ne ' +
  'change plus : on peut la citer, la vérifier et la reprendre.'
const up = html`<p class="up"><a href="/cartographie">Cartographie</a></p>`

/** Every release, the newest first. */
export const releasesPage = (releases: readonly Release[], { baseUrl }: Publishing): Page => ({
  title: 'Éditions de la cartographie',
  description: ABOUT,
  canonical: baseUrl + PATH,
  image: `${baseUrl}/apercu.png`,
  body: html`!${up}
    <h1>Éditions de la cartographie</h1>
    <p class="lead">${ABOUT}</p>
    !${
      releases.length === 0
        ? emptyList(
            'Aucune édition n’est publiée.',
            html`<p><a href="/cartographie">Voir la cartographie en vigueur</a></p>`,
          )
        : html`<ul class="releases">
            !${releases.map(releaseItem)}
          </ul>`
    }
    <p class="formats">
      <a href="/cartographie/catalogue.jsonld">Catalogue à moissonner (DCAT-AP)</a>
      <a href="/api/v1/cartography/releases">Éditions en JSON</a>
      <a href="${PATH}/publier">Publier une édition (équipe du service)</a>
    </p>`,
})

const releaseItem = (release: Release): string =>
  html`<li>
    <h2><a href="${PATH}/${release.number}">Édition ${release.number}</a></h2>
    <p>
      <time datetime="${release.publishedAt.toISOString()}">${longDate(release.publishedAt)}</time> :
      ${changesSentence(release)}
    </p>
    <p>${release.note}</p>
  </li>`

/** What a release changes, in a few words. */
function changesSentence({ number, summary }: Release): string {
  if (number === 1) return 'première édition'
  const total = (what: 'added' | 'removed' | 'changed') => summary.changes.reduce((sum, one) => sum + one[what], 0)
  return [
    counted(total('added'), 'ligne ajoutée', 'lignes ajoutées'),
    counted(total('removed'), 'retirée'),
    counted(total('changed'), 'modifiée'),
  ].join(', ')
}

type Shown = { release: Release; lines: readonly string[]; newest: number; done?: boolean }
/** Changes that a page shows one by one. */
export const LINES = 200

/** One release: what it holds and changes, its files, how to check and to cite it. */
export function releasePage({ release, lines, newest, done = false }: Shown, site: Publishing): Page {
  const { number, publishedAt, note, summary, digest } = release
  const { baseUrl } = site
  return {
    title: `Édition ${number} de la cartographie`,
    description: ABOUT,
    canonical: `${baseUrl}${PATH}/${number}`,
    image: `${baseUrl}/apercu.png`,
    linked: linkedDataset(release, site),
    body: html`<p class="up"><a href="${PATH}">Éditions de la cartographie</a></p>
      !${doneNote(done ? `L’édition ${number} est publiée. Elle ne changera plus.` : undefined)}
      <h1>Édition ${number} de la cartographie</h1>
      <p class="lead">${note}</p>
      !${number < newest ? html`<p>Une édition plus récente existe : <a href="${PATH}/${newest}">l’édition ${newest}</a>.</p>` : ''}
      !${facts([
        ['Publiée le', longDate(publishedAt)],
        [
          'Contenu',
          counted(
            summary.rows.reduce((sum, one) => sum + one.rows, 0),
            'ligne',
          ) + ` dans ${summary.rows.length} tables`,
        ],
        ['Changements', changesSentence(release)],
        ['Empreinte du contenu (SHA-256)', { markup: html`<code class="digest">${digest}</code>` }],
      ])}
      <p><a href="${archiveUrl('', number)}" role="button">Télécharger toute l’édition (ZIP)</a></p>
      <h2>Ce qui change depuis l’édition d’avant</h2>
      !${changesSection(release, lines)}
      <h2>Fichiers</h2>
      !${filesTable(release)}
      <h2>Licences</h2>
      <p>
        Chaque fichier dit la sienne. Les intitulés d’un référentiel gardent la licence de ce référentiel, dans les
        fichiers « libelles-… » et dans ceux qui rassemblent tout.
      </p>
      <h2>Vérifier</h2>
      <p>Dans le dossier où sont les fichiers, cette commande recalcule chaque somme de contrôle :</p>
      <pre><code>sha256sum -c SHA256SUMS</code></pre>
      <h2>Citer</h2>
      <p>${citationOf(release, site)}</p>
      <p class="formats"><a href="/api/v1/cartography/releases/${number}">Cette édition en JSON</a></p>`,
  }
}

function changesSection({ number, summary }: Release, lines: readonly string[]): string {
  if (number === 1) return html`<p>Première édition : il n’y a rien à comparer.</p>`
  return html`!${scrollTable(
      'Changements par table',
      html`<table>
        <thead>
          <tr>
            <th scope="col">Table</th>
            <th scope="col">Ajoutées</th>
            <th scope="col">Retirées</th>
            <th scope="col">Modifiées</th>
          </tr>
        </thead>
        <tbody>
          !${summary.changes.map(
            (one) =>
              html`<tr>
                <th scope="row">${one.title}</th>
                <td>${count(one.added)}</td>
                <td>${count(one.removed)}</td>
                <td>${count(one.changed)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    )}
    <details>
      <summary>Ligne par ligne</summary>
      <ul>
        !${lines.slice(0, LINES).map((line) => html`<li>${line}</li>`)}
      </ul>
      !${
        lines.length > LINES
          ? html`<p>
              Et ${counted(lines.length - LINES, 'autre changement', 'autres changements')}, dans
              <a href="${fileUrl('', number, 'CHANGEMENTS.md')}">CHANGEMENTS.md</a>.
            </p>`
          : ''
      }
    </details>`
}

const filesTable = ({ number, files }: Release): string =>
  scrollTable(
    'Fichiers de l’édition',
    html`<table class="releaseFiles">
      <thead>
        <tr>
          <th scope="col">Fichier</th>
          <th scope="col">Taille</th>
          <th scope="col">Licence</th>
          <th scope="col">SHA-256</th>
        </tr>
      </thead>
      <tbody>
        !${files.map(
          (one) =>
            html`<tr>
              <th scope="row"><a href="${fileUrl('', number, one.name)}">${one.name}</a><small>${one.title}</small></th>
              <td>${size(one.bytes)}</td>
              <td>${one.licences.length > 1 ? 'Celle de chaque texte' : rightsWords(one.licences)}</td>
              <td><code class="digest">${one.sha256}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )

const size = (bytes: number): string =>
  bytes < 1000 ? counted(bytes, 'octet') : `${count(Math.round(bytes / 100) / 10)} ko`

function linkedDataset({ number, publishedAt, note, files }: Release, { baseUrl, publisher }: Publishing): object {
  return schemaOrg('Dataset', `${baseUrl}${PATH}/${number}`, {
    name: `Cartographie des métiers et des compétences de la médiation numérique, édition ${number}`,
    description: `${ABOUT} ${note}`,
    version: String(number),
    datePublished: publishedAt.toISOString(),
    inLanguage: 'fr',
    isAccessibleForFree: true,
    license: linkTo(licenceOf('Licence Ouverte 2.0')!.path),
    publisher: { '@type': 'Organization', name: publisher },
    isPartOf: linkTo(baseUrl + PATH),
    distribution: files.map((one) => ({
      '@type': 'DataDownload',
      name: one.name,
      description: one.title,
      encodingFormat: one.mediaType.split(';')[0],
      contentSize: String(one.bytes),
      contentUrl: linkTo(fileUrl(baseUrl, number, one.name)),
    })),
  })
}
