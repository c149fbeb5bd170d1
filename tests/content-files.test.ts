import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Db, rows } from '../src/db.ts'
import { projectFiles } from '../src/content.ts'
import { loadContent } from '../src/cartography/load.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aTrainer } from './support/factories.ts'
import { digest } from './support/content-digest.ts'
import { aMutation } from './support/content-mutations.ts'

const YAML = { 'content-type': 'application/yaml' }
/** Every content table, whole, and what was imported. */
const state = async (db: Db) => [await digest(db), await rows(db, sql`select * from content_imports order by name`)]

const operator = (service: TestService) => actor(service, 'exploitant')
const textOf = (name: string): string =>
  new TextDecoder().decode(projectFiles().find((one) => one.name === name)!.bytes)
const put = (service: TestService, name: string, body: unknown, headers: Record<string, string> = YAML) =>
  operator(service).put(`/api/v1/content/${name}`, body, headers)
const metierOf = async (service: TestService, slug: string): Promise<Json> =>
  (await actor(service).get(`/metiers/${slug}.json`)).body
const asked = async (service: TestService, slug: string): Promise<unknown[]> =>
  (await metierOf(service, slug))['competences'].map((one: Json) => [
    one['code'],
    one['level'],
    one['status'],
    one['list'],
  ])

/** A list of what a métier asks on the digital axis. */
const officialList = (slug: string, entries: string[], more = '') => `list: ${slug}
kind: requirements
edition: "2026"
status: official
title: "Exigences de l’essai"
publisher: "Organisme d’essai"
licence: null
source: { url: "https://exemple.invalid/exigences" }
note: null
entries:
${entries.map((one) => `  - ${one}`).join('\n')}
${more}`
const asks = (code: string, level: number | null, metier = 'mediateur-numerique') =>
  `{ metier: ${metier}, competence: { framework: digcomp, version: "3.0", code: "${code}" }, level: ${level}, importance: essential }`

/** A refusal that names each of these faults, and changes nothing. */
async function refused(
  service: TestService,
  name: string,
  body: string | Buffer,
  faults: (string | RegExp)[],
  headers?: Record<string, string>,
) {
  const before = await state(service.db)
  const { status, body: problem } = await put(service, name, body, headers)
  expect([status, problem['code']], JSON.stringify(problem)).toEqual([422, 'content_invalid'])
  expect(problem['mend']).toMatch(/renvoyez|à nouveau/)
  const told: string[] = problem['faults']
  for (const [rank, fault] of faults.entries()) expect(told[rank]).toMatch(fault)
  expect(told).toHaveLength(faults.length)
  expect(await state(service.db)).toEqual(before)
}

