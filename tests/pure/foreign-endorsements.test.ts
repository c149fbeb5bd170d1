import { expect, test } from 'vitest'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from '../../src/credentials/contexts.ts'
import type { Json } from '../support/actors.ts'
import { codeOf, foreignIssuer, NOW } from '../support/foreign-issuer.ts'

type Issuer = Awaited<ReturnType<typeof foreignIssuer>>
const BADGE = 'https://ailleurs.example/badges/1'
const CLASS = 'https://ailleurs.example/classes/soudure'

/** An endorsement as its issuer signs it; what is given replaces its properties. */
const endorse = ({ did, sign }: Issuer, subject: string, given: Json = {}, name = 'Tiers d’exemple'): Promise<Json> => {
  const { id: issuerId = did, ...issuer } = (given['issuer'] ?? {}) as Json
  return sign({
    '@context': [CREDENTIALS_V2, OPEN_BADGES_V3],
    id: `https://tiers.example/recommandations/${did.length}`,
    type: ['VerifiableCredential', 'EndorsementCredential'],
    name: 'Recommandation',
    validFrom: '2026-02-01T00:00:00Z',
    credentialSubject: { id: subject, type: ['EndorsementSubject'], endorsementComment: 'A soudé chez nous un an.' },
    ...given,
    issuer: { id: issuerId, type: ['Profile'], name, ...issuer },
  })
}

/** The issuer of badges, and third parties on the same network. */
async function setting(...hosts: string[]) {
  const issuer = await foreignIssuer()
  const others = await Promise.all(hosts.map((host) => foreignIssuer(host)))
  for (const one of others) issuer.network.set(one.didUrl, one.network.get(one.didUrl))
  return { issuer, others: others as [Issuer, ...Issuer[]] }
}
const verify = ({ verifier }: Issuer, badge: Json, question = {}) => verifier.credential(badge, question)

test.for([
  ['one subject', (subject: Json) => subject],
  ['a list of one subject', (subject: Json) => [subject]],
] as const)(
  'endorsements of a badge with %s, of its class and of its issuer are each verified as documents of their own',
  async ([, written]) => {
    const { issuer, others } = await setting('tiers.example', 'autre.example')
    const [third, fourth] = others
    const whole = await issuer.badge({
      endorsement: [await endorse(third, BADGE)],
      issuer: { id: issuer.did, type: ['Profile'], name: 'Atelier', endorsement: [await endorse(fourth!, issuer.did)] },
      credentialSubject: written({
        id: 'did:example:personne',
        type: ['AchievementSubject'],
        achievement: {
          id: CLASS,
          type: ['Achievement'],
          name: 'Soudure',
          description: 'Sait souder.',
          criteria: { narrative: 'A soudé.' },
          endorsement: [await endorse(third, CLASS, { id: 'https://tiers.example/recommandations/classe' })],
        },
      }),
    })
    const found = await verify(issuer, whole)
    expect(found).toMatchObject({ verdict: 'valid' })
    expect(codeOf(found, 'endorsements')).toBe('endorsements_ok')
    expect(found.endorsements.map(({ of, verdict, issuer: { id, name } }) => [of, verdict, id, name])).toEqual([
      ['badge', 'valid', third.did, 'Tiers d’exemple'],
      ['achievement', 'valid', third.did, 'Tiers d’exemple'],
      ['issuer', 'valid', fourth!.did, 'Tiers d’exemple'],
    ])
    expect(found.endorsements[0]!.comment).toBe('A soudé chez nous un an.')
  },
)

test.for<[string, (third: Issuer, issuer: Issuer) => Promise<Json>, string, string]>([
  [
    'whose comment was changed',
    async (third) => {
      const one = await endorse(third, BADGE)
      return { ...one, credentialSubject: { ...one['credentialSubject'], endorsementComment: 'Le meilleur.' } }
    },
    'invalid',
    'endorsement_proof',
  ],
  [
    'signed with the key of another',
    async (third, issuer) => ({ ...(await endorse(issuer, BADGE, { issuer: { id: third.did } })) }),
    'invalid',
    'endorsement_proof',
  ],
  ['of another badge', (third) => endorse(third, `${BADGE}0`), 'invalid', 'endorsement_other_subject'],
  ['of the issuer, put on the badge', (third, { did }) => endorse(third, did), 'invalid', 'endorsement_other_subject'],
  [
    'that is no EndorsementCredential',
    (third) => endorse(third, BADGE, { type: ['VerifiableCredential'] }),
    'invalid',
    'endorsement_shape',
  ],
  [
    'that has ended',
    (third) => endorse(third, BADGE, { validUntil: '2026-03-01T00:00:00Z' }),
    'invalid',
    'endorsement_dates',
  ],
  [
    'that was withdrawn',
    async (third, { network }) => {
      network.set(third.listUrl, await third.publishList([7]))
      return endorse(third, BADGE, { credentialStatus: [third.entry()] })
    },
    'invalid',
    'endorsement_revoked',
  ],
  [
    'whose status list does not answer',
    (third) => endorse(third, BADGE, { credentialStatus: [third.entry()] }),
    'indeterminate',
    'endorsement_status_unreachable',
  ],
  [
    'of someone whose key cannot be read',
    (third, { network }) => {
      network.delete(third.didUrl)
      return endorse(third, BADGE)
    },
    'indeterminate',
    'endorsement_unreachable',
  ],
])('an endorsement %s is not to be trusted, and takes nothing from the badge', async ([, make, verdict, code]) => {
  const { issuer, others } = await setting('tiers.example')
  const badge = await issuer.badge({ endorsement: [await make(others[0], issuer)] })
  const found = await verify(issuer, badge)
  expect(found).toMatchObject({ verdict: 'valid', endorsements: [{ verdict, code }] })
  expect(codeOf(found, 'endorsements')).toBe(verdict === 'invalid' ? 'endorsements_invalid' : 'endorsements_undecided')
  expect(found.endorsements[0]!.message).not.toBe(code)
  if (code === 'endorsement_proof')
    expect(found.endorsements[0]).toMatchObject({ comment: null, issuer: { name: null } })
})

