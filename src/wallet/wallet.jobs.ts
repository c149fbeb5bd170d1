import type { ElsewhereDeps } from '../credentials/elsewhere.ts'
import { hourly } from '../hourly.ts'
import { recheckDue } from './recheck.ts'

/** Verifies again, at the start then every hour, the badges of elsewhere that are due. Answers how to stop. */
export const workWallet = (deps: ElsewhereDeps, report: (error: unknown) => void): (() => Promise<void>) =>
  hourly((stop) => recheckDue(deps, new Date(), stop), report)
