import { sql } from 'drizzle-orm'
import { getDocumentProxy } from 'unpdf'
import { describe, expect } from 'vitest'
import { rows } from '../src/db.ts'
import { keepImported } from '../src/wallet/imports.ts'
import { actor, type Json, type SignedIn, signedIn } from './support/actors.ts'
import { proofLink } from './support/addresses.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { aBadge } from './support/factories.ts'
import { keyIssuer } from './support/key-issuer.ts'
import { aSitedBadge } from './support/sited-badge.ts'
import { aShare, askShare, plain } from './support/shares.ts'

const HTML = { accept: 'text/html' }
const SHARES = '/mon-espace/partages'
const CV = '/mon-espace/cv'
const pageOf = async (who: Pick<SignedIn, 'get'>, path: string) => plain((await who.get(path, HTML)).response.body)

/** Someone with a badge of this service and one of elsewhere. */
async function aScene(service: TestService) {
  const holder = await signedIn(service)
  const own = await aBadge(service, { email: holder.email, given_name: 'Anaïs', family_name: 'Modèle-Unique' })
  return { holder, own, ...(await anImport(holder)) }
}

async function anImport(holder: SignedIn, given: Json = {}) {
  const issuer = await keyIssuer()
  const credential = await issuer.badgeFor(holder.email, given)
  const { status, body } = await holder.post('/api/v1/wallet', { credential })
  if (status !== 201) throw new Error(JSON.stringify(body))
  return { issuer, credential, imported: String(body['id']) }
}

const APART = '<section aria-labelledby="ailleurs">'
/** The page of a link: what is said of our badges, and of those of elsewhere. */
async function open(service: TestService, path: string) {
  const [ours = '', theirs = ''] = (await pageOf(actor(service), path)).split(APART)
  return { ours, theirs }
}

