import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unzipSync, zipSync } from 'fflate'
import { afterAll, describe, expect } from 'vitest'
import { bundledDocuments, type KeySource, readBundle, unzip } from '../src/credentials/bundle.ts'
import { generateKeyPair, type JsonObject, signCredential, Unreachable } from '../src/credentials/suite.ts'
import { createVerifier } from '../src/credentials/verifier.ts'
import { verifyBundled } from '../src/credentials/verify-bundle.ts'
import { keepImported } from '../src/wallet/imports.ts'
import { type Json, signedIn } from './support/actors.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { aBadge } from './support/factories.ts'
import { foreignIssuer, NOW } from './support/foreign-issuer.ts'
import { keyIssuer } from './support/key-issuer.ts'
import { AT, badge05, hashOf, issuer2, jwsOf, SALT } from './support/older-issuer.ts'
import { inherited } from './support/processes.ts'
import { aSitedBadge } from './support/sited-badge.ts'

const folder = mkdtempSync(join(tmpdir(), 'insigne-preuve-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
// The clock of a reader in twenty years.
const future = join(folder, 'futur.mjs')
writeFileSync(
  future,
  `const years = 20 * 365.25 * 86_400_000, now = Date.now
Date.now = () => now() + years
globalThis.Date = class extends Date { constructor(...given) { given.length === 0 ? super(now() + years) : super(...given) } }`,
)

const command = fileURLToPath(new URL('../src/verify.ts', import.meta.url))
/** `npm run verify` in a process of its own, without network, twenty years later. */
const verifyLater = (args: string[]) =>
  new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(process.execPath, ['--import', future, command, '--offline', ...args], { env: inherited() })
    const heard = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (heard.out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (heard.err += text))
    child.on('close', (code) => resolve({ code, ...heard }))
  })

type Files = Record<string, Uint8Array>
const parse = (content: Uint8Array | undefined): Json => JSON.parse(Buffer.from(content!).toString())
const jsonFile = (value: unknown): Uint8Array => new Uint8Array(Buffer.from(JSON.stringify(value)))
function pathOf(files: Files, id: string): string {
  const { badges } = parse(files['index.json'])
  return badges.find((one: Json) => one['id'] === id).files.find((one: string) => one.endsWith('.json'))
}
const kept = (name: string, files: Files): string => {
  const place = join(folder, name)
  writeFileSync(place, zipSync(files))
  return place
}

/** An archive of two badges, one of them revoked. */
async function anArchive(service: TestService) {
  const holder = await signedIn(service)
  const [good, revoked] = [
    await aBadge(service, { email: holder.email, given_name: 'Zoé', family_name: 'Exemple-1' }),
    await aBadge(service, { email: holder.email, given_name: 'Zoé', family_name: 'Exemple-1' }),
  ]
  await revoked.trainer.post(`/api/v1/credentials/${revoked.id}/revocation`, { reason: 'Essai' })
  const { response } = await holder.get('/mon-espace/archive.zip')
  expect(response.headers['content-type'], response.body.slice(0, 500)).toBe('application/zip')
  const files = unzipSync(new Uint8Array(response.rawPayload))
  return { files, good: pathOf(files, good.id), revoked: pathOf(files, revoked.id), email: holder.email }
}

test('twenty years later, without network, the archive says which badge held on its day, and which did not', async ({
  service,
}) => {
  const { files, good, revoked, email } = await anArchive(service)
  const { code, out, err } = await verifyLater([kept('tout.zip', files), '--json', '--recipient', email])
  expect({ code, err }).toEqual({ code: 1, err: '' })
  const answers = new Map((JSON.parse(out) as Json[]).map((one) => [one['file'], one]))
  const madeAt: string = parse(files['index.json'])['generatedAt']
  expect(answers.get(good)).toMatchObject({
    verdict: 'valid',
    keyFrom: 'bundle',
    speaksFor: expect.stringContaining(madeAt.slice(0, 10)),
    checks: expect.arrayContaining([
      expect.objectContaining({ id: 'revocation', code: 'not_revoked' }),
      expect.objectContaining({ id: 'recipient', code: 'recipient_ok' }),
    ]),
  })
  expect(answers.get(revoked)).toMatchObject({ verdict: 'invalid' })
  expect(answers.size).toBe(2)

  // Unpacked, and said in words.
  const place = join(folder, 'dossier')
  for (const [path, content] of Object.entries(files)) {
    if (path === revoked) continue
    mkdirSync(dirname(join(place, path)), { recursive: true })
    writeFileSync(join(place, path), content)
  }
  const words = await verifyLater([place])
  expect(words.out).toContain('Badge authentique et valable')
  expect(words.out).toContain('Les documents joints parlent du')
  expect(words.out).toContain('Clé de l’émetteur : celle des documents joints')
  // The index knows of the file that is missing.
  expect(words).toMatchObject({
    code: 1,
    out: expect.stringContaining(`a changé depuis que l’archive a été faite : ${revoked}`),
  })
})

