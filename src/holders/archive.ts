import { createHash } from 'node:crypto'
import { strToU8, zipSync, type Zippable } from 'fflate'
import { and, asc, eq, gt, isNull } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import { badgeImagePng } from '../badges/render.ts'
import { badgePdf } from '../credentials/badge-pdf.ts'
import { bakePng } from '../credentials/bake.ts'
import { shownName } from '../credentials/consents.ts'
import { pinnedContext } from '../credentials/contexts.ts'
import { signedBadges } from '../credentials/credentials.ts'
import { credentials, ofClass } from '../credentials/credentials.sql.ts'
import { didDocument, listKeys } from '../credentials/keys.ts'
import { PURPOSES, signedStatusList } from '../credentials/status.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { MEDIA } from '../evidence/media.ts'
import { evidenceContentsOf } from '../evidence/read-evidence.ts'
import { record } from '../journal/journal.ts'
import { issuerDid } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Vault } from '../vault.ts'
import { type ArchivedElsewhere, archiveElsewhere } from './archive-elsewhere.ts'
import { readme } from './archive-readme.ts'

/** Badges that one archive holds; who has more takes the following parts. */
const ARCHIVE_BADGES = 200

type Files = Record<string, string | Buffer>
type Owner = { personId: string; author: string }
type ArchivedBadge = { id: string; name: string; organisation: string; validFrom: Date; files: string[] }
/** What the archive holds, by the addresses that badges name: enough to verify them from it alone. */
export type Manifest = {
  generatedAt: string
  service: string
  /** What was taken, and where the next part begins, if any. */
  badges: ArchivedBadge[]
  nextPart: string | null
  /** Badges of elsewhere, in the first part: nothing else here speaks of them. */
  elsewhere: ArchivedElsewhere[]
  issuers: Record<string, { document: string; keys: string }>
  statusLists: Record<string, string>
  contexts: Record<string, string>
}

/**
 * The badges of a person, and all that it takes to verify them without this service: signed status lists as they are now,
 * keys of the issuers, contexts, a page that explains; the badges of elsewhere that they keep, as they were given. By parts of
 * 200, after a badge's id. Errors: `not_found` when no badge.
 */
export async function badgeArchive(
  db: Db,
  vault: Vault,
  baseUrl: string,
  { personId, author }: Owner,
  after: string | null,
  now = new Date(),
): Promise<Uint8Array> {
  const held = await heldAfter(db, personId, after)
  const some = held.slice(0, ARCHIVE_BADGES)
  const apart = after === null ? await archiveElsewhere(db, vault, personId, now) : { elsewhere: [], files: {} }
  const { elsewhere } = apart
  if (some.length + elsewhere.length === 0) throw notFound('Le badge', after ?? 'délivré à vos adresses')
  const documents = await signedBadges(
    db,
    some.map((one) => one.id),
  )
  const files: Files = { ...apart.files }
  const badges: ArchivedBadge[] = []
  for (const one of some) {
    const document = documents.get(one.id)!
    const holder = await shownName(db, vault, one.id)
    const pdf = await badgePdf({ ...one, document, holder, lang: 'fr', baseUrl, now })
    badges.push(addBadge(files, one, document, pdf))
  }
  Object.assign(files, await evidenceOf(db, vault, badges))
  const issuers = await addIssuers(db, baseUrl, files, some)
  const statusLists = await addLists(db, vault, baseUrl, files, some, now)
  const contexts = addContexts(files)
  const nextPart = held.length > some.length ? some.at(-1)!.id : null
  const manifest = {
    generatedAt: now.toISOString(),
    service: baseUrl,
    badges,
    nextPart,
    elsewhere,
    issuers,
    statusLists,
    contexts,
  }
  files['LISEZ-MOI.html'] = readme(manifest)
  files['index.json'] = JSON.stringify({ ...manifest, sha256: digestsOf(files) }, null, 2)
  const subject = `person:${personId}`
  const details = { badges: badges.length, elsewhere: elsewhere.length }
  await record(db, { author, action: 'data.exported', subject, personId, details })
  return zip(files)
}

