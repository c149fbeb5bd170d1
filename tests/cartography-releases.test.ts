import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { strFromU8, unzipSync } from 'fflate'
import jsonld from 'jsonld'
import { describe, expect } from 'vitest'
import { changeLines, changesBetween, type Kept, type TableChanges } from '../src/cartography/release-changes.ts'
import { createCrossings } from '../src/cartography/crossings.ts'
import { releaseFiles } from '../src/cartography/release-files.ts'
import { type Content, readContent, type Row } from '../src/cartography/release-table.ts'
import { fillTables, keptOf } from '../src/cartography/release-tables.ts'
import { type Db, rows } from '../src/db.ts'
import { createPlanner } from '../src/planning/planner.ts'
import { brokenConstraint } from '../src/errors.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'

const RELEASES = '/api/v1/cartography/releases'
const SITE = { baseUrl: BASE_URL, publisher: 'Insigne' }
const digestOf = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** What a release is made from, the hours computed by a planner of its own. */
async function contentOf(db: Db): Promise<Content> {
  const planner = createPlanner({ threads: 1 })
  const content = await readContent(db, createCrossings(planner))
  await planner.close()
  return content
}

async function newest(service: TestService): Promise<number> {
  const { items } = (await actor(service).get(RELEASES)).body
  return (items as Json[])[0]?.['number'] ?? 0
}

const describeMetier = ({ db }: TestService, slug: string, description: string) =>
  db.execute(
    sql`update metiers set about = jsonb_set(about, '{description}', to_jsonb(${description}::text)) where slug = ${slug}`,
  )

let changes = 0
/** Publishes the map after a change of its own, so that there is one to publish. */
async function publish(service: TestService): Promise<Json> {
  await describeMetier(service, 'mediateur-numerique', `Description numéro ${++changes}.`)
  const number = (await newest(service)) + 1
  const { status, body } = await actor(service, 'exploitant').put(`${RELEASES}/${number}`, {
    note: `Essai ${changes}.`,
  })
  expect([status, body['number']]).toEqual([201, number])
  return body
}

const fileOf = async (service: TestService, number: number, name: string): Promise<string> =>
  (await actor(service).get(`${RELEASES}/${number}/files/${name}`)).response.body

const filesOf = async (service: TestService, { number, files }: Json): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all((files as Json[]).map(async ({ name }) => [name, await fileOf(service, number, name)])),
  )

const noNetwork = async (url: string): Promise<never> => {
  throw new Error(`asked for ${url}`)
}
const toRdf = (document: string) =>
  jsonld.toRDF(JSON.parse(document), {
    documentLoader: noNetwork,
    format: 'application/n-quads',
    safe: true,
  }) as unknown as Promise<string>

