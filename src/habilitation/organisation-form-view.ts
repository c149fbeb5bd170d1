import { boxesField, errorSummary, formJeton, type Given, type Refusal, selectField, textField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import { DECLARATIONS } from './checks.ts'
import { lineField, linesOf, PERSON_FIELDS } from './organisation-form.ts'
import { SPACE, spacePage } from './space-view.ts'
import { COURSE_TYPES, STANDINGS } from './statuses.ts'

type Form = {
  /** Of the request that is corrected; null for a new one. */
  id: string | null
  jeton: string
  given: Given
  refusal?: Refusal | null
  isOfficer: boolean
  isMore?: boolean
}

const BLANK_LINES = 3
/** Only professionals may be habilitated: the others are told so above. */
export const STANDING_OPTIONS = (['salarie', 'agent'] as const).map((one) => [one, STANDINGS[one]] as const)
export const COURSE_OPTIONS = Object.entries(COURSE_TYPES)

/** The request for a structure, in four steps on one page. */
export function organisationFormPage({ id, jeton, given, refusal, isOfficer, isMore = false }: Form): Page {
  const title = id === null ? 'Demander pour une structure' : 'Corriger la demande'
  const lines = linesOf(given)
  const blank = lines.length === 0 || isMore ? BLANK_LINES : 1
  const told = refusal ?? null
  const text = (name: string, label: string, rules = '', hint?: string, type?: string): string =>
    textField({ name, label, value: given[name], refusal: told, rules, ...(hint && { hint }), ...(type && { type }) })
  const body = html`!${errorSummary(refusal)}
    <h1>${title}</h1>
    <p>
      Rien n’est envoyé tant que vous n’avez pas soumis la demande : enregistrez-la, relisez-la, complétez-la quand vous
      voulez.
    </p>
    <form method="post" action="${SPACE}/demandes${id === null ? '' : `/${id}/modification`}" class="wide">
      !${formJeton(jeton)}
      <fieldset>
        <legend><h2>1. La structure</h2></legend>
        !${text('name', 'Nom', 'required minlength="2" maxlength="200" autocomplete="organization"')}
        !${text('siret', 'SIRET', 'required minlength="7" maxlength="20" inputmode="numeric"', '14 chiffres, ou RIDET de 7 à 10 chiffres outre-mer.')}
        !${text('departement', 'Département', 'maxlength="3"', 'Code officiel : 01, 2A, 69, 971…')}
        !${text('url', 'Site (facultatif)', 'maxlength="500"', 'Commence par https://', 'url')}
      </fieldset>
      <fieldset>
        <legend><h2>2. La référente ou le référent</h2></legend>
        <p class="remark">
          Qui suivra les aidantes et aidants dans la structure. Si cette personne doit être habilitée elle aussi,
          nommez-la encore à l’étape 3.
        </p>
        <div class="pairs">
          !${text('managerGivenName', PERSON_FIELDS.givenName, 'maxlength="100" autocomplete="off"')}
          !${text('managerFamilyName', PERSON_FIELDS.familyName, 'maxlength="100" autocomplete="off"')}
          !${text('managerEmail', PERSON_FIELDS.email, 'maxlength="254" autocomplete="off"', undefined, 'email')}
          !${text('managerProfession', PERSON_FIELDS.profession, 'maxlength="150" autocomplete="off"')}
        </div>
      </fieldset>
      <fieldset>
        <legend><h2>3. Les aidantes et aidants</h2></legend>
        <p class="remark">
          Des professionnelles et des professionnels, chacune et chacun à son adresse nominative : « accueil@… » est
          refusée. Une ligne laissée vide ne compte pas.
        </p>
        !${[...lines, ...Array.from({ length: blank }, () => null)].map((line, index) => personFields(line, index, told))}
        <p>
          <button type="submit" name="more" value="oui" class="secondary" formnovalidate>Ajouter des lignes</button>
        </p>
      </fieldset>
      <div class="step">
        <h2>4. Ce que la structure déclare</h2>
        !${boxesField({
          name: 'declarations',
          label: 'Cochez ce qui est vrai ; les cinq sont exigées pour soumettre.',
          options: Object.entries(DECLARATIONS),
          value: given['declarations'],
          refusal: told,
        })}
      </div>
      <button type="submit">Enregistrer la demande</button>
    </form>`
  const up = id === null ? (['', 'Habilitations'] as const) : ([`/demandes/${id}`, 'La demande'] as const)
  return spacePage({ isOfficer, up }, { title, body })
}

function personFields(line: ReturnType<typeof linesOf>[number] | null, index: number, refusal: Refusal | null): string {
  const common = (name: string) => {
    const id = lineField(name, index)
    const fields = refusal?.fields.filter((one) => one.name === id).map((one) => ({ ...one, name })) ?? []
    return { name, id, refusal: refusal && { ...refusal, fields } }
  }
  const text = (name: keyof typeof PERSON_FIELDS, rules: string, type = 'text'): string =>
    html`<div>
      !${textField({ ...common(name), label: PERSON_FIELDS[name], value: line?.[name], type, rules: `${rules} autocomplete="off"` })}
    </div>`
  const select = (name: 'standing' | 'courseType' | 'conseillerNumerique', label: string, options: Options): string =>
    html`<div>!${selectField({ ...common(name), label, options, value: line?.[name] })}</div>`
  return html`<fieldset class="person">
    <legend>Personne ${index + 1}</legend>
    <div class="pairs">
      !${text('givenName', 'maxlength="100"')} !${text('familyName', 'maxlength="100"')}
      !${text('email', 'maxlength="254"', 'email')} !${text('profession', 'maxlength="150"')}
      !${select('standing', 'En qualité de', STANDING_OPTIONS)} !${select('courseType', 'Formation', COURSE_OPTIONS)}
      !${select('conseillerNumerique', 'Conseillère ou conseiller numérique', [
        ['non', 'Non'],
        ['oui', 'Oui'],
      ])}
    </div>
  </fieldset>`
}

type Options = readonly (readonly [string, string])[]
