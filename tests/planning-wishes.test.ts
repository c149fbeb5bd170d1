import { expect } from 'vitest'
import { daysOf } from '../src/planning/offer.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aSession, aTrainer } from './support/factories.ts'

const D = (code: string) => ({ framework: 'mediation', version: '1.0', code })
const AIDANTS = { habilitation: 'aidants-connect' }
/** What one module alone teaches, the habilitation's: sessions of another one never answer it. */
const on = (startsOn: string, endsOn = startsOn) => ({ startsOn, endsOn, hours: 7 })

async function ask(service: TestService, body: Json): Promise<Json> {
  const sent = await actor(service).post('/api/v1/paths/plan', body)
  expect(sent.status, JSON.stringify(sent.body)).toBe(200)
  return sent.body
}
const sessionsOf = ({ plan }: Json): string[] => plan.steps.map((one: Json) => one['session'].id)
/** Each smallest set of wishes to give up. */
const waysOf = (answer: Json): string[] =>
  [answer, ...(answer['otherWays'] as Json[])].map((one) => one['toGiveUp'].wishes.join(', '))
/** A département of its own, so that no session of another test is in it. */
const inside = (departement: string) => ({ departements: [departement], modality: ['presentiel'] })

test('the cheapest plan takes published prices, says how many sessions had none, and supposes one only when asked', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const plan = (priceCents?: number) =>
    aSession(trainer, { ...on('2032-03-01'), departement: '52', ...(priceCents !== undefined && { priceCents }) })
  await plan(45_000)
  const cheap = await plan(30_050)
  const unknown = await plan()
  const asked = { target: AIDANTS, dated: true, objective: 'cost', wishes: inside('52') }
  const answer = await ask(service, asked)
  expect(sessionsOf(answer)).toEqual([cheap])
  expect(answer['plan']).toMatchObject({ cost: 30_050, unit: 'cents', value: 30_050, bound: 30_050, proven: true })
  expect(answer['sessionsWithoutPrice']).toBeGreaterThanOrEqual(1)

  const supposed = await ask(service, { ...asked, supposedCost: 10_000 })
  expect(sessionsOf(supposed)).toEqual([unknown])
  expect(supposed['plan']).toMatchObject({ cost: 10_000, costSupposed: true })
  expect(supposed['sessionsWithoutPrice']).toBe(0)

  // By hours, the same sessions: a plan with an unknown price has no cost at all.
  const hours = await ask(service, { ...asked, objective: 'hours' })
  const all = [hours['plan'], ...hours['alternatives']] as Json[]
  const priced = all.map((one) => [one['steps'][0].session.id === unknown, one['cost'] === null])
  expect(priced.every(([isUnknown, isNull]) => isUnknown === isNull)).toBe(true)
})

test('where only sessions without a price are left, that is what is to be given up', async ({ service }) => {
  const trainer = await aTrainer(service)
  const only = await aSession(trainer, { ...on('2032-03-08'), departement: '55' })
  const answer = await ask(service, { target: AIDANTS, dated: true, objective: 'cost', wishes: inside('55') })
  expect(waysOf(answer)).toContain('un prix publié')
  const way = [answer, ...answer['otherWays']].find((one) => one['toGiveUp'].wishes[0] === 'un prix publié')
  expect(way['planIfGivenUp']).toMatchObject({ cost: null, unit: 'hours', steps: [{ session: { id: only } }] })
})

test('what evidence saves is counted in the objective, in cents too', async ({ service }) => {
  const trainer = await aTrainer(service)
  await aSession(trainer, { ...on('2032-03-10'), departement: '58', priceCents: 12_000 })
  const evidence = { competences: ['D4', 'D5'].map((code) => ({ ...D(code), basis: 'badge' })) }
  const wishes = inside('58')
  const answer = await ask(service, { target: AIDANTS, dated: true, objective: 'cost', wishes, evidence })
  expect(answer).toMatchObject({ plan: { steps: [] }, saved: { unit: 'cents', value: 12_000 }, hoursSaved: null })
})