test('an official list takes the place of the illustrative ones at once, wherever they are read, and gives it back', async ({
  service,
}) => {
  const before = await state(service.db)
  const illustrative = await asked(service, 'mediateur-numerique')
  const plan = async () =>
    (await actor(service).post('/api/v1/paths/plan', { target: { metier: 'mediateur-numerique' } })).body['needs']
  const planned = await plan()
  const name = 'lists/essai-officiel.yaml'
  const text = officialList('essai-officiel', [asks('1.1', 5), asks('2.2', 6)])

  const imported = await put(service, name, text)
  expect(imported.body).toMatchObject({ outcome: 'imported', added: 2, removed: 0, changed: 0, backInForce: [] })
  const digital = illustrative.filter((one: any) => /^\d/.test(one[0]))
  expect(imported.body['setAside'].length).toBe(digital.length)
  const official = (await asked(service, 'mediateur-numerique')).filter((one: any) => /^\d/.test(one[0]))
  expect(official).toEqual([
    ['1.1', 5, 'official', 'essai-officiel'],
    ['2.2', 6, 'official', 'essai-officiel'],
  ])
  expect((await plan()).filter((one: string) => /^\d/.test(one)).map((one: string) => one.slice(0, 3))).toEqual([
    '1.1',
    '2.2',
  ])
  const items: Json[] = (await actor(service).get('/api/v1/metiers')).body['items']
  expect(items.find((one) => one['slug'] === 'mediateur-numerique')!['competences']).toContainEqual(
    expect.objectContaining({ code: '2.2', level: 6, list: 'essai-officiel' }),
  )
  const page = (await actor(service).get('/cartographie/listes')).response.body
  expect(page).toContain('Exigences de l’essai')
  expect(page).toContain('officiel</span>')

  const again = await put(service, name, text)
  expect(again.body).toMatchObject({ outcome: 'unchanged', added: 0, sha256: imported.body['sha256'] })
  const other = await put(service, name, officialList('essai-officiel', [asks('1.1', 4)]))
  expect(other.body).toMatchObject({ outcome: 'imported', added: 0, removed: 1, changed: 1, setAside: [] })
  const files: Json[] = (await operator(service).get('/api/v1/content')).body['items']
  expect(files.find((one) => one['name'] === name)).toMatchObject({ origin: 'imported', sha256: other.body['sha256'] })
  expect(files.filter((one) => one['origin'] === 'imported')).toHaveLength(1)
  await loadContent(service.db) // as a start would
  expect((await asked(service, 'mediateur-numerique')).filter((one: any) => one[2] === 'official')).toHaveLength(1)

  const withdrawn = await operator(service).delete(`/api/v1/content/${name}`)
  expect(withdrawn.body).toMatchObject({ outcome: 'withdrawn', removed: 1, setAside: [] })
  expect(withdrawn.body['backInForce'].length).toBe(digital.length)
  expect(await asked(service, 'mediateur-numerique')).toEqual(illustrative)
  expect(await plan()).toEqual(planned)
  expect(await state(service.db)).toEqual(before)
  expect((await operator(service).delete(`/api/v1/content/${name}`)).status).toBe(404)
  const journal = await rows<{ action: string }>(
    service.db,
    sql`select action from journal where subject = ${`content:${name}`} order by position`,
  )
  expect(journal.map((one) => one.action)).toEqual(['content.imported', 'content.imported', 'content.withdrawn'])
})

test('a file of the project is replaced by one of its name, and comes back', async ({ service }) => {
  const before = await state(service.db)
  const text = `${textOf('metiers.yaml')}
- slug: metier-essai
  kind: metier
  family: mediation
  label: { feminine: "Essayeuse", masculine: "Essayeur" }
  status: proposed
  core: null
  description: null
  rome: null
  esco: null
  scheme_of: null
  source: { document: essai }
  note: null
`
  const added = await put(service, 'metiers.yaml', text)
  expect(added.body, JSON.stringify(added.body)).toMatchObject({
    outcome: 'imported',
    added: 1,
    removed: 0,
    changed: 0,
  })
  expect((await actor(service).get('/metiers/metier-essai')).status).toBe(200)
  const lacking = Array.from({ length: 11 }, () => /ligne \d+, colonne 3 : il manque « \w+ »/)
  await refused(service, 'metiers.yaml', `${text}- slug: metier-autre\n`, lacking)
  const back = await operator(service).delete('/api/v1/content/metiers.yaml')
  expect(back.body).toMatchObject({ outcome: 'restored', removed: 1 })
  expect((await actor(service).get('/metiers/metier-essai')).status).toBe(404)
  expect(await state(service.db)).toEqual(before)
})

