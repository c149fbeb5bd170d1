import { subscribe } from 'node:diagnostics_channel'
import { sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import postgres from 'postgres'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import { needCounts } from '../src/needs/need-counts.ts'
import { type Actor, actor, type Json, signedIn } from './support/actors.ts'
import { addAddress, anAddress, proofLink } from './support/addresses.ts'
import { test, type TestService } from './support/app.ts'
import { onPostgres } from './support/db.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'
import { fillCredentials, fillHabilitations } from './support/fill.ts'
import { aPlace as aCaller } from './support/matrix.ts'
import { postgresUrl } from './support/postgres.ts'
import { ROUTES } from './support/routes.ts'
import { hearStatements } from './support/statements.ts'

const STORED = 200_000
/** The tables that grow with each badge: none of them is ever read from end to end. */
const BIG = [
  'credentials',
  'completions',
  'receipts',
  'people',
  'enrolments',
  'credential_events',
  'habilitation_requests',
  'habilitations',
  'habilitation_events',
  'pix_results',
]
/** What counts, exports or imports thousands at once, by its nature. */
const WHOLE = /(GET .*\/habilitations\/(counts|.*\.csv)|GET \/habilitations$|POST .*\/habilitations\/activity)/
const PER_SESSION = STORED / 20
/** Rows of a big table that one statement may read: twice the largest campaign here, a tenth of the table. */
const READ_MAX = 2 * PER_SESSION

type Query = { route: string; text: string; params: unknown[] }
type PlanNode = {
  'Node Type': string
  'Relation Name'?: string
  'Rows Removed by Filter'?: number
  'Actual Rows'?: number
  'Actual Loops'?: number
  Plans?: PlanNode[]
}

const routes = new Set<string>()
subscribe('fastify.initialization', (message) => {
  ;(message as { fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (!['HEAD', 'OPTIONS'].includes(one)) routes.add(`${one} ${url}`)
  })
})

/** Requests that are answered, route by route; the others are made as the table of rights makes them. */
const REQUESTS: Record<string, (at: Place) => Promise<{ status: number }>> = {
  'GET /': ({ anyone }) => anyone.get('/'),
  'GET /credentials/:file': async ({ anyone, credential }) => {
    await anyone.get(`/credentials/${credential}`, { accept: 'text/html' })
    return anyone.get(`/credentials/${credential}.json`)
  },
  'GET /status-lists/:list': ({ anyone, list }) => anyone.get(list),
  'GET /organisations/:slug/did.json': ({ anyone, slug }) => anyone.get(`/organisations/${slug}/did.json`),
  'GET /organisations/:slug': ({ anyone, slug }) => anyone.get(`/organisations/${slug}`),
  'POST /api/v1/verifications': ({ anyone, document }) => anyone.post('/api/v1/verifications?at=2030-01-01', document),
  'GET /api/v1/organisations/:slug': ({ anyone, slug }) => anyone.get(`/api/v1/organisations/${slug}`),
  'POST /api/v1/organisations/:slug/keys': ({ operator, slug }) => operator.post(`/api/v1/organisations/${slug}/keys`),
  'POST /api/v1/sessions': ({ trainer, slug }) => aSession({ ...trainer, slug }).then(() => ({ status: 201 })),
  'GET /api/v1/sessions': ({ trainer, slug }) => trainer.get(`/api/v1/sessions?organisation=${slug}`),
  'POST /api/v1/sessions/:id/enrolments': ({ trainer, session }) =>
    trainer.post(`/api/v1/sessions/${session}/enrolments`, [
      { email: 'inscrite@exemple.invalid', givenName: 'Zoé', familyName: 'Exemple' },
    ]),
  'POST /api/v1/sessions/:id/completions': ({ trainer, session }) =>
    trainer.post(`/api/v1/sessions/${session}/completions`, csvOf([1, 2, 3].map((n) => aRow(n))), {
      'content-type': 'text/csv',
    }),
  'GET /api/v1/campaigns/:id': ({ trainer, campaign }) => trainer.get(`/api/v1/campaigns/${campaign}`),
  'GET /api/v1/campaigns/:id/receipts': ({ trainer, campaign }) =>
    trainer.get(`/api/v1/campaigns/${campaign}/receipts?after=1`),
  'GET /api/v1/campaigns/:id/receipts.csv': ({ trainer, campaign }) =>
    trainer.get(`/api/v1/campaigns/${campaign}/receipts.csv`),
  'GET /api/v1/campaigns/:id/events': ({ trainer, campaign }) => trainer.get(`/api/v1/campaigns/${campaign}/events`),
  'GET /lots/:id': ({ anyone, campaign }) => anyone.get(`/lots/${campaign}`),
  'GET /lots/:id/events': ({ anyone, campaign }) => anyone.get(`/lots/${campaign}/events`),
  'POST /api/v1/campaigns/:id/pause': (at) => act(at, 'pause'),
  'POST /api/v1/campaigns/:id/resume': (at) => act(at, 'resume'),
  'POST /api/v1/campaigns/:id/cancel': (at) => act(at, 'cancel'),
  'GET /api/v1/credentials': async ({ trainer, slug, credential }) => {
    await trainer.get(`/api/v1/credentials?organisation=${slug}`)
    return trainer.get(`/api/v1/credentials?organisation=${slug}&after=${credential}`)
  },
  'GET /credentials/:id/identites': async ({ anyone, holder, held }) => {
    await addAddress(holder.service, holder, anAddress())
    return anyone.get(`/credentials/${held}/identites`)
  },
  'GET /api/v1/statistics/provisional': ({ operator }) => operator.get('/api/v1/statistics/provisional'),
  'GET /statistiques/provisoire': ({ operator }) => operator.get('/statistiques/provisoire'),
  'GET /mon-espace': ({ holder }) => holder.get('/mon-espace'),
  'POST /mon-espace/badges/:id/nom': ({ holder, held }) =>
    holder.form(`/mon-espace/badges/${held}/nom`, { visible: 'oui' }),
  'GET /mon-espace/adresses': ({ holder }) => holder.get('/mon-espace/adresses'),
  'POST /mon-espace/adresses': ({ holder }) => holder.form('/mon-espace/adresses', { email: anAddress() }),
  'GET /mon-espace/adresses/confirmation/:token': async ({ holder }) =>
    holder.get(await proofLink(holder.service, holder, anAddress())),
  'POST /mon-espace/adresses/confirmation/:token': async ({ holder }) =>
    holder.form(await proofLink(holder.service, holder, anAddress())),
  'POST /mon-espace/adresses/reunion/:token': async ({ holder }) => {
    const other = await signedIn(holder.service)
    const [one, two] = [anAddress(), other.email]
    await addAddress(holder.service, other, one)
    await holder.db.execute(sql`update address_proofs set expires_at = now() where person_id = ${holder.personId}`)
    return holder.form((await proofLink(holder.service, holder, two)).replace('confirmation', 'reunion'))
  },
  'POST /mon-espace/adresses/:id/retrait': ({ holder }) =>
    holder.form(`/mon-espace/adresses/${holder.personId}/retrait`),
  'GET /mon-espace/donnees': ({ holder }) => holder.get('/mon-espace/donnees'),
  'GET /mon-espace/donnees.json': ({ holder }) => holder.get('/mon-espace/donnees.json'),
  'GET /mon-espace/effacement': ({ holder }) => holder.get('/mon-espace/effacement'),
  'POST /mon-espace/effacement': ({ holder }) => holder.form('/mon-espace/effacement', { confirmation: 'effacer' }),
  'POST /api/v1/credentials/:id/suspension': (at) => change(at, 'suspension'),
  'POST /api/v1/credentials/:id/restoration': (at) => change(at, 'restoration'),
  'POST /api/v1/credentials/:id/revocation': (at) => change(at, 'revocation'),
}
const change = ({ trainer, credential }: Place, path: string) =>
  trainer.post(`/api/v1/credentials/${credential}/${path}`, { reason: 'Essai des plans' })
/** A campaign that is done takes no action: its rows are first made to wait again. */
const act = async ({ trainer, campaign, db }: Place, action: string) => {
  await db.execute(sql`update receipts set outcome = 'pending' where campaign_id = ${campaign}`)
  return trainer.post(`/api/v1/campaigns/${campaign}/${action}`)
}

/** Routes of the content, whose tables do not grow. */
const WITHOUT_BADGES =
  /\/(api|badges|achievements|modules|parcours|paths|referentiels|frameworks|crosswalks|metiers|certifications|verifier|static|health|metrics|openapi\.json)\b(?!\/v1)|^GET \/api$|^POST \/api\/v1\/organisations$/

type Place = Awaited<ReturnType<typeof aPlace>>

/** An organisation with a campaign of some badges, and who calls about it. */
async function aPlace(service: TestService) {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const person = await signedIn(service)
  const holder = { ...person, service, db: service.db }
  const { campaign, receipts } = await sendCsv(
    service,
    trainer,
    session,
    csvOf([aRow(1), aRow(2), aRow(3, { email: person.email })]),
  )
  const credential = String(receipts[0]!['credential']).split('/').at(-1)!
  const held = String(receipts[2]!['credential']).split('/').at(-1)!
  const anyone: Actor = actor(service)
  const document = (await anyone.get(`/credentials/${credential}.json`)).body
  const list = new URL((document['credentialStatus'] as Json[])[0]!['statusListCredential']).pathname
  const operator = actor(service, 'exploitant')
  const { db } = service
  return {
    anyone,
    trainer,
    operator,
    db,
    slug: trainer.slug,
    session,
    campaign: String(campaign!['id']),
    credential,
    holder,
    held,
    document,
    list,
  }
}

const isQuery = (text: string): boolean => !/^\s*(begin|commit|rollback|savepoint|release)\b/i.test(text)

/** The values heard are already JSON. */
const AS_WRITTEN = { to: 114, from: [114], serialize: String, parse: (text: string) => JSON.parse(text) as unknown }

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

/** What is wrong with the plan of a query: a big table read from end to end, by itself or along an index. */
async function faultsOf(client: postgres.Sql, { route, text, params }: Query): Promise<string[]> {
  const isRead = /^\s*select\b/i.test(text) && !/\bfor (update|share|no key update)\b/i.test(text)
  const [answer] = await client.unsafe(`explain (${isRead ? 'analyze, ' : ''}format json) ${text}`, params as never[])
  const [{ Plan }] = answer!['QUERY PLAN'] as [{ Plan: PlanNode }]
  return nodesOf(Plan)
    .filter((node) => BIG.includes(node['Relation Name'] ?? ''))
    .flatMap((node) => {
      const { 'Node Type': type, 'Relation Name': table, 'Actual Rows': kept = 0, 'Actual Loops': loops = 1 } = node
      const read = (kept + (node['Rows Removed by Filter'] ?? 0)) * loops
      if (type === 'Seq Scan') return [`${route}: Seq Scan on ${table}: ${text}`]
      return read > READ_MAX ? [`${route}: ${read} rows of ${table} read: ${text}`] : []
    })
}

test.skipIf(!onPostgres)(
  'among 200,000 badges no request reads a whole table, for the organisation that holds them nor for a small one',
  { timeout: 300_000 },
  async ({ service }) => {
    const [large, small] = [await aPlace(service), await aPlace(service)]
    const [here] = await rows<{ name: string }>(service.db, sql`select current_database() as name`)
    const client = postgres(postgresUrl(here!.name), { max: 1, onnotice: () => {}, types: { json: AS_WRITTEN } })
    await fillCredentials(client, large.slug, STORED, PER_SESSION)
    await fillHabilitations(client, small.slug, 20_000)
    const [wide] = await client`select campaign_id from receipts group by campaign_id order by count(*) desc limit 1`
    large.campaign = wide!['campaign_id'] as string

    const heard = new Map<string, Query>()
    let route = ''
    hearStatements(service, (text, params) => {
      if (isQuery(text)) heard.set(`${route} ${text}`, { route, text, params })
    })
    for (const at of [large, small]) {
      for (const [name, ask] of Object.entries(REQUESTS)) {
        route = `${name} (${at === large ? 'large' : 'small'})`
        expect((await ask(at)).status, name).toBeLessThan(400)
        await service.queue.idle()
      }
    }
    const others = await aCaller(service)
    const callers = { public: small.anyone, person: await signedIn(service), operator: small.operator }
    for (const [name, { rule }] of Object.entries(ROUTES)) {
      if (name in REQUESTS || WITHOUT_BADGES.test(name)) continue
      route = name
      const kind = rule === 'public' ? 'public' : rule.includes('exploitant') ? 'operator' : 'person'
      expect((await others.call(callers[kind], name)).status, name).not.toBe(500)
    }
    const faults: string[] = []
    for (const query of heard.values()) if (!WHOLE.test(query.route)) faults.push(...(await faultsOf(client, query)))
    await client.end()
    expect(faults).toEqual([])

    expect(service.failures).toEqual([])
    expect([...routes].filter((one) => !(one in ROUTES) && !one.includes('/static/'))).toEqual([])
    // Each of the big tables was asked for: a listener that hears nothing finds no fault either.
    const all = [...heard.values()].map(({ text }) => text).join('\n')
    expect(BIG.filter((table) => !new RegExp(`\\b${table}\\b`).test(all))).toEqual([])
  },
)

test.skipIf(!onPostgres)(
  'among 200,000 declared needs, the counts of a year read its own alone',
  { timeout: 120_000 },
  async ({ service }) => {
    const { db } = service
    await db.execute(
      sql`with p as (
            insert into people (email_fingerprint, identity) select 'plans-' || n, '' from generate_series(1, 20000) n returning id
          ), numbered as (select id, row_number() over () as n from p)
          insert into need_declarations (person_id, respondent, departement, themes, needed, not_needed, declared_at)
          select id, (array['mediateur', 'cadre'])[1 + g % 2], '69', '1', '{projet}', '{outils}',
            timestamptz '2021-01-01' + g * interval '1 day' * 5 * 365 / ${STORED}::int
          from generate_series(1, ${STORED}::int) g join numbered on numbered.n = 1 + g % 20000 order by g`,
    )
    await db.execute(sql`vacuum analyze need_declarations`)
    const heard: Query[] = []
    const stop = hearStatements(service, (text, params) => heard.push({ route: 'needs', text, params }))
    const counts = await needCounts(db, '2023-01', '2023-12')
    stop()
    const [{ text, params }] = heard as [Query]
    const client = postgres(
      postgresUrl((await rows<{ name: string }>(db, sql`select current_database() as name`))[0]!.name),
      { max: 1 },
    )
    const [answer] = await client.unsafe(`explain (analyze, format json) ${text}`, params as never[])
    await client.end()
    const [{ Plan }] = answer!['QUERY PLAN'] as [{ Plan: PlanNode }]
    const read = nodesOf(Plan).filter((node) => node['Relation Name'] === 'need_declarations')
    expect(read.map((node) => node['Node Type'])).not.toContain('Seq Scan')
    const inYear = await rows<{ count: number }>(
      db,
      sql`select count(*)::int as count from need_declarations where declared_at at time zone 'Europe/Paris' >= '2023-01-01' and declared_at at time zone 'Europe/Paris' < '2024-01-01'`,
    )
    expect(inYear[0]!.count).toBeGreaterThan(STORED / 6)
    expect(read.reduce((sum, node) => sum + node['Actual Rows']! * node['Actual Loops']!, 0)).toBe(inYear[0]!.count)
    // Half of the people are cadres, and each said it twice in the year: each counts once.
    expect(counts.filter((one) => one.of.startsWith('cadre|projet'))).toMatchObject([
      { of: 'cadre|projet|oui', count: 10_000 },
    ])
  },
)
