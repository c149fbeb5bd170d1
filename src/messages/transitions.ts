import type { MESSAGE_STATES } from './messages.sql.ts'

export type MessageState = (typeof MESSAGE_STATES)[number]

/**
 * The only moves of a message. `sending` begins just before its first byte leaves: whoever finds it there later cannot know
 * whether it arrived, so it is `uncertain` and never leaves twice.
 */
export const MOVES = {
  queued: ['queued', 'sending', 'failed'],
  sending: ['queued', 'sent', 'failed', 'uncertain'],
  sent: [],
  failed: [],
  uncertain: [],
} as const satisfies Record<MessageState, readonly MessageState[]>

export type Move = { [From in MessageState]: [from: From, to: (typeof MOVES)[From][number]] }[MessageState]
