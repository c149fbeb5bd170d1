import type { FastifyReply, FastifyRequest } from 'fastify'
import type { DomainError } from '../errors.ts'
import { refusalOf, statusOf, wrongFields } from '../problem.ts'
import type { Refusal } from './forms.ts'
import type { Page } from './html.ts'
import { sendPrivate } from './reply.ts'

const SHOWN_AGAIN = new Set(['malformed', 'conflict', 'invalid', 'too_large', 'unsupported', 'gone'])

/**
 * Answers a form: `act` does it and says where to go next, or answers a page that is shown once; what it refuses, or what
 * the route's schema refused (`attachValidation: true`), comes back as the same page with what is to be corrected and what
 * was typed; whoever asked for JSON gets the problem instead.
 */
export async function answerForm(
  request: FastifyRequest,
  reply: FastifyReply,
  act: () => Promise<string | Page>,
  again: (refusal: Refusal) => Page | Promise<Page>,
): Promise<FastifyReply> {
  try {
    if (request.validationError) throw request.validationError
    const next = await act()
    return typeof next === 'string' ? reply.redirect(next, 303) : sendPrivate(reply, next)
  } catch (error) {
    const known = refusalOf(error)
    const isPage = request.accepts().type(['html', 'json']) === 'html'
    if (!known || !isPage || !SHOWN_AGAIN.has(known.kind)) throw error
    const page = await again(asShown(error, known))
    return sendPrivate(reply.code(statusOf(known)), { ...page, title: `À corriger : ${page.title}` })
  }
}

/** A refusal as a form shows it: the schema names each field, a verb the one it was about, if any (`details.field`). */
function asShown(error: unknown, { message, mend, details }: DomainError): Refusal {
  const fields = wrongFields(error)
  if (fields.length > 0) {
    return { message: 'Certains champs sont à corriger.', mend: 'Corrigez-les, puis envoyez à nouveau.', fields }
  }
  const { field } = details
  return { message, mend, fields: typeof field === 'string' ? [{ name: field, message }] : [] }
}
