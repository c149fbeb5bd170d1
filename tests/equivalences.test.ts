import { expect } from 'vitest'
import { actor, type Json, type SignedIn, signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aTrainer } from './support/factories.ts'
import { aForeignBadge } from './support/foreign-issuer.ts'
import { keyIssuer } from './support/key-issuer.ts'

const HTML = { accept: 'text/html' }
const D4 = { framework: 'mediation', version: '1.0', code: 'D4' }
const START = '/mon-espace/positionnement?but=metier:aidant-numerique'
const MARKUP = '<script>alert(1)</script>'

const pageOf = async (who: Pick<SignedIn, 'get'>, path: string) => (await who.get(path, HTML)).response.body

/** Someone who keeps a valid badge of elsewhere, and who administers an approved organisation. */
async function aScene(service: TestService) {
  const holder = await signedIn(service)
  const trainer = await aTrainer(service)
  const authority = await signedIn(service, { grants: [{ role: 'administrateur', organisation: trainer.slug }] })
  const issuer = await keyIssuer()
  const kept = await holder.post('/api/v1/wallet', { credential: await issuer.badgeFor(holder.email) })
  const id = String(kept.body['id'])
  const path = `/api/v1/organisations/${trainer.slug}/equivalences`
  const recognise = (given: Json = {}, who: Pick<SignedIn, 'post'> = authority) =>
    who.post(path, {
      issuer: issuer.did,
      achievement: issuer.achievement,
      name: 'Soudure',
      competences: [D4],
      reason: 'Le programme a été lu ligne à ligne',
      ...given,
    })
  const worth = async (): Promise<Json[]> => (await holder.get(`/api/v1/wallet/${id}`)).body['recognisedBy']
  return { holder, trainer, authority, issuer, id, path, recognise, worth }
}

const hoursOf = async (service: TestService, evidence: Json): Promise<number> =>
  (await actor(service).post('/api/v1/paths/plan', { target: { competences: [D4] }, evidence })).body['plan'].hours

test('recognised, a badge of elsewhere counts where its holder looks, always named as such; ended, it does not', async ({
  service,
}) => {
  const { holder, trainer, authority, recognise, worth, id, path } = await aScene(service)
  const hours = async () => {
    const [, n] = /<h2 id="parcours">[^<]*?, ([\d ]+) heures?/.exec(await pageOf(holder, `${START}&calculer=1`)) ?? []
    return Number(n)
  }
  const before = await hours()
  expect(await pageOf(holder, START)).toContain('badge d’ailleurs, pas encore reconnu')
  const made = await recognise({ competences: [D4, { ...D4, code: 'D3' }] })
  expect(made.status).toBe(201)
  expect(await worth()).toMatchObject([{ authority: `Organisme ${trainer.slug}`, competences: [D4, { code: 'D3' }] }])

  const words = `badge d’ailleurs, reconnu par Organisme ${trainer.slug}`
  for (const one of ['/mon-espace/competences', '/mon-espace/metiers/aidant-numerique', START]) {
    expect(await pageOf(holder, one), one).toContain(words)
  }
  expect(await hours()).toBeLessThan(before)
  const kept = await holder.form('/mon-espace/positionnement', { but: 'metier:aidant-numerique', rationale: '' })
  const positioning = String(kept.response.headers['location'])
  expect(await pageOf(holder, positioning)).toMatch(new RegExp(`badge «.Soudure.» \\(${words}\\)`))
  const page = await pageOf(holder, `/mon-espace/badges-d-ailleurs/${id}`)
  expect(page).toMatch(new RegExp(`reconnu par <strong>Organisme ${trainer.slug}</strong>[\\s\\S]*D4`))
  const list = await pageOf(actor(service), '/equivalences')
  expect(list).toContain('Le programme a été lu ligne à ligne')
  const open = (await actor(service).get('/api/v1/equivalences')).body['items'] as Json[]
  expect(open.find((one) => one['id'] === made.body['id'])).toMatchObject({
    name: 'Soudure',
    authority: { slug: trainer.slug },
    endsOn: null,
  })
  expect(JSON.stringify(open)).not.toContain(authority.personId)

  const end = `${path}/${made.body['id']}/end`
  expect((await authority.post(end, { reason: 'Programme changé' })).status).toBe(204)
  expect((await authority.post(end, { reason: 'Programme changé' })).status).toBe(404)
  expect(await worth()).toEqual([])
  expect(await hours()).toBe(before)
  expect(await pageOf(holder, positioning)).toMatch(/Depuis.: badge d’ailleurs, pas encore reconnu/)
  expect(await pageOf(holder, '/mon-espace/competences')).not.toContain(words)
})

