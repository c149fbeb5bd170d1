import MailComposer from 'nodemailer/lib/mail-composer'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { letterHtml, letterText } from './letter.ts'
import { openMessage } from './messages.ts'
import { type Held, holdMessage, moveMessage } from './outbox.ts'
import { deliver, type Outcome, type Smtp } from './smtp.ts'
import type { Move } from './transitions.ts'

export type Mailing = {
  db: Db
  vault: Vault
  baseUrl: string
  smtp: Smtp
  /** The address that messages come from. */
  from: string
  /** Told of each attempt that did not send. */
  report: (attempt: { id: string; kind: string; outcome: Outcome; code: string; attempt: number }) => void
}

/** Sends a message if it is due and nobody else holds it. */
export async function sendMessage(mailing: Mailing, id: string): Promise<void> {
  const { db, smtp, from, report } = mailing
  const held = await holdMessage(db, id)
  if (!held) return
  const { to, raw } = await compose(mailing, held)
  const begin = () => moveMessage(db, held, ['queued', 'sending'])
  const { outcome, code, begun } = await deliver(smtp, { from, to, raw }, begin)
  if (outcome !== 'sent') report({ id, kind: held.kind, outcome, code, attempt: held.attempt })
  const move = moveAfter(outcome, begun ? 'sending' : 'queued')
  if (move) await moveMessage(db, held, move)
}

/** Where each outcome leads a message, from where it is. */
function moveAfter(outcome: Outcome, from: 'queued' | 'sending'): Move | null {
  switch (outcome) {
    case 'sent':
      return ['sending', 'sent']
    case 'unknown':
      return ['sending', 'uncertain']
    case 'permanent':
      return [from, 'failed'] as Move
    case 'temporary':
      return [from, 'queued'] as Move
    case 'abandoned':
      return null
  }
}

async function compose({ vault, baseUrl, from }: Mailing, { id, kind, content }: Held) {
  const { to, letter } = openMessage(vault, kind, content)
  const mail = new MailComposer({
    from: { name: 'Insigne', address: from },
    to: { name: '', address: to },
    subject: letter.subject,
    text: letterText(letter),
    html: letterHtml(letter),
    // The same at each attempt, so that a reader can tell a copy.
    messageId: `<${id}@${new URL(baseUrl).hostname}>`,
    headers: { 'auto-submitted': 'auto-generated' },
  })
  return { to, raw: await mail.compile().build() }
}