describe('a link', () => {
  test('shows badges of elsewhere apart, with what is proven of their issuer and the day of their check', async ({
    service,
  }) => {
    const { holder, own, issuer, imported } = await aScene(service)
    const hidden = await anImport(holder, { name: 'Autre', id: 'https://ailleurs.example/badges/2' })
    expect(await pageOf(holder, SHARES)).toContain('Badges d’ailleurs à montrer')
    const { path } = await aShare(service, holder, { badges: own.id, ailleurs: imported })
    const { ours, theirs } = await open(service, path)
    expect(ours).toContain('Formation Aidants Connect')
    expect(ours).toContain('Ceux délivrés ici viennent d’être vérifiés')
    expect(ours).not.toContain('Soudure')
    for (const words of ['Badges délivrés ailleurs', 'Soudure', 'Atelier d’ailleurs', 'nom donné par l’émetteur']) {
      expect(theirs).toContain(words)
    }
    expect(theirs).toContain(`${issuer.did} (clé prouvée)`)
    expect(theirs).toMatch(/data-tone="valid">Signé \(Open Badges 3\.0\)<.*Vérifié le \d/)
    for (const text of [holder.email, 'Modèle-Unique', hidden.issuer.did, 'identityHash']) {
      expect(ours + theirs).not.toContain(text)
    }
    const english = await open(service, `${path}?lang=en`)
    expect(english.theirs).toMatch(/Badges issued elsewhere.*Signed \(Open Badges 3\.0\).*Verified on/)
    const mine = await pageOf(holder, SHARES)
    expect(mine).toContain('Il montre 1 badge et 1 badge d’ailleurs, sans votre nom')
    expect(mine).toContain('« Soudure »')
  })

  test('never shows as good one that was refused or is over, which is not offered any more', async ({ service }) => {
    const { holder, own, imported } = await aScene(service)
    const { path } = await aShare(service, holder, { badges: own.id, ailleurs: imported })
    const change = (set: string) =>
      service.db.execute(sql`update imported_badges set ${sql.raw(set)} where id = ${imported}`)
    for (const [set, mark] of [
      [`valid_until = now() - interval '1 day'`, 'Expiré'],
      [`verdict = 'invalid', code = 'revoked'`, 'Refusé à la dernière vérification'],
      [`verdict = 'indeterminate', code = 'issuer_unreachable'`, 'Non vérifié'],
    ] as const) {
      await change(set)
      const { theirs } = await open(service, path)
      expect(theirs, mark).toContain(`>${mark}<`)
      expect(theirs, mark).not.toContain('data-tone="valid"')
      expect(await pageOf(holder, SHARES), mark).not.toContain('Badges d’ailleurs à montrer')
    }
  })

  test('of nothing else says nothing of ours, and gives no file to who verifies it', async ({ service }) => {
    const holder = await signedIn(service)
    const { imported } = await anImport(holder)
    const form = await pageOf(holder, SHARES)
    expect(form).not.toContain('Mon nom')
    const { path } = await aShare(service, holder, { ailleurs: imported })
    const { ours, theirs } = await open(service, path)
    expect(ours).not.toMatch(/v(ient|iennent) d’être vérifié/)
    expect(ours).not.toContain('ne sont plus publiés')
    expect(theirs).toContain('demandez son fichier à la personne')
    const asked = await actor(service).post('/api/v1/verifications', { url: `${BASE_URL}${path}` })
    expect(asked).toMatchObject({ status: 400, body: { code: 'share_elsewhere' } })
  })

  test('is refused for one of someone else, one that nothing ever proved, none, or more than thirty', async ({
    service,
  }) => {
    const { holder, own } = await aScene(service)
    const stranger = await anImport(await signedIn(service))
    const { issuer, badge, deps, mine } = await aSitedBadge(service, holder)
    issuer.network.clear()
    const unproven = await keepImported(deps, mine, { given: badge, source: 'file' })
    for (const ailleurs of [stranger.imported, unproven.id]) {
      const { status, response } = await askShare(holder, { badges: own.id, ailleurs })
      expect([status, plain(response.body)]).toEqual([422, expect.stringContaining('n’est pas dans votre espace')])
    }
    expect(plain((await askShare(holder, {})).response.body)).toContain('Aucun badge n’est choisi')
    const many = Array.from({ length: 30 }, (_, n) => `${stranger.imported.slice(0, -2)}${10 + n}`)
    const tooMany = await askShare(holder, { badges: own.id, ailleurs: many })
    expect(plain(tooMany.response.body)).toContain('au plus 30 badges ; vous en avez choisi 31')
    expect(await rows(service.db, sql`select 1 from shares where person_id = ${holder.personId}`)).toEqual([])
  })

  test('follows the wallet: into the export, into a space that is joined, out with what is withdrawn or erased', async ({
    service,
  }) => {
    const { holder, own, imported, issuer } = await aScene(service)
    const { path } = await aShare(service, holder, { badges: own.id, ailleurs: imported })
    const data = JSON.parse((await holder.get('/mon-espace/donnees.json')).response.body) as Record<string, Json[]>
    expect(data['Liens par lesquels vous montrez vos badges']).toMatchObject([
      { badges: [own.id], 'badges d’ailleurs': [imported] },
    ])
    // The other space keeps a newer text of the same badge: once joined, it is the one that is shown.
    const joining = await signedIn(service)
    const newer = await issuer.badgeFor(joining.email, { validFrom: '2026-05-01T00:00:00Z' })
    await joining.post('/api/v1/wallet', { credential: newer })
    const link = await proofLink(service, joining, holder.email)
    await joining.form(link.replace('/confirmation/', '/reunion/'))
    const [kept] = (await joining.get('/api/v1/wallet')).body['items'] as Json[]
    expect(kept!['id']).not.toBe(imported)
    expect((await open(service, path)).theirs).toContain('1er mai 2026')

    await joining.form(`/mon-espace/badges-d-ailleurs/${kept!['id']}/retrait`)
    const without = await open(service, path)
    expect([without.theirs, without.ours.includes('Formation Aidants Connect')]).toEqual(['', true])

    const { imported: last } = await anImport(joining)
    await aShare(service, joining, { ailleurs: last })
    await joining.form('/mon-espace/effacement', { confirmation: 'EFFACER' })
    expect(await rows(service.db, sql`select 1 from shared_imports where imported_id = ${last}`)).toEqual([])
    expect(await rows(service.db, sql`select 1 from imported_badges where id = ${last}`)).toEqual([])
  })
})

