import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { invalid } from '../errors.ts'
import type { Given } from '../web/forms.ts'
import { DECLARATIONS } from './checks.ts'
import { formBody } from '../web/form-schema.ts'
import type { readOrganisationRequest } from './read-organisation-requests.ts'
import { NewOrganisationRequest } from './schema.ts'
import { keysOf } from './statuses.ts'

/** What is told of one person, and how each field is called on the page. */
export const PERSON_FIELDS = {
  email: 'Adresse électronique professionnelle',
  givenName: 'Prénom',
  familyName: 'Nom',
  profession: 'Profession',
} as const
type PersonField = keyof typeof PERSON_FIELDS
const FIELDS = keysOf(PERSON_FIELDS)

const Line = Type.String({ maxLength: 300 })
const Lines = Type.Optional(Type.Array(Line, { maxItems: 500 }))
const { name, siret } = NewOrganisationRequest.properties.structure.properties

/** A structure's request as its form sends it: one list a column of the people, in the same order. */
export const OrganisationForm = formBody({
  name,
  siret,
  departement: Type.Optional(Type.String({ maxLength: 3 })),
  url: Type.Optional(Type.String({ pattern: '^ *(https?://.*)?$', maxLength: 500 })),
  managerEmail: Type.Optional(Line),
  managerGivenName: Type.Optional(Line),
  managerFamilyName: Type.Optional(Line),
  managerProfession: Type.Optional(Line),
  email: Lines,
  givenName: Lines,
  familyName: Lines,
  profession: Lines,
  standing: Lines,
  courseType: Lines,
  conseillerNumerique: Lines,
  declarations: Type.Optional(Type.Array(Type.Enum(keysOf(DECLARATIONS)))),
  more: Type.Optional(Type.Literal('oui')),
})

const Manager = Compile(NewOrganisationRequest.properties.manager)
const Aidant = Compile(NewOrganisationRequest.properties.aidants.items)

const textsOf = (given: Given, name: string): string[] =>
  [given[name] ?? []].flat().map((one) => (typeof one === 'string' ? one : ''))
const textOf = (given: Given, name: string): string => textsOf(given, name)[0]?.trim() ?? ''

/** The people of a form, blank lines included. */
export function linesOf(
  given: Given,
): Record<PersonField | 'standing' | 'courseType' | 'conseillerNumerique', string>[] {
  const columns = ['email', 'givenName', 'familyName', 'profession', 'standing', 'courseType', 'conseillerNumerique']
  const length = Math.max(0, ...columns.map((one) => textsOf(given, one).length))
  return Array.from({ length }, (_, index) => {
    const cell = (name: string): string => textsOf(given, name)[index]?.trim() ?? ''
    return {
      email: cell('email'),
      givenName: cell('givenName'),
      familyName: cell('familyName'),
      profession: cell('profession'),
      standing: cell('standing'),
      courseType: cell('courseType'),
      conseillerNumerique: cell('conseillerNumerique'),
    }
  })
}

const isBlank = (person: Record<PersonField, string>): boolean => FIELDS.every((one) => person[one] === '')
/** The field of a line of the form, as its `id`. */
export const lineField = (field: string, index: number): string => `${field}-${index + 1}`

/** What a form declares. Error: `person_incomplete`, which names the field. */
export function readOrganisationForm(given: Given): NewOrganisationRequest {
  const [departement, url] = [textOf(given, 'departement').toUpperCase(), textOf(given, 'url')]
  const head = {
    email: textOf(given, 'managerEmail'),
    givenName: textOf(given, 'managerGivenName'),
    familyName: textOf(given, 'managerFamilyName'),
    profession: textOf(given, 'managerProfession'),
  }
  const ticked = textsOf(given, 'declarations')
  const has = (name: keyof typeof DECLARATIONS): boolean => ticked.includes(name)
  return {
    structure: {
      name: textOf(given, 'name'),
      siret: textOf(given, 'siret'),
      ...(departement && { departement }),
      ...(url && { url }),
    },
    ...(!isBlank(head) && { manager: requireManager(head) }),
    aidants: linesOf(given).flatMap((line, index) => (isBlank(line) ? [] : [requireAidant(line, index)])),
    declarations: {
      cgu: has('cgu'),
      notFree: has('notFree'),
      dpo: has('dpo'),
      professionalsOnly: has('professionalsOnly'),
      withoutElected: has('withoutElected'),
    },
  }
}

function requireManager(head: Record<PersonField, string>) {
  if (Manager.Check(head)) return head
  const wrong = wrongField(head, (one) => Manager.Check(one))
  throw incomplete('La référente ou le référent', wrong, `manager${wrong[0]!.toUpperCase()}${wrong.slice(1)}`)
}

function requireAidant(
  { conseillerNumerique, courseType, ...line }: ReturnType<typeof linesOf>[number],
  index: number,
) {
  const person = { ...line, courseType: courseType || 'classic', conseillerNumerique: conseillerNumerique === 'oui' }
  if (Aidant.Check(person)) return person
  const wrong = wrongField(person, (one) => Aidant.Check({ ...person, ...one }))
  throw incomplete(`La personne ${index + 1}`, wrong, lineField(wrong, index))
}

const SAMPLE = { email: 'zoe@exemple.invalid', givenName: 'Zoé', familyName: 'Exemple', profession: 'Exemple' }

/** The first field that alone would be refused. */
const wrongField = (
  person: Record<PersonField, string>,
  isRight: (one: Record<PersonField, string>) => boolean,
): PersonField => FIELDS.find((field) => !isRight({ ...SAMPLE, [field]: person[field] })) ?? 'email'

const incomplete = (who: string, wrong: PersonField, field: string) =>
  invalid(
    'person_incomplete',
    `${who} : le champ « ${PERSON_FIELDS[wrong]} » manque ou n’est pas valable.`,
    'Complétez-le, ou videz toute la ligne pour retirer cette personne.',
    { field },
  )

type Known = Awaited<ReturnType<typeof readOrganisationRequest>>

/** A request as its form shows it. */
export function formOfRequest({ structure, manager, aidants, declarations }: Known): Given {
  const column = (name: PersonField | 'standing' | 'courseType') => aidants.map((one) => one[name] ?? '')
  return {
    ...structure,
    ...(manager && {
      managerEmail: manager.email,
      managerGivenName: manager.givenName,
      managerFamilyName: manager.familyName,
      managerProfession: manager.profession,
    }),
    email: column('email'),
    givenName: column('givenName'),
    familyName: column('familyName'),
    profession: column('profession'),
    standing: column('standing'),
    courseType: column('courseType'),
    conseillerNumerique: aidants.map((one) => (one.conseillerNumerique ? 'oui' : 'non')),
    declarations: keysOf(DECLARATIONS).filter((one) => declarations[one]),
  }
}
