import type { VerifiedBadge } from '../planning/badge-evidence.ts'
import type { Need } from '../planning/needs.ts'
import { boxOf, requestOf } from '../planning/plan-query.ts'
import type { LeftBadge } from '../planning/positioning.ts'
import type { PlanRequest } from '../planning/schema.ts'
import { longDate } from '../web/html.ts'
import { markOf } from '../wallet/marks.ts'
import { isGood } from '../wallet/read-imports.ts'
import { ELSEWHERE } from '../wallet/schema.ts'
import type { Worth } from '../wallet/worth.ts'
import { shownBy } from './competences.ts'
import { type HeldBadge, holds } from './holders.ts'

/** The address of a badge: what a positioning names it by. */
const idOf = (baseUrl: string, { id }: HeldBadge): string => `${baseUrl}/credentials/${id}`

type Evidence = { badges: VerifiedBadge[]; left: LeftBadge[] }

/** Someone's badges as evidence, those of elsewhere among them: those that count today, and those that do not, each with why. */
export function walletOf(badges: HeldBadge[], elsewhere: Worth, baseUrl: string, now: Date): Evidence {
  const [here, other] = [evidenceHere(badges, baseUrl, now), evidenceElsewhere(elsewhere, baseUrl, now)]
  return { badges: [...here.badges, ...other.badges], left: [...here.left, ...other.left] }
}

function evidenceElsewhere({ recognised, others }: Worth, baseUrl: string, now: Date): Evidence {
  const at = (id: string) => `${baseUrl}${ELSEWHERE}/${id}`
  return {
    badges: recognised.map(({ id, name, authority, competences }) => ({
      id: at(id),
      name,
      competences,
      recognisedBy: authority,
    })),
    left: others.map((one) => ({
      id: at(one.id),
      name: one.name ?? 'Badge d’ailleurs',
      why: isGood(one, now) ? 'badge d’ailleurs, pas encore reconnu' : `badge d’ailleurs, ${lowered(markOf(one, now))}`,
    })),
  }
}

const lowered = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1)

function evidenceHere(badges: HeldBadge[], baseUrl: string, now: Date): Evidence {
  const named = (one: HeldBadge) => ({ id: idOf(baseUrl, one), name: one.about.name })
  const attesting = badges.filter((one) => one.about.competences.length > 0)
  return {
    badges: attesting
      .filter((one) => holds(one, now))
      .map((one) => ({
        ...named(one),
        competences: shownBy([one], now).map(({ framework, version, code, level }) => ({
          framework,
          version,
          code,
          level,
        })),
      })),
    left: attesting.flatMap((one) => {
      const why = whyNot(one, now)
      return why === null ? [] : [{ ...named(one), why }]
    }),
  }
}

/** Why a badge does not count at that moment, as the end of a sentence; null when it does. */
function whyNot({ revokedAt, suspendedAt, validUntil }: HeldBadge, now: Date): string | null {
  if (revokedAt !== null) return `révoqué le ${longDate(revokedAt)}`
  if (suspendedAt !== null) return `suspendu depuis le ${longDate(suspendedAt)}`
  return validUntil !== null && validUntil <= now ? `expiré le ${longDate(validUntil)}` : null
}

/** What has become of the badges of a positioning since: why each that counted would not any more, by its address. */
export const sinceThen = (badges: HeldBadge[], elsewhere: Worth, baseUrl: string, now: Date): Map<string, string> =>
  new Map(walletOf(badges, elsewhere, baseUrl, now).left.map(({ id, why }) => [id, why]))

/** What the form says, in the words of the planner: among the needs, those that were ticked; the Pix levels. */
export function saidBy(target: PlanRequest['target'], needs: Need[], { acquis = [], pix = [], tables }: Said) {
  const boxes = new Set(needs.map(boxOf))
  const ticked = acquis.filter((one) => boxes.has(one))
  return requestOf(target, { acquis: ticked, pix, ...(tables && { tables }) }).evidence!
}
type Said = { acquis?: string[]; pix?: string[]; tables?: string }
