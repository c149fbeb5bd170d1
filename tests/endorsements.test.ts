import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { describe, expect } from 'vitest'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from '../src/credentials/contexts.ts'
import { generateKeyPair, signCredential } from '../src/credentials/suite.ts'
import { rows } from '../src/db.ts'
import { issuerDid } from '../src/organisations/organisations.ts'
import { applyRetention } from '../src/privacy/retention.ts'
import { actor, type Json, type SignedIn, signedIn } from './support/actors.ts'
import { BASE_URL, config, test, type TestService } from './support/app.ts'
import { aBadge, aTrainer } from './support/factories.ts'
import { HOSTILE } from './support/hostile.ts'
import { plain } from './support/shares.ts'

const HTML = { accept: 'text/html' }
const COMMENT = 'Nous avons animé ensemble douze ateliers en 2025. Les personnes reviennent la voir.'
const SIGNED = { comment: COMMENT, confirmed: 'oui' }
type Sent = Awaited<ReturnType<SignedIn['form']>>

const page = async (who: Pick<SignedIn, 'get'>, path: string) => {
  const { status, response } = await who.get(path, HTML)
  return { status, body: plain(response.body) }
}
const done = ({ status, response }: Sent): void => expect(status, response.body).toBe(303)

/** Someone with a badge, and another organisation with who administers it. */
async function aHolder(service: TestService) {
  const holder = await signedIn(service)
  const badge = await aBadge(service, { email: holder.email, given_name: 'Anaïs', family_name: 'Modèle-Unique' })
  return { holder, ...badge, space: `/mon-espace/badges/${badge.id}/recommandations` }
}
async function anEndorser(service: TestService) {
  const { slug } = await aTrainer(service)
  const admin = await signedIn(service, { grants: [{ role: 'administrateur', organisation: slug }] })
  return { slug, admin, space: `/organisme/${slug}/recommandations`, did: issuerDid(BASE_URL, slug) }
}
type Holder = Awaited<ReturnType<typeof aHolder>>

/** Asks for one; answers its id and its link. */
async function ask({ db }: TestService, who: SignedIn, space: string, fields: Record<string, string> = {}) {
  done(await who.form(space, fields))
  const [last] = await rows<{ id: string }>(db, sql`select id from endorsements order by asked_at desc limit 1`)
  const [, link = ''] = /href="[^"]*(\/recommandations\/[\w-]{43})"/.exec((await page(who, space)).body) ?? []
  return { id: last!.id, link }
}

/** An endorsement of a badge that another organisation gave by the link, and that its holder accepted. */
async function accepted(service: TestService) {
  const [given, endorser] = [await aHolder(service), await anEndorser(service)]
  const { id: endorsement, link } = await ask(service, given.holder, given.space)
  done(await endorser.admin.form(`${link}/organisme`, { ...SIGNED, organisme: endorser.slug }))
  done(await given.holder.form(`${given.space}/${endorsement}/decision`, { decision: 'acceptance' }))
  return { ...given, endorser, endorsement }
}

const verify = async (service: TestService, credential: Json) =>
  (await actor(service).post('/api/v1/verifications', { credential })).body

/** A badge as someone else would sign it: what it carries is as it was, and nothing newer of it is known. */
async function copied(badge: Json, carried: Json): Promise<Json> {
  const key = await generateKeyPair()
  const did = `did:key:${key.publicKeyMultibase}`
  const rest = Object.entries(badge).filter(([name]) => !['proof', 'credentialStatus', 'refreshService'].includes(name))
  const unsigned = { ...Object.fromEntries(rest), issuer: { id: did, type: ['Profile'] }, ...carried }
  return signCredential(unsigned, did, key, new Date())
}

