import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { inviteStaff } from '../src/auth/invitations.ts'
import { rows } from '../src/db.ts'
import { actor, type SignedIn, signedIn } from './support/actors.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { aTrainer } from './support/factories.ts'

const anEmail = (): string => `personne-${randomUUID()}@exemple.invalid`

/** An approved organisation with as many administrators, signed in. */
async function aTeam(service: TestService, size = 1) {
  const { slug } = await aTrainer(service)
  const admins: SignedIn[] = []
  for (let n = 0; n < size; n++) {
    admins.push(await signedIn(service, { grants: [{ role: 'administrateur', organisation: slug }] }))
  }
  return { slug, admins, admin: admins[0]!, path: `/organisme/${slug}/equipe` }
}

/** The paths of the links that were sent to an address, the latest first. */
async function linksTo({ db, vault }: TestService, email: string): Promise<string[]> {
  const found = await rows<{ content: string }>(
    db,
    sql`select content from messages where kind = 'invitation' order by created_at desc`,
  )
  return found
    .map(
      ({ content }) => JSON.parse(vault.open('messages/content', content)) as { to: string; values: { url: string } },
    )
    .filter((one) => one.to === email)
    .map((one) => one.values.url.slice(BASE_URL.length))
}

const rolesIn = ({ db }: TestService, slug: string) =>
  rows<{ id: string; role: string; person: string }>(
    db,
    sql`select g.id, g.role, g.person_id as person from grants g join organisations o on o.id = g.organisation_id
      where o.slug = ${slug} and g.ended_at is null order by g.granted_at`,
  )
const actionsOf = async ({ db }: TestService, slug: string) =>
  (
    await rows<{ action: string }>(
      db,
      sql`select j.action from journal j join organisations o on o.id = j.organisation_id
        where o.slug = ${slug} and j.action like 'staff.%' order by j.position`,
    )
  ).map((one) => one.action)

test('an administrator invites by e-mail, and the person joins once, with that role', async ({ service }) => {
  const { slug, admin, path } = await aTeam(service)
  const person = await signedIn(service)
  const capital = person.email.replace('personne', 'PERSONNE')
  expect((await admin.form(`${path}/invitations`, { email: ` ${capital} `, role: 'formateur' })).status).toBe(303)
  expect((await admin.get(path)).response.body).toContain(person.email)
  const [link] = await linksTo(service, person.email)
  expect((await person.get(link!)).response.body).toContain('formatrice ou formateur')
  expect(await rolesIn(service, slug)).toHaveLength(1)

  expect((await person.form(link!)).status).toBe(303)
  expect(await rolesIn(service, slug)).toMatchObject([
    { role: 'administrateur' },
    { role: 'formateur', person: person.personId },
  ])
  expect((await person.get(`/api/v1/sessions?organisation=${slug}`)).status).toBe(200)
  const team = (await admin.get(path)).response.body
  expect(team).toContain('Zoé Exemple')
  expect(team).not.toContain('Invitations en cours')

  for (const replayed of [await person.get(link!), await person.form(link!)]) {
    expect(replayed.status).toBe(409)
  }
  expect(await rolesIn(service, slug)).toHaveLength(2)
  const written = (await actionsOf(service, slug)).filter((one) => one !== 'staff.listed')
  expect(written).toEqual(['staff.invited', 'staff.joined'])
})

test('an invitation opens for the address that received it, and nobody else', async ({ service }) => {
  const { slug, admin, path } = await aTeam(service)
  const [invited, other] = [await signedIn(service), await signedIn(service)]
  await admin.form(`${path}/invitations`, { email: invited.email, role: 'administrateur' })
  const [link] = await linksTo(service, invited.email)
  for (const refused of [await other.get(link!), await other.form(link!)]) {
    expect(refused.status).toBe(403)
    expect(refused.response.body).toContain('envoyée à une autre adresse')
    expect(refused.response.body).not.toContain(invited.email)
  }
  const passerBy = await actor(service).get(link!, { accept: 'text/html' })
  expect(passerBy.status).toBe(302)
  expect(passerBy.response.headers['location']).toBe(`/connexion?suite=${encodeURIComponent(link!)}`)
  expect((await actor(service).post(link!)).status).toBe(401)
  const bare = await invited.post(link!, '', {
    'content-type': 'application/x-www-form-urlencoded',
    'x-jeton': 'faux',
  })
  expect(bare.status).toBe(403)
  expect(await rolesIn(service, slug)).toHaveLength(1)
  expect((await invited.form(link!)).status).toBe(303)
  expect(await rolesIn(service, slug)).toHaveLength(2)
})