const heldAfter = (db: Db, personId: string, after: string | null) =>
  db
    .select({
      id: credentials.id,
      achievement: achievements.about,
      organisation: organisations,
      statusListId: credentials.statusListId,
      validFrom: credentials.validFrom,
      validUntil: credentials.validUntil,
      revokedAt: credentials.revokedAt,
      suspendedAt: credentials.suspendedAt,
    })
    .from(credentials)
    .innerJoin(organisations, eq(organisations.id, credentials.organisationId))
    .innerJoin(achievements, ofClass)
    .where(
      and(
        eq(credentials.personId, personId),
        isNull(credentials.erasedAt),
        after === null ? undefined : gt(credentials.id, after),
      ),
    )
    .orderBy(asc(credentials.id))
    .limit(ARCHIVE_BADGES + 1)
type Held = Awaited<ReturnType<typeof heldAfter>>[number]

function addBadge(files: Files, held: Held, document: string, pdf: Buffer): ArchivedBadge {
  const { id, achievement, organisation, validFrom } = held
  const path = `badges/${achievement.slug}-${id}`
  const added = {
    [`${path}.json`]: document,
    [`${path}.png`]: bakePng(badgeImagePng(achievement), document),
    [`${path}.pdf`]: pdf,
  }
  Object.assign(files, added)
  return { id, name: achievement.name, organisation: organisation.name, validFrom, files: Object.keys(added) }
}

/** The evidence files of badges, shown or not, as they are served. */
async function evidenceOf(db: Db, vault: Vault, badges: ArchivedBadge[]): Promise<Files> {
  const ids = badges.map((one) => one.id)
  const found = await evidenceContentsOf(db, vault, ids)
  return Object.fromEntries(
    found.map(({ file: { id, credentialId, mediaType }, bytes }) => [
      `preuves/${credentialId}/${id}${MEDIA[mediaType].extensions[0]}`,
      bytes,
    ]),
  )
}

async function addIssuers(db: Db, baseUrl: string, files: Files, held: Held[]): Promise<Manifest['issuers']> {
  const known: Manifest['issuers'] = {}
  for (const { id, slug } of new Map(held.map((one) => [one.organisation.id, one.organisation])).values()) {
    const entry = { document: `emetteurs/${slug}-did.json`, keys: `emetteurs/${slug}-cles.json` }
    const did = issuerDid(baseUrl, slug)
    files[entry.document] = JSON.stringify(await didDocument(db, baseUrl, slug), null, 2)
    files[entry.keys] = JSON.stringify({ issuer: did, keys: await listKeys(db, id) }, null, 2)
    known[did] = entry
  }
  return known
}

async function addLists(
  db: Db,
  vault: Vault,
  baseUrl: string,
  files: Files,
  held: Held[],
  now: Date,
): Promise<Manifest['statusLists']> {
  const known: Manifest['statusLists'] = {}
  for (const listId of new Set(held.map((one) => one.statusListId))) {
    for (const purpose of PURPOSES) {
      const path = `statut/${listId}-${purpose}.json`
      const { document } = await signedStatusList(db, vault, baseUrl, listId, purpose, now)
      files[path] = document
      known[(JSON.parse(document) as { id: string }).id] = path
    }
  }
  return known
}

/** The contexts that the documents name, as they are pinned here. */
function addContexts(files: Files): Manifest['contexts'] {
  const texts = Object.entries(files).filter(([path]) => /^(badges|statut)\/.*\.json$/.test(path))
  const named = texts.flatMap(([, text]) => (JSON.parse(String(text)) as { '@context': string[] })['@context'])
  const known: Manifest['contexts'] = {}
  for (const url of new Set(named)) {
    const path = `contextes/${url.replace(/^https:\/\//, '').replaceAll(/[^\w.-]+/g, '_')}${url.endsWith('.json') ? '' : '.json'}`
    files[path] = JSON.stringify(pinnedContext(url))
    known[url] = path
  }
  return known
}

const digestsOf = (files: Files): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path, createHash('sha256').update(content).digest('hex')]),
  )

/** Images and PDFs are compressed already. */
function zip(files: Files): Uint8Array {
  const entries = Object.entries(files).map(([path, content]): [string, Zippable[string]] => {
    const isText = typeof content === 'string'
    return [path, [isText ? strToU8(content) : content, { level: isText ? 6 : 0 }]]
  })
  return zipSync(Object.fromEntries(entries))
}
