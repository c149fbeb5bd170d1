import type { FileInfo, Publishing, ReleaseHead } from './release-files.ts'
import { licenceOf } from './release-licences.ts'

type Described = ReleaseHead & { files: readonly FileInfo[] }
type Node = Record<string, unknown>

const AUTHORITY = 'http://publications.europa.eu/resource/authority'
const TITLE = 'Cartographie des métiers et des compétences de la médiation numérique'
const ABOUT =
  'Métiers, fonctions et dispositifs de la médiation numérique en France ; leurs missions et activités ; les compétences ' +
  'qu’ils demandent ; les modules, badges et blocs qui y répondent. Chaque entrée nomme sa source ; ce qui n’est pas officiel ' +
  'est marqué « illustratif » ou « proposé ».'

const CONTEXT = {
  dcat: 'http://www.w3.org/ns/dcat#',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  adms: 'http://www.w3.org/ns/adms#',
  spdx: 'http://spdx.org/rdf/terms#',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
}

const fr = (value: string) => ({ '@value': value, '@language': 'fr' })
const link = (id: string) => ({ '@id': id })
const dateTime = (at: Date) => ({ '@value': at.toISOString(), '@type': 'xsd:dateTime' })
const seriesOf = ({ baseUrl }: Publishing): string => `${baseUrl}/cartographie/editions`

/** A catalogue of one release, as its own files have it (DCAT-AP 3.0). */
export const releaseCatalogue = (release: Described, site: Publishing): object =>
  catalogue([release], site, `${seriesOf(site)}/${release.number}#catalogue`, release.publishedAt)

/** The catalogue of every release, for those who harvest it (DCAT-AP 3.0). The newest first. */
export const wholeCatalogue = (releases: readonly Described[], site: Publishing): object =>
  catalogue(releases, site, `${site.baseUrl}/cartographie/catalogue.jsonld`, releases[0]?.publishedAt ?? null)

function catalogue(releases: readonly Described[], site: Publishing, id: string, modified: Date | null): object {
  return {
    '@context': CONTEXT,
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
    '@id': id,
    '@type': 'dcat:Dataset',
    'dct:identifier': id,
    'dct:title': fr(`${TITLE}, édition ${number}`),
    'dct:description': fr(ABOUT),
    'dct:issued': dateTime(publishedAt),
    'dct:modified': dateTime(publishedAt),
    'dct:publisher': link(`${site.baseUrl}/#publisher`),
    'dct:language': link(`${AUTHORITY}/language/FRA`),
    'dct:spatial': link(`${AUTHORITY}/country/FRA`),
    'dct:accessRights': link(`${AUTHORITY}/access-right/PUBLIC`),
    'dcat:theme': [link(`${AUTHORITY}/data-theme/EDUC`), link(`${AUTHORITY}/data-theme/SOCI`)],
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

const FORMATS: Record<string, string> = { csv: 'CSV', json: 'JSON', jsonld: 'JSON_LD' }

function distributionOf(
  { number }: Described,
  { name, title, mediaType, licences, bytes, sha256 }: FileInfo,
  site: Publishing,
): Node {
  const url = fileUrl(site.baseUrl, number, name)
  const format = FORMATS[name.split('.').at(-1)!]
  return {
    '@id': url,
    '@type': 'dcat:Distribution',
    'dct:title': fr(title),
    'dcat:accessURL': link(`${seriesOf(site)}/${number}`),
    'dcat:downloadURL': link(url),
    'dcat:mediaType': link(`https://www.iana.org/assignments/media-types/${mediaType.split(';')[0]}`),
    ...(format && { 'dct:format': link(`${AUTHORITY}/file-type/${format}`) }),
    'dcat:byteSize': { '@value': String(bytes), '@type': 'xsd:nonNegativeInteger' },
    'spdx:checksum': {
      '@type': 'spdx:Checksum',
      'spdx:algorithm': link('http://spdx.org/rdf/terms#checksumAlgorithm_sha256'),
      'spdx:checksumValue': { '@value': sha256, '@type': 'xsd:hexBinary' },
    },
    ...rightsOf(licences),
  }
}

/** One licence is a licence; several, or one that nobody states, are told in words. */
function rightsOf(licences: readonly (string | null)[]): Node {
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
