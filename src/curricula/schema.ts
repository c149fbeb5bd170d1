import { Type, type Static } from 'typebox'
import { CompetenceRef, Source } from '../referential/schema.ts'

const Nullable = Type.Union([Type.String(), Type.Null()])
const NullableNumber = Type.Union([Type.Number(), Type.Null()])

/** A teachable unit. Hours, days and levels are null when no source states them. */
export const Module = Type.Object(
  {
    slug: Type.String(),
    version: Type.String(),
    title: Type.String(),
    summary: Type.String(),
    hours: Type.Union([Type.Object({ min: NullableNumber, max: NullableNumber }), Type.Null()]),
    days: Type.Optional(NullableNumber),
    placement_hours: NullableNumber,
    modality: Type.Union([
      Type.Array(Type.Union([Type.Literal('presentiel'), Type.Literal('distance'), Type.Literal('alternance')])),
      Type.Null(),
    ]),
    certifying: Type.Union([Type.Boolean(), Type.Null()]),
    prepares: Type.Union([Type.Object({ certification: Type.String(), block: Type.Optional(Nullable) }), Type.Null()]),
    competences: Type.Array(CompetenceRef),
    competences_status: Type.Union([Type.Literal('official'), Type.Literal('proposed')]),
    prerequisites: Type.Array(Type.String()),
    publics: Type.Array(Type.String()),
    publisher: Nullable,
    licence: Nullable,
    source: Source,
    note: Nullable,
  },
  { additionalProperties: false },
)
export type Module = Static<typeof Module>

/** An ordered set of modules that reaches a target; `choose` takes that many of a stage's modules. */
export const Path = Type.Object(
  {
    slug: Type.String(),
    version: Type.String(),
    title: Type.String(),
    summary: Type.String(),
    target: Type.Unknown(),
    publics: Type.Array(Type.String()),
    stages: Type.Array(
      Type.Object({
        title: Type.String(),
        modules: Type.Array(Type.String()),
        choose: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
      }),
    ),
    deadline: Type.Optional(Type.Unknown()),
    source: Source,
    note: Type.Optional(Nullable),
  },
  { additionalProperties: false },
)
export type Path = Static<typeof Path>
