import { readdirSync, readlinkSync } from 'node:fs'
import { request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { expect } from 'vitest'
import { buildApp } from '../src/app.ts'
import { signToken } from '../src/auth/access.ts'
import { createProgress } from '../src/credentials/progress.ts'
import { actor, type Json } from './support/actors.ts'
import { config, test, type TestService } from './support/app.ts'
import { aWaiting, idOf, issueLines } from './support/campaigns.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './support/factories.ts'

const twelve = csvOf(Array.from({ length: 12 }, (_, index) => aRow(index)))
const CSV = { 'content-type': 'text/csv' }

const bearer = (app: TestService['app'], { slug }: Trainer): string =>
  `Bearer ${signToken(app, { sub: 'x', role: 'formateur', organisation: slug }, 1)}`
const receiptsOf = async (trainer: Trainer, campaign: string): Promise<Json[]> =>
  (await trainer.get(`${campaign}/receipts?limit=1000`)).body['items']
const badgesOf = async (trainer: Trainer): Promise<Json[]> =>
  (await trainer.get(`/api/v1/credentials?organisation=${trainer.slug}`)).body['items']

/** The events of an address, until it ends or enough were read. */
async function eventsOf(url: string, headers: Record<string, string> = {}, enough = Infinity) {
  const leaving = new AbortController()
  const response = await fetch(url, { headers, signal: leaving.signal })
  const events: { event: string; data: Json }[] = []
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? []
      if (event) events.push({ event, data: JSON.parse(data!) })
      text = text.slice(end + 2)
    }
    if (events.length >= enough) leaving.abort()
    if (leaving.signal.aborted) break
  }
  return { type: response.headers.get('content-type'), events }
}

test('a paused lot waits, resumed it ends; what is not possible says what is', async ({ service }) => {
  const trainer = await aTrainer(service)
  const campaign = await aWaiting(service, trainer, await aSession(trainer), twelve)
  expect(await trainer.post(`${campaign}/resume`)).toMatchObject({
    status: 409,
    body: {
      code: 'campaign_state',
      state: 'issuing',
      allowed: ['pause', 'cancel'],
      mend: expect.stringContaining('pause'),
    },
  })
  expect(await trainer.post(`${campaign}/pause`)).toMatchObject({ status: 200, body: { state: 'paused' } })
  await issueLines(service, campaign, 1, 500)
  expect(await badgesOf(trainer)).toEqual([])
  expect((await trainer.post(`${campaign}/pause`)).body).toMatchObject({ allowed: ['resume', 'cancel'] })

  const stranger = await aTrainer(service)
  expect(await stranger.post(`${campaign}/resume`)).toMatchObject({ status: 403 })
  expect(await actor(service).post(`${campaign}/resume`)).toMatchObject({ status: 401 })

  expect(await trainer.post(`${campaign}/resume`)).toMatchObject({ status: 200, body: { state: 'issuing' } })
  await service.queue.idle()
  expect((await trainer.get(campaign)).body).toMatchObject({ state: 'done', counts: { issued: 12, pending: 0 } })
  expect(await trainer.post(`${campaign}/cancel`)).toMatchObject({ status: 409, body: { state: 'done', allowed: [] } })
})

test('a lot cancelled half way keeps its badges, refuses the rest, and the rest may be sent again', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const campaign = await aWaiting(service, trainer, session, twelve)
  await issueLines(service, campaign, 1, 6)
  const kept = await badgesOf(trainer)
  expect(kept).toHaveLength(5)

  expect(await trainer.post(`${campaign}/cancel`)).toMatchObject({
    status: 200,
    body: { state: 'cancelled', counts: { received: 12, issued: 5, refused: 7, pending: 0 } },
  })
  const refused = (await receiptsOf(trainer, campaign)).filter((one) => one['outcome'] === 'refused')
  expect(refused.map((one) => [one['line'], one['problem'].code])).toEqual(
    [7, 8, 9, 10, 11, 12, 13].map((line) => [line, 'cancelled']),
  )
  await issueLines(service, campaign, 1, 500)
  expect(await badgesOf(trainer)).toEqual(kept)

  const again = await sendCsv(service, trainer, session, twelve)
  expect(again.campaign).toMatchObject({
    state: 'done',
    counts: { issued: 7, alreadyIssued: 5, refused: 0, pending: 0 },
  })
  expect(await badgesOf(trainer)).toHaveLength(12)
  expect(service.failures).toEqual([])
})

