import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../db.ts'
import { DomainError } from '../errors.ts'
import { sendProblem } from '../problem.ts'
import type { Vault } from '../vault.ts'
import { asPrivate, sendDocument } from '../web/reply.ts'
import type { Authorization } from './authorization.ts'
import { readOffer } from './offers.ts'
import { offerObject, readRequest } from './oid4vci-request.ts'
import { readWalletAccess, speakToWallets } from './oid4vci-grant.ts'
import { depositBadge, grantedBadge } from './oid4vci-issue.ts'
import { keepNotification } from './wallet-deposits.ts'
import { createProtocol } from './oid4vci-metadata.ts'
import { asciiWords, walletRefusal } from './wallet-errors.ts'
import { newNonce } from './wallet-nonces.ts'
import { readProof, verifyProofJwt } from './wallet-proofs.ts'

const hide = true
const HOUR = 3600
const publicly = (max: number) => ({ access: 'public' as const, rateLimit: { max, timeWindow: 60_000 } })
const Event = Type.Enum(['credential_accepted', 'credential_failure', 'credential_deleted'])
const Notification = Type.Object({ notification_id: Type.String({ format: 'uuid' }), event: Event })
const bodyLimit = 64 * 1024

type Deps = { db: Db; vault: Vault; baseUrl: string; authorization: Authorization }

/**
 * The credential issuer that wallets speak to (OpenID for Verifiable Credential Issuance 1.0): metadata, offers by reference,
 * nonces, credentials and notifications. Tokens are given by the authorization server of `authorization.ts`.
 */
export const oid4vciRoutes =
  ({ db, vault, baseUrl, authorization }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const protocol = createProtocol(baseUrl, baseUrl, verifyProofJwt)
    speakToWallets(authorization)
    app.setErrorHandler(sendWalletError)

    app.get('/.well-known/openid-credential-issuer', { config: publicly(120), schema: { hide } }, async (_, reply) =>
      sendDocument(reply, 'application/json', JSON.stringify(protocol.metadata.credentialIssuer), HOUR),
    )

    app.get(
      '/oid4vci/offers/:secret',
      { config: publicly(60), schema: { hide, params: Type.Object({ secret: Type.String({ maxLength: 100 }) }) } },
      async (request, reply) => {
        const offer = await readOffer(db, request.params.secret, new Date())
        return asPrivate(reply)
          .type('application/json')
          .send(JSON.stringify(await offerObject(protocol, offer)))
      },
    )

    app.post('/oid4vci/nonce', { config: publicly(60), schema: { hide } }, async (_, reply) =>
      asPrivate(reply).send(protocol.issuer.createNonceResponse({ cNonce: newNonce(vault, new Date()) })),
    )

    app.post('/oid4vci/credential', { config: publicly(60), bodyLimit, schema: { hide } }, async (request, reply) => {
      const now = new Date()
      const access = await readWalletAccess(db, authorization, request.headers.authorization)
      const { personId, clientId, wallet } = access
      const { format, credentialId, jwt } = readRequest(protocol, access, request.body)
      await grantedBadge(db, { personId, credentialId, now })
      const key = await readProof(jwt, { vault, protocol, clientId, now })
      const wanted = { personId, credentialId, format, key, wallet, now }
      const { credential, notificationId } = await depositBadge({ db, vault, baseUrl }, wanted)
      return asPrivate(reply).send({ credentials: [{ credential }], notification_id: notificationId })
    })

    app.post(
      '/oid4vci/notification',
      { config: publicly(60), attachValidation: true, schema: { hide, body: Notification } },
      async (request, reply) => {
        const { personId } = await readWalletAccess(db, authorization, request.headers.authorization)
        if (request.validationError) {
          throw walletRefusal(
            'invalid_notification_request',
            'Attendu : notification_id et event, comme le dit la norme.',
          )
        }
        const { notification_id: id, event } = request.body
        await keepNotification(db, { personId, id, event, now: new Date() })
        return reply.code(204).send()
      },
    )
  }

/** Errors in the shape that wallets read: a code, and a sentence of ASCII (OpenID4VCI 1.0 §8.3.1, RFC 6750 §3). */
function sendWalletError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status } = sendProblem(error, request, reply)
  void asPrivate(reply).type('application/json')
  if (!(error instanceof DomainError)) {
    const isOurs = status === 429 || status >= 500
    return reply.send({ error: isOurs ? 'temporarily_unavailable' : 'invalid_credential_request' })
  }
  const { code, message } = error
  if (status === 401 || status === 403) void reply.header('www-authenticate', `Bearer error="${code}"`)
  return reply.send({ error: code, error_description: asciiWords(message) })
}
