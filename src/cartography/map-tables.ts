import { parseSource } from '../referential/skos.ts'
import { citedDocuments } from '../web/components.ts'
import { keyOf } from '../referential/schema.ts'
import {
  column,
  type Content,
  must,
  NOTE,
  OPEN,
  SOURCE,
  sourceCell,
  STATUS,
  type Table,
  word,
} from './release-table.ts'

type Framework = Content['map']['frameworks'][number]
const nameOf = ({ framework, version }: { framework: string; version: string }): string => `${framework}/${version}`
// A framework whose wording is official in no language was made by this service.
const standing = ({ languages }: Framework): string =>
  languages.official.length > 0 ? word('official') : word('illustrative')

const METIERS: Table = {
  name: 'metiers',
  type: 'Metier',
  title: 'Métiers, fonctions et dispositifs',
  licence: OPEN,
  key: ['metier'],
  path: (key) => `/metiers/${key}`,
  columns: [
    must('metier', 'Identifiant'),
    must('nature', 'Métier, fonction ou dispositif', { values: ['metier', 'fonction', 'dispositif'] }),
    column('famille', 'Famille de métiers'),
    must('feminin', 'Nom au féminin'),
    must('masculin', 'Nom au masculin'),
    must('statut', 'Existant, historique ou proposé', { values: ['existant', 'historique', 'proposé'] }),
    column('coeur', 'La médiation numérique est le cœur du travail', { type: 'boolean' }),
    column('description', 'Description'),
    column('rome', 'Code ROME, quand il est connu'),
    column('esco', 'Adresse ESCO, quand elle est connue'),
    column('finance', 'Métier que le dispositif finance', { to: 'metiers' }),
    SOURCE,
    NOTE,
  ],
  rows: ({ map }) =>
    map.metiers.map(
      ({ slug, kind, family, label, status, core, description, rome, esco, scheme_of, source, note }) => ({
        metier: slug,
        nature: word(kind),
        famille: family,
        feminin: label.feminine,
        masculin: label.masculine,
        statut: word(status),
        coeur: core,
        description,
        rome,
        esco,
        finance: scheme_of,
        source: sourceCell(source),
        note,
      }),
    ),
}

const FRAMEWORKS: Table = {
  name: 'referentiels',
  type: 'Referentiel',
  title: 'Référentiels et leurs versions',
  licence: OPEN,
  key: ['referentiel'],
  path: (key) => `/referentiels/${key}`,
  columns: [
    must('referentiel', 'Identifiant et version'),
    column('titre_fr', 'Titre en français'),
    column('titre_en', 'Titre en anglais'),
    must('axe', 'Axe professionnel ou numérique', { values: ['professionnel', 'numérique'] }),
    must('editeur', 'Qui le publie'),
    column('licence', 'Licence de ses textes, quand la source la précise'),
    column('langues_officielles', 'Langues dont les intitulés sont officiels'),
    column('langues_non_officielles', 'Langues dont les intitulés ne le sont pas'),
    column('niveau_min', 'Premier niveau de son échelle', { type: 'integer' }),
    column('niveau_max', 'Dernier niveau de son échelle', { type: 'integer' }),
    STATUS,
    SOURCE,
    NOTE,
  ],
  rows: ({ map }) =>
    map.frameworks.map((one) => ({
      referentiel: nameOf(one),
      titre_fr: one.title.fr,
      titre_en: one.title.en,
      axe: word(one.axis),
      editeur: one.publisher,
      licence: one.licence,
      langues_officielles: one.languages.official.join(' ') || null,
      langues_non_officielles: one.languages.unofficial.join(' ') || null,
      niveau_min: one.levels[0]?.level ?? null,
      niveau_max: one.levels.at(-1)?.level ?? null,
      statut: standing(one),
      source: sourceCell(one.source),
      note: one.note,
    })),
}

