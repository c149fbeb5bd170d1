import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { badgeImagePng, badgeImageSvg } from '../src/badges/render.ts'
import { getAchievement } from '../src/badges/achievements.ts'
import { type Db, rows } from '../src/db.ts'
import { loadContent } from '../src/cartography/load.ts'
import { actor, type Json } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { digest } from './support/content-digest.ts'

const list = async (service: TestService, path: string): Promise<Json[]> =>
  (await actor(service).get(`/api/v1${path}`)).body['items']
const framework = async (service: TestService, id: string, version: string) =>
  (await actor(service).get(`/api/v1/frameworks/${id}/competences?version=${version}`)).body
const achievementsOf = async (db: Db) =>
  (await rows<{ about: Json }>(db, sql`select about from achievements order by slug, version`)).map((row) => row.about)
const ofKind = (items: Json[], kind: string) => items.filter((one) => one['kind'] === kind)

test.for(['3.0', '2.2'])(
  'DigComp %s has 5 areas, 21 competences and 8 levels, each one named in French and in English',
  async (version, { service }) => {
    const { items, levels } = await framework(service, 'digcomp', version)
    expect(ofKind(items, 'area').map((one) => one['code'])).toEqual(['1', '2', '3', '4', '5'])
    const competences = ofKind(items, 'competence')
    expect(competences).toHaveLength(21)
    for (const { code, parent, label } of competences) {
      expect(parent).toBe(code.split('.')[0])
      expect(label).toEqual({ fr: expect.stringMatching(/\p{L}{3}/u), en: expect.stringMatching(/\p{L}{3}/u) })
    }
    expect((levels as Json[]).map((one) => one['level'])).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  },
)

