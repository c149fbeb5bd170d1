import { and, desc, eq, gt, isNull } from '../drizzle.ts'
import { signedBadges } from '../credentials/credentials.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import type { Db } from '../db.ts'
import { DomainError, malformed } from '../errors.ts'
import { hashSecret } from '../secret.ts'
import { sharedCredentials, sharedImports, shares } from './shares.sql.ts'
import { MAX_SHARED } from './shares.ts'

const SHARE = /^\/partages\/([^/]{1,100})$/

/**
 * The signed badges of a share link of this service, for who pastes it to verify; undefined for any other address.
 * Those of elsewhere are not given: their files may say more of their holder than she or he shows. Errors: `share_elsewhere` when
 * there are no others; `share_ended` once it expired or was withdrawn, and for a secret that never was.
 */
export const createSharedDocuments =
  (db: Db, baseUrl: string) =>
  async (url: URL): Promise<string[] | undefined> => {
    const [, secret] = SHARE.exec(url.pathname) ?? []
    if (url.host !== new URL(baseUrl).host || secret === undefined) return undefined
    const open = and(
      eq(shares.secretHash, hashSecret(secret)),
      isNull(shares.withdrawnAt),
      gt(shares.expiresAt, new Date()),
    )
    const found = await db
      .select({ id: credentials.id })
      .from(shares)
      .innerJoin(sharedCredentials, eq(sharedCredentials.shareId, shares.id))
      .innerJoin(credentials, eq(credentials.id, sharedCredentials.credentialId))
      .where(and(open, eq(credentials.personId, shares.personId), isNull(credentials.erasedAt)))
      .orderBy(desc(credentials.id))
      .limit(MAX_SHARED)
    if (found.length === 0) {
      const theirs = await db
        .select({ id: sharedImports.importedId })
        .from(shares)
        .innerJoin(sharedImports, eq(sharedImports.shareId, shares.id))
        .where(open)
        .limit(1)
      throw theirs.length > 0 ? elsewhere() : ended()
    }
    const ids = found.map((one) => one.id)
    const signed = await signedBadges(db, ids)
    return ids.flatMap((id) => signed.get(id) ?? [])
  }

const ended = () =>
  new DomainError(
    'gone',
    'share_ended',
    'Ce lien de partage a pris fin, a été retiré, ou n’a jamais existé.',
    'Demandez à la personne un nouveau lien, ou le fichier de son badge.',
  )

const elsewhere = () =>
  malformed(
    'share_elsewhere',
    'Ce lien de partage ne montre que des badges délivrés ailleurs, dont les fichiers ne sont pas donnés ici.',
    'Demandez à la personne le fichier de son badge, et déposez-le.',
  )
