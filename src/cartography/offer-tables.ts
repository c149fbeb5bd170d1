import { keyOf } from '../referential/schema.ts'
import { column, must, NOTE, OPEN, SOURCE, sourceCell, STATUS, type Table, word } from './release-table.ts'

const LEVEL = column('niveau', 'Niveau dans l’échelle du référentiel, quand il est dit', { type: 'integer' })
const COMPETENCE = must('competence', 'Compétence', { to: 'entrees' })

/** Badge classes are made here: nobody else states them. */
const PROPOSED = { statut: word('proposed'), source: 'Insigne, catalogue commun des badges' }

const MODULES: Table = {
  name: 'modules',
  type: 'Module',
  title: 'Modules de formation',
  licence: OPEN,
  key: ['module'],
  path: (key) => `/modules/${key}`,
  columns: [
    must('module', 'Identifiant'),
    must('version', 'Version'),
    must('titre', 'Titre'),
    column('resume', 'Résumé'),
    column('heures_min', 'Durée la plus courte, en heures, quand la source la dit', { type: 'number' }),
    column('heures_max', 'Durée la plus longue, en heures, quand la source la dit', { type: 'number' }),
    column('jours', 'Durée en jours, quand la source la dit', { type: 'number' }),
    column('heures_stage', 'Heures de stage, quand la source les dit', { type: 'number' }),
    column('modalites', 'Modalités, séparées par des espaces'),
    column('certifiant', 'Le module mène à une certification', { type: 'boolean' }),
    column('certification', 'Certification qu’il prépare', { to: 'certifications' }),
    column('bloc', 'Bloc qu’il prépare'),
    column('publics', 'Métiers et fonctions à qui il s’adresse, séparés par des espaces'),
    column('editeur', 'Qui le publie, quand la source le dit'),
    column('licence', 'Licence de ses contenus, quand la source la précise'),
    SOURCE,
    NOTE,
  ],
  rows: ({ map }) =>
    map.modules.map((one) => ({
      module: one.slug,
      version: one.version,
      titre: one.title,
      resume: one.summary,
      heures_min: one.hours?.min ?? null,
      heures_max: one.hours?.max ?? null,
      jours: one.days ?? null,
      heures_stage: one.placement_hours,
      modalites: one.modality?.toSorted().join(' ') ?? null,
      certifiant: one.certifying,
      certification: one.prepares?.certification ?? null,
      bloc: one.prepares?.block ?? null,
      publics: one.publics.toSorted().join(' ') || null,
      editeur: one.publisher,
      licence: one.licence,
      source: sourceCell(one.source),
      note: one.note,
    })),
}

const TEACHING: Table = {
  name: 'competences-des-modules',
  type: 'Enseignement',
  title: 'Compétences que chaque module enseigne',
  licence: OPEN,
  key: ['module', 'competence'],
  columns: [must('module', 'Module', { to: 'modules' }), COMPETENCE, LEVEL, STATUS, SOURCE],
  rows: ({ map }) => {
    const sources = new Map(map.modules.map((one) => [one.slug, sourceCell(one.source)]))
    return map.teaching.map(({ status, level: niveau, ...one }) => ({
      ...one,
      niveau,
      statut: word(status),
      source: sources.get(one.module) ?? null,
    }))
  },
}

const PREREQUISITES: Table = {
  name: 'prerequis-des-modules',
  type: 'Prerequis',
  title: 'Modules à suivre avant un autre',
  licence: OPEN,
  key: ['module', 'prerequis'],
  columns: [
    must('module', 'Module', { to: 'modules' }),
    must('prerequis', 'Module à suivre avant', { to: 'modules' }),
    SOURCE,
  ],
  rows: ({ map }) =>
    map.modules.flatMap(({ slug, prerequisites, source }) =>
      prerequisites.map((one) => ({ module: slug, prerequis: one, source: sourceCell(source) })),
    ),
}