test('rows that a second lot waits for too are issued by it when the first is cancelled', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const first = await aWaiting(service, trainer, session, twelve)
  const second = await aWaiting(service, trainer, session, csvOf([aRow(0), aRow(1)]))
  expect(await trainer.post(`${first}/cancel`)).toMatchObject({ body: { counts: { refused: 12, pending: 0 } } })
  await issueLines(service, second, 1, 500)
  expect((await trainer.get(second)).body).toMatchObject({ state: 'done', counts: { issued: 2, pending: 0 } })
  expect(await badgesOf(trainer)).toHaveLength(2)
})

test('the same file sent again half way resumes: what was issued stays, what was not is issued once', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const campaign = await aWaiting(service, trainer, session, twelve)
  await issueLines(service, campaign, 1, 7)
  const before = await badgesOf(trainer)
  const { campaign: again, receipts } = await sendCsv(service, trainer, session, twelve)
  expect(again).toMatchObject({ state: 'done', counts: { received: 12, refused: 0, pending: 0 } })
  const after = await badgesOf(trainer)
  expect(before).toHaveLength(6)
  expect(after).toHaveLength(12)
  expect(after).toEqual(expect.arrayContaining(before))
  expect(new Set(receipts.map((one) => one['credential'])).size).toBe(12)
  await issueLines(service, campaign, 1, 500)
  expect((await trainer.get(campaign)).body).toMatchObject({ state: 'done', counts: { issued: 12, pending: 0 } })
  expect(await badgesOf(trainer)).toEqual(after)
})

test('the receipts file opens in a spreadsheet: every line, no formula', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer, { capacity: 2000 })
  const rows = Array.from({ length: 1200 }, (_, index) =>
    aRow(index, index % 100 === 0 ? {} : { result: 'non acquis' }),
  )
  const sent = await trainer.post(`/api/v1/sessions/${session}/completions`, [
    ...rows,
    { ...aRow(1201), '=1+1': 'x' },
    { ...aRow(1202), '@a "b", c': 'x' },
  ])
  await service.queue.idle()
  const campaign = `/api/v1/campaigns/${String(sent.body['campaign'])}`
  const { response } = await trainer.get(`${campaign}/receipts.csv`)
  expect(response.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="recus-${idOf(campaign)}.csv"`,
  })
  expect(response.rawPayload.subarray(0, 3)).toEqual(Buffer.from('\uFEFF'))
  const read: Json[] = parse(response.rawPayload, { bom: true, columns: true })
  const receipts = [
    ...(await receiptsOf(trainer, campaign)),
    ...(await trainer.get(`${campaign}/receipts?limit=1000&after=1000`)).body['items'],
  ]
  expect(read.map(({ line, outcome, credential }) => ({ line, outcome, credential }))).toEqual(
    receipts.map(({ line, outcome, credential = '' }) => ({ line: String(line), outcome, credential })),
  )
  expect(read[1]).toMatchObject({ column: 'result', code: 'not_acquired', message: receipts[1]!['problem'].message })
  expect(read.slice(-2).map((one) => one['column'])).toEqual(["'=1+1", `'@a "b", c`])
  expect((await (await aTrainer(service)).get(`${campaign}/receipts.csv`)).status).toBe(403)
})

test('progress is followed live: what changes is told, then the end; the public stream holds numbers only', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const campaign = await aWaiting(service, trainer, await aSession(trainer), twelve)
  const app = await buildApp({ ...service, config })
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const token = bearer(app, trainer)
  const first = await eventsOf(`${origin}/lots/${idOf(campaign)}/events`, {}, 1)
  expect(first.events).toMatchObject([{ event: 'progress', data: { state: 'issuing', counts: { pending: 12 } } }])

  const following = [
    eventsOf(origin + campaign + '/events', { authorization: token }),
    eventsOf(`${origin}/lots/${idOf(campaign)}/events`),
  ]
  await issueLines(service, campaign, 1, 7)
  await wait(1500)
  await issueLines(service, campaign, 1, 500)
  const [own, open] = await Promise.all(following)
  expect(own!.type).toContain('text/event-stream')
  expect(own!.events.at(-1)).toEqual({ event: 'done', data: (await trainer.get(campaign)).body })
  expect(own!.events.map((one) => one.data['counts'].issued)).toContain(6)
  expect(open!.events.at(-1)).toEqual({
    event: 'done',
    data: {
      state: 'done',
      counts: { received: 12, issued: 12, alreadyIssued: 0, refused: 0, pending: 0 },
      sentence: 'Le lot est terminé\u00A0: 12 lignes traitées sur 12.',
    },
  })

  const paused = await aWaiting(service, trainer, await aSession(trainer), twelve)
  const cut = eventsOf(`${origin}/lots/${idOf(paused)}/events`)
  await eventsOf(`${origin}/lots/${idOf(paused)}/events`, {}, 1)
  await app.close()
  expect((await cut).events).toMatchObject([{ event: 'progress' }])
})

