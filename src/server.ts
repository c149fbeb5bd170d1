import closeWithGrace from 'close-with-grace'
import { readConfig } from './config.ts'
import { fail } from './fail.ts'
import { startService } from './service.ts'

try {
  const { close, logger } = await startService(readConfig())
  closeWithGrace({ delay: 10_000, logger }, close)
} catch (error) {
  fail(error)
}