describe('the block of a CV', () => {
  test('shows those that its holder ticks, last and apart, in every format', async ({ service }) => {
    const { holder, own, imported, credential, issuer } = await aScene(service)
    const first = await pageOf(holder, CV)
    expect(first).toContain(`name="ailleurs" value="${imported}"`)
    expect(first).not.toContain('Badges délivrés ailleurs, vérifiés par Insigne')
    const query = `?choix=1&badge=${own.id}&ailleurs=${imported}`
    const page = await pageOf(holder, `${CV}${query}`)
    const [block = ''] = /<div class="cv-block">.*?<\/div>/.exec(page) ?? []
    expect(block).toMatch(/Formation Aidants Connect.*Badges délivrés ailleurs, vérifiés par Insigne.*Soudure/)
    const line = `Soudure, ${issuer.did} (clé prouvée), délivré le 10 janvier 2026. Signé (Open Badges 3.0). Vérifié le`
    expect(page).toContain(`• ${line}`)
    expect(page).toContain(`&#60;li&#62;${line}`)

    const resume = async (asked: string): Promise<Json> => (await holder.get(`${CV}-json-resume.json${asked}`)).body
    const ours = await resume(`?choix=1&badge=${own.id}`)
    const both = await resume(query)
    expect(both['certificates']).toEqual([
      ...(ours['certificates'] as Json[]),
      { name: 'Soudure (badge délivré ailleurs)', date: '2026-01-10', issuer: `${issuer.did} (clé prouvée)` },
    ])
    expect(both['skills']).toEqual(ours['skills'])
    const { SkillsPassport } = (await holder.get(`${CV}-europass-3.3.json${query}`)).body
    expect(SkillsPassport.LearnerInfo.Education).toHaveLength(1)
    expect(SkillsPassport.LearnerInfo.Achievement[1].Description).toContain('(clé prouvée)')
    const svg = async (asked: string) => (await holder.get(`${CV}.svg${asked}`)).response.body
    const heightOf = (body: string) => Number(/height="(\d+)"/.exec(body)![1])
    expect(heightOf(await svg(query))).toBeGreaterThan(heightOf(await svg(`?choix=1&badge=${own.id}`)))

    const { response } = await holder.get(`${CV}.pdf${query}`)
    const pdf = await getDocumentProxy(new Uint8Array(response.rawPayload))
    const attached = [...(await pdf.getAttachments())!]
    const [file] = attached.find(([, { filename }]) => filename === 'badge-d-ailleurs-1.json')!
    expect(JSON.parse(Buffer.from((await pdf.getAttachmentContent(file))!).toString())).toEqual(credential)
    expect(attached).toHaveLength(2)
  })

  test('keeps what a stranger wrote as text, on one line', async ({ service }) => {
    const holder = await signedIn(service)
    const plainBadge = await (await keyIssuer()).badgeFor(holder.email)
    const { achievement, ...subject } = plainBadge['credentialSubject'] as Json
    const name = `Soudure\n• Faux badge <script>alert(1)</script>${'x'.repeat(400)}`
    const credentialSubject = { ...subject, achievement: { ...achievement, name } }
    const { imported } = await anImport(holder, { credentialSubject })
    const page = (await holder.get(`${CV}?choix=1&ailleurs=${imported}`, HTML)).response.body
    expect(page).toContain('• Soudure • Faux badge &#60;script&#62;')
    expect(page).not.toContain('<script>alert(1)')
    const { path } = await aShare(service, holder, { ailleurs: imported })
    const { theirs } = await open(service, path)
    expect(theirs).toMatch(/<h3>Soudure • Faux badge &#60;script&#62;alert\(1\)&#60;\/script&#62;x{200,260}<\/h3>/)
  })

  test('of nothing else is made too; refused for one that is over, that is refused, or of someone else', async ({
    service,
  }) => {
    const holder = await signedIn(service)
    const { imported } = await anImport(holder)
    expect(await pageOf(holder, CV)).toContain('Soudure')
    const asked = `${CV}-json-resume.json?choix=1&nom=oui&ailleurs=${imported}`
    const alone = (await holder.get(asked)).body
    expect([alone['certificates'], alone['basics'], alone['skills']]).toEqual([[expect.anything()], {}, []])
    expect(
      (await holder.get(`${CV}.png?choix=1&ailleurs=${imported}`)).response.rawPayload.subarray(1, 4).toString(),
    ).toBe('PNG')
    const stranger = await anImport(await signedIn(service))
    expect((await holder.get(`${CV}.svg?ailleurs=${stranger.imported}`)).status).toBe(404)
    const refused = { status: 422, body: { code: 'cv_not_in_force' } }
    await service.db.execute(
      sql`update imported_badges set valid_until = now() - interval '1 day' where id = ${imported}`,
    )
    expect(await holder.get(asked, { accept: 'application/json' })).toMatchObject(refused)
    await service.db.execute(
      sql`update imported_badges set valid_until = null, verdict = 'invalid', code = 'revoked' where id = ${imported}`,
    )
    expect(await holder.get(asked, { accept: 'application/json' })).toMatchObject(refused)
    expect(await pageOf(holder, CV)).not.toContain('Soudure')
  })
})
