import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CREDENTIALS_V2, OPEN_BADGES_EXTENSIONS, OPEN_BADGES_V3 } from '../../src/credentials/contexts.ts'
import { createDocuments } from '../../src/credentials/documents.ts'
import { createGuardedFetch } from '../../src/credentials/fetch.ts'
import { createVerifier } from '../../src/credentials/verifier.ts'
import type { Json } from '../support/actors.ts'
import { codeOf, foreignIssuer, NOW } from '../support/foreign-issuer.ts'

const EXTENDED = [CREDENTIALS_V2, OPEN_BADGES_V3, OPEN_BADGES_EXTENSIONS]
const HERE = 'https://ailleurs.example/badges/1/a-jour'
const refreshing = (id: string): Json => ({
  '@context': EXTENDED,
  refreshService: { id, type: '1EdTechCredentialRefresh' },
})
type Issuer = Awaited<ReturnType<typeof foreignIssuer>>

/** A badge that announces its newer version, and what verifying it gives once that is published. */
async function refreshed(issuer: Issuer, newer: unknown, question = {}) {
  const badge = await issuer.badge(refreshing(HERE))
  if (newer !== undefined) issuer.network.set(HERE, newer)
  return issuer.verifier.credential(badge, question)
}

test('a newer version by the same issuer replaces the badge, which is then shown and judged as it is now', async () => {
  const issuer = await foreignIssuer()
  const newer = await issuer.badge({ ...refreshing(HERE), name: 'Soudure, à jour' })
  const found = await refreshed(issuer, newer)
  expect([codeOf(found, 'refresh'), found.verdict]).toEqual(['refresh_followed', 'valid'])
  expect(found.credential).toMatchObject({ name: 'Soudure, à jour' })
  expect(found.checks.map(({ id }) => id).slice(0, 3)).toEqual(['shape', 'proof', 'refresh'])
})

test.for<[string, string, (issuer: Issuer) => Promise<Json>]>([
  [
    'is revoked',
    'revocation',
    async (i) => {
      await i.publishList([7])
      return i.badge({ ...refreshing(HERE), credentialStatus: [i.entry()] })
    },
  ],
  ['has expired', 'dates', async (i) => i.badge({ ...refreshing(HERE), validUntil: '2026-05-31T00:00:00Z' })],
])('a newer version that %s decides', async ([, check, make]) => {
  const issuer = await foreignIssuer()
  const found = await refreshed(issuer, await make(issuer))
  expect(codeOf(found, 'refresh')).toBe('refresh_followed')
  expect([found.verdict, found.checks.find(({ outcome }) => outcome === 'failure')?.id]).toEqual(['invalid', check])
})

test('the same badge, even signed again, is up to date', async () => {
  const issuer = await foreignIssuer()
  const found = await refreshed(issuer, await issuer.badge(refreshing(HERE)))
  expect([codeOf(found, 'refresh'), found.verdict]).toEqual(['refresh_same', 'valid'])
})

test.for<[string, (issuer: Issuer) => Promise<unknown>]>([
  ['is another badge', async (i) => i.badge({ id: 'https://ailleurs.example/badges/2' })],
  ['is older', async (i) => i.badge({ validFrom: '2026-01-09T09:00:00Z' })],
  ['has no date', async (i) => ({ ...(await i.badge()), validFrom: 7 })],
  ['was changed after it was signed', async (i) => ({ ...(await i.badge({ name: 'Vraie' })), name: 'Fausse' })],
  ['is not signed', async (i) => ({ ...(await i.badge({ name: 'Vraie' })), proof: undefined })],
  ['has another form', async (i) => i.badge({ type: ['VerifiableCredential'] })],
  [
    'is of another issuer',
    async () => {
      const other = await foreignIssuer('autre.example')
      return other.badge({ id: 'https://ailleurs.example/badges/1' })
    },
  ],
  [
    'is another’s in the issuer’s name',
    async () => {
      const thief = await foreignIssuer()
      return thief.badge({ name: 'Fausse' })
    },
  ],
  ['is a token that says it without being signed', async (i) => tokenOf(await i.badge({ name: 'Fausse' }))],
])('a newer version that %s is set aside, and the badge judged as it was given', async ([, make]) => {
  const issuer = await foreignIssuer()
  const found = await refreshed(issuer, await make(issuer))
  expect(found.checks.find(({ id }) => id === 'refresh')).toMatchObject({ outcome: 'skipped', code: 'refresh_refused' })
  expect(found).toMatchObject({ verdict: 'valid', credential: { name: 'Soudure' } })
})

