import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { unfinishedCampaigns } from '../src/credentials/slices.ts'
import { rows } from '../src/db.ts'
import { checkRegister as askRegister } from '../src/organisations/facts.ts'
import { createRegister } from '../src/organisations/register.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { aWaiting, idOf, issueLines } from './support/campaigns.ts'
import { aBadge, aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'
import { REGISTER_ANSWER, REGISTER_SIRET } from './support/register.ts'

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
    state: 'approved',
    did: `did:web:insigne.test:organisations:${slug}`,
    page: `${BASE_URL}/organisations/${slug}`,
  })
  expect((await actor(service).get(`/api/v1/organisations/${slug}`)).body).toEqual({ ...body, facts: [] })

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

const operator = (service: TestService) => actor(service, 'exploitant')
const move = (service: TestService, slug: string, name: string, reason = 'Pièces contrôlées') =>
  operator(service).post(`/api/v1/organisations/${slug}/${name}`, { reason })
const page = async (service: TestService, slug: string) =>
  (await actor(service).get(`/organisations/${slug}`, { accept: 'text/html' })).response.body
const lines = ({ db }: TestService, slug: string) =>
  rows<{ author: string; action: string; reason: string | null }>(
    db,
    sql`select j.author, j.action, j.reason from journal j join organisations o on o.id = j.organisation_id
      where o.slug = ${slug} and j.action like 'organisation.%' order by j.position`,
  )

/** An organisation that a signed-in person registered on the page: it waits. */
async function aRequest(service: TestService, fields: Record<string, string> = {}) {
  const person = await signedIn(service)
  const slug = aSlug()
  const sent = await person.form('/organisme/inscription', { slug, name: `Organisme ${slug}`, siret: '', ...fields })
  return { person, slug, sent }
}

test('a person registers an organisation, administers it, and it waits for the operator', async ({ service }) => {
  const { person, slug, sent } = await aRequest(service, { nda: '', url: '', qualiopi: 'true' })
  expect(sent.status).toBe(303)
  expect((await actor(service).get(`/api/v1/organisations/${slug}`)).body).toMatchObject({
    state: 'pending',
    nda: null,
    url: null,
    qualiopi: true,
  })
  expect((await person.get('/organisme')).response.body).toMatch(/Votre rôle\s?: administratrice ou administrateur/)
  expect((await person.get(`/organisme/${slug}/equipe`)).status).toBe(200)
  expect(await page(service, slug)).toContain('Cet organisme est en attente d’approbation')
  expect(await lines(service, slug)).toEqual([
    { author: `person:${person.personId}`, action: 'organisation.registered', reason: null },
  ])
})

test.for<[string, Record<string, string>]>([
  ['the state', { state: 'approved' }],
  ['the id', { id: randomUUID() }],
])('a form that sets %s is refused and nothing is registered', async ([, extra], { service }) => {
  const before = await howMany(service)
  const { sent } = await aRequest(service, extra)
  expect(sent.status).toBe(422)
  expect((await register(service, extra)).body).toMatchObject({ code: 'invalid_fields' })
  expect(await howMany(service)).toBe(before)
})

