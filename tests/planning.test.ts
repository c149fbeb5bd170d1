import { expect } from 'vitest'
import type { Verifier } from '../src/credentials/verifier.ts'
import { createPlanner } from '../src/planning/planner.ts'
import { planPath } from '../src/planning/plan.ts'
import { workingDay } from '../src/planning/offer.ts'
import { actor, type Json } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aBadge, aSession, aTrainer } from './support/factories.ts'

type Step = {
  who: string | null
  module: { slug: string }
  session: { id: string } | null
  hoursSupposed: boolean
  answers: string[]
}
type Answer = Json & { plan: { steps: Step[]; hours: number; bound: number; proven: boolean } }

const ask = async (service: TestService, body: Json): Promise<Answer> => {
  const response = await actor(service).post('/api/v1/paths/plan', body)
  expect(response.status, JSON.stringify(response.body)).toBe(200)
  return response.body as Answer
}
/** Plans without badges ask it nothing. */
const NO_BADGE = {} as Verifier

const D = (code: string) => ({ framework: 'mediation', version: '1.0', code })
const AIDANTS = { habilitation: 'aidants-connect' }
const slugs = ({ plan }: Answer) => plan.steps.map((one) => one.module.slug)

test('a plan says its hours, their proof, why each module is there, and what would do nearly as well', async ({
  service,
}) => {
  const answer = await ask(service, { target: AIDANTS })
  expect(slugs(answer)).toEqual(['aidants-connect'])
  expect(answer.plan).toMatchObject({ hours: 7, bound: 7, proven: true })
  expect(answer.plan.steps[0]!.answers).toHaveLength(2)
  expect(answer['alternatives']).toHaveLength(2)
})

test('what someone can already do is not taught again, and the hours saved are counted', async ({ service }) => {
  const target = { metier: 'agent-ccas' }
  const whole = await ask(service, { target })
  const less = await ask(service, { target, evidence: { competences: [{ ...D('D1'), basis: 'declaration' }] } })
  expect(less.plan.hours).toBeLessThan(whole.plan.hours)
  expect(less['hoursSaved']).toBe(whole.plan.hours - less.plan.hours)
  const labels = less.plan.steps.flatMap((one) => one.answers)
  expect(labels.some((one) => one.startsWith('D1 '))).toBe(false)

  const all = ['D1', 'D2', 'D3', 'D4', 'D5', 'D6'].map((code) => ({ ...D(code), basis: 'badge' }))
  const none = await ask(service, { target, evidence: { competences: all } })
  expect(none.plan.steps).toEqual([])
})

test('a level counts when it is reached, and an unstated one does not', async ({ service }) => {
  const asked = { framework: 'digcomp', version: '3.0', code: '4.2', level: 5 }
  const target = { competences: [asked] }
  const at = async (level: number | null) =>
    (await ask(service, { target, evidence: { competences: [{ ...asked, level, basis: 'pix' }] } })).plan.steps.length
  expect([await at(4), await at(null), await at(5), await at(6)]).toEqual([1, 1, 0, 0])
})

test('where nothing respects every wish, the fewest to give up are named', async ({ service }) => {
  const cpf = await ask(service, { target: AIDANTS, wishes: { cpf: true, modality: ['presentiel'] } })
  expect(cpf).toMatchObject({
    outcome: 'impossible',
    proven: true,
    toGiveUp: { wishes: ['des formations finançables par le CPF seulement'], needs: [] },
  })
  const level = await ask(service, {
    target: { competences: [{ framework: 'digcomp', version: '3.0', code: '4.2', level: 8 }] },
  })
  expect(level['toGiveUp']).toMatchObject({ wishes: [], needs: [expect.stringMatching(/^4\.2 /)] })
})

test('with dates, it takes open sessions only: not full, not called off, not past, in the département', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const plan = (given: Json) => aSession(trainer, { hours: 7, ...given })
  const on = (day: string) => ({ startsOn: day, endsOn: day })
  const soon = await plan({ ...on('2030-03-05'), departement: '42', capacity: 1 })
  const full = await plan({ ...on('2030-03-04'), departement: '42', capacity: 1 })
  await trainer.post(`/api/v1/sessions/${full}/enrolments`, [
    { email: 'pleine@exemple.invalid', givenName: 'Zoé', familyName: 'Exemple-Pleine' },
  ])
  const off = await plan({ ...on('2030-03-03'), departement: '42' })
  await trainer.post(`/api/v1/sessions/${off}/cancellation`, { reason: 'Salle indisponible' })
  await plan({ ...on('2030-03-02'), departement: '43' })
  const asked = { target: AIDANTS, dated: true, objective: 'end', wishes: { departements: ['42'] } }
  const answer = await ask(service, asked)
  expect(answer.plan.steps.map((one) => one.session?.id)).toEqual([soon])
  const nowhere = await ask(service, { ...asked, wishes: { departements: ['44'] } })
  expect(nowhere).toMatchObject({ outcome: 'impossible', toGiveUp: { wishes: ['le département'], needs: [] } })
})

