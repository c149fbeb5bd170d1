import { mkdirSync, writeFileSync } from 'node:fs'
import { arch, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { benchCampaigns } from './campaigns.ts'
import { benchGrowth } from './growth.ts'
import { type Figures, type Part, tableOf } from './measure.ts'
import { benchPages } from './pages.ts'
import { benchPlanning } from './planning.ts'
import { benchSigning } from './signing.ts'
import { benchStatistics } from './statistics.ts'
import { closeStands } from './stand.ts'
import { benchVerifying } from './verifying.ts'

const PARTS: Record<string, (rows: number) => Promise<Part>> = {
  sign: benchSigning,
  verify: benchVerifying,
  campaign: benchCampaigns,
  pages: benchPages,
  plans: benchPlanning,
  growth: benchGrowth,
  statistics: benchStatistics,
}
const USAGE = `Usage : npm run bench -- [--only ${Object.keys(PARTS).join('|')}] [--rows 20000]`

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void closeStands().finally(() => process.exit(1)))
}
const { only, rows } = readArguments()
const chosen = Object.entries(PARTS).filter(([name]) => only === undefined || name === only)
const machine = `${cpus().length} cœurs ${cpus()[0]?.model ?? arch()}, Node ${process.versions.node}`
process.stdout.write(`Banc d’essai d’Insigne : ${machine}\n`)
const figures: Figures = { measuredAt: new Date().toISOString(), machine }
for (const [, measure] of chosen) {
  const part = await measure(rows)
  Object.assign(figures, part.figures)
  process.stdout.write(tableOf(part))
}
mkdirSync('out', { recursive: true })
writeFileSync('out/bench.json', `${JSON.stringify(figures, null, 2)}\n`)
process.stdout.write('\nChiffres : out/bench.json\n')

function readArguments(): { only: string | undefined; rows: number } {
  try {
    const { values } = parseArgs({ options: { only: { type: 'string' }, rows: { type: 'string', default: '20000' } } })
    const rows = Number(values.rows)
    const isKnown = values.only === undefined || values.only in PARTS
    if (isKnown && Number.isInteger(rows) && rows >= 1 && rows <= 100_000) return { only: values.only, rows }
  } catch {
    // An option that does not exist: the usage says which do.
  }
  process.stderr.write(`${USAGE}\n`)
  process.exit(1)
}
