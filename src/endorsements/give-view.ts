import { areaField, errorSummary, formJeton, type Given, type Refusal, selectField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { type Endorsement, subjectId, subjectWords } from './read.ts'

type Told = { given?: Given; refusal?: Refusal | null }

/** What is asked, and of what: the page of it, where the service has one. */
export function requestSummary(asked: Endorsement, baseUrl: string): string {
  const { credentialId, achievementSlug, achievement, owner, note, expiresAt, state } = asked
  const page = credentialId || achievementSlug ? subjectId(asked, '') : `/organisations/${owner.slug}`
  const what = credentialId
    ? html`un badge <a href="${page}">${subjectWords(asked)}</a>, délivré par
        <a href="/organisations/${owner.slug}">${owner.name}</a>`
    : achievementSlug
      ? html`le badge <a href="${page}">${achievement?.name ?? ''}</a>, que délivre
          <a href="/organisations/${owner.slug}">${owner.name}</a>`
      : html`l’organisme <a href="${page}">${owner.name}</a>`
  return html`<p class="lead">On vous demande de recommander !${what}.</p>
    !${
      credentialId === null
        ? ''
        : html`<p>
            La demande vient de la personne qui tient ce badge. Ce service ne donne pas son nom : elle seule le fait,
            dans le mot ci-dessous ou par ailleurs.
          </p>`
    }
    !${
      note === null
        ? ''
        : html`<h2>Son mot</h2>
            <blockquote class="said-of">${note}</blockquote>`
    }
    <p class="remark">
      Ce que nomme la recommandation :
      <code class="address">${subjectId(asked, baseUrl)}</code
      >!${state === 'asked' ? html`. Réponse possible jusqu’au ${longDate(expiresAt)}.` : '.'}
    </p>`
}

type Link = Told & { asked: Endorsement; token: string; baseUrl: string }

/** What a link opens: two ways to answer, from this service or with what was signed elsewhere. */
export function linkPage({ asked, token, baseUrl, given = {}, refusal = null }: Link): Page {
  const path = `/recommandations/${token}`
  return {
    title: 'Donner une recommandation',
    body: html`!${errorSummary(refusal)}
      <h1>Donner une recommandation</h1>
      !${requestSummary(asked, baseUrl)}
      <section aria-labelledby="ici">
        <h2 id="ici">Votre organisme est approuvé sur ce service</h2>
        <p>Vous écrivez quelques lignes, et sa clé les signe. Il faut l’administrer.</p>
        <p><a class="action" href="${path}/organisme">Écrire au nom de mon organisme</a></p>
      </section>
      <section aria-labelledby="ailleurs">
        <h2 id="ailleurs">Votre organisme signe avec un autre outil</h2>
        <p>
          Déposez la recommandation qu’il a signée : un <i lang="en">EndorsementCredential</i> d’Open Badges 3.0. Elle
          est vérifiée aussitôt, et gardée telle quelle.
        </p>
        <form method="post" action="${path}" enctype="multipart/form-data">
          <label for="file">Fichier (.json ou .jwt, 64 Ko au plus)</label>
          <input id="file" name="file" type="file" accept=".json,.jwt,.txt,application/json,text/plain" />
          !${areaField({ name: 'text', label: 'Ou son contenu, collé ici', value: given['text'], rules: 'maxlength="65536" rows="4" autocomplete="off" spellcheck="false"', refusal })}
          <button type="submit" class="secondary">Déposer</button>
        </form>
      </section>
      <p class="remark">
        La recommandation ne se voit que si elle est acceptée par qui vous l’a demandée. Vous ne connaissez pas cette
        personne ou cet organisme ? Ne répondez pas : le lien s’éteint de lui-même.
      </p>`,
  }
}

/** The endorsement is taken: what happens next. */
export const givenPage = (): Page => ({
  title: 'Recommandation reçue',
  body: html`<h1>Recommandation reçue</h1>
    <p class="lead" role="status">Votre recommandation est vérifiée et transmise à qui vous l’a demandée.</p>
    <p>Elle se verra quand elle aura été acceptée. Le lien ne sert plus.</p>`,
})

/** The guide and the field: what makes an endorsement worth something. */
export const commentForm = (
  action: string,
  jeton: string,
  { given = {}, refusal = null }: Told,
  organisations: [slug: string, name: string][] = [],
): string =>
  html`<section aria-labelledby="ecrire">
    <h2 id="ecrire">Écrire la recommandation</h2>
    <ul>
      <li>
        <strong>D’où vous le savez</strong> : vous avez travaillé ensemble, accueilli, évalué, financé… quand, combien
        de temps.
      </li>
      <li><strong>Ce que vous avez vu faire</strong> : un ou deux faits, plutôt que des qualités.</li>
      <li>
        <strong>Ce que cela vaut pour vous</strong> : recruteriez-vous, formeriez-vous, enverriez-vous quelqu’un ?
      </li>
    </ul>
    <p class="note">
      Ces lignes seront publiques, signées par votre organisme, et jointes au badge. N’y mettez ni nom de personne, ni
      santé, ni situation sociale. Vous pourrez retirer la recommandation.
    </p>
    <form method="post" action="${action}">
      !${formJeton(jeton)}
      !${organisations.length === 0 ? '' : selectField({ name: 'organisme', label: 'Au nom de', options: organisations, value: given['organisme'], refusal })}
      !${areaField({ name: 'comment', label: 'Votre recommandation', hint: 'De 20 à 2 000 caractères.', value: given['comment'], rules: 'required minlength="20" maxlength="2000" rows="8"', refusal })}
      <label
        ><input type="checkbox" name="confirmed" value="oui" required /> Je suis en droit de l’écrire au nom de cet
        organisme</label
      >
      <button type="submit">Signer et envoyer</button>
    </form>
  </section>`

type AsOrganisation = Told & {
  asked: Endorsement
  token: string
  baseUrl: string
  jeton: string
  organisations: [slug: string, name: string][]
}

/** The link, for someone who administers organisations. */
export const linkAsPage = ({ asked, token, baseUrl, jeton, organisations, ...told }: AsOrganisation): Page => ({
  title: 'Recommander au nom de mon organisme',
  body: html`!${errorSummary(told.refusal)}
    <p class="up"><a href="/recommandations/${token}">Revenir à la demande</a></p>
    <h1>Recommander au nom de mon organisme</h1>
    !${requestSummary(asked, baseUrl)}
    !${
      organisations.length === 0
        ? html`<p class="note">
            Aucun organisme que vous administrez n’est approuvé sur ce service, ou c’est lui qui délivre ce badge.
          </p>`
        : commentForm(`/recommandations/${token}/organisme`, jeton, told, organisations)
    }`,
})
