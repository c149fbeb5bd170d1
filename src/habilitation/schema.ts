import { type Static, type TProperties, Type } from 'typebox'
import { Slug, Why } from '../organisations/schema.ts'
import {
  CONNEXION_MODES,
  COURSE_TYPES,
  HABILITATION_REQUEST_MOVES,
  HABILITATION_REQUEST_STATUSES,
  keysOf,
  ORGANISATION_REQUEST_MOVES,
  ORGANISATION_REQUEST_STATUSES,
  ORIGINS,
  STANDINGS,
} from './statuses.ts'

const closed = <T extends TProperties>(properties: T) => Type.Object(properties, { additionalProperties: false })

/** At most 36 characters: the format alone would let `urn:uuid:` through, which the database does not read. */
const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
export const IdParams = Type.Object({ id: Uuid })

const identity = {
  email: Type.String({ format: 'email', maxLength: 254 }),
  givenName: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  familyName: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  profession: Type.String({ minLength: 2, maxLength: 150, pattern: '\\S' }),
}
const aidant = {
  ...identity,
  standing: Type.Enum(keysOf(STANDINGS), { description: 'En quelle qualité : seuls salarie et agent sont admis' }),
  conseillerNumerique: Type.Optional(Type.Boolean()),
  courseType: Type.Optional(Type.Enum(keysOf(COURSE_TYPES))),
}
const Aidant = closed(aidant)

export const NewHabilitationRequest = closed({
  ...aidant,
  connexionMode: Type.Optional(Type.Enum(keysOf(CONNEXION_MODES))),
})
export type NewHabilitationRequest = Static<typeof NewHabilitationRequest>

export const NewOrganisationRequest = closed({
  structure: closed({
    name: Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' }),
    siret: Type.String({ minLength: 7, maxLength: 20, description: 'SIRET (14 chiffres) ou RIDET (7 à 10)' }),
    departement: Type.Optional(Type.String({ maxLength: 3, description: 'Code officiel : 01, 2A, 69, 971…' })),
    url: Type.Optional(Type.String({ pattern: '^https?://', maxLength: 500 })),
  }),
  manager: Type.Optional(closed(identity)),
  aidants: Type.Array(Aidant, {
    maxItems: 500,
    description: 'La référente ou le référent y figure aussi, si elle ou il sera aidante ou aidant',
  }),
  declarations: closed({
    cgu: Type.Boolean(),
    notFree: Type.Boolean(),
    dpo: Type.Boolean(),
    professionalsOnly: Type.Boolean(),
    withoutElected: Type.Boolean(),
  }),
})
export type NewOrganisationRequest = Static<typeof NewOrganisationRequest>

const OrganisationStatus = Type.Enum(keysOf(ORGANISATION_REQUEST_STATUSES))
const HabilitationStatus = Type.Enum(keysOf(HABILITATION_REQUEST_STATUSES))
const seen = { description: 'Le statut que vous aviez sous les yeux : refusé s’il a changé depuis' }
const organisationDecision = {
  move: Type.Enum(keysOf(ORGANISATION_REQUEST_MOVES)),
  reason: Why,
  status: Type.Optional(Type.Enum(keysOf(ORGANISATION_REQUEST_STATUSES), seen)),
  managerHasTotp: Type.Optional(
    Type.Boolean({ description: 'La ou le référent a déjà une carte : la demande acceptée est aussitôt clôturée' }),
  ),
}
const habilitationDecision = {
  move: Type.Enum(keysOf(HABILITATION_REQUEST_MOVES)),
  reason: Why,
  status: Type.Optional(Type.Enum(keysOf(HABILITATION_REQUEST_STATUSES), seen)),
}
export const OrganisationDecision = closed(organisationDecision)
export type OrganisationDecision = Static<typeof OrganisationDecision>
export const HabilitationDecision = closed(habilitationDecision)
export type HabilitationDecision = Static<typeof HabilitationDecision>

const request = { request: Uuid }
export const Decisions = Type.Array(
  Type.Union([
    closed({ ...request, kind: Type.Literal('organisation'), ...organisationDecision }),
    closed({ ...request, kind: Type.Literal('habilitation'), ...habilitationDecision }),
  ]),
  { minItems: 1, maxItems: 500 },
)
export type OneDecision = Static<typeof Decisions>[number]

const Cursor = Type.Optional(
  Type.String({
    pattern: '^20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z_[0-9a-f-]{36}$',
    maxLength: 64,
    description: '« next » de la page d’avant',
  }),
)
const page = { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })), after: Cursor }
const filters = {
  departement: Type.Optional(Type.String({ maxLength: 3 })),
  olderThan: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 36500, description: 'Depuis au moins ce nombre de jours dans ce statut' }),
  ),
  organisation: Type.Optional(Slug),
}
const organisationFilters = { status: Type.Optional(OrganisationStatus), ...filters }
const habilitationFilters = { status: Type.Optional(HabilitationStatus), ...filters }
export const OrganisationQueue = closed({ ...organisationFilters, ...page })
export const HabilitationQueue = closed({ ...habilitationFilters, ...page })
export const StructureQueue = closed({ status: Type.Optional(HabilitationStatus), ...page })
export const OrganisationExport = closed(organisationFilters)
export const HabilitationExport = closed(habilitationFilters)

const Day = Type.String({ format: 'date', pattern: '^20', maxLength: 10 })
const orNull = <T extends TProperties[string]>(type: T) => Type.Optional(Type.Union([type, Type.Null()]))

/** A request as another system has it. */
export const ImportedRequest = closed({
  ...aidant,
  connexionMode: orNull(Type.Enum(keysOf(CONNEXION_MODES))),
  origin: Type.Enum(keysOf(ORIGINS)),
  status: HabilitationStatus,
  since: Type.Optional(Day),
  siret: Type.String({ minLength: 7, maxLength: 20 }),
  structure: Type.Optional(Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' })),
  formationDoneOn: orNull(Day),
  pixDoneOn: orNull(Day),
  pixScore: orNull(Type.Integer({ minimum: 0, maximum: 100 })),
})
export type ImportedRequest = Static<typeof ImportedRequest>
const MAX_IMPORTED = 20_000
export const Import = Type.Array(
  Type.Unknown({
    description:
      'Un objet par demande : email, givenName, familyName, profession, standing, origin, status, siret ; au besoin since, ' +
      'structure (le nom, pour en créer une), courseType, connexionMode, conseillerNumerique, formationDoneOn, pixDoneOn, pixScore.',
  }),
  { minItems: 1, maxItems: MAX_IMPORTED },
)
