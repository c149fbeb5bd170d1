/** A node of a catalogue, in JSON-LD. */
export type Node = Record<string, unknown>

/** Where the authority of the EU names languages, frequencies, licences, kinds of files. */
export const AUTHORITY = 'http://publications.europa.eu/resource/authority'

/** The vocabularies of a catalogue (DCAT-AP 3.0). */
export const DCAT_CONTEXT = {
  dcat: 'http://www.w3.org/ns/dcat#',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  adms: 'http://www.w3.org/ns/adms#',
  spdx: 'http://spdx.org/rdf/terms#',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
}

export const fr = (value: string) => ({ '@value': value, '@language': 'fr' })
export const link = (id: string) => ({ '@id': id })
export const dateTime = (at: Date) => ({ '@value': at.toISOString(), '@type': 'xsd:dateTime' })
export const day = (date: string) => ({ '@value': date, '@type': 'xsd:date' })

/** What every dataset of the service says alike: language, territory, rights of access, themes. */
export const datasetNode = (id: string, title: string, description: string, baseUrl: string): Node => ({
  '@id': id,
  '@type': 'dcat:Dataset',
  'dct:identifier': id,
  'dct:title': fr(title),
  'dct:description': fr(description),
  'dct:publisher': link(`${baseUrl}/#publisher`),
  'dct:language': link(`${AUTHORITY}/language/FRA`),
  'dct:spatial': link(`${AUTHORITY}/country/FRA`),
  'dct:accessRights': link(`${AUTHORITY}/access-right/PUBLIC`),
  'dcat:theme': [link(`${AUTHORITY}/data-theme/EDUC`), link(`${AUTHORITY}/data-theme/SOCI`)],
})

const FORMATS: Record<string, string> = { csv: 'CSV', json: 'JSON', jsonld: 'JSON_LD' }
/** In use, yet not in the register of the IANA, whose address would lead nowhere. */
const UNREGISTERED = new Set(['application/jsonl'])

const typeOf = (type: string): Node =>
  UNREGISTERED.has(type)
    ? { 'dct:format': { '@type': 'dct:MediaTypeOrExtent', 'rdfs:label': type } }
    : { 'dcat:mediaType': link(`https://www.iana.org/assignments/media-types/${type}`) }

type File = { name: string; title: string; mediaType: string; bytes: number; sha256: string }

/** A file that can be taken, with its size and its checksum; `rights` is its licence, in whatever words. */
export function distributionNode(file: File, { url, page, rights }: { url: string; page: string; rights: Node }): Node {
  const { name, title, mediaType, bytes, sha256 } = file
  const format = FORMATS[name.split('.').at(-1)!]
  return {
    '@id': url,
    '@type': 'dcat:Distribution',
    'dct:title': fr(title),
    'dcat:accessURL': link(page),
    'dcat:downloadURL': link(url),
    ...typeOf(mediaType.split(';')[0]!),
    ...(format && { 'dct:format': link(`${AUTHORITY}/file-type/${format}`) }),
    'dcat:byteSize': { '@value': String(bytes), '@type': 'xsd:nonNegativeInteger' },
    'spdx:checksum': {
      '@type': 'spdx:Checksum',
      'spdx:algorithm': link('http://spdx.org/rdf/terms#checksumAlgorithm_sha256'),
      'spdx:checksumValue': { '@value': sha256, '@type': 'xsd:hexBinary' },
    },
    ...rights,
  }
}
