import { Type } from 'typebox'
import { Slug } from '../organisations/schema.ts'
import { TELLS } from './telling.ts'

/** Who answers for a structure: a référente or an employeuse too, whose structure issues no badge and has no administratrice. */
export const STRUCTURE = ['exploitant', 'administrateur', 'referent', 'employeur'] as const

/**
 * An identifier of the national cartography (`Coop-numérique_1f2e…`): a string without space, with a letter or a digit, as
 * `src/models/id/id.ts` of anct-cartographie-nationale/lieux-de-mediation-numerique has it (commit 14849b7).
 */
export const PlaceId = Type.String({
  pattern: '^(?=.*[\\p{L}\\p{Nd}])[\\p{L}\\p{M}\\p{Nd}._~/-]+$',
  maxLength: 150,
  description: 'Identifiant du lieu dans la cartographie nationale ; à encoder dans l’adresse',
})
export const PlaceParams = Type.Object({ id: PlaceId })
export const OwnPlaceParams = Type.Object({ slug: Slug, id: PlaceId })

/** What the place is called in the national cartography. */
export const PlaceName = Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' })

export const NewPlace = Type.Object(
  {
    nom: PlaceName,
    tells: Type.Optional(
      Type.Enum([...TELLS], {
        description:
          'presence : oui ou non (à défaut) ; numbers : les nombres à partir de 5 ; all : tous, si les personnes ont dit oui',
      }),
    ),
    agreed: Type.Optional(
      Type.Boolean({ description: 'Avec « all » : les personnes comptées aujourd’hui ont donné leur accord' }),
    ),
  },
  { additionalProperties: false },
)

const Day = Type.String({ format: 'date', pattern: '^20', maxLength: 10 })
export const EvidenceQuery = Type.Object(
  {
    at: Type.Optional({ ...Day, description: 'Ce qui était vrai à la fin de ce jour, à Paris ; maintenant à défaut' }),
  },
  { additionalProperties: false },
)
export const HarvestQuery = Type.Object(
  {
    depuis: Type.Optional({ ...Day, description: 'Ne donner que les lieux mis à jour ce jour-là ou depuis' }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Lieux lus par page' })),
    after: Type.Optional({ ...PlaceId, description: '« next » de la page d’avant' }),
  },
  { additionalProperties: false },
)
