import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { endGrant, giveGrant, listGrants } from '../src/auth/grants.ts'
import { rows } from '../src/db.ts'
import { getOrganisation } from '../src/organisations/organisations.ts'
import { signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aTrainer } from './support/factories.ts'

const linesOf = ({ db }: TestService, personId: string) =>
  rows<Record<string, unknown>>(
    db,
    sql`select author, action, organisation_id as organisation, reason, details from journal
        where person_id = ${personId} and action like 'auth.grant%' order by position`,
  )

test('a role is given, seen, taken back with a reason, and given again; the journal tells it all', async ({
  service,
}) => {
  const { db } = service
  const { slug } = await aTrainer(service)
  const { id: organisationId } = await getOrganisation(db, slug)
  const { personId, get } = await signedIn(service)
  const grant = { personId, role: 'formateur', organisationId, grantedBy: 'person:essai' } as const
  const sessions = `/api/v1/sessions?organisation=${slug}`
  expect((await get(sessions)).status).toBe(403)

  const id = await giveGrant(db, grant)
  const held = [{ id, personId, role: 'formateur', organisation: slug, grantedAt: expect.any(Date) }]
  expect(await listGrants(db, { personId })).toEqual(held)
  expect(await listGrants(db, { organisationId })).toEqual(held)
  expect((await get(sessions)).status).toBe(200)
  await expect(giveGrant(db, grant)).rejects.toMatchObject({ kind: 'conflict', code: 'grant_held' })

  const end = { id, endedBy: 'person:essai', reason: 'Départ' }
  await endGrant(db, end)
  expect(await listGrants(db, { personId })).toEqual([])
  expect((await get(sessions)).status).toBe(403)
  await expect(endGrant(db, end)).rejects.toMatchObject({ kind: 'not_found' })

  await giveGrant(db, grant)
  expect((await get(sessions)).status).toBe(200)
  const given = {
    author: 'person:essai',
    action: 'auth.grant_given',
    organisation: organisationId,
    reason: null,
    details: '{"role":"formateur"}',
  }
  expect(await linesOf(service, personId)).toEqual([
    given,
    { ...given, action: 'auth.grant_ended', reason: 'Départ' },
    given,
  ])
})

test('a role of the whole service takes no organisation, a role of an organisation takes one', async ({ service }) => {
  const { db } = service
  const { id } = await getOrganisation(db, (await aTrainer(service)).slug)
  const { personId } = await signedIn(service)
  const refused = { kind: 'invalid', code: 'grant_scope' }
  for (const role of ['exploitant', 'comite'] as const) {
    await expect(giveGrant(db, { personId, role, organisationId: id, grantedBy: 'service' })).rejects.toMatchObject(
      refused,
    )
  }
  for (const role of ['administrateur', 'formateur', 'referent', 'employeur'] as const) {
    await expect(giveGrant(db, { personId, role, organisationId: null, grantedBy: 'service' })).rejects.toMatchObject(
      refused,
    )
  }
  expect(await listGrants(db, { personId })).toEqual([])
  expect(await linesOf(service, personId)).toEqual([])
})

test('a refused role leaves the transaction of who asked for it usable', async ({ service }) => {
  const { personId } = await signedIn(service)
  const wrong = { personId, role: 'exploitant', organisationId: personId, grantedBy: 'service' } as const
  await service.db.transaction(async (tx) => {
    await giveGrant(tx, wrong).catch(() => {})
    await giveGrant(tx, { ...wrong, organisationId: null })
  })
  expect(await listGrants(service.db, { personId })).toMatchObject([{ role: 'exploitant', organisation: null }])
})
