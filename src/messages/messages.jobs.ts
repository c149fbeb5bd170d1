import type { Queue } from '../queue.ts'
import { sweepMessages } from './outbox.ts'
import { type Mailing, sendMessage } from './send.ts'

/** Who asked for a link waits for it: due messages are looked for more often than other lost work. */
const OFTEN_SECONDS = 3

/** Takes the sending jobs, and asks every few seconds for those that are due. Answers how to stop asking. */
export async function workMessages(queue: Queue, mailing: Mailing, sweepSeconds = 60): Promise<() => void> {
  queue.work('messages.send', ({ messageId }) => sendMessage(mailing, messageId))
  const sweep = async (): Promise<void> => {
    for (const messageId of await sweepMessages(mailing.db)) await queue.enqueue('messages.send', { messageId })
  }
  await sweep()
  // A failed sweep is no news: the database says so itself, and the next one comes soon.
  const timer = setInterval(() => void sweep().catch(() => undefined), Math.min(sweepSeconds, OFTEN_SECONDS) * 1000)
  timer.unref()
  return () => clearInterval(timer)
}
