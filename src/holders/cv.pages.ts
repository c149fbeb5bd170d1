import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox'
import { holderOf } from '../auth/access.ts'
import { signedBadges } from '../credentials/credentials.ts'
import type { Db } from '../db.ts'
import { DomainError } from '../errors.ts'
import type { Vault } from '../vault.ts'
import { givenOf } from '../wallet/read-imports.ts'
import { asPrivate, sendPrivate } from '../web/reply.ts'
import { type Cv, type CvAsk, cvOffer, readCv } from './cv.ts'
import { cvEuropass, cvJsonResume } from './cv-formats.ts'
import { cvPng, cvSvg } from './cv-image.ts'
import { cvPdf } from './cv-pdf.ts'
import { cvPage } from './cv-view.ts'

const config = { access: ['titulaire'] } as const
const Asked = Type.Object({
  /** Said by the form: without it, all the badges in force. */
  choix: Type.Optional(Type.String({ maxLength: 1 })),
  badge: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { maxItems: 1000 })),
  ailleurs: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { maxItems: 400 })),
  nom: Type.Optional(Type.Literal('oui')),
  partage: Type.Optional(Type.String({ pattern: '^([0-9a-f-]{36})?$' })),
})
const schema = { hide: true, querystring: Asked }

type Deps = { db: Db; vault: Vault; baseUrl: string }
type Form = { type: string; write: (cv: Cv, personId: string) => string | Buffer | Promise<Buffer> }

/** The block of a CV: the page where its holder makes it, and the files to take away. */
export const cvPages =
  ({ db, vault, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/mon-espace/cv', { config, schema }, async (request, reply) => {
      const offer = await cvOffer(db, vault, baseUrl, holderOf(request).personId)
      const ask = askOf(request.query)
      const isFirst = ask.chosen === null && offer.offered.length === 0
      if (isFirst) return sendPrivate(reply, cvPage({ offer, ask, cv: null, refusal: null }))
      try {
        const cv = await readCv(db, vault, offer, ask)
        return sendPrivate(reply, cvPage({ offer, ask, cv, refusal: null }))
      } catch (error) {
        if (!(error instanceof DomainError) || error.kind !== 'invalid') throw error
        const { message, mend } = error
        const refusal = { message, mend, fields: [{ name: 'badge', message }] }
        const page = cvPage({ offer, ask, cv: null, refusal })
        return sendPrivate(reply.code(422), { ...page, title: `À corriger : ${page.title}` })
      }
    })

    const asJson = (value: object): string => JSON.stringify(value, null, 2)
    const forms: Record<string, Form> = {
      'cv.pdf': {
        type: 'application/pdf',
        write: async (cv, personId) => {
          const idsOf = (badges: { id: string }[]) => badges.map((one) => one.id)
          const documents = await signedBadges(db, idsOf(cv.badges))
          const given = await givenOf(db, vault, personId, idsOf(cv.elsewhere))
          return cvPdf(cv, { documents, given }, new Date())
        },
      },
      'cv.png': { type: 'image/png', write: (cv) => cvPng(cv, new Date()) },
      'cv.svg': { type: 'image/svg+xml', write: (cv) => cvSvg(cv, new Date()) },
      'cv-json-resume.json': { type: 'application/json', write: (cv) => asJson(cvJsonResume(cv, new Date())) },
      'cv-europass-3.3.json': { type: 'application/json', write: (cv) => asJson(cvEuropass(cv, new Date())) },
    }
    for (const [file, { type, write }] of Object.entries(forms)) {
      app.get(`/mon-espace/${file}`, { config, schema }, async (request, reply) => {
        const { personId } = holderOf(request)
        const offer = await cvOffer(db, vault, baseUrl, personId)
        const cv = await readCv(db, vault, offer, askOf(request.query))
        return asPrivate(reply)
          .header('content-disposition', `attachment; filename="${file}"`)
          .type(type)
          .send(await write(cv, personId))
      })
    }
  }

const askOf = ({ choix, badge = [], ailleurs = [], nom, partage = '' }: Static<typeof Asked>): CvAsk => ({
  chosen: choix === undefined && badge.length === 0 && ailleurs.length === 0 ? null : badge,
  elsewhere: ailleurs,
  showsName: nom === 'oui',
  shareId: partage === '' ? null : partage,
})
