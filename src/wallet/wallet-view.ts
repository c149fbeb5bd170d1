import type { DomainError } from '../errors.ts'
import { badgeFacts, checksView, verdictBox } from '../credentials/verification-view.ts'
import type { LabelledCompetence } from '../referential/competence-labels.ts'
import { counted, emptyList, facts, tag } from '../web/components.ts'
import { espacePage } from '../web/espace.ts'
import { buttonForm, doneNote, errorSummary, formJeton, type Given, type Refusal, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { checkedWords, issuerView, markOf, nameOf, toneOf } from './marks.ts'
import { type ImportedBadge, type ImportedWhole, isGood } from './read-imports.ts'
import type { RequestState } from './requests.ts'
import { ELSEWHERE } from './schema.ts'
import type { Recognised } from './worth.ts'

const TITLE = 'Badges d’ailleurs'

type Listed = {
  badges: ImportedBadge[]
  recognised: Recognised[]
  now: Date
  jeton: string
  done?: string | undefined
  given?: Given
  refusal?: Refusal
}

/** Someone's badges of elsewhere, each with how it was checked, and the form that adds one. */
export const walletPage = ({ badges, recognised, now, jeton, done, given = {}, refusal }: Listed): Page =>
  espacePage('/badges-d-ailleurs', {
    title: TITLE,
    body: html`<h1>${TITLE}</h1>
      !${doneNote(done)} !${errorSummary(refusal)}
      <p class="lead">
        Les badges numériques que d’autres vous ont délivrés. Ils restent à part de ceux délivrés ici, chacun avec la
        façon dont il a été vérifié. Vous seule ou vous seul voyez cette page.
      </p>
      !${
        badges.length === 0
          ? emptyList('Vous ne gardez aucun badge d’ailleurs.')
          : html`<h2>Ceux que vous gardez</h2>
              <ul class="held">
                !${badges.map((one) => badgeItem(one, recognised, now))}
              </ul>
              <p>
                Ceux qui valent aujourd’hui se montrent dans un <a href="/mon-espace/partages">lien de partage</a> et
                dans <a href="/mon-espace/cv">votre encadré CV</a>, si vous les y cochez.
              </p>`
      }
      !${importForm(jeton, given, refusal)}`,
  })

const badgeItem = (badge: ImportedBadge, recognised: Recognised[], now: Date): string =>
  html`<li class="tile">
    <h3><a href="${ELSEWHERE}/${badge.id}">${nameOf(badge)}</a></h3>
    <p>!${tag(markOf(badge, now), toneOf(badge, now))}</p>
    <p>!${issuerView(badge)}</p>
    !${badge.verdict === 'invalid' ? html`<p>${badge.summary}</p>` : ''}
    <p class="remark">${checkedWords(badge)} ${worthWords(badge, recognised, now)}</p>
  </li>`

function worthWords(badge: ImportedBadge, recognised: Recognised[], now: Date): string {
  const by = recognised.filter((one) => one.id === badge.id).map((one) => one.authority)
  if (by.length > 0) return `Badge d’ailleurs, reconnu par ${by.join(', ')}.`
  return isGood(badge, now) ? 'Pas encore reconnu : il ne compte dans aucun parcours.' : 'Il ne compte pour rien.'
}

const ACCEPTED = '.png,.svg,.json,.pdf,.jwt,.txt,image/png,image/svg+xml,application/json,application/pdf'

const importForm = (jeton: string, given: Given, refusal?: Refusal): string =>
  html`<h2 id="ajouter">Ajouter un badge d’ailleurs</h2>
    <p>
      Il est vérifié aussitôt, et doit vous être adressé à l’une de <a href="/mon-espace/adresses">vos adresses</a>.
      S’il est refusé, rien n’en est gardé.
    </p>
    <form method="post" action="${ELSEWHERE}" enctype="multipart/form-data">
      !${formJeton(jeton)}
      !${textField({ name: 'file', label: 'Fichier du badge', type: 'file', hint: 'PNG, SVG, JSON, PDF ou jeton signé, 8 Mo au plus.', rules: html`accept="${ACCEPTED}"`, refusal })}
      !${textField({ name: 'url', label: 'Ou son lien', type: 'url', hint: 'L’adresse du badge chez qui l’a délivré.', value: given['url'], rules: 'maxlength="4096" inputmode="url" autocomplete="off"', refusal })}
      <button type="submit">Vérifier et garder</button>
    </form>`

type Several = { kept: { id: string; outcome: string }[]; refused: DomainError[] }

/** What became of each badge of a file that held several. */
export const severalPage = ({ kept, refused }: Several): Page =>
  espacePage('/badges-d-ailleurs', {
    title: 'Badges lus dans ce fichier',
    body: html`<p class="up"><a href="${ELSEWHERE}">${TITLE}</a></p>
      <h1>${counted(kept.length + refused.length, 'badge lu', 'badges lus')}</h1>
      <ul class="checks">
        !${kept.map(({ id, outcome }) => html`<li data-outcome="success"><strong>${OUTCOMES[outcome] ?? ''}</strong> <a href="${ELSEWHERE}/${id}">Voir ce badge</a></li>`)}
        !${refused.map(({ message, mend }) => html`<li data-outcome="failure"><strong>Refusé</strong> ${message} ${mend}</li>`)}
      </ul>`,
  })

const OUTCOMES: Record<string, string> = { created: 'Gardé', replaced: 'Remplacé', unchanged: 'Déjà gardé' }

type Shown = {
  badge: ImportedWhole
  /** Those that recognise it now, each with the competences in words. */
  recognised: { authority: string; competences: LabelledCompetence[] }[]
  request: RequestState | undefined
  now: Date
  jeton: string
  done?: string | undefined
}

/** One badge of elsewhere: what it says, how it was checked, what it is worth here. */
export function importedPage({ badge, recognised, request, now, jeton, done }: Shown): Page {
  const { id, proven, verdict, summary, checks, checkedAt, unansweredAt, importedAt, importedVerdict } = badge
  const { version, proof } = badge
  const name = nameOf(badge)
  const path = `${ELSEWHERE}/${id}`
  return espacePage('/badges-d-ailleurs', {
    title: name,
    body: html`<p class="up"><a href="${ELSEWHERE}">${TITLE}</a></p>
      <h1>${name}</h1>
      !${doneNote(done)}
      <p>!${tag(markOf(badge, now), toneOf(badge, now))}</p>
      !${
        proven === null
          ? html`<p class="note">
              Rien de ce que dit ce badge n’est prouvé : son contenu n’est pas montré, et il ne compte pour rien.
            </p>`
          : badgeFacts(proven, 'fr', { dialect: version && proof && { version, proof } })
      }
      !${verdictBox({ verdict }, 'fr', html`<p>${summary}</p>`)} !${checksView({ verdict, checks }, 'fr')}
      !${facts([
        ['Vérifié le', longDate(checkedAt)],
        ...(unansweredAt ? [['Sans réponse de l’émetteur le', longDate(unansweredAt)] as const] : []),
        [
          'Gardé le',
          `${longDate(importedAt)}, ${importedVerdict === 'valid' ? 'valable ce jour-là' : 'non vérifié ce jour-là'}`,
        ],
      ])}
      <p class="remark">
        Il est vérifié de nouveau tous les 30 jours ; si son émetteur ne répond pas, le dernier résultat connu est gardé
        90 jours. Si vous le vérifiez vous-même et que personne ne répond, il n’est plus tenu pour vérifié, et l’on
        redemande chaque jour ; un badge refusé reste refusé.
      </p>
      !${buttonForm({ action: `${path}/verification`, jeton, label: 'Vérifier de nouveau' })}
      !${worthSection({ recognised, request, isGood: isGood(badge, now), path, jeton })}
      <section aria-labelledby="retrait">
        <h2 id="retrait">Retirer ce badge</h2>
        <p>Rien n’en est gardé ici. Le badge lui-même reste le vôtre.</p>
        !${buttonForm({ action: `${path}/retrait`, jeton, label: 'Retirer', name: `Retirer : ${name}` })}
      </section>`,
  })
}

type WorthShown = Pick<Shown, 'recognised' | 'request' | 'jeton'> & { isGood: boolean; path: string }

function worthSection({ recognised, request, isGood, path, jeton }: WorthShown): string {
  const heading = html`<h2 id="valeur">Ce qu’il vaut dans un parcours</h2>`
  const body = !isGood
    ? html`<p>Rien tant qu’il n’est pas vérifié et valable. Vérifiez-le de nouveau quand son émetteur répondra.</p>`
    : recognised.length > 0
      ? recognised.map(recognisedView).join('')
      : notRecognised(request, path, jeton)
  return html`<section aria-labelledby="valeur">!${heading} !${body}</section>`
}

const recognisedView = ({ authority, competences }: Shown['recognised'][number]): string =>
  html`<p>Badge d’ailleurs, reconnu par <strong>${authority}</strong> :</p>
    !${competenceLines(competences)}`

/** Competences, one a line, with their level and their framework. */
export const competenceLines = (competences: LabelledCompetence[]): string =>
  html`<ul>
    !${competences.map(
      ({ framework, version, code, label, level, frameworkTitle }) =>
        html`<li>
          <a href="/referentiels/${framework}/${version}/${code}">${code}</a>
          <span lang="${label.lang}">${label.text}</span>${typeof level === 'number' ? `, niveau ${level}` : ''}
          <small>(${frameworkTitle}, ${version})</small>
        </li>`,
    )}
  </ul>`

function notRecognised(request: RequestState | undefined, path: string, jeton: string): string {
  const ask = buttonForm({ action: `${path}/reconnaissance`, jeton, label: 'Demander sa reconnaissance' })
  if (request && request.refusedReason === null)
    return html`<p>Pas encore reconnu. Votre demande du ${longDate(request.askedAt)} attend une réponse.</p>`
  return html`<p>
      Pas encore reconnu : demandez à un organisme de dire quelles compétences il montre.
      <a href="/equivalences">Voir les badges déjà reconnus</a>.
    </p>
    !${request ? html`<p class="note">Demande refusée par ${request.refusedBy} : ${request.refusedReason}</p>` : ''}
    <p class="remark">
      Les organismes verront le nom du badge, son émetteur et ses critères, et combien de personnes le demandent ;
      jamais qui.
    </p>
    !${ask}`
}