test('a plan takes badges of elsewhere by what an organisation recognises, never by what they say of our frameworks', async ({
  service,
}) => {
  const { issuer, recognise } = await aScene(service)
  const email = 'apprenante@exemple.invalid'
  const { credentialSubject } = aForeignBadge(issuer.did)
  const alignment = [
    { type: ['Alignment'], targetName: 'D4', targetUrl: 'https://insigne.test/referentiels/mediation/1.0/D4' },
  ]
  const { badgeFor } = issuer
  const plain = await badgeFor(email)
  const boastful = await badgeFor(email, {
    credentialSubject: {
      ...plain['credentialSubject'],
      achievement: { ...credentialSubject.achievement, id: 'https://ailleurs.example/classes/vanite', alignment },
    },
  })
  const without = await hoursOf(service, {})
  expect(await hoursOf(service, { badges: [plain, boastful], recipient: email })).toBe(without)
  await recognise()
  expect(await hoursOf(service, { badges: [boastful], recipient: email })).toBe(without)
  expect(await hoursOf(service, { badges: [plain], recipient: email })).toBe(0)
  const wrong = await actor(service).post('/api/v1/paths/plan', {
    target: { competences: [D4] },
    evidence: { badges: [plain], recipient: 'autre@exemple.invalid' },
  })
  expect(wrong).toMatchObject({ status: 422, body: { code: 'plan_evidence' } })
})

test('it counts only from its first day to its last, from an organisation in order, and not for who said so', async ({
  service,
}) => {
  const { holder, trainer, recognise, worth, path } = await aScene(service)
  const operator = actor(service, 'exploitant')
  const once = async (given: Json) => {
    const { body } = await recognise(given)
    const found = await worth()
    await operator.post(`${path}/${body['id']}/end`, { reason: 'Essai' })
    return found.length
  }
  expect(await once({ startsOn: '2090-01-01' })).toBe(0)
  expect(await once({ startsOn: '2026-01-01', endsOn: '2026-02-01' })).toBe(0)
  expect(await once({ startsOn: '2026-01-01', endsOn: '2090-01-01' })).toBe(1)
  const own = await signedIn(service, {
    personId: holder.personId,
    email: holder.email,
    grants: [{ role: 'administrateur', organisation: trainer.slug }],
  })
  const mine = await recognise({}, own)
  expect([mine.status, await worth()]).toEqual([201, []])
  await operator.post(`${path}/${mine.body['id']}/end`, { reason: 'Essai' })
  await recognise({}, operator)
  expect(await worth()).toHaveLength(1)
  await operator.post(`/api/v1/organisations/${trainer.slug}/suspension`, { reason: 'Essai' })
  expect(await worth()).toEqual([])
  expect(await recognise({ achievement: 'https://a.example/b' })).toMatchObject({
    status: 409,
    body: { code: 'organisation_cannot_recognise' },
  })
})

test('what makes no sense is refused with what to do', async ({ service }) => {
  const { recognise, authority, path } = await aScene(service)
  const refused = async (given: Json) => {
    const { status, body } = await recognise(given)
    return [status, body['code']]
  }
  expect(await refused({ competences: [{ ...D4, code: 'Z9' }] })).toEqual([422, 'competence_unknown'])
  expect(await refused({ competences: [{ framework: 'digcomp', version: '3.0', code: '4.2', level: 99 }] })).toEqual([
    422,
    'level_out_of_scale',
  ])
  expect(await refused({ competences: [D4, D4] })).toEqual([422, 'competence_twice'])
  expect(await refused({ startsOn: '2026-02-01', endsOn: '2026-01-01' })).toEqual([422, 'equivalence_dates'])
  for (const wrong of [{ competences: [] }, { issuer: 'pas une adresse' }, { reason: '   ' }]) {
    expect(await refused(wrong)).toEqual([422, 'invalid_fields'])
  }
  await recognise()
  expect(await refused({})).toEqual([409, 'equivalence_exists'])
  const other = await aTrainer(service)
  const stranger = await signedIn(service, { grants: [{ role: 'administrateur', organisation: other.slug }] })
  expect((await recognise({}, stranger)).status).toBe(403)
  const { items } = (await actor(service).get('/api/v1/equivalences')).body as { items: Json[] }
  const theirs = `/api/v1/organisations/${other.slug}/equivalences/${items[0]!['id']}/end`
  expect((await stranger.post(theirs, { reason: 'Pas la mienne' })).status).toBe(404)
  expect((await authority.get(path.replace('equivalences', 'equivalence-requests'))).status).toBe(200)
  expect((await stranger.get(path.replace('equivalences', 'equivalence-requests'))).status).toBe(403)
})

