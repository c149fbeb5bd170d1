import { sql } from 'drizzle-orm'
import { describe, expect } from 'vitest'
import { bakePng } from '../src/credentials/bake.ts'
import { hashEmail, identityObject } from '../src/credentials/recipient.ts'
import { rows } from '../src/db.ts'
import { keepImported } from '../src/wallet/imports.ts'
import { listImported } from '../src/wallet/read-imports.ts'
import { recheckImported } from '../src/wallet/recheck.ts'
import { actor, type Json, type SignedIn, signedIn } from './support/actors.ts'
import { anAddress, proofLink } from './support/addresses.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { aBadge } from './support/factories.ts'
import { aForeignBadge } from './support/foreign-issuer.ts'
import { keyIssuer } from './support/key-issuer.ts'
import { AT, badge05, GONE, hashOf, issuer1, issuer2, jwsOf, SALT } from './support/older-issuer.ts'
import { aSitedBadge } from './support/sited-badge.ts'

const WALLET = '/api/v1/wallet'
const PAGE = '/mon-espace/badges-d-ailleurs'
const HTML = { accept: 'text/html' }
const MARKUP = '<script>alert(1)</script>'

const pageOf = async (holder: SignedIn, path = PAGE) => (await holder.get(path, HTML)).response.body
const keep = (holder: SignedIn, credential: unknown) => holder.post(WALLET, { credential })
const itemsOf = async (holder: SignedIn): Promise<Json[]> => (await holder.get(WALLET)).body['items']
const idOf = ({ body }: { body: Json }) => String(body['id'])

/** Sends the form of the page, with a file as browsers send it. */
async function upload(holder: SignedIn, bytes: Buffer | null, fields: Record<string, string> = {}, headers = HTML) {
  const form = new FormData()
  for (const [name, value] of Object.entries({ _jeton: holder.jeton, ...fields })) form.set(name, value)
  form.set('file', new File(bytes ? [new Uint8Array(bytes)] : [], bytes ? 'badge.png' : ''))
  const sent = new Response(form)
  const type = sent.headers.get('content-type')!
  return holder.post(PAGE, Buffer.from(await sent.arrayBuffer()), { 'content-type': type, ...headers })
}

