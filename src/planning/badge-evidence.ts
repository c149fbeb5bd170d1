import { list, type OpenBadge } from '../credentials/open-badge.ts'
import { claimedIssuer } from '../credentials/verification-view.ts'
import type { Verifier } from '../credentials/verifier.ts'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import { issuerDid } from '../organisations/organisations.ts'
import type { CompetenceRef } from '../referential/schema.ts'
import { equivalencesOfBadge } from '../wallet/worth.ts'
import type { PlanRequest } from './schema.ts'

type Evidence = NonNullable<PlanRequest['evidence']>

/**
 * A badge that was verified: its id, its name, and the competences of our frameworks that it shows. A badge of elsewhere shows
 * those that an organisation recognises (`recognisedBy`, its name).
 */
export type VerifiedBadge = { id: string; name: string; competences: CompetenceRef[]; recognisedBy?: string }

/**
 * The competences of our frameworks that badges show, each badge verified now for that person: from the signed payload alone, at
 * the level that its results state, for a badge delivered here; as organisations recognise it, for one of elsewhere, whatever it
 * says of our frameworks itself. Error: `plan_evidence`, with the place of the badge that does not count.
 */
export const attestedBy = async (deps: VerifyDeps, evidence: Evidence): Promise<CompetenceRef[]> =>
  (await verifyBadges(deps, evidence)).flatMap((one) => one.competences)

type VerifyDeps = { db: Db; verifier: Verifier; baseUrl: string }

/** The same, badge by badge. */
export async function verifyBadges(
  { db, verifier, baseUrl }: VerifyDeps,
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
    if (verification.badge) verified.push(...(await readBadge(db, verification.badge, baseUrl)))
  }
  return verified
}

const refused = (index: number, why: string) =>
  invalid('plan_evidence', `Le badge n° ${index + 1} ne peut pas compter. ${why}`, 'Retirez-le, ou remplacez-le.', {
    field: `evidence/badges/${index}`,
  })

async function readBadge(db: Db, badge: OpenBadge, baseUrl: string): Promise<VerifiedBadge[]> {
  const { id } = badge
  const { name } = badge.credentialSubject.achievement
  if (isOurs(badge, baseUrl)) return [{ id, name, competences: attestedHere(badge, baseUrl) }]
  const known = await equivalencesOfBadge(db, badge, new Date())
  if (known.length === 0) return [{ id, name, competences: [] }]
  return known.map(({ authority, competences }) => ({ id, name, competences, recognisedBy: authority.name }))
}

/** Whether an organisation of this service issued it, by the identifier that the proof proves. */
function isOurs(badge: OpenBadge, baseUrl: string): boolean {
  const { id } = claimedIssuer(badge)
  return id.startsWith(issuerDid(baseUrl, '')) || id.startsWith(`${baseUrl}/`)
}

function attestedHere({ credentialSubject: { achievement, result } }: OpenBadge, baseUrl: string): CompetenceRef[] {
  const levels = new Map(list(result).map(({ resultDescription = '', value = '' }) => [resultDescription, value]))
  return list(achievement.alignment).flatMap(({ targetUrl }) => {
    const path = targetUrl.startsWith(`${baseUrl}/referentiels/`) ? targetUrl.slice(baseUrl.length).split('/') : []
    const [, , framework, version, code] = path
    if (!framework || !version || !code) return []
    const level = Number(levels.get(`${achievement.id}#${framework}:${code}`))
    return [{ framework, version, code, level: Number.isInteger(level) && level > 0 ? level : null }]
  })
}
