import { readConfig } from './config.ts'
import { fail } from './fail.ts'
import { startService } from './service.ts'
import { closeOnExit } from './shutdown.ts'

try {
  const { close, logger } = await startService(readConfig())
  closeOnExit(logger, close)
} catch (error) {
  fail(error)
}
