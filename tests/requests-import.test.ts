import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import type { Json } from './support/actors.ts'
import { test } from './support/app.ts'
import { anOfficer, aSiret } from './support/habilitation.ts'

const IMPORTS = '/api/v1/habilitations/imports'

// Once: it is the statements that count, and PGlite runs the same ones.
test('20,000 requests in one import', { timeout: 300_000 }, async ({ service }) => {
  const officer = await anOfficer(service)
  const sirets = Array.from({ length: 200 }, aSiret)
  const lines = Array.from({ length: 20_000 }, (_, index) => ({
    email: `personne${index}@exemple.invalid`,
    givenName: 'Zoé',
    familyName: 'Exemple',
    profession: 'Secrétaire de mairie',
    standing: 'agent',
    origin: 'datapass',
    status: index % 4 === 0 ? 'validated' : 'processing',
    siret: sirets[index % sirets.length],
    structure: 'Structure reprise',
  }))
  const started = performance.now()
  const { status, body } = await officer.post(IMPORTS, lines)
  const seconds = (performance.now() - started) / 1000
  expect(status).toBe(200)
  expect(body['items'].filter((one: Json) => one['outcome'] === 'created')).toHaveLength(20_000)
  const [counted] = await rows<{ requests: number; habilitations: number; structures: number }>(
    service.db,
    sql`select count(*)::int as requests, count(h.id)::int as habilitations, count(distinct r.organisation_id)::int as structures
        from habilitation_requests r join organisations o on o.id = r.organisation_id left join habilitations h on h.request_id = r.id
        where o.name = 'Structure reprise' and o.siret = any(${sql.param(sirets)})`,
  )
  expect(counted).toEqual({ requests: 20_000, habilitations: 5000, structures: 200 })
  console.log(`20,000 requests: ${seconds.toFixed(1)} s, ${Math.round(process.memoryUsage().rss / 1e6)} MB`)
  expect(service.failures).toEqual([])

  const known = await officer.post(IMPORTS, lines.slice(0, 500))
  expect(known.body['items'].every((one: Json) => one['outcome'] === 'known')).toBe(true)
  expect(await officer.post(IMPORTS, [...lines, lines[0]])).toMatchObject({ status: 422 })
})
