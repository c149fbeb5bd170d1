import { html, type Page } from '../web/html.ts'

type Ask = { suite: string; proconnect: boolean; email?: string; wrong?: string }

/** The form that asks for a link; `wrong` says what is to be mended in the address that was given. */
export const askPage = ({ suite, proconnect, email = '', wrong }: Ask): Page => ({
  title: 'Se connecter',
  body: html`<h1>Se connecter</h1>
    !${proconnect ? proconnectWay(suite) : ''}
    <p>
      Donnez votre adresse électronique : un message vous apporte un lien qui ouvre votre espace. Il n’y a ni compte à
      créer, ni mot de passe à retenir.
    </p>
    <form method="post" action="/connexion">
      <input type="hidden" name="suite" value="${suite}" />
      <label for="email">Adresse électronique</label>
      <input
        id="email"
        name="email"
        type="email"
        value="${email}"
        required
        maxlength="254"
        autocomplete="email"
        aria-describedby="email-hint"
        !${wrong ? html`aria-invalid="true" aria-errormessage="email-wrong"` : ''}
      />
      !${wrong ? html`<small id="email-wrong" role="alert">${wrong}</small>` : ''}
      <small id="email-hint">Celle que connaît votre organisme de formation, si vous attendez un badge.</small>
      <button type="submit">Recevoir un lien</button>
    </form>`,
})

const proconnectWay = (suite: string): string =>
  html`<h2>Avec votre compte professionnel</h2>
    <p>
      <a class="action" href="/connexion/proconnect?suite=${encodeURIComponent(suite)}">S’identifier avec ProConnect</a>
    </p>
    <p><a href="https://www.proconnect.gouv.fr/">Qu’est-ce que ProConnect ?</a></p>
    <h2>Avec un lien par e-mail</h2>`

/** The answer to every address that has the form of one. */
export const sentPage = (email: string, preview: boolean): Page => ({
  title: 'Regardez vos messages',
  body: html`<h1>Regardez vos messages</h1>
    <p>
      Un lien part vers <strong>${email}</strong>. Il sert une seule fois, dans les 15 minutes, et peut mettre une
      minute à arriver.
    </p>
    <h2>Rien n’arrive ?</h2>
    <ul>
      <li>Vérifiez l’adresse ci-dessus, et le dossier des indésirables.</li>
      <li>
        Après plusieurs demandes de suite, plus rien ne part pendant un quart d’heure : servez-vous du dernier lien
        reçu, ou attendez.
      </li>
    </ul>
    <p><a href="/connexion">Donner une autre adresse</a></p>
    !${
      preview
        ? html`<p class="note">
            Aucun serveur de messagerie n’est réglé : le lien est sur <a href="/messages">/messages</a>.
          </p>`
        : ''
    }`,
})

/** One button: programs that read messages follow their links, but press nothing. */
export const enterPage = (token: string): Page => ({
  title: 'Entrer',
  body: html`<h1>Entrer dans votre espace</h1>
    <p>Votre lien est valable. Il ne servira plus ensuite.</p>
    <form method="post" action="/connexion/${token}"><button type="submit">Entrer</button></form>`,
})

/** What to do with a link that opens nothing. */
export const endedPage = (): Page => ({
  title: 'Ce lien ne sert plus',
  body: html`<h1>Ce lien ne sert plus</h1>
    <p>Il a déjà servi, il a plus de 15 minutes, ou il a été mal recopié.</p>
    <p>
      <strong>Que faire ?</strong> <a href="/connexion">Demandez un autre lien</a> : il arrive en quelques instants.
    </p>`,
})

/** For who is already signed in: where to go on, and how to leave. */
export const signedInPage = ({ suite, jeton }: { suite: string; jeton: string }): Page => ({
  title: 'Votre connexion est ouverte',
  body: html`<h1>Votre connexion est ouverte</h1>
    <p><a class="action" href="${suite}">Continuer</a></p>
    <form method="post" action="/deconnexion">
      <input type="hidden" name="_jeton" value="${jeton}" /><button type="submit" class="secondary">
        Se déconnecter
      </button>
    </form>`,
})
