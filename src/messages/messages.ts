import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { messages } from './messages.sql.ts'
import type { MessageKind, MessageOf } from './templates.ts'

/** Leaves an e-mail to be sent, in the transaction of what it tells; answers its id. */
export async function postMessage<K extends MessageKind>(
  db: Db,
  vault: Vault,
  { to, kind, values }: MessageOf<K>,
): Promise<string> {
  const content = vault.seal('messages/content', JSON.stringify({ to, values }))
  const [posted] = await db.insert(messages).values({ kind, content }).returning({ id: messages.id })
  return posted!.id
}