describe('keeping', () => {
  test('a valid badge is kept, marked by how it was checked; given again it is known, a newer one replaces it, an older one does not', async ({
    service,
  }) => {
    const holder = await signedIn(service)
    const { badgeFor, did } = await keyIssuer()
    const first = await keep(holder, await badgeFor(holder.email.toUpperCase()))
    expect(first).toMatchObject({
      status: 201,
      body: {
        outcome: 'created',
        name: 'Soudure',
        issuer: { id: did, name: 'Atelier d’ailleurs' },
        dialect: { version: '3.0', proof: 'embedded' },
        mark: 'Signé (Open Badges 3.0)',
        verdict: 'valid',
        code: null,
        importedVerdict: 'valid',
        recognisedBy: [],
      },
    })
    const again = await keep(holder, await badgeFor(holder.email.toUpperCase()))
    expect([again.status, again.body['outcome'], again.body['id']]).toEqual([200, 'unchanged', first.body['id']])
    const newer = await badgeFor(holder.email, { name: 'Plus récent', validFrom: '2026-03-01T00:00:00Z' })
    const replaced = await keep(holder, newer)
    expect([replaced.status, replaced.body['outcome'], replaced.body['id']]).toEqual([
      200,
      'replaced',
      first.body['id'],
    ])
    const older = await keep(holder, await badgeFor(holder.email, { validFrom: '2026-01-01T00:00:00Z' }))
    expect([older.body['outcome'], older.body['credential'].name]).toEqual(['unchanged', 'Plus récent'])
    expect(await itemsOf(holder)).toHaveLength(1)
    // Another person’s wallet is another one, and nobody reads it.
    const other = await signedIn(service)
    expect((await other.get(`${WALLET}/${idOf(first)}`)).status).toBe(404)
    expect((await other.form(`${PAGE}/${idOf(first)}/retrait`)).status).toBe(404)
    expect(await itemsOf(other)).toEqual([])
  })

  test('what is refused is not kept, and says why: changed, over, of someone else, of this service', async ({
    service,
  }) => {
    const holder = await signedIn(service)
    const { badgeFor } = await keyIssuer()
    const mine = await badgeFor(holder.email)
    const refused = async (credential: unknown) => {
      const { status, body } = await keep(holder, credential)
      return [status, body['code']]
    }
    expect(await refused({ ...mine, name: 'Autre nom' })).toEqual([422, 'badge_not_valid'])
    expect(await refused(await badgeFor(holder.email, { validUntil: '2026-02-01T00:00:00Z' }))).toEqual([
      422,
      'badge_not_valid',
    ])
    expect(await refused(await badgeFor('autre@exemple.invalid'))).toEqual([422, 'badge_not_yours'])
    expect(await refused({})).toEqual([422, 'badge_not_valid'])
    expect(await refused('a.b.c')).toEqual([422, 'badge_not_valid'])
    expect(await refused({ ...mine, tas: 'x'.repeat(1_048_000) })).toEqual([413, expect.anything()])
    const { credential } = await aBadge(service, { email: holder.email })
    expect(await refused(credential)).toEqual([409, 'badge_is_ours'])
    expect(await itemsOf(holder)).toEqual([])
    expect((await actor(service, 'formateur', 'x').post(WALLET, { credential: mine })).status).toBe(403)
  })

  test('two at the same time are one, and two hundred are enough', async ({ service }) => {
    const holder = await signedIn(service)
    const { badgeFor } = await keyIssuer()
    const badge = await badgeFor(holder.email)
    const both = await Promise.all([keep(holder, badge), keep(holder, badge)])
    expect(both.map((one) => String(one.body['outcome'])).toSorted()).toEqual(['created', 'unchanged'])
    await service.db.execute(sql`
      insert into imported_badges (person_id, text_key, content, about, source, imported_verdict, verdict, code, checked_at)
      select person_id, n::text, content, about, source, 'indeterminate', 'indeterminate', 'issuer_unreachable', checked_at
      from imported_badges, generate_series(1, 199) n where person_id = ${holder.personId}`)
    const more = await badgeFor(holder.email, { id: 'https://ailleurs.example/badges/2' })
    expect(await keep(holder, more)).toMatchObject({ status: 429, body: { code: 'too_many_imports' } })
    expect((await keep(holder, badge)).status).toBe(200)
  })

  test('the page takes a baked picture or a link, gives back what was typed, and shows what a badge says as text', async ({
    service,
  }) => {
    const holder = await signedIn(service)
    const { badgeFor } = await keyIssuer()
    const { credentialSubject, ...badge } = aForeignBadge('did:key:x')
    const named = { ...credentialSubject.achievement, name: `Soudure ${MARKUP}`, criteria: { narrative: MARKUP } }
    const identifier = [identityObject('emailAddress', hashEmail(holder.email, 'sel'))]
    const subject = { ...credentialSubject, identifier, achievement: named }
    const signed = await badgeFor(holder.email, { name: badge['name'], credentialSubject: subject })
    const image = await actor(service).get('/achievements/aidants-connect/1/image.png')
    const baked = bakePng(image.response.rawPayload, JSON.stringify(signed))
    const sent = await upload(holder, baked)
    expect(sent.status).toBe(303)
    const page = await pageOf(holder, String(sent.response.headers['location']))
    expect(page).toContain('Ce badge est gardé.')
    expect(page).toContain('Soudure &#60;script&#62;')
    expect(page).toContain('Signé (Open Badges 3.0)')
    expect(page).toContain('Pas encore reconnu')
    const list = await pageOf(holder)
    expect(list).toContain('nom donné par l’émetteur lui-même')
    for (const one of [page, list, await pageOf(holder, '/mon-espace')]) expect(one).not.toContain(MARKUP)
    expect(await pageOf(holder, '/mon-espace')).toMatch(/Badges d’ailleurs<\/h2>[\s\S]*Signé \(Open Badges 3\.0\)/)

    const nothing = await upload(holder, null)
    expect([nothing.status, nothing.response.body]).toEqual([422, expect.stringContaining('Aucun fichier ni lien')])
    const hidden = await upload(holder, null, { url: 'http://127.0.0.1:9/badge"><b>' })
    expect(hidden.status).toBe(400)
    expect(hidden.response.body).toContain('value="http://127.0.0.1:9/badge&#34;&#62;&#60;b&#62;"')
    const plain = await upload(holder, image.response.rawPayload, {}, { accept: 'application/json' })
    expect(plain).toMatchObject({ status: 400, body: { code: 'no_badge' } })
    expect(await itemsOf(holder)).toHaveLength(1)
    // A form of another site is not taken.
    const foreign = await actor(service).post(PAGE, 'url=x', {
      cookie: holder.cookie,
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(foreign.status).toBe(403)
  })
})

describe('what cannot be decided', () => {
  test('is kept as not verified, shows nothing and counts for nothing, until its issuer answers', async ({
    service,
  }) => {
    const holder = await signedIn(service)
    const { issuer, badge, deps, mine } = await aSitedBadge(service, holder)
    const document = issuer.network.get(issuer.didUrl)
    issuer.network.delete(issuer.didUrl)
    const { id, outcome } = await keepImported(deps, mine, { given: badge, source: 'file', from: 'badge.json' })
    expect(outcome).toBe('created')
    const path = `${WALLET}/${id}`
    expect((await holder.get(path)).body).toMatchObject({
      mark: 'Non vérifié',
      verdict: 'indeterminate',
      code: 'issuer_unreachable',
      name: null,
      issuer: null,
      dialect: null,
      credential: null,
    })
    const page = await pageOf(holder, `${PAGE}/${id}`)
    expect(page).toContain('Badge non vérifié (badge.json)')
    expect(page).not.toContain('Soudure')
    expect(await holder.post(`${path}/recognition-request`)).toMatchObject({
      status: 409,
      body: { code: 'badge_not_counting' },
    })

    issuer.network.set(issuer.didUrl, document)
    expect(await recheckImported(deps, mine, id)).toBe(id)
    const found = {
      verdict: 'valid',
      importedVerdict: 'indeterminate',
      name: 'Soudure',
      mark: 'Signé (Open Badges 3.0)',
    }
    expect((await holder.get(path)).body).toMatchObject(found)
    // Out of reach again, it is not verified any more; what was proven is still what is shown.
    issuer.network.delete(issuer.didUrl)
    await recheckImported(deps, mine, id)
    expect((await holder.get(path)).body).toMatchObject({
      verdict: 'indeterminate',
      name: 'Soudure',
      mark: 'Non vérifié',
    })
  })

  test('never replaces what was found valid, and gives way to it once it is known as the same', async ({ service }) => {
    const holder = await signedIn(service)
    const { issuer, make, badge, deps, mine } = await aSitedBadge(service, holder)
    const valid = await keepImported(deps, mine, { given: badge, source: 'api' })
    const document = issuer.network.get(issuer.didUrl)
    issuer.network.delete(issuer.didUrl)
    const older = await make({ validFrom: '2026-01-02T00:00:00Z' })
    const unsure = await keepImported(deps, mine, { given: older, source: 'api' })
    expect([unsure.outcome, (await itemsOf(holder)).length]).toEqual(['created', 2])
    issuer.network.set(issuer.didUrl, document)
    expect(await recheckImported(deps, mine, unsure.id)).toBe(valid.id)
    expect((await itemsOf(holder)).map((one) => one['id'])).toEqual([valid.id])
    // Its status list does not answer: the newer text is authentic, but undecided.
    const listed = await make({ validFrom: '2026-02-01T00:00:00Z', credentialStatus: issuer.entry() })
    expect(await keepImported(deps, mine, { given: listed, source: 'api' })).toEqual({
      id: valid.id,
      outcome: 'unchanged',
    })
    expect((await itemsOf(holder))[0]).toMatchObject({ verdict: 'valid', validFrom: '2026-01-10T09:00:00.000Z' })
  })

  test('a badge revoked since stays, refused at its last verification', async ({ service }) => {
    const holder = await signedIn(service)
    const { issuer, make, deps, mine } = await aSitedBadge(service, holder)
    await issuer.publishList([])
    const listed = await make({ credentialStatus: issuer.entry() })
    const { id } = await keepImported(deps, mine, { given: listed, source: 'file' })
    await issuer.publishList([7])
    await recheckImported(deps, mine, id)
    const [kept] = await itemsOf(holder)
    expect(kept).toMatchObject({ verdict: 'invalid', code: 'revoked', importedVerdict: 'valid' })
    expect(kept!['mark']).toBe('Refusé à la dernière vérification')
    // Its issuer is silent: neither its holder's click nor its file given again takes the refusal back.
    issuer.network.clear()
    await recheckImported(deps, mine, id)
    await keepImported(deps, mine, { given: listed, source: 'file' })
    const { unansweredAt, ...still } = (await itemsOf(holder))[0]!
    expect(still).toMatchObject({ verdict: 'invalid', code: 'revoked', checkedAt: kept!['checkedAt'] })
    expect(Date.parse(unansweredAt)).toBeGreaterThan(Date.parse(kept!['checkedAt']))
  })

  test('a wallet holds 20 MB of badges: one more is refused, and a badge kept already is not', async ({ service }) => {
    const holder = await signedIn(service)
    const { make, badge, deps, mine } = await aSitedBadge(service, holder)
    const { id } = await keepImported(deps, mine, { given: badge, source: 'file' })
    const whole = sql`repeat('x', ${20 * 1024 * 1024})`
    await service.db.execute(sql`
      insert into imported_badges (person_id, text_key, content, about, source, imported_verdict, verdict, code, checked_at)
      select person_id, 'essai', ${whole}, about, source, 'indeterminate', 'indeterminate', 'issuer_unreachable', checked_at
      from imported_badges where id = ${id}`)
    const other = await make({ id: 'https://ailleurs.example/badges/2' })
    await expect(keepImported(deps, mine, { given: other, source: 'file' })).rejects.toMatchObject({
      code: 'wallet_full',
    })
    expect(await keepImported(deps, mine, { given: badge, source: 'file' })).toEqual({ id, outcome: 'unchanged' })
  })
})

test('the wallet is read page by page for other hosts, each badge as it was given', async ({ service }) => {
  const holder = await signedIn(service)
  const { badgeFor } = await keyIssuer()
  const days = ['2026-02-01', '2026-03-01', '2026-04-01']
  const given = await Promise.all(
    days.map((day, n) => badgeFor(holder.email, { id: `https://a.example/${n}`, validFrom: `${day}T00:00:00Z` })),
  )
  for (const one of given) await keep(holder, one)
  const read = (asked: { limit: number; offset: number; since?: Date }) =>
    listImported(service.db, service.vault, holder.personId, asked)
  const first = await read({ limit: 2, offset: 0 })
  expect([first.total, first.items.map((one) => one.given)]).toEqual([3, [given[2], given[1]]])
  expect((await read({ limit: 2, offset: 2 })).items.map((one) => one.given)).toEqual([given[0]])
  const since = await read({ limit: 10, offset: 0, since: new Date('2026-03-01T00:00:00Z') })
  expect([since.total, since.items.map((one) => one.given)]).toEqual([1, [given[2]]])
})

test('withdrawn, merged, exported, erased: the wallet follows its holder and leaves nothing', async ({ service }) => {
  const { db } = service
  const [holder, other] = [await signedIn(service), await signedIn(service)]
  const { badgeFor } = await keyIssuer()
  const one = await badgeFor(holder.email)
  const newer = await badgeFor(other.email, { validFrom: '2026-05-01T00:00:00Z' })
  await keep(holder, one)
  await keep(other, newer)
  await keep(other, await badgeFor(other.email, { id: 'https://ailleurs.example/badges/3' }))
  const link = (await proofLink(service, holder, other.email)).replace('confirmation', 'reunion')
  expect((await holder.form(link)).status).toBe(303)
  const merged = await itemsOf(holder)
  expect(merged.map((item) => String(item['validFrom']).slice(0, 10)).toSorted()).toEqual(['2026-01-10', '2026-05-01'])

  const data = JSON.parse((await holder.get('/mon-espace/donnees.json')).response.body) as Record<string, Json[]>
  const mine = data['Badges d’ailleurs que vous gardez']!
  expect(mine.map((item) => String(item['badge'].id)).toSorted()).toEqual([
    'https://ailleurs.example/badges/1',
    'https://ailleurs.example/badges/3',
  ])
  const id = String(merged[0]!['id'])
  expect((await holder.post(`${WALLET}/${id}/recognition-request`)).status).toBe(204)
  expect((await holder.form(`${PAGE}/${id}/retrait`)).status).toBe(303)
  expect((await itemsOf(holder)).length).toBe(1)
  const asked = () => rows<{ n: number }>(db, sql`select count(*)::int as n from equivalence_requests`)
  expect((await asked())[0]!.n).toBe(0)

  expect((await holder.form('/mon-espace/effacement', { confirmation: 'EFFACER' })).status).toBeLessThan(400)
  const left = await rows(db, sql`select 1 from imported_badges where person_id = ${holder.personId}`)
  expect(left).toEqual([])
  const lines = await rows<{ action: string }>(
    db,
    sql`select action from journal where person_id = ${holder.personId} and action like 'wallet.%' order by position`,
  )
  expect(lines.map((line) => line.action)).toEqual(['wallet.imported', 'wallet.withdrawn'])
  const said = await rows<{ text: string }>(db, sql`select j::text as text from journal j where action like 'wallet.%'`)
  for (const { text } of said) expect(text).not.toContain('ailleurs.example')
})

test('an address never proved gives nothing', async ({ service }) => {
  const holder = await signedIn(service)
  const { badgeFor } = await keyIssuer()
  const email = anAddress()
  await holder.form('/mon-espace/adresses', { email })
  expect(await keep(holder, await badgeFor(email))).toMatchObject({ status: 422, body: { code: 'badge_not_yours' } })
})

describe('badges of every version', () => {
  /** The wallet of someone, before that network, and the recipient that its badges name. */
  async function aWallet(service: TestService, { verifier }: Pick<ReturnType<typeof issuer2>, 'verifier'>) {
    const holder = await signedIn(service)
    const { db, vault } = service
    const deps = { db, vault, verifier, baseUrl: BASE_URL }
    const mine = { personId: holder.personId, author: `person:${holder.personId}` }
    const recipient = { type: 'email', hashed: true, identity: hashOf(holder.email), salt: SALT }
    return { holder, deps, mine, recipient }
  }

  test('2.0, hosted, then withdrawn by its issuer: kept, marked, refused when it is given again, and shown so', async ({
    service,
  }) => {
    const issuer = issuer2()
    const { holder, deps, mine, recipient } = await aWallet(service, issuer)
    const given = issuer.publish('assertion', { recipient })
    expect(await keepImported(deps, mine, { given, source: 'file' })).toMatchObject({ outcome: 'created' })
    expect(await itemsOf(holder)).toMatchObject([
      { name: 'Soudure', verdict: 'valid', dialect: { version: '2.0', proof: 'hosted' }, issuer: { id: AT.issuer } },
    ])
    expect(await pageOf(holder)).toContain('Publié par le site de l’émetteur (Open Badges 2.0)')
    issuer.network.set(AT.assertion, GONE({ revoked: true }))
    await expect(keepImported(deps, mine, { given, source: 'file' })).rejects.toMatchObject({ code: 'badge_not_valid' })
    expect(await itemsOf(holder)).toMatchObject([{ name: 'Soudure', verdict: 'invalid' }])
    expect(await pageOf(holder)).toContain('Refusé à la dernière vérification')
  })

  test('2.0, signed: a token', async ({ service }) => {
    const issuer = issuer2()
    const { holder, deps, mine, recipient } = await aWallet(service, issuer)
    const given = jwsOf(issuer.signed({ recipient }))
    await keepImported(deps, mine, { given, source: 'file' })
    expect(await itemsOf(holder)).toMatchObject([{ verdict: 'valid', dialect: { version: '2.0', proof: 'jws' } }])
    expect(await pageOf(holder)).toContain('Jeton signé (Open Badges 2.0)')
  })

  test.for(['1.0', '1.1'] as const)('%s, hosted, judged by the validator of the time', async (version, { service }) => {
    const issuer = issuer1(version)
    const { holder, deps, mine, recipient } = await aWallet(service, issuer)
    const given = { ...issuer.assertion, recipient }
    issuer.network.set(AT.assertion, given)
    await keepImported(deps, mine, { given, source: 'file' })
    expect(await itemsOf(holder)).toMatchObject([{ verdict: 'valid', dialect: { version, proof: 'hosted' } }])
    expect(await pageOf(holder)).toContain(`Ancien format (${version}), lu par le validateur de l’époque`)
  })

  test('0.5, by the address where it is published', async ({ service }) => {
    const issuer = issuer2()
    const { holder, deps, mine } = await aWallet(service, issuer)
    issuer.network.set(AT.assertion, badge05({ recipient: hashOf(holder.email) }))
    await keepImported(deps, mine, { given: AT.assertion, source: 'link', from: AT.assertion })
    expect(await itemsOf(holder)).toMatchObject([{ verdict: 'valid', dialect: { version: '0.5', proof: 'hosted' } }])
  })

  test('another’s badge of an older version is not kept', async ({ service }) => {
    const issuer = issuer2()
    const { holder, deps, mine } = await aWallet(service, issuer)
    const given = issuer.documents['assertion']
    await expect(keepImported(deps, mine, { given, source: 'file' })).rejects.toMatchObject({ code: 'badge_not_yours' })
    expect(await itemsOf(holder)).toEqual([])
  })
})
