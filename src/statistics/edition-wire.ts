import { fileUrl, type FileInfo } from './edition-head.ts'
import type { OrderView } from './edition-orders.ts'
import type { Edition } from './editions.ts'
import type { Labels, PublishedFigure } from './figure-lines.ts'
import { shareWords } from './shares.ts'
import { CODES, codesOf, type Dimension, DIMENSIONS, type Kind, type Table, TABLES } from './tables.ts'
import { territoryWords } from './territories.ts'

type Told = { edition: Edition; signer: string | null; files: readonly FileInfo[] }

/** What is told of an edition that is published. */
export function editionOnWire({ edition, signer, files }: Told, baseUrl: string) {
  const { organisationId: _who, keptAt: _when, author: _author, publishedAt, ...about } = edition
  return {
    ...about,
    state: 'published' as const,
    publishedAt: publishedAt.toISOString(),
    page: `${baseUrl}/statistiques/${about.edition}`,
    source: `${baseUrl}, ses propres actes`,
    licence: 'Licence Ouverte 2.0',
    // Told of the first table since the first version: each table has its own.
    unit: TABLES.all.unit,
    population: TABLES.all.population,
    signedBy: signer,
    files: files.map((one) => ({ ...one, url: fileUrl(baseUrl, about.edition, one.name) })),
  }
}

/** What is told of an order, and where to look. */
export function orderOnWire({ order, organisation }: OrderView, baseUrl: string) {
  const { edition, fromMonth, toMonth, threshold, state, askedAt, settledAt, refusal } = order
  return {
    edition,
    state,
    fromMonth,
    toMonth,
    threshold,
    organisation,
    askedAt: askedAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
    ...(refusal && { reason: refusal }),
    url: `${baseUrl}/api/v1/statistics/editions/${edition}`,
  }
}

/** What a table counts, of whom, told by what, and what it does not say. */
export function tableOnWire(kind: Kind) {
  const { title, unit, population, dimensions, depth, months = [], programme, caution }: Table = TABLES[kind]
  return {
    kind,
    title,
    unit,
    population,
    dimensions: dimensions.map((one) => ({ dimension: one, title: DIMENSIONS[one], codes: CODES[one] ?? null })),
    territories: { FR: ['FR'], REG: ['FR', 'REG', 'HUB'], DEP: ['FR', 'REG', 'HUB', 'DEP'] }[depth],
    monthly: months,
    isWithheld: programme !== null,
    denominator: shareWords(kind),
    caution: caution ?? null,
  }
}

/** A figure with its codes and what they are called; `count` null: withheld. */
export function figureOnWire(figure: PublishedFigure, labels: Labels) {
  const { kind, of, territory, month, count, denominator } = figure
  const codes = codesOf(of)
  return {
    kind,
    of,
    territory,
    territoryName: territoryWords(territory),
    month,
    count,
    secret: count === null,
    denominator,
    dimensions: (TABLES[kind].dimensions as readonly Dimension[]).map((dimension, index) => {
      const code = codes[index] ?? ''
      return { dimension, code, label: labels[dimension]?.get(code) ?? code }
    }),
  }
}
