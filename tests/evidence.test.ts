import { createHash, randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { unzipSync, zipSync } from 'fflate'
import { describe, expect } from 'vitest'
import { rows } from '../src/db.ts'
import { actor, type Json, type SignedIn, signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aPhoto, filesOf, PDF, sendEvidence } from './support/evidence.ts'
import { aBadge } from './support/factories.ts'

const HTML = { accept: 'text/html' }
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Someone with a badge, and the path of its files. */
async function aHolder(service: TestService) {
  const holder = await signedIn(service)
  const badge = await aBadge(service, { email: holder.email })
  return { holder, files: `/mon-espace/badges/${badge.id}/preuves`, ...badge }
}
const show = (holder: SignedIn, files: string, id: string, visible = 'oui') =>
  holder.form(`${files}/${id}/affichage`, { visible })
const asTrainer = (service: TestService, slug: string) =>
  signedIn(service, { grants: [{ role: 'formateur', organisation: slug }] })
const pageOf = async (service: TestService, path: string) => (await actor(service).get(path, HTML)).response.body

describe('a file that a holder deposits', () => {
  test('is only the holder’s until it is shown, then anyone’s, then hidden again', async ({ service }) => {
    const { holder, files, id, path } = await aHolder(service)
    const description = 'Une affiche <b>faite</b> en atelier'
    const sent = await sendEvidence(holder, files, { name: 'affiche.pdf', bytes: PDF }, { description })
    expect([sent.status, sent.response.headers['location']]).toEqual([303, `${files}?fait=depose`])
    const [file = ''] = await filesOf(service, id)
    const mine = await holder.get(`/evidence/${file}`)
    expect(mine.response.rawPayload).toEqual(PDF)
    expect(mine.response.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': 'attachment; filename="preuve.pdf"',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    const stranger = await signedIn(service)
    for (const who of [actor(service), stranger]) {
      expect(await who.get(`/evidence/${file}`, { accept: 'application/json' })).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      })
    }
    expect(await pageOf(service, path)).not.toContain(file)

    expect((await show(holder, files, file)).status).toBe(303)
    const anyone = await actor(service).get(`/evidence/${file}`)
    expect(anyone.response.rawPayload).toEqual(PDF)
    expect(anyone.response.headers['content-security-policy']).toBe("default-src 'none'; sandbox")
    const page = await pageOf(service, path)
    expect(page).toMatch(/Une affiche [^<]*faite[^<]* en atelier/)
    expect(page).not.toContain('<b>faite')
    expect(page).toContain('La personne l’a ajouté elle-même')
    expect(page).toContain(sha256(PDF))
    expect(page.split(`/evidence/${file}`)).toHaveLength(2)
    expect(await pageOf(service, `${path}?lang=en`)).toContain('Added by the person')

    await show(holder, files, file, 'non')
    expect((await actor(service).get(`/evidence/${file}`)).status).toBe(404)
    expect(await pageOf(service, path)).not.toContain(file)
  })

  test('is deleted for good by its holder, with its content', async ({ service }) => {
    const { holder, files, id } = await aHolder(service)
    await sendEvidence(holder, files, { name: 'notes.txt', bytes: 'Ce que j’ai fait.' })
    const [file = ''] = await filesOf(service, id)
    expect((await holder.form(`${files}/${file}/suppression`)).status).toBe(303)
    expect((await holder.get(`/evidence/${file}`)).status).toBe(404)
    expect(await rows(service.db, sql`select 1 from evidence_contents where file_id = ${file}`)).toEqual([])
    const told = await rows<Json>(
      service.db,
      sql`select action, details from journal where subject = ${`evidence:${file}`} order by position`,
    )
    expect(told.map((one) => one['action'])).toEqual(['evidence.deposited', 'evidence.deleted'])
    expect(JSON.stringify(told)).not.toContain('Affiche')
  })

  test('is nobody else’s to see, add to, show or delete, trainers of the organisation included', async ({
    service,
  }) => {
    const { holder, files, id, trainer } = await aHolder(service)
    await sendEvidence(holder, files, { name: 'affiche.pdf', bytes: PDF })
    const [file = ''] = await filesOf(service, id)
    const other = await signedIn(service)
    const refused = [
      await other.get(files, HTML),
      await sendEvidence(other, files, { name: 'affiche.pdf', bytes: PDF }),
      await show(other, files, file),
      await other.form(`${files}/${file}/suppression`),
    ]
    expect(refused.map((one) => one.status)).toEqual([404, 404, 404, 404])
    const formateur = await asTrainer(service, trainer.slug)
    expect((await formateur.get(`/evidence/${file}`)).status).toBe(404)
    const theirs = `/organisme/${trainer.slug}/badges/${id}/preuves`
    expect((await formateur.form(`${theirs}/${file}/suppression`)).status).toBe(404)
    expect((await formateur.get(theirs, HTML)).response.body).not.toContain(file)
    expect(await filesOf(service, id)).toEqual([file])
  })

  test('of another badge of theirs is not reached through this one', async ({ service }) => {
    const { holder, files, id } = await aHolder(service)
    const second = await aBadge(service, { email: holder.email })
    await sendEvidence(holder, files, { name: 'affiche.pdf', bytes: PDF })
    const [file = ''] = await filesOf(service, id)
    expect((await show(holder, `/mon-espace/badges/${second.id}/preuves`, file)).status).toBe(404)
    expect((await actor(service).get(`/evidence/${file}`)).status).toBe(404)
  })
})

