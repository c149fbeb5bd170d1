import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, findActor } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { DomainError, malformed } from '../errors.ts'
import { LIST_STATUSES } from '../referential/list-schema.ts'
import { axisOf, listLists } from '../referential/lists.ts'
import { listFrameworks } from '../referential/referential.ts'
import { formToken } from '../auth/web-sessions.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import { acceptFiles } from '../web/form-files.ts'
import { formBody } from '../web/form-schema.ts'
import type { Page } from '../web/html.ts'
import { sendPage, sendPrivate } from '../web/reply.ts'
import { wholeHead } from './csv-list.ts'
import { setAside } from './import-changes.ts'
import { importContent, listImports, withdrawImport } from './imports.ts'
import { importedPage, type Importing, listsPage, PATH } from './lists-view.ts'

const MAX_FORM = 2.5 * 1024 * 1024
const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
/** The file comes as its name and its bytes. */
const ImportForm = formBody({
  fichier: Type.Unknown(),
  name: Text(120),
  title: Text(200),
  publisher: Text(200),
  edition: Text(40),
  status: Type.Optional(Type.Enum([...LIST_STATUSES])),
  licence: Text(200),
  source: Text(500),
})
const Withdrawal = formBody({ name: Type.String({ maxLength: 120 }) })

type Deps = { db: Db; vault: Vault; baseUrl: string }
type Told = Omit<Importing, 'jeton'>

/** `/cartographie/listes`: the lists, for anyone; the import of a file, for who operates the service. */
export const listsPages =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db } = deps
    const operator = { access: ['exploitant'] as const }
    acceptFiles(app, MAX_FORM, async (file): Promise<SentFile> => ({
      fileName: file.name,
      bytes: Buffer.from(await file.arrayBuffer()),
    }))

    // Not compressed: for an operator, the page carries the secret of the forms.
    app.get(PATH, { compress: false, config: { access: 'public' }, schema: { hide: true } }, async (request, reply) => {
      const page = await pageFor(deps, request)
      return page.isOperator ? sendPrivate(reply, page.page) : sendPage(reply, page.page)
    })
    app.post(
      PATH,
      { config: operator, attachValidation: true, bodyLimit: MAX_FORM, schema: { hide: true, body: ImportForm } },
      async (request, reply) => {
        const told: { faults?: readonly string[] } = {}
        const act = async (): Promise<Page> => {
          const { fichier, name, ...head } = request.body
          const { fileName, bytes } = fileOf(fichier)
          const isTable = /\.csv$/i.test(fileName)
          const given = {
            name: name?.trim() || `lists/${fileName.replace(/\.[a-z]+$/i, '')}.yaml`,
            bytes,
            author: actorFrom(request).sub,
            table: isTable ? wholeHead(head) : undefined,
          }
          return importedPage(await importContent(db, given).catch(keepFaults(told)))
        }
        return answerForm(request, reply, act, async (refusal) => {
          const { fichier: _, ...given } = request.body ?? {}
          return (await pageFor(deps, request, { refusal, given, ...told })).page
        })
      },
    )
    app.post(
      `${PATH}/retrait`,
      { config: operator, attachValidation: true, schema: { hide: true, body: Withdrawal } },
      async (request, reply) => {
        const told: { faults?: readonly string[] } = {}
        const { sub: author } = actorFrom(request)
        return answerForm(
          request,
          reply,
          async () =>
            importedPage(await withdrawImport(db, { name: request.body.name, author }).catch(keepFaults(told))),
          async (refusal) => (await pageFor(deps, request, { refusal, ...told })).page,
        )
      },
    )
  }

/** Keeps each fault of a content to be shown in the page of its refusal. */
const keepFaults =
  (told: { faults?: readonly string[] }) =>
  (error: unknown): never => {
    if (error instanceof DomainError && Array.isArray(error.details['faults'])) told.faults = error.details['faults']
    throw error
  }

async function pageFor({ db, vault, baseUrl }: Deps, request: FastifyRequest, told: Told = {}) {
  const actor = request.actor ?? (await findActor(request, db, baseUrl))
  const isOperator = actor?.grants.some((one) => one.role === 'exploitant') ?? false
  const jeton = actor?.secret ? formToken(vault, actor.secret) : ''
  const [lists, frameworks, imported] = await Promise.all([listLists(db), listFrameworks(db), listImports(db)])
  const aside = setAside(lists, axisOf(frameworks))
  const importing = isOperator ? { jeton, ...told } : null
  return { isOperator, page: listsPage({ lists, aside, imported, importing, baseUrl }) }
}

type SentFile = { fileName: string; bytes: Buffer }

function fileOf(given: unknown): SentFile {
  if (given && typeof given === 'object' && 'bytes' in given) return given as SentFile
  throw malformed('file_missing', 'Aucun fichier n’a été choisi.', 'Choisissez le fichier à importer.', {
    field: 'fichier',
  })
}
