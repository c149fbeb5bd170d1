import { competenceKey } from '../badges/achievements.ts'
import { authorWords } from '../journal/sentences.ts'
import { facts, scrollTable } from '../web/components.ts'
import { doneNote, errorSummary, formJeton, type Given, type Refusal, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import { type DeliveredBadge, type DeliveredState, learnerName } from './delivered.ts'
import { type Space, stateTag } from './delivered-view.ts'
import type { Change } from './states.ts'

/** Each change: its place in addresses, the states that admit it, its words and what follows from it. */
export const CHANGES = {
  revocation: {
    kind: 'revoked',
    from: ['valid', 'suspended', 'expired'],
    label: 'Révoquer ce badge',
    done: 'Le badge est révoqué.',
    follows: [
      'Une révocation est définitive : ce badge ne redeviendra jamais valable.',
      'Qui le vérifie lit « révoqué » aussitôt, avec le motif que vous donnez.',
      'Si la personne y a droit de nouveau, il faudra lui délivrer un autre badge.',
    ],
  },
  suspension: {
    kind: 'suspended',
    from: ['valid', 'expired'],
    label: 'Suspendre ce badge',
    done: 'Le badge est suspendu.',
    follows: [
      'Qui le vérifie lit « suspendu » aussitôt, avec le motif que vous donnez.',
      'Vous pourrez lever la suspension : le badge vaudra de nouveau.',
    ],
  },
  retablissement: {
    kind: 'restored',
    from: ['suspended'],
    label: 'Lever la suspension',
    done: 'La suspension est levée.',
    follows: ['Le badge vaut de nouveau aussitôt, jusqu’à sa date de fin s’il en a une.'],
  },
} as const satisfies Record<
  string,
  { kind: Change; from: readonly DeliveredState[]; label: string; done: string; follows: readonly string[] }
>
export type ChangePath = keyof typeof CHANGES

const movesOf = (state: DeliveredState): ChangePath[] =>
  (Object.keys(CHANGES) as ChangePath[]).filter((one) => (CHANGES[one].from as readonly string[]).includes(state))

const EVENT_WORDS = {
  issued: 'Délivré',
  revoked: 'Révoqué',
  suspended: 'Suspendu',
  restored: 'Suspension levée',
} as const

type One = Space & {
  badge: DeliveredBadge
  followsHabilitation: boolean
  reader: string
  team: ReadonlySet<string>
  done?: string | undefined
}

/** One badge delivered: the person, what it attests, what happened to it, and what may be done. */
export function deliveredBadgePage({ organisation, roles, badge, followsHabilitation, reader, team, done }: One): Page {
  const { slug, name } = organisation
  const { id, state, about, learner } = badge
  const path = `/organisme/${slug}/badges`
  const who = learnerName(learner)
  const moves = followsHabilitation ? [] : movesOf(state)
  return organismePage(
    { slug, name, section: '/badges', roles },
    {
      title: `${about.name}, ${who}`,
      body: html`!${doneNote(done)}
        <p class="up"><a href="${path}">Badges délivrés</a></p>
        <div class="badge-hero">
          <img src="/achievements/${about.slug}/${about.version}/image.svg" alt="" width="160" height="160" />
          <div>
            <h1>${about.name}</h1>
            <p class="lead">${who}</p>
            <p>!${stateTag(state)}</p>
          </div>
        </div>
        !${facts(factsOf(badge, slug))} !${badge.levels && badge.levels.length > 0 ? levelsList(badge) : ''}
        <h2>Ce qui lui est arrivé</h2>
        !${eventsTable(badge, reader, team)}
        <h2>Changer son état</h2>
        !${
          followsHabilitation
            ? html`<p>Ce badge suit une habilitation Aidants Connect : c’est elle qui le suspend ou y met fin.</p>`
            : ''
        }
        !${state === 'revoked' ? html`<p>Ce badge est révoqué, définitivement : il n’y a plus rien à changer.</p>` : ''}
        <ul class="plain">
          !${moves.map((one) => html`<li><a href="${path}/${id}/${one}">${CHANGES[one].label}</a></li>`)}
        </ul>
        <h2>Documents</h2>
        <ul>
          <li><a href="/credentials/${id}">Page publique du badge</a></li>
          !${learner === null ? '' : html`<li><a href="${path}/${id}/preuves">Fichiers de preuve</a></li>`}
          !${
            badge.sessionId === null || learner === null
              ? ''
              : html`<li><a href="${path}/${id}/attestation.pdf">Attestation de fin de formation (PDF)</a></li>`
          }
        </ul>`,
    },
  )
}

const factsOf = (
  { learner, completedOn, validFrom, validUntil, evidenceUrl, narrative, sessionId }: DeliveredBadge,
  slug: string,
) => [
  ['Adresse électronique', learner?.email ?? 'effacée'] as const,
  ['Acquis constatés le', longDate(completedOn)] as const,
  ['Délivré le', longDate(validFrom)] as const,
  ['Valable jusqu’au', validUntil === null ? 'sans date de fin' : longDate(validUntil)] as const,
  ...(sessionId === null
    ? []
    : [['Session', { markup: html`<a href="/organisme/${slug}/sessions/${sessionId}">Voir la session</a>` }] as const]),
  ...(evidenceUrl
    ? [
        [
          'Preuve',
          { markup: html`<a href="${evidenceUrl}" rel="nofollow noopener noreferrer">${evidenceUrl}</a>` },
        ] as const,
      ]
    : []),
  ...(narrative ? [['Commentaire', narrative] as const] : []),
]

function levelsList({ about, levels }: DeliveredBadge): string {
  const labels = new Map(about.competences.map((one) => [competenceKey(one), one.label]))
  return html`<h2>Compétences montrées</h2>
    <ul class="levels">
      !${levels!.map(
        (one) =>
          html`<li>
            <span class="code">${one.code}</span> ${labels.get(competenceKey(one)) ?? one.code}
            <strong>${one.level === null ? 'acquis' : `niveau ${one.level}`}</strong>
          </li>`,
      )}
    </ul>`
}

const eventsTable = ({ events }: DeliveredBadge, reader: string, team: ReadonlySet<string>): string =>
  scrollTable(
    'Histoire du badge',
    html`<table>
      <thead>
        <tr>
          <th scope="col">Quand</th>
          <th scope="col">Quoi</th>
          <th scope="col">Qui</th>
          <th scope="col">Motif</th>
        </tr>
      </thead>
      <tbody>
        !${events.map(
          ({ at, kind, author, reason }) =>
            html`<tr>
              <td>${longDate(at)}</td>
              <td>${EVENT_WORDS[kind]}</td>
              <td>${authorWords({ author, personId: null }, reader, team)}</td>
              <td>${reason ?? ''}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )

type Confirm = Space & { badge: DeliveredBadge; change: ChangePath; given?: Given; refusal?: Refusal | undefined }

/** What a change of state brings about, before it is made. */
export function confirmPage({ organisation, roles, jeton, badge, change, given = {}, refusal }: Confirm): Page {
  const { slug, name } = organisation
  const { label, follows } = CHANGES[change]
  const path = `/organisme/${slug}/badges/${badge.id}`
  return organismePage(
    { slug, name, section: '/badges', roles },
    {
      title: label,
      body: html`!${errorSummary(refusal)}
        <p class="up"><a href="${path}">${badge.about.name}, ${learnerName(badge.learner)}</a></p>
        <h1>${label}</h1>
        <p class="lead">
          « ${badge.about.name} », délivré à ${learnerName(badge.learner)} le ${longDate(badge.validFrom)}.
        </p>
        <section class="note" aria-labelledby="suites">
          <h2 id="suites">Ce qui va se passer</h2>
          <ul>
            !${follows.map((one) => html`<li>${one}</li>`)}
          </ul>
        </section>
        <form method="post" action="${path}/${change}">
          !${formJeton(jeton)}
          !${textField({ name: 'reason', label: 'Motif', hint: 'Sans nom de personne : qui vérifie le badge le lira.', value: given['reason'], rules: 'required minlength="3" maxlength="1000" autocomplete="off"', refusal })}
          <button type="submit">${label}</button>
        </form>
        <p><a href="${path}">Ne rien changer</a></p>`,
    },
  )
}
