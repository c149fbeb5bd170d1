import { sql } from 'drizzle-orm'
import { describe, expect } from 'vitest'
import { rows } from '../src/db.ts'
import { EXPORTED_TABLES } from '../src/holders/export.ts'
import { issueLines } from './support/campaigns.ts'
import { aWaiting, idOf } from './support/campaigns.ts'
import { actor, type Json, type SignedIn, signedIn } from './support/actors.ts'
import { addAddress, anAddress } from './support/addresses.ts'
import { test, type TestService } from './support/app.ts'
import { aBadge, aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'
import { codeOf } from './support/foreign-issuer.ts'

const HTML = { accept: 'text/html' }
const JSON_PLEASE = { accept: 'application/json' }
const NAME = { given_name: 'Anaïs', family_name: 'Modèle' }

/** Someone signed in, with a badge. */
async function aHolder(service: TestService, given: Record<string, string> = {}) {
  const holder = await signedIn(service)
  const badge = await aBadge(service, { email: holder.email, ...NAME, ...given })
  return { holder, ...badge }
}
const pageOf = async (service: TestService, path: string) => (await actor(service).get(path, HTML)).response
const verify = async (service: TestService, credential: Json, recipient?: string): Promise<any> =>
  (await actor(service).post('/api/v1/verifications', { credential, ...(recipient && { recipient }) })).body
const recipientCode = async (service: TestService, credential: Json, recipient: string) =>
  codeOf(await verify(service, credential, recipient), 'recipient')

describe('the name on a badge', () => {
  test('is shown only while its holder wants it', async ({ service }) => {
    const { holder, path, id } = await aHolder(service)
    const show = (visible: string) => holder.form(`/mon-espace/badges/${id}/nom`, { visible }, JSON_PLEASE)
    expect((await pageOf(service, path)).body).not.toContain('Modèle')
    expect((await holder.get('/mon-espace', HTML)).response.body).toContain('Votre nom n’est pas affiché')
    expect((await show('oui')).status).toBe(303)
    await show('oui')
    expect((await pageOf(service, path)).body).toContain('Anaïs Modèle')
    expect((await show('non')).status).toBe(303)
    expect((await pageOf(service, path)).body).not.toContain('Modèle')
    await show('oui')
    const kept = await rows<Json>(
      service.db,
      sql`select withdrawn_at from display_consents where credential_id = ${id} order by id`,
    )
    expect(kept).toMatchObject([{ withdrawn_at: expect.anything() }, { withdrawn_at: null }])
    const told = await rows<Json>(
      service.db,
      sql`select action, author from journal where subject = ${`credential:${id}`} and action like 'consent.%' order by position`,
    )
    const author = `person:${holder.personId}`
    expect(told).toEqual(['consent.given', 'consent.withdrawn', 'consent.given'].map((action) => ({ action, author })))
  })

  test('is not for others to show', async ({ service }) => {
    const { path, id } = await aHolder(service)
    const other = await signedIn(service)
    const answer = await other.form(`/mon-espace/badges/${id}/nom`, { visible: 'oui' }, JSON_PLEASE)
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await pageOf(service, path)).body).not.toContain('Modèle')
  })
})

