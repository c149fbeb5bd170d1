import { doneNote, errorSummary, type Given, type Refusal } from '../web/forms.ts'
import { espacePage } from '../web/espace.ts'
import { html, type Page } from '../web/html.ts'
import { askedList, askForm } from './asked-view.ts'
import type { Endorsement } from './read.ts'

type Shown = {
  credentialId: string
  name: string
  asked: Endorsement[]
  baseUrl: string
  jeton: string
  now: Date
  given?: Given
  refusal?: Refusal | null
  done?: string | undefined
}

/** The endorsements of a badge, for its holder: to ask for, to read, to show or not. */
export function badgeEndorsementsPage(shown: Shown): Page {
  const { credentialId, name, asked, given = {}, refusal = null, done } = shown
  const path = `/mon-espace/badges/${credentialId}/recommandations`
  return espacePage('', {
    title: `Recommandations : ${name}`,
    body: html`!${errorSummary(refusal)}
      <p class="up"><a href="/mon-espace">Mes badges</a></p>
      <h1>Recommandations du badge « ${name} »</h1>
      !${doneNote(done)}
      <p class="lead">
        Un employeur, un partenaire ou un organisme dit, avec sa signature, ce qu’il sait de ce que vous savez faire.
        Vous lisez d’abord ; vous seule ou vous seul décidez de l’afficher sur la
        <a href="/credentials/${credentialId}">page du badge</a>.
      </p>
      <section aria-labelledby="liste">
        <h2 id="liste">Demandées et reçues</h2>
        !${askedList(asked, { ...shown, path }, 'Vous n’avez pas encore demandé de recommandation pour ce badge.')}
      </section>
      <section aria-labelledby="demander">
        <h2 id="demander">En demander une</h2>
        !${askForm({ path, jeton: shown.jeton, given, refusal, isPerson: true })}
      </section>`,
  })
}
