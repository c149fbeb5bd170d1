import type { Db } from '../db.ts'
import { every } from '../hourly.ts'
import { refreshCounts } from './counts.ts'

/** Counts at the start, then as often as said, what happened since; nothing new costs a few looks. Answers how to stop. */
export const workStatistics = (db: Db, report: (error: unknown) => void, seconds: number): (() => Promise<void>) =>
  every(seconds, async (stop) => void (await refreshCounts(db, stop)), report)
