import { setTimeout as wait } from 'node:timers/promises'
import postgres from 'postgres'
import { connect, type Db, rows } from '../../src/db.ts'
import { sql } from 'drizzle-orm'
import { rebuildCounts, refreshCounts } from '../../src/statistics/counts.ts'
import { fillFigures } from '../support/fill-figures.ts'
import { ORGANISATION } from './badge.ts'
import { number, type Part, times } from './measure.ts'
import { openStand, type Stand } from './stand.ts'

/** Badges kept for each row asked: a million for the 20,000 of a campaign. */
const PER_ROW = 50
const BATCHES = [100, 1000, 10_000, 100_000]
const REQUESTS = 60
const WARM_UP = 5
const EDITION = 'essai-annuel'
const PUBLISHING_MINUTES = 20

/** The figures of a million badges: counted, then batch by batch, then from scratch; published, and read. */
export async function benchStatistics(asked: number): Promise<Part> {
  const stored = asked * PER_ROW
  const stand = await openStand('postgres')
  try {
    await stand.campaign(100)
    await stand.sleep()
    const client = postgres(stand.databaseUrl!, { max: 1, onnotice: () => {} })
    const { db, close } = await connect({ databaseUrl: stand.databaseUrl, dataDir: '' })
    const fill = async (badges: number): Promise<void> => fillFigures(client, ORGANISATION.slug, badges)
    progress(`remplir : ${number(await secondsOf(() => fill(stored)))} s`)
    const counting = await secondsOf(() => refreshCounts(db))
    progress(`compter : ${number(counting)} s`)
    const batches: { size: number; seconds: number }[] = []
    for (const size of BATCHES.filter((one) => one <= stored)) {
      await fill(size)
      batches.push({ size, seconds: await secondsOf(() => refreshCounts(db)) })
      progress(`compter ${number(size)} badges de plus : ${number(batches.at(-1)!.seconds)} s`)
    }
    const before = await countsOf(db)
    const rebuilding = await secondsOf(() => rebuildCounts(db))
    progress(`tout compter de nouveau : ${number(rebuilding)} s`)
    mustEqual(before, await countsOf(db))
    await client`vacuum analyze`
    await close()
    await client.end()
    await stand.wake()
    const publishing = await publish(stand)
    progress(`publier : ${number(publishing)} s`)
    const routes = await measureRoutes(stand)
    return partOf({ stored, counting, publishing, rebuilding, batches, routes })
  } finally {
    await stand.close()
  }
}

const progress = (line: string): void => void process.stdout.write(`  … ${line}\n`)

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

/** Publishes the twelve months that ended a month ago at least: seconds from the order to the edition. */
async function publish({ url, operator }: Stand): Promise<number> {
  const monthsAgo = (months: number): string => {
    const day = new Date()
    day.setUTCDate(1)
    day.setUTCMonth(day.getUTCMonth() - months)
    return day.toISOString().slice(0, 7)
  }
  const path = `${url}/api/v1/statistics/editions/${EDITION}`
  const body = JSON.stringify({ fromMonth: monthsAgo(12), toMonth: monthsAgo(1), organisation: ORGANISATION.slug })
  const start = performance.now()
  const ordered = await fetch(path, {
    method: 'PUT',
    body,
    headers: { ...operator, 'content-type': 'application/json' },
  })
  if (ordered.status !== 202) throw new Error(`${path} : ${ordered.status} ${await ordered.text()}`)
  for (;;) {
    const { state } = (await (await fetch(path)).json()) as { state: string }
    const seconds = (performance.now() - start) / 1000
    if (state === 'published') return seconds
    if (state !== 'preparing' || seconds > PUBLISHING_MINUTES * 60) throw new Error(`Édition non publiée : ${state}.`)
    await wait(500)
  }
}

type Measured = { path: string; p50: number; p95: number; bytes: number }

/** Each page, file and answer of the figures, with warm caches, one request after the other. */
async function measureRoutes(stand: Stand): Promise<Measured[]> {
  const measured: Measured[] = []
  for (const path of await addressesOf(stand)) {
    const one = await measureRoute(stand, path)
    if (one) measured.push(one)
    progress(one ? `${path} : p50 ${number(one.p50)} ms, p95 ${number(one.p95)} ms` : `en erreur : ${path}`)
  }
  return measured.toSorted((a, b) => b.p95 - a.p95)
}

async function measureRoute({ url, operator }: Stand, path: string): Promise<Measured | null> {
  const accept = path.startsWith('/api/') ? 'application/json' : 'text/html, */*;q=0.5'
  const times: number[] = []
  let bytes = 0
  for (let turn = -WARM_UP; turn < REQUESTS; turn++) {
    const start = performance.now()
    const answer = await fetch(url + path, { headers: { accept, ...(path.includes('provis') && operator) } })
    bytes = (await answer.arrayBuffer()).byteLength
    if (turn >= 0) times.push(performance.now() - start)
    if (!answer.ok) return null
  }
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1]!
  return { path, p50: at(0.5), p95: at(0.95), bytes }
}

