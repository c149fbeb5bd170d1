import { and, eq, gt, inArray, isNull, or, type SQL } from '../drizzle.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import type { Db } from '../db.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { getPublished } from '../organisations/organisation-badges.ts'
import { type Organisation, requireApproved } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { hashSecret, newSecret } from '../secret.ts'
import type { Vault } from '../vault.ts'
import { MAX_OF_ONE } from './endorsed.ts'
import { endorsements } from './endorsements.sql.ts'
import { moveEndorsement } from './move.ts'
import { NOTE_SEAL, readEndorsements, SECRET_SEAL } from './read.ts'

/** How long a request may be answered. */
export const DAYS = 60
const DAY_MS = 24 * 3600_000

/** Who asks: the holder of a badge, or an organisation for itself and for the classes that it wrote. */
export type Asker = { personId: string; credentialId: string } | { organisation: Organisation }

type Asking = {
  asker: Asker
  /** The class, of an organisation that asks for one of its own; itself otherwise. */
  achievement?: string | undefined
  /** The organisation that it is asked of, by its slug; a link is made for whom it may concern otherwise. */
  endorser?: string | undefined
  /** What is said to who is asked. */
  note: string
  author: string
}

/**
 * Asks for an endorsement, open for 60 days; answers its id. Errors: `not_found`, `organisation_not_approved`, `badge_not_own`,
 * `endorsement_revoked_badge`, `endorser_unknown`, `endorsement_self`, `endorsement_asked`, `too_many_endorsements`.
 */
export async function askEndorsement(db: Db, vault: Vault, asking: Asking, now = new Date()): Promise<string> {
  const { asker, achievement, author } = asking
  const note = asking.note.trim()
  return db.transaction(async (tx) => {
    const { issuerId, subject } = await lockSubject(tx, asker, achievement)
    const endorserId = asking.endorser ? await endorserOf(tx, asking.endorser, issuerId) : null
    await refuseTooMany(tx, subject.where, endorserId, now)
    const secret = endorserId === null ? newSecret() : null
    const [kept] = await tx
      .insert(endorsements)
      .values({
        ...subject.columns,
        endorserId,
        secretHash: secret && hashSecret(secret),
        secret: secret && vault.seal(SECRET_SEAL, secret),
        note: note === '' ? null : vault.seal(NOTE_SEAL, note),
        askedAt: now,
        changedAt: now,
        expiresAt: new Date(now.getTime() + DAYS * DAY_MS),
      })
      .returning({ id: endorsements.id })
    const { id } = kept!
    const concerned = 'organisation' in asker ? { organisationId: asker.organisation.id } : { personId: asker.personId }
    await record(tx, { author, action: 'endorsement.asked', subject: `endorsement:${id}`, ...concerned })
    return id
  })
}

/** What is to be endorsed and who issues it; locked, so that two requests are counted one after the other. */
async function lockSubject(tx: Db, asker: Asker, achievement: string | undefined) {
  if ('credentialId' in asker) {
    const { credentialId, personId } = asker
    const mine = and(eq(credentials.id, credentialId), eq(credentials.personId, personId), isNull(credentials.erasedAt))
    const [badge] = await tx.select().from(credentials).where(mine).for('update')
    if (!badge) throw notFound('Le badge', credentialId)
    if (badge.revokedAt) throw revokedBadge()
    const where = eq(endorsements.credentialId, credentialId)
    return { issuerId: badge.organisationId, subject: { columns: { credentialId }, where } }
  }
  const { organisation } = asker
  requireApproved(organisation)
  const about = achievement ? await getPublished(tx, organisation, achievement) : null
  await tx.select().from(organisations).where(eq(organisations.id, organisation.id)).for('update')
  const [achievementSlug, achievementVersion] = [about?.slug ?? null, about?.version ?? null]
  const isClass = about ? eq(endorsements.achievementSlug, about.slug) : isNull(endorsements.achievementSlug)
  return {
    issuerId: organisation.id,
    subject: {
      columns: { organisationId: organisation.id, achievementSlug, achievementVersion },
      where: and(eq(endorsements.organisationId, organisation.id), isClass),
    },
  }
}

