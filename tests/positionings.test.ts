import { createHash, randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { rows } from '../src/db.ts'
import { listOfPerson } from '../src/planning/positionings.ts'
import { PERIODS } from '../src/privacy/periods.ts'
import { applyRetention } from '../src/privacy/retention.ts'
import { actor, type Json, type SignedIn, signedIn } from './support/actors.ts'
import { addAddress, anAddress, proofLink } from './support/addresses.ts'
import { config, test, type TestService } from './support/app.ts'
import { aBadge, aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './support/factories.ts'
import { HOSTILE } from './support/hostile.ts'

const HTML = { accept: 'text/html' }
const AIDANTS = { habilitation: 'aidants-connect' }
const D = (code: string) => ({ framework: 'mediation', version: '1.0', code })
const PATH = '/mon-espace/positionnements'

const position = (trainer: Trainer, email: string, given: Json = {}) =>
  trainer.post('/api/v1/positionings', {
    organisation: trainer.slug,
    learner: { email, givenName: 'Zoé', familyName: 'Exemple' },
    target: AIDANTS,
    ...given,
  })
const listOf = async (trainer: Trainer, query = '') =>
  (await trainer.get(`/api/v1/positionings?organisation=${trainer.slug}${query}`)).body
/** Its unbreakable spaces made plain. */
const pageOf = async (holder: SignedIn, path: string) =>
  (await holder.get(path, HTML)).response.body.replaceAll('\u00A0', ' ')

/** Keeps one of one's own, by the form; answers its id. */
async function keepOne(holder: SignedIn, fields: Record<string, string> = {}): Promise<string> {
  const { status, response } = await holder.form('/mon-espace/positionnement', {
    but: 'habilitation:aidants-connect',
    ...fields,
  })
  expect(status, response.body).toBe(303)
  return new URL(String(response.headers['location']), 'https://insigne.test').pathname.split('/').at(-1)!
}

test('a positioning tells the path, the hours, what was asked and what shows it', async ({ service }) => {
  const trainer = await aTrainer(service)
  const { status, body } = await position(trainer, anAddress(), {
    target: { metier: 'aidant-numerique' },
    evidence: { competences: [{ ...D('D1'), basis: 'positionnement' }] },
    rationale: '  Vu en atelier.  ',
  })
  expect(status).toBe(201)
  expect(body).toMatchObject({ organisation: trainer.slug, supersededBy: null })
  const { content } = body
  expect(content.rationale).toBe('Vu en atelier.')
  expect(content.target.asked).toEqual({ metier: 'aidant-numerique' })
  const met = content.needs.filter((one: Json) => one['isMet'])
  expect(met).toMatchObject([{ label: expect.stringMatching(/^D1 /), by: [{ basis: 'positionnement' }] }])
  const { steps, hours, hoursSaved, unreachable } = content.answer
  expect(unreachable).toEqual([])
  expect(steps.reduce((sum: number, one: Json) => sum + Number(one['hours']), 0)).toBe(hours)
  const taught = steps.flatMap((one: Json) => one['answers'])
  for (const { label, isMet } of content.needs) expect(taught.includes(label), label).toBe(!isMet)
  const { body: plan } = await actor(service).post('/api/v1/paths/plan', {
    target: { metier: 'aidant-numerique' },
    evidence: { competences: [{ ...D('D1'), basis: 'positionnement' }] },
  })
  expect([hours, hoursSaved]).toEqual([plan['plan'].hours, plan['hoursSaved']])
  expect(content.under.modules.map((one: Json) => one['slug']).toSorted()).toEqual(
    steps.map((one: Json) => one['slug']).toSorted(),
  )
  expect(content.under.frameworks).toContain('mediation 1.0')
})

/** The catalogue as it was, whatever a test makes of it. */
async function withOtherModules({ db }: TestService, act: () => Promise<void>): Promise<void> {
  const before = await rows<Json>(db, sql`select slug, version, about from modules`)
  await db.execute(
    sql`update modules set about = about || '{"title": "Changé depuis", "hours": {"min": 99, "max": 99}}'::jsonb`,
  )
  try {
    await act()
  } finally {
    await db.execute(
      sql`update modules m set about = g.about from json_to_recordset(${JSON.stringify(before)}::json)
          as g (slug text, version text, about jsonb) where m.slug = g.slug and m.version = g.version`,
    )
  }
}

test('kept, it is byte for byte what it was whatever becomes of the catalogue, and the journal proves it', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const holder = await signedIn(service)
  const { body: kept } = await position(trainer, holder.email, { rationale: 'Un essai' })
  const before = JSON.stringify((await listOf(trainer))['items'])
  const page = await pageOf(holder, `${PATH}/${kept['id']}`)
  expect(page).toContain('7 heures')
  await withOtherModules(service, async () => {
    expect(JSON.stringify((await listOf(trainer))['items'])).toBe(before)
    expect(await pageOf(holder, `${PATH}/${kept['id']}`)).toBe(page)
    const { body: other } = await position(trainer, anAddress())
    expect(other['content'].answer.hours).toBe(99)
    expect(other['content'].under.catalogue).not.toBe(kept['content'].under.catalogue)
  })
  const [line] = await rows<{ details: string }>(
    service.db,
    sql`select details from journal where subject = ${`positioning:${kept['id']}`}`,
  )
  const digest = createHash('sha256').update(JSON.stringify(kept['content'])).digest('hex')
  expect(JSON.parse(line!.details)).toEqual({ digest })
  expect(kept['digest']).toBe(digest)
})

test('a new one supersedes the last of the same target and maker, and erases nothing', async ({ service }) => {
  const [trainer, other] = [await aTrainer(service), await aTrainer(service)]
  const holder = await signedIn(service)
  const made = async (by: Trainer, target: Json) => String((await position(by, holder.email, { target })).body['id'])
  const first = await made(trainer, AIDANTS)
  const second = await made(trainer, AIDANTS)
  const elsewhere = await made(trainer, { metier: 'directeur-structure' })
  const others = await made(other, AIDANTS)
  const third = await made(trainer, AIDANTS)
  const own = await keepOne(holder)
  const { items } = await listOf(trainer)
  expect(items.map((one: Json) => [one['id'], one['supersededBy']])).toEqual([
    [first, second],
    [second, third],
    [elsewhere, null],
    [third, null],
  ])
  expect((await listOf(other))['items']).toMatchObject([{ id: others, supersededBy: null }])
  expect((await pageOf(holder, `${PATH}/${own}`)).includes('Remplacé depuis')).toBe(false)
  expect(await pageOf(holder, `${PATH}/${first}`)).toContain(`href="${PATH}/${second}"`)
  const list = await pageOf(holder, PATH)
  const order = Array.from(list.matchAll(/positionnements\/([\w-]{36})"/g), ([, id]) => id)
  expect(order).toEqual([own, third, others, elsewhere, second, first])
  const blocks = (await position(trainer, holder.email, { target: { certification: 'rncp40695', blocks: ['CCP1'] } }))
    .body
  const whole = (await position(trainer, holder.email, { target: { certification: 'rncp40695' } })).body
  const last = (await listOf(trainer))['items'].slice(-2)
  expect(last.map((one: Json) => [one['id'], one['supersededBy']])).toEqual([
    [blocks['id'], null],
    [whole['id'], null],
  ])
})

test('the badge of its person counts; a badge of someone else is refused, with its place', async ({ service }) => {
  const email = anAddress()
  const { credential, trainer, id } = await aBadge(service, { email })
  const { credential: foreign } = await aBadge(service)
  const evidence = (badges: Json[]) => ({ evidence: { badges } })
  const { body } = await position(trainer, email, evidence([credential]))
  expect(body['content'].evidence.badges).toMatchObject([{ id: `https://insigne.test/credentials/${id}` }])
  expect(body['content'].needs.map((one: Json) => one['by'])).toEqual([
    [{ basis: 'badge', what: credential['name'] ?? expect.any(String), level: null }],
    [{ basis: 'badge', what: expect.any(String), level: null }],
  ])
  expect(body['content'].answer).toMatchObject({ steps: [], hours: 0 })
  const refused = await position(trainer, email, evidence([credential, foreign]))
  expect(refused).toMatchObject({ status: 422, body: { code: 'plan_evidence' } })
  expect(refused.body['detail']).toContain('n° 2')
  expect((await listOf(trainer))['items']).toHaveLength(1)
})

test('what nobody knows is refused with its reason, and nothing is kept', async ({ service }) => {
  const trainer = await aTrainer(service)
  const refused = async (given: Json): Promise<unknown[]> => {
    const { status, body } = await position(trainer, anAddress(), given)
    return [status, body['code'], body['detail']]
  }
  const pix = (level: number, code = '1.1') => ({
    evidence: { competences: [{ framework: 'pix', version: '2026', code, level, basis: 'pix' }] },
  })
  expect(await refused(pix(9))).toEqual([422, 'plan_evidence', expect.stringContaining('va de 0 à 8')])
  expect(await refused(pix(3, '9.9'))).toEqual([422, 'plan_evidence', expect.stringContaining('« 9.9 »')])
  expect(await refused({ evidence: { competences: [{ ...D('D1'), level: 3, basis: 'declaration' }] } })).toEqual([
    422,
    'plan_evidence',
    expect.stringContaining('n’a pas de niveaux'),
  ])
  expect((await refused({ target: { metier: 'nulle-part' } }))[0]).toBe(404)
  expect((await refused({ target: {} }))[1]).toBe('plan_target')
  for (const given of [
    { learner: { email: 'pas-une-adresse', givenName: 'Zoé', familyName: 'Exemple' } },
    { learner: { email: anAddress(), givenName: '   ', familyName: 'Exemple' } },
    { rationale: HOSTILE.long },
    { evidence: { recipient: 'Une autre' } },
    { evidence: { badges: Array.from({ length: 21 }, () => ({})) } },
    { inconnu: true },
  ]) {
    expect((await refused(given)).slice(0, 2), JSON.stringify(given).slice(0, 80)).toEqual([422, 'invalid_fields'])
  }
  expect((await listOf(trainer))['items']).toEqual([])
})

test('what no module teaches is told, with the path to the rest; a proposed table counts when it is asked for', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const title = await position(trainer, anAddress(), { target: { certification: 'rncp34137' } })
  expect(title.body['content'].answer).toMatchObject({
    unreachable: [expect.stringMatching(/^CCP2 /), expect.stringMatching(/^CCP3 /)],
    steps: [{ answers: [expect.stringMatching(/^CCP1 /)] }],
  })
  const collaborate = { framework: 'digcomp', version: '3.0', code: '2.4' }
  const pix = [{ framework: 'pix', version: '2026', code: '2.3', level: 4, basis: 'pix' }]
  const met = async (evidence: Json) => {
    const { body } = await position(trainer, anAddress(), { target: { competences: [collaborate] }, evidence })
    return [body['content'].needs[0].isMet, body['content'].needs[0].through, body['content'].evidence.crosswalks]
  }
  expect(await met({ competences: pix })).toEqual([false, [], 'official'])
  expect(await met({ competences: pix, crosswalks: 'proposed' })).toMatchObject([
    true,
    [{ status: 'proposed', relation: 'closeMatch', held: expect.stringContaining('2.3 ') }],
    'proposed',
  ])
})

test('only its person and its maker read it: for others it is not there', async ({ service }) => {
  const [trainer, other] = [await aTrainer(service), await aTrainer(service)]
  const holder = await signedIn(service)
  const stranger = await signedIn(service)
  const { body } = await position(trainer, holder.email)
  const own = await keepOne(holder)
  expect((await listOf(other))['items']).toEqual([])
  expect((await other.get(`/api/v1/positionings?organisation=${trainer.slug}`)).status).toBe(403)
  expect((await position({ ...other, slug: trainer.slug }, holder.email)).status).toBe(403)
  const [line] = await rows<Json>(service.db, sql`select * from journal where subject = ${`positioning:${own}`}`)
  expect(line).toMatchObject({ action: 'positioning.made', organisation_id: null, person_id: holder.personId })
  expect(JSON.stringify((await listOf(trainer))['items'])).not.toContain(own)
  const answers = await Promise.all(
    [body['id'], own, randomUUID()].map(async (id) => {
      const seen = await stranger.get(`${PATH}/${id}`, { accept: 'application/json' })
      const done = await stranger.form(`${PATH}/${id}/suppression`, {}, { accept: 'application/json' })
      return [seen, done].map((one) => [one.status, one.body['detail'].replace(id, '…'), one.body['code']])
    }),
  )
  expect(answers[0]).toEqual(answers[2])
  expect(answers[1]).toEqual(answers[2])
  expect(answers[2]![0]![0]).toBe(404)
})

test('the same demand sent twice is kept once', async ({ service }) => {
  const trainer = await aTrainer(service)
  const key = { 'idempotency-key': randomUUID() }
  const sent = {
    organisation: trainer.slug,
    learner: { email: anAddress(), givenName: 'Zoé', familyName: 'Exemple' },
    target: AIDANTS,
  }
  const first = await trainer.post('/api/v1/positionings', sent, key)
  const again = await trainer.post('/api/v1/positionings', sent, key)
  expect(again.body).toEqual(first.body)
  expect((await listOf(trainer))['items']).toHaveLength(1)
})

describe('in the space of a person', () => {
  test('badges in force count, the others are named with why; what is said is written as said', async ({ service }) => {
    const holder = await signedIn(service)
    const { trainer, id } = await aBadge(service, { email: holder.email })
    const session = await aSession(trainer, { module: 'numerique-sante' })
    const { receipts } = await sendCsv(service, trainer, session, csvOf([aRow(1, { email: holder.email })]))
    const revoked = String(receipts[0]!['credential']).split('/').at(-1)!
    await trainer.post(`/api/v1/credentials/${revoked}/revocation`, { reason: 'Erreur de saisie' })
    const start = '/mon-espace/positionnement?but=metier:aidant-numerique'
    const form = await pageOf(holder, start)
    expect(form).toContain('Badges qui ne comptent pas')
    expect(form).toMatch(new RegExp(`credentials/${revoked}"[^>]*>[^<]+</a> : révoqué le`))
    const boxes = Array.from(form.matchAll(/name="acquis" value="([^"]+)"/g), ([, value]) => value!)
    expect(boxes).not.toContain('mediation/1.0/D4')
    expect(boxes).toContain('mediation/1.0/D1')
    const asked = { acquis: 'mediation/1.0/D1', pix: '2026/1.1@3' }
    const preview = await pageOf(holder, `${start}&calculer=1&${new URLSearchParams(asked).toString()}`)
    expect(preview).toMatch(/<strong>Tenu<\/strong> D1 [^<]+<br \/><small>déclaration/)
    expect(preview).toMatch(/<strong>Tenu<\/strong> D4 [^<]+<br \/><small>badge « /)
    expect(preview).toContain('niveau 3 : test Pix')
    const kept = await keepOne(holder, { but: 'metier:aidant-numerique', ...asked, rationale: 'Mes raisons' })
    const page = await pageOf(holder, `${PATH}/${kept}`)
    for (const text of ['Mes raisons', 'badge « ', 'niveau 3 : test Pix', 'révoqué le']) expect(page).toContain(text)
    expect(page).not.toContain('Depuis : ')
    await trainer.post(`/api/v1/credentials/${id}/revocation`, { reason: 'Erreur de saisie' })
    expect(await pageOf(holder, `${PATH}/${kept}`)).toContain('Depuis : révoqué le')
    const { items } = await listOfPerson(service.db, service.vault, holder.personId, { limit: 10 })
    expect(items[0]!.content.evidence.badges).toMatchObject([{ id: `https://insigne.test/credentials/${id}` }])
  })

  test('one deletes one’s own, not what an organisation answers for', async ({ service }) => {
    const trainer = await aTrainer(service)
    const holder = await signedIn(service)
    const [own, theirs] = [await keepOne(holder), String((await position(trainer, holder.email)).body['id'])]
    expect((await holder.form(`${PATH}/${own}/suppression`)).response.headers['location']).toContain('supprime')
    expect((await holder.get(`${PATH}/${own}`)).status).toBe(404)
    const kept = await holder.form(`${PATH}/${theirs}/suppression`, {}, { accept: 'application/json' })
    expect(kept).toMatchObject({ status: 409, body: { code: 'positioning_of_organisation' } })
    expect((await holder.get(`${PATH}/${theirs}`)).status).toBe(200)
  })

  test('what is typed comes out as text', async ({ service }) => {
    const trainer = await aTrainer(service)
    const holder = await signedIn(service)
    const learner = { email: holder.email, givenName: HOSTILE.quotes, familyName: HOSTILE.rightToLeft }
    const { body } = await position(trainer, holder.email, { learner, rationale: HOSTILE.script })
    expect(body['content'].learner).toEqual(learner)
    const page = await pageOf(holder, `${PATH}/${body['id']}`)
    expect(page).toContain('&#60;script&#62;')
    for (const raw of ['<script>document', '<svg/onload', '<img src=x']) expect(page).not.toContain(raw)
  })

  test('a target that is none is refused, and a box that is none counts for nothing', async ({ service }) => {
    const holder = await signedIn(service)
    const none = await holder.form(
      '/mon-espace/positionnement',
      { but: 'metier:nulle-part' },
      { accept: 'application/json' },
    )
    expect(none).toMatchObject({ status: 400, body: { code: 'plan_target' } })
    const id = await keepOne(holder, { acquis: '../../etc/passwd' })
    const { items } = await listOfPerson(service.db, service.vault, holder.personId, { limit: 10 })
    expect(items).toMatchObject([{ id, content: { evidence: { competences: [], blocks: [] }, learner: null } }])
  })

  test('they are in the export, follow a merge, and go with an erasure', async ({ service }) => {
    const trainer = await aTrainer(service)
    const [holder, other] = [await signedIn(service), await signedIn(service)]
    const [own, theirs] = [await keepOne(holder), String((await position(trainer, other.email)).body['id'])]
    const link = await proofLink(service, holder, other.email)
    await holder.form(link.replace('/confirmation/', '/reunion/'))
    const exported = JSON.parse((await holder.get('/mon-espace/donnees.json')).response.body) as Record<string, Json[]>
    expect(exported['Positionnements']).toMatchObject([
      { positionnement: own, 'fait par': 'vous', contenu: { answer: { hours: 7 } } },
      { positionnement: theirs, contenu: { learner: { email: other.email } } },
    ])
    const list = await pageOf(holder, PATH)
    expect([own, theirs].map((id) => list.includes(id))).toEqual([true, true])
    await holder.form('/mon-espace/effacement', { confirmation: 'effacer' })
    expect((await listOf(trainer))['items']).toEqual([])
    const left = await rows(service.db, sql`select 1 from positionings where id in (${own}::uuid, ${theirs}::uuid)`)
    expect(left).toEqual([])
  })

  test('an address added later finds what was made under it', async ({ service }) => {
    const trainer = await aTrainer(service)
    const holder = await signedIn(service)
    const second = anAddress()
    await addAddress(service, holder, second)
    const { body } = await position(trainer, second)
    expect(await pageOf(holder, PATH)).toContain(String(body['id']))
  })
})

test('pages of any size give each positioning once, in the order of the making', async ({ service }) => {
  const trainer = await aTrainer(service)
  const holder = await signedIn(service)
  const made: string[] = []
  for (let index = 0; index < 5; index++) made.push(String((await position(trainer, holder.email)).body['id']))
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 7 }), async (limit) => {
      const seen: string[] = []
      const own: string[] = []
      for (let after = ''; ;) {
        const { items, next } = await listOf(trainer, `&limit=${limit}${after && `&after=${after}`}`)
        seen.push(...items.map((one: Json) => String(one['id'])))
        if (next === null) break
        after = String(next)
      }
      for (let after: string | undefined; ;) {
        const { items, next } = await listOfPerson(service.db, service.vault, holder.personId, { limit, after })
        own.push(...items.map((one) => one.id))
        if (next === null) break
        after = next
      }
      expect(seen).toEqual(made)
      expect(own).toEqual(made.toReversed())
    }),
    { numRuns: 7 },
  )
})

test('it is forgotten at the end of its period, and its person with it, not before', async ({ service }) => {
  const { db, vault } = service
  const trainer = await aTrainer(service)
  const email = anAddress()
  await position(trainer, email)
  const later = (days: number) => applyRetention(db, vault, config.retention, new Date(Date.now() + days * 86_400_000))
  const left = async () => {
    const found = await rows<{ erased: boolean }>(
      db,
      sql`select p.erased_at is not null as erased from positionings t join people p on p.id = t.person_id
          join organisations o on o.id = t.organisation_id where o.slug = ${trainer.slug}`,
    )
    return found.map((one) => one.erased)
  }
  await later(PERIODS.POSITIONINGS.days - 1)
  expect(await left()).toEqual([false])
  await later(PERIODS.POSITIONINGS.days + 1)
  expect(await left()).toEqual([])
})
