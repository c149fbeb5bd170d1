import { citations } from '../web/components.ts'
import type { getCompetence } from './referential.ts'

type Competence = Awaited<ReturnType<typeof getCompetence>>
type Relation = Competence['relations'][number]
type Ref = Relation['from']

// SKOS Reference §10: broadMatch and narrowMatch are inverse of each other, the three others are symmetric.
const INVERSE = {
  exactMatch: 'exactMatch',
  closeMatch: 'closeMatch',
  broadMatch: 'narrowMatch',
  narrowMatch: 'broadMatch',
  relatedMatch: 'relatedMatch',
} as const

/** A relation read from one of its two ends: what the other competence is to this one. */
export function seenFrom({ framework, version, code }: Ref, { from, relation, to, status, source }: Relation) {
  const here = from.framework === framework && from.version === version && from.code === code
  return { relation: here ? relation : INVERSE[relation], other: here ? to : from, status, source: parseSource(source) }
}

/** The source of a relation as it was given: it is stored as text, a sentence or the JSON of one or several citations. */
export const parseSource = (source: string): unknown => (/^[[{]/.test(source) ? JSON.parse(source) : source)

/** The public address of a competence: its identifier. */
const competenceUrl = (baseUrl: string, { framework, version, code }: Ref): string =>
  `${baseUrl}/referentiels/${framework}/${version}/${encodeURIComponent(code)}`

/** The terms of our concepts. */
export const CONTEXT = {
  '@version': 1.1,
  skos: 'http://www.w3.org/2004/02/skos/core#',
  dcterms: 'http://purl.org/dc/terms/',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  id: '@id',
  type: '@type',
  prefLabel: { '@id': 'skos:prefLabel', '@container': '@language' },
  definition: { '@id': 'skos:definition', '@container': '@language' },
  editorialNote: { '@id': 'skos:editorialNote', '@language': 'fr' },
  notation: 'skos:notation',
  inScheme: { '@id': 'skos:inScheme', '@type': '@id' },
  broader: { '@id': 'skos:broader', '@type': '@id' },
  exactMatch: { '@id': 'skos:exactMatch', '@type': '@id' },
  closeMatch: { '@id': 'skos:closeMatch', '@type': '@id' },
  broadMatch: { '@id': 'skos:broadMatch', '@type': '@id' },
  narrowMatch: { '@id': 'skos:narrowMatch', '@type': '@id' },
  relatedMatch: { '@id': 'skos:relatedMatch', '@type': '@id' },
  seeAlso: { '@id': 'rdfs:seeAlso', '@type': '@id' },
  source: { '@id': 'dcterms:source', '@language': 'fr' },
}

/** A competence as a SKOS concept in JSON-LD, with the mappings that leave from it or arrive at it. */
export const competenceDocument = (competence: Competence, baseUrl: string) => ({
  '@context': CONTEXT,
  ...competenceConcept(competence, baseUrl),
})

/** The same without the context, to stand among others. */
export function competenceConcept({ framework: about, competence, relations }: Competence, baseUrl: string) {
  const { framework, version } = about
  const here = { framework, version, code: competence.code }
  const seen = relations.map((one) => seenFrom(here, one))
  const definition = competence.description && spoken(competence.description)
  const matches = Map.groupBy(seen, (one) => one.relation)
  return {
    id: competenceUrl(baseUrl, here),
    type: 'skos:Concept',
    notation: competence.code,
    prefLabel: spoken(competence.label) ?? {},
    ...(definition && { definition }),
    inScheme: `${baseUrl}/referentiels/${framework}/${version}`,
    ...(competence.parent && { broader: competenceUrl(baseUrl, { framework, version, code: competence.parent }) }),
    ...Object.fromEntries(
      Array.from(matches, ([relation, ones]) => [relation, ones.map(({ other }) => competenceUrl(baseUrl, other))]),
    ),
    ...(competence.esco && { seeAlso: competence.esco }),
    editorialNote: editorialNotes(about.languages.unofficial, seen),
    source: citations(competence.source ?? about.source),
  }
}

/** The languages that are given, by language; null when none is. */
export function spoken(text: { fr: string | null; en: string | null }): Record<string, string> | null {
  const given = Object.entries(text).filter((entry): entry is [string, string] => entry[1] !== null)
  return given.length === 0 ? null : Object.fromEntries(given)
}

const LANGUAGES: Record<string, string> = { fr: 'français', en: 'anglais' }

function editorialNotes(unofficial: string[], seen: { status: string }[]): string[] {
  return [
    ...unofficial.map((lang) => `Libellé ${LANGUAGES[lang] ?? lang} non officiel.`),
    ...(seen.some((one) => one.status === 'proposed') ? ['Correspondances proposées, non officielles.'] : []),
  ]
}