test('who may not follow, or follows nothing, is told so before any event', async ({ service }) => {
  const trainer = await aTrainer(service)
  const campaign = await aWaiting(service, trainer, await aSession(trainer), twelve)
  expect((await actor(service).get(`${campaign}/events`)).status).toBe(401)
  expect((await (await aTrainer(service)).get(`${campaign}/events`)).status).toBe(403)
  for (const path of ['/lots/inconnu/events', '/lots/00000000-0000-4000-8000-000000000000/events', '/lots/inconnu']) {
    expect((await actor(service).get(path)).status).toBe(404)
  }
  const progress = createProgress(service.db, 1)
  const leaving = new AbortController()
  const one = progress.follow(idOf(campaign), leaving.signal)
  expect((await one.next()).value).toMatchObject({ event: 'progress' })
  await expect(progress.follow(idOf(campaign), leaving.signal).next()).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'too_many_listeners',
  })
  leaving.abort()
  expect((await one.next()).done).toBe(true)
  const next = progress.follow(idOf(campaign), new AbortController().signal)
  expect((await next.next()).value).toMatchObject({ event: 'progress' })
  progress.close()
})

test('the page of a lot tells numbers and its state, and nothing of anyone', async ({ service }) => {
  const trainer = await aTrainer(service)
  const { sent } = await sendCsv(service, trainer, await aSession(trainer), `${twelve}\nx`)
  const path = new URL(String(sent.body['page'])).pathname
  const { response } = await actor(service).get(path, { accept: 'text/html' })
  expect(response.headers).toMatchObject({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
  expect(response.body).toContain(
    'Le lot est terminé\u00A0: 13 lignes traitées sur 13. 1 refusée, à voir dans les reçus.',
  )
  expect(response.body).not.toMatch(/http-equiv="refresh"|exemple\.invalid|Zoé/)
  const waiting = await aWaiting(service, trainer, await aSession(trainer), twelve)
  const page = await actor(service).get(`/lots/${idOf(waiting)}`, { accept: 'text/html' })
  expect(page.response.body).toMatch(/<noscript>\s*<meta http-equiv="refresh" content="\d+" \/>\s*<\/noscript>/)
  expect(page.response.body).toMatch(/<progress\s+aria-labelledby="phrase"\s+max="12"\s+value="0"\s*>/)
})

test('someone twice in a long file is refused the second time, with the line of the first', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer, { capacity: 5000 })
  const rows = Array.from({ length: 2500 }, (_, index) => aRow(index))
  rows[2400] = aRow(7, { email: 'PERSONNE7@exemple.invalid', family_name: 'Autre' })
  const { campaign } = await sendCsv(service, trainer, session, csvOf(rows))
  expect(campaign).toMatchObject({ counts: { received: 2500, issued: 2499, refused: 1 } })
  const { body } = await trainer.get(`/api/v1/campaigns/${String(campaign!['id'])}/receipts?after=2401&limit=1`)
  expect(body['items']).toMatchObject([
    {
      line: 2402,
      problem: { code: 'duplicate_learner', message: 'Cette personne figure déjà à la ligne 9.' },
    },
  ])
})

test('a body too long or cut short leaves no file behind', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const app = await buildApp({ ...service, config })
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const authorization = bearer(app, trainer)
  const spools = (): string[] =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)].filter(
          (path) => path.includes('/insigne-') && path.endsWith('(deleted)'),
        )
      } catch {
        return []
      }
    })
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await wait(20)
  }
  const sending = request(`${origin}/api/v1/sessions/${session}/completions`, {
    method: 'POST',
    headers: { authorization, ...CSV },
  }).on('error', () => {})
  sending.write(twelve)
  await until(() => spools().length === 1)
  sending.destroy()
  await until(() => spools().length === 0)

  const megabyte = Buffer.alloc(1024 * 1024, 97)
  const answer = await new Promise<number>((resolve) => {
    const long = request(`${origin}/api/v1/sessions/${session}/completions`, {
      method: 'POST',
      headers: { authorization, ...CSV },
    })
    long.on('response', (response) => resolve(response.statusCode!)).on('error', () => {})
    for (let sent = 0; sent < 65; sent++) long.write(megabyte)
    long.end()
  })
  expect(answer).toBe(413)
  await until(() => spools().length === 0)
  await app.close()
})
