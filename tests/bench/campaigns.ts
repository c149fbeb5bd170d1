import { number, type Part, times } from './measure.ts'
import { type Backend, openStand } from './stand.ts'

const TARGETS = { postgresRedis: 10, embedded: 30 }
const TARGET_ROWS = 20_000

/** A campaign from the CSV to the last stored badge, on both backends: processes of their own, by the front door. */
export async function benchCampaigns(rows: number): Promise<Part> {
  const distributed = await measure('postgresRedis', rows)
  const embedded = await measure('embedded', rows)
  const rates = { distributed: rows / distributed.seconds, embedded: rows / embedded.seconds }
  const named = { 'PostgreSQL et Redis': distributed, 'base embarquée': embedded }
  return {
    title: `Lot de ${rows} lignes, du CSV au dernier badge gardé`,
    ratios: [
      ['PostgreSQL et Redis / cible', times(rates.distributed, TARGET_ROWS / TARGETS.postgresRedis)],
      ['base embarquée / cible', times(rates.embedded, TARGET_ROWS / TARGETS.embedded)],
    ],
    lines: Object.entries(named).flatMap(([name, { seconds, atStart, memory }]): [string, string][] => [
      [`${name} : lignes par seconde`, number(rows / seconds)],
      [`${name} : secondes`, number(seconds)],
      ...Object.entries(memory).map(([process, mb]): [string, string] => [
        `${name} : pic de mémoire du lot (du démarrage), ${process}`,
        `${mb} (${atStart[process]}) Mo`,
      ]),
    ]),
    figures: {
      campaignRows: rows,
      campaignRowsPerSecond: rates.distributed,
      campaignRowsPerSecondPostgresRedis: rates.distributed,
      campaignRowsPerSecondEmbedded: rates.embedded,
      campaignSecondsPostgresRedis: distributed.seconds,
      campaignSecondsEmbedded: embedded.seconds,
      peakMemoryMbServer: distributed.memory['server']!,
      peakMemoryMbWorker: distributed.memory['worker']!,
      peakMemoryMbEmbedded: embedded.memory['server']!,
      peakMemoryMbEmbeddedStart: embedded.atStart['server']!,
    },
  }
}

async function measure(backend: Backend, rows: number) {
  const stand = await openStand(backend)
  try {
    await stand.campaign(100) // the first badge of a class compiles it, in each process
    const atStart = stand.peakMemoryMb()
    const { seconds } = await stand.campaign(rows)
    return { seconds, atStart, memory: stand.peakMemoryMb() }
  } finally {
    await stand.close()
  }
}
