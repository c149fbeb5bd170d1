import { randomUUID } from 'node:crypto'
import { contexts as credentialContexts } from '@digitalbazaar/credentials-context'
import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import * as vc from '@digitalbazaar/vc'
import { sql } from 'drizzle-orm'
import { describe, expect, vi } from 'vitest'
import { rows } from '../src/db.ts'
import { parisDate } from '../src/days.ts'
import { workHabilitations } from '../src/habilitation/habilitations.jobs.ts'
import { changeHabilitation } from '../src/habilitation/habilitations.ts'
import { applyInactivity } from '../src/habilitation/inactivity.ts'
import { closeStructure, reopenStructure } from '../src/habilitation/structures.ts'
import { openMessage } from '../src/messages/messages.ts'
import { type Actor, actor, type Json, signedIn } from './support/actors.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { aBadge } from './support/factories.ts'
import {
  anAuthority,
  anOfficer,
  aRequest,
  aStructure,
  authority,
  habilitated,
  habilitationOf,
  requestOf,
  trained,
} from './support/habilitation.ts'

const API = '/api/v1/habilitations'
const why = (reason = 'Essai d’habilitation', given: Json = {}) => ({ reason, ...given })
const eventsOf = async ({ db }: TestService, id: string) =>
  rows<{ kind: string; lapse: string | null; reason: string }>(
    db,
    sql`select kind, lapse, reason from habilitation_events where habilitation_id = ${id} order by id`,
  )
const badgeOf = async ({ db }: TestService, credential: string) =>
  (
    await rows<{ revoked: boolean; suspended: boolean }>(
      db,
      sql`select revoked_at is not null as revoked, suspended_at is not null as suspended from credentials where id = ${credential}`,
    )
  )[0]
const verdictOf = async (service: TestService, path: string, at?: string): Promise<Json> =>
  (await actor(service).post('/api/v1/verifications', { url: `${BASE_URL}${path}`, ...(at && { at }) })).body

describe('where a habilitation stands', () => {
  test('its structure, its holder and an officer read it with its history; nobody else learns that it is', async ({
    service,
  }) => {
    const { habilitation, credential, officer, referent, request, structure } = await habilitated(service)
    const holder = await signedIn(service, { email: request.email, personId: request.personId })
    await referent.post(`${API}/${habilitation}/lapse`, why('Départ en congé long'))
    for (const who of [officer, referent, holder]) {
      const { status, body, response } = await who.get(`${API}/${habilitation}`)
      expect(status).toBe(200)
      expect(body).toEqual({
        id: habilitation,
        request: request.id,
        structure: { slug: structure.slug, name: structure.name },
        state: 'suspended',
        lapses: [{ lapse: 'referent', label: 'la référente ou le référent l’a décidé' }],
        grantedAt: expect.any(String),
        endedAt: null,
        credential: `${BASE_URL}/credentials/${credential}`,
        events: [
          {
            kind: 'granted',
            lapse: null,
            at: expect.any(String),
            reason: 'Formation suivie et test Pix passé',
            by: 'le service',
          },
          {
            kind: 'lapsed',
            lapse: 'referent',
            at: expect.any(String),
            reason: 'Départ en congé long',
            by: who === referent ? 'vous' : 'une personne habilitée',
          },
        ],
      })
      expect(response.body).not.toMatch(/certification|exemple\.invalid|Zoé/i)
    }
    const elsewhere = await aStructure(service)
    for (const who of [await signedIn(service), elsewhere.referent, actor(service, 'titulaire')]) {
      const [theirs, nobodys] = [await who.get(`${API}/${habilitation}`), await who.get(`${API}/${randomUUID()}`)]
      expect(theirs).toMatchObject({ status: 403, body: { code: 'forbidden' } })
      expect({ ...theirs.body, instance: '' }).toEqual({ ...nobodys.body, instance: '' })
    }
  })

  test('a list by structure and state, page by page', async ({ service }) => {
    await anAuthority(service)
    const [structure, officer] = [await aStructure(service), await anOfficer(service)]
    const ids = await many(service, structure.id, 5)
    await officer.post(`${API}/${ids[0]}/withdrawal`, why())
    await officer.post(`${API}/${ids[1]}/lapse`, why('Compte fermé', { lapse: 'inactivity' }))
    const read = async (who: Actor, query: string) =>
      (await who.get(`${API}?organisation=${structure.slug}${query}`)).body
    const found = async (state: string) =>
      (await read(officer, `&state=${state}`))['items'].map((one: Json) => one['id'])
    expect(await found('ended')).toEqual([ids[0]])
    expect(await found('suspended')).toEqual([ids[1]])
    expect((await found('active')).toSorted()).toEqual(ids.slice(2).toSorted())
    const seen: string[] = []
    for (let after = ''; ;) {
      const { items, next } = await read(structure.referent, `&limit=2${after}`)
      seen.push(...items.map((one: Json) => one['id']))
      if (next === null) break
      after = `&after=${next}`
    }
    expect(seen).toEqual(ids.toSorted())
    expect((await officer.get(`${API}?limit=1`)).body['items']).toHaveLength(1)
    expect(await structure.referent.get(API)).toMatchObject({ status: 403 })
    expect(await structure.referent.get(`${API}?organisation=autre-structure`)).toMatchObject({ status: 403 })
  })
})

