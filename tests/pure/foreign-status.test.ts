import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from '../../src/credentials/contexts.ts'
import { LIST_LENGTH } from '../../src/credentials/status.ts'
import { checkProof, Unreachable } from '../../src/credentials/suite.ts'
import { checkStatus } from '../../src/credentials/verify-status.ts'
import type { Json } from '../support/actors.ts'
import { codeOf, foreignIssuer, NOW } from '../support/foreign-issuer.ts'

const EXTENDED = [CREDENTIALS_V2, OPEN_BADGES_V3, 'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json']
type Issuer = Awaited<ReturnType<typeof foreignIssuer>>
const verify = (issuer: Issuer, badge: Json, question = {}) => issuer.verifier.credential(badge, question)

test.for<[string, string, string, (issuer: Issuer) => Promise<Json | void>]>([
  ['says revoked', 'revoked', 'invalid', async (i) => i.publishList([7])],
  ['does not answer', 'status_unreachable', 'indeterminate', async () => {}],
  ['is no JSON', 'status_unreachable', 'indeterminate', async (i) => void i.network.set(i.listUrl, Buffer.from('x'))],
  [
    'is another’s',
    'status_invalid',
    'invalid',
    async (i) => {
      const other = await foreignIssuer('autre.example')
      i.network.set(i.listUrl, await other.publishList([], { id: i.listUrl }))
    },
  ],
  [
    'is another’s in the issuer’s name',
    'status_invalid',
    'invalid',
    async (i) => {
      const thief = await foreignIssuer('ailleurs.example')
      i.network.set(i.listUrl, await thief.publishList([]))
    },
  ],
  [
    'is for another purpose',
    'status_invalid',
    'invalid',
    async (i) => i.publishList([], {}, { statusPurpose: 'suspension' }),
  ],
  [
    'has another address',
    'status_invalid',
    'invalid',
    async (i) => i.publishList([], { id: 'https://ailleurs.example/listes/2' }),
  ],
  [
    'is of another type',
    'status_invalid',
    'invalid',
    async (i) => i.publishList([], { type: ['VerifiableCredential'] }),
  ],
  ['is over', 'status_invalid', 'invalid', async (i) => i.publishList([], { validUntil: '2026-06-01T01:00:00Z' })],
  ['is not begun', 'status_invalid', 'invalid', async (i) => i.publishList([], { validFrom: '2026-07-01T00:00:00Z' })],
  [
    'was changed',
    'status_invalid',
    'invalid',
    async (i) => {
      const revoking = await i.publishList([7])
      const { credentialSubject } = await i.publishList([])
      i.network.set(i.listUrl, { ...revoking, credentialSubject })
    },
  ],
  [
    'is not signed',
    'status_invalid',
    'invalid',
    async (i) => {
      const { proof: _, ...list } = await i.publishList([])
      i.network.set(i.listUrl, list)
    },
  ],
  [
    'is signed in an unknown way',
    'status_unsupported',
    'indeterminate',
    async (i) => {
      const list = await i.publishList([])
      i.network.set(i.listUrl, { ...list, proof: { ...list['proof'], cryptosuite: 'bbs-2023' } })
    },
  ],
  [
    'speaks an unknown vocabulary',
    'status_unsupported',
    'indeterminate',
    async (i) => {
      const list = await i.publishList([])
      i.network.set(i.listUrl, { ...list, '@context': [...list['@context'], 'https://exemple.fr/contexte'] })
    },
  ],
  [
    'unpacks to 200 MB',
    'status_invalid',
    'invalid',
    async (i) =>
      i.publishList([], {}, { encodedList: `u${gzipSync(Buffer.alloc(200_000_000)).toString('base64url')}` }),
  ],
  [
    'unpacks to 4 GB',
    'status_invalid',
    'invalid',
    async (i) => {
      // Gzip members follow one another: forty of a hundred megabytes are one file.
      const member = gzipSync(Buffer.alloc(100_000_000))
      const encodedList = `u${Buffer.concat(Array.from({ length: 40 }, () => member)).toString('base64url')}`
      return i.publishList([], {}, { encodedList })
    },
  ],
  [
    'is for several purposes, and says how long it may be kept',
    'not_revoked',
    'valid',
    async (i) => i.publishList([], {}, { statusPurpose: ['suspension', 'revocation'], ttl: 300_000 }),
  ],
  [
    'is too short',
    'status_invalid',
    'invalid',
    async (i) =>
      i.publishList([], {}, { encodedList: `u${gzipSync(Buffer.alloc(LIST_LENGTH / 8 - 1)).toString('base64url')}` }),
  ],
  ['is garbled', 'status_invalid', 'invalid', async (i) => i.publishList([], {}, { encodedList: 'uAAAA' })],
  [
    'is huge',
    'status_invalid',
    'invalid',
    async (i) => void i.network.set(i.listUrl, { id: i.listUrl, list: Array.from({ length: 50_000 }, () => ({})) }),
  ],
  [
    'has no subject',
    'status_invalid',
    'invalid',
    async (i) => void i.network.set(i.listUrl, { id: i.listUrl, credentialSubject: 4 }),
  ],
])('a badge of another issuer whose list %s: %s', async ([, code, verdict, publish]) => {
  const issuer = await foreignIssuer()
  await publish(issuer)
  const found = await verify(issuer, await issuer.badge({ credentialStatus: [issuer.entry()] }))
  expect([codeOf(found, 'revocation'), found.verdict]).toEqual([code, verdict])
  // The signature holds, so what the badge says may be shown beside the verdict.
  expect(found.credential).toMatchObject({ name: 'Soudure' })
})

