import { and, eq, isNull, type SQL, sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'
import { DomainError, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { lockPerson } from '../people/addresses.ts'
import { listCertifications } from '../referential/referential.ts'
import { lastDayAnywhere } from '../days.ts'
import type { Vault } from '../vault.ts'
import { awardMilestones } from './milestones.ts'
import { groupOf, type Kind, type Method, type Outcome, titleOf } from './kinds.ts'
import { proofChecks, proofs } from './proofs.sql.ts'

export type NewProof = {
  kind: Kind
  /** One that this service knows (its slug), or else a title. */
  certification?: string
  block?: string
  title?: string
  issuedBy?: string
  obtainedOn?: string
  level?: number
  details?: string
  evidenceUrl?: string
}
/** Whose it is, and who writes. */
export type Holder = { personId: string; author: string }

type Content = { title: string | null; issuedBy: string | null; details: string | null; evidenceUrl: string | null }
const CONTENT = 'proofs/content'
/** What a check saw, sealed. */
export const SEEN = 'proofs/seen'
const MAX_PROOFS = 200

/**
 * Keeps what a person declares to hold; answers its id. Errors: `proof_subject`, `proof_learnt`, `proof_block`,
 * `unknown_certification`, `certification_proposed`, `unknown_block`, `proof_in_future`, `evidence_url_invalid`,
 * `too_many_proofs`.
 */
export async function declareProof(db: Db, vault: Vault, { personId, author }: Holder, given: NewProof) {
  await requireSubject(db, given)
  return db.transaction(async (tx) => {
    const id = await keepProof(tx, vault, personId, given)
    const details = { kind: given.kind, certification: given.certification, block: given.block }
    await record(tx, { author, action: 'proof.declared', subject: `proof:${id}`, personId, details })
    return id
  })
}

/** Inserts a proof of that person, whose rows are held until the end of the transaction. Errors: those of its dates and address. */
export async function keepProof(
  tx: Db,
  vault: Vault,
  personId: string,
  given: NewProof & { badgeDigest?: string },
): Promise<string> {
  const { kind, certification, block, title, issuedBy, obtainedOn, level, details, evidenceUrl, badgeDigest } = given
  if (obtainedOn !== undefined && obtainedOn > lastDayAnywhere()) throw inFuture()
  const url = evidenceUrl === undefined ? null : URL.parse(evidenceUrl)?.href
  if (url === undefined || (url !== null && !/^https?:/.test(url))) throw badUrl()
  await lockPerson(tx, personId)
  const mine = and(eq(proofs.personId, personId), isNull(proofs.withdrawnAt))
  if ((await tx.$count(proofs, mine)) >= MAX_PROOFS) throw tooMany()
  const content: Content = {
    title: title?.trim() ?? null,
    issuedBy: issuedBy?.trim() || null,
    details: details?.trim() || null,
    evidenceUrl: url,
  }
  const [kept] = await tx
    .insert(proofs)
    .values({
      personId,
      kind,
      certificationSlug: certification ?? null,
      blockRef: block ?? null,
      obtainedOn: obtainedOn ?? null,
      level: level ?? null,
      content: vault.seal(CONTENT, JSON.stringify(content)),
      badgeDigest: badgeDigest ?? null,
    })
    .returning({ id: proofs.id })
  return kept!.id
}

async function requireSubject(db: Db, { kind, certification, block, title }: NewProof): Promise<void> {
  if ((certification === undefined) === (title === undefined)) throw subjectMissing()
  if (groupOf(kind) === 'learnt' && certification !== undefined) throw learnt()
  if ((block !== undefined) !== (kind === 'bloc' && certification !== undefined)) throw blockMisplaced()
  if (certification === undefined) return
  const known = (await listCertifications(db)).find((one) => one.slug === certification)
  if (!known) throw unknownCertification(certification)
  if (known.status === 'proposed') throw onlyProposed(known.title)
  if (block !== undefined && !known.blocks.some((one) => one.ref === block)) throw unknownBlock(known.title, block)
}

/** Takes a proof back: nothing is left of what it said, and the milestones that it made are suspended; `not_found` unless it is theirs. */
export async function withdrawProof(db: Db, { personId, author }: Holder, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const mine = and(eq(proofs.id, id), eq(proofs.personId, personId), isNull(proofs.withdrawnAt))
    const [gone] = await tx
      .update(proofs)
      .set({ withdrawnAt: new Date(), content: null })
      .where(mine)
      .returning({ id: proofs.id, kind: proofs.kind })
    if (!gone) throw notFound('La preuve', id)
    await tx.update(proofChecks).set({ seen: null }).where(eq(proofChecks.proofId, id))
    if (gone.kind === 'bloc') await awardMilestones(tx, [personId])
    await record(tx, { author, action: 'proof.withdrawn', subject: `proof:${id}`, personId })
  })
}

/** The certifications and the blocks that a declaration may name. */
export async function listSubjects(db: Db) {
  const all = await listCertifications(db)
  const granted = all.filter((one) => one.status !== 'proposed')
  return granted.map(({ slug, code, title, blocks }) => ({
    slug,
    code,
    title,
    blocks: blocks.flatMap(({ ref }) => ref ?? []),
  }))
}

/** What a person holds from elsewhere and did not take back, in the order of the declarations. */
export const listProofs = (db: Db, vault: Vault, personId: string): Promise<Proof[]> =>
  readProofs(db, vault, sql`p.person_id = ${personId}`)

