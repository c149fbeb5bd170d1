import { eq, sql } from '../drizzle.ts'
import { awards } from '../credentials/awards.sql.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import type { Db } from '../db.ts'
import { invalid, notFound } from '../errors.ts'
import { openIdentity } from '../people/people.ts'
import { completions } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'
import { type ImportedBadge, isGood, listWallet } from '../wallet/read-imports.ts'
import { printable } from '../web/lettering.ts'
import { type HeldBadge, heldBadges, holds } from './holders.ts'
import { listShares } from './shares.ts'

/** What one block shows at most: beyond, nobody reads it. */
export const MAX_CV_BADGES = 30

/**
 * What is asked of the block: badges by id (null: all those in force), badges of elsewhere by id, whether it names its holder, a
 * link that shows them all.
 */
export type CvAsk = { chosen: string[] | null; elsewhere: string[]; showsName: boolean; shareId: string | null }
export type CvBadge = HeldBadge & { page: string }
export type Cv = {
  badges: CvBadge[]
  /** Shown apart, after them. */
  elsewhere: ImportedBadge[]
  name: { givenName: string; familyName: string } | null
  /** The address of a page that shows them together. */
  link: string | null
}

/** What a holder may put in the block: the badges in force that nothing renews, those of elsewhere that hold, the open links. */
export async function cvOffer(db: Db, vault: Vault, baseUrl: string, personId: string, now = new Date()) {
  const held = await heldBadges(db, personId)
  const { live } = await listShares(db, vault, personId, now)
  const withPage = held.map((one) => ({ ...one, page: `${baseUrl}/credentials/${one.id}` }))
  const offered = withPage.filter((one) => holds(one, now) && one.renewedBy === null)
  const links = live.map(({ id, label, secret, expiresAt }) => ({
    id,
    label,
    expiresAt,
    url: `${baseUrl}/partages/${secret}`,
  }))
  const imported = await listWallet(db, vault, personId)
  const elsewhere = { held: imported, offered: imported.filter((one) => isGood(one, now)) }
  return { held: withPage, offered, elsewhere, links }
}
export type CvOffer = Awaited<ReturnType<typeof cvOffer>>

/**
 * The block as asked. Errors: `not_found` for a badge or a link of someone else, `cv_no_badge`, `cv_too_many`,
 * `cv_not_in_force`.
 */
export async function readCv(db: Db, vault: Vault, offer: CvOffer, ask: CvAsk): Promise<Cv> {
  const { held, offered, elsewhere, links } = offer
  const wanted = ask.chosen ?? offered.slice(0, MAX_CV_BADGES).map((one) => one.id)
  refuseCount(wanted.length + ask.elsewhere.length)
  const badges = chosenOf(held, offered, wanted)
  const theirs = chosenOf(elsewhere.held, elsewhere.offered, ask.elsewhere)
  const link = links.find((one) => one.id === ask.shareId)
  if (ask.shareId !== null && !link) throw notFound('Le lien de partage', ask.shareId)
  return {
    badges,
    elsewhere: theirs,
    link: link?.url ?? null,
    name: ask.showsName && badges[0] ? await nameOf(db, vault, badges[0].id) : null,
  }
}

const FIELD = { field: 'badge' }

function refuseCount(wanted: number): void {
  if (wanted === 0) {
    throw invalid('cv_no_badge', 'Aucun badge n’est choisi.', 'Cochez au moins un badge, puis recommencez.', FIELD)
  }
  if (wanted <= MAX_CV_BADGES) return
  const message = `Vous avez choisi ${wanted} badges : un encadré en montre ${MAX_CV_BADGES} au plus.`
  throw invalid('cv_too_many', message, 'Gardez ceux qui comptent pour ce CV.', FIELD)
}

function chosenOf<T extends { id: string }>(held: T[], offered: T[], wanted: string[]): T[] {
  const stranger = wanted.find((id) => !held.some((one) => one.id === id))
  if (stranger !== undefined) throw notFound('Le badge', stranger)
  const badges = held.filter((one) => wanted.includes(one.id))
  if (badges.every((one) => offered.includes(one))) return badges
  throw invalid(
    'cv_not_in_force',
    'Un des badges choisis n’est plus en vigueur : il a expiré, ou qui l’a délivré l’a suspendu ou révoqué.',
    'Décochez-le, puis recommencez.',
    FIELD,
  )
}

/** The name as the organisation declared it for that badge: what the badge itself attests. */
async function nameOf(db: Db, vault: Vault, id: string): Promise<Cv['name']> {
  const [found] = await db
    .select({ identity: sql<string | null>`coalesce(${completions.identity}, ${awards.identity})` })
    .from(credentials)
    .leftJoin(completions, eq(completions.id, credentials.completionId))
    .leftJoin(awards, eq(awards.id, credentials.awardId))
    .where(eq(credentials.id, id))
  if (!found?.identity) return null
  const { givenName, familyName } = openIdentity(vault, found.identity)
  return { givenName, familyName }
}

/** A name as it is written on the block. */
export const fullName = ({ givenName, familyName }: NonNullable<Cv['name']>): string =>
  printable(`${givenName} ${familyName}`)
