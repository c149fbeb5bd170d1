import { randomUUID } from 'node:crypto'
import { type Actor, actor, type Json } from './actors.ts'
import type { TestService } from './app.ts'

export const HEADER = 'email,given_name,family_name,completed_on,result'

/** A row of the CSV, whole and right unless told otherwise. */
export function aRow(number = 1, given: Record<string, string> = {}): Record<string, string> {
  return {
    email: `personne${number}@exemple.invalid`,
    given_name: 'Zoé',
    family_name: `Exemple-${number}`,
    completed_on: '2026-03-31',
    result: 'acquis',
    ...given,
  }
}

/** A CSV with the columns of its first row, every cell quoted. */
export function csvOf(rows: Record<string, string>[]): string {
  const header = Object.keys(rows[0] ?? aRow())
  const cell = (value: string): string => `"${value.replaceAll('"', '""')}"`
  return [header.join(','), ...rows.map((row) => header.map((name) => cell(row[name] ?? '')).join(','))].join('\n')
}

export type Trainer = Actor & { slug: string }

/** Someone of a new organisation. */
export async function aTrainer(service: TestService): Promise<Trainer> {
  const slug = `organisme-${randomUUID().slice(0, 8)}`
  const { status, body } = await actor(service, 'exploitant').post('/api/v1/organisations', {
    slug,
    name: `Organisme ${slug}`,
  })
  if (status !== 201) throw new Error(JSON.stringify(body))
  return { ...actor(service, 'formateur', slug), slug }
}

/** A session planned by that trainer; answers its id. */
export async function aSession(trainer: Trainer, given: Json = {}): Promise<string> {
  const { status, body } = await trainer.post('/api/v1/sessions', {
    organisation: trainer.slug,
    module: 'aidants-connect',
    startsOn: '2026-03-31',
    endsOn: '2026-03-31',
    departement: '69',
    capacity: 100,
    modality: 'presentiel',
    ...given,
  })
  if (status !== 201) throw new Error(JSON.stringify(body))
  return String(body['id'])
}

/** Sends a CSV and waits for the campaign to end; answers the campaign and its receipts. */
export async function sendCsv(service: TestService, trainer: Trainer, session: string, csv: string | Buffer) {
  const sent = await trainer.post(`/api/v1/sessions/${session}/completions`, csv, { 'content-type': 'text/csv' })
  if (sent.status !== 202) return { sent, campaign: null, receipts: [] }
  await service.queue.idle()
  const url = `/api/v1/campaigns/${String(sent.body['campaign'])}`
  const campaign = (await trainer.get(url)).body
  const { items } = (await trainer.get(`${url}/receipts?limit=1000`)).body
  return { sent, campaign, receipts: items as Json[] }
}

/** One issued badge: its path on this service, and the signed credential. */
export async function aBadge(service: TestService, given: Record<string, string> = {}) {
  const trainer = await aTrainer(service)
  const { receipts } = await sendCsv(service, trainer, await aSession(trainer), csvOf([aRow(1, given)]))
  const url = new URL(String(receipts[0]!['credential']))
  const { body } = await actor(service).get(`${url.pathname}.json`)
  return { trainer, path: url.pathname, id: url.pathname.split('/').at(-1)!, credential: body }
}
