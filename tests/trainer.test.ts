import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { addDays, parisDate } from '../src/days.ts'
import { rows } from '../src/db.ts'
import { exportPerson } from '../src/holders/export.ts'
import { erasePerson } from '../src/holders/erasure.ts'
import { applyRetention } from '../src/privacy/retention.ts'
import { actor, type Json, signedIn, type SignedIn } from './support/actors.ts'
import { config, test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './support/factories.ts'
import { fingerprintOf } from './support/matrix.ts'
import { hearStatements } from './support/statements.ts'

const today = parisDate(new Date())
const HTML = { accept: 'text/html' }
const anEmail = (): string => `demande-${randomUUID()}@exemple.invalid`

/** A trainer in a browser, and a session that goes on today. */
async function aDay(service: TestService, given: Json = {}) {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer, { startsOn: today, endsOn: today, capacity: 5, ...given })
  const me = await signedIn(service, { grants: [{ role: 'formateur', organisation: trainer.slug }] })
  return { trainer, session, me, path: `/organisme/${trainer.slug}/sessions/${session}` }
}

async function openLink(me: SignedIn, path: string, action = 'open'): Promise<string> {
  await me.form(`${path}/lien`, { action })
  const { response } = await me.get(`${path}/lien`, HTML)
  return /\/inscription\/[\w-]{43}/.exec(response.body)![0]
}

const ask = (service: TestService, address: string, email: string, headers = HTML) =>
  actor(service).post(address, new URLSearchParams({ email, givenName: 'Zoé', familyName: 'Exemple-1' }).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  })

const asksOf = ({ db }: TestService, session: string) =>
  rows<{ id: string }>(db, sql`select id from enrolment_asks where session_id = ${session} order by created_at, id`)

const enrolmentsOf = async (trainer: Trainer, session: string): Promise<Json[]> =>
  (await trainer.get(`/api/v1/sessions/${session}/enrolments`)).body['items'] as Json[]

test('an ask waits once for each address, tells nothing of who is known, and is gone once decided', async ({
  service,
}) => {
  const { trainer, session, me, path } = await aDay(service, { capacity: 1 })
  const address = await openLink(me, path)
  const known = anEmail()
  await trainer.post(`/api/v1/sessions/${session}/enrolments`, [{ email: known, givenName: 'Zoé', familyName: 'E' }])
  const answers = [await ask(service, address, known), await ask(service, address, anEmail())]
  const again = await ask(service, address, known.toUpperCase())
  for (const { status, response } of [...answers, again]) {
    expect([status, response.headers['location']]).toEqual([303, `${address}?fait=demandee`])
  }
  const asks = await asksOf(service, session)
  expect(asks).toHaveLength(2)

  const other = await aDay(service)
  const theirs = { decision: 'confirm', demandes: asks[0]!.id }
  expect(await other.me.form(`${other.path}/demandes`, theirs, { accept: 'application/json' })).toMatchObject({
    status: 422,
    body: { code: 'no_ask' },
  })
  await me.form(`${path}/demandes`, { decision: 'confirm', demandes: asks[0]!.id })
  await me.form(`${path}/demandes`, { decision: 'confirm', demandes: asks[1]!.id })
  expect(await asksOf(service, session)).toEqual([])
  const states = (await enrolmentsOf(trainer, session))
    .map((one) => one['state'])
    .toSorted((a, b) => String(a).localeCompare(String(b)))
  expect(states).toEqual(['registered', 'waiting'])
})

