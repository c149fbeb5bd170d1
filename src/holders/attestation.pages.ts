import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { holderOf, requireOrganisation, TRAINERS } from '../auth/access.ts'
import { getCredential } from '../credentials/credentials.ts'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { asPrivate } from '../web/reply.ts'
import { type Attestation, holderAttestation, issuerAttestation } from './attestation.ts'
import { attestationFile, attestationPdf } from './attestation-pdf.ts'

const Id = Type.String({ format: 'uuid' })
const Slug = Type.String({ maxLength: 60 })
const mine = { config: { access: ['titulaire'] }, schema: { hide: true, params: Type.Object({ id: Id }) } } as const
const theirs = {
  config: { access: TRAINERS },
  schema: { hide: true, params: Type.Object({ slug: Slug, id: Id }) },
} as const

type Deps = { db: Db; vault: Vault; baseUrl: string }

/** The certificate of end of training, for who was trained and for the organisation that trained. */
export const attestationPages =
  ({ db, vault, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const send = async (reply: FastifyReply, attestation: Attestation): Promise<FastifyReply> => {
      const { document } = await getCredential(db, attestation.id)
      const pdf = await attestationPdf(attestation, { document, baseUrl, now: new Date() })
      return asPrivate(reply)
        .header('content-disposition', `inline; filename="${attestationFile(attestation)}"`)
        .type('application/pdf')
        .send(pdf)
    }

    app.get('/mon-espace/badges/:id/attestation.pdf', mine, async (request, reply) =>
      send(reply, await holderAttestation(db, vault, request.params.id, holderOf(request).personId)),
    )

    app.get('/organisme/:slug/badges/:id/attestation.pdf', theirs, async (request, reply) => {
      const { slug, id } = request.params
      const { sub } = requireOrganisation(request, slug)
      return send(reply, await issuerAttestation(db, vault, id, { slug, author: sub }))
    })
  }
