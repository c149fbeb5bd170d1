import type { FastifyReply } from 'fastify'
import type { Problem } from '../problem.ts'
import { html } from './html.ts'
import { sendPage } from './reply.ts'

/** A refusal or a fault, as a page: what happened, how to mend it, where to go next. */
export function problemPage(reply: FastifyReply, { title, detail, mend, code, status }: Problem): FastifyReply {
  return sendPage(reply, {
    title,
    body: html`<div class="problem">
      <p class="problem-status" aria-hidden="true">${status}</p>
      <h1>${title}</h1>
      <p class="lead">${detail}</p>
      <p><strong>Que faire ?</strong> ${mend}</p>
      <ul class="plain">
        <li><a href="/">Retour à l’accueil</a></li>
        <li><a href="/verifier">Vérifier un badge</a></li>
        !${status === 404 ? html`<li><a href="/badges">Chercher un badge</a></li>` : ''}
      </ul>
      <p><small>Référence : ${code}, ${status}</small></p>
    </div>`,
  })
}
