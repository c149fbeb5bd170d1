/**
 * The fields of the national schema of places of digital mediation, in its order: a file has all of them, also those that nobody
 * here knows; values in lists are separated by a bar. https://github.com/LaMednum/standard-mediation-num, schema.json, version 0.2.0
 * (commit 59d498e); Observatoire 2022, l.1785-1812.
 */
export const NATIONAL_FIELDS = [
  'id',
  'pivot',
  'nom',
  'commune',
  'code_postal',
  'code_insee',
  'adresse',
  'complement_adresse',
  'latitude',
  'longitude',
  'typologie',
  'telephone',
  'courriels',
  'site_web',
  'horaires',
  'presentation_resume',
  'presentation_detail',
  'source',
  'itinerance',
  'structure_parente',
  'date_maj',
  'services',
  'publics_specifiquement_adresses',
  'prise_en_charge_specifique',
  'frais_a_charge',
  'dispositif_programmes_nationaux',
  'formations_labels',
  'autres_formations_labels',
  'modalites_acces',
  'modalites_accompagnement',
  'fiche_acces_libre',
  'prise_rdv',
] as const

/** Of its eleven national programmes, the two that the rows of this service tell of. */
export type Programme = 'Aidants Connect' | 'Conseillers numériques'

/** A place in the words of the schema: the fields that are known here, and no other. `pivot` is absent without a SIRET. */
export type NationalPlace = {
  id: string
  pivot?: string
  nom: string
  structure_parente: string
  dispositif_programmes_nationaux?: Programme[]
  date_maj: string
  source: string
}

/** Between the values of one field. */
export const LIST_SEPARATOR = '|'
