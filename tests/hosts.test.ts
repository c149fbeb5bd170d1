import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import { describe, expect, onTestFinished } from 'vitest'
import { buildApp } from '../src/app.ts'
import { createGuardedExchange, type GuardedExchange } from '../src/credentials/fetch.ts'
import { rows } from '../src/db.ts'
import { Unreachable } from '../src/credentials/suite.ts'
import { askHost, completeHost, type HostDeps, leaveHost, listHosts } from '../src/interop/hosts.ts'
import { sendToHost } from '../src/interop/hosts-send.ts'
import { createLocalQueue } from '../src/queue.ts'
import { createVault } from '../src/vault.ts'
import { listWallet } from '../src/wallet/read-imports.ts'
import { type SignedIn, signedIn } from './support/actors.ts'
import { BASE_URL, config, test, type TestService } from './support/app.ts'
import { consented } from './support/badge-client.ts'
import { openTestDatabase } from './support/db.ts'
import { aBadge } from './support/factories.ts'

const OTHER = 'https://autre.test'

/** Another service like this one, with its own database and keys. */
async function anotherHost(): Promise<TestService> {
  const { db, close } = await openTestDatabase()
  const vault = createVault(randomBytes(32))
  const queue = createLocalQueue(() => {})
  const app = await buildApp({ config: { ...config, baseUrl: OTHER }, db, vault, queue })
  onTestFinished(async () => {
    await app.close()
    await queue.close()
    await close()
  })
  return { app, db, vault, queue, failures: [] }
}

/** The way out, which leads to the other host; `answers` says otherwise for some addresses. */
const wayTo =
  (host: TestService | null, answers: Record<string, { status?: number; body?: unknown }> = {}): GuardedExchange =>
  async (url, { method, headers = {}, body }) => {
    const said = answers[url]
    if (said) return { status: said.status ?? 200, headers: {}, body: Buffer.from(JSON.stringify(said.body ?? {})) }
    const { origin, pathname, search } = new URL(url)
    if (!host || origin !== OTHER) throw new Unreachable(url)
    const sent = { method, url: pathname + search, headers, ...(body !== undefined && { payload: body }) }
    const response = await host.app.inject(sent)
    const given = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
    return { status: response.statusCode, headers: Object.fromEntries(given), body: response.rawPayload }
  }

const depsOf = ({ db, vault }: TestService, exchange: GuardedExchange): HostDeps => ({
  db,
  vault,
  baseUrl: BASE_URL,
  exchange,
  allowLoopback: false,
})
const holderOf = ({ personId }: SignedIn) => ({ personId, author: `person:${personId}` })

/** A holder here, with a badge, and the same person at the other host. */
async function aHolder(service: TestService, host: TestService) {
  const email = `titulaire-${crypto.randomUUID()}@exemple.invalid`
  const badge = await aBadge(service, { email })
  return { badge, here: await signedIn(service, { email }), there: await atOther(host, email) }
}

/** Signed in at the other host, whose address is another. */
const atOther = (host: TestService, email: string) => signedIn(host, { email })

async function linked(
  service: TestService,
  host: TestService,
  deps: HostDeps,
  people: { here: SignedIn; there: SignedIn },
) {
  const { url } = await askHost(deps, holderOf(people.here), OTHER)
  const back = await consented(host, people.there, new URL(url))
  await completeHost(deps, holderOf(people.here), back)
  const [link] = await listHosts(deps, people.here.personId)
  return { link: link!, back }
}

