import { claimedIssuer } from '../credentials/verification-view.ts'
import type { OpenBadge } from '../credentials/open-badge.ts'
import type { Db } from '../db.ts'
import { conflict } from '../errors.ts'
import type { CompetenceRef } from '../referential/schema.ts'
import type { Vault } from '../vault.ts'
import { type Equivalence, equivalencesOf } from './equivalences.ts'
import { type Holder, openOwn } from './imported-row.ts'
import { type ImportedBadge, isGood, listWallet } from './read-imports.ts'
import { askRecognition } from './requests.ts'
import { classKey } from './schema.ts'

/** A badge of elsewhere as one authority recognises it: never to be mixed up with a badge delivered here. */
export type Recognised = {
  id: string
  name: string
  validFrom: Date
  /** The name of the organisation that recognises it. */
  authority: string
  competences: CompetenceRef[]
}

/** What someone's wallet is worth: the badges that count, one line an authority, and the others. */
export type Worth = { recognised: Recognised[]; others: ImportedBadge[] }

/**
 * Which competences the badges of elsewhere of someone show at a moment: those found valid at their last check, addressed to
 * her or him, not over, and of a class that an organisation recognises; what someone wrote of her or his own badges does not count.
 */
export async function worthOf(db: Db, vault: Vault, personId: string, now: Date): Promise<Worth> {
  const wallet = await listWallet(db, vault, personId)
  const good = wallet.filter((one) => isGood(one, now))
  const known = await equivalencesOf(db, good.flatMap(classesOf), now, `person:${personId}`)
  const found = (one: ImportedBadge): Equivalence[] => classesOf(one).flatMap((key) => known.get(key) ?? [])
  return {
    recognised: good.flatMap((one) =>
      found(one).map(({ authority, competences }) => ({
        id: one.id,
        name: one.name!,
        validFrom: one.validFrom!,
        authority: authority.name,
        competences,
      })),
    ),
    others: wallet.filter((one) => !good.includes(one) || found(one).length === 0),
  }
}

const classesOf = ({ issuer, achievement }: Pick<ImportedBadge, 'issuer' | 'achievement'>): string[] =>
  issuer === null || achievement === null ? [] : [classKey(issuer.id, achievement)]

/** The equivalences that count at a moment for what a verified badge is of. */
export async function equivalencesOfBadge(db: Db, badge: OpenBadge, now: Date): Promise<Equivalence[]> {
  const key = classKey(claimedIssuer(badge).id, badge.credentialSubject.achievement.id)
  return (await equivalencesOf(db, [key], now)).get(key) ?? []
}

/**
 * Asks that the class of a kept badge be recognised: its name, its issuer and its criteria are shown to the organisations, never
 * whose it is. Errors: `not_found`, `badge_not_counting`, `already_recognised`.
 */
export async function askFor(db: Db, vault: Vault, { personId, author }: Holder, id: string): Promise<void> {
  const { row, content, about } = await openOwn(db, vault, personId, id)
  const { badge } = content
  if (badge === null || about.issuer === null || !isGood(row, new Date())) throw notCounting()
  const { achievement } = badge.credentialSubject
  await askRecognition(
    db,
    { personId, author, imported: id },
    {
      issuer: about.issuer.id,
      achievement: achievement.id,
      name: achievement.name.slice(0, 300),
      description: achievement.description.slice(0, 2000),
      criteria: achievement.criteria.narrative?.slice(0, 2000) ?? null,
    },
  )
}

const notCounting = () =>
  conflict(
    'badge_not_counting',
    'Ce badge n’est pas vérifié, ou ne vaut plus : il ne peut pas être reconnu.',
    'Vérifiez-le de nouveau ; s’il est alors valable, refaites la demande.',
  )
