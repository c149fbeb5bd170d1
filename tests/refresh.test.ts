import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { createDocuments } from '../src/credentials/documents.ts'
import { activeKey } from '../src/credentials/keys.ts'
import { createOwnDocuments } from '../src/credentials/own-documents.ts'
import { checkProof, type JsonObject, signCredential, Unreachable } from '../src/credentials/suite.ts'
import { rows } from '../src/db.ts'
import { createRefreshed } from '../src/evidence/refreshed.ts'
import { actor, type Json, type SignedIn, signedIn } from './support/actors.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { filesOf, PDF, sendEvidence } from './support/evidence.ts'
import { aBadge } from './support/factories.ts'
import { codeOf } from './support/foreign-issuer.ts'

const JSON_PLEASE = { accept: 'application/json' }

/** Someone with a badge, and a file kept with it that anyone may see. */
async function aHolder(service: TestService) {
  const holder = await signedIn(service)
  const badge = await aBadge(service, { email: holder.email, evidence_url: 'https://exemple.invalid/preuve' })
  return { holder, files: `/mon-espace/badges/${badge.id}/preuves`, ...badge }
}
async function showFile(service: TestService, { holder, files, id }: { holder: SignedIn; files: string; id: string }) {
  await sendEvidence(holder, files, { name: 'affiche.pdf', bytes: PDF }, { description: 'Faite en atelier' })
  const file = (await filesOf(service, id)).at(-1)!
  await holder.form(`${files}/${file}/affichage`, { visible: 'oui' })
  return file
}
const refresh = (service: TestService, path: string) => actor(service).get(`${path}/refresh`, JSON_PLEASE)
const verify = async (service: TestService, credential: Json): Promise<any> =>
  (await actor(service).post('/api/v1/verifications', { credential })).body

/** What the untouched library says of a document, with this service's keys and no network. */
const isGenuine = ({ db, vault }: TestService, document: JsonObject) => {
  const own = createOwnDocuments({ db, vault, baseUrl: BASE_URL, refreshed: async () => '' })
  const nowhere = async (): Promise<never> => {
    throw new Unreachable('no network here')
  }
  return checkProof(document, createDocuments(nowhere, own).did, { now: new Date() })
}

/** The badge as this service signed them before: without a refresh service, nor the context that defines it. */
async function asFormerly({ db, vault }: TestService, id: string, credential: Json): Promise<Json> {
  const { proof, refreshService: _, ...rest } = credential
  const contexts = (rest['@context'] as string[]).slice(0, 2)
  const [owner] = await rows<{ id: string }>(db, sql`select organisation_id as id from credentials where id = ${id}`)
  const key = await activeKey(db, vault, owner!.id)
  const did = String(rest['issuer'].id)
  const signed = await signCredential({ ...rest, '@context': contexts }, did, key, new Date(proof.created))
  await db.execute(
    sql`update credentials set document = ${JSON.stringify(signed)}, template_digest = null, values = null where id = ${id}`,
  )
  return signed
}

test('a new badge names its refresh service, which answers the very document while nothing was added', async ({
  service,
}) => {
  const { path, credential, id } = await aHolder(service)
  expect(credential['refreshService']).toEqual({ id: `${BASE_URL}${path}/refresh`, type: '1EdTechCredentialRefresh' })
  const { response } = await refresh(service, path)
  expect(response.headers['content-type']).toMatch(/^application\/vc\+ld\+json\b/)
  expect(response.body).toBe((await actor(service).get(`${path}.json`)).response.body)
  expect(await isGenuine(service, credential)).toEqual({ outcome: 'success' })
  const again = await actor(service).get(`${path}/refresh`, { 'if-none-match': String(response.headers['etag']) })
  expect([again.status, again.response.body]).toEqual([304, ''])
  expect(codeOf(await verify(service, credential), 'refresh')).toBe('refresh_same')
  expect((await actor(service).get(path, { accept: 'text/html' })).response.body).not.toContain(`${id}/refresh"`)
})

test('what its holder shows is in the version of today, signed with the digest of each file', async ({ service }) => {
  const held = await aHolder(service)
  const { path, credential } = held
  const file = await showFile(service, held)
  const { body } = await refresh(service, path)
  const { proof, evidence, relatedResource, ...same } = body
  const { proof: first, evidence: before, ...rest } = credential
  expect(same).toEqual(rest)
  expect(proof.created >= first.created).toBe(true)
  const id = `${BASE_URL}/evidence/${file}`
  expect(evidence).toEqual([
    ...before,
    {
      id,
      type: ['Evidence'],
      name: 'Affiche d’atelier',
      description: 'Faite en atelier',
      narrative: 'Fichier ajouté par la personne elle-même ; l’organisme qui a délivré le badge ne l’a pas examiné.',
    },
  ])
  const digestSRI = `sha256-${createHash('sha256').update(PDF).digest('base64')}`
  expect(relatedResource).toEqual([{ id, digestSRI, mediaType: 'application/pdf' }])
  expect(await isGenuine(service, body)).toEqual({ outcome: 'success' })
  expect(
    await isGenuine(service, { ...body, relatedResource: [{ ...relatedResource[0], digestSRI: 'sha256-AAAA' }] }),
  ).toEqual({
    outcome: 'failure',
    code: 'proof_invalid',
  })
  const page = (await actor(service).get(path, { accept: 'text/html' })).response.body
  expect(page).toContain(`href="${path}/refresh"`)
})