describe('what suspends it, restores it and ends it', () => {
  test('two causes at once: it holds again when none is left, and its badge with it', async ({ service }) => {
    const { habilitation, credential, path, officer, referent } = await habilitated(service)
    const act = async (who: Actor, move: string, given: Json = {}) =>
      who.post(`${API}/${habilitation}/${move}`, why('Essai', given))
    const stateNow = async (answer: Promise<{ body: Json }>) => {
      const { state, lapses } = (await answer).body
      return [state, ...lapses.map((one: Json) => one['lapse']), (await verdictOf(service, path))['verdict']]
    }
    expect(await stateNow(act(referent, 'lapse'))).toEqual(['suspended', 'referent', 'invalid'])
    expect(await stateNow(act(officer, 'lapse', { lapse: 'inactivity' }))).toEqual([
      'suspended',
      'inactivity',
      'referent',
      'invalid',
    ])
    expect(await stateNow(act(referent, 'restoration'))).toEqual(['suspended', 'inactivity', 'invalid'])
    expect(await act(referent, 'restoration', { lapse: 'inactivity' })).toMatchObject({ status: 403 })
    expect(await stateNow(act(officer, 'restoration', { lapse: 'inactivity' }))).toEqual(['active', 'valid'])
    expect((await eventsOf(service, habilitation)).map(({ kind, lapse }) => [kind, lapse])).toEqual([
      ['granted', null],
      ['lapsed', 'referent'],
      ['lapsed', 'inactivity'],
      ['restored', 'referent'],
      ['restored', 'inactivity'],
    ])
    expect(await badgeOf(service, credential)).toEqual({ revoked: false, suspended: false })
  })

  test('the same decision sent twice is answered as done, and adds nothing', async ({ service }) => {
    const { habilitation, path, officer, referent } = await habilitated(service)
    for (const [move, count] of [
      ['lapse', 2],
      ['restoration', 3],
      ['withdrawal', 4],
    ] as const) {
      const who = move === 'withdrawal' ? officer : referent
      const sent = [1, 2].map(() => who.post(`${API}/${habilitation}/${move}`, why(`Essai ${move}`)))
      const [first, second] = await Promise.all(sent)
      expect([first!.status, second!.status]).toEqual([200, 200])
      expect(second!.body).toEqual(first!.body)
      expect(await eventsOf(service, habilitation)).toHaveLength(count)
    }
    const journalled = await rows<{ action: string }>(
      service.db,
      sql`select action from journal where subject = ${`habilitation:${habilitation}`} order by position`,
    )
    expect(journalled.map(({ action }) => action)).toEqual([
      'habilitation.granted',
      'habilitation.lapsed',
      'habilitation.restored',
      'habilitation.ended',
    ])
    expect((await verdictOf(service, path))['verdict']).toBe('invalid')
  })

  test('withdrawn, it is for good: its badge is revoked, and nothing else happens to it', async ({ service }) => {
    const { habilitation, credential, officer, referent, structure } = await habilitated(service)
    expect(await referent.post(`${API}/${habilitation}/withdrawal`, why())).toMatchObject({ status: 403 })
    await referent.post(`${API}/${habilitation}/lapse`, why())
    const { body } = await officer.post(`${API}/${habilitation}/withdrawal`, why('Départ de la structure'))
    expect(body).toMatchObject({ state: 'ended', lapses: [], endedAt: expect.any(String) })
    expect(await badgeOf(service, credential)).toEqual({ revoked: true, suspended: false })
    for (const move of ['lapse', 'restoration']) {
      expect(await referent.post(`${API}/${habilitation}/${move}`, why())).toMatchObject({
        status: 409,
        body: { code: 'habilitation_ended', mend: expect.stringContaining('nouvelle demande') },
      })
    }
    await closeAndReopen(officer, structure.slug)
    expect(await eventsOf(service, habilitation)).toHaveLength(3)
    expect(await badgeOf(service, credential)).toEqual({ revoked: true, suspended: false })
  })

  test('what is not a decision changes nothing', async ({ service }) => {
    const { habilitation, officer, referent } = await habilitated(service)
    for (const body of [
      {},
      { reason: '' },
      { reason: '   ' },
      why('Essai', { lapse: 'structure' }),
      why('Essai', { autre: 1 }),
    ]) {
      expect(await officer.post(`${API}/${habilitation}/lapse`, body)).toMatchObject({ status: 422 })
    }
    expect(await referent.post(`${API}/${habilitation}/lapse`, why('Essai', { lapse: 'inactivity' }))).toMatchObject({
      status: 403,
      body: { mend: expect.stringContaining('referent') },
    })
    expect(await officer.post(`${API}/${randomUUID()}/lapse`, why())).toMatchObject({ status: 404 })
    expect(await eventsOf(service, habilitation)).toHaveLength(1)
  })

  test('its badge follows it, and is not changed by itself; other badges are', async ({ service }) => {
    const { credential } = await habilitated(service)
    const operator = actor(service, 'exploitant')
    for (const move of ['suspension', 'restoration', 'revocation']) {
      expect(await operator.post(`/api/v1/credentials/${credential}/${move}`, why())).toMatchObject({
        status: 409,
        body: { code: 'habilitation_badge', mend: expect.stringContaining('/api/v1/habilitations/{id}/lapse') },
      })
    }
    expect(await badgeOf(service, credential)).toEqual({ revoked: false, suspended: false })
    const { id } = await aBadge(service)
    expect(await operator.post(`/api/v1/credentials/${id}/suspension`, why())).toMatchObject({ status: 200 })
  })
})