test('each kind of wrong file is refused with its place, and the content in force stays whole', async ({ service }) => {
  for (const { name, text, line } of fc.sample(aMutation, { numRuns: 6, seed: 7 })) {
    const before = await state(service.db)
    const { status, body } = await put(service, name.startsWith('badges/') ? 'lists/autre.yaml' : name, text)
    expect([status, body['code']]).toEqual([422, 'content_invalid'])
    if (!name.startsWith('badges/'))
      expect((body['faults'] as string[]).join('\n')).toContain(`${name}, ligne ${line},`)
    expect(await state(service.db)).toEqual(before)
  }
  const name = 'lists/essai.yaml'
  const list = officialList('essai', [asks('1.1', 5)])
  await refused(service, name, Buffer.from(list, 'utf16le'), [/UTF-16/])
  await refused(service, name, Buffer.from(list.replaceAll('’', 'é'), 'latin1'), [/ligne 5, colonne 23 : .*Latin-1/])
  await refused(service, name, officialList('autre', [asks('1.1', 5)]), [
    /ligne 1, colonne 1 : ce fichier parle de « autre »/,
  ])
  await refused(service, name, officialList('essai', [asks('1.1', 9), asks('9.9', 1)]), [
    /ligne 11, colonne \d+ : le niveau 9 n’existe pas : digcomp 3\.0 va de 1 à 8/,
    /ligne 12, colonne \d+ : « digcomp 3\.0 9\.9 » n’existe/,
  ])
  for (const wrong of [
    'badges/aidants-connect.yaml',
    'lists/../secret.yaml',
    'lists/É.yaml',
    'autres.yaml',
    'lists/a.csv',
  ]) {
    const { status, body } = await put(service, encodeURIComponent(wrong), list)
    expect([status, body['code']], wrong).toEqual([422, 'content_name'])
  }
  expect((await put(service, name, Buffer.alloc(3 * 1024 * 1024, 'a'))).status).toBe(413)
})

test('what was published or is followed keeps its description: its module, its competence and its session hold it', async ({
  service,
}) => {
  const module = textOf('modules/aidants-connect.yaml')
  const [, first = ''] = /^competences:\n(.*)\n/m.exec(module)!
  const line = module.split('\n').indexOf('competences:') + 1
  await refused(service, 'modules/aidants-connect.yaml', module.replace(`${first}\n`, ''), [
    new RegExp(
      `ligne ${line}, colonne 1 : ces compétences sont celles du badge badges/aidants-connect\\.yaml, dont la version 1 est publiée`,
    ),
  ])
  const digcomp = textOf('referential/pix-2026.yaml')
  const { body } = await put(service, 'referential/pix-2026.yaml', digcomp.replace('code: "5.2"', 'code: "5.9"'))
  expect((body['faults'] as string[]).join('\n')).toMatch(
    /referential\/pix-2026\.yaml, .*« pix 2026 5\.2 » en est absent, alors que le badge publié/,
  )

  const fresh = module.replace('slug: aidants-connect', 'slug: module-essai')
  expect((await put(service, 'modules/module-essai.yaml', fresh)).body).toMatchObject({ outcome: 'imported', added: 1 })
  const trainer = await aTrainer(service)
  const [session] = await rows<{ id: string }>(
    service.db,
    sql`insert into sessions (organisation_id, module_slug, module_version, achievement_slug, achievement_version,
      starts_on, ends_on, departement, capacity, modality, hours)
      select id, 'module-essai', '1', 'aidants-connect', '1', '2026-05-04', '2026-05-04', '69', 5, 'presentiel', 7
      from organisations where slug = ${trainer.slug} returning id`,
  )
  const withdraw = () => operator(service).delete('/api/v1/content/modules/module-essai.yaml')
  expect((await withdraw()).body).toMatchObject({
    code: 'content_invalid',
    faults: [expect.stringMatching(/des sessions le suivent/)],
  })
  await service.db.execute(sql`delete from sessions where id = ${session!.id}`)
  expect((await withdraw()).body).toMatchObject({ outcome: 'withdrawn' })
})

