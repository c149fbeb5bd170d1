import type { OrganisationSpace } from '../auth/access.ts'
import { emptyList, tag } from '../web/components.ts'
import { buttonForm, doneNote, errorSummary, type Given, type Refusal } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import { askedList, askForm } from './asked-view.ts'
import { commentForm, requestSummary } from './give-view.ts'
import { type Endorsement, subjectWords } from './read.ts'
import { TRANSITIONS } from './transitions.ts'

type Told = { given?: Given; refusal?: Refusal | null; done?: string | undefined }
type Listed = OrganisationSpace &
  Told & {
    received: Endorsement[]
    asked: Endorsement[]
    classes: { slug: string; name: string }[]
    baseUrl: string
    now: Date
  }

const spaced = ({ organisation: { slug, name }, roles }: OrganisationSpace, page: Page): Page =>
  organismePage({ slug, name, section: '/recommandations', roles }, page)

/** The endorsements of an organisation: those asked of it, those that it gave, those that it asks for. */
export function organisationEndorsementsPage(listed: Listed): Page {
  const { organisation, received, asked, classes, jeton, baseUrl, now, given = {}, refusal = null, done } = listed
  const path = `/organisme/${organisation.slug}/recommandations`
  const waiting = received.filter((one) => one.state === 'asked' && one.expiresAt > now)
  const given_ = received.filter((one) => one.givenAt !== null)
  const subjects: [string, string][] = [
    ['', `Votre organisme, ${organisation.name}`],
    ...classes.map(({ slug, name }): [string, string] => [slug, `Votre badge « ${name} »`]),
  ]
  return spaced(listed, {
    title: 'Recommandations',
    body: html`!${errorSummary(refusal)} !${doneNote(done)}
      <h1>Recommandations</h1>
      <p class="lead">
        Ce qu’un organisme dit d’un badge ou d’un autre organisme, avec sa propre signature. Elle se vérifie comme un
        badge, et se retire.
      </p>
      <section aria-labelledby="recues">
        <h2 id="recues">On vous en demande</h2>
        !${
          waiting.length === 0
            ? emptyList('Aucune demande en attente.')
            : html`<ul class="held links">
                !${waiting.map((one) => waitingTile(one, path, jeton))}
              </ul>`
        }
      </section>
      <section aria-labelledby="donnees">
        <h2 id="donnees">Vous avez recommandé</h2>
        !${
          given_.length === 0
            ? emptyList('Votre organisme n’a encore rien recommandé.')
            : html`<ul class="held links">
                !${given_.map((one) => givenTile(one, path, jeton))}
              </ul>`
        }
      </section>
      <section aria-labelledby="demandees">
        <h2 id="demandees">Vous en demandez</h2>
        !${askedList(asked, { path, baseUrl, jeton, now }, 'Votre organisme n’en a pas demandé.')}
        <h3>Demander une recommandation</h3>
        !${askForm({ path, jeton, given, refusal, subjects, isPerson: false })}
      </section>`,
  })
}

const ofWhat = (one: Endorsement): string =>
  one.credentialId === null && one.achievementSlug === null
    ? `L’organisme ${subjectWords(one)}`
    : `${one.credentialId === null ? 'Le badge' : 'Un badge'} ${subjectWords(one)} de ${one.owner.name}`

const waitingTile = (one: Endorsement, path: string, jeton: string): string =>
  html`<li class="tile">
    <h3>${ofWhat(one)}</h3>
    <p>Demandée le ${longDate(one.askedAt)}, à donner avant le ${longDate(one.expiresAt)}.</p>
    !${one.note === null ? '' : html`<blockquote class="said-of">${one.note}</blockquote>`}
    <p><a class="action" href="${path}/${one.id}" aria-label="Répondre : ${ofWhat(one)}">Répondre</a></p>
    !${buttonForm({ action: `${path}/${one.id}/refus`, jeton, label: 'Ne pas recommander', name: `Ne pas recommander : ${ofWhat(one)}` })}
  </li>`

/** To who gave it, whether it is shown is no secret: the public page tells. */
const givenTile = (one: Endorsement, path: string, jeton: string): string =>
  html`<li class="tile">
    <h3>${ofWhat(one)}</h3>
    <p>
      !${tag(one.state === 'withdrawn' ? 'retirée' : one.state === 'accepted' ? 'affichée' : 'donnée, non affichée', one.state === 'accepted' ? 'valid' : 'none')}
      le ${longDate(one.changedAt)}
    </p>
    !${one.said === null ? '' : html`<blockquote class="said-of">${one.said.comment ?? ''}</blockquote>`}
    !${TRANSITIONS[one.state].withdrawal ? buttonForm({ action: `${path}/${one.id}/retrait`, jeton, label: 'Retirer cette recommandation', name: `Retirer cette recommandation : ${ofWhat(one)}` }) : ''}
  </li>`

/** A request made to an organisation, and the form that answers it. */
export function answerPage(space: OrganisationSpace & Told & { one: Endorsement; baseUrl: string }): Page {
  const { organisation, jeton, one, baseUrl, given = {}, refusal = null } = space
  const path = `/organisme/${organisation.slug}/recommandations`
  return spaced(space, {
    title: 'Répondre à une demande',
    body: html`!${errorSummary(refusal)}
      <p class="up"><a href="${path}">Recommandations</a></p>
      <h1>Répondre à une demande</h1>
      !${requestSummary(one, baseUrl)}
      !${one.state === 'asked' ? commentForm(`${path}/${one.id}`, jeton, { given, refusal }) : html`<p class="note">Il y a déjà été répondu.</p>`}`,
  })
}
