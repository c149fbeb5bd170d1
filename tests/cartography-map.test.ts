import fc from 'fast-check'
import { eq, sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { cut, drawLayers } from '../src/cartography/map-drawing.ts'
import { type CartographyMap, readMap } from '../src/cartography/map.ts'
import { searchMap } from '../src/cartography/map-search.ts'
import { drawMetier } from '../src/cartography/metier-drawing.ts'
import { readMetier } from '../src/cartography/metier-reading.ts'
import { modules } from '../src/curricula/curricula.sql.ts'
import { competences, metiers } from '../src/referential/referential.sql.ts'
import type { Metier } from '../src/referential/schema.ts'
import { bothForms } from '../src/referential/metier-view.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { HOSTILE } from './support/hostile.ts'
import { hearStatements } from './support/statements.ts'

const get = ({ app }: TestService, url: string) => app.inject({ url, headers: { accept: 'text/html' } })
const page = async (service: TestService, url: string): Promise<string> => (await get(service, url)).body
/** The words of a page, without its marks, its scripts and its unbreakable spaces. */
const wordsOf = (body: string): string =>
  body
    .replaceAll(/<script[\s\S]*?<\/script>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll(/[\s\u00A0\u202F]+/g, ' ')
const count = (body: string, mark: RegExp): number => body.match(mark)?.length ?? 0
const pairs = (some: CartographyMap['requirements']): number =>
  new Set(some.map((one) => `${one.metier} ${one.competence}`)).size

test('the map says how many of each it holds, what each counts apart, and that nothing in it is official yet', async ({
  service,
}) => {
  const map = await readMap(service.db)
  const words = wordsOf(await page(service, '/cartographie'))
  const of = (kind: string): number => map.metiers.filter((one) => one.kind === kind).length
  const on = (axis: string): number => map.competences.filter((one) => one.axis === axis).length
  expect(words).toContain(`${of('metier')} métiers`)
  expect(words).toContain(`${of('role')} fonctions`)
  expect(words).toContain(`${of('scheme')} dispositifs financent des postes : comptés une fois`)
  expect(words).toContain(`${on('professional')} compétences du métier`)
  expect(words).toContain(`${on('digital')} compétences numériques`)
  expect(words).toMatch(/ 0 officielles, \d+ illustratives/)
  for (const { title } of map.lists) expect(words).toContain(title)
})

test('each demand is one cell of the table, and each filter keeps exactly the cells of what it keeps', async ({
  service,
}) => {
  const map = await readMap(service.db)
  const whole = await page(service, '/cartographie')
  expect(pairs(map.requirements)).toBeGreaterThan(50)
  expect(count(whole, /<td data-said="illustrative"/g)).toBe(pairs(map.requirements))
  for (const query of [
    'nature=role',
    'axe=digital',
    'sorte=savoir-etre',
    'famille=mediation&statut=existing',
    'q=rgpd',
  ]) {
    const asked = Object.fromEntries(new URLSearchParams(query))
    const kept = searchMap(map, asked).requirements
    const body = await page(service, `/cartographie?${query}`)
    expect(kept.length, query).toBeGreaterThan(0)
    expect(kept.length, query).toBeLessThan(map.requirements.length)
    expect(count(body, /<td data-said="illustrative"/g), query).toBe(pairs(kept))
  }
})

test('words are found whatever the accents and the case; what is not found says how to widen', async ({ service }) => {
  const found = (body: string): string | undefined => /class="found">([^<]+)</.exec(body)?.[1]
  const plain = found(await page(service, '/cartographie?q=mediatrice'))
  expect(plain).toMatch(/^\d+ métiers, fonctions et dispositifs, /)
  expect(found(await page(service, '/cartographie?q=M%C3%89DIATRICE'))).toBe(plain)
  const none = await page(service, '/cartographie?q=introuvable')
  expect(none).toContain('affichez toute la liste')
  expect(none).not.toContain('<table')
  const wrong = await get(service, '/cartographie?axe=oblique')
  expect([wrong.statusCode, wordsOf(wrong.body)]).toEqual([422, expect.stringContaining('axe')])
})

test('a search keeps a demand when both its ends pass the filters and one of them is named', async ({ service }) => {
  const map = await readMap(service.db)
  const some = <T extends string>(...values: T[]) => fc.constantFrom<T | undefined>(undefined, ...values)
  const asked = fc.record({
    nature: some('metier', 'role', 'scheme'),
    famille: some('mediation', 'formation', 'encadrement', 'support'),
    statut: some('existing', 'proposed', 'historic'),
    axe: some('professional', 'digital'),
    sorte: some('savoir', 'savoir-faire', 'savoir-etre', 'domaine', 'competence'),
    q: fc.constantFrom(undefined, '', 'numerique', 'agent', 'projet', 'D4'),
  })
  fc.assert(
    fc.property(asked, (one) => {
      const found = searchMap(map, one)
      const wide = searchMap(map, { ...one, q: '' })
      const named = new Set([...found.metiers.map((m) => m.slug), ...found.competences.map((c) => c.key)])
      const passing = new Set([...wide.metiers.map((m) => m.slug), ...wide.competences.map((c) => c.key)])
      expect(found.requirements).toEqual(
        map.requirements.filter(
          ({ metier, competence }) =>
            passing.has(metier) && passing.has(competence) && (named.has(metier) || named.has(competence)),
        ),
      )
    }),
  )
  expect(searchMap(map, {})).toEqual({
    metiers: map.metiers,
    competences: map.competences,
    requirements: map.requirements,
  })
})

test('a métier is said whole without its drawing, and drawn whole: each competence, module and activity', async ({
  service,
}) => {
  const map = await readMap(service.db)
  const body = await page(service, '/cartographie/metiers/mediateur-numerique')
  const [before, drawn, after] =
    body.split(/<svg\s[\s\S]*?<title|<\/svg>/).length === 3 ? body.split(/(?=<svg\s)|<\/svg>/) : []
  expect(before).toContain('Passer le dessin')
  const asked = new Set(
    map.requirements.filter((one) => one.metier === 'mediateur-numerique').map((one) => one.competence),
  )
  const teaching = new Set(map.teaching.filter((one) => asked.has(one.competence)).map((one) => one.module))
  const duties = new Set(map.dutiesOf.filter((one) => one.metier === 'mediateur-numerique').map((one) => one.duty))
  expect([asked.size > 20, teaching.size > 10, duties.size > 10]).toEqual([true, true, true])
  for (const key of asked) {
    expect(drawn).toContain(`data-box="${key}"`)
    expect(after).toContain(`href="/cartographie/competences/${key}"`)
  }
  for (const slug of teaching) {
    expect(drawn).toContain(`data-box="module:${slug}"`)
    expect(after).toContain(`href="/modules/${slug}"`)
  }
  for (const key of duties) {
    expect(drawn).toContain(`data-box="${key}"`)
    expect(after).toContain(`href="/referentiels/${key}"`)
  }
  const links = map.teaching.filter((one) => asked.has(one.competence))
  expect(count(drawn!, /data-to="module:/g)).toBe(links.length)
  expect(body).toContain('href="/parcours/calculer?but=metier:mediateur-numerique"')
  expect(body).toContain(`"@id":"${BASE_URL}/metiers/mediateur-numerique"`)
})

test('a scheme is no métier: it names the one that it funds, asks nothing and stands in no column', async ({
  service,
}) => {
  const body = await page(service, '/cartographie/metiers/conseiller-numerique')
  expect(wordsOf(body)).toContain('Un dispositif, pas un métier')
  expect(wordsOf(body)).toContain('comptée une fois, dans ce métier')
  expect(body).toContain('href="/cartographie/metiers/mediateur-numerique"')
  expect(body).not.toMatch(/<svg class="layers"|class="map-asked"/)
  const matrix = /<table class="map"[\s\S]*?<\/table>/.exec(await page(service, '/cartographie'))![0]
  expect(matrix).not.toContain('/cartographie/metiers/conseiller-numerique"')
  expect(await page(service, '/cartographie/metiers/mediateur-numerique')).toContain(
    'href="/cartographie/metiers/conseiller-numerique"',
  )
})

test('a competence says who asks it, what teaches and shows it; an area, a mission and an unknown code have no place', async ({
  service,
}) => {
  const map = await readMap(service.db)
  const body = await page(service, '/cartographie/competences/mediation/1.0/D4')
  const asking = map.requirements.filter((one) => one.competence === 'mediation/1.0/D4').map((one) => one.metier)
  const teaching = map.teaching.filter((one) => one.competence === 'mediation/1.0/D4').map((one) => one.module)
  const showing = map.badges.filter((one) => one.competences.some(({ code }) => code === 'D4'))
  expect(asking.length * teaching.length * showing.length).toBeGreaterThan(0)
  for (const slug of asking) expect(body).toContain(`href="/cartographie/metiers/${slug}"`)
  for (const slug of teaching) expect(body).toContain(`href="/modules/${slug}"`)
  for (const { slug } of showing) expect(body).toContain(`href="/achievements/${slug}"`)
  expect(body).toContain('/cartographie/competences/digcomp/3.0/')
  for (const code of ['D', 'M1', 'X9']) {
    const missing = await get(service, `/cartographie/competences/mediation/1.0/${code}`)
    expect([missing.statusCode, wordsOf(missing.body)]).toEqual([404, expect.stringContaining(`mediation 1.0 ${code}`)])
  }
  const unknown = await get(service, '/cartographie/metiers/astronaute')
  expect([unknown.statusCode, wordsOf(unknown.body)]).toEqual([404, expect.stringContaining('astronaute')])
})

test('what a métier page of the catalogue asks carries its standing, its lists and its place on the map', async ({
  service,
}) => {
  const map = await readMap(service.db)
  const body = await page(service, '/metiers/mediateur-numerique')
  const lists = new Set(map.requirements.filter((one) => one.metier === 'mediateur-numerique').map((one) => one.list))
  expect(count(body, /data-tone="waiting">illustratif</g)).toBe(lists.size)
  for (const { title } of map.lists.filter((one) => lists.has(one.list))) expect(wordsOf(body)).toContain(title)
  expect(body).toContain('href="/cartographie/metiers/mediateur-numerique"')
  expect(await page(service, '/referentiels/mediation/1.0/D4')).toContain('/cartographie/competences/mediation/1.0/D4')
  expect(await page(service, '/referentiels/mediation/1.0/D')).not.toContain('/cartographie/competences/')
})

test('a page of the map costs a number of queries that the number of entries does not change', async ({ service }) => {
  const costs: number[] = []
  for (const path of ['', '/metiers/mediateur-numerique', '/metiers/elu', '/competences/mediation/1.0/D4']) {
    let statements = 0
    const stop = hearStatements(service, () => (statements += 1))
    await page(service, `/cartographie${path}`)
    stop()
    costs.push(statements)
  }
  expect(costs).toEqual([8, 8, 8, 10])
})

test('lines are cut to their width, in order, and say by an ellipsis that words are left out', () => {
  const text = fc
    .array(fc.stringMatching(/^[a-zé’]{1,30}$/), { minLength: 1, maxLength: 20 })
    .map((all) => all.join(' '))
  fc.assert(
    fc.property(text, fc.integer({ min: 5, max: 40 }), fc.integer({ min: 1, max: 4 }), (words, letters, most) => {
      const lines = cut(words, letters, most)
      expect(lines.length).toBeLessThanOrEqual(most)
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(letters)
      const whole = lines.join(' ')
      if (!whole.endsWith('…'))
        expect(whole).toBe(
          words
            .split(' ')
            .map((one) => one.slice(0, letters))
            .join(' '),
        )
      else
        expect(
          words
            .split(' ')
            .map((one) => one.slice(0, letters))
            .join(' ')
            .startsWith(whole.slice(0, -1)),
        ).toBe(true)
    }),
  )
})

test('boxes of a drawing never overlap, stay inside it, and a curve joins only boxes that are drawn', () => {
  const box = (column: number) =>
    fc.array(fc.string({ minLength: 1, maxLength: 120 }), { maxLength: 12 }).map((all) => ({
      groups: [{ title: 'Titre', boxes: all.map((words, at) => ({ id: `${column}-${at}`, words, href: '/' })) }],
    }))
  fc.assert(
    fc.property(box(0), box(1), box(2), (...layers) => {
      const edges = [
        { from: '0-0', to: '1-0' },
        { from: '1-0', to: 'nowhere' },
      ]
      const drawn = drawLayers({ id: 'd', title: 'T', about: 'A', layers, edges })
      const height = Number(/viewBox="0 0 1160 (\d+(?:\.\d+)?)"/.exec(drawn)![1])
      const rects = Array.from(
        drawn.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
        (all) => all.slice(1).map(Number),
      ) as [number, number, number, number][]
      expect(rects).toHaveLength(layers.flatMap((one) => one.groups[0]!.boxes).length)
      for (const [x, y, width, tall] of rects) {
        expect([x >= 0, x + width <= 1160, y >= 0, y + tall <= height]).toEqual([true, true, true, true])
        const overlapping = rects.filter((other) => other[0] === x && other[1] < y + tall && y < other[1] + other[3])
        expect(overlapping).toHaveLength(1)
      }
      const both = layers[0].groups[0]!.boxes.length > 0 && layers[1].groups[0]!.boxes.length > 0
      expect(count(drawn, /data-from=/g)).toBe(both ? 1 : 0)
    }),
  )
})

const about = async ({ db }: TestService, slug: string): Promise<Metier> =>
  (await db.select().from(metiers).where(eq(metiers.slug, slug)))[0]!.about

test('what an official list asks says so, with its level; what no module teaches is named as such', async ({
  service,
}) => {
  const { db } = service
  const map = await readMap(db)
  const taught = new Set(map.teaching.map((one) => one.competence))
  const untaught = map.competences.find((one) => !taught.has(one.key)) ?? map.competences.at(-1)!
  const { framework, version, code, key } = untaught
  await db.delete(modules).where(
    sql`exists (select 1 from jsonb_array_elements(${modules.about} -> 'competences') one
      where one ->> 'framework' = ${framework} and one ->> 'version' = ${version} and one ->> 'code' = ${code})`,
  )
  const elu = await about(service, 'elu')
  const official = { framework, version, code, level: 5, importance: 'essential' as const, note: null }
  const asked = { ...official, list: map.lists[0]!.list, status: 'official' as const, source: map.lists[0]!.source }
  await db
    .update(metiers)
    .set({ about: { ...elu, competences: [asked] } })
    .where(eq(metiers.slug, 'elu'))
  const body = await page(service, '/cartographie/metiers/elu')
  const words = wordsOf(body)
  expect(words).toMatch(/essentielle, niveau 5 officiel/)
  expect(words).toContain('Ce que personne n’enseigne 1 compétence demandée ne figure dans aucun module')
  expect(body).toContain(`data-box="${key}" data-missing`)
  expect(drawMetier(readMetier(await readMap(db), 'elu'))).not.toContain('data-from=')
  expect(await page(service, '/cartographie')).toContain(
    '<td data-said="official"><span class="asks" data-asks="essential" role="img" title="essentielle, niveau 5">',
  )
  expect(wordsOf(await page(service, '/cartographie'))).toContain('1 officielle')
})

test('hostile names come out as text, in the tables, the drawing and the data for machines', async ({ service }) => {
  const { db } = service
  const elu = await about(service, 'elu')
  const label = { feminine: HOSTILE.script, masculine: HOSTILE.quotes }
  await db
    .update(metiers)
    .set({ about: { ...elu, label, description: HOSTILE.rightToLeft } })
    .where(eq(metiers.slug, 'elu'))
  const { framework, version, code } = elu.competences[0]!
  const entry = (await db.select().from(competences)).find(
    (one) => one.framework === framework && one.version === version && one.code === code,
  )!
  await db
    .update(competences)
    .set({ about: { ...entry.about, label: { fr: HOSTILE.script, en: null } } })
    .where(
      sql`${competences.framework} = ${framework} and ${competences.version} = ${version} and ${competences.code} = ${code}`,
    )
  const place = `${framework}/${version}/${code}`
  for (const path of ['/cartographie', '/cartographie/metiers/elu', `/cartographie/competences/${place}`]) {
    const body = await page(service, path)
    expect(body, path).toContain('&#60;script&#62;document.title')
    expect(body, path).not.toMatch(/<script>document|<img src=x|<svg\/onload/)
    expect(body.split('application/ld+json')[1]!.split('</script>')[0], path).not.toContain('<img')
  }
  expect(bothForms({ ...elu, label })).toContain(HOSTILE.script)
})