test('verifying the badge as first signed shows its version of today, and that one is up to date', async ({
  service,
}) => {
  const held = await aHolder(service)
  await showFile(service, held)
  const found = await verify(service, held.credential)
  expect([codeOf(found, 'refresh'), found.verdict]).toEqual(['refresh_followed', 'valid'])
  expect(found.credential.evidence).toHaveLength(2)
  const today = (await refresh(service, held.path)).body
  expect(found.credential).toEqual(today)
  expect(codeOf(await verify(service, today), 'refresh')).toBe('refresh_same')
})

test('a badge as a token is up to date as well: signed otherwise, it says the same', async ({ service }) => {
  const { path } = await aHolder(service)
  const token = (await actor(service).get(`${path}.jwt`)).response.body
  const type = { 'content-type': 'application/vc+jwt' }
  const found: any = (await actor(service).post('/api/v1/verifications', token, type)).body
  expect([codeOf(found, 'refresh'), found.verdict]).toEqual(['refresh_same', 'valid'])
})

test('a version that was kept is set right once its holder hides the file again', async ({ service }) => {
  const held = await aHolder(service)
  const file = await showFile(service, held)
  const kept = (await refresh(service, held.path)).body
  await held.holder.form(`${held.files}/${file}/affichage`, { visible: 'non' })
  expect((await refresh(service, held.path)).body).toEqual(held.credential)
  const found = await verify(service, kept)
  expect([codeOf(found, 'refresh'), found.verdict]).toEqual(['refresh_followed', 'valid'])
  expect(found.credential).toEqual(held.credential)
})

test('a hundred requests sign once, and what changes signs again', async ({ service }) => {
  const held = await aHolder(service)
  await showFile(service, held)
  const answers = await Promise.all(Array.from({ length: 100 }, () => refresh(service, held.path)))
  expect(new Set(answers.map(({ response }) => response.body)).size).toBe(1)
  // A second service signs for itself: the same content, another signature or not, as the second goes.
  const other = await createRefreshed({ ...service, baseUrl: BASE_URL })(held.id)
  const without = (text: string) => ({ ...(JSON.parse(text) as JsonObject), proof: null })
  expect(without(other.document)).toEqual(without(answers[0]!.response.body))
  await showFile(service, held)
  const { body } = await refresh(service, held.path)
  expect(body['evidence']).toHaveLength(3)
  expect(await isGenuine(service, body)).toEqual({ outcome: 'success' })
})

test('a revoked, suspended or expired badge still answers, and is judged by its status', async ({ service }) => {
  const held = await aHolder(service)
  await showFile(service, held)
  const said = { reason: 'Essai de mise à jour' }
  for (const [move, verdict, check] of [
    ['suspension', 'invalid', 'suspended'],
    ['restoration', 'valid', 'not_suspended'],
  ] as const) {
    await held.trainer.post(`/api/v1/credentials/${held.id}/${move}`, said)
    const found = await verify(service, (await refresh(service, held.path)).body)
    expect([found.verdict, codeOf(found, 'suspension')]).toEqual([verdict, check])
  }
  await held.trainer.post(`/api/v1/credentials/${held.id}/revocation`, said)
  const found = await verify(service, held.credential)
  expect([codeOf(found, 'refresh'), codeOf(found, 'revocation'), found.verdict]).toEqual([
    'refresh_followed',
    'revoked',
    'invalid',
  ])
})

test('the same version is signed by the key of today once the key was replaced', async ({ service }) => {
  const held = await aHolder(service)
  const { slug } = held.trainer
  await actor(service, 'administrateur', slug).post(`/api/v1/organisations/${slug}/keys`, {})
  await showFile(service, held)
  const { body } = await refresh(service, held.path)
  expect(body['proof'].verificationMethod).not.toBe(held.credential['proof'].verificationMethod)
  expect(await isGenuine(service, body)).toEqual({ outcome: 'success' })
})

test('a badge signed before there was a refresh service is verified as ever, and learns of it when something is added', async ({
  service,
}) => {
  const held = await aHolder(service)
  const former = await asFormerly(service, held.id, held.credential)
  expect(former['refreshService']).toBeUndefined()
  const found = await verify(service, former)
  expect([codeOf(found, 'refresh'), found.verdict]).toEqual(['refresh_none', 'valid'])
  expect((await refresh(service, held.path)).body).toEqual(former)
  await showFile(service, held)
  const { body } = await refresh(service, held.path)
  expect(body['refreshService']).toEqual(held.credential['refreshService'])
  expect(await isGenuine(service, body)).toEqual({ outcome: 'success' })
})

test('no badge, no version: unknown, no identifier at all, erased', async ({ service }) => {
  const { holder, path, credential } = await aHolder(service)
  for (const id of ['00000000-0000-4000-8000-000000000000', 'x']) {
    expect(await refresh(service, `/credentials/${id}`)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
  await holder.form('/mon-espace/effacement', { confirmation: 'EFFACER' })
  expect(await refresh(service, path)).toMatchObject({ status: 410, body: { code: 'erased' } })
  const found = await verify(service, credential)
  expect([codeOf(found, 'refresh'), found.verdict]).toEqual(['refresh_unreachable', 'valid'])
})
