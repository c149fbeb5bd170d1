import { PassThrough, type Readable } from 'node:stream'
import type { Campaign } from './campaigns.ts'
import type { Progress, ProgressEvent } from './progress.ts'

const HEARTBEAT_MS = 15_000

/**
 * The progress of a campaign as server-sent events, `progress` then `done`. Ends with the campaign or with its reader.
 * Errors: those of `follow`, before anything is sent.
 */
export async function progressStream(
  progress: Progress,
  campaignId: string,
  shape: (campaign: Campaign) => unknown,
): Promise<Readable> {
  const leaving = new AbortController()
  const events = progress.follow(campaignId, leaving.signal)
  const first = await events.next()
  const stream = new PassThrough()
  const heartbeat = setInterval(() => stream.write(': toujours là\n\n'), HEARTBEAT_MS)
  stream.on('close', () => {
    clearInterval(heartbeat)
    leaving.abort()
  })
  const write = ({ event, campaign }: ProgressEvent): void => {
    // A reader who does not keep up misses a step: the next one tells all there is to know.
    if (event === 'progress' && stream.writableNeedDrain) return
    stream.write(`event: ${event}\ndata: ${JSON.stringify(shape(campaign))}\n\n`)
  }
  const pump = async (): Promise<void> => {
    if (!first.done) write(first.value)
    for await (const event of events) write(event)
    stream.end()
  }
  // The database failed: the reader is cut off, and comes back by itself.
  pump().catch(() => stream.destroy())
  return stream
}
