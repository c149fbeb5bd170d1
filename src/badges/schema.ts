import { Type, type Static } from 'typebox'
import { CompetenceRef } from '../referential/schema.ts'
import { FAMILIES, KINDS, PICTOGRAMS } from './image.ts'

const Nullable = Type.Union([Type.String(), Type.Null()])

/** A badge class as its file says it. */
export const AchievementFile = Type.Object(
  {
    slug: Type.String(),
    version: Type.String(),
    kind: Type.Enum(KINDS),
    module: Type.Optional(Type.String()),
    block: Type.Optional(Type.Object({ certification: Type.String(), ref: Type.String() })),
    habilitation: Type.Optional(Type.String()),
    path: Type.Optional(Type.String()),
    /** A certification: every one of its blocks. */
    blocks: Type.Optional(Type.String()),
    /** A continuing training: what it asks for is judged by the feature that follows it. */
    continuing: Type.Optional(Type.String()),
    name: Type.String({ maxLength: 80 }),
    name_en: Type.String(),
    description: Type.String(),
    description_en: Type.String(),
    criteria: Type.String(),
    does_not_mean: Type.String(),
    does_not_mean_en: Type.String(),
    family: Type.Enum(FAMILIES),
    pictogram: Type.Enum(PICTOGRAMS),
    level: Type.Union([Type.Integer({ minimum: 1, maximum: 8 }), Type.Null()]),
    /** ISO 8601 duration, null when the badge does not expire. */
    validity: Nullable,
    competences: Type.Optional(Type.Array(CompetenceRef)),
    note: Type.Optional(Nullable),
  },
  { additionalProperties: false },
)

/** What a competence of the badge is called and where it is described, resolved when the file was loaded. */
export const AlignedCompetence = Type.Object({
  ...CompetenceRef.properties,
  label: Type.String(),
  frameworkTitle: Type.String(),
  levels: Type.Array(Type.Integer()),
})
export type AlignedCompetence = Static<typeof AlignedCompetence>

/** A badge class as stored: the file, with its competences resolved, or what an organisation wrote. */
export type Achievement = Omit<Static<typeof AchievementFile>, 'competences'> & {
  competences: AlignedCompetence[]
  /** Who wrote it, where it is not of the common catalogue: an organisation as it was called then, and the hours it takes. */
  own?: { organisation: string; name: string; hours: number | null }
}