test('a forged, expired, withdrawn or replaced invitation opens nothing', async ({ service }) => {
  const { slug, admin, path } = await aTeam(service)
  const person = await signedIn(service)
  const { email } = person
  const invite = () => admin.form(`${path}/invitations`, { email, role: 'formateur' })
  await invite()
  const [replaced] = await linksTo(service, email)
  await invite()
  const withdrawn = (await linksTo(service, email)).find((one) => one !== replaced)!
  const [open] = await rows<{ id: string }>(
    service.db,
    sql`select i.id from invitations i join organisations o on o.id = i.organisation_id where o.slug = ${slug} and i.ended_at is null`,
  )
  expect((await admin.form(`${path}/invitations/${open!.id}/retrait`)).status).toBe(303)
  expect((await admin.form(`${path}/invitations/${open!.id}/retrait`)).status).toBe(404)
  const { db, vault } = service
  const eightDaysAgo = new Date(Date.now() - 8 * 24 * 3600_000)
  await inviteStaff({ db, vault, baseUrl: BASE_URL }, { slug, email, role: 'formateur', author: 'test' }, eightDaysAgo)
  const expired = (await linksTo(service, email)).find((one) => one !== replaced && one !== withdrawn)!
  const forged = `/invitations/${'A'.repeat(43)}`
  for (const link of [replaced!, withdrawn, expired, forged]) {
    expect((await person.get(link)).response.body, link).toContain('Cette invitation ne sert plus')
    expect((await person.form(link)).status, link).toBe(409)
  }
  expect(await rolesIn(service, slug)).toHaveLength(1)
})

test('accepted twice at the same moment, an invitation gives its role once', async ({ service }) => {
  const { slug, admin, path } = await aTeam(service)
  const person = await signedIn(service)
  await admin.form(`${path}/invitations`, { email: person.email, role: 'referent' })
  const [link] = await linksTo(service, person.email)
  const answers = await Promise.all([person.form(link!), person.form(link!), person.form(link!)])
  expect(answers.filter((one) => one.status === 303)).toHaveLength(1)
  expect(answers.filter((one) => one.status === 409)).toHaveLength(2)
  expect(await rolesIn(service, slug)).toHaveLength(2)
})

test.for<[string, Record<string, string>]>([
  ['the role of the whole service', { role: 'exploitant' }],
  ['a role unknown', { role: 'chef' }],
  ['two addresses', { email: 'a@exemple.invalid, b@exemple.invalid' }],
  ['a header in the address', { email: 'a@exemple.invalid\r\nBcc: b@exemple.invalid' }],
  ['the organisation of another', { organisation: 'autre' }],
])('an invitation with %s is refused and nothing is sent', async ([, given], { service }) => {
  const { admin, path } = await aTeam(service)
  const count = async () => rows(service.db, sql`select count(*) from messages`)
  const before = await count()
  const sent = await admin.form(`${path}/invitations`, { email: anEmail(), role: 'formateur', ...given })
  expect(sent.status).toBe(422)
  expect(await count()).toEqual(before)
})

test('an organisation that waits for its approval sends no message to anyone', async ({ service }) => {
  const person = await signedIn(service)
  const slug = `organisme-${randomUUID().slice(0, 8)}`
  await person.form('/organisme/inscription', { slug, name: 'Cliquez ici' })
  const sent = await person.form(`/organisme/${slug}/equipe/invitations`, { email: anEmail(), role: 'formateur' })
  expect(sent.status).toBe(409)
  expect(sent.response.body).toContain('en attente d’approbation')
})

test('invitations are bounded: thirty a day', async ({ service }) => {
  const { slug, admin, path } = await aTeam(service)
  const { db, vault } = service
  for (let n = 0; n < 30; n++) {
    await inviteStaff({ db, vault, baseUrl: BASE_URL }, { slug, email: anEmail(), role: 'employeur', author: 'test' })
  }
  const sent = await admin.form(`${path}/invitations`, { email: anEmail(), role: 'employeur' })
  expect(sent.status).toBe(429)
})

test('a role ends at once, with its reason in the journal', async ({ service }) => {
  const { slug, admin, path } = await aTeam(service)
  const trainer = await signedIn(service, { grants: [{ role: 'formateur', organisation: slug }] })
  const sessions = `/api/v1/sessions?organisation=${slug}`
  expect((await trainer.get(sessions)).status).toBe(200)
  const grant = (await rolesIn(service, slug)).find((one) => one.role === 'formateur')!
  expect((await admin.form(`${path}/${grant.id}/fin`, { reason: '' })).status).toBe(422)
  expect((await admin.form(`${path}/${grant.id}/fin`, { reason: 'Départ' })).status).toBe(303)
  expect((await trainer.get(sessions)).status).toBe(403)
  expect((await admin.form(`${path}/${grant.id}/fin`, { reason: 'Départ' })).status).toBe(404)
  const [line] = await rows(
    service.db,
    sql`select author, reason, person_id as person from journal where action = 'staff.removed' and subject = ${`grant:${grant.id}`}`,
  )
  expect(line).toEqual({ author: `person:${admin.personId}`, reason: 'Départ', person: trainer.personId })
})

