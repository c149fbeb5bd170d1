import { sql } from 'drizzle-orm'
import { rows } from '../../src/db.ts'
import type { SignedIn } from './actors.ts'
import type { TestService } from './app.ts'

type Sent = { name: string; bytes: Buffer | string }

/** Sends the form of a page with a file, as a browser does. */
export async function sendEvidence(
  who: SignedIn,
  path: string,
  file: Sent | null,
  fields: Record<string, string> = {},
) {
  const form = new FormData()
  for (const [name, value] of Object.entries({ name: 'Affiche d’atelier', _jeton: who.jeton, ...fields }))
    form.set(name, value)
  if (file) form.set('fichier', new Blob([new Uint8Array(Buffer.from(file.bytes))]), file.name)
  const whole = new Response(form)
  const body = Buffer.from(await whole.arrayBuffer())
  return who.post(path, body, { 'content-type': whole.headers.get('content-type')!, accept: 'text/html' })
}

/** The ids of the files of a badge, the oldest first. */
export const filesOf = async ({ db }: TestService, credentialId: string): Promise<string[]> =>
  (
    await rows<{ id: string }>(
      db,
      sql`select id from evidence_files where credential_id = ${credentialId} order by created_at, id`,
    )
  ).map((one) => one.id)

export const PDF = Buffer.from('%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n')

const segment = (marker: number, body: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}

/** A JPEG as a telephone takes it: turned, with the place, a comment, and a page after its end. */
export function aPhoto(): Buffer {
  const orientation = Buffer.from('011200030000000100060000', 'hex')
  const gps = Buffer.from('8825000400000001000000ff', 'hex')
  const tiff = Buffer.concat([
    Buffer.from('4d4d002a000000080002', 'hex'),
    orientation,
    gps,
    Buffer.from('LYON 45.75 4.85'),
  ])
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff])),
    segment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Zoé</x:xmpmeta>')),
    segment(0xfe, Buffer.from('appareil de Zoé')),
    segment(0xc0, Buffer.from('080010001001011100', 'hex')),
    segment(0xda, Buffer.from('0101003f00', 'hex')),
    Buffer.from('12ff00ffd034', 'hex'),
    Buffer.from([0xff, 0xd9]),
    Buffer.from('<script>alert(1)</script>'),
  ])
}
