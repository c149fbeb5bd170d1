import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { hashEmail, identityObject } from '../src/credentials/recipient.ts'
import { rows } from '../src/db.ts'
import { addBadge } from '../src/proofs/badges-elsewhere.ts'
import { type Actor, actor, type Json, type SignedIn, signedIn } from './support/actors.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { aBadge, aTrainer } from './support/factories.ts'
import { aForeignBadge, foreignIssuer } from './support/foreign-issuer.ts'

const MARKUP = '<script>alert(1)</script>'
const PAGE = '/mon-espace/preuves'

const declare = async (holder: Actor, given: Json): Promise<Json> => {
  const { status, body } = await holder.post('/api/v1/proofs', given)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}
const aBlock = { kind: 'bloc', certification: 'rncp40695', block: 'CCP1' }
const aCheck = (organisation: string, proof: unknown, given: Json = {}) => ({
  organisation,
  proof,
  how: 'document',
  outcome: 'confirmed',
  reference: 'Diplôme n° 12',
  checkedOn: '2026-05-04',
  ...given,
})
const pageOf = async (holder: SignedIn) => (await holder.get(PAGE, { accept: 'text/html' })).response.body
const checksOf = (service: TestService, proof: unknown) =>
  rows<{ how: string; outcome: string }>(
    service.db,
    sql`select how, outcome from proof_checks where proof_id = ${proof} order by id`,
  )

test('what someone declares stands in three groups: what is learnt is never among certifications', async ({
  service,
}) => {
  const holder = await signedIn(service)
  await declare(holder, { kind: 'certification', certification: 'rncp40695', obtainedOn: '2026-01-15' })
  await declare(holder, aBlock)
  await declare(holder, { kind: 'bloc', title: 'Accueillir', issuedBy: 'Une école' })
  await declare(holder, { kind: 'diplome', title: 'Licence d’histoire', level: 6 })
  await declare(holder, { kind: 'vae', certification: 'rncp40695' })
  await declare(holder, { kind: 'pairs', title: 'Ateliers entre pairs', details: 'Douze séances' })
  await declare(holder, { kind: 'poste', title: 'Deux ans d’accueil' })

  const { body } = await holder.get('/api/v1/proofs')
  const kinds = Object.entries(body).map(([group, list]) => [group, (list as Json[]).map((one) => one['kind'])])
  expect(kinds).toEqual([
    ['certifications', ['certification', 'bloc', 'bloc']],
    ['diplomas', ['diplome', 'vae']],
    ['learnt', ['pairs', 'poste']],
  ])
  expect(body['certifications'][0]).toEqual({
    id: expect.any(String),
    kind: 'certification',
    group: 'certifications',
    title: 'Titre professionnel Médiateur numérique',
    certification: { slug: 'rncp40695', title: 'Titre professionnel Médiateur numérique' },
    isWholeCertification: true,
    block: null,
    obtainedOn: '2026-01-15',
    issuedBy: null,
    level: null,
    details: null,
    evidenceUrl: null,
    checked: { how: 'declaration' },
  })
  expect((body['learnt'] as Json[]).map((one) => one['isWholeCertification'])).toEqual([false, false])
  const someoneElse = await signedIn(service)
  expect((await someoneElse.get('/api/v1/proofs')).body).toEqual({ certifications: [], diplomas: [], learnt: [] })
  const mine = String(body['learnt'][0]['id'])
  expect((await someoneElse.get(`/api/v1/proofs/${mine}`)).status).toBe(404)
  expect((await holder.get(`/api/v1/proofs/${mine}`)).body).toMatchObject({ details: 'Douze séances' })
})

test('who holds a block is never shown as who holds the title', async ({ service }) => {
  const holder = await signedIn(service)
  const block = await declare(holder, aBlock)
  expect(block).toMatchObject({
    title: 'Bloc CCP1 de « Titre professionnel Médiateur numérique » : un bloc n’est pas le titre',
    isWholeCertification: false,
  })
  const free = await declare(holder, { kind: 'bloc', title: 'Titre professionnel Médiateur numérique' })
  expect(free).toMatchObject({
    title: 'Bloc « Titre professionnel Médiateur numérique » : un bloc n’est pas le titre',
    isWholeCertification: false,
  })
  const headings = Array.from((await pageOf(holder)).matchAll(/<h3>(.*?)<\/h3>/g), ([, heading]) => heading!)
  expect(headings).toHaveLength(2)
  for (const heading of headings) expect(heading).toMatch(/^Bloc .*un bloc n’est pas le titre$/)
})

