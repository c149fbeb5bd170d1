import { rightsOf } from '../cartography/release-dcat.ts'
import { addDays, addMonths } from '../days.ts'
import type { Db } from '../db.ts'
import {
  AUTHORITY,
  datasetNode,
  dateTime,
  day,
  DCAT_CONTEXT,
  distributionNode,
  fr,
  link,
  type Node,
} from '../web/dcat.ts'
import { fileUrl, type FileInfo, type Site } from './edition-head.ts'
import type { ImportedEdition } from './edition-schema.ts'
import { type Edition, listEditions, listFiles } from './editions.ts'
import { importedEditions } from './imported.ts'
import { importedFiles, importedFileUrl } from './imported-files.ts'

/** Where the open data are shown, and harvested. */
export const OPEN_DATA = '/donnees'
export const CATALOGUE = `${OPEN_DATA}/catalogue.jsonld`
/** What the figures and words of the service are given under. */
export const LICENCE = 'Licence Ouverte 2.0'

/** Everything that is given as files, with what each weighs. */
export type OpenData = {
  own: { edition: Edition; files: readonly FileInfo[] }[]
  imported: { edition: ImportedEdition; files: readonly FileInfo[] }[]
}

/** Whom to write to about the data; null when the operator does not say. */
export type Contact = string | null

/** The editions and their files: those of the service, the newest period first, then those of others. */
export async function readOpenData(db: Db): Promise<OpenData> {
  const [editions, files] = await Promise.all([listEditions(db), listFiles(db)])
  return {
    own: editions.map((edition) => ({ edition, files: files.get(edition.edition) ?? [] })),
    imported: importedEditions.map((edition) => ({ edition, files: importedFiles(edition) })),
  }
}

const TITLE = 'Chiffres de la médiation numérique'
const ABOUT =
  'Badges, habilitations, formations, besoins déclarés et vérifications, comptés par Insigne, par période finie et par ' +
  'territoire. Un nombre qui pourrait désigner quelqu’un est secret. Une édition ne change plus et porte une signature.'
const KEYWORDS = ['médiation numérique', 'inclusion numérique', 'badges', 'compétences', 'formation', 'statistiques']

/** The catalogue of all open data, for those who harvest it (DCAT-AP 3.0). */
export function openDataCatalogue({ own, imported }: OpenData, site: Site, contact: Contact): object {
  const { baseUrl } = site
  const id = baseUrl + CATALOGUE
  const series = `${baseUrl}/statistiques`
  const modified = own.map((one) => one.edition.publishedAt).toSorted((a, b) => b.getTime() - a.getTime())[0]
  const cartography = `${baseUrl}/cartographie/catalogue.jsonld`
  const datasets = [
    ...own.map((one) => ownDataset(one, site, contact)),
    ...imported.map((one) => importedDataset(one, site)),
  ]
  return {
    '@context': { ...DCAT_CONTEXT, vcard: 'http://www.w3.org/2006/vcard/ns#' },
    '@graph': [
      {
        '@id': id,
        '@type': 'dcat:Catalog',
        'dct:title': fr('Données ouvertes d’Insigne'),
        'dct:description': fr('Chiffres par édition, et cartographie des métiers et des compétences.'),
        'dct:publisher': link(`${baseUrl}/#publisher`),
        'dct:language': link(`${AUTHORITY}/language/FRA`),
        ...(modified && { 'dct:modified': dateTime(modified) }),
        ...rightsOf([LICENCE]),
        'foaf:homepage': link(baseUrl + OPEN_DATA),
        'dcat:dataset': datasets.map(([dataset]) => link(String(dataset!['@id']))),
        'dcat:catalog': link(cartography),
        'dcat:service': link(`${baseUrl}/api/v1/statistics`),
      },
      { '@id': `${baseUrl}/#publisher`, '@type': 'foaf:Agent', 'foaf:name': site.publisher },
      {
        '@id': cartography,
        '@type': 'dcat:Catalog',
        'dct:title': fr('Éditions de la cartographie de la médiation numérique'),
      },
      {
        '@id': `${baseUrl}/api/v1/statistics`,
        '@type': 'dcat:DataService',
        'dct:title': fr('Les mêmes chiffres, par l’API'),
        'dcat:endpointURL': link(`${baseUrl}/api/v1/statistics`),
        'dcat:endpointDescription': link(`${baseUrl}/api/v1/openapi.json`),
      },
      {
        '@id': series,
        '@type': 'dcat:DatasetSeries',
        'dct:title': fr(TITLE),
        'dct:description': fr(ABOUT),
        'dct:publisher': link(`${baseUrl}/#publisher`),
        'dct:accrualPeriodicity': link(`${AUTHORITY}/frequency/IRREG`),
      },
      ...datasets.flat(),
    ],
  }
}

function ownDataset({ edition, files }: OpenData['own'][number], site: Site, contact: Contact): Node[] {
  const { baseUrl } = site
  const id = `${baseUrl}/statistiques/${edition.edition}`
  const dataset = {
    ...datasetNode(id, `${TITLE}, édition ${edition.edition}`, ABOUT, baseUrl),
    'dct:issued': dateTime(edition.publishedAt),
    'dct:modified': dateTime(edition.publishedAt),
    'dct:accrualPeriodicity': link(`${AUTHORITY}/frequency/NEVER`),
    'dct:temporal': {
      '@type': 'dct:PeriodOfTime',
      'dcat:startDate': day(`${edition.fromMonth}-01`),
      'dcat:endDate': day(addDays(addMonths(`${edition.toMonth}-01`, 1), -1)),
    },
    'dcat:keyword': KEYWORDS.map(fr),
    'dcat:landingPage': link(id),
    'dcat:version': edition.edition,
    'dcat:inSeries': link(`${baseUrl}/statistiques`),
    ...(contact && { 'dcat:contactPoint': contactNode(contact, site) }),
    'dcat:distribution': files.map(({ name }) => link(fileUrl(baseUrl, edition.edition, name))),
  }
  const distributions = files.map((file) =>
    distributionNode(file, {
      url: fileUrl(baseUrl, edition.edition, file.name),
      page: id,
      rights: rightsOf([LICENCE]),
    }),
  )
  return [dataset, ...distributions]
}

function importedDataset({ edition, files }: OpenData['imported'][number], { baseUrl }: Site): Node[] {
  const id = `${baseUrl}/statistiques/${edition.edition}`
  const dataset = {
    ...datasetNode(id, edition.title, edition.method, baseUrl),
    'dct:creator': { '@type': 'foaf:Agent', 'foaf:name': edition.publisher },
    'dct:accrualPeriodicity': link(`${AUTHORITY}/frequency/NEVER`),
    'dct:temporal': {
      '@type': 'dct:PeriodOfTime',
      'dcat:startDate': day(edition.collected.from),
      'dcat:endDate': day(edition.collected.to),
    },
    'dcat:keyword': KEYWORDS.map(fr),
    'dcat:landingPage': link(id),
    'dcat:distribution': files.map(({ name }) => link(importedFileUrl(baseUrl, edition.edition, name))),
  }
  const rights = rightsOf([edition.licence])
  return [
    dataset,
    ...files.map((file) =>
      distributionNode(file, { url: importedFileUrl(baseUrl, edition.edition, file.name), page: id, rights }),
    ),
  ]
}

const contactNode = (contact: string, { publisher }: Site): Node => ({
  '@type': 'vcard:Kind',
  'vcard:fn': publisher,
  ...(/^[^@\s]+@[^@\s]+$/.test(contact)
    ? { 'vcard:hasEmail': link(`mailto:${contact}`) }
    : { 'vcard:note': fr(contact) }),
})
