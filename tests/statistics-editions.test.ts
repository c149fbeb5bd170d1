import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { sql } from 'drizzle-orm'
import { parquetReadObjects } from 'hyparquet'
import jsonld from 'jsonld'
import { describe, expect } from 'vitest'
import { brokenConstraint } from '../src/errors.ts'
import { KINDS, TABLES } from '../src/statistics/tables.ts'
import { actor, type Json } from './support/actors.ts'
import { BASE_URL, test } from './support/app.ts'
import { verifiedElsewhere } from './support/elsewhere.ts'
import { aTrainer } from './support/factories.ts'
import { deliver, publishEdition } from './support/publishing.ts'

const API = '/api/v1/statistics'
const pathOf = (url: string): string => url.slice(BASE_URL.length)
const sha256 = (bytes: Buffer, form: 'hex' | 'base64' = 'hex') => createHash('sha256').update(bytes).digest(form)

describe('an edition is bytes, signed', () => {
  test('its signature is verified elsewhere, names every file by its digest, and one changed byte is found', async ({
    service,
  }) => {
    const trainer = await aTrainer(service)
    await deliver(service, trainer, '2014-05', { '38': 2, '73': 9, '69': 40 })
    const asked = { fromMonth: '2014-01', toMonth: '2014-12', organisation: trainer.slug }
    const { files, state } = await publishEdition(service, 'signee', asked)
    expect(state).toBe('published')
    const anyone = actor(service)
    const bytes = new Map<string, Buffer>()
    for (const { url, sha256: sum, bytes: size, mediaType } of files as Json[]) {
      const { response } = await anyone.get(pathOf(url))
      expect([sha256(response.rawPayload), response.rawPayload.length]).toEqual([sum, size])
      expect(response.headers['content-type']).toContain(mediaType.split(';')[0])
      bytes.set(url, response.rawPayload)
      const again = await anyone.get(pathOf(url), { 'if-none-match': `"${sum}"` })
      expect([again.status, again.response.rawPayload.length]).toEqual([304, 0])
    }
    const [credentialUrl] = [...bytes.keys()].slice(-1) as [string]
    const credential = JSON.parse(bytes.get(credentialUrl)!.toString()) as Json
    expect(await verifiedElsewhere(service, credential)).toEqual({ verified: true, reason: undefined })
    expect(credential).toMatchObject({
      type: ['VerifiableCredential'],
      issuer: `did:web:insigne.test:organisations:${trainer.slug}`,
      id: credentialUrl,
      credentialSubject: { id: `${BASE_URL}/statistiques/signee` },
      proof: { cryptosuite: 'eddsa-rdfc-2022' },
    })
    const named = credential['relatedResource'] as Json[]
    expect(named.map((one) => one['id'])).toEqual([...bytes.keys()].filter((one) => one !== credentialUrl))
    for (const { id, digestSRI } of named) {
      const content = bytes.get(id)!
      expect(digestSRI).toBe(`sha256-${sha256(content, 'base64')}`)
      const changed = Buffer.from(content)
      changed[changed.length >> 1]! ^= 1
      expect(`sha256-${sha256(changed, 'base64')}`).not.toBe(digestSRI)
      // The digests are under the signature.
      const forged = named.map((one) =>
        one['id'] === id ? { ...one, digestSRI: `sha256-${sha256(changed, 'base64')}` } : one,
      )
      expect(await verifiedElsewhere(service, { ...credential, relatedResource: forged })).toMatchObject({
        verified: false,
      })
    }
    const subject = { ...credential['credentialSubject'], 'https://schema.org/temporalCoverage': '2014-01/2014-11' }
    expect(await verifiedElsewhere(service, { ...credential, credentialSubject: subject })).toMatchObject({
      verified: false,
    })
  })

  test('its CSV, JSON Lines and Parquet are the figures that the API gives, page after page', async ({ service }) => {
    const trainer = await aTrainer(service)
    await deliver(service, trainer, '2013-05', { '38': 2, '73': 9, '69': 40, '75': 7 })
    await publishEdition(service, 'pareille', { fromMonth: '2013-01', toMonth: '2013-12', organisation: trainer.slug })
    const anyone = actor(service)
    const all: Json[] = []
    let after = ''
    let pages = 0
    do {
      const { body } = await anyone.get(`${API}/editions/pareille/figures?limit=7${after && `&after=${after}`}`)
      expect(body['items'].length).toBeLessThanOrEqual(7)
      all.push(...(body['items'] as Json[]))
      after = body['next'] ?? ''
      pages += 1
    } while (after !== '')
    const whole = (await anyone.get(`${API}/editions/pareille/figures?limit=1000`)).body
    expect(all).toEqual(whole['items'])
    expect([whole['next'], pages]).toEqual([null, Math.ceil(all.length / 7)])
    expect(all.some((one) => one['secret'])).toBe(true)
    expect(all.length).toBeGreaterThan(30)

    const file = async (name: string) =>
      (await anyone.get(`${API}/editions/pareille/files/${name}`)).response.rawPayload
    const { fields } = JSON.parse((await file('schema.json')).toString()) as Json
    const names = (fields as Json[]).map((one) => String(one['name']))
    const lines = (await file('chiffres.jsonl'))
      .toString()
      .trimEnd()
      .split('\n')
      .map((line): Json => Object.fromEntries(names.map((name) => [name, JSON.parse(line)[name] ?? null])))
    const key = (one: Json) =>
      JSON.stringify([one['tableau'] ?? one['kind'], one['territoire'] ?? one['territory'], one['mois'] ?? one['month'] ?? '', one['nombre'] ?? one['count'] ?? null]) // prettier-ignore
    const keys = (list: Json[]) => list.map(key).toSorted()
    expect(keys(lines)).toEqual(keys(all))
    const { buffer, byteOffset, byteLength } = await file('chiffres.parquet')
    const parquet = await parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer })
    expect(parquet).toEqual(lines)
    const csv: Json[] = parse((await file('chiffres.csv')).toString(), { columns: true, bom: true })
    for (const [index, one] of csv.entries()) {
      const line = lines[index]!
      for (const [name, cell] of Object.entries(one)) {
        const value = line[name] === true ? 'oui' : line[name] === false ? 'non' : String(line[name] ?? '')
        expect(cell, `${index} ${name}`).toBe(value)
      }
    }
    expect(csv).toHaveLength(lines.length)
    // « /statistiques/….csv » is that very file, and the schema names every column.
    expect((await anyone.get('/statistiques/pareille.csv')).response.rawPayload).toEqual(await file('chiffres.csv'))
    expect(Object.keys(csv[0]!)).toEqual(names)
  })

  test('nothing of it can be changed, removed or added, whatever writes', async ({ service }) => {
    const { db } = service
    const trainer = await aTrainer(service)
    await publishEdition(service, 'figee', { fromMonth: '2012-01', toMonth: '2012-12', organisation: trainer.slug })
    for (const change of [
      sql`update statistics_files set title = 'x' where edition = 'figee'`,
      sql`delete from statistics_files where edition = 'figee'`,
      sql`truncate statistics_files`,
      sql`update statistics_editions set published_at = now() where edition = 'figee'`,
    ]) {
      await expect(db.execute(change)).rejects.toSatisfy((error) => brokenConstraint(error) === 'edition_immutable')
    }
    const late = sql`insert into statistics_files select edition, 'tard.csv', 99, title, media_type, content, bytes, sha256
      from statistics_files where edition = 'figee' and name = 'chiffres.csv'`
    await expect(db.execute(late)).rejects.toSatisfy((error) => brokenConstraint(error) === 'edition_closed')
  })

  test('an edition of a time without files is told as it is, without a table that it never gave', async ({
    service,
  }) => {
    await service.db.transaction(async (tx) => {
      await tx.execute(sql`insert into statistics_editions (edition, from_month, to_month, threshold, author, digest)
        values ('ancienne', '2011-01', '2011-12', 5, 'essai', ${'0'.repeat(64)})`)
      await tx.execute(sql`insert into statistics_figures (edition, kind, of, territory, month, count)
        values ('ancienne', 'all', '', 'FR', '', 25), ('ancienne', 'all', '', 'DEP-38', '', null)`)
    })
    const anyone = actor(service)
    expect((await anyone.get(`${API}/editions/ancienne`)).body).toMatchObject({ state: 'published', signedBy: null, files: [] }) // prettier-ignore
    expect((await anyone.get('/statistiques/ancienne.csv')).response.body).toContain('ancienne,all,,DEP-38,,secret')
    expect((await anyone.get('/statistiques/ancienne', { accept: 'text/html' })).status).toBe(200)
    expect((await anyone.get('/donnees', { accept: 'text/html' })).response.body).toContain(
      '/statistiques/ancienne.csv',
    )
    const figures = `${API}/editions/ancienne/figures`
    expect((await anyone.get(figures)).body['items']).toHaveLength(2)
    // What it never counted is no zero.
    expect((await anyone.get(`${figures}?kind=need`)).body).toMatchObject({ status: 404, code: 'not_found' })
    expect((await anyone.get(`${figures}?kind=all&by=hub`)).body).toMatchObject({ code: 'crossing_not_published' })
    const asked = {
      fromMonth: '2011-01',
      toMonth: '2011-12',
      threshold: 5,
      organisation: (await aTrainer(service)).slug,
    }
    expect((await actor(service, 'exploitant').put(`${API}/editions/ancienne`, asked)).body).toMatchObject({
      code: 'edition_differs',
    })
  })
})

