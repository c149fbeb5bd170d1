import { renewalState } from '../credentials/renewals.ts'
import { emptyList, nextPage } from '../web/components.ts'
import { buttonForm, doneNote } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { markOf, nameOf as elsewhereName } from '../wallet/marks.ts'
import type { ImportedBadge } from '../wallet/read-imports.ts'
import { ELSEWHERE } from '../wallet/schema.ts'
import { espacePage } from '../web/espace.ts'
import type { HeldBadge } from './holders.ts'
import { habilitationSection, remindersSection, sessionsSection } from './situation-view.ts'
import type { ComingSession, Standing } from './situation.ts'

type Home = {
  badges: HeldBadge[]
  standings: Standing[]
  sessions: ComingSession[]
  unchecked: number
  elsewhere: ImportedBadge[]
  now: Date
  jeton: string
  hasRoles: boolean
  /** The last badge of the page before. */
  after?: string | undefined
  done?: string | undefined
}

/** Badges on one page. */
const SHOWN = 24

/** The holder's own page: what to do first, badges, habilitation and sessions, and what may be done with all that. */
export function homePage(home: Home): Page {
  const { jeton, hasRoles, done, standings, sessions, after } = home
  return espacePage('', {
    title: 'Mon espace',
    body: html`<h1>Mon espace</h1>
      !${doneNote(done)} !${after === undefined ? remindersSection(home) : ''} !${badgesSection(home)}
      !${elsewhereSection(home)} !${habilitationSection(standings)} !${sessionsSection(sessions)} !${showSection}
      !${dataSection}
      <p>
        <a href="/organisme">!${hasRoles ? 'Gérer mon organisme' : 'Inscrire un organisme, ou rejoindre le mien'}</a
        ><br />
        <a href="/habilitations">Demander ou suivre des habilitations Aidants Connect</a>
      </p>
      !${buttonForm({ action: '/deconnexion', jeton, label: 'Se déconnecter' })}`,
  })
}

function badgesSection({ badges, now, jeton, after }: Home): string {
  const current = badges.filter((one) => one.renewedBy === null)
  const start = current.findIndex((one) => one.id === after) + 1
  const page = current.slice(start, start + SHOWN)
  const next = current.length > start + SHOWN ? page.at(-1)!.id : null
  return html`<section aria-labelledby="badges">
    <h2 id="badges">Mes badges</h2>
    !${page.length === 0 ? noBadge : ABOUT_NAMES}
    !${
      page.some((one) => isEnding(one, now))
        ? html`<p class="note">
            Renouveler un badge en donne un nouveau, valable à partir du jour où il est délivré : le temps qui restait à
            l’ancien ne s’y ajoute pas. L’ancien reste tel quel, et vérifiable.
          </p>`
        : ''
    }
    <ul class="held mine">
      !${page.map((one) => badgeView(one, badges, { now, jeton }))}
    </ul>
    !${nextPage('/mon-espace', {}, next)}
  </section>`
}

const noBadge = emptyList(
  'Aucun badge n’est encore délivré à vos adresses.',
  html`<p>
    Si vous en attendez un à une autre adresse, <a href="/mon-espace/adresses">ajoutez-la</a>. Pour en obtenir, voyez
    <a href="/modules">les formations</a>.
  </p>`,
)

const ABOUT_NAMES = html`<p>
  Les voir <a href="/mon-espace/competences">par compétence</a> ou <a href="/mon-espace/parcours">par parcours</a>.
  Votre nom ne figure sur la page publique d’un badge que si vous le décidez, badge par badge, et vous pouvez changer
  d’avis.
</p>`

/** To be renewed, or already over. */
const isEnding = (one: HeldBadge, now: Date): boolean => ['to_renew', 'expired'].includes(renewalState(one, now))

/** A badge, what may be done with it, and under it those that it renews. */
function badgeView(held: HeldBadge, all: HeldBadge[], { now, jeton }: { now: Date; jeton: string }): string {
  const { id, about, validFrom, organisation, nameSince, completionId } = held
  const former = all.filter((one) => one.renewedBy === id)
  const date = longDate(validFrom)
  const button = nameSince ? 'Ne plus afficher mon nom' : 'Afficher mon nom'
  const which = `${about.name}, délivré le ${date}`
  return html`<li class="tile">
    <img src="/achievements/${about.slug}/${about.version}/image.svg" alt="" width="96" height="96" loading="lazy" />
    <div>
      <h3><a href="/credentials/${id}">${about.name}</a></h3>
      <p>Délivré le ${date} par ${organisation}.${stateWords(held)} !${endWords(held, now)}</p>
      <p class="remark">
        !${nameSince ? html`Votre nom <strong>est affiché</strong> sur sa page publique.` : html`Votre nom n’est pas affiché sur sa page publique.`}
      </p>
      !${buttonForm({
        action: `/mon-espace/badges/${id}/nom`,
        jeton,
        label: button,
        name: `${button} sur le badge ${which}`,
        fields: { visible: nameSince ? 'non' : 'oui' },
      })}
      <ul class="plain">
        <li><a href="/mon-espace/partages?badge=${id}#nouveau" aria-label="Partager : ${which}">Partager</a></li>
        <li>
          <a href="/mon-espace/badges/${id}/portefeuille" aria-label="Mettre dans mon portefeuille numérique : ${which}"
            >Mettre dans mon portefeuille numérique</a
          >
        </li>
        <li>
          <a href="/mon-espace/badges/${id}/preuves" aria-label="Fichiers de preuve : ${which}">Fichiers de preuve</a>
        </li>
        <li>
          <a href="/mon-espace/badges/${id}/recommandations" aria-label="Recommandations : ${which}">Recommandations</a>
        </li>
        !${
          completionId === null
            ? ''
            : html`<li>
                <a
                  href="/mon-espace/badges/${id}/attestation.pdf"
                  aria-label="Attestation de fin de formation : ${which}"
                  >Attestation de fin de formation (PDF)</a
                >
              </li>`
        }
      </ul>
    </div>
    !${former.length === 0 ? '' : formerView(former, all, { now, jeton })}
  </li>`
}

