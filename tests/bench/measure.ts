export type Contender<Name extends string> = {
  name: Name
  /** Does some of the work; answers how many times. */
  run(): number | Promise<number>
}

/** Lets each contender work in turn, several rounds: noise of the machine hits all alike. Answers median rates a second. */
export async function alternate<Name extends string>(
  contenders: Contender<Name>[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Record<Name, number>> {
  const rates = new Map(contenders.map(({ name }) => [name, [] as number[]]))
  for (let round = 0; round <= rounds; round++) {
    for (const { name, run } of contenders) {
      const rate = await rateOf(run, seconds)
      if (round > 0) rates.get(name)!.push(rate) // the first round warms up
    }
  }
  return Object.fromEntries([...rates].map(([name, all]) => [name, median(all)])) as Record<Name, number>
}

async function rateOf(run: () => number | Promise<number>, seconds: number): Promise<number> {
  const start = performance.now()
  let done = 0
  let elapsed: number
  do {
    done += await run()
    elapsed = (performance.now() - start) / 1000
  } while (elapsed < seconds)
  return done / elapsed
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** What `out/bench.json` holds: rates, sizes, and the curve of growth. */
export type Figures = Record<string, string | number | object[]>

/** What one part of the benchmark found: the ratios to read first, then the figures, each with what it is. */
export type Part = { title: string; ratios: [string, string][]; lines: [string, string][]; figures: Figures }

const format = new Intl.NumberFormat('fr-FR', { maximumSignificantDigits: 4 })
export const number = (value: number): string => format.format(value).replaceAll(/\s/g, ' ')
export const times = (value: number, by: number): string => `× ${number(value / by)}`

/** A part as a table of the terminal. */
export function tableOf({ title, ratios, lines }: Part): string {
  const rows = [...ratios, ...lines]
  const [label, value] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  const write = ([name, text]: [string, string]): string => `  ${name.padEnd(label!)}  ${text.padStart(value!)}`
  return ['', title, ...ratios.map(write), ...(ratios.length > 0 ? [''] : []), ...lines.map(write), ''].join('\n')
}
