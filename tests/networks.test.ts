import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import { actor, type Json } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aSession, aTrainer, type Trainer } from './support/factories.ts'

const operator = (service: TestService) => actor(service, 'exploitant')
const BADGE = 'aidants-connect'

async function aNetwork(service: TestService, given: Json = {}): Promise<{ slug: string; path: string }> {
  const slug = `reseau-${randomUUID().slice(0, 8)}`
  const network = { slug, name: `Réseau ${slug}`, kind: 'reseau', source: 'https://reseau.exemple.fr', ...given }
  const { status, body } = await operator(service).post('/api/v1/networks', network)
  if (status !== 201) throw new Error(JSON.stringify(body))
  return { slug, path: `/api/v1/networks/${slug}` }
}
const change = (service: TestService, path: string, body: Json) => operator(service).post(path, body)
const plan = (trainer: Trainer) =>
  trainer.post('/api/v1/sessions', {
    organisation: trainer.slug,
    module: 'aidants-connect',
    startsOn: '2026-03-31',
    endsOn: '2026-03-31',
    capacity: 5,
    modality: 'distance',
  })

test('a badge that networks share is awarded by the members of one of them, and by all once it is not', async ({
  service,
}) => {
  const [member, stranger] = [await aTrainer(service), await aTrainer(service)]
  const [first, second] = [await aNetwork(service), await aNetwork(service)]
  expect((await plan(stranger)).status).toBe(201)

  await change(service, `${first.path}/achievements`, { achievement: BADGE })
  await change(service, `${second.path}/achievements`, { achievement: BADGE })
  const added = await change(service, `${second.path}/members`, { organisation: member.slug })
  expect(added.body).toMatchObject({
    slug: second.slug,
    members: [{ slug: member.slug, name: `Organisme ${member.slug}` }],
    achievements: [BADGE],
  })
  expect((await plan(member)).status).toBe(201)
  const refused = await plan(stranger)
  expect(refused).toMatchObject({ status: 422, body: { code: 'achievement_reserved' } })
  expect(refused.body['detail']).toContain(`« Réseau ${first.slug} »`)
  expect(refused.body['detail']).toContain(`« Réseau ${second.slug} »`)

  const reason = 'Fin du partenariat'
  await change(service, `${second.path}/members/removal`, { organisation: member.slug, reason })
  expect((await plan(member)).body).toMatchObject({ code: 'achievement_reserved' })
  for (const { path } of [first, second]) {
    expect((await change(service, `${path}/achievements/removal`, { achievement: BADGE, reason })).body).toMatchObject({
      achievements: [],
    })
  }
  expect((await plan(stranger)).status).toBe(201)
  await aSession(member)

  const lines = await rows<{ action: string; reason: string | null; concerned: string | null }>(
    service.db,
    sql`select j.action, j.reason, o.slug as concerned from journal j left join organisations o on o.id = j.organisation_id
      where j.subject = ${`network:${second.slug}`} order by j.position`,
  )
  expect(lines).toEqual([
    { action: 'network.created', reason: null, concerned: null },
    { action: 'network.badge_shared', reason: null, concerned: null },
    { action: 'network.member_added', reason: null, concerned: member.slug },
    { action: 'network.member_removed', reason, concerned: member.slug },
    { action: 'network.badge_unshared', reason, concerned: null },
  ])
})

test('anyone reads the networks, in the API and on their pages', async ({ service }) => {
  const { slug, path } = await aNetwork(service, { name: 'Réseau <b>exemple</b>', kind: 'hub' })
  const trainer = await aTrainer(service)
  await change(service, `${path}/members`, { organisation: trainer.slug })
  await change(service, `${path}/members`, { organisation: trainer.slug })
  const { items } = (await actor(service).get('/api/v1/networks')).body as { items: Json[] }
  const shown = items.find((one) => one['slug'] === slug)
  expect(shown).toEqual({
    slug,
    name: 'Réseau <b>exemple</b>',
    kind: 'hub',
    source: 'https://reseau.exemple.fr',
    members: [{ slug: trainer.slug, name: `Organisme ${trainer.slug}` }],
    achievements: [],
  })
  const anyone = actor(service)
  expect((await anyone.get(`/reseaux/${slug}.json`)).body).toEqual(shown)
  const page = (await anyone.get(`/reseaux/${slug}`, { accept: 'text/html' })).response.body
  expect(page).toContain('Réseau &#60;b&#62;exemple&#60;/b&#62;')
  expect(page).toContain('Hub territorial')
  expect(page).toContain(`<a href="/organisations/${trainer.slug}">`)
  expect((await anyone.get('/reseaux', { accept: 'text/html' })).response.body).toContain(`/reseaux/${slug}`)
})

test.for<[string, Json, number, string]>([
  ['an identifier with accents', { slug: 'réseau' }, 422, 'invalid_fields'],
  ['a kind unknown', { kind: 'secte' }, 422, 'invalid_fields'],
  ['members in the same breath', { members: ['organisme'] }, 422, 'invalid_fields'],
  ['no source', { source: undefined }, 422, 'invalid_fields'],
])('a network with %s is refused', async ([, given, status, code], { service }) => {
  const network = { slug: `reseau-${randomUUID().slice(0, 8)}`, name: 'Réseau', kind: 'reseau', source: 'exemple' }
  expect(await operator(service).post('/api/v1/networks', { ...network, ...given })).toMatchObject({
    status,
    body: { code },
  })
})

test('what is not there is not found, and an identifier is taken once', async ({ service }) => {
  const { slug, path } = await aNetwork(service)
  const network = { slug, name: 'Réseau', kind: 'reseau', source: 'exemple' }
  expect(await operator(service).post('/api/v1/networks', network)).toMatchObject({
    status: 409,
    body: { code: 'slug_taken' },
  })
  const { slug: organisation } = await aTrainer(service)
  const reason = 'Essai'
  for (const [where, body] of [
    [`${path}/members`, { organisation: 'inconnu' }],
    [`${path}/achievements`, { achievement: 'inconnu' }],
    [`${path}/members/removal`, { organisation, reason }],
    [`${path}/achievements/removal`, { achievement: BADGE, reason }],
    ['/api/v1/networks/inconnu/members', { organisation }],
  ] as const) {
    expect(await change(service, where, body), where).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
  expect((await actor(service).get('/api/v1/networks/inconnu')).status).toBe(404)
})
