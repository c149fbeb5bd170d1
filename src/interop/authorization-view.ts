import { formJeton } from '../web/forms.ts'
import { html, layout, longDate, type Page } from '../web/html.ts'

/** What the authorization server refuses, in words; the codes are those of RFC 6749 and OpenID Connect. */
const REFUSALS: Record<string, [what: string, mend: string]> = {
  invalid_client: [
    'L’application qui vous envoie n’est pas connue de ce service, ou ne l’est plus.',
    'Retournez dans l’application et reconnectez-la à ce service ; si cela dure, prévenez ceux qui la proposent.',
  ],
  invalid_redirect_uri: [
    'L’adresse à laquelle l’application veut que vous reveniez n’est pas celle qu’elle a déclarée.',
    'N’allez pas plus loin : prévenez ceux qui proposent cette application.',
  ],
  server_error: ['Le service a rencontré une panne. Aucun accès n’a été donné.', 'Réessayez dans quelques minutes.'],
}
const EXPIRED: [string, string] = [
  'La demande de cette application n’est plus ouverte dans ce navigateur : elle a servi, elle a plus d’une heure, ou elle a été commencée ailleurs.',
  'Retournez dans l’application et recommencez la connexion, dans un seul navigateur.',
]
const MALFORMED: [string, string] = [
  'La demande de cette application est mal formée : ce service ne peut pas y répondre.',
  'Retournez dans l’application et recommencez ; si cela dure, prévenez ceux qui la proposent.',
]

/** A refusal of the authorization server as a whole page: `out` is what RFC 6749 would answer. */
export function refusalPage({
  error,
  error_description: description,
}: {
  error?: string
  error_description?: string | undefined
}): string {
  const isExpired = /session|expired/.test(description ?? '')
  const [what, mend] = REFUSALS[error ?? ''] ?? (isExpired ? EXPIRED : MALFORMED)
  return layout({
    title: 'Connexion à une application refusée',
    body: html`<h1>Connexion à une application refusée</h1>
      <p class="lead">${what}</p>
      <p><strong>Que faire ?</strong> ${mend}</p>
      <p><small>Référence : ${error ?? 'server_error'}</small></p>`,
  })
}

type Asked = {
  uid: string
  jeton: string
  /** As the application calls itself: nobody checked it. */
  name: string
  /** The host that it will be sent to, which the browser will show. */
  host: string
  policy: string | null
  allowed: string[]
  until: Date
  /** What the holder chooses besides (markup); empty when there is nothing to choose. */
  choice: string
}

/** What an application asks, for the holder to accept or refuse. */
export const consentPage = ({ uid, jeton, name, host, policy, allowed, until, choice }: Asked): Page => ({
  title: `Donner accès à ${name}`,
  body: html`<h1>Donner accès à vos badges ?</h1>
    <p class="lead">Une application demande un accès à votre espace.</p>
    <dl>
      <dt>Le nom qu’elle se donne</dt>
      <dd>${name} <small>(ce service ne l’a pas vérifié)</small></dd>
      <dt>Où vous retournerez ensuite</dt>
      <dd><strong>${host}</strong></dd>
    </dl>
    <p>N’acceptez que si vous venez de cette application, et reconnaissez cette adresse.</p>
    <h2>Elle pourra</h2>
    <ul>
      !${allowed.map((one) => html`<li>${one}</li>`)}
    </ul>
    <p>
      Jusqu’au <strong>${longDate(until)}</strong> au plus. Vous pouvez lui retirer cet accès à tout moment, depuis la
      page « Applications » de votre espace.
    </p>
    !${policy ? html`<p><a href="${policy}" rel="noopener noreferrer">Ce qu’elle dit faire de vos données</a></p>` : ''}
    <form method="post" action="/autorisation/${uid}">
      !${formJeton(jeton)} !${choice}
      <button type="submit" name="choix" value="accepter">Donner cet accès</button>
      <button type="submit" name="choix" value="refuser" class="secondary">Refuser</button>
    </form>`,
})

/**
 * Back to the application. A page, not a redirection: browsers hold the redirections that follow a form to the rule of
 * forms (`form-action 'self'`), which would stop the way back.
 */
export const backPage = ({ host, accepted, next }: { host: string; accepted: boolean; next: string }): Page => ({
  title: accepted ? 'Accès donné' : 'Accès refusé',
  body: html`<meta http-equiv="refresh" content="0; url=${next}" />
    <h1>${accepted ? 'Accès donné' : 'Accès refusé'}</h1>
    <p class="lead">
      ${accepted ? 'L’application a reçu l’accès que vous avez donné.' : 'L’application n’a reçu aucun accès.'} Vous
      retournez chez ${host}.
    </p>
    <p><a href="${next}">Continuer vers ${host}</a></p>`,
})