test('each proof says how it was checked and by whom; checks are only added, and the newest tells', async ({
  service,
}) => {
  const [holder, trainer] = [await signedIn(service), await aTrainer(service)]
  const { id } = await declare(holder, { kind: 'diplome', title: 'Licence', obtainedOn: '2020-06-30' })
  const read = await trainer.get(`/api/v1/organisations/${trainer.slug}/proofs/${id}`)
  expect(read).toMatchObject({ status: 200, body: { title: 'Licence', checked: { how: 'declaration' } } })

  const confirmed = await trainer.post('/api/v1/proofs/checks', aCheck(trainer.slug, id))
  const checked = {
    how: 'document',
    outcome: 'confirmed',
    by: `Organisme ${trainer.slug}`,
    organisation: trainer.slug,
    on: '2026-05-04',
    reference: 'Diplôme n° 12',
    reason: null,
  }
  expect(confirmed).toMatchObject({ status: 201, body: { checked } })
  // The same check twice is one check.
  expect(await trainer.post('/api/v1/proofs/checks', aCheck(trainer.slug, id))).toMatchObject({
    status: 201,
    body: { checked },
  })
  expect(await checksOf(service, id)).toEqual([{ how: 'document', outcome: 'confirmed' }])
  expect(await pageOf(holder)).toContain(`Document vu par Organisme ${trainer.slug}, le 4 mai 2026.`)

  const refusal = aCheck(trainer.slug, id, { how: 'registre', outcome: 'refused', reason: `Absent ${MARKUP}` })
  expect((await trainer.post('/api/v1/proofs/checks', refusal)).body).toMatchObject({
    checked: { how: 'registre', outcome: 'refused', reason: `Absent ${MARKUP}` },
  })
  expect(await checksOf(service, id)).toHaveLength(2)
  const page = await pageOf(holder)
  expect(page).toContain(`Non confirmé par Organisme ${trainer.slug}, le 4 mai 2026.`)
  expect(page).toContain('Motif\u00A0: Absent &#60;script&#62;')

  const lines = await rows<{ action: string; named: boolean; text: string }>(
    service.db,
    sql`select action, organisation_id is not null as named, coalesce(details, '') as text from journal where subject = ${`proof:${id}`} order by position`,
  )
  expect(lines.map((one) => [one.action, one.named])).toEqual([
    ['proof.declared', false],
    ['proof.read', true],
    ['proof.checked', true],
    ['proof.read', true],
    ['proof.read', true],
    ['proof.checked', true],
    ['proof.read', true],
  ])
  expect(lines.map((one) => one.text).join()).not.toMatch(/Licence|Diplôme|Absent/)
})

test('nothing that was typed is readable at rest, and withdrawing leaves nothing of it', async ({ service }) => {
  const [holder, trainer] = [await signedIn(service), await aTrainer(service)]
  const { id } = await declare(holder, { kind: 'poste', title: 'Accueil à Exempleville', details: 'Avec Zoé' })
  await trainer.post('/api/v1/proofs/checks', aCheck(trainer.slug, id, { reference: 'Attestation de Zoé' }))
  const stored = async () =>
    JSON.stringify(
      await rows(
        service.db,
        sql`select p.*, k.* from proofs p left join proof_checks k on k.proof_id = p.id where p.id = ${id}`,
      ),
    )
  expect(await stored()).not.toMatch(/Exempleville|Zoé/)
  const someoneElse = await signedIn(service)
  expect((await someoneElse.post(`/api/v1/proofs/${id}/withdrawal`)).status).toBe(404)
  expect((await holder.post(`/api/v1/proofs/${id}/withdrawal`)).status).toBe(204)
  expect((await holder.post(`/api/v1/proofs/${id}/withdrawal`)).status).toBe(404)
  expect((await holder.get('/api/v1/proofs')).body['learnt']).toEqual([])
  expect((await trainer.get(`/api/v1/organisations/${trainer.slug}/proofs/${id}`)).status).toBe(404)
  expect((await trainer.post('/api/v1/proofs/checks', aCheck(trainer.slug, id))).status).toBe(404)
  const [left] = await rows<Json>(
    service.db,
    sql`select p.content, k.seen from proofs p join proof_checks k on k.proof_id = p.id where p.id = ${id}`,
  )
  expect(left).toEqual({ content: null, seen: null })
})

