import type { Db } from '../db.ts'
import { hourly } from '../hourly.ts'
import type { Vault } from '../vault.ts'
import type { Periods } from './periods.ts'
import { applyRetention } from './retention.ts'

type Keeping = { db: Db; vault: Vault; periods: Periods; report: (error: unknown) => void }

/** Forgets at the start, then every hour, what has lasted as long as it may. Answers how to stop. */
export const workRetention = ({ db, vault, periods, report }: Keeping): (() => Promise<void>) =>
  hourly((stop) => applyRetention(db, vault, periods, new Date(), stop), report)
