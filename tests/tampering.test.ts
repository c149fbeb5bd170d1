import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { canonise } from '../src/credentials/suite.ts'
import { actor, type Json } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aBadge } from './support/factories.ts'

/** As a file: its very bytes are read by the service. */
async function verify(service: TestService, badge: Json): Promise<Json> {
  const type = { 'content-type': 'application/vc+ld+json' }
  const { status, body } = await actor(service).post('/api/v1/verifications', JSON.stringify(badge), type)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

type Path = (string | number)[]

/** Every place in a JSON value, the root apart. */
function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at]
  const keys: Path = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return [...(at.length > 0 ? [at] : []), ...keys.flatMap((key) => pathsOf((value as Json)[key], [...at, key]))]
}
const get = (root: Json, path: Path): any => path.reduce((value: any, key) => value[key], root)

/** A copy in which the place at that path was changed by `change(parent, key)`. */
function altered(root: Json, path: Path, change: (parent: any, key: any) => void): Json {
  const copy = structuredClone(root)
  change(get(copy, path.slice(0, -1)), path.at(-1))
  return copy
}

function remove(parent: any, key: any): void {
  if (Array.isArray(parent)) parent.splice(key, 1)
  else delete parent[key]
}

describe('a badge that was changed is never valid', () => {
  const whole = { evidence_url: 'https://exemple.fr/1', narrative: 'Très bien', 'digcomp:4.2': '5', 'digcomp:2.3': '8' }
  const meaning = (badge: Json): Promise<string> => canonise({ ...badge, proof: undefined })

  /** Refused or left open, and nothing of what it says is handed on. */
  function expectRefused({ verdict, credential }: Json, what: string): void {
    expect(verdict, what).toMatch(/^(invalid|indeterminate)$/)
    expect(credential, what).toBeNull()
  }
  const expectCaught = async (service: TestService, changed: Json, what: string): Promise<void> =>
    expectRefused(await verify(service, changed), what)

  test('each value replaced by each of several others', async ({ service }) => {
    const { credential } = await aBadge(service, whole)
    const leaves = pathsOf(credential).filter((path) => typeof get(credential, path) !== 'object')
    expect(leaves.length).toBeGreaterThan(100)
    for (const path of leaves) {
      const value = get(credential, path)
      for (const other of [
        `${value}x`,
        String(value).toUpperCase() + ' ',
        typeof value === 'boolean' ? !value : 0,
        null,
      ]) {
        const changed = altered(credential, path, (parent, key) => (parent[key] = other))
        await expectCaught(service, changed, `${path.join('/')} = ${String(other)}`)
      }
    }
  })

  test('any value replaced by anything at all', async ({ service }) => {
    const { credential } = await aBadge(service, whole)
    const place = fc.constantFrom(...pathsOf(credential))
    await fc.assert(
      fc.asyncProperty(place, fc.jsonValue({ maxDepth: 2 }), async (path, value) => {
        fc.pre(JSON.stringify(get(credential, path)) !== JSON.stringify(value))
        const changed = altered(credential, path, (parent, key) => (parent[key] = value))
        await expectCaught(service, changed, `${path.join('/')} = ${JSON.stringify(value)}`)
      }),
      { numRuns: 300 },
    )
  })

  test('each property or element removed', async ({ service }) => {
    const { credential } = await aBadge(service, whole)
    for (const path of pathsOf(credential)) {
      await expectCaught(service, altered(credential, path, remove), `without ${path.join('/')}`)
    }
  })

  test('a property added, known or not, anywhere', async ({ service }) => {
    const { credential } = await aBadge(service, whole)
    const objects = pathsOf(credential).filter((path) => {
      const value = get(credential, path)
      return typeof value === 'object' && !Array.isArray(value)
    })
    for (const path of [[], ...objects] as Path[]) {
      for (const [name, value] of [
        ['description', 'Ajouté'],
        ['title', 'Ajouté'],
        ['@index', 'Ajouté'],
        ['@type', 'Ajouté'],
        ['https://schema.org/name', 'Ajouté'],
        ['id', 'urn:ajout'],
        ['id', '_:ajout'],
      ] as const) {
        const changed = structuredClone(credential)
        if (Object.hasOwn(get(changed, path), name)) continue
        get(changed, path)[name] = value
        await expectCaught(service, changed, `${path.join('/')} + ${name}`)
      }
    }
  })

  test('two values of the same kind exchanged', async ({ service }) => {
    const { credential } = await aBadge(service, whole)
    const strings = pathsOf(credential).filter((path) => typeof get(credential, path) === 'string')
    const pair = fc.tuple(fc.constantFrom(...strings), fc.constantFrom(...strings))
    await fc.assert(
      fc.asyncProperty(pair, async ([a, b]) => {
        const [first, second] = [get(credential, a), get(credential, b)]
        fc.pre(first !== second)
        // Both in one list: its order means nothing, and no list of strings but of contexts and types is in a badge.
        fc.pre(a.slice(0, -1).join('/') !== b.slice(0, -1).join('/') || typeof a.at(-1) === 'string')
        const changed = altered(credential, a, (parent, key) => (parent[key] = second))
        get(changed, b.slice(0, -1))[b.at(-1)!] = first
        const found = await verify(service, changed)
        // Two scales alike but for their address exchange it: the same set, said in another order, stays valid.
        const isTheSame = found['verdict'] === 'valid' && (await meaning(changed)) === (await meaning(credential))
        if (!isTheSame) expectRefused(found, `${a.join('/')} ↔ ${b.join('/')}`)
      }),
      { numRuns: 300 },
    )
  })

  test('the order of keys and of unordered sets means nothing: turned round, the badge says the same and stays valid', async ({
    service,
  }) => {
    const { credential } = await aBadge(service, whole)
    const turn = (value: unknown, key = ''): unknown => {
      // The order of contexts does mean something.
      if (Array.isArray(value)) return key === '@context' ? value : value.map((one) => turn(one)).toReversed()
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([name, one]) => [name, turn(one, name)]),
      )
    }
    const turned = turn(credential) as Json
    expect(JSON.stringify(turned)).not.toBe(JSON.stringify(credential))
    expect(await meaning(turned)).toBe(await meaning(credential))
    expect(await verify(service, turned)).toMatchObject({ verdict: 'valid' })
    const contexts = { ...credential, '@context': credential['@context'].toReversed() }
    await expectCaught(service, contexts, 'contexts turned round')
  })

  test('a revocation or an end of validity cannot be hidden by writing it otherwise', async ({ service }) => {
    const { trainer, id, credential } = await aBadge(service)
    await trainer.post(`/api/v1/credentials/${id}/revocation`, { reason: 'Délivré par erreur' })
    const status = credential['credentialStatus'] as Json[]
    const { credentialStatus: _, ...rest } = credential
    const address = 'https://www.w3.org/2018/credentials#credentialStatus'
    const disguises: Json[] = [
      { ...credential, credentialStatus: status.map((one) => ({ ...one, statusPurpose: [one['statusPurpose']] })) },
      {
        ...credential,
        credentialStatus: status.map((one) => ({ ...one, statusPurpose: { '@value': one['statusPurpose'] } })),
      },
      { ...credential, credentialStatus: status.map((one) => ({ ...one, statusListIndex: [one['statusListIndex']] })) },
      { ...rest, [address]: status },
      { ...rest, '@included': [{ id: credential['id'], credentialStatus: status }] },
      { ...rest, '@context': [...credential['@context'], { etat: { '@id': address, '@type': '@id' } }], etat: status },
      { ...rest, '@context': [...credential['@context'], { etat: 'credentialStatus' }], etat: status },
    ]
    expect(await verify(service, credential)).toMatchObject({ verdict: 'invalid' })
    for (const [i, disguise] of disguises.entries()) {
      expect((await verify(service, disguise))['verdict'], `disguise ${i}`).not.toBe('valid')
    }
  })
})
