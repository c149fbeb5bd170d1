import { randomUUID } from 'node:crypto'
import { desc, eq } from 'drizzle-orm'
import { messages } from '../../src/messages/messages.sql.ts'
import type { SignedIn } from './actors.ts'
import { BASE_URL, type TestService } from './app.ts'

export const anAddress = (): string => `adresse-${randomUUID()}@exemple.invalid`

/** The path of the link that the holder was sent to prove an address. */
export async function proofLink({ db, vault }: TestService, holder: SignedIn, email: string): Promise<string> {
  const { status, body } = await holder.form('/mon-espace/adresses', { email })
  if (status !== 303) throw new Error(JSON.stringify(body))
  const found = await db.select().from(messages).where(eq(messages.kind, 'address')).orderBy(desc(messages.createdAt))
  const opened = found.map((one) => JSON.parse(vault.open('messages/content', one.content!)))
  const sent = opened.find((one) => one.to === email.trim().toLowerCase())
  return String(sent.values.url).replace(BASE_URL, '')
}

/** Adds an address to the space of its holder, by the link. */
export async function addAddress(service: TestService, holder: SignedIn, email: string): Promise<void> {
  const { status, body } = await holder.form(await proofLink(service, holder, email))
  if (status !== 303) throw new Error(JSON.stringify(body))
}
