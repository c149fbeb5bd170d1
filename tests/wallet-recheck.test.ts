import { sql } from 'drizzle-orm'
import { expect, vi } from 'vitest'
import { rows } from '../src/db.ts'
import { keepImported } from '../src/wallet/imports.ts'
import { recheckDue, recheckImported } from '../src/wallet/recheck.ts'
import { workWallet } from '../src/wallet/wallet.jobs.ts'
import { longDate } from '../src/web/html.ts'
import { type Json, type SignedIn, signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aTrainer } from './support/factories.ts'
import { aSitedBadge } from './support/sited-badge.ts'
import { plain } from './support/shares.ts'

const DAY_MS = 24 * 3600_000
const PAGE = '/mon-espace/badges-d-ailleurs'
/** A moment that many days after the badges of a test were kept. */
const after = (days: number) => new Date(Date.now() + days * DAY_MS)
const pageOf = async (holder: SignedIn, path = PAGE) =>
  plain((await holder.get(path, { accept: 'text/html' })).response.body)
const badgeOf = async (holder: SignedIn, id: string): Promise<Json> => (await holder.get(`/api/v1/wallet/${id}`)).body
const journalOf = async ({ db }: TestService, id: string) =>
  rows<Json>(db, sql`select action, author from journal where subject = ${`imported:${id}`} order by position`)

/** A badge that its issuer may revoke, kept by someone, the only one of the wallets that is looked at. */
async function aScene(service: TestService) {
  await service.db.execute(sql`delete from imported_badges`)
  const holder = await signedIn(service)
  const sited = await aSitedBadge(service, holder)
  await sited.issuer.publishList([])
  const given = await sited.make({ credentialStatus: sited.issuer.entry() })
  const { id } = await keepImported(sited.deps, sited.mine, { given, source: 'file' })
  return { ...sited, holder, id }
}

test('thirty days later it is verified again: revoked, it counts no more and its holder reads why', async ({
  service,
}) => {
  const { holder, issuer, deps, id } = await aScene(service)
  const { slug } = await aTrainer(service)
  const authority = await signedIn(service, { grants: [{ role: 'administrateur', organisation: slug }] })
  const recognised = await authority.post(`/api/v1/organisations/${slug}/equivalences`, {
    issuer: issuer.did,
    achievement: 'https://ailleurs.example/classes/soudure',
    name: 'Soudure',
    competences: [{ framework: 'mediation', version: '1.0', code: 'D4' }],
    reason: 'Le programme a été lu ligne à ligne',
  })
  expect(recognised.status).toBe(201)
  expect((await badgeOf(holder, id))['recognisedBy']).toHaveLength(1)
  await issuer.publishList([7])
  const asked = issuer.asked.length

  await recheckDue(deps, after(29))
  expect(issuer.asked).toHaveLength(asked)
  expect(await badgeOf(holder, id)).toMatchObject({ verdict: 'valid', recognisedBy: [{}] })

  const day = after(31)
  await recheckDue(deps, day)
  expect(await badgeOf(holder, id)).toMatchObject({
    verdict: 'invalid',
    code: 'revoked',
    importedVerdict: 'valid',
    checkedAt: day.toISOString(),
    unansweredAt: null,
    recognisedBy: [],
  })
  for (const path of [PAGE, `${PAGE}/${id}`]) {
    const page = await pageOf(holder, path)
    expect(page, path).toContain('Refusé à la dernière vérification')
    expect(page, path).toContain('Le badge a été révoqué par son émetteur')
  }
  expect(await pageOf(holder)).toContain('Il ne compte pour rien.')
  expect(await journalOf(service, id)).toEqual([
    { action: 'wallet.imported', author: `person:${holder.personId}` },
    { action: 'wallet.checked', author: 'service' },
  ])
})

test('nobody answers: the last result stays with its day, for ninety days; asked again each day, it is found', async ({
  service,
}) => {
  const { holder, issuer, deps, id } = await aScene(service)
  const { checkedAt } = await badgeOf(holder, id)
  const document = issuer.network.get(issuer.didUrl)
  issuer.network.delete(issuer.didUrl)
  const asks = async (days: number) => {
    const before = issuer.asked.length
    await recheckDue(deps, after(days))
    return issuer.asked.length > before
  }
  expect(await asks(31)).toBe(true)
  const kept = await badgeOf(holder, id)
  expect(kept).toMatchObject({ verdict: 'valid', checkedAt, unansweredAt: expect.any(String) })
  expect(await pageOf(holder)).toContain(
    `Nouvelle vérification sans résultat le ${plain(longDate(kept['unansweredAt']))}.`,
  )
  expect(await asks(31.5)).toBe(false)
  expect(await asks(33)).toBe(true)
  expect(await badgeOf(holder, id)).toMatchObject({ verdict: 'valid', checkedAt })
  expect((await journalOf(service, id)).map((one) => one['action'])).toEqual(['wallet.imported', 'wallet.unanswered'])

  await asks(91)
  expect(await badgeOf(holder, id)).toMatchObject({
    verdict: 'indeterminate',
    code: 'issuer_unreachable',
    name: 'Soudure',
  })
  expect(await pageOf(holder)).toContain('Non vérifié')
  issuer.network.set(issuer.didUrl, document)
  await asks(93)
  expect(await badgeOf(holder, id)).toMatchObject({ verdict: 'valid', code: null, unansweredAt: null })
})