test('Pix has 5 domains, 16 competences and the levels 0 to 8, and is another framework than DigComp', async ({
  service,
}) => {
  const { items, levels, version } = (await actor(service).get('/api/v1/frameworks/pix/competences')).body
  expect(ofKind(items, 'area')).toHaveLength(5)
  expect(ofKind(items, 'competence')).toHaveLength(16)
  expect((levels as Json[]).map((one) => one['level'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  const named = (await list(service, '/frameworks')).map((one) => `${one['framework']} ${one['version']}`)
  expect(named).toEqual(['digcomp 2.2', 'digcomp 3.0', 'mediation 1.0', 'missions 1.0', `pix ${version}`])
})

test('every framework says who publishes it, in which language officially, and where it comes from', async ({
  service,
}) => {
  for (const one of await list(service, '/frameworks')) {
    expect(one['publisher']).toMatch(/\p{L}/u)
    expect(Object.values(one['languages'] as Json).flat()).toContain('fr')
    expect(one['source']).toBeTruthy()
    if (one['framework'] === 'digcomp') expect(one['languages']).toEqual({ official: ['en'], unofficial: ['fr'] })
  }
})

test('Pix 2.3 answers to DigComp 2.4; every relation has a standing and a source, and leads somewhere', async ({
  service,
}) => {
  const relations = await list(service, '/crosswalks')
  const fromPix = relations.filter(
    ({ from, to }) => from.framework === 'pix' && from.code === '2.3' && to.framework === 'digcomp',
  )
  expect(fromPix.map((one) => `${one['to'].version} ${one['to'].code}`).toSorted()).toEqual(
    expect.arrayContaining(['2.2 2.4', '3.0 2.4']),
  )
  expect(fromPix.filter((one) => one['relation'] === 'exactMatch' && one['to'].code !== '2.4')).toEqual([])
  const known = new Set(
    (
      await rows<{ key: string }>(
        service.db,
        sql`select framework || ' ' || version || ' ' || code as key from competences`,
      )
    ).map((row) => row.key),
  )
  for (const { from, to, status, source } of relations) {
    expect(['official', 'proposed']).toContain(status)
    expect(source).toMatch(/\S/)
    for (const end of [from, to]) expect(known).toContain(`${end.framework} ${end.version} ${end.code}`)
  }
  const pairs = new Set(
    relations.map(({ from, to }) => `${from.framework} ${from.version} → ${to.framework} ${to.version}`),
  )
  expect([...pairs]).toEqual(
    expect.arrayContaining(['pix 2026 → digcomp 2.2', 'digcomp 2.2 → digcomp 3.0', 'mediation 1.0 → digcomp 3.0']),
  )
})

test('there are at least 25 modules and 6 paths, those of the plan among them, and none of it is unsourced', async ({
  service,
}) => {
  const [modules, paths] = [await list(service, '/modules'), await list(service, '/paths')]
  expect(modules.length).toBeGreaterThanOrEqual(25)
  expect(paths.length).toBeGreaterThanOrEqual(6)
  const slugs = modules.map((one) => one['slug'])
  expect(slugs).toEqual(
    expect.arrayContaining([
      'aidants-connect',
      'rgpd-faire-a-la-place',
      'ccp1-mediateur-numerique',
      'ccp1-remn',
      'france-services-socle-commun',
      'caf-points-relais',
      'digcomp-pix-en-pratique',
      'formation-de-formateurs',
    ]),
  )
  const citation = (source: unknown): boolean =>
    [source].flat().length > 0 &&
    [source].flat().every((one: any) => one && (one.document ? (one.lines ?? one.note) : /^https?:/.test(one.url)))
  const entries: Json[] = [...modules, ...paths, ...(await list(service, '/metiers'))]
  for (const one of entries) expect(citation(one['source']), one['slug']).toBe(true)
  for (const one of await list(service, '/certifications')) expect(citation(one['sources']), one['slug']).toBe(true)
})

test('a module says its hours in order or says that no source gives them, and the CCP1 its 175 h and 210 h of placement', async ({
  service,
}) => {
  const modules = await list(service, '/modules')
  for (const { slug, hours } of modules) {
    if (hours && hours.min !== null && hours.max !== null) expect(hours.min, slug).toBeLessThanOrEqual(hours.max)
    for (const value of [hours?.min, hours?.max]) if (typeof value === 'number') expect(value, slug).toBeGreaterThan(0)
  }
  const ccp1 = modules.find((one) => one['slug'] === 'ccp1-mediateur-numerique')
  expect(ccp1).toMatchObject({
    hours: { min: 175 },
    placement_hours: 210,
    prepares: { certification: 'rncp40695', block: 'CCP1' },
  })
})

test('prerequisites and paths name modules that exist, and no module requires itself in the end', async ({
  service,
}) => {
  const modules = new Map(
    (await list(service, '/modules')).map((one) => [String(one['slug']), one['prerequisites'] as string[]]),
  )
  const paths = await list(service, '/paths')
  for (const slug of [
    ...[...modules.values()].flat(),
    ...paths.flatMap((one) => one['stages'].flatMap((stage: Json) => stage['modules'])),
  ]) {
    expect([...modules.keys()]).toContain(slug)
  }
  const requires = (slug: string, from: string[]): string[] =>
    from.includes(slug) ? [...from, slug] : modules.get(slug)!.flatMap((one) => requires(one, [...from, slug]))
  for (const slug of modules.keys()) expect(requires(slug, []), slug).toEqual([])
})

test('a module with a public and a block of a numbered certification each earn one badge', async ({ service }) => {
  const subjects = (await rows<{ subject: string }>(service.db, sql`select subject from achievements`)).map(
    (row) => row.subject,
  )
  expect(new Set(subjects).size).toBe(subjects.length)
  const modules = (await list(service, '/modules')).filter((one) => one['publics'].length > 0)
  const blocks = (await list(service, '/certifications'))
    .filter((one) => one['code'] !== null)
    .flatMap((one) => one['blocks'].map((block: Json) => `block:${one['slug']}/${block['ref']}`))
  expect(blocks).toEqual(
    expect.arrayContaining([
      'block:rncp40695/CCP1',
      'block:rncp34137/CCP1',
      'block:rncp34137/CCP2',
      'block:rncp34137/CCP3',
    ]),
  )
  expect(subjects).toEqual(expect.arrayContaining([...modules.map((one) => `module:${one['slug']}`), ...blocks]))
})

test('a badge says what it does not mean, and names each competence once, at a level that exists', async ({
  service,
}) => {
  const known = new Map(
    (
      await rows<{ key: string; levels: Json[] }>(
        service.db,
        sql`select c.framework || ' ' || c.version || ' ' || c.code as key, f.about -> 'levels' as levels from competences c join frameworks f using (framework, version)`,
      )
    ).map((row) => [row.key, row.levels.map((one) => one['level'])]),
  )
  for (const { slug, competences, ...about } of await achievementsOf(service.db)) {
    for (const field of ['name', 'description', 'criteria', 'does_not_mean', 'does_not_mean_en'])
      expect(about[field], slug).toMatch(/\p{L}{3}/u)
    const columns = (competences as Json[]).map((one) => `${one['framework']}:${one['code']}`)
    expect(new Set(columns).size, slug).toBe(columns.length)
    for (const { framework, version, code, level } of competences) {
      const levels = known.get(`${framework} ${version} ${code}`)
      expect(levels, `${slug} ${framework} ${version} ${code}`).toBeDefined()
      if (typeof level === 'number') expect(levels).toContain(level)
    }
  }
})

test('a block and a habilitation are never called what they are not', async ({ service }) => {
  const all = await achievementsOf(service.db)
  for (const block of ofKind(all, 'block')) expect(block['does_not_mean']).toMatch(/n’est pas le titre/)
  for (const one of ofKind(all, 'habilitation')) expect(one['does_not_mean']).toMatch(/n’est pas une certification/)
})

test('every image is small, named and described for who cannot see it, and runs nothing', async ({ service }) => {
  const all = await rows<{ slug: string }>(service.db, sql`select slug from achievements`)
  const seen = new Map<string, string>()
  for (const { slug } of all) {
    const achievement = await getAchievement(service.db, slug)
    const svg = badgeImageSvg(achievement)
    expect(Buffer.byteLength(svg), slug).toBeLessThan(8 * 1024)
    expect(svg).toMatch(/<title id="[^"]+">[^<]{3,}<\/title><desc id="[^"]+">[^<]{10,}<\/desc>/)
    expect(svg).not.toMatch(
      /<(text|tspan|script|image|use|foreignObject|style|a|animate)\b|\son\w+=|href|url\(|javascript:/i,
    )
    seen.set(svg, slug)
  }
  expect(seen.size).toBe(all.length)
  const png = badgeImagePng(await getAchievement(service.db, 'aidants-connect'))
  expect([...png.subarray(1, 4)].map((byte) => String.fromCodePoint(byte)).join('')).toBe('PNG')
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([512, 512])
})

test('loading the content twice changes nothing', async ({ service }) => {
  const before = await digest(service.db)
  expect(before.every((one) => one.n > 0)).toBe(true)
  await loadContent(service.db)
  expect(await digest(service.db)).toEqual(before)
})

test('a badge that was published and then changed under the same version is refused; nothing is loaded', async ({
  service,
}) => {
  const { db } = service
  const [{ digest: published }] = (await rows(
    db,
    sql`select digest from achievements where slug = 'aidants-connect'`,
  )) as [{ digest: string }]
  await db.execute(sql`update achievements set digest = 'autre' where slug = 'aidants-connect'`)
  const before = await digest(db)
  const refused =
    /badges\/aidants-connect\.yaml, ligne \d+, colonne 1 : la version 1 est publiée et a changé\. Donnez à ce nouveau texte un nouveau numéro de version\./
  await expect(loadContent(db)).rejects.toThrow(refused)
  expect(await digest(db)).toEqual(before)
  await db.execute(sql`update achievements set digest = ${published} where slug = 'aidants-connect'`)
  await loadContent(db)
})
