import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { requireOrganisation, TRAINERS } from '../auth/access.ts'
import type { Config } from '../config.ts'
import { verifyCredential } from '../credentials/any-credential.ts'
import { verifyPresentation } from '../credentials/presentation.ts'
import type { Context } from '../credentials/verify-status.ts'
import type { Db } from '../db.ts'
import { malformed } from '../errors.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { SlugParams } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { languageOf } from '../web/reply.ts'
import { credentialResult, presentationResult } from './vc-api-results.ts'
import { issueByApi, type IssueOptions, setApiStatus } from './vc-api.ts'

type Deps = { db: Db; vault: Vault; config: Pick<Config, 'baseUrl' | 'vcApiOpen'> } & Pick<
  Context,
  'documents' | 'checkProof'
>

const Credential = Type.Record(Type.String(), Type.Unknown())
const Options = Type.Object(
  {
    credentialId: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
    /** Ours: how to secure it; `eddsa-rdfc-2022` inside it when nothing is said. */
    cryptosuite: Type.Optional(Type.String({ maxLength: 60 })),
    type: Type.Optional(Type.String({ maxLength: 60 })),
    format: Type.Optional(Type.String({ maxLength: 60 })),
    alg: Type.Optional(Type.String({ maxLength: 20 })),
    mandatoryPointers: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
  },
  { additionalProperties: false },
)
const Issue = Type.Object({ credential: Credential, options: Type.Optional(Options) }, { additionalProperties: false })
const Status = Type.Optional(Type.Literal('none', { description: 'Sans entrée de liste d’états' }))
const StatusChange = Type.Object(
  {
    credentialId: Type.String({ minLength: 1, maxLength: 2048 }),
    credentialStatus: Type.Object({
      type: Type.String({ maxLength: 60 }),
      statusPurpose: Type.Union([Type.Literal('revocation'), Type.Literal('suspension')]),
    }),
    status: Type.Boolean(),
    indexAllocator: Type.Optional(Type.String({ maxLength: 2048 })),
  },
  { additionalProperties: false },
)
const Asked = Type.Optional(
  Type.Object({
    challenge: Type.Optional(Type.String({ maxLength: 2048 })),
    domain: Type.Optional(Type.String({ maxLength: 2048 })),
    expectedProofPurpose: Type.Optional(Type.String({ maxLength: 60 })),
    returnCredential: Type.Optional(Type.Boolean()),
    returnPresentation: Type.Optional(Type.Boolean()),
  }),
)
// The options of the standard may grow; a request has these two members.
const Verification = Type.Object(
  { verifiableCredential: Type.Unknown(), options: Asked },
  { additionalProperties: false },
)
const PresentationVerification = Type.Object(
  { verifiablePresentation: Type.Unknown(), options: Asked },
  { additionalProperties: false },
)

/** A verification may fetch documents, and each credential signed stays: enough for a tool, little for a flood. */
const A_MINUTE = { max: 300, timeWindow: 60_000 }

/** The VC-API (W3C CCG, 0.0.3-unstable of 2025): issue, update a status, verify a credential, verify a presentation. */
export const vcApiRoutes =
  ({ db, vault, config, documents, checkProof }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { baseUrl, vcApiOpen } = config
    const rule = (scope: string) =>
      vcApiOpen ? { access: 'public' as const, rateLimit: A_MINUTE } : { access: TRAINERS, scope, rateLimit: A_MINUTE }
    const authorOf = (request: FastifyRequest, slug: string): string =>
      vcApiOpen ? 'conformance' : requireOrganisation(request, slug).sub
    const hide = true
    const contextNow = (): Context => ({ documents, checkProof, now: new Date() })

    app.post(
      '/vc-api/issuers/:slug/credentials/issue',
      {
        config: rule('credentials:write'),
        schema: { hide, params: SlugParams, body: Issue, querystring: Type.Object({ status: Status }) },
      },
      async (request, reply) => {
        const { slug } = request.params
        const { credential, options = {} } = request.body
        const author = authorOf(request, slug)
        const organisation = await getOrganisation(db, slug)
        const { credentialId } = options
        const hasStatus = request.query.status !== 'none'
        const asked = { form: formOf(options), hasStatus, credentialId, author }
        const verifiableCredential = await issueByApi({ db, vault, baseUrl }, organisation, credential, asked)
        return reply.code(201).send({ verifiableCredential })
      },
    )
    app.post(
      '/vc-api/issuers/:slug/credentials/status',
      { config: rule('credentials:write'), schema: { hide, params: SlugParams, body: StatusChange } },
      async (request) => {
        const { credentialId, credentialStatus, status: isSet } = request.body
        const author = authorOf(request, request.params.slug)
        const organisation = await getOrganisation(db, request.params.slug)
        await setApiStatus(db, organisation, { credentialId, purpose: credentialStatus.statusPurpose, isSet, author })
        return {}
      },
    )
    app.post(
      '/vc-api/credentials/verify',
      { config: rule('credentials'), schema: { hide, body: Verification } },
      async (request, reply) => {
        const { verifiableCredential, options } = request.body
        const report = await verifyCredential(verifiableCredential, contextNow(), options)
        const result = credentialResult(report, languageOf(request), options?.returnCredential)
        return sendResult(reply, result.verified ? 200 : 400, result)
      },
    )
    app.post(
      '/vc-api/presentations/verify',
      { config: rule('credentials'), schema: { hide, body: PresentationVerification } },
      async (request, reply) => {
        const { verifiablePresentation, options = {} } = request.body
        const report = await verifyPresentation(verifiablePresentation, options, contextNow())
        const result = presentationResult(report, options, languageOf(request))
        const returned = options.returnPresentation && report.verified ? { verifiablePresentation } : {}
        // A signed presentation that fails was verified all the same: 200, and `verified` says no.
        return sendResult(reply, report.isSigned ? 200 : 400, { ...result, ...returned })
      },
    )
  }

const sendResult = (reply: FastifyReply, status: number, result: object) => reply.code(status).send(result)

/** How a credential is to be secured. Errors: `securing_unsupported`. */
function formOf({ cryptosuite, type, format, alg, mandatoryPointers }: Static<typeof Options>): IssueOptions['form'] {
  const token = [format, type].some((one) => one !== undefined && /^(application\/)?(vc\+)?jwt$/i.test(one))
  const isWhole = (mandatoryPointers ?? []).length === 0
  if (token && cryptosuite === undefined && isWhole) {
    if (alg === undefined || alg === 'RS256') return 'RS256'
    if (alg === 'ES256') return 'ES256'
  } else if (!token && alg === undefined && isWhole && (cryptosuite ?? 'eddsa-rdfc-2022') === 'eddsa-rdfc-2022') {
    return 'eddsa-rdfc-2022'
  }
  throw malformed(
    'securing_unsupported',
    'Ce service ne signe pas de la façon demandée.',
    'Demandez « cryptosuite »: « eddsa-rdfc-2022 », ou « format »: « vc+jwt » avec « alg »: « RS256 » ou « ES256 ».',
  )
}
