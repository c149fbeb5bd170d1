import { hourly } from '../hourly.ts'
import { type Reminding, remindExpiries } from './expiry.ts'

/** Reminds at the start, then every hour, those whose badges end soon. Answers how to stop. */
export const workExpiries = (reminding: Reminding, report: (error: unknown) => void): (() => Promise<void>) =>
  hourly((stop) => remindExpiries(reminding, new Date(), stop), report)