describe('a badge whose holder changed address', () => {
  test('is found theirs by either address, and by no third', async ({ service }) => {
    const { holder, credential, path } = await aHolder(service)
    const [changed, third] = [anAddress(), anAddress()]
    expect(await recipientCode(service, credential, changed)).toBe('recipient_mismatch')
    expect((await actor(service).get(`${path}/identites`)).status).toBe(404)
    await addAddress(service, holder, changed)
    await holder.form(`/mon-espace/adresses/${holder.personId}/retrait`)
    expect(await recipientCode(service, credential, holder.email)).toBe('recipient_ok')
    expect(await recipientCode(service, credential, changed.toUpperCase())).toBe('recipient_linked')
    expect(await recipientCode(service, credential, third)).toBe('recipient_mismatch')
    expect((await verify(service, credential, changed)).summary).toContain('valable')
  })

  test('has a link that tells no address, under salts of its own, and follows the addresses', async ({ service }) => {
    const { holder, path, credential, trainer } = await aHolder(service)
    const [second, third] = [anAddress(), anAddress()]
    await addAddress(service, holder, second)
    await addAddress(service, holder, third)
    const { receipts } = await sendCsv(
      service,
      trainer,
      await aSession(trainer),
      csvOf([aRow(1, { email: holder.email, ...NAME })]),
    )
    const another = new URL(String(receipts[0]!['credential'])).pathname
    const links = await Promise.all([path, another].map(async (one) => actor(service).get(`${one}/identites`)))
    const identities = links.flatMap(({ body }) => body['credentialSubject'].identifier as Json[])
    expect(identities).toHaveLength(4)
    expect(new Set(identities.map((one) => one['salt'])).size).toBe(4)
    expect(new Set(identities.map((one) => one['identityHash'])).size).toBe(4)
    expect(links[0]!.body).toMatchObject({
      id: `${String(credential['id'])}/identites`,
      issuer: credential['issuer'].id,
      credentialSubject: { id: credential['id'] },
    })
    const told = links.map(({ response }) => response.body).join()
    for (const text of [holder.email, second, third, 'exemple.invalid', holder.personId])
      expect(told).not.toContain(text)
    expect((await actor(service).get(`${path}/identites`)).body).toEqual(links[0]!.body)

    const [row] = await rows<{ id: string }>(
      service.db,
      sql`select id from people where alias_of = ${holder.personId} order by created_at desc limit 1`,
    )
    await holder.form(`/mon-espace/adresses/${row!.id}/retrait`)
    expect((await actor(service).get(`${path}/identites`)).body['credentialSubject'].identifier).toHaveLength(1)
    expect(await recipientCode(service, credential, third)).toBe('recipient_mismatch')
  })
})

test('everything that is held about a person is given to them, and nothing of others', async ({ service }) => {
  const { holder, id, credential } = await aHolder(service, {
    narrative: 'Un commentaire',
    evidence_url: 'https://exemple.invalid/preuve',
  })
  const other = await aHolder(service)
  const second = anAddress()
  await addAddress(service, holder, second)
  await holder.form(`/mon-espace/badges/${id}/nom`, { visible: 'oui' })
  await actor(service).get(`/credentials/${id}/identites`)
  const { response } = await holder.get('/mon-espace/donnees.json')
  expect(response.headers).toMatchObject({ 'cache-control': 'no-store' })
  const data = JSON.parse(response.body) as Record<string, Json[]>
  expect(data['Identité et adresses']).toMatchObject([{ adresse: holder.email }, { adresse: second }])
  expect(data['Badges']).toMatchObject([{ badge: id, document: credential }])
  expect(data['Résultats reçus des organismes']).toMatchObject([
    { commentaire: 'Un commentaire', 'identité reçue': { familyName: 'Modèle' }, suite: 'issued' },
  ])
  expect(data['Messages envoyés à vos adresses']).toMatchObject([{ sujet: 'address' }])
  for (const part of ['Connexions', 'Inscriptions à des sessions de formation', 'Ce qui est arrivé à vos badges'])
    expect(data[part], part).toHaveLength(1)
  for (const part of ['Ce que vous avez accepté d’afficher', 'Liens signés entre vos adresses'])
    expect(data[part], part).toHaveLength(1)
  expect(data['Lignes du journal qui vous concernent']!.map((one) => one['quoi'])).toContain('consent.given')
  for (const text of [other.holder.email, other.holder.personId, other.id]) expect(response.body).not.toContain(text)
  const page = (await holder.get('/mon-espace/donnees', HTML)).response.body
  for (const text of [holder.email, second, 'Un commentaire', 'Modèle', id]) expect(page).toContain(text)
  const told = await rows<Json>(
    service.db,
    sql`select action from journal where person_id = ${holder.personId} and action = 'data.exported'`,
  )
  expect(told).toHaveLength(2)
})

/** Tables about people that an export need not read, and why. */
const NOT_EXPORTED: Record<string, string> = {
  idempotent_answers: 'answers to machines, kept a day',
  credentials_to_count: 'badges to count again, for a minute: no more than their ids',
}

