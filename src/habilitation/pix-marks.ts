import { type Static, Type } from 'typebox'
import { invalid } from '../errors.ts'

/** A competence of Pix as it was certified: level -1 when it was not; the score where Pix says it. */
export type Mark = { code: string; level: number; score: number | null }

const Code = Type.String({ maxLength: 3, pattern: '^[0-9]\\.[0-9]$' })
const Level = Type.Integer({ minimum: -1, maximum: 8, description: '-1 : non certifiée' })
const closed = { additionalProperties: false }

/** A mark in the shapes that the public code of Pix has: results given to Parcoursup, and two of its own. */
export const GivenMark = Type.Union([
  Type.Object(
    {
      competence_code: Code,
      area_code: Type.Optional(Type.String({ maxLength: 1, pattern: '^[0-9]$' })),
      level: Level,
      score: Type.Optional(Type.Integer({ minimum: 0, maximum: 64 })),
    },
    closed,
  ),
  Type.Object({ code: Code, level: Level }, closed),
  Type.Object({ competenceId: Type.String({ maxLength: 30, pattern: '^rec[A-Za-z0-9]+$' }), level: Level }, closed),
])
export type GivenMark = Static<typeof GivenMark>

/** The identifiers of competences that are known from the public code of Pix (1024pix/pix, Airtable fixtures). */
const RECORDS: Record<string, string> = {
  recsvLz0W2ShyfD63: '1.1',
  recNv8qhaY887jQb2: '1.2',
  recIkYm646lrGvLNT: '1.3',
}

/**
 * Marks in one shape, by code. Errors: `competence_unknown` when Pix has none of that code or identifier, `mark_area` when
 * its domain is another one, `mark_twice`.
 */
export function readMarks(given: GivenMark[], codes: ReadonlySet<string>): Mark[] {
  const marks = given.map((one) => readMark(one, codes)).toSorted((a, b) => (a.code < b.code ? -1 : 1))
  const twice = marks.find(({ code }, index) => code === marks[index + 1]?.code)
  if (twice) {
    throw invalid('mark_twice', `La compétence ${twice.code} a deux niveaux.`, 'Gardez celui que le certificat montre.')
  }
  return marks
}

function readMark(given: GivenMark, codes: ReadonlySet<string>): Mark {
  const code = codeOf(given)
  if (code === undefined || !codes.has(code)) {
    const named = 'competenceId' in given ? given.competenceId : code
    throw invalid(
      'competence_unknown',
      `La compétence « ${named} » n’est pas connue ici parmi celles de Pix.`,
      'Donnez son code, de 1.1 à 5.2 : GET /api/v1/frameworks/pix/competences les liste.',
    )
  }
  if ('area_code' in given && given.area_code !== code[0]) {
    throw invalid(
      'mark_area',
      `La compétence ${code} n’est pas du domaine ${given.area_code}.`,
      'Recopiez le code de la compétence et celui de son domaine depuis le certificat.',
    )
  }
  return { code, level: given.level, score: 'score' in given ? (given.score ?? null) : null }
}

function codeOf(given: GivenMark): string | undefined {
  if ('competence_code' in given) return given.competence_code
  return 'code' in given ? given.code : RECORDS[given.competenceId]
}
