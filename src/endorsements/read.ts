import { and, asc, desc, eq, type SQL, sql } from '../drizzle.ts'
import { alias } from '../drizzle-pg.ts'
import { achievementUrl } from '../badges/achievements.ts'
import { achievements } from '../badges/badges.sql.ts'
import { commentOf, endorserName } from '../credentials/check-endorsement.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { openEnvelope } from '../credentials/envelope.ts'
import { issuerOf, type JsonObject } from '../credentials/suite.ts'
import type { Db } from '../db.ts'
import { issuerDid } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Vault } from '../vault.ts'
import { endorsements } from './endorsements.sql.ts'

export const SECRET_SEAL = 'endorsements/secret'
export const NOTE_SEAL = 'endorsements/note'
export const DOCUMENT_SEAL = 'endorsements/document'

const owner = alias(organisations, 'owner')
const endorser = alias(organisations, 'endorser')

/** What an endorsement says, from the document or the token as it was signed. */
export type Said = {
  /** As it was signed: JSON, or a compact token. */
  text: string
  isToken: boolean
  credential: JsonObject
  /** Whose signature it bears, and how they call themselves. */
  issuer: { id: string; name: string | null }
  comment: string | null
}

export type Endorsement = Awaited<ReturnType<typeof readEndorsements>>[number]

/** Endorsements and what they are about, the oldest first, opened. One query. */
export async function readEndorsements(
  db: Db,
  vault: Vault,
  where: SQL | undefined,
  { limit = 200, newest = false } = {},
) {
  const found = await db
    .select({
      row: endorsements,
      personId: credentials.personId,
      achievement: achievements.about,
      owner: { id: owner.id, slug: owner.slug, name: owner.name },
      endorser: { id: endorser.id, slug: endorser.slug, name: endorser.name },
    })
    .from(endorsements)
    .leftJoin(credentials, eq(credentials.id, endorsements.credentialId))
    .innerJoin(owner, sql`${owner.id} = coalesce(${endorsements.organisationId}, ${credentials.organisationId})`)
    .leftJoin(
      achievements,
      and(
        sql`${achievements.slug} = coalesce(${endorsements.achievementSlug}, ${credentials.achievementSlug})`,
        sql`${achievements.version} = coalesce(${endorsements.achievementVersion}, ${credentials.achievementVersion})`,
      ),
    )
    .leftJoin(endorser, eq(endorser.id, endorsements.endorserId))
    .where(where)
    .orderBy(newest ? desc(endorsements.askedAt) : asc(endorsements.askedAt), asc(endorsements.id))
    .limit(limit)
  return found.map(({ row, ...joined }) => {
    const { secret, note, document, ...rest } = row
    return {
      ...rest,
      ...joined,
      secret: secret && vault.open(SECRET_SEAL, secret),
      note: note && vault.open(NOTE_SEAL, note),
      said: document === null ? null : saidBy(vault.open(DOCUMENT_SEAL, document)),
    }
  })
}

function saidBy(text: string): Said {
  const isToken = !text.startsWith('{')
  const credential = (isToken ? openEnvelope(text).credential : JSON.parse(text)) as JsonObject
  const issuer = { id: issuerOf(credential) ?? '', name: endorserName(credential) }
  return { text, isToken, credential, issuer, comment: commentOf(credential) }
}

/** What an endorsement is about, as its subject names it: the badge, the class, or the organisation (its DID). */
export function subjectId({ credentialId, achievementSlug, achievement, owner }: Endorsement, baseUrl: string): string {
  if (credentialId !== null) return `${baseUrl}/credentials/${credentialId}`
  return achievementSlug !== null && achievement ? achievementUrl(baseUrl, achievement) : issuerDid(baseUrl, owner.slug)
}

/** The same in words: « Nom du badge », or the name of the organisation. */
export const subjectWords = ({ credentialId, achievementSlug, achievement, owner }: Endorsement): string =>
  credentialId === null && achievementSlug === null ? owner.name : `« ${achievement?.name ?? ''} »`
