import { Piscina } from 'piscina'
import type { PdfContent } from './read-pdf.ts'

/** Reads what only a costly library can. Each answers null when it took too long or too much memory. */
export type FileReader = {
  pdf(bytes: Buffer): Promise<PdfContent | null>
  qr(picture: Buffer): Promise<string[] | null>
}

const SECONDS = 10

/**
 * Threads of their own for PDFs and pictures, which start with the first file: one that is hostile costs its thread, ten
 * seconds and a bounded memory, never the service.
 */
export function createFileReader(): FileReader {
  let pool: Piscina | undefined
  const run = async <T>(name: 'readPdf' | 'readQr', bytes: Buffer): Promise<T | null> => {
    pool ??= new Piscina({
      filename: new URL('read-worker.ts', import.meta.url).href,
      minThreads: 0,
      maxThreads: 2,
      maxQueue: 200,
      idleTimeout: 30_000,
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 },
    })
    try {
      // A copy that the thread owns: the buffer may be a slice of one shared with others.
      const task = new Uint8Array(bytes)
      return (await pool.run(task, {
        name,
        signal: AbortSignal.timeout(SECONDS * 1000),
        transferList: [task.buffer],
      })) as T
    } catch {
      return null
    }
  }
  return { pdf: (bytes) => run<PdfContent>('readPdf', bytes), qr: (picture) => run<string[]>('readQr', picture) }
}