test('of two endorsements, the one that holds is told apart from the one that does not', async () => {
  const { issuer, others } = await setting('tiers.example')
  const [good, other] = [await endorse(others[0], BADGE), await endorse(others[0], CLASS, { id: 'urn:uuid:2' })]
  const found = await verify(issuer, await issuer.badge({ endorsement: [good, other] }), { lang: 'en' })
  expect(codeOf(found, 'endorsements')).toBe('endorsements_partly')
  expect(found.checks.find((one) => one.id === 'endorsements')!.message).toContain('1 of 2')
})

test('an issuer that endorses itself is shown as such', async () => {
  const { issuer } = await setting()
  const found = await verify(issuer, await issuer.badge({ endorsement: [await endorse(issuer, BADGE)] }))
  expect(found.endorsements).toMatchObject([{ verdict: 'valid', isSelf: true, code: 'endorsement_self' }])
  expect(codeOf(found, 'endorsements')).toBe('endorsements_self')
})

test('a loop of endorsers is cut where it comes back, and a chain is followed three deep', async () => {
  const { issuer, others } = await setting('b.example', 'c.example', 'd.example', 'e.example')
  const [b, c, d, e] = others as [Issuer, Issuer, Issuer, Issuer]
  const id = (name: string) => ({ id: `urn:uuid:${name}` })
  // The issuer endorses B, which endorses the badge.
  const back = await endorse(issuer, b.did, id('back'))
  const looping = await endorse(b, BADGE, { ...id('b'), issuer: { endorsement: [back] } })
  const looped = await verify(issuer, await issuer.badge({ endorsement: [looping] }))
  expect(looped.endorsements).toMatchObject([
    { verdict: 'valid', endorsements: [{ of: 'endorser', verdict: 'indeterminate', code: 'endorsement_loop' }] },
  ])

  const ofD = await endorse(e, d.did, id('4'))
  const ofC = await endorse(d, c.did, { ...id('3'), issuer: { endorsement: [ofD] } })
  const ofB = await endorse(c, b.did, { ...id('2'), issuer: { endorsement: [ofC] } })
  const badge = await issuer.badge({
    endorsement: [await endorse(b, BADGE, { ...id('1'), issuer: { endorsement: [ofB] } })],
  })
  const { endorsements } = await verify(issuer, badge)
  expect(endorsements).toMatchObject([
    { verdict: 'valid', endorsements: [{ verdict: 'valid', endorsements: [{ verdict: 'valid', endorsements: [] }] }] },
  ])
  expect(issuer.asked).not.toContain(e.didUrl)
})

test('of a thousand tokens twenty are looked at; a thousand documents are too many for a badge', async () => {
  const { issuer, others } = await setting('tiers.example')
  const tokens = Array.from({ length: 1000 }, (_, n) => `a.${Buffer.from(`{"n":${n}}`).toString('base64url')}.c`)
  const found = await verify(issuer, await issuer.badge({ endorsementJwt: tokens }))
  expect(found.verdict).toBe('valid')
  expect(found.endorsements).toHaveLength(20)
  expect(codeOf(found, 'endorsements')).toBe('endorsements_undecided')

  const one = await endorse(others[0], BADGE)
  const signed = await issuer.badge()
  const many = await verify(issuer, { ...signed, endorsement: Array.from({ length: 1000 }, () => one) })
  expect([many.verdict, codeOf(many, 'shape')]).toEqual(['invalid', 'shape_too_complex'])
})

test('the same endorsement given twice is one', async () => {
  const { issuer, others } = await setting('tiers.example')
  const one = await endorse(others[0], BADGE)
  const found = await verify(issuer, await issuer.badge({ endorsement: [one, structuredClone(one)] }))
  expect(found.endorsements).toHaveLength(1)
  expect(codeOf(found, 'endorsements')).toBe('endorsements_one')
})

test('an endorsement describes nothing of the badge that carries it, but its comment', async () => {
  const { issuer, others } = await setting('tiers.example')
  await issuer.publishList([7])
  const one = await endorse(others[0], BADGE)
  const badge = await issuer.badge({ endorsement: [one], credentialStatus: [issuer.entry()] })
  expect(await verify(issuer, badge)).toMatchObject({ verdict: 'invalid' })
  // The same meaning in RDF, the status of the badge hidden where nobody looks.
  const { credentialStatus, ...rest } = badge
  const hidden = { ...one, credentialSubject: { ...one['credentialSubject'], credentialStatus } }
  const found = await verify(issuer, { ...rest, endorsement: [hidden] })
  expect([found.verdict, codeOf(found, 'shape')]).toEqual(['invalid', 'shape_invalid'])
})

test('an endorsement is judged at the day asked about', async () => {
  const { issuer, others } = await setting('tiers.example')
  const badge = await issuer.badge({ endorsement: [await endorse(others[0], BADGE)] })
  const before = await verify(issuer, badge, { at: new Date('2026-01-20T12:00:00Z') })
  expect(before).toMatchObject({ verdict: 'valid', endorsements: [{ verdict: 'invalid', code: 'endorsement_dates' }] })
  expect(await verify(issuer, badge, { at: NOW })).toMatchObject({ endorsements: [{ verdict: 'valid' }] })
})
