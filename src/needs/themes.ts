/** Who answers; each one's answers are counted apart, those for a team never with those for oneself. */
export const RESPONDENTS = {
  mediateur: 'Médiatrice ou médiateur numérique',
  conseiller: 'Conseillère ou conseiller numérique',
  aidant: 'Aidante ou aidant numérique',
  cadre: 'Cadre de l’inclusion numérique',
  independant: 'Personne à son compte dans la médiation numérique',
  employeur: 'Employeuse ou employeur, pour son équipe',
} as const
export type Respondent = keyof typeof RESPONDENTS
/** An organisation answers for its team, and nobody else does. */
export const TEAM = 'employeur' satisfies Respondent
export const RESPONDENT_CODES = Object.keys(RESPONDENTS) as [Respondent, ...Respondent[]]
export const OWN_RESPONDENTS = RESPONDENT_CODES.filter((one) => one !== TEAM)

type Theme = { label: string; hint: string; lines: string; note: string }

/**
 * The themes of training needs that the Observatoire 2022 asked about or heard of, in its order. A code is never given
 * another meaning, and a list that changes gets another version: what was declared under the former one still counts.
 */
export const THEMES_VERSION = '1'
const LISTED = {
  accompagnement: {
    label: 'Pratiques de l’accompagnement',
    hint: 'Diagnostic, positionnement, outils.',
    lines: '4608-4615',
    note: 'dit par les employeurs et par les personnes à leur compte',
  },
  changements: {
    label: 'Adaptation aux changements',
    hint: 'Nouveaux logiciels, RGPD, RGAA.',
    lines: '4621-4625',
    note: 'dit par les employeurs',
  },
  outils: {
    label: 'Maîtrise des outils de l’environnement numérique',
    hint: '',
    lines: '4625-4627',
    note: 'dit par les employeurs',
  },
  relation: {
    label: 'Relation et psychologie de l’accompagnement',
    hint: 'Face à des publics souvent en grande difficulté.',
    lines: '4628-4634',
    note: 'entendu en entretien, sans chiffre',
  },
  financement: { label: 'Recherche de financement', hint: '', lines: '4648', note: 'dit par les cadres' },
  reseaux: { label: 'Réseaux et partenariats', hint: '', lines: '4649', note: 'dit par les cadres' },
  projet: { label: 'Gestion de projet', hint: '', lines: '4650', note: 'dit par les cadres' },
  management: { label: 'Techniques de management', hint: '', lines: '4651', note: 'dit par les cadres' },
} as const satisfies Record<string, Theme>
export type ThemeCode = keyof typeof LISTED
export const THEME_CODES = Object.keys(LISTED) as [ThemeCode, ...ThemeCode[]]

/** Each theme with its words, a hint ('' for none) and where it was read. */
export const THEME_LIST: readonly (Theme & { code: ThemeCode })[] = THEME_CODES.map((code) => ({
  code,
  ...LISTED[code],
}))
/** What the codes of themes are called. */
export const THEMES = Object.fromEntries(THEME_LIST.map(({ code, label }) => [code, label])) as Record<
  ThemeCode,
  string
>

/** What may be answered; a theme without an answer is « ne sait pas ». */
export const ANSWERS = { oui: 'Oui', non: 'Non', nsp: 'Ne sait pas' } as const
export type Answer = keyof typeof ANSWERS
/** What someone answers, theme by theme. */
export type Answers = Partial<Record<ThemeCode, Answer>>
