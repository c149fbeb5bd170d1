import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { holderOf, jetonOf } from '../auth/access.ts'
import type { Verifier } from '../credentials/verifier.ts'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import type { Vault } from '../vault.ts'
import { formBody } from '../web/form-schema.ts'
import { sendPrivate } from '../web/reply.ts'
import { addBadge } from './badges-elsewhere.ts'
import { type Kind, KINDS } from './kinds.ts'
import { declareProof, listProofs, listSubjects, withdrawProof } from './proofs.ts'
import { proofsPage } from './proofs-view.ts'

const config = { access: ['titulaire'] } as const
const PATH = '/mon-espace/preuves'
const hide = true
const kind = Type.Enum(Object.keys(KINDS) as Kind[])
const optional = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const Declared = formBody({
  kind,
  subject: optional(121),
  title: optional(300),
  issuedBy: optional(300),
  obtainedOn: Type.Optional(Type.String({ pattern: '^((19|20)\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]))?$' })),
  details: optional(2000),
  evidenceUrl: optional(500),
})
const Id = Type.Object({ id: Type.String({ format: 'uuid', maxLength: 36 }) })

type Deps = { db: Db; vault: Vault; verifier: Verifier; baseUrl: string }

/** The page where someone says what she or he holds from elsewhere. */
export const proofsPages =
  ({ db, vault, verifier, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(PATH, { config, schema: { hide } }, async (request, reply) => {
      const { personId } = holderOf(request)
      const [proofs, subjects] = [await listProofs(db, vault, personId), await listSubjects(db)]
      return sendPrivate(reply, proofsPage({ proofs, subjects, jeton: jetonOf(request, vault) }))
    })

    app.post(PATH, { config, schema: { hide, body: Declared } }, async (request, reply) => {
      const { _jeton, kind, subject, ...fields } = request.body
      const said = Object.fromEntries(Object.entries(fields).filter(([, value]) => value?.trim()))
      const [certification, block] = subject ? subject.split('/') : []
      await declareProof(db, vault, holderOf(request), {
        kind,
        ...(certification && { certification }),
        ...(block && { block }),
        ...said,
      })
      return reply.redirect(PATH, 303)
    })

    app.post(
      `${PATH}/badges`,
      {
        config,
        schema: { hide, body: formBody({ kind, credential: Type.String({ minLength: 2, maxLength: 60_000 }) }) },
      },
      async (request, reply) => {
        const { kind } = request.body
        const credential = readJson(request.body.credential)
        await addBadge({ db, vault, verifier, baseUrl }, holderOf(request), { kind, credential })
        return reply.redirect(PATH, 303)
      },
    )

    app.post(
      `${PATH}/:id/retrait`,
      { config, schema: { hide, params: Id, body: formBody({}) } },
      async (request, reply) => {
        await withdrawProof(db, holderOf(request), request.params.id)
        return reply.redirect(PATH, 303)
      },
    )
  }

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid(
      'badge_unreadable',
      'Ce texte n’est pas un badge en JSON.',
      'Ouvrez le fichier du badge et copiez-le en entier.',
    )
  }
}
