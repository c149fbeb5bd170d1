import { type Static, Type } from 'typebox'
import { CompetenceRef, Importance, Source } from './schema.ts'

const Slug = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 90 })
const Nullable = Type.Union([Type.String(), Type.Null()])
const Ref = Type.Object(
  { framework: Type.String(), version: Type.String(), code: Type.String() },
  { additionalProperties: false },
)
const closed = { additionalProperties: false }
const said = { source: Type.Optional(Source), note: Type.Optional(Nullable) }

/** What a métier asks: a competence, its level and its weight; null where the source does not say. */
const RequirementEntry = Type.Object(
  {
    metier: Slug,
    competence: Ref,
    level: Type.Union([Type.Integer(), Type.Null()]),
    importance: Type.Union([Importance, Type.Null()]),
    ...said,
  },
  closed,
)

/** What someone of a métier does: a mission or an activity of a framework. */
const DutyEntry = Type.Object({ metier: Slug, duty: Ref, ...said }, closed)

/** What an activity takes: a competence. */
const ActivityEntry = Type.Object({ activity: Ref, competence: Ref, ...said }, closed)

/** A way from a métier to another that a source names: to a neighbour, or to more responsibility. */
const BridgeEntry = Type.Object(
  {
    from: Slug,
    to: Slug,
    direction: Type.Enum(['horizontal', 'vertical']),
    existing: Type.Boolean({ description: 'Faux pour une passerelle seulement souhaitée' }),
    ...said,
  },
  closed,
)

/** What the field needs and a block does not teach enough, by the words of a source; `competences` when ours answer to it. */
const FieldNeedEntry = Type.Object(
  {
    certification: Slug,
    block: Type.String(),
    need: Type.String(),
    competences: Type.Array(CompetenceRef),
    ...said,
  },
  closed,
)

const ENTRIES = {
  requirements: RequirementEntry,
  duties: DutyEntry,
  activities: ActivityEntry,
  bridges: BridgeEntry,
  'field-needs': FieldNeedEntry,
} as const
export type ListKind = keyof typeof ENTRIES
export type ListEntry<K extends ListKind = ListKind> = Static<(typeof ENTRIES)[K]>

export const LIST_STATUSES = ['official', 'illustrative'] as const

const listOf = <K extends ListKind>(kind: K) =>
  Type.Object(
    {
      list: Slug,
      kind: Type.Literal(kind),
      edition: Type.String(),
      status: Type.Enum(LIST_STATUSES),
      title: Type.String(),
      publisher: Type.String(),
      licence: Nullable,
      source: Source,
      note: Nullable,
      entries: Type.Array(ENTRIES[kind]),
    },
    closed,
  )

/**
 * A list of the cartography, as its file says it. Where an official list speaks of something (a métier and a kind of
 * competence, an activity, a way, a block), what the illustrative ones say of it is set aside.
 */
export const ListFile = Type.Union([
  listOf('requirements'),
  listOf('duties'),
  listOf('activities'),
  listOf('bridges'),
  listOf('field-needs'),
])
export type ListFile = Static<typeof ListFile>
export type ListHeader = Omit<ListFile, 'entries'>