/** A token with `alg: none`, as the bytes of an answer. */
const tokenOf = (payload: Json): Buffer =>
  Buffer.from(
    `${[{ alg: 'none' }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`,
  )

test('the newer version of a newer version is not asked for: two that name one another end there', async () => {
  const issuer = await foreignIssuer()
  const [here, there] = [HERE, 'https://ailleurs.example/badges/1/encore']
  issuer.network.set(there, await issuer.badge({ ...refreshing(here), name: 'Trop loin' }))
  const found = await refreshed(issuer, await issuer.badge({ ...refreshing(there), name: 'Soudure, à jour' }))
  expect(found).toMatchObject({ verdict: 'valid', credential: { name: 'Soudure, à jour' } })
  expect(issuer.asked.filter((url) => url !== issuer.didUrl)).toEqual([here])
})

test('nothing is asked for before the signature is known to be good', async () => {
  const issuer = await foreignIssuer()
  const badge = await issuer.badge(refreshing(HERE))
  const found = await issuer.verifier.credential({ ...badge, name: 'Fausse' }, {})
  expect([found.verdict, codeOf(found, 'proof')]).toEqual(['invalid', 'proof_invalid'])
  expect(issuer.asked).toEqual([issuer.didUrl])
})

test('a service of another kind is left alone', async () => {
  const issuer = await foreignIssuer()
  const badge = await issuer.badge({ refreshService: { id: HERE, type: 'https://exemple.fr/types#Refresh' } })
  const found = await issuer.verifier.credential(badge, {})
  expect([codeOf(found, 'refresh'), found.verdict]).toEqual(['refresh_not_followed', 'valid'])
  expect(issuer.asked).not.toContain(HERE)
})

/** A server of this machine that misbehaves: the guarded fetcher stands before it, as it does in the service. */
const server = createServer((request, response) => {
  if (request.url === '/interne') return response.writeHead(302, { location: 'https://10.0.0.1/badge' }).end()
  if (request.url === '/lent') return response.write('{')
  if (request.url === '/long') return response.end(Buffer.alloc(4 * 1024 * 1024, ' '))
  return response.end('["ni badge ni jeton"]')
})
beforeAll(() => new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test.for<[string, (origin: string) => string]>([
  ['leads to an internal address', (origin) => `${origin}/interne`],
  ['is an internal address', () => 'https://169.254.169.254/badge'],
  ['is not under https', () => 'http://ailleurs.exemple.invalid/badge'],
  ['never ends', (origin) => `${origin}/lent`],
  ['answers 4 MB', (origin) => `${origin}/long`],
  ['answers no document', (origin) => `${origin}/liste`],
  ['is no address', () => 'urn:uuid:00000000-0000-4000-8000-000000000000'],
])('a refresh service that %s changes nothing: the badge is judged as it was given', async ([, addressAt]) => {
  const issuer = await foreignIssuer()
  const { port } = server.address() as AddressInfo
  const badge = await issuer.badge(refreshing(addressAt(`http://127.0.0.1:${port}`)))
  const guarded = createGuardedFetch({ allowLoopback: true, timeoutMs: 400 })
  const documents = createDocuments(async (url, accept) => {
    const known = issuer.network.get(url)
    return known ? { body: Buffer.from(JSON.stringify(known)), contentType: '', url } : guarded(url, accept)
  })
  const verifier = createVerifier({ fetch: guarded, documents, own: async () => undefined, now: () => NOW })
  const found = await verifier.credential(badge, {})
  expect(found.checks.find(({ id }) => id === 'refresh')).toMatchObject({
    outcome: 'skipped',
    code: 'refresh_unreachable',
    message: 'L’adresse de la version à jour ne répond pas : le badge est jugé tel qu’il a été donné.',
  })
  expect(found).toMatchObject({ verdict: 'valid', credential: { name: 'Soudure' } })
})
