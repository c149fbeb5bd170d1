import { and, asc, desc, eq, sql } from '../drizzle.ts'
import { type Db, insertRows, isAnyOf } from '../db.ts'
import { normaliseEmail } from '../email.ts'
import { invalid } from '../errors.ts'
import type { Vault } from '../vault.ts'
import { isPlainAddress } from './address.ts'
import { messages } from './messages.sql.ts'
import { type Letter, type MessageKind, type MessageOf, TEMPLATES } from './templates.ts'

/**
 * Leaves an e-mail to be sent, in the transaction of what it tells; answers its id. Errors: `message_refused` for what is
 * not one plain address, or for a subject that holds more than a line.
 */
export async function postMessage<K extends MessageKind>(db: Db, vault: Vault, message: MessageOf<K>): Promise<string> {
  return (await postMessages(db, vault, [message]))[0]!
}

/** The same for several, in one statement; answers their ids. One that is refused refuses all. */
export async function postMessages<K extends MessageKind>(
  db: Db,
  vault: Vault,
  given: MessageOf<K>[],
): Promise<string[]> {
  // By the clock that takes it: the one of the database, finer by microseconds, is not over yet for who sends at once.
  const dueAt = new Date()
  const sealed = given.map(({ to, kind, values }) => {
    const address = to.trim()
    if (!isPlainAddress(address) || /\p{Cc}/u.test(letterOf(kind, values).subject)) throw refused()
    const content = vault.seal('messages/content', JSON.stringify({ to: address, values }))
    return { kind, content, recipient: recipientsOf(vault, address)[0]!, dueAt }
  })
  const posted = await insertRows<{ id: string }>(db, messages, sealed, sql`returning id`)
  return posted.map((one) => one.id)
}

const refused = () =>
  invalid(
    'message_refused',
    'Ce message ne peut pas partir : son adresse ou son objet n’a pas la forme attendue.',
    'Donnez une seule adresse, par exemple prenom@exemple.fr, et un objet d’une ligne.',
  )

/** The fingerprints, under each key, by which messages to an address are found. */
const recipientsOf = (vault: Vault, email: string): string[] =>
  vault.fingerprints('messages/recipient', normaliseEmail(email))

/** When messages of each kind went to these addresses. */
export const listMessages = (db: Db, vault: Vault, emails: string[]) =>
  db
    .select({ kind: messages.kind, state: messages.state, createdAt: messages.createdAt, sentAt: messages.sentAt })
    .from(messages)
    .where(
      isAnyOf(
        messages.recipient,
        emails.flatMap((one) => recipientsOf(vault, one)),
      ),
    )
    .orderBy(asc(messages.createdAt))

/** Removes every message to these addresses, sent or not. */
export async function eraseMessages(db: Db, vault: Vault, emails: string[]): Promise<void> {
  const to = emails.flatMap((one) => recipientsOf(vault, one))
  await db.delete(messages).where(isAnyOf(messages.recipient, to))
}

/** Keeps a message from leaving, when told so; the same statement either way, for those who would time the difference. */
export async function withholdMessage(db: Db, id: string, isWithheld: boolean): Promise<void> {
  await db
    .update(messages)
    .set({ state: 'failed', content: null })
    .where(and(eq(messages.id, id), sql`${isWithheld}::boolean`))
}

/** A message as it is sent: to whom, and what it says. */
export type Opened = { to: string; letter: Letter }

/** Opens the sealed content of a message. */
export function openMessage(vault: Vault, kind: string, content: string): Opened {
  const { to, values } = JSON.parse(vault.open('messages/content', content)) as { to: string; values: unknown }
  return { to, letter: letterOf(kind as MessageKind, values) }
}

const letterOf = (kind: MessageKind, values: unknown): Letter =>
  (TEMPLATES[kind] as (values: unknown) => Letter)(values)

/** The last messages, opened, the newest first; one alone when its id is given. For development only. */
export async function lastMessages(db: Db, vault: Vault, id?: string) {
  const found = await db
    .select()
    .from(messages)
    .where(id === undefined ? undefined : eq(messages.id, id))
    .orderBy(desc(messages.createdAt))
    .limit(50)
  return found.flatMap(({ id, kind, state, createdAt, content }) =>
    content === null ? [] : [{ id, state, createdAt, ...openMessage(vault, kind, content) }],
  )
}
