import { invalid, notFound } from '../errors.ts'
import { type Kind, KINDS, type Table, TABLES } from './tables.ts'

/** How wide the territories of a crossing are: the country when none is named. */
const WIDTHS = ['departement', 'region', 'hub'] as const
type Width = (typeof WIDTHS)[number] | 'pays'

/** What the figures of a crossing are told by: a table, the width of its territories, the period or its months. */
export type Crossing = { kind: Kind; width: Width; isMonthly: boolean }

/** The tables that editions gave when none was signed; hubs came with the others. */
export const FIRST: readonly Kind[] = ['all', 'badge', 'competence', 'level', 'public']

/** The tables that an edition gives. */
const kindsOf = ({ isWhole }: { isWhole: boolean }): readonly Kind[] => (isWhole ? KINDS : FIRST)

/** Every crossing of an edition, in the order of its tables. */
function crossingsOf(edition: { isWhole: boolean }): Crossing[] {
  return kindsOf(edition).flatMap((kind) => {
    const { depth, months = [] }: Table = TABLES[kind]
    const widths: Width[] = [
      'pays',
      ...(depth === 'FR' ? [] : (['region'] as const)),
      ...(depth === 'FR' || !edition.isWhole ? [] : (['hub'] as const)),
      ...(depth === 'DEP' ? (['departement'] as const) : []),
    ]
    return [
      ...widths.map((width) => ({ kind, width, isMonthly: false })),
      ...months.map((one) => ({
        kind,
        width: one === 'FR' ? ('pays' as const) : ('region' as const),
        isMonthly: true,
      })),
    ]
  })
}

/** What a crossing is asked by: `competence,level,region`. */
export const crossingWords = ({ kind, width, isMonthly }: Crossing): string =>
  [...TABLES[kind].dimensions, ...(width === 'pays' ? [] : [width]), ...(isMonthly ? ['month'] : [])].join(',')

/**
 * The crossings that are exactly what is asked, whatever the order of the words, in one table when it is named. What is not
 * published cannot be had by asking otherwise: `crossing_not_published`, with what is.
 */
export function findCrossings(edition: { isWhole: boolean }, by: string, kind?: Kind): Crossing[] {
  const wanted = [...new Set(by.split(',').filter((one) => one !== ''))].toSorted().join()
  const published = crossingsOf(edition).filter((one) => kind === undefined || one.kind === kind)
  const found = published.filter((one) => crossingWords(one).split(',').filter(Boolean).toSorted().join() === wanted)
  if (found.length > 0) return found
  throw invalid(
    'crossing_not_published',
    `Rien n’est publié par « ${by} »${kind ? ` dans le tableau « ${kind} »` : ''} : croisés plus finement, des nombres désigneraient des personnes.`,
    'Demandez un des croisements publiés ; pour le pays entier et la période entière, laissez « by » vide.',
    { published: [...new Set(published.map(crossingWords))] },
  )
}

/** Refuses a table that an edition does not give, whose absence would be read as a zero; `not_found`. */
export function requireKind(edition: { isWhole: boolean }, kind: Kind): void {
  if (!kindsOf(edition).includes(kind)) throw notFound('Dans cette édition, le tableau', kind)
}
