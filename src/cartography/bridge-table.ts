import { column, must, OPEN, type Table } from './release-table.ts'

const figure = (name: string, title: string) => column(name, title, { type: 'integer' })

/**
 * Every way between two métiers, computed from the lists in force and the catalogue: figures of each axis apart, empty where
 * nothing is known. The modules of the plan are left out: several plans may have the same fewest hours.
 */
export const BRIDGE_TABLE: Table = {
  name: 'passerelles-calculees',
  type: 'PasserelleCalculee',
  title: 'Passerelles entre métiers, calculées : compétences communes et heures pour franchir',
  licence: OPEN,
  key: ['de', 'vers'],
  columns: [
    must('de', 'Métier de départ', { to: 'metiers' }),
    must('vers', 'Métier d’arrivée', { to: 'metiers' }),
    column('sens', 'Horizontal ou vertical, quand on le sait', { values: ['horizontal', 'vertical'] }),
    column('sens_dit_par', 'Une source, ou une lecture d’Insigne', { values: ['source', 'Insigne'] }),
    column('existe', 'Ce qu’en disent les sources ; vide quand aucune n’en parle', { type: 'boolean' }),
    figure('metier_demandees', 'Compétences du métier demandées à l’arrivée'),
    figure('metier_communes', 'Dont communes ; vide quand on ne sait pas'),
    figure('metier_inconnues', 'Dont inconnues au départ'),
    figure('numerique_demandees', 'Compétences numériques demandées à l’arrivée'),
    figure('numerique_communes', 'Dont communes ; vide quand on ne sait pas'),
    figure('numerique_inconnues', 'Dont inconnues au départ'),
    column('heures', 'Heures du plus court parcours vers ce qui s’enseigne', { type: 'number' }),
    column('prouve', 'Vrai : aucun choix du catalogue ne demande moins', { type: 'boolean' }),
    column('sans_module', 'Compétences que rien n’enseigne au niveau demandé, séparées par des espaces'),
    column('blocs', 'Blocs utiles aux deux, séparés par des espaces (lien proposé)'),
    must('statut', 'Illustratif : calculé', { values: ['illustratif'] }),
  ],
  rows: ({ ways }) =>
    ways.map((one) => ({
      de: one.from,
      vers: one.to,
      sens: one.direction,
      sens_dit_par: one.directionBasis && (one.directionBasis === 'declared' ? 'source' : 'Insigne'),
      existe: one.existing,
      metier_demandees: one.professionalAsked,
      metier_communes: one.professionalShared,
      metier_inconnues: one.professionalUnknown,
      numerique_demandees: one.digitalAsked,
      numerique_communes: one.digitalShared,
      numerique_inconnues: one.digitalUnknown,
      // Hours that a hurried solver did not prove may differ tomorrow: they are not published.
      heures: one.proven ? one.hours : null,
      prouve: one.proven,
      sans_module: one.untaught.join(' ') || null,
      blocs: one.commonBlocks.join(' ') || null,
      statut: 'illustratif',
    })),
}
