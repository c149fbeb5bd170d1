import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { afterAll, expect } from 'vitest'
import { endGrant, listGrants } from '../src/auth/grants.ts'
import { type Db, rows } from '../src/db.ts'
import { record } from '../src/journal/journal.ts'
import { isSealOurs, sealJournal } from '../src/journal/seals.ts'
import { sentenceOf } from '../src/journal/sentences.ts'
import { verifyJournal } from '../src/journal/verify-journal.ts'
import { createVault } from '../src/vault.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { openTestDatabase } from './support/db.ts'
import { aBadge, aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'

const vault = createVault(randomBytes(32))
const line = (number: number) => ({ author: 'essai', action: 'essai.ligne', subject: `ligne:${number}` })

/** A journal of so many lines after the content's, sealed in the middle and at the end; triggers off, as a superuser would. */
async function forgedJournal() {
  const database = await openTestDatabase()
  const { db } = database
  for (let number = 1; number <= 4; number++) await record(db, line(number))
  await sealJournal(db, vault)
  for (let number = 5; number <= 8; number++) await record(db, line(number))
  await sealJournal(db, vault)
  const [last] = await rows<{ n: number }>(db, sql`select max(position)::int as n from journal`)
  await db.execute(sql`alter table journal disable trigger user`)
  await db.execute(sql`alter table journal_seals disable trigger user`)
  return { ...database, last: last!.n }
}

let forged: ReturnType<typeof forgedJournal> | null = null
afterAll(async () => (await forged)?.close())

/** What `use` does to that journal is undone after it: one database serves every forgery. */
async function withForger(use: (db: Db, last: number) => Promise<void>): Promise<void> {
  const { db, last } = await (forged ??= forgedJournal())
  const undone = new Error('undone')
  const doIt = db.transaction(async (tx) => {
    await use(tx, last)
    throw undone
  })
  await doIt.catch((error: unknown) => {
    if (error !== undone) throw error
  })
}

const problemOf = async (db: Db) => (await verifyJournal(db, vault)).problem
/** What who writes to the database, without the key, can do at best: every hash from a line on is made anew. */
async function rechain(db: Db, from: number): Promise<void> {
  const { hashOf } = await import('../src/journal/journal.ts')
  const { journal } = await import('../src/journal/journal.sql.ts')
  const lines = await db.select().from(journal).orderBy(journal.position)
  let previous = lines.find((one) => one.position === from - 1)!.hash
  for (const one of lines.filter(({ position }) => position >= from)) {
    previous = hashOf(one, previous)
    await db.execute(sql`update journal set hash = ${previous} where position = ${one.position}`)
  }
}

test('an untouched journal is found whole, with its head and its last seal', () =>
  withForger(async (db, last) => {
    const { head, sealed, problem } = await verifyJournal(db, vault)
    expect({ problem, position: head.position, seal: sealed?.position }).toEqual({
      problem: null,
      position: last,
      seal: last,
    })
    expect(await sealJournal(db, vault)).toBeNull()
  }))

const FORGERIES: [string, (db: Db, last: number) => Promise<unknown>, (last: number) => string][] = [
  [
    'a reason altered',
    (db, last) => db.execute(sql`update journal set reason = 'autre' where position = ${last - 3}`),
    (last) => `La ligne ${last - 3} a été modifiée`,
  ],
  [
    'an author altered, with its hash',
    async (db, last) => {
      await db.execute(sql`update journal set author = 'autre', hash = repeat('a', 64) where position = ${last}`)
    },
    (last) => `La ligne ${last} a été modifiée`,
  ],
  [
    'a line removed in the middle',
    (db, last) => db.execute(sql`delete from journal where position = ${last - 2}`),
    (last) => `La ligne ${last - 2} manque`,
  ],
  [
    'the last lines removed',
    (db, last) => db.execute(sql`delete from journal where position > ${last - 2}`),
    (last) =>
      `La fin du journal a été retirée : il s’arrête à la ligne ${last - 2}, alors que la ligne ${last} a existé`,
  ],
  [
    'a line added at the end, without its hash',
    (db, last) =>
      db.execute(sql`insert into journal select ${last + 1}, at, author, action, subject, null, null, null, null, hash
        from journal where position = ${last}`),
    (last) => `La ligne ${last + 1} a été modifiée ou ajoutée`,
  ],
  [
    'a line added before the first',
    (db) =>
      db.execute(sql`insert into journal select 0, at, author, action, subject, null, null, null, null, hash
        from journal where position = 1`),
    () => 'La ligne 0 a été ajoutée',
  ],
  [
    'a line altered and the chain made anew',
    async (db, last) => {
      await db.execute(sql`update journal set author = 'autre' where position = ${last - 2}`)
      await rechain(db, last - 2)
    },
    (last) => `Le journal a été réécrit entre la ligne ${last - 3} et la ligne ${last}`,
  ],
  [
    'a line inserted in the middle and the chain made anew',
    async (db, last) => {
      await db.execute(sql`update journal set position = position + 100 where position >= ${last - 1}`)
      await db.execute(sql`update journal set position = position - 99 where position > 100`)
      await db.execute(sql`insert into journal select ${last - 1}, at, 'autre', action, subject, null, null, null, null,
        hash from journal where position = ${last}`)
      await rechain(db, last - 1)
    },
    (last) => `Le journal a été réécrit entre la ligne ${last - 3} et la ligne ${last}`,
  ],
  [
    'the chain and the seals made anew without the key',
    async (db, last) => {
      await db.execute(sql`update journal set author = 'autre' where position = ${last - 6}`)
      await rechain(db, last - 6)
      await db.execute(sql`delete from journal_seals`)
      await sealJournal(db, createVault(randomBytes(32)))
    },
    (last) => `Le sceau de la ligne ${last} n’a pas été fait avec la clé de ce service`,
  ],
]

test.for(FORGERIES)('%s is found', ([, forge, expected]) =>
  withForger(async (db, last) => {
    await forge(db, last)
    expect(await problemOf(db)).toContain(expected(last))
  }),
)

test('a cut that takes the seals with it, or a whole new journal, is found by a head that was noted elsewhere', () =>
  withForger(async (db, last) => {
    const { head } = await verifyJournal(db, vault)
    await db.execute(sql`delete from journal_seals where position > ${last - 4}`)
    await db.execute(sql`update journal set author = 'autre' where position = ${last - 1}`)
    await rechain(db, last - 1)
    expect(await problemOf(db)).toBeNull()
    expect((await verifyJournal(db, vault, { expected: head })).problem).toContain(`La ligne ${last} n’est plus celle`)
    await db.execute(sql`delete from journal where position > ${last - 2}`)
    expect(await problemOf(db)).toBeNull()
    expect((await verifyJournal(db, vault, { expected: head })).problem).toContain('La fin du journal a été retirée')
  }))

test('the database refuses that a line or a seal be changed or removed; a seal may be made anew under the next key', async ({
  service: { db },
}) => {
  await record(db, line(1))
  await sealJournal(db, vault)
  const whole = (await rows(db, sql`select * from journal`)).length
  for (const statement of [
    'update journal set author = author',
    'delete from journal',
    'truncate journal',
    'delete from journal_seals',
    'truncate journal_seals',
    `update journal_seals set hash = ''`,
  ]) {
    const error = await db.execute(sql.raw(statement)).then(
      () => null,
      (error: Error) => error,
    )
    expect(String(error?.cause), statement).toContain('journal lines are never changed nor removed')
  }
  await db.execute(sql.raw('update journal_seals set mac = mac'))
  expect(await rows(db, sql`select * from journal`)).toHaveLength(whole)
})

test('a seal of before holds while its key is still at hand', async ({ service: { db } }) => {
  const [before, now] = [randomBytes(32), randomBytes(32)]
  await record(db, line(1))
  const { journalSeals } = await import('../src/journal/journal.sql.ts')
  await sealJournal(db, createVault(before))
  const seal = (
    await db
      .select()
      .from(journalSeals)
      .orderBy(sql`position desc`)
  )[0]!
  expect(isSealOurs(createVault(now, [before]), seal)).toBe(true)
  expect(isSealOurs(createVault(now), seal)).toBe(false)
})

const linesOf = (service: TestService, slug: string) =>
  rows<Json>(
    service.db,
    sql`select action, author, reason, details, subject from journal where organisation_id =
      (select id from organisations where slug = ${slug}) order by position`,
  )

test('what an organisation does is written, once, by whom and why', async ({ service }) => {
  const { trainer, id } = await aBadge(service)
  await trainer.post(`/api/v1/credentials/${id}/revocation`, { reason: 'Délivré par erreur' })
  await trainer.post(`/api/v1/credentials/${id}/revocation`, { reason: 'Une deuxième fois' })
  await trainer.post(`/api/v1/credentials/${id}/suspension`, { reason: 'Trop tard' })
  await trainer.get('/api/v1/credentials?organisation=' + trainer.slug)
  const lines = (await linesOf(service, trainer.slug)).filter(({ action }) => !action.startsWith('organisation.'))
  expect(lines.map(({ action, author }) => [action, author])).toEqual([
    ['session.planned', 'test-formateur'],
    ['campaign.received', 'test-formateur'],
    ['credentials.issued', 'service'],
    ['receipts.read', 'test-formateur'],
    ['credential.revoked', 'test-formateur'],
    ['credentials.listed', 'test-formateur'],
  ])
  expect(lines[1]!['details']).toContain('"received":1,"refused":0')
  expect(lines[2]!['details']).toBe('{"from":1,"to":500,"issued":1,"refused":0}')
  expect(lines[4]).toMatchObject({ subject: `credential:${id}`, reason: 'Délivré par erreur' })
})

test('lines written at once follow one another, and a transaction that fails leaves none', async () => {
  const { db, last, close } = await forgedJournal()
  const writes = Array.from({ length: 30 }, (_, number) =>
    db
      .transaction(async (tx) => {
        await record(tx, line(number))
        if (number % 3 === 0) throw new Error('refused')
      })
      .catch(() => undefined),
  )
  await Promise.all(writes)
  expect(await verifyJournal(db, vault)).toMatchObject({ problem: null, head: { position: last + 20 } })
  await close()
})

test('no line holds a name or an address', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const secret = { email: 'tres.secrete@exemple.invalid', given_name: 'Ildegarde', family_name: 'Zwingelstein' }
  await trainer.post(`/api/v1/sessions/${session}/enrolments`, [
    { email: secret.email, givenName: secret.given_name, familyName: secret.family_name },
  ])
  await sendCsv(service, trainer, session, csvOf([aRow(1, secret), aRow(2, { ...secret, completed_on: 'jamais' })]))
  await signedIn(service, { email: secret.email, grants: [{ role: 'formateur', organisation: trainer.slug }] })
  const text = JSON.stringify(await rows(service.db, sql`select * from journal`)).toLowerCase()
  for (const word of ['secrete', 'exemple.invalid', 'ildegarde', 'zwingelstein']) expect(text).not.toContain(word)
  expect((await linesOf(service, trainer.slug)).map((one) => one['action'])).toContain('session.enrolled')
})

