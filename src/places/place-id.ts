import { Value } from 'typebox/value'
import { invalid } from '../errors.ts'
import { PlaceId } from './schema.ts'

/** Where the national cartography shows a place. */
export const NATIONAL_PAGE = 'https://cartographie.societenumerique.gouv.fr/cartographie/'

/**
 * The identifier in what someone typed or copied: the identifier, as a browser's address bar writes it too, or the whole
 * address of the place's page on the national cartography. Errors: `place_id_invalid`.
 */
export function placeIdOf(typed: string): string {
  const [, inAddress] = /\/cartographie\/([^/?#]+)/.exec(typed) ?? []
  const id = decoded((inAddress ?? typed).trim())
  if (Value.Check(PlaceId, id)) return id
  throw invalid(
    'place_id_invalid',
    'Ce n’est pas un identifiant de lieu : il n’a ni espace ni ponctuation autre que . _ ~ / -',
    'Copiez l’adresse de la fiche du lieu sur la cartographie nationale, ou l’identifiant seul.',
    { field: 'id' },
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
