import { and, asc, eq, gt, isNull } from '../drizzle.ts'
import { type Db, isAnyOf } from '../db.ts'
import { conflict, DomainError, invalid, notAllowed, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { isPlainAddress } from '../messages/address.ts'
import { postMessage } from '../messages/messages.ts'
import { getOrganisation, requireApproved } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { normaliseEmail } from '../email.ts'
import { personOfEmail } from '../people/people.ts'
import { hashSecret, newSecret } from '../secret.ts'
import type { Vault } from '../vault.ts'
import { giveGrant } from './grants.ts'
import { ROLE_WORDS, type StaffRole } from './staff-roles.ts'
import { invitations } from './staff.sql.ts'

const DAYS = 7
const MAX_A_DAY = 30
const DAY_MS = 24 * 3600_000

type Deps = { db: Db; vault: Vault; baseUrl: string }
type Invite = { slug: string; email: string; role: StaffRole; author: string }

/**
 * Invites someone by e-mail; an open invitation of the same person to the same role gives way to the new one. Answers
 * the id of the message. Errors: `address_invalid`, `organisation_not_approved`, `too_many_invitations`.
 */
export async function inviteStaff(
  { db, vault, baseUrl }: Deps,
  { slug, email, role, author }: Invite,
  now = new Date(),
) {
  const to = normaliseEmail(email)
  if (!isPlainAddress(to)) {
    throw invalid('address_invalid', 'Cette adresse n’est pas complète.', 'Écrivez-la comme prenom@exemple.fr.')
  }
  const token = newSecret()
  return db.transaction(async (tx) => {
    const organisation = await getOrganisation(tx, slug)
    requireApproved(organisation)
    await tx.select().from(organisations).where(eq(organisations.id, organisation.id)).for('update')
    await refuseFlood(tx, organisation.id, now)
    for (const open of await listInvitations(tx, vault, organisation.id, now)) {
      if (open.email === to && open.role === role) await endInvitation(tx, open.id, now)
    }
    const [created] = await tx
      .insert(invitations)
      .values({
        tokenHash: hashSecret(token),
        organisationId: organisation.id,
        role,
        email: vault.seal('auth/invitation', to),
        invitedBy: author,
        invitedAt: now,
        expiresAt: new Date(now.getTime() + DAYS * DAY_MS),
      })
      .returning({ id: invitations.id })
    const values = { url: `${baseUrl}/invitations/${token}`, organisation: organisation.name, role: ROLE_WORDS[role] }
    const messageId = await postMessage(tx, vault, { to, kind: 'invitation', values })
    await record(tx, {
      author,
      action: 'staff.invited',
      subject: `invitation:${created!.id}`,
      organisationId: organisation.id,
      details: { role },
    })
    return messageId
  })
}

async function refuseFlood(tx: Db, organisationId: string, now: Date): Promise<void> {
  const since = gt(invitations.invitedAt, new Date(now.getTime() - DAY_MS))
  const sent = await tx.$count(invitations, and(eq(invitations.organisationId, organisationId), since))
  if (sent < MAX_A_DAY) return
  throw new DomainError(
    'too_many',
    'too_many_invitations',
    `Cet organisme a déjà envoyé ${MAX_A_DAY} invitations en un jour.`,
    'Recommencez demain.',
  )
}

const isOpen = (now: Date) => and(isNull(invitations.endedAt), gt(invitations.expiresAt, now))

/** The open invitations of an organisation, the oldest first. */
export async function listInvitations(db: Db, vault: Vault, organisationId: string, now = new Date()) {
  const found = await db
    .select({
      id: invitations.id,
      role: invitations.role,
      email: invitations.email,
      invitedAt: invitations.invitedAt,
      expiresAt: invitations.expiresAt,
    })
    .from(invitations)
    .where(and(eq(invitations.organisationId, organisationId), isOpen(now)))
    .orderBy(asc(invitations.invitedAt), asc(invitations.id))
  return found.map((one) => ({ ...one, email: vault.open('auth/invitation', one.email) }))
}

export type Invitation = Awaited<ReturnType<typeof listInvitations>>[number]

/** Every invitation sent to these addresses, open or not. Addresses are sealed: each is opened, which the few rows allow. */
export async function invitationsTo(db: Db, vault: Vault, emails: string[]) {
  const found = await db
    .select({
      id: invitations.id,
      role: invitations.role,
      email: invitations.email,
      organisation: organisations.name,
      invitedAt: invitations.invitedAt,
      endedAt: invitations.endedAt,
    })
    .from(invitations)
    .innerJoin(organisations, eq(organisations.id, invitations.organisationId))
  return found.filter((one) => emails.includes(normaliseEmail(vault.open('auth/invitation', one.email))))
}

/** Removes every invitation sent to these addresses. */
export async function eraseInvitations(tx: Db, vault: Vault, emails: string[]): Promise<void> {
  const ids = (await invitationsTo(tx, vault, emails)).map((one) => one.id)
  await tx.delete(invitations).where(isAnyOf(invitations.id, ids))
}

/** Withdraws an invitation that is still open; `not_found` otherwise, and for one of another organisation. */
export async function withdrawInvitation(
  db: Db,
  { slug, id, author }: { slug: string; id: string; author: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const { id: organisationId } = await getOrganisation(tx, slug)
    const mine = and(eq(invitations.id, id), eq(invitations.organisationId, organisationId), isOpen(new Date()))
    const ended = await tx
      .update(invitations)
      .set({ endedAt: new Date() })
      .where(mine)
      .returning({ id: invitations.id })
    if (ended.length === 0) throw notFound('L’invitation', id)
    await record(tx, { author, action: 'staff.invitation_withdrawn', subject: `invitation:${id}`, organisationId })
  })
}

