import type { Organisation } from '../organisations/organisations.ts'
import { type OrganisationState, STATE_WORDS } from '../organisations/transitions.ts'
import { emptyList, tag } from '../web/components.ts'
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
import { organismePage } from '../web/organisme.ts'
import type { Grant } from './actor.ts'
import type { Invitation } from './invitations.ts'
import type { Member } from './staff.ts'
import { ROLE_WORDS, STAFF_ROLES, type StaffRole } from './staff-roles.ts'

const words = (role: string): string => ROLE_WORDS[role as StaffRole] ?? role

type Mine = { slug: string; name: string; state: OrganisationState; reason: string | null }

/** The organisations of who is signed in, with what she or he may do there. */
export function organisationsPage(mine: Mine[], grants: Grant[], done?: string): Page {
  const isOperator = grants.some((one) => one.role === 'exploitant')
  return {
    title: 'Mes organismes',
    body: html`!${doneNote(done)}
      <h1>Mes organismes</h1>
      !${
        mine.length === 0
          ? emptyList('Vous n’êtes dans l’équipe d’aucun organisme.')
          : html`<div class="tiles">!${mine.map((one) => organisationSection(one, grants))}</div>`
      }
      !${isOperator ? html`<p><a href="/organisme/a-approuver">Organismes en attente d’approbation</a></p>` : ''}
      <h2>Inscrire un organisme</h2>
      <p>
        Votre organisme n’est pas encore sur Insigne ? <a href="/organisme/inscription">Inscrivez-le</a> : il pourra
        délivrer des badges une fois approuvé. S’il y est déjà, demandez une invitation à qui l’administre.
      </p>`,
  }
}

const STATE_TONES = {
  known: 'none',
  pending: 'waiting',
  approved: 'valid',
  suspended: 'invalid',
  refused: 'invalid',
} as const satisfies Record<OrganisationState, string>
/** Who works in the space of an organisation; the others have their own pages. */
const WORKING = ['administrateur', 'formateur']
/** Who may say what is public of its places. */
const PLACING = ['administrateur', 'referent', 'employeur']

function organisationSection({ slug, name, state, reason }: Mine, grants: Grant[]): string {
  const roles = grants.filter((one) => one.organisation === slug).map((one) => one.role)
  const isAdministrator = roles.includes('administrateur')
  const path = `/organisme/${slug}`
  return html`<section class="tile">
    <h2>${name}</h2>
    <p>!${tag(STATE_WORDS[state], STATE_TONES[state])}</p>
    <p>Votre rôle : ${roles.map(words).join(', ')}.</p>
    !${isAdministrator && state !== 'approved' && reason !== null ? html`<p>Motif : ${reason}</p>` : ''}
    <ul>
      !${roles.some((one) => WORKING.includes(one)) ? html`<li><a href="${path}">Ouvrir l’espace de ${name}</a></li>` : ''}
      !${roles.includes('employeur') ? html`<li><a href="${path}/besoins">Besoins de formation de l’équipe</a></li>` : ''}
      !${roles.some((one) => PLACING.includes(one)) ? html`<li><a href="${path}/lieux">Lieux et preuves publiques</a></li>` : ''}
      <li><a href="/organisations/${slug}">Page publique</a></li>
    </ul>
    !${
      isAdministrator && state === 'refused'
        ? html`<p><a href="${path}/demande">Corriger et demander à nouveau</a></p>`
        : ''
    }
  </section>`
}

type Registration = { jeton: string; given?: Given; refusal?: Refusal }

/** The form that registers one's organisation. */
export const registrationPage = ({ jeton, given = {}, refusal }: Registration): Page => ({
  title: 'Inscrire un organisme',
  body: html`<p class="up"><a href="/organisme">Mes organismes</a></p>
    !${errorSummary(refusal)}
    <h1>Inscrire un organisme</h1>
    <p>
      Vous en serez l’administratrice ou l’administrateur. L’exploitant du service contrôle ces renseignements, puis
      approuve l’organisme : c’est à partir de là qu’il délivre des badges.
    </p>
    <form method="post" action="/organisme/inscription">
      !${formJeton(jeton)}
      !${textField({ name: 'slug', label: 'Identifiant', hint: 'Lettres minuscules sans accent, chiffres et tirets : il fait l’adresse de votre page, et ne change plus.', value: given['slug'], rules: 'required maxlength="60" pattern="[a-z0-9]+(-[a-z0-9]+)*"', refusal })}
      !${declaration(given, refusal)}
      <button type="submit">Demander l’inscription</button>
    </form>`,
})

type Correction = { organisation: Organisation; jeton: string; given?: Given; refusal?: Refusal }

/** The form by which a refused organisation corrects what it said, and asks again. */
export const requestPage = ({ organisation, jeton, given, refusal }: Correction): Page => ({
  title: `Corriger l’inscription de ${organisation.name}`,
  body: html`<p class="up"><a href="/organisme">Mes organismes</a></p>
    !${errorSummary(refusal)}
    <h1>Corriger l’inscription de ${organisation.name}</h1>
    <form method="post" action="/organisme/${organisation.slug}/demande">
      !${formJeton(jeton)} !${declaration(given ?? organisation, refusal)}
      !${textField({ name: 'reason', label: 'Ce que vous avez corrigé', hint: 'L’exploitant du service le lira.', value: given?.['reason'], rules: 'required minlength="3" maxlength="1000"', refusal })}
      <button type="submit">Demander à nouveau l’approbation</button>
    </form>`,
})

