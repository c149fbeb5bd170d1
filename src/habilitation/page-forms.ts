import { Type } from 'typebox'
import { Slug, Why } from '../organisations/schema.ts'
import { HabilitationDecision, IdParams, NewHabilitationRequest, OrganisationDecision } from './schema.ts'
import type { Sought } from './queue.ts'
import { HABILITATION_REQUEST_STATUSES, keysOf, LAPSES, ORGANISATION_REQUEST_STATUSES } from './statuses.ts'
import { formBody } from '../web/form-schema.ts'

const { id: Uuid } = IdParams.properties
const Day = Type.String({ format: 'date', pattern: '^(19|20)', maxLength: 10 })
const { move: OrganisationMove, status: OrganisationStatus } = OrganisationDecision.properties
const { move: HabilitationMove, status: HabilitationStatus } = HabilitationDecision.properties
const Ticked = Type.Optional(Type.Literal('oui'))

export const ReasonForm = formBody({ reason: Why })
export const OrganisationDecisionForm = formBody({
  move: OrganisationMove,
  status: OrganisationStatus,
  reason: Why,
  managerHasTotp: Ticked,
})
export const HabilitationDecisionForm = formBody({ move: HabilitationMove, status: HabilitationStatus, reason: Why })
export const FormationForm = formBody({ doneOn: Day, reason: Why })
export const RegistrationForm = formBody({ session: Uuid })
export const CancellationForm = formBody({ session: Uuid, reason: Why })
export const MatchForm = formBody({ email: Type.String({ minLength: 3, maxLength: 254 }), reason: Why })
export const LapseForm = formBody({ reason: Why, lapse: Type.Optional(Type.Enum(keysOf(LAPSES))) })

const { email, givenName, familyName, profession, standing } = NewHabilitationRequest.properties
export const AidantForm = formBody({
  email,
  givenName,
  familyName,
  profession,
  standing,
  courseType: NewHabilitationRequest.properties.courseType,
  conseillerNumerique: Ticked,
})

// A request and the status that was seen of it, as a box holds both.
const Chosen = Type.Array(Type.String({ pattern: '^[0-9a-f-]{36} [A-Za-z_2]+$', maxLength: 80 }), {
  minItems: 1,
  maxItems: 500,
})
export const ManyOrganisations = formBody({ requests: Chosen, move: OrganisationMove, reason: Why })
export const ManyHabilitations = formBody({ requests: Chosen, move: HabilitationMove, reason: Why })

/** Every box, as decisions to take. */
export const chosen = (requests: string[]): { request: string; status: string }[] =>
  requests.map((one) => {
    const [request = '', status = ''] = one.split(' ')
    return { request, status }
  })

const text = (pattern: string, maxLength: number) => Type.Optional(Type.String({ pattern, maxLength }))
const QUEUE = {
  status: Type.Optional(Type.String({ maxLength: 40 })),
  departement: Type.Optional(Type.String({ maxLength: 3 })),
  olderThan: text('^\\d{0,5}$', 5),
  number: text('^ *\\d{0,9} *$', 12),
  organisation: Type.Optional(Type.Union([Slug, Type.Literal('')])),
  email: Type.Optional(Type.String({ maxLength: 254 })),
  after: Type.Optional(
    Type.String({ pattern: '^20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z_[0-9a-f-]{36}$', maxLength: 64 }),
  ),
}
export const QueueQuery = Type.Object(QUEUE)
export type Filters = { [K in keyof typeof QUEUE]?: string }

/** Stands for every status in a filter; none named shows what waits for a decision. */
export const ALL = 'tous'

/** What is sought by the filters of a queue; a number or an address seeks in every status. */
export function soughtBy<S extends string>(
  { status, departement, olderThan, number, organisation, email, after }: Filters,
  statuses: Record<S, string>,
  usual: S,
): Sought<S> {
  const isOne = Boolean(number?.trim() || email?.trim() || organisation)
  const named = status !== undefined && Object.hasOwn(statuses, status) ? (status as S) : undefined
  const fallback = isOne || status === ALL ? undefined : usual
  return {
    status: named ?? fallback,
    departement: departement?.trim().toUpperCase() || undefined,
    olderThan: olderThan ? Number(olderThan) : undefined,
    number: number?.trim() ? Number(number) : undefined,
    organisation: organisation || undefined,
    after,
  }
}

export const QUEUES = {
  organisation: { statuses: ORGANISATION_REQUEST_STATUSES, usual: 'AC_VALIDATION_PROCESSING' },
  habilitation: { statuses: HABILITATION_REQUEST_STATUSES, usual: 'waitling_list' },
} as const