describe('an endorsement of a badge', () => {
  test('asked by its holder, given by an organisation through the link, is shown once accepted, and verifies in the badge', async ({
    service,
  }) => {
    const { holder, id, path, space, trainer } = await aHolder(service)
    const { slug, admin, did, space: theirs } = await anEndorser(service)
    const { id: endorsement, link } = await ask(service, holder, space, {
      note: 'Je suis Anaïs, des ateliers du jeudi.',
    })
    const opened = await page(actor(service), link)
    expect(opened.body).toContain('Je suis Anaïs, des ateliers du jeudi.')
    expect(opened.body).not.toContain('Modèle-Unique')
    done(await admin.form(`${link}/organisme`, { ...SIGNED, organisme: slug }))

    // Given, not accepted: nobody but who asked reads it.
    expect((await page(holder, space)).body).toContain(COMMENT)
    expect((await page(actor(service), path)).body).not.toContain(COMMENT)
    expect((await actor(service).get(`/endorsements/${endorsement}.json`)).status).toBe(404)
    expect((await page(actor(service), link)).status).toBe(404)

    done(await holder.form(`${space}/${endorsement}/decision`, { decision: 'acceptance' }))
    const shown = (await page(actor(service), path)).body
    expect(shown).toContain(COMMENT)
    expect(shown).toContain(`href="/organisations/${slug}"`)
    expect((await page(admin, theirs)).body).toContain('affichée')

    const { body: signed } = await actor(service).get(`/endorsements/${endorsement}.json`)
    expect(signed).toMatchObject({
      id: `${BASE_URL}/endorsements/${endorsement}`,
      type: ['VerifiableCredential', 'EndorsementCredential'],
      issuer: { id: did },
      credentialSubject: { id: `${BASE_URL}/credentials/${id}`, endorsementComment: COMMENT },
    })
    const { body: listed } = await actor(service).get(`/credentials/${id}/endorsements.json`)
    expect(listed).toEqual({ endorsement: [signed], endorsementJwt: [] })

    const { body: refreshed } = await actor(service).get(`${path}/refresh`)
    expect(refreshed).toMatchObject({ endorsement: [signed], issuer: { id: issuerDid(BASE_URL, trainer.slug) } })
    const found = await verify(service, refreshed)
    expect(found).toMatchObject({
      verdict: 'valid',
      endorsements: [{ of: 'badge', verdict: 'valid', isSelf: false, issuer: { id: did }, comment: COMMENT }],
    })
    const told = await rows<Json>(
      service.db,
      sql`select action, author, person_id is not null as concerned from journal where subject = ${`endorsement:${endorsement}`} order by position`,
    )
    expect(told.map((one) => one['action'])).toEqual(['endorsement.asked', 'endorsement.given', 'endorsement.accepted'])
    expect(told.every((one) => one['concerned'])).toBe(true)
  })

  test('as a token says the same, and verifies in a badge of which it is a part', async ({ service }) => {
    const { endorsement, path, endorser } = await accepted(service)
    const { response } = await actor(service).get(`/endorsements/${endorsement}.jwt`)
    expect(response.headers['content-type']).toContain('jwt')
    const payload = JSON.parse(Buffer.from(response.body.split('.')[1]!, 'base64url').toString())
    const { body: signed } = await actor(service).get(`/endorsements/${endorsement}.json`)
    expect(payload).toMatchObject({ iss: endorser.did, jti: signed['id'], sub: signed['credentialSubject'].id })
    const { body: badge } = await actor(service).get(`${path}.json`)
    const found = await verify(service, await copied(badge, { endorsementJwt: [response.body] }))
    expect(found['endorsements']).toMatchObject([{ verdict: 'valid', issuer: { id: endorser.did }, comment: COMMENT }])
  })

  test('withdrawn by who gave it, is gone everywhere, and a copy of it verifies no more', async ({ service }) => {
    const { endorsement, path, id, endorser } = await accepted(service)
    const { body: refreshed } = await actor(service).get(`${path}/refresh`)
    const kept = await copied((await actor(service).get(`${path}.json`)).body, {
      endorsement: refreshed['endorsement'],
    })
    expect(await verify(service, kept)).toMatchObject({ endorsements: [{ verdict: 'valid' }] })
    const stranger = await anEndorser(service)
    expect((await stranger.admin.form(`${stranger.space}/${endorsement}/retrait`)).status).toBe(404)
    done(await endorser.admin.form(`${endorser.space}/${endorsement}/retrait`))

    expect((await page(actor(service), path)).body).not.toContain(COMMENT)
    const gone = await actor(service).get(`/endorsements/${endorsement}`, { accept: 'application/json' })
    expect(gone).toMatchObject({ status: 410, body: { code: 'endorsement_withdrawn' } })
    expect((await actor(service).get(`/credentials/${id}/endorsements.json`)).body['endorsement']).toEqual([])
    expect((await actor(service).get(`${path}/refresh`)).body).not.toHaveProperty('endorsement')
    expect(await verify(service, kept)).toMatchObject({
      verdict: 'valid',
      endorsements: [{ verdict: 'invalid', code: 'endorsement_revoked' }],
    })
    // The badge itself asks for its present version, which says nothing of it any more.
    expect(await verify(service, refreshed)).toMatchObject({ verdict: 'valid', endorsements: [] })
  })

  test('is shown as long as its holder wants it', async ({ service }) => {
    const { endorsement, path, holder, space } = await accepted(service)
    done(await holder.form(`${space}/${endorsement}/decision`, { decision: 'declining' }))
    expect((await page(actor(service), path)).body).not.toContain(COMMENT)
    done(await holder.form(`${space}/${endorsement}/decision`, { decision: 'acceptance' }))
    expect((await page(actor(service), path)).body).toContain(COMMENT)
    const again = await holder.form(`${space}/${endorsement}/decision`, { decision: 'cancellation' }, HTML)
    expect([again.status, plain(again.response.body)]).toEqual([409, expect.stringContaining('déjà « affichée »')])
  })

  test('is asked of an approved organisation, which sees it in its space and may refuse', async ({ service }) => {
    const { holder, space } = await aHolder(service)
    const { slug, admin, space: theirs } = await anEndorser(service)
    const { id } = await ask(service, holder, space, { endorser: `${BASE_URL}/organisations/${slug}`, note: 'Bonjour' })
    expect((await page(holder, space)).body).not.toMatch(/\/recommandations\/[\w-]{43}/)
    expect((await page(admin, theirs)).body).toContain('Bonjour')
    const twice = await holder.form(space, { endorser: slug }, HTML)
    expect(plain(twice.response.body)).toContain('déjà demandée à cet organisme')
    const stranger = await anEndorser(service)
    expect((await stranger.admin.form(`${stranger.space}/${id}`, SIGNED)).status).toBe(404)
    done(await admin.form(`${theirs}/${id}/refus`))
    expect((await page(holder, space)).body).toContain('demande déclinée')
    const late = await admin.form(`${theirs}/${id}`, SIGNED, HTML)
    expect([late.status, plain(late.response.body)]).toEqual([
      409,
      expect.stringContaining('déjà « demande déclinée »'),
    ])
    const [row] = await rows<Json>(service.db, sql`select note, secret, document from endorsements where id = ${id}`)
    expect(row).toEqual({ note: null, secret: null, document: null })
  })

  test.for<[string, Record<string, string>, string]>([
    ['nobody knows', { endorser: 'personne-de-ce-nom' }, 'n’est pas un organisme approuvé'],
    ['issued the badge', { endorser: '{issuer}' }, 'ne peut pas le recommander lui-même'],
  ])('is not asked of an organisation that %s; what was typed comes back', async ([, fields, why], { service }) => {
    const { holder, space, trainer } = await aHolder(service)
    const endorser = fields['endorser']!.replace('{issuer}', trainer.slug)
    const { status, response } = await holder.form(space, { endorser, note: 'À relire' }, HTML)
    expect([status, plain(response.body)]).toEqual([422, expect.stringContaining(why)])
    expect(response.body).toContain('À relire')
  })

  test('is asked by nobody but the holder, and of twenty at most', async ({ service }) => {
    const { holder, space, id } = await aHolder(service)
    const stranger = await signedIn(service)
    expect((await stranger.form(space)).status).toBe(404)
    expect((await page(stranger, space)).status).toBe(404)
    await service.db.execute(sql`
      insert into endorsements (credential_id, secret, secret_hash, expires_at)
      select ${id}, ${service.vault.seal('endorsements/secret', 'essai')}, ${id} || n, now() + interval '1 day' from generate_series(1, 20) n`)
    const full = await holder.form(space, {}, HTML)
    expect([full.status, plain(full.response.body)]).toEqual([409, expect.stringContaining('déjà 20 recommandations')])
  })

  test('a link opens nothing once it is withdrawn or over; its holder alone withdraws it', async ({ service }) => {
    const { holder, space } = await aHolder(service)
    const { slug, admin } = await anEndorser(service)
    const first = await ask(service, holder, space)
    expect((await admin.form(`${space}/${first.id}/decision`, { decision: 'cancellation' })).status).toBe(404)
    done(await holder.form(`${space}/${first.id}/decision`, { decision: 'cancellation' }))
    expect((await page(actor(service), first.link)).status).toBe(404)

    const second = await ask(service, holder, space)
    await service.db.execute(
      sql`update endorsements set asked_at = now() - interval '61 days', expires_at = now() - interval '1 day' where id = ${second.id}`,
    )
    expect((await page(actor(service), second.link)).status).toBe(410)
    expect((await admin.form(`${second.link}/organisme`, { ...SIGNED, organisme: slug })).status).toBe(410)
    expect((await page(holder, space)).body).toContain('sans réponse')
  })

  test('of two who answer one link at once, one gives it', async ({ service }) => {
    const { holder, space } = await aHolder(service)
    const [one, other] = [await anEndorser(service), await anEndorser(service)]
    const { link, id } = await ask(service, holder, space)
    const sent = await Promise.all(
      [one, other].map(({ admin, slug }) => admin.form(`${link}/organisme`, { ...SIGNED, organisme: slug })),
    )
    expect(sent.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(sent.filter(({ status }) => status === 404 || status === 409)).toHaveLength(1)
    const [kept] = await rows<Json>(service.db, sql`select state from endorsements where id = ${id}`)
    expect(kept).toEqual({ state: 'given' })
  })

  test('is not signed for an organisation that one does not administer, nor in a few words, nor by a suspended one', async ({
    service,
  }) => {
    const { holder, space } = await aHolder(service)
    const [mine, theirs] = [await anEndorser(service), await anEndorser(service)]
    const { link } = await ask(service, holder, space)
    const other = await mine.admin.form(`${link}/organisme`, { ...SIGNED, organisme: theirs.slug })
    expect(other).toMatchObject({ status: 403 })
    const short = await mine.admin.form(`${link}/organisme`, { ...SIGNED, comment: 'Bien', organisme: mine.slug }, HTML)
    expect([short.status, short.response.body]).toEqual([422, expect.stringContaining('>Bien</textarea>')])
    const reason = { reason: 'Essai' }
    await actor(service, 'exploitant').post(`/api/v1/organisations/${mine.slug}/suspension`, reason)
    expect((await mine.admin.form(`${link}/organisme`, { ...SIGNED, organisme: mine.slug })).status).toBe(409)
    expect((await page(actor(service), link)).status).toBe(200)
  })

  test('is escaped wherever it is shown', async ({ service }) => {
    const { holder, space, path } = await aHolder(service)
    const { slug, admin, space: theirs } = await anEndorser(service)
    const { id, link } = await ask(service, holder, space, { note: HOSTILE.script })
    const comment = `${HOSTILE.script} ${COMMENT}`
    expect((await page(actor(service), link)).body).not.toContain(HOSTILE.script)
    done(await admin.form(`${link}/organisme`, { ...SIGNED, comment, organisme: slug }))
    done(await holder.form(`${space}/${id}/decision`, { decision: 'acceptance' }))
    const bodies = await Promise.all([
      page(holder, space),
      page(admin, theirs),
      page(actor(service), path),
      page(actor(service), `/endorsements/${id}`),
    ])
    for (const { status, body } of bodies) {
      expect(status).toBe(200)
      expect(body).toContain('douze ateliers')
      expect(body).not.toContain(HOSTILE.script)
    }
  })
})

describe('an endorsement signed elsewhere', () => {
  const aStranger = async () => {
    const key = await generateKeyPair()
    const did = `did:key:${key.publicKeyMultibase}`
    const sign = (subject: string, given: Json = {}) =>
      signCredential(
        {
          '@context': [CREDENTIALS_V2, OPEN_BADGES_V3],
          id: `urn:uuid:${randomUUID()}`,
          type: ['VerifiableCredential', 'EndorsementCredential'],
          name: 'Recommandation',
          issuer: { id: did, type: ['Profile'], name: 'Coopérative d’ailleurs' },
          validFrom: '2026-02-01T00:00:00Z',
          credentialSubject: { id: subject, type: ['EndorsementSubject'], endorsementComment: COMMENT },
          ...given,
        },
        did,
        key,
        new Date(),
      )
    return { did, sign }
  }
  const subjectOf = ({ id }: Holder): string => `${BASE_URL}/credentials/${id}`
  const deposit = (service: TestService, link: string, text: string) =>
    actor(service).post(link, new URLSearchParams({ text }).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      ...HTML,
    })

  test('is verified when it is deposited, kept as it is, and shown with the name that it claims', async ({
    service,
  }) => {
    const given = await aHolder(service)
    const { did, sign } = await aStranger()
    const { id, link } = await ask(service, given.holder, given.space)
    const signed = await sign(subjectOf(given))
    const form = new FormData()
    form.set('file', new Blob([JSON.stringify(signed)], { type: 'application/json' }), 'recommandation.json')
    const sent = new Response(form)
    const answer = await actor(service).post(link, Buffer.from(await sent.arrayBuffer()), {
      'content-type': sent.headers.get('content-type')!,
      ...HTML,
    })
    expect([answer.status, plain(answer.response.body)]).toEqual([200, expect.stringContaining('Recommandation reçue')])
    done(await given.holder.form(`${given.space}/${id}/decision`, { decision: 'acceptance' }))
    expect((await page(actor(service), given.path)).body).toContain('Coopérative d’ailleurs')
    expect((await actor(service).get(`/endorsements/${id}.json`)).body).toEqual(signed)
    expect((await actor(service).get(`/endorsements/${id}.jwt`)).status).toBe(404)
    const { body } = await actor(service).get(`${given.path}/refresh`)
    const found = await verify(service, body)
    expect(found).toMatchObject({ verdict: 'valid', endorsements: [{ verdict: 'valid', issuer: { id: did } }] })
  })

  test.for<
    [string, (sign: Awaited<ReturnType<typeof aStranger>>['sign'], given: Holder) => Promise<Json | string>, string]
  >([
    ['was changed', async (sign, given) => ({ ...(await sign(subjectOf(given))), name: 'Autre' }), 'Sa signature'],
    ['is about another badge', (sign) => sign(`${BASE_URL}/credentials/${randomUUID()}`), 'porte sur autre chose'],
    [
      'has ended',
      (sign, given) => sign(subjectOf(given), { validUntil: '2026-03-01T00:00:00Z' }),
      'ne vaut pas à cette date',
    ],
    ['is not one', (sign, given) => sign(subjectOf(given), { type: ['VerifiableCredential'] }), 'n’a pas la forme'],
    ['is no text of ours', async () => 'bonjour', 'n’est pas une recommandation signée'],
    ['is a token of nobody', async () => `${btoa('{"alg":"none"}')}.${btoa('{}')}.`, 'n’est pas'],
    ['is too long', async () => `{"a":"${'x'.repeat(64 * 1024)}"}`, 'dépasse 64 Ko'],
  ])('is refused with the reason when it %s; the link still serves', async ([, make, why], { service }) => {
    const given = await aHolder(service)
    const { sign } = await aStranger()
    const { link } = await ask(service, given.holder, given.space)
    const text = await make(sign, given)
    const { status, response } = await deposit(service, link, typeof text === 'string' ? text : JSON.stringify(text))
    expect(status).toBeGreaterThanOrEqual(400)
    expect(plain(response.body).toLowerCase()).toContain(why.toLowerCase())
    expect((await page(actor(service), link)).status).toBe(200)
  })
})

