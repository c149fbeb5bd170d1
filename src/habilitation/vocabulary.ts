/** The words of a signed answer about a habilitation, and what each means. */
export const VOCABULARY = {
  HabilitationStateCredential: 'Une réponse signée sur l’état d’une habilitation.',
  HabilitationState: 'L’état d’une habilitation à un moment, ou pendant un jour.',
  habilitation: 'L’identifiant de l’habilitation dans ce service.',
  asked: 'Le jour ou l’instant demandé, tel qu’il a été écrit.',
  validity:
    'Si elle valait ce jour-là : « whole_day » tout le jour, « part_of_day » une partie, « none » à aucun moment.',
  state:
    'Son état à l’instant demandé, ou à la fin du jour demandé : « active » (elle vaut), « suspended » (suspendue), « ended » (retirée), « none » (pas encore donnée).',
  from: 'Le début du jour demandé, ou de celui de l’instant demandé, à Paris.',
  until: 'La fin de ce jour, qui n’en fait pas partie.',
  events: 'Ce qui est arrivé à l’habilitation ce jour-là, dans l’ordre.',
  kind: 'Ce qui est arrivé : « granted » (donnée), « lapsed » (une cause de suspension), « restored » (une cause levée), « ended » (retirée).',
  at: 'L’instant où cela est arrivé.',
} as const
