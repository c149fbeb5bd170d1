import { Piscina } from 'piscina'
import type { SignedBatch, SigningBatch } from './sign-worker.ts'

export type Signer = { sign(batch: SigningBatch): Promise<SignedBatch>; close(): Promise<void> }

/** Worker threads that sign; they start with the first batch. Short-lived texts are many: the young heap is wide. */
export function createSigner({ threads }: { threads: number }): Signer {
  const pool = new Piscina<SigningBatch, SignedBatch>({
    filename: new URL('sign-worker.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 30_000,
    concurrentTasksPerWorker: 2, // the next batch is at hand when one ends
    resourceLimits: { maxYoungGenerationSizeMb: 32 },
  })
  return { sign: (batch) => pool.run(batch), close: () => pool.close({ force: false }) }
}
