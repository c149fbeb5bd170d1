import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { tooLarge } from '../errors.ts'

/** What was received, kept in a temporary file to be read as often as needed. */
export type Spool = {
  /** Its first bytes, at most 64 KB. */
  head: Buffer
  /** UTF-8 throughout, and no NUL. */
  isText: boolean
  hasLineFeed: boolean
  sha256: string
  /** The content from a position, in chunks of 64 KB. */
  read(start?: number): Readable
  /** Gives the file back to the system; it may be called twice. */
  close(): Promise<void>
}

const CHUNK = 64 * 1024

/**
 * Receives a body into a temporary file, in constant memory. Errors: `too_large` beyond `limit` bytes, and those of the
 * sender and of the disk; nothing is left behind.
 */
export async function spoolBody(body: Readable, limit: number): Promise<Spool> {
  const file = await openNameless()
  const hash = createHash('sha256')
  const text = textChecker()
  const head: Buffer[] = []
  let bytes = 0
  try {
    // Left undestroyed on a refusal: its connection carries the answer.
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (bytes < CHUNK) head.push(Buffer.from(chunk.subarray(0, CHUNK - bytes)))
      bytes += chunk.length
      if (bytes > limit) throw tooLarge('L’envoi dépasse la taille admise.', 'Découpez-le en plusieurs envois.')
      hash.update(chunk)
      text.see(chunk)
      await file.appendFile(chunk)
    }
  } catch (error) {
    await file.close()
    throw error
  }
  return {
    head: Buffer.concat(head),
    ...text.end(),
    sha256: hash.digest('hex'),
    read: (start = 0) => file.createReadStream({ start, autoClose: false, highWaterMark: CHUNK }),
    close: () => file.close(),
  }
}

/** A file without a name from its birth: the system frees it with its last handle, even when this process is killed. */
async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `insigne-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  await unlink(path)
  return file
}

function textChecker() {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const seen = { isText: true, hasLineFeed: false }
  const decode = (chunk?: Buffer): void => {
    try {
      if (seen.isText) decoder.decode(chunk, { stream: chunk !== undefined })
    } catch {
      seen.isText = false
    }
  }
  return {
    see(chunk: Buffer): void {
      decode(chunk)
      seen.hasLineFeed ||= chunk.includes('\n')
      if (chunk.includes(0)) seen.isText = false
    },
    end: () => {
      decode()
      return seen
    },
  }
}
