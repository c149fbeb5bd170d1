import { emptyList } from '../web/components.ts'
import { espacePage } from '../web/espace.ts'
import {
  buttonForm,
  doneNote,
  errorSummary,
  formJeton,
  type Given,
  type Refusal,
  selectField,
  textField,
} from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { APPLICATIONS, HOSTS } from './applications-view.ts'
import type { LinkedHost } from './hosts.ts'
import type { Outcome } from './hosts-send.ts'

type OwnBadge = { id: string; name: string; validFrom: Date }
type Shown = {
  hosts: LinkedHost[]
  badges: OwnBadge[]
  jeton: string
  done?: string | undefined
  given?: Given
  refusal?: Refusal
}

/** Other hosts to which someone sends badges. */
export const hostsPage = ({ hosts, badges, jeton, done, given, refusal }: Shown): Page =>
  espacePage('/applications', {
    title: 'Envoyer mes badges chez un autre hôte',
    body: html`!${errorSummary(refusal)}
      <p><a href="${APPLICATIONS}">Applications</a></p>
      <h1>Envoyer mes badges chez un autre hôte</h1>
      !${doneNote(done)}
      <p class="lead">
        Un hôte est un site qui garde des badges pour vous. Vos badges restent ici ; il en reçoit une copie signée, que
        chacun peut vérifier.
      </p>
      <section aria-labelledby="relies">
        <h2 id="relies">Hôtes reliés</h2>
        !${
          hosts.length === 0
            ? emptyList('Vous n’êtes relié ou reliée à aucun autre hôte.')
            : html`<ul class="held links">
                !${hosts.map((one) => tile(one, badges, jeton))}
              </ul>`
        }
      </section>
      <section aria-labelledby="nouveau">
        <h2 id="nouveau">Relier un hôte</h2>
        <form method="post" action="${HOSTS}">
          !${formJeton(jeton)}
          !${textField({ name: 'address', label: 'Adresse du site', hint: 'Par exemple https://badges.exemple.fr. Vous irez ensuite sur ce site pour accepter.', value: given?.['address'], refusal, rules: 'required maxlength="500" inputmode="url" autocomplete="off"' })}
          <button type="submit">Continuer</button>
        </form>
      </section>`,
  })

function tile({ id, name, address, since, sent }: LinkedHost, badges: OwnBadge[], jeton: string): string {
  const named = new Map(badges.map((one) => [one.id, one.name]))
  return html`<li class="tile">
    <h3>${name}</h3>
    <p><strong>${new URL(address).host}</strong>, depuis le ${longDate(since)}.</p>
    !${
      sent.length === 0
        ? ''
        : html`<p>Vos envois :</p>
            <ul>
              !${sent.map(({ credentialId, at, ...one }) => html`<li>${named.get(credentialId) ?? 'Un badge'}, le ${longDate(at)} : ${outcomeWords(one)}</li>`)}
            </ul>`
    }
    !${
      badges.length === 0
        ? html`<p>Vous n’avez aucun badge à envoyer.</p>`
        : html`<form method="post" action="${HOSTS}/${id}/envois">
            !${formJeton(jeton)}
            !${selectField({ name: 'badge', id: `badge-${id}`, label: 'Badge à envoyer', options: badges.map((one) => [one.id, `${one.name}, délivré le ${longDate(one.validFrom)}`]) })}
            <button type="submit">Envoyer à ${name}</button>
          </form>`
    }
    <div class="actions">
      !${buttonForm({ action: `${HOSTS}/${id}/retrait`, jeton, label: 'Rompre le lien', name: `Rompre le lien avec ${name}` })}
    </div>
  </li>`
}

/** What came of a sending, in a sentence. */
export function outcomeWords({ outcome, said }: Outcome): string {
  if (outcome === 'accepted') return 'l’hôte l’a reçu et gardé.'
  if (outcome === 'refused') {
    return said ? `l’hôte l’a refusé, en disant : « ${said} »` : 'l’hôte l’a refusé, sans dire pourquoi.'
  }
  if (outcome === 'closed') return 'l’hôte ne laisse plus ce service y écrire ; reliez-le de nouveau.'
  return 'l’hôte n’a pas répondu ; envoyez-le de nouveau plus tard.'
}

/** The way to the other host: a page, since a redirection after a form may only lead to this site. */
export const awayPage = ({ url, name }: { url: string; name: string }): Page => ({
  title: `Continuer chez ${name}`,
  body: html`<meta http-equiv="refresh" content="0; url=${url}" />
    <h1>Continuer chez ${name}</h1>
    <p class="lead">Acceptez-y que ce service range vos badges ; vous reviendrez ensuite ici.</p>
    <p><a href="${url}" rel="noreferrer">Continuer vers ${new URL(url).host}</a></p>`,
})
