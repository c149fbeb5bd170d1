import { Type } from 'typebox'
import { TYPES } from './event-types.ts'
import { GRACE_HOURS } from './webhooks.ts'

export const Types = Type.Array(Type.Enum(TYPES), { minItems: 1, maxItems: TYPES.length, uniqueItems: true })
export const Address = Type.String({
  minLength: 8,
  maxLength: 1000,
  pattern: '^https?://\\S+$',
  description: 'Adresse publique, en https',
})
export const Grace = Type.Integer({
  minimum: 0,
  maximum: GRACE_HOURS,
  description: 'Combien d’heures l’ancien secret signe encore ; 0 s’il a fui',
})
