import type { Achievement } from '../badges/schema.ts'
import type { listHeldBadges } from '../credentials/consents.ts'
import { renewalState } from '../credentials/renewals.ts'
import type { Address } from '../people/addresses.ts'
import { html, longDate, type Page } from '../web/html.ts'

type Held = Awaited<ReturnType<typeof listHeldBadges>>[number] & { about: Achievement }
type Home = { badges: Held[]; jeton: string; hasRoles: boolean }

const field = (jeton: string): string => html`<input type="hidden" name="_jeton" value="${jeton}" />`

const up = html`<p class="up"><a href="/mon-espace">Mon espace</a></p>`

/** The holder's own page: badges, what they show, and what may be done with one's data. */
export const homePage = ({ badges, jeton, hasRoles }: Home): Page => ({
  title: 'Mon espace',
  body: html`<h1>Mon espace</h1>
    <p><a href="/organisme">!${hasRoles ? 'Gérer mon organisme' : 'Inscrire un organisme, ou rejoindre le mien'}</a></p>
    <section aria-labelledby="badges">
      <h2 id="badges">Mes badges</h2>
      !${
        badges.length === 0
          ? html`<p>
              Aucun badge n’est encore délivré à vos adresses. Si vous en attendez un à une autre adresse,
              <a href="/mon-espace/adresses">ajoutez-la</a>.
            </p>`
          : html`<p>
                Votre nom ne figure sur la page publique d’un badge que si vous le décidez, badge par badge. Vous pouvez
                changer d’avis : la page change aussitôt.
              </p>
              !${
                badges.some(isEnding)
                  ? html`<p class="note">
                      Renouveler un badge en donne un nouveau, valable à partir du jour où il est délivré : le temps qui
                      restait à l’ancien ne s’y ajoute pas. L’ancien reste tel quel, et vérifiable.
                    </p>`
                  : ''
              }
              <ul class="held">
                !${badges.filter((one) => one.renewedBy === null).map((one) => badgeView(one, badges, jeton))}
              </ul>`
      }
    </section>
    <section aria-labelledby="donnees">
      <h2 id="donnees">Mes données</h2>
      <ul>
        <li><a href="/mon-espace/preuves">Ce que je tiens d’ailleurs : diplômes, certifications, expérience</a></li>
        <li><a href="/mon-espace/adresses">Mes adresses électroniques</a></li>
        <li><a href="/mon-espace/donnees">Tout ce que le service garde sur moi</a></li>
        <li><a href="/mon-espace/effacement">Effacer mes données</a></li>
      </ul>
    </section>
    <form method="post" action="/deconnexion">
      !${field(jeton)}<button type="submit" class="secondary">Se déconnecter</button>
    </form>`,
})

const isEnding = (one: Held): boolean => ['to_renew', 'expired'].includes(renewalState(one, new Date()))

/** A badge, what may be done with it, and under it those that it renews. */
function badgeView(held: Held, all: Held[], jeton: string): string {
  const { id, about, validFrom, revokedAt, suspendedAt, nameSince } = held
  const former = all.filter((one) => one.renewedBy === id)
  const date = longDate(validFrom.toISOString())
  const button = nameSince ? 'Ne plus afficher mon nom' : 'Afficher mon nom'
  const state = revokedAt ? ' Révoqué par l’organisme.' : suspendedAt ? ' Suspendu par l’organisme.' : ''
  return html`<li class="tile">
    <img src="/achievements/${about.slug}/${about.version}/image.svg" alt="" width="96" height="96" loading="lazy" />
    <h3><a href="/credentials/${id}">${about.name}</a></h3>
    <p>Délivré le ${date}.${state} !${endWords(held)}</p>
    <p>
      !${nameSince ? html`Votre nom <strong>est affiché</strong> sur sa page publique.` : html`Votre nom n’est pas affiché sur sa page publique.`}
    </p>
    <form method="post" action="/mon-espace/badges/${id}/nom">
      !${field(jeton)}<input type="hidden" name="visible" value="${nameSince ? 'non' : 'oui'}" />
      <button type="submit" class="secondary" aria-label="${button} sur le badge ${about.name}, délivré le ${date}">
        ${button}
      </button>
    </form>
    !${
      former.length === 0
        ? ''
        : html`<details>
            <summary>
              ${former.length === 1 ? 'Le badge' : `Les ${former.length} badges`} que celui-ci renouvelle
            </summary>
            <ul class="held">
              !${former.map((one) => badgeView(one, all, jeton))}
            </ul>
          </details>`
    }
  </li>`
}

/** When the badge ends or ended, and what renews it when it is time. */
function endWords(held: Held): string {
  const { about, validUntil } = held
  const state = renewalState(held, new Date())
  if (!validUntil || state === 'revoked') return ''
  const end = `${validUntil <= new Date() ? 'Expiré' : 'Expire'} le ${longDate(validUntil.toISOString())}.`
  if (!isEnding(held)) return html`${end}`
  return html`<strong>${end}</strong> !${
      about.module
        ? html`<a href="/modules/${about.module}">Renouveler « ${about.name} » : voir la formation</a>`
        : 'Pour le renouveler, adressez-vous à un organisme qui le délivre.'
    }`
}