describe('a picture', () => {
  test('loses the place, the device and what follows its end, and keeps the way it is turned', async ({ service }) => {
    const { holder, files, id } = await aHolder(service)
    await sendEvidence(holder, files, { name: 'Photo.JPG', bytes: aPhoto() })
    const [file = ''] = await filesOf(service, id)
    const { rawPayload: kept, headers } = (await holder.get(`/evidence/${file}`)).response
    expect(headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': 'inline; filename="preuve.jpg"',
    })
    for (const trace of ['LYON', 'xmpmeta', 'appareil', '<script']) expect(kept.includes(trace)).toBe(false)
    expect(kept.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]))
    expect(kept.includes(Buffer.from('011200030000000100060000', 'hex'))).toBe(true)
    expect(kept.includes(Buffer.from('12ff00ffd034', 'hex'))).toBe(true)
  })

  test('in PNG loses the texts that it carries, a whole badge among them', async ({ service }) => {
    const { holder, files, id, path } = await aHolder(service)
    const baked = (await actor(service).get(`${path}.png`)).response.rawPayload
    expect(baked.includes('openbadgecredential')).toBe(true)
    await sendEvidence(holder, files, { name: 'badge.png', bytes: Buffer.concat([baked, Buffer.from('<html>')]) })
    const [file = ''] = await filesOf(service, id)
    const { rawPayload: kept, headers } = (await holder.get(`/evidence/${file}`)).response
    expect(headers['content-type']).toBe('image/png')
    expect([kept.includes('openbadgecredential'), kept.includes('<html>')]).toEqual([false, false])
    expect(kept.length).toBeGreaterThan(1000)
  })
})

const ZIP = Buffer.from(zipSync({ 'bombe.txt': new Uint8Array(10_000_000) }))
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

test.for<[string, string, Buffer | string, string]>([
  ['a page named as a picture', 'photo.png', '<!doctype html><script>alert(1)</script>', 'ni un PDF, ni une image'],
  ['a page named as a text', 'notes.txt', '\n <!doctype html><script>alert(1)</script>', 'ni un PDF, ni une image'],
  ['an SVG with a script', 'dessin.svg', SVG, 'ni un PDF, ni une image'],
  ['a zip bomb named as a PDF', 'rapport.pdf', ZIP, 'ni un PDF, ni une image'],
  ['a PDF that is cut', 'rapport.pdf', PDF.subarray(0, 40), 'ni un PDF, ni une image'],
  ['a JPEG that is cut', 'photo.jpg', aPhoto().subarray(0, 90), 'ni un PDF, ni une image'],
  ['a PNG of 60,000 pixels a side', 'photo.png', aHugePng(), 'ni un PDF, ni une image'],
  ['a text that is not UTF-8', 'notes.txt', Buffer.from([0xc3, 0x28, 0x41]), 'ni un PDF, ni une image'],
  ['a program', 'notes.txt', Buffer.from('MZ\0\x01'), 'ni un PDF, ni une image'],
  ['a PDF named as a picture', 'photo.png', PDF, 'Le nom de ce fichier ne dit pas ce qu’il est'],
  ['a text named as a page', 'notes.html', 'Bonjour', 'Le nom de ce fichier ne dit pas ce qu’il est'],
  [
    'a file of 6 MB',
    'rapport.pdf',
    Buffer.concat([PDF, Buffer.alloc(6 * 1024 * 1024), PDF]),
    'Ce fichier dépasse 5 Mo.',
  ],
  ['an empty file', 'notes.txt', '', 'Aucun fichier n’est joint, ou il est vide.'],
])('%s is refused in its form, which keeps what was typed', async ([, name, bytes, words], { service }) => {
  const { holder, files, id } = await aHolder(service)
  const { status, response } = await sendEvidence(holder, files, { name, bytes }, { description: 'Ce que j’ai écrit' })
  expect(status).toBe(422)
  expect(response.body).toContain(words)
  expect(response.body).toContain('Ce que j’ai écrit')
  expect(await filesOf(service, id)).toEqual([])
})

