import { invalid } from '../errors.ts'
import { knownDepartement } from '../organisations/departements.ts'
import type { PlanRequest } from './schema.ts'

const refuse = (kind: 'wishes' | 'team', field: string, message: string, mend: string) =>
  invalid(`plan_${kind}`, message, mend, { field })

/** Refuses a request that no plan could answer. Errors: `plan_wishes`, `plan_team`, `departement_unknown`. */
export function refuseContradictions(request: PlanRequest): void {
  refuseWishes(request.wishes ?? {})
  refuseTeam(request)
  const { dated = false, objective } = request
  if (objective === 'end' && !dated) {
    throw refuse(
      'wishes',
      'objective',
      'Finir au plus tôt demande des dates.',
      'Ajoutez "dated": true, ou minimisez les heures.',
    )
  }
  if (objective === 'cost' && !dated) {
    throw refuse(
      'wishes',
      'objective',
      'Le coût est celui de sessions : il demande des dates.',
      'Ajoutez "dated": true, ou minimisez les heures.',
    )
  }
}

function refuseWishes({
  from,
  until,
  modality,
  departements,
  departure,
  kilometres,
}: NonNullable<PlanRequest['wishes']>) {
  if (from !== undefined && until !== undefined && until < from) {
    throw refuse('wishes', 'wishes', 'La période finit avant de commencer.', 'Corrigez les dates.')
  }
  if (modality?.length === 0) {
    throw refuse(
      'wishes',
      'wishes/modality',
      'Aucune modalité n’est admise : rien ne peut être suivi.',
      'Donnez-en une au moins, ou retirez « modality ».',
    )
  }
  if (departements?.length === 0) {
    throw refuse(
      'wishes',
      'wishes/departements',
      'Aucun département n’est admis : rien ne peut être suivi en présence.',
      'Donnez-en un au moins, ou retirez « departements ».',
    )
  }
  if (kilometres !== undefined && departure === undefined) {
    throw refuse(
      'wishes',
      'wishes/departure',
      'Une distance se compte depuis un département de départ, et il manque.',
      'Ajoutez ce département (« departure »), ou retirez la distance (« kilometres »).',
    )
  }
  for (const one of [...(departements ?? []), departure]) knownDepartement(one)
}

function refuseTeam({ team, evidence, coverage = 1 }: PlanRequest): void {
  if (team && evidence) {
    throw refuse(
      'team',
      'team',
      'Une équipe n’a pas d’acquis à elle.',
      'Donnez ceux de chaque personne, dans « team ».',
    )
  }
  const people = team?.length ?? 1
  if (coverage > people) {
    throw refuse(
      'team',
      'coverage',
      `Chaque compétence devrait être tenue par ${coverage} personnes, et l’équipe en compte ${people}.`,
      'Ajoutez des personnes à l’équipe, ou demandez moins de personnes par compétence.',
    )
  }
  const names = new Set(team?.map((one) => one.name))
  if (team && names.size < team.length) {
    throw refuse('team', 'team', 'Deux personnes de l’équipe portent le même nom.', 'Donnez à chacune un nom.')
  }
}
