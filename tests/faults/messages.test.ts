import { setTimeout as wait } from 'node:timers/promises'
import postgres, { type Sql } from 'postgres'
import { afterEach, expect, test as base } from 'vitest'
import { aMailServer, type Received } from '../support/mail.ts'
import {
  anEntry,
  aPostgres,
  aProgram,
  aRedis,
  clearProcesses,
  type Program,
  serversAreInstalled,
} from '../support/processes.ts'
import { aClient, anEnvironment } from './deployment.ts'

const KILLS_AFTER = 5
const KILLS_BEFORE = 3
const test = serversAreInstalled ? base : base.skip
const programs: Program[] = []
afterEach(() => clearProcesses(programs.splice(0)))

const FORM = 'application/x-www-form-urlencoded'
const idOf = ({ headers }: Received): string => headers['message-id']!.slice(1, 37)

/** As if five minutes passed, as often as it takes: what a killed process held is found again, and everything settles. */
async function settle(sql: Sql): Promise<void> {
  for (const start = Date.now(); ; await wait(300)) {
    if (Date.now() - start > 60_000) throw new Error('Messages are still waiting')
    const waiting = await sql`
      update messages set due_at = now() - interval '1 second'
      where state in ('queued', 'sending') and due_at > now() + interval '1 minute' returning id`
    if (waiting.length > 0) continue
    const [left] = await sql`select count(*)::int as n from messages where state in ('queued', 'sending')`
    if (left!['n'] === 0) return
  }
}

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (const start = Date.now(); !(await isSo()); await wait(50)) {
    if (Date.now() - start > 60_000) throw new Error('Waited for a minute')
  }
}

test.for(['in the process', 'on Redis'])(
  'killed while it sends, the service sends nothing twice, and what it had not begun once (jobs %s)',
  { timeout: 240_000 },
  async (jobs) => {
    const database = await aPostgres()
    const redis = jobs === 'on Redis' ? await aRedis() : null
    programs.push(database, ...(redis ? [redis] : []))
    await Promise.all([database.start(), redis?.start()])
    const killed = { after: new Set<string>(), before: 0 }
    let phase: 'after' | 'before' | 'calm' = 'calm'
    const mail = await aMailServer({
      // Killed before the first byte of the message.
      onRcptTo(_address, _session, done) {
        if (phase === 'before' && killed.before < KILLS_BEFORE) {
          killed.before++
          server.kill('SIGKILL')
        }
        done(null)
      },
      // Killed when the message is whole, and answered: the service has no time to write it down.
      onMessage(received) {
        if (phase !== 'after' || killed.after.size >= KILLS_AFTER) return
        killed.after.add(idOf(received))
        setImmediate(() => server.kill('SIGKILL'))
      },
    })
    const env = await anEnvironment({
      DATABASE_URL: database.url('postgres'),
      ...(redis && { REDIS_URL: redis.url }),
      SMTP_URL: mail.url,
      MAIL_FROM: 'ne-pas-repondre@exemple.invalid',
      SIGN_IN_LIMIT: '1000000',
    })
    const server = aProgram(anEntry('server', env))
    programs.push(server)
    await server.start()
    const client = await aClient(env['BASE_URL']!)
    const sql = postgres(database.url('postgres'), { max: 1, onnotice: () => {} })
    let asked = 0
    const ask = async (): Promise<void> => {
      const answer = await client.post('/connexion', `email=zoe-${++asked}@exemple.invalid`, FORM)
      expect(answer.status).toBe(200)
    }

    for (let time = 0; time < 3; time++) await ask()
    await until(() => mail.received.length === 3)
    phase = 'after'
    while (killed.after.size < KILLS_AFTER) await ask()
    phase = 'calm'
    await until(async () => (await sql`select 1 from messages where state = 'queued' and due_at < now()`).length === 0)
    await wait(500)
    const [calm] = await sql<{ now: Date }[]>`select now()`
    phase = 'before'
    while (killed.before < KILLS_BEFORE) {
      const kills = killed.before
      await ask()
      await until(() => killed.before > kills)
    }
    phase = 'calm'
    await server.ready()
    await settle(sql)

    const states = await sql<{ id: string; state: string; content: string | null; begun: boolean }[]>`
      select id, state, content, created_at < ${calm!.now} as begun from messages`
    await sql.end()
    await mail.close()
    const times = Map.groupBy(mail.received, idOf)
    expect([...times.values()].filter((copies) => copies.length > 1)).toEqual([])
    const arrived = states.filter(({ id }) => times.has(id))
    expect(arrived).toHaveLength(times.size)
    // A kill strikes whatever is under way: what may have arrived is in doubt, and nothing else is.
    const sure = states.filter(({ state }) => state === 'sent')
    expect(sure.filter(({ id }) => !times.has(id))).toEqual([])
    expect(states.filter(({ state, begun }) => state !== 'sent' && !(state === 'uncertain' && begun))).toEqual([])
    expect(states.filter(({ begun }) => !begun).length).toBeGreaterThanOrEqual(KILLS_BEFORE)
    expect(states.filter(({ state }) => state === 'uncertain').length).toBeGreaterThan(0)
    expect(states.every(({ content }) => content === null)).toBe(true)
    expect(server.deaths).toEqual([])
  },
)