const WRONG: [string, Json, string][] = [
  ['an unknown certification', { kind: 'certification', certification: 'rncp1' }, 'unknown_certification'],
  ['an unknown block', { ...aBlock, block: 'CCP9' }, 'unknown_block'],
  ['a block of nothing', { kind: 'bloc', title: 'Accueillir', block: 'CCP1' }, 'proof_block'],
  ['a block that is not named', { kind: 'bloc', certification: 'rncp40695' }, 'proof_block'],
  ['a title with a block', { ...aBlock, kind: 'certification' }, 'proof_block'],
  ['peers with a certification', { kind: 'pairs', certification: 'rncp40695' }, 'proof_learnt'],
  ['neither a certification nor a title', { kind: 'diplome' }, 'proof_subject'],
  ['both', { kind: 'diplome', certification: 'rncp40695', title: 'Licence' }, 'proof_subject'],
  ['a day to come', { kind: 'diplome', title: 'Licence', obtainedOn: '2090-01-01' }, 'proof_in_future'],
  ['an address that is none', { kind: 'diplome', title: 'Licence', evidenceUrl: 'https://' }, 'evidence_url_invalid'],
]
test.for(WRONG)('a proof with %s is refused, and says how to mend it', async ([, given, code], { service }) => {
  const holder = await signedIn(service)
  const { status, body } = await holder.post('/api/v1/proofs', given)
  expect({ status, code: body['code'] }).toEqual({ status: 422, code })
  expect(body['mend'] ?? body['detail']).toMatch(/\p{L}{3}/u)
  expect((await holder.get('/api/v1/proofs')).body).toEqual({ certifications: [], diplomas: [], learnt: [] })
})

test('a form that is wrong is refused before it is read', async ({ service }) => {
  const holder = await signedIn(service)
  for (const given of [
    { kind: 'diplome', title: '   ' },
    { kind: 'diplome', title: 'x'.repeat(301) },
    { kind: 'habilitation', title: 'Aidants Connect' },
    { kind: 'diplome', title: 'Licence', level: 9 },
    { kind: 'diplome', title: 'Licence', evidenceUrl: 'javascript:alert(1)' },
    { kind: 'diplome', title: 'Licence', checked: { how: 'document' } },
  ]) {
    const { status, body } = await holder.post('/api/v1/proofs', given)
    expect([status, body['code']], JSON.stringify(given)).toEqual([422, 'invalid_fields'])
  }
  expect(await actor(service, 'titulaire').post('/api/v1/proofs', { kind: 'diplome', title: 'Licence' })).toMatchObject(
    {
      status: 403,
      body: { code: 'forbidden' },
    },
  )
})

test('a check is that of an organisation that one represents, approved or known, of a proof of someone else', async ({
  service,
}) => {
  const [holder, trainer, other] = [await signedIn(service), await aTrainer(service), await aTrainer(service)]
  const { id } = await declare(holder, { kind: 'diplome', title: 'Licence', obtainedOn: '2026-05-01' })
  const refused = async (who: Actor, given: Json) => {
    const { status, body } = await who.post('/api/v1/proofs/checks', given)
    return [status, body['code']]
  }
  expect(await refused(trainer, aCheck(other.slug, id))).toEqual([403, 'forbidden'])
  expect(await refused(actor(service, 'comite'), aCheck(trainer.slug, id))).toEqual([403, 'forbidden'])
  expect(await refused(trainer, aCheck(trainer.slug, id, { outcome: 'refused' }))).toEqual([422, 'check_reason'])
  expect(await refused(trainer, aCheck(trainer.slug, id, { checkedOn: '2090-01-01' }))).toEqual([
    422,
    'check_in_future',
  ])
  expect(await refused(trainer, aCheck(trainer.slug, id, { checkedOn: '2026-04-30' }))).toEqual([
    422,
    'check_before_proof',
  ])
  expect(await refused(trainer, aCheck(trainer.slug, id, { how: 'badge' }))).toEqual([422, 'invalid_fields'])
  // One does not attest what is one's own.
  const both = await signedIn(service, {
    personId: holder.personId,
    email: holder.email,
    grants: [{ role: 'administrateur', organisation: trainer.slug }],
  })
  expect(await refused(both, aCheck(trainer.slug, id))).toEqual([403, 'forbidden'])
  await actor(service, 'exploitant').post(`/api/v1/organisations/${trainer.slug}/suspension`, {
    reason: 'Essai de suspension',
  })
  expect(await refused(trainer, aCheck(trainer.slug, id))).toEqual([409, 'organisation_cannot_check'])
  expect(await checksOf(service, id)).toEqual([])
  expect((await refused(actor(service, 'employeur', other.slug), aCheck(other.slug, id)))[0]).toBe(201)
})

