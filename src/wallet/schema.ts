import { createHash } from 'node:crypto'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { invalid } from '../errors.ts'
import { Why } from '../organisations/schema.ts'
import { CompetenceRef } from '../referential/schema.ts'

/** The page of someone's badges of elsewhere. */
export const ELSEWHERE = '/mon-espace/badges-d-ailleurs'

/** How a badge of elsewhere came: a file or a link given on a page, or the API. */
export type Source = 'file' | 'link' | 'api'

/** One name for a class of badges: who issues it, and the achievement, each by its identifier. */
export const classKey = (issuer: string, achievement: string): string =>
  createHash('sha256')
    .update(JSON.stringify([issuer, achievement]))
    .digest('base64url')

/** Whose recognition it is: an organisation that the operator approved, or knows, by who administers it. */
export const RECOGNISERS = ['exploitant', 'administrateur'] as const

const Identifier = (description: string) =>
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9+.-]*:\\S+$', maxLength: 4096, description })
const Day = Type.String({ format: 'date', pattern: '^20', maxLength: 10 })
const closed = { additionalProperties: false }

/** What an organisation says that a class of badges of elsewhere shows. */
export const NewEquivalence = Type.Object(
  {
    issuer: Identifier('L’identifiant de l’émetteur, que sa signature ou son site prouve : did:web:…, https://…'),
    achievement: Identifier('L’identifiant de la classe de badges : « achievement.id », ou « badge » en 2.0'),
    name: Type.String({ minLength: 1, maxLength: 300, pattern: '\\S', description: 'Le nom de ces badges' }),
    competences: Type.Array(CompetenceRef, { minItems: 1, maxItems: 20 }),
    reason: Why,
    startsOn: Type.Optional(Day),
    endsOn: Type.Optional(Day),
  },
  closed,
)

const FIELDS = {
  name: ['Le nom de ces badges', 'Écrivez-le comme l’émetteur le donne.'],
  issuer: ['L’identifiant de l’émetteur', 'Recopiez-le d’un badge : « issuer.id ».'],
  achievement: [
    'L’identifiant de la classe',
    'Recopiez-le d’un badge : « achievement.id », ou « badge » en version 2.0.',
  ],
  reason: ['Vos raisons', 'Dites en quelques mots ce qui permet de reconnaître ces badges.'],
} as const

type Typed = Record<keyof typeof FIELDS | 'startsOn' | 'endsOn', string> & { competences: CompetenceRef[] }

/** What a form says, once whole. Errors: `equivalence_incomplete`, with the field. */
export function readDeclared({ startsOn, endsOn, competences, ...typed }: Typed): Static<typeof NewEquivalence> {
  const texts = { name: typed.name.trim(), issuer: typed.issuer.trim(), achievement: typed.achievement.trim() }
  const said = { ...texts, reason: typed.reason.trim() }
  for (const [field, [what, mend]] of Object.entries(FIELDS)) {
    const name = field as keyof typeof FIELDS
    if (!Value.Check(NewEquivalence.properties[name], said[name]))
      throw incomplete(`${what} : à compléter.`, mend, field)
  }
  if (competences.length === 0 || competences.length > 20) {
    throw incomplete('Choisissez de une à vingt compétences.', 'Cherchez-les, puis ajoutez-les.', 'competences')
  }
  return { ...said, competences, ...(startsOn && { startsOn }), ...(endsOn && { endsOn }) }
}

const incomplete = (message: string, mend: string, field: string) =>
  invalid('equivalence_incomplete', message, mend, { field })

const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
export const Id = Type.Object({ id: Uuid })
export const SlugId = Type.Object({ slug: Type.String({ maxLength: 60 }), id: Uuid })
export const Listed = Type.Object({ after: Type.Optional(Uuid) })
