import { listShares } from '../../src/holders/shares.ts'
import type { SignedIn } from './actors.ts'
import type { TestService } from './app.ts'

type Fields = Record<string, string | string[]>

/** Asks for a link that shows badges, each value of a list in a field of its own. */
export const askShare = (holder: SignedIn, fields: Fields) =>
  holder.post(
    '/mon-espace/partages',
    new URLSearchParams([
      ...Object.entries({ days: '30', ...fields }).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, one]),
      ),
      ['_jeton', holder.jeton],
    ]).toString(),
    { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
  )

/** A link just made, and its path. */
export async function aShare({ db, vault }: TestService, holder: SignedIn, fields: Fields) {
  const { status, response } = await askShare(holder, fields)
  if (status !== 303) throw new Error(response.body)
  const { live } = await listShares(db, vault, holder.personId)
  const last = live.toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime()).at(-1)!
  return { ...last, path: `/partages/${last.secret}` }
}

/** The text of a page on one line, with plain spaces. */
export const plain = (body: string): string => body.replaceAll('\u00A0', ' ').replaceAll(/\s+/g, ' ')
