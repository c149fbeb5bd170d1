import { createHash } from 'node:crypto'
import { Piscina } from 'piscina'
import type { Db } from '../db.ts'
import { listFrameworks } from '../referential/referential.ts'
import { readClasses } from './classes.ts'
import type { Figure } from './cube.ts'
import type { EditionFile, Made } from './edition-head.ts'
import type { Labels, PublishedFigure } from './figure-lines.ts'
import type { Published, Question } from './publish-worker.ts'
import { readCounts } from './read-counts.ts'
import { withDenominators } from './shares.ts'
import { codesOf, type Dimension, TABLES } from './tables.ts'
import { readLists, type Words, wordsOf } from './words.ts'

type Asked = { fromMonth: string; toMonth: string; threshold: number }

/**
 * The figures of a period as they may be published, in order. They are read from one moment of the database, whatever is
 * counted meanwhile; `stop` gives the computation up.
 */
export async function figuresOf(db: Db, asked: Asked, stop: AbortSignal): Promise<PublishedFigure[]> {
  const { fromMonth, toMonth, threshold } = asked
  const { counts, classes } = await db.transaction(
    async (tx) => ({ counts: await readCounts(tx, fromMonth, toMonth), classes: await readClasses(tx) }),
    { isolationLevel: 'repeatable read' },
  )
  const published = await inThread<Published[]>(
    new URL('publish-worker.ts', import.meta.url),
    { counts, classes, threshold },
    stop,
  )
  const figures = published.toSorted((a, b) => {
    const [left, right] = [orderOf(a), orderOf(b)]
    return left < right ? -1 : left > right ? 1 : 0
  })
  return withDenominators(figures)
}

const orderOf = ({ kind, of, territory, month }: Figure): string => [kind, of, territory, month].join('\n')

/** Of every figure, in order. */
export const digestOf = (figures: readonly Published[]): string =>
  createHash('sha256')
    .update(JSON.stringify(figures.map((one) => [one.kind, one.of, one.territory, one.month, one.count])))
    .digest('hex')

/** The files of an edition but its signature. */
export async function makeFiles(made: Made, stop: AbortSignal): Promise<EditionFile[]> {
  const files = await inThread<EditionFile[]>(new URL('edition-files-worker.ts', import.meta.url), made, stop)
  return files.map((one) => ({ ...one, content: Buffer.from(one.content) }))
}

async function inThread<Out>(file: URL, given: Question | Made, signal: AbortSignal): Promise<Out> {
  const pool = new Piscina<typeof given, Out>({ filename: file.href, maxThreads: 1 })
  try {
    return await pool.run(given, { signal })
  } finally {
    await pool.destroy()
  }
}

/** What the codes of these figures are called. */
export function labelsOf(words: Words, figures: readonly Figure[]): Labels {
  const labels: Labels = {}
  for (const { kind, of } of figures) {
    const codes = codesOf(of)
    for (const [index, dimension] of (TABLES[kind].dimensions as readonly Dimension[]).entries()) {
      const code = codes[index] ?? ''
      const known = (labels[dimension] ??= new Map())
      if (!known.has(code)) known.set(code, words(dimension, code))
    }
  }
  return labels
}

/** The same as of now, and whose words those of the competences are. */
export async function namesOf(db: Db, figures: readonly Figure[]): Promise<Pick<Made, 'labels' | 'wordings'>> {
  const labels = labelsOf(wordsOf(await readLists(db)), figures)
  const used = new Set(Array.from(labels.competence?.keys() ?? [], (key) => key.split('/').slice(0, 2).join('/')))
  const wordings = (await listFrameworks(db))
    .filter(({ framework, version }) => used.has(`${framework}/${version}`))
    .map(
      ({ framework, version, licence }) =>
        `Libellés du référentiel ${framework} ${version} : ${licence ?? 'licence non précisée par la source'}.`,
    )
  return { labels, wordings }
}
