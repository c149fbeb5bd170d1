import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { describe, expect } from 'vitest'
import { addDays, parisDate } from '../src/days.ts'
import { rows } from '../src/db.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { addAddress, proofLink } from './support/addresses.ts'
import { test, type TestService } from './support/app.ts'
import { aBadge } from './support/factories.ts'
import { aShare, askShare, plain } from './support/shares.ts'

const HTML = { accept: 'text/html' }
const NAME = { given_name: 'Anaïs', family_name: 'Modèle-Unique' }
const PATH = '/mon-espace/partages'

async function aHolder(service: TestService) {
  const holder = await signedIn(service)
  return { holder, ...(await aBadge(service, { email: holder.email, ...NAME })) }
}

const open = async (service: TestService, path: string) => {
  const { status, response } = await actor(service).get(path, HTML)
  return { status, body: plain(response.body), headers: response.headers }
}

describe('a link that shows badges', () => {
  test('says who only when its holder wants it, whatever the page of the badge does', async ({ service }) => {
    const { holder, id, path } = await aHolder(service)
    await holder.form(`/mon-espace/badges/${id}/nom`, { visible: 'oui' })
    const quiet = await aShare(service, holder, { badges: id, label: 'Pour la mairie' })
    const { body, headers } = await open(service, quiet.path)
    expect(body).toContain('Badge authentique et valable')
    for (const text of ['Modèle-Unique', 'mairie', holder.email, holder.personId]) expect(body).not.toContain(text)
    expect(body).not.toContain('Habilitation Aidants Connect</h2>')
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
    expect(headers['referrer-policy']).toBe('same-origin')

    await holder.form(`/mon-espace/badges/${id}/nom`, { visible: 'non' })
    const named = await aShare(service, holder, { badges: id, show: ['name', 'habilitations'] })
    const shown = (await open(service, `${named.path}?lang=en`)).body
    expect(shown).toContain('Badges of Anaïs Modèle-Unique')
    expect(shown).toContain('no Aidants Connect authorisation')
    expect((await open(service, path)).body).not.toContain('Modèle-Unique')
  })

  test('tells at each reading whether the badge holds', async ({ service }) => {
    const { holder, id, trainer } = await aHolder(service)
    const { path } = await aShare(service, holder, { badges: id })
    expect((await open(service, path)).body).toContain('data-tone="valid">Valable<')
    await trainer.post(`/api/v1/credentials/${id}/revocation`, { reason: 'Délivré par erreur' })
    const { body } = await open(service, path)
    expect(body).toContain('data-tone="invalid">Non valable<')
    expect(body).not.toContain('data-tone="valid"')
  })

  test('ended, withdrawn or never given, says nothing of anybody', async ({ service }) => {
    const { holder, id } = await aHolder(service)
    const ended = await aShare(service, holder, { badges: id, show: 'name' })
    await service.db.execute(
      sql`update shares set created_at = now() - interval '2 days', expires_at = now() - interval '1 day' where id = ${ended.id}`,
    )
    const withdrawn = await aShare(service, holder, { badges: id, show: 'name' })
    const stranger = await signedIn(service)
    expect((await stranger.form(`${PATH}/${withdrawn.id}/retrait`)).status).toBe(404)
    expect((await open(service, withdrawn.path)).status).toBe(200)
    for (let times = 0; times < 2; times++) await holder.form(`${PATH}/${withdrawn.id}/retrait`)
    const bodies = await Promise.all([ended.path, withdrawn.path].map((path) => open(service, path)))
    const without = bodies.map(({ status, body }, n) => [status, body.replaceAll([ended, withdrawn][n]!.path, '')])
    expect(without[0]).toEqual(without[1])
    expect(without[0]![0]).toBe(410)
    expect(bodies[0]!.body).not.toContain('Modèle-Unique')
    expect(await open(service, `/partages/${randomUUID()}`)).toMatchObject({ status: 404 })
    const told = await rows<Json>(
      service.db,
      sql`select action from journal where subject = ${`share:${withdrawn.id}`} order by position`,
    )
    expect(told).toEqual([{ action: 'share.created' }, { action: 'share.withdrawn' }])
  })
})

