import { Type, type Static } from 'typebox'

/** A text in several languages; `null` when no source gives it. */
const Localised = Type.Object({
  fr: Type.Union([Type.String(), Type.Null()]),
  en: Type.Union([Type.String(), Type.Null()]),
})

export const Source = Type.Unknown({ description: 'Document and lines, or address, that the entry comes from' })

const Nullable = Type.Union([Type.String(), Type.Null()])

export const CompetenceEntry = Type.Object(
  {
    code: Type.String(),
    kind: Type.String(),
    parent: Type.Optional(Nullable),
    label: Localised,
    description: Type.Optional(Type.Union([Localised, Type.Null()])),
    esco: Type.Optional(Nullable),
    note: Type.Optional(Nullable),
    publics: Type.Optional(Type.Array(Type.String())),
    source: Type.Optional(Source),
  },
  { additionalProperties: false },
)
export type CompetenceEntry = Static<typeof CompetenceEntry>

/** Competences of the trade, or digital ones: two axes that are never added up. */
const Axis = Type.Enum(['professional', 'digital'])
export type Axis = Static<typeof Axis>

export const Framework = Type.Object(
  {
    framework: Type.String(),
    version: Type.String(),
    axis: Axis,
    title: Localised,
    publisher: Type.String(),
    licence: Nullable,
    languages: Type.Object({ official: Type.Array(Type.String()), unofficial: Type.Array(Type.String()) }),
    source: Source,
    note: Nullable,
    levels: Type.Array(
      Type.Object({
        level: Type.Integer(),
        label: Type.Union([Localised, Type.Null()]),
        description: Type.Optional(Type.Union([Localised, Type.Null()])),
      }),
    ),
    competences: Type.Array(CompetenceEntry),
  },
  { additionalProperties: false },
)
export type Framework = Static<typeof Framework>

const FrameworkRef = Type.Object({ framework: Type.String(), version: Type.String() })

export const Crosswalk = Type.Object(
  {
    from: FrameworkRef,
    to: FrameworkRef,
    status: Type.Union([Type.Literal('official'), Type.Literal('proposed')]),
    source: Source,
    note: Type.Optional(Nullable),
    relations: Type.Array(
      Type.Object({
        from: Type.String(),
        relation: Type.Union([
          Type.Literal('exactMatch'),
          Type.Literal('closeMatch'),
          Type.Literal('broadMatch'),
          Type.Literal('narrowMatch'),
          Type.Literal('relatedMatch'),
        ]),
        to: Type.String(),
      }),
    ),
  },
  { additionalProperties: false },
)

export type Crosswalk = Static<typeof Crosswalk>

/** A competence of a version of a framework; `level` when the framework has a scale and someone states one. */
export const CompetenceRef = Type.Object(
  {
    framework: Type.String(),
    version: Type.String(),
    code: Type.String(),
    level: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  },
  { additionalProperties: false },
)
export type CompetenceRef = Static<typeof CompetenceRef>

/** A competence, a mission or an activity by one name: `framework/version/code`. */
export const keyOf = ({ framework, version, code }: Pick<CompetenceRef, 'framework' | 'version' | 'code'>): string =>
  `${framework}/${version}/${code}`

/** How much a métier asks for a competence. */
export const Importance = Type.Enum(['essential', 'useful'])

/** A competence that a métier asks for, and the list that says so. */
export type Requirement = CompetenceRef & {
  importance: Static<typeof Importance> | null
  list: string
  status: 'official' | 'illustrative'
  source: unknown
  note: string | null
}

/** A métier as its file says it; what it asks for is in the lists. */
export const MetierFile = Type.Object(
  {
    slug: Type.String(),
    kind: Type.Union([Type.Literal('metier'), Type.Literal('role'), Type.Literal('scheme')]),
    family: Nullable,
    label: Type.Object({ feminine: Type.String(), masculine: Type.String() }),
    status: Type.Union([Type.Literal('existing'), Type.Literal('historic'), Type.Literal('proposed')]),
    core: Type.Union([Type.Boolean(), Type.Null()]),
    description: Nullable,
    rome: Nullable,
    esco: Nullable,
    scheme_of: Nullable,
    source: Source,
    note: Nullable,
  },
  { additionalProperties: false },
)
export type MetierFile = Static<typeof MetierFile>
export type Metier = MetierFile & { competences: Requirement[] }

export const Certification = Type.Object(
  {
    slug: Type.String(),
    code: Nullable,
    title: Type.String(),
    kind: Type.String(),
    status: Type.Optional(
      Type.Literal('proposed', { description: 'Titre qu’une source propose et qui n’existe pas ; absent, il existe' }),
    ),
    level: Type.Union([Type.Integer(), Type.Null()]),
    cpf: Type.Union([Type.Boolean(), Type.Null()]),
    valid_from: Nullable,
    valid_to: Nullable,
    replaces: Nullable,
    replaced_by: Nullable,
    blocks: Type.Array(
      Type.Object({
        ref: Nullable,
        title: Nullable,
        competences: Type.Optional(Type.Array(Type.String())),
        note: Type.Optional(Nullable),
        source: Type.Optional(Source),
      }),
    ),
    sources: Type.Array(Source),
    unconfirmed: Type.Array(Type.String()),
    note: Type.Optional(Nullable),
  },
  { additionalProperties: false },
)
export type Certification = Static<typeof Certification>
