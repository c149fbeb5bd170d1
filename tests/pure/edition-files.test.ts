import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { crossingWords, findCrossings } from '../../src/statistics/crossings.ts'
import { editionFiles } from '../../src/statistics/edition-files.ts'
import type { EditionFile, Made } from '../../src/statistics/edition-head.ts'
import type { PublishedFigure } from '../../src/statistics/figure-lines.ts'
import { withDenominators } from '../../src/statistics/shares.ts'
import {
  CODES,
  codesOf,
  type Dimension,
  KINDS,
  type Kind,
  ofCodes,
  type Table,
  TABLES,
} from '../../src/statistics/tables.ts'
import { TERRITORIES } from '../../src/statistics/territories.ts'
import { DomainError } from '../../src/errors.ts'

type Json = Record<string, any>

/** A word that could be a code or a name, with all that a file could stumble on. */
const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .map((one) => one.replaceAll('|', '-').replaceAll('\u0000', '-').toWellFormed())
const codeOf = (dimension: Dimension) => {
  const codes = CODES[dimension]
  return codes ? fc.constantFrom(...Object.keys(codes)) : word
}
/** Of forty figures the sum still holds in 32 bits, as the columns of Parquet do: the people of France are fewer. */
const COUNT_MAX = 50_000_000
const figure = fc.constantFrom(...KINDS).chain((kind) => {
  const { dimensions, programme }: Table = TABLES[kind]
  return fc.record({
    kind: fc.constant(kind),
    of: fc.tuple(...dimensions.map(codeOf)).map((codes) => ofCodes(...codes)),
    territory: fc.constantFrom(...TERRITORIES.keys()),
    month: fc.constantFrom('', '2025-01', '2025-02'),
    count:
      programme === null ? fc.integer({ min: 1, max: COUNT_MAX }) : fc.option(fc.integer({ min: 5, max: COUNT_MAX })),
  })
})
const keyOf = ({ kind, of, territory, month }: Pick<PublishedFigure, 'kind' | 'of' | 'territory' | 'month'>) =>
  [kind, of, territory, month].join('\n')
const figures = fc.uniqueArray(figure, { selector: keyOf, maxLength: 40 })
const labels = fc.array(fc.tuple(word, word)).map((pairs) => {
  const names = new Map(pairs)
  return { badge: names, competence: names, theme: names }
})

const madeOf = (list: Parameters<typeof withDenominators>[0], names: Made['labels'] = {}): Made => ({
  head: {
    edition: '2025-t1',
    fromMonth: '2025-01',
    toMonth: '2025-03',
    threshold: 5,
    publishedAt: new Date('2026-02-01T09:00:00Z'),
    signer: { name: 'Organisme « d’essai »', did: 'did:web:insigne.test:organisations:essai' },
  },
  figures: withDenominators(list),
  labels: names,
  wordings: ['Libellés du référentiel essai 1.0 : licence non précisée par la source.'],
  site: { baseUrl: 'https://insigne.test', publisher: 'Insigne' },
})
const textOf = (files: EditionFile[], name: string): string =>
  files.find((one) => one.name === name)!.content.toString()

/** A line of JSON says nothing of the dimensions that its table has not. */
const whole = (line: Json, { fields }: Json): Json =>
  Object.fromEntries((fields as Json[]).map(({ name }) => [name, line[name] ?? null]))