test('the operator decides, each state admits its own moves, and each decision is kept with its reason', async ({
  service,
}) => {
  const { person, slug } = await aRequest(service)
  const state = async () => (await actor(service).get(`/api/v1/organisations/${slug}`)).body['state']
  expect((await move(service, slug, 'refusal', 'Le SIRET manque')).body).toMatchObject({ slug, state: 'refused' })
  expect((await person.get('/organisme')).response.body).toMatch(/Motif\s?: Le SIRET manque/)
  for (const name of ['approval', 'suspension', 'reinstatement', 'refusal']) {
    expect(await move(service, slug, name), name).toMatchObject({
      status: 409,
      body: { code: 'organisation_state', mend: 'Dans cet état, on peut : soumettre à nouveau.' },
    })
  }
  expect(await state()).toBe('refused')
  await recordFact(service, slug, { kind: 'siret', value: '7654321' })
  expect((await person.get(`/organisme/${slug}/demande`)).response.body).toContain(`value="Organisme ${slug}"`)
  const corrected = { name: 'Organisme corrigé', siret: '12002701600357', nda: '', url: '' }
  const again = (reason: string) => person.form(`/organisme/${slug}/demande`, { ...corrected, reason })
  expect((await again('SIRET ajouté')).status).toBe(303)
  expect((await actor(service).get(`/api/v1/organisations/${slug}`)).body).toMatchObject({
    state: 'pending',
    name: 'Organisme corrigé',
    siret: '12002701600357',
    qualiopi: false,
    facts: [],
  })
  corrected.name = 'Organisme changé'
  expect((await again('Encore')).status).toBe(409)
  expect((await actor(service).get(`/api/v1/organisations/${slug}`)).body['name']).toBe('Organisme corrigé')
  expect((await move(service, slug, 'approval')).status).toBe(200)
  expect((await move(service, slug, 'suspension', 'Contrôle en cours')).status).toBe(200)
  expect(await page(service, slug)).toContain('Cet organisme est suspendu depuis le')
  expect(await move(service, slug, 'approval')).toMatchObject({
    status: 409,
    body: {
      detail: 'Cet organisme est suspendu : on ne peut pas l’approuver.',
      mend: 'Dans cet état, on peut : rétablir.',
    },
  })
  expect((await move(service, slug, 'reinstatement')).status).toBe(200)
  expect(await page(service, slug)).not.toContain('Cet organisme est')
  expect((await lines(service, slug)).map(({ action, reason }) => [action, reason])).toEqual([
    ['organisation.registered', null],
    ['organisation.refused', 'Le SIRET manque'],
    ['organisation.fact_recorded', null],
    ['organisation.requested', 'SIRET ajouté'],
    ['organisation.approved', 'Pièces contrôlées'],
    ['organisation.suspended', 'Contrôle en cours'],
    ['organisation.reinstated', 'Pièces contrôlées'],
  ])
})

test('of two officers who decide at once, one wins and the other is told', async ({ service }) => {
  const { slug } = await aRequest(service)
  const answers = await Promise.all([move(service, slug, 'approval'), move(service, slug, 'refusal')])
  expect(answers.map((one) => one.status).toSorted((x, y) => x - y)).toEqual([200, 409])
  expect(answers.find((one) => one.status === 409)!.body['code']).toBe('organisation_state')
  expect(await lines(service, slug)).toHaveLength(2)
})

test('the operator approves on the page that lists who waits', async ({ service }) => {
  const { slug } = await aRequest(service)
  const officer = await signedIn(service, { grants: [{ role: 'exploitant' }] })
  expect((await officer.get('/organisme/a-approuver')).response.body).toContain(`/organisme/${slug}/decision`)
  const sent = await officer.form(`/organisme/${slug}/decision`, { move: 'approval', reason: 'Pièces contrôlées' })
  expect(sent.status).toBe(303)
  expect((await officer.get('/organisme/a-approuver')).response.body).not.toContain(slug)
  expect((await officer.get('/api/v1/organisations?state=approved')).body['items']).toContainEqual(
    expect.objectContaining({ slug }),
  )
})

test('an organisation that is not approved sends nothing: refused before anything is stored', async ({ service }) => {
  const { slug } = await aRequest(service)
  const trainer = { ...actor(service, 'formateur', slug), slug }
  const session = await aSession(trainer)
  const { sent } = await sendCsv(service, trainer, session, csvOf([aRow(1)]))
  expect(sent).toMatchObject({ status: 409, body: { code: 'organisation_not_approved' } })
  const [kept] = await rows<{ n: number }>(
    service.db,
    sql`select count(*)::int as n from campaigns where session_id = ${session}`,
  )
  expect(kept!.n).toBe(0)
  await move(service, slug, 'approval')
  expect((await sendCsv(service, trainer, session, csvOf([aRow(1)]))).campaign).toMatchObject({ state: 'done' })
})

