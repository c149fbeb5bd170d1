import type { Db } from '../db.ts'
import { conflict } from '../errors.ts'
import { findAwardKey } from './awards.ts'
import { changeCredential } from './credentials.ts'
import type { Change } from './states.ts'

/**
 * Revokes, suspends or restores a badge at the will of its issuer. Errors: `habilitation_badge`, those of
 * `changeCredential`.
 */
export async function changeFreely(
  db: Db,
  id: string,
  kind: Change,
  { author, reason }: { author: string; reason: string },
): Promise<void> {
  if (await followsHabilitation(db, id)) throw heldByHabilitation()
  await changeCredential(db, id, kind, { author, reason, at: new Date() })
}

/** Whether the state of a badge is what the events of a habilitation say. */
export const followsHabilitation = async (db: Db, id: string): Promise<boolean> =>
  (await findAwardKey(db, id))?.startsWith('habilitation:') ?? false

const heldByHabilitation = () =>
  conflict(
    'habilitation_badge',
    'Ce badge est celui d’une habilitation : il la suit, et ne se révoque, ne se suspend ni ne se rétablit seul.',
    'Changez l’habilitation elle-même : /api/v1/habilitations/{id}/lapse, /restoration ou /withdrawal.',
  )