const TYPED: Record<string, (cell: string) => unknown> = {
  string: String,
  integer: Number,
  boolean: (cell) => ({ oui: true, non: false })[cell],
}
/** A CSV as its schema has it read; an apostrophe before what a spreadsheet would run is taken away. */
function typed(csv: string, { fields, missingValues }: Json): Json[] {
  const read: Record<string, string>[] = parse(csv, { columns: true, bom: true })
  return read.map((line) =>
    Object.fromEntries(
      (fields as Json[]).map(({ name, type }) => {
        const cell = line[name]!.replace(/^'(?=[=+\-@\t\r])/, '')
        return [name, missingValues.includes(cell) ? null : TYPED[type]!(cell)]
      }),
    ),
  )
}

test('the three files of figures say the same, line by line, as their schema says that they are read', async () => {
  await fc.assert(
    fc.asyncProperty(figures, labels, async (list, names) => {
      const made = madeOf(list, names)
      const files = editionFiles(made)
      const schema = JSON.parse(textOf(files, 'schema.json')) as Json
      const lines = textOf(files, 'chiffres.jsonl')
        .split('\n')
        .filter(Boolean)
        .map((line) => whole(JSON.parse(line) as Json, schema))
      expect(lines).toHaveLength(list.length)
      expect(typed(textOf(files, 'chiffres.csv'), schema)).toEqual(lines)
      const { content } = files.find((one) => one.name === 'chiffres.parquet')!
      const file = new Uint8Array(content).buffer
      expect(parquetMetadata(file).key_value_metadata).toContainEqual({ key: 'edition', value: '2025-t1' })
      expect(await parquetReadObjects({ file })).toEqual(lines)
      for (const [index, line] of lines.entries()) {
        const { kind, of, territory, count, denominator } = made.figures[index]!
        const { unit, population, dimensions }: Table = TABLES[kind]
        expect(line).toMatchObject({ tableau: kind, unite: unit, population, territoire: territory, nombre: count })
        expect(line).toMatchObject({ secret: count === null, denominateur: denominator, de: '2025-01', a: '2025-03' })
        expect(codesOf(of)).toHaveLength(dimensions.length)
        for (const { name, constraints = {} } of schema['fields'] as Json[]) {
          if (constraints.required) expect(line[name], name).not.toBeNull()
          if (constraints.enum && line[name] !== null) expect(constraints.enum).toContain(line[name])
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('the same figures give the same bytes, and the files describe one another', () => {
  fc.assert(
    fc.property(figures, labels, (list, names) => {
      const files = editionFiles(madeOf(list, names))
      const again = editionFiles(structuredClone(madeOf(list, names)))
      expect(again.map((one) => one.sha256)).toEqual(files.map((one) => one.sha256))
      const digest = (name: string) =>
        createHash('sha256')
          .update(files.find((one) => one.name === name)!.content)
          .digest('hex')
      const sums = textOf(files, 'SHA256SUMS').trimEnd().split('\n')
      expect(sums).toEqual(files.slice(0, -1).map(({ name }) => `${digest(name)}  ${name}`))
      const { resources } = JSON.parse(textOf(files, 'datapackage.json')) as Json
      expect((resources as Json[]).map((one) => one['path'])).toEqual([
        'chiffres.csv',
        'chiffres.jsonl',
        'chiffres.parquet',
      ])
      for (const { path, hash, bytes } of resources as Json[]) {
        expect([hash, bytes]).toEqual([`sha256:${digest(path)}`, files.find((one) => one.name === path)!.bytes])
      }
      const secret = list.filter((one) => one.count === null).length
      expect(textOf(files, 'LISEZMOI.md')).toMatch(
        new RegExp(`Ici : ${list.length} nombres?, dont ${secret} secrets?\\.`),
      )
    }),
    { numRuns: 40 },
  )
})

test('a figure of needs is a share of yes and no, and of nothing when one of them is withheld', () => {
  const count = fc.option(fc.integer({ min: 5, max: 900 }), { nil: null })
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('oui', 'non', 'nsp'), count), (answers) => {
      const need = (answer: string, territory: string) => ({
        kind: 'need' as const,
        of: ofCodes('mediateur', 'outils', answer),
        territory,
        month: '',
        count: answers[answer]!,
      })
      const list = Object.keys(answers).flatMap((answer) => [need(answer, 'FR'), need(answer, 'REG-84')])
      const { oui = 0, non = 0 } = answers
      const whole = oui === null || non === null ? null : oui + non
      for (const { of, denominator } of withDenominators(list))
        expect(denominator).toBe(of.endsWith('nsp') ? null : whole)
    }),
  )
  // A badge has no share of anything.
  const [alone] = withDenominators([{ kind: 'all', of: '', territory: 'FR', month: '', count: 9 }])
  expect(alone!.denominator).toBe(null)
})

const WORDS = ['region', 'hub', 'departement', 'month', ...new Set(KINDS.flatMap((kind) => TABLES[kind].dimensions))]

test('a crossing is answered when it is published exactly, whatever the order, and refused otherwise with what is', () => {
  const asked = fc.record({
    words: fc.shuffledSubarray(WORDS, { maxLength: 4 }),
    kind: fc.option(fc.constantFrom<Kind>(...KINDS), { nil: undefined }),
    isWhole: fc.boolean(),
  })
  fc.assert(
    fc.property(asked, ({ words, kind, isWhole }) => {
      let found: ReturnType<typeof findCrossings> = []
      try {
        found = findCrossings({ isWhole }, words.join(','), kind)
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError)
        const { code, details } = error as DomainError
        expect(code).toBe('crossing_not_published')
        const published = (details['published'] as string[]).map((one) => one.split(',').toSorted().join())
        expect(published).not.toContain(words.toSorted().join())
        for (const one of details['published'] as string[]) expect(findCrossings({ isWhole }, one)).not.toEqual([])
      }
      for (const one of found) {
        expect(crossingWords(one).split(',').filter(Boolean).toSorted()).toEqual(words.toSorted())
        if (kind) expect(one.kind).toBe(kind)
      }
    }),
    { numRuns: 500 },
  )
  // Nobody gets a métier by département, nor a badge by région and month, nor two dimensions that no table crosses.
  for (const by of ['metier,departement', 'badge,region,month', 'competence,metier', 'competence,public,region'])
    expect(() => findCrossings({ isWhole: true }, by)).toThrow(DomainError)
  expect(findCrossings({ isWhole: true }, 'departement,competence')).toEqual([
    { kind: 'competence', width: 'departement', isMonthly: false },
  ])
})
