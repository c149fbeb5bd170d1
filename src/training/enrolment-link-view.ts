import { counted, facts } from '../web/components.ts'
import { buttonForm, errorSummary, type Given, type Refusal, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { qrPath } from '../web/qr.ts'
import { priceWords } from './prices.ts'
import type { Session } from './sessions.ts'
import { daysOf, sessionDone, whereOf } from './sessions-view.ts'

type Shown = {
  slug: string
  session: Session
  name: string
  organisation: string
  /** The address to give, and whether it takes asks; null before it was first opened. */
  link: { address: string; isOpen: boolean } | null
  jeton: string
  done?: string | undefined
}

/** The link by which people ask for a place, as a poster to show or print. */
export function linkPage({ slug, session, name, organisation, link, jeton, done }: Shown): Page {
  const path = `/organisme/${slug}/sessions/${session.id}`
  const button = (action: string, label: string) =>
    buttonForm({ action: `${path}/lien`, jeton, label, fields: { action } })
  return {
    title: `Inscription par lien, ${name}`,
    body: html`<p class="up"><a href="${path}">${name}, ${daysOf(session)}</a></p>
      !${sessionDone(done)}
      <h1>Inscription par lien et code QR</h1>
      <p>
        Projetez ou imprimez ce code : chacune et chacun s’inscrit depuis son téléphone, sans compte. Vous confirmez
        ensuite les demandes sur la page de la session.
      </p>
      !${session.cancelledAt ? html`<p class="note">Cette session est annulée : le lien est fermé.</p>` : controls(link, button)}
      !${link?.isOpen && !session.cancelledAt ? poster(link.address, { session, name, organisation }) : ''}`,
  }
}

function controls(link: Shown['link'], button: (action: string, label: string) => string): string {
  if (link === null) {
    return html`<p>Les inscriptions par lien ne sont pas ouvertes.</p>
      !${button('open', 'Ouvrir les inscriptions par lien')}`
  }
  return html`<p>
      !${link.isOpen ? 'Les inscriptions par lien sont ouvertes.' : 'Les inscriptions par lien sont fermées ; la même adresse peut être rouverte.'}
    </p>
    <div class="actions">
      !${link.isOpen ? button('close', 'Fermer les inscriptions') : button('open', 'Rouvrir les inscriptions')}
      !${button('renew', 'Remplacer par un nouveau lien')}
    </div>`
}

const poster = (address: string, { session, name, organisation }: Pick<Shown, 'session' | 'name' | 'organisation'>) =>
  html`<section class="poster" aria-labelledby="affiche">
    <h2 id="affiche">${name}</h2>
    <p>${organisation}, ${daysOf(session)}</p>
    <svg viewBox="0 0 100 100" role="img" aria-label="Code QR qui mène à la page d’inscription">
      <rect width="100" height="100" fill="#fff" />
      <path d="${qrPath(address, { x: 0, y: 0, size: 100 })}" fill="#000" />
    </svg>
    <p>Pour vous inscrire, visez ce code avec l’appareil photo de votre téléphone, ou ouvrez :</p>
    <p class="address"><a href="${address}">${address}</a></p>
  </section>`

type Invited = {
  token: string
  session: Session
  name: string
  organisation: string
  /** Why no ask is taken any more, if so. */
  closed: { message: string; mend: string } | null
  isFull: boolean
  isAsked: boolean
  given?: Given
  refusal?: Refusal | null
}

/** The public page of a link: the session, and the form that asks for a place. */
export function invitedPage(shown: Invited): Page {
  const { session, name, organisation, closed, refusal = null } = shown
  return {
    title: `Inscription : ${name}`,
    body: html`!${errorSummary(refusal)}
      <p class="kind">${organisation}</p>
      <h1>${name}</h1>
      !${facts([
        ['Quand', daysOf(session)],
        ['Où', whereOf(session)],
        ...(session.hours === null ? [] : [['Durée', counted(session.hours, 'heure')] as const]),
        ...(session.priceCents === null ? [] : [['Prix par personne', priceWords(session.priceCents)] as const]),
      ])}
      !${closed ? html`<p class="note">${closed.message} ${closed.mend}</p>` : shown.isAsked ? asked() : askForm(shown)}`,
  }
}

const asked = (): string =>
  html`<div class="done" role="status">
    <h2>Votre demande est en attente de confirmation</h2>
    <p>La personne qui anime la session la voit et la confirmera. Vous n’avez rien d’autre à faire.</p>
  </div>`

function askForm({ token, isFull, session, organisation, given = {}, refusal = null }: Invited): string {
  const field = (name: string, label: string, rules: string, type = 'text', hint = '') =>
    textField({ name, label, type, value: given[name], refusal, rules, ...(hint && { hint }) })
  return html`!${
      isFull
        ? html`<p class="note">
            Toutes les places sont prises. Votre demande sera mise sur la liste d’attente si elle est confirmée.
          </p>`
        : ''
    }
    <section aria-labelledby="inscription">
      <h2 id="inscription">Demander une place</h2>
      <form method="post" action="/inscription/${token}">
        !${field('givenName', 'Prénom', 'required maxlength="100" autocomplete="given-name"', 'text', 'Tel que votre badge le prouvera.')}
        !${field('familyName', 'Nom', 'required maxlength="100" autocomplete="family-name"')}
        !${field('email', 'Adresse électronique', 'required maxlength="254" autocomplete="email"', 'email', 'Celle où retrouver votre badge, de préférence personnelle.')}
        <p class="remark">
          Ces trois réponses servent à vous inscrire à cette session et à délivrer votre badge. ${organisation} les
          voit. Si votre demande est refusée, elles sont effacées ; si personne ne répond, elles le sont un mois après
          la fin de la session (${longDate(session.endsOn)}). <a href="/donnees-personnelles">Vos droits</a>.
        </p>
        <button type="submit">Demander une place</button>
      </form>
    </section>`
}