const closeAndReopen = async (officer: Actor, slug: string) => {
  expect(await officer.post(`${API}/structures/${slug}/closure`, why('Fermée'))).toMatchObject({ status: 200 })
  expect(await officer.post(`${API}/structures/${slug}/reopening`, why('Rouverte'))).toMatchObject({ status: 200 })
}

/** Habilitations of as many people, without a badge unless it is asked for. */
async function many({ db }: TestService, organisationId: string, count: number): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    sql`with p as (
          insert into people (email_fingerprint, identity)
          select gen_random_uuid()::text, 'scellé' from generate_series(1, ${count}::int) returning id
        ),
        r as (
          insert into habilitation_requests (organisation_id, person_id, profession, standing, origin, status)
          select ${organisationId}::uuid, id, 'Secrétaire de mairie', 'agent', 'habilitation', 'validated' from p
          returning id, person_id, organisation_id
        ),
        h as (
          insert into habilitations (request_id, person_id, organisation_id, granted_at)
          select id, person_id, organisation_id, now() - interval '1 day' from r returning id, granted_at
        )
        insert into habilitation_events (habilitation_id, kind, at, author, reason)
        select id, 'granted', granted_at, 'test', 'Essai' from h returning habilitation_id as id`,
  )
  return found.map(({ id }) => id)
}

