/** What the feed tells, and in which words the page of an organisation says it. */
export const EVENT_TYPES = {
  'badge.issued': 'un badge est délivré',
  'badge.revoked': 'un badge est révoqué',
  'badge.suspended': 'un badge est suspendu',
  'badge.restored': 'la suspension d’un badge est levée',
  'habilitation.granted': 'une habilitation Aidants Connect est accordée dans votre structure',
  'habilitation.lapsed': 'une habilitation est suspendue, ou le reste pour une cause de plus',
  'habilitation.restored': 'une cause de suspension d’une habilitation est levée',
  'habilitation.ended': 'une habilitation est retirée',
  'session.planned': 'une session est planifiée',
  'session.cancelled': 'une session est annulée',
} as const

export type EventType = keyof typeof EVENT_TYPES
export const TYPES = Object.keys(EVENT_TYPES) as [EventType, ...EventType[]]

/** What becomes of a subscription: sent to; stopped, to be resumed by hand; refused for good by its receiver (HTTP 410). */
export const WEBHOOK_STATES = ['active', 'paused', 'ended'] as const
