import { formJeton } from '../web/forms.ts'
import { html, layout, longDate, type Page } from '../web/html.ts'
import type { Destination } from './authorization-clients.ts'

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
  destination: Destination
  policy: string | null
  allowed: string[]
  until: Date
  /** What the holder chooses besides (markup); empty when there is nothing to choose. */
  choice: string
}

/** What an application asks, for the holder to accept or refuse. */
export const consentPage = ({ uid, jeton, name, destination, policy, allowed, until, choice }: Asked): Page => ({
  title: `Donner accès à ${name}`,
  body: html`<h1>Donner accès à vos badges ?</h1>
    <p class="lead">Une application demande un accès à votre espace.</p>
    <dl>
      <dt>Le nom qu’elle se donne</dt>
      <dd>${name} <small>(ce service ne l’a pas vérifié)</small></dd>
      <dt>Où vous retournerez ensuite</dt>
      <dd>
        ${destination.kind === 'application' ? 'Une application de cet appareil, celle qui répond à ' : ''}
        <strong>${destination.place}</strong>
      </dd>
    </dl>
    <p>
      ${
        destination.kind === 'application'
          ? 'N’acceptez que si vous venez de cette application, sur cet appareil : ce service ne peut pas savoir laquelle s’ouvrira.'
          : 'N’acceptez que si vous venez de cette application, et reconnaissez cette adresse.'
      }
    </p>
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

type Back = { destination: Destination; accepted: boolean; next: string }

/**
 * Back to the application. A page, not a redirection: browsers hold the redirections that follow a form to the rule of
 * forms (`form-action 'self'`), which would stop the way back.
 */
export const backPage = (back: Back): Page => ({
  title: back.accepted ? 'Accès donné' : 'Accès refusé',
  body: back.destination.kind === 'site' ? toSite(back) : toApplication(back),
})

const toSite = ({ destination: { place }, accepted, next }: Back): string =>
  html`<meta http-equiv="refresh" content="0; url=${next}" />
    <h1>${accepted ? 'Accès donné' : 'Accès refusé'}</h1>
    <p class="lead">
      ${accepted ? 'L’application a reçu l’accès que vous avez donné.' : 'L’application n’a reçu aucun accès.'} Vous
      retournez chez ${place}.
    </p>
    <p><a href="${next}">Continuer vers ${place}</a></p>`

/** By a link alone: browsers of telephones open an application only for a finger that asks, and the way back serves once. */
const toApplication = ({ destination: { place }, accepted, next }: Back): string =>
  html`<h1>${accepted ? 'Accès donné' : 'Accès refusé'}</h1>
    <p class="lead">
      ${accepted ? 'Il reste à revenir dans l’application, qui recevra alors cet accès.' : 'L’application ne reçoit aucun accès.'}
    </p>
    <p><a href="${next}" role="button">Revenir dans l’application</a></p>
    <p>
      Ce bouton ouvre l’application de cet appareil qui répond à <strong>${place}</strong> ; si rien ne s’ouvre, elle
      n’y est pas installée. Recommencez alors sur l’appareil où elle se trouve.
    </p>`
