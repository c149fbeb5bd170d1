import { expect } from 'vitest'
import { requireAwardable } from '../src/organisations/networks.ts'
import { listAwardable } from '../src/organisations/organisation-badges.ts'
import { getOrganisation } from '../src/organisations/organisations.ts'
import { actor, type Json, type SignedIn, signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'
import { HOSTILE } from './support/hostile.ts'

const DRAFT = {
  name: 'Animer un atelier de quartier',
  name_en: 'Run a neighbourhood workshop',
  description: 'La personne sait préparer et animer un atelier.',
  description_en: 'The holder can prepare and run a workshop.',
  criteria: 'Avoir animé un atelier, observé par une formatrice ou un formateur.',
  does_not_mean: 'Ce badge n’est pas une certification.',
  does_not_mean_en: 'This badge is not a certification.',
  family: 'animation',
  pictogram: 'megaphone',
  level: '5',
  validity: 'P3Y',
  hours: '7',
}

/** An organisation, who administers it, and its trainer. */
async function aHouse(service: TestService) {
  const trainer = await aTrainer(service)
  const admin = await signedIn(service, { grants: [{ role: 'administrateur', organisation: trainer.slug }] })
  return { trainer, admin, slug: trainer.slug, path: `/organisme/${trainer.slug}/catalogue` }
}
type House = Awaited<ReturnType<typeof aHouse>>

async function begin({ admin, path }: House, name = DRAFT.name): Promise<string> {
  const { status, response } = await admin.form(path, { name })
  expect(status, response.body).toBe(303)
  return String(response.headers['location']).split('?')[0]!
}

/** Sends the editor, whose competences are lists. */
const save = (admin: SignedIn, path: string, fields: Json, faire = 'enregistrer') => {
  const { competences = [], ...texts } = fields
  const body = new URLSearchParams({ ...texts, faire, _jeton: admin.jeton })
  for (const [name, level] of competences as [string, string][]) {
    body.append('competence', name)
    body.append('niveau', level)
  }
  return admin.post(path, body.toString(), { 'content-type': 'application/x-www-form-urlencoded' })
}

async function publish(house: House, fields: Json = DRAFT): Promise<string> {
  const path = await begin(house)
  expect((await save(house.admin, path, fields)).status).toBe(303)
  const { status, response } = await house.admin.form(`${path}/publication`)
  expect(status, response.body).toBe(303)
  return path.split('/').at(-1)!
}

test('a badge that an organisation wrote is signed and verifies, and its page says whose it is', async ({
  service,
}) => {
  const house = await aHouse(service)
  const competences = [
    ['digcomp@3.0:1.1', '5'],
    ['mediation@1.0:M1', ''],
  ]
  const { body: frameworks } = await actor(service).get('/api/v1/frameworks/mediation/competences')
  competences[1]![0] = `mediation@1.0:${(frameworks['competences'] ?? frameworks['items'])[0].code}`
  const badge = await publish(house, { ...DRAFT, competences })
  expect(badge).toBe(`${house.slug}--animer-un-atelier-de`)
  const session = await aSession(house.trainer, { module: undefined, badge, hours: 7 })
  const row = aRow(1, { 'digcomp:1.1': '5' })
  const { receipts } = await sendCsv(service, house.trainer, session, csvOf([row]))
  expect(receipts[0]).toMatchObject({ outcome: 'issued' })
  const { pathname } = new URL(String(receipts[0]!['credential']))
  const { body: credential } = await actor(service).get(`${pathname}.json`)
  expect(credential['credentialSubject'].achievement).toMatchObject({ name: DRAFT.name, version: '1.0.0' })
  const { body: verification } = await actor(service).post('/api/v1/verifications', { credential })
  expect(verification['verdict'], JSON.stringify(verification['checks'])).toBe('valid')

  const page = (await actor(service).get(`/achievements/${badge}`, { accept: 'text/html' })).response.body
  expect(page).toContain('Il n’est pas du référentiel commun')
  expect(page).toContain('niveau 5 sur 8 (proposé)')
  const { body: catalogue } = await actor(service).get('/api/v1/achievements')
  expect(JSON.stringify(catalogue)).not.toContain(badge)
})

test('only its organisation awards it, while it is published and not withdrawn', async ({ service }) => {
  const [house, other] = [await aHouse(service), await aHouse(service)]
  const planned = { startsOn: '2026-03-31', endsOn: '2026-03-31', capacity: 5, modality: 'distance' }
  const plan = ({ trainer, slug }: House, badge: string) =>
    trainer.post('/api/v1/sessions', { ...planned, organisation: slug, badge })
  const draft = (await begin(house, 'Brouillon')).split('/').at(-1)!
  expect((await plan(house, draft)).body['code']).toBe('badge_not_published')
  const badge = await publish(house)
  expect((await plan(other, badge)).body['code']).toBe('badge_not_own')
  expect((await plan(house, 'aidants-connect')).body['code']).toBe('badge_not_own')
  expect((await plan(house, badge)).status).toBe(201)
  const both = { ...planned, organisation: house.slug, badge, module: 'aidants-connect' }
  expect((await house.trainer.post('/api/v1/sessions', both)).body['code']).toBe('session_subject')

  const organisation = await getOrganisation(service.db, house.slug)
  const own = async () => (await listAwardable(service.db, organisation)).filter((one) => one.own)
  expect(await own()).toEqual([{ value: `badge:${badge}`, name: DRAFT.name, own: true }])
  await requireAwardable(service.db, organisation, badge)
  expect((await house.admin.form(`${house.path}/${badge}/retrait`, { reason: 'Plus donné' })).status).toBe(303)
  expect(await own()).toEqual([])
  expect((await plan(house, badge)).body['code']).toBe('badge_withdrawn')
  expect((await house.admin.form(`${house.path}/${badge}/publication`)).status).toBe(303)
  expect(await own()).toHaveLength(1)

  for (const path of ['', '/apercu']) {
    expect((await other.admin.get(`${house.path}/${badge}${path}`)).status).toBe(403)
    expect((await other.admin.get(`${other.path}/${badge}${path}`)).status).toBe(404)
  }
  expect((await save(other.admin, `${other.path}/${badge}`, { ...DRAFT, name: 'Pris' })).status).toBe(404)
})

test('a published version never changes: another text is the next version, the same one is none', async ({
  service,
}) => {
  const house = await aHouse(service)
  const badge = await publish(house)
  const [path, versions] = [`${house.path}/${badge}`, `/achievements/${badge}`]
  const first = (await actor(service).get(`${versions}/1.0.0.json`)).response.body
  expect((await house.admin.form(`${path}/publication`)).status).toBe(303)
  expect((await actor(service).get(`${versions}/1.1.0.json`)).status).toBe(404)
  for (let n = 1; n <= 10; n++) {
    expect((await save(house.admin, path, { ...DRAFT, criteria: `Critères ${n}` })).status).toBe(303)
    expect((await house.admin.form(`${path}/publication`)).status).toBe(303)
  }
  expect((await actor(service).get(`${versions}.json`)).body).toMatchObject({
    version: '2.0.0',
    criteria: { narrative: 'Critères 10' },
  })
  expect((await actor(service).get(`${versions}/1.0.0.json`)).response.body).toBe(first)
})

test('what is missing, unknown or hostile is refused with its field, and what was typed is kept', async ({
  service,
}) => {
  const house = await aHouse(service)
  const { admin } = house
  const path = await begin(house)
  const incomplete = await admin.form(`${path}/publication`)
  expect(incomplete.status).toBe(422)
  expect(incomplete.response.body).toContain('Il manque ce que la personne sait faire')

  const refused = [
    [{ competences: [['digcomp@3.0:99', '1']] }, 'n’existe pas'],
    [{ competences: [['digcomp@3.0:1.1', '9']] }, 'niveaux 1 à 8'],
    [{ description: HOSTILE.long }, 'href="#description"'],
    [{ name: 'Deux\u0000mots' }, 'href="#name"'],
    [{ family: 'cuisine' }, 'href="#family"'],
  ] as const
  for (const [wrong, said] of refused) {
    const { status, response } = await save(admin, path, { ...DRAFT, criteria: 'Gardé à l’écran', ...wrong })
    expect(status, JSON.stringify(wrong).slice(0, 80)).toBe(422)
    expect(response.body.includes(said), said).toBe(true)
    expect(response.body.includes('Gardé à l’écran'), said).toBe(true)
  }

  const hostile = {
    ...DRAFT,
    name: HOSTILE.script.slice(0, 40),
    criteria: HOSTILE.quotes,
    description: HOSTILE.rightToLeft,
  }
  expect((await save(admin, path, hostile, 'apercu')).response.headers['location']).toBe(`${path}/apercu`)
  const preview = (await admin.get(`${path}/apercu`)).response.body
  expect(preview).not.toContain('<script>document')
  expect(preview).toContain('&#60;script&#62;')
})
