import { emptyList } from '../web/components.ts'
import { espacePage } from '../web/espace.ts'
import {
  areaField,
  buttonForm,
  doneNote,
  errorSummary,
  formJeton,
  type Given,
  type Refusal,
  textField,
} from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import type { Application } from './applications.ts'

export const APPLICATIONS = '/mon-espace/applications'
export const HOSTS = `${APPLICATIONS}/hotes`

type Shown = {
  applications: Application[]
  profile: { name?: string; description?: string; url?: string }
  jeton: string
  done?: string | undefined
  given?: Given
  refusal?: Refusal
}

/** The applications that someone let in, and what they may read of her or him. */
export const applicationsPage = ({ applications, profile, jeton, done, given, refusal }: Shown): Page =>
  espacePage('/applications', {
    title: 'Applications',
    body: html`!${errorSummary(refusal)}
      <h1>Applications</h1>
      !${doneNote(done)}
      <p class="lead">
        Une application (un autre portefeuille, un CV en ligne) lit vos badges ou en ajoute seulement si vous l’avez
        accepté ici.
      </p>
      <p><a href="${HOSTS}">Envoyer mes badges chez un autre hôte</a></p>
      <section aria-labelledby="acces">
        <h2 id="acces">Accès donnés</h2>
        !${
          applications.length === 0
            ? emptyList('Vous n’avez donné accès à aucune application.')
            : html`<ul class="held links">
                !${applications.map((one) => tile(one, jeton))}
              </ul>`
        }
      </section>
      <section aria-labelledby="profil">
        <h2 id="profil">Ce que ces applications lisent de vous</h2>
        <p>
          Vos badges, et ce que vous écrivez ici : rien d’autre. Ni votre adresse, ni le nom sous lequel vos badges ont
          été délivrés.
        </p>
        <form method="post" action="${APPLICATIONS}/profil">
          !${formJeton(jeton)}
          !${textField({ name: 'name', label: 'Nom montré (facultatif)', value: given?.['name'] ?? profile.name, refusal, rules: 'maxlength="200" autocomplete="off"' })}
          !${areaField({ name: 'description', label: 'Présentation (facultatif)', value: given?.['description'] ?? profile.description, refusal, rules: 'maxlength="2000" rows="3"' })}
          !${textField({ name: 'url', label: 'Adresse d’une page à vous (facultatif)', value: given?.['url'] ?? profile.url, refusal, type: 'url', rules: 'maxlength="1000"' })}
          <button type="submit">Enregistrer</button>
        </form>
      </section>`,
  })

const tile = ({ id, name, hosts, allowed, since, until }: Application, jeton: string): string =>
  html`<li class="tile">
    <h3>${name}</h3>
    <p>
      !${hosts.length > 0 ? html`Chez <strong>${hosts.join(', ')}</strong>, depuis` : 'Depuis'} le ${longDate(since)},
      jusqu’au ${longDate(until)} au plus.
    </p>
    <p>Elle peut :</p>
    <ul>
      !${allowed.map((one) => html`<li>${one}</li>`)}
    </ul>
    !${buttonForm({ action: `${APPLICATIONS}/${id}/retrait`, jeton, label: 'Retirer l’accès', name: `Retirer l’accès de ${name}, donné le ${longDate(since)}` })}
  </li>`
