import { counted, tag } from '../web/components.ts'
import { html } from '../web/html.ts'
import type { HabilitationRequestStatus, OrganisationRequestStatus } from './statuses.ts'
import { LATE_DAYS, SLOW_DAYS } from './summaries.ts'

export type Status = OrganisationRequestStatus | HabilitationRequestStatus
type Words = { words: string; tone: 'valid' | 'invalid' | 'waiting' | 'none'; isOpen: boolean; means: string }

/** Each status in a few words, whether somebody still has something to do, and what it means. */
export const STATUS_WORDS: Record<Status, Words> = {
  NEW: { words: 'Brouillon', tone: 'none', isOpen: false, means: 'Ouverte, pas encore soumise.' },
  AC_VALIDATION_PROCESSING: {
    words: 'En attente de validation',
    tone: 'waiting',
    isOpen: true,
    means: 'Soumise : l’équipe Aidants Connect doit en décider.',
  },
  VALIDATED: {
    words: 'Éligibilité validée',
    tone: 'valid',
    isOpen: false,
    means: 'La structure est éligible ; chaque personne nommée a sa demande.',
  },
  REFUSED: { words: 'Éligibilité refusée', tone: 'invalid', isOpen: false, means: 'La structure n’est pas éligible.' },
  CLOSED: {
    words: 'Clôturée',
    tone: 'none',
    isOpen: false,
    means: 'Éligible, et la référente ou le référent a déjà sa carte.',
  },
  CHANGES_REQUIRED: {
    words: 'Modifications demandées',
    tone: 'waiting',
    isOpen: true,
    means: 'L’équipe attend que la demande soit corrigée et soumise à nouveau.',
  },
  CHANGES_PROPOSED: {
    words: 'Modifications proposées',
    tone: 'waiting',
    isOpen: true,
    means: 'L’équipe propose des modifications ; la demande est à soumettre à nouveau.',
  },
  waitling_list: {
    words: 'Liste d’attente',
    tone: 'waiting',
    isOpen: true,
    means: 'Demandée par la structure : l’éligibilité reste à décider.',
  },
  new: { words: 'Nouvelle', tone: 'waiting', isOpen: true, means: 'Reçue : l’éligibilité reste à décider.' },
  processing: {
    words: 'Éligibilité validée',
    tone: 'waiting',
    isOpen: true,
    means: 'La personne peut s’inscrire en formation et passer le test Pix.',
  },
  processing_p2p: {
    words: 'Éligibilité validée, entre pairs',
    tone: 'waiting',
    isOpen: true,
    means: 'La personne apprend avec ses pairs ; le test Pix vaudra fin de formation.',
  },
  validated: { words: 'Validée', tone: 'valid', isOpen: false, means: 'L’habilitation est accordée.' },
  refused: { words: 'Refusée', tone: 'invalid', isOpen: false, means: 'La personne ne sera pas habilitée.' },
  cancelled: { words: 'Annulée', tone: 'none', isOpen: false, means: 'Annulée ; l’équipe peut encore la valider.' },
  status_cancelled_by_responsable: {
    words: 'Annulée par la structure',
    tone: 'none',
    isOpen: false,
    means: 'La référente ou le référent l’a annulée.',
  },
}

export const statusTag = (status: Status): string => tag(STATUS_WORDS[status].words, STATUS_WORDS[status].tone)

/** How long something has waited, told apart once it is slow, then late; what waits for nobody is not late. */
export function age(days: number, status: Status): string {
  const words = html`<span class="nowrap">${counted(days, 'jour')}</span>`
  if (!STATUS_WORDS[status].isOpen || days < SLOW_DAYS) return words
  const late = days >= LATE_DAYS
  return html`!${words} !${tag(`plus de ${late ? LATE_DAYS : SLOW_DAYS} jours`, late ? 'invalid' : 'waiting')}`
}