test('a price is typed in euros, refused beyond what is admitted, and shown on the page of the session', async ({
  service,
}) => {
  const { slug } = await aTrainer(service)
  const person = await signedIn(service, { grants: [{ role: 'formateur', organisation: slug }] })
  const form = {
    subject: 'module:aidants-connect',
    startsOn: '2032-05-03',
    endsOn: '2032-05-03',
    modality: 'presentiel',
    departement: '69',
    capacity: '8',
    hours: '7',
  }
  const path = `/organisme/${slug}/sessions`
  const kept = await person.form(path, { ...form, price: '450,50' })
  const page = await person.get(String(kept.response.headers['location']).split('?')[0]!, { accept: 'text/html' })
  expect(page.response.body).toMatch(/Prix par personne<\/dt>\s*<dd>450,50\s€/)
  const api = await actor(service, 'formateur', slug).get(`/api/v1/sessions?organisation=${slug}`)
  expect(api.body['items']).toMatchObject([{ priceCents: 45_050 }])
  for (const price of ['100000,01', '450,505', '-3', 'gratuit']) {
    const refused = await person.form(path, { ...form, price }, { accept: 'text/html' })
    expect([400, 422]).toContain(refused.status)
    expect(refused.response.body).toContain(`value="${price}"`)
  }
  const beyond = await actor(service, 'formateur', slug).post('/api/v1/sessions', {
    organisation: slug,
    module: 'aidants-connect',
    modality: 'distance',
    capacity: 8,
    ...on('2032-05-03'),
    priceCents: 10_000_001,
  })
  expect(beyond.body).toMatchObject({ status: 422 })
})

test('a distance is counted from where one leaves, is none at a distance, and may be given up', async ({ service }) => {
  const trainer = await aTrainer(service)
  const near = await aSession(trainer, { ...on('2033-03-02'), departement: '42', endsOn: '2033-03-02' })
  const far = await aSession(trainer, { ...on('2033-03-01'), departement: '29' })
  const wishes = { from: '2033-03-01', until: '2033-03-02', modality: ['presentiel'] }
  const asked = (more: Json) => ({ target: AIDANTS, dated: true, objective: 'end', wishes: { ...wishes, ...more } })
  expect(sessionsOf(await ask(service, asked({})))).toEqual([far])
  const close = await ask(service, asked({ departure: '69', kilometres: 100 }))
  expect(sessionsOf(close)).toEqual([near])
  expect(close['plan'].steps[0].session.kilometres).toBe(50)

  const stuck = await ask(service, asked({ departure: '69', kilometres: 49 }))
  // Giving up the dates, or the modality, would do as well: both are said.
  expect(stuck['outcome']).toBe('impossible')
  expect(waysOf(stuck)).toContain('la distance')
  expect(new Set(waysOf(stuck)).size).toBe(waysOf(stuck).length)
  const way = [stuck, ...stuck['otherWays']].find((one) => one['toGiveUp'].wishes[0] === 'la distance')
  expect(way['planIfGivenUp']).toMatchObject({ endsOn: '2033-03-01', steps: [{ session: { id: far } }] })

  const remote = await aSession(trainer, { ...on('2033-04-04'), modality: 'distance', departement: undefined })
  const home = await ask(service, {
    target: AIDANTS,
    dated: true,
    wishes: { from: '2033-04-01', until: '2033-04-30', departure: '974', kilometres: 0 },
  })
  expect(sessionsOf(home)).toEqual([remote])
  expect(home['plan'].steps[0].session.kilometres).toBe(0)
})

test('each wish that nothing can respect is named, with the plan that giving it up allows', async ({ service }) => {
  const trainer = await aTrainer(service)
  const long = await aSession(trainer, { ...on('2034-03-06', '2034-03-08'), departement: '70' })
  const asked = (wishes: Json) => ({ target: AIDANTS, dated: true, wishes: { ...inside('70'), ...wishes } })
  const cases = [
    [{ daysInARow: 2 }, 'le nombre de jours d’absence de suite'],
    [{ until: '2034-03-07' }, 'les dates'],
    [{ from: '2034-03-07' }, 'les dates'],
    [{ departements: ['90'] }, 'le département'],
    [{ cpf: true }, 'des formations finançables par le CPF seulement'],
    [{ certifying: true }, 'des formations certifiantes seulement'],
    [{ modality: ['alternance'] }, 'la modalité'],
  ] as const
  for (const [wishes, words] of cases) {
    const answer = await ask(service, asked(wishes))
    expect(answer, words).toMatchObject({ outcome: 'impossible', proven: true })
    expect(waysOf(answer), words).toContain(words)
    for (const one of [answer, ...answer['otherWays']] as Json[]) {
      expect(one['toGiveUp'], words).toMatchObject({ wishes: [expect.any(String)], needs: [] })
      expect(one['planIfGivenUp'].steps.length, words).toBeGreaterThan(0)
    }
  }
  expect(sessionsOf(await ask(service, asked({ daysInARow: 3 })))).toEqual([long])
})