test('an organisation reads what concerns it, and nothing else, in French, page by page', async ({ service }) => {
  const { trainer } = await aBadge(service)
  const other = await aTrainer(service)
  const admin = await signedIn(service, { grants: [{ role: 'administrateur', organisation: trainer.slug }] })
  const colleague = await signedIn(service, { grants: [{ role: 'administrateur', organisation: trainer.slug }] })
  const url = `/api/v1/organisations/${trainer.slug}/journal`
  await colleague.get(url)
  const { status, body } = await admin.get(url)
  expect(status).toBe(200)
  expect(body['items'].slice(0, 1)).toMatchObject([
    { action: 'journal.read', author: 'une personne de l’équipe', sentence: 'Journal consulté' },
  ])
  expect(body['items'].map((one: Json) => one['sentence'])).toEqual(
    expect.arrayContaining(['Session planifiée', 'Badges délivrés : 1', 'Rôle donné : administrateur']),
  )
  expect(JSON.stringify(body)).not.toContain(`person:${colleague.personId}`)
  expect((await admin.get(url)).body['items'][0]).toMatchObject({ action: 'journal.read', author: 'vous' })

  const first = (await admin.get(`${url}?limit=2`)).body
  const second = (await admin.get(`${url}?limit=2&after=${first['next']}`)).body
  expect(second['items'][0]['position']).toBeLessThan(first['items'][1]['position'])
  expect((await admin.get(`${url}?day=2021-01-01`)).body).toEqual({ items: [], next: null })
  const today = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Paris' }).format(new Date())
  expect((await admin.get(`${url}?day=${today}`)).body['items'].length).toBeGreaterThan(3)

  const page = await admin.get(`/organisme/${trainer.slug}/journal?jour=${today}`)
  expect(page.response.body).toContain('Session planifiée')
  expect((await admin.get(`/organisme/${trainer.slug}/journal?jour=2021-01-01`)).response.body).toContain(
    'Rien n’est inscrit ce jour-là',
  )
  const theirs = (await actor(service, 'exploitant').get(`/api/v1/organisations/${other.slug}/journal`)).body
  expect(theirs['items'].map((one: Json) => one['action'])).not.toContain('session.planned')
})

