import type { PostFailure } from '../credentials/fetch.ts'

const FIRST_PAUSE_MS = 10_000
const LONGEST_PAUSE_MS = 4 * 3600_000
/** How long a receiver that fails is tried before its subscription is paused. */
export const PATIENCE_MS = 3 * 24 * 3600_000

/** Pauses of 10, 40, 160 seconds and so on, 4 hours at most. */
export const pauseAfter = (attempts: number): number =>
  Math.min(FIRST_PAUSE_MS * 4 ** Math.min(attempts - 1, 10), LONGEST_PAUSE_MS)

/** What came of an attempt: an HTTP status, or why there is none; `forgotten`: what was to be sent is no longer kept. */
export type Answer = number | PostFailure | 'forgotten'

/** The receiver took it: any 2xx. */
export const isTaken = (answer: Answer): boolean => typeof answer === 'number' && answer >= 200 && answer < 300

const FAILURES: Record<PostFailure | 'forgotten', string> = {
  address: 'L’adresse n’est pas en https, ou porte un mot de passe.',
  not_public: 'L’adresse mène à un réseau privé : Insigne n’y envoie rien.',
  unresolved: 'Le nom de l’adresse est introuvable.',
  refused: 'Le serveur n’a pas accepté la connexion.',
  timeout: 'Le serveur n’a pas répondu en 8 secondes.',
  tls: 'Le certificat du serveur n’est pas valable.',
  closed: 'Le serveur a coupé la connexion avant de répondre.',
  forgotten: 'Des événements qui n’avaient pas été reçus sont arrivés au bout de leur durée de conservation.',
}

/** What an answer means, in a sentence for who administers the tool; `given` as it was kept. */
export function answerWords(given: string): string {
  if (given in FAILURES) return FAILURES[given as keyof typeof FAILURES]
  const status = Number(given)
  if (isTaken(status)) return `Reçu (réponse ${status}).`
  if (status === 410) return 'Le serveur a répondu qu’il ne veut plus rien recevoir (410).'
  if (status >= 300 && status < 400)
    return `Le serveur renvoie vers une autre adresse (${status}) : donnez directement la bonne.`
  if (status === 401 || status === 403)
    return `Le serveur a refusé le message (${status}) : vérifiez le secret chez le destinataire.`
  if (status === 404) return 'Le serveur ne connaît pas cette adresse (404).'
  return `Le serveur a répondu par une erreur (${status}).`
}
