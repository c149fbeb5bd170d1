import { longDate } from '../web/html.ts'
import { changeLines, type Changes, type ReleaseSummary } from './release-changes.ts'
import type { Publishing, ReleaseHead } from './release-files.ts'
import type { FilledTable } from './release-tables.ts'

/** How a release is cited. */
export const citationOf = ({ number, publishedAt }: ReleaseHead, { baseUrl, publisher }: Publishing): string =>
  `${publisher}, Cartographie des métiers et des compétences de la médiation numérique, édition ${number}, ` +
  `${longDate(publishedAt)}, ${baseUrl}/cartographie/editions/${number}`

/** Where the ZIP of a release is. */
export const archiveUrl = (baseUrl: string, number: number): string =>
  `${baseUrl}/api/v1/cartography/releases/${number}/archive`

/** `LISEZMOI.md`: what the release is, its licences, how to check and to cite it. */
export function readme(release: ReleaseHead, tables: readonly FilledTable[], site: Publishing): string {
  const { number, publishedAt, note } = release
  return `# Cartographie de la médiation numérique, édition ${number}

Publiée le ${longDate(publishedAt)}. ${oneLine(note)}

Une édition ne change plus : une correction fait une nouvelle édition, qui dit ce qui change (CHANGEMENTS.md).

## Ce qu’il faut savoir

- La colonne « statut » dit « officiel », « illustratif » ou « proposé » ; pour un métier ou une certification, « existant »,
  « historique » ou « proposé ». Une liste illustrative est une lecture d’Insigne, faite à partir de documents publics : elle
  n’engage pas la filière.
- Chaque ligne nomme sa source, ou celle de ce dont elle parle. Une case vide veut dire « non précisé par la source »,
  jamais « non » ni « zéro ».
- Les compétences professionnelles et les compétences numériques sont deux axes : elles ne s’additionnent pas.
- Les niveaux se lisent dans l’échelle de leur référentiel ; deux échelles ne se comparent pas.

## Tables (CSV, RFC 4180, UTF-8)

${tables.map(({ name, title, filled }) => `- ${name}.csv : ${title} (${filled.length})`).join('\n')}

Leurs colonnes, leurs clés et leurs liens sont décrits dans datapackage.json. Un texte qui commence par =, +, - ou @ est
précédé d’une apostrophe, pour qu’aucun tableur ne l’exécute : cartographie.json le donne tel quel.

cartographie.jsonld dit la même chose en données liées (SKOS), catalogue.jsonld décrit l’édition pour les portails de
données (DCAT-AP).

## Licences

${licenceLines(tables)}

Les textes repris d’un référentiel ne sont que dans ses fichiers « libelles-… », et dans les fichiers qui rassemblent tout
(cartographie.json, cartographie.jsonld, CHANGEMENTS.md, changements.json) : là, chaque texte garde la licence de son
référentiel. Les colonnes « licence » des modules et des listes disent celle de leurs contenus.

## Vérifier

Dans le dossier où sont les fichiers :

    sha256sum -c SHA256SUMS

## Citer

${citationOf(release, site)}
`
}

function licenceLines(tables: readonly FilledTable[]): string {
  const groups = Map.groupBy(tables, (one) => one.licence)
  return Array.from(
    groups,
    ([licence, ones]) =>
      `- ${licence ?? 'Licence non précisée par la source'} : ${ones.map((one) => `${one.name}.csv`).join(', ')}`,
  ).join('\n')
}

const oneLine = (words: string): string => words.replaceAll(/\s+/g, ' ').trim()

/** `CHANGEMENTS.md`: what was added, removed and changed since the release before, entry by entry. */
export function changesText(
  { number, note }: ReleaseHead,
  { previous, tables }: Changes,
  { rows, changes }: ReleaseSummary,
): string {
  const title = `# Édition ${number} : ce qui change\n\n${oneLine(note)}\n`
  if (previous === null) {
    return `${title}\nPremière édition : il n’y a rien à comparer.\n\n${rows.map((one) => `- ${one.title} : ${one.rows}`).join('\n')}\n`
  }
  const sections = tables.map((one, index) => {
    const { title, added, removed, changed } = changes[index]!
    const lines = changeLines(one).map((line) => `- ${line}`)
    return `\n## ${title}\n\nAjoutés : ${added} ; retirés : ${removed} ; modifiés : ${changed}.\n\n${lines.join('\n')}\n`
  })
  return `${title}\nPar rapport à l’édition ${previous}.\n${sections.join('')}`
}
