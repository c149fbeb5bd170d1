import { didHost } from '../credentials/verification-view.ts'
import { emptyList, tag } from '../web/components.ts'
import { areaField, buttonForm, formJeton, type Given, type Refusal, selectField, textField } from '../web/forms.ts'
import { html, longDate } from '../web/html.ts'
import { DAYS } from './ask.ts'
import { type Endorsement, subjectWords } from './read.ts'
import { type EndorsementMove, STATE_WORDS, TRANSITIONS } from './transitions.ts'

type Shown = {
  /** Where its forms are sent. */
  path: string
  baseUrl: string
  jeton: string
  now: Date
}

/** Those that someone asked for: where each one is, what it says, and what may be decided of it. */
export const askedList = (asked: Endorsement[], shown: Shown, why: string): string =>
  asked.length === 0
    ? emptyList(why)
    : html`<ul class="held links">
        !${asked.map((one) => askedTile(one, shown))}
      </ul>`

const TONES = { given: 'waiting', asked: 'waiting', accepted: 'valid' } as const

function askedTile(one: Endorsement, { path, baseUrl, jeton, now }: Shown): string {
  const { id, state, askedAt, expiresAt, secret, note, said } = one
  const isOver = state === 'asked' && expiresAt <= now
  const words = isOver ? 'sans réponse, la demande est finie' : STATE_WORDS[state]
  const who = whoseWords(one)
  return html`<li class="tile">
    <h3>${who}</h3>
    <p>!${tag(words, isOver ? 'none' : (TONES[state as keyof typeof TONES] ?? 'none'))} pour ${subjectWords(one)}</p>
    <p class="remark">
      Demandée le
      ${longDate(askedAt)}${state === 'asked' && !isOver ? `, ouverte jusqu’au ${longDate(expiresAt)}` : ''}.
    </p>
    !${note === null ? '' : html`<p>Votre mot : ${note}</p>`}
    !${secret === null || isOver ? '' : html`<p>Le lien à donner :<br /><a class="address" href="${baseUrl}/recommandations/${secret}">${baseUrl}/recommandations/${secret}</a></p>`}
    !${
      said === null
        ? ''
        : html`<blockquote class="said-of">${said.comment ?? 'Sans commentaire.'}</blockquote>
            <p><small>${didHost(said.issuer.id)} (identité prouvée par la signature)</small></p>`
    }
    !${DECISIONS.filter(([move]) => TRANSITIONS[state][move]).map(([move, label]) =>
      buttonForm({
        action: `${path}/${id}/decision`,
        jeton,
        label,
        name: `${label} : ${who}, demandée le ${longDate(askedAt)}`,
        fields: { decision: move },
      }),
    )}
  </li>`
}

const DECISIONS: [EndorsementMove, string][] = [
  ['acceptance', 'Afficher cette recommandation'],
  ['declining', 'Ne pas l’afficher'],
  ['cancellation', 'Retirer cette demande'],
]

const whoseWords = ({ endorser, said }: Endorsement): string =>
  endorser?.name ?? said?.issuer.name ?? (said ? didHost(said.issuer.id) : 'Par le lien ci-dessous')

type Asking = {
  path: string
  jeton: string
  given: Given
  refusal: Refusal | null
  /** What may be endorsed, for who has a choice. */
  subjects?: [value: string, words: string][]
  /** Whether who is asked knows from the request who asks. */
  isPerson: boolean
}

/** The form that asks for one. */
export const askForm = ({ path, jeton, given, refusal, subjects, isPerson }: Asking): string =>
  html`<form method="post" action="${path}">
    !${formJeton(jeton)}
    !${subjects ? selectField({ name: 'subject', label: 'Pour', options: subjects, value: given['subject'], refusal }) : ''}
    !${textField({
      name: 'endorser',
      label: 'Organisme à qui la demander (facultatif)',
      hint: 'L’adresse de sa page dans l’annuaire de ce service : il verra votre demande dans son espace. Laissez vide pour avoir un lien à donner à qui vous voulez.',
      value: given['endorser'],
      rules: 'maxlength="300" autocomplete="off"',
      refusal,
    })}
    !${areaField({
      name: 'note',
      label: 'Votre mot (facultatif)',
      hint: isPerson
        ? 'Dites qui vous êtes et ce que vous avez fait ensemble : ce service ne donne pas votre nom. Ce mot n’est lu que par qui reçoit la demande, et oublié dès sa réponse.'
        : 'Lu par qui reçoit la demande, et oublié dès sa réponse.',
      value: given['note'],
      rules: 'maxlength="600" rows="3"',
      refusal,
    })}
    <button type="submit">Demander une recommandation</button>
    <p class="remark">La demande reste ouverte ${DAYS} jours. Rien n’est affiché sans votre accord.</p>
  </form>`