test('without sessions, the wishes that only sessions can respect are said not to count', async ({ service }) => {
  const wishes = { departements: ['69'], departure: '69', kilometres: 10, from: '2030-01-01', daysInARow: 1 }
  expect((await ask(service, { target: AIDANTS, wishes }))['ignored']).toEqual([
    'le département',
    'la distance',
    'les dates',
    'le nombre de jours d’absence de suite',
  ])
})

test('contradictory wishes and impossible teams are refused with their place', async ({ service }) => {
  const refused = async (body: Json) => {
    const sent = await actor(service).post('/api/v1/paths/plan', { target: AIDANTS, ...body })
    return [sent.body['code'], sent.body['field'] ?? null]
  }
  expect(await refused({ wishes: { kilometres: 50 } })).toEqual(['plan_wishes', 'wishes/departure'])
  expect(await refused({ objective: 'cost' })).toEqual(['plan_wishes', 'objective'])
  expect(await refused({ wishes: { modality: [] } })).toEqual(['plan_wishes', 'wishes/modality'])
  expect(await refused({ wishes: { departements: [] } })).toEqual(['plan_wishes', 'wishes/departements'])
  expect(await refused({ wishes: { departements: ['69', '20'] } })).toEqual(['departement_unknown', null])
  expect(await refused({ wishes: { departure: '00', kilometres: 5 } })).toEqual(['departement_unknown', null])
  const team = [{ name: 'A' }, { name: 'B' }]
  expect(await refused({ team, coverage: 3 })).toEqual(['plan_team', 'coverage'])
  expect(await refused({ coverage: 2 })).toEqual(['plan_team', 'coverage'])
  expect(await refused({ team: [...team, { name: 'A' }] })).toEqual(['plan_team', 'team'])
})

test('a week-end is lived on its own days, and no day of it is missed at work', async ({ service }) => {
  expect(daysOf('2026-11-20', '2026-11-23', '2026-11-20')).toMatchObject({ days: [0, 1, 2, 3] })
  const [friday, monday] = [
    daysOf('2026-11-20', '2026-11-20', '2026-11-20'),
    daysOf('2026-11-23', '2026-11-23', '2026-11-20'),
  ]
  expect(monday.away[0]! - friday.away[0]!).toBe(1)
  expect(daysOf('2026-11-21', '2026-11-22', '2026-11-20')).toEqual({ days: [1, 2], away: [] })

  const trainer = await aTrainer(service)
  // 9 and 10 July 2033 are a Saturday and a Sunday, the 11th a Monday.
  const weekend = await aSession(trainer, { ...on('2033-07-09', '2033-07-10'), departement: '87' })
  const week = await aSession(trainer, {
    module: 'accompagner-handicap',
    startsOn: '2033-07-11',
    endsOn: '2033-07-11',
    departement: '87',
  })
  const [first] = (await actor(service).get('/api/v1/modules/accompagner-handicap')).body['competences'] as Json[]
  const asked = (wishes: Json) => ({
    target: { competences: [D('D5'), first] },
    dated: true,
    wishes: { departements: ['87'], from: '2033-07-01', until: '2033-07-31', ...wishes },
  })
  const answer = await ask(service, asked({ daysInARow: 1 }))
  expect(new Set(sessionsOf(answer))).toEqual(new Set([weekend, week]))
})

const pix = (code: string) => ({ framework: 'pix', version: '2026', code, level: 5, basis: 'pix' })
const digcomp = (code: string, level: number | null = null) => ({ framework: 'digcomp', version: '3.0', code, level })

