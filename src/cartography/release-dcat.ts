import { AUTHORITY, datasetNode, dateTime, DCAT_CONTEXT, distributionNode, fr, link, type Node } from '../web/dcat.ts'
import type { FileInfo, Publishing, ReleaseHead } from './release-files.ts'
import { licenceOf } from './release-licences.ts'

type Described = ReleaseHead & { files: readonly FileInfo[] }

const TITLE = 'Cartographie des métiers et des compétences de la médiation numérique'
const ABOUT =
  'Métiers, fonctions et dispositifs de la médiation numérique en France ; leurs missions et activités ; les compétences ' +
  'qu’ils demandent ; les modules, badges et blocs qui y répondent. Chaque entrée nomme sa source ; ce qui n’est pas officiel ' +
  'est marqué « illustratif » ou « proposé ».'

const seriesOf = ({ baseUrl }: Publishing): string => `${baseUrl}/cartographie/editions`

/** A catalogue of one release, as its own files have it (DCAT-AP 3.0). */
export const releaseCatalogue = (release: Described, site: Publishing): object =>
  catalogue([release], site, `${seriesOf(site)}/${release.number}#catalogue`, release.publishedAt)

/** The catalogue of every release, for those who harvest it (DCAT-AP 3.0). The newest first. */
export const wholeCatalogue = (releases: readonly Described[], site: Publishing): object =>
  catalogue(releases, site, `${site.baseUrl}/cartographie/catalogue.jsonld`, releases[0]?.publishedAt ?? null)

function catalogue(releases: readonly Described[], site: Publishing, id: string, modified: Date | null): object {
  return {
    '@context': DCAT_CONTEXT,
    '@graph': [
      {
        '@id': id,
        '@type': 'dcat:Catalog',
        'dct:title': fr('Éditions de la cartographie de la médiation numérique'),
        'dct:description': fr('Éditions numérotées : aucune ne change une fois publiée.'),
        'dct:publisher': link(`${site.baseUrl}/#publisher`),
        'dct:language': link(`${AUTHORITY}/language/FRA`),
        ...(modified && { 'dct:modified': dateTime(modified) }),
        'foaf:homepage': link(seriesOf(site)),
        'dcat:dataset': releases.map(({ number }) => link(`${seriesOf(site)}/${number}`)),
      },
      { '@id': `${site.baseUrl}/#publisher`, '@type': 'foaf:Agent', 'foaf:name': site.publisher },
      {
        '@id': seriesOf(site),
        '@type': 'dcat:DatasetSeries',
        'dct:title': fr(TITLE),
        'dct:description': fr(ABOUT),
        'dct:publisher': link(`${site.baseUrl}/#publisher`),
        'dct:accrualPeriodicity': link(`${AUTHORITY}/frequency/IRREG`),
      },
      ...releases.flatMap((one) => [datasetOf(one, site), ...one.files.map((file) => distributionOf(one, file, site))]),
    ],
  }
}

function datasetOf({ number, publishedAt, note, files }: Described, site: Publishing): Node {
  const id = `${seriesOf(site)}/${number}`
  return {
    ...datasetNode(id, `${TITLE}, édition ${number}`, ABOUT, site.baseUrl),
    'dct:issued': dateTime(publishedAt),
    'dct:modified': dateTime(publishedAt),
    'dcat:keyword': ['médiation numérique', 'inclusion numérique', 'métiers', 'compétences', 'formation'].map(fr),
    'dcat:landingPage': link(id),
    'dcat:version': String(number),
    'adms:versionNotes': fr(note),
    'dcat:inSeries': link(seriesOf(site)),
    ...(number > 1 && {
      'dcat:previousVersion': link(`${seriesOf(site)}/${number - 1}`),
      'dcat:prev': link(`${seriesOf(site)}/${number - 1}`),
    }),
    'dcat:distribution': files.map(({ name }) => link(fileUrl(site.baseUrl, number, name))),
  }
}

/** Where a file of a release is. */
export const fileUrl = (baseUrl: string, number: number, name: string): string =>
  `${baseUrl}/api/v1/cartography/releases/${number}/files/${name}`

const distributionOf = ({ number }: Described, file: FileInfo, site: Publishing): Node =>
  distributionNode(file, {
    url: fileUrl(site.baseUrl, number, file.name),
    page: `${seriesOf(site)}/${number}`,
    rights: rightsOf(file.licences),
  })

/** One licence is a licence; several, or one that nobody states, are told in words. */
export function rightsOf(licences: readonly (string | null)[]): Node {
  const [only = null] = licences
  const known = licences.length === 1 ? licenceOf(only) : null
  if (known) return { 'dct:license': link(known.authority ?? known.path) }
  return { 'dct:rights': { '@type': 'dct:RightsStatement', 'rdfs:label': fr(rightsWords(licences)) } }
}

/** The licences of a file, in words. */
export const rightsWords = (licences: readonly (string | null)[]): string =>
  licences.length > 1
    ? `Chaque texte garde la licence de sa source : ${licences.map((one) => one ?? 'non précisée').join(' ; ')}.`
    : (licences[0] ?? 'Licence non précisée par la source.')
