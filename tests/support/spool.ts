import { Readable } from 'node:stream'
import { type Spool, spoolBody } from '../../src/training/spool.ts'

/** A text as received by the intake, in small pieces that cut characters and rows anywhere; the reader closes it. */
export const aSpool = (text: string, piece = 61): Promise<Spool> => {
  const bytes = Buffer.from(text)
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, index) =>
    bytes.subarray(index * piece, (index + 1) * piece),
  )
  return spoolBody(Readable.from(pieces), 64 * 1024 * 1024)
}
