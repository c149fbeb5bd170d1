import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDocuments } from '../../src/credentials/documents.ts'
import { createGuardedFetch } from '../../src/credentials/fetch.ts'
import { createVerifier } from '../../src/credentials/verifier.ts'
import { createLegacyRunner, type LegacyRunner } from '../../src/interop/legacy-process.ts'
import { createOlderDialects } from '../../src/interop/older.ts'
import type { Json } from '../support/actors.ts'
import { codeOf, NOW } from '../support/foreign-issuer.ts'
import { AT, badge05, EMAIL, GONE, issuer1, issuer2, jwsOf, olderNetwork } from '../support/older-issuer.ts'

/** A child of the tests in place of the judge, soon given up. */
const child = (name: string, given: object = {}): LegacyRunner =>
  createLegacyRunner({
    child: new URL(`../support/legacy-children/${name}.ts`, import.meta.url),
    timeoutMs: 3000,
    ...given,
  })
/** No process: for what is decided before one is started. */
const unused: LegacyRunner = async () => {
  throw new Error('The judge was asked.')
}
const TASK = { input: {}, version: '0.5.0', method: 'hosted' } as const
const nothing = async () => null

/** Changes one property of an object, by its path; null takes it away. */
function changed(given: Json, path: string, value: unknown): Json {
  const copy = structuredClone(given)
  const names = path.split('.')
  const last = names.pop()!
  const holder = names.reduce((one, name) => one[name], copy)
  if (value === null) delete holder[last]
  else holder[last] = value
  return copy
}

describe('a badge of Open Badges 0.5', () => {
  const place = (given: Json = badge05(), runner?: LegacyRunner) => {
    const found = olderNetwork(runner)
    found.network.set(AT.assertion, given)
    return found
  }

  test('is valid by the address where its issuer publishes it', async () => {
    const { verifier } = place()
    const found = await verifier.url(AT.assertion, { recipient: EMAIL })
    expect(found).toMatchObject({
      verdict: 'valid',
      dialect: { version: '0.5', proof: 'hosted' },
      credential: badge05(),
      badge: {
        id: AT.assertion,
        name: 'Soudure',
        issuer: { name: 'Atelier d’ailleurs' },
        validFrom: '2012-03-01T00:00:00.000Z',
        credentialSubject: { achievement: { criteria: { id: 'https://ailleurs.example/criteres' } } },
      },
    })
    expect([codeOf(found, 'proof'), codeOf(found, 'recipient')]).toEqual(['hosted_ok', 'recipient_ok'])
    expect(await verifier.url(AT.assertion, { recipient: 'autre@exemple.invalid' })).toMatchObject({
      verdict: 'invalid',
    })
  })

  test('alone, without that address, proves nothing', async () => {
    const { verifier, asked } = place(badge05(), unused)
    const found = await verifier.credential(badge05(), {})
    expect([codeOf(found, 'proof'), found.verdict, found.credential, asked]).toEqual([
      'hosted_address_unknown',
      'indeterminate',
      null,
      [],
    ])
  })

  test('published by another site than its issuer’s is refused', async () => {
    const { verifier, network } = place(badge05(), unused)
    network.set('https://voleur.example/1', badge05())
    const found = await verifier.url('https://voleur.example/1', {})
    expect([codeOf(found, 'proof'), found.verdict]).toEqual(['hosted_elsewhere', 'invalid'])
  })

  test.for([
    'recipient',
    'badge',
    'badge.name',
    'badge.description',
    'badge.image',
    'badge.criteria',
    'badge.issuer',
    'badge.issuer.name',
    'badge.issuer.origin',
  ])('that lacks %s is refused for it, before anything is asked or started', async (path) => {
    for (const wrong of [null, 4]) {
      const { verifier } = place(changed(badge05(), path, wrong), unused)
      const found = await verifier.url(AT.assertion, {})
      expect([codeOf(found, 'shape'), found.verdict]).toEqual(['shape_incomplete', 'invalid'])
      expect(found.summary).toContain(`/${path.replaceAll('.', '/')})`)
    }
  })

  test('that has ended is refused, though the validator of the time accepts it', async () => {
    const { verifier } = place(badge05({ expires: '2013-03-01' }))
    const found = await verifier.url(AT.assertion, {})
    expect([codeOf(found, 'proof'), codeOf(found, 'dates'), found.verdict]).toEqual(['hosted_ok', 'expired', 'invalid'])
    const then = await verifier.url(AT.assertion, { at: new Date('2012-06-01T00:00:00Z') })
    expect(then.verdict).toBe('valid')
  })

  test('without a day of issue says so', async () => {
    const { verifier } = place(badge05({ issued_on: null }))
    expect(codeOf(await verifier.url(AT.assertion, {}), 'dates')).toBe('issue_date_unknown')
  })
})

