import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { holderOf, requireOrganisation } from '../auth/access.ts'
import type { Role } from '../auth/tokens.ts'
import type { Verifier } from '../credentials/verifier.ts'
import type { Db } from '../db.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { addBadge } from './badges-elsewhere.ts'
import { checkProof } from './checks.ts'
import { GROUPS, type Group, KINDS, type Kind, OUTCOMES } from './kinds.ts'
import {
  declareProof,
  getOwnProof,
  type Holder,
  listProofs,
  serializeProof,
  showProof,
  withdrawProof,
} from './proofs.ts'

/** Who may attest, for an organisation, that a proof was seen. */
const CHECKERS: readonly Role[] = ['exploitant', 'administrateur', 'formateur', 'referent', 'employeur']
const HOLDER: readonly Role[] = ['titulaire']

const ProofKind = Type.Enum(Object.keys(KINDS) as Kind[], { description: 'La sorte de preuve' })
const text = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '\\S', description })
const NewProof = Type.Object(
  {
    kind: ProofKind,
    certification: Type.Optional(
      Type.String({ minLength: 1, maxLength: 80, description: 'Une certification connue ici' }),
    ),
    block: Type.Optional(
      Type.String({ minLength: 1, maxLength: 40, description: 'Pour un bloc : sa référence, « CCP1 »' }),
    ),
    title: Type.Optional(text(300, 'Ou l’intitulé, quand elle n’est pas connue ici')),
    issuedBy: Type.Optional(text(300, 'Qui l’a délivrée')),
    obtainedOn: Type.Optional(Type.String({ format: 'date', pattern: '^(19|20)', maxLength: 10 })),
    level: Type.Optional(Type.Integer({ minimum: 1, maximum: 8, description: 'Niveau du cadre national' })),
    details: Type.Optional(text(2000, 'Ce qu’il faut savoir de plus')),
    evidenceUrl: Type.Optional(Type.String({ pattern: '^https?://', maxLength: 500 })),
  },
  { additionalProperties: false },
)
const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
const Id = Type.Object({ id: Uuid })
const Check = Type.Object(
  {
    organisation: Type.String({ maxLength: 60, description: 'Pour quel organisme' }),
    proof: Type.String({ format: 'uuid', maxLength: 36, description: 'L’identifiant que la personne a donné' }),
    how: Type.Enum(['document', 'registre'], { description: 'Document vu ; registre, ou qui l’a délivrée, interrogé' }),
    outcome: Type.Enum(OUTCOMES),
    reference: text(300, 'Ce qui a été vu : numéro, adresse du registre'),
    reason: Type.Optional(text(1000, 'Pourquoi elle n’est pas confirmée ; la personne le lira')),
    checkedOn: Type.String({ format: 'date', pattern: '^20', maxLength: 10 }),
  },
  { additionalProperties: false },
)
const Badge = Type.Object(
  {
    kind: ProofKind,
    credential: Type.Object({}, { additionalProperties: true, description: 'Open Badge 3.0, en JSON' }),
  },
  { additionalProperties: false },
)
const tags = ['Preuves']

type Deps = { db: Db; vault: Vault; verifier: Verifier; queue: Queue; baseUrl: string }

/** What someone holds from elsewhere, and its checks. */
export const proofsRoutes =
  ({ db, vault, verifier, queue, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const mine = { config: { access: HOLDER } }
    const own = async ({ personId }: Holder, id: string) => serializeProof(await getOwnProof(db, vault, personId, id))

    app.get('/proofs', { ...mine, schema: { summary: 'Mes preuves, en trois groupes', tags } }, async (request) => {
      const { personId } = holderOf(request)
      const all = (await listProofs(db, vault, personId)).map(serializeProof)
      const groups = Object.keys(GROUPS) as Group[]
      return Object.fromEntries(groups.map((group) => [group, all.filter((one) => one.group === group)]))
    })

    app.get('/proofs/:id', { ...mine, schema: { summary: 'Une de mes preuves', tags, params: Id } }, async (request) =>
      own(holderOf(request), request.params.id),
    )

    app.post(
      '/proofs',
      {
        ...mine,
        schema: {
          summary: 'Déclarer un diplôme, une certification, un bloc ou un apprentissage',
          tags,
          body: NewProof,
        },
      },
      async (request, reply) => {
        const holder = holderOf(request)
        const id = await declareProof(db, vault, holder, request.body)
        return reply.code(201).send(await own(holder, id))
      },
    )

    app.post(
      '/proofs/badges',
      { ...mine, schema: { summary: 'Ajouter un badge numérique d’ailleurs, vérifié aussitôt', tags, body: Badge } },
      async (request, reply) => {
        const holder = holderOf(request)
        const id = await addBadge({ db, vault, verifier, baseUrl }, holder, request.body)
        return reply.code(201).send(await own(holder, id))
      },
    )

    app.post(
      '/proofs/:id/withdrawal',
      { ...mine, schema: { summary: 'Retirer une preuve : rien n’en est gardé', tags, params: Id } },
      async (request, reply) => {
        await withdrawProof(db, holderOf(request), request.params.id)
        return reply.code(204).send()
      },
    )

    app.get(
      '/organisations/:slug/proofs/:id',
      {
        config: { access: CHECKERS },
        schema: {
          summary: 'Lire une preuve dont la personne a donné l’identifiant',
          tags,
          params: Type.Object({ slug: Type.String({ maxLength: 60 }), id: Uuid }),
        },
      },
      async (request) => {
        const { sub: author } = requireOrganisation(request, request.params.slug)
        const { id: organisationId } = await getOrganisation(db, request.params.slug)
        return serializeProof(await showProof(db, vault, request.params.id, { author, organisationId }))
      },
    )

    app.post(
      '/proofs/checks',
      { config: { access: CHECKERS }, schema: { summary: 'Dire qu’une preuve a été vérifiée', tags, body: Check } },
      async (request, reply) => {
        const { organisation: slug, ...given } = request.body
        const { sub: author, personId } = requireOrganisation(request, slug)
        const organisation = await getOrganisation(db, slug)
        await checkProof(db, vault, { author, personId, organisation }, given)
        await queue.enqueue('awards.issue', {}) // what it may have completed
        const shown = await showProof(db, vault, given.proof, { author, organisationId: organisation.id })
        return reply.code(201).send(serializeProof(shown))
      },
    )
  }
