import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { holderOf, jetonOf } from '../auth/access.ts'
import type { ElsewhereDeps } from '../credentials/elsewhere.ts'
import { DomainError, invalid } from '../errors.ts'
import { labelCompetences } from '../referential/competence-labels.ts'
import { answerForm } from '../web/form-answer.ts'
import { acceptFiles } from '../web/form-files.ts'
import { formBody } from '../web/form-schema.ts'
import type { Given, Refusal } from '../web/forms.ts'
import type { Page } from '../web/html.ts'
import { sendPrivate } from '../web/reply.ts'
import { keepImported, type Kept, withdrawImported } from './imports.ts'
import { readPieces } from './read-given.ts'
import { getImported, listWallet } from './read-imports.ts'
import { recheckImported } from './recheck.ts'
import { readRequests } from './requests.ts'
import { ELSEWHERE, Id } from './schema.ts'
import { importedPage, severalPage, walletPage } from './wallet-view.ts'
import { askFor, worthOf } from './worth.ts'

const config = { access: ['titulaire'] } as const
/** Each asks other sites: a person gives a few badges, a robot would give thousands. */
const costly = { ...config, rateLimit: { max: 60, timeWindow: 60_000 } }
const hide = true
const MAX_FILE = 8 * 1024 * 1024
const Told = Type.Object({ fait: Type.Optional(Type.String({ maxLength: 20 })) })
const Import = formBody({
  file: Type.Optional(Type.Unknown()),
  url: Type.Optional(Type.String({ maxLength: 4096 })),
})
const DONE: Record<string, string> = {
  created: 'Ce badge est gardé.',
  replaced: 'Ce badge remplace celui, plus ancien, que vous gardiez.',
  unchanged: 'Vous gardiez déjà ce badge : il vient d’être vérifié de nouveau.',
  verifie: 'Ce badge vient d’être vérifié de nouveau.',
  demande: 'Votre demande est dans la file des organismes.',
  retire: 'Ce badge est retiré : rien n’en est gardé.',
}

type Sent = { name: string; bytes: Buffer }

/** Badges of elsewhere in the space of their holder: imported, marked by how they were checked. */
export const walletPages =
  (deps: ElsewhereDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, vault, verifier } = deps
    acceptFiles(app, MAX_FILE, async (file): Promise<Sent> => ({
      name: file.name.slice(0, 200),
      bytes: Buffer.from(await file.arrayBuffer()),
    }))
    const listPage = async (
      request: FastifyRequest,
      told: { done?: string | undefined; given?: Given; refusal?: Refusal },
    ): Promise<Page> => {
      const { personId } = holderOf(request)
      const now = new Date()
      const badges = await listWallet(db, vault, personId)
      const { recognised } = await worthOf(db, vault, personId, now)
      return walletPage({ badges, recognised, now, jeton: jetonOf(request, vault), ...told })
    }

    app.get(ELSEWHERE, { config, schema: { hide, querystring: Told } }, async (request, reply) =>
      sendPrivate(reply, await listPage(request, { done: DONE[request.query.fait ?? ''] })),
    )

    app.post(
      ELSEWHERE,
      { config: costly, attachValidation: true, bodyLimit: MAX_FILE, schema: { hide, body: Import } },
      (request, reply) => {
        const holder = holderOf(request)
        const keep = async () => {
          const { subject, source, from } = subjectOf(request.body)
          const kept: Kept[] = []
          const refused: DomainError[] = []
          for (const piece of await readPieces(verifier, subject)) {
            try {
              if ('error' in piece) throw piece.error
              kept.push(await keepImported(deps, holder, { given: piece.given, source, from }))
            } catch (error) {
              if (!(error instanceof DomainError)) throw error
              refused.push(error)
            }
          }
          if (kept.length + refused.length > 1) return severalPage({ kept, refused })
          if (refused[0]) throw refused[0]
          return `${ELSEWHERE}/${kept[0]!.id}?fait=${kept[0]!.outcome}`
        }
        const { url } = request.body
        return answerForm(request, reply, keep, (refusal) => listPage(request, { given: { url }, refusal }))
      },
    )

    app.get(`${ELSEWHERE}/:id`, { config, schema: { hide, params: Id, querystring: Told } }, async (request, reply) => {
      const { personId } = holderOf(request)
      const now = new Date()
      const badge = await getImported(db, vault, personId, request.params.id)
      const { recognised } = await worthOf(db, vault, personId, now)
      const mine = recognised.filter((one) => one.id === badge.id)
      const worded = await Promise.all(
        mine.map(async ({ authority, competences }) => ({
          authority,
          competences: await labelCompetences(db, competences),
        })),
      )
      const [asked] = badge.requestId === null ? [] : await readRequests(db, [badge.requestId])
      const done = DONE[request.query.fait ?? '']
      const jeton = jetonOf(request, vault)
      return sendPrivate(reply, importedPage({ badge, recognised: worded, request: asked, now, jeton, done }))
    })

    app.post(
      `${ELSEWHERE}/:id/verification`,
      { config: costly, schema: { hide, params: Id, body: formBody({}) } },
      async (request, reply) => {
        const id = await recheckImported(deps, holderOf(request), request.params.id)
        return reply.redirect(`${ELSEWHERE}/${id}?fait=verifie`, 303)
      },
    )

    app.post(
      `${ELSEWHERE}/:id/reconnaissance`,
      { config, schema: { hide, params: Id, body: formBody({}) } },
      async (request, reply) => {
        await askFor(db, vault, holderOf(request), request.params.id)
        return reply.redirect(`${ELSEWHERE}/${request.params.id}?fait=demande`, 303)
      },
    )

    app.post(
      `${ELSEWHERE}/:id/retrait`,
      { config, schema: { hide, params: Id, body: formBody({}) } },
      async (request, reply) => {
        await withdrawImported(db, holderOf(request), request.params.id)
        return reply.redirect(`${ELSEWHERE}?fait=retire`, 303)
      },
    )
  }

/** The file or the link that a form gives. Errors: `nothing_given`, `file_empty`. */
function subjectOf({ file, url = '' }: { file?: unknown; url?: string }) {
  const { name = '', bytes } = (file ?? {}) as Partial<Sent>
  const link = url.trim()
  if (bytes && bytes.length > 0) return { subject: bytes, source: 'file' as const, from: name || null }
  if (link !== '') return { subject: link, source: 'link' as const, from: link }
  if (name !== '') throw invalid('file_empty', 'Ce fichier est vide.', 'Choisissez le fichier d’origine.', FILE)
  throw invalid(
    'nothing_given',
    'Aucun fichier ni lien n’a été donné.',
    'Choisissez un fichier ou collez un lien.',
    FILE,
  )
}
const FILE = { field: 'file' }
