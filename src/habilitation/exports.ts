import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { CSV_MARK, csvLine } from '../web/csv.ts'
import { queueHabilitations, queueOrganisations, type Sought } from './queue.ts'
import type { HabilitationRequestStatus, OrganisationRequestStatus } from './statuses.ts'

type Cell = string | number | null | undefined
type Page<T> = { items: T[]; next: string | null }
const PAGE = 1000

async function* csvOf<T>(
  columns: Record<string, (one: T) => Cell>,
  read: (after: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<string> {
  yield CSV_MARK + csvLine(Object.keys(columns))
  const cells = Object.values(columns)
  let after: string | undefined
  do {
    const { items, next } = await read(after)
    yield items.map((one) => csvLine(cells.map((cell) => cell(one)))).join('')
    after = next ?? undefined
  } while (after !== undefined)
}

type OrganisationItem = Awaited<ReturnType<typeof queueOrganisations>>['items'][number]
type HabilitationItem = Awaited<ReturnType<typeof queueHabilitations>>['items'][number]

const ORGANISATION_COLUMNS: Record<string, (one: OrganisationItem) => Cell> = {
  id: (one) => one.id,
  number: (one) => one.number,
  status: (one) => one.status,
  label: (one) => one.label,
  since: (one) => one.since.toISOString(),
  age_in_days: (one) => one.ageInDays,
  name: (one) => one.name,
  siret: (one) => one.siret,
  departement: (one) => one.departement,
  organisation: (one) => one.organisation,
}

const HABILITATION_COLUMNS: Record<string, (one: HabilitationItem) => Cell> = {
  id: (one) => one.id,
  status: (one) => one.status,
  label: (one) => one.label,
  since: (one) => one.since.toISOString(),
  age_in_days: (one) => one.ageInDays,
  structure: (one) => one.structureName,
  siret: (one) => one.siret,
  organisation: (one) => one.organisation,
  email: (one) => one.email,
  given_name: (one) => one.givenName,
  family_name: (one) => one.familyName,
  profession: (one) => one.profession,
  standing: (one) => one.standing,
  conseiller_numerique: (one) => (one.conseillerNumerique ? 'oui' : 'non'),
  origin: (one) => one.origin,
  course_type: (one) => one.courseType,
  formation_done_on: (one) => one.formationDoneOn,
  pix_done_on: (one) => one.pixDoneOn,
  pix_score: (one) => one.pixScore,
}

/** Requests for structures as a CSV that a spreadsheet opens, a page of them in memory at a time. */
export const organisationsCsv = (db: Db, sought: Sought<OrganisationRequestStatus>) =>
  csvOf(ORGANISATION_COLUMNS, (after) => queueOrganisations(db, { ...sought, after }, PAGE))

/** Requests for people, in the same way. */
export const habilitationsCsv = (db: Db, vault: Vault, sought: Sought<HabilitationRequestStatus>) =>
  csvOf(HABILITATION_COLUMNS, (after) => queueHabilitations(db, vault, { ...sought, after }, PAGE))