test('a table of an official body is taken as a list, and its faults are told by its own lines', async ({
  service,
}) => {
  const head = new URLSearchParams({
    title: 'Tableau d’essai',
    publisher: 'Organisme d’essai',
    edition: '2026',
    status: 'official',
    source: 'https://exemple.invalid/tableau',
  })
  const csv = { 'content-type': 'text/csv; charset=utf-8' }
  const at = `lists/tableau-essai.yaml?${head.toString()}`
  const table = 'metier;framework;version;code;level\r\nelu;digcomp;3.0;1.1;3\r\nelu;digcomp;3.0;5.1;\r\n'
  await refused(
    service,
    at,
    table.replace('5.1;', '5.1;douze').replace('elu;', 'maire;'),
    [/lists\/tableau-essai\.yaml, ligne 3, colonne 5 : « level » n’a pas une valeur admise/],
    csv,
  )
  await refused(
    service,
    at,
    table.replace('elu;', 'maire;'),
    [/ligne 2, colonne 1 : le métier « maire » n’existe pas/],
    csv,
  )
  expect((await put(service, 'lists/tableau-essai.yaml', table, csv)).body).toMatchObject({ code: 'table_head' })
  expect((await put(service, at, table, csv)).body).toMatchObject({ outcome: 'imported', added: 2 })
  expect((await asked(service, 'elu')).filter((one: any) => one[2] === 'official')).toEqual([
    ['1.1', 3, 'official', 'tableau-essai'],
    ['5.1', null, 'official', 'tableau-essai'],
  ])
  expect((await put(service, at, table, csv)).body).toMatchObject({ outcome: 'unchanged' })
  expect((await operator(service).delete('/api/v1/content/lists/tableau-essai.yaml')).body).toMatchObject({
    removed: 2,
  })
})

/** A form as a browser sends it with a file. */
function withFile(fields: Record<string, string>, file: string, fileName: string) {
  const mark = 'limite-essai'
  const part = (name: string, value: string, more = '') =>
    `--${mark}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`
  const body =
    Object.entries(fields)
      .map(([name, value]) => part(name, value))
      .join('') + part('fichier', file, `; filename="${fileName}"`)
  return { body: `${body}--${mark}--\r\n`, headers: { 'content-type': `multipart/form-data; boundary=${mark}` } }
}

test('who operates the service imports from the page, sees each fault there, and takes the file back', async ({
  service,
}) => {
  const before = await state(service.db)
  const someone = await signedIn(service, { grants: [{ role: 'exploitant' }] })
  const send = (file: string, fileName: string, fields: Record<string, string> = {}) => {
    const { body, headers } = withFile({ _jeton: someone.jeton, name: '', ...fields }, file, fileName)
    return someone.post('/cartographie/listes', body, { ...headers, accept: 'text/html' })
  }
  const refused = await send(officialList('essai-page', [asks('1.1', 9), asks('9.9', 1)]), 'essai-page.yaml')
  expect(refused.status).toBe(422)
  expect(refused.response.body).toContain('2 fautes à corriger dans le fichier')
  expect(refused.response.body).toMatch(/ligne 11, colonne \d+.*le niveau 9 n’existe pas/)
  expect(await state(service.db)).toEqual(before)
  const nameless = await send('metier,framework,version,code\nelu,digcomp,3.0,1.1\n', 'essai-page.csv', {
    title: 'Essai',
  })
  expect([nameless.status, nameless.response.body.includes('href="#publisher"')]).toEqual([422, true])
  expect(nameless.response.body).toContain('value="Essai"')

  const done = await send(officialList('essai-page', [asks('1.1', 5)]), 'essai-page.yaml')
  expect([done.status, done.response.body.includes('Le fichier est en vigueur')]).toEqual([200, true])
  expect(done.response.body).toContain('Entrées illustratives mises de côté')
  const mine = (await someone.get('/cartographie/listes', { accept: 'text/html' })).response
  expect(mine.body).toContain('Retirer ce fichier importé')
  expect(mine.headers['cache-control']).toBe('no-store')
  const public_ = (await actor(service).get('/cartographie/listes', { accept: 'text/html' })).response
  expect(public_.body).toContain('Exigences de l’essai')
  expect(public_.body).not.toContain('<form')
  const back = await someone.form(
    '/cartographie/listes/retrait',
    { name: 'lists/essai-page.yaml' },
    { accept: 'text/html' },
  )
  expect(back.response.body).toContain('Le fichier est retiré')
  expect(await state(service.db)).toEqual(before)
})
