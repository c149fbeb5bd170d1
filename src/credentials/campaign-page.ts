import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { count } from '../web/components.ts'
import { frenchSpaces, html, longDate, type Page } from '../web/html.ts'
import type { Campaign } from './campaigns.ts'

const SCRIPT_FILE = new URL('../web/static/campaign.js', import.meta.url)
const SCRIPT = `/static/campaign.js?v=${createHash('sha256').update(readFileSync(SCRIPT_FILE)).digest('hex').slice(0, 12)}`
const REFRESH_SECONDS = 3

/** What anyone with the address may know: where the campaign is and how many rows; `sentence` says it in French. */
export function publicProgress({ state, counts }: Pick<Campaign, 'state' | 'counts'>) {
  return { state, counts, sentence: frenchSpaces(sentenceOf({ state, counts })) }
}

function sentenceOf({ state, counts }: Pick<Campaign, 'state' | 'counts'>): string {
  const { received, pending, refused } = counts
  const settled = `${count(received - pending)} ${received - pending > 1 ? 'lignes traitées' : 'ligne traitée'} sur ${count(received)}`
  const wrong =
    refused === 0 ? '' : ` ${count(refused)} ${refused > 1 ? 'refusées' : 'refusée'}, à voir dans les reçus.`
  switch (state) {
    case 'issuing':
      return `Les badges sont en cours de délivrance : ${settled}.${wrong}`
    case 'paused':
      return `Le lot est en pause : ${settled}.${wrong}`
    case 'cancelled':
      return `Le lot a été annulé ; les badges déjà délivrés restent valables.${wrong}`
    case 'done':
      return `Le lot est terminé : ${settled}.${wrong}`
  }
}

/**
 * Where a campaign is: a sentence, a bar, the counts. Live with the script, reloaded by itself without; `isReloading` also
 * reloads at the end, for a page that shows more than counts.
 */
export function campaignProgress(campaign: Campaign, isReloading = false): { scripts: string[]; body: string } {
  const { id, counts } = campaign
  const { sentence } = publicProgress(campaign)
  const isLive = counts.pending > 0
  return {
    scripts: isLive ? [SCRIPT] : [],
    body: html`!${isLive ? html`<noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}" /></noscript>` : ''}
      <div data-events="/lots/${id}/events" !${isReloading ? 'data-reload' : ''}>
        <p class="lead" id="phrase" role="status">${sentence}</p>
        <progress
          aria-labelledby="phrase"
          max="${counts.received}"
          value="${counts.received - counts.pending}"
        ></progress>
        <dl class="facts">
          !${ROWS.map(
            ([name, label]) =>
              html`<dt>${label}</dt>
                <dd data-count="${name}">${count(counts[name])}</dd>`,
          )}
        </dl>
      </div>`,
  }
}

/** The page of a campaign for whoever has its address. */
export function campaignPage(campaign: Campaign): Page {
  const { scripts, body } = campaignProgress(campaign)
  return {
    title: 'Avancement d’un lot de badges',
    scripts,
    body: html`<h1>Lot reçu le ${longDate(campaign.receivedAt)}</h1>
      !${body}
      <p>
        Cette page ne montre que des nombres. Qui travaille pour l’organisme lit les reçus de chaque ligne sur
        <a href="/organisme/${campaign.organisation}/lots/${campaign.id}">la page du lot</a>, ou par l’API :
        <code>GET /api/v1/campaigns/${campaign.id}/receipts.csv</code>
      </p>`,
  }
}

const ROWS = [
  ['received', 'Lignes reçues'],
  ['issued', 'Badges délivrés'],
  ['alreadyIssued', 'Déjà délivrés auparavant'],
  ['refused', 'Lignes refusées'],
  ['pending', 'En attente'],
] as const
