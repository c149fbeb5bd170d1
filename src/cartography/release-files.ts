import { setImmediate } from 'node:timers/promises'
import { changesBetween, type Changes, type Kept, type ReleaseSummary } from './release-changes.ts'
import { csvOf, dataPackage } from './release-csv.ts'
import { releaseCatalogue } from './release-dcat.ts'
import { linkedRelease } from './release-linked.ts'
import { changesText, readme } from './release-readme.ts'
import type { Content } from './release-table.ts'
import { contentJson, type FilledTable, keptOf, sha256 } from './release-tables.ts'

/** A release as it is told: its day, and why it was made. */
export type ReleaseHead = { number: number; publishedAt: Date; note: string }

/** What is known of a file; `licences` as the sources name them, null for one that they do not name. */
export type FileInfo = {
  name: string
  title: string
  mediaType: string
  licences: (string | null)[]
  bytes: number
  sha256: string
}
export type ReleaseFile = FileInfo & { content: string }

/** Who publishes, and where. */
export type Publishing = { baseUrl: string; publisher: string }

type Made = ReleaseHead & {
  content: Content
  tables: readonly FilledTable[]
  previous: { number: number; kept: Kept[] } | null
}

const MARKDOWN = 'text/markdown; charset=utf-8'
const OURS = ['Licence Ouverte 2.0']

/**
 * The files of a release, in the order in which they are shown, and its figures. A pure function of what it is given: the
 * same map, number, day and note give the same bytes. It lets other requests through between two files.
 */
export async function releaseFiles(
  made: Made,
  site: Publishing,
): Promise<{ files: ReleaseFile[]; summary: ReleaseSummary }> {
  const { tables, previous } = made
  const changes: Changes = {
    previous: previous?.number ?? null,
    tables: previous ? changesBetween(previous.kept, keptOf(tables)) : [],
  }
  const summary = summaryOf(tables, changes)
  const csv: ReleaseFile[] = []
  for (const table of tables) {
    csv.push(fileOf(`${table.name}.csv`, table.title, 'text/csv; charset=utf-8', [table.licence], csvOf(table)))
    await setImmediate()
  }
  const every = [...new Set(tables.map((one) => one.licence))]
  const graph = JSON.stringify(linkedRelease(made.content, { tables, baseUrl: site.baseUrl }))
  await setImmediate()
  const data = [
    fileOf(
      'cartographie.jsonld',
      'Toute la carte, en données liées (JSON-LD, SKOS)',
      'application/ld+json',
      every,
      `${graph}\n`,
    ),
    fileOf('cartographie.json', 'Toutes les tables, en JSON', 'application/json', every, contentJson(tables)),
  ]
  const head = [
    fileOf(
      'LISEZMOI.md',
      'Ce que contient l’édition, licences, vérification',
      MARKDOWN,
      OURS,
      readme(made, tables, site),
    ),
    fileOf(
      'CHANGEMENTS.md',
      'Ce qui change depuis l’édition d’avant',
      MARKDOWN,
      every,
      changesText(made, changes, summary),
    ),
    fileOf('changements.json', 'Ce qui change, en JSON', 'application/json', every, `${JSON.stringify(changes)}\n`),
  ]
  const described = fileOf(
    'datapackage.json',
    'Description des tables (Frictionless Data Package)',
    'application/json',
    OURS,
    dataPackage(made, tables, [...csv, ...data], site),
  )
  const shown = [...head, ...data, ...csv, described]
  const catalogue = fileOf(
    'catalogue.jsonld',
    'Description de l’édition pour les catalogues (DCAT-AP)',
    'application/ld+json',
    OURS,
    `${JSON.stringify(releaseCatalogue({ ...made, files: shown }, site), null, 2)}\n`,
  )
  const summed = [...shown, catalogue]
  const sums = summed.map((one) => `${one.sha256}  ${one.name}\n`).join('')
  const files = [...summed, fileOf('SHA256SUMS', 'Sommes de contrôle', 'text/plain; charset=utf-8', OURS, sums)]
  return { files, summary }
}

const fileOf = (
  name: string,
  title: string,
  mediaType: string,
  licences: (string | null)[],
  content: string,
): ReleaseFile => ({
  name,
  title,
  mediaType,
  licences,
  content,
  bytes: Buffer.byteLength(content),
  sha256: sha256(content),
})

function summaryOf(tables: readonly FilledTable[], changes: Changes): ReleaseSummary {
  const titles = new Map(tables.map((one) => [one.name, one.title]))
  return {
    rows: tables.map(({ name, title, filled }) => ({ table: name, title, rows: filled.length })),
    changes: changes.tables.map(({ table, added, removed, changed }) => ({
      table,
      title: titles.get(table) ?? table,
      added: added.length,
      removed: removed.length,
      changed: changed.length,
    })),
  }
}
