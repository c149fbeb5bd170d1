import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { findPeople, personOfEmail, sealPerson } from '../src/people/people.ts'
import { rows } from '../src/db.ts'
import { type SignedIn, signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aBadge, aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'
import { addAddress, anAddress, proofLink } from './support/addresses.ts'

const JSON_PLEASE = { accept: 'application/json' }
/** Sends a form, and asks for refusals that a test can read. */
const form = (who: SignedIn, path: string, fields = {}, headers = {}) =>
  who.form(path, fields, { ...JSON_PLEASE, ...headers })
const addressesOf = async (holder: SignedIn): Promise<string> =>
  (await holder.get('/mon-espace/adresses', { accept: 'text/html' })).response.body
const idOfAddress = async ({ db, vault }: TestService, email: string): Promise<string> => {
  const { emailFingerprint } = sealPerson(vault, { email, givenName: '', familyName: '' })
  const [found] = await rows<{ id: string }>(
    db,
    sql`select id from people where email_fingerprint = ${emailFingerprint}`,
  )
  return found!.id
}
const actionsOn = async ({ db }: TestService, personId: string): Promise<string[]> =>
  (
    await rows<{ action: string }>(db, sql`select action from journal where person_id = ${personId} order by position`)
  ).map((one) => one.action)

test('a second address is added by the link sent to it, and finds the same person', async ({ service }) => {
  const holder = await signedIn(service)
  const other = anAddress()
  await addAddress(service, holder, ` ${other.toUpperCase()} `)

  const page = await addressesOf(holder)
  expect(page).toContain(holder.email)
  expect(page).toContain(other)
  expect(await personOfEmail(service.db, service.vault, other)).toBe(holder.personId)
  const sealed = [holder.email, other].map((email) =>
    sealPerson(service.vault, { email, givenName: '', familyName: '' }),
  )
  expect([...(await findPeople(service.db, sealed)).values()]).toEqual([holder.personId, holder.personId])
  expect((await signedIn(service, { email: other })).personId).toBe(holder.personId)
  expect(await actionsOn(service, holder.personId)).toEqual(['person.address_asked', 'person.address_added'])
})

test('a badge sent to a further address is in the same space', async ({ service }) => {
  const holder = await signedIn(service)
  const other = anAddress()
  await addAddress(service, holder, other)
  const { path } = await aBadge(service, { email: other })
  expect((await holder.get('/mon-espace', { accept: 'text/html' })).response.body).toContain(path)
})

test('the same person twice in a file, under two addresses, is one learner', async ({ service }) => {
  const holder = await signedIn(service)
  const other = anAddress()
  await addAddress(service, holder, other)
  const trainer = await aTrainer(service)
  const csv = csvOf([aRow(1, { email: holder.email }), aRow(2, { email: other }), aRow(3, { email: anAddress() })])
  const { receipts } = await sendCsv(service, trainer, await aSession(trainer), csv)
  expect(receipts).toMatchObject([
    { outcome: 'issued' },
    { outcome: 'refused', problem: { code: 'duplicate_learner' } },
    { outcome: 'issued' },
  ])
})

test('a link that was used, forged, or asked by someone else adds nothing', async ({ service }) => {
  const [holder, thief] = [await signedIn(service), await signedIn(service)]
  const email = anAddress()
  const link = await proofLink(service, holder, email)
  const ended = { status: 410, body: { code: 'address_link_ended' } }
  expect(await thief.get(link, JSON_PLEASE)).toMatchObject(ended)
  expect(await form(thief, link)).toMatchObject(ended)
  expect(
    await form(
      holder,
      link.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    ),
  ).toMatchObject(ended)
  // Opening the link adds nothing: programs that read messages follow their links.
  expect((await holder.get(link, { accept: 'text/html' })).response.body).toContain(email)
  expect(await personOfEmail(service.db, service.vault, email)).toBeNull()
  expect((await form(holder, link)).status).toBe(303)
  expect(await form(holder, link)).toMatchObject(ended)
  expect(await personOfEmail(service.db, service.vault, email)).toBe(holder.personId)
})

test('a link of more than a quarter of an hour adds nothing', async ({ service }) => {
  const holder = await signedIn(service)
  const email = anAddress()
  const link = await proofLink(service, holder, email)
  await service.db.execute(
    sql`update address_proofs set expires_at = now() - interval '1 second' where person_id = ${holder.personId}`,
  )
  expect(await form(holder, link)).toMatchObject({ status: 410 })
  expect(await personOfEmail(service.db, service.vault, email)).toBeNull()
})

test('a form of another site, or without its token, adds nothing', async ({ service }) => {
  const holder = await signedIn(service)
  const link = await proofLink(service, holder, anAddress())
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  for (const path of [link, '/mon-espace/adresses', '/mon-espace/effacement']) {
    expect(await holder.post(path, 'email=a%40exemple.invalid', { ...type, 'x-jeton': 'faux' })).toMatchObject({
      status: 403,
    })
    expect(await form(holder, path, {}, { origin: 'https://ailleurs.example' })).toMatchObject({ status: 403 })
  }
  expect(await actionsOn(service, holder.personId)).toEqual(['person.address_asked'])
})

test('asking for an address says nothing of who has it, and is limited', async ({ service }) => {
  const [holder, other] = [await signedIn(service), await signedIn(service)]
  const known = await form(holder, '/mon-espace/adresses', { email: other.email })
  const unknown = await form(holder, '/mon-espace/adresses', { email: anAddress() })
  for (const { status, response } of [known, unknown]) {
    expect([status, response.headers.location, response.body]).toEqual([303, '/mon-espace/adresses?envoye=1', ''])
  }
  const refused = [holder.email, 'pas une adresse', 'a@exemple.invalid\r\nBcc: b@exemple.invalid'].map((email) =>
    form(holder, '/mon-espace/adresses', { email }),
  )
  expect(await Promise.all(refused)).toMatchObject([
    { status: 409, body: { code: 'address_held' } },
    { status: 422, body: { code: 'address_invalid' } },
    { status: 422, body: { code: 'address_invalid' } },
  ])
  for (let n = 0; n < 3; n++) await form(holder, '/mon-espace/adresses', { email: anAddress() })
  expect(await form(holder, '/mon-espace/adresses', { email: anAddress() })).toMatchObject({
    status: 429,
    body: { code: 'too_many_links' },
  })
})

test('an address is taken away, the first one too, but never the last', async ({ service }) => {
  const holder = await signedIn(service)
  const other = anAddress()
  await addAddress(service, holder, other)
  const elsewhere = await signedIn(service, { email: other })
  const remove = (id: string) => form(holder, `/mon-espace/adresses/${id}/retrait`)
  expect((await remove(holder.personId)).status).toBe(303)
  expect(await addressesOf(holder)).not.toContain(holder.email)
  expect(await addressesOf(holder)).toContain(other)
  expect(await personOfEmail(service.db, service.vault, holder.email)).toBeNull()
  expect(await personOfEmail(service.db, service.vault, other)).toBe(holder.personId)
  expect(await remove(holder.personId)).toMatchObject({ status: 409, body: { code: 'last_address' } })

  // What was opened elsewhere, perhaps by the address that is gone, is closed.
  expect((await elsewhere.get('/mon-espace', JSON_PLEASE)).status).toBe(401)

  const third = anAddress()
  await addAddress(service, holder, third)
  const stranger = await signedIn(service)
  expect(await form(stranger, `/mon-espace/adresses/${await idOfAddress(service, third)}/retrait`)).toMatchObject({
    status: 404,
  })
  expect((await remove(await idOfAddress(service, third))).status).toBe(303)
  expect(await addressesOf(holder)).not.toContain(third)
  // Whoever has it next is somebody else.
  expect((await signedIn(service, { email: third })).personId).not.toBe(holder.personId)
})

test('two spaces of one person are brought together, once both are proved', async ({ service }) => {
  const holder = await signedIn(service)
  const other = await signedIn(service)
  const trainer = await aTrainer(service)
  await signedIn(service, { personId: other.personId, grants: [{ role: 'formateur', organisation: trainer.slug }] })
  const mine = await aBadge(service, { email: holder.email })
  const theirs = await aBadge(service, { email: other.email })

  const link = await proofLink(service, holder, other.email)
  expect(await form(holder, link)).toMatchObject({ status: 409, body: { code: 'address_elsewhere' } })
  expect((await holder.get(link, { accept: 'text/html' })).response.body).toContain('Réunir les deux espaces')
  const merge = link.replace('confirmation', 'reunion')
  expect((await form(other, merge)).status).toBe(410)
  expect((await form(holder, merge)).status).toBe(303)

  const home = (await holder.get('/mon-espace', { accept: 'text/html' })).response.body
  for (const { path } of [mine, theirs]) expect(home).toContain(path)
  expect(home).toContain('/organisme')
  expect((await other.get('/mon-espace', JSON_PLEASE)).status).toBe(401)
  expect((await signedIn(service, { email: other.email })).personId).toBe(holder.personId)
  expect(await actionsOn(service, holder.personId)).toContain('person.merged')
  const left = await rows(
    service.db,
    sql`select id from credentials where person_id = ${other.personId}
        union all select id from completions where person_id = ${other.personId}
        union all select session_id from enrolments where person_id = ${other.personId}`,
  )
  expect(left).toEqual([])
})

test('two results of one session are not brought together', async ({ service }) => {
  const [holder, other] = [await signedIn(service), await signedIn(service)]
  const trainer = await aTrainer(service)
  const csv = csvOf([aRow(1, { email: holder.email }), aRow(2, { email: other.email })])
  await sendCsv(service, trainer, await aSession(trainer), csv)
  const link = (await proofLink(service, holder, other.email)).replace('confirmation', 'reunion')
  expect(await form(holder, link)).toMatchObject({ status: 409, body: { code: 'same_session' } })
  expect((await other.get('/mon-espace')).status).toBe(200)
})