/** A proof of that person; `not_found` otherwise. */
export async function getOwnProof(db: Db, vault: Vault, personId: string, id: string): Promise<Proof> {
  const [found] = await readProofs(db, vault, sql`p.id = ${id} and p.person_id = ${personId}`)
  if (!found) throw notFound('La preuve', id)
  return found
}

/** A proof whose id its holder gave to an organisation; the reading is journalled. Errors: `not_found`. */
export async function showProof(
  db: Db,
  vault: Vault,
  id: string,
  { author, organisationId }: { author: string; organisationId: string },
): Promise<Proof> {
  const [found] = await readProofs(db, vault, sql`p.id = ${id}`)
  if (!found) throw notFound('La preuve', id)
  const { personId } = found
  await record(db, { author, action: 'proof.read', subject: `proof:${id}`, personId, organisationId })
  return found
}

type Row = {
  id: string
  personId: string
  kind: Kind
  certification: string | null
  certificationTitle: string | null
  block: string | null
  obtainedOn: string | null
  level: number | null
  content: string
  how: Method | null
  outcome: Outcome
  by: string | null
  organisation: string | null
  on: string
  seen: string | null
}
export type Proof = ReturnType<typeof openProof>

async function readProofs(db: Db, vault: Vault, where: SQL): Promise<Proof[]> {
  const found = await rows<Row>(
    db,
    sql`select p.id, p.person_id as "personId", p.kind, p.certification_slug as certification,
          f.about ->> 'title' as "certificationTitle", p.block_ref as block, p.obtained_on::text as "obtainedOn", p.level,
          p.content, k.how, k.outcome, o.name as by, o.slug as organisation, k.checked_on::text as on, k.seen
        from proofs p
        left join certifications f on f.slug = p.certification_slug
        left join lateral (select * from proof_checks k where k.proof_id = p.id order by k.id desc limit 1) k on true
        left join organisations o on o.id = k.organisation_id
        where ${where} and p.withdrawn_at is null order by p.created_at, p.id limit ${MAX_PROOFS}`,
  )
  return found.map((one) => openProof(vault, one))
}

function openProof(vault: Vault, row: Row) {
  const { content, certification: slug, certificationTitle, how, outcome, by, organisation, on, seen, ...rest } = row
  const said = JSON.parse(vault.open(CONTENT, content)) as Content
  const certification = slug === null ? null : { slug, title: certificationTitle! }
  const told = seen === null ? { reference: null, reason: null } : (JSON.parse(vault.open(SEEN, seen)) as Seen)
  const check = how === null ? null : { how, outcome, by, organisation, on, ...told }
  return { ...rest, ...said, certification, title: titleOf({ ...rest, ...said, certification }), check }
}

/** What a check saw, and why it refuses. */
export type Seen = { reference: string | null; reason: string | null }

/** The wire form: the group tells apart what is a certification and what is not, and a block is never the whole. */
export function serializeProof(proof: Proof) {
  const { id, kind, title, certification, block, obtainedOn, issuedBy, level, details, evidenceUrl, check } = proof
  return {
    id,
    kind,
    group: groupOf(kind),
    title,
    certification,
    block,
    obtainedOn,
    issuedBy,
    level,
    details,
    evidenceUrl,
    isWholeCertification: certification !== null && kind !== 'bloc',
    checked: check ?? { how: 'declaration' },
  }
}

const subjectMissing = () =>
  invalid(
    'proof_subject',
    'Une preuve porte sur une certification que ce service connaît, ou sur un intitulé que vous écrivez.',
    'Donnez « certification » (GET /api/v1/certifications) ou « title », et un seul des deux.',
  )
const learnt = () =>
  invalid(
    'proof_learnt',
    'Ce qui s’apprend entre pairs ou en poste est reconnu à part : ce n’est pas une certification.',
    'Décrivez-le dans « title », ou choisissez une autre sorte de preuve si vous avez obtenu la certification.',
  )
const blockMisplaced = () =>
  invalid(
    'proof_block',
    'Un bloc est celui d’une certification, et ne va qu’avec la sorte « bloc ».',
    'Pour un bloc : kind « bloc », « certification » et « block ». Pour la certification entière : sans « block ».',
  )
const unknownCertification = (slug: string) =>
  invalid(
    'unknown_certification',
    `La certification « ${slug} » n’est pas connue ici.`,
    'Choisissez-la dans GET /api/v1/certifications, ou écrivez son intitulé dans « title ».',
  )
const onlyProposed = (title: string) =>
  invalid(
    'certification_proposed',
    `« ${title} » est un titre proposé : il n’existe pas, personne ne l’a obtenu.`,
    'Choisissez la certification que vous tenez dans GET /api/v1/certifications, ou écrivez son intitulé dans « title ».',
  )
const unknownBlock = (title: string, block: string) =>
  invalid(
    'unknown_block',
    `Le bloc « ${block} » de « ${title} » n’est pas connu ici.`,
    'Choisissez-le dans GET /api/v1/certifications, ou écrivez son intitulé dans « title ».',
  )
const inFuture = () =>
  invalid('proof_in_future', 'Le jour d’obtention est dans le futur.', 'Donnez le jour où vous l’avez obtenu.')
const badUrl = () =>
  invalid(
    'evidence_url_invalid',
    'L’adresse de la pièce n’est pas valable.',
    'Donnez une adresse complète qui commence par https://, ou laissez-la vide.',
  )
const tooMany = () =>
  new DomainError(
    'too_many',
    'too_many_proofs',
    `Vous avez déjà déclaré ${MAX_PROOFS} preuves.`,
    'Retirez celles qui ne servent plus.',
  )
