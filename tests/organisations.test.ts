import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import { actor, type Json } from './support/actors.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'

const aSlug = (): string => `organisme-${randomUUID().slice(0, 8)}`
const register = (service: TestService, given: Json) =>
  actor(service, 'exploitant').post('/api/v1/organisations', { slug: aSlug(), name: 'Organisme d’essai', ...given })
const howMany = async ({ db }: TestService) =>
  (await rows<{ n: number }>(db, sql`select count(*)::int as n from organisations`))[0]!.n

test('an organisation is registered once with what is known of it, and anyone reads it', async ({ service }) => {
  const slug = aSlug()
  const given = { slug, siret: '732 829 320\u00A000074', nda: '11755555555', qualiopi: true, url: 'https://exemple.fr' }
  const { status, body, response } = await register(service, given)
  expect(status).toBe(201)
  expect(response.headers['location']).toBe(`${BASE_URL}/organisations/${slug}`)
  expect(body).toEqual({
    slug,
    name: 'Organisme d’essai',
    siret: '73282932000074',
    nda: '11755555555',
    qualiopi: true,
    url: 'https://exemple.fr/',
    did: `did:web:insigne.test:organisations:${slug}`,
    page: `${BASE_URL}/organisations/${slug}`,
  })
  expect((await actor(service).get(`/api/v1/organisations/${slug}`)).body).toEqual(body)

  expect(await register(service, { slug })).toMatchObject({ status: 409, body: { code: 'slug_taken' } })
  expect(await register(service, { siret: '73282932000074' })).toMatchObject({
    status: 409,
    body: { code: 'siret_taken', detail: 'Un organisme porte déjà le SIRET 73282932000074.' },
  })
})

test.for<[string, Json]>([
  ['La Poste, by the sum of its digits', { siret: '35600000049837' }],
  ['a RIDET of New Caledonia', { siret: '1234567001' }],
  ['no number at all', { siret: '' }],
])('%s is accepted', async ([, given], { service }) => {
  const { status, body } = await register(service, given)
  expect({ status, siret: body['siret'] }).toEqual({ status: 201, siret: given['siret'] || null })
})

test.for<[string, Json, string, string]>([
  ['a SIRET with a wrong key', { siret: '73282932000075' }, 'siret_invalid', 'sa clé de contrôle ne correspond pas'],
  ['a SIRET of zeros', { siret: '00000000000000' }, 'siret_invalid', 'n’est pas valable'],
  ['a SIREN alone, with letters', { siret: 'FR732829320' }, 'siret_invalid', 'n’est pas valable'],
  ['a declaration number of ten digits', { nda: '1175555555' }, 'invalid_fields', 'Corps nda'],
  ['an identifier in capitals', { slug: 'Organisme' }, 'invalid_fields', 'Corps slug'],
  ['an identifier with accents', { slug: 'médiation' }, 'invalid_fields', 'Corps slug'],
  ['an identifier that ends with a hyphen', { slug: 'organisme-' }, 'invalid_fields', 'Corps slug'],
  ['an identifier that climbs folders', { slug: '../admin' }, 'invalid_fields', 'Corps slug'],
  ['an identifier of 61 letters', { slug: 'a'.repeat(61) }, 'invalid_fields', 'Corps slug'],
  ['a name of one letter', { name: 'A' }, 'invalid_fields', 'Corps name'],
  ['a name with a NUL', { name: 'Organisme\u0000' }, 'value_refused', 'caractère invisible'],
  ['no name', { name: undefined }, 'invalid_fields', 'Corps : il manque « name ».'],
  ['a site that runs a script', { url: 'javascript:alert(1)' }, 'invalid_fields', 'Corps url'],
  ['a site with a space in its host', { url: 'https://exem ple.fr' }, 'url_invalid', 'n’est pas valable'],
])('%s is refused and nothing is registered', async ([, given, code, detail], { service }) => {
  const before = await howMany(service)
  const { status, body } = await register(service, given)
  expect({ status, code: body['code'] }).toEqual({ status: 422, code })
  expect(body['detail']).toContain(detail)
  expect(await howMany(service)).toBe(before)
})

test('an organisation that nobody registered is not found', async ({ service }) => {
  expect(await actor(service).get('/api/v1/organisations/inconnue')).toMatchObject({
    status: 404,
    body: { code: 'not_found', detail: 'L’organisme « inconnue » est introuvable.' },
  })
})
