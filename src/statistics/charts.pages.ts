import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { HOUR } from '../web/components.ts'
import { longDate } from '../web/html.ts'
import { sendCompressed, sendDocument, splitSuffix } from '../web/reply.ts'
import { askedCsv, askedJson, tableCsv, tableJson } from './chart-tables.ts'
import { type Charted, chartPng, chartSvg } from './charts.ts'
import { crossingParts } from './crossings-view.ts'
import { labelsOf } from './edition-figures.ts'
import type { ImportedEdition, Indicator } from './edition-schema.ts'
import { type Edition, getEdition, readFigures } from './editions.ts'
import { periodWords, toldOf } from './editions-view.ts'
import { askedAndShown } from './heat-map.ts'
import { importedEditions } from './imported.ts'
import { indicatorChart, indicatorCsv, indicatorJson, indicatorSource } from './imported-charts.ts'
import { latelyCompressed } from './lately.ts'
import type { Part } from './parts.ts'
import { kindParts, SECTIONS } from './sections.ts'
import { keyOf, readPlaces, readSheet } from './sheets.ts'
import { withDenominators } from './shares.ts'
import { type Kind, KINDS } from './tables.ts'
import { readContent, readWords, wordsOf } from './words.ts'

const config = { access: 'public' } as const
const params = Type.Object({ edition: Type.String({ maxLength: 60 }), file: Type.String({ maxLength: 80 }) })
const CSV = 'text/csv; charset=utf-8'
const JSON_TYPE = 'application/json; charset=utf-8'

/** `/statistiques/:edition/graphiques` and `/tableaux`: each chart as a picture, and the table that it draws. */
export const chartsPages =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const options = { config, schema: { hide: true, params } }
    app.get('/statistiques/:edition/graphiques/:file', options, async ({ params: { edition: named, file } }, reply) => {
      const [name, suffix] = splitSuffix(file)
      if (suffix !== 'svg' && suffix !== 'png') throw notFound('Le graphique', file)
      const imported = importedEditions.find((one) => one.edition === named)
      const { charted, source } = imported
        ? chartOfOthers(imported, name)
        : await ownChart(db, await getEdition(db, named), name, baseUrl)
      if (suffix === 'svg') return sendDocument(reply, 'image/svg+xml', await chartSvg(charted, source), HOUR)
      return sendDocument(reply, 'image/png', await chartPng(charted, source), HOUR)
    })
    app.get('/statistiques/:edition/tableaux/:file', options, async (request, reply) => {
      const { edition: named, file } = request.params
      const [name, suffix] = splitSuffix(file)
      if (suffix !== 'csv' && suffix !== 'json') throw notFound('Le tableau', file)
      const type = suffix === 'csv' ? CSV : JSON_TYPE
      const imported = importedEditions.find((one) => one.edition === named)
      if (imported) return sendDocument(reply, type, tableText(suffix, tableOfOthers(imported, name)), HOUR)
      const edition = await getEdition(db, named)
      const kept = await latelyCompressed(db, `table ${keyOf(edition)} ${file}`, async () =>
        tableText(suffix, await ownTable(db, edition, name, baseUrl)),
      )
      return sendCompressed([request, reply], type, kept, HOUR)
    })
  }

type Table = { csv: () => string; json: () => object }
const tableText = (suffix: 'csv' | 'json', { csv, json }: Table): string =>
  suffix === 'csv' ? csv() : JSON.stringify(json())

/** Seven queries, one when names and figures were read lately. */
async function ownChart(db: Db, edition: Edition, name: string, baseUrl: string) {
  const content = await readContent(db)
  const words = wordsOf(content)
  const sheet = await readSheet(db, edition, 'FR')
  const shown = { sheet, places: await readPlaces(db, edition), words }
  const asked = askedAndShown(content.metiers, sheet, words)
  const parts = [
    ...SECTIONS.flatMap(({ kinds }) => kinds.flatMap((kind) => kindParts(kind, shown))),
    ...crossingParts(shown, asked),
  ]
  const part = parts.find((one) => one.name === name)
  if (!part?.chart) throw notFound('Le graphique', name)
  return { charted: { ...part, chart: part.chart }, source: sourceOf(edition, part, baseUrl) }
}

const sourceOf = (edition: Edition, part: Part, baseUrl: string): string[] => {
  const { population, caution } = toldOf(edition, part)
  return [
    `Unité : ${part.unit}. Population : ${population}.`,
    ...(caution ? [`Réserve : ${caution}`] : []),
    `Hachuré ou « secret » : nombre non publié, qui n’est pas zéro.`,
    `Source : Insigne, ${periodWords(edition)}, édition publiée le ${longDate(edition.publishedAt)}. Licence Ouverte 2.0.`,
    `${baseUrl}/statistiques/${edition.edition}`,
  ]
}

/** One query for the table, and four for the names when they were not read lately. */
async function ownTable(db: Db, edition: Edition, name: string, baseUrl: string): Promise<Table> {
  if (name === 'metiers-competences') {
    const content = await readContent(db)
    const asked = askedAndShown(content.metiers, await readSheet(db, edition, 'FR'), wordsOf(content))
    return { csv: () => askedCsv(edition, asked), json: () => askedJson(edition, asked, baseUrl) }
  }
  const kind = KINDS.find((one): one is Kind => one === name)
  if (!kind) throw notFound('Le tableau', name)
  const figures = withDenominators(await readFigures(db, edition.edition, { kind }))
  const given = { edition, kind, figures, labels: labelsOf(await readWords(db), figures) }
  return { csv: () => tableCsv(given), json: () => tableJson(given, baseUrl) }
}

function indicatorOf(edition: ImportedEdition, id: string): Indicator {
  const found = edition.indicators.find((one) => one.id === id)
  if (!found) throw notFound('Le tableau', id)
  return found
}

function chartOfOthers(edition: ImportedEdition, id: string): { charted: Charted; source: string[] } {
  const indicator = indicatorOf(edition, id)
  const chart = indicatorChart(indicator, edition.labels)
  if (!chart) throw notFound('Le graphique', id)
  const { title, unit } = indicator
  return { charted: { title, unit, chart }, source: indicatorSource(edition, indicator) }
}

function tableOfOthers(edition: ImportedEdition, id: string): Table {
  const indicator = indicatorOf(edition, id)
  return { csv: () => indicatorCsv(edition, id), json: () => indicatorJson(edition, indicator) }
}