describe('a structure that closes', () => {
  test('suspends every habilitation in it, none elsewhere; reopened, lifts only that', async ({ service }) => {
    const one = await habilitated(service)
    const { officer, structure, referent } = one
    const other = await aStructure(service)
    const twice = await aRequest(service, other, { email: one.request.email, pixDoneOn: '2026-04-02', pixScore: 62 })
    await service.queue.enqueue('awards.issue', {})
    const elsewhere = await habilitationOf(service, twice.id)
    const second = await aRequest(service, structure, { pixDoneOn: '2026-04-02' })
    await trained(service, second.email)
    const held = await habilitationOf(service, second.id)
    await referent.post(`${API}/${held.habilitation}/lapse`, why())

    const closed = await officer.post(`${API}/structures/${structure.slug}/closure`, why('Fusion de communes'))
    expect(closed.body).toMatchObject({ state: 'closed', habilites: { people: 0, habilitations: 0 } })
    const again = await officer.post(`${API}/structures/${structure.slug}/closure`, why('Encore'))
    expect(again.body).toEqual(closed.body)
    for (const { habilitation, credential, path } of [one, held]) {
      expect((await officer.get(`${API}/${habilitation}`)).body['lapses']).toContainEqual({
        lapse: 'structure',
        label: 'la structure est fermée',
      })
      expect(await badgeOf(service, credential)).toEqual({ revoked: false, suspended: true })
      expect((await verdictOf(service, path))['verdict']).toBe('invalid')
    }
    expect((await verdictOf(service, elsewhere.path))['verdict']).toBe('valid')

    const opened = await officer.post(`${API}/structures/${structure.slug}/reopening`, why('Rouverte'))
    expect(opened.body).toMatchObject({ state: 'open', habilites: { people: 1, habilitations: 1 } })
    expect((await verdictOf(service, one.path))['verdict']).toBe('valid')
    expect((await officer.get(`${API}/${held.habilitation}`)).body['lapses']).toMatchObject([{ lapse: 'referent' }])
    expect((await verdictOf(service, held.path))['verdict']).toBe('invalid')
    const reopened = await officer.post(`${API}/structures/${structure.slug}/reopening`, why('Encore'))
    expect(reopened.body).toEqual(opened.body)
    expect(await referent.get(`${API}/structures/${structure.slug}`)).toMatchObject({ status: 200, body: opened.body })
    expect(await referent.get(`${API}/structures/${other.slug}`)).toMatchObject({ status: 403 })
    expect(await referent.post(`${API}/structures/${structure.slug}/closure`, why())).toMatchObject({ status: 403 })
    expect(await officer.get(`${API}/structures/inconnue`)).toMatchObject({ status: 404 })
  })

  test('while its aidants train: nobody is habilitated until it reopens, then all who are ready', async ({
    service,
  }) => {
    await anAuthority(service)
    const [structure, officer] = [await aStructure(service), await anOfficer(service)]
    const request = await aRequest(service, structure, { pixDoneOn: '2026-04-02', pixScore: 62 })
    await officer.post(`${API}/structures/${structure.slug}/closure`, why())
    await trained(service, request.email)
    expect(await requestOf(service, request.id)).toMatchObject({ status: 'processing', formationSource: 'session' })
    await officer.post(`${API}/structures/${structure.slug}/reopening`, why())
    const { path } = await habilitationOf(service, request.id)
    expect(await requestOf(service, request.id)).toMatchObject({ status: 'validated' })
    expect((await verdictOf(service, path))['verdict']).toBe('valid')
  })

  test('a badge issued after the closing is born suspended', async ({ service }) => {
    const { officer, structure, habilitation } = await delayed(service)
    await officer.post(`${API}/structures/${structure.slug}/closure`, why())
    await service.queue.enqueue('awards.issue', {})
    await service.queue.idle()
    const [found] = await rows<{ id: string }>(
      service.db,
      sql`select c.id from credentials c join habilitations h on h.award_id = c.award_id where h.id = ${habilitation}`,
    )
    expect(await badgeOf(service, found!.id)).toEqual({ revoked: false, suspended: true })
  })

  test('closes and reopens with 500 aidants, all or none', async ({ service }) => {
    const [structure, officer] = [await aStructure(service), await anOfficer(service)]
    await many(service, structure.id, 500)
    await officer.post(`${API}/structures/${structure.slug}/closure`, why('Fermée'))
    const { body } = await officer.post(`${API}/structures/${structure.slug}/reopening`, why('Rouverte'))
    expect(body['habilites']).toEqual({ people: 500, habilitations: 500 })
    const [events] = await rows<{ count: number }>(
      service.db,
      sql`select count(*)::int from habilitation_events e join habilitations h on h.id = e.habilitation_id
          where h.organisation_id = ${structure.id}`,
    )
    expect(events!.count).toBe(1500)
  })
})

/** A habilitation whose badge is ordered and not issued yet. */
async function delayed(service: TestService) {
  await anAuthority(service)
  const [structure, officer] = [await aStructure(service), await anOfficer(service)]
  const given = { formationDoneOn: '2026-04-01', formationSource: 'officer', pixDoneOn: '2026-04-02' } as const
  const request = await aRequest(service, structure, given)
  const [found] = await rows<{ id: string }>(
    service.db,
    sql`select id from habilitations where request_id = ${request.id}`,
  )
  return { structure, officer, request, habilitation: found!.id }
}

/** What another verifier does: contexts of its own, the issuer's document from the service's public address. */
async function verifiedElsewhere(service: TestService, credential: Json): Promise<boolean> {
  const documentLoader = async (url: string) => {
    const context = credentialContexts.get(url)
    if (context) return { documentUrl: url, document: context }
    if (!url.startsWith('did:web:')) throw new Error(`Unexpected address: ${url}`)
    const [, , , ...path] = url.split('#')[0]!.split(':')
    const { body } = await actor(service).get(`/${path.join('/')}/did.json`)
    const method = (body['verificationMethod'] as Json[]).find((one) => one['id'] === url)
    const document = method ? { '@context': 'https://w3id.org/security/multikey/v1', ...method } : body
    return { documentUrl: url, document }
  }
  const suite = new DataIntegrityProof({ cryptosuite })
  const { verified } = await vc.verifyCredential({ credential, suite, documentLoader })
  return verified
}

