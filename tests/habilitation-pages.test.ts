import { eq, sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import { habilitationRequests } from '../src/habilitation/requests.sql.ts'
import { signedIn } from './support/actors.ts'
import { type TestService, test } from './support/app.ts'
import { anEmail, anOfficer, aRequest, aSiret, aStructure, habilitated, pixRow } from './support/habilitation.ts'
import { HOSTILE } from './support/hostile.ts'
import { hearStatements } from './support/statements.ts'

const HTML = { accept: 'text/html' }
const JSON_ONLY = { accept: 'application/json' }
const reason = 'Essai de page'

const statusOf = async ({ db }: TestService, id: string): Promise<string> =>
  (await db.select().from(habilitationRequests).where(eq(habilitationRequests.id, id)))[0]!.status

test('what hostile people type comes out as text on every page, and a form is shown again with it', async ({
  service,
}) => {
  const issuer = await signedIn(service)
  const form = { name: HOSTILE.script, siret: aSiret(), managerGivenName: HOSTILE.quotes }
  const refused = await issuer.form('/habilitations/demandes', form, HTML)
  expect(refused.status).toBe(422)
  expect(refused.response.body).toContain('href="#managerEmail"')
  expect(refused.response.body).toMatch(/&(lt|#60);script&(gt|#62);document\.title/)
  expect(refused.response.body).not.toContain('<svg/onload')

  const kept = await issuer.form('/habilitations/demandes', { name: HOSTILE.script, siret: aSiret() }, HTML)
  const path = String(kept.response.headers['location'])
  expect(path).toMatch(/^\/habilitations\/demandes\/[0-9a-f-]{36}\?fait=ouverte$/)
  const { response } = await issuer.get(path, HTML)
  expect(response.body).toMatch(/&(lt|#60);script&(gt|#62);/)
  expect(response.body).not.toContain('<script>document')
  expect(response.headers['cache-control']).toBe('no-store')
})

test('a decision sent twice is taken once, and one that came late shows where the request stands', async ({
  service,
}) => {
  const [first, second] = [await anOfficer(service), await anOfficer(service)]
  const { id } = await aRequest(service, await aStructure(service), { status: 'waitling_list' })
  const path = `/habilitations/aidants/${id}`
  const admission = { move: 'admission', status: 'waitling_list', reason }
  expect((await first.form(`${path}/decisions`, admission)).response.headers['location']).toBe(`${path}?fait=decidee`)
  expect((await first.form(`${path}/decisions`, admission)).response.headers['location']).toBe(`${path}?fait=deja`)
  const late = await second.form(`${path}/decisions`, { ...admission, move: 'refusal' }, HTML)
  expect(late.status).toBe(409)
  expect(late.response.body).toContain('Votre décision n’a pas été prise')
  expect(late.response.body).toContain('name="status" value="processing"')
  expect(late.response.body).not.toContain('name="move" value="admission"')
  expect(await statusOf(service, id)).toBe('processing')
})

test('a référente decides of her own suspension only, in her structure only', async ({ service }) => {
  const { habilitation, referent, structure } = await habilitated(service)
  const path = `/habilitations/accordees/${habilitation}`
  const inactive = { lapse: 'inactivity', reason }
  expect((await referent.form(`${path}/suspension`, inactive, JSON_ONLY)).body).toMatchObject({ code: 'forbidden' })
  expect((await referent.form(`${path}/retrait`, { reason }, JSON_ONLY)).body).toMatchObject({ code: 'forbidden' })
  const other = await aStructure(service)
  for (const to of [path, `/habilitations/structures/${structure.slug}`]) {
    expect((await other.referent.get(to, JSON_ONLY)).body).toMatchObject({ code: 'forbidden' })
  }
  expect((await referent.form(`${path}/suspension`, { reason })).response.headers['location']).toContain('suspendue')
  expect((await referent.get(path, HTML)).response.body).toContain('la référente ou le référent l’a décidé')
})

test('days, statuses, numbers and cursors of another form are refused, never a failure', async ({ service }) => {
  const { habilitation, officer, structure } = await habilitated(service)
  const queue = '/habilitations/aidants'
  for (const path of [
    `/habilitations/accordees/${habilitation}?le=2026-02-31`,
    `/habilitations/accordees/${habilitation}?le=hier`,
    `${queue}?number=12x`,
    `${queue}?after=ailleurs`,
    `${queue}?olderThan=-1`,
    '/habilitations/pix?state=autre',
  ]) {
    expect((await officer.get(path, JSON_ONLY)).body, path).toMatchObject({
      code: 'invalid_fields',
    })
  }
  // A status that does not exist seeks what usually waits; a number beyond any, nothing.
  for (const path of [`${queue}?status=toString`, `${queue}?number=999999999`, `${queue}?email=${anEmail()}`]) {
    expect((await officer.get(path, HTML)).status, path).toBe(200)
  }
  const { response } = await officer.get(`${queue}?organisation=${structure.slug}&status=tous`, HTML)
  expect(response.body).toContain('Zoé Exemple')
})

test('a file of results without the form of this site is refused; one that is no file, shown again', async ({
  service,
}) => {
  const officer = await anOfficer(service)
  const send = (fields: Record<string, string | Blob>) => {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    return service.app.inject({
      method: 'POST',
      url: '/habilitations/pix',
      headers: { cookie: officer.cookie, accept: 'text/html' },
      payload: form,
    })
  }
  const file = new Blob([JSON.stringify([pixRow(anEmail())])])
  expect((await send({ file })).statusCode).toBe(403)
  expect((await send({ file, _jeton: 'autre' })).statusCode).toBe(403)
  const wrong = await send({ file: new Blob(['{']), _jeton: officer.jeton })
  expect([wrong.statusCode, wrong.body.includes('n’est pas du JSON')]).toEqual([400, true])
  expect((await send({ file, _jeton: officer.jeton })).body).toContain('1 à rattacher')
})

test('the number of statements of a page does not depend on its rows, and readings are written down', async ({
  service,
}) => {
  const structure = await aStructure(service)
  const officer = await anOfficer(service)
  const add = async (): Promise<unknown> => aRequest(service, structure)
  await add()
  const paths = [`/habilitations/aidants?organisation=${structure.slug}`, `/habilitations/structures/${structure.slug}`]
  const counts = async () => {
    const found: number[] = []
    for (const path of paths) {
      let statements = 0
      const stop = hearStatements(service, () => statements++)
      await officer.get(path, HTML)
      stop()
      found.push(statements)
    }
    return found
  }
  const one = await counts()
  for (let index = 0; index < 8; index++) await add()
  expect(await counts()).toEqual(one)
  const [read] = await rows<{ lines: number }>(
    service.db,
    sql`select count(*)::int as lines from journal where action = 'habilitation_requests.listed' and author = ${`person:${officer.personId}`}`,
  )
  expect(read!.lines).toBe(4)
})
