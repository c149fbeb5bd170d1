import { createHash } from 'node:crypto'
import { unzipSync } from 'fflate'
import type { Documents } from './documents.ts'
import { checkShape, list } from './open-badge.ts'
import { type JsonObject, Unreachable } from './suite.ts'

const MAX_FILES = 5000
const MAX_BYTES = 256 * 1024 * 1024
const MAX_DOCUMENT = 2 * 1024 * 1024

/** Badges, and what it takes to verify them, kept together: the archive of a holder, a folder, some files. */
export type Bundle = {
  /** Badges as JSON, by the names of their files. */
  badges: Map<string, Buffer>
  /** What badges name by an address: keys of issuers, status lists. By their `id`, or the `kid` of a key. */
  documents: Map<string, JsonObject>
  /** Badges that others issued, and what the index says was found of each, by the names of their files. */
  elsewhere: Map<string, Buffer>
  found: Map<string, FoundThen>
  /** When it was made, as its own index says. */
  madeAt: Date | null
  /** Files that are no longer what its index says, or are gone. */
  damaged: string[]
}

/** How a badge of elsewhere was found when the archive was made, in French, and the day of that check. */
export type FoundThen = { mark: string; checkedAt: string }

export const isZip = (bytes: Buffer): boolean => bytes.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004'))

/** The files of a ZIP, by their names. Throws when it is damaged, or would be larger than 256 MB. */
export function unzip(bytes: Buffer): Map<string, Buffer> {
  let [files, size] = [0, 0]
  const filter = ({ originalSize }: { originalSize: number }) => {
    size += originalSize
    if (++files > MAX_FILES || size > MAX_BYTES) throw new Error('L’archive est trop grande pour être lue.')
    return true
  }
  return new Map(Object.entries(unzipSync(bytes, { filter })).map(([name, content]) => [name, Buffer.from(content)]))
}

/** Sorts the files of a bundle; its JSON-LD contexts are left aside: those that signatures mean are pinned in the program. */
export function readBundle(files: Map<string, Buffer>): Bundle {
  const bundle: Bundle = {
    badges: new Map(),
    documents: new Map(),
    elsewhere: new Map(),
    found: new Map(),
    madeAt: null,
    damaged: [],
  }
  for (const [name, content] of files) {
    // Strangers wrote these: none of them may pass for a key or a list of an issuer.
    const isElsewhere = ELSEWHERE.test(name)
    if (isElsewhere) bundle.elsewhere.set(name, content)
    const document = isElsewhere ? null : readDocument(content)
    if (document === null) continue
    const id = document['id'] ?? document['kid']
    if (isIndex(document)) Object.assign(bundle, readIndex(document, files))
    else if ([document['type']].flat().some((one) => BADGE_TYPES.includes(one))) bundle.badges.set(name, content)
    else if (typeof id === 'string') bundle.documents.set(id, document)
  }
  return bundle
}

/** The folder of an archive where they are. */
const ELSEWHERE = /(^|\/)ailleurs\//

const BADGE_TYPES: unknown[] = ['OpenBadgeCredential', 'AchievementCredential']

function readDocument(content: Buffer): JsonObject | null {
  if (content.length > MAX_DOCUMENT || content[0] !== 0x7b) return null
  try {
    return JSON.parse(content.toString('utf8')) as JsonObject
  } catch {
    return null
  }
}

type Index = { generatedAt: string; sha256: Record<string, unknown>; elsewhere?: unknown }
const isIndex = (document: JsonObject): document is JsonObject & Index =>
  typeof document['generatedAt'] === 'string' && typeof document['sha256'] === 'object' && document['sha256'] !== null

function readIndex({ generatedAt, sha256, elsewhere = [] }: Index, files: Map<string, Buffer>) {
  const madeAt = new Date(generatedAt)
  const isChanged = ([name, digest]: [string, unknown]): boolean =>
    createHash('sha256')
      .update(files.get(name) ?? '')
      .digest('hex') !== digest
  const damaged = Object.entries(sha256).filter(isChanged)
  const found = (Array.isArray(elsewhere) ? elsewhere : []).flatMap(foundThen)
  const names = damaged.map(([name]) => name)
  return { madeAt: Number.isNaN(madeAt.getTime()) ? null : madeAt, damaged: names, found: new Map(found) }
}

function foundThen(entry: unknown): [string, FoundThen][] {
  const { file, mark, checkedAt } = (entry ?? {}) as Record<string, unknown>
  if (typeof file !== 'string' || typeof mark !== 'string' || typeof checkedAt !== 'string') return []
  return Number.isNaN(Date.parse(checkedAt)) ? [] : [[file, { mark, checkedAt }]]
}

/**
 * The day that a bundle can speak for: that of its making, within the days for which the issuer signed the lists of the badge.
 * Null for a badge without any list: nothing of it changes with the day.
 */
export function spokenFor(credential: unknown, { documents, madeAt }: Bundle): Date | null {
  const shape = checkShape(credential)
  if (shape.outcome !== 'success') return null
  const { badge } = shape
  const lists = list(badge.credentialStatus as JsonObject | JsonObject[] | undefined)
    .map((entry) => documents.get(String(entry['statusListCredential'] ?? entry['id'])))
    .filter((one) => one !== undefined)
  if (lists.length === 0) return null
  const dates = (name: string): number[] => lists.map((one) => Date.parse(String(one[name]))).filter(Number.isFinite)
  const from = Math.max(...dates('validFrom'))
  const said = madeAt?.getTime() ?? Math.max(from, Date.parse(badge.validFrom))
  return new Date(Math.min(Math.max(said, from), ...dates('validUntil')))
}

/** Where the key of an issuer was read. */
export type KeySource = 'trusted' | 'issuer' | 'bundle'
type Reading = {
  bundle: Bundle
  /** What issuers answer today. */
  live: Documents
  /** Keys (Multikey) that alone are accepted, when any is given. */
  trusted: string[]
  /** Told where each key came from. */
  read: (source: KeySource) => void
}

/**
 * Documents as a bundle gives them. Keys are asked of the issuer first, as long as it answers: who made the bundle could have
 * put in a key of its own. Status lists are the bundle's alone: its day is the day spoken for.
 */
export function bundledDocuments({ bundle, live, trusted, read }: Reading): Documents {
  const kept = async (id: string): Promise<JsonObject> => {
    const found = bundle.documents.get(id)
    if (!found) throw new Unreachable(`Not in the bundle: ${id}`)
    return found
  }
  const ofIssuer = async (id: string): Promise<JsonObject> => {
    const found = await live.did(id).catch((error: unknown) => {
      if (error instanceof Unreachable) return null
      throw error
    })
    read(found ? 'issuer' : 'bundle')
    return found ?? kept(id)
  }
  return {
    json: kept,
    async did(id) {
      if (trusted.length === 0) return ofIssuer(id)
      read('trusted')
      const document = await kept(id).catch(() => ofIssuer(id))
      const methods = list(document['verificationMethod'] as JsonObject | JsonObject[] | undefined)
      return {
        ...document,
        verificationMethod: methods.filter((one) => trusted.includes(String(one['publicKeyMultibase']))),
      }
    },
  }
}
