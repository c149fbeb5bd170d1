import { type Static, Type } from 'typebox'
import { Source } from '../referential/schema.ts'

const closed = { additionalProperties: false }
const NullableNumber = Type.Union([Type.Number(), Type.Null()])
const said = {
  lines: Type.String({ description: 'Lignes de la source' }),
  words: Type.Optional(Type.String({ description: 'Ses mots, quand elle n’est pas exacte' })),
  derived: Type.Optional(Type.String({ description: 'Le calcul, quand le nombre n’est pas imprimé' })),
}

/** Numbers that a source gives for one and the same thing. */
const Contradiction = Type.Object(
  { what: Type.String(), values: Type.Array(Type.Object({ value: Type.Number(), ...said }, closed), { minItems: 2 }) },
  closed,
)

export type Contradiction = Static<typeof Contradiction>

const Indicator = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    unit: Type.String(),
    population: Type.String(),
    /** How many answered, and what a share is a share of; absent where the source does not say. */
    n: Type.Optional(Type.Integer()),
    denominator: Type.Optional(Type.Number()),
    dimensions: Type.Array(Type.String()),
    /** The shares are the parts of one whole, for each value of these dimensions. */
    whole: Type.Optional(Type.Array(Type.String())),
    values: Type.Array(
      Type.Object({ of: Type.Record(Type.String(), Type.String()), value: NullableNumber, ...said }, closed),
    ),
    cautions: Type.Optional(Type.Array(Type.String())),
    contradictions: Type.Optional(Type.Array(Contradiction)),
  },
  closed,
)
export type Indicator = Static<typeof Indicator>

/** Figures that somebody else published, as printed: never added to those of the service. */
export const ImportedEdition = Type.Object(
  {
    edition: Type.String(),
    title: Type.String(),
    publisher: Type.String(),
    attribution: Type.String(),
    licence: Type.String(),
    collected: Type.Object({ from: Type.String(), to: Type.String() }, closed),
    /** What codes and dimensions are called. */
    labels: Type.Record(Type.String(), Type.String()),
    source: Source,
    method: Type.String(),
    cautions: Type.Array(Type.String()),
    contradictions: Type.Array(Contradiction),
    indicators: Type.Array(Indicator),
  },
  closed,
)
export type ImportedEdition = Static<typeof ImportedEdition>