test.for<[Json, string, string]>([
  [{ statusListIndex: 7 }, 'not_revoked', 'valid'],
  [{ statusListIndex: String(LIST_LENGTH) }, 'status_invalid', 'invalid'],
  [{ statusListIndex: '-1' }, 'status_invalid', 'invalid'],
  [{ statusListIndex: '' }, 'status_invalid', 'invalid'],
  [{ statusListIndex: '7.5' }, 'status_invalid', 'invalid'],
  [{ statusListIndex: ['7'] }, 'status_invalid', 'invalid'],
  [{ statusSize: 2 }, 'status_unsupported', 'indeterminate'],
  [{ statusPurpose: ['revocation'] }, 'status_invalid', 'invalid'],
  [{ statusPurpose: 'message' }, 'no_revocation_list', 'valid'],
  [{ type: ['BitstringStatusListEntry'] }, 'not_revoked', 'valid'],
])('a badge of another issuer whose status entry says %j: %s', async ([given, code, verdict]) => {
  const issuer = await foreignIssuer()
  await issuer.publishList([])
  const found = await verify(issuer, await issuer.badge({ credentialStatus: [issuer.entry(given)] }))
  expect([codeOf(found, 'revocation'), found.verdict]).toEqual([code, verdict])
})

test('a badge of another issuer with another kind of status list is not said to be valid', async () => {
  const issuer = await foreignIssuer()
  const status = { id: 'https://ailleurs.example/revoques', type: '1EdTechCredentialRefresh' }
  const found = await verify(issuer, await issuer.badge({ '@context': EXTENDED, credentialStatus: status }))
  expect([codeOf(found, 'revocation'), found.verdict]).toEqual(['status_unsupported', 'indeterminate'])
})

test('a badge of another issuer has dates: expired, not begun, and a past day of which its list says nothing', async () => {
  const issuer = await foreignIssuer()
  await issuer.publishList([7])
  const badge = await issuer.badge({ validUntil: '2026-05-31T00:00:00Z' })
  const late = await verify(issuer, badge)
  expect([codeOf(late, 'dates'), late.verdict]).toEqual(['expired', 'invalid'])
  expect(late.summary).toBe('Ce badge ne peut pas être accepté au 1er juin 2026. Le badge a expiré le 31 mai 2026.')
  expect(await verify(issuer, badge, { at: new Date('2026-05-01') })).toMatchObject({ verdict: 'valid' })
  expect(codeOf(await verify(issuer, badge, { at: new Date('2026-01-01') }), 'dates')).toBe('not_yet_valid')

  const revoked = await issuer.badge({ credentialStatus: [issuer.entry()] })
  const past = await verify(issuer, revoked, { at: new Date('2026-05-01') })
  expect([codeOf(past, 'revocation'), past.verdict]).toEqual(['status_past_unknown', 'indeterminate'])
})

test.for([
  [8, ['https://ailleurs.example/listes/0'], 'status_unreachable'],
  [9, [], 'status_unsupported'],
] as const)('of %i lists the fetched ones are %j', async ([count, fetched, code]) => {
  const asked: string[] = []
  const json = async (url: string): Promise<never> => {
    asked.push(url)
    throw new Unreachable(url)
  }
  const credentialStatus = Array.from({ length: count }, (_, number) => ({
    type: 'BitstringStatusListEntry',
    statusPurpose: 'revocation',
    statusListIndex: '1',
    statusListCredential: `https://ailleurs.example/listes/${number}`,
  }))
  const context = { documents: { json, did: json }, now: NOW, checkProof }
  const found = await checkStatus({ credentialStatus }, 'revocation', NOW, context)
  expect([found.outcome, found.code, asked]).toEqual(['skipped', code, fetched])
})