describe.for(['1.0', '1.1'] as const)('a badge of Open Badges %s', (version) => {
  test('that its issuer publishes is valid', async () => {
    const place = issuer1(version)
    const found = await place.verifier.credential(place.assertion, { recipient: EMAIL })
    expect(found).toMatchObject({
      verdict: 'valid',
      dialect: { version, proof: 'hosted' },
      badge: { id: AT.assertion, name: 'Soudure', validFrom: '2014-01-17T23:06:40.000Z', issuer: { id: AT.issuer } },
    })
    expect([codeOf(found, 'proof'), codeOf(found, 'recipient')]).toEqual(['hosted_ok', 'recipient_ok'])
    // Pictures prove nothing: they are not fetched.
    expect(new Set(place.asked)).toEqual(new Set([AT.badge, AT.issuer, AT.assertion]))
  })

  test('that is signed is valid under the key that its issuer publishes', async () => {
    const place = issuer1(version)
    const found = await place.verifier.credential(jwsOf(place.signed), {})
    expect(found).toMatchObject({ verdict: 'valid', dialect: { version, proof: 'jws' }, badge: { name: 'Soudure' } })
    expect([codeOf(found, 'proof'), codeOf(found, 'revocation')]).toEqual(['proof_ok', 'not_revoked'])
  })

  const ASSERTION = ['uid', 'recipient', 'recipient.type', 'recipient.identity', 'recipient.hashed', 'badge', 'verify', 'verify.type', 'verify.url', 'issuedOn'] // prettier-ignore
  const CLASS = ['name', 'description', 'image', 'criteria', 'issuer']
  const ISSUER = ['name', 'url']
  const also = version === '1.0' ? [] : ['@context', 'type', 'id']

  test.for([...ASSERTION, ...also])('that lacks %s is refused for it, before anything is asked', async (path) => {
    for (const wrong of [null, 4.5]) {
      const place = issuer1(version, unused)
      const found = await place.verifier.credential(changed(place.assertion, path, wrong), {})
      expect([codeOf(found, 'shape'), found.verdict, place.asked]).toEqual(['shape_incomplete', 'invalid', []])
      expect(found.summary).toContain(`/${path.replaceAll('.', '/')})`)
    }
  })

  test.for([
    ...[...CLASS, ...also].map((path) => ['badge', path, `/badge/${path}`] as const),
    ...[...ISSUER, ...also].map((path) => ['issuer', path, `/badge/issuer/${path}`] as const),
  ])('whose %s lacks %s is refused for it', async ([name, path, where]) => {
    for (const wrong of [null, 4.5]) {
      const place = issuer1(version, unused)
      place.network.set(AT[name], changed(place[name], path, wrong))
      const found = await place.verifier.credential(place.assertion, {})
      expect([codeOf(found, 'shape'), found.verdict]).toEqual(['shape_incomplete', 'invalid'])
      expect(found.summary).toContain(`${where})`)
    }
  })

  type Place = ReturnType<typeof issuer1>
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
  test.for<[string, (place: Place) => unknown, string, string]>([
    [
      'published otherwise',
      ({ network, assertion }) => {
        network.set(AT.assertion, { ...assertion, uid: 'a-2' })
        return assertion
      },
      'hosted_differs',
      'invalid',
    ],
    [
      'published by another site than its issuer’s',
      ({ network, assertion }) => {
        const url = 'https://voleur.example/1'
        const stolen = { ...assertion, verify: { type: 'hosted', url } }
        network.set(url, stolen)
        return stolen
      },
      'hosted_elsewhere',
      'invalid',
    ],
    [
      'whose site does not answer',
      ({ network, assertion }) => {
        network.delete(AT.assertion)
        return assertion
      },
      'hosted_unreachable',
      'indeterminate',
    ],
    [
      'signed by another key',
      ({ signed }) => jwsOf(signed, { alg: 'RS256' }, other.privateKey),
      'proof_invalid',
      'invalid',
    ],
    ['signed by nothing (alg: none)', ({ signed }) => jwsOf(signed, { alg: 'none' }), 'jwt_algorithm', 'invalid'],
    ['signed with a secret', ({ signed }) => jwsOf(signed, { alg: 'HS256' }), 'jwt_algorithm', 'invalid'],
    ['to be signed, and given as JSON', ({ signed }) => signed, 'proof_missing', 'invalid'],
    [
      'signed under a key of another site',
      ({ network, signed }) => {
        network.set('https://voleur.example/cle', network.get(AT.key))
        return jwsOf({ ...signed, verify: { type: 'signed', url: 'https://voleur.example/cle' } })
      },
      'hosted_elsewhere',
      'invalid',
    ],
    [
      'signed under a key that does not answer',
      ({ network, signed }) => {
        network.delete(AT.key)
        return jwsOf(signed)
      },
      'hosted_unreachable',
      'indeterminate',
    ],
  ])('%s is not valid', async ([, make, code, verdict]) => {
    const place = issuer1(version)
    const found = await place.verifier.credential(make(place), {})
    expect([codeOf(found, 'proof'), found.verdict, found.credential, found.badge]).toEqual([code, verdict, null, null])
  })

  test('is revoked by the list of its issuer, with the reason, or by its address', async () => {
    const place = issuer1(version)
    place.network.set(AT.list, { 'a-1': 'Délivré par erreur' })
    const found = await place.verifier.credential(jwsOf(place.signed), {})
    expect([codeOf(found, 'proof'), codeOf(found, 'revocation'), found.verdict]).toEqual([
      'proof_ok',
      'revoked',
      'invalid',
    ])
    expect(found.summary).toContain('Délivré par erreur')
    place.network.delete(AT.list)
    const unknown = await place.verifier.credential(jwsOf(place.signed), {})
    expect([codeOf(unknown, 'revocation'), unknown.verdict]).toEqual(['status_unreachable', 'indeterminate'])
    place.network.set(AT.assertion, GONE())
    expect(codeOf(await place.verifier.credential(place.assertion, {}), 'revocation')).toBe('revoked')
  })

  test('that has ended is refused, though the validator of the time accepts it', async () => {
    const place = issuer1(version)
    const ended = { ...place.assertion, expires: '2015-01-01T00:00:00Z' }
    place.network.set(AT.assertion, ended)
    const found = await place.verifier.credential(ended, {})
    expect([codeOf(found, 'proof'), codeOf(found, 'dates'), found.verdict]).toEqual(['hosted_ok', 'expired', 'invalid'])
  })

  test('that crashes the validator is a verdict, and the next one is judged', async () => {
    const place = issuer1(version)
    // Whole by our rules; the validator calls what it finds under that name.
    const fatal = { ...place.assertion, recipient: { ...place.assertion['recipient'], hasOwnProperty: true } }
    place.network.set(AT.assertion, fatal)
    const found = await place.verifier.credential(fatal, {})
    expect([codeOf(found, 'proof'), found.verdict, found.credential]).toEqual([
      'legacy_not_checked',
      'indeterminate',
      null,
    ])
    expect(found.summary).toMatch(/On ne peut pas conclure.*n’est pas allé au bout/)
    place.network.set(AT.assertion, place.assertion)
    expect(await place.verifier.credential(place.assertion, {})).toMatchObject({ verdict: 'valid' })
  })
})

