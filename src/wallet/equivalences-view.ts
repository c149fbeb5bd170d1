import type { OrganisationSpace } from '../auth/access.ts'
import type { AlignedCompetence } from '../badges/schema.ts'
import { didHost } from '../credentials/verification-view.ts'
import { competencesPart } from '../organisations/badge-editor-view.ts'
import type { LabelledCompetence } from '../referential/competence-labels.ts'
import { counted, emptyList, facts, nextPage } from '../web/components.ts'
import { areaField, doneNote, errorSummary, formJeton, type Given, type Refusal, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import type { Equivalence } from './equivalences.ts'
import type { EquivalenceRequest } from './requests.ts'
import { competenceLines } from './wallet-view.ts'

const TITLE = 'Badges d’ailleurs reconnus'
export type Worded = Omit<Equivalence, 'competences'> & { competences: LabelledCompetence[] }
type Listed<T> = { items: T[]; next: string | null }

/** What classes of badges of elsewhere are worth here, who says so and why: open to all. */
export const equivalencesPage = ({ items, next }: Listed<Worded>): Page => ({
  title: TITLE,
  body: html`<h1>${TITLE}</h1>
    <p class="lead">
      Ce que des organismes reconnaissent dans des badges que d’autres délivrent : qui le dit, pourquoi, et depuis
      quand.
    </p>
    <p>
      Un tel badge compte alors dans un parcours, s’il est vérifié et adressé à la personne. Il reste un badge
      d’ailleurs : il n’est jamais confondu avec ceux délivrés ici.
    </p>
    !${
      items.length === 0
        ? emptyList(
            'Aucun badge d’ailleurs n’est encore reconnu.',
            html`<p><a href="/mon-espace/badges-d-ailleurs">Ajouter le mien, et le demander</a></p>`,
          )
        : html`<h2>Reconnus aujourd’hui, ou bientôt</h2>
            <ul class="held">
              !${items.map((one) => equivalenceItem(one))}
            </ul>`
    }
    !${nextPage('/equivalences', {}, next)}`,
})

const equivalenceItem = (one: Worded, more = ''): string =>
  html`<li class="tile">
    <h3>${one.name}</h3>
    !${competenceLines(one.competences)}
    !${facts([
      ['Délivrés par', didHost(one.issuer)],
      ['Classe', one.achievement],
      ['Reconnus par', { markup: html`<a href="/organisations/${one.authority.slug}">${one.authority.name}</a>` }],
      ['Pourquoi', one.reason],
      ['Depuis', longDate(one.startsOn)],
      ['Jusqu’au', one.endsOn === null ? 'sans date de fin' : longDate(one.endsOn)],
    ])}
    !${more}
  </li>`

type Queue = OrganisationSpace & {
  requests: Listed<EquivalenceRequest>
  own: Listed<Worded>
  done?: string | undefined
  refusal?: Refusal | undefined
}

export const spacePath = (slug: string): string => `/organisme/${slug}/equivalences`

/** What waits for an answer, and what an organisation recognises already. */
export function queuePage({ organisation, roles, jeton, requests, own, done, refusal }: Queue): Page {
  const { slug, name } = organisation
  const path = spacePath(slug)
  return organismePage(
    { slug, name, section: '/equivalences', roles },
    {
      title: TITLE,
      body: html`<h1>${TITLE}</h1>
        !${doneNote(done)} !${errorSummary(refusal)}
        <p class="lead">
          Dites quelles compétences montre une classe de badges délivrés ailleurs. Votre organisme en répond : son nom,
          vos raisons et les dates sont <a href="/equivalences">publics</a>.
        </p>
        <section aria-labelledby="demandes">
          <h2 id="demandes">Demandes</h2>
          <p class="remark">Vous voyez combien de personnes demandent, jamais qui.</p>
          !${
            requests.items.length === 0
              ? emptyList('Aucune demande n’attend.')
              : html`<ul class="held">
                  !${requests.items.map((one) => requestItem(one, path, jeton))}
                </ul>`
          }
          !${nextPage(path, {}, requests.next)}
        </section>
        <section aria-labelledby="reconnus">
          <h2 id="reconnus">Ce que nous reconnaissons</h2>
          !${
            own.items.length === 0
              ? emptyList('Votre organisme ne reconnaît encore aucun badge d’ailleurs.')
              : html`<ul class="held">
                  !${own.items.map((one) => equivalenceItem(one, endForm(one, path, jeton)))}
                </ul>`
          }
          <p><a href="${path}/nouvelle">Reconnaître des badges qui ne sont pas dans la file</a></p>
        </section>`,
    },
  )
}

const requestItem = (one: EquivalenceRequest, path: string, jeton: string): string =>
  html`<li class="tile">
    <h3>${one.name}</h3>
    <p>${one.description}</p>
    !${facts([
      ['Délivrés par', didHost(one.issuer)],
      ['Classe', one.achievement],
      ['Critères', one.criteria],
      ['Demandé par', counted(one.people, 'personne')],
      ['Depuis', longDate(one.askedAt)],
    ])}
    <p>
      <a href="${path}/nouvelle?demande=${one.id}" aria-label="Dire ce que vaut : ${one.name}">Dire ce qu’il vaut</a>
    </p>
    <details>
      <summary>Ne pas reconnaître</summary>
      <form method="post" action="${path}/demandes/${one.id}/refus">
        !${formJeton(jeton)}
        !${textField({ name: 'reason', id: `refus-${one.id}`, label: `Motif, pour « ${one.name} »`, hint: 'Les personnes qui ont demandé le liront.', rules: 'required minlength="3" maxlength="1000"' })}
        <button type="submit" class="secondary">Refuser</button>
      </form>
    </details>
  </li>`

const endForm = ({ id, name }: Worded, path: string, jeton: string): string =>
  html`<details>
    <summary>Mettre fin</summary>
    <form method="post" action="${path}/${id}/fin">
      !${formJeton(jeton)}
      !${textField({ name: 'reason', id: `fin-${id}`, label: `Motif, pour « ${name} »`, hint: 'Ces badges ne compteront plus.', rules: 'required minlength="3" maxlength="1000"' })}
      <button type="submit" class="secondary">Mettre fin</button>
    </form>
  </details>`

type Editor = OrganisationSpace & {
  given: Given
  competences: AlignedCompetence[]
  sought: { words: string; found: AlignedCompetence[] } | null
  refusal?: Refusal | undefined
}

// The first of the form too: it is the one that the Enter key presses.
const SAVE = html`<button type="submit" name="faire" value="enregistrer">Reconnaître ces badges</button>`
const REMARK =
  'À quel niveau, au plus, la personne qui tient ce badge sait faire : sans niveau, la compétence compte sans dire lequel.'

/** The form by which an organisation says what a class is worth; its searches keep what was typed. */
export function equivalenceForm({ organisation, roles, jeton, given, competences, sought, refusal }: Editor): Page {
  const { slug, name } = organisation
  const title = 'Reconnaître des badges d’ailleurs'
  const day = { type: 'date', refusal }
  return organismePage(
    { slug, name, section: '/equivalences', roles },
    {
      title,
      body: html`<p class="up"><a href="${spacePath(slug)}">${TITLE}</a></p>
        <h1>${title}</h1>
        !${errorSummary(refusal)}
        <form method="post" action="${spacePath(slug)}/nouvelle" class="editor">
          !${formJeton(jeton)}
          <p>!${SAVE}</p>
          <fieldset>
            <legend><h2>Quels badges</h2></legend>
            !${textField({ name: 'name', label: 'Nom de ces badges', value: given['name'], rules: 'required maxlength="300"', refusal })}
            !${textField({ name: 'issuer', label: 'Identifiant de l’émetteur', hint: 'Celui que sa signature ou son site prouve, par exemple did:web:ecole.exemple ou https://ecole.exemple/emetteur.json', value: given['issuer'], rules: 'required maxlength="4096"', refusal })}
            !${textField({ name: 'achievement', label: 'Identifiant de la classe de badges', hint: '« achievement.id » dans le badge (« badge » en version 2.0).', value: given['achievement'], rules: 'required maxlength="4096"', refusal })}
          </fieldset>
          !${competencesPart({ competences, sought, refusal, remark: REMARK })}
          <fieldset>
            <legend><h2>Pourquoi, et quand</h2></legend>
            !${areaField({ name: 'reason', label: 'Vos raisons', hint: 'Ce qui permet de dire que ces badges montrent ces compétences. Publiées avec votre nom.', value: given['reason'], rules: 'maxlength="1000" rows="3"', refusal })}
            !${textField({ name: 'startsOn', label: 'À partir du (facultatif)', hint: 'Aujourd’hui sans cela.', value: given['startsOn'], ...day })}
            !${textField({ name: 'endsOn', label: 'Jusqu’au (facultatif)', value: given['endsOn'], ...day })}
          </fieldset>
          !${SAVE}
        </form>`,
    },
  )
}
