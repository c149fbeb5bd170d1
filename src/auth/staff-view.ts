import { html, longDate, type Page } from '../web/html.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { type OrganisationState, STATE_WORDS } from '../organisations/transitions.ts'
import type { Grant } from './actor.ts'
import type { Invitation } from './invitations.ts'
import type { Member } from './staff.ts'
import { ROLE_WORDS, STAFF_ROLES, type StaffRole } from './staff-roles.ts'

const hidden = (jeton: string): string => html`<input type="hidden" name="_jeton" value="${jeton}" />`
const words = (role: string): string => ROLE_WORDS[role as StaffRole] ?? role
const day = (date: Date): string => longDate(date.toISOString())

type Mine = { slug: string; name: string; state: OrganisationState; reason: string | null }

/** The organisations of who is signed in, with what she or he may do there. */
export function organisationsPage(mine: Mine[], grants: Grant[]): Page {
  const isOperator = grants.some((one) => one.role === 'exploitant')
  return {
    title: 'Mes organismes',
    body: html`<h1>Mes organismes</h1>
      !${mine.length === 0 ? html`<p>Vous n’êtes dans l’équipe d’aucun organisme.</p>` : ''}
      <div class="tiles">!${mine.map((one) => organisationSection(one, grants))}</div>
      !${isOperator ? html`<p><a href="/organisme/a-approuver">Organismes en attente d’approbation</a></p>` : ''}
      <h2>Inscrire un organisme</h2>
      <p>
        Votre organisme n’est pas encore sur Insigne ? <a href="/organisme/inscription">Inscrivez-le</a> : il pourra
        délivrer des badges une fois approuvé. S’il y est déjà, demandez une invitation à qui l’administre.
      </p>`,
  }
}

function organisationSection({ slug, name, state, reason }: Mine, grants: Grant[]): string {
  const roles = grants.filter((one) => one.organisation === slug).map((one) => one.role)
  const isAdministrator = roles.includes('administrateur')
  const path = `/organisme/${slug}`
  return html`<section class="tile">
    <h2>${name}</h2>
    <p>Votre rôle : ${roles.map(words).join(', ')}. Organisme ${STATE_WORDS[state]}.</p>
    !${isAdministrator && state !== 'approved' && reason !== null ? html`<p>Motif : ${reason}</p>` : ''}
    <ul>
      !${
        isAdministrator
          ? html`<li><a href="${path}/equipe">Équipe</a></li>
              <li><a href="${path}/cles">Clés de signature</a></li>
              <li><a href="${path}/journal">Journal</a></li>`
          : ''
      }
      <li><a href="/organisations/${slug}">Page publique</a></li>
    </ul>
    !${
      isAdministrator && state === 'refused'
        ? html`<p><a href="${path}/demande">Corriger et demander à nouveau</a></p>`
        : ''
    }
  </section>`
}

/** The form that registers one's organisation. */
export const registrationPage = (jeton: string): Page => ({
  title: 'Inscrire un organisme',
  body: html`<p class="up"><a href="/organisme">Mes organismes</a></p>
    <h1>Inscrire un organisme</h1>
    <p>
      Vous en serez l’administratrice ou l’administrateur. L’exploitant du service contrôle ces renseignements, puis
      approuve l’organisme : c’est à partir de là qu’il délivre des badges.
    </p>
    <form method="post" action="/organisme/inscription">
      !${hidden(jeton)}
      !${field('slug', 'Identifiant', 'Lettres minuscules sans accent, chiffres et tirets : il fait l’adresse de votre page, et ne change plus.', '', 'required maxlength="60" pattern="[a-z0-9]+(-[a-z0-9]+)*"')}
      !${declaration()}
      <button type="submit">Demander l’inscription</button>
    </form>`,
})

/** The form by which a refused organisation corrects what it said, and asks again. */
export const requestPage = (known: Organisation, jeton: string): Page => ({
  title: `Corriger l’inscription de ${known.name}`,
  body: html`<p class="up"><a href="/organisme">Mes organismes</a></p>
    <h1>Corriger l’inscription de ${known.name}</h1>
    <form method="post" action="/organisme/${known.slug}/demande">
      !${hidden(jeton)} !${declaration(known)}
      !${field('reason', 'Ce que vous avez corrigé', 'L’exploitant du service le lira.', '', 'required minlength="3" maxlength="1000"')}
      <button type="submit">Demander à nouveau l’approbation</button>
    </form>`,
})

