import type { Organisation } from '../organisations/organisations.ts'
import { emptyList, facts, tag } from '../web/components.ts'
import {
  boxesField,
  buttonForm,
  doneNote,
  errorSummary,
  formJeton,
  type Given,
  type Refusal,
  selectField,
  textField,
} from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import { answerWords } from './answers.ts'
import { EVENT_TYPES, TYPES } from './event-types.ts'
import { GRACE_HOURS, type WebhookView } from './webhooks.ts'

type Space = { organisation: Organisation; roles: readonly string[]; jeton: string }
type Listed = Space & {
  webhooks: WebhookView[]
  given?: Given
  refusal?: Refusal
  done?: string | undefined
  /** What came of a trial that was just sent. */
  trial?: { host: string; answer: string } | undefined
}

/** The tools that an organisation has told of its events, how each one answers, and the form that adds one. */
export function webhooksPage({ organisation, roles, jeton, webhooks, given = {}, refusal, done, trial }: Listed): Page {
  const { slug, name } = organisation
  const path = `/organisme/${slug}/webhooks`
  return organismePage(
    { slug, name, section: '/webhooks', roles },
    {
      title: 'Envois aux outils',
      body: html`!${errorSummary(refusal)} !${doneNote(done)}
        !${trial ? html`<p class="note" role="status">Essai envoyé à ${trial.host}. ${answerWords(trial.answer)}</p>` : ''}
        <h1>Envois aux outils</h1>
        <p class="lead">
          Vos autres outils n’ont rien à ressaisir : Insigne les prévient quand un badge est délivré, quand une session
          est planifiée. Un envoi dit ce qui est arrivé, jamais à qui.
        </p>
        <h2>Abonnements</h2>
        !${
          webhooks.length === 0
            ? emptyList('Aucun outil n’est prévenu.', html`<p>Ajoutez une adresse ci-dessous.</p>`)
            : webhooks.map((one) => webhookSection(one, path, jeton)).join('')
        }
        <h2>Ajouter une adresse</h2>
        <form method="post" action="${path}">
          !${formJeton(jeton)}
          !${textField({ name: 'url', type: 'url', label: 'Adresse qui reçoit', hint: 'Donnée par l’outil ; en https, par exemple https://outil.exemple.fr/insigne.', value: given['url'], rules: 'required maxlength="1000" autocomplete="off"', refusal })}
          !${boxesField({ name: 'types', label: 'Prévenir quand', value: given['types'], options: TYPES.map((one) => [one, EVENT_TYPES[one]] as const), refusal })}
          <button type="submit">Ajouter cette adresse</button>
        </form>
        <p>
          Un outil peut aussi lire ces événements quand il veut, par <code>GET /api/v1/events</code> : donnez-lui un
          <a href="/organisme/${slug}/acces">accès à l’API</a>.
        </p>`,
    },
  )
}

const STATES = {
  active: ['en service', 'valid'],
  failing: ['ne répond pas', 'waiting'],
  paused: ['en pause', 'invalid'],
  ended: ['fini', 'invalid'],
} as const

const WHY_STOPPED = {
  active: '',
  paused:
    'Insigne a cessé d’essayer. Réparez l’outil, envoyez un essai, puis reprenez : il recevra tout ce qui attend.',
  ended: 'L’outil ne veut plus rien recevoir. Supprimez l’abonnement ; s’il le veut de nouveau, ajoutez son adresse.',
}

function webhookSection(webhook: WebhookView, path: string, jeton: string): string {
  const { id, url, types, state, failures, nextAttemptAt, lastAnswer, lastAnswerAt, previousSecretEndsAt } = webhook
  const { host } = new URL(url)
  const isFailing = state === 'active' && failures > 0
  const [words, tone] = STATES[isFailing ? 'failing' : state]
  const action = (what: string) => `${path}/${id}/${what}`
  return html`<section class="tile" aria-labelledby="envoi-${id}">
    <h3 id="envoi-${id}">${host}</h3>
    <p>!${tag(words, tone)} <small>${url}</small></p>
    !${facts([
      [
        'Dernière réponse',
        lastAnswer === null ? 'aucun envoi encore' : `${answerWords(lastAnswer)} (${moment(lastAnswerAt!)})`,
      ],
      ...(isFailing
        ? [['Prochain essai', `${moment(nextAttemptAt!)} (échecs de suite : ${failures})`] as [string, string]]
        : []),
      ['Prévenu quand', types.map((one) => EVENT_TYPES[one]).join(' ; ')],
    ])}
    !${WHY_STOPPED[state] && html`<p class="note">${WHY_STOPPED[state]}</p>`}
    !${previousSecretEndsAt ? html`<p class="remark">Son ancien secret signe encore jusqu’au ${moment(previousSecretEndsAt)}.</p>` : ''}
    !${state === 'ended' ? '' : secretForm(webhook, host, action('secret'), jeton)}
    !${state === 'ended' ? '' : buttonForm({ action: action('essai'), jeton, label: 'Envoyer un essai', name: `Envoyer un essai à ${host}` })}
    !${state === 'paused' || isFailing ? buttonForm({ action: action('reprise'), jeton, label: 'Reprendre les envois', name: `Reprendre les envois à ${host}` }) : ''}
    !${buttonForm({ action: action('suppression'), jeton, label: 'Supprimer', name: `Supprimer l’abonnement de ${host}` })}
  </section>`
}

const secretForm = ({ id }: WebhookView, host: string, action: string, jeton: string): string =>
  html`<details>
    <summary>Remplacer le secret</summary>
    <form method="post" action="${action}">
      !${formJeton(jeton)}
      !${selectField({
        name: 'graceHours',
        id: `delai-${id}`,
        label: 'Ancien secret',
        options: [
          [String(GRACE_HOURS), `signe encore ${GRACE_HOURS} heures, avec le nouveau`],
          ['0', 'ne signe plus dès maintenant (il a fui)'],
        ],
      })}
      <button type="submit" class="secondary">Remplacer le secret de ${host}</button>
    </form>
  </details>`

const moment = (date: Date): string =>
  date.toLocaleString('fr-FR', { dateStyle: 'long', timeStyle: 'short', timeZone: 'Europe/Paris' })

/** The secret of a subscription, on the only page that will ever show it. */
export function webhookSecretPage({
  organisation,
  roles,
  webhook,
  secret,
}: Space & { webhook: WebhookView; secret: string }): Page {
  const { slug, name } = organisation
  const { host } = new URL(webhook.url)
  return organismePage(
    { slug, name, section: '/webhooks', roles },
    {
      title: `Secret pour ${host}`,
      body: html`<p class="up"><a href="/organisme/${slug}/webhooks">Envois aux outils</a></p>
        <h1>Secret pour ${host}</h1>
        <p class="note">
          <strong>Copiez-le maintenant.</strong> Il ne sera plus montré ; perdu, il se remplace. Ne l’envoyez pas par
          courrier électronique.
        </p>
        <dl class="facts">
          <dt>Secret</dt>
          <dd><code>${secret}</code></dd>
        </dl>
        <p>
          L’outil s’en sert pour vérifier que chaque envoi vient d’Insigne et n’a pas été modifié : la convention est
          celle de Standard Webhooks (en-têtes <code>webhook-id</code>, <code>webhook-timestamp</code> et
          <code>webhook-signature</code>).
        </p>
        <p><a href="/organisme/${slug}/webhooks">C’est copié, revenir aux envois</a></p>`,
    },
  )
}
