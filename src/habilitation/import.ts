import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from '../drizzle.ts'
import { Compile } from 'typebox/compile'
import { type Db, insertRows } from '../db.ts'
import { record } from '../journal/journal.ts'
import { isSiret } from '../organisations/siret.ts'
import { rememberPeople, type Sealed, sealPerson } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { findStructures, makeEligible, type Structure } from './eligibility.ts'
import { habilitationEvents, habilitations } from './habilitations.sql.ts'
import { distinct } from './organisation-requests.ts'
import { refusalOf } from './professionals.ts'
import { habilitationRequests, requestEvents } from './requests.sql.ts'
import { ImportedRequest } from './schema.ts'
import { type Authority, settlePeople } from './validation.ts'

type Problem = { code: string; message: string; mend: string }
export type Receipt = { line: number; outcome: 'created' | 'known' | 'refused'; request?: string; problem?: Problem }
type Line = { line: number; row: ImportedRequest; person: Sealed }
type Importing = { author: string; now: Date }

const BATCH = 1000
const row = Compile(ImportedRequest)
const REASON = 'Demande reprise d’un autre système'

/**
 * Takes over requests as another system has them, all in one transaction; a receipt for each line, in their order. One
 * already known for its person and structure stays as it is, so that the same import sent again changes nothing. What
 * waited for them is settled after, by batches: an import cut in between is to be sent again.
 */
export async function importRequests(
  db: Db,
  vault: Vault,
  authority: Authority,
  given: unknown[],
  { author, now = new Date() }: { author: string; now?: Date },
): Promise<Receipt[]> {
  const receipts: Receipt[] = []
  const personIds = new Set<string>()
  const first = new Map<string, number>()
  await db.transaction(async (tx) => {
    for (let start = 0; start < given.length; start += BATCH) {
      const lines = given.slice(start, start + BATCH).map((one, index) => readLine(vault, one, start + index + 1, now))
      receipts.push(...(await keepBatch(tx, lines, { author, now, first, personIds })))
      await nextTurn() // PGlite never leaves the event loop by itself
    }
    const created = receipts.filter((one) => one.outcome === 'created').length
    const details = { received: given.length, created }
    const subject = 'habilitation:aidants-connect'
    await record(tx, { author, action: 'habilitation_requests.imported', subject, details })
  })
  const settled = [...personIds]
  for (let start = 0; start < settled.length; start += BATCH) {
    await db.transaction((tx) => settlePeople(tx, authority, settled.slice(start, start + BATCH), now))
    await nextTurn()
  }
  return receipts
}

function readLine(vault: Vault, given: unknown, line: number, now: Date): Line | Receipt {
  if (!row.Check(given)) {
    const fields = [...new Set(row.Errors(given).map((one) => fieldOf(one)))]
    return refused(line, 'row_invalid', `Ligne ${line} : ${fields.join(', ')} ne convient pas ou manque.`, SHAPE)
  }
  const siret = given.siret.replaceAll(/\s/g, '')
  if (!isSiret(siret)) {
    return refused(
      line,
      'siret_invalid',
      `Le SIRET de la ligne ${line} n’est pas valable.`,
      'Recopiez ses 14 chiffres.',
    )
  }
  const refusal = refusalOf(given)
  if (refusal) return refused(line, refusal.code, refusal.message, refusal.mend)
  const tomorrow = new Date(now.getTime() + 24 * 3600_000).toISOString().slice(0, 10)
  if ([given.since, given.formationDoneOn, given.pixDoneOn].some((day) => day && day > tomorrow)) {
    return refused(line, 'day_in_future', `Une date de la ligne ${line} n’est pas encore arrivée.`, 'Corrigez-la.')
  }
  if (typeof given.pixScore === 'number' && !given.pixDoneOn) {
    return refused(line, 'pix_without_day', `Ligne ${line} : un score Pix sans sa date.`, 'Ajoutez « pixDoneOn ».')
  }
  return { line, row: { ...given, siret }, person: sealPerson(vault, given) }
}

const SHAPE = 'Corrigez ces champs ; leur forme est décrite sur /api.'

type ShapeError = { keyword: string; instancePath: string; params: object }

function fieldOf({ instancePath, params }: ShapeError): string {
  const { requiredProperties, additionalProperties } = params as Record<string, string[] | undefined>
  const names = requiredProperties ?? additionalProperties ?? [instancePath.slice(1) || 'la ligne']
  return names.map((name) => `« ${name} »`).join(', ')
}

const refused = (line: number, code: string, message: string, mend: string): Receipt => ({
  line,
  outcome: 'refused',
  problem: { code, message, mend },
})

type Batch = Importing & { first: Map<string, number>; personIds: Set<string> }

