import type { Db } from '../db.ts'
import { hourly } from '../hourly.ts'
import { refreshCounts } from './counts.ts'

/** Counts at the start, then every hour, what happened since. Answers how to stop. */
export const workStatistics = (db: Db, report: (error: unknown) => void): (() => Promise<void>) =>
  hourly(async (stop) => void (await refreshCounts(db, stop)), report)
