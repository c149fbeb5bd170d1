import { emptyList } from '../web/components.ts'
import { espacePage } from '../web/espace.ts'
import { boxesField, errorSummary, formJeton, type Given, type Refusal, selectField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { qrPath } from '../web/qr.ts'
import { type MadeOffer, OFFER_MINUTES, type OwnBadge } from './offers.ts'
import type { Format } from './oid4vci-metadata.ts'
import type { Deposit } from './wallet-deposits.ts'

type Shown = {
  badge: OwnBadge
  deposits: Deposit[]
  /** Why it may not go in a wallet now; null when it may. */
  refused: string | null
  baseUrl: string
  jeton: string
  /** The offer that was just made, which is shown once. */
  made?: MadeOffer
  given?: Given
  refusal?: Refusal
}

/** Where a holder puts a badge in a wallet, and reads in which ones it is. */
export function offerPage(shown: Shown): Page {
  const { badge, deposits, made, refusal } = shown
  return espacePage('', {
    title: 'Mettre ce badge dans mon portefeuille numérique',
    body: html`!${errorSummary(refusal)}
      <h1>Mettre ce badge dans mon portefeuille numérique</h1>
      <p class="lead">
        <a href="/credentials/${badge.id}">${badge.about.name}</a>, délivré le ${longDate(badge.validFrom)} par
        ${badge.organisation}.
      </p>
      !${made ? offerView(made, shown) : formView(shown)}
      <section aria-labelledby="deja">
        <h2 id="deja">Où il est déjà</h2>
        !${
          deposits.length === 0
            ? emptyList('Ce badge n’a été mis dans aucun portefeuille.')
            : html`<ul>
                !${deposits.map(depositView)}
              </ul>`
        }
      </section>`,
  })
}

const FLOWS = [
  ['pre-authorized_code', 'Tout de suite, sans me reconnecter'],
  ['authorization_code', 'En me connectant à ce service depuis le portefeuille'],
] as const

function formView({ badge, refused, jeton, given = {}, refusal }: Shown): string {
  if (refused !== null) return html`<p class="note">${refused} Il ne peut pas être mis dans un portefeuille.</p>`
  return html`<p>
      Un portefeuille numérique est une application qui garde vos attestations et les présente quand vous le décidez. Il
      reçoit une copie de ce badge, signée par l’organisme et liée à ce portefeuille. Si le badge est suspendu ou
      révoqué, la copie l’est aussi.
    </p>
    <form method="post" action="/mon-espace/badges/${badge.id}/portefeuille">
      !${formJeton(jeton)}
      !${selectField({
        name: 'flow',
        label: 'Comment le portefeuille le recevra',
        hint: 'Si votre portefeuille ne prend pas l’une de ces manières, essayez l’autre.',
        options: FLOWS,
        value: given['flow'],
        refusal,
      })}
      !${boxesField({
        name: 'code',
        label: 'Protection (sans connexion)',
        hint: 'Qui verrait le code QR par-dessus votre épaule ne pourrait pas s’en servir.',
        options: [['oui', 'Demander aussi un code à six chiffres, montré ici seulement']],
        value: given['flow'] === undefined ? 'oui' : given['code'],
        refusal,
      })}
      <button type="submit">Préparer la mise en portefeuille</button>
    </form>`
}

/** The address that a wallet opens (OpenID4VCI 1.0 §4.1.3). */
const offerAddress = (baseUrl: string, secret: string): string =>
  `openid-credential-offer://?credential_offer_uri=${encodeURIComponent(`${baseUrl}/oid4vci/offers/${secret}`)}`

function offerView({ secret, txCode, expiresAt, flow }: MadeOffer, { baseUrl, badge }: Shown): string {
  const address = offerAddress(baseUrl, secret)
  return html`<section class="poster" aria-labelledby="offre">
      <h2 id="offre">À lire avec votre portefeuille</h2>
      <p>Valable une fois, jusqu’à <strong>${hourOf(expiresAt)}</strong> (${OFFER_MINUTES} minutes).</p>
      <svg
        viewBox="0 0 100 100"
        role="img"
        aria-label="Code QR de la proposition de badge, à viser avec le portefeuille"
      >
        <rect width="100" height="100" fill="#fff" />
        <path d="${qrPath(address, { x: 0, y: 0, size: 100 })}" fill="#000" />
      </svg>
      !${
        txCode === null
          ? ''
          : html`<p>
              Code à taper dans le portefeuille, s’il le demande :<br /><strong class="nowrap"
                >${spaced(txCode)}</strong
              >
            </p>`
      }
      <p>Sur le téléphone où est le portefeuille : <a href="${address}">ouvrir le portefeuille</a></p>
    </section>
    <p>
      Ne montrez ce code à personne : qui le lit avec son propre portefeuille y reçoit votre badge.
      !${flow === 'authorization_code' ? 'Le portefeuille vous demandera de vous connecter ici et de donner votre accord.' : ''}
    </p>
    <p><a href="/mon-espace/badges/${badge.id}/portefeuille">Recommencer, ou voir où est ce badge</a></p>`
}

const spaced = (code: string): string => code.replace(/(\d{3})(?=\d)/g, '$1 ')
const hourOf = (date: Date): string =>
  date.toLocaleTimeString('fr-FR', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Paris' })

const FORMS: Record<Format, string> = {
  ldp_vc: 'avec sa preuve dedans (ldp_vc)',
  jwt_vc_json: 'en jeton signé (jwt_vc_json)',
}
const EVENTS = {
  credential_accepted: 'Le portefeuille dit l’avoir rangé.',
  credential_failure: 'Le portefeuille dit n’avoir pas pu le ranger.',
  credential_deleted: 'Le portefeuille dit l’avoir supprimé.',
}

const depositView = ({ wallet, format, depositedAt, event }: Deposit): string =>
  html`<li>
    Le ${longDate(depositedAt)} à ${hourOf(depositedAt)},
    ${wallet === null ? 'dans un portefeuille qui ne dit pas son nom' : `dans un portefeuille qui se nomme « ${wallet} »`},
    ${FORMS[format]}. ${event === null ? '' : EVENTS[event]}
  </li>`
