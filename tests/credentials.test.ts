import { eq, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { issuerKeys } from '../src/credentials/credentials.sql.ts'
import { activeKey } from '../src/credentials/keys.ts'
import { getOrganisation } from '../src/organisations/organisations.ts'
import { actor, type Json } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { verifiedElsewhere } from './support/elsewhere.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'

async function issue(service: TestService, row: Record<string, string>, session: Json = {}) {
  const trainer = await aTrainer(service)
  const { receipts } = await sendCsv(service, trainer, await aSession(trainer, session), csvOf([aRow(1, row)]))
  expect(receipts).toEqual([expect.objectContaining({ outcome: 'issued' })])
  const url = String(receipts[0]!['credential'])
  return { url, credential: (await actor(service).get(`${new URL(url).pathname}.json`)).body }
}

const verify = async (service: TestService, badge: unknown): Promise<Json> => {
  const { status, body } = await actor(service).post('/api/v1/verifications', badge)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

describe('every badge issued is verified by @digitalbazaar/vc with contexts and documents of its own', () => {
  test.for<[string, Record<string, string>, Json]>([
    ['without levels', {}, {}],
    ['with levels', { 'digcomp:4.2': '5', 'digcomp:2.3': '8' }, {}],
    ['with an evidence address', { evidence_url: 'https://exemple.fr/preuves/1?a=b#c' }, {}],
    [
      'with an evidence address written with spaces and accents',
      { evidence_url: 'https://exemple.fr/mes preuves/été "1".pdf?q=<a|b>{c}' },
      {},
    ],
    [
      'with accents and quotes',
      { narrative: 'A « aidé » l’équipe, dit-elle : "bravo" \\ \'encore\' & <b>mieux</b> ]]>' },
      {},
    ],
    ['with several lines and tabs', { narrative: 'Première ligne\nDeuxième\r\n\tTroisième' }, {}],
    ['with emoji and right-to-left text', { narrative: '🎓👩🏽‍💻 شهادة في الوساطة الرقمية — עברית \u202e' }, {}],
    ['of a certification block', { narrative: 'CCP1' }, { module: undefined, block: 'rncp40695/CCP1' }],
  ])('%s', async ([, row, session], { service }) => {
    const { credential } = await issue(service, row, session)
    expect(await verifiedElsewhere(service, credential)).toEqual({ verified: true, reason: undefined })
    expect(await verify(service, credential)).toMatchObject({ verdict: 'valid', credential })
    if (row['narrative']) expect(credential['evidence'][0].narrative).toBe(row['narrative'])
    if (row['digcomp:4.2'])
      expect(credential['credentialSubject'].result.map((one: Json) => one['value'])).toEqual(['5', '8'])
    // The other verifier can say no: it does, for a badge with one letter changed.
    expect(await verifiedElsewhere(service, { ...credential, name: `${credential['name']} ` })).toMatchObject({
      verified: false,
    })
  })

  test('with an end of validity', async ({ service }) => {
    await service.db.execute(
      sql`update achievements set about = jsonb_set(about, '{validity}', '"P3Y"') where slug = 'gestion-de-projet'`,
    )
    const { credential, url } = await issue(service, {}, { module: 'gestion-de-projet' })
    const [from, until] = [new Date(credential['validFrom']), new Date(credential['validUntil'])]
    expect([until.getUTCFullYear(), until.toISOString().slice(4)]).toEqual([
      from.getUTCFullYear() + 3,
      from.toISOString().slice(4),
    ])
    expect(await verifiedElsewhere(service, credential)).toEqual({ verified: true, reason: undefined })
    const later = await verify(service, { url, at: `${until.getUTCFullYear()}-12-31T23:59:59Z` })
    expect(later).toMatchObject({
      verdict: 'invalid',
      checks: expect.arrayContaining([expect.objectContaining({ code: 'expired' })]),
    })
  })

  test('whatever the comment, it is signed as written', async ({ service }) => {
    const trainer = await aTrainer(service)
    const session = await aSession(trainer, { capacity: 1000 })
    const comments = fc.sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), 60)
    const written = comments.map((one) => `«${one.replaceAll('\u0000', ' ').normalize('NFC')}»`)
    const { receipts } = await sendCsv(
      service,
      trainer,
      session,
      csvOf(written.map((narrative, i) => aRow(i, { narrative }))),
    )
    expect(receipts).toHaveLength(60)
    for (const [i, receipt] of receipts.entries()) {
      const { body } = await actor(service).get(`${new URL(String(receipt['credential'])).pathname}.json`)
      expect(body['evidence'][0].narrative).toBe(written[i])
      expect(await verifiedElsewhere(service, body)).toEqual({ verified: true, reason: undefined })
    }
  })
})

test('an organisation asked for its first badges all at once has one key, and no key is kept in clear', async ({
  service,
}) => {
  const { slug } = await aTrainer(service)
  const { id } = await getOrganisation(service.db, slug)
  const keys = await Promise.all(Array.from({ length: 20 }, () => activeKey(service.db, service.vault, id)))
  expect(new Set(keys.map((key) => key.publicKeyMultibase)).size).toBe(1)
  const { body } = await actor(service).get(`/organisations/${slug}/did.json`)
  expect(body['assertionMethod']).toEqual([`${String(body['id'])}#${keys[0]!.publicKeyMultibase}`])
  const kept = await service.db.select().from(issuerKeys).where(eq(issuerKeys.organisationId, id))
  expect(kept).toHaveLength(1)
  expect(JSON.stringify(kept) + JSON.stringify(body)).not.toContain(keys[0]!.secretKeyMultibase)
})
