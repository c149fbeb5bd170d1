import { ANSWERS, RESPONDENTS, THEMES } from '../needs/themes.ts'

/** What a figure is told by, besides where and when. */
export const DIMENSIONS = {
  badge: 'Badge',
  competence: 'Compétence',
  level: 'Niveau',
  public: 'Public de la formation',
  metier: 'Métier qui demande la compétence',
  renewal: 'Première délivrance ou renouvellement',
  delay: 'Délai entre la fin de la session et le badge',
  outcome: 'Suite de la session',
  state: 'Situation',
  modality: 'Modalité',
  module: 'Module',
  respondent: 'Qui répond',
  theme: 'Thème',
  answer: 'Réponse',
  verdict: 'Verdict',
  means: 'Ce qui a été vérifié',
  coverage: 'Ce qui est couvert',
} as const
export type Dimension = keyof typeof DIMENSIONS

/** Which figures are weighed together: a reader could add and subtract those of one programme, never of two. */
type Programme = 'badges' | 'habilitations' | 'needs' | 'verifications'

/** A table of figures: what it counts, of whom, told by what. */
export type Table = {
  title: string
  unit: string
  population: string
  dimensions: readonly Dimension[]
  /** The smallest territory that it is given for. */
  depth: 'FR' | 'REG' | 'DEP'
  /** The territories for which each month is given too. */
  months?: readonly ('FR' | 'REG')[]
  /** Null: it counts nobody (sessions, competences), and nothing of it is withheld. */
  programme: Programme | null
  caution?: string
}

const BADGES = 'Badges délivrés pendant la période, révoqués depuis compris'
const badges = { unit: 'badges', population: BADGES, programme: 'badges' } as const
const SESSIONS = 'Sessions terminées pendant la période et non annulées, d’organismes inscrits ici'

