import { CSV_MARK, csvLine } from '../web/csv.ts'
import type { Lack } from './competence-gaps.ts'
import type { Gaps } from './gaps.ts'
import { type Column, column, must, NOTE, type Row, SOURCE, sourceCell, word } from './release-table.ts'

/** What lacks, in a few words. */
export const LACK_WORDS: Record<Lack, string> = {
  untaught: 'aucun module ne l’enseigne',
  below_level: 'enseignée sous le niveau demandé, ou sans niveau dit',
  not_offered: 'enseignée par des modules sans session à venir',
  no_badge: 'aucun badge commun ne la montre',
  not_certifying: 'enseignée, par aucun module certifiant connu',
}

const SCOPES = { all: 'ensemble', metier: 'métier', module: 'module' } as const
const BASES = { field: 'besoin du terrain', metier: 'calculé' } as const
const AXIS = column('axe', 'Axe de la compétence : professionnel ou numérique')
const MODULES = column('modules', 'Modules qui l’enseignent, séparés par des espaces')
const LISTS = must('listes', 'Listes qui le disent, séparées par des espaces')
const listed = (some: string[]): string | null => some.join(' ') || null

/** A table of gaps: one file, the same columns whatever is asked. */
export type GapTable = {
  name: 'competences' | 'departements' | 'blocs'
  title: string
  columns: readonly Column[]
  rows: (gaps: Gaps) => Row[]
}

const COMPETENCES: GapTable = {
  name: 'competences',
  title: 'Ce qui manque de chaque compétence demandée',
  columns: [
    must('par', 'Qui la demande : métier ou activité'),
    must('qui', 'Identifiant du métier ou de l’activité'),
    must('nom', 'Nom du métier ou de l’activité'),
    must('competence', 'Compétence'),
    must('intitule', 'Intitulé de la compétence'),
    AXIS,
    must('manque', 'Ce qui manque'),
    column('niveau_demande', 'Niveau demandé, quand une source le dit', { type: 'integer' }),
    column('niveau_enseigne', 'Meilleur niveau qu’un module dit enseigner', { type: 'integer' }),
    column('importance', 'Importance, quand une source la dit'),
    MODULES,
    LISTS,
    must('statut', 'Officiel ou illustratif'),
    SOURCE,
  ],
  rows: ({ competences }) =>
    competences.map((one) => ({
      par: one.kind === 'metier' ? 'métier' : 'activité',
      qui: one.asker,
      nom: one.askerLabel,
      competence: one.competence,
      intitule: one.label,
      axe: word(one.axis),
      manque: LACK_WORDS[one.lack],
      niveau_demande: one.level,
      niveau_enseigne: one.taughtLevel,
      importance: word(one.importance),
      modules: listed(one.modules),
      listes: one.lists.join(' '),
      statut: word(one.status),
      source: sourceCell(one.source),
    })),
}

const DEPARTEMENTS: GapTable = {
  name: 'departements',
  title: 'Départements où il manque des sessions',
  columns: [
    must('portee', 'Ensemble des modules, métier ou module'),
    column('cible', 'Identifiant du métier ou du module'),
    must('nom', 'Nom du métier ou du module'),
    AXIS,
    must('departement', 'Code officiel du département'),
    must('nom_departement', 'Nom du département'),
    must('region', 'Code officiel de la région'),
    must('nom_region', 'Nom de la région'),
    must('couvert', 'Modules, ou compétences du métier, que des sessions à venir y enseignent', { type: 'integer' }),
    must('sur', 'Modules, ou compétences du métier qu’un module enseigne', { type: 'integer' }),
    must('sessions', 'Sessions à venir dans le département', { type: 'integer' }),
    must('sessions_a_distance', 'Sessions à venir à distance, pour tous les départements', { type: 'integer' }),
    column('derniere_session', 'Début de la dernière session commencée', { type: 'date' }),
    column('prochaine_session', 'Début de la prochaine, même après la période', { type: 'date' }),
    must('du', 'La période commence après ce jour', { type: 'date' }),
    must('au', 'Dernier jour de la période', { type: 'date' }),
  ],
  rows: ({ departements, horizon }) =>
    departements.map((one) => ({
      portee: SCOPES[one.scope],
      cible: one.target || null,
      nom: one.label,
      axe: word(one.axis),
      departement: one.departement,
      nom_departement: one.departementName,
      region: one.region,
      nom_region: one.regionName,
      couvert: one.covered,
      sur: one.of,
      sessions: one.sessions,
      sessions_a_distance: one.distance,
      derniere_session: one.last,
      prochaine_session: one.next,
      du: horizon.today,
      au: horizon.until,
    })),
}

const BLOCKS: GapTable = {
  name: 'blocs',
  title: 'Ce que les blocs de certification n’apportent pas',
  columns: [
    must('fondement', 'Besoin du terrain, selon une source, ou calculé'),
    must('certification', 'Certification'),
    must('titre', 'Intitulé de la certification'),
    column('fin_enregistrement', 'Fin d’enregistrement de la certification', { type: 'date' }),
    must('bloc', 'Bloc, ou blocs préparés, séparés par des espaces'),
    must('besoin', 'Besoin dit par la source, ou métier qui demande la compétence'),
    column('metier', 'Identifiant du métier'),
    column('competence', 'Compétence qui y répond'),
    column('intitule', 'Intitulé de la compétence'),
    AXIS,
    column('niveau', 'Niveau demandé, quand une source le dit', { type: 'integer' }),
    MODULES,
    column('heures', 'Durée publiée la plus courte de ces modules, en heures', { type: 'number' }),
    column('certifiee_par', 'Certifications et blocs qui portent dessus, séparés par des espaces'),
    LISTS,
    must('statut', 'Officiel, illustratif ou calculé'),
    SOURCE,
    NOTE,
  ],
  rows: ({ blocks }) =>
    blocks.map((one) => ({
      fondement: BASES[one.basis],
      certification: one.certification,
      titre: one.certificationTitle,
      fin_enregistrement: one.validTo,
      bloc: one.block,
      besoin: one.need,
      metier: one.metier,
      competence: one.competence,
      intitule: one.label,
      axe: word(one.axis),
      niveau: one.level,
      modules: listed(one.modules),
      heures: one.hours,
      certifiee_par: listed(one.certifiedBy),
      listes: one.list,
      statut: one.status === 'computed' ? 'calculé' : word(one.status),
      source: sourceCell(one.source),
      note: one.note,
    })),
}

/** The tables of gaps, by the name of their file. */
export const GAP_TABLES: readonly GapTable[] = [COMPETENCES, DEPARTEMENTS, BLOCKS]

/** A table as a file that a spreadsheet opens. */
export function gapCsv({ columns, rows }: GapTable, gaps: Gaps): string {
  const cellsOf = (row: Row) => columns.map(({ name }) => row[name] as string | number | null)
  return [CSV_MARK, csvLine(columns.map((one) => one.name)), ...rows(gaps).map((row) => csvLine(cellsOf(row)))].join('')
}
