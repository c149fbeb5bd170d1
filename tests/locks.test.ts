import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { verificationCounts } from '../src/credentials/verification-counts.ts'
import { rememberPeople, sealPerson } from '../src/people/people.ts'
import { actor } from './support/actors.ts'
import { test } from './support/app.ts'
import { aBadge } from './support/factories.ts'
import { anAuthority, anOfficer, aRequest, aStructure, requestOf } from './support/habilitation.ts'

test('someone being named in a request elsewhere does not hold up the validation of hers', async ({ service }) => {
  const { db, vault } = service
  await anAuthority(service)
  const officer = await anOfficer(service)
  const done = { formationDoneOn: '2026-03-31', formationSource: 'officer' } as const
  const asked = await aRequest(service, await aStructure(service), { ...done, status: 'waitling_list' })
  const person = sealPerson(vault, { email: asked.email, givenName: 'Zoé', familyName: 'Exemple' })
  await db.transaction(async (tx) => {
    await rememberPeople(tx, [person]) // and this transaction goes on
    const path = `/api/v1/habilitations/habilitation-requests/${asked.id}/decisions`
    const decided = officer.post(path, { move: 'validation', reason: 'Éligible' }).then(({ body }) => body['outcome'])
    const never = new Promise((resolve) => setTimeout(resolve, 10_000, 'still waiting'))
    expect(await Promise.race([decided, never])).toBe('done')
  })
  expect(await requestOf(service, asked.id)).toMatchObject({ status: 'validated' })
})

test('a verification is answered while the counts of others are held, and counts all the same', async ({ service }) => {
  const { db } = service
  const { credential } = await aBadge(service)
  const verify = () => actor(service).post('/api/v1/verifications', credential)
  const total = async () =>
    (await verificationCounts(db, '2000-01', '2100-12')).reduce((sum, one) => sum + one.count, 0)
  for (let turn = 0; turn < 30; turn++) await verify()
  await db.transaction(async (tx) => {
    await tx.execute(sql`select 1 from verification_counts for update`) // every shard, and this transaction goes on
    const answers = Promise.all(Array.from({ length: 20 }, verify)).then((all) => all.map(({ status }) => status))
    const never = new Promise((resolve) => setTimeout(resolve, 10_000, 'still waiting'))
    expect(await Promise.race([answers, never])).toEqual(Array(20).fill(200))
  })
  await expect.poll(total).toBe(50)
})
