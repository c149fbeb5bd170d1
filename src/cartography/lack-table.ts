import { competenceGaps, needsOf } from './competence-gaps.ts'
import { LACK_WORDS } from './gap-tables.ts'
import { column, must, OPEN, SOURCE, sourceCell, STATUS, type Table, word } from './release-table.ts'

/**
 * What the competences asked lack, by the map alone. What depends on the sessions to come is of a day, not of a release: it is
 * on `/cartographie/manques`.
 */
export const LACK_TABLE: Table = {
  name: 'manques',
  type: 'Manque',
  title: 'Ce qui manque aux compétences demandées : un module, un niveau, un badge, un module certifiant',
  licence: OPEN,
  key: ['par', 'qui', 'competence', 'manque'],
  columns: [
    must('par', 'Qui la demande : métier ou activité', { values: ['métier', 'activité'] }),
    must('qui', 'Identifiant du métier ou de l’activité'),
    must('competence', 'Compétence demandée', { to: 'entrees' }),
    must('manque', 'Ce qui manque'),
    column('niveau_demande', 'Niveau demandé, quand une source le dit', { type: 'integer' }),
    column('niveau_enseigne', 'Meilleur niveau qu’un module dit enseigner', { type: 'integer' }),
    column('importance', 'Importance, quand une source la dit', { values: ['essentielle', 'utile'] }),
    column('modules', 'Modules qui l’enseignent, séparés par des espaces'),
    must('listes', 'Listes qui la demandent, séparées par des espaces'),
    STATUS,
    SOURCE,
  ],
  rows: ({ map }) =>
    competenceGaps(map, needsOf(map), [])
      .gaps.filter((one) => one.lack !== 'not_offered')
      .map((one) => ({
        par: one.kind === 'metier' ? 'métier' : 'activité',
        qui: one.asker,
        competence: one.competence,
        manque: LACK_WORDS[one.lack],
        niveau_demande: one.level,
        niveau_enseigne: one.taughtLevel,
        importance: word(one.importance),
        modules: one.modules.join(' ') || null,
        listes: one.lists.toSorted().join(' '),
        statut: word(one.status),
        source: sourceCell(one.source),
      })),
}
