import { expect } from 'vitest'
import { actor, type Json } from './support/actors.ts'
import { test } from './support/app.ts'

test('the API describes every call that it offers, in OpenAPI 3.1', async ({ service }) => {
  const { body } = await actor(service).get('/api/v1/openapi.json')
  expect(body).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'Insigne' },
    servers: [{ url: 'https://insigne.test' }],
  })
  const calls = Object.entries(body['paths'] as Json).flatMap(([path, methods]) =>
    Object.entries(methods as Json).map(([method, about]) => ({ call: `${method.toUpperCase()} ${path}`, about })),
  )
  for (const { call, about } of calls) {
    expect(about.summary, call).toMatch(/^\p{Lu}.{4,}/u)
    expect(about.tags, call).toHaveLength(1)
  }
  expect(calls.map((one) => one.call).toSorted()).toMatchInlineSnapshot(`
    [
      "DELETE /api/v1/organisations/{slug}/clients/{id}",
      "GET /api/v1/achievements",
      "GET /api/v1/campaigns/{id}",
      "GET /api/v1/campaigns/{id}/events",
      "GET /api/v1/campaigns/{id}/receipts",
      "GET /api/v1/campaigns/{id}/receipts.csv",
      "GET /api/v1/certifications",
      "GET /api/v1/credentials",
      "GET /api/v1/crosswalks",
      "GET /api/v1/frameworks",
      "GET /api/v1/frameworks/{id}/competences",
      "GET /api/v1/metiers",
      "GET /api/v1/modules",
      "GET /api/v1/modules/{slug}",
      "GET /api/v1/networks",
      "GET /api/v1/organisations",
      "GET /api/v1/organisations/{slug}",
      "GET /api/v1/organisations/{slug}/clients",
      "GET /api/v1/organisations/{slug}/journal",
      "GET /api/v1/paths",
      "GET /api/v1/sessions",
      "POST /api/v1/campaigns/{id}/cancel",
      "POST /api/v1/campaigns/{id}/pause",
      "POST /api/v1/campaigns/{id}/resume",
      "POST /api/v1/credentials/{id}/restoration",
      "POST /api/v1/credentials/{id}/revocation",
      "POST /api/v1/credentials/{id}/suspension",
      "POST /api/v1/networks",
      "POST /api/v1/networks/{network}/achievements",
      "POST /api/v1/networks/{network}/achievements/removal",
      "POST /api/v1/networks/{network}/members",
      "POST /api/v1/networks/{network}/members/removal",
      "POST /api/v1/organisations",
      "POST /api/v1/organisations/{slug}/approval",
      "POST /api/v1/organisations/{slug}/clients",
      "POST /api/v1/organisations/{slug}/clients/{id}/secrets",
      "POST /api/v1/organisations/{slug}/facts",
      "POST /api/v1/organisations/{slug}/keys",
      "POST /api/v1/organisations/{slug}/refusal",
      "POST /api/v1/organisations/{slug}/register-check",
      "POST /api/v1/organisations/{slug}/reinstatement",
      "POST /api/v1/organisations/{slug}/suspension",
      "POST /api/v1/sessions",
      "POST /api/v1/sessions/{id}/completions",
      "POST /api/v1/sessions/{id}/enrolments",
      "POST /api/v1/verifications",
      "POST /oauth/revoke",
      "POST /oauth/token",
    ]
  `)
})

test('what a call takes is described: the fields of a session, the two forms of completions', async ({ service }) => {
  const { body } = await actor(service).get('/api/v1/openapi.json')
  const fields = body['paths']['/api/v1/sessions'].post.requestBody.content['application/json'].schema
  expect(fields).toMatchObject({
    additionalProperties: false,
    required: expect.arrayContaining(['organisation', 'startsOn', 'endsOn', 'capacity', 'modality']),
  })
  const forms = body['paths']['/api/v1/sessions/{id}/completions'].post.requestBody.content
  expect(Object.keys(forms).toSorted()).toEqual(['application/json', 'text/csv'])
})

test('an address that does not exist is a problem in JSON for a program', async ({ service }) => {
  for (const path of ['/api/v1/inconnue', '/inconnue']) {
    const { status, body, response } = await actor(service).get(`${path}?nom=x`, { accept: 'application/json' })
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect({ status, ...body }).toEqual({
      type: 'urn:insigne:problem:not_found',
      title: 'Introuvable',
      status: 404,
      code: 'not_found',
      detail: `La page « ${path} » est introuvable.`,
      mend: 'Vérifiez l’adresse ou l’identifiant.',
      instance: path,
    })
  }
})

test('the API answers a browser in JSON too; a page that does not exist is a page', async ({ service }) => {
  const accept = 'text/html,application/xhtml+xml,*/*;q=0.8'
  const api = await actor(service).get('/api/v1/inconnue', { accept })
  expect(api.response.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  const page = await actor(service).get('/inconnue?x=<script>', { accept })
  expect(page.status).toBe(404)
  expect(page.response.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(page.response.body).toContain('<h1>Introuvable</h1>')
  expect(page.response.body).toMatch(/La page «\s\/inconnue\s» est introuvable\./u)
  expect(page.response.body).not.toContain('<script>')
})

test('an address echoed by a page is text, whatever it holds', async ({ service }) => {
  const { response } = await actor(service).get('/%3Cscript%3Ealert(1)%3C/script%3E', { accept: 'text/html' })
  expect(response.statusCode).toBe(404)
  expect(response.body).not.toContain('<script>alert')
})

test('a wrong request names each wrong field, in French', async ({ service }) => {
  const { status, body } = await actor(service, 'exploitant').post('/api/v1/organisations', { slug: 'É', nda: '1' })
  expect({ status, code: body['code'] }).toEqual({ status: 422, code: 'invalid_fields' })
  expect(body['errors']).toEqual([
    'Corps : il manque « name ».',
    'Corps slug : la valeur n’a pas la forme attendue (^[a-z0-9]+(-[a-z0-9]+)*$).',
    'Corps nda : la valeur n’a pas la forme attendue (^\\d{11}$).',
  ])
})