test('a table about people is exported', async ({ service }) => {
  const found = await rows<{ name: string }>(
    service.db,
    sql`select distinct table_name as name from information_schema.columns
        where table_schema = 'public' and (column_name in ('person_id', 'completion_id', 'credential_id', 'email', 'recipient', 'identity')
          or column_name like '%email%' or column_name like '%person%')
        union
        select distinct r.table_name from information_schema.referential_constraints c
        join information_schema.key_column_usage r on r.constraint_name = c.constraint_name
        join information_schema.key_column_usage u on u.constraint_name = c.unique_constraint_name
        where u.table_name in ('people', 'completions', 'credentials', 'enrolments', 'awards', 'habilitations', 'habilitation_requests', 'conseiller_contracts', 'proofs') order by 1`,
  )
  const missing = found
    .map((one) => one.name)
    .filter((name) => !EXPORTED_TABLES.includes(name) && !(name in NOT_EXPORTED))
  expect(missing).toEqual([])
})

const erase = (holder: SignedIn) => holder.form('/mon-espace/effacement', { confirmation: 'effacer' }, JSON_PLEASE)
const countsOf = ({ db }: TestService, slug: string) =>
  rows<Json>(
    db,
    sql`select c.levels, c.completed_on, k.achievement_slug, k.status_index, r.outcome,
          (select count(*)::int from enrolments e where e.session_id = s.id) as enrolled
        from completions c join sessions s on s.id = c.session_id join organisations o on o.id = s.organisation_id
        join credentials k on k.completion_id = c.id join receipts r on r.completion_id = c.id where o.slug = ${slug}`,
  )