describe('what a release holds', () => {
  test('its JSON-LD is RDF without network, nothing of it lost, and says what the tables say', async ({ service }) => {
    const { number } = await publish(service)
    const triples = (await toRdf(await fileOf(service, number, 'cartographie.jsonld'))).split('\n')
    const metier = `<${BASE_URL}/metiers/mediateur-numerique>`
    const skos = 'http://www.w3.org/2004/02/skos/core#'
    expect(triples).toContain(`${metier} <${skos}inScheme> <${BASE_URL}/metiers> .`)
    expect(triples).toContain(`${metier} <${skos}prefLabel> "Médiatrice numérique, médiateur numérique"@fr .`)
    const competence = `<${BASE_URL}/referentiels/mediation/1.0/S1>`
    expect(triples).toContain(`${competence} <${skos}broader> <${BASE_URL}/referentiels/mediation/1.0/S> .`)
    expect(triples).toContain(
      `<${BASE_URL}/referentiels/digcomp/2.2/1> <${skos}closeMatch> <${BASE_URL}/referentiels/digcomp/3.0/1> .`,
    )
    const asked = triples.filter((one) => one.includes(`<${BASE_URL}/cartographie#competence> ${competence} `))
    expect(asked.some((one) => one.startsWith(`<${BASE_URL}/cartographie#exigences/mediateur-numerique/`))).toBe(true)
    const rows = parse(await fileOf(service, number, 'exigences.csv'), { columns: true })
    const classed = triples.filter(
      (one) => one.endsWith(`<${BASE_URL}/cartographie#Exigence> .`) && one.includes('rdf-syntax-ns#type'),
    )
    expect(classed).toHaveLength(rows.length)
    // Every term of ours that is used is defined in the same file.
    const used = new Set(triples.flatMap((one) => one.match(/(?<=> )<[^>]*cartographie#[A-Za-z_]+>(?= [<"_])/g) ?? []))
    const defined = new Set(triples.filter((one) => one.includes('rdf-schema#label')).map((one) => one.split(' ')[0]))
    expect([...used].filter((one) => !defined.has(one))).toEqual([])
    expect(used.size).toBeGreaterThan(20)
  })

  test('every CSV satisfies the schema that datapackage.json gives it, keys and links included', async ({
    service,
  }) => {
    const release = await publish(service)
    const files = await filesOf(service, release)
    const { resources, ...about } = JSON.parse(files['datapackage.json']!) as Json
    expect(about).toMatchObject({
      $schema: 'https://datapackage.org/profiles/2.0/datapackage.json',
      version: String(release['number']),
    })
    const tables = new Map<string, Json[]>()
    for (const { name, type, path, bytes, hash } of resources as Json[]) {
      expect([name, bytes, hash]).toEqual([name, Buffer.byteLength(files[path]!), `sha256:${digestOf(files[path]!)}`])
      if (type === 'table') tables.set(name, parse(files[path]!, { columns: true, relax_quotes: false }))
    }
    expect([...tables.keys()].map((one) => `${one}.csv`).toSorted()).toEqual(
      Object.keys(files)
        .filter((one) => one.endsWith('.csv'))
        .toSorted(),
    )
    const faults = (resources as Json[]).flatMap((one) => (one['type'] === 'table' ? schemaFaults(one, tables) : []))
    expect(faults).toEqual([])
    expect(tables.get('exigences')!.length).toBeGreaterThan(50)
  })

  test('licences are kept apart: each wording is in a file under the licence of its framework', async ({ service }) => {
    const { files } = await publish(service)
    const licencesOf = (name: string) => (files as Json[]).find((one) => one['name'] === name)!['licences']
    expect(licencesOf('libelles-mediation-1.0.csv')).toEqual(['CC BY-SA 4.0'])
    expect(licencesOf('libelles-digcomp-3.0.csv')).toEqual(['CC BY 4.0'])
    expect(licencesOf('libelles-pix-2026.csv')).toEqual([null])
    expect(licencesOf('exigences.csv')).toEqual(['Licence Ouverte 2.0'])
    const number = await newest(service)
    const wording = 'Maîtrise de l’outil et de l’environnement numériques'
    expect(await fileOf(service, number, 'libelles-mediation-1.0.csv')).toContain(wording)
    expect(await fileOf(service, number, 'entrees.csv')).not.toContain(wording)
  })

  test('SHA256SUMS holds, for Node and for sha256sum, on what the archive unpacks to', async ({ service }) => {
    const release = await publish(service)
    const { response } = await actor(service).get(`${RELEASES}/${release['number']}/archive`)
    const unpacked = unzipSync(new Uint8Array(response.rawPayload))
    expect(Object.keys(unpacked)).toEqual((release['files'] as Json[]).map((one) => one['name']))
    const sums = strFromU8(unpacked['SHA256SUMS']!).trimEnd().split('\n')
    expect(sums.map((line) => line.split('  '))).toEqual(
      Object.entries(unpacked)
        .filter(([name]) => name !== 'SHA256SUMS')
        .map(([name, bytes]) => [digestOf(bytes), name]),
    )
    const folder = mkdtempSync(join(tmpdir(), 'insigne-release-'))
    for (const [name, bytes] of Object.entries(unpacked)) writeFileSync(join(folder, name), bytes)
    const said = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' })
    expect(said.trimEnd().split('\n')).toEqual(sums.map((line) => `${line.split('  ')[1]}: OK`))
    rmSync(folder, { recursive: true })
    const again = await actor(service).get(`${RELEASES}/${release['number']}/archive`)
    expect(digestOf(again.response.rawPayload)).toBe(digestOf(response.rawPayload))
  })

  test('the same map gives the same bytes, in whatever order the database answers', async ({ service }) => {
    const content = await contentOf(service.db)
    const shuffled = (one: Content): Content => ({
      entries: one.entries.toReversed(),
      ways: one.ways.toReversed(),
      map: Object.fromEntries(Object.entries(one.map).map(([name, all]) => [name, all.toReversed()])) as Content['map'],
    })
    const build = async (given: Content) => {
      const made = {
        number: 1,
        publishedAt: new Date('2026-11-22T10:00:00Z'),
        note: 'Essai.',
        content: given,
        previous: null,
      }
      const { files } = await releaseFiles({ ...made, tables: fillTables(given) }, SITE)
      return files.map((one) => [one.name, one.sha256])
    }
    expect(await build(shuffled(content))).toEqual(await build(content))
  })

  test('a map that contradicts itself is not published: which table, which row', async ({ service }) => {
    const { db } = service
    const set = (slug: string | null) =>
      db.execute(
        sql`update metiers set about = jsonb_set(about, '{scheme_of}', to_jsonb(${slug}::text)) where slug = 'adulte-relais'`,
      )
    const former = (await contentOf(db)).map.metiers.find((one) => one.slug === 'adulte-relais')
    await set('metier-inconnu')
    const number = (await newest(service)) + 1
    const { status, body } = await actor(service, 'exploitant').put(`${RELEASES}/${number}`, { note: 'Essai.' })
    expect([status, body['code']]).toEqual([422, 'release_incoherent'])
    expect(body['faults']).toEqual([
      'table metiers, « adulte-relais » : finance « metier-inconnu » n’est pas dans metiers',
    ])
    expect(await newest(service)).toBe(number - 1)
    await db.execute(sql`update metiers set about = ${JSON.stringify(former)}::jsonb where slug = 'adulte-relais'`)
  })
})

/** What a table breaks of its own Table Schema. */
function schemaFaults({ name, schema }: Json, tables: Map<string, Json[]>): string[] {
  const rows = tables.get(name)!
  const {
    fields,
    primaryKey,
    foreignKeys = [],
  } = schema as { fields: Json[]; primaryKey: string[]; foreignKeys?: Json[] }
  const keyOf = (row: Json, names: string[]) => JSON.stringify(names.map((one) => row[one]))
  const faults: string[] = []
  if (rows[0] && Object.keys(rows[0]).join() !== fields.map((one) => one['name']).join()) faults.push(`${name}: header`)
  const keys = new Set(rows.map((row) => keyOf(row, primaryKey)))
  if (keys.size !== rows.length) faults.push(`${name}: primary key`)
  for (const { name: field, type, constraints = {} } of fields) {
    const values = rows.map((row) => row[field] as string)
    const given = values.filter((value) => value !== '')
    if (constraints.required && given.length < values.length) faults.push(`${name}.${field}: required`)
    if (constraints.enum && given.some((value) => !constraints.enum.includes(value)))
      faults.push(`${name}.${field}: enum`)
    if (given.some((value) => !FORMS[type]!.test(value))) faults.push(`${name}.${field}: ${type}`)
  }
  for (const { fields: from, reference } of foreignKeys) {
    const target = new Set(tables.get(reference.resource ?? name)!.map((row) => keyOf(row, reference.fields)))
    const lost = rows.filter((row) => row[from[0]] !== '' && !target.has(keyOf(row, from)))
    faults.push(...lost.map((row) => `${name}.${from}: ${row[from[0]]}`))
  }
  return faults
}

const FORMS: Record<string, RegExp> = {
  string: /./s,
  integer: /^\d+$/,
  number: /^\d+(\.\d+)?$/,
  boolean: /^(oui|non)$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
}

describe('what never changes', () => {
  test('a release keeps its bytes when the map changes, and the database refuses that it be changed', async ({
    service,
  }) => {
    const { db } = service
    const release = await publish(service)
    const before = await filesOf(service, release)
    await describeMetier(service, 'mediateur-numerique', 'Tout autre chose.')
    await db.execute(sql`delete from crosswalks`)
    expect(await filesOf(service, release)).toEqual(before)

    const refused = [
      sql`update cartography_releases set note = 'Autre'`,
      sql`delete from cartography_releases`,
      sql`truncate cartography_releases cascade`,
      sql`update cartography_release_files set content = 'x', bytes = 1`,
      sql`delete from cartography_release_files`,
      sql`truncate cartography_release_files`,
    ]
    for (const statement of refused) expect(await constraintOf(db.execute(statement))).toBe('release_immutable')
    const late = sql`insert into cartography_release_files (number, name, position, title, media_type, licences, content, bytes, sha256)
      values (${release['number']}, 'ajout.csv', 99, 'x', 'text/csv', '[]', 'x', 1, ${digestOf('x')})`
    expect(await constraintOf(db.execute(late))).toBe('release_closed')
    const gap = sql`insert into cartography_releases (number, previous, published_at, note, digest, summary)
      values (999, 998, now(), 'x', ${digestOf('x')}, '{}')`
    expect(await constraintOf(db.execute(gap))).toBe('release_previous_exists')
    expect(await filesOf(service, release)).toEqual(before)
  })

  test('a file is served with its digest, once for all', async ({ service }) => {
    const { number, files } = await publish(service)
    const { sha256, url } = (files as Json[]).find((one) => one['name'] === 'metiers.csv')!
    const path = new URL(url).pathname
    const { response } = await actor(service).get(path)
    expect(response.headers).toMatchObject({
      etag: `"${sha256}"`,
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/csv; charset=utf-8',
    })
    expect(digestOf(response.rawPayload)).toBe(sha256)
    const again = await actor(service).get(path, { 'if-none-match': `"${sha256}"` })
    expect([again.status, again.response.body]).toEqual([304, ''])
    const latest = await actor(service).get(`${RELEASES}/latest`)
    expect(latest.body['number']).toBe(number)
    const linked = await actor(service).get(`${RELEASES}/latest`, { accept: 'application/ld+json' })
    expect(linked.response.headers['content-type']).toContain('application/ld+json')
    expect(linked.response.body).toBe(await fileOf(service, number, 'cartographie.jsonld'))
    const unknown = await actor(service).get(`${RELEASES}/${number}/files/inconnu.csv`)
    expect([unknown.status, unknown.body['code']]).toEqual([404, 'not_found'])
  })
})

const constraintOf = async (query: Promise<unknown>): Promise<string | undefined> =>
  query.then(
    () => 'accepted',
    (error: unknown) => brokenConstraint(error),
  )

describe('publishing', () => {
  test('asked again it is the same; with other content, another note, a skipped number or no change, it is refused with where and what to do', async ({
    service,
  }) => {
    const operator = actor(service, 'exploitant')
    const { number, note, digest } = await publish(service)
    const put = (asked: number, words: string) => operator.put(`${RELEASES}/${asked}`, { note: words })

    const again = await put(number, note)
    expect([again.status, again.body['digest']]).toEqual([200, digest])
    const unchanged = await put(number + 1, 'Encore.')
    expect([unchanged.status, unchanged.body['code']]).toEqual([409, 'release_unchanged'])
    const skipped = await put(number + 2, 'Encore.')
    expect([skipped.status, skipped.body['code'], skipped.body['mend']]).toEqual([
      409,
      'release_skips',
      `Demandez l’édition ${number + 1}.`,
    ])
    const renamed = await put(number, 'Une autre raison.')
    expect([renamed.status, renamed.body['differences']]).toEqual([409, [`note : « ${note} » → « Une autre raison. »`]])

    await describeMetier(service, 'aidant-numerique', 'Une description d’essai.')
    const differs = await put(number, note)
    expect([differs.status, differs.body['code'], differs.body['count'], differs.body['next']]).toEqual([
      409,
      'release_differs',
      1,
      number + 1,
    ])
    expect(differs.body['differences'][0]).toMatch(
      /^metiers : modifié, metier « aidant-numerique » — description : .* → « Une description d’essai\. »$/,
    )
    expect(differs.body['mend']).toContain(`sous le numéro ${number + 1}`)

    const next = await put(number + 1, 'Après.')
    expect([next.status, next.body['changes']]).toEqual([
      201,
      [{ table: 'metiers', title: 'Métiers, fonctions et dispositifs', added: 0, removed: 0, changed: 1 }],
    ])
    expect(JSON.parse(await fileOf(service, number + 1, 'changements.json'))).toMatchObject({
      previous: number,
      tables: [
        {
          table: 'metiers',
          added: [],
          removed: [],
          changed: [
            { key: ['aidant-numerique'], fields: [{ field: 'description', after: 'Une description d’essai.' }] },
          ],
        },
      ],
    })
    expect(await fileOf(service, number + 1, 'CHANGEMENTS.md')).toContain('metier « aidant-numerique » — description :')
  })

  test('of several at once one publishes, the others are answered the same release', async ({ service }) => {
    await describeMetier(service, 'mediateur-numerique', `À plusieurs, ${++changes}.`)
    const number = (await newest(service)) + 1
    const operator = actor(service, 'exploitant')
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => operator.put(`${RELEASES}/${number}`, { note: 'Ensemble.' })),
    )
    expect(answers.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 201])
    expect(new Set(answers.map((one) => JSON.stringify(one.body))).size).toBe(1)
    expect(await newest(service)).toBe(number)
  })

  test('nobody else publishes, and a note is a sentence', async ({ service }) => {
    const number = (await newest(service)) + 1
    const refused = await actor(service, 'comite').put(`${RELEASES}/${number}`, { note: 'Essai.' })
    expect([refused.status, refused.body['code']]).toEqual([403, 'forbidden'])
    for (const body of [
      {},
      { note: '' },
      { note: 'Deux\u0000' },
      { note: 'x'.repeat(1001) },
      { note: 'Essai.', digest: 'x' },
    ]) {
      const wrong = await actor(service, 'exploitant').put(`${RELEASES}/${number}`, body)
      expect([wrong.status, wrong.body['code']]).toEqual([422, 'invalid_fields'])
    }
    expect(await newest(service)).toBe(number - 1)
  })

  test('the operator publishes by the form; the pages say what changed, and a hostile note stays a text', async ({
    service,
  }) => {
    await publish(service)
    await describeMetier(service, 'mediateur-numerique', '<b>Gras</b> & =1+1')
    const number = (await newest(service)) + 1
    const operator = await signedIn(service, { grants: [{ role: 'exploitant' }] })
    const form = await operator.get('/cartographie/editions/publier', { accept: 'text/html' })
    expect(form.response.body).toContain(`Publier l’édition ${number}`)
    expect(form.response.body).toContain('&#60;b&#62;Gras&#60;/b&#62; &#38; &#61;1+1')
    const hostile = '</script><script>alert(1)</script>'
    const sent = await operator.form('/cartographie/editions/publier', { number: String(number), note: hostile })
    expect([sent.status, sent.response.headers['location']]).toEqual([
      303,
      `/cartographie/editions/${number}?fait=publiee`,
    ])
    const page = await actor(service).get(`/cartographie/editions/${number}`, { accept: 'text/html' })
    expect(page.response.body).not.toContain('<script>alert')
    expect(page.response.body).toContain('sha256sum -c SHA256SUMS')
    expect(page.response.body).toContain('0 ligne ajoutée, 0 retirée, 1 modifiée')
    const again = await operator.form(
      '/cartographie/editions/publier',
      { number: String(number + 1), note: 'Rien.' },
      { accept: 'text/html' },
    )
    expect(again.status).toBe(409)
    expect(again.response.body).toContain(`Rien n’a changé depuis l’édition ${number}`)
    const [line] = await rows<Json>(
      service.db,
      sql`select author, subject, details from journal where action = 'cartography.released' order by position desc limit 1`,
    )
    expect(line).toEqual({
      author: `person:${operator.personId}`,
      subject: `release:${number}`,
      details: JSON.stringify({
        number,
        files: (await actor(service).get(`${RELEASES}/${number}`)).body['files'].length,
      }),
    })
    // A formula of the content is a text in the CSV, and itself in the JSON.
    await describeMetier(service, 'mediateur-numerique', '=1+1')
    const { number: next } = (await operator.put(`${RELEASES}/${number + 1}`, { note: 'Formule.' })).body
    const metiers = parse(await fileOf(service, next, 'metiers.csv'), { columns: true }) as Json[]
    expect(metiers.find((one) => one['metier'] === 'mediateur-numerique')!['description']).toBe("'=1+1")
    expect(await fileOf(service, next, 'cartographie.json')).toContain('"description":"=1+1"')
  })
})