test('a campaign of an organisation suspended since waits, and goes on once it is reinstated', async ({ service }) => {
  const trainer = await aTrainer(service)
  const campaign = await aWaiting(service, trainer, await aSession(trainer), csvOf([aRow(1)]))
  const counts = async () => (await trainer.get(campaign)).body['counts']
  await move(service, trainer.slug, 'suspension')
  expect(await unfinishedCampaigns(service.db)).not.toContain(idOf(campaign))
  await issueLines(service, campaign, 1, 500)
  expect(await counts()).toMatchObject({ issued: 0, pending: 1 })
  await move(service, trainer.slug, 'reinstatement')
  expect(await unfinishedCampaigns(service.db)).toContain(idOf(campaign))
  await issueLines(service, campaign, 1, 500)
  expect(await counts()).toMatchObject({ issued: 1, pending: 0 })
})

test('a suspended organisation still revokes, and its badges still verify', async ({ service }) => {
  const { trainer, credential, id } = await aBadge(service)
  await move(service, trainer.slug, 'suspension')
  const verify = async () => (await actor(service).post('/api/v1/verifications', { credential })).body['verdict']
  expect(await verify()).toBe('valid')
  expect((await trainer.post(`/api/v1/credentials/${id}/revocation`, { reason: 'Erreur' })).status).toBe(200)
  expect(await verify()).toBe('invalid')
})

const aFact = (given: Json = {}) => ({
  kind: 'nda',
  value: '11 75 55555 55',
  source: 'Liste publique des organismes de formation',
  checkedOn: '2026-03-02',
  ...given,
})
const recordFact = (service: TestService, slug: string, ...given: Json[]) =>
  operator(service).post(
    `/api/v1/organisations/${slug}/facts`,
    given.map((one) => aFact(one)),
  )

test('facts are shown with their source and their day; what nobody checked is declared', async ({ service }) => {
  const slug = (await register(service, { siret: '1234567', nda: '11755555556' })).body['slug'] as string
  expect(await page(service, slug)).toContain('11755555556 <small>(déclaré par l’organisme)</small>')
  const sent = await recordFact(
    service,
    slug,
    {},
    { kind: 'certificateur', value: 'RNCP40695' },
    { kind: 'certificateur', value: 'RS6912' },
    { kind: 'qualiopi', value: 'oui' },
  )
  expect(sent.status).toBe(201)
  expect(sent.body['items']).toHaveLength(4)
  await recordFact(service, slug, { value: '11755555557', checkedOn: '2026-03-03' })
  const { body } = await actor(service).get(`/api/v1/organisations/${slug}`)
  expect(body).toMatchObject({ nda: '11755555557', qualiopi: true })
  expect((body['facts'] as Json[]).map((one) => String(one['value'])).toSorted()).toEqual([
    '11755555557',
    'RNCP40695',
    'RS6912',
    'oui',
  ])
  const shown = await page(service, slug)
  expect(shown).toContain('11755555557 <small>(Liste publique des organismes de formation, lu le 3 mars 2026)</small>')
  expect(shown).toContain('1234567 <small>(déclaré par l’organisme)</small>')
  const kept = await rows(service.db, sql`select 1 from organisation_facts where superseded_at is not null`)
  expect(kept.length).toBeGreaterThan(0)
})

test.for<[string, Json, string]>([
  ['a number of ten digits', { value: '1175555555' }, 'fact_invalid'],
  ['a SIRET with a wrong key', { kind: 'siret', value: '73282932000075' }, 'fact_invalid'],
  ['a title that is no code', { kind: 'certificateur', value: '40695' }, 'fact_invalid'],
  ['a day to come', { checkedOn: '2099-01-01' }, 'fact_in_future'],
  ['a fact without a source', { source: '   ' }, 'invalid_fields'],
  ['a kind that nobody checks', { kind: 'rumeur' }, 'invalid_fields'],
  ['who recorded it', { recordedBy: 'un autre' }, 'invalid_fields'],
])('%s is refused and no fact is kept', async ([, given, code], { service }) => {
  const slug = (await register(service, {})).body['slug'] as string
  expect(await recordFact(service, slug, given)).toMatchObject({ status: 422, body: { code } })
  expect((await actor(service).get(`/api/v1/organisations/${slug}`)).body['facts']).toEqual([])
})

