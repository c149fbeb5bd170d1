import { checkShape, list } from '../credentials/open-badge.ts'
import type { Verifier } from '../credentials/verifier.ts'
import type { Verification } from '../credentials/verify.ts'
import { invalid } from '../errors.ts'
import type { CompetenceRef } from '../referential/schema.ts'
import type { PlanRequest } from './schema.ts'

type Evidence = NonNullable<PlanRequest['evidence']>

/**
 * The competences of our frameworks that signed badges attest, each badge verified now for that person: from the signed
 * payload alone, at the level that its results state. Error: `plan_evidence`, with the place of the badge that does not count.
 */
export async function attestedBy(
  { verifier, baseUrl }: { verifier: Verifier; baseUrl: string },
  { badges = [], recipient }: Evidence,
): Promise<CompetenceRef[]> {
  if (badges.length > 0 && recipient === undefined) {
    throw invalid(
      'plan_evidence',
      'Il manque le nom ou l’adresse de la personne à qui sont ces badges.',
      'Ajoutez « recipient » : un badge d’une autre personne ne compte pas.',
      { field: 'evidence/recipient' },
    )
  }
  const attested: CompetenceRef[] = []
  for (const [index, badge] of badges.entries()) {
    const verification =
      typeof badge === 'string'
        ? await verifier.url(badge, { recipient })
        : await verifier.credential(badge, { recipient })
    if (verification.verdict !== 'valid') throw refused(index, verification.summary)
    attested.push(...competencesOf(verification, baseUrl))
  }
  return attested
}

const refused = (index: number, why: string) =>
  invalid('plan_evidence', `Le badge n° ${index + 1} ne peut pas compter. ${why}`, 'Retirez-le, ou remplacez-le.', {
    field: `evidence/badges/${index}`,
  })

function competencesOf({ credential }: Verification, baseUrl: string): CompetenceRef[] {
  const shape = checkShape(credential)
  if (shape.outcome !== 'success') return []
  const { achievement, result } = shape.badge.credentialSubject
  const levels = new Map(list(result).map(({ resultDescription = '', value = '' }) => [resultDescription, value]))
  return list(achievement.alignment).flatMap(({ targetUrl }) => {
    const path = targetUrl.startsWith(`${baseUrl}/referentiels/`) ? targetUrl.slice(baseUrl.length).split('/') : []
    const [, , framework, version, code] = path
    if (!framework || !version || !code) return []
    const level = Number(levels.get(`${achievement.id}#${framework}:${code}`))
    return [{ framework, version, code, level: Number.isInteger(level) && level > 0 ? level : null }]
  })
}
