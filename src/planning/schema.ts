import { type Static, Type } from 'typebox'
import { CompetenceRef } from '../referential/schema.ts'
import { MOST_CENTS } from '../training/prices.ts'

const Slug = Type.String({ minLength: 1, maxLength: 90 })
const Day = Type.String({ format: 'date' })
const Departement = Type.String({ maxLength: 3, description: 'Code officiel : 01, 2A, 69, 971…' })
const closed = { additionalProperties: false }

/** Where someone wants to arrive: exactly one of these. */
export const Target = Type.Object(
  {
    metier: Type.Optional(Slug),
    path: Type.Optional(Slug),
    certification: Type.Optional(Slug),
    blocks: Type.Optional(
      Type.Array(Type.String({ maxLength: 20 }), { maxItems: 20, description: 'Blocs visés ; tous sans cela' }),
    ),
    habilitation: Type.Optional(Slug),
    competences: Type.Optional(Type.Array(CompetenceRef, { minItems: 1, maxItems: 60 })),
  },
  closed,
)

export const BASES = {
  badge: 'badge',
  pix: 'test Pix',
  positionnement: 'positionnement',
  declaration: 'déclaration',
} as const

/** What someone can already do, each competence with what says so. */
const Evidence = Type.Object(
  {
    competences: Type.Optional(
      Type.Array(
        Type.Object(
          { ...CompetenceRef.properties, basis: Type.Enum(Object.keys(BASES) as (keyof typeof BASES)[]) },
          closed,
        ),
        { maxItems: 200 },
      ),
    ),
    modules: Type.Optional(Type.Array(Slug, { maxItems: 100, description: 'Modules déjà suivis' })),
    badges: Type.Optional(
      Type.Array(Type.Union([Type.String({ maxLength: 4096 }), Type.Object({}, { additionalProperties: true })]), {
        maxItems: 20,
        description: 'Badges signés, ou leur adresse ; chacun est vérifié, pour la personne nommée dans « recipient »',
      }),
    ),
    recipient: Type.Optional(Type.String({ minLength: 1, maxLength: 300, description: 'Nom ou adresse' })),
    certifications: Type.Optional(Type.Array(Slug, { maxItems: 20, description: 'Titres déjà obtenus en entier' })),
    blocks: Type.Optional(
      Type.Array(Type.String({ maxLength: 120 }), { maxItems: 40, description: 'certification/bloc' }),
    ),
    crosswalks: Type.Optional(
      Type.Enum(['official', 'proposed'], {
        description: 'Tables entre référentiels qui comptent : les officielles, ou aussi celles qu’Insigne propose',
      }),
    ),
  },
  closed,
)

/** What a plan should respect; where nothing does, the fewest of these are named to be given up. */
const Wishes = Type.Object(
  {
    modality: Type.Optional(Type.Array(Type.Enum(['presentiel', 'distance', 'alternance']), { maxItems: 3 })),
    departements: Type.Optional(Type.Array(Departement, { maxItems: 20 })),
    departure: Type.Optional(Departement),
    kilometres: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 20_000,
        description: 'Au plus, à vol d’oiseau entre les chefs-lieux de « departure » et de la session',
      }),
    ),
    certifying: Type.Optional(Type.Boolean()),
    cpf: Type.Optional(Type.Boolean()),
    from: Type.Optional(Day),
    until: Type.Optional(Day),
    daysInARow: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 60, description: 'Jours ouvrés d’absence de suite, au plus' }),
    ),
  },
  closed,
)

export const PlanRequest = Type.Object(
  {
    target: Target,
    evidence: Type.Optional(Evidence),
    team: Type.Optional(
      Type.Array(
        Type.Object(
          { name: Type.String({ minLength: 1, maxLength: 60 }), evidence: Type.Optional(Evidence) },
          { ...closed, description: 'Une personne, par un nom de votre choix : il n’est pas gardé' },
        ),
        { minItems: 1, maxItems: 20 },
      ),
    ),
    coverage: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 20,
        description: 'Par combien de personnes de l’équipe chaque compétence est tenue',
      }),
    ),
    wishes: Type.Optional(Wishes),
    dated: Type.Optional(Type.Boolean({ description: 'Choisir aussi des sessions ouvertes' })),
    objective: Type.Optional(
      Type.Enum(['hours', 'cost', 'end'], {
        description: 'Le moins d’heures, le moins cher ou le plus tôt fini ; les deux derniers demandent des dates',
      }),
    ),
    supposedCost: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MOST_CENTS,
        description:
          'Prix supposé, en centimes, des sessions dont aucun n’est publié ; sans lui, elles sont laissées de côté',
      }),
    ),
    supposedHours: Type.Optional(
      Type.Number({ minimum: 1, maximum: 700, description: 'Durée supposée des modules dont aucune n’est publiée' }),
    ),
  },
  closed,
)
export type PlanRequest = Static<typeof PlanRequest>

const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const Code = Type.String({ pattern: '^(\\d[\\dAB]\\d?)?$' })
/** What the form of `/parcours/calculer` says. */
export const PlanQuery = Type.Object(
  {
    but: text(120),
    calculer: text(1),
    acquis: Type.Optional(Type.Array(Type.String({ maxLength: 120 }), { maxItems: 80 })),
    modalite: Type.Optional(Type.Array(Type.String({ maxLength: 12 }), { maxItems: 3 })),
    departement: Type.Optional(Code),
    depart: Type.Optional(Code),
    km: Type.Optional(Type.String({ pattern: '^\\d{0,5}$' })),
    objectif: text(6),
    tables: text(1),
    pix: Type.Optional(Type.Array(Type.String({ pattern: '^([^/@]{1,10}/[1-5]\\.[1-9]@[1-8])?$' }), { maxItems: 40 })),
    cpf: text(1),
    certifiant: text(1),
    sessions: text(1),
    jours: Type.Optional(Type.String({ pattern: '^\\d{0,2}$' })),
  },
  { additionalProperties: false },
)
export type PlanQuery = Static<typeof PlanQuery>
