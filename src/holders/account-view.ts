import type { Address } from '../people/addresses.ts'
import { buttonForm, doneNote, errorSummary, formJeton, type Given, type Refusal, textField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'

const up = html`<p class="up"><a href="/mon-espace">Mon espace</a></p>`

const SENT =
  'Un lien vient de partir. Ouvrez-le dans ce navigateur, dans les 15 minutes : l’adresse sera alors ajoutée.'

type Asked = { jeton: string; given?: Given; refusal?: Refusal }

/** The addresses of the holder, with what adds or takes one away. */
export const addressesPage = (
  addresses: Address[],
  { jeton, isSent = false, given = {}, refusal }: Asked & { isSent?: boolean },
): Page => ({
  title: 'Mes adresses',
  body: html`!${up} !${errorSummary(refusal)}
    <h1>Mes adresses électroniques</h1>
    !${doneNote(isSent ? SENT : undefined)}
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
                : buttonForm({
                    action: `/mon-espace/adresses/${id}/retrait`,
                    jeton,
                    label: 'Retirer',
                    name: `Retirer l’adresse ${email}`,
                  })
            }
          </li>`,
      )}
    </ul>
    <h2>Ajouter une adresse</h2>
    <form method="post" action="/mon-espace/adresses">
      !${formJeton(jeton)}
      !${textField({ name: 'email', label: 'Adresse à ajouter', type: 'email', value: given['email'], refusal, rules: 'required maxlength="254" autocomplete="email"' })}
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
              !${formJeton(jeton)}<button type="submit">Réunir les deux espaces</button>
            </form>`
        : html`<p>Vous allez ajouter <strong>${email}</strong> à votre espace.</p>
            <form method="post" action="/mon-espace/adresses/confirmation/${token}">
              !${formJeton(jeton)}<button type="submit">Ajouter cette adresse</button>
            </form>`
    }`,
})

/** What must be typed to erase. */
export const ERASE_WORD = 'EFFACER'

/** What erasing does and does not, and the form that asks for it. */
export const erasurePage = ({ jeton, given = {}, refusal }: Asked): Page => ({
  title: 'Effacer mes données',
  body: html`!${up} !${errorSummary(refusal)}
    <h1>Effacer mes données</h1>
    <p>
      <strong>C’est définitif.</strong> Personne ne pourra revenir en arrière, pas même l’exploitant du service.
      <a href="/mon-espace/donnees">Gardez d’abord une copie de vos données</a> et les fichiers de vos badges.
    </p>
    <h2>Ce qui disparaît</h2>
    <ul>
      <li>votre nom et vos adresses, partout dans le service ;</li>
      <li>les pages publiques de vos badges, avec les commentaires et les preuves qui y figurent ;</li>
      <li>vos liens de partage, qui n’ouvrent plus rien ;</li>
      <li>vos connexions, vos rôles, les messages qui vous étaient destinés.</li>
    </ul>
    <h2>Ce qui reste</h2>
    <ul>
      <li>les fichiers de badges que vous avez gardés : ils restent valables et vérifiables ;</li>
      <li>des comptes sans nom : une personne formée, tel jour, à tels niveaux ;</li>
      <li>le journal des actions, qui ne contient aucun nom.</li>
    </ul>
    <form method="post" action="/mon-espace/effacement">
      !${formJeton(jeton)}
      !${textField({ name: 'confirmation', label: `Pour confirmer, écrivez ${ERASE_WORD}`, value: given['confirmation'], refusal, rules: 'required maxlength="20" autocomplete="off"' })}
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