const formerView = (former: HeldBadge[], all: HeldBadge[], given: { now: Date; jeton: string }): string =>
  html`<details>
    <summary>${former.length === 1 ? 'Le badge' : `Les ${former.length} badges`} que celui-ci renouvelle</summary>
    <ul class="held mine">
      !${former.map((one) => badgeView(one, all, given))}
    </ul>
  </details>`

const stateWords = ({ revokedAt, suspendedAt }: HeldBadge): string =>
  revokedAt ? ' Révoqué par l’organisme.' : suspendedAt ? ' Suspendu par l’organisme.' : ''

/** When the badge ends or ended, and what renews it when it is time. */
function endWords(held: HeldBadge, now: Date): string {
  const { about, validUntil } = held
  if (!validUntil || renewalState(held, now) === 'revoked') return ''
  const end = `${validUntil <= now ? 'Expiré' : 'Expire'} le ${longDate(validUntil)}.`
  if (!isEnding(held, now)) return html`${end}`
  return html`<strong>${end}</strong> !${
      about.module
        ? html`<a href="/modules/${about.module}">Renouveler « ${about.name} » : voir la formation</a>`
        : 'Pour le renouveler, adressez-vous à un organisme qui le délivre.'
    }`
}

/** The badges of elsewhere, apart, each with how it was checked; nothing when none is kept. */
const elsewhereSection = ({ elsewhere, now }: Home): string =>
  elsewhere.length === 0
    ? ''
    : html`<section aria-labelledby="ailleurs">
        <h2 id="ailleurs">Badges d’ailleurs</h2>
        <ul>
          !${elsewhere.slice(0, SHOWN).map((one) => html`<li><a href="${ELSEWHERE}/${one.id}">${elsewhereName(one)}</a> : ${markOf(one, now)}, le ${longDate(one.checkedAt)}</li>`)}
        </ul>
        <p><a href="${ELSEWHERE}">Tous mes badges d’ailleurs, et ce qu’ils valent</a></p>
      </section>`

const showSection = html`<section aria-labelledby="montrer">
  <h2 id="montrer">Montrer mes badges</h2>
  <div class="tiles publics">
    <div class="tile">
      <h3>À une personne</h3>
      <p>Un lien qui montre les badges que vous choisissez, le temps que vous décidez.</p>
      <p><a href="/mon-espace/partages">Créer un lien de partage</a></p>
    </div>
    <div class="tile">
      <h3>Sur un CV</h3>
      <p>Un encadré prêt à coller, en texte, en image ou en PDF.</p>
      <p><a href="/mon-espace/cv">Faire mon encadré CV</a></p>
    </div>
    <div class="tile">
      <h3>À garder chez soi</h3>
      <p>
        Tous vos badges dans un fichier. Ceux délivrés ici se vérifient même sans ce service ; ceux d’ailleurs y sont
        joints.
      </p>
      <p><a href="/mon-espace/archive.zip" download>Tout télécharger</a></p>
    </div>
  </div>
</section>`

const dataSection = html`<section aria-labelledby="donnees">
  <h2 id="donnees">Mes données</h2>
  <ul>
    <li><a href="/mon-espace/preuves">Ce que je tiens d’ailleurs : diplômes, certifications, expérience</a></li>
    <li><a href="/mon-espace/badges-d-ailleurs">Mes badges d’ailleurs : en ajouter, les vérifier de nouveau</a></li>
    <li>
      <a href="/mon-espace/positionnements">Mes positionnements : ce que je savais faire, et le parcours trouvé</a>
    </li>
    <li><a href="/mon-espace/adresses">Mes adresses électroniques</a></li>
    <li><a href="/mon-espace/donnees">Tout ce que le service garde sur moi</a></li>
    <li><a href="/mon-espace/effacement">Effacer mes données</a></li>
  </ul>
</section>`