/** What an organisation says of itself. */
const declaration = ({ name, siret, nda, url, qualiopi }: Partial<Organisation> = {}): string =>
  html`!${field('name', 'Nom', 'Tel que les badges le montreront.', name, 'required minlength="2" maxlength="200" autocomplete="organization"')}
    !${field('siret', 'SIRET', '14 chiffres, ou RIDET de 7 à 10 chiffres outre-mer.', siret, 'maxlength="20" inputmode="numeric"')}
    !${field('nda', 'Numéro de déclaration d’activité (facultatif)', '11 chiffres, sans espace.', nda, 'maxlength="11" inputmode="numeric" pattern="[0-9]{11}"')}
    !${field('url', 'Site (facultatif)', 'Par exemple https://www.exemple.fr', url, 'type="url" maxlength="500"')}
    <label
      ><input type="checkbox" name="qualiopi" value="true" !${qualiopi ? 'checked' : ''} /> Nous sommes certifiés
      Qualiopi</label
    >`

const field = (name: string, label: string, hint: string, value: string | null | undefined, rules: string): string =>
  html`<label for="${name}">${label}</label>
    <input id="${name}" name="${name}" value="${value ?? ''}" aria-describedby="${name}-hint" !${rules} />
    <small id="${name}-hint">${hint}</small>`

type Team = { slug: string; name: string; members: Member[]; invitations: Invitation[]; jeton: string }

/** Who works in an organisation, who was invited, and the forms that change it. */
export const teamPage = ({ slug, name, members, invitations, jeton }: Team): Page => ({
  title: `Équipe de ${name}`,
  body: html`<p class="up"><a href="/organisme">Mes organismes</a></p>
    <h1>Équipe de ${name}</h1>
    !${members.length === 0 ? html`<p>Personne n’est encore dans cette équipe.</p>` : membersList(slug, members, jeton)}
    <h2>Inviter</h2>
    <p>Le lien part par message. Il sert une fois, pendant 7 jours, à la personne de cette adresse.</p>
    <form method="post" action="/organisme/${slug}/equipe/invitations">
      !${hidden(jeton)}
      <label for="email">Adresse électronique</label>
      <input id="email" name="email" type="email" required maxlength="254" />
      <label for="role">Rôle</label>
      <select id="role" name="role" required>
        !${STAFF_ROLES.map((role) => html`<option value="${role}">${ROLE_WORDS[role]}</option>`)}
      </select>
      <button type="submit">Envoyer l’invitation</button>
    </form>
    !${invitations.length === 0 ? '' : invitationsList(slug, invitations, jeton)}`,
})

const membersList = (slug: string, members: Member[], jeton: string): string =>
  html`<ul class="plain">
    !${members.map(
      ({ id, name, email, role, since }) =>
        html`<li>
          <strong>${name || email}</strong>, ${words(role)} depuis le ${day(since)}
          !${name ? html`<br /><small>${email}</small>` : ''}
          <details>
            <summary>Mettre fin à ce rôle</summary>
            <form method="post" action="/organisme/${slug}/equipe/${id}/fin">
              !${hidden(jeton)}
              <label for="motif-${id}">Motif</label>
              <input id="motif-${id}" name="reason" required minlength="3" maxlength="1000" />
              <button type="submit" class="secondary">Mettre fin au rôle de ${name || email}</button>
            </form>
          </details>
        </li>`,
    )}
  </ul>`

const invitationsList = (slug: string, invitations: Invitation[], jeton: string): string =>
  html`<h2>Invitations en cours</h2>
    <ul class="plain">
      !${invitations.map(
        ({ id, email, role, expiresAt }) =>
          html`<li>
            ${email}, ${words(role)}, jusqu’au ${day(expiresAt)}
            <form method="post" action="/organisme/${slug}/equipe/invitations/${id}/retrait">
              !${hidden(jeton)}<button type="submit" class="secondary">Retirer l’invitation de ${email}</button>
            </form>
          </li>`,
      )}
    </ul>`

/** What an invitation offers, and the button that accepts it. */
export const invitationPage = (offer: { name: string; role: StaffRole }, token: string, jeton: string): Page => ({
  title: 'Invitation',
  body: html`<h1>Rejoindre ${offer.name}</h1>
    <p>
      Cet organisme vous invite dans son équipe, comme <strong>${ROLE_WORDS[offer.role]}</strong>. Les personnes qui
      l’administrent verront votre nom et votre adresse.
    </p>
    <form method="post" action="/invitations/${token}">!${hidden(jeton)}<button type="submit">Accepter</button></form>
    <p>Vous ne souhaitez pas le rejoindre ? Fermez cette page : l’invitation s’éteint d’elle-même.</p>`,
})