test('one badge and the documents joined to it: what is missing is not made up, a later day is not answered for', async ({
  service,
}) => {
  const { files, good } = await anArchive(service)
  const paths = Object.keys(files).filter((path) => /^(statut|emetteurs)\//.test(path))
  const place = join(folder, 'un-badge')
  for (const path of [good, ...paths]) {
    mkdirSync(dirname(join(place, path)), { recursive: true })
    writeFileSync(join(place, path), files[path]!)
  }
  const joined = (those: string[]) => those.flatMap((path) => ['--with', join(place, path)])
  const whole = await verifyLater([join(place, good), ...joined(paths)])
  expect(whole).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Badge authentique et valable') })
  const alone = await verifyLater([join(place, good)])
  expect(alone).toMatchObject({ code: 2, out: expect.stringContaining('sa clé n’a pas pu être lue') })
  const listless = await verifyLater([
    join(place, good),
    ...joined(paths.filter((path) => !path.startsWith('statut/'))),
  ])
  expect(listless).toMatchObject({ code: 2, out: expect.stringContaining('on ne sait pas si le badge est révoqué') })
  const later = await verifyLater([join(place, good), ...joined(paths), '--at', '2044-05-01'])
  expect(later).toMatchObject({ code: 2, out: expect.stringContaining('On ne peut pas conclure au 1er mai 2044') })
})

describe('what was changed in an archive', () => {
  test('a badge, a status list: refused; a context: pointed out, and nothing else', async ({ service }) => {
    const { files, good, revoked } = await anArchive(service)
    const verdicts = async (name: string, changed: Files) => {
      const { code, out } = await verifyLater([kept(name, { ...files, ...changed }), '--json'])
      const told = new Map((JSON.parse(out) as Json[]).map((one) => [one['file'], one['verdict']]))
      return { code, good: told.get(good), revoked: told.get(revoked) }
    }
    const renamed = { ...parse(files[good]), name: 'Autre titre' }
    expect(await verdicts('badge.zip', { [good]: jsonFile(renamed) })).toEqual({
      code: 1,
      good: 'invalid',
      revoked: 'invalid',
    })
    const lists = Object.keys(files).filter((path) => path.endsWith('-revocation.json'))
    const emptied = lists.map((path) => {
      const list = parse(files[path])
      const encodedList = list['credentialSubject'].encodedList.replace(/.{8}$/, 'u0000000')
      return [path, jsonFile({ ...list, credentialSubject: { ...list['credentialSubject'], encodedList } })]
    })
    expect(await verdicts('liste.zip', Object.fromEntries(emptied))).toMatchObject({ good: 'invalid' })
    const contexts = Object.keys(files).filter((path) => path.startsWith('contextes/'))
    const other = Object.fromEntries(contexts.map((path) => [path, jsonFile({ '@context': { name: 'urn:autre' } })]))
    expect(await verdicts('contextes.zip', other)).toEqual({ code: 1, good: 'valid', revoked: 'invalid' })
  })

  test('a folder where the badge lost a required property is refused, not passed over', async ({ service }) => {
    const { files, good } = await anArchive(service)
    const { validFrom: _, ...without } = parse(files[good])
    const { out } = await verifyLater([kept('sans-date.zip', { ...files, [good]: jsonFile(without) }), '--json'])
    expect((JSON.parse(out) as Json[]).find((one) => one['file'] === good)).toMatchObject({ verdict: 'invalid' })
  })
})

describe('badges of elsewhere in an archive', () => {
  test('are there as they were given, said to be of elsewhere, and told apart without deciding for ours', async ({
    service,
  }) => {
    const holder = await signedIn(service)
    const { id } = await aBadge(service, { email: holder.email, given_name: 'Zoé', family_name: 'Exemple-1' })
    const { badgeFor, did } = await keyIssuer()
    const credential = await badgeFor(holder.email)
    const { body } = await holder.post('/api/v1/wallet', { credential })
    const sited = await aSitedBadge(service, holder)
    const given = await sited.make({ id: 'https://ailleurs.example/badges/2' })
    const kept2 = await keepImported(sited.deps, sited.mine, { given, source: 'file' })
    const files = unzipSync(new Uint8Array((await holder.get('/mon-espace/archive.zip')).response.rawPayload))
    const [byKey, bySite] = [`ailleurs/${body['id']}.json`, `ailleurs/${kept2.id}.json`]
    expect([parse(files[byKey]), parse(files[bySite])]).toEqual([credential, given])
    const readme = Buffer.from(files['LISEZ-MOI.html']!).toString()
    expect(readme).toMatch(/Vos badges délivrés ailleurs[^]*n’en répond pas[^]*Soudure/)
    expect(readme).toContain(`${did} (clé prouvée)`)
    expect(readme).toContain('ailleurs.example (adresse prouvée)')

    const { code, out, err } = await verifyLater([kept('ailleurs.zip', files), '--json'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const answers = new Map((JSON.parse(out) as Json[]).map((one) => [one['file'], one]))
    expect(answers.get(pathOf(files, id))).toMatchObject({ verdict: 'valid', keyFrom: 'bundle' })
    expect(answers.get(byKey)).toMatchObject({
      verdict: 'valid',
      elsewhere: { mark: 'Signé (Open Badges 3.0)', checkedAt: expect.any(String) },
    })
    expect(answers.get(bySite)).toMatchObject({ verdict: 'indeterminate' })
    const words = await verifyLater([kept('ailleurs.zip', files)])
    expect(words.out).toMatch(/On ne peut pas conclure[^]*L’archive dit ce qui en avait été trouvé le [^]*: Signé/)

    // Changed, it is refused; the verdict of ours does not move, and the change is said.
    const forged = { ...files, [byKey]: jsonFile({ ...credential, name: 'Autre' }) }
    const changed = await verifyLater([kept('ailleurs-change.zip', forged), '--json'])
    const told = new Map((JSON.parse(changed.out) as Json[]).map((one) => [one['file'], one['verdict']]))
    expect([changed.code, told.get(byKey), told.get(pathOf(files, id))]).toEqual([1, 'invalid', 'valid'])
  })

  test('are enough to make one; nothing of theirs passes for a key or a list', async ({ service }) => {
    const holder = await signedIn(service)
    expect((await holder.get('/mon-espace/archive.zip')).status).toBe(404)
    const { badgeFor } = await keyIssuer()
    const { body } = await holder.post('/api/v1/wallet', { credential: await badgeFor(holder.email) })
    const files = unzipSync(new Uint8Array((await holder.get('/mon-espace/archive.zip')).response.rawPayload))
    const { code, out } = await verifyLater([kept('seulement-ailleurs.zip', files)])
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('Badge authentique et valable') })
    const stranger = Buffer.from(JSON.stringify({ id: 'did:web:insigne.test', verificationMethod: [] }))
    const bundle = readBundle(new Map([[`ailleurs/${body['id']}.json`, stranger]]))
    expect([bundle.documents.size, bundle.badges.size, bundle.elsewhere.size]).toEqual([0, 0, 1])
  })

  test('a token or the address of an older one is kept as such; one that cannot be read is refused in words', async ({
    service,
  }) => {
    const holder = await signedIn(service)
    const { db, vault } = service
    const issuer = issuer2()
    const recipient = { type: 'email', hashed: true, identity: hashOf(holder.email), salt: SALT }
    const mine = { personId: holder.personId, author: `person:${holder.personId}` }
    const deps = { db, vault, verifier: issuer.verifier, baseUrl: BASE_URL }
    const token = jwsOf(issuer.signed({ recipient }))
    const { id } = await keepImported(deps, mine, { given: token, source: 'file' })
    issuer.network.set(AT.assertion, badge05({ recipient: hashOf(holder.email) }))
    const older = await keepImported(deps, mine, { given: AT.assertion, source: 'link', from: AT.assertion })
    const files = unzipSync(new Uint8Array((await holder.get('/mon-espace/archive.zip')).response.rawPayload))
    const textOf = (path: string) => Buffer.from(files[path]!).toString()
    expect([textOf(`ailleurs/${id}.jwt`), textOf(`ailleurs/${older.id}.txt`)]).toEqual([token, AT.assertion])
    const { code, out } = await verifyLater([kept('jeton.zip', files)])
    expect({ code, out }).toEqual({ code: 2, out: expect.stringContaining('On ne peut pas conclure') })
    const garbled = await verifyLater([kept('illisible.zip', { 'ailleurs/x.json': Buffer.from('{') })])
    expect(garbled).toMatchObject({ code: 1, err: '', out: expect.stringContaining('ne peut pas être accepté') })
  })
})

test('a key put in by a forger is found out as long as the issuer answers, or its true key is known', async () => {
  const issuer = await foreignIssuer()
  const genuine = await issuer.badge()
  const { proof: _, ...unsigned } = genuine
  const forger = await generateKeyPair()
  const forged = await signCredential({ ...unsigned, name: 'Faux' }, issuer.did, forger, new Date('2026-02-01'))
  const method = {
    ...issuer.method,
    id: `${issuer.did}#${forger.publicKeyMultibase}`,
    publicKeyMultibase: forger.publicKeyMultibase,
  }
  const document = { id: issuer.did, verificationMethod: [method], assertionMethod: [method.id] }
  const bundle = readBundle(new Map([['did.json', Buffer.from(JSON.stringify(document))]]))
  const silent = async (): Promise<never> => {
    throw new Unreachable('nobody')
  }
  const answer = async (badge: JsonObject, did: (id: string) => Promise<JsonObject>, trusted: string[] = []) => {
    const { verification, keyFrom } = await verifyBundled(
      {
        bundle,
        live: { did, json: silent },
        trusted,
        question: {},
        verifierOf: (documents) =>
          createVerifier({ fetch: silent, documents, own: async () => undefined, now: () => NOW }),
      },
      Buffer.from(JSON.stringify(badge)),
    )
    return [verification.verdict, keyFrom]
  }
  const live = async (): Promise<JsonObject> => issuer.network.get(issuer.didUrl) as JsonObject
  expect(await answer(forged, live)).toEqual(['invalid', 'issuer'])
  expect(await answer(genuine, live)).toEqual(['valid', 'issuer'])
  expect(await answer(forged, silent, [issuer.key.publicKeyMultibase])).toEqual(['invalid', 'trusted'])
  // Alone, it cannot be told from a key of the issuer: the command says that nothing else vouches for it.
  expect(await answer(forged, silent)).toEqual(['valid', 'bundle'])
})

test('an archive that would unpack without end, or is no archive, is refused in words', async () => {
  const heavy = zipSync({ 'zeros.bin': new Uint8Array(64) })
  const view = Buffer.from(heavy)
  // Its directory says 2 GB.
  view.writeUInt32LE(0x7fff_ffff, view.indexOf(Buffer.from('PK\u0001\u0002')) + 24)
  expect(() => unzip(view)).toThrow('trop grande')
  const place = join(folder, 'tronquee.zip')
  writeFileSync(place, Buffer.from(heavy).subarray(0, 40))
  const { code, out } = await verifyLater([place])
  expect({ code, out }).toEqual({ code: 3, out: '' })
  const empty = await verifyLater([kept('vide.zip', { 'note.txt': new Uint8Array(3) })])
  expect(empty).toMatchObject({ code: 3, err: expect.stringContaining('Aucun badge') })
})

test('keys asked of the issuer are told apart from those of the bundle', async () => {
  const read: KeySource[] = []
  const bundle = readBundle(new Map([['a', Buffer.from('{"id":"did:web:a.example"}')]]))
  const live = { json: async () => ({}), did: async () => Promise.reject(new Error('broken')) }
  const documents = bundledDocuments({ bundle, live, trusted: [], read: (source) => read.push(source) })
  // What is not «unreachable» is a fault of ours, and is not hidden behind the bundle.
  await expect(documents.did('did:web:a.example')).rejects.toThrow('broken')
  expect(read).toEqual([])
})