test('what was refused stays refused when its issuer answers no more', async ({ service }) => {
  const { holder, issuer, deps, mine, id } = await aScene(service)
  await issuer.publishList([7])
  await recheckImported(deps, mine, id)
  issuer.network.clear()
  await recheckDue(deps, after(200))
  expect(await badgeOf(holder, id)).toMatchObject({
    verdict: 'invalid',
    code: 'revoked',
    unansweredAt: expect.any(String),
  })
})

test('fifty a run, those asked about longest ago first; the others come next', async ({ service }) => {
  const { issuer, deps, id } = await aScene(service)
  await service.db.execute(sql`
    insert into imported_badges (person_id, text_key, identity_key, content, about, source, version, proof, valid_from,
      imported_verdict, verdict, checked_at)
    select person_id, n::text, n::text, content, about, source, version, proof, valid_from, 'valid', 'valid',
      checked_at + n * interval '1 minute'
    from imported_badges, generate_series(1, 54) n where id = ${id}`)
  issuer.network.clear()
  const left = async () =>
    (
      await rows<{ key: string }>(
        service.db,
        sql`select text_key as key from imported_badges where unanswered_at is null order by checked_at`,
      )
    ).map((one) => one.key)
  await recheckDue(deps, after(31))
  expect(await left()).toEqual(['50', '51', '52', '53', '54'])
  await recheckDue(deps, after(31))
  expect(await left()).toEqual([])
})

test('one that cannot be read does not keep the others, and is said', async ({ service }) => {
  const { holder, issuer, make, deps, mine, id } = await aScene(service)
  const given = await make({ id: 'https://ailleurs.example/badges/2' })
  const { id: broken } = await keepImported(deps, mine, { given, source: 'file' })
  await service.db.execute(sql`update imported_badges set content = 'abîmé', checked_at = checked_at - interval '1 hour'
    where id = ${broken}`)
  await issuer.publishList([7])
  await expect(recheckDue(deps, after(31))).rejects.toThrow('could not be verified again')
  expect(await badgeOf(holder, id)).toMatchObject({ verdict: 'invalid', code: 'revoked' })
  // Put off by a day, it does not come first at each run.
  await expect(recheckDue(deps, after(31))).resolves.toBeUndefined()
})

test('stopped while another site takes its time, it ends at once and changes nothing', async ({ service }) => {
  const { holder, deps, id } = await aScene(service)
  const before = await badgeOf(holder, id)
  const asked = Promise.withResolvers<void>()
  const credential = async () => {
    asked.resolve()
    return new Promise<never>(() => {})
  }
  const stop = new AbortController()
  const run = recheckDue({ ...deps, verifier: { ...deps.verifier, credential } }, after(31), stop.signal)
  await asked.promise
  stop.abort()
  await run
  expect(await badgeOf(holder, id)).toEqual(before)
})

test('a process that starts takes up what is due, and says what fails', async ({ service }) => {
  const { holder, issuer, deps, id } = await aScene(service)
  await service.db.execute(sql`update imported_badges set checked_at = now() - interval '31 days' where id = ${id}`)
  await issuer.publishList([7])
  const stop = workWallet(deps, (error) => {
    throw error
  })
  await vi.waitFor(async () => expect(await badgeOf(holder, id)).toMatchObject({ code: 'revoked' }), 10_000)
  await stop()

  await service.db.execute(sql`update imported_badges set content = 'abîmé', checked_at = now() - interval '31 days'`)
  const failures: unknown[] = []
  const end = workWallet(deps, (error) => failures.push(error))
  await vi.waitFor(() => expect(failures).toHaveLength(1), 10_000)
  await end()
})

test('a newer text that could not be decided joins, once verified, the badge that it is of', async ({ service }) => {
  const { holder, issuer, make, deps, mine, id } = await aScene(service)
  const document = issuer.network.get(issuer.didUrl)
  issuer.network.delete(issuer.didUrl)
  const newer = await make({ validFrom: '2026-02-01T00:00:00Z' })
  const unsure = await keepImported(deps, mine, { given: newer, source: 'api' })
  expect(unsure.outcome).toBe('created')
  issuer.network.set(issuer.didUrl, document)
  // Of that day nobody answered: it is asked about the day after.
  await recheckDue(deps, after(2))
  const items = (await holder.get('/api/v1/wallet')).body['items'] as Json[]
  expect(items).toMatchObject([{ id, verdict: 'valid', validFrom: '2026-02-01T00:00:00.000Z', source: 'api' }])
})
