import { extname } from 'node:path'
import { isDecodable, pictureKind } from '../credentials/picture-size.ts'
import { cleanJpeg, cleanPng } from './clean-picture.ts'

export const MEDIA = {
  'application/pdf': { words: 'PDF', extensions: ['.pdf'] },
  'image/png': { words: 'image PNG', extensions: ['.png'] },
  'image/jpeg': { words: 'image JPEG', extensions: ['.jpg', '.jpeg'] },
  'text/plain': { words: 'texte', extensions: ['.txt'] },
} as const
export type MediaType = keyof typeof MEDIA

/** A file as it may be kept: what its bytes are, whatever its name says, without what pictures carry unseen. */
type Read = { mediaType: MediaType; bytes: Buffer }

/**
 * Reads a file by its bytes; null for what is not taken, or is damaged. A picture loses what is not the picture: place,
 * device, date, texts, and anything after its end.
 */
export function readMedia(bytes: Buffer): Read | null {
  const kind = pictureKind(bytes)
  if (kind === 'foreign') return null
  if (kind !== null) {
    const cleaned = isDecodable(bytes) ? (kind === 'png' ? cleanPng(bytes) : cleanJpeg(bytes)) : null
    return cleaned && { mediaType: kind === 'png' ? 'image/png' : 'image/jpeg', bytes: cleaned }
  }
  if (isPdf(bytes)) return { mediaType: 'application/pdf', bytes }
  return isText(bytes) ? { mediaType: 'text/plain', bytes } : null
}

/** Whether a name ends as the files of that type do: one that says otherwise would mislead who downloads it. */
export const isNamedAs = (name: string, mediaType: MediaType): boolean =>
  (MEDIA[mediaType].extensions as readonly string[]).includes(extname(name).toLowerCase())

const isPdf = (bytes: Buffer): boolean =>
  bytes.toString('latin1', 0, 5) === '%PDF-' && bytes.subarray(-1024).includes('%%EOF')

/** Text in UTF-8 without control characters; markup, which a reader could take for a page, or a PDF that is cut, is not one. */
function isText(bytes: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    return text.trim() !== '' && !/[\0-\x08\x0B\x0C\x0E-\x1F\x7F]/.test(text) && !/^\s*(<|%PDF-)/.test(text)
  } catch {
    return false
  }
}