describe('a link is refused, with what was typed', () => {
  const today = parisDate(new Date())
  const wrong: [what: string, fields: (mine: string) => Record<string, string | string[]>, said: string][] = [
    ['without a badge', () => ({}), 'Aucun badge n’est choisi'],
    ['with a badge of someone else', (mine) => ({ badges: [mine, randomUUID()] }), 'n’est pas dans votre espace'],
    ['with more than thirty', () => ({ badges: Array.from({ length: 31 }, () => randomUUID()) }), 'au plus 30 badges'],
    ['ending yesterday', (mine) => ({ badges: mine, until: addDays(today, -1) }), 'aujourd’hui au plus tôt'],
    ['ending in more than a year', (mine) => ({ badges: mine, until: addDays(today, 366) }), 'dans un an au plus tard'],
    ['ending on no day', (mine) => ({ badges: mine, until: '2027-13-45' }), 'n’est pas celle attendue'],
    ['for a number of days of one’s own', (mine) => ({ badges: mine, days: '100000' }), 'l’une des valeurs proposées'],
    ['with a field of one’s own', (mine) => ({ badges: mine, personId: randomUUID() }), 'n’est pas celle attendue'],
  ]
  test.for(wrong)('%s', async ([, fields, said], { service }) => {
    const { holder, id } = await aHolder(service)
    const { status, response } = await askShare(holder, { label: 'Pour <i>moi</i>', ...fields(id) })
    const body = plain(response.body)
    expect(status).toBe(422)
    expect(body).toContain(said)
    expect(body).toContain('value="Pour &#60;i&#62;moi&#60;/i&#62;"')
    expect(await rows(service.db, sql`select 1 from shares where person_id = ${holder.personId}`)).toEqual([])
  })

  test('beyond fifty that are open', async ({ service }) => {
    const { holder, id } = await aHolder(service)
    await service.db.execute(
      sql`insert into shares (person_id, secret_hash, secret, show_name, show_habilitations, expires_at)
          select ${holder.personId}, 'essai ' || n || ${holder.personId}, ${service.vault.seal('share/secret', 'essai')}, false, false, now() + interval '1 day'
          from generate_series(1, 50) n`,
    )
    const { status, response } = await askShare(holder, { badges: id })
    expect([status, plain(response.body).includes('déjà 50 liens ouverts')]).toEqual([409, true])
  })
})

test('links follow their holder: into the export, into a space that is joined, and away', async ({ service }) => {
  const { holder, id } = await aHolder(service)
  const share = await aShare(service, holder, { badges: id, show: 'name', label: 'Pour la mairie' })
  const data = JSON.parse((await holder.get('/mon-espace/donnees.json')).response.body) as Record<string, Json[]>
  expect(data['Liens par lesquels vous montrez vos badges']).toMatchObject([
    { 'pour qui': 'Pour la mairie', badges: [id], 'nom montré': 'oui' },
  ])

  const joining = await signedIn(service)
  const link = await proofLink(service, joining, holder.email)
  await joining.form(link.replace('/confirmation/', '/reunion/'))
  expect((await open(service, share.path)).body).toContain('Anaïs Modèle-Unique')
  expect((await joining.get(PATH, HTML)).response.body).toContain(share.path)
  await addAddress(service, joining, `autre-${randomUUID()}@exemple.invalid`)

  await joining.form('/mon-espace/effacement', { confirmation: 'EFFACER' })
  expect((await open(service, share.path)).status).toBe(404)
  expect(await rows(service.db, sql`select 1 from shared_credentials where share_id = ${share.id}`)).toEqual([])
})

test('what is missing for a métier counts only badges that hold, and says what teaches the rest', async ({
  service,
}) => {
  const { holder, id, trainer } = await aHolder(service)
  const gap = async () => plain((await holder.get('/mon-espace/metiers/mediateur-numerique', HTML)).response.body)
  const before = await gap()
  // D4 and D5 are those of the training for Aidants Connect; D8 is taught elsewhere.
  const { body } = await holder.get('/api/v1/metiers')
  const asked = body['items'].find((one: Json) => one['slug'] === 'mediateur-numerique')['competences'] as Json[]
  const modules = (await holder.get('/api/v1/modules')).body['items'] as Json[]
  const taught: Json[] = modules.find((one) => one['slug'] === 'aidants-connect')!['competences']
  const isTrade = (one: Json) => one['framework'] === 'mediation'
  const isTaught = (one: Json) =>
    taught.some(({ framework, code }) => framework === one['framework'] && code === one['code'])
  const [trade, digital] = [asked.filter(isTrade), asked.filter((one) => !isTrade(one))]
  const shares = (counts: (one: Json) => boolean) =>
    `Vos badges montrent ${trade.filter(counts).length} des ${trade.length} compétences du métier et ${digital.filter(counts).length} des ${digital.length} compétences numériques.`
  expect(trade.filter(isTaught)).toHaveLength(2)
  expect(before).toContain(shares(isTaught))
  expect(before).toMatch(/mediation\/1\.0\/D8[^]*?Manque[^]*?href="\/modules\/[^]*?lien proposé/)
  expect((await holder.get('/mon-espace/competences', HTML)).response.body).toContain(id)
  await trainer.post(`/api/v1/credentials/${id}/suspension`, { reason: 'Contrôle en cours' })
  const after = await gap()
  expect(after).toContain(shares(() => false))
  expect(after).toContain('Un de vos badges ne vaut plus aujourd’hui')
  for (const page of ['competences', 'parcours'])
    expect((await holder.get(`/mon-espace/${page}`, HTML)).response.body).toContain('class="empty"')
  expect((await holder.get('/mon-espace/metiers?metier=conseiller-numerique')).response.headers.location).toBe(
    '/mon-espace/metiers/conseiller-numerique',
  )
  const funded = (await holder.get('/mon-espace/metiers/conseiller-numerique', HTML)).response.body
  expect(plain(funded)).toContain('celles du métier qu’il finance')
})
