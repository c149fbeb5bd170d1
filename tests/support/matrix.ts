import { randomUUID } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../../src/app.ts'
import { type Db, rows } from '../../src/db.ts'
import { structures } from '../../src/habilitation/habilitations.sql.ts'
import { getOrganisation } from '../../src/organisations/organisations.ts'
import type { Actor } from './actors.ts'
import { config, type TestService } from './app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './factories.ts'
import { aRequest } from './habilitation.ts'
import { type Route, ROUTES } from './routes.ts'

/** What was written in each table since this was first asked, row by row: a refused call must leave that as it was. */
export async function fingerprintOf(db: Db): Promise<unknown> {
  if (!watched.has(db)) watched.set(db, watchWrites(db))
  await watched.get(db)
  return rows(db, sql`select name, count(*)::int as rows from written group by name order by name`)
}
const watched = new WeakMap<Db, Promise<void>>()

/** Every row that is written, in whatever table, leaves a line in a table of its own; what is taken back takes its line too. */
async function watchWrites(db: Db): Promise<void> {
  await db.execute(sql`create table written (name text not null)`)
  await db.execute(sql`create function note_written() returns trigger language plpgsql
    as $$ begin insert into written values (tg_table_name); return null; end $$`)
  await db.execute(sql`do $$ declare one record; begin
    for one in select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'written'
    loop
      execute format('create trigger noted after insert or update or delete on %I for each row execute function note_written()', one.name);
    end loop; end $$`)
}

/** The routes of the service as it registers them, `GET /path`; static files are no route of ours. */
export async function routesOf(service: TestService): Promise<string[]> {
  const found = new Set<string>()
  const watch = (message: unknown): void => {
    ;(message as { fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) {
        if (!['HEAD', 'OPTIONS'].includes(one) && !url.startsWith('/static/')) found.add(`${one} ${url}`)
      }
    })
  }
  subscribe('fastify.initialization', watch)
  const app = await buildApp({ config, ...service })
  unsubscribe('fastify.initialization', watch)
  await app.close()
  return [...found]
}

export type Place = Awaited<ReturnType<typeof aPlace>>

/**
 * An organisation with a session, a campaign and a badge, and how to call a route about them. What is `on` Aidants Connect
 * makes it a structure too, with a request and a habilitation.
 */
export async function aPlace(service: TestService, on: Route['on'] = 'credential') {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const { campaign, receipts } = await sendCsv(service, trainer, session, csvOf([aRow(1)]))
  const ids: Record<string, string> = {
    session,
    campaign: String(campaign!['id']),
    credential: String(receipts[0]!['credential']).split('/').at(-1)!,
    ...(['structure', 'request', 'habilitation'].includes(on) && (await aidantsConnectOf(service, trainer.slug))),
  }
  const names: Record<string, () => string> = {
    slug: () => trainer.slug,
    new: () => `organisme-${randomUUID().slice(0, 8)}`,
    uuid: () => randomUUID(),
    ...Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, () => id])),
  }
  const fill = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (whole, name) => names[name]?.() ?? whole)
  const unknown = randomUUID()
  const urlOf = (name: string): string => {
    const { at, on } = ROUTES[name]!
    const pattern = at ?? name.split(' ')[1]!
    return fill(pattern.replace(':slug', trainer.slug).replace(':id', (on && ids[on]) ?? unknown)).replaceAll(
      /:\w+/g,
      unknown,
    )
  }
  const call = (who: Actor, name: string, headers: Record<string, string> = {}, body: unknown = ROUTES[name]!.body) => {
    const [method] = name.split(' ')
    if (method === 'GET') return who.get(urlOf(name), headers)
    if (method === 'DELETE') return who.delete(urlOf(name), headers)
    const write = method === 'PUT' ? who.put : method === 'PATCH' ? who.patch : who.post
    return write(urlOf(name), body && JSON.parse(fill(JSON.stringify(body))), headers)
  }
  return { slug: trainer.slug, ids, urlOf, call }
}

async function aidantsConnectOf(service: TestService, slug: string): Promise<Record<string, string>> {
  const { id } = await getOrganisation(service.db, slug)
  await service.db.insert(structures).values({ organisationId: id })
  const { id: request } = await aRequest(service, { id })
  const done = { formationDoneOn: '2026-03-31', formationSource: 'officer', pixDoneOn: '2026-04-02' } as const
  const validated = await aRequest(service, { id }, done)
  const [found] = await rows<{ id: string }>(
    service.db,
    sql`select id from habilitations where request_id = ${validated.id}`,
  )
  return { request, habilitation: found!.id }
}