test('the SIRET of another organisation is no fact of this one', async ({ service }) => {
  const first = await register(service, { siret: '9876543' })
  const { body } = await register(service, {})
  expect(first.status).toBe(201)
  expect(await recordFact(service, body['slug'] as string, { kind: 'siret', value: '9876543' })).toMatchObject({
    status: 409,
    body: { code: 'siret_taken', detail: 'Un organisme porte déjà le SIRET 9876543.' },
  })
})

const checkRegister = (service: TestService, slug: string) =>
  operator(service).post(`/api/v1/organisations/${slug}/register-check`)

test('offline, the register is asked nothing and manual review is pointed at', async ({ service }) => {
  const { body } = await register(service, { siret: '73282932000116' })
  expect(await checkRegister(service, body['slug'] as string)).toMatchObject({
    status: 503,
    body: { code: 'register_offline', mend: expect.stringContaining('enregistrez chaque fait avec sa source') },
  })
})

test('the public register is read as it answers: known, closed, unknown, unreadable, silent', async ({ service }) => {
  const asked: string[] = []
  let answer: unknown = REGISTER_ANSWER
  const fetch = async (url: string) => {
    asked.push(url)
    if (answer instanceof Error) throw answer
    return { body: Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)) }
  }
  const ask = createRegister('https://registre.exemple.fr', fetch)!
  expect(await ask(REGISTER_SIRET)).toEqual({
    name: 'ORGANISME EXEMPLE',
    isOpen: true,
    isQualiopi: true,
    nda: ['11755555555'],
    source: 'API Recherche d’entreprises, registre.exemple.fr',
  })
  expect(asked).toEqual([`https://registre.exemple.fr/search?q=${REGISTER_SIRET}&per_page=5`])
  const { slug } = (await register(service, { siret: REGISTER_SIRET })).body as { slug: string }
  const facts = await askRegister(service.db, ask, slug, 'test')
  expect(facts.map(({ kind, value, source }) => [kind, value, source])).toEqual(
    [
      ['nda', '11755555555'],
      ['qualiopi', 'oui'],
      ['siret', REGISTER_SIRET],
    ].map((one) => [...one, 'API Recherche d’entreprises, registre.exemple.fr']),
  )
  for (const [said, code] of [
    [
      JSON.stringify(REGISTER_ANSWER).replaceAll('"etat_administratif":"A"', '"etat_administratif":"F"'),
      'register_closed',
    ],
    [{ results: [], total_results: 0 }, 'register_unknown'],
    [{ erreur: 'Trop de demandes' }, 'register_unreachable'],
    ['<html>', 'register_unreachable'],
    [new Error('timeout'), 'register_unreachable'],
  ] as const) {
    answer = said
    await expect(askRegister(service.db, ask, slug, 'test'), code).rejects.toMatchObject({ code })
  }
})

test('rotations at once leave one key that signs, and a badge of before still verifies', async ({ service }) => {
  const { trainer, credential } = await aBadge(service)
  const admin = await signedIn(service, { grants: [{ role: 'administrateur', organisation: trainer.slug }] })
  const path = `/organisme/${trainer.slug}/cles`
  expect((await admin.form(path, { reason: 'Une fois l’an' })).status).toBe(422)
  const rotate = () => admin.form(path, { reason: 'Une fois l’an', confirmed: 'oui' })
  const answers = await Promise.all(Array.from({ length: 6 }, rotate))
  expect(answers.filter((one) => one.status !== 303)).toEqual([])
  const shown = (await admin.get(path)).response.body
  expect(shown.match(/signe les badges/g)).toHaveLength(1)
  expect(shown.match(/remplacée le/g)).toHaveLength(6)
  expect(shown).not.toMatch(/secret/i)
  const { body } = await actor(service).post('/api/v1/verifications', { credential })
  expect(body['verdict']).toBe('valid')
  const journal = await rows<{ reason: string }>(
    service.db,
    sql`select reason from journal where action = 'key.rotated' and author = ${`person:${admin.personId}`}`,
  )
  expect(journal).toEqual(Array.from({ length: 6 }, () => ({ reason: 'Une fois l’an' })))
})
