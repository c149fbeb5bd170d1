import { counted } from '../web/components.ts'
import { boxesField, errorSummary, type Refusal, selectField, textField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import type { Need } from './needs.ts'
import { type PixFields, pixFields } from './pix-view.ts'
import { boxOf } from './plan-query.ts'
import type { PlanQuery } from './schema.ts'
import type { PlanTarget } from './targets.ts'

export const PATH = '/parcours/calculer'
export const TITLE = 'Calculer mon parcours'

/** The targets to choose from, by kind. */
export const targetField = (targets: PlanTarget[]): string =>
  html`<label for="but">Où voulez-vous arriver ?</label>
    <select id="but" name="but" required>
      !${[...Map.groupBy(targets, (one) => one.group)].map(
        ([group, some]) =>
          html`<optgroup label="${group}">
            !${some.map(({ value, label }) => html`<option value="${value}">${label}</option>`)}
          </optgroup>`,
      )}
    </select>`

/** The choice of where to arrive. */
export const startPage = (targets: PlanTarget[]): Page => ({
  title: TITLE,
  description: 'Le plus court parcours de formation vers un métier, une habilitation ou un bloc, avec sa preuve.',
  body: html`<p class="up"><a href="/parcours">Tous les parcours</a></p>
    <h1>${TITLE}</h1>
    <p class="lead">
      Dites où vous voulez arriver et ce que vous savez déjà faire. Le calcul donne le parcours qui demande le moins
      d’heures, le moins cher ou le plus tôt fini, dit pourquoi chaque module y est, et prouve qu’il n’y en a pas de
      meilleur au catalogue.
    </p>
    <form method="get" action="${PATH}">
      !${targetField(targets)}
      <button type="submit">Continuer</button>
    </form>
    <p class="remark">Rien de ce que vous indiquez n’est gardé.</p>
    <p><a href="/parcours/equipe">Calculer le parcours d’une équipe</a></p>`,
})

/** What a form shows: where to arrive, what that asks for, what was typed, and Pix competences where they may count. */
export type Asked = {
  target: PlanTarget
  needs: Need[]
  query: PlanQuery
  pix: PixFields | null
  refusal?: Refusal | null
}

/** What one can already do, and what one wishes. */
export const choicePage = (asked: Asked): Page => ({
  title: `${TITLE} : ${asked.target.label}`,
  body: html`<p class="up"><a href="${PATH}">Changer de but</a></p>
    !${errorSummary(asked.refusal)}
    <h1>${asked.target.label}</h1>
    !${choiceForm(asked)}`,
})

/** The boxes of what a target asks for. */
export const needsField = (name: string, label: string, needs: Need[], value: string[] | undefined): string =>
  boxesField({
    name,
    label,
    hint: 'Laissez vide ce dont vous doutez. Un niveau demandé est écrit à côté.',
    value,
    options: needs.map((one) => [boxOf(one), one.level === null ? one.label : `${one.label}, niveau ${one.level}`]),
  })

/** The form of `/parcours/calculer`, filled with what was typed. */
export const choiceForm = (asked: Asked): string => {
  const { target, needs, query } = asked
  return html`<form method="get" action="${PATH}">
    <input type="hidden" name="but" value="${target.value}" />
    <input type="hidden" name="calculer" value="1" />
    !${needsField('acquis', 'Ce que vous savez déjà faire', needs, query.acquis)} !${pixPart(asked)}
    !${selectField({
      name: 'objectif',
      label: 'Ce qui compte le plus',
      hint: 'Le prix et les dates sont ceux de sessions ouvertes.',
      value: query.objectif,
      refusal: asked.refusal,
      options: [
        ['heures', 'Le moins d’heures'],
        ['cout', 'Le prix le plus bas'],
        ['fin', 'Finir au plus tôt'],
      ],
    })}
    !${wishFields(asked)}
    <button type="submit">Calculer le parcours</button>
  </form>`
}

const pixPart = ({ pix, query }: Asked): string => {
  if (pix === null) return ''
  const given = query.pix ?? []
  return html`<details !${given.some(Boolean) || query.tables ? 'open' : ''}>
    <summary>Mes résultats Pix (facultatif)</summary>
    !${boxesField({
      name: 'tables',
      label: 'Correspondances entre référentiels',
      hint: 'Aucune table officielle ne relie Pix aux autres référentiels. Sans cette case, un résultat Pix ne compte que pour une compétence Pix. Un niveau ne passe jamais d’un référentiel à l’autre.',
      value: query.tables,
      options: [['1', 'Compter aussi les correspondances proposées par Insigne : elles ne sont pas officielles']],
    })}
    !${pixFields(pix, given)}
  </details>`
}

const wishFields = ({ query, refusal }: Asked): string => {
  const departement = { rules: 'maxlength="3" size="3" pattern="[0-9][0-9AB][0-9]?"', refusal }
  return html`!${boxesField({
      name: 'modalite',
      label: 'Comment vous former (au choix)',
      value: query.modalite,
      options: [
        ['presentiel', 'En présence'],
        ['distance', 'À distance'],
        ['alternance', 'En alternance'],
      ],
    })}
    !${boxesField({ name: 'certifiant', label: 'Reconnaissance', value: query.certifiant, options: [['1', 'Des formations certifiantes seulement']] })}
    !${boxesField({ name: 'cpf', label: 'Financement', value: query.cpf, options: [['1', 'Finançables par le compte personnel de formation seulement']] })}
    !${boxesField({ name: 'sessions', label: 'Dates', hint: 'Les vœux qui suivent ne comptent que pour des sessions.', value: query.sessions, options: [['1', 'Choisir aussi des sessions ouvertes, à leurs dates']] })}
    !${textField({ ...departement, name: 'departement', label: 'Département des sessions (facultatif)', hint: 'Par exemple 69, 2A ou 974.', value: query.departement })}
    <div class="pairs">
      <div>
        !${textField({ ...departement, name: 'depart', label: 'Ou département de départ (facultatif)', value: query.depart })}
      </div>
      <div>
        !${textField({ name: 'km', label: 'Kilomètres au plus', hint: 'À vol d’oiseau entre chefs-lieux.', type: 'number', value: query.km, rules: 'min="0" max="20000" inputmode="numeric"' })}
      </div>
    </div>
    !${selectField({
      name: 'jours',
      label: 'Jours ouvrés d’absence de suite, au plus',
      value: query.jours,
      options: [
        ['', 'Sans limite'],
        ...Array.from({ length: 10 }, (_, index) => [String(index + 1), counted(index + 1, 'jour')] as const),
      ],
    })}`
}
