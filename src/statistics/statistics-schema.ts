import { Type } from 'typebox'

/** A figure under it is withheld, unless said otherwise. */
export const THRESHOLD = 5
export const EditionName = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{3,39}$',
  description: 'Minuscules, chiffres et tirets, 4 à 40 caractères',
})
export const FileName = Type.String({ pattern: '^[A-Za-z0-9.-]{1,100}$' })
export const Month = Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])$', description: 'AAAA-MM' })
export const Threshold = Type.Integer({
  minimum: 2,
  maximum: 1000,
  description: `Sous ce nombre, secret ; ${THRESHOLD} sans cela`,
})