test('the words of an organisation are escaped on its page', async ({ service }) => {
  const { trainer, id } = await aBadge(service)
  await trainer.post(`/api/v1/credentials/${id}/revocation`, { reason: '<script>alert(1)</script>' })
  const admin = await signedIn(service, { grants: [{ role: 'administrateur', organisation: trainer.slug }] })
  const { response } = await admin.get(`/organisme/${trainer.slug}/journal`)
  expect(response.body).toMatch(/&(lt|#60);script/)
  expect(response.body).not.toContain('<script>alert')
})

test('a role that ends is lost at once by who is signed in', async ({ service }) => {
  const { slug } = await aTrainer(service)
  const admin = await signedIn(service, { grants: [{ role: 'administrateur', organisation: slug }] })
  const url = `/api/v1/organisations/${slug}/journal`
  expect((await admin.get(url)).status).toBe(200)
  const [grant] = await listGrants(service.db, { personId: admin.personId })
  await endGrant(service.db, { id: grant!.id, endedBy: 'service', reason: 'Essai' })
  expect(await admin.get(url)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
})

test('every action that the code writes has its sentence', () => {
  const source = (readdirSync('src', { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts') && !name.endsWith('sentences.ts'))
    .map((name) => readFileSync(`src/${name}`, 'utf8'))
    .join('\n')
  // Given by name, or as the words of a line that a feature notes.
  const written = [...source.matchAll(/(?:action: |\bnote\([^']*)'([a-z]+\.[a-z_]+)'/g)].map((found) => found[1]!)
  expect(written.length).toBeGreaterThan(20)
  expect(written).toContain('wallet.unanswered')
  for (const action of written) {
    expect(sentenceOf(action, {}), action).not.toBe(action)
  }
})