test('holders ask; organisations see what and how many, never who, and may refuse with a reason', async ({
  service,
}) => {
  const { holder, authority, issuer, id, trainer, recognise } = await aScene(service)
  const second = await signedIn(service)
  const kept = await second.post('/api/v1/wallet', { credential: await issuer.badgeFor(second.email) })
  const ask = (who: SignedIn, of: string) => who.post(`/api/v1/wallet/${of}/recognition-request`)
  expect((await ask(holder, id)).status).toBe(204)
  expect((await ask(holder, id)).status).toBe(204)
  expect((await ask(second, String(kept.body['id']))).status).toBe(204)
  expect((await ask(second, id)).status).toBe(404)
  const queue = async () => {
    const { body } = await authority.get(`/api/v1/organisations/${trainer.slug}/equivalence-requests`)
    return (body['items'] as Json[]).filter((one) => one['issuer'] === issuer.did)
  }
  const [asked] = await queue()
  expect(asked).toMatchObject({ name: 'Soudure', achievement: issuer.achievement, people: 2, criteria: 'A soudé.' })
  const shown = await pageOf(authority, `/organisme/${trainer.slug}/equivalences`)
  expect(shown).toContain('2 personnes')
  for (const secret of [holder.email, holder.personId, second.personId]) {
    expect(shown + JSON.stringify(asked)).not.toContain(secret)
  }
  const refusal = `/api/v1/organisations/${trainer.slug}/equivalence-requests/${asked!['id']}/refusal`
  expect((await authority.post(refusal, { reason: `Hors sujet ${MARKUP}` })).status).toBe(204)
  expect((await authority.post(refusal, { reason: 'Encore' })).body['code']).toBe('request_closed')
  expect(await queue()).toEqual([])
  const page = await pageOf(holder, `/mon-espace/badges-d-ailleurs/${id}`)
  expect(page).toContain('Hors sujet &#60;script&#62;')
  expect((await ask(holder, id)).status).toBe(204)
  expect(await queue()).toHaveLength(1)
  await recognise()
  expect(await queue()).toEqual([])
  expect(await ask(holder, id)).toMatchObject({ status: 409, body: { code: 'already_recognised' } })
})

test('the form of an organisation keeps what is typed through its searches, and says what is missing', async ({
  service,
}) => {
  const { authority, issuer, trainer, worth, holder, id } = await aScene(service)
  await holder.post(`/api/v1/wallet/${id}/recognition-request`)
  const path = `/organisme/${trainer.slug}/equivalences`
  const [, demande] = new RegExp(`${path}/nouvelle\\?demande=([0-9a-f-]{36})`).exec(await pageOf(authority, path))!
  const form = await pageOf(authority, `${path}/nouvelle?demande=${demande}`)
  expect(form).toContain(`value="${issuer.did}"`)
  const typed = {
    name: 'Soudure',
    issuer: issuer.did,
    achievement: issuer.achievement,
    reason: 'Programme lu',
    startsOn: '',
    endsOn: '',
  }
  const send = (fields: Record<string, string>) => authority.form(`${path}/nouvelle`, { ...typed, ...fields }, HTML)
  const sought = await send({ recherche: 'D4', faire: 'chercher' })
  expect(sought.response.body).toContain('value="ajouter mediation@1.0:D4"')
  expect(sought.response.body).toContain('>Programme lu</textarea>')
  const added = await send({ faire: 'ajouter mediation@1.0:D4' })
  expect(added.response.body).toContain('name="competence" value="mediation@1.0:D4"')
  const none = await send({ faire: 'enregistrer' })
  expect([none.status, none.response.body]).toEqual([422, expect.stringContaining('Choisissez de une à vingt')])
  const unnamed = await send({ faire: 'enregistrer', issuer: MARKUP, competence: 'mediation@1.0:D4', niveau: '' })
  expect(unnamed.status).toBe(422)
  expect(unnamed.response.body).not.toContain(MARKUP)
  const done = await send({ faire: 'enregistrer', competence: 'mediation@1.0:D4', niveau: '' })
  expect(done.response.headers['location']).toBe(`${path}?fait=reconnu`)
  expect(await worth()).toHaveLength(1)
})
