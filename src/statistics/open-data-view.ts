import { licenceOf } from '../cartography/release-licences.ts'
import { counted, count, emptyList, facts, scrollTable } from '../web/components.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { linkTo, schemaOrg } from '../web/linked.ts'
import { fileUrl, type FileInfo, type Site } from './edition-head.ts'
import { periodWords } from './editions-view.ts'
import { importedFileUrl } from './imported-files.ts'
import { CATALOGUE, type Contact, LICENCE, OPEN_DATA, type OpenData } from './open-data.ts'

const ABOUT =
  'Les données que tout le monde peut reprendre : chiffres par édition, signés, et cartographie de la médiation numérique.'

/** `/donnees`: every file that is given, its licence, its freshness, how to take it by program. */
export function openDataPage({ own, imported }: OpenData, { baseUrl }: Site, contact: Contact): Page {
  const licence = licenceOf(LICENCE)!
  return {
    title: 'Données ouvertes',
    description: ABOUT,
    canonical: baseUrl + OPEN_DATA,
    image: `${baseUrl}/apercu.png`,
    linked: schemaOrg('DataCatalog', baseUrl + OPEN_DATA, {
      name: 'Données ouvertes d’Insigne',
      description: ABOUT,
      license: linkTo(licence.path),
      dataset: [...own, ...imported].map(({ edition }) => linkTo(`${baseUrl}/statistiques/${edition.edition}`)),
    }),
    body: html`<h1>Données ouvertes</h1>
      <p class="lead">${ABOUT} Elles ne nomment personne : des nombres, et des textes de référence.</p>
      !${facts([
        ['Licence', { markup: html`<a href="${licence.path}" rel="license noopener">${licence.title}</a>` }],
        ['Mise à jour', 'Une édition par période finie, sans date fixe ; une édition publiée ne change plus'],
        ['Dernière publication', own[0] ? longDate(latest(own)) : 'Aucune pour l’instant'],
        ...(contact === null ? [] : [['Contact', contact] as const]),
      ])}
      <p class="formats">
        <a href="${CATALOGUE}" type="application/ld+json">Catalogue à moissonner (DCAT-AP)</a>
        <a href="/api">Documentation de l’API</a>
      </p>
      <h2>Chiffres d’Insigne</h2>
      !${
        own.length === 0
          ? emptyList('Aucune édition n’est encore publiée : une période paraît une fois finie.')
          : own.map((one, index) => ownPart(one, index === 0)).join('')
      }
      <h2>Chiffres publiés ailleurs</h2>
      <p>Repris tels qu’imprimés, avec leurs lignes, leurs réserves et leurs contradictions.</p>
      !${imported.map(importedPart)}
      <h2>Cartographie des métiers et des compétences</h2>
      <p>
        Chaque <a href="/cartographie/editions">édition de la cartographie</a> donne ses tables et dit la licence de
        chaque fichier ; elles ont leur
        <a href="/cartographie/catalogue.jsonld" type="application/ld+json">catalogue à moissonner</a>, que le catalogue
        général nomme.
      </p>
      <h2>Vérifier</h2>
      <p>Dans le dossier où sont les fichiers d’une édition, cette commande recalcule chaque somme de contrôle :</p>
      <pre><code>sha256sum -c SHA256SUMS</code></pre>
      <p>
        « edition.json » est un titre vérifiable signé (Verifiable Credential 2.0, eddsa-rdfc-2022) : il nomme chaque
        fichier et son empreinte. Tout vérificateur de titres du W3C le vérifie sans Insigne.
      </p>`,
  }
}

const latest = (own: OpenData['own']): Date =>
  new Date(Math.max(...own.map(({ edition }) => edition.publishedAt.getTime())))

/** The newest shows its files; those of the others are folded. */
function ownPart({ edition, files }: OpenData['own'][number], isNewest: boolean): string {
  const name = edition.edition
  const table = filesTable(`Fichiers de l’édition ${name}`, files, (file) => fileUrl('', name, file))
  return html`<h3><a href="/statistiques/${name}">Édition ${name}</a></h3>
    <p>
      ${periodWords(edition, 'De')}, publiée le ${longDate(edition.publishedAt)}.
      ${files.length === 0 ? 'Publiée avant que les éditions aient des fichiers signés.' : ''}
    </p>
    !${
      files.length === 0
        ? html`<p><a href="/statistiques/${name}.csv" download>Tous les nombres (CSV)</a></p>`
        : isNewest
          ? table
          : html`<details>
              <summary>Fichiers de l’édition ${name}</summary>
              !${table}
            </details>`
    }`
}

const importedPart = ({ edition, files }: OpenData['imported'][number]): string =>
  html`<h3><a href="/statistiques/${edition.edition}">${edition.title}</a></h3>
    <p>${edition.attribution}.</p>
    !${filesTable(`Fichiers : ${edition.title}`, files, (file) => importedFileUrl('', edition.edition, file))}`

const filesTable = (label: string, files: readonly FileInfo[], urlOf: (name: string) => string): string =>
  scrollTable(
    label,
    html`<table class="releaseFiles">
      <thead>
        <tr>
          <th scope="col">Fichier</th>
          <th scope="col">Taille</th>
          <th scope="col">SHA-256</th>
        </tr>
      </thead>
      <tbody>
        !${files.map(
          ({ name, title, bytes, sha256 }) =>
            html`<tr>
              <th scope="row"><a href="${urlOf(name)}" download>${name}</a><small>${title}</small></th>
              <td>${sizeWords(bytes)}</td>
              <td><code class="digest">${sha256}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )

const sizeWords = (bytes: number): string =>
  bytes < 1000 ? counted(bytes, 'octet') : `${count(Math.round(bytes / 100) / 10)} ko`