describe('the process that judges', () => {
  test.for(['hangs', 'eats', 'leaves', 'asks'])('which %s is given up, and nothing else suffers', async (name) => {
    const runner = child(name, name === 'eats' ? { timeoutMs: 60_000, maxMegabytes: 32 } : {})
    expect(await runner(TASK, nothing)).toEqual({ outcome: 'lost' })
    const place = issuer1('1.0', runner)
    const found = await place.verifier.credential(place.assertion, {})
    expect([codeOf(found, 'proof'), found.verdict]).toEqual(['legacy_not_checked', 'indeterminate'])
  })

  test('reads no file but its code, writes none, starts nothing, and sees no environment', async () => {
    expect(await child('escapes')(TASK, nothing)).toEqual({ outcome: 'refused', code: 'nothing' })
    expect(existsSync('/tmp/insigne-escape')).toBe(false)
  })

  test('has two of its kind at once, and those who wait are counted', async () => {
    const runner = child('leaves', { atOnce: 1, maxWaiting: 1 })
    const order: number[] = []
    const outcomes = await Promise.all(
      [1, 2, 3].map(async (number) => {
        const { outcome } = await runner(TASK, nothing)
        order.push(number)
        return outcome
      }),
    )
    // The third is not started: it is answered before the others.
    expect([outcomes, order]).toEqual([
      ['lost', 'lost', 'lost'],
      [3, 1, 2],
    ])
  })
})