async function keepBatch(tx: Db, read: (Line | Receipt)[], { first, personIds, ...importing }: Batch) {
  const lines = read.filter((one) => 'row' in one)
  const structures = await structuresOf(tx, lines, importing.author)
  const people = await rememberPeople(tx, distinct(lines.map((one) => one.person)))
  const receipts = new Map(read.flatMap((one) => ('row' in one ? [] : [[one.line, one] as const])))
  const kept = lines.flatMap((one) => {
    const personId = people.get(one.person.emailFingerprint)!
    const structure = structures.get(one.row.siret)
    const key = `${personId} ${structure?.id}`
    const refusal = refusalIn(structure, one.line, first.get(key))
    if (refusal) {
      receipts.set(one.line, refusal)
      return []
    }
    first.set(key, one.line)
    personIds.add(personId)
    return [{ ...one, personId, organisationId: structure!.id, key }]
  })
  const created = await insertRequests(tx, kept, importing)
  for (const { line, key } of kept) {
    const request = created.get(key)
    receipts.set(line, request ? { line, outcome: 'created', request } : { line, outcome: 'known' })
  }
  return read.map((one) => receipts.get(one.line)!)
}

async function structuresOf(tx: Db, lines: Line[], author: string): Promise<Map<string, Structure>> {
  const sirets = [...new Set(lines.map((one) => one.row.siret))].toSorted()
  const known = new Map((await findStructures(tx, sirets)).map((one) => [one.siret, one]))
  const named = lines.filter(({ row }) => row.structure && !known.has(row.siret))
  const fresh = new Map(named.map(({ row }) => [row.siret, { siret: row.siret, name: row.structure! }]))
  if (fresh.size === 0) return known
  const made = await makeEligible(tx, [...fresh.values()], author)
  return new Map([...known, ...made.map((one) => [one.siret, one] as const)])
}

function refusalIn(structure: Structure | undefined, line: number, first: number | undefined): Receipt | null {
  if (!structure) {
    const message = `La structure de la ligne ${line} n’est pas connue.`
    return refused(line, 'structure_unknown', message, 'Donnez son nom (« structure ») pour la créer.')
  }
  if (structure.closedAt) {
    const mend = 'Rouvrez d’abord la structure.'
    return refused(line, 'structure_closed', `La structure de la ligne ${line} est fermée.`, mend)
  }
  if (first === undefined) return null
  const message = `Cette personne figure déjà à la ligne ${first} pour cette structure.`
  return refused(line, 'duplicate_line', message, 'Gardez une seule ligne par personne et par structure.')
}

/** The day ends at midnight somewhere: what begins today has begun. */
function sinceOf({ since }: ImportedRequest, now: Date): string {
  const at = now.toISOString()
  const given = since && `${since}T00:00:00.000Z`
  return given && given < at ? given : at
}

type Kept = Line & { personId: string; organisationId: string }
type Created = { id: string; personId: string; organisationId: string; status: string; since: string }

/** Writes the requests that are not known yet; answers their ids by person and structure. */
async function insertRequests(tx: Db, kept: Kept[], { author, now }: Importing): Promise<Map<string, string>> {
  const given = kept.map(({ row, person, personId, organisationId }) => ({
    organisationId,
    personId,
    identity: person.identity,
    profession: row.profession.trim(),
    standing: row.standing,
    conseillerNumerique: row.conseillerNumerique ?? false,
    origin: row.origin,
    connexionMode: row.connexionMode ?? null,
    courseType: row.courseType ?? 'classic',
    status: row.status,
    since: sinceOf(row, now),
    formationDoneOn: row.formationDoneOn ?? null,
    formationSource: row.formationDoneOn ? 'import' : null,
    pixDoneOn: row.pixDoneOn ?? null,
    pixScore: row.pixScore ?? null,
  }))
  const then = sql`on conflict (person_id, organisation_id) do nothing
    returning id, person_id as "personId", organisation_id as "organisationId", status, since`
  const created = await insertRows<Created>(tx, habilitationRequests, given, then)
  const about = { at: now.toISOString(), author, reason: REASON }
  const events = created.map(({ id, status }) => ({ habilitationRequestId: id, move: 'import', to: status, ...about }))
  await insertRows(tx, requestEvents, events)
  const granted = created.filter((one) => one.status === 'validated')
  await grantImported(tx, granted, author)
  return new Map(created.map((one) => [`${one.personId} ${one.organisationId}`, one.id]))
}

/** Whoever was habilitated elsewhere is so here, since the same day; in a few statements, unlike a decision of today. */
async function grantImported(tx: Db, granted: Created[], author: string): Promise<void> {
  const given = granted.map(({ id, personId, organisationId, since }) => ({
    requestId: id,
    personId,
    organisationId,
    grantedAt: since,
  }))
  const then = sql`returning id, granted_at as at`
  const held = await insertRows<{ id: string; at: string }>(tx, habilitations, given, then)
  const events = held.map((one) => ({ habilitationId: one.id, kind: 'granted', at: one.at, author, reason: REASON }))
  await insertRows(tx, habilitationEvents, events)
}
