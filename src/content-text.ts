import { type ContentFile, type Fault, type Place } from './content.ts'

const MAX_BYTES = 2 * 1024 * 1024
const SAVE =
  'Enregistrez le fichier en UTF-8 : dans un tableur, « CSV UTF-8 » ; dans un éditeur de texte, « Encodage : UTF-8 ».'

/** The place of a character of a text. */
function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

/** The text of a file, without its byte order mark; or why it is none: too large, another encoding, invisible characters. */
export function readText({ name, bytes }: ContentFile): { text: string } | { fault: Fault } {
  const refuse = (at: Place, problem: string, mend: string) => ({ fault: { file: name, ...at, problem, mend } })
  const start = { line: 1, column: 1 }
  if (bytes.length === 0) return refuse(start, 'le fichier est vide', 'Choisissez de nouveau le fichier d’origine.')
  if (bytes.length > MAX_BYTES) return refuse(start, 'le fichier dépasse 2 Mo', 'Découpez-le en plusieurs fichiers.')
  if (looksUtf16(bytes)) return refuse(start, 'le fichier semble enregistré en UTF-16, et non en UTF-8', SAVE)
  const text = decoded(bytes)
  if (text === null) {
    const lossy = new TextDecoder().decode(bytes)
    const at = placeIn(lossy, lossy.indexOf('\uFFFD'))
    return refuse(at, 'le fichier n’est pas en UTF-8 ; il semble en Latin-1 (Windows-1252)', SAVE)
  }
  const unseen = INVISIBLE.exec(text)
  if (!unseen) return { text }
  return refuse(placeIn(text, unseen.index), 'il y a là un caractère invisible', 'Retirez-le, ou retapez la ligne.')
}

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const INVISIBLE = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F]/

/** By its byte order mark, or by the NUL that stands beside each ASCII letter. */
function looksUtf16(bytes: Uint8Array): boolean {
  const mark = (bytes[0]! << 8) | (bytes[1] ?? 0)
  return mark === 0xfffe || mark === 0xfeff || (bytes.length > 1 && (bytes[0] === 0 || bytes[1] === 0))
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
