import type { Cell, ColumnType } from './parquet.ts'
import { CODES, codesOf, type Dimension, DIMENSIONS, type Kind, type Table, TABLES } from './tables.ts'
import { territoryWords } from './territories.ts'

/** A column of the files of an edition: what it holds, and the values that it may take when they are few. */
export type FigureColumn = {
  name: string
  title: string
  description: string
  type: ColumnType
  required: boolean
  values?: readonly string[]
}

/** A figure as it was published, with what it is a share of. */
export type PublishedFigure = {
  kind: Kind
  of: string
  territory: string
  month: string
  count: number | null
  denominator: number | null
}

/** What codes were called on the day of publication. */
export type Labels = Partial<Record<Dimension, Map<string, string>>>

/** Dimensions as the columns of the files name them. */
const NAMES: Record<Dimension, string> = {
  badge: 'badge',
  competence: 'competence',
  level: 'niveau',
  public: 'public',
  metier: 'metier',
  renewal: 'delivrance',
  delay: 'delai',
  outcome: 'suite',
  state: 'situation',
  modality: 'modalite',
  module: 'module',
  respondent: 'repondant',
  theme: 'theme',
  answer: 'reponse',
  verdict: 'verdict',
  means: 'moyen',
  coverage: 'couverture',
}
const dimensions = Object.keys(DIMENSIONS) as Dimension[]

const text = (name: string, title: string, description: string, more: Partial<FigureColumn> = {}): FigureColumn => ({
  name,
  title,
  description,
  type: 'string',
  required: false,
  ...more,
})
const required = { required: true }

/** The columns of every file of figures, in order. */
export const COLUMNS: readonly FigureColumn[] = [
  text('edition', 'Édition', 'Le nom de l’édition', required),
  text('de', 'Premier mois', 'Premier mois de la période, compris (AAAA-MM)', required),
  text('a', 'Dernier mois', 'Dernier mois de la période, compris (AAAA-MM)', required),
  text('tableau', 'Tableau', 'Le tableau dont la ligne fait partie', {
    ...required,
    values: Object.keys(TABLES),
  }),
  text('titre', 'Titre du tableau', 'Le titre du tableau', required),
  text('unite', 'Unité', 'Ce que le nombre compte', required),
  text('population', 'Population', 'De qui ou de quoi le nombre parle', required),
  text('reserve', 'Réserve', 'Ce qu’il ne faut pas faire dire au nombre ; vide quand il n’y en a pas'),
  text('territoire', 'Territoire', 'FR, REG- et le code Insee de la région, HUB- et le nom du hub, DEP- et le numéro du département ; « DEP- » seul : inconnu, ou à distance', required), // prettier-ignore
  text('territoire_nom', 'Nom du territoire', 'Comment s’appelle le territoire', required),
  text('mois', 'Mois', 'Le mois (AAAA-MM) ; vide pour la période entière'),
  ...dimensions.flatMap((one) => {
    const codes = CODES[one]
    const about = `Vide dans les tableaux qui ne se lisent pas selon cette dimension`
    return [
      text(NAMES[one], DIMENSIONS[one], `${DIMENSIONS[one]} : code. ${about}`, codes && { values: Object.keys(codes) }),
      text(`${NAMES[one]}_nom`, `${DIMENSIONS[one]}, en clair`, `${DIMENSIONS[one]} : libellé. ${about}`),
    ]
  }),
  text('nombre', 'Nombre', 'Le nombre ; vide (null) quand il est secret. Ce qui n’a pas de ligne vaut zéro', {
    type: 'whole',
  }),
  text('secret', 'Secret statistique', 'Oui quand le nombre est retenu : il est sous le seuil, ou une soustraction rendrait un nombre qui y est', { ...required, type: 'boolean' }), // prettier-ignore
  text('denominateur', 'Dénominateur', 'Ce sur quoi une part se calcule ; vide où une part n’a pas de sens, ou quand une partie du tout est secrète', { type: 'whole' }), // prettier-ignore
]

type Period = { edition: string; fromMonth: string; toMonth: string }

/** A figure as a line that can be read alone. */
export function figureLine({ edition, fromMonth, toMonth }: Period, one: PublishedFigure, labels: Labels) {
  const { title, unit, population, caution, dimensions: told }: Table = TABLES[one.kind]
  const codes = codesOf(one.of)
  const line: Record<string, Cell> = {
    edition,
    de: fromMonth,
    a: toMonth,
    tableau: one.kind,
    titre: title,
    unite: unit,
    population,
    reserve: caution ?? null,
    territoire: one.territory,
    territoire_nom: territoryWords(one.territory),
    mois: one.month || null,
    nombre: one.count,
    secret: one.count === null,
    denominateur: one.denominator,
  }
  for (const [index, dimension] of told.entries()) {
    const code = codes[index] ?? ''
    line[NAMES[dimension]] = code
    line[`${NAMES[dimension]}_nom`] = labels[dimension]?.get(code) ?? code
  }
  return line
}
