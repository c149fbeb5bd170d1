import { count, counted, emptyList } from '../web/components.ts'
import { errorSummary, formJeton, type Given, type Refusal, textField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import { LINES, PATH } from './releases-view.ts'

type Publish = {
  next: { number: number; isFirst: boolean; lines: readonly string[] }
  jeton: string
  given?: Given
  refusal?: Refusal
}

/** What a new release would change, and the form that publishes it. */
export const publishPage = ({ next, jeton, given = {}, refusal }: Publish): Page => ({
  title: `Publier l’édition ${next.number}`,
  body: html`<p class="up"><a href="${PATH}">Éditions de la cartographie</a></p>
    !${errorSummary(refusal)}
    <h1>Publier l’édition ${next.number}</h1>
    !${
      next.isFirst
        ? html`<p class="lead">Ce sera la première édition : toute la cartographie en vigueur y entre.</p>`
        : next.lines.length === 0
          ? emptyList(`Rien n’a changé depuis l’édition ${next.number - 1}.`, html`<p>Il n’y a rien à publier.</p>`)
          : html`<p class="lead">${counted(next.lines.length, 'changement')} depuis l’édition ${next.number - 1}.</p>
              <ul>
                !${next.lines.slice(0, LINES).map((line) => html`<li>${line}</li>`)}
              </ul>
              !${next.lines.length > LINES ? html`<p>Les ${count(LINES)} premiers sont montrés.</p>` : ''}`
    }
    !${
      next.isFirst || next.lines.length > 0
        ? html`<form method="post" action="${PATH}/publier">
            !${formJeton(jeton)}
            <input type="hidden" name="number" value="${next.number}" />
            !${textField({
              name: 'note',
              label: 'Pourquoi cette édition',
              hint: 'Une ou deux phrases, que tout le monde lira.',
              value: given['note'],
              refusal,
              rules: 'required minlength="3" maxlength="1000"',
            })}
            <p class="remark">Une édition publiée ne se retire pas et ne se corrige pas.</p>
            <button type="submit">Publier l’édition ${next.number}</button>
          </form>`
        : ''
    }`,
})
