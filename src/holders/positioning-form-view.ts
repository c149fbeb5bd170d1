import type { VerifiedBadge } from '../planning/badge-evidence.ts'
import type { Need } from '../planning/needs.ts'
import { type PixFields, pixFields } from '../planning/pix-view.ts'
import { targetField } from '../planning/plan-form.ts'
import { boxOf } from '../planning/plan-query.ts'
import { type LeftBadge, type Positioning, shownBy } from '../planning/positioning.ts'
import type { PlanTarget } from '../planning/targets.ts'
import { espacePage } from '../web/espace.ts'
import { areaField, boxesField, formJeton } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import { badgeWords, contentView, leftView } from './positioning-content-view.ts'
import { FORM_PATH, LIST_PATH } from './positioning-view.ts'

const TITLE = 'Me positionner'

/** First step: where to arrive. */
export const targetPage = (targets: PlanTarget[]): Page =>
  espacePage('/parcours', {
    title: TITLE,
    body: html`<h1>${TITLE}</h1>
      <p class="lead">
        Dites où vous voulez arriver. Vos badges comptent déjà ; vous ajoutez ce que vous savez faire d’autre, et le
        service trouve le parcours et ses heures.
      </p>
      <form method="get" action="${FORM_PATH}">
        !${targetField(targets)}
        <button type="submit">Continuer</button>
      </form>
      <p><a href="${LIST_PATH}">Mes positionnements gardés</a></p>`,
  })

type Wallet = { badges: VerifiedBadge[]; left: LeftBadge[] }
type Asked = {
  target: PlanTarget
  needs: Need[]
  wallet: Wallet
  pix: PixFields
}

/** Second step: what one's badges show, and what one says besides. */
export function evidencePage({ target, needs, wallet, pix }: Asked): Page {
  const shown = needs.filter((one) => shownBy(one, [], wallet.badges).length > 0)
  const open = needs.filter((one) => !shown.includes(one))
  return espacePage('/parcours', {
    title: `${TITLE} : ${target.label}`,
    body: html`<p class="up"><a href="${FORM_PATH}">Changer de but</a></p>
      <h1>${target.label}</h1>
      <section aria-labelledby="badges">
        <h2 id="badges">Ce que vos badges montrent déjà</h2>
        !${
          shown.length === 0
            ? html`<p>Rien de ce que ce but demande.</p>`
            : html`<ul>
                !${shown.map(
                  (one) =>
                    html`<li>
                      ${one.label} : ${[...new Set(shownBy(one, [], wallet.badges).map(badgeWords))].join(', ')}
                    </li>`,
                )}
              </ul>`
        }
        !${leftView(wallet.left)}
      </section>
      <form method="get" action="${FORM_PATH}">
        <input type="hidden" name="but" value="${target.value}" />
        <input type="hidden" name="calculer" value="1" />
        !${
          open.length === 0
            ? ''
            : boxesField({
                name: 'acquis',
                label: 'Ce que vous savez faire d’autre',
                hint: 'C’est vous qui le dites : il sera écrit comme une déclaration. Laissez vide ce dont vous doutez.',
                options: open.map((one) => [
                  boxOf(one),
                  one.level === null ? one.label : `${one.label}, niveau ${one.level}`,
                ]),
              })
        }
        !${pixPart(pix)}
        <button type="submit">Calculer le parcours</button>
      </form>`,
  })
}

const pixPart = (pix: PixFields): string =>
  html`<details>
    <summary>Mes niveaux Pix (facultatif)</summary>
    !${boxesField({
      name: 'tables',
      label: 'Correspondances entre référentiels',
      hint: 'Vos niveaux Pix sont gardés avec le positionnement. Aucune table officielle ne relie Pix aux autres référentiels : sans cette case, ils ne comptent que pour une compétence Pix.',
      options: [['1', 'Compter aussi les correspondances proposées par Insigne : elles ne sont pas officielles']],
    })}
    !${pixFields(pix, [])}
  </details>`

type Preview = {
  target: PlanTarget
  content: Positioning
  said: { acquis?: string[]; pix?: string[]; tables?: string }
  jeton: string
}

/** Third step: the path and its hours, to be kept or not. */
export const previewPage = ({ target, content, said: { acquis = [], pix = [], tables }, jeton }: Preview): Page =>
  espacePage('/parcours', {
    title: `${TITLE} : ${target.label}`,
    body: html`<p class="up">
        <a href="${FORM_PATH}?but=${encodeURIComponent(target.value)}">Changer ce que je sais faire</a>
      </p>
      <h1>${target.label}</h1>
      !${contentView(content)}
      <form method="post" action="${FORM_PATH}">
        !${formJeton(jeton)} !${hidden('but', [target.value])} !${hidden('acquis', acquis)}
        !${hidden('pix', pix.filter(Boolean))} !${hidden('tables', tables ? [tables] : [])}
        <h2>Garder ce positionnement</h2>
        !${areaField({
          name: 'rationale',
          label: 'Vos raisons (facultatif)',
          hint: 'Ce que vous voudrez retrouver plus tard. Un organisme ne les lit pas.',
          rules: 'maxlength="2000"',
        })}
        <button type="submit">Garder ce positionnement</button>
      </form>
      <p class="remark">Sans cela, rien n’est gardé.</p>`,
  })

const hidden = (name: string, values: string[]): string =>
  html`!${values.map((one) => html`<input type="hidden" name="${name}" value="${one}" />`)}`