test('proposed tables count only when asked, in the sound direction, without their levels, and are named', async ({
  service,
}) => {
  const met = async (target: Json, competences: Json[], crosswalks?: string): Promise<Json> => {
    const evidence = { competences, ...(crosswalks && { crosswalks }) }
    return ask(service, { target: { competences: [target] }, evidence })
  }
  const isMet = async (...given: Parameters<typeof met>) => (await met(...given))['alreadyMet'].length === 1

  const close = await met(digcomp('2.1'), [pix('2.1')], 'proposed')
  expect(close['plan'].steps).toEqual([])
  expect(close['heldThrough']).toEqual([
    expect.objectContaining({
      who: null,
      relation: 'closeMatch',
      status: 'proposed',
      source: expect.arrayContaining([expect.anything()]),
      from: expect.objectContaining({ framework: 'pix', code: '2.1' }),
      held: expect.stringContaining('Interagir'),
    }),
  ])
  expect(await isMet(digcomp('2.1'), [pix('2.1')])).toBe(false)
  // A level asked is not reached: the two scales are not the same.
  expect(await isMet(digcomp('2.1', 1), [pix('2.1')], 'proposed')).toBe(false)
  // Pix 1.1 holds DigComp 1.1 and more: the whole shows the part, the part does not show the whole.
  expect(await isMet(digcomp('1.1'), [pix('1.1')], 'proposed')).toBe(true)
  expect(
    await isMet({ ...pix('1.1'), level: null, basis: undefined }, [{ ...digcomp('1.1'), basis: 'badge' }], 'proposed'),
  ).toBe(false)
  expect(await isMet(digcomp('2.5'), [pix('2.1')], 'proposed')).toBe(false)

  // An official table counts by itself, and its two versions share their scale.
  const former = { framework: 'digcomp', version: '2.2', code: '4.2', level: 5, basis: 'badge' }
  const official = await met(digcomp('4.2', 5), [former])
  expect(official['heldThrough']).toMatchObject([{ status: 'official', relation: 'exactMatch' }])
})

const html = { accept: 'text/html' }

test('the form says what contradicts itself beside its field, and keeps what was typed', async ({ service }) => {
  const path = '/parcours/calculer?but=habilitation:aidants-connect&calculer=1&km=30'
  const { status, response } = await actor(service).get(path, html)
  expect(status).toBe(422)
  expect(response.body).toContain('href="#depart"')
  expect(response.body).toMatch(/id="km"[^>]*value="30"/)
})

const team = (fields: Json): [string, Json] => ['/parcours/equipe', { but: 'habilitation:aidants-connect', ...fields }]

test('a team sees who follows what, and hears why a team is impossible', async ({ service }) => {
  const send = async (fields: Json) => (await actor(service).post(...team(fields), html)).response
  const knows = { acquis1: ['D4', 'D5'].map((code) => `mediation/1.0/${code}`) }
  const done = await send({ nom: ['Ada', 'Béa'], tenue: 1, ...knows })
  expect(done.body).toContain('il n’y a rien à suivre')
  const two = await send({ nom: ['Ada', '<b>Béa</b>'], tenue: 2, ...knows })
  expect(two.statusCode).toBe(200)
  expect(two.body).toContain('<th scope="col">&#60;b&#62;Béa&#60;/b&#62;</th>')
  expect(two.body.replaceAll(/\s+/g, ' ')).toMatch(/En tout<\/th> <td>0 heure<\/td> ?<td>\d+ heures<\/td>/)
  expect(two.headers['cache-control']).toBe('no-store')

  const twins = await send({ nom: ['Ada', 'Ada'], tenue: 1 })
  expect([twins.statusCode, twins.body.includes('portent le même nom')]).toEqual([422, true])
  const few = await send({ nom: ['Ada'], tenue: 2 })
  expect([few.statusCode, few.body.includes('l’équipe en compte 1')]).toEqual([422, true])
  const nowhere = await send({ but: 'metier:nulle-part', nom: ['Ada'], tenue: 1 })
  expect([nowhere.statusCode, nowhere.body.includes('Combien êtes-vous')]).toEqual([422, true])
})