function aHugePng(): Buffer {
  const png = Buffer.from(
    '89504e470d0a1a0a0000000d49484452000000000000000008060000000000000000000049454e4400000000',
    'hex',
  )
  png.writeUInt32BE(60_000, 16)
  png.writeUInt32BE(60_000, 20)
  return png
}

test('without a name, or without a file, the form says so', async ({ service }) => {
  const { holder, files } = await aHolder(service)
  const unnamed = await sendEvidence(holder, files, { name: 'affiche.pdf', bytes: PDF }, { name: ' ' })
  expect([unnamed.status, unnamed.response.body]).toEqual([422, expect.stringContaining('href="#name"')])
  const alone = await sendEvidence(holder, files, null)
  expect([alone.status, alone.response.body]).toEqual([422, expect.stringContaining('href="#fichier"')])
})

test('an eleventh file of a badge, and more than 25 MB of one person, are refused', async ({ service }) => {
  const { holder, files, id } = await aHolder(service)
  const send = (name: string, bytes: Buffer, path = files) => sendEvidence(holder, path, { name, bytes })
  for (let n = 0; n < 5; n++) expect((await send('gros.pdf', PDF)).status).toBe(303)
  // As if each had weighed 5,000,000 bytes: 1,214,400 are left.
  await service.db.execute(sql`update evidence_files set size = 5000000 where credential_id = ${id}`)
  const second = await aBadge(service, { email: holder.email })
  const beyond = await send(
    'gros.pdf',
    Buffer.concat([PDF, Buffer.alloc(1_214_400, 32), PDF]),
    `/mon-espace/badges/${second.id}/preuves`,
  )
  expect([beyond.status, beyond.response.body]).toEqual([409, expect.stringContaining('dépasseraient 25 Mo')])
  for (let n = 0; n < 5; n++) expect((await send('petit.pdf', PDF)).status).toBe(303)
  const eleventh = await send('petit.pdf', PDF)
  expect([eleventh.status, eleventh.response.body]).toEqual([409, expect.stringContaining('déjà dix fichiers')])
  expect(await filesOf(service, id)).toHaveLength(10)
})

test('ten files sent at once to a badge that has five leave ten', async ({ service }) => {
  const { holder, files, id } = await aHolder(service)
  const send = () => sendEvidence(holder, files, { name: 'petit.pdf', bytes: PDF })
  for (let n = 0; n < 5; n++) await send()
  await Promise.all(Array.from({ length: 10 }, send))
  expect(await filesOf(service, id)).toHaveLength(10)
})

test('what an organisation deposits is seen by its trainers and the holder, who alone shows it', async ({
  service,
}) => {
  const { holder, files, id, path, trainer } = await aHolder(service)
  const formateur = await asTrainer(service, trainer.slug)
  const theirs = `/organisme/${trainer.slug}/badges/${id}/preuves`
  expect((await formateur.get(`/organisme/${trainer.slug}/badges/${id}`, HTML)).response.body).toContain(theirs)
  const sent = await sendEvidence(formateur, theirs, { name: 'grille.pdf', bytes: PDF }, { name: 'Grille remplie' })
  expect(sent.response.headers['location']).toBe(`${theirs}?fait=depose`)
  const [file = ''] = await filesOf(service, id)
  expect((await formateur.get(`/evidence/${file}`)).response.rawPayload).toEqual(PDF)
  const read = await rows<Json>(
    service.db,
    sql`select author from journal where subject = ${`evidence:${file}`} and action = 'evidence.read'`,
  )
  expect(read).toEqual([{ author: `person:${formateur.personId}` }])
  expect((await holder.get(files, HTML)).response.body).toContain('Grille remplie')
  expect((await formateur.form(`${files}/${file}/affichage`, { visible: 'oui' })).status).toBe(404)
  const elsewhere = await asTrainer(service, (await aBadge(service)).trainer.slug)
  expect((await elsewhere.get(`/evidence/${file}`)).status).toBe(404)

  await show(holder, files, file)
  expect(await pageOf(service, path)).toContain('Déposé par l’organisme qui a délivré le badge.')
  expect((await formateur.form(`${theirs}/${file}/suppression`)).status).toBe(303)
  expect(await filesOf(service, id)).toEqual([])
  expect(await pageOf(service, path)).not.toContain('Grille remplie')
})

