import { expect } from 'vitest'
import { rememberPeople, sealPerson } from '../src/people/people.ts'
import { test } from './support/app.ts'
import { anAuthority, anOfficer, aRequest, aStructure, requestOf } from './support/habilitation.ts'

test('someone being named in a request elsewhere does not hold up the validation of hers', async ({ service }) => {
  const { db, vault } = service
  await anAuthority(service)
  const officer = await anOfficer(service)
  const done = { formationDoneOn: '2026-03-31', formationSource: 'officer' } as const
  const asked = await aRequest(service, await aStructure(service), { ...done, status: 'waitling_list' })
  const person = sealPerson(vault, { email: asked.email, givenName: 'Zoé', familyName: 'Exemple' })
  await db.transaction(async (tx) => {
    await rememberPeople(tx, [person]) // and this transaction goes on
    const path = `/api/v1/habilitations/habilitation-requests/${asked.id}/decisions`
    const decided = officer.post(path, { move: 'validation', reason: 'Éligible' }).then(({ body }) => body['outcome'])
    const never = new Promise((resolve) => setTimeout(resolve, 10_000, 'still waiting'))
    expect(await Promise.race([decided, never])).toBe('done')
  })
  expect(await requestOf(service, asked.id)).toMatchObject({ status: 'validated' })
})