const ENTRIES: Table = {
  name: 'entrees',
  type: 'Entree',
  title: 'Entrées des référentiels : compétences, missions, activités et leurs regroupements',
  licence: OPEN,
  key: ['entree'],
  path: (key) => `/referentiels/${key.split('/').map(encodeURIComponent).join('/')}`,
  columns: [
    must('entree', 'Référentiel, version et code'),
    must('referentiel', 'Référentiel', { to: 'referentiels' }),
    must('code', 'Code dans le référentiel'),
    must('nature', 'Savoir, savoir-faire, savoir-être, compétence, domaine, mission, activité, regroupement'),
    must('axe', 'Axe professionnel ou numérique', { values: ['professionnel', 'numérique'] }),
    column('parent', 'Entrée dont elle fait partie', { to: 'entrees' }),
    column('esco', 'Adresse ESCO, quand elle est connue'),
    STATUS,
    SOURCE,
  ],
  rows: ({ map }) => {
    const known = new Map(map.frameworks.map((one) => [nameOf(one), one]))
    return [...map.competences, ...map.duties, ...map.areas].map((one) => ({
      entree: one.key,
      referentiel: nameOf(one),
      code: one.code,
      nature: word(one.kind),
      axe: word(one.axis),
      parent: one.parent,
      esco: one.esco,
      statut: standing(known.get(nameOf(one))!),
      source: sourceCell(one.source ?? known.get(nameOf(one))!.source),
    }))
  },
}

/** The wording of a version of a framework: a file of its own, under the licence of that framework. */
const wordingTable = (framework: Framework): Table => ({
  name: `libelles-${framework.framework}-${framework.version}`,
  type: 'Libelle',
  title: `Intitulés et descriptions : ${framework.title.fr ?? framework.framework}`,
  licence: framework.licence,
  isWording: true,
  key: ['entree'],
  columns: [
    must('entree', 'Référentiel, version et code', { to: 'entrees' }),
    column('intitule_fr', 'Intitulé en français'),
    column('intitule_en', 'Intitulé en anglais'),
    column('description_fr', 'Description en français'),
    column('description_en', 'Description en anglais'),
    column('non_officiel', 'Langues dont les textes ne sont pas officiels'),
  ],
  rows: ({ entries }) =>
    entries
      .filter((one) => nameOf(one) === nameOf(framework))
      .map(({ about: { code, label, description } }) => ({
        entree: keyOf({ ...framework, code }),
        intitule_fr: label.fr,
        intitule_en: label.en,
        description_fr: description?.fr ?? null,
        description_en: description?.en ?? null,
        non_officiel: framework.languages.unofficial.join(' ') || null,
      })),
})

const SOURCES: Table = {
  name: 'sources',
  type: 'Source',
  title: 'Documents et adresses cités',
  licence: OPEN,
  key: ['document'],
  columns: [
    must('document', 'Titre du document, ou adresse'),
    must('citations', 'Nombre de fois où il est cité', { type: 'integer' }),
  ],
  rows: ({ map }) => {
    const { crosswalks, certifications, requirements, ...others } = map
    const sources: unknown[] = [
      ...crosswalks.map((one) => parseSource(one.source)),
      ...certifications.flatMap((one) => one.sources),
      ...Object.values(others)
        .flat()
        .map((one) => ('source' in one ? one.source : null)),
      ...requirements.map((one) => one.source),
    ]
    const cited = Map.groupBy(sources.flatMap(citedDocuments), (one) => one)
    return Array.from(cited, ([document, times]) => ({ document, citations: times.length }))
  },
}

/** The tables of métiers, of frameworks with their wording, and of the documents that the map cites. */
export const mapTables = ({ map }: Content): Table[] => [
  METIERS,
  FRAMEWORKS,
  ENTRIES,
  // By code units, as rows are: the order of a database may change with its collation.
  ...map.frameworks.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)).map(wordingTable),
  SOURCES,
]
