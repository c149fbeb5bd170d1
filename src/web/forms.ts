import { html } from './html.ts'

/** What was not taken: what happened, how to mend it, and the fields to correct. */
export type Refusal = { message: string; mend: string; fields: { name: string; message: string }[] }

/** What someone typed, to be shown again beside what is to be corrected. */
export type Given = Record<string, unknown>

type Common = {
  name: string
  label: string
  hint?: string
  /** Told apart from the other fields of that name on the page; the name itself by default. */
  id?: string
  refusal?: Refusal | null | undefined
}
type Field = Common & { value?: unknown; type?: string; rules?: string }
type Choice = Common & {
  value?: unknown
  options: readonly (readonly [value: string, words: string])[]
  rules?: string
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''

/** The token without which a form is not taken from a signed-in browser. */
export const formJeton = (jeton: string): string => html`<input type="hidden" name="_jeton" value="${jeton}" />`

/** A labelled line of text, with its hint and what is wrong with it. `rules` are attributes written in the code. */
export function textField({ value, type = 'text', rules = '', ...common }: Field): string {
  const id = common.id ?? common.name
  return labelled(
    common,
    html`<input
      id="${id}"
      name="${common.name}"
      type="${type}"
      value="${textOf(value)}"
      !${describedBy(common)}
      !${rules}
    />`,
  )
}

/** The same on several lines. */
export function areaField({ value, rules = '', ...common }: Field): string {
  const id = common.id ?? common.name
  return labelled(
    common,
    html`<textarea id="${id}" name="${common.name}" !${describedBy(common)} !${rules}>${textOf(value)}</textarea>`,
  )
}

/** A choice in a list; an option of empty value stands for none. */
export function selectField({ value, options, rules = '', ...common }: Choice): string {
  const id = common.id ?? common.name
  const items = options.map(
    ([one, words]) => html`<option value="${one}" !${one === textOf(value) ? 'selected' : ''}>${words}</option>`,
  )
  return labelled(
    common,
    html`<select id="${id}" name="${common.name}" !${describedBy(common)} !${rules}>
      !${items}
    </select>`,
  )
}

/** Boxes to tick, all under one name. */
export function boxesField({ name, label, hint, options, value, refusal }: Choice): string {
  const ticked = new Set([value].flat().map(textOf))
  const wrong = wrongOf({ name, label, refusal: refusal ?? null })
  return html`<fieldset id="${name}" !${wrong ? html`aria-describedby="${name}-wrong"` : ''}>
    <legend>${label}</legend>
    !${wrong ? html`<small id="${name}-wrong" class="wrong">${wrong}</small>` : ''}
    !${hint ? html`<p class="remark">${hint}</p>` : ''}
    !${options.map(
      ([one, words]) =>
        html`<label
          ><input type="checkbox" name="${name}" value="${one}" !${ticked.has(one) ? 'checked' : ''} /> ${words}</label
        >`,
    )}
  </fieldset>`
}

const wrongOf = ({ name, refusal }: Common): string | undefined =>
  refusal?.fields.find((one) => one.name === name)?.message

function describedBy(common: Common): string {
  const id = common.id ?? common.name
  const wrong = wrongOf(common)
  const by = [wrong && `${id}-wrong`, common.hint && `${id}-hint`].filter(Boolean).join(' ')
  return html`!${wrong ? 'aria-invalid="true"' : ''} !${by ? html`aria-describedby="${by}"` : ''}`
}

function labelled(common: Common, control: string): string {
  const { name, label, hint, id = name } = common
  const wrong = wrongOf(common)
  return html`<label for="${id}">${label}</label> !${control}
    !${wrong ? html`<small id="${id}-wrong" class="wrong">${wrong}</small>` : ''}
    !${hint ? html`<small id="${id}-hint">${hint}</small>` : ''}`
}

/** What was refused, at the top of the page, with a link to each field to correct; it takes the focus. */
export const errorSummary = (refusal: Refusal | null | undefined): string =>
  refusal
    ? html`<div class="refusal" role="alert" tabindex="-1" autofocus>
        <h2>À corriger</h2>
        <p>${refusal.message}</p>
        !${
          refusal.fields.length === 0
            ? ''
            : html`<ul>
                !${refusal.fields.map(({ name, message }) => html`<li><a href="#${name}">${message}</a></li>`)}
              </ul>`
        }
        <p><strong>Que faire ?</strong> ${refusal.mend}</p>
      </div>`
    : ''

/** What was just done. */
export const doneNote = (sentence: string | undefined): string =>
  sentence ? html`<p class="done" role="status">${sentence}</p>` : ''

type Action = { action: string; jeton: string; label: string; name?: string; fields?: Record<string, string> }

/** One button that does one thing; `name` says it in full where several look alike. */
export const buttonForm = ({ action, jeton, label, name, fields = {} }: Action): string =>
  html`<form method="post" action="${action}" class="inline">
    !${formJeton(jeton)}
    !${Object.entries(fields).map(([key, value]) => html`<input type="hidden" name="${key}" value="${value}" />`)}
    <button type="submit" class="secondary" !${name ? html`aria-label="${name}"` : ''}>${label}</button>
  </form>`
