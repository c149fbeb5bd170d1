import postgres from 'postgres'
import { fillCredentials } from '../support/fill.ts'
import { ORGANISATION } from './badge.ts'
import { median, number, type Part, times } from './measure.ts'
import { closeStands, openStand, type Stand } from './stand.ts'

const SIZES = [1000, 10_000, 100_000, 1_000_000]
const ROWS = 2000
const ROUNDS = 5

/** What one more badge costs, from the CSV to the row, when many are stored already: one database for each size. */
export async function benchGrowth(): Promise<Part> {
  const stands: { stored: number; stand: Stand; seconds: number[] }[] = []
  try {
    for (const stored of SIZES) stands.push({ stored, stand: await openFilled(stored), seconds: [] })
    // In turn, so that noise of the machine and of the disk hits all sizes alike; the first round warms up.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const { stand, seconds } of stands) seconds.push((await stand.campaign(ROWS)).seconds)
    }
    const growth = stands.map(({ stored, seconds }) => ({
      stored,
      microsecondsPerCredential: Math.round((median(seconds.slice(1)) / ROWS) * 1e6),
    }))
    return partOf(growth)
  } finally {
    await closeStands()
  }
}

async function openFilled(stored: number): Promise<Stand> {
  const stand = await openStand('postgres')
  const sql = postgres(stand.databaseUrl!, { max: 1, onnotice: () => {} })
  await stand.campaign(Math.min(500, stored))
  await fillCredentials(sql, ORGANISATION.slug, stored)
  await sql`checkpoint`
  await sql.end()
  return stand
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