const BADGES: Table = {
  name: 'badges',
  type: 'Badge',
  title: 'Badges du catalogue commun',
  licence: OPEN,
  key: ['badge'],
  path: (key) => `/achievements/${key}`,
  columns: [
    must('badge', 'Identifiant'),
    must('version', 'Version'),
    must('nature', 'Module, bloc, habilitation ou étape'),
    must('nom', 'Nom'),
    must('nom_en', 'Nom en anglais'),
    must('description', 'Description'),
    must('description_en', 'Description en anglais'),
    must('criteres', 'Ce qu’il faut pour l’obtenir'),
    column('niveau_propose', 'Niveau proposé par Insigne, de 1 à 8', { type: 'integer' }),
    column('duree', 'Durée de validité (ISO 8601) ; vide s’il n’expire pas'),
    column('module', 'Module qu’il suit', { to: 'modules' }),
    column('certification', 'Certification qu’il suit', { to: 'certifications' }),
    column('bloc', 'Bloc qu’il suit'),
    STATUS,
    SOURCE,
  ],
  rows: ({ map }) =>
    map.badges.map((one) => ({
      badge: one.slug,
      version: one.version,
      nature: word(one.kind),
      nom: one.name,
      nom_en: one.name_en,
      description: one.description,
      description_en: one.description_en,
      criteres: one.criteria,
      niveau_propose: one.level,
      duree: one.validity,
      module: one.module ?? null,
      certification: one.block?.certification ?? one.blocks ?? null,
      bloc: one.block?.ref ?? null,
      ...PROPOSED,
    })),
}

const SHOWING: Table = {
  name: 'competences-des-badges',
  type: 'CompetenceDeBadge',
  title: 'Compétences que chaque badge atteste',
  licence: OPEN,
  key: ['badge', 'competence'],
  columns: [must('badge', 'Badge', { to: 'badges' }), COMPETENCE, LEVEL, STATUS, SOURCE],
  rows: ({ map }) =>
    map.badges.flatMap(({ slug, competences }) =>
      competences.map((one) => ({ badge: slug, competence: keyOf(one), niveau: one.level ?? null, ...PROPOSED })),
    ),
}

const CERTIFICATIONS: Table = {
  name: 'certifications',
  type: 'Certification',
  title: 'Certifications et diplômes',
  licence: OPEN,
  key: ['certification'],
  path: (key) => `/cartographie#certification-${key}`,
  columns: [
    must('certification', 'Identifiant'),
    column('code', 'Code RNCP ou RS, quand il est connu'),
    must('titre', 'Titre'),
    must('nature', 'Nature'),
    must('statut', 'Existant ou proposé', { values: ['existant', 'proposé'] }),
    column('niveau', 'Niveau de qualification, quand il est connu', { type: 'integer' }),
    column('cpf', 'Éligible au compte personnel de formation, quand c’est connu', { type: 'boolean' }),
    column('valable_du', 'Début d’enregistrement', { type: 'date' }),
    column('valable_au', 'Fin d’enregistrement', { type: 'date' }),
    column('remplace', 'Certification qu’elle remplace', { to: 'certifications' }),
    column('remplacee_par', 'Certification qui la remplace', { to: 'certifications' }),
    column('non_confirme', 'Ce que les sources ne confirment pas'),
    SOURCE,
    NOTE,
  ],
  rows: ({ map }) =>
    map.certifications.map((one) => ({
      certification: one.slug,
      code: one.code,
      titre: one.title,
      nature: one.kind,
      statut: word(one.status ?? 'existing'),
      niveau: one.level,
      cpf: one.cpf,
      valable_du: one.valid_from,
      valable_au: one.valid_to,
      remplace: one.replaces,
      remplacee_par: one.replaced_by,
      non_confirme: one.unconfirmed.join(' ; ') || null,
      source: sourceCell(one.sources),
      note: one.note ?? null,
    })),
}

const BLOCKS: Table = {
  name: 'blocs',
  type: 'Bloc',
  title: 'Blocs des certifications',
  licence: OPEN,
  key: ['certification', 'rang'],
  columns: [
    must('certification', 'Certification', { to: 'certifications' }),
    must('rang', 'Rang dans la certification', { type: 'integer' }),
    column('bloc', 'Référence du bloc, quand elle est connue'),
    column('titre', 'Intitulé, quand il est connu'),
    column('competences_en_clair', 'Ce que le bloc évalue, selon la source'),
    SOURCE,
    NOTE,
  ],
  rows: ({ map }) =>
    map.certifications.flatMap(({ slug, blocks, sources }) =>
      blocks.map(({ ref, title, competences = [], source, note }, index) => ({
        certification: slug,
        rang: index + 1,
        bloc: ref,
        titre: title,
        competences_en_clair: competences.join(' ; ') || null,
        source: sourceCell(source ?? sources),
        note: note ?? null,
      })),
    ),
}

/** The tables of what teaches, shows and certifies. */
export const OFFER_TABLES: Table[] = [MODULES, TEACHING, PREREQUISITES, BADGES, SHOWING, CERTIFICATIONS, BLOCKS]