test('the catalogue to harvest describes every release as DCAT-AP asks, without network', async ({ service }) => {
  const { number, files } = await publish(service)
  await publish(service)
  const { response } = await actor(service).get('/cartographie/catalogue.jsonld')
  expect(response.headers['content-type']).toContain('application/ld+json')
  const triples = (await toRdf(response.body)).trimEnd().split('\n')
  const values = (subject: string, property: string): string[] => {
    const start = `<${subject}> <${property}> `
    return triples.filter((one) => one.startsWith(start)).map((one) => one.slice(start.length, -2))
  }
  const dct = 'http://purl.org/dc/terms/'
  const dcat = 'http://www.w3.org/ns/dcat#'
  const catalogue = `${BASE_URL}/cartographie/catalogue.jsonld`
  // DCAT-AP 3.0: mandatory properties of a catalogue, its publisher, a dataset and a distribution.
  for (const property of ['title', 'description', 'publisher'])
    expect(values(catalogue, dct + property)).toHaveLength(1)
  expect(values(`${BASE_URL}/#publisher`, 'http://xmlns.com/foaf/0.1/name')).toEqual(['"Insigne"'])
  const datasets = values(catalogue, `${dcat}dataset`)
  expect(datasets).toHaveLength(number + 1)
  for (const dataset of datasets.map((one) => one.slice(1, -1))) {
    for (const property of ['title', 'description', 'issued']) expect(values(dataset, dct + property)).toHaveLength(1)
    for (const one of values(dataset, `${dcat}distribution`))
      expect(values(one.slice(1, -1), `${dcat}accessURL`)).toHaveLength(1)
  }
  const dataset = `${BASE_URL}/cartographie/editions/${number + 1}`
  expect(values(dataset, `${dcat}previousVersion`)).toEqual([`<${BASE_URL}/cartographie/editions/${number}>`])
  expect(values(dataset, `${dcat}version`)).toEqual([`"${number + 1}"`])
  const { url, sha256, bytes } = (files as Json[]).find((one) => one['name'] === 'libelles-digcomp-3.0.csv')!
  expect(values(url, `${dct}license`)).toEqual(['<http://publications.europa.eu/resource/authority/licence/CC_BY_4_0>'])
  expect(values(url, `${dcat}byteSize`)).toEqual([`"${bytes}"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>`])
  expect(triples.some((one) => one.includes(`"${sha256}"^^<http://www.w3.org/2001/XMLSchema#hexBinary>`))).toBe(true)
  const own = (await toRdf(await fileOf(service, number, 'catalogue.jsonld'))).split('\n')
  expect(own.filter((one) => one.includes(`<${dcat}dataset>`))).toHaveLength(1)
})