test('figures are filtered and crossed as they are published, and told with what they count', async ({ service }) => {
  const trainer = await aTrainer(service)
  await deliver(service, trainer, '2010-05', { '38': 2, '73': 9, '69': 40, '75': 7 })
  await publishEdition(service, 'croisee', { fromMonth: '2010-01', toMonth: '2010-12', organisation: trainer.slug })
  const anyone = actor(service)
  const get = async (query: string) => (await anyone.get(`${API}/editions/croisee/figures?${query}`)).body
  const { tables, items, source, next } = await get('by=competence,region')
  expect((tables as Json[]).map((one) => one['kind'])).toEqual(['competence'])
  expect(tables[0]).toMatchObject({ unit: 'badges', population: TABLES.competence.population, caution: TABLES.competence.caution }) // prettier-ignore
  expect([source, next]).toEqual([`${BASE_URL}, ses propres actes`, null])
  expect(new Set((items as Json[]).map((one) => one['territory']))).toEqual(new Set(['REG-84', 'REG-11']))
  const label = (items as Json[]).find((one) => one['of'] === 'digcomp/3.0/4.2' && one['territory'] === 'REG-84')
  expect(label).toMatchObject({ territoryName: 'Auvergne-Rhône-Alpes', dimensions: [{ dimension: 'competence', label: expect.stringMatching(/^4\.2 \p{L}/u) }] }) // prettier-ignore
  const whole = (await get('limit=1000'))['items'] as Json[]
  for (const [query, keep] of [
    ['kind=badge', (one: Json) => one['kind'] === 'badge'],
    ['territory=DEP-38', (one: Json) => one['territory'] === 'DEP-38'],
    ['month=2010-05', (one: Json) => one['month'] === '2010-05'],
    ['month=', (one: Json) => one['month'] === ''],
    ['of=digcomp/3.0/4.2', (one: Json) => one['of'] === 'digcomp/3.0/4.2'],
    ['kind=all&by=month', (one: Json) => one['kind'] === 'all' && one['territory'] === 'FR' && one['month'] !== ''],
    ['kind=all&by=departement', (one: Json) => one['kind'] === 'all' && String(one['territory']).startsWith('DEP-')],
    ['kind=all&by=', (one: Json) => one['kind'] === 'all' && one['territory'] === 'FR' && one['month'] === ''],
  ] as const) {
    const kept = whole.filter(keep)
    expect((await get(query))['items'], query).toEqual(kept)
    expect(kept.length, query).toBeGreaterThan(0)
  }
  // The parts of the country: its régions, and where none is known.
  const regions = (await get('kind=level&by=competence,level,region'))['items'] as Json[]
  const shares = regions.filter((one) => one['of'].startsWith('digcomp/3.0/4.2|') && one['territory'] === 'REG-84')
  const sum = shares.reduce((total, one) => total + one['count'], 0)
  for (const one of shares) expect(one['denominator']).toBe(sum)
  expect(sum).toBeGreaterThan(0)

  const refused = await get('by=badge,departement,month')
  expect(refused).toMatchObject({ status: 422, code: 'crossing_not_published' })
  expect(refused['published']).toContain('badge,region')
  expect(await get('kind=metier&by=metier,departement')).toMatchObject({
    code: 'crossing_not_published',
    published: ['metier', 'metier,region', 'metier,hub'],
  })
  for (const after of ['abc', Buffer.from('[1]').toString('base64url'), Buffer.from('{"a":1}').toString('base64url')])
    expect(await get(`after=${after}`)).toMatchObject({ status: 400, code: 'cursor_unknown' })
  const { items: told } = (await anyone.get(`${API}/tables`)).body
  expect((told as Json[]).map((one) => one['kind'])).toEqual(KINDS)
  for (const one of told as Json[])
    for (const key of ['title', 'unit', 'population']) expect(one[key]).toMatch(/\p{L}/u)
})