describe('erasure', () => {
  test('leaves nothing that names anybody, counts that hold, and a file that verifies', async ({ service }) => {
    const { holder, id, path, credential, trainer } = await aHolder(service, { narrative: 'Un commentaire rare' })
    const second = anAddress()
    await addAddress(service, holder, second)
    await holder.form(`/mon-espace/badges/${id}/nom`, { visible: 'oui' })
    await actor(service).get(`${path}/identites`)
    const before = await countsOf(service, trainer.slug)

    const unsure = await holder.form('/mon-espace/effacement', { confirmation: 'oui' }, JSON_PLEASE)
    expect(unsure).toMatchObject({ status: 422, body: { code: 'not_confirmed' } })
    expect((await pageOf(service, path)).statusCode).toBe(200)
    const done = await holder.form('/mon-espace/effacement', { confirmation: ' effacer ' }, HTML)
    expect(done.response.body).toContain('Vos données sont effacées')

    expect((await holder.get('/mon-espace', JSON_PLEASE)).status).toBe(401)
    expect(await countsOf(service, trainer.slug)).toEqual(before)
    const page = await pageOf(service, path)
    expect(page.statusCode).toBe(410)
    expect(page.body).toContain('a demandé l’effacement')
    for (const one of [`${path}.json`, `${path}.png`, `${path}/identites`]) {
      expect((await actor(service).get(one)).status, one).toBeGreaterThanOrEqual(404)
    }
    await nothingLeft(service, holder.personId, [id, credential['credentialSubject'].identifier[0].identityHash])

    // The copy in the hands of its holder, as it was.
    expect(await verify(service, credential, holder.email)).toMatchObject({ verdict: 'valid' })
    const { items } = (await trainer.get(`/api/v1/credentials?organisation=${trainer.slug}`)).body
    expect(items).toMatchObject([{ id, state: 'valid' }])
    const revoked = await trainer.post(`/api/v1/credentials/${id}/revocation`, { reason: 'Délivré par erreur' })
    expect(revoked).toMatchObject({ status: 200, body: { state: 'revoked' } })
    expect(await verify(service, credential)).toMatchObject({ verdict: 'invalid' })
  })

  test('the same e-mail afterwards is somebody new', async ({ service }) => {
    const { holder, trainer } = await aHolder(service)
    await erase(holder)
    const again = await signedIn(service, { email: holder.email })
    expect(again.personId).not.toBe(holder.personId)
    expect((await again.get('/mon-espace', HTML)).response.body).toContain('Aucun badge')
    const { receipts } = await sendCsv(
      service,
      trainer,
      await aSession(trainer),
      csvOf([aRow(1, { email: holder.email, ...NAME })]),
    )
    expect(receipts).toMatchObject([{ outcome: 'issued' }])
    const [one] = await rows<Json>(
      service.db,
      sql`select count(*)::int as n from credentials where person_id = ${again.personId}`,
    )
    expect(one).toEqual({ n: 1 })
  })

  test('a badge that waits is not issued', async ({ service }) => {
    const holder = await signedIn(service)
    const trainer = await aTrainer(service)
    const csv = csvOf([aRow(1, { email: holder.email }), aRow(2, { email: anAddress() })])
    const campaign = await aWaiting(service, trainer, await aSession(trainer), csv)
    await erase(holder)
    await issueLines(service, idOf(campaign), 1, 10)
    const { items } = (await trainer.get(`${campaign}/receipts`)).body
    expect(items).toMatchObject([{ outcome: 'refused', problem: { code: 'person_erased' } }, { outcome: 'issued' }])
  })

  test('while a file arrives with the same address, nobody erased is named by it', async ({ service }) => {
    const { holder, trainer } = await aHolder(service)
    const second = anAddress()
    await addAddress(service, holder, second)
    const sent = [holder.email, second].map(async (email) =>
      sendCsv(service, trainer, await aSession(trainer), csvOf([aRow(1, { email, ...NAME })])),
    )
    const [erased] = await Promise.all([erase(holder), ...sent])
    expect(erased.status).toBe(200)
    await service.queue.idle()
    const named = await rows<Json>(
      service.db,
      sql`select c.id from completions c join people p on p.id = c.person_id
          where p.erased_at is not null and c.identity is not null
          union all select k.id from credentials k join people p on p.id = k.person_id
          where p.erased_at is not null and k.erased_at is null`,
    )
    expect(named).toEqual([])
  })

  test('roles end, unless nobody would be left to administer', async ({ service }) => {
    const { slug } = await aTrainer(service)
    const grants = [{ role: 'administrateur' as const, organisation: slug }]
    const [first, second] = [await signedIn(service, { grants }), await signedIn(service, { grants })]
    expect((await erase(first)).status).toBe(200)
    expect(await erase(second)).toMatchObject({ status: 409, body: { code: 'last_administrator' } })
    expect((await second.get('/mon-espace', JSON_PLEASE)).status).toBe(200)
    const held = await rows<Json>(
      service.db,
      sql`select g.person_id, g.ended_at is null as live from grants g join organisations o on o.id = g.organisation_id
          where o.slug = ${slug} order by g.granted_at`,
    )
    expect(held).toEqual([
      { person_id: first.personId, live: false },
      { person_id: second.personId, live: true },
    ])
  })

  test('two administrators who leave at once do not both go', async ({ service }) => {
    const { slug } = await aTrainer(service)
    const grants = [{ role: 'administrateur' as const, organisation: slug }]
    const both = [await signedIn(service, { grants }), await signedIn(service, { grants })]
    const answers = await Promise.all(both.map(erase))
    expect(answers.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([200, 409])
  })
})

/** Rows of any table that still hold something of a person who is gone: her or his id may count, and nothing else. */
async function nothingLeft({ db, vault }: TestService, personId: string, kept: string[]): Promise<void> {
  const tables = await rows<{ name: string }>(
    db,
    sql`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  const wanted = ['Modèle', 'Un commentaire rare', ...kept.slice(1)]
  for (const { name } of tables) {
    for (const text of wanted) {
      const found = await rows<Json>(db, sql`select t from ${sql.identifier(name)} t where t::text like ${`%${text}%`}`)
      expect(found, `${name}: ${text}`).toEqual([])
    }
  }
  for (const { name } of [{ name: 'web_sessions' }, { name: 'display_consents' }, { name: 'address_proofs' }]) {
    expect(await rows(db, sql`select 1 from ${sql.identifier(name)} where person_id = ${personId}`), name).toEqual([])
  }
  const people = await rows<Json>(
    db,
    sql`select identity, email_fingerprint, erased_at is not null as gone from people where id = ${personId} or alias_of = ${personId}`,
  )
  for (const one of people) expect(one).toEqual({ identity: null, email_fingerprint: null, gone: true })
  const sealed = await rows<{ content: string }>(db, sql`select content from messages where content is not null`)
  for (const { content } of sealed) expect(vault.open('messages/content', content)).not.toContain(personId)
}