describe('what changes between two releases', () => {
  const cell = fc.oneof(fc.constantFrom(null, true, false, 1, 2, 'a', 'b', ''), fc.string({ maxLength: 3 }))
  const row = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), other: fc.constantFrom(1, 2), text: cell })
  const rows = fc.uniqueArray(row, { selector: (one) => `${one.key} ${one.other}`, maxLength: 8 })
  const tables = fc
    .dictionary(fc.constantFrom('un', 'deux', 'trois'), rows, { noNullPrototype: true })
    .map((all): Kept[] => Object.entries(all).map(([name, some]) => ({ name, key: ['key', 'other'], rows: some })))

  /** The rows of each table once the changes are made, in any order. */
  function apply(before: Kept[], given: TableChanges[]): Record<string, string[]> {
    const nameOf = (key: readonly string[], one: Row) => JSON.stringify(key.map((name) => one[name]))
    const names = [...new Set([...before.map((one) => one.name), ...given.map((one) => one.table)])].toSorted()
    return Object.fromEntries(
      names.map((name) => {
        const change = given.find((one) => one.table === name)
        const kept = new Map(
          (before.find((one) => one.name === name)?.rows ?? []).map((one) => [nameOf(['key', 'other'], one), one]),
        )
        for (const one of change?.removed ?? []) expect(kept.delete(nameOf(change!.key, one))).toBe(true)
        for (const one of change?.added ?? []) {
          expect(kept.has(nameOf(change!.key, one))).toBe(false)
          kept.set(nameOf(change!.key, one), one)
        }
        for (const { key, fields } of change?.changed ?? []) {
          const found = kept.get(JSON.stringify(key))!
          for (const { field, before: was } of fields) expect(found[field] ?? null).toBe(was)
          kept.set(JSON.stringify(key), {
            ...found,
            ...Object.fromEntries(fields.map(({ field, after }) => [field, after])),
          })
        }
        return [
          name,
          [...kept.values()].map((one) => JSON.stringify([one['key'], one['other'], one['text']])).toSorted(),
        ]
      }),
    )
  }

  test('made to the former rows, the changes give the new ones; nothing is told that did not change', async () => {
    fc.assert(
      fc.property(tables, tables, (before, after) => {
        const made = changesBetween(before, after)
        const filled = (all: Record<string, string[]>) => Object.entries(all).filter(([, some]) => some.length > 0)
        expect(filled(apply(before, made))).toEqual(filled(apply(after, [])))
        const lines = made.flatMap(changeLines)
        expect(lines).toHaveLength(
          made.reduce((sum, one) => sum + one.added.length + one.removed.length + one.changed.length, 0),
        )
        expect(changesBetween(after, after)).toEqual([])
      }),
    )
  })

  test('a release after random edits of the map names exactly these', async ({ service }) => {
    const content = await contentOf(service.db)
    const before = keptOf(fillTables(content))
    const slugs = content.map.metiers.map((one) => one.slug)
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...slugs), { maxLength: 6 }),
        fc.string({ minLength: 1 }),
        (edited, text) => {
          const metiers = content.map.metiers.map((one) =>
            edited.includes(one.slug) ? { ...one, note: `édité ${text}` } : one,
          )
          const made = changesBetween(before, keptOf(fillTables({ ...content, map: { ...content.map, metiers } })))
          expect(
            made.flatMap((one) =>
              one.changed.map(({ key, fields }) => [one.table, ...key, ...fields.map(({ field }) => field)]),
            ),
          ).toEqual(edited.toSorted().map((slug) => ['metiers', slug, 'note']))
          expect(made.flatMap((one) => [...one.added, ...one.removed])).toEqual([])
        },
      ),
      { numRuns: 15 },
    )
  })
})