/** Every table of an edition, by the name that its figures carry (`kind`). */
export const TABLES = {
  all: { ...badges, title: 'Badges délivrés', dimensions: [], depth: 'DEP', months: ['FR', 'REG'] },
  badge: { ...badges, title: 'Par badge', dimensions: ['badge'], depth: 'REG', months: ['FR'] },
  competence: {
    ...badges,
    title: 'Par compétence',
    dimensions: ['competence'],
    depth: 'DEP',
    months: ['FR'],
    caution: 'Une compétence compte tous les badges qui la portent : ces lignes ne s’additionnent pas.',
  },
  level: {
    ...badges,
    title: 'Par compétence et niveau',
    dimensions: ['competence', 'level'],
    depth: 'REG',
    caution: 'Les niveaux d’une compétence font ensemble tous les badges qui la portent ; ceux de deux compétences ne s’additionnent pas.', // prettier-ignore
  },
  public: {
    ...badges,
    title: 'Par public de la formation',
    dimensions: ['public'],
    depth: 'REG',
    months: ['FR'],
    caution: 'Une formation s’adresse à plusieurs publics : ces lignes ne s’additionnent pas. Le métier de la personne n’est pas connu.', // prettier-ignore
  },
  metier: {
    ...badges,
    title: 'Par métier qui demande une compétence du badge',
    dimensions: ['metier'],
    depth: 'REG',
    caution: 'Selon les listes d’exigences en vigueur, presque toutes illustratives. Un badge compte pour chaque métier qui demande une de ses compétences.', // prettier-ignore
  },
  'competence-public': {
    ...badges,
    title: 'Par compétence et public',
    dimensions: ['competence', 'public'],
    depth: 'FR',
    caution: 'Un badge compte pour chacune de ses compétences et chacun de ses publics.',
  },
  renewal: { ...badges, title: 'Premières délivrances et renouvellements', dimensions: ['renewal'], depth: 'REG' },
  delay: { ...badges, title: 'Délai de délivrance', dimensions: ['delay'], depth: 'REG' },
  outcome: {
    title: 'Achèvement',
    unit: 'places tenues',
    population: 'Places tenues dans les sessions terminées pendant la période',
    dimensions: ['outcome'],
    depth: 'REG',
    programme: 'badges',
    caution: 'Une place est tenue par qui était inscrit sans se désister, ou a montré un acquis.',
  },
  ending: {
    title: 'Badges arrivés à leur fin',
    unit: 'badges',
    population: 'Badges dont la validité finit pendant la période, révoqués non compris',
    dimensions: [],
    depth: 'REG',
    programme: 'badges',
  },
  habilitation: {
    title: 'Aidants Connect : habilités, et en cours',
    unit: 'habilitations ou demandes',
    population: 'Au dernier jour de la période : habilitations qui valent, et demandes ni closes ni abouties, une par personne et par structure', // prettier-ignore
    dimensions: ['state'],
    depth: 'DEP',
    programme: 'habilitations',
    caution: 'Les deux nombres ne s’additionnent pas : une personne habilitée dans une structure peut être en cours dans une autre.', // prettier-ignore
  },
  sessions: {
    title: 'Sessions tenues',
    unit: 'sessions',
    population: SESSIONS,
    dimensions: ['modality'],
    depth: 'DEP',
    months: ['FR', 'REG'],
    programme: null,
  },
  'sessions-module': {
    title: 'Sessions tenues, par module',
    unit: 'sessions',
    population: SESSIONS,
    dimensions: ['module'],
    depth: 'REG',
    programme: null,
  },
  hours: {
    title: 'Heures de formation programmées',
    unit: 'heures',
    population: `${SESSIONS}, qui disent leur durée`,
    dimensions: [],
    depth: 'DEP',
    programme: null,
  },
  places: {
    title: 'Places offertes',
    unit: 'places',
    population: SESSIONS,
    dimensions: [],
    depth: 'DEP',
    programme: null,
  },
  need: {
    title: 'Besoins de formation déclarés',
    unit: 'réponses',
    population: 'Déclarations faites ici pendant la période, la dernière de chaque personne ou structure',
    dimensions: ['respondent', 'theme', 'answer'],
    depth: 'REG',
    programme: 'needs',
    caution: 'Les besoins que les uns disent pour les autres et ceux que les personnes disent pour elles-mêmes ne se comparent pas. Une part se calcule sur « oui » et « non » ; « ne sait pas » est compté à part.', // prettier-ignore
  },
  verification: {
    title: 'Vérifications',
    unit: 'vérifications',
    population: 'Badges présentés à la vérification ici pendant la période ; le même peut l’être plusieurs fois',
    dimensions: ['verdict', 'means'],
    depth: 'FR',
    months: ['FR'],
    programme: 'verifications',
  },
  coverage: {
    title: 'Couverture de ce que les métiers demandent',
    unit: 'compétences',
    population: 'Compétences demandées par les listes d’exigences en vigueur à la publication',
    dimensions: ['metier', 'coverage'],
    depth: 'FR',
    programme: null,
    caution: 'Les listes sont presque toutes illustratives.',
  },
} as const satisfies Record<string, Table>
export type Kind = keyof typeof TABLES
export const KINDS = Object.keys(TABLES) as [Kind, ...Kind[]]

/** The codes of the short dimensions, and what they are called. */
export const CODES: Partial<Record<Dimension, Record<string, string>>> = {
  renewal: { first: 'Première délivrance', renewed: 'Renouvellement' },
  delay: {
    week: '7 jours au plus',
    month: '8 à 30 jours',
    quarter: '31 à 90 jours',
    later: 'Plus de 90 jours',
    none: 'Sans session',
  },
  outcome: { completed: 'Acquis constatés', other: 'Sans acquis constatés' },
  state: { habilites: 'Habilitations qui valent', 'en-cours': 'Demandes en cours' },
  modality: { presentiel: 'En présence', distance: 'À distance', hybride: 'Hybride' },
  respondent: RESPONDENTS,
  theme: THEMES,
  answer: ANSWERS,
  verdict: { valid: 'Valide', invalid: 'Non valide', indeterminate: 'Indéterminé' },
  means: { own: 'Badge qui se dit délivré ici', other: 'Badge d’ailleurs', unreadable: 'Fichier sans badge lisible' },
  coverage: {
    asked: 'Demandées',
    taught: 'Apprises par un module',
    held: 'Apprises par une session tenue pendant la période',
    shown: 'Montrées par un badge du catalogue',
    delivered: 'Montrées par un badge délivré pendant la période',
  },
}
/** A level that nobody stated. */
export const UNSTATED = 'non précisé'

/** Of what a figure counts, one code a dimension of its table, in order. */
export const ofCodes = (...codes: string[]): string => codes.join('|')
export const codesOf = (of: string): string[] => (of === '' ? [] : of.split('|'))
