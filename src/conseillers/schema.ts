import { Type } from 'typebox'
import { Slug, Why } from '../organisations/schema.ts'
import { CONTRACT_TYPES, TYPOLOGIES } from './contract-terms.ts'

const closed = { additionalProperties: false }
const Day = Type.String({ format: 'date', pattern: '^20' })
const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '\\S' })
const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
export const Id = Type.Object({ id: Uuid })

export const NewContract = Type.Object(
  {
    organisation: Slug,
    email: Type.String({ format: 'email', maxLength: 254 }),
    givenName: Text(100),
    familyName: Text(100),
    type: Type.Enum([...CONTRACT_TYPES]),
    typologie: Type.Enum([...TYPOLOGIES]),
    signedOn: Type.Optional(Day),
    startsOn: Day,
    endsOn: Type.Optional(Day),
  },
  closed,
)

export const ContractEnd = Type.Object({ organisation: Slug, endedOn: Day, reason: Why }, closed)

export const NewCommitment = Type.Object(
  {
    organisation: Slug,
    agreedOn: Type.String({ format: 'date', pattern: '^20', description: 'Le jour de l’entretien' }),
    content: Type.String({
      minLength: 1,
      maxLength: 2000,
      pattern: '\\S',
      description: 'Les modules ou les heures auxquels l’employeur s’engage',
    }),
    documentReference: Type.Optional(Text(200)),
  },
  closed,
)

export const NewInitialTrainings = Type.Object(
  {
    organisation: Slug,
    rows: Type.Array(
      Type.Unknown({
        description:
          'Un objet par formation : email, given_name, family_name, label, parcours, lot, marche_formation, lieu, ' +
          'date_debut, date_fin, pix, remn, observations.',
      }),
      { minItems: 1, maxItems: 500 },
    ),
  },
  closed,
)

export const OfOrganisation = Type.Object({ organisation: Slug })
export const ListQuery = Type.Object({
  organisation: Slug,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  after: Type.Optional(Uuid),
})
const on = Type.Optional(
  Type.String({ format: 'date', pattern: '^20', description: 'Le jour considéré ; sans lui, aujourd’hui' }),
)
export const DayQuery = Type.Object({ on })
export const TrainingQuery = Type.Object({ organisation: Slug, on })
export const LatenessQuery = Type.Object({ ...ListQuery.properties, on })
