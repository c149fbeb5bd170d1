import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './support/factories.ts'

/** The badge of a module or of a block, given to these people by a campaign; answers the ids of the badges. */
async function train(
  service: TestService,
  trainer: Trainer,
  what: { module?: string; block?: string },
  people: Record<string, string>[],
): Promise<string[]> {
  const subject = what.block ? { module: undefined, block: what.block } : { module: what.module }
  const session = await aSession(trainer, { ...subject, startsOn: '2026-03-01', capacity: 1000 })
  const { receipts } = await sendCsv(service, trainer, session, csvOf(people))
  expect(receipts.map((one) => one['outcome'])).toEqual(people.map(() => 'issued'))
  return receipts.map((one) => String(one['credential']).split('/').at(-1)!)
}

let people = 0
/** Someone that no other test knows. */
const someone = () => aRow(90_000 + people++)

/** The badges of milestones that someone holds, by name of class. */
const milestonesOf = (service: TestService, email: string) =>
  rows<{ id: string; slug: string; state: string; organisation: string; narrative: string; awardedOn: string }>(
    service.db,
    sql`select c.id, c.achievement_slug as slug, o.slug as organisation, w.narrative, w.awarded_on::text as "awardedOn",
          case when c.revoked_at is not null then 'revoked' when c.suspended_at is not null then 'suspended' else 'valid' end as state
        from awards w join credentials c on c.award_id = w.id join organisations o on o.id = w.organisation_id
        join people p on p.id = w.person_id
        where p.email_fingerprint = ${service.vault.fingerprint('people/email', email)} order by 2`,
  )

const TWO = ['diagnostiquer-autonomie-numerique', 'orientation-reseau-local'] as const
const BLOCKS = ['rncp34137/CCP1', 'rncp34137/CCP2', 'rncp34137/CCP3']

test('the last badge of a path gives its milestone in the same run, once, signed by who gave the last part', async ({
  service,
}) => {
  const [first, second] = [await aTrainer(service), await aTrainer(service)]
  const row = someone()
  await train(service, first, { module: TWO[0] }, [{ ...row, completed_on: '2026-03-10' }])
  expect(await milestonesOf(service, row['email']!)).toEqual([])
  await train(service, second, { module: TWO[1] }, [row])

  const [milestone, ...others] = await milestonesOf(service, row['email']!)
  expect(others).toEqual([])
  expect(milestone).toMatchObject({
    slug: 'parcours-secretaire-mairie',
    state: 'valid',
    organisation: second.slug,
    awardedOn: '2026-03-31',
  })
  expect(milestone!.narrative).toMatch(
    new RegExp(
      `^Ses parties : « .+ » \\(Organisme ${first.slug}, 10 mars 2026\\) ; « .+ » \\(Organisme ${second.slug}, 31 mars 2026\\)\\.$`,
    ),
  )
  const { body } = await actor(service).get(`/credentials/${milestone!.id}.json`)
  expect(body['credentialSubject']['achievement']['name']).toBe('Parcours secrétaire de mairie')
  const checked = await actor(service).post('/api/v1/verifications', { credential: body, recipient: row['email'] })
  expect(checked.body).toMatchObject({ verdict: 'valid' })

  // The same training again, elsewhere: one milestone still.
  await train(service, first, { module: TWO[1] }, [row])
  expect(await milestonesOf(service, row['email']!)).toHaveLength(1)
})

test('a path of one badge gives no milestone, nor does a suspended part; restored, it does', async ({ service }) => {
  const trainer = await aTrainer(service)
  const row = someone()
  await train(service, trainer, { module: 'aidants-connect' }, [row])
  const [part] = await train(service, trainer, { module: TWO[0] }, [row])
  await change(trainer, part!, 'suspension')
  await train(service, trainer, { module: TWO[1] }, [row])
  expect(await milestonesOf(service, row['email']!)).toEqual([])
  await change(trainer, part!, 'restoration')
  await service.queue.enqueue('awards.issue', {})
  await service.queue.idle()
  expect(await milestonesOf(service, row['email']!)).toMatchObject([{ slug: 'parcours-secretaire-mairie' }])
})

const change = async (trainer: Trainer, id: string, kind: string) => {
  const answer = await trainer.post(`/api/v1/credentials/${id}/${kind}`, { reason: 'Essai de la suite' })
  expect(answer.status).toBe(200)
}

test('a milestone follows its parts: suspended when one is, restored when it is, and its organisation has its say', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const row = someone()
  const state = async () => (await milestonesOf(service, row['email']!))[0]!.state
  await train(service, trainer, { module: TWO[0] }, [row])
  const [part] = await train(service, trainer, { module: TWO[1] }, [row])
  const [milestone] = await milestonesOf(service, row['email']!)

  await change(trainer, part!, 'suspension')
  expect(await state()).toBe('suspended')
  const page = await actor(service).get(`/credentials/${milestone!.id}`, { accept: 'text/html' })
  expect(page.response.body).toContain('Une de ses parties n’est plus valable.')
  await change(trainer, part!, 'restoration')
  expect(await state()).toBe('valid')

  // Revoked, the part is gone for good; the same training again makes the milestone whole.
  await change(trainer, part!, 'revocation')
  expect(await state()).toBe('suspended')
  const [again] = await train(service, trainer, { module: TWO[1] }, [row])
  expect(await state()).toBe('valid')

  // What the organisation suspended for a reason of its own stays so.
  await change(trainer, milestone!.id, 'suspension')
  await change(trainer, again!, 'suspension')
  await change(trainer, again!, 'restoration')
  expect(await state()).toBe('suspended')
})