/** A habilitation whose events are these, each a kind, a cause and a moment; its badge is not issued. */
async function withHistory(service: TestService, events: [kind: string, lapse: string | null, at: string][]) {
  const { id } = await aStructure(service)
  const [habilitation] = await many(service, id, 1)
  await service.db.execute(sql`delete from habilitation_events where habilitation_id = ${habilitation}`)
  for (const [kind, lapse, at] of events) {
    await service.db.execute(
      sql`insert into habilitation_events (habilitation_id, kind, lapse, at, author, reason)
          values (${habilitation}, ${kind}, ${lapse}, ${at}, 'test', 'Motif à taire')`,
    )
  }
  return habilitation!
}

describe('«was it valid on 12 March?»', () => {
  test('for the whole day, part of it or not at all, as days are lived in Paris; without a name or a motive', async ({
    service,
  }) => {
    const id = await withHistory(service, [
      ['granted', null, '2026-01-10T09:00:00Z'],
      ['lapsed', 'referent', '2026-03-12T09:30:00Z'],
      ['restored', 'referent', '2026-03-14T23:00:00Z'], // midnight in Paris
      ['lapsed', 'inactivity', '2026-05-01T22:30:00Z'], // 2 May in Paris
      ['ended', null, '2026-06-01T10:00:00Z'],
    ])
    const ask = async (at: string) => {
      const { status, body, response } = await actor(service).get(`${API}/${id}/state?at=${encodeURIComponent(at)}`)
      expect(status, response.body).toBe(200)
      expect(response.headers['access-control-allow-origin']).toBe('*')
      expect(response.body).not.toMatch(/Motif|referent|inactivity|Structure|test|certification/)
      return [body['validity'], body['state'], body['events'].map((one: Json) => one['kind']).join()]
    }
    expect(await ask('2026-01-09')).toEqual(['none', 'none', ''])
    expect(await ask('2026-01-10')).toEqual(['part_of_day', 'active', 'granted'])
    expect(await ask('2026-03-11')).toEqual(['whole_day', 'active', ''])
    expect(await ask('2026-03-12')).toEqual(['part_of_day', 'suspended', 'lapsed'])
    expect(await ask('2026-03-12T10:29:59+01:00')).toEqual(['part_of_day', 'active', 'lapsed'])
    expect(await ask('2026-03-12T10:30:00+01:00')).toEqual(['part_of_day', 'suspended', 'lapsed'])
    expect(await ask('2026-03-13')).toEqual(['none', 'suspended', ''])
    expect(await ask('2026-03-14')).toEqual(['none', 'suspended', ''])
    expect(await ask('2026-03-15')).toEqual(['whole_day', 'active', 'restored'])
    expect(await ask('2026-05-01')).toEqual(['whole_day', 'active', ''])
    expect(await ask('2026-05-02')).toEqual(['part_of_day', 'suspended', 'lapsed'])
    expect(await ask('2026-06-01')).toEqual(['none', 'ended', 'ended'])
    expect(await ask(parisDate(new Date()))).toEqual(['none', 'ended', ''])
    const { body } = await actor(service).get(`${API}/${id}/state?at=2026-03-29`)
    expect([body['from'], body['until']]).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'])
  })

  test('of a day that has not come, or that is no day, there is no answer', async ({ service }) => {
    const id = await withHistory(service, [['granted', null, '2026-01-10T09:00:00Z']])
    const tomorrow = parisDate(new Date(Date.now() + 25 * 3600_000))
    for (const at of [tomorrow, '2099-01-01', new Date(Date.now() + 60_000).toISOString()]) {
      expect(await actor(service).get(`${API}/${id}/state?at=${at}`)).toMatchObject({
        status: 422,
        body: { code: 'date_future', mend: expect.stringContaining('jour passé') },
      })
    }
    for (const at of [
      '2026-02-30',
      '12/03/2026',
      'hier',
      '2026-03-12T10:00',
      '',
      '1026-01-01',
      '2026-03-12T23:59:60Z',
    ]) {
      expect((await actor(service).get(`${API}/${id}/state?at=${at}`)).status, at).toBe(422)
    }
    expect(await actor(service).get(`${API}/${randomUUID()}/state`)).toMatchObject({ status: 404 })
    expect((await actor(service).get(`${API}/${id}/state`)).body).toMatchObject({
      validity: 'whole_day',
      state: 'active',
    })
  })

  test('signed by whoever signs habilitations, and verified by another library with documents of its own', async ({
    service,
  }) => {
    const { habilitation, credential, referent } = await habilitated(service)
    const before = new Date().toISOString()
    await referent.post(`${API}/${habilitation}/lapse`, why('Motif à taire'))
    const url = `${API}/${habilitation}/state?at=${before}`
    const asked = await actor(service).get(url, { accept: 'application/vc+ld+json' })
    expect(asked.response.headers['content-type']).toMatch(/^application\/vc\+ld\+json/)
    const { body } = await actor(service).get(`${url}&signed=1`)
    for (const document of [asked.body, body]) {
      expect(document).toMatchObject({
        type: ['VerifiableCredential', 'HabilitationStateCredential'],
        issuer: `did:web:insigne.test:organisations:${authority.issuer}`,
        credentialSubject: {
          id: `${BASE_URL}/credentials/${credential}`,
          type: 'HabilitationState',
          habilitation,
          asked: before,
          validity: 'part_of_day',
          state: 'active',
          events: [{ kind: 'granted' }, { kind: 'lapsed' }],
        },
      })
      expect(JSON.stringify(document)).not.toMatch(/Motif|referent|certification/i)
      expect(await verifiedElsewhere(service, document)).toBe(true)
      const subject = document['credentialSubject']
      for (const forged of [
        { state: 'suspended' },
        { asked: '2026-01-01' },
        { events: [] },
        { validity: 'whole_day' },
      ]) {
        const changed = { ...document, credentialSubject: { ...subject, ...forged } }
        expect(await verifiedElsewhere(service, changed)).toBe(false)
      }
    }
    expect(Object.values(body['@context'][1]).map((term: any) => term['@id'] ?? term)).toSatisfy((terms: string[]) =>
      terms.every((term) => term.startsWith(`${BASE_URL}/vocabulaire#`)),
    )
  })

  test('without a badge to speak of, or a signer, it is answered unsigned', async ({ service }) => {
    const id = await withHistory(service, [['granted', null, '2026-01-10T09:00:00Z']])
    await anAuthority(service)
    expect(await actor(service).get(`${API}/${id}/state?signed=1`)).toMatchObject({
      status: 409,
      body: { code: 'habilitation_without_badge' },
    })
    const { habilitation } = await habilitated(service)
    const move = (name: string) =>
      actor(service, 'exploitant').post(`/api/v1/organisations/${authority.issuer}/${name}`, why())
    expect((await move('suspension')).status).toBe(200)
    expect(await actor(service).get(`${API}/${habilitation}/state?signed=1`)).toMatchObject({
      status: 409,
      body: { code: 'authority_unknown' },
    })
    expect((await actor(service).get(`${API}/${habilitation}/state`)).status).toBe(200)
    expect((await move('reinstatement')).status).toBe(200)
  })
})

