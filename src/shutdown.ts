import closeWithGrace from 'close-with-grace'
import type pino from 'pino'
import { forTheLog } from './errors.ts'

/** Closes in order on a signal or a fault, within ten seconds; a fault is logged, for it ends the process. */
export function closeOnExit(logger: pino.Logger, close: () => Promise<void>): void {
  closeWithGrace({ delay: 10_000, logger }, async ({ err }) => {
    if (err) logger.fatal({ err: forTheLog(err) }, 'process.fault')
    await close()
  })
}
