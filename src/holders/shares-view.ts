import type { ImportedBadge } from '../wallet/read-imports.ts'
import { counted, emptyList } from '../web/components.ts'
import { espacePage } from '../web/espace.ts'
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
import { html, longDate, type Page } from '../web/html.ts'
import { choiceOf } from './elsewhere-words.ts'
import type { HeldBadge } from './holders.ts'
import { lastDay } from './share-page.ts'
import { MAX_SHARED, type Share } from './shares.ts'

type Shown = {
  live: Share[]
  ended: Share[]
  badges: HeldBadge[]
  /** Those of elsewhere that hold today. */
  elsewhere: ImportedBadge[]
  baseUrl: string
  jeton: string
  today: string
  latest: string
  given?: Given
  refusal?: Refusal | null
  done?: string | undefined
}

const DURATIONS = [
  ['7', 'Une semaine'],
  ['30', 'Un mois (30 jours)'],
  ['90', 'Trois mois (90 jours)'],
  ['365', 'Un an (365 jours)'],
] as const

/** The links that someone made to show badges, and the form that makes one. */
export function sharesPage(shown: Shown): Page {
  const { live, ended, refusal, done } = shown
  return espacePage('/partages', {
    title: 'Mes liens de partage',
    body: html`!${errorSummary(refusal)}
      <h1>Mes liens de partage</h1>
      !${doneNote(done)}
      <p class="lead">
        Un lien montre les badges que vous choisissez à qui vous le donnez, jusqu’au jour que vous décidez. Vous pouvez
        le retirer à tout moment.
      </p>
      <section aria-labelledby="ouverts">
        <h2 id="ouverts">Liens ouverts</h2>
        !${
          live.length === 0
            ? emptyList('Aucun lien n’est ouvert.')
            : html`<ul class="held links">
                !${live.map((one) => liveTile(one, shown))}
              </ul>`
        }
      </section>
      !${creation(shown)} !${ended.length === 0 ? '' : endedSection(ended)}`,
  })
}

const forWhom = ({ label }: Share): string => label ?? 'Sans précision'

function liveTile(share: Share, { baseUrl, jeton }: Shown): string {
  const { id, secret, expiresAt, createdAt } = share
  const until = longDate(lastDay(expiresAt))
  const url = `${baseUrl}/partages/${secret}`
  return html`<li class="tile">
    <h3>${forWhom(share)}</h3>
    <p>Ouvert jusqu’au <strong>${until}</strong>, créé le ${longDate(createdAt)}.</p>
    !${contentOf(share)}
    <p>Le lien à copier :<br /><a class="address" href="${url}">${url}</a></p>
    !${buttonForm({
      action: `/mon-espace/partages/${id}/retrait`,
      jeton,
      label: 'Retirer ce lien',
      name: `Retirer ce lien : ${forWhom(share)}, ouvert jusqu’au ${until}`,
    })}
  </li>`
}

function contentOf(share: Share): string {
  const { badges, elsewhere, showName, showHabilitations } = share
  const also = [showName && 'votre nom', showHabilitations && 'vos habilitations'].filter((one) => one !== false)
  return html`<p>
    Il montre ${badgesWords(share)}${also.length === 0 ? ', sans votre nom' : `, ${also.join(' et ')}`} :
    ${[...badges, ...elsewhere].map((one) => `« ${one} »`).join(', ')}.
  </p>`
}

/** How many badges a link shows, those of elsewhere counted apart. */
const badgesWords = ({ badges, elsewhere }: Share): string =>
  [
    badges.length > 0 || elsewhere.length === 0 ? counted(badges.length, 'badge') : '',
    elsewhere.length > 0 ? counted(elsewhere.length, 'badge d’ailleurs', 'badges d’ailleurs') : '',
  ]
    .filter(Boolean)
    .join(' et ')

function creation(shown: Shown): string {
  const { badges, elsewhere, jeton, today, latest, given = {}, refusal = null } = shown
  return html`<section aria-labelledby="nouveau">
    <h2 id="nouveau">Créer un lien</h2>
    !${
      badges.length + elsewhere.length === 0
        ? emptyList(
            'Vous n’avez pas encore de badge à montrer.',
            html`<p><a href="/mon-espace">Revenir à mes badges</a></p>`,
          )
        : html`<form method="post" action="/mon-espace/partages">
            !${formJeton(jeton)} !${choices(shown)}
            !${textField({
              name: 'label',
              label: 'Pour qui (facultatif)',
              hint: 'Pour vous y retrouver : vous seule ou vous seul lirez ces mots.',
              value: given['label'],
              rules: 'maxlength="200" autocomplete="off"',
              refusal,
            })}
            !${selectField({
              name: 'days',
              label: 'Pour combien de temps',
              options: DURATIONS,
              value: given['days'] ?? '30',
              refusal,
            })}
            !${textField({
              name: 'until',
              label: 'Ou jusqu’au (facultatif)',
              hint: 'Ce jour remplace la durée choisie au-dessus ; un an au plus.',
              type: 'date',
              value: given['until'],
              rules: html`min="${today}" max="${latest}"`,
              refusal,
            })}
            !${boxesField({
              name: 'show',
              label: 'Montrer aussi',
              hint: 'Sans rien cocher, la page ne dit pas qui vous êtes. Ce choix ne change pas la page de chaque badge.',
              options: [
                ...(badges.length === 0
                  ? []
                  : [['name', 'Mon nom, tel qu’il est sur les badges délivrés ici'] as const]),
                ['habilitations', 'Mes habilitations Aidants Connect : structure et état'],
              ],
              value: given['show'],
              refusal,
            })}
            <button type="submit">Créer le lien</button>
          </form>`
    }
  </section>`
}

/** The boxes of the badges, those of elsewhere apart; the first are named by what refuses the form. */
function choices({ badges, elsewhere, given = {}, refusal = null }: Shown): string {
  const ours = boxesField({
    name: 'badges',
    label: 'Badges à montrer',
    hint: `${MAX_SHARED} au plus, ceux d’ailleurs compris.`,
    options: badges.map(({ id, about, validFrom }) => [id, `${about.name}, délivré le ${longDate(validFrom)}`]),
    value: given['badges'],
    refusal,
  })
  if (elsewhere.length === 0) return ours
  const theirs = boxesField({
    name: 'ailleurs',
    label: 'Badges d’ailleurs à montrer',
    hint: 'Ils sont montrés à part, avec ce qui est prouvé de leur émetteur et le jour de leur dernière vérification.',
    options: elsewhere.map((one) => [one.id, choiceOf(one)]),
    value: given['ailleurs'],
  })
  return badges.length === 0 ? html`<div id="badges">!${theirs}</div>` : html`!${ours} !${theirs}`
}

const endedSection = (ended: Share[]): string =>
  html`<section aria-labelledby="finis">
    <h2 id="finis">Liens finis ou retirés</h2>
    <p>Ils n’ouvrent plus rien, et sont oubliés 30 jours après leur fin.</p>
    <ul>
      !${ended.map((one) => {
        const { withdrawnAt, expiresAt } = one
        const end = withdrawnAt ? `retiré le ${longDate(withdrawnAt)}` : `fini le ${longDate(lastDay(expiresAt))}`
        return html`<li>${forWhom(one)} : ${badgesWords(one)}, ${end}.</li>`
      })}
    </ul>
  </section>`
