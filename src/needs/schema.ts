import { Type } from 'typebox'
import type { Role } from '../auth/tokens.ts'
import type { OwnRespondent } from './needs.ts'
import { type Answer, ANSWERS, OWN_RESPONDENTS, THEME_LIST, type ThemeCode, THEMES_VERSION } from './themes.ts'

const closed = { additionalProperties: false }

/** Who says, for an organisation, what its team needs. */
export const EMPLOYERS: readonly Role[] = ['exploitant', 'administrateur', 'employeur']

/** As what a person answers. */
export const Own = Type.Enum(OWN_RESPONDENTS as OwnRespondent[], { description: 'En tant que qui la personne répond' })

const answerTo = ({ label }: { label: string }) =>
  Type.Optional(
    Type.Enum(Object.keys(ANSWERS) as Answer[], { description: `${label} ; sans réponse, « ne sait pas »` }),
  )
/** One field a theme: in the answers of the API, and in the forms. */
export const themeFields = Object.fromEntries(THEME_LIST.map((one) => [one.code, answerTo(one)])) as Record<
  ThemeCode,
  ReturnType<typeof answerTo>
>

/** Where; the verb knows the codes. */
export const Departement = Type.Optional(Type.String({ maxLength: 3, description: 'Code officiel : 01, 2A, 69, 971…' }))
const Answers = Type.Object(themeFields, {
  ...closed,
  description: `Les thèmes de la liste, version ${THEMES_VERSION}`,
})

export const NewTeamNeed = Type.Object({ departement: Departement, answers: Answers }, closed)
export const NewNeed = Type.Object({ respondent: Own, departement: Departement, answers: Answers }, closed)
export const Withdrawal = Type.Object({ respondent: Own }, closed)
