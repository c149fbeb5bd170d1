import type { readHabilitationRequest } from './habilitation-requests.ts'
import type { readOrganisationRequest } from './read-organisation-requests.ts'
import { refusalOf } from './professionals.ts'

/** One rule of eligibility: passed, not passed, or not to be known yet; `why` says more. */
export type Check = { rule: string; outcome: 'success' | 'failure' | 'skipped'; why?: string }

type OrganisationRequest = Awaited<ReturnType<typeof readOrganisationRequest>>
type HabilitationRequest = Awaited<ReturnType<typeof readHabilitationRequest>>
type Declared = Pick<OrganisationRequest['aidants'][number], 'email' | 'profession' | 'standing'>

/** The five declarations of a structure, in words. */
export const DECLARATIONS = {
  cgu: 'Les conditions générales d’utilisation sont acceptées',
  notFree: 'Il est compris que le service n’est pas gratuit',
  dpo: 'La déléguée ou le délégué à la protection des données est informé',
  professionalsOnly: 'La structure ne compte que des professionnelles et des professionnels',
  withoutElected: 'Aucune personne élue n’est impliquée',
} as const

const check = (rule: string, isPassed: boolean, why?: string): Check => ({
  rule,
  outcome: isPassed ? 'success' : 'failure',
  ...(why !== undefined && { why }),
})

/** What the rules say of one person. */
export function checkPerson({ email, profession, standing }: Declared): Check {
  const rule = 'Professionnelle ou professionnel, à une adresse nominative'
  if (email === null) return { rule, outcome: 'skipped', why: 'Les données de cette personne ont été effacées.' }
  const refusal = refusalOf({ email, profession, standing })
  return check(rule, refusal === null, refusal?.message)
}

/** What the rules say of a structure's request. */
export function checkOrganisation({ declarations, manager, aidants }: OrganisationRequest): Check[] {
  const refused = aidants.filter((one) => checkPerson(one).outcome === 'failure').length
  return [
    ...Object.entries(DECLARATIONS).map(([key, rule]) => check(rule, declarations[key as keyof typeof DECLARATIONS])),
    check('Une référente ou un référent est nommé', manager !== null),
    check(
      'Chaque personne est professionnelle, à une adresse nominative',
      refused === 0,
      refused === 0 ? undefined : 'Voyez la liste des personnes.',
    ),
  ]
}

/** What the rules say of a person's request, and what its habilitation still waits for. */
export function checkHabilitation(request: HabilitationRequest, isClosed: boolean): Check[] {
  const { formationDoneOn, pixDoneOn } = request
  return [
    checkPerson(request),
    check('La structure est ouverte', !isClosed, isClosed ? 'Elle est fermée : la demande attend.' : undefined),
    { rule: 'Formation suivie', outcome: formationDoneOn === null ? 'skipped' : 'success' },
    { rule: 'Test Pix passé', outcome: pixDoneOn === null ? 'skipped' : 'success' },
  ]
}
