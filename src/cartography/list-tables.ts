import { parseSource } from '../referential/skos.ts'
import { keyOf } from '../referential/schema.ts'
import { column, must, NOTE, OPEN, SOURCE, sourceCell, STATUS, type Table, word } from './release-table.ts'

const LIST = must('liste', 'Liste qui le dit', { to: 'listes' })

type Said = { list: string; status: string; source: unknown; note?: string | null | undefined }
/** What every row that comes from a list tells of it. */
const said = ({ list, status, source, note = null }: Said) => ({
  statut: word(status),
  liste: list,
  source: sourceCell(source),
  note,
})

const LISTS: Table = {
  name: 'listes',
  type: 'Liste',
  title: 'Listes de la cartographie, officielles ou illustratives',
  licence: OPEN,
  key: ['liste'],
  path: (key) => `/cartographie/listes#${key}`,
  columns: [
    must('liste', 'Identifiant'),
    must('nature', 'Ce que la liste dit', {
      values: ['exigences', 'missions', 'activités', 'passerelles', 'besoins'],
    }),
    must('edition', 'Édition'),
    STATUS,
    must('titre', 'Titre'),
    must('editeur', 'Qui la publie'),
    column('licence', 'Licence de ses textes, quand la source la précise'),
    must('entrees', 'Nombre d’entrées dans la liste, mises de côté comprises', { type: 'integer' }),
    SOURCE,
    NOTE,
  ],
  rows: ({ map }) =>
    map.lists.map((one) => ({
      liste: one.list,
      nature: word(one.kind),
      edition: one.edition,
      statut: word(one.status),
      titre: one.title,
      editeur: one.publisher,
      licence: one.licence,
      entrees: one.entries,
      source: sourceCell(one.source),
      note: one.note,
    })),
}

const DUTIES: Table = {
  name: 'missions-des-metiers',
  type: 'Mission',
  title: 'Missions et activités de chaque métier',
  licence: OPEN,
  key: ['metier', 'mission', 'liste'],
  columns: [
    must('metier', 'Métier', { to: 'metiers' }),
    must('mission', 'Mission ou activité', { to: 'entrees' }),
    STATUS,
    LIST,
    SOURCE,
    NOTE,
  ],
  rows: ({ map }) => map.dutiesOf.map((one) => ({ metier: one.metier, mission: one.duty, ...said(one) })),
}

const REQUIREMENTS: Table = {
  name: 'exigences',
  type: 'Exigence',
  title: 'Compétences que chaque métier demande',
  licence: OPEN,
  key: ['metier', 'competence', 'liste'],
  columns: [
    must('metier', 'Métier', { to: 'metiers' }),
    must('competence', 'Compétence', { to: 'entrees' }),
    column('niveau', 'Niveau demandé, quand la source le dit', { type: 'integer' }),
    column('importance', 'Importance, quand la source la dit', { values: ['essentielle', 'utile'] }),
    STATUS,
    LIST,
    SOURCE,
    NOTE,
  ],
  rows: ({ map }) =>
    map.requirements.map((one) => ({
      metier: one.metier,
      competence: one.competence,
      niveau: one.level ?? null,
      importance: word(one.importance),
      ...said(one),
    })),
}

const ACTIVITIES: Table = {
  name: 'competences-des-activites',
  type: 'CompetenceDActivite',
  title: 'Compétences que chaque activité prend',
  licence: OPEN,
  key: ['activite', 'competence', 'liste'],
  columns: [
    must('activite', 'Activité', { to: 'entrees' }),
    must('competence', 'Compétence', { to: 'entrees' }),
    STATUS,
    LIST,
    SOURCE,
    NOTE,
  ],
  rows: ({ map }) =>
    map.activities.map((one) => ({ activite: one.activity, competence: one.competence, ...said(one) })),
}

const BRIDGES: Table = {
  name: 'passerelles',
  type: 'Passerelle',
  title: 'Passerelles entre métiers que les sources nomment',
  licence: OPEN,
  key: ['de', 'vers', 'sens', 'liste'],
  columns: [
    must('de', 'Métier de départ', { to: 'metiers' }),
    must('vers', 'Métier d’arrivée', { to: 'metiers' }),
    must('sens', 'Vers un métier voisin, ou vers plus de responsabilités', { values: ['horizontal', 'vertical'] }),
    must('existe', 'Faux pour une passerelle seulement souhaitée', { type: 'boolean' }),
    STATUS,
    LIST,
    SOURCE,
    NOTE,
  ],
  rows: ({ map }) =>
    map.bridges.map((one) => ({ de: one.from, vers: one.to, sens: one.direction, existe: one.existing, ...said(one) })),
}

const NEEDS: Table = {
  name: 'besoins-du-terrain',
  type: 'Besoin',
  title: 'Ce que le terrain demande et qu’un bloc n’enseigne pas assez, selon les sources',
  licence: OPEN,
  key: ['certification', 'bloc', 'besoin', 'liste'],
  columns: [
    must('certification', 'Certification', { to: 'certifications' }),
    must('bloc', 'Bloc'),
    must('besoin', 'Besoin, dans les mots de la source'),
    column('competences', 'Compétences qui y répondent, séparées par des espaces'),
    STATUS,
    LIST,
    SOURCE,
    NOTE,
  ],
  rows: ({ map }) =>
    map.fieldNeeds.map((one) => ({
      certification: one.certification,
      bloc: one.block,
      besoin: one.need,
      competences:
        one.competences
          .map((ref) => keyOf(ref))
          .toSorted()
          .join(' ') || null,
      ...said(one),
    })),
}

const CROSSWALKS: Table = {
  name: 'correspondances',
  type: 'Correspondance',
  title: 'Correspondances entre référentiels, dans les mots de SKOS',
  licence: OPEN,
  key: ['de', 'relation', 'vers'],
  columns: [
    must('de', 'Entrée de départ', { to: 'entrees' }),
    must('relation', 'Relation SKOS : « de » a pour relation « vers »', {
      values: ['exactMatch', 'closeMatch', 'broadMatch', 'narrowMatch', 'relatedMatch'],
    }),
    must('vers', 'Entrée d’arrivée', { to: 'entrees' }),
    STATUS,
    SOURCE,
  ],
  rows: ({ map }) =>
    map.crosswalks.map(({ from, relation, to, status, source }) => ({
      de: keyOf(from),
      relation,
      vers: keyOf(to),
      statut: word(status),
      source: sourceCell(parseSource(source)),
    })),
}

/** The tables of what the lists in force say, and of the relations between frameworks. */
export const LIST_TABLES: Table[] = [LISTS, DUTIES, REQUIREMENTS, ACTIVITIES, BRIDGES, NEEDS, CROSSWALKS]