describe('two counts, never one', () => {
  test('who is habilitated here and on the way there is in both; twice habilitated is one person', async ({
    service,
  }) => {
    const first = await habilitated(service)
    const { officer, request, structure } = first
    const [second, third] = [await aStructure(service), await aStructure(service)]
    await aRequest(service, second, { email: request.email, pixDoneOn: '2026-04-02' })
    await aRequest(service, third, { email: request.email })
    const departement = 'ZZ'
    for (const { id } of [structure, second, third]) {
      await service.db.execute(
        sql`insert into organisation_requests (status, number, name, siret, departement, organisation_id, manager_id, cgu, not_free, dpo, professionals_only, without_elected)
            values ('VALIDATED', ${Math.trunc(Math.random() * 2 ** 30)}, 'Essai', '73282932000074', ${departement}, ${id}, ${request.personId}, true, true, true, true, true)`,
      )
    }
    const counts = async (query: string) => (await officer.get(`${API}/counts${query}`)).body
    const here = { habilites: { people: 1, habilitations: 2 }, enCours: { people: 1, requests: 1 } }
    expect(await counts(`?departement=${departement}`)).toEqual({ ...here, definitions: expect.any(Object) })
    expect(await counts(`?structure=${third.slug}`)).toMatchObject({
      habilites: { people: 0, habilitations: 0 },
      enCours: { people: 1, requests: 1 },
    })
    await officer.post(`${API}/${first.habilitation}/lapse`, why())
    expect((await counts(`?departement=${departement}`))['habilites']).toEqual({ people: 1, habilitations: 1 })
    expect(await counts('?departement=YY')).toMatchObject({ habilites: { people: 0 }, enCours: { people: 0 } })
    const all = await actor(service, 'comite').get(`${API}/counts`)
    expect(Object.keys(all.body).toSorted()).toEqual(['definitions', 'enCours', 'habilites'])
    expect(all.body['habilites'].people).toBeGreaterThan(0)
    for (const words of Object.values(all.body['definitions'])) expect(words).toMatch(/\.$/)
    expect(await officer.get(`${API}/counts?structure=inconnue`)).toMatchObject({ status: 404 })
  })
})

const seenOn = async ({ db }: TestService, id: string) =>
  (
    await rows<{ seen: string | null; warned: boolean; lapses: string }>(
      db,
      sql`select last_seen_on::text as seen, warned_at is not null as warned, lapses::text as lapses from habilitations where id = ${id}`,
    )
  )[0]