test.for<[string, (file: string, other: string) => ReturnType<typeof sql>]>([
  [
    'a byte of its content',
    (file) =>
      sql`update evidence_contents set content = set_byte(content, 40, get_byte(content, 40) # 1) where file_id = ${file}`,
  ],
  [
    'its content for that of another',
    (file, other) =>
      sql`update evidence_contents set content = (select content from evidence_contents where file_id = ${other}) where file_id = ${file}`,
  ],
  [
    'its digest and name for those of another',
    (file, other) =>
      sql`update evidence_files set details = (select details from evidence_files where id = ${other}) where id = ${file}`,
  ],
])('a file of which someone changed %s in the database is not served', async ([, change], { service }) => {
  const { holder, files, id } = await aHolder(service)
  await sendEvidence(holder, files, { name: 'affiche.pdf', bytes: PDF })
  await sendEvidence(holder, files, { name: 'notes.txt', bytes: 'Un autre contenu, assez long pour être changé.' })
  const [file = '', other = ''] = await filesOf(service, id)
  await show(holder, files, file)
  await service.db.execute(change(file, other))
  for (const who of [actor(service), holder]) {
    expect(await who.get(`/evidence/${file}`, { accept: 'application/json' })).toMatchObject({
      status: 503,
      body: { code: 'evidence_damaged' },
    })
  }
  expect((await holder.get(`/evidence/${other}`)).status).toBe(200)
})

describe('a person’s files', () => {
  test('are in the export and in the archive, hidden ones too, and go with an erasure', async ({ service }) => {
    const { holder, files, id } = await aHolder(service)
    await sendEvidence(holder, files, { name: 'affiche.pdf', bytes: PDF }, { description: 'Montrée' })
    await sendEvidence(holder, files, { name: 'notes.txt', bytes: 'Ce que j’ai fait.' })
    const [shown = '', hidden = ''] = await filesOf(service, id)
    await show(holder, files, shown)
    const data = (await holder.get('/mon-espace/donnees.json')).response.json() as Record<string, Json[]>
    const [, lines = []] = Object.entries(data).find(([title]) => title.startsWith('Fichiers de preuve')) ?? []
    expect(lines).toMatchObject([
      { badge: id, nom: 'Affiche d’atelier', description: 'Montrée', montré: true, 'empreinte SHA-256': sha256(PDF) },
      { badge: id, montré: false, type: 'text/plain' },
    ])
    const zip = unzipSync((await holder.get('/mon-espace/archive.zip')).response.rawPayload)
    expect(Buffer.from(zip[`preuves/${id}/${shown}.pdf`]!)).toEqual(PDF)
    expect(Buffer.from(zip[`preuves/${id}/${hidden}.txt`]!).toString()).toBe('Ce que j’ai fait.')
    const index = JSON.parse(Buffer.from(zip['index.json']!).toString()) as { sha256: Record<string, string> }
    expect(index.sha256[`preuves/${id}/${shown}.pdf`]).toBe(sha256(PDF))

    await holder.form('/mon-espace/effacement', { confirmation: 'EFFACER' })
    expect(await filesOf(service, id)).toEqual([])
    expect((await actor(service).get(`/evidence/${shown}`)).status).toBe(404)
    expect((await actor(service).get(`/credentials/${id}/refresh`, { accept: 'application/json' })).status).toBe(410)
  })
})

test('an address that is no file is not found', async ({ service }) => {
  expect((await actor(service).get(`/evidence/${randomUUID()}`)).status).toBe(404)
  expect((await actor(service).get('/evidence/..%2Fetc')).status).toBe(422)
})
