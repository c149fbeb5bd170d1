import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { isVersion1, namedAsWritten, readableForm } from './badge-form.ts'
import { CREDENTIALS_V2 } from './contexts.ts'
import { type BrokenMust, brokenMust, URL_PATTERN } from './credential-musts.ts'
import { checkForm } from './form.ts'
import type { JsonObject } from './suite.ts'

const Text = Type.String({ minLength: 1, maxLength: 20_000 })
const Uri = Type.String({ pattern: URL_PATTERN, maxLength: 4096 })
const DateTime = Type.String({
  pattern: '^-?\\d{4,}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$',
})
const oneOrMany = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Union([item, Type.Array(item, { maxItems: 200 })])
const typed = (name: string) =>
  Type.Union([Type.Literal(name), Type.Array(Type.String(), { contains: Type.Literal(name), maxItems: 20 })])

const Achievement = Type.Object({
  id: Uri,
  type: typed('Achievement'),
  name: Text,
  achievementType: Type.Optional(Type.String()),
  description: Type.String({ maxLength: 20_000 }),
  criteria: Type.Object({ id: Type.Optional(Uri), narrative: Type.Optional(Type.String()) }),
  version: Type.Optional(Type.String()),
  alignment: Type.Optional(
    oneOrMany(
      Type.Object({
        type: typed('Alignment'),
        targetName: Text,
        targetUrl: Uri,
        targetCode: Type.Optional(Type.String()),
        targetFramework: Type.Optional(Type.String()),
      }),
    ),
  ),
  resultDescription: Type.Optional(
    oneOrMany(
      Type.Object({
        id: Uri,
        type: typed('ResultDescription'),
        name: Text,
        resultType: Text,
        valueMax: Type.Optional(Type.String()),
      }),
    ),
  ),
})

const Subject = Type.Object({
  id: Type.Optional(Uri),
  type: typed('AchievementSubject'),
  identifier: Type.Optional(
    oneOrMany(
      Type.Object({ type: typed('IdentityObject'), hashed: Type.Boolean(), identityHash: Text, identityType: Text }),
    ),
  ),
  activityEndDate: Type.Optional(DateTime),
  achievement: Achievement,
  result: Type.Optional(
    oneOrMany(
      Type.Object({
        type: typed('Result'),
        resultDescription: Type.Optional(Uri),
        value: Type.Optional(Type.String()),
        status: Type.Optional(Type.String()),
      }),
    ),
  ),
})

const StatusEntry = Type.Object({ type: oneOrMany(Type.String()) })

/** What an Open Badges 3.0 AchievementCredential must hold for its content to be displayed (OB 3.0 §8, B.1). */
export const OpenBadge = Type.Object({
  '@context': Type.Array(Type.Unknown(), { minItems: 2, maxItems: 10 }),
  id: Uri,
  type: Type.Array(Type.String()),
  name: Type.Optional(Type.String()),
  issuer: Type.Union([
    Uri,
    Type.Object({ id: Uri, type: typed('Profile'), name: Type.Optional(Text), url: Type.Optional(Uri) }),
  ]),
  validFrom: DateTime,
  validUntil: Type.Optional(DateTime),
  credentialSubject: Subject,
  evidence: Type.Optional(
    oneOrMany(
      Type.Object({ id: Type.Optional(Uri), type: typed('Evidence'), narrative: Type.Optional(Type.String()) }),
    ),
  ),
  credentialStatus: Type.Optional(
    Type.Union([StatusEntry, Type.Array(StatusEntry, { maxItems: 8 })]), // each may cost a document to fetch
  ),
})
export type OpenBadge = Static<typeof OpenBadge>

const CONTEXT_V3 = /^https:\/\/purl\.imsglobal\.org\/spec\/ob\/v3p0\/context(-3(\.\d+)*)?\.json$/

export type ShapeCheck =
  | { outcome: 'success'; badge: OpenBadge }
  | { outcome: 'failure'; code: 'shape_invalid' | 'shape_too_complex' | BrokenMust['code']; where: string }
  | { outcome: 'skipped'; code: 'shape_unsupported' | 'context_unknown' }

/**
 * Judges the form of a credential before anything costly is done with it, and gives it in the form of VC 2.0 to be read, be it
 * of VC 2.0 or of VC 1.1.
 */
export function checkShape(value: unknown): ShapeCheck {
  const wrong = (where: string): ShapeCheck => ({ outcome: 'failure', code: 'shape_invalid', where })
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong('')
  const given = value as JsonObject
  const form = checkForm(given)
  if (form?.code === 'too_complex') return { outcome: 'failure', code: 'shape_too_complex', where: '' }
  const contexts = [given['@context'] ?? []].flat()
  if (contexts[0] !== CREDENTIALS_V2 && !isVersion1(given)) {
    const older = typeof contexts[0] === 'string' && /w3id\.org\/openbadges/.test(contexts[0])
    return older ? { outcome: 'skipped', code: 'shape_unsupported' } : wrong('/@context')
  }
  if (typeof contexts[1] !== 'string' || !CONTEXT_V3.test(contexts[1])) return wrong('/@context')
  if (form) return form.code === 'spelling' ? wrong(form.where) : { outcome: 'skipped', code: 'context_unknown' }
  const types = [given['type'] ?? []].flat()
  if (!types.includes('VerifiableCredential')) return wrong('/type')
  if (!types.includes('OpenBadgeCredential') && !types.includes('AchievementCredential')) return wrong('/type')
  const broken = brokenMust(given)
  if (broken) return { outcome: 'failure', ...broken }
  const badge = readableForm(given)
  if (badge === null) return wrong('/issuanceDate')
  const found = Value.Check(OpenBadge, badge) ? inconsistency(badge) : deepestPath(Value.Errors(OpenBadge, badge))
  return found === null ? { outcome: 'success', badge: badge as OpenBadge } : wrong(namedAsWritten(found, given))
}

/** The place of what the form alone does not say: someone to be about, dates in order, results of the badge's own scales. */
function inconsistency(badge: OpenBadge): string | null {
  const { id, identifier, achievement, result, activityEndDate } = badge.credentialSubject
  if (id === undefined && list(identifier).length === 0) return '/credentialSubject/identifier'
  for (const name of ['validFrom', 'validUntil'] as const) {
    if (Number.isNaN(Date.parse(badge[name] ?? badge.validFrom))) return `/${name}`
  }
  if (Number.isNaN(Date.parse(activityEndDate ?? badge.validFrom))) return '/credentialSubject/activityEndDate'
  if (badge.validUntil !== undefined && Date.parse(badge.validUntil) < Date.parse(badge.validFrom)) {
    return '/validUntil'
  }
  const scales = list(achievement.resultDescription).map((one) => one.id)
  const stray = list(result).some(
    (one) => one.resultDescription !== undefined && !scales.includes(one.resultDescription),
  )
  return stray ? '/credentialSubject/result' : null
}

/** The members of a property that may hold one value or several. */
export const list = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : ([value].flat() as T[]))

const deepestPath = (errors: { instancePath: string }[]): string =>
  errors.map((error) => error.instancePath).toSorted((a, b) => b.split('/').length - a.split('/').length)[0] ?? ''
