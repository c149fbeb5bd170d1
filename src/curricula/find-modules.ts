import type { Certification } from '../referential/schema.ts'
import { searched } from '../web/search.ts'
import type { Module } from './schema.ts'

/** What is asked of the catalogue of modules; an empty text asks for nothing. */
export type ModulesAsked = {
  q?: string | undefined
  pour?: string | undefined
  heures?: string | undefined
  modalite?: string | undefined
  certification?: string | undefined
}

/** Whether a module answers; null when no source says it. */
type Answer = boolean | null

/** The modules that answer everything that is asked, then those of which a source leaves something unsaid. */
export function findModules(all: readonly Module[], certifications: readonly Certification[], asked: ModulesAsked) {
  const isNamed = searched(asked.q)
  const cpf = new Map(certifications.map((one) => [one.slug, one.cpf]))
  const judged = all
    .filter((one) => isNamed(one.title, one.summary, one.publisher))
    .map((module) => ({ module, answers: answersOf(module, cpf, asked) }))
    .filter(({ answers }) => !answers.includes(false))
  return {
    sure: judged.filter(({ answers }) => !answers.includes(null)).map(({ module }) => module),
    unsaid: judged.filter(({ answers }) => answers.includes(null)).map(({ module }) => module),
  }
}

function answersOf(module: Module, cpf: Map<string, Answer>, asked: ModulesAsked): Answer[] {
  const { pour, heures, modalite, certification } = asked
  const { modality, publics, certifying } = module
  return [
    ...(pour ? [publics.length === 0 ? null : publics.includes(pour)] : []),
    ...(heures ? [isWithin(module, Number(heures))] : []),
    ...(modalite ? [modality && modality.some((one) => one === modalite)] : []),
    ...(certification === 'oui' ? [certifying] : []),
    ...(certification === 'non' ? [certifying === null ? null : !certifying] : []),
    ...(certification === 'cpf' ? [eligibility(module, cpf)] : []),
  ]
}

const HOURS_A_DAY = 7

/** Whether its shortest form takes that many hours at the most. */
function isWithin({ hours, days }: Module, most: number): Answer {
  const shortest = hours?.min ?? hours?.max ?? (typeof days === 'number' ? days * HOURS_A_DAY : null)
  return shortest === null ? null : shortest <= most
}

/** Whether what it prepares for can be paid by the CPF. Without any certification, it cannot. */
export function eligibility({ prepares, certifying }: Module, cpf: ReadonlyMap<string, Answer>): Answer {
  if (prepares) return cpf.get(prepares.certification) ?? null
  return certifying === false ? false : null
}
