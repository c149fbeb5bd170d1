/** A SIRET whose key is right, of nobody. */
export const REGISTER_SIRET = '73282932000108'

/** What the « Recherche d’entreprises » API answers for a SIRET, in its shape (recherche-entreprises.api.gouv.fr, /search). */
export const REGISTER_ANSWER = {
  results: [
    {
      siren: '732829320',
      nom_complet: 'ORGANISME EXEMPLE',
      nom_raison_sociale: 'ORGANISME EXEMPLE',
      sigle: null,
      nombre_etablissements: 2,
      nombre_etablissements_ouverts: 1,
      etat_administratif: 'A',
      nature_juridique: '9220',
      siege: {
        siret: '73282932000082',
        etat_administratif: 'A',
        est_siege: true,
        commune: '69123',
        liste_id_organisme_formation: null,
      },
      matching_etablissements: [
        {
          siret: REGISTER_SIRET,
          etat_administratif: 'A',
          est_siege: false,
          commune: '69123',
          liste_id_organisme_formation: ['11755555555'],
        },
      ],
      complements: {
        est_association: true,
        est_organisme_formation: true,
        est_qualiopi: true,
        liste_id_organisme_formation: ['11755555555'],
      },
    },
  ],
  total_results: 1,
  page: 1,
  per_page: 5,
  total_pages: 1,
}