describe('another host', () => {
  test('is found, let in, receives a badge once, and is left', async ({ service }) => {
    const host = await anotherHost()
    const deps = depsOf(service, wayTo(host))
    const { badge, ...people } = await aHolder(service, host)
    const { link, back } = await linked(service, host, deps, people)
    expect(link).toMatchObject({ address: `${OTHER}/ims/ob/v3p0`, sent: [] })

    const asked = { ...holderOf(people.here), linkId: link.id, credentialId: badge.id }
    expect(await sendToHost(deps, asked)).toEqual({ outcome: 'accepted', said: null })
    expect(await sendToHost(deps, asked)).toEqual({ outcome: 'accepted', said: null })
    const kept = await listWallet(host.db, host.vault, people.there.personId)
    expect(kept).toHaveLength(1)
    expect(kept[0]).toMatchObject({ source: 'api' })
    const [after] = await listHosts(deps, people.here.personId)
    expect(after!.sent).toMatchObject([{ credentialId: badge.id, outcome: 'accepted' }])
    const { response } = await people.here.get('/mon-espace/applications/hotes', { accept: 'text/html' })
    expect(response.body).toContain('l’hôte l’a reçu et gardé')

    await expect(completeHost(deps, holderOf(people.here), back)).rejects.toMatchObject({ code: 'host_answer_ended' })
    await leaveHost(deps, holderOf(people.here), link.id)
    expect(await rows(host.db, sql`select 1 from oauth_states where model in ('Grant', 'RefreshToken')`)).toEqual([])
    expect(await rows(service.db, sql`select 1 from host_links where person_id = ${people.here.personId}`)).toEqual([])
  })

  test.for(['revoked_at', 'suspended_at', 'valid_until'])(
    'is sent nothing that does not hold (%s): it is not offered, and refused with what it is',
    async (since, { service }) => {
      const host = await anotherHost()
      const deps = depsOf(service, wayTo(host))
      const { badge, ...people } = await aHolder(service, host)
      const { link } = await linked(service, host, deps, people)
      const page = async () =>
        (await people.here.get('/mon-espace/applications/hotes', { accept: 'text/html' })).response
      expect((await page()).body).toContain(badge.id)
      await service.db.execute(
        sql`update credentials set valid_from = now() - interval '1 day', ${sql.identifier(since)} = now() - interval '1 second' where id = ${badge.id}`,
      )
      const asked = { ...holderOf(people.here), linkId: link.id, credentialId: badge.id }
      await expect(sendToHost(deps, asked)).rejects.toMatchObject({ kind: 'conflict', code: 'badge_not_in_force' })
      expect((await page()).body).not.toContain(badge.id)
      expect(await listWallet(host.db, host.vault, people.there.personId)).toEqual([])
    },
  )

  test('that ended the access, refuses or is silent: each is told', async ({ service }) => {
    const host = await anotherHost()
    const { badge, ...people } = await aHolder(service, host)
    const { link } = await linked(service, host, depsOf(service, wayTo(host)), people)
    const asked = { ...holderOf(people.here), linkId: link.id, credentialId: badge.id }
    const at = `${OTHER}/ims/ob/v3p0/credentials`
    const answering = (status: number, body: unknown) => depsOf(service, wayTo(host, { [at]: { status, body } }))
    expect(await sendToHost(answering(400, { imsx_description: 'Émetteur inconnu ici.' }), asked)).toEqual({
      outcome: 'refused',
      said: 'Émetteur inconnu ici.',
    })
    expect((await sendToHost(answering(302, {}), asked)).outcome).toBe('unreachable')
    expect((await sendToHost(depsOf(service, wayTo(null)), asked)).outcome).toBe('unreachable')
    await host.db.execute(sql`delete from oauth_states where person_id is not null`)
    expect((await sendToHost(depsOf(service, wayTo(host)), asked)).outcome).toBe('closed')
    const stranger = await signedIn(service)
    await expect(sendToHost(depsOf(service, wayTo(host)), { ...asked, ...holderOf(stranger) })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('lets in two who link it for the first time at once, each', async ({ service }) => {
    const host = await anotherHost()
    const deps = depsOf(service, wayTo(host))
    const both = [await aHolder(service, host), await aHolder(service, host)]
    const asked = [
      await askHost(deps, holderOf(both[0]!.here), OTHER),
      await askHost(deps, holderOf(both[1]!.here), OTHER),
    ]
    for (const [index, { here, there, badge }] of both.entries()) {
      await completeHost(deps, holderOf(here), await consented(host, there, new URL(asked[index]!.url)))
      const [link] = await listHosts(deps, here.personId)
      const sending = { ...holderOf(here), linkId: link!.id, credentialId: badge.id }
      expect(await sendToHost(deps, sending)).toEqual({ outcome: 'accepted', said: null })
    }
  })

  test('that one has linked is linked anew however many others there are; those begun and left are soon forgotten', async ({
    service,
  }) => {
    const host = await anotherHost()
    const deps = depsOf(service, wayTo(host))
    const { badge: _, ...people } = await aHolder(service, host)
    const { personId } = people.here
    await linked(service, host, deps, people)
    const others = (from: number, to: number) =>
      service.db.execute(sql`with made as (
        insert into badge_hosts (address, name, registration)
        select 'https://hote-' || n || '.exemple.fr', name, registration
        from badge_hosts, generate_series(${from}::int, ${to}::int) n where address like ${`${OTHER}%`} returning id)
        insert into host_links (person_id, host_id, state_hash, verifier, asked_until)
        select ${personId}, id, ${personId} || id, 'essai', now() + interval '5 minutes' from made`)
    await others(1, 19)
    expect((await askHost(deps, holderOf(people.here), OTHER)).url).toContain(OTHER)
    await others(20, 20)
    await expect(askHost(deps, holderOf(people.here), OTHER)).rejects.toMatchObject({ code: 'too_many_hosts' })
    await service.db.execute(
      sql`update host_links set asked_until = now() - interval '1 second' where person_id = ${personId}`,
    )
    expect((await askHost(deps, holderOf(people.here), OTHER)).url).toContain(OTHER)
  })

  test('that forgot this service is told of it anew when someone else links it', async ({ service }) => {
    const host = await anotherHost()
    const deps = depsOf(service, wayTo(host))
    const { badge, ...first } = await aHolder(service, host)
    const { link } = await linked(service, host, deps, first)
    const clients = () => rows(host.db, sql`select 1 from oauth_states where model = 'Client'`)
    await linked(service, host, deps, await aHolder(service, host))
    expect(await clients()).toHaveLength(1)

    await host.db.execute(sql`delete from oauth_states where model = 'Client'`)
    const newcomer = await aHolder(service, host)
    const { link: fresh } = await linked(service, host, deps, newcomer)
    expect(await clients()).toHaveLength(1)
    const asked = { ...holderOf(newcomer.here), linkId: fresh.id, credentialId: newcomer.badge.id }
    expect((await sendToHost(deps, asked)).outcome).toBe('accepted')
    const before = { ...holderOf(first.here), linkId: link.id, credentialId: badge.id }
    await host.db.execute(sql`delete from oauth_states where person_id = ${first.there.personId}`)
    expect((await sendToHost(deps, before)).outcome).toBe('closed')
  })

  test('cannot have another person, another issuer or another state end the link', async ({ service }) => {
    const host = await anotherHost()
    const deps = depsOf(service, wayTo(host))
    const people = await aHolder(service, host)
    const ask = async () => {
      const { url } = await askHost(deps, holderOf(people.here), OTHER)
      return consented(host, people.there, new URL(url))
    }
    const stranger = await signedIn(service)
    const stolen = await ask()
    await expect(completeHost(deps, holderOf(stranger), stolen)).rejects.toMatchObject({ code: 'host_answer_ended' })
    const mixed = await ask()
    mixed.searchParams.set('iss', 'https://pirate.exemple.fr')
    await expect(completeHost(deps, holderOf(people.here), mixed)).rejects.toMatchObject({ code: 'host_answer_wrong' })
    await expect(completeHost(deps, holderOf(people.here), mixed)).rejects.toMatchObject({ code: 'host_answer_ended' })
    const other = await ask()
    other.searchParams.set('state', 'inventé')
    await expect(completeHost(deps, holderOf(people.here), other)).rejects.toMatchObject({ code: 'host_answer_ended' })
    expect(await listHosts(deps, people.here.personId)).toEqual([])
  })

  test.for<[string, string, Record<string, { status?: number; body?: unknown }>, string]>([
    ['of this machine', 'https://127.0.0.1', {}, 'host_address'],
    ['of a private network', 'https://10.1.2.3/api', {}, 'host_address'],
    ['in http', 'http://badges.exemple.fr', {}, 'host_address'],
    ['that answers nothing', 'https://badges.exemple.fr', {}, 'host_unreachable'],
    ['that redirects', OTHER, { [`${OTHER}/ims/ob/v3p0/discovery`]: { status: 302 } }, 'host_unreadable'],
    [
      'that names internal endpoints',
      OTHER,
      { [`${OTHER}/ims/ob/v3p0/discovery`]: { body: INTERNAL() } },
      'host_unreadable',
    ],
  ])('%s is refused', async ([, address, answers, code], { service }) => {
    const holder = await signedIn(service)
    const deps = depsOf(service, wayTo(null, answers))
    await expect(askHost(deps, holderOf(holder), address)).rejects.toMatchObject({ code })
    expect(await rows(service.db, sql`select 1 from host_links where person_id = ${holder.personId}`)).toEqual([])
  })
})

function INTERNAL() {
  const authorizationCode = { authorizationUrl: `${OTHER}/auth`, tokenUrl: 'https://169.254.169.254/token', scopes: {} }
  const OAuth2ACG = { 'x-imssf-registrationUrl': `${OTHER}/reg`, flows: { authorizationCode } }
  return { info: { title: 'Pirate' }, components: { securitySchemes: { OAuth2ACG } } }
}

test('the way out reads 64 KB, follows no redirection, and reaches nothing inside', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/suite') response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    else response.end(request.url === '/long' ? 'a'.repeat(70_000) : 'bonjour')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const open = createGuardedExchange({ allowLoopback: true })
  expect((await open(`${here}/`, { method: 'GET' })).body.toString()).toBe('bonjour')
  expect((await open(`${here}/suite`, { method: 'POST', body: 'x' })).status).toBe(302)
  await expect(open(`${here}/long`, { method: 'GET' })).rejects.toBeInstanceOf(Unreachable)
  const strict = createGuardedExchange({ allowLoopback: false })
  for (const url of [here, 'https://127.0.0.1/', 'https://[::1]/', 'https://10.0.0.1/']) {
    await expect(strict(url, { method: 'GET' })).rejects.toBeInstanceOf(Unreachable)
  }
})
