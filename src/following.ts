import type { Db } from './db.ts'
import { type Authority, settlePeople } from './habilitation/validation.ts'

/** What badges bring about for those who were just given them, in the same transaction. */
export const createFollowing =
  (authority: Authority) =>
  async (tx: Db, personIds: string[]): Promise<void> => {
    await settlePeople(tx, authority, personIds)
  }
