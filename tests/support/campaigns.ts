import { buildApp } from '../../src/app.ts'
import { issueSlice } from '../../src/credentials/issue.ts'
import { actor } from './actors.ts'
import { config, issuingFor, type TestService } from './app.ts'
import type { Trainer } from './factories.ts'

/** A campaign received by a process that runs no job: it waits. Answers its address. */
export async function aWaiting(service: TestService, trainer: Trainer, session: string, csv: string): Promise<string> {
  const app = await buildApp({ ...service, config, queue: { ...service.queue, enqueue: async () => {} } })
  const { status, body } = await actor({ ...service, app }, 'formateur', trainer.slug).post(
    `/api/v1/sessions/${session}/completions`,
    csv,
    { 'content-type': 'text/csv' },
  )
  await app.close()
  if (status !== 202) throw new Error(JSON.stringify(body))
  return `/api/v1/campaigns/${String(body['campaign'])}`
}

/** The id at the end of an address. */
export const idOf = (address: string): string => address.split('/').at(-1)!

/** Runs the job of those lines of a campaign. */
export const issueLines = ({ db, vault }: TestService, campaign: string, from: number, to: number): Promise<void> =>
  issueSlice(issuingFor(db, vault), { campaignId: idOf(campaign), from, to })