describe('a badge of an old version leads nowhere else', () => {
  /** The verifier with the real way out, and what it was asked for. */
  const guarded = (allowLoopback = false) => {
    const asked: string[] = []
    const fetch = createGuardedFetch({ allowLoopback, timeoutMs: 500 })
    const watched: typeof fetch = (url, accept) => {
      asked.push(url)
      return fetch(url, accept)
    }
    const documents = createDocuments(watched)
    const older = createOlderDialects(unused)
    return {
      asked,
      verifier: createVerifier({ fetch: watched, documents, own: async () => undefined, older, now: () => NOW }),
    }
  }

  test.for([
    'http://169.254.169.254/latest/meta-data',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/',
    'https://[::1]/',
    'http://ailleurs.example/',
    'file:///etc/passwd',
  ])('than to a public https address: not to %s', async (inside) => {
    const { assertion } = issuer1('1.0')
    for (const given of [
      { ...assertion, badge: inside },
      { ...assertion, verify: { type: 'hosted', url: inside } },
    ]) {
      const { verifier } = guarded()
      const found = await verifier.credential(given, {})
      expect(found).toMatchObject({ credential: null, badge: null })
      expect(found.verdict).not.toBe('valid')
    }
    await expect(guarded().verifier.url(inside, {})).rejects.toMatchObject({ code: 'url_unreachable' })
  })

  test('nor by a redirection to an internal address, nor to a body that comes drop by drop', async () => {
    const requests: string[] = []
    const server = createServer(({ url }, response) => {
      requests.push(url!)
      if (url === '/interne') return response.writeHead(302, { location: 'https://10.0.0.1/' }).end()
      const timer = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(timer))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const { assertion } = issuer1('1.0')
      for (const path of ['/interne', '/lent']) {
        const found = await guarded(true).verifier.credential({ ...assertion, badge: origin + path }, {})
        expect([codeOf(found, 'proof'), found.verdict]).toEqual(['hosted_unreachable', 'indeterminate'])
      }
      expect(requests).toEqual(['/interne', '/lent'])
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })
})

test('whatever a badge of an older version says in one place, the answer is a verdict', async () => {
  const accepting: LegacyRunner = async () => ({ outcome: 'accepted' })
  const [first, second] = [issuer1('1.1', accepting), issuer2(accepting)]
  first.network.set(`${AT.assertion}/0`, badge05())
  const given: [ReturnType<typeof olderNetwork>, Json, string | null][] = [
    [first, badge05(), `${AT.assertion}/0`],
    [first, first.assertion, AT.assertion],
    [first, first.badge, AT.badge],
    [first, first.issuer, AT.issuer],
    ...(['assertion', 'badge', 'issuer', 'key', 'list'] as const).map(
      (name) => [second, second.documents[name], AT[name]] as [ReturnType<typeof olderNetwork>, Json, string],
    ),
  ]
  const verdicts = new Set<string>()
  const property = fc.asyncProperty(
    fc.constantFrom(...given),
    fc.nat(),
    fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom([], {}, '', AT.badge, { id: AT.issuer }, true, -1)),
    async ([{ network, verifier }, document, address], place, value) => {
      const paths = pathsOf(document)
      const other = changed(document, paths[place % paths.length]!, value)
      const kept = network.get(address!)
      network.set(address!, other)
      try {
        const question = { recipient: EMAIL }
        for (const subject of [
          other,
          first.assertion,
          second.documents['assertion'],
          jwsOf(other),
          jwsOf(second.signed()),
        ]) {
          const found = await verifier.credential(subject, question)
          verdicts.add(found.verdict)
          expect(found.summary).toMatch(/\.$/)
        }
        verdicts.add((await verifier.credential(address, question)).verdict)
      } finally {
        network.set(address!, kept)
      }
    },
  )
  await fc.assert(property, { numRuns: 300 })
  expect(verdicts).toEqual(new Set(['valid', 'invalid', 'indeterminate']))
})

/** The path of each property of an object, and of those inside it. */
const pathsOf = (given: Json): string[] =>
  Object.entries(given).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [name, ...pathsOf(value as Json).map((path) => `${name}.${path}`)]
      : [name],
  )

test('what is no older badge is left to the rules of Open Badges 3.0', async () => {
  const { verifier } = olderNetwork(unused)
  for (const given of [{}, [], 4, null, 'x', { '@context': ['https://www.w3.org/ns/credentials/v2'] }]) {
    const found = await verifier.credential(given, {})
    expect([found.verdict, codeOf(found, 'proof')]).toEqual(['invalid', 'not_checked'])
    expect(codeOf(found, 'shape')).not.toBe('shape_incomplete')
  }
})