/** What an organisation says of itself. */
const declaration = ({ name, siret, nda, url, qualiopi }: Given, refusal?: Refusal): string =>
  html`!${textField({ name: 'name', label: 'Nom', hint: 'Tel que les badges le montreront.', value: name, rules: 'required minlength="2" maxlength="200" autocomplete="organization"', refusal })}
    !${textField({ name: 'siret', label: 'SIRET', hint: '14 chiffres, ou RIDET de 7 à 10 chiffres outre-mer.', value: siret, rules: 'maxlength="20" inputmode="numeric"', refusal })}
    !${textField({ name: 'nda', label: 'Numéro de déclaration d’activité (facultatif)', hint: '11 chiffres, sans espace.', value: nda, rules: 'maxlength="11" inputmode="numeric" pattern="[0-9]{11}"', refusal })}
    !${textField({ name: 'url', label: 'Site (facultatif)', hint: 'Par exemple https://www.exemple.fr', type: 'url', value: url, rules: 'maxlength="500"', refusal })}
    <label
      ><input
        type="checkbox"
        name="qualiopi"
        value="true"
        !${qualiopi === true || qualiopi === 'true' ? 'checked' : ''}
      />
      Nous sommes certifiés Qualiopi</label
    >`

type Team = {
  organisation: Organisation
  roles: readonly string[]
  jeton: string
  members: Member[]
  invitations: Invitation[]
  given?: Given
  refusal?: Refusal
  done?: string | undefined
}

/** Who works in an organisation, who was invited, and the forms that change it. */
export function teamPage({ organisation, roles, jeton, members, invitations, given = {}, refusal, done }: Team): Page {
  const { slug, name } = organisation
  const options = STAFF_ROLES.map((role) => [role, ROLE_WORDS[role]] as const)
  return organismePage(
    { slug, name, section: '/equipe', roles },
    {
      title: 'Équipe',
      body: html`!${errorSummary(refusal)} !${doneNote(done)}
        <h1>Équipe</h1>
        !${members.length === 0 ? emptyList('Personne n’est encore dans cette équipe.') : membersList(slug, members, jeton)}
        <h2>Inviter</h2>
        <p>Le lien part par message. Il sert une fois, pendant 7 jours, à la personne de cette adresse.</p>
        <form method="post" action="/organisme/${slug}/equipe/invitations">
          !${formJeton(jeton)}
          !${textField({ name: 'email', label: 'Adresse électronique', type: 'email', value: given['email'], rules: 'required maxlength="254" autocomplete="off"', refusal })}
          !${selectField({ name: 'role', label: 'Rôle', value: given['role'], options, rules: 'required', refusal })}
          <button type="submit">Envoyer l’invitation</button>
        </form>
        !${invitations.length === 0 ? '' : invitationsList(slug, invitations, jeton)}`,
    },
  )
}

const membersList = (slug: string, members: Member[], jeton: string): string =>
  html`<ul class="held">
    !${members.map(
      ({ id, name, email, role, since }) =>
        html`<li class="tile">
          <strong>${name || email}</strong>
          <p>${words(role)} depuis le ${longDate(since)} !${name ? html`<br /><small>${email}</small>` : ''}</p>
          <details>
            <summary>Mettre fin à ce rôle</summary>
            <form method="post" action="/organisme/${slug}/equipe/${id}/fin">
              !${formJeton(jeton)}
              !${textField({ name: 'reason', id: `motif-${id}`, label: 'Motif', rules: 'required minlength="3" maxlength="1000"' })}
              <button type="submit" class="secondary">Mettre fin au rôle de ${name || email}</button>
            </form>
          </details>
        </li>`,
    )}
  </ul>`

const invitationsList = (slug: string, invitations: Invitation[], jeton: string): string =>
  html`<h2>Invitations en cours</h2>
    <ul class="plain">
      !${invitations.map(({ id, email, role, expiresAt }) => {
        const action = `/organisme/${slug}/equipe/invitations/${id}/retrait`
        return html`<li>
          ${email}, ${words(role)}, jusqu’au ${longDate(expiresAt)}
          !${buttonForm({ action, jeton, label: 'Retirer', name: `Retirer l’invitation de ${email}` })}
        </li>`
      })}
    </ul>`

/** What an invitation offers, and the button that accepts it. */
export const invitationPage = (offer: { name: string; role: StaffRole }, token: string, jeton: string): Page => ({
  title: 'Invitation',
  body: html`<h1>Rejoindre ${offer.name}</h1>
    <p>
      Cet organisme vous invite dans son équipe, comme <strong>${ROLE_WORDS[offer.role]}</strong>. Les personnes qui
      l’administrent verront votre nom et votre adresse.
    </p>
    <form method="post" action="/invitations/${token}">
      !${formJeton(jeton)}<button type="submit">Accepter</button>
    </form>
    <p>Vous ne souhaitez pas le rejoindre ? Fermez cette page : l’invitation s’éteint d’elle-même.</p>`,
})
