import { DomainError, invalid } from '../errors.ts'
import { normaliseEmail } from '../email.ts'
import type { Standing } from './statuses.ts'

const withoutAccents = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()

const GENERIC =
  /^(accueil|contact|mairie|info|secretariat|direction|ccas|mediatheque|bibliotheque|rh|admin|no-?reply)s?([\d._+-].*)?$/

/** Whether an address is someone's own: that of a desk (`accueil@`, `mairie69@`, `rh.lyon@`) is not. */
export const isNominative = (email: string): boolean =>
  !GENERIC.test(withoutAccents(normaliseEmail(email)).split('@')[0]!)

// Who works for an elected person or with volunteers is neither: « secrétaire du maire », « coordinatrice des bénévoles ».
const HERSELF = String.raw`(?<!\b(?:du|des|de|de la|les|au|aux|a la|l|d|d une?)\s)`
const NOT_PROFESSIONAL = [
  String.raw`${HERSELF}\belue?s?\b`,
  String.raw`${HERSELF}\bmaires?\b`,
  String.raw`${HERSELF}\badjointe?s?( e)? (au|du|a la|de la) maire\b`,
  String.raw`${HERSELF}\bconseill(er|ere)s?( e?re)? municipa(l|le|ux|les)\b`,
  String.raw`${HERSELF}\bbenevoles?\b`,
].map((pattern) => new RegExp(pattern))

/** Whether a profession says by itself that someone is elected or a volunteer. */
export function saysElectedOrVolunteer(profession: string): boolean {
  const words = withoutAccents(profession)
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim()
  return NOT_PROFESSIONAL.some((pattern) => pattern.test(words))
}

type Professional = { email: string; profession: string; standing: Standing }

/** What forbids to ask for someone's habilitation: `not_professional`, `email_not_nominative`; null when nothing does. */
export function refusalOf({ email, profession, standing }: Professional): DomainError | null {
  if (standing === 'benevole' || standing === 'elu' || saysElectedOrVolunteer(profession)) return notProfessional()
  return isNominative(email) ? null : NOT_NOMINATIVE()
}

/** Errors: those of `refusalOf`. */
export function requireProfessional(given: Professional): void {
  const refusal = refusalOf(given)
  if (refusal) throw refusal
}

/** What the named constraints of a standing mean too. */
export const notProfessional = () =>
  invalid(
    'not_professional',
    'Une personne élue ou bénévole ne peut pas être habilitée : l’habilitation est réservée aux professionnelles et aux professionnels.',
    'Retirez cette personne, ou corrigez sa profession et sa qualité si elle est salariée ou agente publique.',
    { field: 'profession' },
  )

const NOT_NOMINATIVE = () =>
  invalid(
    'email_not_nominative',
    'L’adresse d’une aidante ou d’un aidant doit être la sienne : celle d’un service ne désigne personne.',
    'Donnez son adresse professionnelle nominative, par exemple prenom.nom@….',
    { field: 'email' },
  )

export const twice = () =>
  invalid(
    'aidant_twice',
    'La même personne figure deux fois dans la demande.',
    'Gardez une seule ligne par personne, avec une seule adresse.',
  )
