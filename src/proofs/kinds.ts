/** What someone may hold from elsewhere, and what it is called. */
export const KINDS = {
  certification: 'Certification',
  bloc: 'Bloc de certification',
  diplome: 'Diplôme',
  vae: 'Validation des acquis de l’expérience',
  pairs: 'Apprentissage entre pairs',
  poste: 'Apprentissage en poste',
} as const
export type Kind = keyof typeof KINDS

/** Three groups that are never counted together: what is learnt from peers or on the job is no certification. */
export const GROUPS = {
  certifications: { title: 'Certifications et blocs', kinds: ['certification', 'bloc'] },
  diplomas: { title: 'Diplômes et validation des acquis', kinds: ['diplome', 'vae'] },
  learnt: { title: 'Appris entre pairs et en poste', kinds: ['pairs', 'poste'] },
} as const satisfies Record<string, { title: string; kinds: readonly Kind[] }>
export type Group = keyof typeof GROUPS

const GROUP_OF: Record<Kind, Group> = {
  certification: 'certifications',
  bloc: 'certifications',
  diplome: 'diplomas',
  vae: 'diplomas',
  pairs: 'learnt',
  poste: 'learnt',
}
export const groupOf = (kind: Kind): Group => GROUP_OF[kind]

/** How a proof was checked: someone saw a document, a register or the issuer answered, a badge was verified. */
export const METHODS = ['document', 'registre', 'badge'] as const
export type Method = (typeof METHODS)[number]
export const OUTCOMES = ['confirmed', 'refused'] as const
export type Outcome = (typeof OUTCOMES)[number]

type Named = { kind: Kind; title: string | null; certification: { title: string } | null; block: string | null }

/** What a proof is called. A block says that it is one: it must never be read as the title that it belongs to. */
export function titleOf({ kind, title, certification, block }: Named): string {
  if (kind !== 'bloc') return certification?.title ?? title ?? ''
  const whole = certification ? `Bloc ${block} de « ${certification.title} »` : `Bloc « ${title} »`
  return `${whole} : un bloc n’est pas le titre`
}

/** The last check of a proof, by whom and on which day; null while nobody looked. */
export type Checked = { how: Method; outcome: Outcome; by: string | null; on: string } | null

/** How a proof was checked, in words; the day is written as given. */
export function checkWords(check: Checked, day: (iso: string) => string): string {
  if (!check) return 'Déclaré par la personne ; personne ne l’a encore vérifié.'
  const { how, outcome, by, on } = check
  if (how === 'badge')
    return `Badge numérique vérifié le ${day(on)} : sa signature et sa destinataire ou son destinataire.`
  if (outcome === 'refused') return `Non confirmé par ${by}, le ${day(on)}.`
  return how === 'document'
    ? `Document vu par ${by}, le ${day(on)}.`
    : `Confirmé par un registre ou par qui l’a délivré, que ${by} a interrogé le ${day(on)}.`
}
