import { expect } from 'vitest'
import { actor, type Json, signedIn } from '../support/actors.ts'
import { test } from '../support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from '../support/factories.ts'
import { anAuthority, anEmail, anOfficer, aSiret, pixRow } from '../support/habilitation.ts'

const BASE = '/api/v1/habilitations'
const because = (reason: string) => ({ reason })

test('a structure asks, its aidante trains and passes the test, her badge verifies, is suspended and restored', async ({
  service,
}) => {
  await anAuthority(service)
  const [issuer, officer, employer] = [await signedIn(service), await anOfficer(service), actor(service)]
  const [email, managerEmail] = [anEmail(), anEmail()]
  const person = { givenName: 'Zoé', familyName: 'Exemple-Aidante', profession: 'Assistante sociale' }

  // The structure asks; an officer finds the request in the queue and accepts it.
  const asked = await issuer.post(`${BASE}/organisation-requests`, {
    structure: { name: 'Centre social d’exemple', siret: aSiret(), departement: '69' },
    manager: { ...person, email: managerEmail, familyName: 'Exemple-Responsable', profession: 'Directrice' },
    aidants: [{ ...person, email, standing: 'salarie' }],
    declarations: { cgu: true, notFree: true, dpo: true, professionalsOnly: true, withoutElected: true },
  })
  expect(asked.status).toBe(201)
  const request = `${BASE}/organisation-requests/${asked.body['id']}`
  const submitted = await issuer.post(`${request}/decisions`, { move: 'submission', ...because('Dossier complet') })
  expect(submitted.body).toMatchObject({ outcome: 'done', status: 'AC_VALIDATION_PROCESSING' })
  const queue = await officer.get(`${BASE}/organisation-requests?status=AC_VALIDATION_PROCESSING&departement=69`)
  expect((queue.body['items'] as Json[]).map((one) => one['id'])).toContain(asked.body['id'])
  const accepted = await officer.post(`${request}/decisions`, { move: 'acceptance', ...because('Structure éligible') })
  expect(accepted.body).toMatchObject({ outcome: 'done', status: 'VALIDATED' })

  // Her manager is the structure's référente from now on, and sees the request of the aidante.
  const referent = await signedIn(service, { email: managerEmail })
  const slug = String(accepted.body['structure']['organisation'])
  const { body: team } = await referent.get(`${BASE}/structures/${slug}/habilitation-requests`)
  expect(team['items']).toMatchObject([{ status: 'processing', label: 'Éligibilité validée' }])
  const mine = String((team['items'] as Json[])[0]!['id'])

  // The Pix results come first, then the training: the second of the two validates.
  const imported = await officer.post(`${BASE}/pix-results`, [pixRow(email.toUpperCase()), pixRow(anEmail())])
  expect(imported.body).toMatchObject({ received: 2, matched: 1, unmatched: 1 })
  const counted = async () => (await officer.get(`${BASE}/counts?structure=${slug}`)).body
  expect(await counted()).toMatchObject({ habilites: { people: 0 }, enCours: { people: 1 } })
  const trainer = await aTrainer(service)
  const row = aRow(1, { email, given_name: person.givenName, family_name: person.familyName })
  await sendCsv(service, trainer, await aSession(trainer, { hours: 7 }), csvOf([row]))
  await service.queue.idle()
  expect((await referent.get(`${BASE}/habilitation-requests/${mine}`)).body).toMatchObject({ status: 'validated' })
  expect(await counted()).toMatchObject({ habilites: { people: 1 }, enCours: { people: 0 } })

  // The badge: of the authority, for her and that structure, and not a certification.
  const { body: list } = await referent.get(`${BASE}?organisation=${slug}`)
  const { id, credential } = (list['items'] as Json[])[0]!
  const verify = async (more: Json = {}) => {
    const { body } = await employer.post('/api/v1/verifications', { url: credential, ...more })
    return body
  }
  const verified = await verify({ recipient: 'Zoé Exemple-Aidante' })
  expect(verified).toMatchObject({ verdict: 'valid' })
  const badge = verified['credential'] as Json
  expect(badge['issuer']['id']).toMatch(/:organisations:aidants-connect$/)
  expect(badge['credentialSubject']['achievement']['achievementType']).toBe('License')
  expect(badge['evidence'][0]['narrative']).toContain('Centre social d’exemple')
  const { response } = await employer.get(new URL(String(credential)).pathname, { accept: 'text/html' })
  expect(response.body).toContain('Une habilitation n’est pas une certification')
  expect((await verify({ recipient: 'Quelqu’un d’autre' }))['verdict']).toBe('invalid')

  // The référente suspends it, then restores it; the page never tells the reason that she typed.
  const reason = 'Motif qui ne regarde personne'
  expect((await referent.post(`${BASE}/${id}/lapse`, because(reason))).body).toMatchObject({ state: 'suspended' })
  expect((await verify())['verdict']).toBe('invalid')
  const suspended = await employer.get(new URL(String(credential)).pathname, { accept: 'text/html' })
  expect(suspended.response.body).toContain('Habilitation suspendue')
  expect(suspended.response.body).not.toContain(reason)
  const during = new Date()
  const restored = await referent.post(`${BASE}/${id}/restoration`, because('Retour'))
  expect(restored.body).toMatchObject({ state: 'active' })
  expect((restored.body['events'] as Json[]).map((one) => one['kind'])).toEqual(['granted', 'lapsed', 'restored'])
  expect((await verify())['verdict']).toBe('valid')
  expect((await verify({ at: during.toISOString() }))['verdict']).toBe('invalid')
  const state = await employer.get(`${BASE}/${id}/state?at=${during.toISOString()}`)
  expect(state.body).toMatchObject({ state: 'suspended' })
  expect(service.failures).toEqual([])
})