test('a badge of elsewhere is a checked proof when it verifies and is addressed to who adds it', async ({
  service,
}) => {
  const { db, vault } = service
  const [holder, issuer] = [await signedIn(service), await foreignIssuer()]
  const { did, badge, verifier } = issuer
  const to = (email: string, given: Json = {}) => {
    const identifier = identityObject('emailAddress', hashEmail(email, 'sel'))
    const about = { ...aForeignBadge(did)['credentialSubject'], identifier: [identifier] }
    return badge({ credentialSubject: about, ...given })
  }
  const add = (credential: unknown) =>
    addBadge(
      { db, vault, verifier, baseUrl: BASE_URL },
      { personId: holder.personId, author: `person:${holder.personId}` },
      { kind: 'certification', credential },
    )
  const mine = await to(holder.email.toUpperCase())
  const id = await add(mine)
  expect((await holder.get(`/api/v1/proofs/${id}`)).body).toMatchObject({
    title: 'Soudure',
    issuedBy: 'Atelier d’ailleurs',
    obtainedOn: '2026-01-10',
    certification: null,
    isWholeCertification: false,
    checked: { how: 'badge', outcome: 'confirmed', by: null, reference: 'https://ailleurs.example/badges/1' },
  })
  expect(await pageOf(holder)).toContain('Badge numérique vérifié le ')

  await expect(add(mine)).rejects.toMatchObject({ code: 'badge_known' })
  await expect(add(await to('personne@ailleurs.invalid'))).rejects.toMatchObject({ code: 'badge_not_yours' })
  await expect(add(await badge())).rejects.toMatchObject({ code: 'badge_not_yours' })
  await expect(add({ ...mine, name: 'Autre nom' })).rejects.toMatchObject({ code: 'badge_not_valid' })
  await expect(add(await to(holder.email, { validUntil: '2026-02-01T00:00:00Z' }))).rejects.toMatchObject({
    code: 'badge_not_valid',
  })
  expect((await holder.get('/api/v1/proofs')).body['certifications']).toHaveLength(1)

  // By the front door: a badge of this service is no proof of elsewhere.
  const given = await aBadge(service, { email: holder.email })
  expect(
    await holder.post('/api/v1/proofs/badges', { kind: 'certification', credential: given.credential }),
  ).toMatchObject({
    status: 409,
    body: { code: 'badge_is_ours' },
  })
})

test('the page takes a declaration and a withdrawal without a script, and shows markup as text', async ({
  service,
}) => {
  const holder = await signedIn(service)
  const sent = await holder.form(PAGE, {
    kind: 'diplome',
    subject: '',
    title: `Licence ${MARKUP}`,
    issuedBy: MARKUP,
    obtainedOn: '',
    details: MARKUP,
    evidenceUrl: 'https://exemple.invalid/"><script>',
  })
  expect([sent.status, sent.response.headers['location']]).toEqual([303, PAGE])
  expect((await holder.form(PAGE, { kind: 'bloc', subject: 'rncp34137/CCP2', title: '' })).status).toBe(303)
  const page = await pageOf(holder)
  expect(page).not.toContain(MARKUP)
  expect(page).not.toContain('"><script>')
  expect(page).toContain('Licence &#60;script&#62;')
  expect(page).toContain('Déclaré par la personne\u00A0; personne ne l’a encore vérifié.')
  expect(page.indexOf('Certifications et blocs')).toBeLessThan(page.indexOf('Bloc CCP2 de «'))
  expect(page.indexOf('Diplômes et validation')).toBeLessThan(page.indexOf('Licence &#60;'))
  expect(page).toContain('<option value="rncp34137/CCP2">Bloc CCP2 de')

  expect(
    (await holder.form(PAGE, { kind: 'diplome', title: 'Licence', obtainedOn: '2026-02-31' })).status,
  ).toBeGreaterThanOrEqual(400)
  const unreadable = await holder.form(
    `${PAGE}/badges`,
    { kind: 'diplome', credential: 'pas du JSON' },
    { accept: 'application/json' },
  )
  expect(unreadable).toMatchObject({ status: 422, body: { code: 'badge_unreadable' } })
  const [id] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(page)!
  expect((await holder.form(`${PAGE}/${id}/retrait`)).status).toBe(303)
  expect(await pageOf(holder)).not.toContain(id)
})
