import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { createDocuments } from '../../src/credentials/documents.ts'
import { Gone, type GuardedFetch } from '../../src/credentials/fetch.ts'
import { Unreachable } from '../../src/credentials/suite.ts'
import { createVerifier } from '../../src/credentials/verifier.ts'
import type { LegacyRunner } from '../../src/interop/legacy-process.ts'
import { createOlderDialects } from '../../src/interop/older.ts'
import type { Json } from './actors.ts'
import { NOW } from './foreign-issuer.ts'

export const EMAIL = 'zoe@exemple.invalid'
export const SALT = 'sel'
export const hashOf = (text: string, algorithm = 'sha256'): string =>
  `${algorithm}$${createHash(algorithm)
    .update(text + SALT)
    .digest('hex')}`

const KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const PEM = KEYS.publicKey.export({ type: 'spki', format: 'pem' }) as string

/** A compact JWS of what is given; `key` signs it, RS256 unless the header says otherwise. */
export function jwsOf(payload: unknown, header: Json = { alg: 'RS256' }, key = KEYS.privateKey): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part(header)}.${part(payload)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
}

/** A network of its own: documents put in it are found, `GONE` and what is not there are not. */
export const GONE = (body: Json = {}) => ({ gone: JSON.stringify(body) })

export function olderNetwork(runner?: LegacyRunner) {
  const network = new Map<string, unknown>()
  const asked: string[] = []
  const fetch: GuardedFetch = async (url) => {
    asked.push(url)
    const found = network.get(url)
    if (found === undefined) throw new Unreachable(url)
    if (isGone(found)) throw new Unreachable(url, { cause: new Gone(found.gone) })
    const isText = Buffer.isBuffer(found) || typeof found === 'string'
    return {
      body: isText ? Buffer.from(found) : Buffer.from(JSON.stringify(found)),
      contentType: 'application/json',
      url,
    }
  }
  const verifier = createVerifier({
    fetch,
    documents: createDocuments(fetch),
    own: async () => undefined,
    older: createOlderDialects(runner),
    now: () => NOW,
  })
  return { network, asked, fetch, verifier }
}

const isGone = (found: unknown): found is { gone: string } =>
  typeof found === 'object' && found !== null && 'gone' in found

const SITE = 'https://ailleurs.example'
export const AT = {
  assertion: `${SITE}/assertions/1`,
  badge: `${SITE}/classes/soudure`,
  issuer: `${SITE}/emetteur`,
  key: `${SITE}/cle`,
  list: `${SITE}/revocations`,
}

/** An issuer of Open Badges 2.0: its documents, published; `publish` puts one of them again with other properties. */
export function issuer2(runner?: LegacyRunner) {
  const place = olderNetwork(runner)
  const context = 'https://w3id.org/openbadges/v2'
  const documents: Record<string, Json> = {
    assertion: {
      '@context': context,
      type: 'Assertion',
      id: AT.assertion,
      recipient: { type: 'email', hashed: true, identity: hashOf(EMAIL), salt: SALT },
      badge: AT.badge,
      verification: { type: 'HostedBadge' },
      issuedOn: '2026-01-10T09:00:00+00:00',
      evidence: [{ id: `${SITE}/preuve`, narrative: 'Une soudure.' }],
    },
    badge: {
      '@context': context,
      type: 'BadgeClass',
      id: AT.badge,
      name: 'Soudure',
      description: 'Sait souder.',
      image: `${SITE}/soudure.png`,
      criteria: { narrative: 'A soudé.' },
      issuer: AT.issuer,
      alignment: [{ targetName: 'Souder', targetUrl: `${SITE}/competences/1`, targetCode: '1' }],
    },
    issuer: {
      '@context': context,
      type: 'Issuer',
      id: AT.issuer,
      name: 'Atelier d’ailleurs',
      url: SITE,
      email: 'atelier@exemple.invalid',
      publicKey: [AT.key],
      revocationList: AT.list,
    },
    key: { '@context': context, type: 'CryptographicKey', id: AT.key, owner: AT.issuer, publicKeyPem: PEM },
    list: { '@context': context, type: 'RevocationList', id: AT.list, issuer: AT.issuer, revokedAssertions: [] },
  }
  const publish = (name: keyof typeof AT, given: Json = {}): Json => {
    documents[name] = without({ ...documents[name], ...given })
    place.network.set(AT[name], documents[name])
    return documents[name]
  }
  for (const name of Object.keys(AT) as (keyof typeof AT)[]) publish(name)
  const signed = (given: Json = {}): Json =>
    without({ ...documents['assertion'], verification: { type: 'SignedBadge', creator: AT.key }, ...given })
  return { ...place, documents, publish, signed }
}

/** What is null is left out. */
export const without = (given: Json): Json =>
  Object.fromEntries(Object.entries(given).filter(([, one]) => one !== null))

/** An issuer of Open Badges 1.0 or 1.1, hosted and signed. */
export function issuer1(version: '1.0' | '1.1', runner?: LegacyRunner) {
  const place = olderNetwork(runner)
  const more = (type: string, id: string): Json =>
    version === '1.0' ? {} : { '@context': 'https://w3id.org/openbadges/v1', type, id }
  const assertion: Json = {
    ...more('Assertion', AT.assertion),
    uid: 'a-1',
    recipient: { type: 'email', hashed: true, identity: hashOf(EMAIL), salt: SALT },
    badge: AT.badge,
    verify: { type: 'hosted', url: AT.assertion },
    issuedOn: 1_390_000_000,
  }
  const badge: Json = {
    ...more('BadgeClass', AT.badge),
    name: 'Soudure',
    description: 'Sait souder.',
    image: `${SITE}/soudure.png`,
    criteria: `${SITE}/criteres`,
    issuer: AT.issuer,
  }
  const issuer: Json = { ...more('Issuer', AT.issuer), name: 'Atelier d’ailleurs', url: SITE, revocationList: AT.list }
  place.network.set(AT.assertion, assertion)
  place.network.set(AT.badge, badge)
  place.network.set(AT.issuer, issuer)
  place.network.set(AT.key, PEM)
  place.network.set(AT.list, { 'autre-uid': 'Erreur' })
  const signed = { ...assertion, verify: { type: 'signed', url: AT.key } }
  return { ...place, assertion, badge, issuer, signed }
}

/** A badge of Open Badges 0.5, which is what its address publishes. */
export const badge05 = (given: Json = {}): Json =>
  without({
    recipient: hashOf(EMAIL),
    salt: SALT,
    issued_on: '2012-03-01',
    badge: {
      version: '1.0.0',
      name: 'Soudure',
      description: 'Sait souder.',
      image: '/soudure.png',
      criteria: '/criteres',
      issuer: { origin: SITE, name: 'Atelier d’ailleurs' },
    },
    ...given,
  })
