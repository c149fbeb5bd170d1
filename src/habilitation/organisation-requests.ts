import { eq } from '../drizzle.ts'
import type { Actor } from '../auth/actor.ts'
import { type Db, insertRows } from '../db.ts'
import { brokenConstraint, conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { knownDepartement } from '../organisations/departements.ts'
import { checkedDeclaration } from '../organisations/organisations.ts'
import { rememberPeople, type Sealed, sealPerson } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { isOfficer } from './access.ts'
import { notProfessional, requireProfessional, twice } from './professionals.ts'
import { organisationRequestAidants, organisationRequests, requestEvents } from './requests.sql.ts'
import type { NewOrganisationRequest } from './schema.ts'
import { type By, EDITABLE, ORGANISATION_REQUEST_STATUSES } from './statuses.ts'

export type OrganisationRequest = typeof organisationRequests.$inferSelect

/** Opens a request as a draft; who is signed in will submit it. Answers its id. Errors: those of `declared`. */
export async function draftOrganisationRequest(
  db: Db,
  vault: Vault,
  { sub: author, personId }: Actor,
  given: NewOrganisationRequest,
): Promise<string> {
  return naming(() =>
    db.transaction(async (tx) => {
      const { values, aidants } = await declared(tx, vault, given)
      const [created] = await tx
        .insert(organisationRequests)
        .values({ ...values, issuerId: personId })
        .returning({ id: organisationRequests.id })
      const { id } = created!
      await keepAidants(tx, id, aidants)
      const reason = 'Demande ouverte'
      await tx.insert(requestEvents).values({ organisationRequestId: id, move: 'creation', to: 'NEW', author, reason })
      await record(tx, { author, action: 'organisation_request.created', subject: `organisation_request:${id}` })
      return id
    }),
  )
}

/**
 * Replaces what a request declares, while it may still change. Errors: those of `declared`, `not_found`,
 * `request_not_editable`; `declarations_missing` once it was submitted.
 */
export async function amendOrganisationRequest(
  db: Db,
  vault: Vault,
  actor: Actor,
  id: string,
  given: NewOrganisationRequest,
): Promise<void> {
  await naming(() =>
    db.transaction(async (tx) => {
      const { status } = await holdOrganisationRequest(tx, actor, id)
      if (!EDITABLE.includes(status)) throw notEditable(ORGANISATION_REQUEST_STATUSES[status])
      const { values, aidants } = await declared(tx, vault, given)
      if (status !== 'NEW') requireComplete(values)
      await tx.update(organisationRequests).set(values).where(eq(organisationRequests.id, id))
      await tx.delete(organisationRequestAidants).where(eq(organisationRequestAidants.requestId, id))
      await keepAidants(tx, id, aidants)
      const about = { author: actor.sub, reason: 'Demande modifiée' }
      await tx
        .insert(requestEvents)
        .values({ organisationRequestId: id, move: 'amendment', from: status, to: status, ...about })
      const subject = `organisation_request:${id}`
      await record(tx, { author: actor.sub, action: 'organisation_request.amended', subject, details: { status } })
    }),
  )
}

/** The request, locked until the transaction ends; `not_found` for whoever neither filled it nor decides of it. */
export async function holdOrganisationRequest(tx: Db, actor: Actor, id: string): Promise<OrganisationRequest> {
  const [held] = await tx.select().from(organisationRequests).where(eq(organisationRequests.id, id)).for('update')
  if (!held || capacities(actor, held).length === 0) throw notFound('La demande', id)
  return held
}

/** In which quality someone acts on a request. */
export const capacities = (actor: Actor, { issuerId }: Pick<OrganisationRequest, 'issuerId'>): By[] => [
  ...(issuerId !== null && issuerId === actor.personId ? (['issuer'] as const) : []),
  ...(isOfficer(actor) ? (['officer'] as const) : []),
]

/** What is declared, checked and sealed. Errors: `siret_invalid`, `departement_unknown`, `not_professional`… */
async function declared(tx: Db, vault: Vault, { structure, manager, aidants, declarations }: NewOrganisationRequest) {
  aidants.forEach(requireProfessional)
  const { name, siret, url } = checkedDeclaration(structure)
  const sealed = aidants.map((one) => sealPerson(vault, one))
  const head = manager && sealPerson(vault, manager)
  const ids = await rememberPeople(tx, distinct(head ? [head, ...sealed] : sealed))
  const values = {
    name: name.trim(),
    siret: siret!,
    url,
    departement: knownDepartement(structure.departement),
    managerId: head ? ids.get(head.emailFingerprint)! : null,
    managerIdentity: head ? head.identity : null,
    managerProfession: manager?.profession.trim() ?? null,
    ...declarations,
  }
  const kept = aidants.map(({ profession, standing, conseillerNumerique = false, courseType = 'classic' }, index) => ({
    personId: ids.get(sealed[index]!.emailFingerprint)!,
    identity: sealed[index]!.identity,
    profession: profession.trim(),
    standing,
    conseillerNumerique,
    courseType,
  }))
  // Under two addresses of the same person too.
  if (new Set(kept.map((one) => one.personId)).size < kept.length) throw twice()
  return { values, aidants: kept }
}

/** One of each e-mail, always in the same order, so that two transactions never wait for each other. */
export const distinct = (sealed: Sealed[]): Sealed[] =>
  [...new Map(sealed.map((one) => [one.emailFingerprint, one])).values()].toSorted((one, other) =>
    one.emailFingerprint < other.emailFingerprint ? -1 : 1,
  )

type Declared = Awaited<ReturnType<typeof declared>>

const keepAidants = (tx: Db, requestId: string, aidants: Declared['aidants']) =>
  insertRows(
    tx,
    organisationRequestAidants,
    aidants.map((one) => ({ requestId, ...one })),
  )

/** What a request must hold to be submitted, by the name of its constraint. */
const NEEDED: Record<string, [keyof OrganisationRequest, string]> = {
  cgu_checked: ['cgu', 'les conditions générales d’utilisation sont acceptées (cgu)'],
  not_free_checked: ['notFree', 'il est compris que ce n’est pas gratuit (notFree)'],
  dpo_checked: ['dpo', 'la déléguée ou le délégué à la protection des données est informé (dpo)'],
  professionals_only_checked: [
    'professionalsOnly',
    'la structure ne compte que des professionnels (professionalsOnly)',
  ],
  without_elected_checked: ['withoutElected', 'aucune élue ni aucun élu n’est impliqué (withoutElected)'],
  manager_set: ['managerId', 'la référente ou le référent est nommé (manager)'],
}

/** Errors: `declarations_missing`, which names each. */
export function requireComplete(request: Partial<OrganisationRequest>): void {
  const missing = Object.keys(NEEDED).filter((name) => !request[NEEDED[name]![0]])
  if (missing.length > 0) throw declarationsMissing(missing)
}

const declarationsMissing = (names: string[]) =>
  invalid(
    'declarations_missing',
    `Il manque à cette demande : ${names.map((name) => NEEDED[name]![1]).join(' ; ')}.`,
    'Complétez la demande, puis soumettez-la à nouveau.',
    { missing: names },
  )

const notEditable = (label: string) =>
  conflict(
    'request_not_editable',
    `Cette demande est « ${label} » : elle ne se modifie plus.`,
    'Demandez à l’équipe Aidants Connect de la remettre en attente de validation.',
  )

/** Says in words which named constraint a write broke. */
export async function naming<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const broken = brokenConstraint(error) ?? ''
    if (broken in NEEDED) throw declarationsMissing([broken])
    if (broken.endsWith('aidant_professional') || broken.endsWith('request_professional')) throw notProfessional()
    throw error
  }
}
