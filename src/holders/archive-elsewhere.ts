import type { FoundThen } from '../credentials/bundle.ts'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { textOf } from '../wallet/imported-row.ts'
import { markOf, nameOf, provenIssuer } from '../wallet/marks.ts'
import { givenOf, listWallet } from '../wallet/read-imports.ts'
import { extensionOf } from './elsewhere-words.ts'

/** A badge of elsewhere in an archive: the file that holds it as it was given, and how it was found at its last check. */
export type ArchivedElsewhere = FoundThen & {
  id: string
  name: string
  issuer: string
  verdict: string
  code: string | null
  summary: string
  unansweredAt: Date | null
  file: string
}

/** Someone's badges of elsewhere as an archive keeps them, apart from ours, and their files by their paths. */
export async function archiveElsewhere(db: Db, vault: Vault, personId: string, now: Date) {
  const kept = await listWallet(db, vault, personId)
  const given = await givenOf(
    db,
    vault,
    personId,
    kept.map((one) => one.id),
  )
  const files: Record<string, string> = {}
  const elsewhere = kept.flatMap((one): ArchivedElsewhere[] => {
    const badge = given.get(one.id)
    if (badge === undefined) return [] // withdrawn since the list was read
    const { id, verdict, code, summary, checkedAt, unansweredAt } = one
    const file = `ailleurs/${id}.${extensionOf(badge)}`
    files[file] = textOf(badge)
    const found = { mark: markOf(one, now), verdict, code, summary, checkedAt: checkedAt.toISOString(), unansweredAt }
    return [{ id, name: nameOf(one), issuer: provenIssuer(one), ...found, file }]
  })
  return { elsewhere, files }
}