test('contradictions and unknown names are refused with their reason', async ({ service }) => {
  const refused = async (body: Json) => {
    const { body: problem } = await actor(service).post('/api/v1/paths/plan', body)
    return [problem['code'], problem['detail']]
  }
  expect(await refused({ target: {} })).toEqual(['plan_target', 'Un parcours mène à un seul but.'])
  expect(await refused({ target: { ...AIDANTS, metier: 'aidant-numerique' } })).toEqual([
    'plan_target',
    'Un parcours mène à un seul but.',
  ])
  expect((await refused({ target: { competences: [D('D99')] } }))[0]).toBe('plan_target')
  expect((await refused({ target: { certification: 'rncp40695', blocks: ['CCP9'] } }))[1]).toContain('CCP9')
  expect((await refused({ target: AIDANTS, evidence: { modules: ['nulle-part'] } }))[1]).toContain('nulle-part')
  expect((await refused({ target: AIDANTS, wishes: { from: '2030-02-01', until: '2030-01-01' } }))[1]).toContain(
    'finit avant',
  )
  expect((await refused({ target: AIDANTS, objective: 'end' }))[1]).toContain('dates')
})

test('days worked follow each other over a week-end', () => {
  const days = ['2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23'].map(workingDay)
  expect(days.map((day) => day - days[0]!)).toEqual([0, 1, 2, 2, 2])
})

test('many plans at once wait their turn, and beyond that are told so', async ({ service }) => {
  const planner = createPlanner({ threads: 1 })
  const deps = { db: service.db, verifier: NO_BADGE, baseUrl: 'https://insigne.test' }
  const asked = Array.from({ length: 40 }, () => planPath({ ...deps, planner }, { target: AIDANTS }))
  const codes = (await Promise.allSettled(asked)).map((one) => (one.status === 'fulfilled' ? 'found' : one.reason.code))
  expect(new Set(codes)).toEqual(new Set(['found', 'planner_busy']))
  await planner.close()
})

test('for a team, hours are least where someone has it already, and each module says who follows it', async ({
  service,
}) => {
  const knows = {
    competences: [
      { ...D('D4'), basis: 'badge' },
      { ...D('D5'), basis: 'badge' },
    ],
  }
  const team = [{ name: 'A', evidence: knows }, { name: 'B' }, { name: 'C' }]
  const one = await ask(service, { target: AIDANTS, team })
  expect(one.plan.steps).toEqual([])
  const two = await ask(service, { target: AIDANTS, team, coverage: 2 })
  expect(two.plan.hours).toBe(7)
  expect(two.plan.steps.map((step) => step.who)).not.toContain('A')
  const all = await ask(service, { target: AIDANTS, team, coverage: 3 })
  expect(all.plan.steps.map((step) => step.who)).toEqual(['B', 'C'])
})

test('a team does not take more places of a session than there are', async ({ service }) => {
  const trainer = await aTrainer(service)
  const given = { hours: 7, departement: '976', capacity: 1 }
  const first = await aSession(trainer, { ...given, startsOn: '2031-03-05', endsOn: '2031-03-05' })
  const asked = {
    target: AIDANTS,
    dated: true,
    team: [{ name: 'A' }, { name: 'B' }],
    coverage: 2,
    wishes: { departements: ['976'], modality: ['presentiel'] },
  }
  expect((await ask(service, asked))['outcome']).toBe('impossible')
  const second = await aSession(trainer, { ...given, startsOn: '2031-03-12', endsOn: '2031-03-12' })
  const { plan } = await ask(service, asked)
  expect(new Set(plan.steps.map((step) => step.session!.id))).toEqual(new Set([first, second]))
})

test('a badge counts for what its signed payload says, for the person it was delivered to, while it holds', async ({
  service,
}) => {
  const { path, trainer } = await aBadge(service, { given_name: 'Nadia', family_name: 'Exemple', 'digcomp:4.2': '6' })
  const signed = (await actor(service).get(`${path}.json`)).body
  const asked = { framework: 'digcomp', version: '3.0', code: '4.2' }
  const plan = (level: number, evidence: Json) =>
    actor(service).post('/api/v1/paths/plan', { target: { competences: [{ ...asked, level }] }, evidence })
  const mine = { badges: [signed], recipient: 'Nadia Exemple' }
  expect((await plan(6, mine)).body).toMatchObject({ plan: { steps: [] } })
  expect((await plan(7, mine)).body).toMatchObject({ outcome: 'impossible' })

  const refusal = async (evidence: Json) => (await plan(6, evidence)).body
  expect(await refusal({ badges: [signed] })).toMatchObject({ code: 'plan_evidence', field: 'evidence/recipient' })
  expect(await refusal({ ...mine, recipient: 'Une autre personne' })).toMatchObject({
    code: 'plan_evidence',
    field: 'evidence/badges/0',
    detail: expect.stringContaining('n’a pas été délivré'),
  })
  await trainer.post(`/api/v1${path}/revocation`, { reason: 'Délivré par erreur' })
  expect(await refusal(mine)).toMatchObject({ code: 'plan_evidence', detail: expect.stringContaining('révoqué') })
})