test('every address of the catalogue of open data answers with the bytes that it says', async ({ service }) => {
  const trainer = await aTrainer(service)
  await publishEdition(service, 'moissonnee', { fromMonth: '2009-01', toMonth: '2009-12', organisation: trainer.slug })
  const anyone = actor(service)
  const { response } = await anyone.get('/donnees/catalogue.jsonld')
  expect(response.headers['content-type']).toContain('application/ld+json')
  expect(response.headers['access-control-allow-origin']).toBe('*')
  const document = JSON.parse(response.body) as Json
  const graph = document['@graph'] as Json[]
  const [catalogue] = graph as [Json]
  const ofType = (type: string) => graph.filter((one) => one['@type'] === type)
  expect((catalogue['dcat:dataset'] as Json[]).map((one) => one['@id'])).toEqual(
    ofType('dcat:Dataset').map((one) => one['@id']),
  )
  expect(catalogue).toMatchObject({
    'dct:license': { '@id': expect.stringMatching(/^https:/) },
    'dct:modified': { '@type': 'xsd:dateTime' },
    'dcat:catalog': { '@id': `${BASE_URL}/cartographie/catalogue.jsonld` },
  })
  const dataset = ofType('dcat:Dataset').find((one) => one['dcat:version'] === 'moissonnee')!
  expect(dataset['dct:temporal']).toMatchObject({
    'dcat:startDate': { '@value': '2009-01-01' },
    'dcat:endDate': { '@value': '2009-12-31' },
  })
  expect(dataset['dcat:distribution']).toHaveLength(8)
  const distributions = ofType('dcat:Distribution')
  for (const one of distributions) {
    const { response: file } = await anyone.get(pathOf(one['dcat:downloadURL']['@id']))
    const said = [one['dcat:byteSize']['@value'], one['spdx:checksum']['spdx:checksumValue']['@value']]
    expect([String(file.rawPayload.length), sha256(file.rawPayload)], one['@id']).toEqual(said)
    expect(one['dct:license']?.['@id'] ?? one['dct:rights']).toBeTruthy()
  }
  expect(distributions.length).toBeGreaterThanOrEqual(12)
  const parquets = distributions.filter((one) => one['@id'].endsWith('.parquet'))
  expect(parquets.some((one) => one['@id'].includes('/imported/'))).toBe(true)
  // Each node that is named here is there, as RDF without network, nothing of it lost.
  const noNetwork = async (url: string): Promise<never> => {
    throw new Error(`asked for ${url}`)
  }
  const triples = (await jsonld.toRDF(document, {
    documentLoader: noNetwork,
    format: 'application/n-quads',
    safe: true,
  })) as unknown as string
  const spec = 'http://www.w3.org/ns/dcat#'
  expect(triples.split('\n').filter((one) => one.includes(`<${spec}downloadURL>`))).toHaveLength(distributions.length)
  for (const path of [
    catalogue['foaf:homepage'],
    catalogue['dcat:catalog'],
    { '@id': `${BASE_URL}/api/v1/openapi.json` },
  ])
    expect((await anyone.get(pathOf(path['@id']))).status, path['@id']).toBe(200)
  const page = await anyone.get('/donnees', { accept: 'text/html' })
  expect(page.response.headers['link']).toContain('/donnees/catalogue.jsonld')
  const links = [...page.response.body.matchAll(/href="(\/(?:donnees|statistiques|api|cartographie)[^"#]*)"/g)]
  for (const link of new Set(links.map((one) => one[1]!))) expect((await anyone.get(link)).status, link).toBe(200)
})
