import type { Multipart, MultipartFile } from '@fastify/multipart'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { DomainError, invalid, malformed, tooLarge } from '../errors.ts'
import { languageOf, sendPage, sendPrivate } from '../web/reply.ts'
import { resultsPage } from './results-view.ts'
import { unreadableOf, type VerificationCounter } from './verification-counts.ts'
import { readDay } from './verifications.routes.ts'
import { correctPage, emptyPage, type Typed } from './verifier-view.ts'
import type { Verifier } from './verifier.ts'
import { type Subject, verifyAll } from './verify-many.ts'
import { registerSays } from './verify-register.ts'

const open = { access: 'public' } as const
const schema = { hide: true, querystring: Type.Object({ lang: Type.Optional(Type.String({ maxLength: 5 })) }) }

const MAX_FILES = 50
const MAX_BYTES = 40 * 1024 * 1024
const MAX_NAMES = 50
const MAX_SECONDS = 45
// A form beyond what is admitted is read too, so that a sentence can say so; a file too large is a line of the answer.
const WITHIN = { limits: { files: 500, fields: 10, fieldSize: 40_000 }, throwFileSizeLimit: false }

type Deps = { db: Db; verifier: Verifier; counter: VerificationCounter; baseUrl: string }

/** `/verifier`: files or a link in, a verdict and its evidence out; works without script, and keeps nothing. */
export const verifierPages =
  ({ db, verifier, counter, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/verifier', { config: open, schema }, async (request, reply) =>
      sendPage(reply, emptyPage(languageOf(request))),
    )

    app.post('/verifier', { config: open, schema }, async (request, reply) => {
      const lang = languageOf(request)
      const deadline = new Date(Date.now() + MAX_SECONDS * 1000)
      const given = await readForm(request.parts(WITHIN))
      try {
        const subjects = subjectsOf(given)
        const names = namesOf(given.fields['recipient'])
        const day = new Date()
        const at = readDay(given.fields['at'])
        const question = { recipient: names, at, lang }
        const rows = await verifyAll(verifier, subjects, question, deadline)
        await counter.count(unreadableOf(rows))
        const badges = rows.flatMap((row) => ('badge' in row && row.badge) || [])
        const register = await registerSays(db, baseUrl, badges)
        const [only] = rows
        const code = rows.length === 1 && only && 'error' in only ? 422 : 200
        return sendPrivate(reply.code(code), resultsPage({ rows, names, register, lang, at: at ?? day, day }))
      } catch (error) {
        if (!(error instanceof DomainError)) throw error
        return sendPrivate(reply.code(422), correctPage(error, lang, given.fields))
      }
    })
  }

type Given = { subjects: Subject[]; fields: Typed & Record<string, string>; excess: DomainError | null }

/** Reads the whole form, even beyond what is admitted: a browser shows no answer to what it could not finish sending. */
async function readForm(parts: AsyncIterable<Multipart>): Promise<Given> {
  const given: Given = { subjects: [], fields: {}, excess: null }
  let left = MAX_BYTES
  for await (const part of parts) {
    if (part.type === 'field') {
      given.fields[part.fieldname] = String(part.value)
      continue
    }
    if (given.subjects.length >= MAX_FILES) given.excess ??= tooManyFiles()
    if (given.excess) {
      part.file.resume()
      continue
    }
    const content = await part.toBuffer()
    left -= content.length
    if (left < 0) given.excess = tooLarge('L’envoi dépasse 40 Mo en tout.', 'Envoyez les fichiers en plusieurs fois.')
    else if (content.length > 0 || part.filename) given.subjects.push(subjectOf(part, content))
  }
  return given
}

const tooManyFiles = () =>
  invalid('too_many_files', 'Plus de cinquante fichiers ont été envoyés.', 'Envoyez-les en plusieurs fois.')

function subjectOf({ filename, file }: MultipartFile, bytes: Buffer): Subject {
  const name = filename.slice(0, 200) || 'fichier'
  if (bytes.length === 0) {
    return {
      name,
      content: malformed('file_empty', 'Ce fichier est vide.', 'Choisissez de nouveau le fichier d’origine.'),
    }
  }
  const isCut = file.truncated
  return {
    name,
    content: isCut ? tooLarge('Ce fichier dépasse 8 Mo.', 'Demandez le badge lui-même, ou son lien.') : bytes,
  }
}

/** What was given to verify. Errors: `nothing_given`, `too_many_files`, `too_large`. */
function subjectsOf({ subjects, fields, excess }: Given): Subject[] {
  if (excess) throw excess
  const url = fields.url?.trim()
  if (url) return [...subjects, { name: url, content: url }]
  if (subjects.length > 0) return subjects
  throw invalid(
    'nothing_given',
    'Aucun fichier ni lien n’a été donné.',
    'Choisissez un fichier ou collez un lien, puis recommencez.',
  )
}

/** The names typed, one a line. Errors: `too_many_names`. */
function namesOf(typed = ''): string[] {
  const names = typed.split(/\r?\n/).map((one) => one.trim())
  const given = [...new Set(names)].filter((one) => one !== '')
  if (given.length <= MAX_NAMES && given.every((one) => one.length <= 300)) return given
  throw invalid(
    'too_many_names',
    'Plus de cinquante noms ont été tapés, ou l’un d’eux dépasse 300 caractères.',
    'Raccourcissez la liste : un nom par ligne.',
  )
}
