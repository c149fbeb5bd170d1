// Kept aside: both fail until src/app.ts gets `removeAdditional: false` and `frameworkErrors`.
import { expect } from 'vitest'
import { actor } from './support/actors.ts'
import { test } from './support/app.ts'
import { aTrainer } from './support/factories.ts'

test('a field that the API does not know is refused', async ({ service }) => {
  const { slug, post } = await aTrainer(service)
  const body = {
    organisation: slug,
    module: 'aidants-connect',
    startsOn: '2026-03-31',
    endsOn: '2026-03-31',
    capacity: 5,
    modality: 'distance',
  }
  expect(await post('/api/v1/sessions', { ...body, organisationId: 'x' })).toMatchObject({
    status: 422,
    body: { code: 'invalid_fields', detail: 'Corps : champ inconnu « organisationId ».' },
  })
})

test('an address that cannot be read is a problem too', async ({ service }) => {
  const { response } = await actor(service).get('/api/v1/%zz')
  expect(response.headers['content-type']).toContain('application/problem+json')
})