/** The slug as it is typed, or pasted as the address of the organisation's page. */
async function endorserOf(tx: Db, typed: string, issuerId: string): Promise<string> {
  const slug = typed.trim().split('/').at(-1)!
  const [found] = await tx.select().from(organisations).where(eq(organisations.slug, slug))
  if (found?.state !== 'approved') throw unknownEndorser(typed)
  if (found.id === issuerId) throw selfEndorsement()
  return found.id
}

async function refuseTooMany(tx: Db, of: SQL | undefined, endorserId: string | null, now: Date): Promise<void> {
  const isOpen = and(eq(endorsements.state, 'asked'), gt(endorsements.expiresAt, now))
  const isLive = or(isOpen, inArray(endorsements.state, ['given', 'accepted', 'declined']))
  if (endorserId && (await tx.$count(endorsements, and(of, isLive, eq(endorsements.endorserId, endorserId)))) > 0) {
    throw conflict(
      'endorsement_asked',
      'Une recommandation est déjà demandée à cet organisme, ou il l’a déjà donnée.',
      'Attendez sa réponse, ou retirez d’abord cette demande.',
    )
  }
  if ((await tx.$count(endorsements, and(of, isLive))) < MAX_OF_ONE) return
  throw conflict(
    'too_many_endorsements',
    `Il y a déjà ${MAX_OF_ONE} recommandations ou demandes ouvertes.`,
    'Retirez une demande restée sans réponse, puis recommencez.',
  )
}

/** Lets the holder of a badge through. Errors: `not_found`. */
export async function requireHolder(db: Db, { credentialId, personId }: { credentialId: string; personId: string }) {
  const isMine = and(eq(credentials.id, credentialId), eq(credentials.personId, personId))
  if ((await db.$count(credentials, isMine)) === 0) throw notFound('Le badge', credentialId)
}

/** Those asked for by someone for a badge, or by an organisation; the newest first, with their links. */
export const listAsked = (db: Db, vault: Vault, asker: Asker) =>
  readEndorsements(db, vault, isAskedBy(asker), { newest: true })

/** Those asked of an organisation and those that it gave, the newest first. */
export const listForEndorser = (db: Db, vault: Vault, organisationId: string) =>
  readEndorsements(db, vault, eq(endorsements.endorserId, organisationId), { newest: true })

const isAskedBy = (asker: Asker): SQL | undefined =>
  'organisation' in asker
    ? eq(endorsements.organisationId, asker.organisation.id)
    : and(eq(endorsements.credentialId, asker.credentialId), eq(credentials.personId, asker.personId))

type Decision = { id: string; move: 'cancellation' | 'acceptance' | 'declining'; author: string }

/** Who asked takes the request back, or shows the endorsement or not. Errors: `not_found`, `endorsement_moved`. */
export async function decideEndorsement(db: Db, asker: Asker, { id, move, author }: Decision): Promise<void> {
  const by =
    'organisation' in asker
      ? eq(endorsements.organisationId, asker.organisation.id)
      : inArray(
          endorsements.credentialId,
          db
            .select({ id: credentials.id })
            .from(credentials)
            .where(and(eq(credentials.id, asker.credentialId), eq(credentials.personId, asker.personId))),
        )
  await db.transaction((tx) => moveEndorsement(tx, { id, by, move, author }))
}

const revokedBadge = () =>
  conflict(
    'endorsement_revoked_badge',
    'Ce badge est révoqué : une recommandation n’y changerait rien.',
    'Demandez-la pour un badge en cours de validité.',
  )
const unknownEndorser = (typed: string) =>
  invalid(
    'endorser_unknown',
    `« ${typed} » n’est pas un organisme approuvé de ce service.`,
    'Recopiez l’adresse de sa page publique, ou laissez ce champ vide pour avoir un lien à lui donner.',
    { field: 'endorser' },
  )
/** Whose own word it would be. */
export const selfEndorsement = () =>
  invalid(
    'endorsement_self',
    'L’organisme qui délivre ce badge, ou dont il s’agit, ne peut pas le recommander lui-même : sa signature y est déjà.',
    'Adressez-vous à un autre organisme.',
    { field: 'endorser' },
  )
