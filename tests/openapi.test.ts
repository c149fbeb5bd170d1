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
      "DELETE /api/v1/content/{*}",
      "DELETE /api/v1/organisations/{slug}/clients/{id}",
      "DELETE /api/v1/organisations/{slug}/places/{id}",
      "DELETE /api/v1/webhooks/{id}",
      "GET /api/v1/achievements",
      "GET /api/v1/campaigns/{id}",
      "GET /api/v1/campaigns/{id}/events",
      "GET /api/v1/campaigns/{id}/receipts",
      "GET /api/v1/campaigns/{id}/receipts.csv",
      "GET /api/v1/cartography",
      "GET /api/v1/cartography/bridges",
      "GET /api/v1/cartography/bridges/{from}/{to}",
      "GET /api/v1/cartography/gaps",
      "GET /api/v1/cartography/releases",
      "GET /api/v1/cartography/releases/{number}",
      "GET /api/v1/cartography/releases/{number}/archive",
      "GET /api/v1/cartography/releases/{number}/files/{name}",
      "GET /api/v1/certifications",
      "GET /api/v1/conseillers/contracts",
      "GET /api/v1/conseillers/contracts/{id}",
      "GET /api/v1/conseillers/initial-trainings",
      "GET /api/v1/conseillers/lateness",
      "GET /api/v1/conseillers/training",
      "GET /api/v1/conseillers/{id}/training",
      "GET /api/v1/content",
      "GET /api/v1/credentials",
      "GET /api/v1/credentials/expiring",
      "GET /api/v1/credentials/{id}/renewal",
      "GET /api/v1/crosswalks",
      "GET /api/v1/equivalences",
      "GET /api/v1/events",
      "GET /api/v1/frameworks",
      "GET /api/v1/frameworks/{id}/competences",
      "GET /api/v1/habilitations",
      "GET /api/v1/habilitations/counts",
      "GET /api/v1/habilitations/formations",
      "GET /api/v1/habilitations/habilitation-requests",
      "GET /api/v1/habilitations/habilitation-requests.csv",
      "GET /api/v1/habilitations/habilitation-requests/{id}",
      "GET /api/v1/habilitations/habilitation-requests/{id}/registrations",
      "GET /api/v1/habilitations/organisation-requests",
      "GET /api/v1/habilitations/organisation-requests.csv",
      "GET /api/v1/habilitations/organisation-requests/mine",
      "GET /api/v1/habilitations/organisation-requests/{id}",
      "GET /api/v1/habilitations/pix-certifications",
      "GET /api/v1/habilitations/pix-results",
      "GET /api/v1/habilitations/structures/{slug}",
      "GET /api/v1/habilitations/structures/{slug}/habilitation-requests",
      "GET /api/v1/habilitations/structures/{slug}/webinar",
      "GET /api/v1/habilitations/{id}",
      "GET /api/v1/habilitations/{id}/state",
      "GET /api/v1/metiers",
      "GET /api/v1/modules",
      "GET /api/v1/modules/{slug}",
      "GET /api/v1/needs",
      "GET /api/v1/networks",
      "GET /api/v1/organisations",
      "GET /api/v1/organisations/{slug}",
      "GET /api/v1/organisations/{slug}/clients",
      "GET /api/v1/organisations/{slug}/equivalence-requests",
      "GET /api/v1/organisations/{slug}/journal",
      "GET /api/v1/organisations/{slug}/needs",
      "GET /api/v1/organisations/{slug}/proofs/{id}",
      "GET /api/v1/paths",
      "GET /api/v1/places",
      "GET /api/v1/places.csv",
      "GET /api/v1/places/{id}/evidence",
      "GET /api/v1/positionings",
      "GET /api/v1/proofs",
      "GET /api/v1/proofs/{id}",
      "GET /api/v1/sessions",
      "GET /api/v1/sessions/{id}/enrolments",
      "GET /api/v1/statistics/editions",
      "GET /api/v1/statistics/editions/{edition}",
      "GET /api/v1/statistics/editions/{edition}/figures",
      "GET /api/v1/statistics/editions/{edition}/files/{name}",
      "GET /api/v1/statistics/imported/{edition}",
      "GET /api/v1/statistics/imported/{edition}/files/{name}",
      "GET /api/v1/statistics/provisional",
      "GET /api/v1/statistics/tables",
      "GET /api/v1/wallet",
      "GET /api/v1/wallet/{id}",
      "GET /api/v1/webhooks",
      "POST /api/v1/campaigns/{id}/cancel",
      "POST /api/v1/campaigns/{id}/pause",
      "POST /api/v1/campaigns/{id}/resume",
      "POST /api/v1/conseillers/contracts",
      "POST /api/v1/conseillers/contracts/{id}/commitment",
      "POST /api/v1/conseillers/contracts/{id}/end",
      "POST /api/v1/conseillers/initial-trainings",
      "POST /api/v1/credentials/{id}/restoration",
      "POST /api/v1/credentials/{id}/revocation",
      "POST /api/v1/credentials/{id}/suspension",
      "POST /api/v1/habilitations/activity",
      "POST /api/v1/habilitations/decisions",
      "POST /api/v1/habilitations/habilitation-requests/{id}/decisions",
      "POST /api/v1/habilitations/habilitation-requests/{id}/formation",
      "POST /api/v1/habilitations/habilitation-requests/{id}/registrations",
      "POST /api/v1/habilitations/habilitation-requests/{id}/registrations/cancellation",
      "POST /api/v1/habilitations/imports",
      "POST /api/v1/habilitations/organisation-requests",
      "POST /api/v1/habilitations/organisation-requests/{id}",
      "POST /api/v1/habilitations/organisation-requests/{id}/decisions",
      "POST /api/v1/habilitations/pix-certifications",
      "POST /api/v1/habilitations/pix-results",
      "POST /api/v1/habilitations/pix-results/{id}/dismissal",
      "POST /api/v1/habilitations/pix-results/{id}/match",
      "POST /api/v1/habilitations/structures/{slug}/closure",
      "POST /api/v1/habilitations/structures/{slug}/habilitation-requests",
      "POST /api/v1/habilitations/structures/{slug}/reopening",
      "POST /api/v1/habilitations/{id}/lapse",
      "POST /api/v1/habilitations/{id}/restoration",
      "POST /api/v1/habilitations/{id}/withdrawal",
      "POST /api/v1/needs",
      "POST /api/v1/needs/withdrawal",
      "POST /api/v1/networks",
      "POST /api/v1/networks/{network}/achievements",
      "POST /api/v1/networks/{network}/achievements/removal",
      "POST /api/v1/networks/{network}/members",
      "POST /api/v1/networks/{network}/members/removal",
      "POST /api/v1/organisations",
      "POST /api/v1/organisations/{slug}/approval",
      "POST /api/v1/organisations/{slug}/clients",
      "POST /api/v1/organisations/{slug}/clients/{id}/secrets",
      "POST /api/v1/organisations/{slug}/equivalence-requests/{id}/refusal",
      "POST /api/v1/organisations/{slug}/equivalences",
      "POST /api/v1/organisations/{slug}/equivalences/{id}/end",
      "POST /api/v1/organisations/{slug}/facts",
      "POST /api/v1/organisations/{slug}/keys",
      "POST /api/v1/organisations/{slug}/needs",
      "POST /api/v1/organisations/{slug}/needs/withdrawal",
      "POST /api/v1/organisations/{slug}/refusal",
      "POST /api/v1/organisations/{slug}/register-check",
      "POST /api/v1/organisations/{slug}/reinstatement",
      "POST /api/v1/organisations/{slug}/suspension",
      "POST /api/v1/paths/plan",
      "POST /api/v1/positionings",
      "POST /api/v1/proofs",
      "POST /api/v1/proofs/badges",
      "POST /api/v1/proofs/checks",
      "POST /api/v1/proofs/{id}/withdrawal",
      "POST /api/v1/sessions",
      "POST /api/v1/sessions/{id}/attendance",
      "POST /api/v1/sessions/{id}/cancellation",
      "POST /api/v1/sessions/{id}/completions",
      "POST /api/v1/sessions/{id}/enrolments",
      "POST /api/v1/sessions/{id}/enrolments/cancellation",
      "POST /api/v1/verifications",
      "POST /api/v1/wallet",
      "POST /api/v1/wallet/{id}/recognition-request",
      "POST /api/v1/wallet/{id}/verification",
      "POST /api/v1/wallet/{id}/withdrawal",
      "POST /api/v1/webhooks",
      "POST /api/v1/webhooks/{id}/resumption",
      "POST /api/v1/webhooks/{id}/secrets",
      "POST /api/v1/webhooks/{id}/trial",
      "POST /oauth/revoke",
      "POST /oauth/token",
      "PUT /api/v1/cartography/releases/{number}",
      "PUT /api/v1/content/{*}",
      "PUT /api/v1/organisations/{slug}/places/{id}",
      "PUT /api/v1/statistics/editions/{edition}",
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
