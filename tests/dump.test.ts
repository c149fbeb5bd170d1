import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import { openIdentity } from '../src/people/people.ts'
import { config, test, type TestService } from './support/app.ts'
import { dumpAll, fillService, KNOWN } from './support/filled.ts'

/** A text as a dump might hold it without anybody noticing: encoded, folded, or hashed without a key. */
function formsOf(text: string): string[] {
  const same = [text, text.toLowerCase(), text.normalize('NFD')]
  return same.flatMap((one) => {
    const bytes = Buffer.from(one)
    const hashes = ['md5', 'sha1', 'sha256', 'sha512'].flatMap((name) => {
      const digest = createHash(name).update(one).digest()
      return [digest.toString('hex'), digest.toString('base64'), digest.toString('base64url')]
    })
    // Without their last group, which changes with what follows.
    const encoded = [bytes.toString('base64'), bytes.toString('base64url')].map((code) =>
      code.slice(0, 4 * Math.floor(bytes.length / 3)),
    )
    return [one, ...encoded, bytes.toString('hex'), ...hashes, encodeURIComponent(one)]
  })
}

/** What the tests of their own features fill, and which says nothing of a person but ids, days and an opaque subject of ProConnect. */
const WITHOUT_PEOPLE = [
  'badge_counts',
  'cartography_release_files',
  'cartography_releases',
  'content_imports',
  'credentials_to_count',
  'expiry_reminders',
  'level_counts',
  'milestone_parts',
  'network_achievements',
  'network_members',
  'networks',
  'organisation_badges',
  'organisation_facts',
  'organisation_places',
  'proconnect_accounts',
  'session_counts',
  'shared_imports',
  'statistics_editions',
  'statistics_figures',
  'statistics_files',
  'statistics_orders',
  'status_entries',
  'structure_moves',
  'tallies',
  'verification_counts',
]

type Dump = Awaited<ReturnType<typeof dumpAll>>
const foundIn = (dump: Dump, needles: string[]): string[] =>
  dump.flatMap(({ table, column, values }) => {
    const text = values.join('\n').toLowerCase()
    return needles.filter((one) => text.includes(one.toLowerCase())).map((one) => `${table}.${column}: ${one}`)
  })

/** The private keys of the issuers and the links in the messages, as only who holds the master key reads them. */
async function sealedSecrets({ db, vault }: TestService): Promise<string[]> {
  const keys = await rows<{ id: string; sealed: string }>(
    db,
    sql`select public_key_multibase as id, sealed_secret_key as sealed from issuer_keys`,
  )
  const messages = await rows<{ content: string }>(db, sql`select content from messages where content is not null`)
  const contents = messages.map((one) => vault.open('messages/content', one.content))
  const tokens = contents.flatMap((one) => Array.from(one.matchAll(/[\w-]{40,}/g), ([token]) => token))
  const jwks = await rows<{ kid: string; sealed: string }>(
    db,
    sql`select kid, sealed_private_jwk as sealed from issuer_jwks`,
  )
  const secret = ({ kid, sealed }: { kid: string; sealed: string }) =>
    (JSON.parse(vault.open(`issuer-jwk/${kid}`, sealed)) as { d: string }).d
  return [...jwks.map(secret), ...keys.map((one) => vault.open(`issuer-key/${one.id}`, one.sealed)), ...tokens]
}

test('a stolen dump gives no e-mail, no name, no private key and nothing that opens a door', async ({ service }) => {
  const { secrets } = await fillService(service)
  const dump = await dumpAll(service.db)
  const cells = dump.reduce((sum, { values }) => sum + values.length, 0)
  expect(cells).toBeGreaterThan(500)
  const tables = Map.groupBy(dump, (one) => one.table)
  const empty = [...tables.keys()].filter((table) => tables.get(table)!.every((one) => one.values.length === 0))
  expect(empty).toEqual(WITHOUT_PEOPLE)

  const people = [KNOWN.email, KNOWN.second, KNOWN.guest, KNOWN.given_name, KNOWN.family_name].flatMap(formsOf)
  expect(foundIn(dump, people)).toEqual([])
  const sealed = await sealedSecrets(service)
  expect(sealed.length).toBeGreaterThan(3)
  for (const one of [...secrets, ...sealed]) expect(one.length).toBeGreaterThan(20)
  const doors = [...secrets, ...sealed, config.masterKey.toString('base64url'), config.masterKey.toString('hex')]
  expect(foundIn(dump, doors)).toEqual([])
})

test('the search finds what is in the dump: a name in clear, an encoded address, a plain hash', async ({ service }) => {
  const hash = createHash('sha256').update(KNOWN.email).digest('hex')
  for (const planted of [`x ${KNOWN.given_name}`, Buffer.from(`${KNOWN.email};`).toString('base64'), hash]) {
    await service.db.execute(sql`insert into revoked_tokens (jti, expires_at) values (${planted}, now())`)
    const dump = await dumpAll(service.db)
    expect(foundIn(dump, [KNOWN.email, KNOWN.given_name].flatMap(formsOf)).length).toBeGreaterThan(0)
    await service.db.execute(sql`delete from revoked_tokens where jti = ${planted}`)
  }
})

test('with the master key the same dump is read: what is sealed is not lost', async ({ service }) => {
  await fillService(service)
  const kept = await rows<{ identity: string }>(service.db, sql`select identity from completions`)
  const emails = kept.map((one) => openIdentity(service.vault, one.identity).email)
  expect(emails).toContain(KNOWN.email.toLowerCase())
})
