import type { FastifyReply } from 'fastify'
import type { Problem } from '../problem.ts'
import { html } from './html.ts'
import { sendPage } from './reply.ts'

/** A refusal or a fault, as a page: what happened, how to mend it, where to go next. */
export function problemPage(reply: FastifyReply, { title, detail, mend, code, status }: Problem): FastifyReply {
  return sendPage(reply, {
    title,
    body: html`<h1>${title}</h1>
      <p>${detail}</p>
      <p><strong>Que faire ?</strong> ${mend}</p>
      <p><a href="/">Retour à l’accueil</a> · <a href="/verifier">Vérifier un badge</a></p>
      <p><small>Référence : ${code}, ${status}</small></p>`,
  })
}
