import { checkShape, list } from '../credentials/open-badge.ts'
import type { Verifier } from '../credentials/verifier.ts'
import type { Verification } from '../credentials/verify.ts'
import { invalid } from '../errors.ts'
import type { CompetenceRef } from '../referential/schema.ts'
import type { PlanRequest } from './schema.ts'

type Evidence = NonNullable<PlanRequest['evidence']>

/** A badge that was verified: its id, its name, and the competences of our frameworks that it attests. */
export type VerifiedBadge = { id: string; name: string; competences: CompetenceRef[] }

/**
 * The competences of our frameworks that signed badges attest, each badge verified now for that person: from the signed
 * payload alone, at the level that its results state. Error: `plan_evidence`, with the place of the badge that does not count.
 */
export const attestedBy = async (deps: VerifyDeps, evidence: Evidence): Promise<CompetenceRef[]> =>
  (await verifyBadges(deps, evidence)).flatMap((one) => one.competences)

type VerifyDeps = { verifier: Verifier; baseUrl: string }

/** The same, badge by badge. */
export async function verifyBadges(
  { verifier, baseUrl }: VerifyDeps,
  { badges = [], recipient }: Evidence,
): Promise<VerifiedBadge[]> {
  if (badges.length > 0 && recipient === undefined) {
    throw invalid(
      'plan_evidence',
      'Il manque le nom ou l’adresse de la personne à qui sont ces badges.',
      'Ajoutez « recipient » : un badge d’une autre personne ne compte pas.',
      { field: 'evidence/recipient' },
    )
  }
  const verified: VerifiedBadge[] = []
  for (const [index, badge] of badges.entries()) {
    const verification =
      typeof badge === 'string'
        ? await verifier.url(badge, { recipient })
        : await verifier.credential(badge, { recipient })
    if (verification.verdict !== 'valid') throw refused(index, verification.summary)
    verified.push(readBadge(verification, baseUrl))
  }
  return verified
}

const refused = (index: number, why: string) =>
  invalid('plan_evidence', `Le badge n° ${index + 1} ne peut pas compter. ${why}`, 'Retirez-le, ou remplacez-le.', {
    field: `evidence/badges/${index}`,
  })

function readBadge({ credential }: Verification, baseUrl: string): VerifiedBadge {
  const shape = checkShape(credential)
  if (shape.outcome !== 'success') return { id: '', name: '', competences: [] }
  const { achievement, result } = shape.badge.credentialSubject
  const levels = new Map(list(result).map(({ resultDescription = '', value = '' }) => [resultDescription, value]))
  const competences = list(achievement.alignment).flatMap(({ targetUrl }) => {
    const path = targetUrl.startsWith(`${baseUrl}/referentiels/`) ? targetUrl.slice(baseUrl.length).split('/') : []
    const [, , framework, version, code] = path
    if (!framework || !version || !code) return []
    const level = Number(levels.get(`${achievement.id}#${framework}:${code}`))
    return [{ framework, version, code, level: Number.isInteger(level) && level > 0 ? level : null }]
  })
  return { id: shape.badge.id, name: achievement.name, competences }
}
