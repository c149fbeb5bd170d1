import { Type } from 'typebox'
import { FACT_KINDS } from './fact-kinds.ts'
import { ORGANISATION_STATES } from './transitions.ts'

/** How an organisation, a network and a badge are named in an address. */
export const Slug = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 60 })
export const SlugParams = Type.Object({ slug: Slug })

/** Why, kept in the journal: a word at least. */
export const Why = Type.String({
  minLength: 3,
  maxLength: 1000,
  pattern: '\\S',
  description: 'Pourquoi ; gardé au journal',
})
export const Reason = Type.Object({ reason: Why }, { additionalProperties: false })

export const NewOrganisation = Type.Object(
  {
    slug: Slug,
    name: Type.String({ minLength: 2, maxLength: 200 }),
    siret: Type.Optional(Type.String({ maxLength: 20, description: 'SIRET (14 chiffres) ou RIDET (7 à 10)' })),
    nda: Type.Optional(Type.String({ pattern: '^\\d{11}$', description: 'Numéro de déclaration d’activité' })),
    qualiopi: Type.Optional(Type.Boolean()),
    url: Type.Optional(Type.String({ pattern: '^https?://', maxLength: 500 })),
  },
  { additionalProperties: false },
)

export const NewFact = Type.Object(
  {
    kind: Type.Enum(FACT_KINDS),
    value: Type.String({
      minLength: 1,
      maxLength: 40,
      description: 'Le numéro, « oui » ou « non », le code de la fiche',
    }),
    source: Type.String({ minLength: 3, maxLength: 300, pattern: '\\S', description: 'Où la valeur a été lue' }),
    checkedOn: Type.String({ format: 'date', pattern: '^20', description: 'Le jour où elle a été lue' }),
  },
  { additionalProperties: false },
)

export const StateQuery = Type.Object({ state: Type.Enum(ORGANISATION_STATES) })
