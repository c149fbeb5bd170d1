import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { actor, type Json } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { HOSTILE } from './support/hostile.ts'

type Ref = { competence: string; state: string; level: number | null }
type Way = Json & {
  known: boolean
  competences: Ref[]
  axes: { axis: string; asked: number; shared: number | null; unknown: number }[]
  declared: { existing: boolean; source: unknown }[]
  blocks: { block: string; competences: { competence: string }[]; modules: { slug: string }[] }[]
  crossing: {
    hours: number
    proven: boolean
    complete: boolean
    steps: { module: { slug: string }; hours: number }[]
  } | null
}
type Row = { from: string; to: string; known: boolean; computing: boolean; hours: number | null }

const API = '/api/v1/cartography/bridges'
const PAGE = '/cartographie/passerelles'

const way = async (service: TestService, from: string, to: string): Promise<Way> => {
  const response = await actor(service).get(`${API}/${from}/${to}`)
  expect(response.status, JSON.stringify(response.body)).toBe(200)
  return response.body as Way
}
const page = async (service: TestService, path: string) => {
  const { status, response } = await actor(service).get(path, { accept: 'text/html' })
  return { status, location: response.headers.location, text: response.body.replaceAll('\u00A0', ' ') }
}

/** Every way from a métier, once its hours are computed behind. */
async function waysFrom(service: TestService, from: string): Promise<Row[]> {
  for (;;) {
    const { items } = (await actor(service).get(`${API}?from=${from}`)).body as { items: Row[] }
    if (!items.some((one) => one.computing)) return items
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

/** What a métier asks, as evidence that someone declares. */
async function declaredBy(service: TestService, slug: string) {
  const { body } = await actor(service).get(`/metiers/${slug}.json`)
  return (body['competences'] as { framework: string; version: string; code: string; level: number | null }[]).map(
    ({ framework, version, code, level }) => ({ framework, version, code, level, basis: 'declaration' }),
  )
}

test(
  'the hours of a way are those that the planner gives to who has what the first métier asks',
  { timeout: 180_000 },
  async ({ service }) => {
    const known = (await waysFrom(service, 'aidant-numerique')).filter((one) => one.known)
    expect(known.length).toBeGreaterThan(5)
    expect(known.filter((one) => one.hours === null)).toEqual([])
    const competences = await declaredBy(service, 'aidant-numerique')
    const asked = [
      'mediateur-numerique',
      'mediateur-social',
      'travailleur-social',
      'coordinateur-conseillers-numeriques',
    ]
    for (const row of known.filter((one) => asked.includes(one.to))) {
      const { crossing } = await way(service, 'aidant-numerique', row.to)
      expect(crossing).toMatchObject({ hours: row.hours, proven: true })
      if (!crossing!.complete) continue
      const body = { target: { metier: row.to }, evidence: { competences } }
      const plan = await actor(service).post('/api/v1/paths/plan', body)
      expect(plan.body, row.to).toMatchObject({ outcome: 'found', plan: { hours: crossing!.hours } })
    }
  },
)

test('a scheme is crossed from as the métier that it funds', async ({ service }) => {
  const [scheme, metier] = [
    await way(service, 'conseiller-numerique', 'travailleur-social'),
    await way(service, 'mediateur-numerique', 'travailleur-social'),
  ]
  expect(scheme['from']).toMatchObject({ slug: 'conseiller-numerique', funded: 'mediateur-numerique' })
  expect({ ...scheme, from: null }).toEqual({ ...metier, from: null })
  const { text } = await page(service, `${PAGE}/conseiller-numerique/travailleur-social`)
  expect(text).toContain('est un dispositif, pas un métier')
  // Lists say of a social worker what touches digital mediation, no more: all of it shared is not the trade itself.
  expect(scheme.crossing).toMatchObject({ hours: 0, steps: [] })
  expect(text).toMatch(/n’est pas le cœur de l’arrivée : les listes\s+n’en disent que cette part/)
})

test('where no source says what a métier asks, nothing is counted', async ({ service }) => {
  const found = await way(service, 'mediateur-numerique', 'fabmanager')
  expect(found).toMatchObject({ known: false, competences: [], brought: [], axes: [], crossing: null })
  const { text } = await page(service, `${PAGE}/mediateur-numerique/fabmanager`)
  expect(text).toContain('On ne sait pas')
  expect(text).not.toMatch(/\d sur \d|\d heure/)
})

test('what a source only wishes is told with that source, and does not exist', async ({ service }) => {
  const found = await way(service, 'mediateur-numerique', 'mediateur-social')
  expect(found.declared).toHaveLength(1)
  expect(found.declared[0]).toMatchObject({ existing: false, direction: 'horizontal' })
  expect(JSON.stringify(found.declared[0]!.source)).toContain('observatoire-2022')
  const { text } = await page(service, `${PAGE}/mediateur-numerique/mediateur-social`)
  expect(text).toContain('souhaitée, n’existe pas')
  expect((await page(service, PAGE)).text).toContain(`${PAGE}/mediateur-numerique/mediateur-social`)
})

test('a block that serves both rests on modules and competences that both ask', async ({ service }) => {
  const { blocks } = await way(service, 'aidant-numerique', 'mediateur-numerique')
  const askedBy = async (slug: string) =>
    (await declaredBy(service, slug)).map(({ framework, version, code }) => `${framework}/${version}/${code}`)
  const [here, there] = [await askedBy('aidant-numerique'), await askedBy('mediateur-numerique')]
  const ccp1 = blocks.find((one) => one.modules.some(({ slug }) => slug === 'ccp1-mediateur-numerique'))!
  expect(ccp1.competences.map((one) => one.competence)).toContain('mediation/1.0/D2')
  for (const { competence } of blocks.flatMap((one) => one.competences)) {
    expect(here).toContain(competence)
    expect(there).toContain(competence)
  }
})

test('two axes are never added up, and a part that no source tells of is called unknown', async ({ service }) => {
  const { axes, competences } = await way(service, 'secretaire-mairie', 'mediateur-numerique')
  const digital = axes.find((one) => one.axis === 'digital')!
  expect(digital).toMatchObject({ shared: null, unknown: digital.asked })
  expect(axes.reduce((sum, one) => sum + one.asked, 0)).toBe(competences.length)
  const { text } = await page(service, `${PAGE}/secretaire-mairie/mediateur-numerique`)
  expect(text).toContain('Compétences numériques : on ne sait pas')
  expect(text).toContain('au plus')
})

test('a métier that does not exist, or twice the same, is refused with what to do', async ({ service }) => {
  const anyone = actor(service)
  expect(await anyone.get(`${API}/elu/personne`)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(await anyone.get(`${API}?from=personne`)).toMatchObject({ status: 404 })
  expect(await anyone.get(API)).toMatchObject({ status: 422, body: { code: 'invalid_fields' } })
  expect(await anyone.get(`${API}/elu/elu`)).toMatchObject({ status: 422, body: { code: 'bridge_same' } })
  const same = await page(service, `${PAGE}?de=elu&vers=elu`)
  expect(same).toMatchObject({ status: 422 })
  expect(same.text).toContain('Choisissez deux métiers différents')
  expect(await page(service, `${PAGE}?de=elu&vers=fabmanager`)).toMatchObject({
    status: 303,
    location: `${PAGE}/elu/fabmanager`,
  })
  expect(await page(service, `${PAGE}/personne/elu`)).toMatchObject({ status: 404 })
})

test('hours follow the catalogue, and names are shown as text', async ({ service }) => {
  const before = await way(service, 'aidant-numerique', 'mediateur-numerique')
  const { module, hours } = before.crossing!.steps[0]!
  const name = JSON.stringify(HOSTILE.script)
  await service.db.execute(
    sql`update modules set about = about || '{"hours":{"min":1,"max":1}}' where slug = ${module.slug}`,
  )
  await service.db.execute(
    sql`update metiers set about = jsonb_set(about, '{label,feminine}', ${name}::jsonb) where slug = 'aidant-numerique'`,
  )
  const after = await way(service, 'aidant-numerique', 'mediateur-numerique')
  // A module of the best plan costs that much less: so does the best plan, and no plan gains more.
  expect(after.crossing!.hours).toBeCloseTo(before.crossing!.hours - hours + 1)
  for (const path of [PAGE, `${PAGE}?de=aidant-numerique`, `${PAGE}/aidant-numerique/mediateur-numerique`]) {
    expect((await page(service, path)).text).not.toContain(HOSTILE.script)
  }
})