describe('activity on Aidants Connect', () => {
  test('is noted by habilitation or by address and structure, with a receipt each; it never goes back', async ({
    service,
  }) => {
    const { habilitation, request, structure, officer } = await habilitated(service)
    const [ended] = await many(service, structure.id, 1)
    await officer.post(`${API}/${ended}/withdrawal`, why())
    const tomorrow = parisDate(new Date(Date.now() + 25 * 3600_000))
    const sent = await officer.post(`${API}/activity`, [
      { habilitation, lastSeenOn: '2026-05-02' },
      { email: request.email.toUpperCase(), siret: structure.siret, lastSeenOn: '2026-05-04' },
      { email: request.email, siret: '73282932000074', lastSeenOn: '2026-05-05' },
      { email: 'inconnue@exemple.invalid', siret: structure.siret, lastSeenOn: '2026-05-05' },
      { habilitation: randomUUID(), lastSeenOn: '2026-05-05' },
      { habilitation: ended, lastSeenOn: '2026-05-05' },
      { habilitation, lastSeenOn: tomorrow },
    ])
    expect(sent.body).toMatchObject({ received: 7, noted: 1 })
    expect(sent.body['receipts'].map((one: Json) => `${one['line']} ${one['outcome']}`)).toEqual([
      '1 known',
      '2 noted',
      '3 unknown',
      '4 unknown',
      '5 unknown',
      '6 unknown',
      '7 refused',
    ])
    expect(await seenOn(service, habilitation)).toMatchObject({ seen: '2026-05-04' })
    const back = await officer.post(`${API}/activity`, [{ habilitation, lastSeenOn: '2026-05-03' }])
    expect(back.body['receipts']).toEqual([{ line: 1, outcome: 'known' }])
    expect(await seenOn(service, habilitation)).toMatchObject({ seen: '2026-05-04' })
    expect(await officer.post(`${API}/activity`, [{ habilitation, lastSeenOn: '2026-02-30' }])).toMatchObject({
      status: 422,
    })
    expect(sent.response.body).not.toContain('exemple.invalid')
  })

  test('20,000 lines in one call', async ({ service }) => {
    const [structure, officer] = [await aStructure(service), await anOfficer(service)]
    const ids = await many(service, structure.id, 100)
    const lines = Array.from({ length: 20_000 }, (_, n) =>
      n % 200 === 0
        ? { habilitation: ids[n / 200], lastSeenOn: '2026-05-02' }
        : { email: `personne${n}@exemple.invalid`, siret: structure.siret, lastSeenOn: '2026-05-02' },
    )
    const { body } = await officer.post(`${API}/activity`, lines)
    expect([body['received'], body['noted'], body['receipts'].length]).toEqual([20_000, 100, 20_000])
  })

  test('unseen for five months: warned once by e-mail, suspended a month after, restored when seen again', async ({
    service,
  }) => {
    const { habilitation, credential, request, structure, referent } = await habilitated(service)
    const { db, vault } = service
    // Long after the grant, whenever these tests run.
    const seen = (day: string) =>
      db.execute(sql`update habilitations set last_seen_on = ${day} where id = ${habilitation}`)
    const run = (day: string) => applyInactivity(db, vault, new Date(`${day}T10:00:00Z`))
    const warnings = async () => {
      const found = await rows<{ content: string }>(
        db,
        sql`select content from messages where kind = 'inactivity-warning' order by created_at`,
      )
      const opened = found.map(({ content }) => openMessage(vault, 'inactivity-warning', content))
      return opened.filter(({ to }) => to === request.email)
    }
    await run('2030-01-01') // nobody knows when this one was seen
    expect(await seenOn(service, habilitation)).toEqual({ seen: null, warned: false, lapses: '{}' })
    await seen('2099-08-31')
    await run('2100-01-30')
    expect(await seenOn(service, habilitation)).toMatchObject({ warned: false })
    await Promise.all([run('2100-01-31'), run('2100-01-31')])
    expect(await seenOn(service, habilitation)).toEqual({ seen: '2099-08-31', warned: true, lapses: '{}' })
    await run('2100-02-27')
    expect(await seenOn(service, habilitation)).toMatchObject({ lapses: '{}' })
    const [letter, ...others] = await warnings()
    expect(others).toEqual([])
    expect(letter!.letter.paragraphs.join(' ')).toContain(
      `28 février 2100, votre habilitation dans la structure « ${structure.name} »`,
    )
    await referent.post(`${API}/${habilitation}/lapse`, why())
    await run('2100-02-28')
    expect(await seenOn(service, habilitation)).toMatchObject({ lapses: '{inactivity,referent}' })
    expect(await badgeOf(service, credential)).toMatchObject({ suspended: true })
    await run('2100-03-15')
    expect(await eventsOf(service, habilitation)).toHaveLength(3)
    await seen('2100-03-16')
    await run('2100-03-17')
    expect(await seenOn(service, habilitation)).toEqual({ seen: '2100-03-16', warned: false, lapses: '{referent}' })
    expect(await badgeOf(service, credential)).toMatchObject({ suspended: true })
    await referent.post(`${API}/${habilitation}/restoration`, why())
    expect(await badgeOf(service, credential)).toEqual({ revoked: false, suspended: false })
  })

  test('a clock that jumps ahead warns first and waits a month; one that goes back does nothing', async ({
    service,
  }) => {
    const { habilitation, officer } = await habilitated(service)
    const run = (day: string) => applyInactivity(service.db, service.vault, new Date(`${day}T10:00:00Z`))
    await officer.post(`${API}/activity`, [{ habilitation, lastSeenOn: '2026-10-01' }])
    await run('2028-06-01')
    const warned = { seen: '2026-10-01', warned: true, lapses: '{}' }
    expect(await seenOn(service, habilitation)).toEqual(warned)
    await run('2028-06-30')
    await run('2026-10-02')
    expect(await seenOn(service, habilitation)).toEqual(warned)
    // Restored by hand, she or he is warned again before anything else.
    await run('2028-07-01')
    expect(await seenOn(service, habilitation)).toMatchObject({ lapses: '{inactivity}' })
    await changeHabilitation(
      service.db,
      habilitation,
      { kind: 'restored', lapse: 'inactivity' },
      { author: 'test', reason: 'Essai' },
    )
    expect(await seenOn(service, habilitation)).toMatchObject({ warned: false, lapses: '{}' })
    await run('2028-07-02')
    expect(await seenOn(service, habilitation)).toEqual(warned)
  })
})

