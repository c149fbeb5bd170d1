import { Type, type Static } from 'typebox'
import { FAMILIES, PICTOGRAMS } from '../badges/image.ts'
import { CompetenceRef } from '../referential/schema.ts'

/** How long a badge may hold: ISO 8601 durations; none when it does not end. */
export const VALIDITIES = ['P1Y', 'P2Y', 'P3Y', 'P5Y'] as const

// A badge is signed and read everywhere: no invisible character but the ends of lines.
const line = (maxLength: number) => Type.String({ maxLength, pattern: '^\\P{Cc}*$' })
const text = (maxLength: number) => Type.String({ maxLength, pattern: '^[\\r\\n\\t\\P{Cc}]*$' })

/** What an organisation writes of its own badge; texts may be empty while it is a draft. */
export const BadgeDraft = Type.Object(
  {
    name: Type.String({ minLength: 3, maxLength: 80, pattern: '^\\P{Cc}*[^\\s\\p{Cc}]\\P{Cc}*$' }),
    name_en: line(80),
    description: text(600),
    description_en: text(600),
    criteria: text(2000),
    does_not_mean: text(1000),
    does_not_mean_en: text(1000),
    family: Type.Enum(FAMILIES),
    pictogram: Type.Enum(PICTOGRAMS),
    level: Type.Union([Type.Integer({ minimum: 1, maximum: 8 }), Type.Null()]),
    validity: Type.Union([Type.Enum(VALIDITIES), Type.Null()]),
    hours: Type.Union([Type.Integer({ minimum: 1, maximum: 2000 }), Type.Null()]),
    competences: Type.Array(CompetenceRef, { maxItems: 30 }),
  },
  { additionalProperties: false },
)
export type BadgeDraft = Static<typeof BadgeDraft>

/** What a badge must say before it is published: field and words, in the order of the form. */
const REQUIRED_TEXTS = [
  ['description', 'ce que la personne sait faire'],
  ['criteria', 'ce qu’il faut faire pour l’obtenir'],
  ['does_not_mean', 'ce que ce badge ne veut pas dire'],
  ['name_en', 'le nom en anglais'],
  ['description_en', 'la description en anglais'],
  ['does_not_mean_en', 'ce que ce badge ne veut pas dire, en anglais'],
] as const

/** A draft that says its name and nothing else yet. */
export const emptyDraft = (name: string): BadgeDraft => ({
  name,
  name_en: '',
  description: '',
  description_en: '',
  criteria: '',
  does_not_mean: '',
  does_not_mean_en: '',
  family: 'accompagnement',
  pictogram: 'star',
  level: null,
  validity: null,
  hours: null,
  competences: [],
})

/** The fields that a draft still misses, with their words. */
export const missingOf = (draft: BadgeDraft) => REQUIRED_TEXTS.filter(([field]) => draft[field].trim() === '')