test('the last administrator stays, whoever asks', async ({ service }) => {
  const { slug, admin, path } = await aTeam(service)
  const [grant] = await rolesIn(service, slug)
  const operator = await signedIn(service, { grants: [{ role: 'exploitant' }] })
  for (const who of [admin, operator]) {
    const refused = await who.form(`${path}/${grant!.id}/fin`, { reason: 'Départ' })
    expect(refused.status).toBe(409)
    expect(refused.response.body).toContain('Invitez d’abord une autre administratrice')
  }
  expect(await rolesIn(service, slug)).toHaveLength(1)
})

test('two administrators who remove each other at the same moment: one stays', async ({ service }) => {
  for (let round = 0; round < 5; round++) {
    const { slug, admins, path } = await aTeam(service, 2)
    const held = await rolesIn(service, slug)
    const grantOf = (who: SignedIn) => held.find((one) => one.person === who.personId)!.id
    const [a, b] = admins as [SignedIn, SignedIn]
    const answers = await Promise.all([
      a.form(`${path}/${grantOf(b)}/fin`, { reason: 'Désaccord' }),
      b.form(`${path}/${grantOf(a)}/fin`, { reason: 'Désaccord' }),
    ])
    const statuses = answers.map((one) => one.status).toSorted((x, y) => x - y)
    // The one who comes second has lost the right, or is told that someone must stay.
    expect([403, 409]).toContain(statuses[1])
    expect(statuses[0]).toBe(303)
    expect(await rolesIn(service, slug)).toHaveLength(1)
  }
})

test('ids of another organisation, guessed, change and show nothing', async ({ service }) => {
  const [mine, theirs] = [await aTeam(service), await aTeam(service, 2)]
  await theirs.admin.form(`${theirs.path}/invitations`, { email: anEmail(), role: 'formateur' })
  const [invitation] = await rows<{ id: string }>(
    service.db,
    sql`select i.id from invitations i join organisations o on o.id = i.organisation_id where o.slug = ${theirs.slug}`,
  )
  const [grant] = await rolesIn(service, theirs.slug)
  const reason = 'Essai'
  const { admin } = mine
  for (const [status, refused] of [
    [403, await admin.get(theirs.path)],
    [403, await admin.form(`${theirs.path}/invitations`, { email: anEmail(), role: 'administrateur' })],
    [403, await admin.form(`${theirs.path}/${grant!.id}/fin`, { reason })],
    [403, await admin.form(`${theirs.path}/invitations/${invitation!.id}/retrait`)],
    [404, await admin.form(`${mine.path}/${grant!.id}/fin`, { reason })],
    [404, await admin.form(`${mine.path}/invitations/${invitation!.id}/retrait`)],
    [403, await admin.get(`/organisme/${theirs.slug}/cles`)],
    [403, await admin.form(`/organisme/${theirs.slug}/cles`, { reason, confirmed: 'oui' })],
    [403, await admin.get(`/organisme/${theirs.slug}/demande`)],
    [403, await admin.form(`/organisme/${theirs.slug}/demande`, { name: 'Pris', reason })],
    [403, await admin.form(`/organisme/${mine.slug}/decision`, { move: 'approval', reason })],
    [403, await admin.get('/organisme/a-approuver')],
  ] as const) {
    expect(refused.status).toBe(status)
  }
  expect(await rolesIn(service, theirs.slug)).toHaveLength(2)
  expect((await theirs.admin.get(theirs.path)).response.body).toContain('Invitations en cours')
})

test('an administrator who is removed while the other one has her data erased: one of them stays', async ({
  service,
}) => {
  for (let round = 0; round < 10; round++) {
    const { slug, admins, path } = await aTeam(service, 2)
    const [first, second] = admins as [SignedIn, SignedIn]
    const grant = (await rolesIn(service, slug)).find((one) => one.person === second.personId)!
    const answers = await Promise.all([
      first.form('/mon-espace/effacement', { confirmation: 'EFFACER' }),
      second.form(`${path}/${grant.id}/fin`, { reason: 'Départ de la structure' }),
    ])
    expect(await rolesIn(service, slug), answers.map((one) => one.status).join(' ')).toHaveLength(1)
    expect(answers.filter((one) => one.status < 400)).toHaveLength(1)
  }
})