test('the sweep orders the badges that waited for their signer, and follows inactivity only when told to', async ({
  service,
}) => {
  const { db, vault, queue } = service
  const { habilitation } = await delayed(service)
  await db.execute(
    sql`update habilitations set award_id = null, last_seen_on = '2020-01-01' where id = ${habilitation}`,
  )
  await db.execute(sql`delete from awards where key = ${`habilitation:${habilitation}`}`)
  const failures: unknown[] = []
  const keeping = { db, vault, queue, authority, report: (error: unknown) => failures.push(error) }
  const isOrdered = sql`select 1 from habilitations where id = ${habilitation} and award_id is not null`
  const stop = workHabilitations({ ...keeping, deactivateInactive: false }, 3600)
  await vi.waitFor(async () => expect(await rows(db, isOrdered)).toHaveLength(1), 20_000)
  await stop()
  expect(await seenOn(service, habilitation)).toMatchObject({ warned: false })
  const stopWarning = workHabilitations({ ...keeping, deactivateInactive: true }, 3600)
  await vi.waitFor(async () => expect(await seenOn(service, habilitation)).toMatchObject({ warned: true }), 20_000)
  await stopWarning()
  await queue.idle()
  const [found] = await rows<{ id: string }>(
    db,
    sql`select c.id from habilitations h join credentials c on c.award_id = h.award_id where h.id = ${habilitation}`,
  )
  expect(found).toBeDefined()
  expect(failures).toEqual([])
})

test('two decisions, a closing and a reopening at once neither hang nor contradict each other', async ({ service }) => {
  const { db } = service
  const { habilitation, credential, structure } = await habilitated(service)
  const decision = { author: 'test', reason: 'Essai' }
  const lapse = (kind: 'lapsed' | 'restored', cause: 'referent' | 'inactivity') =>
    changeHabilitation(db, habilitation, { kind, lapse: cause }, decision)
  await Promise.all([
    ...Array.from({ length: 4 }, () => lapse('lapsed', 'referent')),
    closeStructure(db, structure.slug, decision),
    lapse('lapsed', 'inactivity'),
    closeStructure(db, structure.slug, decision),
  ])
  expect(await seenOn(service, habilitation)).toMatchObject({ lapses: '{structure,inactivity,referent}' })
  expect(await eventsOf(service, habilitation)).toHaveLength(4)
  await Promise.all([
    lapse('restored', 'referent'),
    reopenStructure(db, authority, structure.slug, decision),
    lapse('restored', 'inactivity'),
    reopenStructure(db, authority, structure.slug, decision),
  ])
  expect(await eventsOf(service, habilitation)).toHaveLength(7)
  expect(await badgeOf(service, credential)).toEqual({ revoked: false, suspended: false })
})