test('the three blocks of a title give a milestone that is not the title; one block of a title gives none', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const row = someone()
  await train(service, trainer, { block: 'rncp40695/CCP1' }, [row])
  for (const block of BLOCKS.slice(0, 2)) await train(service, trainer, { block }, [row])
  expect(await milestonesOf(service, row['email']!)).toEqual([])
  await train(service, trainer, { block: BLOCKS[2]! }, [row])
  const [milestone, ...others] = await milestonesOf(service, row['email']!)
  expect(others).toEqual([])
  expect(milestone).toMatchObject({ slug: 'etape-blocs-rncp34137', state: 'valid' })

  const { body } = await actor(service).get(`/credentials/${milestone!.id}.json`)
  expect(body['credentialSubject']['achievement']).toMatchObject({
    name: 'Trois blocs du titre REMN obtenus',
    achievementType: 'Badge',
  })
  const page = (await actor(service).get('/achievements/etape-blocs-rncp34137', { accept: 'text/html' })).response.body
  expect(page).toContain('Trois blocs ne sont pas le titre : c’est le jury qui le décerne.'.replace(' :', '\u00A0:'))
})

test('a block checked by an organisation counts as a part; declared, refused or taken back, it does not', async ({
  service,
}) => {
  const [trainer, employer] = [await aTrainer(service), await aTrainer(service)]
  const row = someone()
  for (const block of BLOCKS.slice(0, 2)) await train(service, trainer, { block }, [row])
  const holder = await signedIn(service, { email: row['email']! })
  const declared = await holder.post('/api/v1/proofs', {
    kind: 'bloc',
    certification: 'rncp34137',
    block: 'CCP3',
    obtainedOn: '2026-04-02',
  })
  expect(declared.status).toBe(201)
  expect(await milestonesOf(service, row['email']!)).toEqual([])
  const check = async (given: Json) => {
    const sent = await employer.post('/api/v1/proofs/checks', {
      organisation: employer.slug,
      proof: declared.body['id'],
      how: 'document',
      outcome: 'confirmed',
      reference: 'Livret n° 12',
      checkedOn: '2026-05-04',
      ...given,
    })
    expect(sent.status).toBe(201)
    await service.queue.idle()
    return (await milestonesOf(service, row['email']!)).map((one) => one.state)
  }
  expect(await check({ outcome: 'refused', reason: 'Livret illisible' })).toEqual([])
  expect(await check({})).toEqual(['valid'])
  const [milestone] = await milestonesOf(service, row['email']!)
  expect(milestone).toMatchObject({ organisation: employer.slug, awardedOn: '2026-04-02' })
  expect(milestone!.narrative).toContain(`(vérifié par Organisme ${employer.slug}, 2 avril 2026)`)

  expect(await check({ outcome: 'refused', reason: 'Livret falsifié', checkedOn: '2026-05-05' })).toEqual(['suspended'])
  expect(await check({ how: 'registre', checkedOn: '2026-05-06' })).toEqual(['valid'])
  expect((await holder.post(`/api/v1/proofs/${String(declared.body['id'])}/withdrawal`)).status).toBe(204)
  expect((await milestonesOf(service, row['email']!)).map((one) => one.state)).toEqual(['suspended'])
})

test('five hundred people at once: each has one milestone, and a campaign that completes none stays cheap', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const group = Array.from({ length: 500 }, (_, index) => aRow(50_000 + index))
  const given = () =>
    rows<{ given: number; people: number }>(
      service.db,
      sql`select count(*)::int as given, count(distinct w.person_id)::int as people
          from awards w join credentials c on c.award_id = w.id join completions s on s.person_id = w.person_id
          join sessions z on z.id = s.session_id join organisations o on o.id = z.organisation_id
          where o.slug = ${trainer.slug} and z.module_slug = ${TWO[0]}`,
    )
  await train(service, trainer, { module: TWO[0] }, group)
  expect(await given()).toEqual([{ given: 0, people: 0 }])
  await train(service, trainer, { module: TWO[1] }, group)
  expect(await given()).toEqual([{ given: 500, people: 500 }])
})

test('the two last badges of a path given at the same moment by two organisations give one milestone', async ({
  service,
}) => {
  const [first, second] = [await aTrainer(service), await aTrainer(service)]
  const group = Array.from({ length: 20 }, someone)
  const sent = await Promise.all(
    [first, second].map(async (trainer, index) => {
      const session = await aSession(trainer, { module: TWO[index] })
      return trainer.post(`/api/v1/sessions/${session}/completions`, csvOf(group), { 'content-type': 'text/csv' })
    }),
  )
  expect(sent.map((one) => one.status)).toEqual([202, 202])
  await service.queue.idle()
  expect(service.failures).toEqual([])
  for (const row of group) expect(await milestonesOf(service, row['email']!)).toHaveLength(1)
})
