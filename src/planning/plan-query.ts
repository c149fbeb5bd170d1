import type { Need } from './needs.ts'
import type { PlanQuery, PlanRequest } from './schema.ts'

type Evidence = NonNullable<PlanRequest['evidence']>

/** A need as a box of a form stands for it: its key, then the level asked. */
export const boxOf = ({ competence, level }: Pick<Need, 'competence' | 'level'>): string =>
  level === null ? competence : `${competence}@${level}`

/** What the ticked boxes of a form say that someone can do (`boxOf`). */
export function declaredBy(boxes: string[]): Required<Pick<Evidence, 'competences' | 'blocks'>> {
  const competences = boxes.flatMap((box) => {
    const [framework, version, ...code] = box.split('/')
    if (!framework || !version || framework === 'bloc') return []
    const [name, level] = code.join('/').split('@')
    return [{ framework, version, code: name!, level: level ? Number(level) : null, basis: 'declaration' as const }]
  })
  return { competences, blocks: boxes.filter((one) => one.startsWith('bloc/')).map((one) => one.slice('bloc/'.length)) }
}

/** What Pix fields say (`version/code@level`), those left empty apart. */
const pixBy = (fields: string[]): Required<Evidence>['competences'] =>
  fields.filter(Boolean).map((field) => {
    const [version = '', rest = ''] = field.split('/')
    const [code = '', level] = rest.split('@')
    return { framework: 'pix', version, code, level: Number(level), basis: 'pix' }
  })

/** What the form asks for, in the words of the API. The lowest cost and the earliest end choose among sessions of themselves. */
export function requestOf(target: PlanRequest['target'], query: PlanQuery): PlanRequest {
  const {
    acquis = [],
    pix = [],
    tables,
    modalite = [],
    departement,
    depart,
    km,
    cpf,
    certifiant,
    sessions,
    jours,
  } = query
  const { competences, blocks } = declaredBy(acquis)
  const ways = (['presentiel', 'distance', 'alternance'] as const).filter((one) => modalite.includes(one))
  const objective = query.objectif === 'cout' ? 'cost' : query.objectif === 'fin' ? 'end' : 'hours'
  return {
    target,
    evidence: {
      competences: [...competences, ...pixBy(pix)],
      blocks,
      ...(tables && { crosswalks: 'proposed' }),
    },
    dated: sessions !== undefined || objective !== 'hours',
    objective,
    wishes: {
      ...(ways.length > 0 && { modality: ways }),
      ...(departement && { departements: [departement] }),
      ...(depart && { departure: depart }),
      ...(km && { kilometres: Number(km) }),
      ...(cpf && { cpf: true }),
      ...(certifiant && { certifying: true }),
      ...(jours && Number(jours) > 0 && { daysInARow: Number(jours) }),
    },
  }
}

/** The field of the form that what the API refuses was typed in. */
export const FIELDS: Record<string, string> = {
  objective: 'objectif',
  'wishes/departure': 'depart',
  'wishes/departements': 'departement',
  coverage: 'tenue',
  team: 'nom-1',
}