const endInvitation = (tx: Db, id: string, endedAt: Date) =>
  tx.update(invitations).set({ endedAt }).where(eq(invitations.id, id))

/** What an open invitation offers to whom it was sent. Errors: `invitation_ended`, `invitation_for_another`. */
export async function readInvitation(db: Db, vault: Vault, token: string, personId: string, now = new Date()) {
  const [found] = await db
    .select({
      id: invitations.id,
      role: invitations.role,
      email: invitations.email,
      organisationId: organisations.id,
      slug: organisations.slug,
      name: organisations.name,
    })
    .from(invitations)
    .innerJoin(organisations, eq(organisations.id, invitations.organisationId))
    .where(and(eq(invitations.tokenHash, hashSecret(token)), isOpen(now)))
  if (!found) throw ended()
  const { email, ...offer } = found
  if ((await personOfEmail(db, vault, vault.open('auth/invitation', email))) !== personId) {
    throw notAllowed(
      'Cette invitation a été envoyée à une autre adresse que celle de votre connexion.',
      'Déconnectez-vous, puis ouvrez le lien du message en vous connectant avec l’adresse qui l’a reçu.',
    )
  }
  return offer
}

/** Joins the organisation, once; answers its slug. Errors: those of reading it, `grant_held`. */
export async function acceptInvitation(
  db: Db,
  vault: Vault,
  token: string,
  { personId, author }: { personId: string; author: string },
): Promise<string> {
  return db.transaction(async (tx) => {
    const { id, slug, organisationId, role } = await readInvitation(tx, vault, token, personId)
    const used = await tx
      .update(invitations)
      .set({ endedAt: new Date() })
      .where(and(eq(invitations.id, id), isNull(invitations.endedAt)))
      .returning({ invitedBy: invitations.invitedBy })
    if (used.length === 0) throw ended()
    await giveGrant(tx, { personId, role, organisationId, grantedBy: used[0]!.invitedBy })
    await record(tx, {
      author,
      action: 'staff.joined',
      subject: `invitation:${id}`,
      organisationId,
      personId,
      details: { role },
    })
    return slug
  })
}

const ended = () =>
  conflict(
    'invitation_ended',
    'Cette invitation ne sert plus : elle a déjà été acceptée ou retirée, a plus de 7 jours, ou a été mal recopiée.',
    'Demandez à la personne qui administre l’organisme de vous inviter à nouveau.',
  )