test('a link that is closed, replaced, of a session full of asks, over or called off takes nothing', async ({
  service,
}) => {
  const { trainer, session, me, path } = await aDay(service, { capacity: 1 })
  const address = await openLink(me, path)
  const refusal = async (at = address) => {
    const { status, body } = await ask(service, at, anEmail(), { accept: 'application/json' })
    return [status, body['code']]
  }
  expect(await refusal(`/inscription/${'x'.repeat(43)}`)).toEqual([404, 'not_found'])
  for (let asked = 0; asked < 22; asked++) await ask(service, address, anEmail())
  expect(await refusal()).toEqual([409, 'too_many_asks'])
  await me.form(`${path}/lien`, { action: 'close' })
  expect(await refusal()).toEqual([409, 'link_closed'])
  expect(await openLink(me, path)).toBe(address)
  const renewed = await openLink(me, path, 'renew')
  expect(await refusal()).toEqual([404, 'not_found'])
  const { response } = await ask(service, renewed, 'sans-adresse')
  expect(response.body).toContain('Cette adresse n’est pas complète.')
  await service.db.execute(
    sql`update sessions set starts_on = ${addDays(today, -3)}, ends_on = ${addDays(today, -3)} where id = ${session}`,
  )
  expect(await refusal(renewed)).toEqual([409, 'session_over'])
  await trainer.post(`/api/v1/sessions/${session}/cancellation`, { reason: 'Essai' })
  expect(await refusal(renewed)).toEqual([409, 'session_cancelled'])
})

test('an ask is shown to whom it is about, erased with them, and forgotten a month after the session', async ({
  service,
}) => {
  const { db, vault } = service
  const { session, me, path } = await aDay(service)
  const address = await openLink(me, path)
  const someone = await signedIn(service)
  await ask(service, address, someone.email)
  await ask(service, address, anEmail())
  const parts = await exportPerson(db, vault, { personId: someone.personId, author: 'test' })
  const part = parts.find((one) => one.tables.includes('enrolment_asks'))!
  expect(part.lines).toMatchObject([{ session, identité: { email: someone.email } }])
  await erasePerson(db, vault, { personId: someone.personId, author: 'test' })
  expect(await asksOf(service, session)).toHaveLength(1)
  const soon = new Date(Date.now() + 29 * 86_400_000)
  await applyRetention(db, vault, config.retention, soon)
  expect(await asksOf(service, session)).toHaveLength(1)
  await applyRetention(db, vault, config.retention, new Date(soon.getTime() + 4 * 86_400_000))
  expect(await asksOf(service, session)).toEqual([])
  expect(await rows(db, sql`select 1 from enrolment_links where session_id = ${session}`)).toEqual([])
})

test('ticked results are badges; a wrong day writes nothing, twice the same is once, and a stranger is left out', async ({
  service,
}) => {
  const { trainer, session, me, path } = await aDay(service)
  const other = await aDay(service)
  const learner = (number: number) => ({
    email: `personne${number}@exemple.invalid`,
    givenName: 'Zoé',
    familyName: `E-${number}`,
  })
  await trainer.post(`/api/v1/sessions/${session}/enrolments`, [learner(1), learner(2)])
  await other.trainer.post(`/api/v1/sessions/${other.session}/enrolments`, [learner(3)])
  const [first] = await enrolmentsOf(trainer, session)
  const [stranger] = await enrolmentsOf(other.trainer, other.session)
  const ticks = (id: string, date: string) => ({
    [`acquis.${id}`]: 'oui',
    [`date.${id}`]: date,
    [`niveau.${id}.digcomp:4.2`]: '5',
  })
  const id = String(first!['personId'])
  const before = await rows(service.db, sql`select count(*)::int as rows from completions`)
  const late = await me.form(`${path}/resultats`, ticks(id, addDays(today, 9)), HTML)
  expect(late.response.body).toContain(`href="#date.${id}"`)
  const nobody = await me.form(`${path}/resultats`, ticks(String(stranger!['personId']), today), HTML)
  expect(nobody.response.body).toContain('Personne n’est coché.')
  expect(await rows(service.db, sql`select count(*)::int as rows from completions`)).toEqual(before)

  for (const outcome of ['issued', 'alreadyIssued']) {
    const { response } = await me.form(`${path}/resultats`, ticks(id, today))
    await service.queue.idle()
    const lot = String(response.headers['location']).split('/').at(-1)!
    const { body } = await trainer.get(`/api/v1/campaigns/${lot}/receipts`)
    expect((body['items'] as Json[]).map((one) => one['outcome'])).toEqual([outcome])
    expect((await other.me.get(`/organisme/${trainer.slug}/lots/${lot}`)).status).toBe(403)
    expect((await other.me.get(`/organisme/${other.trainer.slug}/lots/${lot}`)).status).toBe(404)
  }
})

