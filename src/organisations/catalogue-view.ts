import type { Achievement } from '../badges/schema.ts'
import { badgeCard, counted, emptyList } from '../web/components.ts'
import { doneNote, errorSummary, formJeton, type Given, type Refusal, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import { type Space, standing } from './badge-editor-view.ts'
import type { OwnBadge } from './organisation-badges.ts'

type Catalogue = Space & {
  own: OwnBadge[]
  common: Achievement[]
  words: string
  given?: Given
  refusal?: Refusal
  done?: string | undefined
}

/** What an organisation may award: its own badges, and those of the common catalogue. */
export function cataloguePage(catalogue: Catalogue): Page {
  const { organisation, roles, jeton, own, common, words, given = {}, refusal, done } = catalogue
  const { slug, name } = organisation
  const path = `/organisme/${slug}/catalogue`
  const isAdministrator = roles.some((one) => one === 'administrateur' || one === 'exploitant')
  return organismePage(
    { slug, name, section: '/catalogue', roles },
    {
      title: 'Catalogue',
      body: html`!${errorSummary(refusal)} !${doneNote(done)}
        <h1>Catalogue</h1>
        <p class="lead">Les badges que vos sessions peuvent donner : les vôtres, et ceux du référentiel commun.</p>
        <section aria-labelledby="propres">
          <h2 id="propres">Vos badges</h2>
          !${
            own.length === 0
              ? emptyList(
                  'Votre organisme n’a pas encore écrit de badge.',
                  isAdministrator ? '' : html`<p>Une administratrice ou un administrateur peut en écrire un.</p>`,
                )
              : html`<ul class="held">
                  !${own.map((one) => ownItem(one, path, isAdministrator))}
                </ul>`
          }
          !${isAdministrator ? beginForm(path, jeton, given, refusal) : ''}
        </section>
        <section aria-labelledby="communs">
          <h2 id="communs">Référentiel commun</h2>
          <form method="get" action="${path}" class="filters">
            <div>
              !${textField({ name: 'q', label: 'Chercher un badge', type: 'search', value: words, rules: 'maxlength="100"' })}
            </div>
            <button type="submit" class="secondary">Chercher</button>
          </form>
          <p class="remark">${counted(common.length, 'badge')}${words === '' ? '' : ` pour « ${words} »`}.</p>
          !${
            common.length === 0
              ? emptyList('Aucun badge ne contient ces mots.', html`<p><a href="${path}">Tout le catalogue</a></p>`)
              : html`<ul class="badges">
                  !${common.map(badgeCard)}
                </ul>`
          }
        </section>`,
    },
  )
}

const ownItem = (badge: OwnBadge, path: string, isAdministrator: boolean): string =>
  html`<li class="tile">
    <h3>${badge.draft.name}</h3>
    <p>!${standing(badge)}</p>
    <p>
      <small>Brouillon enregistré le ${longDate(badge.updatedAt)}</small>
    </p>
    <ul class="plain">
      !${
        isAdministrator
          ? html`<li><a href="${path}/${badge.slug}" aria-label="Modifier « ${badge.draft.name} »">Modifier</a></li>
              <li><a href="${path}/${badge.slug}/apercu" aria-label="Aperçu de « ${badge.draft.name} »">Aperçu</a></li>`
          : ''
      }
      !${
        badge.publishedVersion === null
          ? ''
          : html`<li>
              <a href="/achievements/${badge.slug}" aria-label="Page publique de « ${badge.draft.name} »"
                >Page publique</a
              >
            </li>`
      }
    </ul>
  </li>`

const beginForm = (path: string, jeton: string, given: Given, refusal?: Refusal): string =>
  html`<form method="post" action="${path}">
    !${formJeton(jeton)}
    !${textField({ name: 'name', label: 'Écrire un nouveau badge', hint: 'Son nom, que vous pourrez changer jusqu’à la publication.', value: given['name'], rules: 'required minlength="3" maxlength="80"', refusal })}
    <button type="submit">Commencer le brouillon</button>
  </form>`