test('an organisation asks for itself and for a class of its own; accepted, they are on their pages and in its badges', async ({
  service,
}) => {
  const mine = await anEndorser(service)
  const theirs = await anEndorser(service)
  const { id } = await ask(service, mine.admin, mine.space, { endorser: theirs.slug })
  done(await theirs.admin.form(`${theirs.space}/${id}`, SIGNED))
  const stranger = await anEndorser(service)
  const decision = { decision: 'acceptance' }
  expect((await stranger.admin.form(`${stranger.space}/${id}/decision`, decision)).status).toBe(404)
  done(await mine.admin.form(`${mine.space}/${id}/decision`, decision))
  expect((await page(actor(service), `/organisations/${mine.slug}`)).body).toContain(COMMENT)
  const { body } = await actor(service).get(`/organisations/${mine.slug}/endorsements.json`)
  expect(body['endorsement']).toMatchObject([{ credentialSubject: { id: mine.did }, issuer: { id: theirs.did } }])

  const draft = await mine.admin.form(`/organisme/${mine.slug}/catalogue`, { name: 'Animer un atelier de quartier' })
  const slug = String(draft.response.headers['location']).split('?')[0]!.split('/').at(-1)!
  const refused = await mine.admin.form(mine.space, { subject: slug, endorser: theirs.slug }, HTML)
  expect([refused.status, plain(refused.response.body)]).toEqual([422, expect.stringContaining('encore un brouillon')])
  const other = await mine.admin.form(mine.space, { subject: 'aidants-connect' }, HTML)
  expect(plain(other.response.body)).toContain('n’est pas un badge de')
})

test('what was said of a badge goes with its holder, is told to her or him, and a request without an answer is forgotten', async ({
  service,
}) => {
  const { holder, endorsement, endorser, path } = await accepted(service)
  const { body: refreshed } = await actor(service).get(`${path}/refresh`)
  const { body: data } = await holder.get('/mon-espace/donnees.json')
  expect(data['Recommandations de vos badges']).toMatchObject([{ 'ce qui est dit': COMMENT }])
  await holder.form('/mon-espace/effacement', { confirmation: 'EFFACER' })
  expect(await rows(service.db, sql`select 1 from endorsements where id = ${endorsement}`)).toEqual([])
  expect((await page(endorser.admin, endorser.space)).body).not.toContain(COMMENT)
  expect(await verify(service, refreshed)).toMatchObject({ endorsements: [{ verdict: 'valid' }] })

  const given = await aHolder(service)
  const { id } = await ask(service, given.holder, given.space)
  await service.db.execute(
    sql`update endorsements set asked_at = now() - interval '200 days', expires_at = now() - interval '100 days' where id = ${id}`,
  )
  await applyRetention(service.db, service.vault, config.retention)
  expect(await rows(service.db, sql`select 1 from endorsements where id = ${id}`)).toEqual([])
})
