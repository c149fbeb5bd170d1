import { count, counted, emptyList, facts, nextPage, tag } from '../web/components.ts'
import { doneNote, errorSummary, formJeton, type Given, type Refusal, selectField, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { DEFINITIONS, type countHabilitations } from './counts.ts'
import { PERSON_FIELDS } from './organisation-form.ts'
import { COURSE_OPTIONS, STANDING_OPTIONS } from './organisation-form-view.ts'
import { missing } from './queue-view.ts'
import type { queueHabilitations } from './queue.ts'
import { nameOf, reasonField, SPACE, spacePage, table, toneTag } from './space-view.ts'
import { age, STATUS_WORDS, statusTag } from './status-view.ts'
import { LAPSES } from './statuses.ts'
import type { getStructure } from './structures.ts'
import type { HeldSummary, NextSession } from './summaries.ts'
import type { listWebinar } from './webinar.ts'

const STRUCTURE_DONE: Record<string, string> = {
  fermee: 'La structure est fermée : ses habilitations sont suspendues, ses demandes attendent.',
  rouverte: 'La structure est rouverte.',
}

type Item = Awaited<ReturnType<typeof queueHabilitations>>['items'][number]
type Structure = Awaited<ReturnType<typeof getStructure>>
type Shown = {
  structure: Structure
  counts: Awaited<ReturnType<typeof countHabilitations>>
  items: Item[]
  next: string | null
  held: Map<string, HeldSummary>
  sessions: Map<string, NextSession>
  jeton: string
  isOfficer: boolean
  done?: string | undefined
  refusal?: Refusal | null
}

/** A structure: its numbers, then each person with her or his state and what is missing. */
export function structurePage(shown: Shown): Page {
  const { structure, counts, items, next, isOfficer, done, refusal } = shown
  const { slug, name, closedAt } = structure
  const path = `/structures/${slug}`
  const { habilites, enCours } = counts
  const body = html`!${errorSummary(refusal)} !${doneNote(done && STRUCTURE_DONE[done])}
    <p class="kind">Structure</p>
    <h1>${name}</h1>
    !${
      closedAt
        ? html`<p>!${tag('Fermée', 'invalid')} depuis le ${longDate(closedAt)} : personne ne peut y être habilité.</p>`
        : ''
    }
    <p>
      ${counted(habilites.people, 'personne habilitée', 'personnes habilitées')},
      ${counted(enCours.people, 'personne en cours', 'personnes en cours')}.
    </p>
    <details>
      <summary>Ce que comptent ces nombres</summary>
      <p>${DEFINITIONS.habilites}</p>
      <p>${DEFINITIONS.enCours}</p>
    </details>
    !${closedAt ? '' : html`<p><a class="action" href="${SPACE}${path}/ajout">Ajouter une aidante ou un aidant</a></p>`}
    <section aria-labelledby="personnes">
      <h2 id="personnes">Aidantes et aidants</h2>
      !${
        items.length === 0
          ? emptyList('Personne n’est encore demandé dans cette structure.')
          : html`<ul class="held">
              !${items.map((one) => personItem(one, shown))}
            </ul>`
      }
      !${nextPage(`${SPACE}${path}`, {}, next)}
    </section>
    <p><a href="${SPACE}${path}/webinaire">Webinaire des référentes et référents</a></p>
    !${isOfficer ? '' : html`<p><a href="/organisme/${slug}/lieux">Lieux et preuves publiques</a></p>`}
    !${isOfficer ? officerPart(shown) : ''}`
  return spacePage({ isOfficer, ...(isOfficer && { section: '/structures' }) }, { title: name, body })
}

function personItem(one: Item, { held, sessions }: Shown): string {
  const habilitation = held.get(one.id)
  const isOpen = STATUS_WORDS[one.status].isOpen
  return html`<li class="tile">
    <h3><a href="${SPACE}/aidants/${one.id}">${nameOf(one)}</a></h3>
    <p>${one.profession}</p>
    <p>!${habilitation ? heldTag(habilitation) : statusTag(one.status)}</p>
    !${isOpen ? html`<p>Depuis !${age(one.ageInDays, one.status)}. Il manque : ${missing(one, sessions.get(one.id))}.</p>` : ''}
    !${habilitation ? heldLines(habilitation) : ''}
  </li>`
}

/** Where a habilitation stands. */
export const heldTag = ({ endedAt, lapses }: { endedAt: Date | null; lapses: readonly string[] }): string =>
  endedAt
    ? tag('Retirée', 'invalid')
    : lapses.length > 0
      ? tag('Suspendue', 'waiting')
      : tag('Habilitée ou habilité', 'valid')

function heldLines({ id, lapses, endedAt, lastSeenOn, warnedAt }: HeldSummary): string {
  return html`!${lapses.length > 0 ? html`<p>Parce que ${lapses.map((one) => LAPSES[one]).join(' ; ')}.</p>` : ''}
    !${lastSeenOn && !endedAt ? html`<p>Vue ou vu sur Aidants Connect le ${longDate(lastSeenOn)}.</p>` : ''}
    !${
      warnedAt && !endedAt
        ? html`<p>
            !${tag('Inactivité', 'waiting')} Prévenue ou prévenu le ${longDate(warnedAt)} d’une suspension prochaine.
          </p>`
        : ''
    }
    <p>
      <a href="${SPACE}/accordees/${id}"
        >${endedAt ? 'Voir l’habilitation' : lapses.length > 0 ? 'Rétablir, ou voir l’habilitation' : 'Suspendre, ou voir l’habilitation'}</a
      >
    </p>`
}

const officerPart = ({ structure: { slug, closedAt, createdAt, reopenedAt }, jeton, counts }: Shown): string =>
  html`<section aria-labelledby="equipe">
    <h2 id="equipe">Pour l’équipe Aidants Connect</h2>
    !${facts([
      ['Éligible depuis le', longDate(createdAt)],
      ['Rouverte le', reopenedAt ? longDate(reopenedAt) : 'jamais fermée, ou encore fermée'],
      ['Demandes en cours', count(counts.enCours.requests)],
    ])}
    <p>
      <a href="${SPACE}/aidants?organisation=${slug}">Ses demandes, dans la file</a> ·
      <a href="${SPACE}/accordees?organisation=${slug}">Ses habilitations</a>
    </p>
    <details class="decision">
      <summary>${closedAt ? 'Rouvrir la structure' : 'Fermer la structure'}</summary>
      <p>
        ${
          closedAt
            ? 'Ce que la fermeture suspendait vaudra à nouveau, et les demandes prêtes seront validées.'
            : 'Toutes ses habilitations seront suspendues, et ses demandes attendront.'
        }
      </p>
      <form method="post" action="${SPACE}/structures/${slug}/${closedAt ? 'reouverture' : 'fermeture'}">
        !${formJeton(jeton)} !${reasonField('reason')}
        <button type="submit">${closedAt ? 'Rouvrir la structure' : 'Fermer la structure'}</button>
      </form>
    </details>
  </section>`

type Adding = {
  structure: { slug: string; name: string }
  jeton: string
  isOfficer: boolean
  given: Given
  refusal?: Refusal | null
}

/** The form by which a structure asks for one more person. */
export function addAidantPage({ structure: { slug, name }, jeton, isOfficer, given, refusal }: Adding): Page {
  const title = 'Ajouter une aidante ou un aidant'
  const told = refusal ?? null
  const field = (name: keyof typeof PERSON_FIELDS, rules: string, type = 'text', hint?: string): string =>
    textField({
      name,
      label: PERSON_FIELDS[name],
      value: given[name],
      type,
      rules: `required ${rules} autocomplete="off"`,
      refusal: told,
      ...(hint && { hint }),
    })
  const select = (name: string, label: string, options: readonly (readonly [string, string])[]): string =>
    selectField({ name, label, options, value: given[name], refusal: told })
  return spacePage(
    { isOfficer, ...(isOfficer && { section: '/structures' }), up: [`/structures/${slug}`, name] },
    {
      title,
      body: html`!${errorSummary(refusal)}
        <h1>${title}</h1>
        <p>L’équipe Aidants Connect décidera de son éligibilité. L’habilitation vaudra dans ${name} seulement.</p>
        <form method="post" action="${SPACE}/structures/${slug}/aidants">
          !${formJeton(jeton)} !${field('givenName', 'maxlength="100"')} !${field('familyName', 'maxlength="100"')}
          !${field('email', 'maxlength="254"', 'email', 'Nominative : « accueil@… » est refusée.')}
          !${field('profession', 'minlength="2" maxlength="150"')}
          !${select('standing', 'En qualité de', STANDING_OPTIONS)}
          !${select('courseType', 'Formation', COURSE_OPTIONS)}
          <label
            ><input
              type="checkbox"
              name="conseillerNumerique"
              value="oui"
              !${given['conseillerNumerique'] === 'oui' ? 'checked' : ''}
            />
            Conseillère ou conseiller numérique</label
          >
          <button type="submit">Envoyer la demande</button>
        </form>`,
    },
  )
}

const WEBINAR = {
  present: ['Suivi', 'valid'],
  replay: ['Vu en différé', 'valid'],
  registered: ['Inscription faite', 'waiting'],
  none: ['Pas encore suivi', 'none'],
} as const

type Webinar = {
  structure: { slug: string; name: string }
  items: Awaited<ReturnType<typeof listWebinar>>
  isOfficer: boolean
}

/** Where the référentes and référents of a structure stand with their webinar. */
export function webinarPage({ structure: { slug, name }, items, isOfficer }: Webinar): Page {
  const title = 'Webinaire des référentes et référents'
  return spacePage(
    { isOfficer, ...(isOfficer && { section: '/structures' }), up: [`/structures/${slug}`, name] },
    {
      title,
      body: html`<h1>${title}</h1>
        <p>Chaque référente ou référent suit un webinaire, au moment dit ou en différé.</p>
        !${
          items.length === 0
            ? emptyList('Cette structure n’a pas de référente ni de référent sur ce service.')
            : table(
                title,
                ['Personne', 'Webinaire'],
                items.map((one) => [
                  { markup: html`${nameOf(one)} <small class="block">${one.email ?? ''}</small>` },
                  { markup: toneTag(WEBINAR[one.webinar]) },
                ]),
              )
        }`,
    },
  )
}