test('a preview writes nothing, reads a file of an old spreadsheet, and shows what only the session knows', async ({
  service,
}) => {
  const { trainer, session, me, path } = await aDay(service, { capacity: 1 })
  const send = (file: Buffer) => {
    const form = new FormData()
    form.set('_jeton', me.jeton)
    form.set('fichier', new Blob([new Uint8Array(file)]), 'resultats.csv')
    return new Response(form)
  }
  const upload = async (file: Buffer) => {
    const sent = send(file)
    const payload = Buffer.from(await sent.arrayBuffer())
    return service.app.inject({
      method: 'POST',
      url: `${path}/resultats/fichier`,
      payload,
      headers: { ...HTML, cookie: me.cookie, 'content-type': sent.headers.get('content-type')! },
    })
  }
  const row = (number: number, given = {}) => aRow(number, { completed_on: today, ...given })
  const before = await fingerprintOf(service.db)
  const french = csvOf([row(1, { given_name: 'Hélène' }), row(1), row(2)])
    .replaceAll('","', '";"')
    .replace('email,', 'email;')
  const [head, ...lines] = french.split('\n')
  const shown = await upload(Buffer.from([head!.replaceAll(',', ';'), ...lines].join('\r\n'), 'latin1'))
  expect(shown.body).toContain('value="Hélène"')
  expect(shown.body).toContain('Cette personne figure déjà à la ligne 2.')
  expect(shown.body).toContain('La personne n’est pas inscrite et la session est complète.')
  expect(shown.body).toContain('Délivrer le badge prêt')
  const broken = await upload(Buffer.from('nom;prenom\nExemple;Zoé'))
  expect([broken.statusCode, broken.body.includes('Il manque dans l’en-tête')]).toEqual([400, true])
  const grid = { etape: 'delivrer', c: ['email', 'email'], l: [1], v0: ['a'], v1: ['b'] }
  const forged = await me.post(`${path}/resultats/lignes`, grid, { accept: 'application/json' })
  expect([forged.status, forged.body['code']]).toEqual([400, 'grid_shape'])
  expect(await fingerprintOf(service.db)).toEqual(before)

  await service.db.execute(sql`update sessions set capacity = 200 where id = ${session}`)
  const many = csvOf(Array.from({ length: 120 }, (_, index) => row(index, index === 7 ? { email: 'mal' } : {})))
  const { response } = await me.form(`${path}/resultats/fichier/envoi`, { csv: many })
  await service.queue.idle()
  const { body } = await trainer.get(`/api/v1/campaigns/${String(response.headers['location']).split('/').at(-1)!}`)
  expect(body['counts']).toMatchObject({ issued: 119, refused: 1 })
})

test('the pages cost as many queries for three learners as for sixty', async ({ service }) => {
  const { trainer, session, me, path } = await aDay(service, { capacity: 100 })
  const learners = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => ({
      email: `cout${from + index}@exemple.invalid`,
      givenName: 'Zoé',
      familyName: `Exemple-${from + index}`,
    }))
  const costs = async (): Promise<number[]> => {
    const found: number[] = []
    for (const at of ['', '/presences', '/resultats']) {
      let heard = 0
      const stop = hearStatements(service, () => heard++)
      await me.get(path + at, HTML)
      stop()
      found.push(heard)
    }
    return found
  }
  await trainer.post(`/api/v1/sessions/${session}/enrolments`, learners(0, 3))
  const few = await costs()
  await trainer.post(`/api/v1/sessions/${session}/enrolments`, learners(3, 60))
  expect(await costs()).toEqual(few)
})

test('a session whose only lines were refused is still to close, on every page that says so', async ({ service }) => {
  const { trainer, session, me } = await aDay(service, { startsOn: '2026-03-31', endsOn: '2026-03-31' })
  await sendCsv(service, trainer, session, csvOf([aRow(1, { email: 'mal' })]))
  const house = `/organisme/${trainer.slug}`
  const sessions = await me.get(`${house}/sessions?etat=due`, HTML)
  expect(sessions.response.body).toContain(`${house}/sessions/${session}`)
  const overview = (await me.get(house, HTML)).response.body
  expect(overview).toContain('Saisir les résultats')
  expect(overview).toContain('Corriger 1 ligne refusée')
})
