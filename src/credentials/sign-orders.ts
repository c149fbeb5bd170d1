import { randomUUIDv7 } from 'node:crypto'
import { type SQL, sql } from '../drizzle.ts'
import { serializeAchievement } from '../badges/achievements.ts'
import type { Achievement } from '../badges/schema.ts'
import { type Db, insertRows } from '../db.ts'
import type { Organisation } from '../organisations/organisations.ts'
import type { Level } from '../training/completion-rows.ts'
import type { Vault } from '../vault.ts'
import { slotsOrNothing, validUntilOf } from './badge-content.ts'
import { saidOf } from './compiled-proof.ts'
import { credentialEvents, credentials, documentTemplates } from './credentials.sql.ts'
import { activeKey, issuerProfile } from './keys.ts'
import type { Signer } from './signer.ts'
import { valuesOf } from './slots.ts'
import { reserveSlots } from './status.ts'
import { createTemplates, type Template } from './templates.ts'

export type Issuing = {
  db: Db
  vault: Vault
  baseUrl: string
  signer: Signer
  report: IssueReport
  /** What badges bring about, in the transaction that keeps them: told whose they are. */
  follow: (tx: Db, personIds: string[]) => Promise<void>
}
/** What is counted: badges issued, rows set aside, badges that the library had to sign. */
type IssueReport = (counts: { issued: number; parked: number; fallbacks: number; seconds: number }) => void

/** What the badges signed together have in common. */
export type Common = { organisation: Organisation; achievement: Achievement }

/** What one badge attests of one person, and the column that says where it comes from. */
export type Order = {
  id: string
  personId: string
  identity: string | null
  completedOn: string
  levels: Level[]
  evidenceUrl: string | null
  narrative: string | null
}
export type Source = 'completionId' | 'awardId'
type Row = Omit<typeof credentials.$inferInsert, Source> & Partial<Record<Source, string>>
export type Signed = { source: Source; rows: Row[]; templates: Template[]; parked: string[]; fallbacks: number }

/** Signs outside any transaction; an order that cannot be signed is set aside (`parked`, its id), the others go on. */
export async function signOrders(
  { db, vault, baseUrl, signer }: Issuing,
  source: Source,
  { organisation, achievement }: Common,
  orders: Order[],
): Promise<Signed> {
  const fixed = {
    issuer: issuerProfile(organisation, baseUrl),
    achievement: serializeAchievement(achievement, baseUrl),
  }
  const key = await activeKey(db, vault, organisation.id)
  const places = await reserveSlots(db, vault, organisation.id, orders.length)
  const now = new Date()
  const parked: string[] = []
  const ready = orders.flatMap((order, index) => {
    const id = randomUUIDv7()
    const place = places[index]!
    const slots = slotsOrNothing(vault, {
      id: `${baseUrl}/credentials/${id}`,
      baseUrl,
      achievement,
      completion: order,
      place,
      validFrom: now,
    })
    if (slots) return [{ id, order, place, values: valuesOf(slots) }]
    parked.push(order.id)
    return []
  })
  const badges = ready.map((one) => one.values)
  const { proofs, fallbacks } = await signer.sign({ fixed, key, created: now, badges })
  const said = saidOf({ did: fixed.issuer.id, key, created: now })
  const templateFor = createTemplates(fixed)
  const templates = new Map<string, Template>()
  const rows = ready.flatMap(({ id, order, place, values }, index): Row[] => {
    const proof = proofs[index]!
    if (proof === null) {
      parked.push(order.id)
      return []
    }
    const template = templateFor(values)
    templates.set(template.digest, template)
    return [
      {
        id,
        [source]: order.id,
        organisationId: organisation.id,
        personId: order.personId,
        achievementSlug: achievement.slug,
        achievementVersion: achievement.version,
        statusListId: place.listId,
        statusIndex: place.index,
        templateDigest: template.digest,
        values: [...values, said.created, said.verificationMethod, proof],
        validFrom: now,
        validUntil: validUntilOf(achievement, now),
      },
    ]
  })
  return { source, rows, templates: [...templates.values()], parked, fallbacks }
}

const CONFLICTS: Record<Source, SQL> = { completionId: sql`completion_id`, awardId: sql`award_id` }

/** Keeps what was signed, each once whatever runs twice, with its event; what follows from it is done. Answers how many are new. */
export async function keepCredentials(
  tx: Db,
  follow: Issuing['follow'],
  { source, rows, templates }: Signed,
): Promise<number> {
  await insertRows(tx, documentTemplates, templates, sql`on conflict do nothing`)
  const then = sql`on conflict (${CONFLICTS[source]}) do nothing
    returning id as "credentialId", valid_from as at, person_id as "personId"`
  type Kept = { credentialId: string; at: string; personId: string }
  const kept = await insertRows<Kept>(tx, credentials, rows, then)
  const events = kept.map(({ credentialId, at }) => ({ credentialId, at, kind: 'issued', author: 'service' }))
  await insertRows(tx, credentialEvents, events)
  if (kept.length > 0) await follow(tx, [...new Set(kept.map((one) => one.personId))])
  return kept.length
}
