import { gunzipSync } from 'node:zlib'
import { Resvg } from '@resvg/resvg-js'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import { DEPARTEMENTS_OF_REGIONS } from '../src/organisations/departements.ts'
import { THEMES } from '../src/needs/themes.ts'
import { drawBars, drawColumns } from '../src/statistics/bar-charts.ts'
import { fileDrawing, outlined } from '../src/statistics/chart-ink.ts'
import { drawMap } from '../src/statistics/choropleth.ts'
import { importedEditions } from '../src/statistics/imported.ts'
import { classOf, quantileClasses } from '../src/statistics/quantiles.ts'
import { ofCodes } from '../src/statistics/tables.ts'
import { actor, type Json } from './support/actors.ts'
import { test } from './support/app.ts'
import { fullRows, type Row, writeEdition } from './support/editions.ts'
import { hearStatements } from './support/statements.ts'

const HTML = { accept: 'text/html' }
/** What is read on a page, without its marks. */
const words = (markup: string): string =>
  markup
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/[\s\u00A0\u202F]+/g, ' ')
    .trim()
const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length
const HATCHED = /fill="#abcdef"/g

test('classes cover every count once, in order, equal counts together', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 3000 }), { minLength: 1, maxLength: 101 }), (values) => {
      const classes = quantileClasses(values)
      expect(classes.length).toBeLessThanOrEqual(5)
      for (const [at, { from, to }] of classes.entries()) {
        expect(from).toBeLessThanOrEqual(to)
        if (at > 0) expect(from).toBeGreaterThan(classes[at - 1]!.to)
        expect(values).toContain(from)
        expect(values).toContain(to)
      }
      for (const value of values.filter((one) => one > 0)) {
        const { from, to } = classes[classOf(classes, value)]!
        expect(from <= value && value <= to).toBe(true)
      }
    }),
  )
})

