import { bothForms } from '../referential/metier-view.ts'
import { competenceConcept, CONTEXT, spoken } from '../referential/skos.ts'
import { citations } from '../web/components.ts'
import { keyOf } from '../referential/schema.ts'
import type { Content, Row, Table } from './release-table.ts'
import type { FilledTable } from './release-tables.ts'

type Node = Record<string, unknown>
type Site = { tables: readonly FilledTable[]; baseUrl: string }

/**
 * The whole map as JSON-LD. Frameworks and métiers are SKOS schemes of concepts; what the tables say of them is in a small
 * vocabulary that the file itself defines, whose terms are the columns. Needs no network to be read.
 */
export function linkedRelease(content: Content, site: Site): object {
  const tables = site.tables.filter((table) => !table.isWording)
  const concepts = new Map([
    ...frameworkNodes(content),
    ...conceptNodes(content, site.baseUrl),
    ...metierNodes(content, site.baseUrl),
  ])
  return {
    '@context': contextOf(tables, site.baseUrl),
    '@graph': [
      {
        id: `${site.baseUrl}/metiers`,
        type: 'skos:ConceptScheme',
        prefLabel: { fr: 'Métiers, fonctions et dispositifs' },
      },
      ...tables.flatMap((table) => table.filled.map((row) => rowNode(table, row, site, concepts))),
      ...vocabulary(tables),
    ],
  }
}

// The only column of a key is the address of the row.
const saidColumns = ({ key, columns }: Table) =>
  columns.filter(({ name, to }) => to || key.length > 1 || name !== key[0])

function contextOf(tables: readonly Table[], baseUrl: string): Node {
  const terms = tables.flatMap(saidColumns).map(({ name, to, type }) => {
    const typed = to ? '@id' : type === 'date' ? 'xsd:date' : null
    return [name, { '@id': `insigne:${name}`, ...(typed && { '@type': typed }) }] as const
  })
  return {
    ...Object.fromEntries(terms),
    ...CONTEXT,
    rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
    xsd: 'http://www.w3.org/2001/XMLSchema#',
    insigne: `${baseUrl}/cartographie#`,
    altLabel: { '@id': 'skos:altLabel', '@container': '@language' },
    label: { '@id': 'rdfs:label', '@container': '@language' },
  }
}

/** A row: links to other rows are their addresses; a concept says in the words of SKOS what these have words for. */
function rowNode(table: FilledTable, row: Row, { tables, baseUrl }: Site, concepts: Map<string, Node>): Node {
  const id = addressOf(table, row, baseUrl)
  const { type = [], ...concept } = concepts.get(`${table.name} ${String(row[table.key[0]!])}`) ?? {}
  const cells = saidColumns(table).flatMap(({ name, to }) => {
    const cell = row[name] ?? null
    if (cell === null || name in concept || IN_SKOS[table.name]?.includes(name)) return []
    const target = tables.find((one) => one.name === to)
    return [[name, target?.path ? baseUrl + target.path(String(cell)) : cell]]
  })
  return {
    id,
    type: [`insigne:${table.type}`, type].flat(),
    ...concept,
    ...Object.fromEntries(cells),
    ...rncpLink(table, row),
  }
}

/** What a concept of these tables says in the words of SKOS instead. */
const IN_SKOS: Record<string, readonly string[]> = {
  metiers: ['feminin', 'masculin', 'description', 'esco'],
  referentiels: ['titre_fr', 'titre_en'],
  entrees: ['referentiel', 'code', 'parent', 'esco'],
}

/** Where a row is described, or what names it on the page of the map. */
function addressOf({ name, key, path }: Table, row: Row, baseUrl: string): string {
  if (path) return baseUrl + path(String(row[key[0]!]))
  return `${baseUrl}/cartographie#${name}/${key.map((one) => encodeURIComponent(String(row[one]))).join('/')}`
}

/** France Compétences describes each certification of the RNCP at an address made of its number. */
function rncpLink({ name }: Table, { code }: Row): Node {
  const number = name === 'certifications' ? /^RNCP(\d+)$/.exec(String(code))?.[1] : undefined
  return number === undefined ? {} : { seeAlso: `https://www.francecompetences.fr/recherche/rncp/${number}/` }
}

type Named = [name: string, node: Node]

const frameworkNodes = ({ map }: Content): Named[] =>
  map.frameworks.map((one) => [
    `referentiels ${one.framework}/${one.version}`,
    { type: 'skos:ConceptScheme', prefLabel: spoken(one.title) ?? {}, source: citations(one.source) },
  ])

function conceptNodes({ map, entries }: Content, baseUrl: string): Named[] {
  const frameworks = new Map(map.frameworks.map((one) => [`${one.framework}/${one.version}`, one]))
  const sorted = map.crosswalks
    .map((one) => [`${keyOf(one.from)} ${one.relation} ${keyOf(one.to)}`, one] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one)
  const leaving = Map.groupBy(sorted, ({ from }) => keyOf(from))
  const arriving = Map.groupBy(sorted, ({ to }) => keyOf(to))
  return entries.map(({ framework, version, about: competence }) => {
    const key = keyOf({ framework, version, code: competence.code })
    const relations = [...(leaving.get(key) ?? []), ...(arriving.get(key) ?? [])]
    const about = frameworks.get(`${framework}/${version}`)!
    const { id: _, ...concept } = competenceConcept({ framework: about, competence, relations }, baseUrl)
    return [`entrees ${key}`, concept]
  })
}

const metierNodes = ({ map }: Content, baseUrl: string): Named[] =>
  map.metiers.map((metier) => [
    `metiers ${metier.slug}`,
    {
      type: 'skos:Concept',
      prefLabel: { fr: bothForms(metier) },
      altLabel: { fr: [...new Set([metier.label.feminine, metier.label.masculine])] },
      ...(metier.description && { definition: { fr: metier.description } }),
      ...(metier.esco && { seeAlso: metier.esco }),
      inScheme: `${baseUrl}/metiers`,
      source: citations(metier.source),
    },
  ])

/** What the terms of ours mean. */
function vocabulary(tables: readonly Table[]): Node[] {
  const columns = new Map(tables.flatMap(saidColumns).map((one) => [one.name, one.title]))
  return [
    ...tables.map(({ type, title }) => ({ id: `insigne:${type}`, type: 'rdfs:Class', label: { fr: title } })),
    ...Array.from(columns)
      .filter(([name]) => !(name in CONTEXT))
      .map(([name, title]) => ({ id: `insigne:${name}`, type: 'rdf:Property', label: { fr: title } })),
  ]
}