/** The addresses of the holder, with what adds or takes one away. */
export const addressesPage = (addresses: Address[], jeton: string, isSent: boolean): Page => ({
  title: 'Mes adresses',
  body: html`!${up}
    <h1>Mes adresses électroniques</h1>
    !${
      isSent
        ? html`<p class="note" role="status">
            Un lien vient de partir. Ouvrez-le dans ce navigateur, dans les 15 minutes : l’adresse sera alors ajoutée.
          </p>`
        : ''
    }
    <p>
      Chacune ouvre votre espace et reçoit vos badges. Un badge délivré à l’une se vérifie aussi avec les autres, sans
      qu’aucune ne soit montrée.
    </p>
    <ul class="held">
      !${addresses.map(
        ({ id, email }) =>
          html`<li class="tile">
            <p>${email}</p>
            !${
              addresses.length === 1
                ? ''
                : html`<form method="post" action="/mon-espace/adresses/${id}/retrait">
                    !${field(jeton)}<button type="submit" class="secondary" aria-label="Retirer l’adresse ${email}">
                      Retirer
                    </button>
                  </form>`
            }
          </li>`,
      )}
    </ul>
    <h2>Ajouter une adresse</h2>
    <form method="post" action="/mon-espace/adresses">
      !${field(jeton)}
      <label for="email">Adresse à ajouter</label>
      <input id="email" name="email" type="email" required maxlength="254" autocomplete="email" />
      <button type="submit">Recevoir un lien à cette adresse</button>
    </form>`,
})

/** One button that adds the address; when it opens another space of the same person, one that brings the two together. */
export const proofPage = (email: string, token: string, isTaken: boolean, jeton: string): Page => ({
  title: 'Ajouter une adresse',
  body: html`!${up}
    <h1>Ajouter une adresse</h1>
    !${
      isTaken
        ? html`<p>
              L’adresse <strong>${email}</strong> ouvre déjà un autre espace. Vous venez de prouver que les deux sont à
              vous : vous pouvez les réunir ici.
            </p>
            <p>
              Les badges, inscriptions et rôles de l’autre espace passent dans celui-ci. On ne peut pas les séparer
              ensuite.
            </p>
            <form method="post" action="/mon-espace/adresses/reunion/${token}">
              !${field(jeton)}<button type="submit">Réunir les deux espaces</button>
            </form>`
        : html`<p>Vous allez ajouter <strong>${email}</strong> à votre espace.</p>
            <form method="post" action="/mon-espace/adresses/confirmation/${token}">
              !${field(jeton)}<button type="submit">Ajouter cette adresse</button>
            </form>`
    }`,
})

/** What must be typed to erase. */
export const ERASE_WORD = 'EFFACER'

/** What erasing does and does not, and the form that asks for it. */
export const erasurePage = (jeton: string): Page => ({
  title: 'Effacer mes données',
  body: html`!${up}
    <h1>Effacer mes données</h1>
    <p>
      <strong>C’est définitif.</strong> Personne ne pourra revenir en arrière, pas même l’exploitant du service.
      <a href="/mon-espace/donnees">Gardez d’abord une copie de vos données</a> et les fichiers de vos badges.
    </p>
    <h2>Ce qui disparaît</h2>
    <ul>
      <li>votre nom et vos adresses, partout dans le service ;</li>
      <li>les pages publiques de vos badges, avec les commentaires et les preuves qui y figurent ;</li>
      <li>vos connexions, vos rôles, les messages qui vous étaient destinés.</li>
    </ul>
    <h2>Ce qui reste</h2>
    <ul>
      <li>les fichiers de badges que vous avez gardés : ils restent valables et vérifiables ;</li>
      <li>des comptes sans nom : une personne formée, tel jour, à tels niveaux ;</li>
      <li>le journal des actions, qui ne contient aucun nom.</li>
    </ul>
    <form method="post" action="/mon-espace/effacement">
      !${field(jeton)}
      <label for="confirmation">Pour confirmer, écrivez ${ERASE_WORD}</label>
      <input id="confirmation" name="confirmation" required maxlength="20" autocomplete="off" />
      <button type="submit">Effacer définitivement mes données</button>
    </form>`,
})

/** The last page that a person sees of the space that was theirs. */
export const erasedPage = (): Page => ({
  title: 'Vos données sont effacées',
  body: html`<h1>Vos données sont effacées</h1>
    <p>
      Votre nom, vos adresses et les pages de vos badges ne sont plus dans ce service. Les fichiers de badges que vous
      avez gardés restent valables : toute personne peut <a href="/verifier">les vérifier</a>.
    </p>
    <p>Si un organisme vous délivre un badge plus tard, vous y serez une nouvelle personne.</p>`,
})
