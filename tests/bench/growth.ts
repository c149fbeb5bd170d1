import postgres from 'postgres'
import { fillCredentials } from '../support/fill.ts'
import { ORGANISATION } from './badge.ts'
import { median, number, type Part, times } from './measure.ts'
import { openStand } from './stand.ts'

const SIZES = [1000, 10_000, 100_000, 1_000_000]
const ROWS = 2000
const ROUNDS = 5

/** What one more badge costs, from the CSV to the row, when many are stored already. */
export async function benchGrowth(): Promise<Part> {
  const stand = await openStand('postgres')
  const sql = postgres(stand.databaseUrl!, { max: 1, onnotice: () => {} })
  try {
    await stand.campaign(500)
    const growth = []
    for (const stored of SIZES) {
      await fillCredentials(sql, ORGANISATION.slug, stored)
      const seconds = []
      for (let round = 0; round < ROUNDS; round++) seconds.push((await stand.campaign(ROWS)).seconds)
      growth.push({ stored, microsecondsPerCredential: Math.round((median(seconds) / ROWS) * 1e6) })
    }
    return partOf(growth)
  } finally {
    await sql.end()
    await stand.close()
  }
}

function partOf(growth: { stored: number; microsecondsPerCredential: number }[]): Part {
  const at = (size: number): number => growth.find(({ stored }) => stored === size)!.microsecondsPerCredential
  return {
    title: `Croissance : ${ROWS} badges de plus, sur PostgreSQL`,
    ratios: [['un million / dix mille badges gardés (au plus × 1,2)', times(at(1_000_000), at(10_000))]],
    lines: growth.map(({ stored, microsecondsPerCredential }) => [
      `${number(stored)} badges gardés`,
      `${number(microsecondsPerCredential)} µs par badge`,
    ]),
    figures: { growth },
  }
}
