/** What an initial training led to, and how long it was, in the words of the dispositif. */
export const LABELS = ['CCP1', 'CCP2', 'CCP2 & CCP3'] as const
export const PARCOURS = ['70h', '105h', '175h', '280h', '315h', '350h', '420h'] as const
export type Label = (typeof LABELS)[number]
export type Parcours = (typeof PARCOURS)[number]

/** The lengths proposed in each period, both days included; nothing is known of May to December 2023. */
const PERIODS: { from: string; to: string; parcours: readonly Parcours[] }[] = [
  { from: '2021-01-01', to: '2023-04-30', parcours: ['105h', '280h', '350h', '420h'] },
  { from: '2024-01-01', to: '2025-12-31', parcours: ['70h', '175h', '315h'] },
  { from: '2025-07-13', to: '9999-12-31', parcours: ['175h'] },
]

/** Whether a length was not proposed on the day a training started; null when one of the two is unknown. */
export function isUnusual(parcours: Parcours | null, startsOn: string): boolean | null {
  const known = PERIODS.filter(({ from, to }) => from <= startsOn && startsOn <= to)
  if (parcours === null || known.length === 0) return null
  return !known.some((one) => one.parcours.includes(parcours))
}

type Shown = 'REMN' | 'CCP1' | 'PIX'

/**
 * What is shown of an initial training, by the rule of the dispositif: REMN if said so or from the second block on, CCP1
 * if that is all there is, and PIX besides. CCP1 is one block: it is never shown as the title.
 */
export function shownOf({ label, pix, remn }: { label: Label | null; pix: boolean | null; remn: boolean | null }) {
  const isTitle = remn === true || label === 'CCP2' || label === 'CCP2 & CCP3'
  const shown: Shown[] = isTitle ? ['REMN'] : label === 'CCP1' ? ['CCP1'] : []
  return pix === true ? [...shown, 'PIX' as const] : shown
}