test('a bar is as long as its count; what is withheld is hatched, never short, and zero has no bar', async () => {
  const bar = fc.record({
    label: fc.constantFrom(
      'Un badge',
      'Une compétence dont le nom est long, et tient sur deux lignes',
      'A & <b>"B"</b>',
    ),
    value: fc.oneof(fc.constant(null), fc.constant(0), fc.integer({ min: 5, max: 100_000 })),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(bar, { minLength: 1, maxLength: 15 }), async (bars) => {
      const { content } = await drawBars(bars)
      const withheld = bars.filter(({ value }) => value === null).length
      expect(count(content, HATCHED)).toBe(withheld)
      expect(count(content, />secret</g)).toBe(withheld)
      const lengths = Array.from(content.matchAll(/M[\d.]+ [\d.]+l([\d.]+)[^"]*" fill="#0f5a56"/g), ([, length]) =>
        Number(length),
      )
      const most = Math.max(1, ...bars.map(({ value }) => value ?? 0))
      const longest = Math.max(...lengths)
      const expected = bars.flatMap(({ value }) => (value === null || value === 0 ? [] : [(value / most) * longest]))
      // A count that is less than a tenth of a pixel of the longest may vanish; none is longer than it should be.
      expect(lengths.length).toBeGreaterThanOrEqual(expected.filter((one) => one > 0.1).length)
      for (const [at, length] of lengths.entries()) if (lengths.length === expected.length) expect(Math.abs(length - expected[at]!)).toBeLessThan(0.6) // prettier-ignore
      expect(content).not.toMatch(/style|class=|<b>/)
      expect(() => new Resvg(fileDrawing({ width: 440, height: 900, content }, { title: 'T', about: 'A', source: ['S'] }))).not.toThrow() // prettier-ignore
    }),
    { numRuns: 40 },
  )
  const { content } = await drawColumns([
    { label: 'janv.\n2019', value: 8 },
    { label: 'févr.\n2019', value: null },
    { label: 'mars\n2019', value: 0 },
  ])
  expect(count(content, HATCHED)).toBe(1)
  expect(count(content, /fill="#0f5a56"/g)).toBe(1)
  // With its words as outlines, a file is drawn alike without fonts: no text is left, and something is drawn for each.
  const file = fileDrawing({ width: 440, height: 240, content }, { title: 'Titre', about: '', source: ['Source'] })
  expect(outlined(file)).not.toContain('<text')
  expect(count(outlined(file), /<path fill="#(20262b|545c61)"/g)).toBe(count(file, /<text/g))
})

test('the map draws the 101 départements, the withheld hatched, those at zero empty, the others by class', () => {
  const all = DEPARTEMENTS_OF_REGIONS.map(({ code }) => code)
  const areas = new Map(all.flatMap((code, at) => (at % 5 === 0 ? [] : [[code, at % 7 === 0 ? null : at] as const])))
  const { content, key = [] } = drawMap(areas, 'badges')
  const told = Array.from(content.matchAll(/<title>\s*(\S+) [^<]*? : ([^<]*?)\s*<\/title>/g), ([, code, said]) => [
    code!,
    said!,
  ])
  expect(new Set(told.map(([code]) => code)).size).toBe(101)
  for (const [code, said] of told) {
    const value = areas.get(code!)
    expect(said, code).toBe(value === null ? 'secret' : String(value ?? 0))
  }
  const small = ['75', '92', '93', '94'].filter((code) => areas.get(code) === null).length
  expect(count(content, HATCHED)).toBe([...areas.values()].filter((one) => one === null).length + small)
  expect(key.map(({ words }) => words).filter((one) => one.startsWith('de '))).toHaveLength(5)
  expect(key.at(-1)!.words).toContain('secret')
  // No outline leaves the drawing: a closed loop comes back to where it began.
  const points = Array.from(
    content.matchAll(/ d="m(-?[\d.]+),(-?[\d.]+)/g),
    ([, x, y]) => [Number(x), Number(y)] as const,
  )
  for (const [x, y] of points) expect(x >= 0 && x <= 613 && y >= 0 && y <= 585).toBe(true)
})

test('a page tells what is withheld, what is shared of what, and what is not told; nothing of others is in it', async ({
  service,
}) => {
  const { db } = service
  await db.execute(sql`insert into achievements (slug, version, kind, subject, digest, about)
    select 'essai--signes', '1', kind, 'own:essai--signes', 'essai-signes', about || '{"slug": "essai--signes", "version": "1", "name": "Badge <b>\\"fort\\"</b> & cie"}'
    from achievements where slug = 'aidants-connect' and version = '1'`)
  const line = (kind: Row['kind'], of: string, number: number | null, more: Partial<Row> = {}): Row => ({ kind, of, territory: 'FR', month: '', count: number, ...more }) // prettier-ignore
  const need = (who: string, theme: string, ...answers: (number | null)[]): Row[] =>
    answers.flatMap((one, at) =>
      one === 0 ? [] : [line('need', ofCodes(who, theme, ['oui', 'non', 'nsp'][at]!), one)],
    )
  await writeEdition(db, 'essai-2018', [
    line('all', '', 1240),
    line('all', '', 700, { month: '2018-02' }),
    line('all', '', null, { month: '2018-04' }),
    line('all', '', null, { territory: 'DEP-38' }),
    line('all', '', 61, { territory: 'DEP-69' }),
    line('all', '', 1179, { territory: 'REG-84' }),
    line('badge', 'essai--signes/1', null),
    line('renewal', 'first', 1000),
    line('renewal', 'renewed', 240),
    line('outcome', 'completed', 90),
    line('outcome', 'other', null),
    ...need('cadre', 'financement', 30, 10, 7),
    ...need('cadre', 'management', null, 20, 9),
    ...need('employeur', 'outils', 0, 0, 12),
  ], '2018') // prettier-ignore
  const anyone = actor(service)
  const body = (await anyone.get('/statistiques/essai-2018', HTML)).response.body
  const said = words(body)
  expect(said).toContain('1 240 badges délivrés')
  expect(said).toContain('avril 2018 secret')
  // A month without a line is zero, and is written so; what is withheld never is.
  expect(said).toContain('mars 2018 0')
  expect(said).toContain('38 Isère secret')
  expect(said).toMatch(/Badge &#?\w+;b&#?\w+;&#?\w+;fort&#?\w+;&#?\w+;\/b&#?\w+; &#?\w+; cie, version 1 secret/)
  expect(body).not.toContain('<b>"fort"')
  expect(said).toContain('Première délivrance 1 000 80,6 % de 1 240')
  expect(said).toContain('Acquis constatés 90 non calculable')
  // « ne sait pas » is no opinion: it is in no share.
  expect(said).toContain(`${THEMES.financement} 30 10 7 75 % de 40`)
  expect(said).toContain(`${THEMES.management} secret 20 9 non calculable`)
  expect(said).toContain(`${THEMES.outils} 0 0 12 aucun avis`)
  expect(count(body, /<h3[^>]*>\s*Besoins de formation\s: /g)).toBe(2)
  for (const absent of ['Habilitations', 'Vérifications', 'Couverture']) expect(body).not.toContain(`>${absent}</h2>`)
  expect(said).not.toContain('Observatoire')

  const here = words((await anyone.get('/statistiques/essai-2018/territoires/REG-84', HTML)).response.body)
  expect(here).toContain('Badges délivrés 1 179 1 240 95,1 %')
  const isere = words((await anyone.get('/statistiques/essai-2018/territoires/DEP-38', HTML)).response.body)
  expect(isere).toContain('Badges délivrés secret 1 240 non calculable')
  expect((await anyone.get('/statistiques/essai-2018/territoires?territoire=DEP-69')).response.headers['location']).toBe('/statistiques/essai-2018/territoires/DEP-69') // prettier-ignore
  for (const path of [
    '/statistiques/essai-2018/territoires/DEP-99',
    '/statistiques/essai-2018/territoires?territoire=LUNE',
    '/statistiques/essai-2018/graphiques/carte.gif',
    '/statistiques/essai-2018/graphiques/inconnu.svg',
    '/statistiques/essai-2018/graphiques/I3.svg',
    '/statistiques/observatoire_2022/graphiques/carte.svg',
    '/statistiques/observatoire_2022/tableaux/all.csv',
    '/statistiques/essai-2018/tableaux/I3.json',
    '/statistiques/essai-2018/tableaux/all.xlsx',
    '/statistiques/absente/graphiques/carte.svg',
  ])
    expect((await anyone.get(path, { accept: 'application/json' })).body, path).toMatchObject({
      status: 404,
      code: 'not_found',
    })
})

test('every chart, table and territory of an edition answers, in as few queries whatever it holds', async ({
  service,
}) => {
  const { db } = service
  const full = await fullRows(db)
  await writeEdition(db, 'pleine-2019', full)
  const anyone = actor(service)
  const asked = async (path: string): Promise<{ body: string; queries: number }> => {
    const heard: string[] = []
    const stop = hearStatements(service, (text) => heard.push(text))
    const { response } = await anyone.get(path, HTML)
    stop()
    expect(response.statusCode, path).toBe(200)
    return { body: response.body, queries: heard.length }
  }
  const path = '/statistiques/pleine-2019'
  const first = await asked(path)
  expect(first.queries).toBeLessThanOrEqual(8)
  expect((await asked(path)).queries).toBe(1)
  expect((await asked(`${path}/territoires/REG-84`)).queries).toBe(2)
  expect((await asked(`${path}/croisements`)).queries).toBe(1)
  const pages = [
    first.body,
    (await asked(`${path}/croisements`)).body,
    (await asked('/statistiques/observatoire_2022')).body,
  ]
  const links = new Set(
    pages.flatMap((page) => Array.from(page.matchAll(/href="(\/statistiques\/[^"#]+)"/g), ([, link]) => link!)),
  )
  const files = [...links].filter((link) => /\.(svg|png|csv|json)$/.test(link))
  expect(files.length).toBeGreaterThan(100)
  for (const link of links) {
    const { response } = await anyone.get(link, HTML)
    expect(response.statusCode, link).toBe(200)
    if (link.endsWith('.svg')) {
      expect(response.body, link).not.toMatch(/var\(|style=|undefined|NaN/)
      expect(response.body, link).toMatch(/<title id="titre">[^<]+<\/title><desc id="dit">[^<]+<\/desc>/)
      expect(words(response.body), link).toMatch(/Licence Ouverte 2\.0|CC BY-SA 4\.0/)
    }
    if (link.endsWith('.png')) expect([...response.rawPayload.subarray(0, 4)], link).toEqual([0x89, 0x50, 0x4e, 0x47])
  }
  for (const image of first.body.matchAll(/<svg class="chart"[^]*?<\/svg>/g))
    expect(image[0]).toMatch(
      /role="img" aria-labelledby="(\S+) (\S+)"[^]*<title id="\1">[^<]+<\/title>[^]*<desc id="\2">[^<]+</,
    )

  const whole = await anyone.get(`${path}/tableaux/level.csv`, { 'accept-encoding': 'identity' })
  const small = await anyone.get(`${path}/tableaux/level.csv`, { 'accept-encoding': 'br, gzip' })
  expect(small.response.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' })
  expect(whole.response.headers['content-encoding']).toBeUndefined()
  expect(gunzipSync(small.response.rawPayload)).toEqual(whole.response.rawPayload)
  expect(small.response.rawPayload.length).toBeLessThan(whole.response.rawPayload.length / 3)

  for (const kind of ['all', 'need', 'level'] as const) {
    const own = full.filter((one) => one.kind === kind)
    const table: Json = (await anyone.get(`${path}/tableaux/${kind}.json`)).response.json()
    expect(table).toMatchObject({ edition: 'pleine-2019', kind, fromMonth: '2019-01', toMonth: '2019-12' })
    for (const name of ['unit', 'population', 'source', 'dimensions']) expect(table[name]).toBeTruthy()
    const told = (table['items'] as Json[]).map((one) =>
      [one['of'], one['territory'], one['month'], one['count']].join(' '),
    )
    expect(told.toSorted()).toEqual(
      own.map((one) => [one.of, one.territory, one.month, one.count].join(' ')).toSorted(),
    )
    const csv = (await anyone.get(`${path}/tableaux/${kind}.csv`)).response.body.trimEnd().split('\r\n')
    expect(csv).toHaveLength(own.length + 1)
    expect(count(csv.join('\n'), /,oui(,|$)/gm)).toBe(own.filter((one) => one.count === null).length + (kind === 'need' ? own.filter((one) => one.of.endsWith('|oui')).length : 0)) // prettier-ignore
  }
}, 240_000)

test('the heat map tells what each métier asks, and of nothing else', async ({ service }) => {
  const anyone = actor(service)
  await writeEdition(service.db, 'chaleur-2017', [], '2017')
  const table: Json = (await anyone.get('/statistiques/chaleur-2017/tableaux/metiers-competences.json')).response.json()
  const asked = await rows<{ metier: string; n: number }>(
    service.db,
    sql`select slug as metier, jsonb_array_length(about->'competences')::int as n from metiers where jsonb_array_length(about->'competences') > 0 order by 1`,
  )
  const items = table['items'] as Json[]
  const byMetier = Map.groupBy(items, (one) => String(one['metier']))
  expect([...byMetier].map(([metier, some]) => ({ metier, n: some.length })).toSorted((a, b) => a.metier.localeCompare(b.metier))).toEqual(asked) // prettier-ignore
  for (const one of items) expect(one).toMatchObject({ count: 0, secret: false })
  const page = (await anyone.get('/statistiques/chaleur-2017/croisements', HTML)).response.body
  expect(count(page, /<td data-tone="zero">/g)).toBe(items.length)
  expect(page).toContain('listes en vigueur')
})

test('a table of others is drawn from its printed numbers, and what is no distribution is not', async ({ service }) => {
  const anyone = actor(service)
  const [edition] = importedEditions
  for (const { id, values } of edition!.indicators) {
    const { statusCode, body } = (await anyone.get(`/statistiques/${edition!.edition}/graphiques/${id}.svg`)).response
    const printed = values.filter((one) => one.value !== null).length
    expect(statusCode, id).toBe(printed > 1 && printed <= 15 && id !== 'I7' ? 200 : 404)
    if (statusCode === 200) expect(count(body, /fill="#0f5a56"/g), id).toBe(printed)
    const table: Json = (await anyone.get(`/statistiques/${edition!.edition}/tableaux/${id}.json`)).response.json()
    expect(table['indicator'].id).toBe(id)
    expect(table['attribution']).toContain('La Mednum')
  }
})
