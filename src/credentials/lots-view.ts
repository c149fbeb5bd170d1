import { count, counted, emptyList, nextPage, scrollTable, tag } from '../web/components.ts'
import { buttonForm, errorSummary, type Refusal } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { daysOf } from '../training/sessions-view.ts'
import { type CampaignAction, TRANSITIONS } from '../training/transitions.ts'
import { campaignProgress } from './campaign-page.ts'
import type { Campaign } from './campaigns.ts'
import type { LotLine, NamedReceipt } from './lots.ts'

const STATES = { issuing: 'en cours', paused: 'en pause', done: 'terminé', cancelled: 'annulé' } as const
const TONES = { issuing: 'waiting', paused: 'waiting', done: 'valid', cancelled: 'invalid' } as const

/** An organisation's batches of results, the last first. */
export const lotsPage = (slug: string, items: LotLine[], next: string | null): Page => ({
  title: 'Lots de badges',
  body: html`<p class="up"><a href="/organisme/${slug}/sessions">Sessions</a></p>
    <h1>Lots de badges</h1>
    <p>Un lot réunit les résultats envoyés en une fois. Chaque ligne y a son reçu.</p>
    !${
      items.length === 0
        ? emptyList(
            'Aucun résultat n’a encore été envoyé.',
            html`<p><a href="/organisme/${slug}/sessions">Choisir la session dont saisir les résultats</a></p>`,
          )
        : html`<ul class="plain sessions-list">
            !${items.map((one) => lotItem(slug, one))}
          </ul>`
    }
    !${nextPage(`/organisme/${slug}/lots`, {}, next)}`,
})

const lotItem = (slug: string, one: LotLine): string =>
  html`<li>
    <p>
      <a href="/organisme/${slug}/lots/${one.id}"><strong>Lot reçu le ${longDate(one.receivedAt)}</strong></a>
      !${tag(STATES[one.state], TONES[one.state])}
    </p>
    <p>
      ${one.name}, session ${daysOf(one)}<br />
      ${counted(one.issued, 'badge délivré', 'badges délivrés')}${one.pending > 0 ? `, ${count(one.pending)} en attente` : ''}${one.refused > 0 ? `, ${counted(one.refused, 'ligne refusée', 'lignes refusées')}` : ''}
    </p>
  </li>`

type Shown = {
  slug: string
  campaign: Campaign
  receipts: { refused: NamedReceipt[]; others: NamedReceipt[]; next: string | null }
  isFirst: boolean
  jeton: string
  refusal?: Refusal | null
}

/** One batch as its organisation sees it: its progress, live, then its receipts, the refused ones first. */
export function lotPage({ slug, campaign, receipts, isFirst, jeton, refusal = null }: Shown): Page {
  const { id, session, state, counts } = campaign
  const path = `/organisme/${slug}/lots/${id}`
  const { scripts, body } = campaignProgress(campaign, true)
  return {
    title: 'Lot de badges',
    scripts,
    body: html`<p class="up"><a href="/organisme/${slug}/lots">Lots de badges</a></p>
      !${errorSummary(refusal)}
      <h1>Lot reçu le ${longDate(campaign.receivedAt)} !${tag(STATES[state], TONES[state])}</h1>
      !${body} !${actions(path, campaign, jeton)}
      <p class="actions">
        <a href="/organisme/${slug}/sessions/${session}">Voir la session</a>
        <a href="/api/v1/campaigns/${id}/receipts.csv">Télécharger tous les reçus (CSV)</a>
      </p>
      !${isFirst ? refusedSection(receipts.refused, counts.refused) : ''} !${othersSection(receipts.others)}
      !${nextPage(path, {}, receipts.next)}`,
  }
}

const WORDS: Record<CampaignAction, string> = {
  pause: 'Mettre en pause',
  resume: 'Reprendre',
  cancel: 'Annuler ce qui reste',
}

function actions(path: string, { state }: Campaign, jeton: string): string {
  const possible = Object.keys(TRANSITIONS[state]) as CampaignAction[]
  if (possible.length === 0) return ''
  return html`<div class="actions">
    !${possible.map((action) => buttonForm({ action: `${path}/etat`, jeton, label: WORDS[action], fields: { action } }))}
  </div>`
}

function refusedSection(refused: NamedReceipt[], total: number): string {
  if (refused.length === 0) return ''
  const table = html`<table>
    <thead>
      <tr>
        <th scope="col">Ligne</th>
        <th scope="col">Pourquoi</th>
        <th scope="col">Que faire</th>
      </tr>
    </thead>
    <tbody>
      !${refused.map(
        ({ line, problem }) =>
          html`<tr>
            <th scope="row">${line}</th>
            <td>${problem!.message}</td>
            <td>${problem!.mend}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
  return html`<section aria-labelledby="refusees">
    <h2 id="refusees">${counted(total, 'ligne refusée', 'lignes refusées')}</h2>
    !${total > refused.length ? html`<p>Les ${count(refused.length)} premières ; toutes sont dans le CSV.</p>` : ''}
    !${scrollTable('Lignes refusées', table)}
  </section>`
}

const OUTCOMES = {
  pending: tag('en attente', 'waiting'),
  issued: tag('badge délivré', 'valid'),
  alreadyIssued: tag('déjà délivré auparavant', 'valid'),
  refused: tag('refusée', 'invalid'),
}

const othersSection = (others: NamedReceipt[]): string =>
  others.length === 0
    ? ''
    : html`<section aria-labelledby="recus">
        <h2 id="recus">Reçus</h2>
        <ul class="plain people">
          !${others.map(
            ({ line, who, outcome, credential }) =>
              html`<li class="fixed">
                <span
                  ><small>Ligne ${line}</small> <strong>${who ?? 'Personne effacée'}</strong> !${OUTCOMES[outcome]}
                  !${credential ? html`<a href="/credentials/${credential}" aria-label="Voir le badge de ${who ?? `la ligne ${line}`}">Voir le badge</a>` : ''}</span
                >
              </li>`,
          )}
        </ul>
      </section>`
