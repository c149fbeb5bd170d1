import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { issueSlice } from '../src/credentials/issue.ts'
import { actor } from './support/actors.ts'
import { issuingFor, test } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf } from './support/factories.ts'

test('one completion that cannot be issued does not keep the others of its campaign waiting', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const { db, vault, queue } = service
  const issuing = issuingFor(db, vault)
  queue.work('credentials.issue', async () => {}) // nothing runs but what this test runs
  const csv = csvOf([aRow(1), aRow(2), aRow(3)])
  const sent = await trainer.post(`/api/v1/sessions/${session}/completions`, csv, { 'content-type': 'text/csv' })
  const campaign = String(sent.body['campaign'])
  await db.execute(
    sql`update completions set identity = 'illisible' where id = (select completion_id from receipts where campaign_id = ${campaign} and line = 2)`,
  )
  await issueSlice(issuing, { campaignId: campaign, from: 1, to: 500 })
  const { body } = await actor(service, 'exploitant').get(`/api/v1/campaigns/${campaign}`)
  expect(body['counts']).toMatchObject({ issued: 2, refused: 1, pending: 0 })
  const { items } = (await trainer.get(`/api/v1/campaigns/${campaign}/receipts`)).body
  expect(items[1]).toMatchObject({ line: 3, outcome: 'issued' })
  expect(items[0]).toMatchObject({ line: 2, problem: { code: 'not_signable' } })
})