/** Where figures are read: what is known, and one address of each form that the pages of the edition link to. */
async function addressesOf({ url }: Stand): Promise<string[]> {
  const pages = ['/statistiques', `/statistiques/${EDITION}`, `/statistiques/${EDITION}/territoires/REG-84`]
  const api = `/api/v1/statistics/editions/${EDITION}`
  const known = [
    ...pages,
    '/statistiques/observatoire_2022',
    '/statistiques/provisoire',
    '/donnees',
    '/donnees/catalogue.jsonld',
    '/api/v1/statistics/provisional',
    '/api/v1/statistics/tables',
    '/api/v1/statistics/editions',
    api,
    `${api}/figures`,
    `${api}/figures?territory=DEP-69`,
    `${api}/figures?kind=competence&territory=FR`,
    `${api}/figures?by=region,month`,
  ]
  const found = new Map(known.map((path) => [path, path]))
  for (const page of [...pages, '/donnees']) {
    const answer = await fetch(url + page, { headers: { accept: 'text/html' } })
    if (!answer.ok) found.delete(page)
    for (const [, link] of (await answer.text()).matchAll(
      /(?:href|src)="((?:\/api\/v1\/statistics|\/statistiques|\/donnees)[^"#]*)"/g,
    )) {
      const form = link!.replaceAll(/(REG|HUB|DEP)-[\w-]*/g, '$1').replaceAll(/\?.*/g, '?')
      if (![...found.values()].includes(link!) && !found.has(form)) found.set(form, link!.replaceAll('&#38;', '&'))
    }
  }
  const answers = await Promise.all(
    Array.from(found.values(), async (path) => [path, await fetch(url + path)] as const),
  )
  for (const [path, { status }] of answers) if (status === 404) progress(`sans réponse : ${path}`)
  return answers.filter(([, { status }]) => status !== 404).map(([path]) => path)
}

const COUNTED = ['badge_counts', 'level_counts', 'tallies', 'session_counts', 'structure_moves']

/** What is counted, table by table, as one number that any difference changes; rows of zero say nothing. */
async function countsOf(db: Db): Promise<Record<string, string>> {
  const all = COUNTED.map(
    (name) => sql`select ${name}::text as name, coalesce(md5(string_agg(t::text, ' ' order by t::text)), '') as digest
      from ${sql.identifier(name)} t where not (to_jsonb(t) @> '{"count": 0}')`,
  )
  const found = await rows<{ name: string; digest: string }>(db, sql`${sql.join(all, sql` union all `)}`)
  return Object.fromEntries(found.map(({ name, digest }) => [name, digest]))
}

function mustEqual(counted: Record<string, string>, anew: Record<string, string>): void {
  const other = COUNTED.filter((name) => counted[name] !== anew[name])
  if (other.length > 0) throw new Error(`Comptés de nouveau, les chiffres diffèrent : ${other.join(', ')}.`)
}

type Found = {
  stored: number
  counting: number
  publishing: number
  rebuilding: number
  batches: { size: number; seconds: number }[]
  routes: Measured[]
}

function partOf({ stored, counting, publishing, rebuilding, batches, routes }: Found): Part {
  const perBadge = batches.map(({ size, seconds }) => ({ size, microseconds: (seconds / size) * 1e6 }))
  const [small, large] = [perBadge.find(({ size }) => size === 1000) ?? perBadge[0]!, perBadge.at(-1)!]
  const worst = routes[0]!
  return {
    title: `Statistiques : ${number(stored)} badges gardés, sur PostgreSQL`,
    ratios: [
      ['p95 de la plus lente / 100 ms', times(worst.p95, 100)],
      [
        `un badge dans un lot de ${number(large.size)} / de ${number(small.size)}`,
        times(large.microseconds, small.microseconds),
      ],
      ['tout compter de nouveau / compter la première fois : mêmes chiffres', times(rebuilding, counting)],
    ],
    lines: [
      ['compter la première fois', `${number(counting)} s`],
      ['publier douze mois', `${number(publishing)} s`],
      ['compter de nouveau', `${number(rebuilding)} s`],
      ...batches.map(({ size, seconds }): [string, string] => [
        `${number(size)} badges de plus`,
        `${number(seconds * 1000)} ms`,
      ]),
      ...routes.map(({ path, p50, p95, bytes }): [string, string] => [
        path,
        `p50 ${number(p50)} ms, p95 ${number(p95)} ms, ${number(bytes / 1024)} Ko`,
      ]),
    ],
    figures: {
      statisticsStored: stored,
      statisticsCountSeconds: counting,
      statisticsPublishSeconds: publishing,
      statisticsRebuildSeconds: rebuilding,
      statisticsBatches: perBadge,
      statisticsRoutes: routes,
    },
  }
}
